#include "sim/cli/progress.h"
#include "sim/cli/session.h"
#include "sim/engine/arena.h"
#include "sim/report/text/text_selftest.h"
#include "sim/questions/selftest.h"

enum exit_code command_selftest(const struct options *o) {
  struct study_options study;
  struct progress progress;
  if (!session_file_count(o, "selftest", 0, 0) || !session_check_words(o, "selftest") || !session_options(o, &study))
    return EXIT_USAGE;
  session_catch_interrupts();
  progress_begin(&progress, o, "cases");
  progress_follow(&progress, &study);
  struct arena *arena = arena_new();
  struct selftest_options options = {o->seed, study.jobs, study.interrupted, study.progress, study.context};
  const struct selftest_results *r = selftest_run(arena, &options);
  report_selftest(stdout, r);
  enum exit_code code = r->interrupted ? session_interrupted() : r->failed ? EXIT_ERROR : EXIT_HOLDS;
  arena_free(arena);
  return code;
}
