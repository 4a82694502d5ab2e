#include "sim/report/format.h"
#include "sim/describe/thousands.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

struct scale {
  double at_least; /* used from this value in base units */
  double factor;   /* base units per shown unit */
  const char *suffix;
};

static const struct scale seconds[] = {{2 * 365 * 86400.0, 365 * 86400.0, " y"},
                                       {48 * 3600.0, 86400, " d"},
                                       {7200, 3600, " h"},
                                       {120, 60, " min"},
                                       {0.9995, 1, " s"},
                                       {0.9995e-3, 1e-3, " ms"},
                                       {0.9995e-6, 1e-6, " \xC2\xB5s"},
                                       {1e-30, 1e-9, " ns"},
                                       {0, 1, " s"}};
static const struct scale bytes[] = {{1099511627776.0, 1099511627776.0, " TiB"},
                                     {1073741824.0, 1073741824.0, " GiB"},
                                     {1048576.0, 1048576.0, " MiB"},
                                     {1024.0, 1024.0, " KiB"},
                                     {0, 1, " B"}};
static const struct scale ratio[] = {{0, 0.01, "%"}};
static const struct scale per_second[] = {{0, 1, "/s"}};
static const struct scale plain[] = {{0, 1, ""}};

static const struct {
  const struct scale *scales;
  const char *word;
} units[] = {
    [UNIT_NONE] = {plain, "number"}, [UNIT_SECONDS] = {seconds, "s"},           [UNIT_BYTES] = {bytes, "bytes"},
    [UNIT_RATIO] = {ratio, "ratio"}, [UNIT_PER_SECOND] = {per_second, "per_s"}, [UNIT_CURRENCY] = {plain, "currency"},
    [UNIT_COUNT] = {plain, "count"},
};

static const struct scale *scale_of(enum unit unit, double value) {
  const struct scale *scale = units[unit].scales;
  while (scale->at_least > 0 && fabs(value) < scale->at_least) scale++;
  return scale;
}

/* Power of ten of the last digit that a number with this uncertainty deserves. */
static int last_digit(double uncertainty) {
  int power = (int)floor(fmin(fmax(log10(uncertainty), -400), 400));
  return uncertainty / pow(10, power) < 1.95 ? power - 1 : power;
}

/* The last digit of a number without an interval: three significant digits; of what is missing to 1 when it is a share near 1. */
static int last_digit_alone(enum unit unit, double value, double factor) {
  double base = fabs(value);
  if (unit == UNIT_RATIO && base > 0.9 && base < 1) base = 1 - base;
  if (base == 0) return 0;
  int power = (int)floor(fmin(fmax(log10(base / factor), -400), 400)) - 2; /* a file may hold any number */
  return unit == UNIT_COUNT && power > 0 ? 0 : power;
}

/* One of no width says no more than its value. */
static bool has_interval(const struct estimate *e) { return !e->exact && e->low < e->high; }

/* However narrow an interval, nobody reads more: of a time four digits, of a share a tenth of a millionth, of all else nine. */
enum { FINEST_OF_SHARES = -7 };

static int finest_power(enum unit unit, int first) {
  if (unit == UNIT_RATIO) return FINEST_OF_SHARES;
  return first - (unit == UNIT_SECONDS ? 3 : 8);
}

static int power_of(enum unit unit, const struct estimate *e, double factor) {
  if (unit == UNIT_CURRENCY && e->exact) return -2;
  if (unit == UNIT_COUNT && e->exact) return 0;
  double half = has_interval(e) ? (e->high - e->low) / 2 : 0;
  if (half > 0 && isfinite(half)) {
    int power = last_digit(half / factor), first = e->value ? (int)floor(log10(fabs(e->value) / factor)) : power;
    if (power > first && power <= first + 2) power = first; /* what is no noise is not rounded away to nothing */
    int finest = finest_power(unit, first);
    return power < finest ? finest : power;
  }
  if (unit == UNIT_CURRENCY) return -2;
  return last_digit_alone(unit, e->value, factor);
}

/* value / factor, rounded to 10^power, with thousands separators. */
static void write_number(char *out, size_t size, double value, double factor, int power) {
  char digits[64];
  int decimals = power < 0 ? -power : 0;
  if (decimals > 12) decimals = 12;
  double step = power > 0 ? pow(10, power) : 1, shown = value / factor;
  if (power > 0) shown = round(shown / step) * step;
  if (fabs(shown) >= 1e15) {
    snprintf(out, size, "%.3g", shown);
    return;
  }
  snprintf(digits, sizeof digits, "%.*f", decimals, shown);
  if (strspn(digits, "-0.") == strlen(digits) && digits[0] == '-') memmove(digits, digits + 1, strlen(digits));
  thousands_group(digits, out, size);
}

