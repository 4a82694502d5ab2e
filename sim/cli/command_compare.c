#include "sim/questions/compare.h"
#include "sim/cli/progress.h"
#include "sim/cli/session.h"
#include "sim/engine/arena.h"
#include "sim/json/safe_text.h"

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
  for (uint32_t i = 0; i < o->fail_on_count; i++) {
    const char *wrong = compare_add_limit(c, o->fail_ons[i]);
    if (wrong) safe_print(stderr, "aguanta compare: --fail-on \"%s\" %s\n", o->fail_ons[i], wrong);
    good &= !wrong;
  }
  const char *wrong = o->best ? compare_set_best(c, o->best, o->indifference) : NULL;
  if (wrong) safe_print(stderr, "aguanta compare: --best \"%s\" %s\n", o->best, wrong);
  return good && !wrong;
}

static bool check_together(const struct options *o) {
  const char *wrong = NULL;
  if (o->best && o->fail_on_count) wrong = "--best and --fail-on are two questions: ask them one at a time";
  if (o->indifference && !o->best) wrong = "--indifference belongs to --best";
  if (o->best && (o->reps || o->precision)) wrong = "--best takes as many replications as it needs: bound them by --budget";
  if (wrong) safe_print(stderr, "aguanta compare: %s\n", wrong);
  return !wrong;
}

static enum exit_code ask(const struct options *o, struct compare *c, const struct progress *progress) {
  const char *wrong = compare_error(c);
  if (wrong) {
    safe_print(stderr, "aguanta compare: %s\n", wrong);
    return EXIT_INVALID;
  }
  if (!add_questions(o, c)) return EXIT_USAGE;
  session_catch_interrupts();
  struct answer answer = answer_of_compare(compare_run(c));
  progress_clear(progress);
  return session_answer(o, &answer, 0);
}

static enum exit_code run(const struct options *o) {
  struct study_options study;
  struct progress progress;
  if (!check_together(o)) return EXIT_USAGE;
  session_options(o, &study);
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
    code = ask(o, c, &progress);
    compare_close(c);
  }
  arena_free(arena);
  return code;
}

const struct command command_compare = {.name = "compare",
                                        .arguments = "FILE FILE...",
                                        .doc = "the same customers through each file: differences from the first, with intervals",
                                        .options = TAKES_QUESTION | TAKES(STEP_SUMMARY) | TAKES_STOPPING | TAKES(REPS) |
                                                   TAKES(FAIL_ON) | TAKES(BEST) | TAKES(INDIFFERENCE) | TAKES(COLOR) |
                                                   TAKES(VERBOSE),
                                        .least_files = 2,
                                        .most_files = OPTIONS_MANY,
                                        .answer = ANSWER_COMPARE,
                                        .run = run};
