#include "sim/measure/law.h"
#include "sim/engine/allocate.h"
#include "sim/measure/measure_values.h"
#include "sim/stats/batch.h"
#include "sim/stats/interval.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>

enum { FAILURES_FEW = 20, FAILURES_MANY = 50 };
static const double never_seen = 3; /* bounds at 95% the number of events of which none was seen */

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
