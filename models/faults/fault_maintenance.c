/* Planned work: a service answers nothing, or not all, for `lasts`, or machines are switched off and come back with their disks. It
 * always counts as planned. With `drains` it goes from machine to machine and drains each first (rolling_drain.h); without it what
 * runs on them dies as if they broke, which is the worse case. */
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/faults/ailing.h"
#include "models/faults/faults.h"
#include "models/faults/rolling_drain.h"
#include "models/faults/targets.h"
#include "models/platform/nodes.h"

/* Targets are machines, or the fault itself: its number, and this bit. */
static const uint32_t OF_SERVICES = UINT32_C(1) << 31;

static const struct fault_kind draining;

static void link(struct linker *l, const struct fault_config *f, const char *path) {
  ((struct fault_config *)(uintptr_t)f)->planned = true;
  bool services = f->services.count || f->service >= 0;
  if (!f->repair.kind) link_error(l, path, NULL, "a fault of kind maintenance needs \"lasts\": how long it takes");
  if (services && f->nodes.count) link_error(l, path, "nodes", "\"nodes\" next to a service: give each a fault of its own");
  if (f->nodes.count && ailing_errors(f) < 1)
    link_error(l, path, "errors", "is of services: of \"nodes\" those that are switched off serve nothing");
  if (!f->nodes.count && ailing_service(l->model, f, 0) == NONE)
    link_error(l, path, NULL,
               "a fault of kind maintenance needs a \"service\" or \"nodes\": no endpoint has an \"entry\" that would be meant");
  struct fault_config *own = (struct fault_config *)(uintptr_t)f;
  if (f->drains && rolling_drain_link(l, own, path)) own->kind = &draining;
}

static void marks(struct linker *l, const struct fault_config *f) {
  if (!f->nodes.count) ailing_marks(l, f);
}

static struct fault_reach reach(const struct model *m, const struct fault_config *f) {
  return f->nodes.count ? machines_reach(m, f) : (struct fault_reach){0};
}

static double count(const struct model *m, const struct fault_config *f) { return f->nodes.count ? machines_count(m, f) : 1; }

static uint32_t target_after(const struct world *w, const struct fault_config *f, uint32_t target) {
  if (f->nodes.count) return machines_after(w, f, target);
  return target == NONE ? ailing_target_after(w, f, NONE) | OF_SERVICES : NONE;
}

static uint32_t number(const struct world *w, const struct fault_config *f, uint32_t target) {
  return f->nodes.count ? machines_number(w, f, target) : 0;
}

static bool stands(const struct world *w, uint32_t target) { return target & OF_SERVICES || machines_stand(w, target); }

static void strike(struct world *w, const struct fault_config *f, uint32_t target) {
  if (target & OF_SERVICES)
    ailing_begins(w, f, target & ~OF_SERVICES,
                  (struct affliction){.fails = ailing_errors(f), .outcome = OUTCOME_NO_BACKEND, .slower = 1});
  else
    node_fails(w, &w->nodes[target], DISK_KEPT);
}

static void repair(struct world *w, uint32_t target) {
  if (target & OF_SERVICES)
    ailing_ends(w, target & ~OF_SERVICES);
  else
    node_returns(w, &w->nodes[target]);
}

static const struct field keys[] = {
    SERVICE_KEYS("The service that is away; absent, without \"nodes\": each that endpoints enter by."),
    NODES_KEY("Instead of services: the group whose machines are switched off, each on its own, or several, or \"all\"."),
    AILING_ERRORS_KEY,
    KEY("drains", FLAG, fault_config, drains, DEFAULT(false),
        .doc =
            "With \"nodes\", as a node upgrade does it: the machines of the groups one after the other. Each is cordoned, drained "
            "within the budgets of its services, away for \"lasts\", and back before the next one's turn."),
    KEY("lasts", DISTRIBUTION, fault_config, repair, OPTIONAL, .doc = "How long it takes; with \"drains\": each machine."),
    {0}};
static const struct fault_kind draining = {.member = {.word = "maintenance", .keys = keys},
                                           .goes_on = true,
                                           .covers = COVERS_MAINTENANCE,
                                           .link = link,
                                           .reach = machines_reach,
                                           .count = fault_of_one,
                                           .outage_s = rolling_drain_s,
                                           .target_after = ailing_target_after,
                                           .number = fault_of_one_number,
                                           .stands = rolling_drain_stands,
                                           .strike = rolling_drain_strike};
const struct fault_kind fault_maintenance = {
    .member = {.word = "maintenance",
               .doc = "Planned work: a service or machines are away for a while. Counts as planned.",
               .keys = keys},
    .covers = COVERS_MAINTENANCE,
    .marks = marks,
    .link = link,
    .reach = reach,
    .count = count,
    .outage_s = fault_until_repair,
    .target_after = target_after,
    .number = number,
    .stands = stands,
    .strike = strike,
    .repair = repair};
