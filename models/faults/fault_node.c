/* A machine is gone, with all that runs on it, until it is repaired. */
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/faults/faults.h"
#include "models/faults/keys_of_loss.h"
#include "models/platform/nodes.h"

static void link(struct linker *l, const struct fault_config *f, const char *path) {
  if (f->nodes < 0) link_error(l, path, NULL, "a fault of kind node needs \"nodes\": the group that breaks");
  if (!f->repair.kind) link_error(l, path, NULL, "a fault of kind node needs a \"repair\" time");
}

static struct fault_reach reach(const struct model *m, const struct fault_config *f) {
  (void)m;
  return (struct fault_reach){.group = f->nodes, .service = -1};
}

static double count(const struct model *m, const struct fault_config *f) {
  return (double)model_nodes(m, (uint32_t)f->nodes)->count;
}

static uint32_t target_after(const struct world *w, const struct fault_config *f, uint32_t target) {
  for (target = target == NONE ? 0 : target + 1; target < w->node_count; target++)
    if (w->nodes[target].group_index == (uint32_t)f->nodes) return target;
  return NONE;
}

static uint32_t number(const struct world *w, const struct fault_config *f, uint32_t target) {
  (void)f;
  return w->nodes[target].number;
}

static bool stands(const struct world *w, uint32_t target) { return w->nodes[target].membership != NODE_AWAY; }

static void strike(struct world *w, const struct fault_config *f, uint32_t target) {
  node_fails(w, &w->nodes[target], (enum disk_fate)f->disk);
}

static void repair(struct world *w, uint32_t target) { node_returns(w, &w->nodes[target]); }

static const struct field keys[] = {KEY("nodes", REFERENCE, fault_config, nodes, OPTIONAL, .target = "platform.nodes",
                                        .doc = "The group whose nodes break, each on its own."),
                                    REPAIR_KEY,
                                    DISK_KEY,
                                    {0}};
const struct fault_kind fault_node = {.member = {.word = "node", .doc = "A machine is gone until repaired.", .keys = keys},
                                      .link = link,
                                      .reach = reach,
                                      .count = count,
                                      .outage_s = fault_until_repair,
                                      .target_after = target_after,
                                      .number = number,
                                      .stands = stands,
                                      .strike = strike,
                                      .repair = repair};
