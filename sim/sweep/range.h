/* Ranges of values with units: "10/s..100/s:10" is ten values, equally far apart; "1..64:7log" seven, each the same multiple of
 * the one before.
 *
 * The ends are kept as they were typed. What lies between is rounded to a thousandth of the distance to its neighbour, or to
 * whole numbers where the field takes only those: 10..1000:5log is 10, 31.6, 100, 316, 1000. Both ends have the same unit, and
 * so have the values. */
#ifndef RANGE_H
#define RANGE_H
#include "sim/describe/field.h"

struct arena;

struct range {
  const char *from, *to; /* as typed */
  uint32_t count;
  bool log, whole; /* whole: only whole numbers */
};

enum { RANGE_VALUES = 100000 };

/* Whether the text is meant as a range: it begins with a digit and has "..". */
bool range_looks_like(const char *text);
/* A field of this kind takes whole numbers only. */
bool range_takes_whole(enum field_kind);
/* Reads "from..to:count[log]". Null, or what is wrong with it. */
const char *range_parse(struct arena *, const char *text, struct range *);
/* The values, `count` of them. Null, or what is wrong. */
const char *range_values(struct arena *, const struct range *, const char ***values);

#endif
