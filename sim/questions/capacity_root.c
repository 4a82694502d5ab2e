/* The bracket of a group of bounds, the estimate of its root, and the next value to look at. */
#include "sim/engine/arena.h"
#include "sim/questions/capacity_inner.h"
#include <math.h>

static const double beside = 0.8;     /* of the precision: where the next look goes */
static const double too_close = 0.4;  /* of the precision: hardly to be decided */
static const double still_near = 1.6; /* of the precision: near enough to be looked at once more */
static const double farther = 1.6;    /* when a value was not decided within its budget */

/* Order along which a group goes from holding to failing. */
static double key_of(const struct group *g, double x) { return g->up ? x : -x; }

/* --- what was shown ----------------------------------------------------------------------------------------------------------- */

enum verdict group_verdict(const struct search *s, const struct group *g, const struct trial *t) {
  enum verdict all = VERDICT_PASS;
  for (uint32_t i = 0; i < s->bound_count; i++) {
    if (!g->members[i]) continue;
    enum verdict v = trial_verdict(s, t, i);
    if (v == VERDICT_FAIL) return VERDICT_FAIL;
    if (v != VERDICT_PASS) all = VERDICT_UNDECIDED;
  }
  return all;
}

struct gap group_gap(const struct search *s, const struct group *g) {
  struct gap gap = {NULL, NULL};
  for (uint32_t i = 0; i < s->count; i++) {
    struct trial *t = s->trials[i];
    if (group_verdict(s, g, t) == VERDICT_FAIL && (!gap.bad || key_of(g, t->x) < key_of(g, gap.bad->x))) gap.bad = t;
  }
  for (uint32_t i = 0; i < s->count; i++) {
    struct trial *t = s->trials[i];
    bool below = !gap.bad || key_of(g, t->x) < key_of(g, gap.bad->x);
    if (below && group_verdict(s, g, t) == VERDICT_PASS && (!gap.good || key_of(g, t->x) > key_of(g, gap.good->x))) gap.good = t;
  }
  return gap;
}

const struct trial *group_contradiction(const struct search *s, const struct group *g) {
  struct gap gap = group_gap(s, g);
  for (uint32_t i = 0; i < s->count && gap.bad; i++)
    if (group_verdict(s, g, s->trials[i]) == VERDICT_PASS && key_of(g, s->trials[i]->x) > key_of(g, gap.bad->x))
      return s->trials[i];
  return NULL;
}

/* A scanned value that seems to be on the wrong side of what was shown, or null. */
static struct trial *odd_one(const struct search *s, const struct group *g, const struct gap *gap) {
  for (uint32_t i = 0; i < s->count; i++) {
    struct trial *t = s->trials[i];
    bool fails = false, holds = true;
    for (uint32_t b = 0; b < s->bound_count; b++)
      if (g->members[b]) fails |= t->margins[b] > 0, holds &= t->margins[b] < 0;
    bool below = gap->good && key_of(g, t->x) < key_of(g, gap->good->x),
         above = gap->bad && key_of(g, t->x) > key_of(g, gap->bad->x);
    if (!t->looks && !t->spent && ((below && fails) || (above && holds))) return t;
  }
  return NULL;
}

void group_check(struct search *s, const struct group *g, uint32_t looks) {
  for (uint32_t i = 0; i < looks; i++) {
    struct gap gap = group_gap(s, g);
    struct trial *odd = odd_one(s, g, &gap);
    if (!odd || !trial_look(s, odd, 0)) return;
  }
}

/* --- where the root may be ---------------------------------------------------------------------------------------------------- */

struct point {
  double x, margin;
};

static struct point point_of(const struct trial *t, uint32_t bound) { return (struct point){t->x, t->margins[bound]}; }

