#include "sim/sweep/sweep.h"
#include "sim/engine/arena.h"
#include "sim/scenario/merge.h"
#include "sim/scenario/place_path.h"
#include "sim/sweep/condition.h"
#include "sim/sweep/range.h"
#include <string.h>

struct sweep *sweep_new(struct arena *arena, struct diagnostics *diagnostics, const char *scenario) {
  struct sweep *s = arena_alloc(arena, sizeof *s);
  s->arena = arena;
  s->scenario = scenario;
  s->repeat = 1;
  s->tree = merge_read(arena, diagnostics, &scenario_record, scenario);
  return s->tree ? s : NULL;
}

const struct field *sweep_field(const struct sweep *s, const char *path) {
  return place_field_at(s->arena, &scenario_record, s->tree, path);
}

static int find_column(const struct sweep *s, const char *path) {
  for (uint32_t i = 0; i < s->column_count; i++)
    if (!strcmp(s->columns[i].path, path)) return (int)i;
  return -1;
}

int sweep_column(struct sweep *s, const char *path, const char *sample) {
  int found = find_column(s, path);
  if (found >= 0 || s->column_count == SWEEP_COLUMNS) return found;
  const struct field *field = sweep_field(s, path);
  enum field_kind kind = field ? field->kind : place_kind_of_text(s->arena, sample);
  s->columns[s->column_count] = (struct sweep_column){path, kind};
  return (int)s->column_count++;
}

const char *sweep_add_axis(struct sweep *s, const char *const *paths, uint32_t width, const struct sweep_value *values,
                           uint32_t count) {
  if (s->column_count + width > SWEEP_COLUMNS) return "is one path too many: at most 64";
  for (uint32_t i = 0; i < width; i++) {
    if (find_column(s, paths[i]) >= 0) return arena_format(s->arena, "varies %s a second time", paths[i]);
    sweep_column(s, paths[i], values[i].text);
  }
  s->axes[s->axis_count++] = (struct sweep_axis){s->column_count - width, width, count, values};
  s->grid = (s->axis_count > 1 ? s->grid : 1) * count;
  return s->grid > SWEEP_POINTS ? "makes more than 1,000,000 points" : NULL;
}

/* Length of the value at `text`: up to a comma outside of brackets and quotes. */
static size_t value_length(const char *text) {
  int depth = 0;
  bool quoted = false;
  size_t i = 0;
  for (; text[i] && (text[i] != ',' || depth > 0 || quoted); i++) {
    if (text[i] == '"') quoted = !quoted;
    if (!quoted && strchr("[{(", text[i])) depth++;
    if (!quoted && strchr("]})", text[i])) depth--;
  }
  return i;
}

static const char *list_values(struct arena *arena, const char *text, const char ***out, uint32_t *count) {
  const char **values = arena_new_array(arena, const char *, strlen(text) + 1);
  *count = 0;
  for (;; text++) {
    size_t length = value_length(text);
    if (!length) return "has an empty value";
    values[(*count)++] = arena_format(arena, "%.*s", (int)length, text);
    text += length;
    if (!*text) break;
  }
  *out = values;
  return NULL;
}

const char *sweep_add_vary(struct sweep *s, const char *text) {
  const char *equals = strchr(text, '='), **texts = NULL, *wrong;
  if (!equals || equals == text || !equals[1]) return "needs the form path=a,b,c";
  const char *path = arena_format(s->arena, "%.*s", (int)(equals - text), text);
  uint32_t count = 0;
  if (range_looks_like(equals + 1)) {
    const struct field *field = sweep_field(s, path);
    struct range range = {.whole = field && range_takes_whole(field->kind)};
    wrong = range_parse(s->arena, equals + 1, &range);
    if (!wrong) wrong = range_values(s->arena, &range, &texts);
    count = range.count;
  } else {
    wrong = list_values(s->arena, equals + 1, &texts, &count);
  }
  if (wrong) return wrong;
  struct sweep_value *values = arena_new_array(s->arena, struct sweep_value, count);
  for (uint32_t i = 0; i < count; i++)
    values[i] = (struct sweep_value){texts[i], arena_format(s->arena, "--vary %s=%s", path, texts[i])};
  return sweep_add_axis(s, &path, 1, values, count);
}

static void grid_values(const struct sweep *s, uint64_t n, const struct sweep_value *values[SWEEP_COLUMNS]) {
  for (uint32_t i = s->axis_count; i-- > 0; n /= s->axes[i].count) {
    const struct sweep_axis *axis = &s->axes[i];
    for (uint32_t k = 0; k < axis->width; k++) values[axis->first + k] = &axis->values[n % axis->count * axis->width + k];
  }
}

static void keep_points(struct sweep *s, const struct condition *const *conditions, uint32_t count) {
  uint32_t *kept = arena_new_array(s->arena, uint32_t, s->grid + 1);
  uint64_t n = 0;
  for (uint64_t i = 0; i < s->grid; i++) {
    const struct sweep_value *values[SWEEP_COLUMNS] = {0};
    bool holds = true;
    grid_values(s, i, values);
    for (uint32_t k = 0; k < count; k++) holds &= condition_holds(conditions[k], s, values, 1);
    if (holds) kept[n++] = (uint32_t)i;
  }
  s->kept = kept;
  s->kept_count = n;
}

const char *sweep_close(struct sweep *s, const struct condition *const *conditions, uint32_t count) {
  s->kept_count = s->grid;
  if (count) keep_points(s, conditions, count);
  s->points = (s->kept_count + s->included_count) * s->repeat;
  if (!s->points)
    return s->axis_count ? "keeps no point: its conditions leave all out" : "has no point: nothing is varied or included";
  return s->points > SWEEP_POINTS ? "makes more than 1,000,000 points" : NULL;
}

void sweep_values(const struct sweep *s, uint64_t n, const struct sweep_value *values[SWEEP_COLUMNS]) {
  for (uint32_t i = 0; i < s->column_count; i++) values[i] = NULL;
  n /= s->repeat;
  if (n < s->kept_count) {
    grid_values(s, s->kept ? s->kept[n] : n, values);
    return;
  }
  const struct sweep_value *row = s->included[n - s->kept_count];
  for (uint32_t i = 0; i < s->column_count; i++) values[i] = row[i].text ? &row[i] : NULL;
}

uint32_t sweep_repetition(const struct sweep *s, uint64_t n) { return (uint32_t)(n % s->repeat) + 1; }

/* SplitMix64 of seed and repetition, 63 bits: a whole number that a scenario can hold. */
uint64_t sweep_seed(uint64_t seed, uint32_t repetition) {
  if (repetition == 1) return seed;
  uint64_t z = seed + repetition * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return (z ^ (z >> 31)) >> 1;
}
