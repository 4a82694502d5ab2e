#include "sim/measure/estimate.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include "sim/stats/batch.h"
#include "sim/stats/interval.h"
#include "sim/stats/stopping.h"
#include <math.h>
#include <stdlib.h>

enum { FAILURES_FEW = 20, FAILURES_MANY = 50 };

/* The entry of the same latency that has the mean over the whole window; null when there is none. */
static const struct entry *mean_beside(const struct evidence *ev, const struct measure *m) {
  for (uint32_t i = 0; i < ev->claims_from; i++) {
    const struct measure *other = &ev->entries[i].measure;
    if (other->aggregate == AGGREGATE_MEAN && other->quantity == QUANTITY_LATENCY && other->subject == m->subject &&
        other->index == m->index)
      return &ev->entries[i];
  }
  return NULL;
}

static double sample_variance(const double *x, uint32_t n) {
  struct tally t = {0};
  for (uint32_t i = 0; i < n; i++)
    if (!isnan(x[i])) tally_add(&t, x[i]);
  return tally_variance(&t);
}

static double mean_of(const double *x, uint32_t n) {
  struct tally t = {0};
  for (uint32_t i = 0; i < n; i++) tally_add(&t, x[i]);
  return t.mean;
}

static double latency_variance(const struct evidence *ev, const struct measure *m) {
  const struct view *v = ev->traffic.sum;
  const struct histogram *h = m->subject == SUBJECT_SERVICE ? &v->observation.services[m->index].latency
                                                            : &v->latency[m->subject == SUBJECT_ALL ? v->endpoint_count : m->index];
  double sd_s = histogram_sd(h) * 1e-9;
  return sd_s * sd_s;
}

/* Requests follow each other's queues: how many independent ones n are worth (sim/stats/batch.h). A part of the window is taken
 * as the whole is. */
static double worth(const struct evidence *ev, const struct measure *m, uint64_t n) {
  const struct entry *mean = mean_beside(ev, m);
  uint32_t replications = ev->traffic.done;
  if (!mean || replications < 5) return (double)n;
  return batch_effective_requests((double)n, latency_variance(ev, m), sample_variance(mean->samples, replications),
                                  (double)measure_count(&mean->measure, &ev->model, ev->traffic.sum) / replications);
}

/* Percentiles need 100 / (1 - p) requests (METHOD 4). */
static double requests_needed(const struct measure *m) { return 100 / (1 - m->p) * (1 - 1e-9); }

/* Fewer are no number; nor are fewer independent ones, unless the replications agree all the same: intervals up to 7% each way
 * cover as often as they say, where each replication has seen enough beyond the percentile. */
static bool too_short(const struct evidence *ev, const struct measure *m, const struct estimate *x) {
  if (m->aggregate != AGGREGATE_QUANTILE || !x->n) return false;
  double beyond = (1 - m->p) * (double)x->n / ev->traffic.done, worthy = worth(ev, m, x->n);
  double half = 0.5 * (x->high - x->low) / x->value;
  bool agree = beyond >= 20 && (half <= 0.02 || (half <= 0.07 && worthy >= 0.1 * requests_needed(m)));
  return (double)x->n < requests_needed(m) || (!agree && worthy < requests_needed(m));
}

static void spread(const struct evidence *ev, const struct entry *e, struct estimate *x) {
  uint32_t n = entry_replications(ev, e), kept = 0;
  double *samples = allocate((n + 1) * sizeof *samples);
  for (uint32_t i = 0; i < n; i++)
    if (!isnan(e->samples[i])) samples[kept++] = e->samples[i];
  struct interval i = interval_skewed(samples, kept, 0.95);
  double mean = kept ? mean_of(samples, kept) : NAN; /* of the samples; the value is that of all together */
  free(samples);
  x->low = x->value + (i.low - mean), x->high = x->value + (i.high - mean);
}

/* How many failures come together, so that one says no more than they all. Where the queue is full it stays so for a while: of
 * M/M/1/10 at load 0.5 three are lost at a time. Seen in the spread of the counts over replications; a handful of failures shows
 * too little of it, but requests that follow each other's queues fail together at most as they are slow together. */