/* x where the parabola x(margin) through three points is at 0; NaN when they are not in order. */
static double inverse_parabola(struct point a, struct point b, struct point c) {
  bool rising = (a.x < b.x) == (a.margin < b.margin), same = (b.x < c.x) == (b.margin < c.margin),
       third = (a.x < c.x) == (a.margin < c.margin);
  if (rising != same || rising != third || a.margin == b.margin || b.margin == c.margin || a.margin == c.margin) return NAN;
  return a.x * b.margin * c.margin / ((a.margin - b.margin) * (a.margin - c.margin)) +
         b.x * a.margin * c.margin / ((b.margin - a.margin) * (b.margin - c.margin)) +
         c.x * a.margin * b.margin / ((c.margin - a.margin) * (c.margin - b.margin));
}

static bool inside(double x, double a, double b) { return x > fmin(a, b) && x < fmax(a, b); }

/* The neighbour of the pair that is nearest to it, but no nearer than they are to each other: curvature from points that lie close
 * together is noise. */
static const struct trial *third_point(const struct search *s, uint32_t bound, const struct trial *good, const struct trial *bad) {
  const struct trial *third = NULL;
  uint32_t trusted = (good->replications < bad->replications ? good->replications : bad->replications) / 4;
  for (uint32_t i = 0; i < s->count; i++) {
    const struct trial *t = s->trials[i];
    if (t == good || t == bad || t->replications < trusted || !isfinite(t->margins[bound])) continue;
    double middle = 0.5 * (good->x + bad->x);
    if (fabs(t->x - middle) < 1.5 * fabs(good->x - bad->x)) continue;
    if (!third || fabs(t->x - middle) < fabs(third->x - middle)) third = t;
  }
  return third;
}

static double interpolated(const struct search *s, uint32_t bound, const struct trial *good, const struct trial *bad) {
  struct point a = point_of(good, bound), b = point_of(bad, bound);
  double width = b.x - a.x;
  if (!isfinite(a.margin) || !isfinite(b.margin) || a.margin == b.margin) return a.x + 0.5 * width;
  double secant = a.x + width * a.margin / (a.margin - b.margin);
  const struct trial *third = third_point(s, bound, good, bad);
  double curved = third ? inverse_parabola(a, b, point_of(third, bound)) : NAN;
  return inside(curved, a.x, b.x) ? curved : secant;
}

/* The most replications of any value within the gap. */
static uint32_t most_within(const struct search *s, const struct group *g, const struct gap *gap) {
  uint32_t most = 0;
  for (uint32_t i = 0; i < s->count; i++) {
    const struct trial *t = s->trials[i];
    bool within = key_of(g, t->x) >= key_of(g, gap->good->x) && key_of(g, t->x) <= key_of(g, gap->bad->x);
    if (within && t->replications > most) most = t->replications;
  }
  return most;
}

/* The bound's root between its nearest neighbours by their values, within what is shown of the group; values known much worse than
 * the best are passed over, for a near one that is wrong misleads more than a far one. NaN: it never fails there. */
static double root_of_bound(const struct search *s, const struct group *g, uint32_t bound, const struct gap *gap) {
  const struct trial *good = gap->good, *bad = NULL;
  uint32_t trusted = most_within(s, g, gap) / 4;
  for (uint32_t i = 0; i < s->count; i++) {
    const struct trial *t = s->trials[i];
    bool within = key_of(g, t->x) > key_of(g, gap->good->x) && key_of(g, t->x) <= key_of(g, gap->bad->x);
    if (t->replications < trusted && t != gap->bad) continue;
    bool fails = t->verdicts[bound] == VERDICT_FAIL || t->margins[bound] > 0;
    if (within && fails && (!bad || key_of(g, t->x) < key_of(g, bad->x))) bad = t;
  }
  for (uint32_t i = 0; i < s->count && bad; i++) {
    const struct trial *t = s->trials[i];
    bool within = key_of(g, t->x) > key_of(g, good->x) && key_of(g, t->x) < key_of(g, bad->x);
    if (within && t->replications >= trusted && t->margins[bound] <= 0) good = t;
  }
  return bad ? interpolated(s, bound, good, bad) : NAN;
}

static double root_of_group(const struct search *s, const struct group *g, const struct gap *gap) {
  double first = NAN;
  for (uint32_t i = 0; i < s->bound_count; i++) {
    if (!g->members[i]) continue;
    double root = root_of_bound(s, g, i, gap);
    if (!isnan(root) && (isnan(first) || key_of(g, root) < key_of(g, first))) first = root;
  }
  double low = fmin(gap->good->x, gap->bad->x), high = fmax(gap->good->x, gap->bad->x);
  return isnan(first) ? 0.5 * (low + high) : fmin(high, fmax(low, first));
}

