#include "sim/scenario/unit.h"
#include "sim/engine/arena.h"
#include "sim/engine/sim_time.h"
#include "sim/scenario/unit_names.h"
#include <ctype.h>
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

static bool only_number(const char *text) {
  const char *end = real_scan(text);
  return end && !*end;
}

/* A number that people write and that is not one here; null when it is something else. */
static const char *odd_number(struct arena *arena, const char *text) {
  size_t digits = strspn(text, "0123456789.");
  bool number_follows = is_digit(text[*text != 0]);
  if (*text == '.' && number_follows) return arena_format(arena, "must begin with a digit: write \"0%s\", not \"%s\"", text, text);
  if (*text == '-' && number_follows) return arena_format(arena, "must not be negative: \"%s\"", text);
  if (digits && (text[digits] == ',' || text[digits] == '_' || text[digits] == '\'') && is_digit(text[digits + 1]))
    return arena_format(arena, "must be written with a decimal point and without separators, such as 1500 or 1.5, not \"%s\"",
                        text);
  if (digits && (text[digits] | 32) == 'e' && (is_digit(text[digits + 1]) || strspn(text + digits + 1, "+-")))
    return arena_format(arena, "must be written without an exponent, not \"%s\"", text);
  return NULL;
}

static const char *bad_form(struct arena *arena, enum field_kind kind, const char *text) {
  const char *odd = odd_number(arena, text);
  const struct unit_form *form = unit_form(kind);
  return odd ? odd : arena_format(arena, "must be %s such as %s, not \"%s\"", form->called, form->example, text);
}

static const char *not_scaled(struct arena *arena, enum scaling wrong, const char *text, const char *finest, const char *most) {
  if (wrong == TOO_FINE) return arena_format(arena, "is finer than %s: \"%s\"", finest, text);
  return arena_format(arena, "is too large: \"%s\" is more than %s", text, most);
}

/* Up to the next number or white space. */
static size_t letters(const char *p) {
  size_t n = 0;
  while (p[n] && !is_digit(p[n]) && p[n] != '.' && unit_skip_space(p + n) == p + n) n++;
  return n;
}

static bool is_word_of(const char *word, size_t length, const char *const *words) {
  while (*words && (strlen(*words) != length || strncmp(*words, word, length) != 0)) words++;
  return *words != NULL;
}

static const char *no_time_unit(struct arena *arena, const char *word, const char *text) {
  static const char *const months[] = {"M", "mo", "mon", "month", "months", NULL};
  size_t length = letters(word);
  if (odd_number(arena, text)) return odd_number(arena, text);
  if (is_word_of(word, length, months))
    return arena_format(arena,
                        "in \"%s\" has the unit %.*s: minutes are m, and a month has no fixed length: write days, such as \"30d\"",
                        text, (int)length, word);
  return arena_format(arena, "has no unit of time in \"%s\": write ns, us, ms, s, m, h, d, w or y, such as \"250ms\" or \"2h30m\"",
                      text);
}

static const char *no_duration(struct arena *arena, const char *text) {
  static const char *const endless[] = {"forever", "always", "infinite", "infinity", "inf", "none", "unlimited", "no", NULL};
  if (!is_word_of(text, strlen(text), endless)) return bad_form(arena, FIELD_DURATION, text);
  return arena_format(arena, "must be a duration, and one without end is \"never\", not \"%s\"", text);
}

const char *unit_parse_duration(struct arena *arena, const char *text, int64_t *ns) {
  text = unit_trimmed(arena, text);
  if (!strcmp(text, "never")) return *ns = SIM_NEVER, NULL;
  if (only_number(text)) return unit_missing(arena, FIELD_DURATION, text);
  int64_t sum = 0, last = INT64_MAX;
  for (const char *p = text; *p || p == text;) {
    struct decimal number;
    const char *end = decimal_scan(p, &number);
    if (!end) return no_duration(arena, text);
    end = unit_skip_space(end);
    const struct unit_name *unit = unit_named(FAMILY_TIME, end, letters(end));
    if (!unit) return no_time_unit(arena, end, text);
    if (unit->size >= last) return arena_format(arena, "must go from large to small units, such as \"2h30m\", not \"%s\"", text);
    last = unit->size;
    int64_t part = 0;
    enum scaling scaling = decimal_scale(number, unit->size, &part);
    if (scaling == SCALED && sum > INT64_MAX - 1 - part) scaling = TOO_LARGE;
    if (scaling != SCALED) return not_scaled(arena, scaling, text, "a nanosecond", "292 years");
    sum += part;
    p = unit_skip_space(end + letters(end));
  }
  *ns = sum;
  return NULL;
}

