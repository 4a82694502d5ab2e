#include "sim/scenario/place_path.h"
#include "sim/engine/arena.h"
#include "sim/scenario/unit.h"
#include "sim/scenario/merge.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct place place_at(struct arena *arena, struct place p, const struct json_value *here, const char *rest) {
  while (*rest && p.what != PLACE_UNKNOWN) {
    if (here && wrapped_value(p, here)) here = json_member(here, "value");
    size_t length = merge_step_length(here, rest);
    const char *name = arena_format(arena, "%.*s", (int)length, rest);
    p = place_step(p, name, here);
    here = json_resolve_path(here, name);
    rest += length + (rest[length] == '.');
  }
  return p;
}

static const struct field *shorthand_of(struct place p) {
  const struct field *field = NULL;
  if (p.what == PLACE_RECORD && p.record->shorthand) field = record_field(p.record, p.record->shorthand);
  if (p.what == PLACE_CHOICE && p.choices->shorthand_key) {
    const struct alternative *kind = choice_named(p.choices, p.choices->shorthand_key);
    if (kind && kind->flat) field = record_field(kind->record, p.choices->shorthand_key);
    if (kind && !kind->flat && kind->record) return shorthand_of(place_of_record(kind->record));
  }
  return field ? shorthand_of(place_of_field(field)) : p.what == PLACE_VALUE || p.what == PLACE_DISTRIBUTION ? p.field : NULL;
}

const struct field *place_field_at(struct arena *arena, const struct record *language, const struct json_value *root,
                                   const char *path) {
  return shorthand_of(place_at(arena, place_of_record(language), root, path));
}

static bool plain_number(const char *text, double *out) {
  char *end;
  if (!*text || !strchr("0123456789.-", *text)) return false;
  *out = strtod(text, &end);
  return !*end && isfinite(*out);
}

static bool whole_value(struct arena *arena, enum field_kind kind, const char *text, double *out) {
  int64_t whole = 0;
  if (unit_parse_whole(arena, kind, text, &whole)) return false;
  *out = whole == INT64_MAX ? INFINITY : kind == FIELD_CPU ? (double)whole / 1000 : (double)whole;
  return true;
}

bool place_number(struct arena *arena, enum field_kind kind, const char *text, double *out) {
  struct money_value money;
  struct amount amount;
  switch (kind) {
  case FIELD_INTEGER:
  case FIELD_NUMBER:
    return plain_number(text, out);
  case FIELD_DISTRIBUTION:
  case FIELD_DURATION:
  case FIELD_BYTES:
  case FIELD_BANDWIDTH:
  case FIELD_CPU:
  case FIELD_CLOCK:
  case FIELD_LIMIT:
    return whole_value(arena, kind, text, out);
  case FIELD_RATE:
    return !unit_parse_rate(arena, text, out);
  case FIELD_RATIO:
    return !unit_parse_ratio(arena, text, out);
  case FIELD_AMOUNT:
    if (unit_parse_amount(arena, text, &amount)) return false;
    *out = amount.value;
    return true;
  case FIELD_MONEY:
    if (unit_parse_money(arena, text, &money)) return false;
    *out = money.amount;
    return true;
  default:
    return false;
  }
}

enum field_kind place_kind_of_text(struct arena *arena, const char *value) {
  static const enum field_kind kinds[] = {FIELD_NUMBER, FIELD_DURATION,  FIELD_RATE, FIELD_RATIO,
                                          FIELD_BYTES,  FIELD_BANDWIDTH, FIELD_CLOCK};
  double unused;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (place_number(arena, kinds[i], value, &unused)) return kinds[i];
  return FIELD_TEXT;
}
