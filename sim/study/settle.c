/* When a study knows enough.
 *
 * It is looked at only at geometrically spaced numbers of replications: looking after each one would stop at the first lucky
 * moment (sim/stats/stopping.h). At a look before the budget's end a claim counts as decided only when its interval would lie on
 * one side even as much wider as stopping_caution says: so much luck does not come by looking more often.
 * What four times the budget would not decide is not tried: the estimate itself is rough.
 *
 * A precision is reached sooner where the spread happens to look small. So the first look asks for half as much again, and ten
 * replications are added behind the look that reached it, which had no say in when to stop. Normal values of which 24 would do
 * cover 0.936 without both and 0.946 with them, skewed ones (0.7) 0.924 and 0.939. */
#include "sim/engine/arena.h"
#include "sim/stats/batch.h"
#include "sim/stats/stopping.h"
#include "sim/study/study_inner.h"
#include <math.h>
#include <stdlib.h>

enum {
  REPLICATIONS_LEAST = 10,
  REPLICATIONS_BEYOND = 10,
  UNDECIDED_FACTOR = 10,
  PRECISION_FACTOR = 100,
  FINE_BATCHES = 40,
  HOPELESS = 4
};
static const double look_factor = 1.5, first_caution = 1.5;

static double precision_of(const struct study *s) {
  return s->options.precision > 0 ? s->options.precision : s->model.run.precision;
}

/* At the first look half as much again: so few values look alike by luck too often. */
static double precision_at(const struct study *s, bool first_look) { return precision_of(s) / (first_look ? first_caution : 1); }

static uint32_t least(const struct study *s) {
  uint32_t n = (uint32_t)s->model.run.replications;
  return precision_of(s) > 0 && n < REPLICATIONS_LEAST ? REPLICATIONS_LEAST : n;
}

static uint32_t budget_of(const struct study *s, uint32_t first) {
  if (s->options.budget) return s->options.budget > first ? s->options.budget : first;
  if (s->model.run.budget) return (uint32_t)s->model.run.budget > first ? (uint32_t)s->model.run.budget : first;
  double most = (double)first * (precision_of(s) > 0 ? PRECISION_FACTOR : UNDECIDED_FACTOR);
  return most > 1e6 ? 1000000 : (uint32_t)most;
}

uint32_t settle_first(const struct study *s) { return s->options.replications ? s->options.replications : least(s); }

uint32_t settle_pieces(const struct study *s) {
  const struct run_config *run = &s->model.run;
  return s->faults.sum ? (uint32_t)((run->years + run->years_per_replication - 1) / run->years_per_replication) : 0;
}

/* --- what is still wanted ------------------------------------------------------------------------------------------------------- */

static bool is_headline(const struct entry *e) {
  const struct measure *m = &e->measure;
  return m->quantity == QUANTITY_LATENCY && m->subject == SUBJECT_ALL && m->window.kind == WINDOW_WHOLE &&
         (m->aggregate == AGGREGATE_MEAN || (m->aggregate == AGGREGATE_QUANTILE && m->p <= 0.99));
}

uint32_t settle_affordable(uint32_t needs, uint32_t budget, bool pursued) {
  if (needs <= budget) return needs;
  return needs != UINT32_MAX && (pursued || needs / HOPELESS <= budget) ? budget : 0;
}

/* The most replications that anything needs which the budget can pay; 0: nothing does. */
static uint32_t wanted(const struct study *s, bool over_faults, uint32_t budget, double caution, double precision) {
  uint32_t most = 0, claims = s->count - s->claims_from, judged = 0;
  const struct claim *claim = s->judged.items;
  for (uint32_t i = 0; i < claims; i++) {
    const struct entry *e = &s->entries[s->claims_from + i];
    judged += claim[i].kind != CLAIM_INFO && claim[i].measure.aggregate != AGGREGATE_SETTLES;
    if (e->measure.over_faults != over_faults || claim[i].kind == CLAIM_INFO) continue;
    uint32_t needs = settle_affordable(claim_needs(s, &claim[i], e, precision, caution), budget, precision > 0);
    if (needs > most) most = needs;
  }
  for (uint32_t i = 0; i < s->claims_from && precision > 0 && !judged && !over_faults; i++) {
    if (!is_headline(&s->entries[i])) continue;
    uint32_t needs = settle_affordable(entry_needs(s, &s->entries[i], precision), budget, true);
    if (needs > most) most = needs;
  }
  return most;
}

static void foresee(struct study *s, uint32_t first, uint32_t budget) {
  uint32_t n = wanted(s, false, budget, 1, precision_of(s));
  if (n <= first || !s->options.foreseen) return;
  double each = (double)s->traffic.sum->observation.arrived / s->traffic.done;
  struct study_estimate estimate = {s->traffic.done, n, budget, each * n, precision_of(s)};
  s->options.foreseen(s->options.context, &estimate);
}

