#include "sim/cli/session.h"
#include "sim/engine/arena.h"
#include "sim/report/sensitivity_report.h"
#include "sim/study/sensitivity.h"
#include <stdlib.h>
#include <string.h>

enum { INPUTS_MOST = OPTIONS_MANY };

struct inputs {
  struct sensitivity_case *cases;
  uint32_t count;
};

static struct sensitivity_input *input_at(struct inputs *in, const char *path) {
  for (uint32_t i = 0; i < in->count; i++)
    if (!strcmp(in->cases[i].input.path, path)) return &in->cases[i].input;
  if (in->count == INPUTS_MOST) return NULL;
  in->cases[in->count].input = (struct sensitivity_input){.path = path};
  return &in->cases[in->count++].input;
}

static void stated_ranges(const struct scenario *s, struct inputs *in) {
  for (uint32_t i = 0; i < s->assumption_count; i++) {
    const struct assumption *a = &s->assumptions[i];
    struct sensitivity_input *input = a->low ? input_at(in, a->path) : NULL;
    if (input) *input = (struct sensitivity_input){a->path, a->value, a->low, a->high, a->source};
  }
}

/* The value as it stands, for the report; "default" when it is not written. */
static const char *value_now(struct arena *arena, const struct scenario *s, const char *path) {
  const struct json_value *v = json_resolve_path(s->tree, path);
  if (!v) return "default";
  const char *text = json_text(v);
  return text ? text : json_print_line(arena, v);
}

/* --vary path=lo..hi adds a range or takes the place of the stated one. */
static bool add_range(struct arena *arena, const struct scenario *s, struct inputs *in, const char *text) {
  const char *equals = strchr(text, '='), *dots = equals ? strstr(equals, "..") : NULL;
  if (!dots || equals == text || dots == equals + 1 || !dots[2]) {
    fprintf(stderr, "aguanta sensitivity: --vary %s must have the form path=low..high, such as services.api.start=1s..5s\n", text);
    return false;
  }
  const char *path = arena_format(arena, "%.*s", (int)(equals - text), text);
  struct sensitivity_input *input = input_at(in, path);
  if (!input) return false;
  if (!input->value) input->value = value_now(arena, s, path);
  input->low = arena_format(arena, "%.*s", (int)(dots - equals - 1), equals + 1), input->high = arena_text(arena, dots + 2);
  return true;
}

static struct scenario *read_end(struct arena *arena, const struct options *o, const char *path, const char *value) {
  struct scenario_override end = {arena_format(arena, "--vary %s=%s", path, value), path, value};
  return session_read(arena, o, o->files[0], &end, 1);
}

/* False after messages. */
static bool read_ends(struct arena *arena, const struct options *o, struct inputs *in) {
  bool good = true;
  for (uint32_t i = 0; i < in->count; i++) {
    struct sensitivity_case *c = &in->cases[i];
    c->low = read_end(arena, o, c->input.path, c->input.low), c->high = read_end(arena, o, c->input.path, c->input.high);
    good &= c->low && c->high;
  }
  return good;
}

static bool check_measures(struct arena *arena, const struct options *o, const struct scenario *s) {
  for (uint32_t i = 0; i < o->of_count; i++) {
    struct measure m;
    const char *rest = "", *wrong = measure_parse(arena, &s->model, o->ofs[i], &m, &rest);
    if (!wrong && *rest) wrong = "has something behind it: a measure such as p99(web.latency), without a limit";
    if (wrong) fprintf(stderr, "aguanta sensitivity: --of %s %s\n", o->ofs[i], wrong);
    if (wrong) return false;
  }
  return true;
}

static bool export_all(const struct options *o, const struct sensitivity_results *r) {
  bool good = true;
  for (uint32_t i = 0; i < o->export_count; i++) {
    char *error = NULL;
    const char *format = !strcmp(o->exports[i], "-") ? o->format : NULL;
    if (report_export_as(&report_sensitivity_formats, r, o->exports[i], format, &error)) continue;
    if (strcmp(o->exports[i], "-")) fprintf(stderr, "aguanta: %s\n", error);
    free(error);
    good = false;
  }
  return good;
}

static enum exit_code answer(const struct options *o, const struct sensitivity_results *r) {
  for (uint32_t i = 0; i < r->violation_count; i++) fprintf(stderr, "aguanta: broken invariant: %s\n", r->violations[i]);
  if (r->interrupted) {
    fprintf(stderr, "aguanta sensitivity: interrupted; differences need all runs\n");
    return session_interrupted();
  }
  struct report_options report = {.color = session_color(o), .quiet = o->quiet};
  if (!session_exports_to_stdout(o)) report_sensitivity_text(stdout, r, &report);
  return export_all(o, r) && !r->violation_count ? EXIT_HOLDS : EXIT_ERROR;
}

static enum exit_code analyse(struct arena *arena, const struct options *o, struct sensitivity_options *options) {
  const struct scenario *base = session_read(arena, o, o->files[0], NULL, 0);
  if (!base) return EXIT_INVALID;
  struct inputs in = {arena_new_array(arena, struct sensitivity_case, INPUTS_MOST), 0};
  stated_ranges(base, &in);
  for (uint32_t i = 0; i < o->vary_count; i++)
    if (!add_range(arena, base, &in, o->varies[i])) return EXIT_USAGE;
  if (!check_measures(arena, o, base)) return EXIT_USAGE;
  if (!in.count) fprintf(stderr, "aguanta sensitivity: %s states no \"range\"; give some, or --vary path=low..high\n", o->files[0]);
  if (in.count && !o->of_count && !base->claims.count)
    fprintf(stderr, "aguanta sensitivity: %s claims nothing; say what is asked, such as --of 'p99(all.latency)'\n", o->files[0]);
  if (!in.count || (!o->of_count && !base->claims.count)) return EXIT_USAGE;
  if (!read_ends(arena, o, &in)) return EXIT_INVALID;
  session_catch_interrupts();
  return answer(o, sensitivity_run(arena, base, in.cases, in.count, options));
}

enum exit_code command_sensitivity(const struct options *o) {
  struct sensitivity_options options = {.measures = o->ofs, .measure_count = o->of_count};
  struct session_progress progress;
  if (!session_file_count(o, "sensitivity", 1, 1) || !session_check_exports(o) || !session_check_words(o, "sensitivity") ||
      !session_options(o, &options.study))
    return EXIT_USAGE;
  session_follow(o, &options.study, &progress, "replications");
  struct arena *arena = arena_new();
  enum exit_code code = analyse(arena, o, &options);
  arena_free(arena);
  return code;
}