/* At the finest digits, a share that is not all and not nothing is not rounded to it: ">99.9999999", "<0.0000001". What is off by
 * no more than the computer's own rounding is all, without digits. */
static bool write_near_end(char *out, size_t size, double share, int power) {
  double step = pow(10, power), shown = round(100 * share / step) * step;
  int decimals = power < -12 ? 12 : -power;
  bool all = fabs(share - 1) <= 1e-12, above = !all && share < 1 && 100 - shown<0.5 * step, below = share> 0 && shown < 0.5 * step;
  if (all) snprintf(out, size, "100");
  if (above) snprintf(out, size, ">%.*f", decimals, 100 - step);
  if (below) snprintf(out, size, "<%.*f", decimals, step);
  return all || above || below;
}

/* Of a value or of an end of its interval. */
static void write_digits(char *out, size_t size, enum unit unit, double value, double factor, int power) {
  if (unit == UNIT_RATIO && power <= FINEST_OF_SHARES && write_near_end(out, size, value, power)) return;
  write_number(out, size, value, factor, value == 0 && power < 0 && unit != UNIT_CURRENCY ? 0 : power);
}

static const char *unit_suffix(enum unit unit, const struct scale *scale, const char *currency, char *room, size_t size) {
  if (unit != UNIT_CURRENCY || !currency || !*currency) return scale->suffix;
  snprintf(room, size, " %.11s", currency);
  return room;
}

/* "2.50" -> "2.5": without an interval the zeros say nothing. */
static void drop_zeros(char *number) {
  if (!strchr(number, '.')) return;
  size_t length = strlen(number);
  while (number[length - 1] == '0') number[--length] = 0;
  if (number[length - 1] == '.') number[length - 1] = 0;
}

/* Which power of ten is right for an estimate in this unit. */
typedef int (*power_rule)(enum unit, const struct estimate *, double factor, const void *context);

static int plain_power(enum unit unit, const struct estimate *e, double factor, const void *context) {
  (void)context;
  return power_of(unit, e, factor);
}

static struct shown write_value(enum unit unit, const char *currency, const struct estimate *e, power_rule rule,
                                const void *context) {
  struct shown out = {"-"};
  char number[64], room[16];
  if (isnan(e->value)) return out;
  if (isinf(e->value)) return (struct shown){"unbounded"};
  const struct scale *scale = scale_of(unit, e->value);
  write_digits(number, sizeof number, unit, e->value, scale->factor, rule(unit, e, scale->factor, context));
  if (unit != UNIT_CURRENCY && !has_interval(e)) drop_zeros(number);
  snprintf(out.text, sizeof out.text, "%s%s", number, unit_suffix(unit, scale, currency, room, sizeof room));
  return out;
}

static void write_bound(char *out, size_t size, enum unit unit, double bound, double factor, int power) {
  if (isinf(bound))
    snprintf(out, size, "unbounded");
  else if (bound == 0 && power < 0)
    snprintf(out, size, "0");
  else
    write_digits(out, size, unit, bound, factor, power);
}

static struct shown write_interval(enum unit unit, const struct estimate *e, power_rule rule, const void *context) {
  struct shown out = {""};
  char value[32], low[32], high[32];
  if (isnan(e->value) || isinf(e->value) || !has_interval(e)) return out;
  const struct scale *scale = scale_of(unit, e->value);
  int power = rule(unit, e, scale->factor, context);
  write_bound(value, sizeof value, unit, e->value, scale->factor, power);
  write_bound(low, sizeof low, unit, e->low, scale->factor, power);
  write_bound(high, sizeof high, unit, e->high, scale->factor, power);
  bool finest = unit == UNIT_RATIO && power <= FINEST_OF_SHARES;
  if (finest && !strcmp(low, value) && !strcmp(high, value)) return out; /* the digits end before it has a width */
  snprintf(out.text, sizeof out.text, "[%s, %s]", low, high);
  return out;
}

static struct shown joined(struct shown value, struct shown interval) {
  size_t used = strlen(value.text);
  if (*interval.text)
    snprintf(value.text + used, sizeof value.text - used, " %.*s", (int)(sizeof value.text - used - 2), interval.text);
  return value;
}

struct shown format_value(enum unit unit, const char *currency, const struct estimate *e) {
  return write_value(unit, currency, e, plain_power, NULL);
}

struct shown format_interval(enum unit unit, const char *currency, const struct estimate *e) {
  (void)currency;
  return write_interval(unit, e, plain_power, NULL);
}

