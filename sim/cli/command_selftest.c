#include "sim/cli/progress.h"
#include "sim/cli/session.h"
#include "sim/engine/arena.h"
#include "sim/questions/selftest.h"

static enum exit_code run(const struct options *o) {
  struct study_options study;
  struct progress progress;
  session_options(o, &study);
  session_catch_interrupts();
  progress_begin(&progress, o, "cases");
  progress_follow(&progress, &study);
  struct arena *arena = arena_new();
  struct selftest_options options = {o->seed, study.jobs, study.interrupted, study.progress, study.context};
  struct answer answer = answer_of_selftest(selftest_run(arena, &options));
  progress_clear(&progress);
  enum exit_code code = session_answer(o, &answer, progress.started);
  arena_free(arena);
  return code;
}

const struct command command_selftest = {.name = "selftest",
                                         .arguments = "",
                                         .doc = "the installed program against theory, in under a minute",
                                         .options = TAKES(SEED) | TAKES(JOBS) | TAKES(PROGRESS),
                                         .words = true,
                                         .answer = ANSWER_SELFTEST,
                                         .run = run};
