#include "sim/measure/recovery.h"
#include "sim/engine/arena.h"
#include "sim/measure/measure_row.h"
#include "sim/measure/verdict.h"
#include "sim/stats/cdf.h"
#include "sim/stats/interval.h"
#include "sim/stats/tally.h"
#include <math.h>

enum { SAMPLED = 10 }; /* windows of measures that are no shares, within the width of one */
static const double by_chance = 1e-4;

/* --- what is judged, and over how long a window ------------------------------------------------------------------------------- */

static enum bad_share share_of(const struct claim *c, double *allowed) {
  const struct measure_kind *k = c->measure.kind;
  bool below = c->comparison <= COMPARE_LESS_EQUAL,
       above = c->comparison == COMPARE_GREATER || c->comparison == COMPARE_GREATER_EQUAL;
  bool time = k->quantity == QUANTITY_LATENCY || k->quantity == QUANTITY_WAIT;
  *allowed = 0;
  if (time && k->percentage && below) return *allowed = 1 - c->measure.p, SHARE_ABOVE;
  if (time && k->threshold && above) return *allowed = 1 - c->low, c->measure.above ? SHARE_BELOW : SHARE_ABOVE;
  if (time && k->threshold && below) return *allowed = c->high, c->measure.above ? SHARE_ABOVE : SHARE_BELOW;
  if (measure_row(&c->measure)->failures && below) return *allowed = c->high, SHARE_FAILED;
  return SHARE_NONE;
}

struct windowed windowed_of(const struct claim *c) {
  struct windowed q = {.claim = c, .of_requests = c->measure.subject <= SUBJECT_ENDPOINT, .width = 1};
  q.share = share_of(c, &q.allowed);
  return q;
}

/* Requests that a short window needs for a value; 0: it does not rest on requests. */
static double needs(const struct windowed *q) {
  enum { MEAN = 400, ERRORS = 10, LEAST = 100 };
  if (!q->of_requests || q->claim->measure.kind->quantity == QUANTITY_INSIDE) return 0;
  if (q->share == SHARE_NONE) return MEAN;
  double beyond = q->share == SHARE_FAILED ? ERRORS : 100;
  return q->allowed > 0 ? fmax(beyond / q->allowed, LEAST) : LEAST;
}

sim_time windowed_length(const struct windowed *q, double per_s) {
  double n = needs(q);
  if (n == 0) return 10 * SIM_S;
  double ns = n / per_s * 1e9;
  return ns < (double)SIM_DAY ? (sim_time)ns : SIM_NEVER;
}

void windowed_set(struct windowed *q, sim_time length, sim_time bin) {
  q->width = (uint32_t)((length + bin - 1) / bin);
  if (!q->width) q->width = 1;
}

/* --- one replication ---------------------------------------------------------------------------------------------------------- */

/* What ended in a bin, or in several. */
struct bin_sum {
  double arrived, answered, failed, all, bad;
};

static void add_row(const struct windowed *q, const struct endpoint_observation *o, uint32_t bin, struct bin_sum *sum) {
  const struct measure *m = &q->claim->measure;
  const struct endpoint_window *w = &o->windows[bin];
  sum->arrived += (double)w->arrived;
  sum->answered += (double)w->ended[OUTCOME_COMPLETED];
  for (uint32_t k = 0; k < OUTCOMES; k++) sum->failed += outcome_failed((enum outcome)k) ? (double)w->ended[k] : 0;
  if (q->share == SHARE_FAILED) {
    for (uint32_t k = 0; k < OUTCOMES; k++) {
      bool failed = m->cause >= 0 ? k == (uint32_t)m->cause : outcome_failed((enum outcome)k);
      sum->all += (double)w->ended[k];
      sum->bad += failed ? (double)w->ended[k] : 0;
    }
  } else if (q->share != SHARE_NONE) {
    const struct histogram *h = m->kind->quantity == QUANTITY_WAIT ? &o->waits[bin] : &w->latency;
    int64_t limit = m->kind->percentage ? (int64_t)fmin(q->claim->high * 1e9, 9e18) : m->threshold;
    double at_most = h->count ? (double)h->count * histogram_share_at_most(h, limit) : 0;
    sum->all += (double)h->count;
    sum->bad += q->share == SHARE_ABOVE ? (double)h->count - at_most : at_most;
  }
}

