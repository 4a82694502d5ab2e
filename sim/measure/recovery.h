/* When a requirement holds again after a strike: over short windows of one replication.
 *
 * The measured time is cut into bins, the same as the windows of the observation. A requirement is judged over windows of several
 * bins, just long enough to have a value: 100 / (1 - p) requests for a percentile, 10 / limit for a share of errors. They begin at
 * every bin. It is broken when some window behind the strike breaks it, and it holds again from the first instant on from which
 * every later window keeps it. A window tolerates as much as its limit does, so that instant is moved to the end of the last bin
 * within the last window that breaks it in which more is bad than the limit allows by chance (P < 1e-4). A window in which requests
 * arrive and none is answered keeps no requirement, and a request that fails because of the fault is slower than any limit on
 * times: else a database that is lost would make a site faster.
 *
 *     struct windowed q = windowed_of(claim);
 *     windowed_set(&q, windowed_length(&q, 300), bin);      ... at 300 requests a second
 *     bool *kept = recovery_kept(&watched, arena, &q, view, failed_without);
 *     recovery_broken(&watched, &q, kept, NULL, failed_without, view); */
#ifndef RECOVERY_H
#define RECOVERY_H
#include "sim/measure/results.h"
#include "sim/measure/view.h"
#include "sim/scenario/claim.h"

struct arena;

/* What of the ends of a bin is bad, and how much of it the limit allows; only for measures that are such a share. */
enum bad_share { SHARE_NONE, SHARE_ABOVE, SHARE_BELOW, SHARE_FAILED };

/* A requirement and its short windows. */
struct windowed {
  const struct claim *claim;
  enum bad_share share;
  double allowed;
  bool of_requests; /* of an endpoint or of all: a window without answers breaks it */
  uint32_t width;   /* bins of a short window */
};

/* Where it is judged. */
struct watched {
  const struct model *model;
  sim_time bin;
  uint32_t before, bins; /* the bin of the strike; the one behind the last */
};

struct windowed windowed_of(const struct claim *);
/* How long a window takes for a value; SIM_NEVER: more than a day. per_s: requests that it is of. */
sim_time windowed_length(const struct windowed *, double per_s);
void windowed_set(struct windowed *, sim_time length, sim_time bin);

/* Of the requests that it is of, those that failed behind the strike, up to each bin. */
double *recovery_failed(const struct watched *, struct arena *, const struct windowed *, const struct view *);
/* The same as it would be if they failed as often as in the best of the last windows between the bins `from` and `before`: an
 * earlier fault may still be felt in the others. */
double *recovery_failed_as_before(const struct watched *, struct arena *, const struct windowed *, const struct view *,
                                  uint32_t from);
/* Which windows keep the requirement, by first bin since the strike. failed_without: recovery_failed without the fault; null: this
 * is without. */
uint32_t recovery_positions(const struct watched *, const struct windowed *);
bool *recovery_kept(const struct watched *, struct arena *, const struct windowed *, const struct view *,
                    const double *failed_without);
struct broken {
  bool broken, back;
  double recovery_s, worst; /* since the beginning of the strike's bin */
};
/* without: recovery_kept without the fault; null: it is not known, and every window that breaks it is the fault's doing. */
struct broken recovery_broken(const struct watched *, const struct windowed *, const bool *kept, const bool *without,
                              const double *failed_without, const struct view *);
/* Mean of values with Student's interval; exact where they are all one. */
struct estimate recovery_mean(const double *x, uint32_t n);

#endif
