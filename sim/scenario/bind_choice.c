#include "sim/engine/arena.h"
#include "sim/scenario/bind_inner.h"
#include "sim/scenario/foreign.h"
#include "sim/json/json_node.h"
#include <assert.h>
#include <string.h>

static const char *const *kind_names(struct binder *b, const struct choice_set *set, uint32_t *count) {
  return place_names(b->arena, (struct place){.what = PLACE_CHOICE, .choices = set}, count);
}

static const char *kind_list(struct binder *b, const struct choice_set *set) {
  uint32_t count;
  const char *const *names = kind_names(b, set, &count);
  return bind_words(b, names, count);
}

/* Of a word that names no kind: one hint, or all kinds. */
static void unknown_kind(struct binder *b, const struct choice_set *set, const struct position *at, const char *word) {
  uint32_t count;
  const char *const *names = kind_names(b, set, &count), *hint = foreign_hint(b->arena, set->name, word);
  if (!*hint) hint = bind_suggestion(b, word, names, count);
  if (!*hint) hint = arena_format(b->arena, "; %ss are: %s", set->name, bind_words(b, names, count));
  diagnostic_add(b->diagnostics, at, "unknown %s \"%s\"%s", set->name, word, hint);
}

static void no_kind(struct binder *b, const struct choice_set *set, const struct json_value *object) {
  const struct json_value *first = json_first(object);
  while (first && (is_private_name(json_name(first)) || !strcmp(json_name(first), "source"))) first = json_next(first);
  if (!first) {
    diagnostic_add(b->diagnostics, json_position(object), "a %s needs one of the keys: %s", set->name, kind_list(b, set));
    return;
  }
  uint32_t count;
  const char *const *names = kind_names(b, set, &count);
  /* Of all keys the one that looks like a kind is the one that was meant to select it. */
  const struct json_value *meant = first;
  for (const struct json_value *v = first; v; v = json_next(v))
    if (nearest_name(json_name(v), names, count) || foreign_key(set->name, json_name(v))) {
      meant = v;
      break;
    }
  unknown_kind(b, set, json_name_position(meant), json_name(meant));
}

static void several_kinds(struct binder *b, const struct choice_set *set, const struct alternative *kind,
                          const struct json_value *object) {
  for (const struct json_value *v = json_first(object); v; v = json_next(v)) {
    const struct alternative *other = choice_named(set, json_name(v));
    if (!other || other == kind) continue;
    diagnostic_add(b->diagnostics, json_name_position(v), "\"%s\" and \"%s\" are both kinds of %s: keep one", kind->key, other->key,
                   set->name);
  }
}

/* The value of a nested kind's key is its record; nothing else may stand beside the key. */
static void bind_nested(struct binder *b, const struct choice_set *set, const struct alternative *kind,
                        const struct json_value *object, void *out) {
  for (const struct json_value *v = json_first(object); v; v = json_next(v)) {
    if (!strcmp(json_name(v), kind->key) || choice_named(set, json_name(v)) || bind_side_key(b, v)) continue;
    diagnostic_add(b->diagnostics, json_name_position(v), "unknown key \"%s\" next to \"%s\": the keys of a %s stand inside it",
                   json_name(v), kind->key, set->name);
  }
  struct field inner = {.name = kind->key, .kind = FIELD_RECORD, .record = kind->record};
  const char *outer = bind_enter(b, kind->key);
  bind_field(b, &inner, json_member(object, kind->key), out);
  b->path = outer;
}

/* What a value that is no object stands for, or null after an error. */
static const struct json_value *longhand(struct binder *b, const struct choice_set *set, const char *called,
                                         const struct json_value *value) {
  struct json_value *object = json_object_at(b->arena, value);
  const char *text = json_text(value);
  bool bare = text || json_type(value) == JSON_NUMBER;
  if (bare && set->shorthand_key) {
    json_append(object, json_renamed(b->arena, value, set->shorthand_key));
    return object;
  }
  const struct alternative *named = text ? choice_named(set, text) : NULL;
  if (named && !named->flat) {
    struct json_value *empty = json_object_at(b->arena, value);
    empty->name = named->key;
    json_append(object, empty);
    return object;
  }
  if (!text) {
    bind_wrong_type(b, called, arena_format(b->arena, "a %s: an object with one of the keys %s", set->name, kind_list(b, set)),
                    value);
    return NULL;
  }
  if (named)
    diagnostic_add(b->diagnostics, json_position(value), "a %s is an object: write {\"%s\": ...}", set->name, text);
  else
    unknown_kind(b, set, json_position(value), text);
  return NULL;
}

void bind_choice(struct binder *b, const struct choice_set *set, const char *called, const struct json_value *value,
                 struct choice *out) {
  if (json_type(value) != JSON_OBJECT) value = longhand(b, set, called, value);
  if (!value) return;
  if (set->named && json_member(value, "name")) value = bind_without_name(b, value);
  bool several;
  const struct alternative *kind = choice_selected(set, value, &several);
  if (!kind) {
    no_kind(b, set, value);
    return;
  }
  if (several) several_kinds(b, set, kind, value);
  assert(kind->record);
  out->kind = kind;
  out->value = arena_alloc(b->arena, kind->record->size);
  if (several && kind->flat) return; /* its other keys would only be told a second time */
  if (kind->flat)
    bind_object(b, kind->record, value, out->value, arena_format(b->arena, "%s \"%s\"", set->name, kind->key));
  else
    bind_nested(b, set, kind, value, out->value);
}
