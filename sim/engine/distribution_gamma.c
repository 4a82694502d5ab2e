/* Gamma: f(x) = x^(a-1) exp(-x / b) / (b^a Gamma(a)). Mean a b, scv 1 / a.
 *
 * For a >= 1 by Marsaglia and Tsang (2000): with d = a - 1/3 and c = 1 / sqrt(9 d), v = (1 + c Z)^3 is kept when
 * log u < Z^2 / 2 + d - d v + d log v. For a < 1 a draw with a + 1 is multiplied by U^(1/a). */
#include "sim/engine/distribution_kinds.h"
#include "sim/engine/real.h"
#include <math.h>

enum { SHAPE, CV, MEAN };

double distribution_gamma_draw(double shape, struct stream *stream) {
  double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
  for (;;) {
    double z = stream_normal(stream), root = 1 + c * z;
    if (root <= 0) continue;
    double v = root * root * root, u = stream_uniform(stream);
    if (u < 1 - 0.0331 * (z * z) * (z * z)) return d * v;
    if (real_log(u) < 0.5 * z * z + d * (1 - v + real_log(v))) return d * v;
  }
}

static const char *solve(struct distribution *d, const struct parameter_values *given, struct arena *arena) {
  (void)arena;
  if (given->given[SHAPE] == given->given[CV] || !given->given[MEAN]) return "needs \"mean\" and one of \"shape\", \"cv\"";
  if (!(given->scalar[MEAN] > 0)) return "\"mean\" must be positive";
  double given_shape = given->given[SHAPE] ? given->scalar[SHAPE] : given->scalar[CV];
  if (!(given_shape > 0))
    return given->given[SHAPE] ? "\"shape\" must be positive" : "\"cv\" must be positive; use \"constant\" for no variation";
  double shape = given->given[SHAPE] ? given_shape : 1 / (given_shape * given_shape);
  d->p[0] = shape;
  d->p[1] = given->scalar[MEAN] / shape;
  d->mean = given->scalar[MEAN];
  d->scv = 1 / shape;
  return NULL;
}

static double sample(const struct distribution *d, struct stream *stream) {
  double shape = d->p[0];
  if (shape >= 1) return d->p[1] * distribution_gamma_draw(shape, stream);
  double draw = distribution_gamma_draw(shape + 1, stream);
  return d->p[1] * draw * real_exp(-stream_exponential(stream) / shape);
}

struct distribution distribution_gamma(double cv) {
  return (struct distribution){.kind = &distribution_kind_gamma, .p = {1 / (cv * cv), cv * cv}, .mean = 1, .scv = cv * cv};
}

const struct distribution_kind distribution_kind_gamma = {
    .name = "gamma",
    .doc = "Positive with any coefficient of variation and a lighter tail than lognormal.",
    .parameters = {[SHAPE] = {"shape", PARAMETER_NUMBER, false, "Shape; the coefficient of variation is 1 / sqrt(shape)."},
                   [CV] = {"cv", PARAMETER_NUMBER, false, "Coefficient of variation: standard deviation over mean."},
                   [MEAN] = {"mean", PARAMETER_VALUE, false, "The mean."}},
    .solve = solve,
    .sample = sample};
