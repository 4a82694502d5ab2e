/* Rate profiles: how many requests per second arrive at time t.
 *
 * A profile is a non-negative function of time. Every kind gives its rate, a bound of the rate over an interval that is never
 * too low, and its mean over an interval. Arrivals are drawn by thinning under the bound (Lewis and Shedler 1979) cell by cell,
 * so that no spike, however narrow, can be stepped over; see models/traffic/arrivals.h. */
#ifndef PROFILE_H
#define PROFILE_H
#include "sim/describe/field.h"
#include "sim/engine/sim_time.h"

struct arena;

struct profile_kind {
  double (*rate)(const void *self, sim_time t);                              /* per second */
  double (*bound)(const void *self, sim_time from, sim_time to);             /* at least the rate everywhere in [from, to) */
  double (*floor)(const void *self, sim_time from, sim_time to);             /* at most the rate everywhere in [from, to) */
  double (*expected)(const void *self, sim_time from, sim_time to);          /* arrivals in [from, to) */
  const char *(*prepare)(void *self, struct arena *, sim_time start_of_day); /* once, after reading; null or what is wrong */
  const struct choice *(*part)(const void *self, uint32_t i);                /* the profiles inside it, then null */
};

extern const struct choice_set profile_choices;

/* The same rate per second at all times. */
struct choice profile_of_rate(double rate, struct arena *);
/* This one times a number. */
struct choice profile_scaled(struct choice, double by, struct arena *);
/* Growth per month of a growth profile in it; NaN: there is none. */
double profile_monthly(const struct choice *);
/* Whether it is one of profile_of_rate: then bound and floor are the rate, to the last bit. */
bool profile_is_constant(const struct choice *);
double profile_rate(const struct choice *, sim_time t);
double profile_bound(const struct choice *, sim_time from, sim_time to);
double profile_floor(const struct choice *, sim_time from, sim_time to);
/* Expected arrivals in [from, to): the integral of the rate, in closed form wherever there is one. */
double profile_expected(const struct choice *, sim_time from, sim_time to);
/* The profiles of which this one is made: part 0, 1 ... and then null. */
const struct choice *profile_part(const struct choice *, uint32_t i);
/* What prepare works out lives in the arena. start_of_day: the time of day at which the run begins, as nanoseconds since midnight.
 * Null, or a sentence for the user. */
const char *profile_prepare(struct choice *, struct arena *, sim_time start_of_day);

#endif