static double failing_together(const struct evidence *ev, const struct entry *e, double failures, uint64_t n) {
  uint32_t replications = ev->traffic.done;
  double each = failures / replications, requests = (double)n / replications;
  double counts = failures > 0 && replications > 1 ? sample_variance(e->samples, replications) * requests * requests : 0;
  double seen = failures > 0 ? fmax(1, counts / each) : 1;
  return failures < FAILURES_FEW ? fmax(seen, (double)n / worth(ev, &e->measure, n)) : seen;
}

/* Few failures, or few successes: their spread over replications says little, the count says more. In between both count. */
static void few_failures(const struct evidence *ev, const struct entry *e, struct estimate *x) {
  double n = (double)x->n, failures = floor(x->value * n + 0.5), rarer = fmin(failures, n - failures);
  if (!x->n) return;
  double together = failing_together(ev, e, rarer, x->n);
  if (rarer / together >= FAILURES_MANY) return;
  struct interval i =
      rarer > 0 ? interval_clopper_pearson(rarer / together, n / together, 0.95) : interval_zero((uint64_t)(n / together));
  if (failures > rarer) i = (struct interval){1 - i.high, 1 - i.low};
  bool spread_too = rarer > 0 && !isnan(x->low);
  x->low = spread_too ? fmin(x->low, i.low) : i.low, x->high = spread_too ? fmax(x->high, i.high) : i.high;
}

static bool of_single_faults(const struct measure *m) { return m->aggregate == AGGREGATE_RTO || m->aggregate == AGGREGATE_RPO; }

/* Outages are independent of each other: their spread is that of single ones, which are skewed. A handful shows too little of how
 * they vary; the law of the repair is known. */
static void spread_of_outages(const struct evidence *ev, const struct entry *e, struct estimate *x) {
  const struct durations *d = measure_durations(&e->measure, ev->faults.sum);
  double scv = x->value > 0 ? sample_variance(d->s, (uint32_t)d->count) / (x->value * x->value) : 0;
  struct interval i = interval_student(d->s, (uint32_t)d->count, 0.95);
  if (e->measure.aggregate == AGGREGATE_RTO) scv = fmax(scv, model_fault_at(&ev->model, e->measure.index)->repair.scv);
  if (d->count >= 2 && scv > 0) {
    struct interval factors = interval_positive_mean((double)d->count, scv, 0.95);
    i = (struct interval){factors.low * x->value, factors.high * x->value};
  }
  x->low = i.low > 0 ? i.low : i.low <= 0 ? 0 : NAN, x->high = i.high;
}

/* Availability rests on outages, not on years. None seen: at most 3 (Hanley and Lippman-Hand 1983), each as long as the longest
 * kind. Few seen: their number is Poisson and their lengths vary, so the time lost is a compound sum with the relative variance
 * of n / (1 + cv^2) events; a gamma law with that shape has its skew, which the t interval of the years has not. */
/* Of one endpoint: how many pieces of the run took time from it, and what. An outage that is another's is none of its own. */
static void own_outages(const struct evidence *ev, uint32_t endpoint, double *count, double *sum, double *squares) {
  *count = *sum = *squares = 0;
  for (uint32_t i = 0; i < ev->faults.done; i++) {
    double lost = 1 - ev->availability_samples[endpoint + 1][i];
    if (lost > 1e-12) *count += 1, *sum += lost, *squares += lost * lost;
  }
}

