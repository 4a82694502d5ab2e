/* Stopping: looks and precision. */
#include "sim/stats/stopping.h"
#include <math.h>

uint32_t stopping_next_look(uint32_t done) {
  double look = STOPPING_FIRST_LOOK;
  while (floor(look + 0.5) <= done) look *= 1.5;
  return look < UINT32_MAX ? (uint32_t)floor(look + 0.5) : UINT32_MAX;
}

bool stopping_reached(struct interval interval, double precision) {
  double estimate = 0.5 * (interval.low + interval.high), half = interval_half_width(interval);
  return isfinite(half) && half <= precision / (1 + precision) * fabs(estimate);
}

uint32_t stopping_predicted(const double *x, uint32_t n, double precision, double confidence) {
  uint32_t needed = interval_replications_needed(x, n, precision, true, confidence);
  return needed > n ? stopping_next_look(needed - 1) : needed;
}

double stopping_caution(uint32_t done, uint32_t most) { return done && done < most ? pow((double)most / done, 0.75) : 1; }
