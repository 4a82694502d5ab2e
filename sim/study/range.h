/* A range of one value of the scenario: "path=lo..hi", both ends written as --set writes them and in the same unit.
 *
 *     struct range r;
 *     const char *wrong = range_parse(arena, "traffic.fans.rate=10/s..500/s", &r);
 *     range_text(arena, &r, 142.25)      "142.25/s"
 *
 * Values in between are written in the unit of the ends, with six significant digits; where the key takes whole numbers only
 * (replicas, users, bytes), they are whole. What is written and what is computed with is the same number: range_round. */
#ifndef RANGE_H
#define RANGE_H
#include <stdbool.h>

struct arena;

struct range {
  const char *path, *unit; /* unit: what follows the number: "/s", "ms", "" */
  double low, high;
  const char *low_text, *high_text; /* as typed */
  bool whole;
  int decimals; /* at most so many */
};

/* Null, or what is wrong with the text, as the words that follow it in a message. */
const char *range_parse(struct arena *, const char *text, struct range *);
double range_round(const struct range *, double value);
const char *range_text(struct arena *, const struct range *, double value);

#endif
