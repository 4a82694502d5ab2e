/* Exponential: f(x) = exp(-x / m) / m. Mean m, scv 1. Sampled by ziggurat. */
#include "sim/engine/distribution_kinds.h"

enum { MEAN };

static const char *solve(struct distribution *d, const struct parameter_values *given, struct arena *arena) {
  (void)arena;
  if (!given->given[MEAN]) return "needs \"mean\"";
  if (!(given->scalar[MEAN] > 0)) return "\"mean\" must be positive";
  d->p[0] = d->mean = given->scalar[MEAN];
  d->scv = 1;
  return NULL;
}

static double sample(const struct distribution *d, struct stream *stream) { return d->p[0] * stream_exponential(stream); }

const struct distribution_kind distribution_kind_exponential = {
    .name = "exponential",
    .doc = "Memoryless: gaps between independent arrivals, and service of which only the mean is known.",
    .parameters = {[MEAN] = {"mean", PARAMETER_VALUE, true, "The mean."}},
    .solve = solve,
    .sample = sample};
