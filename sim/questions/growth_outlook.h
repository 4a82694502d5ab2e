/* Growth: month by month the load, each requirement, each resource and the bill, and the month in which each requirement breaks.
 *
 * A month is a run with the load of that month (models/traffic/user_growth.h); all have the same customers' draws (common random
 * numbers). First nine months are run, evenly from today to the end; then, for each requirement that holds in one and fails in a
 * later one, months between the two: the margin to its limit (sim/questions/margin.h) is interpolated, and the next months are a
 * little before and behind the root, until the last month shown to hold and the first shown to fail are half a month apart. A
 * month of which nothing can be shown is run again with three times as many replications, up to the budget. Each verdict in this
 * search may err with 1%: about five decide where a break lies, so its interval covers with 95%, if what holds up to a month does
 * not hold again later. Last, months are added where values between those that were run are not known to 10%.
 *
 * Months between are interpolated in the load, in straight lines. The band is that of the intervals at both ends, and the bend of
 * the neighbouring lines: a function with the second derivative c differs from its chord by at most c h^2 / 8.
 *
 * Where more is offered than the first resource can do, queues grow and runs are slow: no month is run in which the busiest 48th of
 * the measured time has more than 1.2 times as much.
 *
 *     struct outlook_results *r = outlook_run(arena, &options, &wrong);
 *     ... r ...
 *     outlook_free(r); */
#ifndef GROWTH_OUTLOOK_H
#define GROWTH_OUTLOOK_H
#include "sim/questions/growth_results.h"
#include "sim/scenario/scenario.h"
#include "sim/study/study.h"

struct outlook_options {
  struct study_options
      study; /* replications: of a month, 0: the scenario's, at least five; budget: of a month, 0: nine times that */
  /* The scenario in this month; null after it has reported why. */
  struct scenario *(*scenario)(void *context, struct arena *, double month);
  void (*progress)(void *context, uint32_t done, uint32_t of); /* months; may be null; never by two threads at once */
  void *context;
};

/* Null when a scenario could not be read, which has been reported, or when the question makes no sense: then *wrong says why. */
struct outlook_results *outlook_run(struct arena *, const struct outlook_options *, const char **wrong);

#endif
