#include "sim/report/text/text_sweep.h"
#include "sim/engine/arena.h"
#include "sim/json/safe_text.h"
#include "sim/report/format.h"
#include <string.h>

enum { FIGURES = 71 }; /* width of the heading of the figures */

struct sweep_table {
  const struct sweep_results *results;
  struct sweep_point columns;
  int *widths;
  bool folded;      /* the figures of a point stand below its values */
  uint64_t printed; /* points before this one are shown */
};

static const char *shown(const char *value) { return value ? value : "-"; }

static void widen(int *width, const char *text) {
  int length = (int)strlen(text);
  if (length > *width) *width = length;
}

struct sweep_table *sweep_table_new(struct arena *arena, const struct sweep_results *r) {
  struct sweep_table *t = arena_alloc(arena, sizeof *t);
  *t = (struct sweep_table){.results = r, .columns = sweep_results_columns(r)};
  t->widths = arena_new_array(arena, int, t->columns.axes + 1);
  for (uint32_t i = 0; i < t->columns.axes; i++) widen(&t->widths[i], t->columns.paths[i]);
  for (uint64_t n = 0; n < sweep_results_points(r); n++) {
    struct arena *scratch = arena_new();
    struct sweep_point point = sweep_results_point(r, scratch, n);
    for (uint32_t i = 0; i < point.axes; i++) widen(&t->widths[i], shown(point.values[i]));
    arena_free(scratch);
  }
  return t;
}

void sweep_table_fold(struct sweep_table *t, int width) {
  int taken = 0;
  for (uint32_t i = 0; i < t->columns.axes; i++) taken += t->widths[i] + 2;
  t->folded = width && taken + FIGURES > width;
}

/* "  600 ms [400, 800]  0%  -  PASS (2 pass)": where the verdicts begin, behind three columns. */
static const char *verdicts_in(const char *figures) {
  for (int column = 0; column < 3; column++) {
    figures += strspn(figures, " ");
    const char *gap = strstr(figures, "  ");
    figures = gap ? gap : figures + strlen(figures);
  }
  return figures + strspn(figures, " ");
}

static void print_figures(FILE *file, const struct sweep_table *t, const char *figures) {
  const char *verdicts = verdicts_in(figures);
  if (t->folded)
    fprintf(file, "\n  %.*s\n    %s\n", (int)(verdicts - figures), figures, verdicts);
  else
    fprintf(file, "%s\n", figures);
}

void sweep_table_header(FILE *file, const struct sweep_table *t) {
  char figures[FIGURES + 1];
  snprintf(figures, sizeof figures, "%22s  %9s  %10s  %s", "p99 of all", "errors", "a month", "requirements; statements");
  for (uint32_t i = 0; i < t->columns.axes; i++) safe_print(file, "%-*s  ", t->widths[i], t->columns.paths[i]);
  print_figures(file, t, figures);
}

static void print_row(FILE *file, const struct sweep_table *t, uint64_t n) {
  struct arena *arena = arena_new();
  struct sweep_point point = sweep_results_point(t->results, arena, n);
  for (uint32_t i = 0; i < point.axes; i++) safe_print(file, "%-*s  ", t->widths[i], shown(point.values[i]));
  print_figures(file, t, sweep_results_table(t->results, n));
  arena_free(arena);
}

void sweep_table_rows(FILE *file, struct sweep_table *t, bool all) {
  for (; t->printed < sweep_results_points(t->results); t->printed++) {
    uint64_t n = t->printed;
    if (!sweep_results_mine(t->results, n)) continue;
    bool has = sweep_results_has(t->results, n);
    if (!has && !all) break;
    if (has) print_row(file, t, n);
  }
  fflush(file);
}

/* --- lists of points ---------------------------------------------------------------------------------------------------------- */

static void print_values(FILE *file, const struct sweep_point *point) {
  for (uint32_t i = 0; i < point->axes; i++)
    if (point->values[i]) safe_print(file, " %s=%s", point->paths[i], point->values[i]);
  fputc('\n', file);
}

static const char *state_of(const struct sweep_results *r, uint64_t n) {
  if (!sweep_results_mine(r, n)) return "of another shard";
  if (sweep_results_has(r, n)) return "stored";
  return sweep_results_wanted(r, n) ? "to run" : "left out";
}

void report_sweep_points(FILE *file, const struct sweep_results *r) {
  for (uint64_t n = 0; n < sweep_results_points(r); n++) {
    struct arena *arena = arena_new();
    struct sweep_point point = sweep_results_point(r, arena, n);
    safe_print(file, "%-6llu  %s  %-7s ", (unsigned long long)n, point.hash, state_of(r, n));
    print_values(file, &point);
    arena_free(arena);
  }
}

void report_sweep_estimate(FILE *file, const struct sweep_estimate *e, uint32_t jobs) {
  if (!e->points) {
    fputs("nothing is left to run\n", file);
    return;
  }
  fprintf(file, "%s points to run: about %s requests", format_count(e->points).text,
          format_count((uint64_t)(e->requests + 0.5)).text);
  if (e->years > 0) fprintf(file, " and %s years of faults", format_count((uint64_t)e->years).text);
  fprintf(file, "\nestimate: %s on %u thread%s, from a pilot of point %llu\n",
          format_number(UNIT_SECONDS, NULL, e->seconds / jobs).text, jobs, jobs > 1 ? "s" : "", (unsigned long long)e->pilot);
}

void report_sweep_missing(FILE *file, const struct sweep_results *r, uint64_t most) {
  uint64_t listed = 0;
  for (uint64_t n = 0; n < sweep_results_points(r) && listed < most; n++) {
    if (sweep_results_has(r, n)) continue;
    struct arena *arena = arena_new();
    struct sweep_point point = sweep_results_point(r, arena, n);
    safe_print(file, "  point %llu  %s ", (unsigned long long)n, point.hash);
    print_values(file, &point);
    arena_free(arena);
    listed++;
  }
}
