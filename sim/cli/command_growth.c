/* growth: month by month, and when it breaks. */
#include "sim/cli/progress.h"
#include "sim/cli/session.h"
#include "sim/engine/arena.h"
#include "sim/json/safe_text.h"
#include "sim/questions/growth_outlook.h"

struct session {
  const struct options *options;
  struct study_options *study;
  struct progress progress;
  bool too_large; /* a month needs more memory than it may take */
};

static struct scenario *scenario_in(void *context, struct arena *arena, double month) {
  struct session *s = context;
  struct scenario_override more[2] = {{"growth", "growth.after", arena_format(arena, "%.10g", month)}};
  if (s->options->months) more[1] = (struct scenario_override){"--months", "growth.months", s->options->months};
  const struct scenario *read = session_read(arena, s->options, s->options->files[0], more, s->options->months ? 2 : 1);
  s->too_large |= read && !session_fits(s->options, &read, 1, s->study);
  return s->too_large ? NULL : (struct scenario *)read;
}

static void show(void *context, uint32_t done, uint32_t of) {
  struct session *s = context;
  if (progress_due(&s->progress)) progress_show(&s->progress, "%u months run, at least %u more", done, of - done);
}

static enum exit_code run(const struct options *o) {
  struct session session = {.options = o};
  struct outlook_options options = {.scenario = scenario_in, .progress = show, .context = &session};
  const char *wrong = NULL;
  session_options(o, &options.study);
  session.study = &options.study;
  progress_begin(&session.progress, o, "months");
  session_catch_interrupts();
  struct arena *arena = arena_new();
  struct outlook_results *r = outlook_run(arena, &options, &wrong);
  progress_clear(&session.progress);
  if (wrong) safe_print(stderr, "aguanta growth: %s: %s\n", o->files[0], wrong);
  enum exit_code code = session.too_large ? EXIT_ERROR : EXIT_INVALID;
  if (r) {
    struct answer answer = answer_of_growth(r);
    for (uint32_t i = 0; i < r->violation_count; i++) safe_print(stderr, "aguanta: broken invariant: %s\n", r->violations[i]);
    code = session_answer(o, &answer, session.progress.started);
  }
  outlook_free(r);
  arena_free(arena);
  return code;
}

const struct command command_growth = {.name = "growth",
                                       .arguments = "FILE",
                                       .doc = "month by month: load, requirements, resources, bill, and when each breaks",
                                       .options = TAKES_QUESTION | TAKES(MONTHS) | TAKES(REPS) | TAKES(BUDGET) | TAKES(TIMING) |
                                                  TAKES(COLOR),
                                       .least_files = 1,
                                       .most_files = 1,
                                       .answer = ANSWER_GROWTH,
                                       .run = run};
