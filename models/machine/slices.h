/* Scheduler slices: processes that share cores by turns, in place of the fluid of node.h, on nodes whose group asks for it.
 *
 * As the kernel's fair class (CFS, since 6.6 EEVDF) does it among containers, each a cgroup of its own:
 *
 *     each container has a virtual runtime, CPU time used / weight; a core that is free takes a thread of the container with the
 *     least, the one that has waited longest among equals, and keeps it until it blocks (its computation ends) or its slice is
 *     over. Then the container with the least is next; it may be the same. Threads of one container take turns, first in first out.
 *
 * A container that had nothing to run does not save up: when it has, its virtual runtime is at least the least of those that run
 * or wait (min_vruntime), less the credit for sleepers. Whether a thread that wakes takes the core of another one says `wakeup`:
 *
 *     never   it waits until the running thread blocks or its slice is over (EEVDF with RUN_TO_PARITY); no credit
 *     G       it takes the core whose container is furthest ahead, if that is by more than G of its own time (CFS:
 *             sched_wakeup_granularity); sleepers have a credit of one slice. What was stopped is the next of its container.
 *
 * A slice is renewed when it is over and nobody waits. A thread that goes on with another computation within the instant keeps its
 * core and what is left of its slice. Switching costs nothing here: say what it costs by "wake" (waking.h).
 *
 * One queue for all cores of a node: a free core takes the next thread wherever it ran before, so that no core is idle while
 * somebody waits. With a slice of nothing this is the fluid.
 *
 * How: what runs on a core is in the heap of its container, which then moves at full rate; what waits for a core is outside of it,
 * as work left (struct off_core in container.h). slices_share is called wherever the fluid would be shared anew: newcomers are
 * those in the heap that have no core.
 *
 * Invariants (slices_wrong): a computation in a heap has a core of its node; no core is idle while one waits that may run. */
#ifndef SLICES_H
#define SLICES_H
#include "models/core/world.h"

enum scheduler_kind { SCHEDULER_FLUID, SCHEDULER_SLICES };

struct scheduler_config {
  int32_t kind;    /* enum scheduler_kind */
  sim_time slice;  /* 0 until linked: the default */
  sim_time wakeup; /* SIM_NEVER: whoever runs is not interrupted by one that wakes */
};

struct core {
  uint32_t container; /* NONE: it is idle */
  uint64_t order;     /* of the computation */
  sim_time since;     /* its slice began */
  uint32_t last;      /* whose computation ended here at `freed_at`, or NONE; its slice began at last_since */
  sim_time freed_at, last_since;
};

struct slices {
  const struct scheduler_config *config;
  struct core *cores;
  uint32_t count;
  double least;  /* min_vruntime */
  sim_time at;   /* up to which virtual runtimes are brought */
  uint64_t turn; /* of whoever begins to wait next */
  slot_id slot;  /* the next slice is over for which somebody waits */
};

const char *slices_wrong(const struct world *, const struct node *);

#endif
