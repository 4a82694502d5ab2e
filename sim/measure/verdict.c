#include "sim/measure/verdict.h"
#include "sim/engine/arena.h"
#include "sim/measure/estimate.h"
#include "sim/measure/measure_row.h"
#include "sim/measure/outage_claim.h"
#include "sim/measure/price_ends.h"
#include "sim/stats/stopping.h"
#include <math.h>

bool claim_holds(const struct claim *c, double x) {
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
  bool low = claim_holds(c, x->low), high = claim_holds(c, x->high);
  if (low && high) return VERDICT_PASS;
  if (low || high) return VERDICT_UNDECIDED;
  bool spans = c->comparison == COMPARE_IN && x->low < c->low && x->high > c->high;
  return spans ? VERDICT_UNDECIDED : VERDICT_FAIL;
}

static struct estimate widened(struct estimate x, double factor) {
  x.low = x.value - factor * (x.value - x.low);
  x.high = x.value + factor * (x.high - x.value);
  return x;
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

/* --- how much more it takes --------------------------------------------------------------------------------------------------- */

/* The reach of the interval towards the limit that it lies over. */
static double half_towards(const struct claim *c, const struct estimate *x) {
  bool upper = fabs(c->high - x->value) < fabs(x->value - c->low);
  double limit = upper ? c->high : c->low;
  return x->value <= limit ? x->high - x->value : x->value - x->low;
}

/* Replications until the claim is decided, from the square-root law; bounds where nothing was seen shrink with the number itself.
 * Whatever caution an early decision takes: at the end of the budget it takes none. */
static uint32_t until_decided(const struct evidence *ev, const struct claim *c, const struct entry *e, const struct estimate *x,
                              double distance) {
  uint32_t done = entry_replications(ev, e);
  if (c->share > 0 && isinf(half_towards(c, x))) return outage_needs(ev, c, x);
  if (isinf(x->value)) /* what bounds it from below grows with the time without an outage */
    return x->low > 0 && isfinite(x->low) && isfinite(c->low) ? stopping_number(done * c->low / x->low) : UINT32_MAX;
  if (measure_row(&c->measure)->failures && x->value == 0 && distance > 0) { return stopping_number(done * x->high / distance); }
  return stopping_until(half_towards(c, x), distance, done);
}

/* Of a claim that is undecided at this estimate. */
static uint32_t to_decide(const struct evidence *ev, const struct claim *c, const struct entry *e, const struct estimate *x) {
  double distance = fmin(fabs(x->value - c->low), fabs(x->value - c->high));
  uint32_t done = entry_replications(ev, e);
  /* The value may as well be half of its own uncertainty farther away: hope enough to look once more. */
  double hope = x->value == 0 ? 0 : 0.5 * half_towards(c, x);
  uint32_t decided = until_decided(ev, c, e, x, distance + hope);
  return decided <= done ? done + 1 : decided;
}

/* No number of replications says which price it is: they are asked for where an end of the prices is not decided itself. */
static uint32_t to_decide_ends(const struct evidence *ev, const struct claim *c, const struct entry *e,
                               const struct estimate ends[2], double caution) {
  uint32_t most = 0;
  for (int k = 0; k < 2; k++) {
    struct estimate wide = widened(ends[k], ends[k].exact ? 0 : caution);
    if (judge(c, &wide) != VERDICT_UNDECIDED) continue;
    uint32_t needs = to_decide(ev, c, e, &ends[k]);
    if (needs > most) most = needs;
  }
  return most;
}

uint32_t claim_needs(const struct evidence *ev, const struct claim *claim, const struct entry *e, double precision,
                     double caution) {
  struct claim_result r = claim_judge(ev, claim, e, caution);
  struct claim limit = outage_limit(claim), *c = &limit;
  struct estimate ends[2];
  if (measure_settles(&claim->measure)) return 0;
  if (r.verdict != VERDICT_UNDECIDED && r.verdict != VERDICT_NO_DATA) return 0;
  uint32_t precise = precision > 0 || r.verdict == VERDICT_NO_DATA ? entry_needs(ev, e, precision) : UINT32_MAX;
  if (r.verdict == VERDICT_NO_DATA || (!precise && r.estimate.value != 0)) return precise;
  if (!precise) precise = UINT32_MAX; /* nothing seen is known to no precision */
  uint32_t decided = entry_price_ends(ev, e, ends) ? to_decide_ends(ev, c, e, ends, caution) : to_decide(ev, c, e, &r.estimate);
  return decided < precise ? decided : precise;
}

/* --- judging ------------------------------------------------------------------------------------------------------------------ */

static const char *more_years(const struct evidence *ev, double years) {
  const char *would = "more years of faults would decide";
  if (years >= 1e6) return arena_format(ev->arena, "about %.1f million %s", years / 1e6, would);
  return years >= 1e4 ? arena_format(ev->arena, "about %.0f,000 %s", years / 1e3, would)
                      : arena_format(ev->arena, "about %.0f %s", years, would);
}

/* Growth is found or not, with its own tests: no interval would say more. */
static struct claim_result judge_settling(const struct evidence *ev, const struct claim *c) {
  const struct growth_finding *f = &ev->growth;
  struct claim_result r = {.id = c->name,
                           .expression = c->expression,
                           .note = c->note,
                           .kind = c->kind,
                           .severity = c->severity,
                           .implicit = true,
                           .unit = UNIT_PER_SECOND,
                           .low = c->low,
                           .high = c->high,
                           .estimate = {NAN, NAN, NAN, ev->traffic.done, false}};
  r.verdict = f->grows ? VERDICT_FAIL : f->too_short ? VERDICT_UNDECIDED : ev->traffic.done ? VERDICT_PASS : VERDICT_NO_DATA;
  r.reason = f->grows ? f->brief : f->too_short ? f->too_short : ev->traffic.done ? NULL : "no traffic was simulated";
  if (r.verdict == VERDICT_PASS || r.verdict == VERDICT_FAIL) r.estimate.value = f->grows ? f->per_s : 0;
  return r;
}

struct claim_result claim_judge(const struct evidence *ev, const struct claim *claim, const struct entry *e, double caution) {
  if (measure_settles(&claim->measure)) return judge_settling(ev, claim);
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
  r.estimate = c->share > 0 && ev->faults.sum ? outage_estimate(ev, claim, e) : entry_estimate(ev, e);
  bool judged = c->kind != CLAIM_INFO, unknown = isnan(r.estimate.value);
  if (c->kind == CLAIM_REQUIREMENT && growth_concerns(ev, &c->measure)) {
    r.reason = ev->growth.brief;
    r.verdict = VERDICT_FAIL;
    return r;
  }
  if (unknown) r.reason = entry_why_no_data(ev, e);
  if (unknown && judged) r.verdict = VERDICT_NO_DATA;
  bool endless = measure_row(&c->measure)->endless;
  if (isinf(r.estimate.value)) r.reason = endless ? "no outage was seen: the bound is of the time without one" : RPO_UNBOUNDED;
  if (!unknown && c->share > 0) r.judged = outage_judged(ev, claim, r.estimate.n);
  if (unknown || !judged) return r;
  bool fixed = r.estimate.exact || isnan(r.estimate.low) || isinf(r.estimate.value);
  struct estimate ends[2], wide = fixed ? r.estimate : widened(r.estimate, caution);
  bool ranged = entry_price_ends(ev, e, ends);
  if (ranged)
    wide.low = widened(ends[0], ends[0].exact ? 0 : caution).low, wide.high = widened(ends[1], ends[1].exact ? 0 : caution).high;
  r.verdict = judge(c, &wide);
  if (c->kind == CLAIM_STATEMENT) r.verdict = of_statement(claim, r.verdict, r.estimate.value);
  if (r.verdict != VERDICT_UNDECIDED) return r;
  if (ranged) r.reason = price_that_decides(ev, c, e);
  if (r.reason) return r;
  double distance = fmin(fabs(r.estimate.value - c->low), fabs(r.estimate.value - c->high));
  uint32_t done = entry_replications(ev, e), needs = until_decided(ev, c, e, &r.estimate, distance);
  uint64_t more = needs == UINT32_MAX ? 0 : needs > done ? needs - done : 1;
  if (c->measure.kind->over_faults && more)
    r.reason = more_years(ev, (double)more * (double)ev->model.run.years_per_replication);
  else if (c->share >= 1)
    r.reason = "no number of outages shows that all of them meet it; give a share below 100%";
  else
    r.more_replications = more;
  return r;
}

struct claim_result claim_verdict(const struct evidence *ev, uint32_t claim) {
  return claim_judge(ev, evidence_claim(ev, claim), evidence_claimed(ev, claim), 1);
}
