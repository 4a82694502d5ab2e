#include "sim/scenario/unit.h"
#include "sim/scenario/unit_print.h"
#include "sim/engine/arena.h"
#include "sim/engine/sim_time.h"
#include "sim/json/json_print.h"
#include "sim/scenario/unit_names.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How each kind is called in messages. */
static const struct unit_form forms[] = {
    {FIELD_DURATION, "a duration", "\"250ms\" or \"2h30m\"", false},
    {FIELD_BYTES, "a size", "\"512Mi\" or \"8GB\"", false},
    {FIELD_BANDWIDTH, "a bandwidth", "\"20Mbit/s\" or \"unlimited\"", false},
    {FIELD_CPU, "an amount of CPU", "\"500m\", 4 or \"unlimited\"", true},
    {FIELD_RATE, "a rate", "\"120/s\" or \"40/min\"", false},
    {FIELD_QUOTA, "a number per time", "\"100/min\" or \"10/15min\"", false},
    {FIELD_AMOUNT, "a number or a share", "2 or \"25%\"", true},
    {FIELD_RATIO, "a ratio", "\"99.95%\" or 0.5", true},
    {FIELD_MONEY, "an amount of money", "\"40 USD/month\" or \"0.09 USD/GB\"", false},
    {FIELD_CLOCK, "a time of day", "\"20:00\" or \"10:00:30\"", false},
    {FIELD_CALENDAR, "a calendar", "\"30d\", \"daily 03:00\", \"last Friday 18:00\" or \"1st 03:00\"", false},
    {FIELD_LIMIT, "a limit", "511 or \"unlimited\"", true},
};

const struct unit_form *unit_form(enum field_kind kind) {
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
    if (forms[i].kind == kind) return &forms[i];
  return NULL;
}

/* The words of prices are read in any case: each letter becomes a class of two. */
static const char *in_any_case(struct arena *arena, const char *words) {
  char *text = arena_alloc(arena, 4 * strlen(words) + 1), *end = text;
  for (const char *p = words; *p; p++) {
    bool letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z');
    if (letter)
      *end++ = '[', *end++ = (char)(*p & ~32), *end++ = (char)(*p | 32), *end++ = ']';
    else
      *end++ = *p;
  }
  *end = 0;
  return text;
}

static const char *money_pattern(struct arena *arena) {
  static const char currency[] = "([A-Za-z]{3}|[A-Za-z]{0,2}[$€£₹]|euros?|dollars?)";
  return arena_format(arena, "^(%s *[0-9]+(\\.[0-9]+)?|[0-9]+(\\.[0-9]+)? *%s)(( */ *| +per +)(%s))?$", currency, currency,
                      in_any_case(arena, unit_alternatives(arena, FAMILY_PRICE)));
}

const char *unit_pattern(struct arena *arena, enum field_kind kind) {
  static const char number[] = "[0-9]+(\\.[0-9]+)?";
  switch (kind) {
  case FIELD_DURATION:
    return arena_format(arena, "^(%s *(%s) *)+$|^never$", number, unit_alternatives(arena, FAMILY_TIME));
  case FIELD_BYTES:
    return arena_format(arena, "^%s *(%s)$", number, unit_alternatives(arena, FAMILY_BYTES));
  case FIELD_BANDWIDTH:
    return arena_format(arena, "^%s *(%s)$|^unlimited$", number, unit_alternatives(arena, FAMILY_BANDWIDTH));
  case FIELD_CPU:
    return arena_format(arena, "^%s *(%s)?$|^unlimited$", number, unit_alternatives(arena, FAMILY_CPU));
  case FIELD_RATE:
    return arena_format(arena, "^%s *([kKM] *)?([rqto]p[sm]|[a-z]* *(/|per ) *(%s))$", number,
                        unit_alternatives(arena, FAMILY_RATE));
  case FIELD_QUOTA:
    return arena_format(arena, "^[0-9]+ *([rqto]p[sm]|[a-z]* *(/|per ) *(%s)? *(%s))$", number,
                        unit_alternatives(arena, FAMILY_TIME));
  case FIELD_RATIO:
    return arena_format(arena, "^%s *(%%|percent|pct)?$", number);
  case FIELD_AMOUNT:
    return "^[0-9]+$|^[0-9]+(\\.[0-9]+)? *%$";
  case FIELD_MONEY:
    return money_pattern(arena);
  case FIELD_CLOCK:
    return "^([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$";
  case FIELD_CALENDAR:
    return arena_format(arena, "^(%s *(%s) *)+$|^[A-Za-z0-9 ]+ [0-9]{1,2}:[0-9]{2}(:[0-9]{2})?$", number,
                        unit_alternatives(arena, FAMILY_TIME));
  case FIELD_LIMIT:
    return "^[0-9]+$|^unlimited$";
  default:
    return "";
  }
}

