#include "sim/scenario/preset.h"
#include "models/service/preset.h"
#include "sim/engine/arena.h"
#include "sim/json/json_node.h"
#include "sim/scenario/merge.h"
#include "sim/scenario/place.h"
#include <assert.h>
#include <string.h>
#include <strings.h>

/* --- the files ---------------------------------------------------------------------------------------------------------------- */

static const struct preset *preset_named(const char *name) {
  for (const struct preset *p = presets; p->name; p++)
    if (!strcmp(p->name, name)) return p;
  return NULL;
}

/* Wherever a source is shown it says that a preset gave it. */
static void name_sources(struct arena *arena, struct json_value *v, const char *called) {
  for (struct json_value *child = v->first; child; child = child->next) {
    if (child->name && !strcmp(child->name, "source") && child->type == JSON_TEXT)
      child->text = arena_format(arena, "%s: %s", called, child->text);
    name_sources(arena, child, called);
  }
}

static struct json_value *read(struct arena *arena, struct diagnostics *d, const struct preset *p) {
  struct json_value *tree = json_read_text(arena, d, arena_format(arena, "preset %s", p->name), p->text, strlen(p->text));
  assert(tree && json_member(tree, "service")); /* they are ours: tests/sim/scenario/test_preset.c */
  json_stamp_origin(tree, JSON_FROM_PRESET);
  return tree;
}

const struct json_value *preset_tree(struct arena *arena, struct diagnostics *d, const char *name) {
  const struct preset *p = preset_named(name);
  return p ? read(arena, d, p) : NULL;
}

/* --- names -------------------------------------------------------------------------------------------------------------------- */

/* Whether the word is one of several between spaces. */
static bool has_word(const char *words, const char *word) {
  size_t length = strlen(word);
  for (const char *p = words; p && *p; p += strcspn(p, " "), p += strspn(p, " "))
    if (strcspn(p, " ") == length && !strncasecmp(p, word, length)) return true;
  return false;
}

const char *preset_meant(struct arena *arena, const char *word) {
  for (const struct preset *p = presets; p->name; p++) {
    const struct json_value *tree = read(arena, diagnostics_new(arena), p);
    if (!strcasecmp(p->name, word) || has_word(json_text(json_member(tree, "images")), word) ||
        has_word(json_text(json_member(tree, "words")), word))
      return p->name;
  }
  return NULL;
}

const char *preset_names(struct arena *arena, const char *kind) {
  const char *names = "";
  for (const struct preset *p = presets; p->name; p++) {
    const struct json_value *tree = read(arena, diagnostics_new(arena), p);
    if (kind && strcmp(kind, json_text(json_member(json_member(tree, "service"), "kind")))) continue;
    names = arena_format(arena, "%s%s%s", names, *names ? ", " : "", p->name);
  }
  return names;
}

/* --- merging ------------------------------------------------------------------------------------------------------------------ */

/* "processes": 4 over {"count": ..., "deal": ...} becomes {"count": 4}. */
static void write_out(struct arena *arena, struct place p, const struct json_value *preset, struct json_value *service) {
  for (struct json_value *v = service->first; v; v = v->next) {
    const struct json_value *base = json_member(preset, v->name);
    struct place inner = place_step(p, v->name, preset);
    if (json_type(base) != JSON_OBJECT || inner.what != PLACE_RECORD || wrapped_value(inner, base)) continue;
    if (v->type == JSON_OBJECT && !wrapped_value(inner, v)) write_out(arena, inner, base, v);
    if (v->type == JSON_NULL || v->type == JSON_OBJECT || v->type == JSON_LIST || !inner.record->shorthand) continue;
    struct json_value *value = json_renamed(arena, v, inner.record->shorthand);
    v->type = JSON_OBJECT, v->text = NULL, v->first = v->last = NULL, v->count = 0;
    json_append(v, value);
  }
}

/* Of the nulls those stay that take a key of the preset away; those without anything to take away go. */
static void settle(struct json_value *service, const struct json_value *preset, bool has_preset) {
  struct json_value *v = service->first;
  service->first = service->last = NULL, service->count = 0, service->sorted = NULL;
  for (struct json_value *next; v; v = next) {
    next = v->next;
    const struct json_value *base = v->name ? json_member(preset, v->name) : NULL;
    if (v->name && v->type == JSON_NULL && !base && (has_preset || v->flag)) continue;
    if (v->name && v->type == JSON_NULL) v->flag = base != NULL;
    settle(v, base, has_preset);
    json_append(service, v);
  }
}

static void replace(struct json_value *service, const struct json_value *merged) {
  service->first = merged->first, service->last = merged->last, service->count = merged->count, service->sorted = merged->sorted;
}

/* What a word that names no preset leaves behind must not look as if keys were missing: the word is the one fault. */
static void instead(struct arena *arena, struct json_value *service, const struct json_value *name) {
  if (json_member(service, "kind")) return;
  struct json_value *kind = json_new(arena, JSON_TEXT);
  kind->name = "kind", kind->text = "app", kind->position = kind->name_position = *json_position(name);
  json_append(service, kind);
}

struct applying {
  struct arena *arena;
  struct diagnostics *diagnostics;
  struct place service; /* the language of one */
};

static void apply_to(struct applying *a, struct json_value *service) {
  const struct json_value *given = json_member(service, PRESET_KEY),
                          *inner = given ? wrapped_value((struct place){0}, given) : NULL;
  const char *name = json_text(inner ? inner : given);
  const struct preset *p = name ? preset_named(name) : NULL;
  if (given && !p && json_type(given) != JSON_NULL) instead(a->arena, service, given);
  if (!p) {
    settle(service, NULL, given && name);
    return;
  }
  struct json_value *base = (struct json_value *)json_member(read(a->arena, a->diagnostics, p), "service");
  name_sources(a->arena, base, json_position(base)->source->name);
  write_out(a->arena, a->service, base, service);
  replace(service, merge_over(a->arena, a->service, base, service));
  settle(service, base, true);
}

void preset_apply(struct arena *arena, struct diagnostics *d, const struct record *language, struct json_value *root) {
  struct applying a = {.arena = arena, .diagnostics = d};
  struct place services = place_step(place_of_record(language), "services", NULL);
  a.service = place_step(services, "", NULL);
  if (!root || !merge_takes_preset(a.service)) return;
  for (const struct json_value *s = json_first(json_member(root, "services")); s; s = json_next(s)) {
    const struct json_value *inner = wrapped_value(a.service, s), *service = inner ? inner : s;
    if (json_type(service) == JSON_OBJECT) apply_to(&a, (struct json_value *)service);
  }
}
