/* Pools: node groups whose set of machines changes while the run goes on.
 *
 * A group with `autoscale` wants a number of machines between its limits, which the node autoscaler changes (node_autoscaler.h). A
 * machine that is wanted and not there has been asked for, and joins after `provision`; a group with `spot` loses each of its
 * machines after an exponential time, `notice` after the provider has said so, and asks for another one at once. At the notice the
 * node is drained (with `handled`), at its end the machine is gone with what is still on it; without it Kubernetes learns of the
 * loss as of any other, and the node is deleted when it is known.
 *
 * A new machine has an empty disk: it pulls its images (models/platform/image.h). Nodes are paid for from when they join until they
 * have gone. Invariant (audit): never more members than `max`, and never fewer than `min` are wanted. */
#ifndef NODE_POOL_H
#define NODE_POOL_H
#include "models/core/model.h"
#include "models/core/parts.h"
#include "sim/engine/calendar.h"
#include "sim/engine/distribution.h"

struct node;
struct world;

struct pool_growth {
  int64_t min, max;
  struct distribution provision; /* no kind: by the preset */
};
struct pool_spot {
  sim_time lasts, notice;
  bool handled;
};

/* Keys of a node group, and what follows. */
struct pool_config {
  struct pool_growth *growth;            /* null: its size is fixed */
  struct pool_spot *spot;                /* null: machines stay */
  uint32_t nodes, added, removed, taken; /* meters */
};
static inline struct pool_config *nodes_pool(const struct node_group *g) { return nodes_part(g, PART_node_pools); }
static inline bool pool_grows(const struct node_group *g) { return nodes_pool(g)->growth != NULL; }
static inline bool pool_changes(const struct node_group *g) { return pool_grows(g) || nodes_pool(g)->spot; }

/* A group at work. */
struct node_pool {
  struct world *world;
  uint32_t group, wanted, upcoming, room;
  slot_id *arrivals; /* of machines that are on their way */
  bool *on_the_way;
  uint64_t asked; /* machines so far: for its draws */
};

/* What is kept of each node. */
struct pool_node {
  slot_id fate; /* of a spot machine: its notice, its end */
  bool noticed, ended;
  uint64_t lives;
  sim_time unneeded_since; /* -1: it is needed */
};

struct node_pools {
  struct node_pool *each; /* by node group */
  struct pool_node *nodes;
  slot_id scan;
  bool scans; /* some group may grow; not in a course, where machines are given (models/availability/course.h) */
  sim_time phase;
  sim_time added_at; /* the last time that machines were asked for */
  uint64_t choices;
};
static inline struct node_pools *world_pools(const struct world *w) { return world_part(w, PART_node_pools); }

/* Nodes of the group that are in the cluster and do not leave it. */
uint32_t pool_members(const struct node_pool *);
/* Asks for machines, as many as are wanted and neither there nor on their way. */
void pool_fill(struct node_pool *);
/* One machine less is wanted, and this is the one. */
void pool_drop(struct node_pool *, struct node *);

#endif
