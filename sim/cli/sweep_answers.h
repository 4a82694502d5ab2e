/* The answers of a sweep's points: which there are, where their rows are, and how they are shown and exported.
 *
 * Rows are in the stores, or in memory where there is no store. What is printed and exported goes by the number of the
 * point and takes every row from its stored form, so it is the same whoever ran the points, when, and in which order. */
#ifndef SWEEP_ANSWERS_H
#define SWEEP_ANSWERS_H
#include "sim/cli/sweep_plan.h"
#include "sim/store/point_store.h"

struct answer {
  bool there;
  uint32_t code, store;    /* exit code; which store holds the rows */
  char *table;             /* cells of the terminal's table */
  struct point_rows *rows; /* in memory; null: in the store */
};

struct sweep_answers {
  const struct sweep_plan *plan;
  const char *const *stores;
  uint32_t store_count;
  struct answer *of; /* by point */
  uint64_t printed;  /* points before this one are shown */
  int *widths;       /* of the table's columns */
};

struct sweep_answers *sweep_answers_new(const struct sweep_plan *, const char *const *stores, uint32_t count);
void sweep_answers_free(struct sweep_answers *);
/* Looks into the stores. Damaged files are told and count as missing; two stores that disagree are an error. */
enum exit_code sweep_answers_find(struct sweep_answers *, const char *command);
/* Takes the rows over. `stored`: they are in the first store, too. */
void sweep_answers_put(struct sweep_answers *, uint64_t n, struct point_rows *, bool stored);
/* Points of the shard without an answer. */
uint64_t sweep_answers_missing(const struct sweep_answers *);
/* The worst exit code of the answers that are there. */
enum exit_code sweep_answers_code(const struct sweep_answers *);

/* The table: the header, then the rows of the shard in order as far as they are there, or all that are there. */
void sweep_answers_print_header(struct sweep_answers *);
void sweep_answers_print(struct sweep_answers *, bool all);

/* Formats of --export are known; false after a message. */
bool sweep_exports_known(const struct options *, const char *command);
/* Writes every --export, whole or not at all. */
bool sweep_answers_export(const struct sweep_answers *);

#endif
