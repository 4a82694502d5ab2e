/* The way between two regions takes longer until repaired, there and back. Routing does not see it: what
 * time-outs make of it short traffic runs say (models/availability/carrying.h). */
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/faults/ailing.h"
#include "models/faults/faults.h"
#include "models/faults/keys_of_loss.h"
#include "models/faults/link_ends.h"
#include "models/faults/targets.h"
#include "models/network/network.h"

static void link(struct linker *l, const struct fault_config *f, const char *path) {
  repair_link(l, f, path);
  link_ends_check(l, f, path);
  if (!f->delay && f->times == 1) link_error(l, path, NULL, "slows nothing: give a \"delay\", or in \"times\" a factor above 1");
}

static struct slow_link slow_of(const struct fault_config *f) { return (struct slow_link){f->times, f->delay}; }

static void strike(struct world *w, const struct fault_config *f, uint32_t target) {
  (void)target;
  network_slows(w, link_end_region(f, 0), link_end_region(f, 1), slow_of(f));
}

static void repair(struct world *w, uint32_t target) {
  const struct fault_config *f = model_fault_at(w->model, target);
  network_recovers(w, link_end_region(f, 0), link_end_region(f, 1), slow_of(f));
}

static const char *const also[] = {"delay", "network-delay", NULL};
static const struct field keys[] = {
    BETWEEN_KEY("The two regions between which it is slow: [\"us\", \"eu\"]."),
    KEY("delay", DURATION, fault_config, delay, DEFAULT("0s"), RANGE(0, 1e13), .doc = "How much longer each way takes."),
    KEY("times", NUMBER, fault_config, times, DEFAULT(1), RANGE(1, 1e6),
        .doc = "Each way takes this many times as long; \"delay\" comes on top."),
    REPAIR_KEY,
    {0}};
const struct fault_kind fault_slow_link = {
    .member = {.word = "slow-link", .doc = "The way between two regions takes longer until repaired.", .keys = keys, .also = also},
    .link = link,
    .reach = ailing_reach,
    .count = fault_of_one,
    .outage_s = fault_until_repair,
    .target_after = ailing_target_after,
    .number = fault_of_one_number,
    .strike = strike,
    .repair = repair};
