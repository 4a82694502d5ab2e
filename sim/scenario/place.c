#include "sim/scenario/place.h"
#include "sim/engine/arena.h"
#include "sim/engine/distribution.h"
#include <string.h>

struct place place_of_record(const struct record *record) {
  return (struct place){.what = PLACE_RECORD, .record = record};
}

struct place place_of_field(const struct field *field) {
  struct place p = {.what = PLACE_VALUE, .field = field, .record = field->record, .choices = field->choices};
  switch (field->kind) {
  case FIELD_RECORD:
    p.what = PLACE_RECORD;
    break;
  case FIELD_LIST:
    p.what = PLACE_LIST;
    break;
  case FIELD_MAP:
  case FIELD_REFERENCE_MAP:
    p.what = PLACE_MAP;
    break;
  case FIELD_CHOICE:
    p.what = PLACE_CHOICE;
    break;
  case FIELD_CHOICES:
    p.what = PLACE_CHOICES;
    break;
  case FIELD_WEIGHTS:
    p.what = PLACE_WEIGHTS;
    break;
  case FIELD_DISTRIBUTION:
    p.what = PLACE_DISTRIBUTION;
    break;
  default:
    break;
  }
  return p;
}

const struct alternative *choice_named(const struct choice_set *set, const char *key) {
  for (const struct alternative *const *k = set->kinds; *k; k++)
    if (!strcmp((*k)->key, key)) return *k;
  return NULL;
}

/* Whether every other key of the object that names a kind is a field of this one. */
static bool takes_all(const struct choice_set *set, const struct alternative *kind, const struct json_value *object) {
  for (const struct json_value *v = json_first(object); v; v = json_next(v)) {
    const struct alternative *other = choice_named(set, json_name(v));
    if (other && other != kind && !(kind->flat && record_field(kind->record, json_name(v)))) return false;
  }
  return true;
}

const struct alternative *choice_selected(const struct choice_set *set, const struct json_value *object, bool *several) {
  const struct alternative *first = NULL;
  if (several) *several = false;
  if (json_type(object) != JSON_OBJECT) return NULL;
  for (const struct json_value *v = json_first(object); v; v = json_next(v)) {
    const struct alternative *kind = choice_named(set, json_name(v));
    if (kind && takes_all(set, kind, object)) return kind;
    if (!first) first = kind;
  }
  if (several) *several = first != NULL;
  return first;
}

bool is_private_name(const char *name) { return !strncmp(name, "x-", 2); }

static bool is_wrapper(const struct json_value *v) {
  for (const struct json_value *m = json_first(v); m; m = json_next(m)) {
    const char *name = json_name(m);
    if (strcmp(name, "value") && strcmp(name, "source") && strcmp(name, "range") && !is_private_name(name)) return false;
  }
  return true;
}

const struct json_value *wrapped_value(struct place p, const struct json_value *v) {
  const struct json_value *inner = json_type(v) == JSON_OBJECT ? json_member(v, "value") : NULL;
  if (!inner || !is_wrapper(v) || p.what == PLACE_MAP) return NULL;
  if (p.what == PLACE_RECORD && record_field(p.record, "value")) return NULL;
  return p.what == PLACE_WEIGHTS && json_type(inner) != JSON_OBJECT && json_type(inner) != JSON_TEXT ? NULL : inner;
}

static struct place step_record(struct place p, const char *name) {
  const struct field *field = record_field(p.record, name);
  struct place inner = field ? place_of_field(field) : (struct place){0};
  inner.owner = p.record;
  return inner;
}

static struct place in_alternative(const struct alternative *kind) {
  return kind->record ? place_of_record(kind->record) : (struct place){.what = PLACE_VALUE};
}

static const struct field entry_name = {.name = "name", .kind = FIELD_TEXT, .optional = true};

/* The selecting key leads into a nested kind; the keys beside it belong to a flat one. */
static struct place step_choice(struct place p, const char *name, const struct json_value *here) {
  if (p.choices->named && !strcmp(name, "name")) return place_of_field(&entry_name);
  const struct alternative *named = choice_named(p.choices, name);
  if (named && !named->flat) return in_alternative(named);
  const struct alternative *selected = named ? named : choice_selected(p.choices, here, NULL);
  if (selected) return selected->flat ? step_record(in_alternative(selected), name) : (struct place){0};
  if (here) return (struct place){0};
  struct place found = {0};
  for (const struct alternative *const *k = p.choices->kinds; *k && found.what == PLACE_UNKNOWN; k++)
    if ((*k)->flat) found = step_record(in_alternative(*k), name);
  return found;
}

struct place place_step(struct place p, const char *name, const struct json_value *here) {
  bool index = *name && strspn(name, "0123456789") == strlen(name);
  bool split = p.what == PLACE_VALUE && p.field && p.field->kind == FIELD_INTEGER && p.field->target;
  if (split) return (struct place){.what = PLACE_PARAMETER};
  switch (p.what) {
  case PLACE_RECORD:
    return step_record(p, name);
  case PLACE_MAP:
    return place_of_record(p.record);
  case PLACE_LIST:
    return index ? place_of_record(p.record) : (struct place){0};
  case PLACE_CHOICE:
    return step_choice(p, name, here);
  case PLACE_CHOICES:
    index |= p.choices->named && *name;
    return index ? (struct place){.what = PLACE_CHOICE, .field = p.field, .choices = p.choices} : (struct place){0};
  case PLACE_WEIGHTS:
    return (struct place){.what = PLACE_PARAMETER};
  case PLACE_DISTRIBUTION:
    return (struct place){.what = distribution_kind_named(name) ? PLACE_PARAMETER : PLACE_UNKNOWN};
  case PLACE_PARAMETER:
    return p;
  default:
    return (struct place){0};
  }
}

static uint32_t list_names(struct place p, const char **out) {
  uint32_t count = 0;
  if (p.what == PLACE_RECORD)
    for (struct record_keys k = record_keys(p.record); k.field; record_keys_next(&k), count++)
      if (out) out[count] = k.field->name;
  if (p.what == PLACE_CHOICE || p.what == PLACE_CHOICES)
    for (const struct alternative *const *k = p.choices->kinds; *k; k++, count++)
      if (out) out[count] = (*k)->key;
  if (p.what == PLACE_DISTRIBUTION)
    for (const struct distribution_kind *const *k = distribution_kinds; *k; k++, count++)
      if (out) out[count] = (*k)->name;
  return count;
}

const char *const *place_names(struct arena *arena, struct place p, uint32_t *count) {
  *count = list_names(p, NULL);
  const char **names = arena_alloc(arena, (*count + 1) * sizeof *names);
  list_names(p, names);
  return names;
}