/* Powers of 1000 in one tool and of 1024 in another, thousandths, or bits: the reader asks. */
static const char *no_byte_unit(struct arena *arena, int digits, const char *unit, const char *text) {
  char power = (char)(*unit & ~32);
  bool known = *unit && strchr("KMGT", power) && (!unit[1] || (!unit[2] && (unit[1] | 32) == 'b'));
  if (odd_number(arena, text)) return odd_number(arena, text);
  if (!strcmp(unit, "m"))
    return arena_format(arena, "in \"%s\" has the unit m, which is a thousandth of a byte: write \"%.*sMi\" or \"%.*sM\"", text,
                        digits, text, digits, text);
  if (known)
    return arena_format(arena, "in \"%s\" has the unit %s: write \"%.*s%sB\" for powers of 1000 or \"%.*s%ci\" for powers of 1024",
                        text, unit, digits, text, power == 'K' ? "k" : (char[]){power, 0}, digits, text, power);
  return arena_format(arena, "has no unit of size in \"%s\": write Ki, Mi, Gi, Ti, k, M, G, T or B, such as \"512Mi\"", text);
}

const char *unit_parse_bytes(struct arena *arena, const char *text, int64_t *bytes) {
  struct decimal number;
  text = unit_trimmed(arena, text);
  const char *end = decimal_scan(text, &number);
  if (!end) return bad_form(arena, FIELD_BYTES, text);
  if (!*end) return unit_missing(arena, FIELD_BYTES, text);
  const char *word = unit_skip_space(end);
  const struct unit_name *unit = unit_named(FAMILY_BYTES, word, strlen(word));
  if (!unit) return no_byte_unit(arena, (int)(end - text), word, text);
  enum scaling scaling = decimal_scale(number, unit->size, bytes);
  return scaling == SCALED ? NULL : not_scaled(arena, scaling, text, "a byte", "8 EiB");
}

static const char *no_bandwidth_unit(struct arena *arena, const char *text) {
  if (odd_number(arena, text)) return odd_number(arena, text);
  return arena_format(arena, "has no unit of bandwidth in \"%s\": write bit/s, kbit/s, Mbit/s or Gbit/s, such as \"20Mbit/s\"%s",
                      text, strchr(text, 'B') ? "; a byte is 8 bits" : "");
}

const char *unit_parse_bandwidth(struct arena *arena, const char *text, int64_t *bits_per_s) {
  text = unit_trimmed(arena, text);
  if (!strcmp(text, "unlimited")) return *bits_per_s = INT64_MAX, NULL;
  struct decimal number;
  const char *end = decimal_scan(text, &number);
  if (!end) return bad_form(arena, FIELD_BANDWIDTH, text);
  if (!*end) return unit_missing(arena, FIELD_BANDWIDTH, text);
  end = unit_skip_space(end);
  const struct unit_name *unit = unit_named(FAMILY_BANDWIDTH, end, strlen(end));
  if (!unit) return no_bandwidth_unit(arena, text);
  enum scaling scaling = decimal_scale(number, unit->size, bits_per_s);
  return scaling == SCALED ? NULL : not_scaled(arena, scaling, text, "a bit a second", "a line can have");
}

const char *unit_parse_cpu(struct arena *arena, const char *text, int64_t *millicores) {
  text = unit_trimmed(arena, text);
  if (!strcmp(text, "unlimited")) return *millicores = INT64_MAX, NULL;
  struct decimal number;
  const char *end = decimal_scan(text, &number), *word = end ? unit_skip_space(end) : NULL;
  const struct unit_name *unit = end ? unit_named(FAMILY_CPU, word, strlen(word)) : NULL;
  if (!unit) return bad_form(arena, FIELD_CPU, text);
  enum scaling scaling = decimal_scale(number, unit->size, millicores);
  return scaling == SCALED ? NULL : not_scaled(arena, scaling, text, "a thousandth of a core", "a node can have");
}

