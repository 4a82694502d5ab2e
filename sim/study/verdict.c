/* Estimates and verdicts: intervals from the spread of the replications, and which side of a claim they lie on. */
#include "sim/engine/arena.h"
#include "sim/stats/interval.h"
#include "sim/study/ledger.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct view *view_of(const struct ledger *l, const struct entry *e) {
  return e->measure.over_faults ? l->faults : l->traffic;
}

static uint32_t replications_of(const struct ledger *l, const struct entry *e) {
  return e->measure.over_faults ? l->fault_replications : l->traffic_replications;
}

/* Percentiles need 100 / (1 - p) requests (METHOD 4); fewer are no number. */
static bool too_short(const struct measure *m, uint64_t n) {
  return m->aggregate == AGGREGATE_QUANTILE && (double)n < 100 / (1 - m->p) * (1 - 1e-9);
}

static void spread(const struct ledger *l, const struct entry *e, struct estimate *x) {
  uint32_t n = replications_of(l, e), kept = 0;
  double *samples = malloc((n + 1) * sizeof *samples);
  for (uint32_t i = 0; i < n; i++)
    if (!isnan(e->samples[i])) samples[kept++] = e->samples[i];
  double half = kept >= 2 ? interval_half_width(interval_student(samples, kept, 0.95)) : NAN;
  free(samples);
  x->low = x->value - half, x->high = x->value + half;
  enum unit unit = measure_unit(&e->measure);
  if (x->low < 0) x->low = 0; /* nothing that is measured can be negative */
  if (unit == UNIT_RATIO && e->measure.aggregate != AGGREGATE_UTILIZATION && x->high > 1) x->high = 1;
}

/* Few failures, or few successes: their spread over replications says little, the count says more. */
static void few_failures(struct estimate *x) {
  uint64_t failures = (uint64_t)(x->value * (double)x->n + 0.5), rest = x->n - failures;
  if (!x->n || (failures >= 20 && rest >= 20)) return;
  struct interval i = failures && rest ? interval_wilson(failures, x->n, 0.95) : interval_zero(x->n);
  bool all = !rest;
  x->low = all ? 1 - i.high : i.low, x->high = all ? 1 : i.high;
}

/* Outages are independent of each other: their spread is that of single ones. */
static void spread_of_outages(const struct ledger *l, const struct entry *e, struct estimate *x) {
  const struct fault_view *f = &l->faults->faults[e->measure.index];
  struct interval i = interval_student(f->rto_s, (uint32_t)f->outages, 0.95);
  x->low = i.low > 0 ? i.low : i.low <= 0 ? 0 : NAN, x->high = i.high;
}

/* How long an outage of the fault would last, in the mean: repair, or restart and start. */
static double outage_s(const struct model *m, const struct fault_config *f) {
  if (f->kind == FAULT_NODE) return f->repair.mean * 1e-9;
  const struct platform_config *p = &m->platform;
  sim_time restart = p->compose.restart_delay > p->swarm.restart_delay ? p->compose.restart_delay : p->swarm.restart_delay;
  return model_service(m, (uint32_t)f->service)->start.mean * 1e-9 + sim_seconds(restart);
}

/* Availability rests on outages, not on years. None seen: at most 3 (Hanley and Lippman-Hand 1983), each as long as the longest
 * kind. Few seen: their number is Poisson and their lengths vary, so the time lost is a compound sum with the relative variance
 * of n / (1 + cv^2) events; a gamma law with that shape has its skew, which the t interval of the years has not. */
static void few_outages(const struct ledger *l, const struct measure *m, struct estimate *x) {
  double count = 0, sum = 0, squares = 0, longest = 0, scale = m->aggregate == AGGREGATE_DOWNTIME ? sim_seconds(SIM_YEAR) : 1;
  for (uint32_t i = 0; i < l->model->faults.count; i++) {
    const struct fault_view *f = &l->faults->faults[i];
    double n = (double)f->outages, mine = 0, mine_squared = 0;
    for (uint64_t k = 0; k < f->outages; k++) mine += f->rto_s[k], mine_squared += f->rto_s[k] * f->rto_s[k];
    /* A handful of outages shows too little of how they vary; the law of the repair is known. */
    double known = n > 0 ? mine * mine / n * (1 + model_fault_at(l->model, i)->repair.scv) : 0;
    count += n, sum += mine, squares += fmax(mine_squared, known);
    longest = fmax(longest, outage_s(l->model, model_fault_at(l->model, i)));
  }
  if (count >= 100) return;
  double lost = m->aggregate == AGGREGATE_DOWNTIME ? x->value / scale : 1 - x->value, low = 0,
         high = fmin(1, 3 * longest / l->faults->seconds);
  if (count > 0 && lost > 0) {
    struct interval i = interval_compound(count, fmax(0, count * squares / (sum * sum) - 1), 0.95);
    low = lost * i.low, high = fmin(1, lost * i.high);
  }
  x->low = m->aggregate == AGGREGATE_DOWNTIME ? low * scale : 1 - high,
  x->high = m->aggregate == AGGREGATE_DOWNTIME ? high * scale : 1 - low;
}