struct shown format_estimate(enum unit unit, const char *currency, const struct estimate *e) {
  return joined(format_value(unit, currency, e), format_interval(unit, currency, e));
}

/* --- beside a limit ----------------------------------------------------------------------------------------------------------- */

/* Below it, at it, above it: -1, 0, 1. What differs by less than the computer's own rounding is at it. */
static int side(double x, double limit) {
  double off = x - limit;
  return fabs(off) <= 1e-12 * fabs(limit) ? 0 : off < 0 ? -1 : 1;
}

static bool keeps_side(double x, double limit, double factor, int power) {
  if (isnan(x) || isinf(x) || isinf(limit)) return true;
  double step = pow(10, power), shown = round(x / factor / step) * step * factor;
  if (side(x, limit) == 0) return fabs(shown - x) <= 1e-4 * fabs(x); /* a third of a minute has no end of digits */
  return side(shown, limit) == side(x, limit);
}

/* As many digits more as keep the value and the ends of its interval on their sides of the limits. */
static int power_beside(enum unit unit, const struct estimate *e, double factor, const void *context) {
  const double *limits = context, numbers[] = {e->value, e->low, e->high};
  int power = power_of(unit, e, factor), finest = power - 12;
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < 2; k++)
      while (power > finest && !keeps_side(numbers[i], limits[k], factor, power)) power--;
  return power;
}

struct shown format_value_beside(enum unit unit, const char *currency, const struct estimate *e, double low, double high) {
  return write_value(unit, currency, e, power_beside, (const double[]){low, high});
}

struct shown format_interval_beside(enum unit unit, const struct estimate *e, double low, double high) {
  return write_interval(unit, e, power_beside, (const double[]){low, high});
}

struct shown format_estimate_beside(enum unit unit, const char *currency, const struct estimate *e, double low, double high) {
  return joined(format_value_beside(unit, currency, e, low, high), format_interval_beside(unit, e, low, high));
}

struct shown format_claim_value(const struct claim_result *c, const char *currency) {
  return format_value_beside(c->unit, currency, &c->estimate, c->low, c->high);
}

struct shown format_claim_interval(const struct claim_result *c) {
  return format_interval_beside(c->unit, &c->estimate, c->low, c->high);
}

struct shown format_claim(const struct claim_result *c, const char *currency) {
  return joined(format_claim_value(c, currency), format_claim_interval(c));
}

struct shown format_number(enum unit unit, const char *currency, double value) {
  return format_value(unit, currency, &(struct estimate){.value = value, .low = NAN, .high = NAN});
}

struct shown format_count(uint64_t count) {
  struct shown out;
  char digits[32];
  snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
  thousands_group(digits, out.text, sizeof out.text);
  return out;
}

struct shown format_counted(uint64_t count, const char *noun, const char *nouns) {
  struct shown out = format_count(count);
  size_t used = strlen(out.text);
  snprintf(out.text + used, sizeof out.text - used, " %s%s", nouns && count != 1 ? nouns : noun, nouns || count == 1 ? "" : "s");
  return out;
}

struct shown format_money(double amount) {
  struct shown out = {"-"};
  if (isfinite(amount)) write_number(out.text, sizeof out.text, amount, 1, -2);
  return out;
}

struct shown format_percent(double share) {
  struct shown out = {"-"};
  if (isnan(share)) return out;
  if (share > 0 && share < 0.01)
    snprintf(out.text, sizeof out.text, "<1%%");
  else
    snprintf(out.text, sizeof out.text, "%.0f%%", share * 100);
  return out;
}

int format_width(const char *utf8) {
  int width = 0;
  for (; *utf8; utf8++) width += (*utf8 & 0xC0) != 0x80;
  return width;
}

const char *format_unit_word(enum unit unit, const char *currency) {
  return unit == UNIT_CURRENCY && currency && *currency ? currency : units[unit].word;
}

const char *format_verdict_word(enum verdict verdict) {
  static const char *const words[] = {[VERDICT_PASS] = "PASS",
                                      [VERDICT_FAIL] = "FAIL",
                                      [VERDICT_UNDECIDED] = "UNDECIDED",
                                      [VERDICT_NO_DATA] = "NO DATA",
                                      [VERDICT_CONFIRMED] = "CONFIRMED",
                                      [VERDICT_BETTER] = "BETTER",
                                      [VERDICT_CONTRADICTED] = "CONTRADICTED",
                                      [VERDICT_NONE] = "NONE"};
  assert(verdict <= VERDICT_NONE);
  return words[verdict];
}

const char *format_severity_word(enum severity severity) {
  static const char *const words[] = {"must", "should"};
  assert(severity <= SEVERITY_SHOULD);
  return words[severity];
}
