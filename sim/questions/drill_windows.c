/* A requirement over the short windows of one replication. */
#include "sim/engine/arena.h"
#include "sim/measure/verdict.h"
#include "sim/questions/drill_inner.h"
#include "sim/stats/cdf.h"
#include <math.h>

enum { SAMPLED = 10 }; /* windows of measures that are no shares, within the width of one */
static const double by_chance = 1e-4;

/* What ended in a bin, or in several. */
struct bin_sum {
  double arrived, answered, failed, all, bad;
};

static void add_row(const struct requirement *q, const struct endpoint_observation *o, uint32_t bin, struct bin_sum *sum) {
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

static struct bin_sum ended_in(const struct requirement *q, const struct view *v, uint32_t bin) {
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
static struct bin_sum *sums_of(const struct drill *d, struct arena *arena, const struct requirement *q, const struct view *v) {
  uint32_t bins = d->bins - d->before;
  struct bin_sum *sums = arena_new_array(arena, struct bin_sum, bins + 1);
  for (uint32_t i = 0; i < bins; i++) {
    struct bin_sum e = ended_in(q, v, d->before + i), *s = &sums[i];
    sums[i + 1] =
        (struct bin_sum){s->arrived + e.arrived, s->answered + e.answered, s->failed + e.failed, s->all + e.all, s->bad + e.bad};
  }
  return sums;
}

double *drill_failed(const struct drill *d, const struct requirement *q, const struct view *v) {
  struct arena *scratch = arena_new();
  double *failed = arena_new_array(d->arena, double, d->bins - d->before + 1);
  const struct bin_sum *sums = sums_of(d, scratch, q, v);
  for (uint32_t i = 0; i <= d->bins - d->before; i++) failed[i] = sums[i].failed;
  arena_free(scratch);
  return failed;
}

/* What fails because of the fault is not answered within any limit. */
static void add_failed(const struct requirement *q, struct bin_sum *e, const double *without, uint32_t from, uint32_t until) {
  if (q->share != SHARE_ABOVE || !without) return;
  double more = fmax(e->failed - (without[until] - without[from]), 0);
  e->bad += more, e->all += more;
}

uint32_t drill_positions(const struct drill *d, const struct requirement *q) { return d->bins - d->before - q->width + 1; }

static double value_of(const struct drill *d, const struct requirement *q, const struct view *v, uint32_t position) {
  struct measure m = q->claim->measure;
  sim_time from = (d->before + position) * d->bin;
  m.window = (struct window){WINDOW_RANGE, from, from + q->width * d->bin};
  return measure_value(&m, &d->calm, v);
}

static bool silent(const struct requirement *q, const struct bin_sum *e) {
  return q->of_requests && e->arrived > 0 && e->answered < 0.5;
}

/* Rounding must not break what is just kept. */
static bool share_kept(const struct requirement *q, const struct bin_sum *e) { return e->bad <= q->allowed * e->all + 1e-9; }

bool *drill_kept(const struct drill *d, struct arena *arena, const struct requirement *q, const struct view *v,
                 const double *failed_without) {
  uint32_t count = drill_positions(d, q), step = q->share == SHARE_NONE && q->width > SAMPLED ? q->width / SAMPLED : 1;
  bool *kept = arena_new_array(arena, bool, count);
  struct bin_sum *sums = sums_of(d, arena, q, v);
  for (uint32_t i = 0; i < count; i++) {
    struct bin_sum e = difference(&sums[i + q->width], &sums[i]);
    if (silent(q, &e)) continue;
    add_failed(q, &e, failed_without, i, i + q->width);
    if (q->share != SHARE_NONE) {
      kept[i] = share_kept(q, &e);
      continue;
    }
    bool sampled = i % step == 0;
    double x = sampled ? value_of(d, q, v, i) : NAN;
    kept[i] = sampled ? isnan(x) || claim_holds(q->claim, x) : kept[i - 1];
  }
  return kept;
}

/* More is bad than the limit would let through by chance, or nothing is answered. */
static bool clearly_bad(const struct requirement *q, const struct bin_sum *e) {
  enum { SILENCE = 5, LEAST = 2 };
  if (q->of_requests && e->arrived >= SILENCE && e->answered < 0.5) return true;
  if (q->share == SHARE_NONE || e->bad < LEAST) return false;
  return 1 - cdf_binomial((uint32_t)(e->bad + 0.5) - 1, q->allowed, (uint32_t)(e->all + 0.5)) < by_chance;
}

/* The first bin from which it holds again, when `last` is the last window that breaks it. */
static uint32_t first_good(const struct drill *d, const struct requirement *q, const struct view *v, const double *failed_without,
                           uint32_t last) {
  uint32_t good = last + 1;
  for (uint32_t i = last + 1; i < last + q->width; i++) {
    struct bin_sum e = ended_in(q, v, d->before + i);
    add_failed(q, &e, failed_without, i, i + 1);
    if (clearly_bad(q, &e)) good = i + 1;
  }
  return good;
}

/* The worst window: with the largest bad share; else the value farthest beyond the limit. */
static double worst_of(const struct drill *d, const struct requirement *q, const struct view *v, struct arena *arena) {
  uint32_t count = drill_positions(d, q), worst = 0, step = q->width > SAMPLED ? q->width / SAMPLED : 1;
  double most = -1, value = NAN;
  const struct bin_sum *sums = q->share != SHARE_NONE ? sums_of(d, arena, q, v) : NULL;
  for (uint32_t i = 0; i < count; i++) {
    struct bin_sum e = sums ? difference(&sums[i + q->width], &sums[i]) : (struct bin_sum){0};
    if (sums && e.all > 0 && e.bad / e.all > most) most = e.bad / e.all, worst = i;
    if (sums || i % step) continue;
    double x = value_of(d, q, v, i), beyond = fmax(x - q->claim->high, q->claim->low - x);
    if (!isnan(x) && (isnan(value) || beyond > most)) most = beyond, value = x;
  }
  return sums ? value_of(d, q, v, worst) : value;
}

struct broken drill_broken(const struct drill *d, const struct requirement *q, const bool *kept, const bool *without,
                           const double *failed_without, const struct view *v) {
  struct arena *arena = arena_new();
  uint32_t count = drill_positions(d, q), last = count;
  for (uint32_t i = count; i-- > 0 && last == count;)
    if (!kept[i] && without[i]) last = i;
  struct broken b = {.broken = last < count, .back = last + 1 < count, .recovery_s = NAN, .worst = worst_of(d, q, v, arena)};
  if (b.back) b.recovery_s = first_good(d, q, v, failed_without, last) * sim_seconds(d->bin);
  arena_free(arena);
  return b;
}
