/* Settling a study: what its claims and its precision still ask for, in replications or in batches of one long run. */
#include "sim/measure/estimate.h"
#include "sim/measure/measure_row.h"
#include "sim/measure/verdict.h"
#include "sim/stats/batch.h"
#include "sim/study/biased_years.h"
#include "sim/study/enough.h"
#include "sim/study/study_inner.h"
#include <math.h>

enum { FINE_BATCHES = 40, UNSETTLED_TIMES = 10 };

static double precision_of(const struct study *s) {
  return s->options.precision > 0 ? s->options.precision : s->evidence.model.run.precision;
}

static uint32_t least(const struct study *s) {
  uint32_t n = (uint32_t)s->evidence.model.run.replications;
  return precision_of(s) > 0 && n < ENOUGH_LEAST ? ENOUGH_LEAST : n;
}

uint32_t settle_first(const struct study *s) { return s->options.replications ? s->options.replications : least(s); }

static struct enough plan_of(const struct study *s, uint32_t first) {
  double precision = precision_of(s);
  struct enough plan = enough_plan(first, s->options.budget ? s->options.budget : s->evidence.model.run.budget, precision > 0);
  plan.precision = precision;
  return plan;
}

/* --- what is still wanted ----------------------------------------------------------------------------------------------------- */

static bool is_headline(const struct entry *e) {
  const struct measure *m = &e->measure;
  return measure_is_latency(m) && m->subject == SUBJECT_ALL && m->window.kind == WINDOW_WHOLE && measure_is_headline(m) &&
         m->p <= 0.99;
}

/* Whether a claim of the user's is judged: then the headlines ask for nothing. */
static bool judges(const struct evidence *ev) {
  for (uint32_t i = 0; i < ev->judged.count; i++) {
    const struct claim *claim = evidence_claim(ev, i);
    if (claim->kind != CLAIM_INFO && !measure_settles(&claim->measure)) return true;
  }
  return false;
}

static void ask_for(const struct study *s, struct enough *plan, bool over_faults, double caution, double precision) {
  const struct evidence *ev = &s->evidence;
  for (uint32_t i = 0; i < ev->judged.count; i++) {
    const struct claim *claim = evidence_claim(ev, i);
    const struct entry *e = evidence_claimed(ev, i);
    if (e->measure.kind->over_faults == over_faults && claim->kind != CLAIM_INFO)
      enough_ask(plan, claim_needs(ev, claim, e, precision, caution), precision > 0);
  }
  if (over_faults || !(precision > 0) || judges(ev)) return;
  for (uint32_t i = 0; i < ev->claims_from; i++)
    if (is_headline(&ev->entries[i])) enough_ask(plan, entry_needs(ev, &ev->entries[i], precision), true);
}

/* --- replications ------------------------------------------------------------------------------------------------------------- */

struct settling {
  struct study *study;
  bool over_faults;
};

static void ask(void *context, struct enough *plan, uint32_t done) {
  const struct settling *settling = context;
  ask_for(settling->study, plan, settling->over_faults, enough_caution(plan, done), enough_precision(plan, done));
}

static bool extend(void *context, uint32_t until, uint32_t wanted) {
  const struct settling *settling = context;
  struct study *s = settling->study;
  s->foreseen = wanted;
  return settling->over_faults ? study_extend(s, 0, until) : study_extend(s, until, 0);
}

/* Until nothing is wanted, and, for a precision, some replications beyond. False when interrupted. */
static bool settle_once(struct study *s, bool over_faults, uint32_t first, uint32_t from) {
  struct enough plan = plan_of(s, first);
  struct settling settling = {s, over_faults};
  uint32_t n = enough_settle(&plan, from, &(struct enough_work){ask, extend, &settling});
  if (!n) return false;
  if (over_faults || n == from || !(plan.precision > 0)) return true;
  return study_extend(s, enough_beyond(&plan, n), 0);
}

/* What those beyond have unsettled again is settled again. */
static bool settle_half(struct study *s, bool over_faults, uint32_t first) {
  const struct half *half = evidence_half(&s->evidence, over_faults);
  for (uint32_t before = first, tries = 0; tries < UNSETTLED_TIMES; before = half->done, tries++)
    if (!settle_once(s, over_faults, first, before) || half->done == before) break;
  return !s->interrupted;
}

