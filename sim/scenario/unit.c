#include "sim/scenario/unit.h"
#include "sim/engine/arena.h"
#include "sim/engine/sim_time.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Decimal digits as they were written: value = digits / 10^decimals, so nothing is lost before the unit is known. */
struct decimal {
  __int128 digits;
  int decimals;
};

enum { DECIMAL_DIGITS = 18 }; /* times a year in ns still fits 128 bits */

static const __int128 tens[] = {1,
                                10,
                                100,
                                1000,
                                10000,
                                100000,
                                1000000,
                                10000000,
                                100000000,
                                1000000000,
                                10000000000,
                                100000000000,
                                1000000000000,
                                10000000000000,
                                100000000000000,
                                1000000000000000,
                                10000000000000000,
                                100000000000000000,
                                1000000000000000000};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Reads 12, 0.5, 1.25; returns the end, or null when there is no such number or it has too many digits. */
static const char *decimal_scan(const char *text, struct decimal *out) {
  const char *p = text;
  int digits = 0;
  *out = (struct decimal){0};
  if (!is_digit(*p)) return NULL;
  for (bool point = false; is_digit(*p) || (*p == '.' && !point && is_digit(p[1])); p++) {
    if (*p == '.') {
      point = true;
      continue;
    }
    if (++digits > DECIMAL_DIGITS) return NULL;
    out->digits = out->digits * 10 + (*p - '0');
    out->decimals += point;
  }
  return p;
}

/* The end of a decimal number of any length, or null: for values that become a double. */
static const char *real_scan(const char *text) {
  const char *p = text;
  while (is_digit(*p)) p++;
  if (p == text) return NULL;
  if (*p == '.' && is_digit(p[1]))
    for (p++; is_digit(*p);) p++;
  return p;
}

enum scaling { SCALED, TOO_LARGE, TOO_FINE };

static enum scaling decimal_scale(struct decimal d, int64_t unit, int64_t *out) {
  __int128 product = d.digits * unit;
  if (product % tens[d.decimals]) return TOO_FINE;
  product /= tens[d.decimals];
  if (product >= INT64_MAX) return TOO_LARGE;
  *out = (int64_t)product;
  return SCALED;
}

struct unit {
  const char *name;
  int64_t size;
};

static const struct unit time_units[] = {{"y", SIM_YEAR},   {"w", 7 * SIM_DAY},  {"d", SIM_DAY}, {"h", SIM_HOUR},
                                         {"m", SIM_MINUTE}, {"min", SIM_MINUTE}, {"s", SIM_S},   {"ms", SIM_MS},
                                         {"us", SIM_US},    {"µs", SIM_US},      {"ns", 1},      {0}};

static const struct unit byte_units[] = {{"Ti", 1LL << 40},
                                         {"Gi", 1LL << 30},
                                         {"Mi", 1LL << 20},
                                         {"Ki", 1LL << 10},
                                         {"TiB", 1LL << 40},
                                         {"GiB", 1LL << 30},
                                         {"MiB", 1LL << 20},
                                         {"KiB", 1LL << 10},
                                         {"T", 1000000000000},
                                         {"G", 1000000000},
                                         {"M", 1000000},
                                         {"k", 1000},
                                         {"TB", 1000000000000},
                                         {"GB", 1000000000},
                                         {"MB", 1000000},
                                         {"KB", 1000},
                                         {"kB", 1000},
                                         {"B", 1},
                                         {0}};

static const struct unit bandwidth_units[] = {{"Gbit/s", 1000000000}, {"Mbit/s", 1000000}, {"kbit/s", 1000}, {"bit/s", 1}, {0}};
static const struct unit rate_units[] = {{"s", 1}, {"min", 60}, {"h", 3600}, {"day", 86400}, {"year", 31536000}, {0}};

/* Words after the slash of a price. A new one is one row here; what it means is up to whoever bills. */
static const char *const money_units[] = {"month",  "h",       "day",     "year", "GB",   "TB",   "GB-month", "GiB-month",
                                          "vCPU-h", "million", "request", "user", "host", "seat", "min",      NULL};

static const struct unit *unit_named(const struct unit *units, const char *name, size_t length) {
  for (; units->name; units++)
    if (strlen(units->name) == length && !strncmp(units->name, name, length)) return units;
  return NULL;
}

static bool only_number(const char *text) {
  const char *end = real_scan(text);
  return end && !*end;
}

static const char *bad_form(struct arena *arena, enum field_kind kind, const char *text) {
  const struct unit_form *form = unit_form(kind);
  return arena_format(arena, "must be %s such as %s, not \"%s\"", form->called, form->example, text);
}

