/* Erlang: the sum of k exponentials of mean m / k. Mean m, scv 1 / k. A few are drawn and added, many drawn as a gamma. */
#include "sim/engine/distribution_kinds.h"

enum { SHAPE, MEAN };
enum { MOST_STAGES = 8 };

static const char *solve(struct distribution *d, const struct parameter_values *given, struct arena *arena) {
  (void)arena;
  if (!given->given[SHAPE] || !given->given[MEAN]) return "needs \"shape\" and \"mean\"";
  double shape = given->scalar[SHAPE], mean = given->scalar[MEAN];
  if (!(shape >= 1 && shape <= 1e9) || shape != (double)(uint32_t)shape) return "\"shape\" must be a whole number from 1 on";
  if (!(mean > 0)) return "\"mean\" must be positive";
  d->p[0] = shape;
  d->p[1] = mean / shape;
  d->mean = mean;
  d->scv = 1 / shape;
  return NULL;
}

static double sample(const struct distribution *d, struct stream *stream) {
  if (d->p[0] > MOST_STAGES) return d->p[1] * distribution_gamma_draw(d->p[0], stream);
  double sum = 0;
  for (int stage = (int)d->p[0]; stage > 0; stage--) sum += stream_exponential(stream);
  return d->p[1] * sum;
}

const struct distribution_kind distribution_kind_erlang = {
    .name = "erlang",
    .doc = "Sum of equal exponential stages: more regular than exponential.",
    .parameters = {[SHAPE] = {"shape", PARAMETER_NUMBER, false, "Number of stages, a whole number."},
                   [MEAN] = {"mean", PARAMETER_VALUE, false, "The mean."}},
    .solve = solve,
    .sample = sample};
