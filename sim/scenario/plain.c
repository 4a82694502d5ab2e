#include "sim/scenario/plain.h"
#include "sim/json/json_node.h"
#include <string.h>

/* null stays: it deletes. */
static void as_text(struct json_value *v) {
  if (v->plain && (v->type == JSON_NUMBER || v->type == JSON_FLAG)) v->type = JSON_TEXT;
}

static bool is_text(enum field_kind kind) {
  switch (kind) {
  case FIELD_TEXT:
  case FIELD_TABLE:
  case FIELD_FILE:
  case FIELD_WORD:
  case FIELD_MEMBER:
  case FIELD_REFERENCE:
  case FIELD_WORDS:
  case FIELD_REFERENCES:
    return true;
  default:
    return false;
  }
}

/* What a value that is not written out sets, in a record or a choice that allows that. */
static struct place shorthand_of(struct place p) {
  const struct record *record = p.what == PLACE_RECORD ? p.record : NULL;
  const char *key = record ? record->shorthand : NULL;
  if (p.what == PLACE_CHOICE && p.choices->shorthand_key) {
    const struct alternative *kind = choice_named(p.choices, p.choices->shorthand_key);
    if (!kind) return (struct place){0};
    if (!kind->flat) return place_of_record(kind->record);
    record = kind->record, key = p.choices->shorthand_key;
  }
  const struct field *field = record && key ? record_field(record, key) : NULL;
  return field ? place_of_field(field) : (struct place){0};
}

static void take_plain(struct place p, struct json_value *v) {
  for (int i = 0; i < 4 && (p.what == PLACE_RECORD || p.what == PLACE_CHOICE); i++) p = shorthand_of(p);
  if (p.what == PLACE_VALUE && p.field && is_text(p.field->kind)) as_text(v);
}

/* A list of words, or of records; a lone value may stand for a list of one. */
static void take_list(struct place p, struct json_value *list) {
  struct place inner = p.what == PLACE_VALUE ? p : place_step(p, "0", list);
  for (struct json_value *v = list->first; v; v = v->next) plain_take_types(inner, v);
}

static void take_members(struct place p, struct json_value *object) {
  for (struct json_value *v = object->first; v; v = v->next) {
    struct place inner = place_step(p, v->name, object);
    if (inner.what == PLACE_UNKNOWN && !strcmp(v->name, "source")) as_text(v);
    plain_take_types(inner, v);
  }
}

static void take_wrapped(struct place p, struct json_value *v) {
  for (struct json_value *m = v->first; m; m = m->next) {
    if (!strcmp(m->name, "source")) as_text(m);
    if (!strcmp(m->name, "value")) plain_take_types(p, m);
    for (struct json_value *end = m->first; end && !strcmp(m->name, "range"); end = end->next) plain_take_types(p, end);
  }
}

void plain_take_types(struct place p, struct json_value *v) {
  if (!v->plain || p.what == PLACE_UNKNOWN) return;
  if (wrapped_value(p, v))
    take_wrapped(p, v);
  else if (v->type == JSON_OBJECT)
    take_members(p, v);
  else if (v->type == JSON_LIST)
    take_list(p, v);
  else
    take_plain(p.what == PLACE_LIST ? place_step(p, "0", NULL) : p, v);
}
