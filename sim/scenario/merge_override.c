#include "sim/engine/arena.h"
#include "sim/json/json_node.h"
#include "sim/scenario/merge.h"
#include "sim/scenario/place.h"
#include <assert.h>
#include <string.h>

/* One override on its way down the tree and the tables. */
struct walk {
  struct arena *arena;
  struct diagnostics *diagnostics;
  const struct source_text *option;
  const char *path;  /* whole */
  const char *value; /* as typed */
  bool in_service;   /* of a record that may have a preset: what is deleted leaves a trace */
};

static bool refuse(struct walk *w, const char *message) {
  struct position position = {w->option, 0, 0};
  diagnostic_add(w->diagnostics, &position, "%s", message);
  return false;
}

static struct json_value *text_node(struct walk *w, const char *text) {
  struct json_value *v = json_new(w->arena, JSON_TEXT);
  v->text = arena_text(w->arena, text);
  return v;
}

static bool looks_like_json(const char *text) { return *text == '{' || *text == '[' || *text == '"'; }

/* The value as JSON, else as a text; null after an error. What clearly tries to be JSON must be. */
static struct json_value *json_node_of(struct walk *w) {
  bool must = looks_like_json(w->value);
  struct diagnostics *diagnostics = must ? w->diagnostics : diagnostics_new(w->arena);
  uint32_t before = diagnostics_errors(diagnostics);
  struct json_value *v = json_read_text(w->arena, diagnostics, w->option->name, w->value, strlen(w->value));
  if (diagnostics_errors(diagnostics) == before) return v;
  return must ? NULL : text_node(w, w->value);
}

static struct json_value *typed_node(struct walk *w, struct place p);

/* What a bare value sets in a choice. */
static struct place shorthand_of_choice(const struct choice_set *set) {
  const struct alternative *kind = set->shorthand_key ? choice_named(set, set->shorthand_key) : NULL;
  if (!kind) return (struct place){0};
  if (!kind->flat) return place_of_record(kind->record);
  const struct field *field = record_field(kind->record, set->shorthand_key);
  return field ? place_of_field(field) : (struct place){0};
}

static struct json_value *typed_plain(struct walk *w, enum field_kind kind) {
  switch (kind) {
  case FIELD_TEXT:
  case FIELD_TABLE:
  case FIELD_FILE:
  case FIELD_WORD:
  case FIELD_MEMBER:
  case FIELD_REFERENCE:
    return text_node(w, w->value);
  case FIELD_FLAG:
  case FIELD_INTEGER:
  case FIELD_NUMBER:
    return json_node_of(w);
  default:
    return looks_like_json(w->value) ? json_node_of(w) : text_node(w, w->value);
  }
}

/* The value in the type that the place expects. Whether it fits is the binder's to say. */
static struct json_value *typed_node(struct walk *w, struct place p) {
  if (p.what == PLACE_VALUE && p.field) return typed_plain(w, p.field->kind);
  if (looks_like_json(w->value)) return json_node_of(w);
  if (p.what == PLACE_RECORD && p.record->shorthand)
    return typed_node(w, place_of_field(record_field(p.record, p.record->shorthand)));
  if (p.what == PLACE_CHOICE && shorthand_of_choice(p.choices).what != PLACE_UNKNOWN)
    return typed_node(w, shorthand_of_choice(p.choices));
  return p.what == PLACE_DISTRIBUTION ? text_node(w, w->value) : json_node_of(w);
}

static bool deletes(struct walk *w, struct place p) {
  bool text = p.what == PLACE_VALUE && p.field &&
              (p.field->kind == FIELD_TEXT || p.field->kind == FIELD_MEMBER || p.field->kind == FIELD_REFERENCE);
  return !text && !strcmp(w->value, "null");
}

size_t merge_step_length(const struct json_value *here, const char *rest) {
  size_t best = 0;
  for (const struct json_value *v = json_first(here); v && json_name(v); v = json_next(v)) {
    size_t length = strlen(json_name(v));
    bool fits = !strncmp(json_name(v), rest, length) && (rest[length] == 0 || rest[length] == '.');
    if (fits && length > best) best = length;
  }
  return best ? best : strcspn(rest, ".");
}

static struct json_value *child_of(struct json_value *here, const char *name) {
  if (here->type == JSON_OBJECT) return (struct json_value *)json_member(here, name);
  return here->type == JSON_LIST ? (struct json_value *)json_resolve_path(here, name) : NULL;
}

/* Puts a child in the place of another, or at the end (`old` null), or takes it away (`new` null). */
static void exchange(struct json_value *parent, const struct json_value *old, struct json_value *new) {
  struct json_value *v = parent->first;
  parent->first = parent->last = NULL;
  parent->count = 0;
  for (struct json_value *next; v; v = next) {
    next = v->next;
    if (v != old)
      json_append(parent, v);
    else if (new)
      json_append(parent, new);
  }
  if (!old && new) json_append(parent, new);
}

/* A new kind takes the place of the one that was chosen. */
static void forget_other_kinds(struct place p, struct json_value *here, const char *name) {
  const struct alternative *kind = p.what == PLACE_CHOICE ? choice_named(p.choices, name) : NULL;
  if ((!kind && p.what != PLACE_DISTRIBUTION) || json_member(here, name)) return;
  if (kind && kind->flat) {
    const struct alternative *old = choice_selected(p.choices, here, NULL);
    if (!old || (old->flat && record_field(old->record, name))) return;
  }
  const struct json_value *called = kind && p.choices->named ? json_member(here, "name") : NULL;
  here->first = here->last = NULL;
  here->count = 0;
  if (called) json_append(here, (struct json_value *)called);
}

