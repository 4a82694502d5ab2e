/* A course: which share of an endpoint's requests is answered, from the instant on at which a platform comes to stand in a certain
 * way, found by a short traffic run.
 *
 * The run begins with all well and warms up. Then the platform stands as it did before (optional, for some time: what has gathered
 * then has to be worked off), then as it does now, for BINS equal parts of time. What is dead stays dead. The share of a part is
 * those that were answered in it over those that came, at a constant offered rate; a client that gave up counts as not answered.
 *
 * Services whose size follows the load have the size that they have then from the start on.
 *
 * What acts by itself may have done so long before the platform stands as it does: clients have been sent to another region, a
 * replica has been promoted. So it is first seen, without requests, how long that takes until the same share finds a serving path;
 * in the run so much time passes before the parts begin, in silence if it is long.
 *
 * Its draws are keyed by seed, stance and level: the same course on any thread, whatever has been run before. */
#ifndef COURSE_H
#define COURSE_H
#include "models/availability/stance.h"
#include "sim/engine/sim_time.h"

struct arena;
struct levels;
struct model;

enum { COURSE_BINS = 40 };

struct course_plan {
  const struct model *model;
  const struct levels *levels;
  uint32_t level;
  uint64_t seed;
  const struct stance *nominal, *before, *now; /* before: or null */
  sim_time lasted;                             /* of `before` */
  uint32_t times;                              /* how many times BINS parts are run: a better answer in the long run */
  uint32_t shorter;                            /* each part by this, where it is still long enough */
  const double *routing;                       /* by endpoint, share that finds a serving path now; null: whatever it is */
};

struct course {
  uint32_t bins;
  sim_time bin;
  double *arrived, *answered; /* by bin and endpoint */
  double *routing;            /* by endpoint: what routing serves when the bins begin, if it was asked for */
  double requests;            /* simulated, about */
};

/* Runs it. The arrays live in the arena. */
struct course *course_run(const struct course_plan *, struct arena *);
/* How much of the time that something lasted is simulated; also how long all parts are, if no shorter. */
sim_time course_longest(const struct levels *, uint32_t level);
sim_time course_horizon(const struct levels *, uint32_t level, uint32_t shorter);
/* How much is simulated before the platform changes. */
sim_time course_warm_up(const struct model *, const struct levels *, uint32_t level, uint32_t shorter);

#endif
