#include "sim/import/build.h"
#include "sim/json/yaml.h"
#include <math.h>
#include <string.h>

static struct json_value *add(struct arena *arena, struct json_value *parent, const char *key, enum json_type type) {
  struct json_value *v = json_new(arena, type);
  v->name = key ? arena_text(arena, key) : NULL;
  if (parent) json_append(parent, v);
  return v;
}

struct json_value *build_object(struct arena *arena, struct json_value *parent, const char *key) {
  return add(arena, parent, key, JSON_OBJECT);
}

struct json_value *build_list(struct arena *arena, struct json_value *parent, const char *key) {
  return add(arena, parent, key, JSON_LIST);
}

struct json_value *build_text(struct arena *arena, struct json_value *parent, const char *key, const char *text) {
  struct json_value *v = add(arena, parent, key, JSON_TEXT);
  v->text = arena_text(arena, text);
  return v;
}

struct json_value *build_scalar(struct arena *arena, struct json_value *parent, const char *key, const char *text) {
  struct json_value *v = build_text(arena, parent, key, text);
  yaml_take_type(v, false);
  return v;
}

struct json_value *build_bytes(struct arena *arena, struct json_value *parent, const char *key, double bytes) {
  double mib = bytes / 0x1p20;
  return build_text(arena, parent, key,
                    arena_format(arena, mib == floor(mib) ? "%.0fMi" : "%.0fB", mib == floor(mib) ? mib : bytes));
}

struct json_value *build_flag(struct arena *arena, struct json_value *parent, const char *key, bool flag) {
  struct json_value *v = add(arena, parent, key, JSON_FLAG);
  v->flag = flag;
  return v;
}

static void say_why(struct arena *arena, struct json_value *v, const char *low, const char *high, const char *why) {
  build_text(arena, v, "source", arena_format(arena, "assumed: %s", why));
  if (!low) return;
  struct json_value *range = build_list(arena, v, "range");
  build_scalar(arena, range, NULL, low);
  build_scalar(arena, range, NULL, high);
}

struct json_value *build_assumed(struct arena *arena, struct json_value *parent, const char *key, const char *value,
                                 const char *low, const char *high, const char *why) {
  struct json_value *v = build_object(arena, parent, key);
  build_scalar(arena, v, "value", value);
  say_why(arena, v, low, high, why);
  return v;
}

struct json_value *build_assumed_law(struct arena *arena, struct json_value *parent, const char *key, const char *mean,
                                     const char *low, const char *high, const char *why) {
  struct json_value *v = build_object(arena, parent, key);
  struct json_value *law = build_object(arena, build_object(arena, v, "value"), "lognormal");
  build_text(arena, law, "mean", mean);
  build_scalar(arena, law, "cv", "1");
  say_why(arena, v, low, high, why);
  return v;
}

struct json_value *build_under(struct arena *arena, struct json_value *parent, const char *key) {
  for (struct json_value *v = parent->first; v; v = v->next)
    if (!strcmp(v->name, key)) return v;
  return build_object(arena, parent, key);
}

struct json_value *build_take(struct arena *arena, struct json_value *parent, const char *key, const struct json_value *v) {
  struct json_value *copy = json_renamed(arena, v, key ? arena_text(arena, key) : NULL);
  json_append(parent, copy);
  return copy;
}
