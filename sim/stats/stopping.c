/* Stopping: looks and precision. */
#include "sim/stats/stopping.h"
#include <assert.h>
#include <math.h>

static const double look_factor = 1.5;

uint32_t stopping_next_look(uint32_t done) {
  double look = done ? ceil(look_factor * done) : STOPPING_FIRST_LOOK;
  return look < UINT32_MAX ? (uint32_t)look : UINT32_MAX;
}

double stopping_target(double precision, double scale) {
  assert(precision >= 0);
  return precision / (1 + precision) * scale;
}

bool stopping_reached(struct interval interval, double precision) {
  double estimate = 0.5 * (interval.low + interval.high), half = interval_half_width(interval);
  return isfinite(half) && half <= stopping_target(precision, fabs(estimate));
}

double stopping_caution(uint32_t done, uint32_t most) { return done && done < most ? pow((double)most / done, 0.75) : 1; }

double stopping_foreseen(double half, double target, double done) {
  double ratio = half / target;
  return isnan(ratio) ? INFINITY : done * ratio * ratio;
}

uint32_t stopping_number(double foreseen) {
  double needed = ceil(foreseen);
  return needed < 1e9 ? (uint32_t)needed : UINT32_MAX;
}

uint32_t stopping_until(double half, double target, uint32_t done) {
  if (!(target > 0) || !(half > 0)) return UINT32_MAX;
  uint32_t needed = stopping_number(stopping_foreseen(half, target, done));
  return needed > done ? needed : done + 1;
}
