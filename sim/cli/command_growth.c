/* growth: month by month, and when it breaks. */
#include "sim/cli/progress.h"
#include "sim/cli/session.h"
#include "sim/engine/arena.h"
#include "sim/json/safe_text.h"
#include "sim/questions/growth_costs.h"
#include "sim/questions/growth_outlook.h"

struct session {
  const struct options *options;
  const char *file; /* of the architecture that is looked at */
  struct study_options *study;
  struct progress progress;
  bool too_large; /* a month needs more memory than it may take */
};

static struct scenario *scenario_in(void *context, struct arena *arena, double month) {
  struct session *s = context;
  struct scenario_override more[2] = {{"growth", "growth.after", arena_format(arena, "%.10g", month)}};
  if (s->options->months) more[1] = (struct scenario_override){"--months", "growth.months", s->options->months};
  const struct scenario *read = session_read(arena, s->options, s->file, more, s->options->months ? 2 : 1);
  s->too_large |= read && !session_fits(s->options, &read, 1, s->study);
  return s->too_large ? NULL : (struct scenario *)read;
}

static void show(void *context, uint32_t done, uint32_t of) {
  struct session *s = context;
  if (!progress_due(&s->progress)) return;
  if (of > done)
    progress_show(&s->progress, "%u months run, at least %u more", done, of - done);
  else
    progress_show(&s->progress, "%u months run, looking for when it breaks", done);
}

/* Null after a message, or when interrupted before anything was found. */
static struct outlook_results *look(struct arena *arena, struct session *s, struct outlook_options *options, const char *file) {
  const char *wrong = NULL;
  s->file = file;
  struct outlook_results *r = outlook_run(arena, options, &wrong);
  progress_clear(&s->progress);
  if (wrong) safe_print(stderr, "aguanta growth: %s: %s\n", file, wrong);
  for (uint32_t i = 0; r && i < r->violation_count; i++)
    safe_print(stderr, "aguanta growth: broken invariant: %s\n", r->violations[i]);
  return r;
}

static enum exit_code answer(struct arena *arena, struct session *s, struct outlook_results **all, uint32_t count) {
  const char *wrong = NULL;
  if (s->options->file_count == 1) {
    struct answer a = answer_of_growth(all[0]);
    return session_answer(s->options, &a, s->progress.started);
  }
  struct costs_results *costs = costs_of(arena, (const struct outlook_results *const *)all, count, &wrong);
  if (!costs) {
    safe_print(stderr, "aguanta growth: %s\n", wrong);
    return all[count - 1]->interrupted ? session_interrupted() : EXIT_INVALID;
  }
  struct answer a = answer_of_costs(costs);
  return session_answer(s->options, &a, s->progress.started);
}

static enum exit_code run(const struct options *o) {
  struct session session = {.options = o};
  struct outlook_options options = {.scenario = scenario_in, .progress = show, .context = &session};
  session_options(o, &options.study);
  session.study = &options.study;
  progress_begin(&session.progress, o, "months");
  session_catch_interrupts();
  struct arena *arena = arena_new();
  struct outlook_results **all = arena_new_array(arena, struct outlook_results *, o->file_count + 1);
  uint32_t count = 0;
  bool stopped = false;
  while (count < o->file_count && !stopped && (all[count] = look(arena, &session, &options, o->files[count]))) {
    stopped = all[count]->interrupted;
    count++;
  }
  enum exit_code code = session.too_large ? EXIT_ERROR : EXIT_INVALID;
  if (count == o->file_count || stopped) code = answer(arena, &session, all, count);
  for (uint32_t i = 0; i < count; i++) outlook_free(all[i]);
  arena_free(arena);
  return code;
}

const struct command command_growth = {
    .name = "growth",
    .arguments = "FILE...",
    .doc = "month by month: load, requirements, bill, when each breaks; of several files the cheapest that holds, by users",
    .options = TAKES_QUESTION | TAKES(STEP_SUMMARY) | TAKES(MONTHS) | TAKES(REPS) | TAKES(BUDGET) | TAKES(TIMING) |
               TAKES(STATEMENTS) | TAKES(COLOR),
    .least_files = 1,
    .most_files = OPTIONS_MANY,
    .answer = ANSWER_GROWTH,
    .run = run};
