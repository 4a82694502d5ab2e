/* {"value": "4ms", "range": ["2ms", "8ms"]}: the ends of a range are values like the one that they stand around. */
#include "sim/engine/arena.h"
#include "sim/json/json_print.h"
#include "sim/engine/distribution.h"
#include "sim/scenario/bind_inner.h"
#include "sim/json/json_node.h"
#include "sim/scenario/unit.h"
#include <string.h>

/* The number by which two values of a field are ordered; of a distribution its mean. False: it has none. */
static bool number_of(const struct field *field, const void *memory, double *out) {
  switch (field->kind) {
  case FIELD_INTEGER:
  case FIELD_DURATION:
  case FIELD_BYTES:
  case FIELD_BANDWIDTH:
  case FIELD_CPU:
  case FIELD_CLOCK:
  case FIELD_LIMIT:
    *out = (double)*(const int64_t *)memory;
    return true;
  case FIELD_NUMBER:
  case FIELD_RATE:
  case FIELD_RATIO:
    *out = *(const double *)memory;
    return true;
  case FIELD_MONEY:
    *out = ((const struct money_value *)memory)->amount;
    return true;
  case FIELD_DISTRIBUTION:
    *out = ((const struct distribution *)memory)->mean;
    return true;
  default:
    return false;
  }
}

/* What the number of a choice or record is the number of: the one that its shorthand sets. */
static const struct field *inside(const struct field *field, const void **memory) {
  const struct record *record = field->kind == FIELD_RECORD ? field->record : NULL;
  const char *key = record ? record->shorthand : NULL;
  if (field->kind == FIELD_CHOICE) {
    const struct choice *choice = *memory;
    if (!choice->kind) return NULL;
    record = choice->kind->record, key = choice->kind->flat ? choice->kind->key : record->shorthand, *memory = choice->value;
  }
  const struct field *inner = record && key ? record_field(record, key) : NULL;
  if (inner) *memory = (const char *)*memory + inner->offset;
  return inner;
}

static bool may_vary(const struct field *field) {
  double unused;
  static const struct distribution nothing;
  if (field->kind == FIELD_RECORD && field->record->shorthand)
    return may_vary(record_field(field->record, field->record->shorthand));
  return field->kind == FIELD_CHOICE || field->kind == FIELD_RECORD || field->kind == FIELD_WEIGHTS ||
         number_of(field, &nothing, &unused);
}

static void check_order(struct binder *b, const struct field *field, const struct json_value *low, const void *from,
                        const void *to) {
  const struct field *at_low = field, *at_high = field;
  double a, z;
  while (at_low && at_high && (at_low->kind == FIELD_CHOICE || at_low->kind == FIELD_RECORD))
    at_low = inside(at_low, &from), at_high = inside(at_high, &to);
  if (!at_low || at_low != at_high || !number_of(at_low, from, &a) || !number_of(at_low, to, &z) || a <= z) return;
  diagnostic_add(b->diagnostics, json_position(low), "\"range\" of \"%s\" has its ends the wrong way round: %s is more than %s",
                 field->name, json_print_line(b->arena, low), json_print_line(b->arena, json_next(low)));
}

/* The object with one member replaced; null when it has none of this name. */
static const struct json_value *with_member(struct binder *b, const struct json_value *object, const char *name,
                                            const struct json_value *value) {
  if (!json_member(object, name)) return NULL;
  struct json_value *copy = json_object_at(b->arena, object);
  copy->name = json_name(object);
  for (const struct json_value *v = json_first(object); v; v = json_next(v))
    json_append(copy, json_renamed(b->arena, strcmp(json_name(v), name) ? v : value, json_name(v)));
  return copy;
}

/* A bare duration beside {"lognormal": {"mean": "1ms", "cv": 1}} is another mean of the same law: as a constant it would take
 * the spread away too, and the effect would be that of two changes. Null after an error. */
