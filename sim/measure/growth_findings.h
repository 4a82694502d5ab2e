/* Whether the system settles: which of its gauges (models/core/gauge.h) grow without end, why, and which measures that concerns.
 *
 * A gauge is judged over stretches in which the load does not rise, the whole window where it is constant: what grows then,
 * straight and to the end, grows without end (sim/stats/growth.h). Where the load still rises at the end of the window, only its
 * last quarter is left, and growth counts when it is what overload makes of it: a good part of what arrives stays.
 *
 * over capacity: more is offered than the first resource can do by arithmetic, the load at which the saturation table calls it
 * full. With that known in advance, less evidence is asked for. tipped over: less is offered than that, and it grows all the same:
 * retries, locks, a cache that never fills. Where it happens in some replications and not in others, those that are beyond doubt
 * are counted. */
#ifndef GROWTH_FINDINGS_H
#define GROWTH_FINDINGS_H
#include "models/core/gauge.h"
#include "sim/measure/results.h"

struct evidence;
struct growth_sums;
struct measure;

struct growth_finding {
  bool grows, over;  /* over: more is offered than the first resource can do; else it tipped over */
  struct gauge what; /* the fastest, and by how much a second */
  double per_s;
  int stretch;                /* of the window (sim/stats/growth.h) */
  bool *gauges, *endpoints;   /* which grow */
  const char *brief, *reason; /* for people: what and how fast; and why */
  const char *too_short;      /* overload by arithmetic of which nothing is seen; null: none */
};

/* Fills evidence->growth from what has been run. `long_run`: the gauges of one long run as a single replication; null: the sums of
 * the replications. */
void growth_find(struct evidence *, const struct growth_sums *long_run);
/* Whether the measure has no steady value because of what grows. */
bool growth_concerns(const struct evidence *, const struct measure *);
struct growth_words growth_words(const struct growth_finding *);

#endif