/* rps and the like are words of their own. Returns the unit of time, and what the number is multiplied by ("10k/s"). */
static const struct unit_name *rate_unit(const char *rest, double *factor) {
  static const char *const per_s[] = {"rps", "qps", "tps", "ops", NULL}, *const per_min[] = {"rpm", "qpm", "tpm", NULL};
  rest = unit_skip_space(rest);
  *factor = 1;
  bool scaled = *rest && strchr("kKM", *rest) && !isalpha((unsigned char)rest[1]);
  if (scaled) *factor = *rest == 'M' ? 1e6 : 1e3, rest = unit_skip_space(rest + 1);
  if (is_word_of(rest, strlen(rest), per_s)) return unit_named(FAMILY_RATE, "s", 1);
  if (is_word_of(rest, strlen(rest), per_min)) return unit_named(FAMILY_RATE, "min", 3);
  const char *per = unit_per(rest);
  return per ? unit_named(FAMILY_RATE, per, strlen(per)) : NULL;
}

static const char *no_rate_unit(struct arena *arena, const char *text) {
  if (odd_number(arena, text)) return odd_number(arena, text);
  if (strstr(text, "month"))
    return arena_format(arena, "is per month in \"%s\", which has no fixed length: write /day or /year", text);
  return arena_format(arena, "has no unit of rate in \"%s\": write /s, /min, /h, /day or /year, such as \"120/s\"", text);
}

const char *unit_parse_rate(struct arena *arena, const char *text, double *per_s) {
  text = unit_trimmed(arena, text);
  const char *end = real_scan(text);
  if (!end) return bad_form(arena, FIELD_RATE, text);
  if (!*end) return unit_missing(arena, FIELD_RATE, text);
  double factor;
  const struct unit_name *unit = rate_unit(end, &factor);
  if (!unit) return no_rate_unit(arena, text);
  *per_s = strtod(text, NULL) * factor / (double)unit->size;
  return NULL;
}

/* The time after the slash: "min" is one minute, "15min" fifteen; days and years have their long names too, as in rates. */
static const char *quota_time(struct arena *arena, const char *per, const char *text, int64_t *ns) {
  const char *wrong = unit_parse_duration(arena, is_digit(*per) ? per : arena_format(arena, "1%s", per), ns);
  return wrong || *ns == SIM_NEVER ? bad_form(arena, FIELD_QUOTA, text) : NULL;
}

/* What comes behind the number of a quota: "/min" of "100 req/min"; "100rps" is 100/s. Null when it is neither. */
static const char *quota_per(const char *rest) {
  double factor;
  const char *per = unit_per(rest);
  const struct unit_name *unit = per ? NULL : rate_unit(rest, &factor);
  return unit && factor == 1 ? unit->name : per;
}

const char *unit_parse_quota(struct arena *arena, const char *text, struct quota *quota) {
  struct decimal number;
  text = unit_trimmed(arena, text);
  const char *end = decimal_scan(text, &number), *per = end ? quota_per(end) : NULL;
  if (end && !*end) return unit_missing(arena, FIELD_QUOTA, text);
  if (!per) return bad_form(arena, FIELD_QUOTA, text);
  if (number.decimals) return arena_format(arena, "counts whole requests: write \"3/2s\" for 1.5 a second, not \"%s\"", text);
  quota->count = (int64_t)number.digits;
  return quota_time(arena, per, text, &quota->per_ns);
}

const char *unit_parse_ratio(struct arena *arena, const char *text, double *ratio) {
  static const char *const percent[] = {"%", "percent", "pct", NULL};
  text = unit_trimmed(arena, text);
  const char *end = real_scan(text), *unit = end ? unit_skip_space(end) : NULL;
  if (!end || (*end && !is_word_of(unit, strlen(unit), percent))) return bad_form(arena, FIELD_RATIO, text);
  /* The exponent moves the point in decimal: 99.95% is the double nearest to 0.9995, not 99.95 / 100. */
  *ratio = strtod(*end ? arena_format(arena, "%.*se-2", (int)(end - text), text) : text, NULL);
  return NULL;
}

