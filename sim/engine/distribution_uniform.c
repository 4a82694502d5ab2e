/* Uniform: f(x) = 1 / (b - a) on (a, b). Mean (a + b) / 2, variance (b - a)^2 / 12. */
#include "sim/engine/distribution_kinds.h"

enum { LOW, HIGH };

static const char *solve(struct distribution *d, const struct parameter_values *given, struct arena *arena) {
  (void)arena;
  if (!given->given[LOW] || !given->given[HIGH]) return "needs \"low\" and \"high\"";
  double low = given->scalar[LOW], high = given->scalar[HIGH];
  if (!(low >= 0)) return "\"low\" must not be negative";
  if (!(high > low)) return "\"high\" must be above \"low\"";
  d->p[0] = low;
  d->p[1] = high - low;
  d->mean = 0.5 * (low + high);
  d->scv = (high - low) * (high - low) / 12 / (d->mean * d->mean);
  return NULL;
}

static double sample(const struct distribution *d, struct stream *stream) { return d->p[0] + d->p[1] * stream_uniform(stream); }

const struct distribution_kind distribution_kind_uniform = {
    .name = "uniform",
    .doc = "Every value between two bounds equally likely.",
    .parameters =
        {[LOW] = {"low", PARAMETER_VALUE, false, "Lower bound."}, [HIGH] = {"high", PARAMETER_VALUE, false, "Upper bound."}},
    .solve = solve,
    .sample = sample};
