/* Values that people write and that mean something here in another form: "60s..120s" and numbers in quotes. */
#include "sim/engine/arena.h"
#include "sim/scenario/bind_inner.h"
#include "sim/scenario/preset.h"
#include "sim/scenario/unit.h"
#include "sim/scenario/unit_names.h"
#include <ctype.h>
#include <string.h>

static bool parses(struct arena *arena, enum field_kind kind, const char *text) {
  double number;
  int64_t whole;
  struct quota quota;
  struct money_value money;
  struct amount amount;
  switch (kind) {
  case FIELD_RATE:
    return !unit_parse_rate(arena, text, &number);
  case FIELD_RATIO:
    return !unit_parse_ratio(arena, text, &number);
  case FIELD_AMOUNT:
    return !unit_parse_amount(arena, text, &amount);
  case FIELD_QUOTA:
    return !unit_parse_quota(arena, text, &quota);
  case FIELD_MONEY:
    return !unit_parse_money(arena, text, &money);
  case FIELD_DISTRIBUTION:
    return !unit_parse_duration(arena, text, &whole);
  default:
    return unit_form(kind) && !unit_parse_whole(arena, kind, text, &whole);
  }
}

/* "60" of "60-120s" has the unit of the other end. */
static const char *with_unit_of(struct arena *arena, const char *low, const char *high) {
  return arena_format(arena, "%s%s", low, high + strspn(high, "0123456789."));
}

/* Whether the text is two values of the kind with something between that means "to". */
static bool is_range(struct arena *arena, enum field_kind kind, const char *text, const char **low, const char **high) {
  static const char *const between[] = {"...", "..", "–", "—", " to ", " and ", " - ", "-", "~"};
  for (size_t i = 0; i < sizeof between / sizeof *between; i++) {
    const char *at = strstr(text, between[i]);
    if (!at || at == text) continue;
    *low = unit_trimmed(arena, arena_format(arena, "%.*s", (int)(at - text), text));
    *high = unit_trimmed(arena, at + strlen(between[i]));
    if (!parses(arena, kind, *high)) continue;
    if (parses(arena, kind, *low)) return true;
    *low = with_unit_of(arena, *low, *high);
    if (parses(arena, kind, *low)) return true;
  }
  return false;
}

/* "image": "bitnami/redis:7" where an image has its size: what it was meant to say, or null. */
static const char *software_hint(struct binder *b, const char *text) {
  const char *slash = strrchr(text, '/'), *name = slash ? slash + 1 : text;
  const char *preset =
      isalpha((unsigned char)*name) ? preset_meant(b->arena, arena_format(b->arena, "%.*s", (int)strcspn(name, ":@"), name)) : NULL;
  return preset ? arena_format(b->arena,
                               "takes no name of an image, not \"%s\": software is named by \"preset\": \"%s\" of the service",
                               text, preset)
                : NULL;
}

const char *bind_value_hint(struct binder *b, const struct field *field, const char *text) {
  const char *low, *high;
  if (!is_range(b->arena, field->kind, text, &low, &high)) return software_hint(b, text);
  if (field->kind == FIELD_DISTRIBUTION)
    return arena_format(
        b->arena, "must be a duration or a distribution, not \"%s\": write {\"uniform\": {\"low\": \"%s\", \"high\": \"%s\"}}",
        text, low, high);
  return arena_format(b->arena, "must be one value, not \"%s\": a range is {\"value\": ..., \"range\": [\"%s\", \"%s\"]}", text,
                      low, high);
}

/* "peak": "200/s" where a multiple is expected: what the number is. */
static const char *what_it_is(struct binder *b, const struct field *field) {
  size_t length = field->doc ? strcspn(field->doc, ".") : 0;
  return length ? arena_format(b->arena, ": %.*s", (int)length, field->doc) : "";
}

const char *bind_number_hint(struct binder *b, const struct field *field, const char *expected, const char *text) {
  size_t digits = strspn(text, "0123456789."), length = strlen(text);
  bool digit = isdigit((unsigned char)*text);
  if (digit && digits == length) return arena_format(b->arena, "must be %s, not a string: write %s without quotes", expected, text);
  if (*text == '.' && digits == length && length > 1 && field->kind != FIELD_NUMBER)
    return arena_format(b->arena, "must be %s, not %s", expected, text);
  if (*text == '.' && digits == length && length > 1)
    return arena_format(b->arena, "must be %s, and numbers begin with a digit: write 0%s, not \"%s\"", expected, text, text);
  if (digit && digits + 1 == length && text[digits] == '%')
    return arena_format(b->arena, "must be %s without a unit, not \"%s\": write %.*s", expected, text, (int)digits, text);
  if (digit) return arena_format(b->arena, "must be %s without a unit, not \"%s\"%s", expected, text, what_it_is(b, field));
  return NULL;
}
