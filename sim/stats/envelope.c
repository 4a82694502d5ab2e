#include "sim/stats/envelope.h"
#include <math.h>
#include <stdlib.h>

/* --- one curve ---------------------------------------------------------------------------------------------------------------- */

static double side_of(const struct curve_point *p, enum curve_side side) {
  return side == CURVE_LOW ? p->low : side == CURVE_HIGH ? p->high : p->value;
}

double curve_at(const struct curve *c, double x, enum curve_side side) {
  for (uint32_t i = 0; i < c->count; i++) {
    const struct curve_point *b = &c->points[i], *a = i ? b - 1 : b;
    if (x > b->x || x < a->x) continue;
    if (x == b->x && !isnan(b->value)) return side_of(b, side);
    double share = b->x > a->x ? (x - a->x) / (b->x - a->x) : 0;
    return share > 0 ? side_of(a, side) + share * (side_of(b, side) - side_of(a, side)) : side_of(a, side);
  }
  return NAN;
}

bool curve_counts(const struct curve *c, double x) { return x < c->until && !isnan(curve_at(c, x, CURVE_VALUE)); }

int32_t envelope_lowest(const struct curve *curves, uint32_t count, double x) {
  int32_t best = -1;
  for (uint32_t i = 0; i < count; i++)
    if (curve_counts(&curves[i], x) && (best < 0 || curve_at(&curves[i], x, CURVE_VALUE) < curve_at(&curves[best], x, CURVE_VALUE)))
      best = (int32_t)i;
  return best;
}

/* --- places ------------------------------------------------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

struct places {
  double *x;
  uint32_t count;
};

static void sort(struct places *p) {
  uint32_t kept = 0;
  qsort(p->x, p->count, sizeof *p->x, by_number);
  for (uint32_t i = 0; i < p->count; i++)
    if (!kept || p->x[i] > p->x[kept - 1]) p->x[kept++] = p->x[i];
  p->count = kept;
}

/* Where any of the curves bends, or ends among the points. */
static struct places bends(struct arena *arena, const struct curve *const *curves, uint32_t count) {
  uint32_t room = 1;
  double first = INFINITY, last = -INFINITY;
  for (uint32_t i = 0; i < count; i++) room += curves[i]->count + 1;
  struct places p = {arena_new_array(arena, double, room), 0};
  for (uint32_t i = 0; i < count; i++)
    for (uint32_t k = 0; k < curves[i]->count; k++) {
      double x = p.x[p.count++] = curves[i]->points[k].x;
      first = fmin(first, x), last = fmax(last, x);
    }
  for (uint32_t i = 0; i < count; i++)
    if (curves[i]->until > first && curves[i]->until < last) p.x[p.count++] = curves[i]->until;
  sort(&p);
  return p;
}

/* Where side a of one meets side b of the other between two neighbouring places; NaN: they do not. */
static double meeting(const struct curve *a, enum curve_side side_a, const struct curve *b, enum curve_side side_b, double from,
                      double to) {
  double before = curve_at(a, from, side_a) - curve_at(b, from, side_b), after = curve_at(a, to, side_a) - curve_at(b, to, side_b);
  if (before == after || (before > 0) == (after > 0)) return NAN;
  double share = before / (before - after);
  return share >= 0 && share <= 1 ? from + share * (to - from) : NAN;
}

/* The bends, and where two curves cross between them. */
static struct places all_places(struct arena *arena, const struct curve *curves, uint32_t count) {
  const struct curve **each = arena_new_array(arena, const struct curve *, count + 1);
  for (uint32_t i = 0; i < count; i++) each[i] = &curves[i];
  struct places at = bends(arena, each, count);
  struct places p = {arena_new_array(arena, double, at.count *(1 + count * (count - 1) / 2) + 1), 0};
  for (uint32_t i = 0; i < at.count; i++) {
    p.x[p.count++] = at.x[i];
    for (uint32_t a = 0; i + 1 < at.count && a < count; a++)
      for (uint32_t b = a + 1; b < count; b++) {
        double x = meeting(&curves[a], CURVE_VALUE, &curves[b], CURVE_VALUE, at.x[i], at.x[i + 1]);
        if (!isnan(x)) p.x[p.count++] = x;
      }
  }
  sort(&p);
  return p;
}

/* --- how a range ends --------------------------------------------------------------------------------------------------------- */

/* On this side of x, the nearest place from which on the old one is certainly the lower one (below x) or the higher one (above). */
static double certain(struct arena *arena, const struct curve *old, const struct curve *new, double x, bool above) {
  enum curve_side a = above ? CURVE_LOW : CURVE_HIGH, b = above ? CURVE_HIGH : CURVE_LOW;
  const struct curve *const both[] = {old, new};
  struct places at = bends(arena, both, 2);
  double best = NAN, beyond = above ? INFINITY : -INFINITY;
  for (uint32_t i = 0; i < at.count; i++) {
    double there = at.x[i], apart = curve_at(old, there, a) - curve_at(new, there, b);
    bool sure = above ? apart >= 0 && there >= x : apart <= 0 && there <= x;
    double meets = i + 1 < at.count ? meeting(old, a, new, b, there, at.x[i + 1]) : NAN;
    if (sure && fabs(there - x) < fabs(beyond - x)) best = beyond = there;
    if (!isnan(meets) && (above ? meets >= x : meets <= x) && fabs(meets - x) < fabs(beyond - x)) best = beyond = meets;
  }
  return best;
}

static void find_end(struct arena *arena, const struct curve *curves, struct envelope_range *r, int32_t next) {
  const struct curve *old = r->lowest >= 0 ? &curves[r->lowest] : NULL, *new = next >= 0 ? &curves[next] : NULL;
  r->why = ENVELOPE_UNKNOWN, r->low = r->high = r->to;
  if (old && old->until <= r->to) {
    r->why = ENVELOPE_ENDS, r->low = old->until_low, r->high = old->until_high;
  } else if (old && new && !isnan(curve_at(old, r->to, CURVE_VALUE)) &&
             fabs(curve_at(old, r->to, CURVE_VALUE) - curve_at(new, r->to, CURVE_VALUE)) <=
                 1e-9 * fabs(curve_at(old, r->to, CURVE_VALUE))) {
    r->why = ENVELOPE_CROSSES;
    r->low = certain(arena, old, new, r->to, false), r->high = certain(arena, old, new, r->to, true);
  }
}

uint32_t envelope_ranges(struct arena *arena, const struct curve *curves, uint32_t count, struct envelope_range **out) {
  struct places at = all_places(arena, curves, count);
  struct envelope_range *all = *out = arena_new_array(arena, struct envelope_range, at.count + 1);
  uint32_t found = 0;
  for (uint32_t i = 0; i + 1 < at.count; i++) {
    double middle = 0.5 * (at.x[i] + at.x[i + 1]);
    int32_t lowest = envelope_lowest(curves, count, middle);
    if (found && all[found - 1].lowest == lowest)
      all[found - 1].to = at.x[i + 1];
    else
      all[found++] = (struct envelope_range){at.x[i], at.x[i + 1], lowest, ENVELOPE_LAST, at.x[i + 1], at.x[i + 1]};
  }
  for (uint32_t i = 0; i < found; i++) {
    all[i].low = all[i].high = all[i].to;
    if (i + 1 < found) find_end(arena, curves, &all[i], all[i + 1].lowest);
  }
  return found;
}
