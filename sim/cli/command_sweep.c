#include "sim/cli/emit.h"
#include "sim/cli/progress.h"
#include "sim/cli/screen.h"
#include "sim/cli/session.h"
#include "sim/cli/session_sweep.h"
#include "sim/engine/arena.h"
#include "sim/json/safe_text.h"
#include "sim/report/export/point_rows.h"
#include "sim/report/text/text_sweep.h"
#include "sim/sweep/sweep_estimate.h"
#include "sim/sweep/sweep_run.h"
#include <stdlib.h>

/* A sweep that is asked for, where its answers are kept, and how it is followed. */
struct asked {
  const struct options *options;
  struct arena *arena;
  struct sweep_plan plan;
  struct sweep_results *results;
  const char *store;         /* null: none */
  struct sweep_table *table; /* null: not shown */
  struct progress progress;
};

/* --- without running ----------------------------------------------------------------------------------------------------- */

static enum exit_code dry_run(const struct asked *a) {
  struct sweep_estimate e;
  struct screen screen;
  FILE *file = screen_open(&screen, stdout);
  if (!a->options->quiet) report_sweep_points(file, a->results);
  screen_close(&screen);
  if (!sweep_estimate(&a->plan, a->results, &e)) return EXIT_INVALID;
  report_sweep_estimate(screen_open(&screen, stdout), &e, a->plan.request->study.jobs);
  screen_close(&screen);
  return EXIT_HOLDS;
}

/* What is stored, without making a store. */
static enum exit_code preview(const struct asked *a) {
  if (!a->options->fresh && !sweep_results_find(a->results)) return EXIT_ERROR;
  return a->options->emit ? emit_task(a->options, &a->plan, a->results, a->store) : dry_run(a);
}

/* --- running ------------------------------------------------------------------------------------------------------------------ */

static void show_rows(const struct asked *a, bool all) {
  struct screen screen;
  progress_clear(&a->progress);
  sweep_table_rows(screen_open(&screen, stdout), a->table, all);
  screen_close(&screen);
}

static void show_head(const struct asked *a) {
  struct screen screen;
  FILE *file = screen_open(&screen, stdout);
  sweep_table_fold(a->table, screen.width);
  sweep_table_header(file, a->table);
  screen_close(&screen);
  show_rows(a, false);
}

static void answered(void *context) {
  struct asked *a = context;
  if (a->table) show_rows(a, false);
}

static void moved(void *context, uint64_t finished, double in_progress, uint64_t of) {
  struct asked *a = context;
  double done = (double)finished + in_progress, all = (double)of, passed = progress_clock() - a->progress.started;
  char share[100] = "";
  if (finished == of) progress_clear(&a->progress);
  if (finished == of || !progress_due(&a->progress)) return;
  if (done > 1e-6 * all)
    snprintf(share, sizeof share, " (%.0f%%), about %.0f s left", 100 * done / all, passed / done * (all - done));
  progress_show(&a->progress, "%llu of %llu points%s", (unsigned long long)finished, (unsigned long long)of, share);
}

static void refused(void *context, const struct memory_need *need) {
  const struct asked *a = context;
  session_refuse(a->options, need);
}

/* The store in which answers are looked for and kept. */
static enum exit_code open_store(const struct asked *a) {
  char *error = NULL;
  if (!a->store) return EXIT_HOLDS;
  if (!point_store_open(a->store, &error)) {
    safe_print(stderr, "aguanta sweep: %s\n", error);
    free(error);
    return EXIT_ERROR;
  }
  return a->options->fresh || sweep_results_find(a->results) ? EXIT_HOLDS : EXIT_ERROR;
}

static void report_reuse(const struct asked *a) {
  uint64_t mine = sweep_plan_mine_count(&a->plan), missing = sweep_results_missing(a->results);
  if (a->options->quiet || missing == mine) return;
  safe_print(stderr, "%llu of %llu points are in %s and not run again\n", (unsigned long long)(mine - missing),
             (unsigned long long)mine, a->store);
}

