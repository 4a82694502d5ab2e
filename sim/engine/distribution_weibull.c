/* Weibull: P(X > x) = exp(-(x / b)^a). Mean b Gamma(1 + 1/a), second moment b^2 Gamma(1 + 2/a). X = b E^(1/a) with E
 * exponential. */
#include "sim/engine/distribution_kinds.h"
#include "sim/engine/real.h"

enum { SHAPE, MEAN };

static const char *solve(struct distribution *d, const struct parameter_values *given, struct arena *arena) {
  (void)arena;
  if (!given->given[SHAPE] || !given->given[MEAN]) return "needs \"shape\" and \"mean\"";
  double shape = given->scalar[SHAPE], mean = given->scalar[MEAN];
  if (!(shape >= 0.02 && shape <= 1000)) return "\"shape\" must be between 0.02 and 1000";
  if (!(mean > 0)) return "\"mean\" must be positive";
  double first = real_gamma(1 + 1 / shape), second = real_gamma(1 + 2 / shape);
  d->p[0] = mean / first;
  d->p[1] = 1 / shape;
  d->mean = mean;
  d->scv = second / first / first - 1;
  return NULL;
}

static double sample(const struct distribution *d, struct stream *stream) {
  return d->p[0] * real_pow(stream_exponential(stream), d->p[1]);
}

const struct distribution_kind distribution_kind_weibull = {
    .name = "weibull",
    .doc = "Times to failure: shape below 1 for early failures, 1 for neither, above 1 for wear.",
    .parameters = {[SHAPE] = {"shape", PARAMETER_NUMBER, false, "Shape; 1 is exponential."},
                   [MEAN] = {"mean", PARAMETER_VALUE, false, "The mean."}},
    .solve = solve,
    .sample = sample};
