#include "sim/cli/session.h"
#include "sim/cli/sweep_preview.h"
#include "sim/cli/sweep_run.h"
#include "sim/engine/arena.h"
#include "sim/json/safe_text.h"
#include <stdlib.h>
#include <string.h>

static bool options_fit(const struct options *o) {
  struct study_options unused;
  if (!session_file_count(o, "sweep", 1, 1) || !session_check_words(o, "sweep") || !session_options(o, &unused)) return false;
  return sweep_exports_known(o, "sweep") && sweep_emit_fits(o);
}

/* The store in which answers are looked for and kept. */
static enum exit_code open_store(struct sweep_answers *a) {
  const struct sweep_plan *p = a->plan;
  char *error = NULL;
  if (!p->store) return EXIT_HOLDS;
  if (!point_store_open(p->store, &error)) {
    safe_print(stderr, "aguanta: %s\n", error);
    free(error);
    return EXIT_ERROR;
  }
  return p->options->fresh ? EXIT_HOLDS : sweep_answers_find(a, "sweep");
}

/* What is stored, without making a store. */
static enum exit_code preview(struct sweep_answers *a) {
  enum exit_code code = a->plan->options->fresh ? EXIT_HOLDS : sweep_answers_find(a, "sweep");
  if (code != EXIT_HOLDS) return code;
  return a->plan->options->emit ? sweep_emit(a) : sweep_dry_run(a);
}

static void tell_reuse(const struct sweep_answers *a, uint64_t missing) {
  uint64_t mine = 0;
  for (uint64_t n = 0; n < a->plan->sweep->points; n++) mine += sweep_plan_mine(a->plan, n);
  if (a->plan->options->quiet || missing == mine) return;
  safe_print(stderr, "%llu of %llu points are in %s and not run again\n", (unsigned long long)(mine - missing),
             (unsigned long long)mine, a->plan->store);
}

static enum exit_code tell_missing(const struct sweep_answers *a, enum exit_code code) {
  uint64_t missing = sweep_answers_missing(a);
  if (!missing) return code;
  safe_print(stderr, "aguanta sweep: %llu of %llu points are missing%s\n", (unsigned long long)missing,
             (unsigned long long)a->plan->sweep->points, a->plan->where ? ": --where leaves them out" : "");
  return exit_code_worse(code, EXIT_INCOMPLETE);
}

static enum exit_code run_and_export(struct sweep_answers *a) {
  const struct options *o = a->plan->options;
  enum exit_code code = open_store(a);
  if (code != EXIT_HOLDS) return code;
  tell_reuse(a, sweep_answers_missing(a));
  session_catch_interrupts();
  struct sweep_work done = {0};
  double started = session_clock();
  code = sweep_run(a, o->quiet || session_exports_to_stdout(o), &done);
  double seconds = session_clock() - started;
  code = exit_code_worse(code, sweep_answers_code(a));
  if (o->timing && !session_write_timing(o->timing, done.requests, done.events, seconds)) code = exit_code_worse(code, EXIT_ERROR);
  if (!sweep_answers_export(a)) code = exit_code_worse(code, EXIT_ERROR);
  return tell_missing(a, code);
}

enum exit_code command_sweep(const struct options *o) {
  if (!options_fit(o)) return EXIT_USAGE;
  struct arena *arena = arena_new();
  struct sweep_plan plan;
  enum exit_code code = sweep_plan_read(&plan, arena, o, "sweep");
  if (code == EXIT_HOLDS) {
    struct sweep_answers *answers = sweep_answers_new(&plan, &plan.store, plan.store ? 1 : 0);
    code = o->dry_run || o->emit ? preview(answers) : run_and_export(answers);
    sweep_answers_free(answers);
  }
  arena_free(arena);
  return code;
}
