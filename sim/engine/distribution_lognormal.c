/* Lognormal: X = exp(mu + sigma Z), Z standard normal. Mean exp(mu + sigma^2 / 2), scv exp(sigma^2) - 1, p-quantile
 * exp(mu + sigma z_p); the median is exp(mu). Two of these fix mu and sigma. A mean with a percentile above it is met by
 * two lognormals: the one with the smaller sigma is meant (the other has a percentile that falls as sigma grows). */
#include "sim/engine/distribution_kinds.h"
#include "sim/engine/real.h"
#include <assert.h>
#include <math.h>

enum { MEAN, CV, MEDIAN, P90, P95, P99, COUNT };

/* z_p of the standard normal for the parameters that are quantiles. */
static const double normal_quantile[COUNT] = {
    [MEDIAN] = 0, [P90] = 1.2815515655446004, [P95] = 1.6448536269514722, [P99] = 2.3263478740408408};

static const char needs[] =
    "needs exactly two of \"mean\", \"cv\", \"median\", \"p90\", \"p95\", \"p99\", such as \"mean\" and \"cv\", or "
    "\"median\" and \"p99\"";

/* sigma from two quantiles; the later one has the larger z. */
static const char *sigma_of_quantiles(const double *x, int first, int second, double *sigma) {
  if (!(x[second] >= x[first])) return "percentiles must not fall: median <= p90 <= p95 <= p99";
  *sigma = real_log(x[second] / x[first]) / (normal_quantile[second] - normal_quantile[first]);
  return NULL;
}

/* log(quantile / mean) = z sigma - sigma^2 / 2. */
static const char *sigma_of_mean(const double *x, int quantile, double *sigma) {
  double z = normal_quantile[quantile], ratio = real_log(x[quantile] / x[MEAN]);
  if (quantile == MEDIAN && ratio > 0) return "the \"mean\" of a lognormal is not below its \"median\"";
  if (quantile != MEDIAN && ratio < 0) return "the percentile must not be below \"mean\"; give \"median\" with it instead";
  double root = z * z - 2 * ratio;
  if (root < 0) return "no lognormal has a percentile that far above its \"mean\"; give \"median\" with it instead";
  *sigma = quantile == MEDIAN ? sqrt(root) : 2 * ratio / (z + sqrt(root));
  return NULL;
}

static const char *solve_pair(const double *x, int a, int b, double *mu, double *sigma) {
  const char *wrong = NULL;
  if (a == CV || b == CV)
    *sigma = sqrt(real_log(1 + x[CV] * x[CV]));
  else if (a == MEAN)
    wrong = sigma_of_mean(x, b, sigma);
  else
    wrong = sigma_of_quantiles(x, a, b, sigma);
  int anchor = a == CV ? b : a;
  if (!wrong) *mu = real_log(x[anchor]) - (anchor == MEAN ? 0.5 * *sigma * *sigma : normal_quantile[anchor] * *sigma);
  return wrong;
}

static const char *solve(struct distribution *d, const struct parameter_values *given, struct arena *arena) {
  (void)arena;
  int chosen[2] = {0, 0}, count = 0;
  for (int i = 0; i < COUNT; i++) {
    if (!given->given[i]) continue;
    if (count == 2) return needs;
    if (i == CV ? !(given->scalar[i] >= 0) : !(given->scalar[i] > 0))
      return i == CV ? "\"cv\" must not be negative" : "every value must be positive";
    chosen[count++] = i;
  }
  if (count < 2) return needs;
  double mu = 0, sigma = 0;
  const char *wrong = solve_pair(given->scalar, chosen[0], chosen[1], &mu, &sigma);
  if (wrong) return wrong;
  d->p[0] = mu;
  d->p[1] = sigma;
  d->mean = chosen[0] == MEAN ? given->scalar[MEAN] : real_exp(mu + 0.5 * sigma * sigma);
  d->scv = sigma * sigma * real_exp_slope(sigma * sigma);
  return NULL;
}

static double sample(const struct distribution *d, struct stream *stream) {
  return real_exp(d->p[0] + d->p[1] * stream_normal(stream));
}

struct distribution distribution_lognormal(double median, double p95) {
  assert(median > 0 && p95 >= median);
  double mu = real_log(median), sigma = real_log(p95 / median) / normal_quantile[P95];
  return (struct distribution){.kind = &distribution_kind_lognormal,
                               .p = {mu, sigma},
                               .mean = real_exp(mu + 0.5 * sigma * sigma),
                               .scv = sigma * sigma * real_exp_slope(sigma * sigma)};
}

const struct distribution_kind distribution_kind_lognormal = {
    .name = "lognormal",
    .doc = "Skewed to the right, as most service and repair times are; fixed by any two of its parameters.",
    .parameters = {[MEAN] = {"mean", PARAMETER_VALUE, false, "The mean."},
                   [CV] = {"cv", PARAMETER_NUMBER, false, "Coefficient of variation: standard deviation over mean."},
                   [MEDIAN] = {"median", PARAMETER_VALUE, false, "The median."},
                   [P90] = {"p90", PARAMETER_VALUE, false, "The 90th percentile."},
                   [P95] = {"p95", PARAMETER_VALUE, false, "The 95th percentile."},
                   [P99] = {"p99", PARAMETER_VALUE, false, "The 99th percentile."}},
    .solve = solve,
    .sample = sample};
