/* Where each requirement stops to hold: the last month shown to hold, the first shown to fail, and months to look at between them.
 * */
#include "sim/engine/arena.h"
#include "sim/measure/measure.h"
#include "sim/questions/growth_inner.h"
#include <math.h>
#include <string.h>

static const double wide = 0.5, next_to = 0.4, same = 0.05; /* months: of an interval; times that: next to the root; too near */

/* Indices of runs: the last shown to be before the change, the first behind it; -1: none. */
struct change {
  int32_t before, behind;
  enum outlook_course course;
};

static enum verdict shown(const struct outlook *o, uint32_t run, uint32_t requirement) {
  return o->runs[run]->done ? o->runs[run]->shown[requirement] : VERDICT_UNDECIDED;
}

static int32_t first_shown(const struct outlook *o, uint32_t requirement, enum verdict v, uint32_t from) {
  for (uint32_t i = from; i < o->count; i++)
    if (shown(o, i, requirement) == v) return (int32_t)i;
  return -1;
}

static int32_t last_before(const struct outlook *o, uint32_t requirement, enum verdict v, int32_t before) {
  for (int32_t i = before; i-- > 0;)
    if (shown(o, (uint32_t)i, requirement) == v) return i;
  return -1;
}

static struct change change_of(const struct outlook *o, uint32_t requirement) {
  int32_t fails = first_shown(o, requirement, VERDICT_FAIL, 0), holds = first_shown(o, requirement, VERDICT_PASS, 0);
  if (fails < 0 && holds < 0) return (struct change){-1, -1, OUTLOOK_UNDECIDED};
  if (fails < 0) {
    bool through = shown(o, o->count - 1, requirement) == VERDICT_PASS;
    return (struct change){last_before(o, requirement, VERDICT_PASS, (int32_t)o->count), -1,
                           through ? OUTLOOK_HOLDS : OUTLOOK_UNDECIDED};
  }
  if (holds < 0 || fails < holds) {
    if (holds < 0) return (struct change){-1, fails, fails ? OUTLOOK_BREAKS : OUTLOOK_BROKEN};
    return (struct change){last_before(o, requirement, VERDICT_FAIL, holds), holds, OUTLOOK_BEGINS};
  }
  return (struct change){last_before(o, requirement, VERDICT_PASS, fails), fails, OUTLOOK_BREAKS};
}

/* The root of the margin between two runs, by the secant; NaN margins: the middle. */
static double root_of(uint32_t requirement, const struct outlook_run *a, const struct outlook_run *b) {
  double x = a->margins[requirement], y = b->margins[requirement], share = x / (x - y);
  if (!isfinite(share) || share < 0 || share > 1) share = 0.5;
  return a->month + share * (b->month - a->month);
}

/* Between the nearest runs on both sides of the root, those undecided among them. */
static double nearest_root(const struct outlook *o, uint32_t requirement, const struct change *c) {
  const struct outlook_run *a = o->runs[c->before], *b = o->runs[c->behind];
  double sign = c->course == OUTLOOK_BEGINS ? -1 : 1;
  for (int32_t i = c->before + 1; i < c->behind; i++) {
    double margin = sign * o->runs[i]->margins[requirement];
    if (!o->runs[i]->done || isnan(margin)) continue;
    if (margin > 0) {
      b = o->runs[i];
      break;
    }
    a = o->runs[i];
  }
  return root_of(requirement, a, b);
}

static bool near_run(const struct outlook *o, double month, double by, struct outlook_run **found) {
  *found = NULL;
  for (uint32_t i = 0; i < o->count; i++)
    if (fabs(o->runs[i]->month - month) <= by && (!*found || fabs(o->runs[i]->month - month) < fabs((*found)->month - month)))
      *found = o->runs[i];
  return *found != NULL;
}

static bool want(struct outlook *o, double month) {
  struct outlook_run *r;
  if (!near_run(o, month, same, &r)) return outlook_at(o, month) != NULL;
  bool more = r->done && r->wanted < o->budget;
  if (more && r->wanted == r->done) r->wanted = 3 * r->done < o->budget ? 3 * r->done : o->budget;
  return more;
}

/* Between a month of which something is shown and one of which nothing is: more replications there, or a month between the two. */
static bool ask_nearer(struct outlook *o, uint32_t shown_one, uint32_t open_one) {
  double gap = fabs(o->runs[open_one]->month - o->runs[shown_one]->month);
  if (want(o, o->runs[open_one]->month)) return true;
  return gap > wide && want(o, rint(50 * (o->runs[open_one]->month + o->runs[shown_one]->month)) / 100);
}

/* Next to the root, or where no more can be learned there, farther away. */
static bool ask_side(struct outlook *o, double root, double sign, double low, double high) {
  for (double away = next_to * wide; away < 8; away *= 2) {
    double month = rint(100 * (root + sign * away)) / 100;
    if (month <= low || month >= high) return false;
    if (want(o, month)) return true;
  }
  return false;
}

