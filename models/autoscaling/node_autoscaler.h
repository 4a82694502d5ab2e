/* The node autoscaler: Kubernetes' Cluster Autoscaler, as its FAQ says.
 *
 * Every `scan` it looks for pods that wait because no node has room for their requests. Those that would fit a machine which is on
 * its way wait for it. For the others each group that may grow is an option: how many machines they would fill, first fit in the
 * order of the pods, up to its `max`. The expander chooses one option in each scan: at random (the default), the first of the
 * scenario, the one that leaves the least share of CPU and memory unused (least-waste), or the cheapest for each pod (price).
 *
 * A node is not needed while less than `threshold` of its CPU and of its memory is requested and each of its pods would find
 * room on another node. When that has been so for `unneeded`, and `delay_after_add` has passed since machines were last asked
 * for, it goes: up to ten empty ones in one scan, and one that is not empty when no other one drains. Draining asks budgets.
 * What a hard spread or a volume would say to the move is not asked: a node with such a pod stays. */
#ifndef NODE_AUTOSCALER_H
#define NODE_AUTOSCALER_H
#include "models/core/model.h"
#include "sim/describe/field.h"
#include "sim/engine/sim_time.h"

struct world;

enum expander { EXPAND_RANDOM, EXPAND_FIRST, EXPAND_WASTE, EXPAND_PRICE };

struct node_autoscaler_config {
  int32_t preset, expander;
  sim_time scan, unneeded, delay_after_add; /* -1: by the preset */
  double threshold;
};
struct node_autoscaler_keys {
  struct node_autoscaler_config *config; /* null: not given */
  uint32_t *waiting;                     /* derived: meters, by service; null: no group grows */
};

extern const struct record node_autoscaler_root_record;

/* What holds where the scenario says nothing. */
struct node_autoscaler_config node_autoscaler_of(const struct model *);
sim_time node_autoscaler_provision(const struct model *);

/* One scan; returns when the next one may find something else if nothing changes until then, or SIM_NEVER. */
sim_time node_autoscaler_scans(struct world *);

#endif
