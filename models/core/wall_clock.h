/* The clock on the wall: what hour and which day it is at an instant of a run.
 *
 * A run begins at `run.start`, on the 1st of January, which is a Monday unless `run.weekday` says otherwise. A year has 365 days,
 * so that the 29th of February does not exist. Wall time is counted from the midnight before the run. */
#ifndef WALL_CLOCK_H
#define WALL_CLOCK_H
#include "models/core/model.h"

static inline sim_time wall_time(const struct model *m, sim_time at) { return m->run.start + at; }
static inline sim_time wall_since_midnight(sim_time wall) { return wall % SIM_DAY; }
/* Days since Monday: 0 to 6. */
static inline uint32_t wall_weekday(const struct model *m, int64_t day) {
  return (uint32_t)(((uint64_t)m->run.weekday + (uint64_t)day) % 7);
}

#endif