const char *unit_parse_amount(struct arena *arena, const char *text, struct amount *amount) {
  text = unit_trimmed(arena, text);
  struct decimal number;
  const char *end = decimal_scan(text, &number);
  double share;
  if (end && !*end && !number.decimals) {
    *amount = (struct amount){(double)number.digits, AMOUNT_NUMBER};
    return NULL;
  }
  if (!end || !*end || unit_parse_ratio(arena, text, &share) || share > 1) return bad_form(arena, FIELD_AMOUNT, text);
  *amount = (struct amount){share, AMOUNT_SHARE};
  return NULL;
}

/* The currency that stands at *p, past it. */
static const char *take_currency(struct arena *arena, const char **p) {
  size_t length = strcspn(*p, "/0123456789. ");
  const char *code = length ? currency_code(arena, *p, length) : NULL;
  if (code) *p = unit_skip_space(*p + length);
  return code;
}

static const char *no_currency(struct arena *arena, const char *text) {
  if (strstr(text, "¥")) return arena_format(arena, "in \"%s\" has a sign of two currencies: write JPY or CNY", text);
  return bad_form(arena, FIELD_MONEY, text);
}

static const char *no_price_unit(struct arena *arena, const char *per, const char *text) {
  return arena_format(arena,
                      "in \"%s\" is per \"%s\": write /month, /h, /day, /year, /s, /GB, /TB, /GB-month, /GB-s, /vCPU-s, /LCU-h, "
                      "/million, /seat, such as \"40 USD/month\"",
                      text, per);
}

/* "40 USD/month", "$40/mo", "40 EUR per month". */
const char *unit_parse_money(struct arena *arena, const char *text, struct money_value *money) {
  text = unit_trimmed(arena, text);
  const char *p = text, *code = take_currency(arena, &p), *end = real_scan(p);
  if (!code && end && !*end) return unit_missing(arena, FIELD_MONEY, text);
  if (!end) return no_currency(arena, text);
  double amount = strtod(p, NULL);
  p = unit_skip_space(end);
  if (!code && !(code = take_currency(arena, &p))) return no_currency(arena, text);
  const char *per = *p ? unit_per(p) : "";
  if (!per) return bad_form(arena, FIELD_MONEY, text);
  const struct unit_name *unit = *p ? unit_named(FAMILY_PRICE, per, strlen(per)) : NULL;
  if (*p && !unit) return no_price_unit(arena, per, text);
  *money = (struct money_value){.amount = amount, .low = amount, .high = amount};
  memcpy(money->currency, code, 3);
  if (unit) strncpy(money->per, unit->name, sizeof money->per - 1);
  return NULL;
}

/* One or two digits of hours, two of all else. */
static bool clock_part(const char **p, int limit, int64_t *out) {
  int digits = is_digit((*p)[0]) ? 1 + is_digit((*p)[1]) : 0;
  if (digits == 0 || (digits == 1 && limit != 24)) return false;
  *out = digits == 1 ? (*p)[0] - '0' : ((*p)[0] - '0') * 10 + ((*p)[1] - '0');
  *p += digits;
  return *out < limit;
}

const char *unit_parse_clock(struct arena *arena, const char *text, int64_t *ns) {
  int64_t hours = 0, minutes = 0, seconds = 0;
  const char *p = text = unit_trimmed(arena, text);
  bool good = clock_part(&p, 24, &hours) && *p++ == ':' && clock_part(&p, 60, &minutes);
  if (good && *p) good = *p++ == ':' && clock_part(&p, 60, &seconds) && !*p;
  if (!good) return bad_form(arena, FIELD_CLOCK, text);
  *ns = hours * SIM_HOUR + minutes * SIM_MINUTE + seconds * SIM_S;
  return NULL;
}

const char *unit_parse_limit(struct arena *arena, const char *text, int64_t *limit) {
  text = unit_trimmed(arena, text);
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