char *unit_missing(struct arena *arena, enum field_kind kind, const char *number) {
  switch (kind) {
  case FIELD_DURATION:
    return arena_format(arena, "needs a unit: write \"%sms\" or \"%ss\", not %s", number, number, number);
  case FIELD_BYTES:
    return arena_format(arena, "needs a unit: write \"%sMi\" or \"%sMB\", not %s", number, number, number);
  case FIELD_BANDWIDTH:
    return arena_format(arena, "needs a unit: write \"%sMbit/s\" or \"%skbit/s\", not %s", number, number, number);
  case FIELD_QUOTA:
  case FIELD_RATE:
    return arena_format(arena, "needs a unit: write \"%s/s\" or \"%s/min\", not %s", number, number, number);
  case FIELD_MONEY:
    return arena_format(arena, "needs a currency: write \"%s USD/month\" or \"%s USD/h\", not %s", number, number, number);
  default:
    return arena_format(arena, "must be %s such as %s, not %s", unit_form(kind)->called, unit_form(kind)->example, number);
  }
}

/* whole/unit as a decimal number without trailing zeros; unit is a power of ten. */
static char *print_fraction(struct arena *arena, int64_t value, int64_t unit, const char *suffix) {
  int64_t rest = value % unit;
  if (!rest) return arena_format(arena, "%lld%s", (long long)(value / unit), suffix);
  int places = 0;
  for (int64_t u = unit; u > 1; u /= 10) places++;
  for (; rest % 10 == 0; rest /= 10) places--;
  return arena_format(arena, "%lld.%0*lld%s", (long long)(value / unit), places, (long long)rest, suffix);
}

static char *print_seconds(struct arena *arena, int64_t ns) {
  if (ns >= SIM_S) return print_fraction(arena, ns, SIM_S, "s");
  if (ns >= SIM_MS) return print_fraction(arena, ns, SIM_MS, "ms");
  if (ns >= SIM_US) return print_fraction(arena, ns, SIM_US, "us");
  return arena_format(arena, "%lldns", (long long)ns);
}

char *unit_print_duration(struct arena *arena, int64_t ns) {
  static const struct {
    int64_t size;
    const char *name;
  } large[] = {{SIM_YEAR, "y"}, {SIM_DAY, "d"}, {SIM_HOUR, "h"}, {SIM_MINUTE, "m"}};
  if (ns == SIM_NEVER) return arena_text(arena, "never");
  if (ns == 0) return arena_text(arena, "0s");
  char *text = arena_text(arena, "");
  for (size_t i = 0; i < sizeof large / sizeof *large; i++) {
    if (ns < large[i].size) continue;
    text = arena_format(arena, "%s%lld%s", text, (long long)(ns / large[i].size), large[i].name);
    ns %= large[i].size;
  }
  return ns ? arena_format(arena, "%s%s", text, print_seconds(arena, ns)) : text;
}

char *unit_print_bytes(struct arena *arena, int64_t bytes) {
  static const struct {
    int64_t size;
    const char *name;
  } units[] = {{1LL << 40, "Ti"}, {1000000000000, "T"}, {1LL << 30, "Gi"}, {1000000000, "G"}, {1LL << 20, "Mi"},
               {1000000, "M"},    {1LL << 10, "Ki"},    {1000, "k"},       {1, "B"}};
  int64_t least = INT64_MAX;
  size_t best = sizeof units / sizeof *units - 1;
  for (size_t i = 0; bytes && i < sizeof units / sizeof *units; i++) {
    if (bytes % units[i].size || bytes / units[i].size >= least) continue;
    least = bytes / units[i].size;
    best = i;
  }
  return arena_format(arena, "%lld%s", (long long)(bytes / units[best].size), units[best].name);
}

