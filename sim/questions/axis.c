#include "sim/questions/axis.h"
#include "sim/engine/arena.h"
#include "sim/scenario/place.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/unit_names.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIGNIFICANT = 6 };

/* What the language expects at the path; null where only a tree could tell. */
static const struct field *field_at(struct arena *arena, const char *path) {
  struct place p = place_of_record(&scenario_record);
  while (*path && p.what != PLACE_UNKNOWN) {
    size_t length = strcspn(path, ".");
    p = place_step(p, arena_format(arena, "%.*s", (int)length, path), NULL);
    path += length + (path[length] == '.');
  }
  return p.what == PLACE_VALUE ? p.field : NULL;
}

/* Finer is no value of the key: a nanosecond is the smallest duration, a byte the smallest size. */
static int most_decimals(const struct axis *r, const struct field *field) {
  if (r->whole) return 0;
  bool cpu = field && field->kind == FIELD_CPU;
  const struct unit_name *unit = unit_named(cpu ? FAMILY_CPU : FAMILY_TIME, r->unit, strlen(r->unit));
  int64_t size = unit ? unit->size : cpu ? 1000 : 1000000000;
  int decimals = 0;
  for (; size >= 10 && decimals < 9; size /= 10) decimals++;
  return decimals;
}

static bool is_whole(double x) { return x == floor(x); }

static void find_grain(struct arena *arena, struct axis *r) {
  const struct field *field = field_at(arena, r->path);
  enum field_kind kind = field ? field->kind : FIELD_NUMBER;
  r->whole = field ? kind == FIELD_INTEGER || kind == FIELD_LIMIT || kind == FIELD_BYTES
                   : !*r->unit && is_whole(r->low) && is_whole(r->high);
  r->decimals = most_decimals(r, field);
}

/* What a number of the axis counts, where its unit does not say so: by the last key of the path, and one key before it. */
static const char *noun_of(const char *path) {
  static const struct {
    const char *before, *key, *noun; /* before: in the path; null: anywhere */
  } rows[] = {{NULL, "population", " users"},
              {NULL, "registered", " users"},
              {NULL, "active", " users"},
              {NULL, "daily", " users/day"},
              {NULL, "concurrent", " users"},
              {NULL, "replicas", " replicas"},
              {".autoscale.", "min", " replicas"},
              {".autoscale.", "max", " replicas"},
              {".pools.", "max", " connections"},
              {".connections.", "max", " connections"},
              {"platform.nodes.", "count", " nodes"},
              {"growth.", "after", " months"},
              {"growth.", "months", " months"},
              {"growth.", "midpoint", " months"},
              {NULL, "ceiling", " users"},
              {NULL, "workers", " workers"},
              {NULL, "threads", " threads"},
              {NULL, "processes", " processes"}};
  const char *dot = strrchr(path, '.'), *key = dot ? dot + 1 : path;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (!strcmp(key, rows[i].key) && (!rows[i].before || strstr(path, rows[i].before))) return rows[i].noun;
  return "";
}

/* The number at the start of one end; its unit is what follows. */
static const char *read_end(struct arena *arena, const char *text, double *value, const char **unit) {
  char *end;
  *value = strtod(text, &end);
  bool plain = strspn(text, "0123456789.") == (size_t)(end - text); /* no sign, no exponent, no "inf" */
  if (end == text || !plain) return arena_format(arena, "needs a number at both ends, such as 10/s..500/s, not \"%s\"", text);
  *unit = arena_text(arena, unit_skip_space(end));
  return strpbrk(end, "0123456789") ? arena_format(arena, "needs ends with one unit each, such as 90min, not \"%s\"", text) : NULL;
}

const char *axis_parse(struct arena *arena, const char *text, struct axis *r) {
  static const char form[] = "needs the form path=lo..hi, such as services.backend.replicas=1..20";
  const char *equals = strchr(text, '='), *dots = equals ? strstr(equals, "..") : NULL, *unit, *wrong;
  if (!equals || equals == text || !dots || dots == equals + 1 || !dots[2]) return form;
  *r = (struct axis){.path = arena_format(arena, "%.*s", (int)(equals - text), text),
                     .low_text = arena_format(arena, "%.*s", (int)(dots - equals - 1), equals + 1),
                     .high_text = arena_text(arena, dots + 2)};
  if ((wrong = read_end(arena, r->low_text, &r->low, &r->unit)) || (wrong = read_end(arena, r->high_text, &r->high, &unit)))
    return wrong;
  if (strcmp(r->unit, unit))
    return arena_format(arena, "has ends in different units, \"%s\" and \"%s\": write both in the same, such as %s..%g%s", r->unit,
                        unit, r->low_text, r->high, r->unit);
  if (!(r->low < r->high)) return arena_format(arena, "must go upwards: %s is not less than %s", r->low_text, r->high_text);
  find_grain(arena, r);
  r->noun = *r->unit ? "" : noun_of(r->path);
  return NULL;
}

static int decimals_of(const struct axis *r, double value) {
  int digits = value != 0 ? SIGNIFICANT - 1 - (int)floor(log10(fabs(value))) : 0;
  return digits < 0 ? 0 : digits > r->decimals ? r->decimals : digits;
}

/* The ends are the user's own; what lies between has as many digits as are useful. */
const char *axis_text(struct arena *arena, const struct axis *r, double value) {
  if (value == r->low) return r->low_text;
  if (value == r->high) return r->high_text;
  char *number = arena_format(arena, "%.*f", decimals_of(r, value), value);
  if (strchr(number, '.')) {
    size_t length = strlen(number);
    while (number[length - 1] == '0') number[--length] = 0;
    if (number[length - 1] == '.') number[length - 1] = 0;
  }
  return arena_format(arena, "%s%s", number, r->unit);
}

/* With a separator before every third digit of the whole part. */
const char *axis_words(struct arena *arena, const struct axis *r, double value) {
  const char *text = axis_text(arena, r, value);
  size_t whole = strspn(text, "0123456789");
  char *words = arena_alloc(arena, 2 * strlen(text) + 1), *to = words;
  for (size_t i = 0; text[i]; i++) {
    if (i && i < whole && (whole - i) % 3 == 0) *to++ = ',';
    *to++ = text[i];
  }
  *to = 0;
  return arena_format(arena, "%s%s", words, r->noun);
}

double axis_round(const struct axis *r, double value) {
  if (value <= r->low) return r->low;
  if (value >= r->high) return r->high;
  char number[64];
  snprintf(number, sizeof number, "%.*f", decimals_of(r, value), value);
  return strtod(number, NULL);
}
