#include "sim/measure/law.h"
#include "models/faults/fault.h"
#include "models/availability/outage.h"
#include "sim/engine/allocate.h"
#include "sim/measure/measure_values.h"
#include "sim/stats/batch.h"
#include "sim/stats/interval.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>

enum { FAILURES_FEW = 20, FAILURES_MANY = 50, OUTAGES_MANY = 100 };
static const double never_seen = 3;   /* bounds at 95% the number of events of which none was seen */
static const double rounding = 1e-12; /* of a sum of shares */

/* The standard entry of a mean latency of what the measure is of, over the whole window; null when there is none. */
static const struct entry *standard_mean(const struct evidence *ev, const struct measure *m) {
  for (uint32_t i = 0; i < ev->claims_from; i++) {
    const struct measure *other = &ev->entries[i].measure;
    bool is_mean = measure_is_latency(other) && measure_row(other)->statistic == statistic_mean;
    if (is_mean && other->subject == m->subject && other->index == m->index && other->region == m->region) return &ev->entries[i];
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
  const struct histogram *h =
      m->subject == SUBJECT_SERVICE ? &v->observation.services[m->index].latency : &v->latency[measure_view_row(m, v)];
  double sd_s = sim_seconds_of(histogram_sd(h));
  return sd_s * sd_s;
}

/* A part of the window is taken as the whole is. */
double law_worth(const struct evidence *ev, const struct measure *m, uint64_t n) {
  const struct entry *mean = standard_mean(ev, m);
  uint32_t replications = ev->traffic.done;
  if (!mean || replications < 5) return (double)n;
  return batch_effective_requests((double)n, latency_variance(ev, m), sample_variance(mean->samples, replications),
                                  (double)measure_count(&mean->measure, &ev->model, ev->traffic.sum) / replications);
}

/* --- spread and numbers ---------------------------------------------------------------------------------------------------- */

void law_of_spread(const struct evidence *ev, const struct entry *e, struct estimate *x) {
  uint32_t n = entry_replications(ev, e), kept = 0;
  assert(n <= e->room);
  double *samples = allocate((n + 1) * sizeof *samples);
  for (uint32_t i = 0; i < n; i++)
    if (!isnan(e->samples[i])) samples[kept++] = e->samples[i];
  struct interval i = interval_skewed(samples, kept, INTERVAL_CONFIDENCE);
  double mean = kept ? mean_of(samples, kept) : NAN; /* of the samples; the value is that of all together */
  free(samples);
  x->low = x->value + (i.low - mean);
  x->high = x->value + (i.high - mean);
}

/* How many failures come together, so that one says no more than they all. Where the queue is full it stays so for a while: of
 * M/M/1/10 at load 0.5 three are lost at a time. Seen in the spread of the counts over replications; a handful of failures shows
 * too little of it, but requests that follow each other's queues fail together at most as they are slow together. */
static double failing_together(const struct evidence *ev, const struct entry *e, double failures, uint64_t n) {
  uint32_t replications = ev->traffic.done;
  double each = failures / replications, requests = (double)n / replications;
  double counts = failures > 0 && replications > 1 ? sample_variance(e->samples, replications) * requests * requests : 0;
  double seen = failures > 0 ? fmax(1, counts / each) : 1;
  return failures < FAILURES_FEW ? fmax(seen, (double)n / law_worth(ev, &e->measure, n)) : seen;
}

/* Few failures, or few successes: their spread over replications says little, the count says more. In between both count. */
static void few_failures(const struct evidence *ev, const struct entry *e, struct estimate *x) {
  double n = (double)x->n, failures = floor(x->value * n + 0.5), rarer = fmin(failures, n - failures);
  if (!x->n) return;
  double together = failing_together(ev, e, rarer, x->n);
  if (rarer / together >= FAILURES_MANY) return;
  struct interval i = rarer > 0 ? interval_clopper_pearson(rarer / together, n / together, INTERVAL_CONFIDENCE)
                                : interval_zero((uint64_t)(n / together));
  if (failures > rarer) i = (struct interval){1 - i.high, 1 - i.low};
  bool spread_too = rarer > 0 && !isnan(x->low);
  x->low = spread_too ? fmin(x->low, i.low) : i.low;
  x->high = spread_too ? fmax(x->high, i.high) : i.high;
}

void law_of_failures(const struct evidence *ev, const struct entry *e, struct estimate *x) {
  law_of_spread(ev, e, x);
  few_failures(ev, e, x);
}

void law_of_number(const struct evidence *ev, const struct entry *e, struct estimate *x) {
  law_of_spread(ev, e, x);
  if (x->value == 0) x->high = never_seen / ev->traffic.done;
}

void law_of_rate(const struct evidence *ev, const struct entry *e, struct estimate *x) {
  law_of_spread(ev, e, x);
  if (x->value == 0) x->high = never_seen / ev->traffic.sum->seconds;
}

/* --- outages ------------------------------------------------------------------------------------------------------------------ */

/* The spread of single outages, which are skewed. A handful shows too little of how they vary: `known` is a squared coefficient of
 * variation that they have at least. */
static void spread_of_outages(const struct evidence *ev, const struct entry *e, double known, struct estimate *x) {
  const struct durations *d = measure_durations(&e->measure, ev->faults.sum);
  double seen = x->value > 0 ? sample_variance(d->s, (uint32_t)d->count) / (x->value * x->value) : 0, scv = fmax(seen, known);
  struct interval i = interval_student(d->s, (uint32_t)d->count, INTERVAL_CONFIDENCE);
  if (d->count >= 2 && scv > 0) {
    struct interval factors = interval_positive_mean((double)d->count, scv, INTERVAL_CONFIDENCE);
    i = (struct interval){factors.low * x->value, factors.high * x->value};
  }
  x->low = i.low > 0 ? i.low : i.low <= 0 ? 0 : NAN;
  x->high = i.high;
}

void law_of_recoveries(const struct evidence *ev, const struct entry *e, struct estimate *x) {
  spread_of_outages(ev, e, model_fault_at(&ev->model, e->measure.index)->repair.scv, x);
}

void law_of_losses(const struct evidence *ev, const struct entry *e, struct estimate *x) { spread_of_outages(ev, e, 0, x); }

/* What was seen of outages: their number, the sum of their lengths and of the squares; `longest`: how long one of the longest kind
 * would last. */
struct outages {
  double count, sum, squares, longest;
};

/* Of one endpoint: how many pieces of the run took time from it, and what. An outage that is another's is none of its own. */
static struct outages own_outages(const struct evidence *ev, uint32_t endpoint) {
  struct outages own = {0};
  for (uint32_t i = 0; i < ev->faults.done; i++) {
    double lost = 1 - ev->availability_samples[endpoint + 1][i];
    if (lost > rounding) {
      own.count += 1;
      own.sum += lost;
      own.squares += lost * lost;
    }
  }
  return own;
}

/* Of all faults. A handful of outages shows too little of how they vary; the law of the repair is known. */
static struct outages all_outages(const struct evidence *ev) {
  struct outages all = {0};
  for (uint32_t i = 0; i < model_faults(&ev->model)->count; i++) {
    const struct fault_view *f = &ev->faults.sum->faults[i];
    const struct fault_config *config = model_fault_at(&ev->model, i);
    double n = (double)f->rto.count, sum = 0, squares = 0;
    for (uint64_t k = 0; k < f->rto.count; k++) sum += f->rto.s[k], squares += f->rto.s[k] * f->rto.s[k];
    double known = n > 0 ? sum * sum / n * (1 + config->repair.scv) : 0;
    all.count += n;
    all.sum += sum;
    all.squares += fmax(squares, known);
    all.longest = fmax(all.longest, config->kind->outage_s(&ev->model, config));
  }
  return all;
}

/* Bounds of the share of time that is lost, from what was seen of it. None seen: at most 3 (Hanley and Lippman-Hand 1983), each as
 * long as the longest kind. Few seen: their number is Poisson and their lengths vary, so the time lost is a compound sum with the
 * relative variance of n / (1 + cv^2) events; a gamma law with that shape has its skew, which the t interval of the years has not.
 * False: there are enough for that. */
static bool bounds_of_loss(const struct evidence *ev, const struct measure *m, double lost, struct interval *bounds) {
  struct outages seen = all_outages(ev);
  double longest = seen.longest;
  if (m->subject == SUBJECT_ENDPOINT) {
    struct outages own = own_outages(ev, m->index);
    if (own.count < ev->faults.done && own.count < seen.count) seen = own;
  }
  assert(ev->faults.sum->seconds > 0);
  if (seen.count >= OUTAGES_MANY) return false;
  *bounds = (struct interval){0, fmin(1, never_seen * longest / ev->faults.sum->seconds)};
  if (seen.count > 0 && lost > 0) {
    double scv = fmax(0, seen.count * seen.squares / (seen.sum * seen.sum) - 1);
    struct interval i = interval_compound(seen.count, scv, INTERVAL_CONFIDENCE);
    *bounds = (struct interval){lost * i.low, fmin(1, lost * i.high)};
  }
  return true;
}

void law_of_availability(const struct evidence *ev, const struct entry *e, struct estimate *x) {
  struct interval lost;
  law_of_spread(ev, e, x);
  if (!bounds_of_loss(ev, &e->measure, 1 - x->value, &lost)) return;
  x->low = 1 - lost.high;
  x->high = 1 - lost.low;
}

void law_of_downtime(const struct evidence *ev, const struct entry *e, struct estimate *x) {
  double year_s = sim_seconds(SIM_YEAR);
  struct interval lost;
  law_of_spread(ev, e, x);
  if (!bounds_of_loss(ev, &e->measure, x->value / year_s, &lost)) return;
  x->low = lost.low * year_s;
  x->high = lost.high * year_s;
}
