/* Levels: how much is offered by hour of the day, for years that no request is played in.
 *
 * Where every day is alike each hour is a level, its mean rate held for the hour; hours that offer almost the same share one, that
 * of the greatest of them. Steady traffic has one level. Traffic with a course of its own (a sale, a trace) has one too: the mean
 * of the measured window, as if it went on for years; `timed` says so.
 *
 * Time counts from the start of the run, as in profiles.
 *
 *     struct levels l = levels_of(model);
 *     double lost = levels_between(&l, from, until);      an hour at night weighs less than one at noon
 *     struct model m = levels_model(&l, model, level, &silence, arena);       the same, with constant rates
 *
 * Invariant: over a day the weights of the hours have the mean 1. */
#ifndef LEVELS_H
#define LEVELS_H
#include "sim/engine/sim_time.h"
#include <stdbool.h>
#include <stdint.h>

struct arena;
struct model;

enum { HOURS = 24 };

struct levels {
  uint32_t count;
  bool daily, timed;
  double mean; /* requests offered a second; of a closed population as if nothing took time */
  uint32_t of_hour[HOURS];
  double weight[HOURS];     /* offered in the hour, over the mean */
  double up_to[HOURS + 1];  /* sum of the weights before it */
  uint32_t hour[HOURS];     /* by level: whose rates it has */
  double most[HOURS];       /* by level: the largest of its sources' rates, each over that source's mean */
  bool ramps[HOURS];        /* at its beginning rates go on steadily, where the mean of the hour is another one */
  double per_second[HOURS]; /* by level: requests offered; of a closed population as if nothing took time */
};

struct levels levels_of(const struct model *);
/* The level now, and the instant at which the next hour begins; SIM_NEVER where there is one level. */
uint32_t levels_at(const struct levels *, sim_time now);
sim_time levels_next(const struct levels *, sim_time now);
/* For what follows the load: the greater level of now and of `ahead` later, where rates rise steadily from one hour to the next.
 * They have been rising for long then, and what follows them has done so too; where they jump there is no such thing. And when it
 * may be another one; SIM_NEVER: never. */
uint32_t levels_followed(const struct levels *, sim_time now, sim_time ahead);
sim_time levels_followed_until(const struct levels *, sim_time now, sim_time ahead);
/* Time between the two, in ns, each hour by its weight. */
double levels_between(const struct levels *, sim_time from, sim_time until);
/* A copy whose sources have the level's rates all the time but in the silence, whose days do not differ, and whose run begins in
 * its hour. */
struct silence {
  sim_time from, until; /* alike: none */
};
struct model levels_model(const struct levels *, const struct model *, uint32_t level, const struct silence *, struct arena *);

#endif
