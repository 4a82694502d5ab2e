#include "sim/scenario/merge.h"
#include "sim/engine/arena.h"
#include "sim/json/json_node.h"
#include "sim/scenario/place.h"
#include "sim/scenario/plain.h"
#include "sim/scenario/preset.h"
#include "sim/json/source_file.h"
#include "sim/engine/allocate.h"
#include <stdlib.h>
#include <string.h>

/* The files on the way from the scenario to its parents, to find a circle. */
struct ancestry {
  const struct ancestry *child;
  const char *real_path;
  int depth;
};

struct merger {
  struct arena *arena;
  struct diagnostics *diagnostics;
  const struct record *language;
};

bool merge_knows(const void *language, const char *key) {
  if (!strncmp(key, "x-", 2) || !strcmp(key, "extends") || !strcmp(key, "$schema")) return true;
  return !language || record_field(language, key) != NULL;
}

struct json_value *merge_copy(struct arena *arena, const struct json_value *v) {
  struct json_value *copy = json_renamed(arena, v, v->name);
  copy->first = copy->last = NULL;
  copy->count = 0;
  for (const struct json_value *child = v->first; child; child = child->next) json_append(copy, merge_copy(arena, child));
  return copy;
}

/* --- what null deletes ---------------------------------------------------------------------------------------------------------
 *
 * Of what a parent gives, at once. Inside of a service also what its preset will give, which is not known before all parents and
 * overrides are: there a null stays, marked as the trace of a key that was taken away (preset.h). */

enum { ALL_LEVELS = JSON_DEPTH_LIMIT + 1 };

bool merge_takes_preset(struct place p) {
  return p.what == PLACE_RECORD && p.record && p.record->size && record_field(p.record, PRESET_KEY) != NULL;
}

/* How many levels of objects from here on lose their nulls at once. */
static int levels_at(struct place p, int levels) {
  if (merge_takes_preset(p)) return 0;
  return p.what == PLACE_MAP && merge_takes_preset(place_of_record(p.record)) && levels > 1 ? 1 : levels;
}

static struct json_value *as_trace(struct json_value *v) {
  v->flag |= v->type == JSON_NULL;
  return v;
}

/* The child's value without the keys that it only names to delete them. */
static struct json_value *without_nulls(struct arena *arena, const struct json_value *v, int levels) {
  struct json_value *copy = json_renamed(arena, v, v->name);
  copy->first = copy->last = NULL;
  copy->count = 0;
  for (const struct json_value *child = v->first; child; child = child->next)
    if (v->type != JSON_OBJECT || child->type != JSON_NULL || !levels)
      json_append(copy, without_nulls(arena, child, levels ? levels - 1 : 0));
  return v->type == JSON_NULL && !levels ? as_trace(copy) : copy;
}

static bool merges(struct place p, const struct json_value *parent, const struct json_value *child) {
  if (parent->type != JSON_OBJECT || child->type != JSON_OBJECT) return false;
  if (p.what == PLACE_DISTRIBUTION || wrapped_value(p, parent) || wrapped_value(p, child)) return false;
  if (p.what != PLACE_CHOICE) return true;
  const struct alternative *kind = choice_selected(p.choices, child, NULL);
  return !kind || kind == choice_selected(p.choices, parent, NULL);
}

static struct json_value *merge_values(struct arena *arena, struct place p, const struct json_value *parent,
                                       const struct json_value *child, int above) {
  int levels = levels_at(p, above), inner = levels ? levels - 1 : 0;
  if (!merges(p, parent, child)) return without_nulls(arena, child, levels);
  struct json_value *merged = json_object_at(arena, child);
  for (const struct json_value *old = parent->first; old; old = old->next) {
    const struct json_value *new = json_member(child, old->name);
    if (!new) json_append(merged, merge_copy(arena, old));
    if (new && (new->type != JSON_NULL || !levels))
      json_append(merged, merge_values(arena, place_step(p, old->name, parent), old, new, inner));
  }
  for (const struct json_value *new = child->first; new; new = new->next)
    if (!json_member(parent, new->name) && (new->type != JSON_NULL || !levels))
      json_append(merged, without_nulls(arena, new, levels_at(place_step(p, new->name, child), inner)));
  json_sort(arena, merged);
  return merged;
}