/* Turns a shorthand into the object that it stands for, in place, so that a key of it can be set. */
static void write_out(struct walk *w, struct place p, struct json_value *v) {
  if (v->type == JSON_OBJECT || v->type == JSON_LIST) return;
  const char *key = p.what == PLACE_RECORD ? p.record->shorthand : p.what == PLACE_CHOICE ? p.choices->shorthand_key : NULL;
  struct json_value *inner = NULL;
  if (key && v->type != JSON_NULL) {
    inner = json_renamed(w->arena, v, key);
  } else if (p.what == PLACE_CHOICE && v->type == JSON_TEXT && choice_named(p.choices, v->text)) {
    inner = json_object_at(w->arena, v);
    inner->name = v->text;
  }
  v->type = JSON_OBJECT;
  v->text = NULL;
  v->first = v->last = NULL;
  v->count = 0;
  if (inner) json_append(v, inner);
}

/* Names that stand in the tree at a map, else those of the tables. */
static const char *const *known_names(struct walk *w, struct place p, const struct json_value *here, uint32_t *count) {
  if (p.what != PLACE_MAP && p.what != PLACE_WEIGHTS) return place_names(w->arena, p, count);
  const char **names = arena_alloc_array(w->arena, sizeof *names, json_count(here) + 1);
  *count = 0;
  for (const struct json_value *v = json_first(here); v && json_name(v); v = json_next(v)) names[(*count)++] = json_name(v);
  return names;
}

static bool unknown_step(struct walk *w, struct place p, const struct json_value *here, const char *rest, const char *name) {
  uint32_t count;
  const char *const *names = known_names(w, p, here, &count), *nearest = nearest_name(name, names, count);
  int before = (int)(rest - w->path);
  const char *place = before ? arena_format(w->arena, "\"%.*s\"", before - 1, w->path) : "the scenario";
  if (p.what == PLACE_LIST || p.what == PLACE_CHOICES)
    return refuse(w, arena_format(w->arena, "%s has %u entries, from 0: there is no \"%s\"", place, json_count(here), name));
  const char *hint =
      nearest ? arena_format(w->arena, "; did you mean \"%.*s%s%s\"?", before, w->path, nearest, rest + strlen(name)) : "";
  for (uint32_t i = 0; !nearest && i < count && i < 30; i++)
    hint = arena_format(w->arena, "%s%s%s", hint, i ? ", " : "; there are: ", names[i]);
  return refuse(w, arena_format(w->arena, "there is no \"%s\" in %s%s", name, place, hint));
}

static struct json_value *trace(struct walk *w) {
  struct json_value *v = json_new(w->arena, JSON_NULL);
  v->flag = true;
  return v;
}

static bool set_last(struct walk *w, struct place p, struct place next, struct json_value *here, const char *name) {
  struct json_value *old = child_of(here, name), *new = NULL;
  bool gone = deletes(w, next);
  if (!gone || (w->in_service && here->type == JSON_OBJECT)) {
    new = gone ? trace(w) : typed_node(w, next);
    if (!new) return false;
    json_stamp(new, w->option, JSON_FROM_OPTION);
    new->name = here->type == JSON_OBJECT ? name : NULL;
    if (!gone) forget_other_kinds(p, here, name);
  }
  if (old || new) exchange(here, old, new);
  return true;
}

static bool walk_down(struct walk *w, struct place p, struct json_value *here, const char *rest) {
  if (wrapped_value(p, here)) here = (struct json_value *)json_member(here, "value");
  write_out(w, p, here);
  w->in_service |= merge_takes_preset(p);
  size_t length = merge_step_length(here, rest);
  const char *name = arena_format(w->arena, "%.*s", (int)length, rest);
  bool last = rest[length] == 0;
  struct place next = length ? place_step(p, name, here) : (struct place){0};
  struct json_value *child = child_of(here, name);
  bool entry = p.what == PLACE_MAP || p.what == PLACE_LIST || p.what == PLACE_CHOICES;
  bool whole_entry = last && p.what == PLACE_MAP && *w->value == '{';
  if (next.what == PLACE_UNKNOWN || (entry && !child && !whole_entry)) return unknown_step(w, p, here, rest, name);
  if (last) return set_last(w, p, next, here, name);
  if (!child) {
    forget_other_kinds(p, here, name);
    child = json_new(w->arena, JSON_OBJECT);
    json_stamp(child, w->option, JSON_FROM_OPTION);
    child->name = name;
    json_append(here, child);
  }
  return walk_down(w, next, child, rest + length + 1);
}

bool merge_override_as(struct arena *arena, struct diagnostics *d, const struct record *language, struct json_value *root,
                       const char *option, const char *path, const char *value) {
  struct walk w = {arena, d, diagnostics_option(d, option), path, value, false};
  if (root->type != JSON_OBJECT) return refuse(&w, "the scenario is not an object");
  return walk_down(&w, place_of_record(language), root, path);
}

bool merge_override(struct arena *arena, struct diagnostics *d, const struct record *language, struct json_value *root,
                    const char *assignment) {
  const char *option = arena_format(arena, "--set %s", assignment), *equals = strchr(assignment, '=');
  if (equals && equals != assignment)
    return merge_override_as(arena, d, language, root, option, arena_format(arena, "%.*s", (int)(equals - assignment), assignment),
                             equals + 1);
  struct position position = {diagnostics_option(d, option), 0, 0};
  diagnostic_add(d, &position, "must have the form path=value, such as services.api.replicas=3");
  return false;
}
