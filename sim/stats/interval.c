/* Intervals, on distribution functions and their quantiles. */
#include "sim/stats/interval.h"
#include "sim/stats/cdf.h"
#include "sim/stats/tally.h"
#include <assert.h>
#include <math.h>

static const struct interval unknown = {NAN, NAN};

/* Factor of the standard error on n - 1 degrees of freedom. */
static double student_factor(uint64_t n, double confidence) {
  return cdf_student_quantile(0.5 + 0.5 * confidence, (double)(n - 1));
}

struct interval interval_student_moments(uint64_t n, double mean, double variance, double confidence) {
  if (n < 2) return unknown;
  double half = student_factor(n, confidence) * sqrt(variance / (double)n);
  return (struct interval){mean - half, mean + half};
}

static struct tally tally_of(const double *x, uint32_t n) {
  struct tally tally = {0};
  for (uint32_t i = 0; i < n; i++) tally_add(&tally, x[i]);
  return tally;
}

struct interval interval_student(const double *x, uint32_t n, double confidence) {
  struct tally tally = tally_of(x, n);
  return n < 2 ? unknown : interval_student_moments(n, tally.mean, tally_variance(&tally), confidence);
}

/* (1 + 6 a (r - a))^(1/3) - 1 over 2 a; near a = 0 its expansion. */
static double unskewed(double r, double a) {
  return fabs(a) < 1e-5 ? r - a * (1 + 2 * r * r) : (cbrt(1 + 6 * a * (r - a)) - 1) / (2 * a);
}

enum { SKEWNESS_SHOWS = 10 };

struct interval interval_skewed(const double *x, uint32_t n, double confidence) {
  struct tally tally = tally_of(x, n);
  double sd = sqrt(tally_variance(&tally)), cubes = 0;
  if (n < SKEWNESS_SHOWS || !(sd > 0)) return interval_student(x, n, confidence);
  for (uint32_t i = 0; i < n; i++) {
    double z = (x[i] - tally.mean) / sd;
    cubes += z * z * z;
  }
  double size = n, a = size * cubes / ((size - 1) * (size - 2)) / (6 * sqrt(size));
  double t = student_factor(n, confidence), error = sd / sqrt(size);
  return (struct interval){tally.mean - unskewed(t, a) * error, tally.mean - unskewed(-t, a) * error};
}

struct interval interval_wilson(uint64_t successes, uint64_t trials, double confidence) {
  assert(successes <= trials);
  if (!trials) return unknown;
  double n = (double)trials, share = (double)successes / n;
  double z = cdf_normal_quantile(0.5 + 0.5 * confidence), weight = z * z / n;
  double centre = share + 0.5 * weight, half = z * sqrt((share * (1 - share) + 0.25 * weight) / n);
  double low = successes ? (centre - half) / (1 + weight) : 0;
  double high = successes < trials ? (centre + half) / (1 + weight) : 1;
  return (struct interval){low, high};
}

struct interval interval_clopper_pearson(double successes, double trials, double confidence) {
  assert(successes >= 0 && successes <= trials);
  if (!(trials > 0)) return unknown;
  double rest = trials - successes, tail = 0.5 * (1 - confidence);
  double low = successes > 0 ? cdf_beta_quantile(tail, successes, rest + 1) : 0;
  double high = rest > 0 ? cdf_beta_quantile(1 - tail, successes + 1, rest) : 1;
  return (struct interval){low, high};
}

struct interval interval_zero(uint64_t trials) {
  return (struct interval){0, trials > 3 ? 3 / (double)trials : 1};
}

/* Smallest k with P(B <= k) >= share, B binomial(n, p). */
static uint32_t binomial_quantile(uint32_t n, double p, double share) {
  uint32_t low = 0, high = n;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (cdf_binomial(middle, p, n) >= share)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

struct interval interval_compound(double count, double scv, double confidence) {
  assert(count > 0 && scv >= 0 && confidence >= 0.5);
  double tail = 0.5 * (1 - confidence), low = count / (1 + scv), high = scv > 0 ? low * fmax(0.5, 1 - 1 / count) : low;
  return (struct interval){cdf_gamma_quantile(tail, low) / low, cdf_gamma_quantile(1 - tail, high + 1) / high};
}

struct interval interval_positive_mean(double count, double scv, double confidence) {
  assert(count > 0 && scv > 0 && confidence >= 0.5);
  double tail = 0.5 * (1 - confidence), shape = count / scv;
  return (struct interval){shape / cdf_gamma_quantile(1 - tail, shape), shape / cdf_gamma_quantile(tail, shape)};
}

void interval_quantile_ranks(uint32_t n, double p, double confidence, uint32_t *lower, uint32_t *upper) {
  assert(p > 0 && p < 1 && confidence > 0 && confidence < 1);
  *lower = binomial_quantile(n, p, 0.5 - 0.5 * confidence);
  *upper = binomial_quantile(n, p, 0.5 + 0.5 * confidence) + 1;
}
