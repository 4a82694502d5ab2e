/* A rate given by numbers: pieces of time, on each of which it is constant or goes in a straight line from one value to another.
 *
 * The hours of a day and of a week repeat for ever; a series happens once, with nothing before and after it. The integral over
 * any interval is exact: sums of the pieces before (`before`) and a trapezium at each end. The curve's arrays belong to whoever
 * prepared the profile. */
#ifndef PROFILE_CURVE_H
#define PROFILE_CURVE_H
#include "sim/engine/sim_time.h"
#include <stdbool.h>
#include <stdint.h>

struct arena;

struct profile_curve {
  uint32_t count;       /* pieces, at least 1 */
  sim_time begins;      /* of the first piece, on the clock of the run; may be before its start */
  sim_time width;       /* of every piece; 0: see ends */
  sim_time *ends;       /* of each piece, counted from `begins`, rising */
  double *first, *last; /* rates at the beginning of a piece and just before its end; the same array: constant pieces */
  double *before;       /* arrivals of the pieces before each; count + 1 of them */
  double most, least;   /* of all pieces */
  bool repeats;
};

/* Equal pieces with these rates. Between "steps": constant; "lines": from the middle of a piece to the middle of the next, which
 * keeps the mean over the period. The curve repeats. */
void profile_curve_of_cycle(struct profile_curve *, struct arena *, uint32_t count, const double *rates, sim_time width,
                            sim_time begins, bool lines);
/* Sums up: call when all but before, most and least is set. */
void profile_curve_finish(struct profile_curve *, struct arena *);

double profile_curve_rate(const struct profile_curve *, sim_time t);
double profile_curve_bound(const struct profile_curve *, sim_time from, sim_time to);
double profile_curve_floor(const struct profile_curve *, sim_time from, sim_time to);
double profile_curve_expected(const struct profile_curve *, sim_time from, sim_time to);

#endif