static bool narrow(const struct search *s, const struct gap *gap, double precision) {
  double width = fabs(gap->bad->x - gap->good->x), middle = 0.5 * fabs(gap->bad->x + gap->good->x);
  return 0.5 * width <= precision * middle * (1 + 1e-9) || (s->range->whole && width <= 1);
}

/* --- where to look next ------------------------------------------------------------------------------------------------------- */

/* Distances from the root, towards holding (0) and towards failing (1). */
struct reach {
  double unit; /* the precision, in x */
  double times[2];
};

static double sign_of(const struct group *g, int side) { return key_of(g, side ? 1 : -1); }

/* Beside the root on this side; NaN when the gap has its end near enough already: both ends so near make it narrow. */
static double candidate(const struct search *s, const struct group *g, const struct gap *gap, const struct reach *r, double root,
                        int side) {
  double away = sign_of(g, side) * beside * r->times[side] * r->unit, x = root + away;
  if (s->range->whole) x = fabs(away) < 1 ? floor(root) + (away > 0) : away > 0 ? ceil(x) : floor(x);
  x = axis_round(s->range, x);
  const struct trial *end = side ? gap->bad : gap->good;
  if (!s->range->whole && fabs(end->x - root) <= r->times[side] * r->unit) return NAN;
  bool outside = side ? key_of(g, x) >= key_of(g, end->x) : key_of(g, x) <= key_of(g, end->x);
  bool beyond = side ? key_of(g, x) <= key_of(g, gap->good->x) : key_of(g, x) >= key_of(g, gap->bad->x);
  return outside || beyond ? NAN : x;
}

/* An undecided value that is near enough to the candidate to be run on instead. */
static struct trial *open_near(const struct search *s, const struct group *g, const struct reach *r, double root, int side) {
  struct trial *best = NULL;
  for (uint32_t i = 0; i < s->count && !s->range->whole; i++) {
    struct trial *t = s->trials[i];
    double distance = sign_of(g, side) * (t->x - root) / (r->unit * r->times[side]);
    bool fits = distance >= too_close && distance <= still_near && !t->spent && t->looks;
    if (fits && group_verdict(s, g, t) == VERDICT_UNDECIDED && (!best || t->replications > best->replications)) best = t;
  }
  return best;
}

/* A value at which no failure is seen takes long to be shown to have few: the bound on a share of which nothing was seen falls with
 * the number of independent spells only. Nearer to the root some are seen, and what holds there holds here: the value to look at
 * instead, or the same one. */
static struct trial *or_nearer(struct search *s, const struct group *g, const struct reach *r, double root, struct trial *t) {
  double distance = fabs(t->x - root) / r->unit, side = t->x < root ? -1 : 1;
  if (s->range->whole || !trial_awaits_failures(s, t) || distance < 2 * too_close) return t;
  struct trial *nearer = NULL;
  for (uint32_t i = 0; i < s->count; i++) {
    struct trial *other = s->trials[i];
    double d = side * (other->x - root) / r->unit;
    bool fits = d >= too_close && d < distance && !other->spent && other->looks;
    if (fits && group_verdict(s, g, other) == VERDICT_UNDECIDED && (!nearer || other->replications > nearer->replications))
      nearer = other;
  }
  return nearer ? nearer : trial_at(s, root + side * 0.5 * distance * r->unit);
}

/* The replications that were needed nearby: a new value begins with a part of them. */
static uint32_t experience(const struct search *s, uint32_t first, double x, double unit) {
  uint32_t most = 0;
  for (uint32_t i = first; i < s->count; i++)
    if (fabs(s->trials[i]->x - x) < 3 * unit && s->trials[i]->replications > most) most = s->trials[i]->replications;
  return most / 4;
}

