/* Level: a whole number that changes at instants, averaged over time: jobs in a queue, busy cores, replicas, up or down.
 *
 * The integral is exact: a sum of value times nanoseconds in 128 bits. Invariant: it covers [start, since); the value has
 * held from `since` on. Zeroed memory is a level of 0 that starts at time 0. Calls come in order of time.
 *
 *   struct level queue = {0};
 *   level_change(&queue, now, +1);
 *   level_restart(&queue, warm_up_end); // keeps the value, forgets the past
 *   double mean_queue = level_mean(&queue, now);
 */
#ifndef LEVEL_H
#define LEVEL_H
#include "sim/engine/sim_time.h"
#include <assert.h>

struct level {
  __int128 integral; /* value times ns over [start, since) */
  sim_time start;
  sim_time since; /* last change */
  int64_t value;
  int64_t max; /* since start */
};

/* Starts a level at `now` with this value. */
void level_start(struct level *level, sim_time now, int64_t value);
/* Forgets everything before `now` but the value: the end of the warm-up. */
void level_restart(struct level *level, sim_time now);
/* Integral of the value over [start, now), in value times nanoseconds. */
double level_integral(const struct level *level, sim_time now);
/* Time average over [start, now); the value itself when no time has passed. */
double level_mean(const struct level *level, sim_time now);

static inline void level_set(struct level *level, sim_time now, int64_t value) {
  assert(now >= level->since);
  level->integral += (__int128)level->value * (now - level->since);
  level->since = now;
  level->value = value;
  level->max = value > level->max ? value : level->max;
}

static inline void level_change(struct level *level, sim_time now, int64_t delta) { level_set(level, now, level->value + delta); }

static inline int64_t level_value(const struct level *level) { return level->value; }
static inline int64_t level_max(const struct level *level) { return level->max; }

#endif
