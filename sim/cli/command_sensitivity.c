#include "sim/cli/progress.h"
#include "sim/cli/session.h"
#include "sim/scenario/claim_hint.h"
#include "sim/engine/arena.h"
#include "sim/questions/sensitivity_inputs.h"
#include "sim/json/safe_text.h"

struct inputs {
  struct sensitivity_case *cases;
  uint32_t count;
};

/* The ranges of the file and of the command line. */
static enum exit_code find_inputs(struct arena *arena, const struct options *o, const struct scenario *base, struct inputs *in) {
  struct scenario_override *ranges = arena_new_array(arena, struct scenario_override, o->vary_count + 1);
  for (uint32_t i = 0; i < o->vary_count; i++) {
    const char *wrong = sensitivity_range(arena, base, o->varies[i], &ranges[i]);
    if (wrong) safe_print(stderr, "aguanta sensitivity: --vary %s %s\n", o->varies[i], wrong);
    if (wrong) return EXIT_USAGE;
  }
  const struct scenario *ranged = o->vary_count ? session_read(arena, o, o->files[0], ranges, o->vary_count) : base;
  if (!ranged) return EXIT_INVALID;
  in->count = sensitivity_inputs(arena, base, ranged, &in->cases, OPTIONS_MANY);
  return EXIT_HOLDS;
}

static struct scenario *read_end(struct arena *arena, const struct options *o, const char *path, const char *value) {
  struct scenario_override end = sensitivity_end(arena, path, value);
  return session_read(arena, o, o->files[0], &end, 1);
}

/* False after messages. */
static bool read_ends(struct arena *arena, const struct options *o, struct inputs *in) {
  bool good = true;
  for (uint32_t i = 0; i < in->count; i++) {
    struct sensitivity_case *c = &in->cases[i];
    c->low = read_end(arena, o, c->input.path, c->input.low);
    c->high = read_end(arena, o, c->input.path, c->input.high);
    good &= c->low && c->high;
  }
  return good;
}

static bool check_measures(struct arena *arena, const struct options *o, const struct scenario *s) {
  for (uint32_t i = 0; i < o->of_count; i++) {
    struct measure m;
    const char *rest = "", *wrong = measure_parse(arena, &s->model, o->ofs[i], &m, &rest);
    if (wrong) wrong = measure_with_hint(arena, &s->model, o->ofs[i], wrong);
    if (!wrong && *rest) wrong = "has something after it: a measure such as p99(web.latency), without a limit";
    if (wrong) safe_print(stderr, "aguanta sensitivity: --of %s %s\n", o->ofs[i], wrong);
    if (wrong) return false;
  }
  return true;
}

static enum exit_code answer(const struct options *o, const struct sensitivity_results *r) {
  for (uint32_t i = 0; i < r->violation_count; i++)
    safe_print(stderr, "aguanta sensitivity: broken invariant: %s\n", r->violations[i]);
  if (r->interrupted) {
    safe_print(stderr, "aguanta sensitivity: interrupted; differences need all runs\n");
    return session_interrupted();
  }
  struct answer found = answer_of_sensitivity(r);
  return session_answer(o, &found, 0);
}

static enum exit_code analyse(struct arena *arena, const struct options *o, struct sensitivity_options *options,
                              const struct progress *progress) {
  const struct scenario *base = session_read(arena, o, o->files[0], NULL, 0);
  if (!base) return EXIT_INVALID;
  struct inputs in = {0};
  enum exit_code code = find_inputs(arena, o, base, &in);
  if (code != EXIT_HOLDS) return code;
  if (!check_measures(arena, o, base)) return EXIT_USAGE;
  if (!in.count)
    safe_print(stderr, "aguanta sensitivity: %s states no \"range\"; give some, or --vary path=low..high\n", o->files[0]);
  if (in.count && !o->of_count && !base->claims.count)
    safe_print(stderr, "aguanta sensitivity: %s claims nothing; say what is asked, such as --of 'p99(all.latency)'\n", o->files[0]);
  if (!in.count || (!o->of_count && !base->claims.count)) return EXIT_USAGE;
  if (!read_ends(arena, o, &in)) return EXIT_INVALID;
  if (!session_fits(o, &base, 1, &options->study)) return EXIT_ERROR;
  session_catch_interrupts();
  const struct sensitivity_results *r = sensitivity_run(arena, base, in.cases, in.count, options);
  progress_clear(progress);
  return answer(o, r);
}

static enum exit_code run(const struct options *o) {
  struct sensitivity_options options = {.measures = o->ofs, .measure_count = o->of_count};
  struct progress progress;
  session_options(o, &options.study);
  progress_begin(&progress, o, "replications");
  progress_follow(&progress, &options.study);
  struct arena *arena = arena_new();
  enum exit_code code = analyse(arena, o, &options, &progress);
  arena_free(arena);
  return code;
}

const struct command command_sensitivity = {.name = "sensitivity",
                                            .arguments = "FILE",
                                            .doc = "which assumed input moves a claim most, over the stated ranges",
                                            .options = TAKES_QUESTION | TAKES(STEP_SUMMARY) | TAKES(VARY) | TAKES(OF) |
                                                       TAKES(REPS) | TAKES(COLOR),
                                            .least_files = 1,
                                            .most_files = 1,
                                            .answer = ANSWER_SENSITIVITY,
                                            .run = run};