static struct trial *next_trial(struct search *s, const struct group *g, const struct gap *gap, struct reach *r, double root,
                                int *side) {
  double at[2] = {candidate(s, g, gap, r, root, 0), candidate(s, g, gap, r, root, 1)};
  if (isnan(at[0]) && isnan(at[1])) return NULL;
  *side = isnan(at[0]) || fabs(gap->bad->x - at[1]) > fabs(at[0] - gap->good->x);
  struct trial *t = open_near(s, g, r, root, *side);
  return t ? *side ? t : or_nearer(s, g, r, root, t) : trial_at(s, at[*side]);
}

/* Nothing was shown to fail yet, though something is not known to hold: between the two there may be more to see. */
static struct trial *towards_unknown(struct search *s, const struct group *g, const struct gap *gap) {
  const struct trial *nearest = NULL;
  for (uint32_t i = 0; i < s->count && gap->good; i++) {
    const struct trial *t = s->trials[i];
    bool unknown = t->looks && group_verdict(s, g, t) == VERDICT_UNDECIDED && key_of(g, t->x) > key_of(g, gap->good->x);
    if (unknown && (!nearest || key_of(g, t->x) < key_of(g, nearest->x))) nearest = t;
  }
  if (!nearest) return NULL;
  double x = axis_round(s->range, 0.5 * (nearest->x + gap->good->x));
  bool new = inside(x, nearest->x, gap->good->x) && fabs(nearest->x - gap->good->x) > 0.01 * fabs(nearest->x);
  return new ? trial_at(s, x) : NULL;
}

static void remember(struct search *s, const struct gap *gap) {
  if (gap->good && gap->bad) {
    s->known.low = fmin(gap->good->x, gap->bad->x);
    s->known.high = fmax(gap->good->x, gap->bad->x);
  }
}

void group_close(struct search *s, const struct group *g, double precision, uint32_t looks) {
  struct reach reach = {.times = {1, 1}};
  uint32_t until = s->looks + looks, first = s->count; /* what another precision needed is no guide */
  while (s->looks < until && s->looks < CAPACITY_LOOKS && !s->interrupted && !s->invalid) {
    struct gap gap = group_gap(s, g);
    int side = 1;
    remember(s, &gap);
    if (!gap.good || (gap.bad && narrow(s, &gap, precision))) return;
    double root = gap.bad ? root_of_group(s, g, &gap) : gap.good->x;
    reach.unit = precision * fabs(root);
    struct trial *t = gap.bad ? next_trial(s, g, &gap, &reach, root, &side) : towards_unknown(s, g, &gap);
    if (!t) return;
    bool looked = trial_look(s, t, experience(s, first, t->x, reach.unit)),
         passed_over = gap.bad && group_verdict(s, g, t) == VERDICT_UNDECIDED && (t->spent || !looked);
    if (!looked && !passed_over) return; /* nothing was learned, and the same would be asked for again */
    if (passed_over) {
      if (s->range->whole && reach.times[side] * reach.unit < 1) reach.times[side] = 1 / fmax(reach.unit, 1e-9);
      reach.times[side] *= farther;
    }
  }
}

/* --- the answer --------------------------------------------------------------------------------------------------------------- */

/* Whole numbers: the value that fails is no candidate any more. */
static void as_whole(struct capacity_root *r, bool up) {
  r->low = up ? r->holds : r->fails + 1;
  r->high = up ? r->fails - 1 : r->holds;
  r->value = fmin(r->high, fmax(r->low, up ? floor(r->value) : ceil(r->value)));
}

struct capacity_root group_root(const struct search *s, const struct group *g, double precision) {
  struct gap gap = group_gap(s, g);
  struct capacity_root r = {NAN, NAN, NAN, NAN, NAN, false};
  if (gap.good) r.holds = gap.good->x;
  if (gap.bad) r.fails = gap.bad->x;
  if (!gap.good || !gap.bad) return r;
  r.value = root_of_group(s, g, &gap);
  r.low = fmin(r.holds, r.fails);
  r.high = fmax(r.holds, r.fails);
  r.resolved = narrow(s, &gap, precision);
  if (s->range->whole) as_whole(&r, g->up);
  return r;
}