static const struct json_value *like_value(struct binder *b, const struct field *field, const struct json_value *value,
                                           const struct json_value *end) {
  if (json_type(value) != JSON_OBJECT || json_type(end) == JSON_OBJECT) return end;
  const struct json_value *law = json_first(value), *made = NULL;
  while (field->kind == FIELD_DISTRIBUTION && law && !distribution_kind_named(json_name(law))) law = json_next(law);
  bool mean = field->kind == FIELD_DISTRIBUTION && law;
  if (mean && json_type(law) == JSON_OBJECT && json_member(law, "mean"))
    made = with_member(b, value, json_name(law), with_member(b, law, "mean", end));
  else if (mean && !strcmp(json_name(law), "exponential"))
    made = with_member(b, value, json_name(law), end);
  if (!made)
    diagnostic_add(
        b->diagnostics, json_position(end),
        "\"range\" of \"%s\" needs ends with the form of the value, such as %s, not %s: or give one number in it a range",
        field->name, json_print_line(b->arena, value), json_print_line(b->arena, end));
  return made;
}

static bool bind_end(struct binder *b, const struct field *field, const struct json_value *end, void *out) {
  uint32_t before = diagnostics_errors(b->diagnostics);
  bool in_default = b->in_default;
  b->in_default = true; /* read for its errors: nothing is noted */
  bind_field(b, field, end, out);
  b->in_default = in_default;
  return diagnostics_errors(b->diagnostics) == before;
}

static void *room_for(struct binder *b, const struct field *field) {
  size_t size = field->kind == FIELD_RECORD ? field->record->size : 0;
  return arena_alloc(b->arena, size > sizeof(struct distribution) ? size : sizeof(struct distribution));
}

/* Both ends of a price are per what the price is per, or their numbers would mean something else. */
static void keep_ends(struct binder *b, const struct field *field, const struct json_value *value, const struct json_value *range,
                      const struct money_value *from, const struct money_value *to, struct json_range *out) {
  struct money_value middle;
  if (!json_text(value) || unit_parse_money(b->arena, json_text(value), &middle)) return;
  const struct money_value *ends[] = {from, to};
  for (int i = 0; i < 2; i++)
    if (strcmp(ends[i]->per, middle.per) || strcmp(ends[i]->currency, middle.currency)) {
      diagnostic_add(b->diagnostics, json_position(range), "the ends of the range of \"%s\" must be in %s%s%s, as the value is",
                     field->name, middle.currency, *middle.per ? "/" : "", middle.per);
      return;
    }
  if (from->amount <= to->amount && json_origin(value) == json_origin(range) &&
      (from->amount > middle.amount || to->amount < middle.amount))
    diagnostic_add(b->diagnostics, json_position(range), "the value of \"%s\" lies outside of its range", field->name);
  out->money[0] = from->amount, out->money[1] = to->amount, out->of_money = true;
}

bool bind_range(struct binder *b, const struct field *field, const struct json_value *value, const struct json_value *range,
                struct json_range *out) {
  const struct json_value *low = json_first(range), *high = json_next(low);
  if (json_type(range) != JSON_LIST || json_count(range) != 2) {
    diagnostic_add(b->diagnostics, json_position(range), "\"range\" must be a list of two values: [low, high]");
    return false;
  }
  if (!may_vary(field)) {
    diagnostic_add(b->diagnostics, json_position(range), "\"%s\" cannot have a \"range\": its values have no order", field->name);
    return false;
  }
  out->low = like_value(b, field, value, low), out->high = out->low ? like_value(b, field, value, high) : NULL;
  if (!out->high) return false;
  void *from = room_for(b, field), *to = room_for(b, field);
  bool good = bind_end(b, field, out->low, from);
  good &= bind_end(b, field, out->high, to);
  if (good) check_order(b, field, low, from, to);
  if (good && field->kind == FIELD_MONEY) keep_ends(b, field, value, range, from, to, out);
  return good;
}
