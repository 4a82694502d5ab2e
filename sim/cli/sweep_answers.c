#include "sim/cli/sweep_answers.h"
#include "sim/engine/arena.h"
#include "sim/store/output.h"
#include "sim/engine/allocate.h"
#include "sim/json/safe_text.h"
#include <stdlib.h>
#include <string.h>

/* --- what there is ----------------------------------------------------------------------------------------------------------------- */

struct sweep_answers *sweep_answers_new(const struct sweep_plan *plan, const char *const *stores, uint32_t count) {
  struct sweep_answers *a = arena_alloc(plan->arena, sizeof *a);
  a->plan = plan, a->stores = stores, a->store_count = count;
  a->of = arena_new_array(plan->arena, struct answer, plan->sweep->points);
  return a;
}

void sweep_answers_free(struct sweep_answers *a) {
  for (uint64_t n = 0; n < a->plan->sweep->points; n++) {
    if (a->of[n].rows) point_rows_free(a->of[n].rows), free(a->of[n].rows);
    free(a->of[n].table);
  }
}

static char *copy_of(const struct point_section *s) {
  char *copy = allocate(s->length + 1);
  memcpy(copy, s->text, s->length + 1);
  return copy;
}

void sweep_answers_put(struct sweep_answers *a, uint64_t n, struct point_rows *rows, bool stored) {
  struct answer *answer = &a->of[n];
  uint32_t code = a->plan->options->statements ? rows->statements : rows->code;
  *answer = (struct answer){.there = true, .code = code, .table = copy_of(&rows->parts[POINT_TABLE])};
  if (stored) {
    point_rows_free(rows);
    return;
  }
  answer->rows = allocate(sizeof *rows);
  *answer->rows = *rows;
}

static bool same_rows(const struct point_rows *a, const struct point_rows *b) {
  bool same = a->code == b->code && a->statements == b->statements;
  for (int i = 0; i < POINT_PARTS; i++)
    same &= a->parts[i].length == b->parts[i].length && !memcmp(a->parts[i].text, b->parts[i].text, a->parts[i].length);
  return same;
}

/* Notes the answer of one store. False when another store says something else. */
static bool note(struct sweep_answers *a, uint64_t n, uint32_t store, const char *key, struct point_rows *rows) {
  struct answer *answer = &a->of[n];
  bool same = true;
  if (answer->there) {
    struct point_rows other;
    same = point_store_read(a->stores[answer->store], key, &other) != POINT_STORED || same_rows(&other, rows);
    point_rows_free(&other);
    point_rows_free(rows);
    return same;
  }
  sweep_answers_put(a, n, rows, true);
  answer->store = store;
  return true;
}

static enum exit_code find_one(struct sweep_answers *a, struct arena *arena, uint64_t n, const char *command) {
  const char *key = sweep_plan_key(a->plan, arena, n);
  enum exit_code code = EXIT_HOLDS;
  for (uint32_t i = 0; i < a->store_count; i++) {
    struct point_rows rows;
    enum point_state state = point_store_read(a->stores[i], key, &rows);
    if (state == POINT_BROKEN) safe_print(stderr, "aguanta %s: %s/%s.point is damaged and not used\n", command, a->stores[i], key);
    if (state == POINT_UNREADABLE)
      safe_print(stderr, "aguanta %s: %s/%s.point cannot be read and is not used\n", command, a->stores[i], key);
    if (state != POINT_STORED || note(a, n, i, key, &rows)) continue;
    safe_print(stderr, "aguanta %s: %s and %s disagree about point %llu (%s): one of them was changed\n", command,
               a->stores[a->of[n].store], a->stores[i], (unsigned long long)n, key);
    code = EXIT_ERROR;
  }
  return code;
}

enum exit_code sweep_answers_find(struct sweep_answers *a, const char *command) {
  struct arena *arena = arena_new();
  enum exit_code code = EXIT_HOLDS;
  for (uint64_t n = 0; n < a->plan->sweep->points; n++)
    if (sweep_plan_mine(a->plan, n)) code = exit_code_worse(code, find_one(a, arena, n, command));
  arena_free(arena);
  return code;
}

uint64_t sweep_answers_missing(const struct sweep_answers *a) {
  uint64_t missing = 0;
  for (uint64_t n = 0; n < a->plan->sweep->points; n++) missing += sweep_plan_mine(a->plan, n) && !a->of[n].there;
  return missing;
}

enum exit_code sweep_answers_code(const struct sweep_answers *a) {
  enum exit_code code = EXIT_HOLDS;
  for (uint64_t n = 0; n < a->plan->sweep->points; n++)
    if (a->of[n].there) code = exit_code_worse(code, (enum exit_code)a->of[n].code);
  return code;
}

/* --- the table --------------------------------------------------------------------------------------------------------------------- */

static const char *shown(const char *value) { return value ? value : "-"; }

