#include "sim/sweep/study_file.h"
#include "sim/json/json_print.h"
#include "sim/engine/arena.h"
#include "sim/sweep/condition.h"
#include "sim/sweep/range.h"
#include "sim/scenario/merge.h"
#include "sim/json/source_file.h"
#include <math.h>
#include <string.h>

enum { REPEAT_MOST = 100000 };

struct study_reader {
  struct arena *arena;
  struct diagnostics *diagnostics;
  struct sweep *sweep;
  struct study_file *file;
};

typedef void key_reader(struct study_reader *, const struct json_value *);

static void fail(struct study_reader *r, const struct json_value *at, const char *message) {
  diagnostic_add(r->diagnostics, json_position(at), "%s", message);
}

static void wrong_type(struct study_reader *r, const char *name, const char *wanted, const struct json_value *v) {
  const char *seen = json_type(v) == JSON_OBJECT && !json_count(v) ? "an empty object" : json_type_name(v);
  diagnostic_add(r->diagnostics, json_position(v), "\"%s\" must be %s, not %s", name, wanted, seen);
}

/* As --set takes it: a text without its quotes. */
static const char *value_text(struct study_reader *r, const struct json_value *v) {
  return json_type(v) == JSON_TEXT ? json_text(v) : json_print_line(r->arena, v);
}

/* How messages call a value: its place in the study file. */
static const char *option_of(struct study_reader *r, const struct json_value *v, const char *path, const char *text) {
  return arena_format(r->arena, "%s: %s=%s", position_print(r->arena, json_position(v)), path, text);
}

static struct sweep_value value_of(struct study_reader *r, const struct json_value *v, const char *path) {
  const char *text = value_text(r, v);
  return (struct sweep_value){text, option_of(r, v, path, text)};
}

/* --- ranges ------------------------------------------------------------------------------------------------------------------- */

static bool is_range(const struct json_value *v) {
  return json_member(v, "from") || json_member(v, "to") || json_member(v, "count");
}

static bool range_keys_known(struct study_reader *r, const struct json_value *v) {
  static const char *const names[] = {"from", "to", "count", "scale"};
  bool good = true;
  for (const struct json_value *m = json_first(v); m; m = json_next(m)) {
    bool known = false;
    for (int i = 0; i < 4; i++) known |= !strcmp(json_name(m), names[i]);
    if (known) continue;
    diagnostic_add(r->diagnostics, json_name_position(m), "unknown key \"%s\" in a range; known keys are: from, to, count, scale",
                   json_name(m));
    good = false;
  }
  for (int i = 0; i < 3; i++) {
    if (json_member(v, names[i])) continue;
    diagnostic_add(r->diagnostics, json_position(v), "the range needs the key \"%s\"", names[i]);
    good = false;
  }
  return good;
}

static bool range_scale(struct study_reader *r, const struct json_value *scale, bool *log) {
  const char *word = scale ? json_text(scale) : "linear";
  *log = word && !strcmp(word, "log");
  if (*log || (word && !strcmp(word, "linear"))) return true;
  fail(r, scale, "\"scale\" must be \"linear\" or \"log\"");
  return false;
}

static uint32_t read_range(struct study_reader *r, const struct json_value *v, const char *path, const char ***texts) {
  const struct json_value *count = json_member(v, "count");
  const struct field *field = sweep_field(r->sweep, path);
  struct range range = {.whole = field && range_takes_whole(field->kind)};
  if (!range_keys_known(r, v) || !range_scale(r, json_member(v, "scale"), &range.log)) return 0;
  double number = json_number(count);
  if (json_type(count) != JSON_NUMBER || number != floor(number) || number < 2 || number > RANGE_VALUES) {
    fail(r, count, "\"count\" must be a whole number from 2 to 100000");
    return 0;
  }
  range.count = (uint32_t)number;
  range.from = value_text(r, json_member(v, "from")), range.to = value_text(r, json_member(v, "to"));
  const char *wrong = range_values(r->arena, &range, texts);
  if (wrong) fail(r, v, arena_format(r->arena, "this %s", wrong));
  return wrong ? 0 : range.count;
}

/* --- axes --------------------------------------------------------------------------------------------------------------------- */

/* The values of one path: a list or a range. Their number; 0 after an error. */
static uint32_t read_values(struct study_reader *r, const struct json_value *v, struct sweep_value **out) {
  const char **texts = NULL, *path = json_name(v);
  uint32_t count = 0;
  if (json_type(v) == JSON_OBJECT && is_range(v)) {
    count = read_range(r, v, path, &texts);
    *out = arena_new_array(r->arena, struct sweep_value, count + 1);
    for (uint32_t i = 0; i < count; i++) (*out)[i] = (struct sweep_value){texts[i], option_of(r, v, path, texts[i])};
    return count;
  }
  if (json_type(v) != JSON_LIST || !json_count(v)) {
    diagnostic_add(r->diagnostics, json_position(v),
                   "\"%s\" must be a list of values or a range: [ ... ] or { \"from\", \"to\", \"count\" }", path);
    return 0;
  }
  *out = arena_new_array(r->arena, struct sweep_value, json_count(v));
  for (const struct json_value *item = json_first(v); item; item = json_next(item)) (*out)[count++] = value_of(r, item, path);
  return count;
}

