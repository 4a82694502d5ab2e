/* Runs the points of a sweep that have no answer yet, several at a time, and stores each as soon as it is there.
 *
 *     struct sweep_watch watch = {.rows_of = rows_of};
 *     enum sweep_outcome outcome = sweep_run(&plan, results, "web.sweep", &watch, &done); */
#ifndef SWEEP_RUN_H
#define SWEEP_RUN_H
#include "sim/study/memory_need.h"
#include "sim/sweep/sweep_plan.h"

struct sweep_work {
  uint64_t requests, events, points;
};

/* What the asker does while points run. All but rows_of may be null, and are called by one thread at a time. */
struct sweep_watch {
  void *context;
  struct point_rows (*rows_of)(const struct results *); /* what is kept of a result */
  void (*answered)(void *context);                      /* a further point has an answer */
  /* Points that are finished, parts of those that run, of all of this run. */
  void (*progress)(void *context, uint64_t finished, double in_progress, uint64_t of);
  void (*refused)(void *context, const struct memory_need *); /* a point needs more memory than it may take */
  bool fresh;                                                 /* states that are stored are not continued */
};

/* `store`: where answers and states are kept; null: nowhere. SWEEP_FAILED for broken invariants and a store that cannot be written;
 * verdicts are those of the answers. */
enum sweep_outcome sweep_run(const struct sweep_plan *, struct sweep_results *, const char *store, const struct sweep_watch *,
                             struct sweep_work *done);

#endif
