/* Drills: every single fault once at peak load. Does each requirement hold during and after it, how long until it holds again, what
 * was lost?
 *
 * One experiment a fault: in its runs that fault strikes once and nothing else breaks (models/faults/drill.h), whatever its mtbf
 * says. One more experiment without any fault has the same customers (common random numbers), so what is lost is a difference, and
 * a window in which a requirement is broken without the fault too is not the fault's doing.
 *
 * When. Where the expected rate of the sources has a course, at its peak: the busiest 48th of a day or of the measured time, and of
 * this the busiest tenth. Days that are alike need no day of simulation: the run is given another time of day to begin at, ten
 * minutes before. Else behind the warm-up.
 *
 * Holding. A requirement is judged over short windows that are just long enough to have a value: 100 / (1 - p) requests for a
 * percentile, 10 / limit for a share of errors. They begin at every step of time. In one replication it is broken when some window
 * behind the strike breaks it (and does not break it without the fault), and it holds again from the first instant on from which
 * every later window keeps it. A window tolerates as much as its limit does, so the instant is moved to the end of the last step
 * within the window before it in which more is bad than the limit allows by chance (P < 1e-4). A window in which requests arrive
 * and none is answered keeps no requirement, and a request that fails because of the fault is slower than any limit on times: else
 * a database that is lost would make a site faster.
 *
 * Recovery times of replications have a mean with Student's interval. What is judged by them is the claim rto(FAULT). */
#ifndef QUESTIONS_DRILL_H
#define QUESTIONS_DRILL_H
#include "sim/questions/drill_results.h"
#include "sim/scenario/scenario.h"
#include "sim/study/study.h"

struct drill_options {
  struct study_options study;
  const char *const *faults; /* names of those that are drilled; none: all */
  uint32_t fault_count;
  const char *at;    /* another instant: since the run begins, or a time of day; null: at peak load */
  const char *watch; /* how long is watched behind the strike; null: chosen */
  /* The scenario with its run beginning at this time of day; null after it has reported why. */
  struct scenario *(*starting)(void *context, struct arena *, const char *clock);
  void *context;
};

/* Null when the scenario cannot be drilled so: *wrong says why, or is null when `starting` has. */
struct drill_results *drill_run(struct arena *, const struct scenario *, const struct drill_options *, const char **wrong);

#endif
