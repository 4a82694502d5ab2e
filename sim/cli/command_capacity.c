/* capacity: the largest value that keeps every requirement of severity must. */
#include "sim/cli/progress.h"
#include "sim/cli/session.h"
#include "sim/engine/arena.h"
#include "sim/report/capacity_report.h"
#include "sim/report/format.h"
#include "sim/store/output.h"
#include "sim/questions/capacity.h"
#include "sim/engine/allocate.h"
#include "sim/json/safe_text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct session {
  const struct options *options;
  const char *path;
  struct capacity_result axis; /* only what its values are called by */
  struct study_options *study;
  bool too_large; /* a value needs more memory than it may take */
  struct progress progress;
};

static struct scenario *scenario_with(void *context, struct arena *arena, const char *value) {
  struct session *s = context;
  struct scenario_override override = {arena_format(arena, "--vary %s=%s", s->path, value), s->path, value};
  const struct scenario *read = session_read(arena, s->options, s->options->files[0], &override, 1);
  s->too_large |= read && !session_fits(s->options, &read, 1, s->study);
  return s->too_large ? NULL : (struct scenario *)read;
}

/* How many looks it will take is not known, so there is no share of them to show: what is known so far is. */
static void show_progress(void *context, const struct capacity_progress *p) {
  struct session *s = context;
  if (!progress_due(&s->progress)) return;
  char so_far[300] = "";
  if (!isnan(p->low))
    snprintf(so_far, sizeof so_far, ", between %s and %s so far", capacity_value_text(&s->axis, p->low).text,
             capacity_value_text(&s->axis, p->high).text);
  progress_show(&s->progress, "look %u: %s of %s%s", p->look + 1, format_counted(p->replications, "replication", NULL).text,
                capacity_end_text(&s->axis, p->value).text, so_far);
}

static const struct capacity_format *format_of(const struct options *o, const char *path) {
  const char *dot = strrchr(path, '.'), *wanted = !strcmp(path, "-") ? o->format : dot ? dot + 1 : NULL;
  for (const struct capacity_format *f = capacity_formats; f->name && wanted; f++)
    if (!strcmp(f->name, wanted)) return f;
  safe_print(stderr,
             "aguanta capacity: no format for --export %s; formats are: .json, .csv, .md, or - with --format json, csv or md\n",
             path);
  return NULL;
}

static bool export_one(const struct options *o, const char *path, const struct capacity_result *r) {
  char *bytes = NULL, *error = NULL;
  size_t length = 0;
  FILE *file = allocate_stream(&bytes, &length);
  format_of(o, path)->write(file, r);
  fclose(file);
  if (!strcmp(path, "-"))
    fwrite(bytes, 1, length, stdout); /* a full stdout is told by main, once */
  else if (!output_write(path, bytes, length, &error))
    safe_print(stderr, "aguanta: %s\n", error);
  free(bytes);
  bool good = !error;
  free(error);
  return good;
}

static enum exit_code code_of(const struct capacity_result *r) {
  if (r->interrupted) return session_interrupted();
  if (r->violation_count) return EXIT_ERROR;
  return r->resolved ? EXIT_HOLDS : EXIT_UNDECIDED;
}

static enum exit_code tell(const struct options *o, const struct capacity_result *r, enum exit_code code) {
  for (uint32_t i = 0; i < o->export_count; i++)
    if (!export_one(o, o->exports[i], r)) code = exit_code_worse(code, EXIT_ERROR);
  if (!session_exports_to_stdout(o))
    report_capacity_text(stdout, r, &(struct report_options){.color = session_color(o), .verbose = o->verbose, .quiet = o->quiet});
  return code;
}

static enum exit_code find(const struct options *o, struct arena *arena, struct capacity_options *c, struct session *s) {
  const char *wrong;
  progress_begin(&s->progress, o, "looks");
  session_catch_interrupts();
  struct capacity_result *r = capacity_find(arena, c, &wrong);
  progress_clear(&s->progress);
  if (wrong) safe_print(stderr, "aguanta capacity: %s: %s\n", o->files[0], wrong);
  if (!r) return s->too_large ? EXIT_ERROR : EXIT_INVALID;
  enum exit_code code = tell(o, r, code_of(r));
  double seconds = progress_clock() - s->progress.started;
  if (o->timing && !session_write_timing(o->timing, r->requests, r->events, seconds)) code = exit_code_worse(code, EXIT_ERROR);
  return code;
}

/* One axis, and nothing that means something else in a search. */
static bool check(const struct options *o, struct arena *arena, struct capacity_options *c) {
  const char *wrong = NULL;
  if (!session_file_count(o, "capacity", 1, 1) || !session_check_words(o, "capacity") || !session_options(o, &c->study))
    return false;
  for (uint32_t i = 0; i < o->export_count; i++)
    if (!format_of(o, o->exports[i])) return false;
  if (o->vary_count != 1)
    safe_print(stderr, "aguanta capacity: needs one --vary PATH=LO..HI, not %u\n", o->vary_count);
  else if ((wrong = axis_parse(arena, o->varies[0], &c->range)))
    safe_print(stderr, "aguanta capacity: --vary %s %s\n", o->varies[0], wrong);
  return o->vary_count == 1 && !wrong;
}

enum exit_code command_capacity(const struct options *o) {
  struct arena *arena = arena_new();
  struct session session = {.options = o};
  struct capacity_options c = {.without = o->withouts,
                               .without_count = o->without_count,
                               .scenario = scenario_with,
                               .progress = show_progress,
                               .context = &session};
  enum exit_code code = EXIT_USAGE;
  if (check(o, arena, &c)) {
    session.path = c.range.path, session.study = &c.study;
    session.axis = (struct capacity_result){.path = c.range.path, .unit = c.range.unit, .whole = c.range.whole};
    code = find(o, arena, &c, &session);
  }
  arena_free(arena);
  return code;
}
