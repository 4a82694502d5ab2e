#include "sim/cli/progress.h"
#include "sim/cli/session.h"
#include "sim/engine/arena.h"

static enum exit_code run(const struct options *o) {
  struct arena *arena = arena_new();
  enum exit_code code = EXIT_INVALID;
  struct scenario *s = session_read(arena, o, o->files[0], NULL, 0);
  if (s) {
    session_catch_interrupts();
    double started = progress_clock();
    const struct results *r = session_run(arena, o, s);
    struct answer answer = r ? answer_of_run(r) : (struct answer){0};
    code = r ? session_answer(o, &answer, started) : EXIT_ERROR;
  }
  arena_free(arena);
  return code;
}

const struct command command_run = {.name = "run",
                                    .arguments = "FILE",
                                    .doc =
                                        "simulate one scenario: claims, latency, where time went, bottleneck, errors, uptime, cost",
                                    .options = TAKES_QUESTION | TAKES(STEP_SUMMARY) | TAKES_STOPPING | TAKES(REPS) | TAKES(TIMING) |
                                               TAKES(COLOR) | TAKES(STATEMENTS) | TAKES(VERBOSE),
                                    .least_files = 1,
                                    .most_files = 1,
                                    .answer = ANSWER_RUN,
                                    .run = run};