static void few_outages(const struct evidence *ev, const struct measure *m, struct estimate *x) {
  double count = 0, sum = 0, squares = 0, longest = 0, scale = m->aggregate == AGGREGATE_DOWNTIME ? sim_seconds(SIM_YEAR) : 1;
  for (uint32_t i = 0; i < ev->model.faults.count; i++) {
    const struct fault_view *f = &ev->faults.sum->faults[i];
    double n = (double)f->rto.count, mine = 0, mine_squared = 0;
    for (uint64_t k = 0; k < f->rto.count; k++) mine += f->rto.s[k], mine_squared += f->rto.s[k] * f->rto.s[k];
    /* A handful of outages shows too little of how they vary; the law of the repair is known. */
    double known = n > 0 ? mine * mine / n * (1 + model_fault_at(&ev->model, i)->repair.scv) : 0;
    count += n, sum += mine, squares += fmax(mine_squared, known);
    longest = fmax(longest, model_fault_at(&ev->model, i)->kind->outage_s(&ev->model, model_fault_at(&ev->model, i)));
  }
  if (m->subject == SUBJECT_ENDPOINT) {
    double pieces, all, squared;
    own_outages(ev, m->index, &pieces, &all, &squared);
    if (pieces < ev->faults.done && pieces < count) count = pieces, sum = all, squares = squared;
  }
  if (count >= 100) return;
  double lost = m->aggregate == AGGREGATE_DOWNTIME ? x->value / scale : 1 - x->value, low = 0,
         high = fmin(1, 3 * longest / ev->faults.sum->seconds);
  if (count > 0 && lost > 0) {
    struct interval i = interval_compound(count, fmax(0, count * squares / (sum * sum) - 1), 0.95);
    low = lost * i.low, high = fmin(1, lost * i.high);
  }
  x->low = m->aggregate == AGGREGATE_DOWNTIME ? low * scale : 1 - high,
  x->high = m->aggregate == AGGREGATE_DOWNTIME ? high * scale : 1 - low;
}

/* A count of which none was seen: at most 3 in all that was simulated (Hanley and Lippman-Hand 1983). */
static void never_seen(const struct evidence *ev, const struct measure *m, struct estimate *x) {
  if (m->aggregate == AGGREGATE_COUNT) x->high = 3.0 / ev->traffic.done;
  if (m->aggregate == AGGREGATE_RATE) x->high = 3.0 / ev->traffic.sum->seconds;
}

struct estimate entry_estimate(const struct evidence *ev, const struct entry *e) {
  const struct view *v = entry_view(ev, e);
  struct estimate x = {NAN, NAN, NAN, 0, false};
  if (!v || !v->replications) return x;
  x.n = measure_count(&e->measure, &ev->model, v);
  bool settles = e->measure.quantity == QUANTITY_LATENCY || e->measure.quantity == QUANTITY_WAIT ||
                 e->measure.quantity == QUANTITY_TIME || e->measure.quantity == QUANTITY_INSIDE;
  bool timeless = e->measure.over_faults || measure_is_exact(&e->measure, &ev->model);
  bool settling = ev->warmup == WARMUP_IS_MISSING && !ev->growth.grows && !timeless;
  if (settling || (settles && growth_concerns(ev, &e->measure)) ||
      (ev->traffic.sum->overflowed && !e->measure.over_faults && !measure_is_exact(&e->measure, &ev->model)))
    return x;
  x.value = measure_value(&e->measure, &ev->model, v);
  if (measure_is_exact(&e->measure, &ev->model)) {
    x.low = x.high = x.value, x.exact = true;
    return x;
  }
  if (of_single_faults(&e->measure))
    spread_of_outages(ev, e, &x);
  else
    spread(ev, e, &x);
  if (too_short(ev, &e->measure, &x)) return (struct estimate){NAN, NAN, NAN, x.n, false};
  if (e->measure.aggregate == AGGREGATE_ERROR_RATE || e->measure.aggregate == AGGREGATE_SHARE) few_failures(ev, e, &x);
  if (e->measure.aggregate == AGGREGATE_AVAILABILITY || e->measure.aggregate == AGGREGATE_DOWNTIME)
    few_outages(ev, &e->measure, &x);
  if (x.value == 0) never_seen(ev, &e->measure, &x);
  estimate_bounds(ev, e, worth(ev, &e->measure, x.n), &x);
  if (e->measure.aggregate == AGGREGATE_MAX || e->measure.aggregate == AGGREGATE_MIN)
    x.low = x.high = x.value; /* what was seen: no law gives it an interval */
  return x;
}

/* --- how much more it takes ----------------------------------------------------------------------------------------------------- */

/* What a relative half-width is relative to: of an availability what is missing to 1, for nines are what matters. */
static double scale_of(const struct entry *e, double value) {
  return e->measure.aggregate == AGGREGATE_AVAILABILITY ? 1 - value : fabs(value);
}

