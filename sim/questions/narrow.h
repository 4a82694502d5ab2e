/* Running only what is looked at: a day of which requirements look at one hour is run for that hour and what leads up to it.
 *
 * Each requirement that a search judges looks at the peak or at a time of day of the measured time (its `over`), or follows from
 * the scenario alone; every day is as the one before, and nothing happens at an instant of the run. Then the run may begin shortly
 * before the first of what they look at, and end with the last:
 *
 *     | 00:00 ........................ 11:20 | lead | 11:30 .. 12:30 |
 *
 * The lead is ten minutes, and all the time before in which the load is more than 70% of what the first resource can do (jobs that
 * pile up included): so that no queue is left out. A scenario with a longer warm-up keeps it. */
#ifndef NARROW_H
#define NARROW_H
#include "sim/scenario/scenario.h"

struct narrowed {
  struct scenario_override overrides[4]; /* start, warm-up, window and windows of the run */
  uint32_t count;                        /* 0: all of it is run */
  const char *words;                     /* "each value is run from 11:20 to 12:30 ..."; null: all of it */
};

/* judges: whether this claim is judged. */
struct narrowed narrow(struct arena *, const struct scenario *, bool (*judges)(const void *context, const struct claim *),
                       const void *context);

#endif