/* On both sides of the root, where the gap is still wide. */
static bool ask_for(struct outlook *o, uint32_t requirement) {
  struct change c = change_of(o, requirement);
  if (c.course == OUTLOOK_UNDECIDED && c.before >= 0 && c.before + 1 < (int32_t)o->count)
    return ask_nearer(o, (uint32_t)c.before, (uint32_t)c.before + 1);
  if (c.course == OUTLOOK_BREAKS && c.before < 0) return ask_nearer(o, (uint32_t)c.behind, (uint32_t)c.behind - 1);
  if ((c.course != OUTLOOK_BREAKS && c.course != OUTLOOK_BEGINS) || c.before < 0) return false;
  double low = o->runs[c.before]->month, high = o->runs[c.behind]->month;
  if (high - low <= wide * 1.001) return false;
  double root = nearest_root(o, requirement, &c);
  bool before = ask_side(o, root, -1, low + same, high - same), behind = ask_side(o, root, 1, low + same, high - same);
  return before || behind;
}

bool outlook_ask(struct outlook *o) {
  bool asked = false;
  for (uint32_t i = 0; i < outlook_all(o); i++) asked |= ask_for(o, i);
  return asked && !o->invalid;
}

/* --- what was found ----------------------------------------------------------------------------------------------------------- */

/* What is fullest of that which requests wait for; of `settles`, of everything, and with what grows. */
static void blame(const struct outlook_run *r, struct outlook_requirement *q) {
  const struct saturation *most = NULL;
  for (uint32_t i = 0; i < r->results->saturation_count; i++) {
    const struct saturation *s = &r->results->saturation[i];
    if (isnan(s->utilization.value) || s->blocked || (s->grows && !q->implicit)) continue;
    if (!most || s->utilization.value > most->utilization.value) most = s;
  }
  if (most) q->fullest = most->resource, q->busy = most->utilization.value;
  if (q->implicit) q->reason = r->answer.grows;
}

static const char *words_of(const struct outlook *o, uint32_t requirement, const struct change *c) {
  const struct outlook_run *last = o->runs[o->count - 1];
  double until = c->before >= 0 ? o->runs[c->before]->month : NAN;
  if (c->course == OUTLOOK_UNDECIDED && c->before >= 0)
    return arena_format(o->arena, "shown to hold in month %.3g, and not beyond", until);
  if (c->course == OUTLOOK_UNDECIDED)
    return last->answer.values[requirement].reason ? last->answer.values[requirement].reason : "too few replications to tell";
  if (c->course == OUTLOOK_HOLDS && o->until < o->results->months)
    return arena_format(o->arena, "no month beyond %.3g was run: more is offered there than can be done", last->month);
  if (c->course == OUTLOOK_BREAKS && c->behind >= 0) {
    int32_t again = first_shown(o, requirement, VERDICT_PASS, (uint32_t)c->behind);
    if (again >= 0) return arena_format(o->arena, "not monotone: it holds again in month %.3g", o->runs[again]->month);
  }
  return NULL;
}

enum outlook_course outlook_course_of(const struct outlook *o, uint32_t k, struct outlook_when *when) {
  struct change c = change_of(o, k);
  bool changes = c.course == OUTLOOK_BREAKS || c.course == OUTLOOK_BEGINS;
  *when = (struct outlook_when){NAN, NAN, NAN, false};
  if (c.course == OUTLOOK_BROKEN) *when = (struct outlook_when){0, 0, 0, true};
  if (changes) {
    double low = c.before >= 0 ? o->runs[c.before]->month : 0, high = o->runs[c.behind]->month;
    double root = c.before >= 0 ? nearest_root(o, k, &c) : 0.5 * (low + high);
    *when = (struct outlook_when){fmin(high, fmax(low, root)), low, high, high - low <= wide * 1.001};
  }
  return c.course;
}

static void find(struct outlook *o, uint32_t i) {
  struct outlook_requirement *q = &o->results->requirements[i];
  struct change c = change_of(o, i);
  q->course = outlook_course_of(o, i, &q->when);
  q->busy = NAN;
  q->held_to = c.before >= 0 && c.course != OUTLOOK_BEGINS ? o->runs[c.before]->month : NAN;
  q->reason = words_of(o, i, &c);
  q->again = c.course == OUTLOOK_BREAKS && first_shown(o, i, VERDICT_PASS, (uint32_t)c.behind) >= 0;
  if ((c.course == OUTLOOK_BREAKS || c.course == OUTLOOK_BROKEN) && o->runs[c.behind]->results) blame(o->runs[c.behind], q);
}

static bool breaks(const struct outlook_requirement *q) {
  return q->severity == SEVERITY_MUST && (q->course == OUTLOOK_BREAKS || q->course == OUTLOOK_BROKEN);
}

void outlook_breaks(struct outlook *o) {
  struct outlook_results *r = o->results;
  r->first = -1;
  for (uint32_t i = 0; i < r->requirement_count; i++) {
    const struct outlook_requirement *q = &r->requirements[i];
    find(o, i);
    if (breaks(q) && (r->first < 0 || q->when.month < r->requirements[r->first].when.month)) r->first = (int32_t)i;
  }
}
