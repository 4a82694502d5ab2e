/* The judge of the oracle: whether an estimate agrees with what theory says, by the rule that a case names.
 *
 * A rule asks three things: enough replications, an interval narrow enough to see a fault, and the exact value not further
 * away than chance allows. SE is the half-width of the program's own 95% interval over Student's t: an interval that is
 * too narrow fails as surely as a mean that is wrong.
 *
 *     struct expectation e = {.measure = "mean(job.latency)", .exact = 5};
 *     struct observed o = {.value = 5.03, .half_width = 0.045, .samples = 64};
 *     const char *wrong = find_rule("steady-mean")->judge(&e, &o);      null: it agrees */
#ifndef ORACLE_JUDGE_H
#define ORACLE_JUDGE_H
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum side { SIDE_NONE, SIDE_AT_MOST, SIDE_AT_LEAST };

struct expectation {
  const char *measure;
  double exact, p; /* p: of a quantile, else 0 */
  double util;     /* of the case, 0 when not told */
  bool separated;  /* its instant is far from the other separated ones: they are independent */
  enum side side;  /* of a bound */
};

struct observed {
  double value, half_width; /* of the 95% interval */
  uint32_t samples;         /* behind the interval: replications, or outages */
  uint64_t requests;
};

/* Standard error, from the program's own interval. */
static inline double error_of(const struct observed *o) { return o->half_width / gsl_cdf_tdist_Pinv(0.975, o->samples - 1); }

static inline double distance(const struct expectation *e, const struct observed *o) { return fabs(o->value - e->exact); }

static inline double z_of(const struct expectation *e, const struct observed *o) { return (o->value - e->exact) / error_of(o); }

/* Null, or what is wrong: too few samples, or an interval wider than this share of the value. */
static inline const char *too_vague(const struct observed *o, uint32_t samples, double relative) {
  if (o->samples < samples) return "too few replications";
  if (!(o->half_width <= relative * fabs(o->value))) return "the interval is too wide";
  return NULL;
}

static inline const char *steady(const struct expectation *e, const struct observed *o, double precision, double most) {
  const char *vague = too_vague(o, 30, precision);
  if (vague) return vague;
  if (!(distance(e, o) <= 3.5 * error_of(o) + 1e-4 * fabs(e->exact))) return "too far away for chance";
  return distance(e, o) <= most * fabs(e->exact) ? NULL : "too far away";
}

static inline const char *steady_mean(const struct expectation *e, const struct observed *o) {
  return steady(e, o, e->util >= 0.95 ? 0.02 : 0.01, 0.03);
}

/* A spread is known less well than the mean from the same requests. */
static inline const char *steady_sd(const struct expectation *e, const struct observed *o) { return steady(e, o, 0.02, 0.03); }

static inline const char *steady_mean_heavy(const struct expectation *e, const struct observed *o) {
  return o->requests >= 50000000 ? steady(e, o, 0.03, 0.08) : "too few requests";
}

static inline const char *steady_quantile(const struct expectation *e, const struct observed *o) {
  if (e->exact == 0) return o->value == 0 ? NULL : "must be zero";
  const char *vague = too_vague(o, 30, e->p > 0.99 ? 0.05 : 0.02);
  if (vague) return vague;
  return distance(e, o) <= 3.5 * error_of(o) + 2e-3 * fabs(e->exact) ? NULL : "too far away for chance";
}

static inline const char *steady_prob(const struct expectation *e, const struct observed *o) {
  const char *vague = too_vague(o, 30, e->exact >= 1e-3 ? 0.05 : 0.10);
  if (vague) return vague;
  return distance(e, o) <= 3.5 * error_of(o) + 1e-4 ? NULL : "too far away for chance";
}

/* What it is compared with is itself an approximation, good to this for large catalogues. */
static inline const char *che_approx(const struct expectation *e, const struct observed *o) {
  const char *vague = too_vague(o, 30, 0.005);
  if (vague) return vague;
  return distance(e, o) <= 0.002 ? NULL : "too far away";
}

