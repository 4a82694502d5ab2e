/* The lowest of several curves, each of which counts up to an end: cost over users of each architecture, up to where it holds.
 *
 * A curve is straight lines between its points and is known between the first and the last of them; a point without a value leaves
 * a gap. It counts from its first point to `until`. Ranges are between the places where the lowest one changes, found exactly:
 * between two neighbouring places where any curve bends or ends two lines cross at most once. Of two that are equally low it is the
 * first.
 *
 * A change has an interval. Where the lowest ends, it is that of its end. Where another crosses it, it is from the last place at
 * which the upper end of the old one is still below the lower end of the new one, to the first at which the lower end of the old
 * one is above the upper end of the new one; NaN where there is no such place among what is known.
 *
 *     uint32_t n = envelope_ranges(arena, curves, 3, &ranges);
 *     ranges[0].from .. ranges[0].to: curve ranges[0].lowest, -1 none; ranges[0].change is how it ends */
#ifndef ENVELOPE_H
#define ENVELOPE_H
#include "sim/engine/arena.h"
#include <stdbool.h>
#include <stdint.h>

struct curve_point {
  double x, value, low, high; /* NaN: unknown */
};

struct curve {
  const struct curve_point *points; /* x rises */
  uint32_t count;
  double until, until_low, until_high; /* infinite: throughout */
};

enum envelope_why {
  ENVELOPE_LAST,    /* of the last range: nothing is known beyond */
  ENVELOPE_ENDS,    /* the lowest does not count any more */
  ENVELOPE_CROSSES, /* another one is lower from here on */
  ENVELOPE_UNKNOWN  /* the lowest, or the next, is known from or to here only */
};

struct envelope_range {
  double from, to;
  int32_t lowest;
  enum envelope_why why; /* why it ends */
  double low, high;      /* of `to` */
};

enum curve_side { CURVE_LOW, CURVE_VALUE, CURVE_HIGH };
/* NaN where it is not known. */
double curve_at(const struct curve *, double x, enum curve_side);
/* Whether the curve counts at x: known there, and before its end. */
bool curve_counts(const struct curve *, double x);
/* -1: none counts there. */
int32_t envelope_lowest(const struct curve *, uint32_t count, double x);
/* From the first point of all to the last. In the arena. */
uint32_t envelope_ranges(struct arena *, const struct curve *, uint32_t count, struct envelope_range **);

#endif
