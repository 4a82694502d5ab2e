#include "sim/study/sweep.h"
#include "sim/engine/arena.h"
#include <string.h>

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

const char *sweep_add_axis(struct sweep *s, struct arena *arena, const char *text) {
  const char *equals = strchr(text, '=');
  if (!equals || equals == text || !equals[1]) return "needs the form path=a,b,c";
  if (s->axis_count == SWEEP_AXES) return "is one axis too many: at most 16";
  struct sweep_axis *axis = &s->axes[s->axis_count];
  axis->path = arena_format(arena, "%.*s", (int)(equals - text), text);
  const char **values = arena_new_array(arena, const char *, strlen(equals) + 1);
  axis->count = 0;
  for (const char *at = equals + 1;; at++) {
    size_t length = value_length(at);
    if (!length) return "has an empty value";
    values[axis->count++] = arena_format(arena, "%.*s", (int)length, at);
    at += length;
    if (!*at) break;
  }
  axis->values = values;
  s->points = (s->axis_count++ ? s->points : 1) * axis->count;
  return s->points > SWEEP_POINTS ? "makes more than 1,000,000 points" : NULL;
}

void sweep_values(const struct sweep *s, uint64_t n, const char *values[SWEEP_AXES]) {
  for (uint32_t i = s->axis_count; i-- > 0; n /= s->axes[i].count) values[i] = s->axes[i].values[n % s->axes[i].count];
}