/* Points that were not asked for, and that are not stored either: without them the sweep is what was asked. */
static uint64_t left_out(const struct asked *a) {
  uint64_t count = 0;
  for (uint64_t n = 0; n < sweep_results_points(a->results); n++)
    count += sweep_results_mine(a->results, n) && !sweep_results_has(a->results, n) && !sweep_results_wanted(a->results, n);
  return count;
}

static enum exit_code report_missing(const struct asked *a, enum exit_code code) {
  uint64_t missing = sweep_results_missing(a->results), unwanted = left_out(a);
  unsigned long long all = sweep_results_points(a->results);
  if (unwanted && !a->options->quiet)
    safe_print(stderr, "aguanta sweep: --where leaves out %llu of %llu points\n", (unsigned long long)unwanted, all);
  if (missing == unwanted) return code;
  safe_print(stderr, "aguanta sweep: %llu of %llu points are missing\n", (unsigned long long)(missing - unwanted), all);
  return exit_code_worse(code, EXIT_INCOMPLETE);
}

static enum exit_code run_points(struct asked *a, struct sweep_work *done) {
  bool shown = !a->options->quiet && !session_exports_to_stdout(a->options);
  struct sweep_watch watch = {.context = a,
                              .rows_of = point_rows_of,
                              .answered = answered,
                              .progress = moved,
                              .refused = refused,
                              .fresh = a->options->fresh};
  if (shown) {
    a->table = sweep_table_new(a->arena, a->results);
    show_head(a);
  }
  enum sweep_outcome outcome = sweep_run(&a->plan, a->results, a->store, &watch, done);
  if (shown) show_rows(a, true);
  return session_sweep_code(outcome);
}

static enum exit_code run_and_export(struct asked *a) {
  const struct options *o = a->options;
  enum exit_code code = open_store(a);
  if (code != EXIT_HOLDS) return code;
  report_reuse(a);
  session_catch_interrupts();
  struct sweep_work done = {0};
  progress_begin(&a->progress, o, "points");
  code = run_points(a, &done);
  progress_clear(&a->progress);
  struct answer answer = answer_of_sweep(a->results);
  code = exit_code_worse(code, session_code(&answer, o->statements));
  bool timed = session_timing(o, done.requests, done.events, a->progress.started), exported = session_export(o, &answer);
  if (!timed || !exported) code = exit_code_worse(code, EXIT_ERROR);
  return report_missing(a, code);
}

static enum exit_code run(const struct options *o) {
  if (!emit_fits(o)) return EXIT_USAGE;
  struct asked a = {.options = o, .arena = arena_new()};
  struct sweep_request request;
  enum exit_code code = session_sweep_plan(a.arena, o, o->files[0], &request, &a.plan);
  if (code == EXIT_HOLDS) {
    a.store = sweep_plan_store(&a.plan, o->store, o->exports, o->export_count, o->emit);
    a.results = sweep_results_new(&a.plan, &a.store, a.store ? 1 : 0);
    code = o->dry_run || o->emit ? preview(&a) : run_and_export(&a);
    sweep_results_free(a.results);
  }
  arena_free(a.arena);
  return code;
}

const struct command command_sweep = {.name = "sweep",
                                      .arguments = "STUDY | FILE --vary PATH=A,B,C",
                                      .doc = "run a scenario at many points: one row a point; resumable",
                                      .options = TAKES_QUESTION | TAKES_STOPPING | TAKES(VARY) | TAKES(REPS) | TAKES(ADD_REPS) |
                                                 TAKES(STORE) | TAKES(FRESH) | TAKES(WHERE) | TAKES(SHARD) | TAKES(DRY_RUN) |
                                                 TAKES(EMIT) | TAKES(SHARDS) | TAKES(TIMING) | TAKES(STATEMENTS),
                                      .least_files = 1,
                                      .most_files = 1,
                                      .answer = ANSWER_SWEEP,
                                      .run = run};
