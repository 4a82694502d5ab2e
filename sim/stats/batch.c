/* Batch means: merging and the test for dependence. */
#include "sim/stats/batch.h"
#include "sim/stats/cdf.h"
#include "sim/stats/tally.h"
#include <assert.h>
#include <math.h>

double batch_correlation(const double *means, uint32_t n) {
  assert(n >= 3);
  struct tally tally = {0};
  double differences = 0;
  for (uint32_t i = 0; i < n; i++) {
    tally_add(&tally, means[i]);
    if (i > 0) differences += (means[i] - means[i - 1]) * (means[i] - means[i - 1]);
  }
  return tally.m2 > 0 ? 1 - differences / (2 * tally.m2) : 0;
}

double batch_correlation_limit(uint32_t n) {
  double size = (double)n;
  return cdf_normal_quantile(0.95) * sqrt((size - 2) / (size * size - 1));
}

uint32_t batch_merge(double *means, uint32_t n) {
  uint32_t half = n / 2, first = n % 2;
  for (uint32_t i = 0; i < half; i++) means[i] = 0.5 * (means[first + 2 * i] + means[first + 2 * i + 1]);
  return half;
}

uint32_t batch_settle(double *means, uint32_t n) {
  while (n > 2 * BATCH_MOST) n = batch_merge(means, n);
  while (n >= 2 * BATCH_LEAST) {
    bool independent = batch_correlation(means, n) <= batch_correlation_limit(n);
    n = batch_merge(means, n);
    if (independent) return n;
  }
  return 0;
}

double batch_effective_requests(double n, double variance_of_requests, double variance_of_replication_means,
                                double requests_per_replication) {
  if (!(variance_of_requests > 0)) return n;
  double inflation = variance_of_replication_means * requests_per_replication / variance_of_requests;
  return n / fmax(1, inflation);
}