static const char *not_scaled(struct arena *arena, enum scaling wrong, const char *text, const char *finest, const char *most) {
  if (wrong == TOO_FINE) return arena_format(arena, "is finer than %s: \"%s\"", finest, text);
  return arena_format(arena, "is too large: \"%s\" is more than %s", text, most);
}

static size_t letters(const char *p) {
  size_t n = 0;
  while (p[n] && !is_digit(p[n]) && p[n] != '.' && p[n] != ' ') n++;
  return n;
}

const char *unit_parse_duration(struct arena *arena, const char *text, int64_t *ns) {
  if (!strcmp(text, "never")) return *ns = SIM_NEVER, NULL;
  if (only_number(text)) return unit_missing(arena, FIELD_DURATION, text);
  int64_t sum = 0, last = INT64_MAX;
  for (const char *p = text; *p || p == text;) {
    struct decimal number;
    const char *end = decimal_scan(p, &number);
    if (!end) return bad_form(arena, FIELD_DURATION, text);
    const struct unit *unit = unit_named(time_units, end, letters(end));
    if (!unit)
      return arena_format(
          arena, "has no unit of time in \"%s\": write ns, us, ms, s, m, h, d, w or y, such as \"250ms\" or \"2h30m\"", text);
    if (unit->size >= last) return arena_format(arena, "must go from large to small units, such as \"2h30m\", not \"%s\"", text);
    last = unit->size;
    int64_t part = 0;
    enum scaling scaling = decimal_scale(number, unit->size, &part);
    if (scaling == SCALED && sum > INT64_MAX - 1 - part) scaling = TOO_LARGE;
    if (scaling != SCALED) return not_scaled(arena, scaling, text, "a nanosecond", "292 years");
    sum += part;
    p = end + strlen(unit->name);
  }
  *ns = sum;
  return NULL;
}

const char *unit_parse_bytes(struct arena *arena, const char *text, int64_t *bytes) {
  struct decimal number;
  const char *end = decimal_scan(text, &number);
  if (!end) return bad_form(arena, FIELD_BYTES, text);
  if (!*end) return unit_missing(arena, FIELD_BYTES, text);
  int digits = (int)(end - text);
  if (!strcmp(end, "m"))
    return arena_format(arena, "in \"%s\" has the unit m, which is a thousandth of a byte: write \"%.*sMi\" or \"%.*sM\"", text,
                        digits, text, digits, text);
  const struct unit *unit = unit_named(byte_units, end, strlen(end));
  if (!unit)
    return arena_format(arena, "has no unit of size in \"%s\": write Ki, Mi, Gi, Ti, k, M, G, T or B, such as \"512Mi\"", text);
  enum scaling scaling = decimal_scale(number, unit->size, bytes);
  return scaling == SCALED ? NULL : not_scaled(arena, scaling, text, "a byte", "8 EiB");
}

const char *unit_parse_bandwidth(struct arena *arena, const char *text, int64_t *bits_per_s) {
  if (!strcmp(text, "unlimited")) return *bits_per_s = INT64_MAX, NULL;
  struct decimal number;
  const char *end = decimal_scan(text, &number);
  if (!end) return bad_form(arena, FIELD_BANDWIDTH, text);
  if (!*end) return unit_missing(arena, FIELD_BANDWIDTH, text);
  const struct unit *unit = unit_named(bandwidth_units, end, strlen(end));
  if (!unit)
    return arena_format(arena, "has no unit of bandwidth in \"%s\": write bit/s, kbit/s, Mbit/s or Gbit/s, such as \"20Mbit/s\"",
                        text);
  enum scaling scaling = decimal_scale(number, unit->size, bits_per_s);
  return scaling == SCALED ? NULL : not_scaled(arena, scaling, text, "a bit a second", "a line can have");
}

const char *unit_parse_cpu(struct arena *arena, const char *text, int64_t *millicores) {
  if (!strcmp(text, "unlimited")) return *millicores = INT64_MAX, NULL;
  struct decimal number;
  const char *end = decimal_scan(text, &number);
  bool milli = end && !strcmp(end, "m");
  if (!end || (*end && !milli)) return bad_form(arena, FIELD_CPU, text);
  enum scaling scaling = decimal_scale(number, milli ? 1 : 1000, millicores);
  return scaling == SCALED ? NULL : not_scaled(arena, scaling, text, "a thousandth of a core", "a node can have");
}

const char *unit_parse_rate(struct arena *arena, const char *text, double *per_s) {
  const char *end = real_scan(text);
  if (!end) return bad_form(arena, FIELD_RATE, text);
  if (!*end) return unit_missing(arena, FIELD_RATE, text);
  const struct unit *unit = *end == '/' ? unit_named(rate_units, end + 1, strlen(end + 1)) : NULL;
  if (!unit)
    return arena_format(arena, "has no unit of rate in \"%s\": write /s, /min, /h, /day or /year, such as \"120/s\"", text);
  *per_s = strtod(text, NULL) / (double)unit->size;
  return NULL;
}

