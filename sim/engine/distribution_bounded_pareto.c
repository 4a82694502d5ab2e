/* Bounded Pareto: F(x) = (1 - (L/x)^a) / (1 - (L/H)^a) on [L, H]; X = L (q + u (1 - q))^(-1/a) with q =
 * (L/H)^a, which loses no digits in the tail.
 *
 * The m-th moment is a L^m / (1 - (L/H)^a) * ((H/L)^(m-a) - 1) / (m - a), whose last factor is log(H/L) * (e^t - 1) / t
 * with t = (m - a) log(H/L): no special case where m = a. */
#include "sim/engine/distribution_kinds.h"
#include "sim/engine/real.h"

enum { ALPHA, LOW, HIGH, MEAN };

/* The m-th moment for L = 1. */
static double moment(double alpha, double log_ratio, double m) {
  double mass = alpha * log_ratio * real_exp_slope(-alpha * log_ratio); /* 1 - (L/H)^a */
  return alpha * log_ratio * real_exp_slope((m - alpha) * log_ratio) / mass;
}

static const char *solve(struct distribution *d, const struct parameter_values *given, struct arena *arena) {
  (void)arena;
  if (!given->given[ALPHA] || !given->given[LOW] || !given->given[HIGH]) return "needs \"alpha\", \"low\" and \"high\"";
  double alpha = given->scalar[ALPHA], low = given->scalar[LOW], high = given->scalar[HIGH];
  if (!(alpha > 0 && alpha <= 1000)) return "\"alpha\" must be positive, and at most 1000";
  if (!(low > 0)) return "\"low\" must be positive";
  if (!(high > low)) return "\"high\" must be above \"low\"";
  if (given->given[MEAN] && !(given->scalar[MEAN] > 0)) return "\"mean\" must be positive";
  double log_ratio = real_log(high / low), first = moment(alpha, log_ratio, 1);
  d->p[0] = given->given[MEAN] ? given->scalar[MEAN] / first : low;
  d->p[1] = real_exp(-alpha * log_ratio);
  d->p[2] = -1 / alpha;
  d->mean = given->given[MEAN] ? given->scalar[MEAN] : low * first;
  d->scv = moment(alpha, log_ratio, 2) / (first * first) - 1;
  return NULL;
}

static double sample(const struct distribution *d, struct stream *stream) {
  return d->p[0] * real_pow(d->p[1] + stream_uniform(stream) * (1 - d->p[1]), d->p[2]);
}

const struct distribution_kind distribution_kind_bounded_pareto = {
    .name = "bounded_pareto",
    .doc = "Heavy tail between two bounds: file sizes, large carts, long reports.",
    .parameters = {[ALPHA] = {"alpha", PARAMETER_NUMBER, false, "Tail index; smaller is heavier, 1 to 2 is typical."},
                   [LOW] = {"low", PARAMETER_VALUE, false, "Smallest value."},
                   [HIGH] = {"high", PARAMETER_VALUE, false, "Largest value."},
                   [MEAN] = {"mean", PARAMETER_VALUE, false, "Optional: all values are scaled so that this is the mean."}},
    .solve = solve,
    .sample = sample};
