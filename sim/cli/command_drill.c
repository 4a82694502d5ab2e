/* drill: every single fault once at peak load. */
#include "sim/cli/progress.h"
#include "sim/cli/session.h"
#include "sim/engine/arena.h"
#include "sim/json/safe_text.h"
#include "sim/questions/drill.h"

static struct scenario *starting(void *context, struct arena *arena, const char *clock) {
  const struct options *o = context;
  struct scenario_override start = {NULL, arena_format(arena, "run.start=%s", clock), NULL};
  return session_read(arena, o, o->files[0], &start, 1);
}

static enum exit_code drill(struct arena *arena, const struct options *o, struct drill_options *options,
                            struct progress *progress) {
  const char *wrong = NULL;
  const struct scenario *s = session_read(arena, o, o->files[0], NULL, 0);
  if (!s) return EXIT_INVALID;
  if (!session_fits(o, &s, 1, &options->study)) return EXIT_ERROR;
  session_catch_interrupts();
  const struct drill_results *r = drill_run(arena, s, options, &wrong);
  progress_clear(progress);
  if (wrong) safe_print(stderr, "aguanta drill: %s: %s\n", o->files[0], wrong);
  if (!r) return wrong && wrong[0] == '-' ? EXIT_USAGE : EXIT_INVALID;
  for (uint32_t i = 0; i < r->violation_count; i++) safe_print(stderr, "aguanta drill: broken invariant: %s\n", r->violations[i]);
  struct answer answer = answer_of_drill(r);
  return session_answer(o, &answer, progress->started);
}

static enum exit_code run(const struct options *o) {
  struct drill_options options = {.faults = o->faults,
                                  .fault_count = o->fault_count,
                                  .at = o->at,
                                  .watch = o->watch,
                                  .starting = starting,
                                  .context = (void *)(uintptr_t)o};
  struct progress progress;
  session_options(o, &options.study);
  progress_begin(&progress, o, "replications");
  progress_follow(&progress, &options.study);
  struct arena *arena = arena_new();
  enum exit_code code = drill(arena, o, &options, &progress);
  arena_free(arena);
  return code;
}

const struct command command_drill = {.name = "drill",
                                      .arguments = "FILE",
                                      .doc = "every fault once at peak load: what holds, and how long until it holds again",
                                      .options = TAKES_QUESTION | TAKES(STEP_SUMMARY) | TAKES(FAULT) | TAKES(AT) | TAKES(WATCH) |
                                                 TAKES(REPS) | TAKES(TIMING) | TAKES(COLOR),
                                      .least_files = 1,
                                      .most_files = 1,
                                      .answer = ANSWER_DRILL,
                                      .run = run};
