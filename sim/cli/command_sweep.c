#include "sim/cli/session.h"
#include "sim/engine/arena.h"
#include "sim/report/format.h"
#include "sim/report/output.h"
#include "sim/report/report.h"
#include "sim/study/sweep.h"
#include <stdlib.h>
#include <string.h>

static const struct sweep_format {
  const char *name;
  void (*write)(FILE *, const struct results *, const struct sweep_point *);
} formats[] = {{"csv", report_sweep_csv}, {"ndjson", report_sweep_ndjson}};
enum { FORMATS = sizeof formats / sizeof *formats };

/* One --export of a sweep: rows are gathered in memory and written at the end, whole or not at all. */
struct sink {
  const char *path;
  const struct sweep_format *format;
  FILE *file;
  char *text;
  size_t length;
};

static bool open_sink(struct sink *k, const char *path, const char *format) {
  const char *dot = strrchr(path, '.');
  const char *wanted = !strcmp(path, "-") ? format : dot ? dot + 1 : NULL;
  for (int i = 0; i < FORMATS && wanted; i++)
    if (!strcmp(wanted, formats[i].name)) k->format = &formats[i];
  if (!k->format) {
    fprintf(stderr, "aguanta sweep: no format for --export %s; formats are: .csv, .ndjson, or - with --format csv or ndjson\n",
            path);
    return false;
  }
  k->path = path;
  k->file = open_memstream(&k->text, &k->length);
  return k->file != NULL;
}

static bool close_sink(struct sink *k) {
  char *error = NULL;
  fclose(k->file);
  if (!strcmp(k->path, "-"))
    fwrite(k->text, 1, k->length, stdout);
  else
    output_write(k->path, k->text, k->length, &error);
  if (error) fprintf(stderr, "aguanta: %s\n", error);
  bool good = !error;
  free(error);
  free(k->text);
  return good;
}

static bool read_axes(const struct options *o, struct arena *arena, struct sweep *s) {
  if (!o->vary_count) fprintf(stderr, "aguanta sweep: needs at least one --vary PATH=A,B,C\n");
  for (uint32_t i = 0; i < o->vary_count; i++) {
    const char *wrong = sweep_add_axis(s, arena, o->varies[i]);
    if (!wrong) continue;
    fprintf(stderr, "aguanta sweep: --vary %s %s\n", o->varies[i], wrong);
    return false;
  }
  return o->vary_count > 0;
}

static struct scenario *read_point(struct arena *arena, const struct options *o, const struct sweep *s, const char **values) {
  struct scenario_override overrides[SWEEP_AXES];
  for (uint32_t i = 0; i < s->axis_count; i++)
    overrides[i] =
        (struct scenario_override){arena_format(arena, "--vary %s=%s", s->axes[i].path, values[i]), s->axes[i].path, values[i]};
  return session_read(arena, o, o->files[0], overrides, s->axis_count);
}

static bool point_is_valid(const struct options *o, const struct sweep *s, const char **values) {
  struct arena *arena = arena_new();
  bool good = read_point(arena, o, s, values) != NULL;
  arena_free(arena);
  return good;
}

/* All points are read before the first is run: a typo in the last value must not cost an hour. Every value is tried beside the
 * first values of the other axes, so that all wrong ones are told; then the whole grid. */
static bool all_valid(const struct options *o, const struct sweep *s) {
  const char *values[SWEEP_AXES];
  bool good = true;
  for (uint32_t axis = 0; axis < s->axis_count; axis++)
    for (uint32_t i = 0; i < s->axes[axis].count; i++) {
      sweep_values(s, 0, values);
      if (axis && !i) continue; /* the first point, once */
      values[axis] = s->axes[axis].values[i];
      good &= point_is_valid(o, s, values);
    }
  for (uint64_t n = 0; n < s->points && good && s->axis_count > 1; n++) {
    sweep_values(s, n, values);
    good = point_is_valid(o, s, values);
  }
  return good;
}

