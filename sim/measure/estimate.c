#include "sim/measure/estimate.h"
#include "sim/describe/thousands.h"
#include "sim/engine/arena.h"
#include "sim/measure/law.h"
#include "sim/measure/measure_money.h"
#include "sim/measure/measure_row.h"
#include "sim/measure/price_ends.h"
#include "sim/stats/stopping.h"
#include <assert.h>
#include <math.h>
#include <stdio.h>

/* Percentiles need 100 / (1 - p) requests: a hundred beyond it. The slack is that of rounding in 1 - p. */
static double requests_needed(const struct measure *m) {
  assert(m->p > 0 && m->p < 1);
  return 100 / (1 - m->p) * (1 - 1e-9);
}

/* Fewer are no number; nor are fewer independent ones, unless the replications agree all the same: intervals up to 7% each way
 * cover as often as they say, where each replication has seen enough beyond the percentile. */
static bool too_short(const struct evidence *ev, const struct measure *m, const struct estimate *x) {
  if (m->p == 0 || !x->n) return false;
  double beyond = (1 - m->p) * (double)x->n / ev->traffic.done, worthy = law_worth(ev, m, x->n);
  double half = 0.5 * (x->high - x->low) / x->value;
  bool agree = beyond >= 20 && (half <= 0.02 || (half <= 0.07 && worthy >= 0.1 * requests_needed(m)));
  return (double)x->n < requests_needed(m) || (!agree && worthy < requests_needed(m));
}

/* Whether there is anything to estimate. */
static bool is_known(const struct evidence *ev, const struct entry *e, bool exact) {
  const struct measure_row *row = measure_row(&e->measure);
  bool timeless = row->kind.over_faults || exact;
  bool settling = ev->warmup == WARMUP_IS_MISSING && !ev->growth.grows;
  if (!timeless && (settling || ev->traffic.sum->overflowed)) return false;
  return !(row->steady && growth_concerns(ev, &e->measure));
}

/* The interval around the value of x, by the samples of the entry. */
static struct estimate around(const struct evidence *ev, const struct entry *e, struct estimate x) {
  const struct measure_row *row = measure_row(&e->measure);
  if (measure_is_exact(&e->measure, &ev->model)) {
    x.low = x.high = x.value;
    x.exact = true;
    return x;
  }
  if (isinf(x.value) && !row->endless) { /* no more runs bring it down */
    x.low = x.high = x.value;
    return x;
  }
  (row->law ? row->law : law_of_spread)(ev, e, &x);
  if (too_short(ev, &e->measure, &x)) return (struct estimate){NAN, NAN, NAN, x.n, false};
  estimate_bounds(ev, e, law_worth(ev, &e->measure, x.n), &x);
  if (row->extreme) x.low = x.high = x.value;
  return x;
}

struct estimate entry_at_typical(const struct evidence *ev, const struct entry *e) {
  const struct view *v = entry_view(ev, e);
  struct estimate x = {NAN, NAN, NAN, 0, false};
  if (!v || !v->replications) return x;
  x.n = measure_count(&e->measure, &ev->model, v);
  if (!is_known(ev, e, measure_is_exact(&e->measure, &ev->model))) return x;
  x.value = measure_value(&e->measure, &ev->model, v);
  return around(ev, e, x);
}

/* --- prices that are ranges --------------------------------------------------------------------------------------------------- */

/* What a second down costs at this end over what it costs at the typical price. */
static double dearer(const struct evidence *ev, enum price_end end) {
  return worth_of_a_second_down_at(&ev->model, end) / worth_of_a_second_down(&ev->model);
}

bool entry_price_ends(const struct evidence *ev, const struct entry *e, struct estimate ends[2]) {
  const struct measure *m = &e->measure;
  bool of_time = measure_row(m)->worth && dearer(ev, PRICE_LOW) < dearer(ev, PRICE_HIGH);
  if (!of_time && !has_price_ends(m, &ev->model)) return false;
  struct estimate typical = entry_at_typical(ev, e);
  if (isnan(typical.value)) return false;
  struct price_ends at = of_time
                             ? (struct price_ends){typical.value * dearer(ev, PRICE_LOW), typical.value * dearer(ev, PRICE_HIGH)}
                             : price_ends_of(m, &ev->model, entry_view(ev, e), NULL);
  for (int k = 0; k < 2; k++) {
    double times = of_time ? dearer(ev, k ? PRICE_HIGH : PRICE_LOW) : 1, value = k ? at.high : at.low;
    struct entry end = *e;
    if (!of_time) end.samples = e->ends[k];
    ends[k] = of_time ? (struct estimate){value, typical.low * times, typical.high * times, typical.n, typical.exact}
                      : around(ev, &end, (struct estimate){value, NAN, NAN, typical.n, false});
  }
  return true;
}

