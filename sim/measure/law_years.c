/* Laws of the years of faults: availability, downtime and how often something is missing rest on outages, which are few, and not on
 * years, of which there are many. */
#include "models/availability/outage.h"
#include "models/faults/fault.h"
#include "sim/engine/allocate.h"
#include "sim/measure/biased.h"
#include "sim/measure/law.h"
#include "sim/measure/measure_row.h"
#include "sim/stats/interval.h"
#include "sim/stats/tally.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>

enum { OUTAGES_MANY = 100, FIRSTS_MANY = 50 };
static const double never_seen = 3;   /* bounds at 95% the number of events of which none was seen */
static const double rounding = 1e-12; /* of a sum of shares */

static double sample_variance(const double *x, uint32_t n) {
  struct tally t = {0};
  for (uint32_t i = 0; i < n; i++)
    if (!isnan(x[i])) tally_add(&t, x[i]);
  return tally_variance(&t);
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
  spread_of_outages(ev, e, fault_repair_scv(&ev->model, model_fault_at(&ev->model, e->measure.index)), x);
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

/* What the fault takes is part of what is measured. */
static bool is_counted(const struct measure *m, const struct model *model, uint32_t fault) {
  if (m->part == LOST_TO_FAULT) return fault == m->fault;
  return !m->part || (m->part == LOST_PLANNED) == model_fault_at(model, fault)->planned;
}

/* Of all faults. A handful of outages shows too little of how they vary; the law of the repair is known. */
static struct outages all_outages(const struct evidence *ev, const struct measure *m) {
  struct outages all = {0};
  for (uint32_t i = 0; i < model_faults(&ev->model)->count; i++) {
    const struct fault_view *f = &ev->faults.sum->faults[i];
    const struct fault_config *config = model_fault_at(&ev->model, i);
    if (!is_counted(m, &ev->model, i)) continue;
    double n = (double)f->rto.count, sum = 0, squares = 0;
    for (uint64_t k = 0; k < f->rto.count; k++) sum += f->rto.s[k], squares += f->rto.s[k] * f->rto.s[k];
    double known = n > 0 ? sum * sum / n * (1 + fault_repair_scv(&ev->model, config)) : 0;
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
  struct outages seen = all_outages(ev, m);
  double longest = seen.longest;
  if (m->subject == SUBJECT_ENDPOINT) {
    struct outages own = own_outages(ev, m->index);
    if (own.count < ev->faults.done && own.count < seen.count) seen = own;
  }
  assert(ev->faults.sum->seconds > 0);
  if (seen.count >= OUTAGES_MANY) return false;
  if (!(seen.count > 0) && lost > rounding) return false; /* they did not end within the run: its pieces show how they vary */
  *bounds = (struct interval){0, fmin(1, never_seen * longest / ev->faults.sum->seconds)};
  if (seen.count > 0 && lost > 0) {
    double scv = fmax(0, seen.count * seen.squares / (seen.sum * seen.sum) - 1);
    struct interval i = interval_compound(seen.count, scv, INTERVAL_CONFIDENCE);
    *bounds = (struct interval){lost * i.low, fmin(1, lost * i.high)};
  }
  return true;
}

static bool bounds_of_biased_loss(const struct evidence *ev, const struct measure *m, struct interval *bounds) {
  if (!evidence_is_biased(ev, m)) return false;
  *bounds = biased_bounds(ev, m->subject == SUBJECT_ENDPOINT ? (int32_t)m->index : -1);
  return true;
}

static void availability_between(const struct interval *lost, struct estimate *x) {
  x->low = 1 - lost->high, x->high = 1 - lost->low;
}

void law_of_availability(const struct evidence *ev, const struct entry *e, struct estimate *x) {
  struct interval lost;
  if (bounds_of_biased_loss(ev, &e->measure, &lost)) {
    availability_between(&lost, x);
    return;
  }
  law_of_spread(ev, e, x);
  if (bounds_of_loss(ev, &e->measure, 1 - x->value, &lost)) availability_between(&lost, x);
}

void law_of_downtime(const struct evidence *ev, const struct entry *e, struct estimate *x) {
  const struct measure_row *row = measure_row(&e->measure);
  double year_s = measure_period_s(&e->measure) * (row->worth ? row->worth(&ev->model) : 1);
  struct interval lost;
  bool biased = bounds_of_biased_loss(ev, &e->measure, &lost);
  if (!biased) law_of_spread(ev, e, x);
  if (!biased && !bounds_of_loss(ev, &e->measure, x->value / year_s, &lost)) return;
  x->low = lost.low * year_s;
  x->high = lost.high * year_s;
}

/* --- how often ---------------------------------------------------------------------------------------------------------------- */

/* Of the number of outages in `seconds` as a rate: Poisson where there are few; where there are many, or they come together, their
 * spread over the pieces of the run counts as well. samples: a rate by piece. */
static struct interval rate_bounds(const struct evidence *ev, double *samples, double count, double rate) {
  if (!(count > 0)) return (struct interval){0, never_seen / ev->faults.sum->seconds};
  struct interval poisson = interval_compound(count, 0, INTERVAL_CONFIDENCE);
  struct interval spread = interval_skewed(samples, ev->faults.done, INTERVAL_CONFIDENCE);
  poisson.low *= rate, poisson.high *= rate;
  if (isnan(spread.low)) return poisson;
  if (count >= OUTAGES_MANY) return spread;
  return (struct interval){fmax(0, fmin(poisson.low, spread.low)), fmax(poisson.high, spread.high)};
}

void law_of_outages(const struct evidence *ev, const struct entry *e, struct estimate *x) {
  double period_s = measure_period_s(&e->measure), *rates = allocate((ev->faults.done + 1) * sizeof *rates);
  for (uint32_t i = 0; i < ev->faults.done; i++) rates[i] = e->samples[i] / period_s;
  struct interval i = rate_bounds(ev, rates, round(x->value / period_s * ev->faults.sum->seconds), x->value / period_s);
  free(rates);
  x->low = i.low * period_s;
  x->high = i.high * period_s;
}

void law_of_mtbf(const struct evidence *ev, const struct entry *e, struct estimate *x) {
  double *rates = allocate((ev->faults.done + 1) * sizeof *rates);
  for (uint32_t i = 0; i < ev->faults.done; i++) rates[i] = 1 / e->samples[i];
  struct interval i = rate_bounds(ev, rates, (double)x->n, 1 / x->value);
  free(rates);
  x->low = 1 / i.high;
  x->high = i.low > 0 ? 1 / i.low : INFINITY;
}

/* The mean of n times: gamma where there are few. Beyond the end of a piece nothing is known: time until the first or the end, over
 * the number of firsts, is a ratio, and so is its interval. */
void law_of_first(const struct evidence *ev, const struct entry *e, struct estimate *x) {
  uint32_t n = ev->faults.done;
  double piece_s = ev->faults.sum->seconds / n, seen = (double)x->n / n;
  if (!x->n) {
    x->low = ev->faults.sum->seconds / never_seen, x->high = INFINITY;
    return;
  }
  double *off = allocate((n + 1) * sizeof *off);
  for (uint32_t i = 0; i < n; i++) {
    bool any = isfinite(e->samples[i]);
    off[i] = ((any ? e->samples[i] : piece_s) - (any ? x->value : 0)) / seen;
  }
  struct interval i = interval_skewed(off, n, INTERVAL_CONFIDENCE);
  double scv = fmax(1, sample_variance(off, n) * seen / (x->value * x->value));
  free(off);
  x->low = x->value + i.low, x->high = x->value + i.high;
  if (x->n >= FIRSTS_MANY) return;
  i = interval_positive_mean((double)x->n, scv, INTERVAL_CONFIDENCE);
  x->low = x->value * i.low, x->high = x->value * i.high;
}
