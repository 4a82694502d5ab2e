/* A node: cores and memory that containers share.
 *
 * CPU is shared among runnable threads as a fluid, weighted max-min fair over containers: container i with n_i runnable
 * threads demands d_i = min(n_i, limit_i) cores. When the demands fit the cores each container gets its demand, every thread
 * runs at full speed and a computation's end is known at its start. When they do not fit, shares s_i solve
 * s_i = min(d_i, weight_i x level) with sum s_i = cores, and each thread of i runs at s_i / n_i.
 *
 * Inside a container all threads run at one rate r(t), so jobs finish in the order of their virtual finish F = V + work,
 * where dV = r dt (processor sharing by virtual time; Parekh and Gallager 1993). Only the first is in the calendar. The
 * fast path is the slow one with r = 1: V then moves by whole nanoseconds and the arithmetic is exact in doubles. */
#ifndef NODE_H
#define NODE_H
#include "sim/engine/sim_time.h"
#include <stdbool.h>
#include <stdint.h>

struct world;
struct container;
struct node_group;

struct node {
  const struct node_group *group;
  uint32_t index, group_index, number; /* number: within its group */
  bool up;
  double cores;  /* in reference cores; demands and shares in the same unit */
  double demand; /* sum of its containers' demands */
  bool contended;
  uint32_t *containers; /* placed on it */
  uint32_t container_count;
  int64_t cpu_requested, memory_requested; /* by the containers placed on it */
  sim_time changed_at, up_time, down_time; /* accounts for up and down, closed at the end */
  uint32_t detection_slot;
  uint64_t failures;
  uint32_t lost_to; /* how many faults hold it down */
  bool detected;    /* the orchestrator knows that it is down */
};

/* The container's number of runnable threads has changed: share the node's cores anew and move the ends of computations. */
void node_share(struct world *, struct node *, struct container *changed);
void node_add(struct node *, uint32_t container);
void node_remove(struct node *, uint32_t container);

#endif
