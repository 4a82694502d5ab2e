/* Numbers for people: readable units, and as many digits as the interval supports.
 *
 * The unit is chosen from the value (1.92 s, 182 ms, 3.1 h) and the interval is written in the same unit. The last digit shown is
 * the first digit of the interval's half-width, or the second when that digit is a 1: 182 ms [176, 189], never 182.4371 ms; of a
 * time at most four digits. Without an interval: three significant digits; near 100%, three digits of what is missing (99.953%).
 * Exact values (prices) keep their cents. Unknown is a dash. Results are values, so they can stand in a printf:
 *
 *     printf("%s %s", format_value(UNIT_SECONDS, NULL, &e).text, format_interval(UNIT_SECONDS, NULL, &e).text);
 */
#ifndef FORMAT_H
#define FORMAT_H
#include "sim/measure/results.h"

struct shown {
  char text[80];
};

/* "182 ms", "99.953%", "1,234", "72.00 USD"; "-" when unknown. currency: for UNIT_CURRENCY, may be null. */
struct shown format_value(enum unit, const char *currency, const struct estimate *);
/* "[176, 189]" in the unit of the value; empty when there is none or the value is exact. */
struct shown format_interval(enum unit, const char *currency, const struct estimate *);
/* Both: "182 ms [176, 189]". */
struct shown format_estimate(enum unit, const char *currency, const struct estimate *);
/* Value and interval next to limits, with as many digits as keep both on their sides of them: what is printed never contradicts the
 * verdict. A limit that does not exist is infinite. */
struct shown format_value_beside(enum unit, const char *currency, const struct estimate *, double low, double high);
struct shown format_interval_beside(enum unit, const struct estimate *, double low, double high);
struct shown format_estimate_beside(enum unit, const char *currency, const struct estimate *, double low, double high);
/* The value of a claim and its interval, next to the limit of the claim. */
struct shown format_claim_value(const struct claim_result *, const char *currency);
struct shown format_claim_interval(const struct claim_result *);
struct shown format_claim(const struct claim_result *, const char *currency);
/* A number without an interval. */
struct shown format_number(enum unit, const char *currency, double value);
/* "1,234,567" */
struct shown format_count(uint64_t);
/* "1 replication", "1,234 replications"; the plural where it is not the noun with an "s", else null. */
struct shown format_counted(uint64_t, const char *noun, const char *nouns);
/* Two decimals with thousands separators and no currency, for columns: "1,234.50". */
struct shown format_money(double);
/* "24%"; "<1%" for little, "0%" for nothing. */
struct shown format_percent(double ratio);

/* How many columns a UTF-8 text takes on a terminal: its characters, for the narrow ones that we use. */
int format_width(const char *utf8);

/* "s", "bytes", "ratio", "per_s", "count", "number", or the currency: the words of the machine formats. */
const char *format_unit_word(enum unit, const char *currency);
const char *format_verdict_word(enum verdict);
const char *format_severity_word(enum severity); /* of a requirement */

#endif
