/* Values with a unit: what people write, in the words of Kubernetes and Compose, and the base units inside.
 *
 * Parsers return null, or what is wrong as the words that follow the key in a message, with the right form:
 *
 *     int64_t think;
 *     const char *wrong = unit_parse_duration(arena, "250", &think);
 *     if (wrong) diagnostic_add(diagnostics, at, "\"think\" %s", wrong);
 *     -> "think" needs a unit: write "250ms" or "250s", not 250
 *
 * White space between a number and its unit, other spellings that can mean one thing only ("300 msec", "120 req/s", "$5/mo",
 * "2 vCPU": unit_names.h) and one-digit hours are read too; what could mean two things is an error that shows both.
 * Durations, sizes and CPU are computed in integers from the decimal digits, so "0.1s" is 100000000 ns exactly; what does
 * not fit, or is finer than the base unit, is an error and never rounded. Rates, ratios and money are the double nearest
 * to the decimal number. No value is negative. unit_print.h is the way back. */
#ifndef UNIT_H
#define UNIT_H
#include "sim/describe/field.h"

struct arena;

/* "250ms", "2h30m", "1.5s": ns us ms s m h d w y, from large to small; y is 365 days. "never" is SIM_NEVER. */
const char *unit_parse_duration(struct arena *, const char *text, int64_t *ns);
/* "512Mi", "1.5Gi", "8G", "8GB", "100B": Ki Mi Gi Ti are powers of 1024; k M G T and kB KB MB GB TB powers of 1000. */
const char *unit_parse_bytes(struct arena *, const char *text, int64_t *bytes);
/* "20Mbit/s", "1.5Gbit/s", "64kbit/s", "unlimited" (INT64_MAX). */
const char *unit_parse_bandwidth(struct arena *, const char *text, int64_t *bits_per_s);
/* "500m", "4", "0.5", "unlimited" (INT64_MAX). */
const char *unit_parse_cpu(struct arena *, const char *text, int64_t *millicores);
/* "120/s", "40/min", "5/h", "10000/day", "2/year". */
const char *unit_parse_rate(struct arena *, const char *text, double *per_s);
/* "100/min", "10/15min": a whole number per time, which is a unit of time or a duration. */
const char *unit_parse_quota(struct arena *, const char *text, struct quota *quota);
/* "99.95%", "0.5". */
const char *unit_parse_ratio(struct arena *, const char *text, double *ratio);
/* "2", or "25%" of all; a share is at most all. */
const char *unit_parse_amount(struct arena *, const char *text, struct amount *amount);
/* "40 USD/month", "0.0104 USD/h", "0.09 USD/GB", "12 EUR". */
const char *unit_parse_money(struct arena *, const char *text, struct money_value *money);
/* "20:00", "10:00:30". */
const char *unit_parse_clock(struct arena *, const char *text, int64_t *ns);
/* "30d", "daily 03:00", "weekdays 03:00", "Sunday 03:00", "first Sunday 03:00", "1st 03:00", "24 December 18:00". */
const char *unit_parse_calendar(struct arena *, const char *text, struct calendar_rule *rule);
/* "511", "unlimited" (INT64_MAX). */
const char *unit_parse_limit(struct arena *, const char *text, int64_t *limit);

/* What a kind is called and looks like: "a duration", "\"250ms\" or \"2h30m\"". */
struct unit_form {
  enum field_kind kind;
  const char *called;
  const char *example;
  bool bare_number; /* a JSON number is allowed */
};
const struct unit_form *unit_form(enum field_kind); /* null for kinds that are not written as a number or short text */
/* A regular expression for JSON Schema, of the spellings in lower case. */
const char *unit_pattern(struct arena *, enum field_kind);

/* The complaint about a bare number for a kind that needs a unit: `needs a unit: write "250ms" or "250s", not 250`. */
char *unit_missing(struct arena *, enum field_kind, const char *number);

/* The kinds that are whole numbers inside: durations, bytes, bandwidths, CPU, clocks, limits. */
const char *unit_parse_whole(struct arena *, enum field_kind, const char *text, int64_t *out);

#endif
