/* The scenario that is written: it extends the given one, and says only what was measured. A list replaces the parent's, so that
 * one value in a list takes the whole list along. */
#include "sim/calibration/calibration_inner.h"
#include "sim/json/json_node.h"
#include "sim/json/json_print.h"
#include "sim/json/safe_text.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static struct json_value *deep_copy(struct arena *arena, const struct json_value *v) {
  struct json_value *copy = json_new(arena, json_type(v));
  copy->name = v->name, copy->number = v->number, copy->text = v->text, copy->flag = v->flag;
  for (const struct json_value *c = json_first(v); c; c = json_next(c)) json_append(copy, deep_copy(arena, c));
  return copy;
}

static struct json_value *text_node(struct arena *arena, const char *name, const char *text) {
  struct json_value *v = json_new(arena, JSON_TEXT);
  v->name = name, v->text = text;
  return v;
}

static struct json_value *parsed(struct arena *arena, const char *name, const char *json) {
  struct json_value *v = json_read_text(arena, diagnostics_new(arena), "value", json, strlen(json));
  if (!v) v = json_new(arena, JSON_NULL);
  v->name = name;
  return v;
}

static struct json_value *wrapped(struct arena *arena, const struct calibrated_value *v) {
  struct json_value *o = json_new(arena, JSON_OBJECT), *range = json_new(arena, JSON_LIST);
  json_append(o, parsed(arena, "value", v->value));
  range->name = "range";
  json_append(range, parsed(arena, NULL, v->low)), json_append(range, parsed(arena, NULL, v->high));
  if (v->low && v->high && strcmp(v->low, v->high) != 0) json_append(o, range);
  json_append(o, text_node(arena, "source", v->source));
  return o;
}

static struct json_value *child_named(struct json_value *o, const char *name, uint32_t index) {
  uint32_t i = 0;
  for (struct json_value *v = o->first; v; v = v->next, i++)
    if (o->type == JSON_LIST ? i == index : !strcmp(v->name, name)) return v;
  return NULL;
}

static void exchange(struct json_value *o, const struct json_value *old, struct json_value *with) {
  struct json_value *first = o->first;
  o->first = o->last = NULL, o->count = 0, o->sorted = NULL;
  for (struct json_value *v = first, *next; v; v = next) {
    next = v->next;
    struct json_value *kept = v == old ? with : v;
    kept->next = NULL;
    json_append(o, kept);
  }
}

/* Walks down the path in the parent's tree and in the child's, which grows along it. */
static void put(struct arena *arena, struct json_value *into, const struct json_value *parent, const char *path,
                const struct calibrated_value *v) {
  const struct json_value *inner = json_type(parent) == JSON_OBJECT ? json_member(parent, "value") : NULL;
  if (inner && json_type(inner) == JSON_OBJECT) parent = inner;
  size_t length = strcspn(path, ".");
  for (const struct json_value *m = json_first(parent); m && json_name(m); m = json_next(m)) {
    size_t whole = strlen(json_name(m));
    if (whole > length && !strncmp(path, json_name(m), whole) && (!path[whole] || path[whole] == '.')) length = whole;
  }
  const char *name = arena_format(arena, "%.*s", (int)length, path);
  bool last = !path[length];
  uint32_t index = (uint32_t)atoi(name), i = 0;
  const struct json_value *below = json_type(parent) == JSON_LIST ? json_first(parent) : json_member(parent, name);
  while (json_type(parent) == JSON_LIST && below && i < index) below = json_next(below), i++;
  struct json_value *old = child_named(into, name, index), *node = last ? wrapped(arena, v) : old;
  if (!node) node = json_type(below) == JSON_LIST ? deep_copy(arena, below) : json_new(arena, JSON_OBJECT);
  if (into->type != JSON_LIST) node->name = name;
  if (old && old != node)
    exchange(into, old, node);
  else if (!old)
    json_append(into, node);
  if (!last) put(arena, node, below, path + length + 1, v);
}

/* The way from the folder of `path` to the file; the file itself where there is none. */
static const char *way_to(struct arena *arena, const char *file, const char *path) {
  const char *slash = strrchr(path, '/');
  char *folder = realpath(slash ? arena_format(arena, "%.*s", (int)(slash - path + 1), path) : ".", NULL),
       *whole = realpath(file, NULL);
  const char *way = file;
  if (folder && whole) {
    size_t same = 0, from = strlen(folder);
    for (size_t i = 0; i <= from && folder[i] == whole[i]; i++)
      if (whole[i] == '/' || (i == from && whole[i] == '/')) same = i;
    if (!strncmp(folder, whole, from) && whole[from] == '/') same = from;
    way = whole + same + 1;
    for (size_t i = same; i < from; i++)
      if (folder[i] == '/' && folder[i + 1]) way = arena_format(arena, "../%s", way);
    way = arena_text(arena, way);
  }
  free(folder), free(whole);
  return way;
}

static void put_record(struct arena *arena, struct json_value *root, const struct calibration_results *r) {
  struct json_value *o = json_new(arena, JSON_OBJECT), *files = json_new(arena, JSON_LIST);
  o->name = "x-calibrated", files->name = "from";
  for (uint32_t i = 0; i < r->file_count; i++) json_append(files, text_node(arena, NULL, safe_text(arena, r->files[i])));
  json_append(o, files);
  struct json_value *not_claimed = json_new(arena, JSON_LIST);
  not_claimed->name = "not_reproduced";
  for (uint32_t i = 0; i < r->row_count; i++)
    if (!r->rows[i].claimed)
      json_append(not_claimed, text_node(arena, NULL, arena_format(arena, "%s at %s", r->rows[i].measure, r->rows[i].load)));
  if (not_claimed->count) json_append(o, not_claimed);
  json_append(root, o);
}

char *calibration_child(struct arena *arena, const struct scenario *s, const struct calibration_results *r, const char *path) {
  struct json_value *root = json_new(arena, JSON_OBJECT);
  json_append(root, text_node(arena, "extends", way_to(arena, s->file, path)));
  put_record(arena, root, r);
  for (uint32_t i = 0; i < r->value_count; i++) put(arena, root, s->tree, r->values[i].path, &r->values[i]);
  return arena_format(arena, "%s\n", json_print(arena, root));
}
