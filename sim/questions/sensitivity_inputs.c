#include "sim/questions/sensitivity_inputs.h"
#include "sim/engine/arena.h"
#include "sim/json/json_print.h"
#include <stdlib.h>
#include <string.h>

/* The value at the path as JSON, without the range that it may have; null when it is not written. */
static const char *value_now(struct arena *arena, const struct scenario *s, const char *path) {
  const struct json_value *v = json_resolve_path(s->tree, path), *inner = json_member(v, "range") ? json_member(v, "value") : NULL;
  return v ? json_print_line(arena, inner ? inner : v) : NULL;
}

/* Numbers and objects are JSON as they are typed; all else is a text. */
static const char *as_json(struct arena *arena, const char *typed) {
  char *end;
  strtod(typed, &end);
  return *typed == '{' || (end != typed && !*end) ? typed : json_quote(arena, typed);
}

const char *sensitivity_range(struct arena *arena, const struct scenario *s, const char *text, struct scenario_override *out) {
  const char *equals = strchr(text, '='), *dots = equals ? strstr(equals, "..") : NULL;
  if (!dots || equals == text || dots == equals + 1 || !dots[2])
    return "must have the form path=low..high, such as services.api.start=1s..5s";
  const char *low = as_json(arena, arena_format(arena, "%.*s", (int)(dots - equals - 1), equals + 1));
  const char *high = as_json(arena, dots + 2);
  out->option = arena_format(arena, "--vary %s", text);
  out->path = arena_format(arena, "%.*s", (int)(equals - text), text);
  const char *now = value_now(arena, s, out->path);
  out->value = arena_format(arena, "{\"value\": %s, \"range\": [%s, %s]}", now ? now : low, low, high);
  return NULL;
}

static bool is_written(const struct scenario *base, const char *path) {
  return !strncmp(path, "prices.", 7) || json_resolve_path(base->tree, path);
}

uint32_t sensitivity_inputs(struct arena *arena, const struct scenario *base, const struct scenario *ranged,
                            struct sensitivity_case **cases, uint32_t most) {
  uint32_t count = 0;
  *cases = arena_new_array(arena, struct sensitivity_case, most);
  for (uint32_t i = 0; i < ranged->assumption_count && count < most; i++) {
    const struct assumption *a = &ranged->assumptions[i];
    if (!a->low) continue;
    const char *value = is_written(base, a->path) ? a->value : "its default";
    (*cases)[count++].input = (struct sensitivity_input){a->path, value, a->low, a->high, a->source};
  }
  return count;
}

struct scenario_override sensitivity_end(struct arena *arena, const char *path, const char *value) {
  return (struct scenario_override){arena_format(arena, "--vary %s=%s", path, value), path, value};
}
