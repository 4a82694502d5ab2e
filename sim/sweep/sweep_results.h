/* The answer of a sweep: which of its points have one, and where their rows are.
 *
 * Rows are in the stores, or in memory where there is no store. What is shown and exported goes by the number of the point and
 * takes every row from its stored form, so it is the same on whichever machine, when and in which order the points ran.
 *
 *     for (uint64_t n = 0; n < sweep_results_points(r); n++)
 *       if (sweep_results_has(r, n)) puts(sweep_results_table(r, n)); */
#ifndef SWEEP_RESULTS_H
#define SWEEP_RESULTS_H
#include "sim/store/point_store.h"

struct arena;
struct sweep_plan;

/* One point: its number, what identifies it, and what was set to what (a value is null where it sets nothing). */
struct sweep_point {
  uint64_t number;
  const char *hash;
  uint32_t axes;
  const char *const *paths, *const *values;
};

/* How much work a sweep still is. */
struct sweep_estimate {
  uint64_t points;
  double requests, years;
  double seconds; /* CPU time of one thread */
  uint64_t pilot; /* which point was tried */
};

struct sweep_results;

uint64_t sweep_results_points(const struct sweep_results *);
/* The paths of the columns, without number, hash and values. */
struct sweep_point sweep_results_columns(const struct sweep_results *);
struct sweep_point sweep_results_point(const struct sweep_results *, struct arena *, uint64_t n);
/* Whether the point belongs to the shard, whether `where` asks for it, and whether there is an answer of it. */
bool sweep_results_mine(const struct sweep_results *, uint64_t n);
bool sweep_results_wanted(const struct sweep_results *, uint64_t n);
bool sweep_results_has(const struct sweep_results *, uint64_t n);
/* Of an answer: enum point_code of its requirements, or with its statements; the cells of the terminal's table. */
uint32_t sweep_results_code(const struct sweep_results *, uint64_t n, bool statements);
const char *sweep_results_table(const struct sweep_results *, uint64_t n);
/* A section of the answer's rows, which the caller frees. Empty, and reported in messages, when it cannot be read any more: then
 * the results are not whole. */
struct point_section sweep_results_section(struct sweep_results *, struct arena *, uint64_t n, enum point_part);
bool sweep_results_whole(const struct sweep_results *);
/* Points of the shard without an answer. */
uint64_t sweep_results_missing(const struct sweep_results *);

/* --- for the sweep ------------------------------------------------------------------------------------------------------------ */

struct sweep_results *sweep_results_new(const struct sweep_plan *, const char *const *stores, uint32_t count);
void sweep_results_free(struct sweep_results *);
/* Looks into the stores. Damaged files are reported and count as missing; returns false when two stores disagree. */
bool sweep_results_find(struct sweep_results *);
/* Reports stores that hold points of something else. */
void sweep_results_report_strangers(const struct sweep_results *);
/* Takes the rows over. `stored`: they are in the first store, too. */
void sweep_results_put(struct sweep_results *, uint64_t n, struct point_rows *, bool stored);

#endif
