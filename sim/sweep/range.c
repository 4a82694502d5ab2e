#include "sim/sweep/range.h"
#include "sim/engine/arena.h"
#include "sim/engine/real.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool range_looks_like(const char *text) { return isdigit((unsigned char)*text) && strstr(text, ".."); }

bool range_takes_whole(enum field_kind kind) { return kind == FIELD_INTEGER || kind == FIELD_LIMIT; }

const char *range_parse(struct arena *arena, const char *text, struct range *out) {
  const char *dots = strstr(text, ".."), *colon = dots ? strrchr(dots, ':') : NULL;
  if (!colon) return "is a range without a count: write from..to:count, such as 10/s..100/s:10, or :10log";
  char *end;
  long count = strtol(colon + 1, &end, 10);
  out->log = !strcmp(end, "log");
  if (end == colon + 1 || (*end && !out->log))
    return "is a range whose count is not a whole number: write from..to:10 or from..to:10log";
  if (count < 2 || count > RANGE_VALUES) return "is a range whose count must be from 2 to 100000";
  out->count = (uint32_t)count;
  out->from = arena_format(arena, "%.*s", (int)(dots - text), text);
  out->to = arena_format(arena, "%.*s", (int)(colon - dots - 2), dots + 2);
  return NULL;
}

/* A number and the unit behind it. False for what is none, such as 2h30m. */
static bool split(const char *text, double *number, const char **unit) {
  size_t length = strspn(text, "0123456789.");
  char *end;
  if (!length || !isdigit((unsigned char)*text)) return false;
  *number = strtod(text, &end);
  *unit = text + length;
  return end >= text + length && isfinite(*number) && !strpbrk(*unit, "0123456789");
}

/* As few decimals as keep the value within a thousandth of a step. */
static const char *print_value(struct arena *arena, double value, double step, bool whole, const char *unit) {
  if (whole) return arena_format(arena, "%.0f%s", value, unit);
  int decimals = 0;
  for (; decimals < 12; decimals++) {
    double scale = pow(10, decimals);
    if (fabs(round(value * scale) / scale - value) <= 1.001e-3 * fabs(step)) break; /* thirds: 0.333 */
  }
  return arena_format(arena, "%.*f%s", decimals, value, unit);
}

const char *range_values(struct arena *arena, const struct range *r, const char ***out) {
  double from, to;
  const char *unit, *unit_to;
  if (!split(r->from, &from, &unit) || !split(r->to, &to, &unit_to))
    return "is a range whose ends must be a number with at most one unit, such as 10/s..100/s:10";
  if (strcmp(unit, unit_to)) return "is a range whose ends have different units: write both in the same";
  if (from == to) return "is a range whose ends are equal";
  if (r->log && (from <= 0 || to <= 0)) return "is a log range, whose ends must be more than 0";
  const char **values = arena_new_array(arena, const char *, r->count);
  double ratio = r->log ? real_pow(to / from, 1.0 / (r->count - 1)) : 1;
  for (uint32_t i = 0; i < r->count; i++) {
    double share = (double)i / (r->count - 1), value = r->log ? from * real_pow(to / from, share) : from + (to - from) * share;
    double step = r->log ? value * (ratio - 1) : (to - from) / (r->count - 1);
    values[i] = print_value(arena, value, step, r->whole, unit);
  }
  values[0] = r->from, values[r->count - 1] = r->to;
  for (uint32_t i = 1; i < r->count; i++)
    if (!strcmp(values[i], values[i - 1]))
      return arena_format(arena, "is a range that has %s twice: there are fewer than %u whole numbers to choose from", values[i],
                          r->count);
  *out = values;
  return NULL;
}