static uint32_t next_look(uint32_t done, uint32_t budget) {
  double next = ceil(look_factor * done);
  return next < budget ? (uint32_t)next : budget;
}

/* --- replications --------------------------------------------------------------------------------------------------------------- */

/* Until nothing is wanted, and, for a precision, some replications beyond: they had no say in when to stop. */
static bool settle_once(struct study *s, bool over_faults, uint32_t first, uint32_t from) {
  uint32_t budget = budget_of(s, first), n = from;
  struct half *half = over_faults ? &s->faults : &s->traffic;
  while (n < budget && !s->interrupted) {
    uint32_t most = wanted(s, over_faults, budget, stopping_caution(n, budget), precision_at(s, n == first));
    if (most <= half->done) break;
    s->foreseen = most;
    n = next_look(half->done, budget);
    if (over_faults ? !study_extend(s, 0, n) : !study_extend(s, n, 0)) return false;
  }
  if (over_faults || s->interrupted || n == from || !(precision_of(s) > 0)) return true;
  return study_extend(s, n + REPLICATIONS_BEYOND < budget ? n + REPLICATIONS_BEYOND : budget, 0);
}

/* What those beyond have unsettled again is settled again. */
static bool settle_half(struct study *s, bool over_faults, uint32_t first) {
  struct half *half = over_faults ? &s->faults : &s->traffic;
  for (uint32_t before = first, tries = 0; tries < 10; before = half->done, tries++)
    if (!settle_once(s, over_faults, first, before) || half->done == before) break;
  return !s->interrupted;
}

static bool settle_replications(struct study *s) {
  uint32_t exactly = s->options.replications, first = settle_first(s), pieces = settle_pieces(s);
  s->foreseen = first;
  if (!study_extend(s, first, pieces)) return false;
  findings_growth(s);
  if (exactly) return true;
  if (!s->growth.grows) foresee(s, first, budget_of(s, first));
  bool good = s->growth.grows || settle_half(s, false, first);
  return good && (!pieces || settle_half(s, true, pieces));
}

/* --- batches of one long run ---------------------------------------------------------------------------------------------------- */

/* What is only shown buys no longer run: it is looked at apart. */
static bool is_shown_only(const struct study *s, uint32_t entry) {
  const struct claim *claims = s->judged.items;
  return entry >= s->claims_from && claims[entry - s->claims_from].kind == CLAIM_INFO;
}

static bool batches_correlated(const struct study *s, bool shown_only) {
  double fine[LONG_RUN_BATCHES];
  for (uint32_t e = 0; e < s->count; e++) {
    const struct measure *m = &s->entries[e].measure;
    bool claimed = e >= s->claims_from && !m->over_faults && !measure_is_exact(m, &s->model), missing = false;
    bool matters = (claimed || m->quantity == QUANTITY_INSIDE) && is_shown_only(s, e) == shown_only;
    for (uint32_t i = 0; i < FINE_BATCHES && matters; i++) {
      fine[i] = measure_value(m, &s->model, long_run_batch(s->long_run, i));
      missing |= isnan(fine[i]);
    }
    if (matters && !missing && batch_correlation(fine, FINE_BATCHES) > batch_correlation_limit(FINE_BATCHES)) return true;
  }
  return false;
}

static void foresee_batches(struct study *s, double windows, uint32_t most, uint32_t budget) {
  double factor = fmax(2, ceil((double)most / s->traffic.done)), all = fmin(windows * factor, budget);
  if (!s->options.foreseen) return;
  double each = (double)s->traffic.sum->observation.arrived / windows;
  struct study_estimate estimate = {(uint32_t)windows, (uint32_t)all, budget, each * all, precision_of(s)};
  s->options.foreseen(s->options.context, &estimate);
}

/* Forty batches are tested for correlation and, joined in pairs, used as twenty; the next look is at a run twice as long, as long as
 * the budget, counted in windows, pays for it. */
static bool settle_batches(struct study *s) {
  uint32_t pieces = settle_pieces(s), budget = budget_of(s, least(s));
  double windows = FINE_BATCHES;
  if (!study_extend(s, FINE_BATCHES / 2, pieces)) return false;
  for (; !s->interrupted; windows *= 2) {
    bool first = windows == FINE_BATCHES;
    double caution = stopping_caution((uint32_t)windows, budget);
    s->correlated = batches_correlated(s, false);
    uint32_t most = wanted(s, false, UINT32_MAX - 1, caution, precision_at(s, first));
    if ((!s->correlated && most <= s->traffic.done) || 2 * windows > budget) break;
    if (first) foresee_batches(s, windows, most, budget);
    if (!study_lengthen(s)) return false;
  }
  s->correlated_shown = batches_correlated(s, true);
  findings_growth(s);
  return !pieces || settle_half(s, true, pieces);
}

bool study_settle(struct study *s) {
  study_extend(s, 0, 0); /* what is measured, and how, is known from here on */
  s->interrupted |= !(s->long_run ? settle_batches(s) : settle_replications(s));
  return !s->interrupted;
}