static inline const char *time_dependent(const struct expectation *e, const struct observed *o) {
  if (o->samples < 10000) return "too few replications";
  return distance(e, o) <= 4.3 * error_of(o) ? NULL : "too far away for chance";
}

static inline const char *terminating_mean(const struct expectation *e, const struct observed *o) {
  if (o->samples < 20000) return "too few replications";
  return distance(e, o) <= 3.5 * error_of(o) ? NULL : "too far away for chance";
}

/* Of as many years: a quantile, and a share of them. */
static inline const char *terminating_quantile(const struct expectation *e, const struct observed *o) {
  const char *vague = too_vague(o, 20000, 0.02);
  if (vague) return vague;
  return distance(e, o) <= 3.5 * error_of(o) ? NULL : "too far away for chance";
}

static inline const char *terminating_prob(const struct expectation *e, const struct observed *o) {
  if (o->samples < 20000) return "too few replications";
  if (!(o->half_width <= fmax(0.05 * e->exact, 0.0015))) return "the interval is too wide";
  return distance(e, o) <= 3.5 * error_of(o) ? NULL : "too far away for chance";
}

static inline const char *rare_event(const struct expectation *e, const struct observed *o) {
  const char *vague = too_vague(o, 30, 0.10);
  if (vague) return vague;
  return distance(e, o) <= gsl_cdf_tdist_Pinv(0.9995, o->samples - 1) * error_of(o) ? NULL : "outside of the 99.9% interval";
}

/* The limit of endlessly many servers, judged at 1000. */
static inline const char *mean_field(const struct expectation *e, const struct observed *o) {
  if (o->samples < 30) return "too few replications";
  double finite = e->util >= 0.95 ? 0.02 : 0.005;
  return distance(e, o) <= 3.5 * error_of(o) + finite * fabs(e->exact) ? NULL : "too far away";
}

/* Against a simulation of the same number of servers by somebody else. */
static inline const char *finite_n(const struct expectation *e, const struct observed *o) {
  const char *vague = too_vague(o, 30, 0.005);
  if (vague) return vague;
  return distance(e, o) <= 0.01 * fabs(e->exact) ? NULL : "too far away";
}

static inline const char *sampler(const struct expectation *e, const struct observed *o) {
  if (o->requests < 10000000) return "too few draws";
  return distance(e, o) <= 4 * error_of(o) ? NULL : "too far away for chance";
}

static inline const char *bound(const struct expectation *e, const struct observed *o) {
  double beyond = e->side == SIDE_AT_MOST ? o->value - e->exact : e->exact - o->value;
  if (e->side == SIDE_NONE) return "a bound needs a \"side\"";
  return beyond <= 3.5 * error_of(o) ? NULL : "beyond the bound";
}

static inline const char *exact(const struct expectation *e, const struct observed *o) {
  return distance(e, o) <= 1e-9 * fabs(e->exact) ? NULL : "not equal";
}

static const struct rule {
  const char *name;
  const char *(*judge)(const struct expectation *, const struct observed *); /* null, or what is wrong */
  bool counts;                                                               /* its interval counts in the coverage of all */
  bool squares;                                                              /* its z goes into the case's chi-square */
} rules[] = {{"steady-mean", steady_mean, true, false},
             {"steady-sd", steady_sd, true, false},
             {"steady-mean-heavy", steady_mean_heavy, true, false},
             {"steady-quantile", steady_quantile, true, false},
             {"steady-prob", steady_prob, true, false},
             {"che-approx", che_approx, false, false},
             {"time-dependent", time_dependent, false, true},
             {"terminating-mean", terminating_mean, false, false},
             {"terminating-quantile", terminating_quantile, false, false},
             {"terminating-prob", terminating_prob, false, false},
             {"rare-event", rare_event, false, false},
             {"sampler", sampler, false, false},
             {"mean-field", mean_field, false, false},
             {"finite-n", finite_n, false, false},
             {"bound", bound, false, false},
             {"exact", exact, false, false},
             {0}};

static inline const struct rule *find_rule(const char *name) {
  const struct rule *r = rules;
  while (r->name && (!name || strcmp(r->name, name))) r++;
  return r->name ? r : NULL;
}

#endif