static void add_axis(struct study_reader *r, const struct json_value *at, const char *const *paths, uint32_t width,
                     const struct sweep_value *values, uint32_t count) {
  const char *wrong = sweep_add_axis(r->sweep, paths, width, values, count);
  if (wrong) diagnostic_add(r->diagnostics, json_name(at) ? json_name_position(at) : json_position(at), "this axis %s", wrong);
}

static void read_vary(struct study_reader *r, const struct json_value *v) {
  if (json_type(v) != JSON_OBJECT) wrong_type(r, "vary", "an object of paths: { \"path\": [ ... ] }", v);
  for (const struct json_value *m = json_type(v) == JSON_OBJECT ? json_first(v) : NULL; m; m = json_next(m)) {
    struct sweep_value *values;
    const char *path = json_name(m);
    uint32_t count = read_values(r, m, &values);
    if (count) add_axis(r, m, &path, 1, values, count);
  }
}

/* One group of axes that move together: as many values of each. */
static void read_group(struct study_reader *r, const struct json_value *group) {
  struct sweep_value *values[SWEEP_COLUMNS] = {0};
  const char *paths[SWEEP_COLUMNS];
  uint32_t width = 0, count = 0;
  if (json_type(group) != JSON_OBJECT || json_count(group) > SWEEP_COLUMNS || !json_count(group)) {
    wrong_type(r, "zip", "a list of objects of 1 to 64 paths: [ { \"path\": [ ... ], ... } ]", group);
    return;
  }
  for (const struct json_value *m = json_first(group); m; m = json_next(m)) {
    uint32_t mine = read_values(r, m, &values[width]);
    if (!mine) return;
    if (width && mine != count) {
      diagnostic_add(r->diagnostics, json_name_position(m),
                     "\"%s\" has %u values and \"%s\" has %u: those of one group move together", json_name(m), mine, paths[0],
                     count);
      return;
    }
    count = mine, paths[width++] = json_name(m);
  }
  struct sweep_value *rows = arena_new_array(r->arena, struct sweep_value, count * width);
  for (uint32_t i = 0; i < count; i++)
    for (uint32_t k = 0; k < width; k++) rows[i * width + k] = values[k][i];
  add_axis(r, group, paths, width, rows, count);
}

static void read_zip(struct study_reader *r, const struct json_value *v) {
  if (json_type(v) != JSON_LIST) wrong_type(r, "zip", "a list of objects: [ { \"path\": [ ... ], ... } ]", v);
  for (const struct json_value *group = json_type(v) == JSON_LIST ? json_first(v) : NULL; group; group = json_next(group))
    read_group(r, group);
}

static void read_include(struct study_reader *r, const struct json_value *v) {
  if (json_type(v) != JSON_LIST) {
    wrong_type(r, "include", "a list of points: [ { \"path\": value, ... } ]", v);
    return;
  }
  struct sweep_value(*rows)[SWEEP_COLUMNS] = arena_alloc_array(r->arena, sizeof *rows, json_count(v));
  uint32_t count = 0;
  for (const struct json_value *point = json_first(v); point; point = json_next(point), count++) {
    if (json_type(point) != JSON_OBJECT || !json_count(point))
      wrong_type(r, "include", "a list of points: [ { \"path\": value, ... } ]", point);
    for (const struct json_value *m = json_type(point) == JSON_OBJECT ? json_first(point) : NULL; m; m = json_next(m)) {
      struct sweep_value value = value_of(r, m, json_name(m));
      int column = sweep_column(r->sweep, json_name(m), value.text);
      if (column < 0)
        fail(r, m, "this path is one too many: at most 64");
      else
        rows[count][column] = value;
    }
  }
  r->sweep->included = rows;
  r->sweep->included_count = count;
}

static void read_set(struct study_reader *r, const struct json_value *v) {
  if (json_type(v) != JSON_OBJECT) {
    wrong_type(r, "set", "an object of paths: { \"path\": value }", v);
    return;
  }
  struct scenario_override *fixed = arena_new_array(r->arena, struct scenario_override, json_count(v));
  uint32_t count = 0;
  for (const struct json_value *m = json_first(v); m; m = json_next(m)) {
    const char *text = value_text(r, m);
    fixed[count++] = (struct scenario_override){option_of(r, m, json_name(m), text), json_name(m), text};
  }
  r->sweep->fixed = fixed;
  r->sweep->fixed_count = count;
}

static void read_when(struct study_reader *r, const struct json_value *v) {
  r->file->when = v;
  if (json_type(v) != JSON_LIST && json_type(v) != JSON_TEXT) wrong_type(r, "when", "a list of conditions: [ \"path <= 4\" ]", v);
  for (const struct json_value *c = json_type(v) == JSON_LIST ? json_first(v) : NULL; c; c = json_next(c))
    if (json_type(c) != JSON_TEXT) wrong_type(r, "when", "a list of conditions: [ \"path <= 4\" ]", c);
}