struct estimate entry_estimate(const struct evidence *ev, const struct entry *e) {
  struct estimate x = entry_at_typical(ev, e), ends[2];
  if (isnan(x.value) || !entry_price_ends(ev, e, ends)) return x;
  x.low = ends[0].low, x.high = ends[1].high, x.exact &= x.low == x.high;
  return x;
}

/* --- how much more it takes --------------------------------------------------------------------------------------------------- */

/* What a relative half-width is relative to. */
static double scale_of(const struct entry *e, double value) { return measure_row(&e->measure)->nines ? 1 - value : fabs(value); }

static uint32_t until_long_enough(const struct evidence *ev, const struct entry *e) {
  uint64_t n = e->measure.p > 0 ? measure_count(&e->measure, &ev->model, entry_view(ev, e)) : 0;
  double enough = n ? 1.1 * requests_needed(&e->measure) / law_worth(ev, &e->measure, n) : INFINITY;
  return enough > 1 ? stopping_number(enough * entry_replications(ev, e)) : UINT32_MAX;
}

uint32_t entry_needs(const struct evidence *ev, const struct entry *e, double precision) {
  struct estimate x = entry_at_typical(ev, e);
  if (isnan(x.value)) return until_long_enough(ev, e);
  double half = 0.5 * (x.high - x.low), target = stopping_target(precision, scale_of(e, x.value));
  if (x.exact || half <= target || !(scale_of(e, x.value) > 0) || isnan(half)) return 0;
  return stopping_until(half, target, entry_replications(ev, e));
}

/* --- why there is none -------------------------------------------------------------------------------------------------------- */

static const char *more_for(const struct evidence *ev, const struct entry *e) {
  uint32_t needs = until_long_enough(ev, e);
  return needs == UINT32_MAX ? "" : arena_format(ev->arena, " (about %u replications would do)", needs);
}

/* A number of requests as people read it. */
const char *entry_count(const struct evidence *ev, double n) {
  char digits[32], text[48];
  snprintf(digits, sizeof digits, "%.0f", n);
  thousands_group(digits, text, sizeof text);
  return arena_text(ev->arena, text);
}

static const char *too_few_for(const struct evidence *ev, const struct entry *e) {
  const struct measure *m = &e->measure;
  uint64_t n = measure_count(m, &ev->model, entry_view(ev, e));
  double worthy = floor(law_worth(ev, m, n));
  const char *needs = entry_count(ev, 100 / (1 - m->p)), *is = entry_count(ev, (double)n);
  if (worthy >= (double)n)
    return arena_format(ev->arena, "too short: p%g needs %s independent values; there are %s%s", 100 * m->p, needs, is,
                        more_for(ev, e));
  return arena_format(ev->arena,
                      "too short: p%g needs %s independent values; the %s here depend on each other and tell as much as %s%s",
                      100 * m->p, needs, is, entry_count(ev, worthy), more_for(ev, e));
}

const char *entry_why_no_data(const struct evidence *ev, const struct entry *e) {
  const struct measure *m = &e->measure;
  const struct measure_row *row = measure_row(m);
  if (row->exact && row->why_none) return row->why_none;
  if (!entry_replications(ev, e)) return row->kind.over_faults ? "no years of faults were simulated" : "no traffic was simulated";
  if (ev->warmup == WARMUP_IS_MISSING && !ev->growth.grows && !row->kind.over_faults)
    return "too short: no end of the warm-up was found; give run.warmup, or a longer run.window";
  if (growth_concerns(ev, m)) return ev->growth.brief;
  if (row->why_none) return row->why_none;
  bool of_requests = measure_is_latency(m) && m->subject <= SUBJECT_ENDPOINT;
  const struct view *v = entry_view(ev, e);
  if (of_requests && !v->arrived[measure_view_row(m, v)]) return "no request arrived";
  if (of_requests && !measure_count(m, &ev->model, v)) return "no request was answered";
  if (m->p > 0 && measure_count(m, &ev->model, v)) return too_few_for(ev, e);
  return "nothing was observed";
}
