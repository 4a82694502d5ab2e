/* Series: how a quantity goes over time, as a fixed number of equal windows over [0, horizon).
 *
 * For events (a latency, a completion) each window sums and counts what falls into it. For a level (a queue, a bill) each
 * window integrates it, intervals being split at the boundaries. One series is used for one of the two. What lies outside
 * of [0, horizon) is left out. The last window is the shorter one when the horizon does not divide. The arrays belong to
 * the arena.
 *
 *   struct series latency;
 *   series_init(&latency, arena, SIM_HOUR, 60);
 *   series_add(&latency, now, ns);
 *   double first_minute = series_mean(&latency, 0);
 */
#ifndef SERIES_H
#define SERIES_H
#include "sim/engine/sim_time.h"

struct arena;

struct series {
  sim_time horizon;
  sim_time width; /* of a window */
  uint32_t windows;
  uint32_t current;       /* window that was used last */
  sim_time current_start; /* and its first instant */
  double *sums;           /* per window: sum of values, or level times ns */
  uint64_t *counts;       /* per window: number of values, or of pieces of level */
};

/* Fewer windows are made when the horizon has fewer nanoseconds than that. */
void series_init(struct series *series, struct arena *arena, sim_time horizon, uint32_t windows);
/* Integrates a level that held over [from, to). */
void series_level(struct series *series, sim_time from, sim_time to, double value);
/* Adds window by window; both have the same windows. */
void series_merge(struct series *into, const struct series *from);

sim_time series_start(const struct series *series, uint32_t window);
sim_time series_end(const struct series *series, uint32_t window);
double series_mean(const struct series *series, uint32_t window);       /* sum over count; NaN in an empty window */
double series_level_mean(const struct series *series, uint32_t window); /* time average of a level */
double series_per_second(const struct series *series, uint32_t window); /* count over the window's length */

/* Makes the window of this instant the current one; it is inside [0, horizon). */
void series_seek(struct series *series, sim_time at);

/* Adds a value to the window of its instant. */
static inline void series_add(struct series *series, sim_time at, double value) {
  if ((uint64_t)at >= (uint64_t)series->horizon) return;
  if ((uint64_t)(at - series->current_start) >= (uint64_t)series->width) series_seek(series, at);
  series->sums[series->current] += value;
  series->counts[series->current]++;
}

#endif