struct json_value *merge_over(struct arena *arena, struct place p, const struct json_value *parent,
                              const struct json_value *child) {
  return merge_values(arena, p, parent, child, ALL_LEVELS);
}

static const char *real_path(struct arena *arena, const char *path) {
  char *real = realpath(path, NULL);
  if (!real) allocate_check_errno();
  const char *text = arena_text(arena, real ? real : path);
  free(real);
  return text;
}

/* Null after an error. */
static const char *parent_path(struct merger *m, const char *path, const struct json_value *extends, const struct ancestry *line) {
  const struct position *at = json_position(extends);
  if (json_type(extends) != JSON_TEXT) {
    diagnostic_add(m->diagnostics, at, "\"extends\" must be the name of one file, not %s", json_type_name(extends));
    return NULL;
  }
  const char *parent = source_beside(m->arena, NULL, path, json_text(extends));
  if (!source_named(m->diagnostics, at, parent)) return NULL;
  const char *real = real_path(m->arena, parent);
  for (const struct ancestry *a = line; a; a = a->child)
    if (!strcmp(a->real_path, real)) {
      diagnostic_add(m->diagnostics, at, "files extend each other in a circle: %s again", parent);
      return NULL;
    }
  if (line->depth < MERGE_DEPTH_LIMIT) return parent;
  diagnostic_add(m->diagnostics, at, "more than %d files extend each other", MERGE_DEPTH_LIMIT);
  return NULL;
}

static struct json_value *with_parents(struct merger *m, struct place p, struct json_value *tree, const char *path,
                                       const struct ancestry *line) {
  plain_take_types(p, tree);
  const struct json_value *extends = json_member(tree, "extends");
  if (!extends) return tree;
  const char *file = parent_path(m, path, extends, line);
  struct json_value *parent = file ? json_read_named(m->arena, m->diagnostics, json_position(extends), file,
                                                     &(struct json_kind){"a scenario or a part of one", merge_knows, m->language})
                                   : NULL;
  if (parent) {
    struct ancestry here = {line, real_path(m->arena, file), line->depth + 1};
    parent = with_parents(m, p, parent, file, &here);
    if (parent) json_stamp_origin(parent, JSON_FROM_PARENT);
  }
  if (parent && parent->type != JSON_OBJECT)
    diagnostic_add(m->diagnostics, json_position(extends), "%s holds %s and not an object", file, json_type_name(parent));
  if (!parent || parent->type != JSON_OBJECT) return NULL; /* half a scenario would only raise false alarms */
  struct json_value *merged = merge_values(m->arena, p, parent, tree, ALL_LEVELS), *child = merged->first;
  merged->first = merged->last = NULL;
  merged->count = 0;
  for (struct json_value *next; child; child = next) {
    next = child->next;
    if (strcmp(child->name, "extends") != 0) json_append(merged, child);
  }
  return merged;
}

static struct json_value *merge_tree(struct arena *arena, struct diagnostics *d, const struct record *language,
                                     struct json_value *tree, const char *path) {
  struct merger m = {arena, d, language};
  struct ancestry line = {NULL, real_path(arena, path), 1};
  struct place p = {0};
  if (language) p = place_of_record(language);
  return tree ? with_parents(&m, p, tree, path, &line) : NULL;
}

struct json_value *merge_read(struct arena *arena, struct diagnostics *d, const struct record *language, const char *path) {
  return merge_tree(arena, d, language, json_read_file(arena, d, path), path);
}

struct json_value *merge_read_text(struct arena *arena, struct diagnostics *d, const struct record *language, const char *name,
                                   const char *text, size_t length) {
  return merge_tree(arena, d, language, json_read_text(arena, d, name, text, length), name);
}