static void foresee(struct study *s, uint32_t first) {
  const struct half *half = &s->evidence.traffic;
  struct enough plan = plan_of(s, first);
  ask_for(s, &plan, false, 1, plan.precision);
  enough_foresee(&plan, &s->options, half->done, (double)half->sum->observation.arrived / half->done);
}

static bool settle_replications(struct study *s) {
  uint32_t exactly = s->options.replications, first = settle_first(s), pieces = enough_pieces(&s->evidence.model);
  s->foreseen = first;
  if (!study_extend(s, first, pieces)) return false;
  study_find_growth(s);
  if (exactly) return true;
  bool grows = s->evidence.growth.grows;
  if (!grows) foresee(s, first);
  return (grows || settle_half(s, false, first)) && (!pieces || settle_half(s, true, pieces));
}

/* --- batches of one long run -------------------------------------------------------------------------------------------------- */

/* What is only shown buys no longer run: it is looked at apart. */
static bool is_shown_only(const struct evidence *ev, uint32_t entry) {
  return entry >= ev->claims_from && evidence_claim(ev, entry - ev->claims_from)->kind == CLAIM_INFO;
}

static bool is_correlated(const struct study *s, const struct measure *m) {
  double fine[FINE_BATCHES];
  for (uint32_t i = 0; i < FINE_BATCHES; i++) {
    fine[i] = measure_value(m, &s->evidence.model, long_run_batch(s->long_run, i));
    if (isnan(fine[i])) return false;
  }
  return batch_correlation(fine, FINE_BATCHES) > batch_correlation_limit(FINE_BATCHES);
}

static bool batches_correlated(const struct study *s, bool shown_only) {
  const struct evidence *ev = &s->evidence;
  for (uint32_t e = 0; e < ev->count; e++) {
    const struct measure *m = &ev->entries[e].measure;
    bool claimed = e >= ev->claims_from && !m->kind->over_faults && !measure_is_exact(m, &ev->model);
    bool matters = (claimed || m->kind->quantity == QUANTITY_INSIDE) && is_shown_only(ev, e) == shown_only;
    if (matters && is_correlated(s, m)) return true;
  }
  return false;
}

/* `wanted` counts pairs of batches; the plan and its listener count windows. */
static void foresee_batches(const struct study *s, struct enough plan, uint32_t windows, uint32_t wanted) {
  const struct half *half = &s->evidence.traffic;
  double factor = fmax(2, ceil((double)wanted / half->done));
  plan.first = windows;
  plan.wanted = (uint32_t)fmin(windows * factor, plan.budget);
  enough_foresee(&plan, &s->options, windows, (double)half->sum->observation.arrived / windows);
}

/* Forty batches are tested for correlation and, joined in pairs, used as twenty; the next look is at a run twice as long, as long
 * as the budget, counted in windows, pays for it. */
static bool settle_batches(struct study *s) {
  struct evidence *ev = &s->evidence;
  uint32_t pieces = enough_pieces(&ev->model);
  struct enough plan = plan_of(s, least(s));
  plan.first = FINE_BATCHES;
  if (!study_extend(s, FINE_BATCHES / 2, pieces)) return false;
  for (uint32_t windows = FINE_BATCHES; !s->interrupted; windows *= 2) {
    struct enough asked = {.budget = UINT32_MAX - 1}; /* how many pairs of batches that is: the budget is none of them */
    ev->correlated = batches_correlated(s, false);
    ask_for(s, &asked, false, enough_caution(&plan, windows), enough_precision(&plan, windows));
    if ((!ev->correlated && asked.wanted <= ev->traffic.done) || 2.0 * windows > plan.budget) break;
    if (windows == FINE_BATCHES) foresee_batches(s, plan, windows, asked.wanted);
    if (!study_lengthen(s)) return false;
  }
  ev->correlated_shown = batches_correlated(s, true);
  study_find_growth(s);
  return !pieces || settle_half(s, true, pieces);
}

bool study_settle(struct study *s) {
  study_extend(s, 0, 0); /* what is measured, and how, is known from here on */
  s->interrupted |= !(s->long_run ? settle_batches(s) : settle_replications(s));
  s->interrupted |= !s->interrupted && !biased_years_run(s);
  return !s->interrupted;
}
