#include "sim/questions/compare.h"
#include "sim/cli/progress.h"
#include "sim/cli/session.h"
#include "sim/engine/arena.h"
#include "sim/report/compare_report.h"
#include "sim/report/export/export.h"
#include "sim/json/safe_text.h"
#include <stdlib.h>
#include <string.h>

static bool read_all(struct arena *arena, const struct options *o, const struct scenario **scenarios) {
  bool good = true;
  for (uint32_t i = 0; i < o->file_count; i++) {
    scenarios[i] = session_read(arena, o, o->files[i], NULL, 0);
    good &= scenarios[i] != NULL;
  }
  return good;
}

static bool add_questions(const struct options *o, struct compare *c) {
  bool good = true;
  for (uint32_t i = 0; i < o->limit_count; i++) {
    const char *wrong = compare_add_limit(c, o->limits[i]);
    if (wrong) safe_print(stderr, "aguanta compare: --fail-on \"%s\" %s\n", o->limits[i], wrong);
    good &= !wrong;
  }
  const char *wrong = o->best ? compare_set_best(c, o->best, o->indifference) : NULL;
  if (wrong) safe_print(stderr, "aguanta compare: --best \"%s\" %s\n", o->best, wrong);
  return good && !wrong;
}

static bool check_together(const struct options *o) {
  const char *wrong = NULL;
  if (o->best && o->limit_count) wrong = "--best and --fail-on are two questions: ask them one at a time";
  if (o->indifference && !o->best) wrong = "--indifference belongs to --best";
  if (o->best && (o->reps || o->precision)) wrong = "--best takes as many replications as it needs: bound them by --budget";
  if (wrong) safe_print(stderr, "aguanta compare: %s\n", wrong);
  return !wrong;
}

/* Without --fail-on there is nothing that could fail: a difference is an answer. */
static enum exit_code exit_code_of(const struct compare_results *r) {
  enum exit_code code = EXIT_HOLDS;
  struct requirement_sum limits = compare_verdicts(r);
  if (r->best && !r->best->decided) code = EXIT_UNDECIDED;
  if (limits.undecided || limits.no_data) code = EXIT_UNDECIDED;
  if (limits.fail) code = EXIT_FAILED;
  for (uint32_t i = 0; i < r->system_count; i++)
    if (r->systems[i]->violation_count) code = exit_code_worse(code, EXIT_ERROR);
  return r->interrupted ? exit_code_worse(code, session_interrupted()) : code;
}

static void write_json(FILE *file, const void *r) { report_compare_json(file, r); }
static void write_csv(FILE *file, const void *r) { report_compare_csv(file, r); }
static void write_markdown(FILE *file, const void *r) { report_compare_markdown(file, r); }
static const struct export_formats of_compare = {write_json, write_csv, write_markdown};

static enum exit_code export_all(const struct options *o, const struct compare_results *r, enum exit_code code) {
  for (uint32_t i = 0; i < o->export_count; i++) {
    char *error = NULL;
    if (report_export_as(&of_compare, r, o->exports[i], !strcmp(o->exports[i], "-") ? o->format : NULL, &error)) continue;
    if (strcmp(o->exports[i], "-")) safe_print(stderr, "aguanta: %s\n", error); /* a full stdout is told by main, once */
    free(error);
    code = exit_code_worse(code, EXIT_ERROR);
  }
  return code;
}

static enum exit_code run(const struct options *o, struct compare *c) {
  const char *wrong = compare_fault(c);
  if (wrong) {
    safe_print(stderr, "aguanta compare: %s\n", wrong);
    return EXIT_INVALID;
  }
  if (!add_questions(o, c)) return EXIT_USAGE;
  session_catch_interrupts();
  struct compare_results *r = compare_run(c);
  enum exit_code code = export_all(o, r, exit_code_of(r));
  struct report_options shown = {.color = session_color(o), .verbose = o->verbose, .quiet = o->quiet};
  if (!session_exports_to_stdout(o)) report_compare_text(stdout, r, &shown);
  return code;
}

enum exit_code command_compare(const struct options *o) {
  struct study_options study;
  struct progress progress;
  if (!session_file_count(o, "compare", 2, OPTIONS_MANY) || !session_check_exports(o) || !session_check_words(o, "compare") ||
      !check_together(o) || !session_options(o, &study))
    return EXIT_USAGE;
  struct arena *arena = arena_new();
  const struct scenario **scenarios = arena_new_array(arena, const struct scenario *, o->file_count);
  enum exit_code code = EXIT_INVALID;
  bool read = read_all(arena, o, scenarios);
  if (read && !session_fits(o, scenarios, o->file_count, &study))
    code = EXIT_ERROR;
  else if (read) {
    progress_begin(&progress, o, "replications");
    progress_follow(&progress, &study);
    struct compare *c = compare_open(arena, scenarios, o->file_count, &study);
    code = run(o, c);
    compare_close(c);
  }
  arena_free(arena);
  return code;
}