static struct bin_sum ended_in(const struct windowed *q, const struct view *v, uint32_t bin) {
  const struct measure *m = &q->claim->measure;
  struct bin_sum sum = {0};
  for (uint32_t e = 0; e < v->endpoint_count; e++)
    if (m->subject == SUBJECT_ALL || e == m->index) add_row(q, view_observed(v, e, m->region), bin, &sum);
  return sum;
}

static struct bin_sum difference(const struct bin_sum *a, const struct bin_sum *b) {
  return (struct bin_sum){a->arrived - b->arrived, a->answered - b->answered, a->failed - b->failed, a->all - b->all,
                          a->bad - b->bad};
}

/* Behind the strike, up to each bin. */
static struct bin_sum *sums_of(const struct watched *watched, struct arena *arena, const struct windowed *q, const struct view *v) {
  uint32_t bins = watched->bins - watched->before;
  struct bin_sum *sums = arena_new_array(arena, struct bin_sum, bins + 1);
  for (uint32_t i = 0; i < bins; i++) {
    struct bin_sum e = ended_in(q, v, watched->before + i), *s = &sums[i];
    sums[i + 1] =
        (struct bin_sum){s->arrived + e.arrived, s->answered + e.answered, s->failed + e.failed, s->all + e.all, s->bad + e.bad};
  }
  return sums;
}

double *recovery_failed(const struct watched *watched, struct arena *arena, const struct windowed *q, const struct view *v) {
  struct arena *scratch = arena_new();
  double *failed = arena_new_array(arena, double, watched->bins - watched->before + 1);
  const struct bin_sum *sums = sums_of(watched, scratch, q, v);
  for (uint32_t i = 0; i <= watched->bins - watched->before; i++) failed[i] = sums[i].failed;
  arena_free(scratch);
  return failed;
}

/* The least that failed over a short window. */
static double least_failing(const struct windowed *q, const struct view *v, uint32_t from, uint32_t until) {
  double least = INFINITY;
  for (uint32_t i = from; i + q->width <= until; i++) {
    double failed = 0, ended = 0;
    for (uint32_t k = i; k < i + q->width; k++) {
      struct bin_sum e = ended_in(q, v, k);
      failed += e.failed, ended += e.failed + e.answered;
    }
    if (ended > 0) least = fmin(least, failed / ended);
  }
  return isinf(least) ? 0 : least;
}

double *recovery_failed_as_before(const struct watched *watched, struct arena *arena, const struct windowed *q,
                                  const struct view *v, uint32_t from) {
  enum { LOOKED_AT = 4 }; /* windows */
  if (watched->before - from > LOOKED_AT * q->width) from = watched->before - LOOKED_AT * q->width;
  uint32_t bins = watched->bins - watched->before;
  double *failed = arena_new_array(arena, double, bins + 1), share = least_failing(q, v, from, watched->before);
  for (uint32_t i = 0; i < bins; i++) {
    struct bin_sum e = ended_in(q, v, watched->before + i);
    failed[i + 1] = failed[i] + (e.failed + e.answered) * share;
  }
  return failed;
}

/* What fails because of the fault is not answered within any limit. */
static void add_failed(const struct windowed *q, struct bin_sum *e, const double *without, uint32_t from, uint32_t until) {
  if (q->share != SHARE_ABOVE || !without) return;
  double more = fmax(e->failed - (without[until] - without[from]), 0);
  e->bad += more, e->all += more;
}

uint32_t recovery_positions(const struct watched *watched, const struct windowed *q) {
  return watched->bins - watched->before - q->width + 1;
}

static double value_of(const struct watched *watched, const struct windowed *q, const struct view *v, uint32_t position) {
  struct measure m = q->claim->measure;
  sim_time from = (watched->before + position) * watched->bin;
  m.window = (struct window){WINDOW_RANGE, from, from + q->width * watched->bin};
  return measure_value(&m, watched->model, v);
}

static bool silent(const struct windowed *q, const struct bin_sum *e) {
  return q->of_requests && e->arrived > 0 && e->answered < 0.5;
}

/* Rounding must not break what is just kept. */
static bool share_kept(const struct windowed *q, const struct bin_sum *e) { return e->bad <= q->allowed * e->all + 1e-9; }

