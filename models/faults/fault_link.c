/* The link between two regions is cut, until it is repaired, while both live: what is sent from one to the other is lost
 * (models/network/network.h). */
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/faults/faults.h"
#include "models/faults/keys_of_loss.h"
#include "models/faults/link_ends.h"
#include "models/faults/targets.h"
#include "models/network/network.h"

static void link(struct linker *l, const struct fault_config *f, const char *path) {
  repair_link(l, f, path);
  link_ends_check(l, f, path);
}

static struct fault_reach reach(const struct model *m, const struct fault_config *f) {
  (void)m, (void)f;
  return (struct fault_reach){0};
}

static uint32_t target_after(const struct world *w, const struct fault_config *f, uint32_t target) {
  return target == NONE ? link_end_region(f, 0) * model_regions(w->model) + link_end_region(f, 1) : NONE;
}

static void strike(struct world *w, const struct fault_config *f, uint32_t target) {
  (void)f;
  uint32_t regions = model_regions(w->model);
  network_cut(w, target / regions, target % regions);
}

static void repair(struct world *w, uint32_t target) {
  uint32_t regions = model_regions(w->model);
  network_heal(w, target / regions, target % regions);
}

static const char *const also[] = {"partition", "network-partition", NULL};
static const struct field keys[] = {BETWEEN_KEY("The two regions whose link is cut: [\"us\", \"eu\"]."), REPAIR_KEY, {0}};
const struct fault_kind fault_link = {
    .member = {.word = "link", .doc = "Nothing gets through between two regions until repaired.", .keys = keys, .also = also},
    .link = link,
    .reach = reach,
    .count = fault_of_one,
    .outage_s = fault_until_repair,
    .target_after = target_after,
    .number = fault_of_one_number,
    .strike = strike,
    .repair = repair};