static void print_row(const struct sweep *s, const char **values, const struct results *r) {
  const struct metric *p99 = results_metric(r, "all.latency", "p99", NULL), *errors = results_metric(r, "all", "error_rate", NULL);
  for (uint32_t i = 0; i < s->axis_count; i++) printf("%-*s  ", (int)strlen(s->axes[i].path), values[i]);
  printf("%22s  %9s  %10s  %s\n", format_estimate(p99->unit, NULL, &p99->estimate).text,
         format_value(errors->unit, NULL, &errors->estimate).text,
         format_number(UNIT_CURRENCY, r->bill.currency, r->bill.monthly).text, format_verdict_line(r).text);
}

static void print_header(const struct sweep *s) {
  for (uint32_t i = 0; i < s->axis_count; i++) printf("%s  ", s->axes[i].path);
  printf("%22s  %9s  %10s  %s\n", "p99 of all", "errors", "a month", "claims");
}

struct work_done {
  uint64_t requests, events;
};

static enum exit_code run_points(const struct options *o, const struct sweep *s, struct sink *sinks, struct work_done *done) {
  bool quiet = o->quiet || session_exports_to_stdout(o), stop = false;
  struct options inner = *o;
  inner.export_count = 0; /* the sweep's own exports are not those of a single result */
  const char *paths[SWEEP_AXES], *values[SWEEP_AXES];
  for (uint32_t i = 0; i < s->axis_count; i++) paths[i] = s->axes[i].path;
  enum exit_code code = EXIT_HOLDS, one;
  if (!quiet) print_header(s);
  for (uint64_t n = 0; n < s->points && !stop; n++) {
    struct arena *arena = arena_new();
    sweep_values(s, n, values);
    struct results *r = session_run(arena, &inner, read_point(arena, &inner, s, values), &one);
    code = exit_code_worse(code, one);
    stop = r->interrupted || r->violation_count;
    done->requests += r->requests, done->events += r->events;
    struct sweep_point point = {(uint32_t)n, s->axis_count, paths, values};
    for (uint32_t i = 0; i < o->export_count && !r->interrupted; i++) sinks[i].format->write(sinks[i].file, r, &point);
    if (!r->interrupted && !quiet) print_row(s, values, r), fflush(stdout);
    arena_free(arena);
  }
  return code;
}

static enum exit_code timed_run(const struct options *o, const struct sweep *s, struct sink *sinks) {
  struct work_done done = {0};
  double started = session_clock();
  enum exit_code code = run_points(o, s, sinks, &done);
  bool written = !o->timing || session_write_timing(o->timing, done.requests, done.events, session_clock() - started);
  return written ? code : exit_code_worse(code, EXIT_ERROR);
}

enum exit_code command_sweep(const struct options *o) {
  struct study_options unused;
  if (!session_file_count(o, "sweep", 1, 1) || !session_check_words(o, "sweep") || !session_options(o, &unused)) return EXIT_USAGE;
  struct arena *arena = arena_new();
  struct sweep sweep = {.axis_count = 0};
  struct sink sinks[OPTIONS_MANY] = {0};
  enum exit_code code = EXIT_HOLDS;
  if (!read_axes(o, arena, &sweep)) code = EXIT_USAGE;
  uint32_t open = 0;
  while (code == EXIT_HOLDS && open < o->export_count)
    if (open_sink(&sinks[open], o->exports[open], o->format))
      open++;
    else
      code = EXIT_USAGE;
  if (code == EXIT_HOLDS && !all_valid(o, &sweep)) code = EXIT_INVALID;
  bool run = code == EXIT_HOLDS;
  if (run) {
    session_catch_interrupts();
    code = timed_run(o, &sweep, sinks);
  }
  for (uint32_t i = 0; i < open; i++) {
    if (run && !close_sink(&sinks[i])) code = exit_code_worse(code, EXIT_ERROR);
    if (!run) fclose(sinks[i].file), free(sinks[i].text);
  }
  arena_free(arena);
  return code;
}