static void read_repeat(struct study_reader *r, const struct json_value *v) {
  double number = json_number(v);
  r->file->repeat = v;
  if (json_type(v) != JSON_NUMBER || number != floor(number) || number < 1 || number > REPEAT_MOST)
    fail(r, v, "\"repeat\" must be a whole number from 1 to 100000");
}

static void read_version(struct study_reader *r, const struct json_value *v) {
  if (json_number(v) != 1) fail(r, v, "\"aguanta_study\" must be 1, the version of this language");
}

static void read_title(struct study_reader *r, const struct json_value *v) {
  if (json_type(v) != JSON_TEXT) wrong_type(r, json_name(v), "a text", v);
}

/* In the order in which they are read; the scenario comes before all. */
static const struct study_key {
  const char *name;
  key_reader *read;
} keys[] = {{"aguanta_study", read_version},
            {"scenario", read_title},
            {"title", read_title},
            {"set", read_set},
            {"vary", read_vary},
            {"zip", read_zip},
            {"include", read_include},
            {"when", read_when},
            {"repeat", read_repeat}};
enum { KEYS = sizeof keys / sizeof *keys };

static void check_keys(struct study_reader *r, const struct json_value *root) {
  const char *names[KEYS];
  for (int i = 0; i < KEYS; i++) names[i] = keys[i].name;
  for (const struct json_value *m = json_first(root); m; m = json_next(m)) {
    bool known = !strncmp(json_name(m), "x-", 2) || !strcmp(json_name(m), "$schema");
    for (int i = 0; i < KEYS; i++) known |= !strcmp(json_name(m), names[i]);
    if (known) continue;
    const char *near = nearest_name(json_name(m), names, KEYS);
    diagnostic_add(r->diagnostics, json_name_position(m), "unknown key \"%s\"%s", json_name(m),
                   near ? arena_format(r->arena, "; did you mean \"%s\"?", near)
                        : "; known keys are: scenario, title, set, vary, zip, include, when, repeat");
  }
}

static const char *scenario_path(struct study_reader *r, const struct json_value *root, const char *file) {
  const struct json_value *v = json_member(root, "scenario");
  if (!v) fail(r, root, "the study needs the key \"scenario\"");
  if (!v || json_type(v) != JSON_TEXT) {
    if (v) wrong_type(r, "scenario", "the path of a file", v);
    return NULL;
  }
  const char *slash = strrchr(file, '/'), *path = json_text(v);
  if (*path != '/' && slash) path = arena_format(r->arena, "%.*s%s", (int)(slash - file) + 1, file, path);
  const struct position *at = json_position(v);
  bool good =
      source_named(r->diagnostics, at, path) &&
      json_read_named(r->arena, r->diagnostics, at, path, &(struct json_kind){"a scenario", merge_knows, &scenario_record}) != NULL;
  return good ? path : NULL;
}

bool study_file_is(const char *path) {
  struct arena *arena = arena_new();
  struct diagnostics *unreported = diagnostics_new(arena);
  bool is = json_member(json_read_file(arena, unreported, path), "aguanta_study") != NULL;
  arena_free(arena);
  return is;
}

bool study_file_read(struct arena *arena, struct diagnostics *diagnostics, const char *path, struct study_file *out) {
  *out = (struct study_file){0};
  struct study_reader r = {arena, diagnostics, NULL, out};
  const struct json_value *root = json_read_file(arena, diagnostics, path);
  if (!root) return false;
  out->root = root;
  check_keys(&r, root);
  const char *scenario = scenario_path(&r, root, path);
  out->sweep = r.sweep = scenario ? sweep_new(arena, diagnostics, scenario) : NULL;
  for (int i = 0; i < KEYS && r.sweep; i++) {
    const struct json_value *v = json_member(root, keys[i].name);
    if (v) keys[i].read(&r, v);
  }
  return !diagnostics_errors(diagnostics);
}

bool study_file_close(struct diagnostics *diagnostics, struct study_file *f) {
  struct sweep *s = f->sweep;
  const struct json_value *c = json_type(f->when) == JSON_LIST ? json_first(f->when) : f->when;
  f->conditions = arena_new_array(s->arena, const struct condition *, json_count(f->when) + 1);
  for (; c; c = json_type(f->when) == JSON_LIST ? json_next(c) : NULL) {
    const char *wrong = condition_parse(s, json_text(c), &f->conditions[f->condition_count++]);
    if (wrong) diagnostic_add(diagnostics, json_position(c), "the condition %s", wrong);
  }
  if (f->repeat) s->repeat = (uint32_t)json_number(f->repeat);
  const char *wrong = diagnostics_errors(diagnostics) ? NULL : sweep_close(s, f->conditions, f->condition_count);
  if (wrong) diagnostic_add(diagnostics, json_position(f->when ? f->when : f->root), "the study %s", wrong);
  return !diagnostics_errors(diagnostics);
}
