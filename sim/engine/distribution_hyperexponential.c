/* Hyperexponential: with probability p exponential of mean m1, else of mean m2. Mean p m1 + q m2, second moment
 * 2 (p m1^2 + q m2^2). A part of mean 0 is 0: with probability p no time at all. From mean and cv by balanced means (p m1 = q m2):
 * p = (1 + sqrt((scv - 1) / (scv + 1))) / 2. */
#include "sim/engine/distribution_kinds.h"
#include <math.h>

enum { MEAN, CV, P, MEAN1, MEAN2 };

static const char *solve_moments(struct distribution *d, double mean, double cv) {
  if (!(mean > 0)) return "\"mean\" must be positive";
  if (!(cv > 1)) return "\"cv\" must be above 1; use \"exponential\" for 1, \"erlang\" or \"gamma\" below";
  double scv = cv * cv, p = 0.5 * (1 + sqrt((scv - 1) / (scv + 1)));
  d->p[0] = p;
  d->p[1] = mean / (2 * p);
  d->p[2] = mean / (2 * (1 - p));
  d->mean = mean;
  d->scv = scv;
  return NULL;
}

static const char *solve_phases(struct distribution *d, double p, double mean1, double mean2) {
  if (!(p >= 0 && p <= 1)) return "\"p\" must be between 0 and 1";
  if (!(mean1 >= 0 && mean2 >= 0)) return "\"mean1\" and \"mean2\" must not be negative";
  if (!(p * mean1 + (1 - p) * mean2 > 0)) return "\"mean1\" or \"mean2\" must be positive";
  d->p[0] = p;
  d->p[1] = mean1;
  d->p[2] = mean2;
  d->mean = p * mean1 + (1 - p) * mean2;
  d->scv = 1 + 2 * p * (1 - p) * (mean1 - mean2) * (mean1 - mean2) / (d->mean * d->mean);
  return NULL;
}

static const char *solve(struct distribution *d, const struct parameter_values *given, struct arena *arena) {
  (void)arena;
  const bool *has = given->given;
  const double *x = given->scalar;
  bool any_phase = has[P] || has[MEAN1] || has[MEAN2];
  if (has[MEAN] && has[CV] && !any_phase) return solve_moments(d, x[MEAN], x[CV]);
  if (has[P] && has[MEAN1] && has[MEAN2] && !has[MEAN] && !has[CV]) return solve_phases(d, x[P], x[MEAN1], x[MEAN2]);
  return "needs \"mean\" and \"cv\", or \"p\", \"mean1\" and \"mean2\"";
}

static double sample(const struct distribution *d, struct stream *stream) {
  double mean = stream_uniform(stream) < d->p[0] ? d->p[1] : d->p[2];
  return mean * stream_exponential(stream);
}

const struct distribution_kind distribution_kind_hyperexponential = {
    .name = "hyperexponential",
    .doc = "A mixture of a short and a long exponential: more variable than exponential.",
    .parameters = {[MEAN] = {"mean", PARAMETER_VALUE, false, "The mean."},
                   [CV] = {"cv", PARAMETER_NUMBER, false, "Coefficient of variation, above 1; both parts bring half of the mean."},
                   [P] = {"p", PARAMETER_NUMBER, false, "Probability of the first part."},
                   [MEAN1] = {"mean1", PARAMETER_VALUE, false, "Mean of the first part; 0: it takes no time."},
                   [MEAN2] = {"mean2", PARAMETER_VALUE, false, "Mean of the second part."}},
    .solve = solve,
    .sample = sample};
