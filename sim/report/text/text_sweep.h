/* A sweep on the terminal: a table of a row a point, which grows while points run, and lists of points.
 *
 *     struct sweep_table *table = sweep_table_new(arena, results);
 *     sweep_table_header(stdout, table);
 *     sweep_table_rows(stdout, table, false);      ... whenever a further point has an answer
 *     sweep_table_rows(stdout, table, true);       ... at the end */
#ifndef TEXT_SWEEP_H
#define TEXT_SWEEP_H
#include "sim/sweep/sweep_results.h"
#include <stdio.h>

struct sweep_table;

struct sweep_table *sweep_table_new(struct arena *, const struct sweep_results *);
/* Before the heading: how wide the table may be; 0: any width. */
void sweep_table_fold(struct sweep_table *, int width);
void sweep_table_header(FILE *, const struct sweep_table *);
/* Rows of the shard in their order, from the first that was not printed: as far as there are answers, or all that have one. */
void sweep_table_rows(FILE *, struct sweep_table *, bool all);

/* Each point with its key, what becomes of it, and what it sets. */
void report_sweep_points(FILE *, const struct sweep_results *);
/* How much is left to run, and how long it takes on this many threads. */
void report_sweep_estimate(FILE *, const struct sweep_estimate *, uint32_t jobs);
/* The first `most` points without an answer. */
void report_sweep_missing(FILE *, const struct sweep_results *, uint64_t most);

#endif