struct estimate ledger_estimate(const struct ledger *l, const struct entry *e) {
  const struct view *v = view_of(l, e);
  struct estimate x = {NAN, NAN, NAN, 0, false};
  if (!v || !v->replications) return x;
  x.n = measure_count(&e->measure, l->model, v);
  if (too_short(&e->measure, x.n)) return x;
  bool settles = e->measure.quantity == QUANTITY_LATENCY || e->measure.quantity == QUANTITY_WAIT ||
                 e->measure.quantity == QUANTITY_TIME || e->measure.quantity == QUANTITY_INSIDE;
  if ((l->unstable && settles) || (l->traffic->overflowed && !e->measure.over_faults && !measure_is_exact(&e->measure, l->model)))
    return x;
  x.value = measure_value(&e->measure, l->model, v);
  if (measure_is_exact(&e->measure, l->model)) {
    x.low = x.high = x.value, x.exact = true;
    return x;
  }
  if (e->measure.aggregate == AGGREGATE_RTO)
    spread_of_outages(l, e, &x);
  else
    spread(l, e, &x);
  if (e->measure.aggregate == AGGREGATE_ERROR_RATE || e->measure.aggregate == AGGREGATE_SHARE) few_failures(&x);
  if (e->measure.aggregate == AGGREGATE_AVAILABILITY || e->measure.aggregate == AGGREGATE_DOWNTIME) few_outages(l, &e->measure, &x);
  if (e->measure.aggregate == AGGREGATE_MAX) x.low = x.high = x.value; /* what was seen: no law gives it an interval */
  return x;
}

/* --- claims --------------------------------------------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* "for 95%": the percentile of the outages' times, with its distribution-free interval. */
static struct estimate outage_quantile(const struct ledger *l, const struct claim *c) {
  const struct fault_view *f = &l->faults->faults[c->measure.index];
  struct estimate x = {NAN, NAN, NAN, f->outages, false};
  if (!f->outages) return x;
  double *sorted = malloc(f->outages * sizeof *sorted);
  memcpy(sorted, f->rto_s, f->outages * sizeof *sorted);
  qsort(sorted, f->outages, sizeof *sorted, by_value);
  uint32_t lower, upper, n = (uint32_t)f->outages;
  interval_quantile_ranks(n, c->share, 0.95, &lower, &upper);
  uint32_t rank = (uint32_t)ceil(c->share * n);
  x.value = sorted[rank ? rank - 1 : 0];
  x.low = lower ? sorted[lower - 1] : 0;
  x.high = upper <= n ? sorted[upper - 1] : INFINITY;
  free(sorted);
  return x;
}

static bool holds(const struct claim *c, double x) {
  switch (c->comparison) {
  case COMPARE_LESS:
    return x < c->high;
  case COMPARE_LESS_EQUAL:
    return x <= c->high;
  case COMPARE_GREATER:
    return x > c->low;
  case COMPARE_GREATER_EQUAL:
    return x >= c->low;
  default:
    return x >= c->low && x <= c->high;
  }
}

/* The interval lies wholly on one side when both its ends do, and for a range no part of it reaches across. */
static enum verdict judge(const struct claim *c, const struct estimate *x) {
  if (isnan(x->low) || isnan(x->high)) return VERDICT_UNDECIDED;
  bool low = holds(c, x->low), high = holds(c, x->high);
  if (low && high) return VERDICT_PASS;
  if (low || high) return VERDICT_UNDECIDED;
  bool spans = c->comparison == COMPARE_IN && x->low < c->low && x->high > c->high;
  return spans ? VERDICT_UNDECIDED : VERDICT_FAIL;
}

/* Half-widths shrink with the square root of the number of replications. */
static uint64_t more_needed(const struct claim *c, const struct estimate *x, uint32_t replications) {
  double distance = fmin(fabs(x->value - c->low), fabs(x->value - c->high)), half = 0.5 * (x->high - x->low);
  if (!(distance > 0) || !(half > 0) || isinf(distance) || isinf(half)) return 0;
  double needed = replications * (half / distance) * (half / distance);
  return needed > 1e9 ? 0 : (uint64_t)fmax(1, ceil(needed) - replications);
}

static const char *why_no_data(const struct ledger *l, const struct entry *e) {
  const struct measure *m = &e->measure;
  if (l->unstable && !m->over_faults) return "unstable: the load is above what the system can do, and nothing bounds the queue";
  if (m->aggregate == AGGREGATE_RTO) return "no outage of this fault happened";
  if (m->aggregate == AGGREGATE_QUANTILE)
    return arena_format(l->arena, "too short: this percentile needs %.0f answered requests", 100 / (1 - m->p));
  if (m->aggregate == AGGREGATE_COST) return "nothing has a price";
  return "nothing was observed";
}

struct claim_result claim_judge(const struct ledger *l, const struct claim *c, const struct entry *e) {
  struct claim_result r = {.id = c->name,
                           .expression = c->expression,
                           .source = c->source,
                           .note = c->note,
                           .severity = (enum severity)c->severity,
                           .unit = measure_unit(&c->measure),
                           .low = c->low,
                           .high = c->high};
  r.estimate = c->share > 0 && l->faults ? outage_quantile(l, c) : ledger_estimate(l, e);
  if (isnan(r.estimate.value)) {
    r.verdict = VERDICT_NO_DATA;
    r.reason = why_no_data(l, e);
    return r;
  }
  r.verdict = judge(c, &r.estimate);
  if (r.verdict != VERDICT_UNDECIDED) return r;
  uint64_t more = more_needed(c, &r.estimate, replications_of(l, e));
  if (c->measure.over_faults && more)
    r.reason = arena_format(l->arena, "about %.0f more years of faults would decide",
                            (double)more * (double)l->model->run.years_per_replication);
  else
    r.more_replications = more;
  return r;
}
