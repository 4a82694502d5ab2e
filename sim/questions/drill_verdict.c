/* What becomes of a requirement under a fault.
 *
 * It passes when no short window breaks it, or when the claim rto(FAULT) allows a recovery time and every recovery keeps that: then
 * their mean has to keep it with its interval, or, where the claim says "for 95%", that share of them with 95% confidence (the
 * one-sided tolerance limit of normal values; Natrella 1963). It fails when it is broken and no claim allows that, when recoveries
 * miss what is allowed, and when it is broken before the fault strikes. */
#include "sim/engine/arena.h"
#include "sim/measure/verdict.h"
#include "sim/questions/drill_inner.h"
#include "sim/scenario/unit_print.h"
#include "sim/stats/cdf.h"
#include "sim/stats/interval.h"
#include "sim/stats/tally.h"
#include <math.h>

static enum verdict side(const struct claim *c, double low, double high) {
  if (isnan(low) || isnan(high)) return VERDICT_UNDECIDED;
  bool a = claim_holds(c, low), b = claim_holds(c, high);
  return a && b ? VERDICT_PASS : a || b ? VERDICT_UNDECIDED : VERDICT_FAIL;
}

/* Below it lies the share `p` of normal values, with 95% confidence. */
static double tolerance_limit(const double *x, uint32_t n, double p) {
  struct tally t = {0};
  for (uint32_t i = 0; i < n; i++) tally_add(&t, x[i]);
  if (n < 2) return NAN;
  if (t.min == t.max) return t.mean;
  double z = cdf_normal_quantile(p), c = cdf_normal_quantile(0.95);
  double a = 1 - c * c / (2.0 * (n - 1)), b = z * z - c * c / n;
  return a > 0 ? t.mean + (z + sqrt(fmax(z * z - a * b, 0))) / a * sqrt(tally_variance(&t)) : NAN;
}

static enum verdict by_share(const struct claim *c, const double *x, uint32_t n) {
  uint32_t good = 0;
  for (uint32_t i = 0; i < n; i++) good += claim_holds(c, x[i]);
  if (good == n && c->share < 1) {
    double limit = tolerance_limit(x, n, c->share);
    return isnan(limit) || !claim_holds(c, limit) ? VERDICT_UNDECIDED : VERDICT_PASS;
  }
  if (good == n) return VERDICT_UNDECIDED;
  return interval_clopper_pearson(good, n, 0.9).high < c->share ? VERDICT_FAIL : VERDICT_UNDECIDED;
}

static void judge_recovery(const struct drill *d, const struct claim *allowed, const double *recovery_s, struct drill_cell *c) {
  if (c->back < c->broken) {
    double watch_s = d->answer->watch_s;
    bool may = claim_holds(allowed, watch_s) && allowed->high > watch_s;
    c->verdict = may ? VERDICT_UNDECIDED : VERDICT_FAIL;
    c->reason = arena_format(d->arena, may ? "not back within %s, and more is allowed: --for %s" : "not back within %s",
                             unit_print_duration(d->arena, (sim_time)(watch_s * 1e9)),
                             may ? unit_print_duration(d->arena, (sim_time)ceil(1.25 * fmin(allowed->high, 1e9)) * SIM_S) : "");
    return;
  }
  c->verdict = allowed->share > 0                 ? by_share(allowed, recovery_s, c->back)
               : c->recovery.exact || c->back > 1 ? side(allowed, c->recovery.low, c->recovery.high)
                                                  : VERDICT_UNDECIDED;
  if (c->verdict == VERDICT_FAIL) c->reason = "back too late";
  if (c->verdict == VERDICT_UNDECIDED) c->reason = "more --reps would decide it";
}

void drill_judge(const struct drill *d, uint32_t fault, const struct requirement *q, const double *recovery_s,
                 struct drill_cell *c) {
  const struct claim *allowed = drill_allowed(d, fault);
  c->allowed = allowed ? allowed->expression : NULL;
  c->recovery = (struct estimate){NAN, NAN, NAN, 0, false};
  c->longest_s = NAN;
  for (uint32_t i = 0; i < c->back; i++) c->longest_s = fmax(c->longest_s, recovery_s[i]);
  if (c->back && c->back == c->broken) c->recovery = recovery_mean(recovery_s, c->back);
  c->verdict = VERDICT_NO_DATA;
  c->reason = q->answer->reason;
  if (c->reason) return;
  if (c->before_verdict == VERDICT_FAIL) {
    c->verdict = VERDICT_FAIL;
    c->reason = "fails at this load before the fault strikes";
  } else if (!c->broken) {
    c->verdict = VERDICT_PASS;
  } else if (!allowed) {
    c->verdict = VERDICT_FAIL;
    c->reason = "broken, and no claim on its rto allows that";
  } else {
    judge_recovery(d, allowed, recovery_s, c);
  }
}
