/* A machine is gone, with all that runs on it, until it is repaired. */
#include "models/core/world.h"
#include "models/faults/faults.h"
#include "models/faults/keys_of_loss.h"
#include "models/faults/targets.h"
#include "models/platform/nodes.h"

static void link(struct linker *l, const struct fault_config *f, const char *path) {
  machines_link(l, f, path);
  repair_link(l, f, path);
}

static void strike(struct world *w, const struct fault_config *f, uint32_t target) {
  node_fails(w, &w->nodes[target], (enum disk_fate)f->disk);
}

static void repair(struct world *w, uint32_t target) { node_returns(w, &w->nodes[target]); }

static const struct field keys[] = {
    NODES_KEY("The group whose nodes break, each on its own, or several, or \"all\"."), REPAIR_KEY, DISK_KEY, {0}};
const struct fault_kind fault_node = {
    .member = {.word = "node", .doc = "A machine is gone until repaired.", .keys = keys},
    .typical = {.mtbf_days = 516, /* sqrt(1 x 2) years */
                .median_min = 7,
                .p95_min = 240,
                .mtbf_source = "estimate: once in 1 to 2 years for a virtual machine of a cloud",
                .repair_source = "estimate: 5 to 10 min started again, 1 to 4 h built again by hand"},
    .link = link,
    .reach = machines_reach,
    .count = machines_count,
    .outage_s = fault_until_repair,
    .target_after = machines_after,
    .number = machines_number,
    .stands = machines_stand,
    .strike = strike,
    .repair = repair};