char *unit_print_cpu(struct arena *arena, int64_t millicores) {
  if (millicores == INT64_MAX) return arena_text(arena, "unlimited");
  return arena_format(arena, millicores % 1000 ? "%lldm" : "%lld", (long long)(millicores % 1000 ? millicores : millicores / 1000));
}

/* A plain decimal number, as the parsers read: json_print_number may use an exponent. */
static char *print_plain(struct arena *arena, double value) {
  char *text = json_print_number(arena, value);
  for (int places = 0; strpbrk(text, "eE") && places <= 17; places++) {
    char *plain = arena_format(arena, "%.*f", places, value);
    if (strtod(plain, NULL) == value || places == 17) return plain;
  }
  return text;
}

/* The first unit in which the number is at least 1 and short; a rate that fits none is told per second. */
char *unit_print_rate(struct arena *arena, double per_s) {
  static const struct {
    double size;
    const char *name;
  } units[] = {{1, "s"}, {60, "min"}, {3600, "h"}, {86400, "day"}, {31536000, "year"}};
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    char *text = arena_format(arena, "%.6g", per_s * units[i].size);
    bool exact = !strpbrk(text, "eE") && strtod(text, NULL) / units[i].size == per_s;
    if (exact && (per_s == 0 || per_s * units[i].size >= 0.1)) return arena_format(arena, "%s/%s", text, units[i].name);
  }
  return arena_format(arena, "%s/s", print_plain(arena, per_s));
}

char *unit_print_ratio(struct arena *arena, double ratio) {
  for (int digits = 1; digits <= 15; digits++) {
    char *text = arena_format(arena, "%.*g", digits, ratio * 100);
    if (!strpbrk(text, "eE") && strtod(arena_format(arena, "%se-2", text), NULL) == ratio) return arena_format(arena, "%s%%", text);
  }
  return print_plain(arena, ratio);
}

char *unit_print_money(struct arena *arena, struct money_value money) {
  return arena_format(arena, "%s %s%s%s", print_plain(arena, money.amount), money.currency, *money.per ? "/" : "", money.per);
}

char *unit_print_clock(struct arena *arena, int64_t ns) {
  int hours = (int)(ns / SIM_HOUR), minutes = (int)(ns / SIM_MINUTE % 60), seconds = (int)(ns / SIM_S % 60);
  return seconds ? arena_format(arena, "%02d:%02d:%02d", hours, minutes, seconds)
                 : arena_format(arena, "%02d:%02d", hours, minutes);
}

char *unit_print_limit(struct arena *arena, int64_t limit) {
  if (limit == INT64_MAX) return arena_text(arena, "unlimited");
  return arena_format(arena, "%lld", (long long)limit);
}

char *unit_print_bandwidth(struct arena *arena, int64_t bits_per_s) {
  if (bits_per_s == INT64_MAX) return arena_text(arena, "unlimited");
  if (bits_per_s >= 1000000000) return print_fraction(arena, bits_per_s, 1000000000, "Gbit/s");
  if (bits_per_s >= 1000000) return print_fraction(arena, bits_per_s, 1000000, "Mbit/s");
  if (bits_per_s >= 1000) return print_fraction(arena, bits_per_s, 1000, "kbit/s");
  return arena_format(arena, "%lldbit/s", (long long)bits_per_s);
}

static int64_t whole(double value) { return value >= 9.2e18 ? INT64_MAX : (int64_t)llround(value); }

char *unit_print(struct arena *arena, enum field_kind kind, double value) {
  switch (kind) {
  case FIELD_DISTRIBUTION:
  case FIELD_DURATION:
    return unit_print_duration(arena, whole(value));
  case FIELD_BYTES:
    return unit_print_bytes(arena, whole(value));
  case FIELD_BANDWIDTH:
    return unit_print_bandwidth(arena, whole(value));
  case FIELD_CPU:
    return unit_print_cpu(arena, whole(value));
  case FIELD_RATE:
    return unit_print_rate(arena, value);
  case FIELD_RATIO:
    return unit_print_ratio(arena, value);
  case FIELD_CLOCK:
    return unit_print_clock(arena, whole(value));
  case FIELD_LIMIT:
    return unit_print_limit(arena, whole(value));
  default:
    return json_print_number(arena, value);
  }
}
