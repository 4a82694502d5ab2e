/* Is a sampler's output from the law it claims? Moments within 4 standard errors, Kolmogorov-Smirnov and Anderson-Darling
 * at p > 1e-4, over 10^6 draws, or 10^7 when AGUANTA_LONG is set. */
#ifndef SAMPLES_H
#define SAMPLES_H
#include "sim/engine/stream.h"
#include "tests/suite.h"
#include <math.h>
#include <stdlib.h>

typedef double sampler(const void *context, struct stream *stream);
typedef double cumulative(double x, const void *context);

static inline uint32_t samples_count(void) { return getenv("AGUANTA_LONG") ? 10000000 : 1000000; }

/* P(sup |B| > x), B the Brownian bridge: Kolmogorov's limit law. */
static inline double samples_kolmogorov_tail(double x) {
  double sum = 0;
  for (int k = 1; k < 100; k++) sum += (k % 2 ? 2 : -2) * exp(-2.0 * k * k * x * x);
  return x < 0.2 ? 1 : sum;
}

/* Upper tail of the limit law of A^2 for a fully specified law: Marsaglia and Marsaglia (2004), absolute error under 2e-6
 * below 2, and beyond that good to the order of magnitude. */
static inline double samples_anderson_tail(double a) {
  if (a < 2) {
    double p = 0.247105 - (0.0649821 - (0.0347962 - (0.011672 - 0.00168691 * a) * a) * a) * a;
    return 1 - exp(-1.2337141 / a) / sqrt(a) * (2.00012 + p * a);
  }
  double p = 2.30695 - (0.43424 - (0.082433 - (0.008056 - 0.0003146 * a) * a) * a) * a;
  return 1 - exp(-exp(1.0776 - p * a));
}

static inline int samples_by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Sorts numbers of (0, 1) of about uniform law: counting into n cells, then insertion. */
static inline void samples_sort_uniform(double *u, uint32_t n) {
  uint32_t *first = calloc(n + 1, sizeof *first);
  double *sorted = malloc(n * sizeof *sorted);
  for (uint32_t i = 0; i < n; i++) first[(uint32_t)fmin(u[i] * n, n - 1) + 1]++;
  for (uint32_t i = 0; i < n; i++) first[i + 1] += first[i];
  for (uint32_t i = 0; i < n; i++) sorted[first[(uint32_t)fmin(u[i] * n, n - 1)]++] = u[i];
  for (uint32_t i = 0, start = 0; i < n; start = first[i++])
    if (first[i] - start > 1) qsort(sorted + start, first[i] - start, sizeof *sorted, samples_by_value);
  for (uint32_t i = 0; i < n; i++) u[i] = sorted[i];
  free(sorted);
  free(first);
}

/* The two tests on the probability transforms, which should be uniform. */
static inline void samples_check_uniform(const char *name, double *u, uint32_t n) {
  samples_sort_uniform(u, n);
  double distance = 0, sum = 0;
  for (uint32_t i = 0; i < n; i++) {
    distance = fmax(distance, fmax(u[i] - (double)i / n, (i + 1.0) / n - u[i]));
    double below = fmax(u[i], 1e-300), above = fmax(1 - u[n - 1 - i], 1e-17);
    sum += (2.0 * i + 1) * (log(below) + log(above));
  }
  double ks = samples_kolmogorov_tail(distance * sqrt(n)), ad = samples_anderson_tail(-(double)n - sum / n);
  test_check(ks > 1e-4, "%s: Kolmogorov-Smirnov p = %g", name, ks);
  test_check(ad > 1e-4, "%s: Anderson-Darling p = %g (A2 = %g)", name, ad, -(double)n - sum / n);
}

/* All of it for one sampler. */
static inline void samples_check(const char *name, sampler *draw, cumulative *cdf, const void *context, double mean,
                                 double variance) {
  uint32_t n = samples_count();
  double *u = malloc(n * sizeof *u), sum = 0, squares = 0, fourths = 0;
  struct stream s = stream_open(stream_key(20, 0, 0, (unsigned char)name[0]));
  for (uint32_t i = 0; i < n; i++) {
    double x = draw(context, &s), square = (x - mean) * (x - mean);
    sum += x - mean;
    squares += square;
    fourths += square * square;
    u[i] = cdf(x, context);
  }
  double mean_error = sum / n, se = sqrt(variance / n);
  test_check(fabs(mean_error) < 4 * se, "%s: mean is %.3g standard errors off", name, mean_error / se);
  double second = squares / n, second_se = sqrt((fourths / n - second * second) / n);
  test_check(fabs(second - variance) < 4 * second_se, "%s: variance %g instead of %g, %.3g standard errors", name, second, variance,
             (second - variance) / second_se);
  samples_check_uniform(name, u, n);
  free(u);
}

#endif