bool *recovery_kept(const struct watched *watched, struct arena *arena, const struct windowed *q, const struct view *v,
                    const double *failed_without) {
  uint32_t count = recovery_positions(watched, q), step = q->share == SHARE_NONE && q->width > SAMPLED ? q->width / SAMPLED : 1;
  bool *kept = arena_new_array(arena, bool, count);
  struct bin_sum *sums = sums_of(watched, arena, q, v);
  for (uint32_t i = 0; i < count; i++) {
    struct bin_sum e = difference(&sums[i + q->width], &sums[i]);
    if (silent(q, &e)) continue;
    add_failed(q, &e, failed_without, i, i + q->width);
    if (q->share != SHARE_NONE) {
      kept[i] = share_kept(q, &e);
      continue;
    }
    bool sampled = i % step == 0;
    double x = sampled ? value_of(watched, q, v, i) : NAN;
    kept[i] = sampled ? isnan(x) || claim_holds(q->claim, x) : kept[i - 1];
  }
  return kept;
}

/* More is bad than the limit would let through by chance, or nothing is answered. */
static bool clearly_bad(const struct windowed *q, const struct bin_sum *e) {
  enum { SILENCE = 5, LEAST = 2 };
  if (q->of_requests && e->arrived >= SILENCE && e->answered < 0.5) return true;
  if (q->share == SHARE_NONE || e->bad < LEAST) return false;
  return 1 - cdf_binomial((uint32_t)(e->bad + 0.5) - 1, q->allowed, (uint32_t)(e->all + 0.5)) < by_chance;
}

/* The first bin from which it holds again, when `last` is the last window that breaks it. */
static uint32_t first_good(const struct watched *watched, const struct windowed *q, const struct view *v,
                           const double *failed_without, uint32_t last) {
  uint32_t good = last + 1;
  for (uint32_t i = last + 1; i < last + q->width; i++) {
    struct bin_sum e = ended_in(q, v, watched->before + i);
    add_failed(q, &e, failed_without, i, i + 1);
    if (clearly_bad(q, &e)) good = i + 1;
  }
  return good;
}

/* The worst window: with the largest bad share; else the value farthest beyond the limit. */
static double worst_of(const struct watched *watched, const struct windowed *q, const struct view *v, struct arena *arena) {
  uint32_t count = recovery_positions(watched, q), worst = 0, step = q->width > SAMPLED ? q->width / SAMPLED : 1;
  double most = -1, value = NAN;
  const struct bin_sum *sums = q->share != SHARE_NONE ? sums_of(watched, arena, q, v) : NULL;
  for (uint32_t i = 0; i < count; i++) {
    struct bin_sum e = sums ? difference(&sums[i + q->width], &sums[i]) : (struct bin_sum){0};
    if (sums && e.all > 0 && e.bad / e.all > most) most = e.bad / e.all, worst = i;
    if (sums || i % step) continue;
    double x = value_of(watched, q, v, i), beyond = fmax(x - q->claim->high, q->claim->low - x);
    if (!isnan(x) && (isnan(value) || beyond > most)) most = beyond, value = x;
  }
  return sums ? value_of(watched, q, v, worst) : value;
}

struct broken recovery_broken(const struct watched *watched, const struct windowed *q, const bool *kept, const bool *without,
                              const double *failed_without, const struct view *v) {
  struct arena *arena = arena_new();
  uint32_t count = recovery_positions(watched, q), last = count;
  for (uint32_t i = count; i-- > 0 && last == count;)
    if (!kept[i] && (!without || without[i])) last = i;
  struct broken b = {.broken = last < count, .back = last + 1 < count, .recovery_s = NAN, .worst = worst_of(watched, q, v, arena)};
  if (b.back) b.recovery_s = first_good(watched, q, v, failed_without, last) * sim_seconds(watched->bin);
  arena_free(arena);
  return b;
}

struct estimate recovery_mean(const double *x, uint32_t n) {
  struct tally t = {0};
  bool infinite = false;
  for (uint32_t i = 0; i < n; i++) infinite |= isinf(x[i]);
  if (!n || infinite) return (struct estimate){n ? INFINITY : NAN, n ? INFINITY : NAN, n ? INFINITY : NAN, n, false};
  for (uint32_t i = 0; i < n; i++) tally_add(&t, x[i]);
  if (t.min == t.max && n > 1) return (struct estimate){t.mean, t.mean, t.mean, n, true};
  struct interval i = interval_student(x, n, INTERVAL_CONFIDENCE);
  return (struct estimate){t.mean, i.low, i.high, n, false};
}
