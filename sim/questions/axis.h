/* A range of one value of the scenario: "path=lo..hi", both ends written as --set writes them and in the same unit.
 *
 *     struct axis r;
 *     const char *wrong = axis_parse(arena, "traffic.fans.rate=10/s..500/s", &r);
 *     axis_text(arena, &r, 142.25)      "142.25/s"
 *
 * Values in between are written in the unit of the ends, with six significant digits; where the key takes whole numbers only
 * (replicas, users, bytes), they are whole. What is written and what is computed with is the same number: axis_round. */
#ifndef AXIS_H
#define AXIS_H
#include <stdbool.h>

struct arena;

struct axis {
  const char *path, *unit; /* unit: what follows the number: "/s", "ms", "" */
  const char *noun;        /* what it counts, where the unit does not say so: " users"; else "" */
  double low, high;
  const char *low_text, *high_text; /* as typed */
  bool whole;
  int decimals; /* at most */
};

/* Null, or what is wrong with the text, as the words that follow it in a message. */
const char *axis_parse(struct arena *, const char *text, struct axis *);
double axis_round(const struct axis *, double value);
const char *axis_text(struct arena *, const struct axis *, double value);
/* For people: "2,000/s", "5,000 users". */
const char *axis_words(struct arena *, const struct axis *, double value);

#endif
