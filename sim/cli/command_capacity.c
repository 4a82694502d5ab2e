/* capacity: the largest value that keeps every requirement of severity must. */
#include "sim/cli/progress.h"
#include "sim/cli/session.h"
#include "sim/engine/arena.h"
#include "sim/report/capacity_report.h"
#include "sim/report/format.h"
#include "sim/questions/capacity.h"
#include "sim/json/safe_text.h"
#include <math.h>

struct session {
  const struct options *options;
  const char *path;
  struct capacity_result axis; /* only what its values are called by */
  struct study_options *study;
  bool too_large; /* a value needs more memory than it may take */
  struct progress progress;
};

static struct scenario *scenario_with(void *context, struct arena *arena, const char *value, const struct scenario_override *more,
                                      uint32_t count) {
  struct session *s = context;
  struct scenario_override *all = arena_new_array(arena, struct scenario_override, count + 1);
  all[0] = (struct scenario_override){arena_format(arena, "--vary %s=%s", s->path, value), s->path, value};
  for (uint32_t i = 0; i < count; i++) all[i + 1] = more[i];
  const struct scenario *read = session_read(arena, s->options, s->options->files[0], all, count + 1);
  s->too_large |= read && !session_fits(s->options, &read, 1, s->study);
  return s->too_large ? NULL : (struct scenario *)read;
}

/* How many looks it will take is not known, so there is no share of them to show: what is known so far is. */
static void show_progress(void *context, const struct capacity_progress *p) {
  struct session *s = context;
  if (!progress_due(&s->progress)) return;
  char so_far[300] = "";
  if (!isnan(p->low))
    snprintf(so_far, sizeof so_far, ", between %s and %s so far", capacity_value_text(&s->axis, p->low).text,
             capacity_value_text(&s->axis, p->high).text);
  progress_show(&s->progress, "look %u: %s of %s%s", p->look + 1, format_counted(p->replications, "replication", NULL).text,
                capacity_end_text(&s->axis, p->value).text, so_far);
}

static enum exit_code find(const struct options *o, struct arena *arena, struct capacity_options *c, struct session *s) {
  const char *wrong;
  progress_begin(&s->progress, o, "looks");
  session_catch_interrupts();
  struct capacity_result *r = capacity_find(arena, c, &wrong);
  progress_clear(&s->progress);
  if (wrong) safe_print(stderr, "aguanta capacity: %s: %s\n", o->files[0], wrong);
  if (!r) return s->too_large ? EXIT_ERROR : EXIT_INVALID;
  struct answer answer = answer_of_capacity(r);
  return session_answer(o, &answer, s->progress.started);
}

/* One axis, and nothing that means something else in a search. */
static bool check(const struct options *o, struct arena *arena, struct capacity_options *c) {
  const char *wrong = NULL;
  session_options(o, &c->study);
  if (o->vary_count != 1)
    safe_print(stderr, "aguanta capacity: needs one --vary PATH=LO..HI, not %u\n", o->vary_count);
  else if ((wrong = axis_parse(arena, o->varies[0], &c->range)))
    safe_print(stderr, "aguanta capacity: --vary %s %s\n", o->varies[0], wrong);
  return o->vary_count == 1 && !wrong;
}

static enum exit_code run(const struct options *o) {
  struct arena *arena = arena_new();
  struct session session = {.options = o};
  struct capacity_options c = {.without = o->withouts,
                               .without_count = o->without_count,
                               .scenario = scenario_with,
                               .progress = show_progress,
                               .context = &session};
  enum exit_code code = EXIT_USAGE;
  if (check(o, arena, &c)) {
    session.path = c.range.path;
    session.study = &c.study;
    session.axis = (struct capacity_result){.path = c.range.path, .unit = c.range.unit, .whole = c.range.whole};
    code = find(o, arena, &c, &session);
  }
  arena_free(arena);
  return code;
}

const struct command command_capacity = {.name = "capacity",
                                         .arguments = "FILE --vary PATH=LO..HI",
                                         .doc = "the largest value that keeps every requirement, and what breaks first and next",
                                         .options = TAKES_QUESTION | TAKES(STEP_SUMMARY) | TAKES_STOPPING | TAKES(VARY) |
                                                    TAKES(WITHOUT) | TAKES(TIMING) | TAKES(COLOR) | TAKES(VERBOSE),
                                         .least_files = 1,
                                         .most_files = 1,
                                         .answer = ANSWER_CAPACITY,
                                         .run = run};
