/* Replications over threads, merged in order.
 *
 * Worker threads take replication numbers from a counter; finished ones wait in line until all earlier ones have been merged,
 * so every sum is made in the same order and the result is the same for any number of threads, and for any number of calls
 * that it takes to get there. Memory: one view a thread and those waiting in line. What runs when the work is interrupted
 * is dropped: half a replication would be another sample than a whole one. */
#ifndef REPLICATE_H
#define REPLICATE_H
#include "sim/measure/view.h"
#include <stdatomic.h>

struct replication_plan {
  const struct model *model;
  uint64_t seed;
  enum world_mode mode;
  uint32_t jobs;                 /* threads */
  const atomic_int *interrupted; /* may be null; not zero: stop, and keep what is merged */
  /* Called in order for each replication, never by two threads at once; may be null. */
  void (*seen)(void *context, uint32_t replication, const struct view *);
  /* Called now and then while replications run, never by two threads at once: how many there are, parts included; may be null. */
  void (*moved)(void *context, double done);
  void *context;
};

/* Adds the replications from `first` up to but not `until` to the sum. Returns how many there are now, fewer than `until` when
 * interrupted. */
uint32_t replicate(const struct replication_plan *, struct view *sum, uint32_t first, uint32_t until);

#endif