static uint32_t until_long_enough(const struct evidence *ev, const struct entry *e) {
  uint64_t n = e->measure.aggregate == AGGREGATE_QUANTILE ? measure_count(&e->measure, &ev->model, entry_view(ev, e)) : 0;
  double enough = n ? 1.1 * requests_needed(&e->measure) / worth(ev, &e->measure, n) : INFINITY;
  double needed = ceil(enough * entry_replications(ev, e));
  return needed < 1e9 && enough > 1 ? (uint32_t)needed : UINT32_MAX;
}

uint32_t entry_needs(const struct evidence *ev, const struct entry *e, double precision) {
  struct estimate x = entry_estimate(ev, e);
  if (isnan(x.value)) return until_long_enough(ev, e);
  double half = 0.5 * (x.high - x.low), target = stopping_target(precision, scale_of(e, x.value));
  if (x.exact || half <= target || !(scale_of(e, x.value) > 0) || isnan(half)) return 0;
  return stopping_until(half, target, entry_replications(ev, e));
}

/* --- why there is none ---------------------------------------------------------------------------------------------------------- */

static const char *more_for(const struct evidence *ev, const struct entry *e) {
  uint32_t needs = until_long_enough(ev, e);
  return needs == UINT32_MAX ? "" : arena_format(ev->arena, " (about %u replications would do)", needs);
}

/* A number of requests with its thousands apart, as in all that people read. */
static const char *thousands(const struct evidence *ev, double n) {
  char digits[32], text[48];
  int length = snprintf(digits, sizeof digits, "%.0f", n), used = 0;
  for (int i = 0; i < length; i++) {
    if (i && (length - i) % 3 == 0) text[used++] = ',';
    text[used++] = digits[i];
  }
  text[used] = 0;
  return arena_text(ev->arena, text);
}

static const char *too_few_for(const struct evidence *ev, const struct entry *e) {
  const struct measure *m = &e->measure;
  uint64_t n = measure_count(m, &ev->model, entry_view(ev, e));
  double worthy = floor(worth(ev, m, n));
  const char *needs = thousands(ev, 100 / (1 - m->p)), *is = thousands(ev, (double)n);
  if (worthy >= (double)n)
    return arena_format(ev->arena, "too short: p%g needs %s independent values; there are %s%s", 100 * m->p, needs, is,
                        more_for(ev, e));
  return arena_format(ev->arena,
                      "too short: p%g needs %s independent values; the %s here depend on each other and tell as much as %s%s",
                      100 * m->p, needs, is, thousands(ev, worthy), more_for(ev, e));
}

const char *entry_why_no_data(const struct evidence *ev, const struct entry *e) {
  const struct measure *m = &e->measure;
  if (m->aggregate == AGGREGATE_COST) return "nothing has a price";
  if (m->aggregate == AGGREGATE_SATURATION) return "no resource has a bound";
  if (!entry_replications(ev, e)) return m->over_faults ? "no years of faults were simulated" : "no traffic was simulated";
  if (ev->warmup == WARMUP_IS_MISSING && !ev->growth.grows && !m->over_faults)
    return "too short: no end of the warm-up was found; give run.warmup, or a longer run.window";
  if (growth_concerns(ev, m)) return ev->growth.brief;
  if (m->aggregate == AGGREGATE_RTO) return "no outage of this fault happened";
  if (m->aggregate == AGGREGATE_RPO) return "this fault took no primary of a database that has \"replication\" or \"backup\"";
  bool of_requests = m->quantity == QUANTITY_LATENCY && m->subject <= SUBJECT_ENDPOINT;
  const struct view *v = entry_view(ev, e);
  if (of_requests && !v->arrived[m->subject == SUBJECT_ALL ? v->endpoint_count : m->index]) return "no request arrived";
  if (of_requests && !measure_count(m, &ev->model, v)) return "no request was answered";
  if (m->aggregate == AGGREGATE_QUANTILE && measure_count(m, &ev->model, v)) return too_few_for(ev, e);
  return "nothing was observed";
}
