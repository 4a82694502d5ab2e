/* Figures as people write them in tables: "p95 85 ms", "1,234/s", "99.99%", "$74", "50 to 150 requests/s", "< 2 min".
 *
 * The first number that has a unit which fits is the figure. A figure says no more than its digits: 85 ms is anything from 84.5 ms
 * to 85.5 ms. A range is what lies within, and "<", "at most" or "up to" before a number leaves one side open.
 *
 *     struct stated_figure q;
 *     if (stated_find(UNIT_SECONDS, "p95 85 ms", &q)) ... q.low 0.0845, q.high 0.0855 */
#ifndef STATED_H
#define STATED_H
#include "sim/measure/results.h"

struct stated_figure {
  double value;      /* of a range, its middle */
  double low, high;  /* in base units; infinite where open */
  uint32_t from, to; /* of the text */
  char currency[4];  /* of money that names one, such as EUR; "$" may be many */
};

/* False when the text has no figure in this unit. */
bool stated_find(enum unit, const char *text, struct stated_figure *);
/* Whether an estimate says the same: its interval and the figure have something in common. `within`: the share of itself by which
 * the figure may be off. */
bool stated_agrees(const struct stated_figure *, const struct estimate *, double within);
/* How such a figure is written, for messages: "85 ms". */
const char *stated_example(enum unit);

#endif