/* The time after the slash: "min" is one minute, "15min" fifteen; days and years have their long names too, as in rates. */
static const char *quota_time(struct arena *arena, const char *per, const char *text, int64_t *ns) {
  if (!strcmp(per, "day")) return *ns = SIM_DAY, NULL;
  if (!strcmp(per, "year")) return *ns = SIM_YEAR, NULL;
  const char *wrong = unit_parse_duration(arena, is_digit(*per) ? per : arena_format(arena, "1%s", per), ns);
  return wrong || *ns == SIM_NEVER ? bad_form(arena, FIELD_QUOTA, text) : NULL;
}

const char *unit_parse_quota(struct arena *arena, const char *text, struct quota *quota) {
  struct decimal number;
  const char *end = decimal_scan(text, &number);
  if (end && !*end) return unit_missing(arena, FIELD_QUOTA, text);
  if (!end || *end != '/') return bad_form(arena, FIELD_QUOTA, text);
  if (number.decimals) return arena_format(arena, "counts whole requests: write \"3/2s\" for 1.5 a second, not \"%s\"", text);
  quota->count = (int64_t)number.digits;
  return quota_time(arena, end + 1, text, &quota->per_ns);
}

const char *unit_parse_ratio(struct arena *arena, const char *text, double *ratio) {
  const char *end = real_scan(text);
  if (!end || (*end && strcmp(end, "%"))) return bad_form(arena, FIELD_RATIO, text);
  /* The exponent moves the point in decimal: 99.95% is the double nearest to 0.9995, not 99.95 / 100. */
  *ratio = strtod(*end ? arena_format(arena, "%.*se-2", (int)(end - text), text) : text, NULL);
  return NULL;
}

static bool is_currency(const char *p) {
  for (int i = 0; i < 3; i++)
    if (p[i] < 'A' || p[i] > 'Z') return false;
  return p[3] == 0 || p[3] == '/';
}

const char *unit_parse_money(struct arena *arena, const char *text, struct money_value *money) {
  const char *end = real_scan(text);
  if (end && !*end) return unit_missing(arena, FIELD_MONEY, text);
  if (!end || *end != ' ' || !is_currency(end + 1)) return bad_form(arena, FIELD_MONEY, text);
  const char *per = end[4] ? end + 5 : "", *const *known = money_units;
  while (*known && strcmp(*known, per)) known++;
  if (end[4] && !*known)
    return arena_format(
        arena, "in \"%s\" is per \"%s\": write /month, /h, /day, /year, /GB, /GB-month, /million, such as \"40 USD/month\"", text,
        per);
  *money = (struct money_value){.amount = strtod(text, NULL)};
  memcpy(money->currency, end + 1, 3);
  strncpy(money->per, per, sizeof money->per - 1);
  return NULL;
}

static bool clock_part(const char **p, int limit, int64_t *out) {
  if (!is_digit((*p)[0]) || !is_digit((*p)[1])) return false;
  *out = ((*p)[0] - '0') * 10 + ((*p)[1] - '0');
  *p += 2;
  return *out < limit;
}

const char *unit_parse_clock(struct arena *arena, const char *text, int64_t *ns) {
  int64_t hours = 0, minutes = 0, seconds = 0;
  const char *p = text;
  bool good = clock_part(&p, 24, &hours) && *p++ == ':' && clock_part(&p, 60, &minutes);
  if (good && *p) good = *p++ == ':' && clock_part(&p, 60, &seconds) && !*p;
  if (!good) return bad_form(arena, FIELD_CLOCK, text);
  *ns = hours * SIM_HOUR + minutes * SIM_MINUTE + seconds * SIM_S;
  return NULL;
}

const char *unit_parse_limit(struct arena *arena, const char *text, int64_t *limit) {
  if (!strcmp(text, "unlimited")) return *limit = INT64_MAX, NULL;
  struct decimal number;
  const char *end = decimal_scan(text, &number);
  if (!end || *end || number.decimals) return bad_form(arena, FIELD_LIMIT, text);
  *limit = (int64_t)number.digits;
  return NULL;
}

const char *unit_parse_whole(struct arena *arena, enum field_kind kind, const char *text, int64_t *out) {
  switch (kind) {
  case FIELD_DURATION:
    return unit_parse_duration(arena, text, out);
  case FIELD_BYTES:
    return unit_parse_bytes(arena, text, out);
  case FIELD_BANDWIDTH:
    return unit_parse_bandwidth(arena, text, out);
  case FIELD_CPU:
    return unit_parse_cpu(arena, text, out);
  case FIELD_CLOCK:
    return unit_parse_clock(arena, text, out);
  default:
    return unit_parse_limit(arena, text, out);
  }
}