static void measure_columns(struct sweep_answers *a) {
  const struct sweep_plan *p = a->plan;
  a->widths = arena_new_array(p->arena, int, p->columns + 1);
  for (uint32_t i = 0; i < p->columns; i++) a->widths[i] = (int)strlen(p->paths[i]);
  for (uint64_t n = 0; n < p->sweep->points; n++) {
    struct arena *arena = arena_new();
    struct sweep_point point = sweep_plan_point(p, arena, n);
    for (uint32_t i = 0; i < p->columns; i++) {
      int width = (int)strlen(shown(point.values[i]));
      if (width > a->widths[i]) a->widths[i] = width;
    }
    arena_free(arena);
  }
}

void sweep_answers_print_header(struct sweep_answers *a) {
  measure_columns(a);
  for (uint32_t i = 0; i < a->plan->columns; i++) safe_print(stdout, "%-*s  ", a->widths[i], a->plan->paths[i]);
  printf("%22s  %9s  %10s  %s\n", "p99 of all", "errors", "a month", "requirements; statements");
}

static void print_row(struct sweep_answers *a, uint64_t n) {
  struct arena *arena = arena_new();
  struct sweep_point point = sweep_plan_point(a->plan, arena, n);
  for (uint32_t i = 0; i < point.axes; i++) safe_print(stdout, "%-*s  ", a->widths[i], shown(point.values[i]));
  printf("%s\n", a->of[n].table);
  arena_free(arena);
}

void sweep_answers_print(struct sweep_answers *a, bool all) {
  for (; a->printed < a->plan->sweep->points; a->printed++) {
    uint64_t n = a->printed;
    if (!sweep_plan_mine(a->plan, n)) continue;
    if (!a->of[n].there && !all) break;
    if (a->of[n].there) print_row(a, n);
  }
  fflush(stdout);
}

/* --- exports ----------------------------------------------------------------------------------------------------------------------- */

static void write_csv(FILE *file, const struct sweep_point *point, const struct point_rows *rows) {
  report_sweep_csv(file, point, rows->parts[POINT_CSV].text, rows->parts[POINT_CSV].length);
}
static void write_ndjson(FILE *file, const struct sweep_point *point, const struct point_rows *rows) {
  report_sweep_ndjson(file, point, rows->parts[POINT_NDJSON].text, rows->parts[POINT_NDJSON].length);
}

static const struct sweep_format {
  const char *name;
  void (*header)(FILE *, const struct sweep_point *); /* may be null */
  void (*write)(FILE *, const struct sweep_point *, const struct point_rows *);
} formats[] = {{"csv", report_sweep_csv_header, write_csv}, {"ndjson", NULL, write_ndjson}};
enum { FORMATS = sizeof formats / sizeof *formats };

static const struct sweep_format *format_of(const char *path, const char *format) {
  const char *dot = strrchr(path, '.'), *wanted = !strcmp(path, "-") ? format : dot ? dot + 1 : NULL;
  for (int i = 0; i < FORMATS && wanted; i++)
    if (!strcmp(wanted, formats[i].name)) return &formats[i];
  return NULL;
}

bool sweep_exports_known(const struct options *o, const char *command) {
  for (uint32_t i = 0; i < o->export_count; i++) {
    if (format_of(o->exports[i], o->format)) continue;
    safe_print(stderr, "aguanta %s: no format for --export %s; formats are: .csv, .ndjson, or - with --format csv or ndjson\n",
               command, o->exports[i]);
    return false;
  }
  return true;
}

static bool write_point(const struct sweep_answers *a, uint64_t n, FILE *file, const struct sweep_format *format) {
  struct arena *arena = arena_new();
  struct sweep_point point = sweep_plan_point(a->plan, arena, n);
  struct point_rows read = {0};
  const struct answer *answer = &a->of[n];
  bool good = answer->rows || point_store_read(a->stores[answer->store], point.hash, &read) == POINT_STORED;
  if (good)
    format->write(file, &point, answer->rows ? answer->rows : &read);
  else
    safe_print(stderr, "aguanta: %s/%s.point cannot be read any more\n", a->stores[answer->store], point.hash);
  point_rows_free(&read);
  arena_free(arena);
  return good;
}

static bool write_text(const char *path, const char *text, size_t length) {
  char *error = NULL;
  if (!strcmp(path, "-")) return fwrite(text, 1, length, stdout) == length;
  if (output_write(path, text, length, &error)) return true;
  safe_print(stderr, "aguanta: %s\n", error);
  free(error);
  return false;
}

static bool export_one(const struct sweep_answers *a, const char *path, const struct sweep_format *format) {
  char *text = NULL;
  size_t length = 0;
  bool good = true;
  FILE *file = allocate_stream(&text, &length);
  struct sweep_point none = {.axes = a->plan->columns, .paths = a->plan->paths};
  if (format->header) format->header(file, &none);
  for (uint64_t n = 0; n < a->plan->sweep->points; n++)
    if (a->of[n].there) good &= write_point(a, n, file, format);
  fclose(file);
  good = good && write_text(path, text, length);
  free(text);
  return good;
}

bool sweep_answers_export(const struct sweep_answers *a) {
  const struct options *o = a->plan->options;
  bool good = true;
  for (uint32_t i = 0; i < o->export_count; i++) good &= export_one(a, o->exports[i], format_of(o->exports[i], o->format));
  return good;
}
