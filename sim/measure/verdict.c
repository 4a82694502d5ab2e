/* Estimates and verdicts: intervals from the spread of the replications, and which side of a claim they lie on. */
#include "sim/engine/arena.h"
#include "models/availability/outage.h"
#include "sim/stats/batch.h"
#include "sim/stats/interval.h"
#include "sim/stats/stopping.h"
#include "sim/stats/tally.h"
#include "sim/study/study_inner.h"
#include "sim/engine/allocate.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FAILURES_FEW = 20, FAILURES_MANY = 50 };

/* The entry of the same latency that has the mean over the whole window; null when there is none. */
static const struct entry *mean_beside(const struct study *l, const struct measure *m) {
  for (uint32_t i = 0; i < l->claims_from; i++) {
    const struct measure *other = &l->entries[i].measure;
    if (other->aggregate == AGGREGATE_MEAN && other->quantity == QUANTITY_LATENCY && other->subject == m->subject &&
        other->index == m->index)
      return &l->entries[i];
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

static double latency_variance(const struct study *l, const struct measure *m) {
  const struct view *v = l->traffic.sum;
  const struct histogram *h = m->subject == SUBJECT_SERVICE ? &v->observation.services[m->index].latency
                                                            : &v->latency[m->subject == SUBJECT_ALL ? v->endpoint_count : m->index];
  double sd_s = histogram_sd(h) * 1e-9;
  return sd_s * sd_s;
}

/* Requests follow each other's queues: how many independent ones n are worth (sim/stats/batch.h). A part of the window is taken
 * as the whole is. */
static double worth(const struct study *l, const struct measure *m, uint64_t n) {
  const struct entry *mean = mean_beside(l, m);
  uint32_t replications = l->traffic.done;
  if (!mean || replications < 5) return (double)n;
  return batch_effective_requests((double)n, latency_variance(l, m), sample_variance(mean->samples, replications),
                                  (double)measure_count(&mean->measure, &l->model, l->traffic.sum) / replications);
}

/* Percentiles need 100 / (1 - p) requests (METHOD 4). */
static double requests_needed(const struct measure *m) { return 100 / (1 - m->p) * (1 - 1e-9); }

/* Fewer are no number; nor are fewer independent ones, unless the replications agree all the same: intervals up to 7% each way
 * cover as often as they say, where each replication has seen enough beyond the percentile. */
static bool too_short(const struct study *l, const struct measure *m, const struct estimate *x) {
  if (m->aggregate != AGGREGATE_QUANTILE || !x->n) return false;
  double beyond = (1 - m->p) * (double)x->n / l->traffic.done, worthy = worth(l, m, x->n);
  double half = 0.5 * (x->high - x->low) / x->value;
  bool agree = beyond >= 20 && (half <= 0.02 || (half <= 0.07 && worthy >= 0.1 * requests_needed(m)));
  return (double)x->n < requests_needed(m) || (!agree && worthy < requests_needed(m));
}

static void spread(const struct study *l, const struct entry *e, struct estimate *x) {
  uint32_t n = entry_replications(l, e), kept = 0;
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
static double failing_together(const struct study *l, const struct entry *e, double failures, uint64_t n) {
  uint32_t replications = l->traffic.done;
  double each = failures / replications, requests = (double)n / replications;
  double counts = failures > 0 && replications > 1 ? sample_variance(e->samples, replications) * requests * requests : 0;
  double seen = failures > 0 ? fmax(1, counts / each) : 1;
  return failures < FAILURES_FEW ? fmax(seen, (double)n / worth(l, &e->measure, n)) : seen;
}

/* Few failures, or few successes: their spread over replications says little, the count says more. In between both count. */
static void few_failures(const struct study *l, const struct entry *e, struct estimate *x) {
  double n = (double)x->n, failures = floor(x->value * n + 0.5), rarer = fmin(failures, n - failures);
  if (!x->n) return;
  double together = failing_together(l, e, rarer, x->n);
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
static void spread_of_outages(const struct study *l, const struct entry *e, struct estimate *x) {
  const struct durations *d = measure_durations(&e->measure, l->faults.sum);
  double scv = x->value > 0 ? sample_variance(d->s, (uint32_t)d->count) / (x->value * x->value) : 0;
  struct interval i = interval_student(d->s, (uint32_t)d->count, 0.95);
  if (e->measure.aggregate == AGGREGATE_RTO) scv = fmax(scv, model_fault_at(&l->model, e->measure.index)->repair.scv);
  if (d->count >= 2 && scv > 0) {
    struct interval factors = interval_positive_mean((double)d->count, scv, 0.95);
    i = (struct interval){factors.low * x->value, factors.high * x->value};
  }
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
/* Of one endpoint: how many pieces of the run took time from it, and what. An outage that is another's is none of its own. */
static void own_outages(const struct study *l, uint32_t endpoint, double *count, double *sum, double *squares) {
  *count = *sum = *squares = 0;
  for (uint32_t i = 0; i < l->faults.done; i++) {
    double lost = 1 - l->availability_samples[endpoint + 1][i];
    if (lost > 1e-12) *count += 1, *sum += lost, *squares += lost * lost;
  }
}

static void few_outages(const struct study *l, const struct measure *m, struct estimate *x) {
  double count = 0, sum = 0, squares = 0, longest = 0, scale = m->aggregate == AGGREGATE_DOWNTIME ? sim_seconds(SIM_YEAR) : 1;
  for (uint32_t i = 0; i < l->model.faults.count; i++) {
    const struct fault_view *f = &l->faults.sum->faults[i];
    double n = (double)f->rto.count, mine = 0, mine_squared = 0;
    for (uint64_t k = 0; k < f->rto.count; k++) mine += f->rto.s[k], mine_squared += f->rto.s[k] * f->rto.s[k];
    /* A handful of outages shows too little of how they vary; the law of the repair is known. */
    double known = n > 0 ? mine * mine / n * (1 + model_fault_at(&l->model, i)->repair.scv) : 0;
    count += n, sum += mine, squares += fmax(mine_squared, known);
    longest = fmax(longest, outage_s(&l->model, model_fault_at(&l->model, i)));
  }
  if (m->subject == SUBJECT_ENDPOINT) {
    double pieces, all, squared;
    own_outages(l, m->index, &pieces, &all, &squared);
    if (pieces < l->faults.done && pieces < count) count = pieces, sum = all, squares = squared;
  }
  if (count >= 100) return;
  double lost = m->aggregate == AGGREGATE_DOWNTIME ? x->value / scale : 1 - x->value, low = 0,
         high = fmin(1, 3 * longest / l->faults.sum->seconds);
  if (count > 0 && lost > 0) {
    struct interval i = interval_compound(count, fmax(0, count * squares / (sum * sum) - 1), 0.95);
    low = lost * i.low, high = fmin(1, lost * i.high);
  }
  x->low = m->aggregate == AGGREGATE_DOWNTIME ? low * scale : 1 - high,
  x->high = m->aggregate == AGGREGATE_DOWNTIME ? high * scale : 1 - low;
}

/* A count of which none was seen: at most 3 in all that was simulated (Hanley and Lippman-Hand 1983). */
static void never_seen(const struct study *l, const struct measure *m, struct estimate *x) {
  if (m->aggregate == AGGREGATE_COUNT) x->high = 3.0 / l->traffic.done;
  if (m->aggregate == AGGREGATE_RATE) x->high = 3.0 / l->traffic.sum->seconds;
}

struct estimate entry_estimate(const struct study *l, const struct entry *e) {
  const struct view *v = entry_view(l, e);
  struct estimate x = {NAN, NAN, NAN, 0, false};
  if (!v || !v->replications) return x;
  x.n = measure_count(&e->measure, &l->model, v);
  bool settles = e->measure.quantity == QUANTITY_LATENCY || e->measure.quantity == QUANTITY_WAIT ||
                 e->measure.quantity == QUANTITY_TIME || e->measure.quantity == QUANTITY_INSIDE;
  bool timeless = e->measure.over_faults || measure_is_exact(&e->measure, &l->model);
  bool settling = l->warmup == WARMUP_IS_MISSING && !l->growth.grows && !timeless;
  if (settling || (settles && growth_concerns(l, &e->measure)) ||
      (l->traffic.sum->overflowed && !e->measure.over_faults && !measure_is_exact(&e->measure, &l->model)))
    return x;
  x.value = measure_value(&e->measure, &l->model, v);
  if (measure_is_exact(&e->measure, &l->model)) {
    x.low = x.high = x.value, x.exact = true;
    return x;
  }
  if (of_single_faults(&e->measure))
    spread_of_outages(l, e, &x);
  else
    spread(l, e, &x);
  if (too_short(l, &e->measure, &x)) return (struct estimate){NAN, NAN, NAN, x.n, false};
  if (e->measure.aggregate == AGGREGATE_ERROR_RATE || e->measure.aggregate == AGGREGATE_SHARE) few_failures(l, e, &x);
  if (e->measure.aggregate == AGGREGATE_AVAILABILITY || e->measure.aggregate == AGGREGATE_DOWNTIME) few_outages(l, &e->measure, &x);
  if (x.value == 0) never_seen(l, &e->measure, &x);
  estimate_bounds(l, e, worth(l, &e->measure, x.n), &x);
  if (e->measure.aggregate == AGGREGATE_MAX || e->measure.aggregate == AGGREGATE_MIN)
    x.low = x.high = x.value; /* what was seen: no law gives it an interval */
  return x;
}

/* --- claims --------------------------------------------------------------------------------------------------------------------- */

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

/* What a document states is no requirement: outside of it and on the good side is better than stated. */
static enum verdict of_statement(const struct claim *c, enum verdict v, double value) {
  if (v == VERDICT_PASS) return VERDICT_CONFIRMED;
  if (v != VERDICT_FAIL) return v;
  if (c->comparison == COMPARE_IN && c->share > 0)
    return VERDICT_CONTRADICTED; /* a share in the range: outside may be either side */
  int good = measure_good_side(&c->measure);
  bool above = c->comparison == COMPARE_IN ? value > c->high : c->comparison <= COMPARE_LESS_EQUAL;
  return good && above == (good > 0) ? VERDICT_BETTER : VERDICT_CONTRADICTED;
}

/* Half-widths shrink with the square root of the number of replications: how many until this one is `target`. */
static uint32_t until_half_is(double half, double target, uint32_t replications) {
  if (!(target > 0) || !(half > 0) || isinf(half)) return UINT32_MAX;
  double needed = ceil(replications * (half / target) * (half / target));
  return needed < 1e9 ? (uint32_t)needed : UINT32_MAX;
}

/* What a relative half-width is relative to: of an availability what is missing to 1, for nines are what matters. */
static double scale_of(const struct entry *e, double value) {
  return e->measure.aggregate == AGGREGATE_AVAILABILITY ? 1 - value : fabs(value);
}

static uint32_t until_long_enough(const struct study *l, const struct entry *e) {
  uint64_t n = e->measure.aggregate == AGGREGATE_QUANTILE ? measure_count(&e->measure, &l->model, entry_view(l, e)) : 0;
  double enough = n ? 1.1 * requests_needed(&e->measure) / worth(l, &e->measure, n) : INFINITY;
  double needed = ceil(enough * entry_replications(l, e));
  return needed < 1e9 && enough > 1 ? (uint32_t)needed : UINT32_MAX;
}

uint32_t entry_needs(const struct study *l, const struct entry *e, double precision) {
  struct estimate x = entry_estimate(l, e);
  if (isnan(x.value)) return until_long_enough(l, e);
  double half = 0.5 * (x.high - x.low), target = precision / (1 + precision) * scale_of(e, x.value);
  if (x.exact || half <= target || !(scale_of(e, x.value) > 0) || isnan(half)) return 0;
  uint32_t needs = until_half_is(half, target, entry_replications(l, e));
  return needs > entry_replications(l, e) ? needs : entry_replications(l, e) + 1;
}

/* The reach of the interval towards the limit that it lies over. */
static double half_towards(const struct claim *c, const struct estimate *x) {
  bool upper = fabs(c->high - x->value) < fabs(x->value - c->low);
  double limit = upper ? c->high : c->low;
  return x->value <= limit ? x->high - x->value : x->value - x->low;
}

/* Replications until the claim is decided, from the square-root law; bounds where nothing was seen shrink with the number itself.
 * Whatever caution an early decision takes: at the end of the budget it takes none. */
static uint32_t until_decided(const struct study *l, const struct claim *c, const struct entry *e, const struct estimate *x,
                              double distance) {
  uint32_t done = entry_replications(l, e);
  if (c->share > 0 && isinf(half_towards(c, x))) return outage_needs(l, c, x);
  if (c->measure.aggregate == AGGREGATE_ERROR_RATE && x->value == 0 && distance > 0) {
    double needed = ceil(done * x->high / distance);
    return needed < 1e9 ? (uint32_t)needed : UINT32_MAX;
  }
  return until_half_is(half_towards(c, x), distance, done);
}

uint32_t claim_needs(const struct study *l, const struct claim *claim, const struct entry *e, double precision, double caution) {
  struct claim_result r = claim_judge(l, claim, e, caution);
  struct claim limit = outage_limit(claim), *c = &limit;
  if (claim->measure.aggregate == AGGREGATE_SETTLES) return 0;
  if (r.verdict != VERDICT_UNDECIDED && r.verdict != VERDICT_NO_DATA) return 0;
  uint32_t precise = precision > 0 || r.verdict == VERDICT_NO_DATA ? entry_needs(l, e, precision) : UINT32_MAX;
  if (r.verdict == VERDICT_NO_DATA || (!precise && r.estimate.value != 0)) return precise;
  if (!precise) precise = UINT32_MAX; /* nothing seen is known to no precision */
  double distance = fmin(fabs(r.estimate.value - c->low), fabs(r.estimate.value - c->high));
  uint32_t done = entry_replications(l, e);
  /* The value may as well be half of its own uncertainty farther away: hope enough to look once more. */
  double hope = r.estimate.value == 0 ? 0 : 0.5 * half_towards(c, &r.estimate);
  uint32_t decided = until_decided(l, c, e, &r.estimate, distance + hope);
  if (decided <= done) decided = done + 1;
  return decided < precise ? decided : precise;
}

static const char *more_for(const struct study *l, const struct entry *e) {
  uint32_t needs = until_long_enough(l, e);
  return needs == UINT32_MAX ? "" : arena_format(l->arena, " (about %u replications would do)", needs);
}

/* A number of requests with its thousands apart, as in all that people read. */
static const char *thousands(const struct study *l, double n) {
  char digits[32], text[48];
  int length = snprintf(digits, sizeof digits, "%.0f", n), used = 0;
  for (int i = 0; i < length; i++) {
    if (i && (length - i) % 3 == 0) text[used++] = ',';
    text[used++] = digits[i];
  }
  text[used] = 0;
  return arena_text(l->arena, text);
}

static const char *too_few_for(const struct study *l, const struct entry *e) {
  const struct measure *m = &e->measure;
  uint64_t n = measure_count(m, &l->model, entry_view(l, e));
  double worthy = floor(worth(l, m, n));
  const char *needs = thousands(l, 100 / (1 - m->p)), *is = thousands(l, (double)n);
  if (worthy >= (double)n)
    return arena_format(l->arena, "too short: p%g needs %s independent values; there are %s%s", 100 * m->p, needs, is,
                        more_for(l, e));
  return arena_format(l->arena,
                      "too short: p%g needs %s independent values; the %s here depend on each other and tell as much as %s%s",
                      100 * m->p, needs, is, thousands(l, worthy), more_for(l, e));
}

const char *entry_why_no_data(const struct study *l, const struct entry *e) {
  const struct measure *m = &e->measure;
  if (m->aggregate == AGGREGATE_COST) return "nothing has a price";
  if (m->aggregate == AGGREGATE_SATURATION) return "no resource has a bound";
  if (!entry_replications(l, e)) return m->over_faults ? "no years of faults were simulated" : "no traffic was simulated";
  if (l->warmup == WARMUP_IS_MISSING && !l->growth.grows && !m->over_faults)
    return "too short: no end of the warm-up was found; give run.warmup, or a longer run.window";
  if (growth_concerns(l, m)) return l->growth.brief;
  if (m->aggregate == AGGREGATE_RTO) return "no outage of this fault happened";
  if (m->aggregate == AGGREGATE_RPO) return "this fault took no primary of a database that has \"replication\" or \"backup\"";
  bool of_requests = m->quantity == QUANTITY_LATENCY && m->subject <= SUBJECT_ENDPOINT;
  const struct view *v = entry_view(l, e);
  if (of_requests && !v->arrived[m->subject == SUBJECT_ALL ? v->endpoint_count : m->index]) return "no request arrived";
  if (of_requests && !measure_count(m, &l->model, v)) return "no request was answered";
  if (m->aggregate == AGGREGATE_QUANTILE && measure_count(m, &l->model, v)) return too_few_for(l, e);
  return "nothing was observed";
}

static struct estimate widened(struct estimate x, double factor) {
  x.low = x.value - factor * (x.value - x.low), x.high = x.value + factor * (x.high - x.value);
  return x;
}

static const char *more_years(const struct study *l, double years) {
  const char *would = "more years of faults would decide";
  if (years >= 1e6) return arena_format(l->arena, "about %.1f million %s", years / 1e6, would);
  return years >= 1e4 ? arena_format(l->arena, "about %.0f,000 %s", years / 1e3, would)
                      : arena_format(l->arena, "about %.0f %s", years, would);
}

/* Growth is found or not, with its own tests: no interval would say more. */
static struct claim_result judge_settling(const struct study *l, const struct claim *c) {
  const struct growth_finding *f = &l->growth;
  struct claim_result r = {.id = c->name,
                           .expression = c->expression,
                           .note = c->note,
                           .kind = c->kind,
                           .severity = c->severity,
                           .implicit = true,
                           .unit = UNIT_PER_SECOND,
                           .low = c->low,
                           .high = c->high,
                           .estimate = {NAN, NAN, NAN, l->traffic.done, false}};
  r.verdict = f->grows ? VERDICT_FAIL : f->too_short ? VERDICT_UNDECIDED : l->traffic.done ? VERDICT_PASS : VERDICT_NO_DATA;
  r.reason = f->grows ? f->brief : f->too_short ? f->too_short : l->traffic.done ? NULL : "no traffic was simulated";
  if (r.verdict == VERDICT_PASS || r.verdict == VERDICT_FAIL) r.estimate.value = f->grows ? f->per_s : 0;
  return r;
}

struct claim_result claim_judge(const struct study *l, const struct claim *claim, const struct entry *e, double caution) {
  if (claim->measure.aggregate == AGGREGATE_SETTLES) return judge_settling(l, claim);
  struct claim limit = outage_limit(claim), *c = &limit;
  struct claim_result r = {.id = c->name,
                           .expression = c->expression,
                           .source = c->source,
                           .note = c->note,
                           .kind = c->kind,
                           .severity = c->severity,
                           .verdict = VERDICT_NONE,
                           .unit = outage_unit(claim),
                           .low = c->low,
                           .high = c->high};
  r.estimate = c->share > 0 && l->faults.sum ? outage_estimate(l, claim) : entry_estimate(l, e);
  bool judged = c->kind != CLAIM_INFO, unknown = isnan(r.estimate.value);
  if (c->kind == CLAIM_REQUIREMENT && growth_concerns(l, &c->measure)) {
    r.reason = l->growth.brief, r.verdict = VERDICT_FAIL;
    return r;
  }
  if (unknown) r.reason = entry_why_no_data(l, e);
  if (unknown && judged) r.verdict = VERDICT_NO_DATA;
  if (!unknown && c->share > 0) r.judged = outage_judged(l, claim, r.estimate.n);
  if (unknown || !judged) return r;
  struct estimate wide = r.estimate.exact || isnan(r.estimate.low) ? r.estimate : widened(r.estimate, caution);
  r.verdict = judge(c, &wide);
  if (c->kind == CLAIM_STATEMENT) r.verdict = of_statement(claim, r.verdict, r.estimate.value);
  if (r.verdict != VERDICT_UNDECIDED) return r;
  double distance = fmin(fabs(r.estimate.value - c->low), fabs(r.estimate.value - c->high));
  uint32_t done = entry_replications(l, e), needs = until_decided(l, c, e, &r.estimate, distance);
  uint64_t more = needs == UINT32_MAX ? 0 : needs > done ? needs - done : 1;
  if (c->measure.over_faults && more)
    r.reason = more_years(l, (double)more * (double)l->model.run.years_per_replication);
  else if (c->share >= 1)
    r.reason = "no number of outages shows that all of them meet it; give a share below 100%";
  else
    r.more_replications = more;
  return r;
}
