/* Series: windows, levels, reading. */
#include "sim/stats/series.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>

void series_init(struct series *series, struct arena *arena, sim_time horizon, uint32_t windows) {
  assert(horizon > 0 && windows > 0);
  sim_time width = (horizon - 1) / windows + 1;
  uint32_t used = (uint32_t)((horizon - 1) / width + 1);
  *series = (struct series){.horizon = horizon, .width = width, .windows = used};
  series->sums = arena_new_array(arena, double, used);
  series->counts = arena_new_array(arena, uint64_t, used);
}

void series_seek(struct series *series, sim_time at) {
  assert(at >= 0 && at < series->horizon);
  series->current = (uint32_t)(at / series->width);
  series->current_start = series->width * series->current;
}

void series_level(struct series *series, sim_time from, sim_time to, double value) {
  from = from < 0 ? 0 : from;
  to = to > series->horizon ? series->horizon : to;
  while (from < to) {
    if ((uint64_t)(from - series->current_start) >= (uint64_t)series->width) series_seek(series, from);
    sim_time end = series_end(series, series->current), until = to < end ? to : end;
    series->sums[series->current] += value * (double)(until - from);
    series->counts[series->current]++;
    from = until;
  }
}

void series_merge(struct series *into, const struct series *from) {
  assert(into->horizon == from->horizon && into->windows == from->windows);
  for (uint32_t i = 0; i < into->windows; i++) {
    into->sums[i] += from->sums[i];
    into->counts[i] += from->counts[i];
  }
}

sim_time series_start(const struct series *series, uint32_t window) {
  assert(window < series->windows);
  return series->width * window;
}

sim_time series_end(const struct series *series, uint32_t window) {
  sim_time start = series_start(series, window);
  return series->horizon - start < series->width ? series->horizon : start + series->width;
}

static double length(const struct series *series, uint32_t window) {
  return (double)(series_end(series, window) - series_start(series, window));
}

double series_mean(const struct series *series, uint32_t window) {
  assert(window < series->windows);
  return series->counts[window] ? series->sums[window] / (double)series->counts[window] : NAN;
}

double series_level_mean(const struct series *series, uint32_t window) { return series->sums[window] / length(series, window); }

double series_per_second(const struct series *series, uint32_t window) {
  return (double)series->counts[window] / (length(series, window) * 1e-9);
}
