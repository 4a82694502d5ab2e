/* Warm-up and batch means against the oracle's series, closed forms and systems whose relaxation time is known. */
#include "sim/engine/stream.h"
#include "sim/stats/batch.h"
#include "sim/stats/interval.h"
#include "sim/stats/tally.h"
#include "sim/stats/warmup.h"
#include "tests/suite.h"
#include <math.h>
#include <stdlib.h>

static bool near(double x, double y, double tolerance) { return fabs(x - y) <= tolerance; }

/* Oracle case oa-mser5-series. */
static void test_mser5(void) {
  double x[600], statistic;
  for (int i = 0; i < 600; i++) x[i] = 10 + (7919 * i % 101 - 50) / 25.0 + 40 * exp(-i / 30.0);
  uint32_t dropped = warmup_mser5(x, 1, 600, &statistic);
  struct tally rest = {0};
  for (uint32_t i = dropped; i < 600; i++) tally_add(&rest, x[i]);
  test_check(dropped == 135, "drops %u", dropped);
  test_check(near(statistic / 0.0006185424076, 1, 1e-9), "statistic %.13g", statistic);
  test_check(near(rest.mean, 10.02562195, 1e-8), "mean of the rest %.10g", rest.mean);
}

/* x_i = phi x_{i-1} + normal, from `start`: correlation phi^k, integral (1 + phi) / (2 (1 - phi)) points by the trapezoid. */
static void fill_ar1(double *x, uint32_t replications, uint32_t points, double phi, double start, uint64_t key) {
  struct stream s = stream_open(key);
  for (uint32_t r = 0; r < replications; r++) {
    double value = start;
    for (uint32_t i = 0; i < points; i++) x[(uint64_t)r * points + i] = value = phi * value + stream_normal(&s);
  }
}

/* phi = 0.9, 30 replications from 50, some 22 deviations above: 2 * 9.5 = 19 points, so 95 are dropped. */
static void test_ar1(void) {
  enum { REPLICATIONS = 30, POINTS = 600 };
  double *x = malloc(sizeof(double) * REPLICATIONS * POINTS);
  fill_ar1(x, REPLICATIONS, POINTS, 0.9, 50, 3);
  struct warmup found = warmup_find(x, REPLICATIONS, POINTS);
  test_check(found.status == WARMUP_FOUND, "status %d", found.status);
  test_check(near(found.relaxation / 19, 1, 0.15), "relaxation %g points", found.relaxation);
  test_check(found.mser >= 25 && found.mser <= 120, "MSER drops %u", found.mser);
  test_check(found.drop >= found.mser && found.drop == fmax(found.mser, ceil(5 * found.relaxation)), "drops %u", found.drop);
  struct warmup alone = warmup_find(x, 1, POINTS);
  test_check(alone.relaxation > 6 && alone.relaxation < 40, "one replication: relaxation %g points", alone.relaxation);
  struct warmup shorter = warmup_find(x, 1, 49);
  test_check(shorter.status == WARMUP_REFUSED_TOO_SHORT, "49 points");
  fill_ar1(x, REPLICATIONS, POINTS, 0.99, 0, 4); /* 2 * 99.5 points, five of which do not fit into 300 */
  found = warmup_find(x, REPLICATIONS, POINTS);
  test_check(found.status == WARMUP_REFUSED_TOO_SHORT && found.drop > 300, "slow: status %d, drop %u", found.status, found.drop);
  fill_ar1(x, REPLICATIONS, POINTS, 0, 0, 5); /* no memory: the spacing of the points is all that is known */
  found = warmup_find(x, REPLICATIONS, POINTS);
  test_check(found.status == WARMUP_FOUND && near(found.relaxation, 1, 0.3), "independent: status %d, relaxation %g", found.status,
             found.relaxation);
  free(x);
}

static void test_no_steady_state(void) {
  enum { REPLICATIONS = 10, POINTS = 500 };
  double x[REPLICATIONS * POINTS];
  struct stream s = stream_open(6);
  for (int i = 0; i < REPLICATIONS * POINTS; i++) x[i] = 0.1; /* not a binary fraction */
  struct warmup found = warmup_find(x, REPLICATIONS, POINTS);
  test_check(found.status == WARMUP_FOUND && found.drop == 0 && found.relaxation == 0, "constant: drop %u", found.drop);
  for (int i = 0; i < REPLICATIONS * POINTS; i++) x[i] = 0.05 * (i % POINTS) + stream_normal(&s);
  found = warmup_find(x, REPLICATIONS, POINTS);
  test_check(found.status == WARMUP_REFUSED_TRUNCATION, "trend: status %d, MSER %u", found.status, found.mser);
  for (int i = 0; i < REPLICATIONS * POINTS; i++) x[i] = exp(-(i % POINTS) / 20.0); /* alike in all, yet transient */
  found = warmup_find(x, REPLICATIONS, POINTS);
  test_check(found.relaxation == 0 && found.status == WARMUP_REFUSED_TRUNCATION,
             "a decay without noise has no end: status %d, MSER %u", found.status, found.mser);
}

/* Number inside of M/M/c from empty, mean service time 1, at points `dt` apart. */
static void fill_mmc(double *x, uint32_t replications, uint32_t points, double dt, uint32_t servers, double load, uint64_t key) {
  for (uint32_t r = 0; r < replications; r++) {
    struct stream s = stream_at(key, r);
    double arrivals = load * servers, now = 0;
    uint32_t inside = 0, i = 0;
    while (i < points) {
      double rate = arrivals + (inside < servers ? inside : servers);
      now += stream_exponential(&s) / rate;
      for (; i < points && (i + 1) * dt <= now; i++) x[(uint64_t)r * points + i] = inside;
      inside = stream_uniform(&s) * rate < arrivals ? inside + 1 : inside - 1;
    }
  }
}

static struct tally means_after(const double *x, uint32_t replications, uint32_t points, uint32_t drop) {
  struct tally means = {0};
  for (uint32_t r = 0; r < replications; r++) {
    struct tally mean = {0};
    for (uint32_t i = drop; i < points; i++) tally_add(&mean, x[(uint64_t)r * points + i]);
    tally_add(&means, mean.mean);
  }
  return means;
}

/* Integral (1 + rho) / (1 - rho)^2: 45 service times at 0.8, 780 at 0.95; true relaxation times 89.7 and 1560. At load 1.1 the
 * queue grows for ever, at 1 as the square root. The estimate itself has a standard deviation of 15 to 25% here. */
static void test_mm1(void) {
  enum { REPLICATIONS = 30, POINTS = 1000 };
  static const struct { double load, dt, relaxation, inside; } table[] = {{0.8, 5, 90, 4}, {0.95, 60, 1560, 19}};
  double *x = malloc(sizeof(double) * REPLICATIONS * POINTS);
  for (int c = 0; c < 2; c++) {
    fill_mmc(x, REPLICATIONS, POINTS, table[c].dt, 1, table[c].load, 70 + c);
    struct warmup found = warmup_find(x, REPLICATIONS, POINTS);
    struct tally means = means_after(x, REPLICATIONS, POINTS, found.drop);
    test_check(found.status == WARMUP_FOUND, "load %g: status %d", table[c].load, found.status);
    test_check(near(found.relaxation * table[c].dt / table[c].relaxation, 1, 0.5), "load %g: relaxation %g service times",
               table[c].load, found.relaxation * table[c].dt);
    double error = sqrt(tally_variance(&means) / REPLICATIONS);
    test_check(near(means.mean, table[c].inside, 3.5 * error), "load %g: %g inside, error %g", table[c].load, means.mean, error);
  }
  for (int c = 0; c < 2; c++) {
    fill_mmc(x, REPLICATIONS, POINTS, 5, 1, 1 + 0.1 * c, 80 + c);
    struct warmup found = warmup_find(x, REPLICATIONS, POINTS);
    test_check(found.status != WARMUP_FOUND, "load %g: MSER %u, relaxation %g", 1 + 0.1 * c, found.mser, found.relaxation);
  }
  fill_mmc(x, REPLICATIONS, POINTS, 0.5, 1, 0.95, 90); /* 500 service times of a system that needs 7800 to forget */
  struct warmup found = warmup_find(x, REPLICATIONS, POINTS);
  test_check(found.status != WARMUP_FOUND, "short: MSER %u, relaxation %g", found.mser, found.relaxation);
  free(x);
}

/* A thousand servers at load 0.9, empty at first, so that no request ever waits: 900 (1 - exp(-t)) inside on average. */
static void test_thousand_servers(void) {
  enum { REPLICATIONS = 30, POINTS = 400 };
  double dt = 0.1, *x = malloc(sizeof(double) * REPLICATIONS * POINTS);
  fill_mmc(x, REPLICATIONS, POINTS, dt, 1000, 0.9, 100);
  struct warmup found = warmup_find(x, REPLICATIONS, POINTS);
  struct tally means = means_after(x, REPLICATIONS, POINTS, found.drop);
  test_check(found.status == WARMUP_FOUND && found.drop * dt >= 5, "status %d, drops %g service times", found.status,
             found.drop * dt);
  test_check(near(found.relaxation * dt, 2, 1), "relaxation %g service times", found.relaxation * dt);
  test_check(near(means.mean, 900, 4.5), "%g inside", means.mean);
  free(x);
}

/* 1 2 3 4 5: differences 4, squares about the mean 10, so C = 1 - 4/20 = 0.8; r_1 = 4/10 and ends 8/20. 1 -1 1 -1: differences
 * 12, squares 4, C = -0.5. Upper 5% point for 10 values 1.645 sqrt(8/99) = 0.4676; Hart's (1942) exact one is 0.469. */
static void test_batch_correlation(void) {
  const double up[] = {1, 2, 3, 4, 5}, zigzag[] = {1, -1, 1, -1}, flat[] = {2, 2, 2};
  test_check(near(batch_correlation(up, 5), 0.8, 1e-14), "up %g", batch_correlation(up, 5));
  test_check(near(batch_correlation(zigzag, 4), -0.5, 1e-14), "zigzag %g", batch_correlation(zigzag, 4));
  test_check(batch_correlation(flat, 3) == 0, "flat %g", batch_correlation(flat, 3));
  test_check(near(batch_correlation_limit(10), 0.4676, 1e-4), "limit %g", batch_correlation_limit(10));
  struct stream s = stream_open(7);
  for (uint32_t n = 10; n <= 60; n += 25) {
    uint32_t rejected = 0;
    for (int trial = 0; trial < 20000; trial++) {
      double x[60];
      for (uint32_t i = 0; i < n; i++) x[i] = stream_normal(&s);
      rejected += batch_correlation(x, n) > batch_correlation_limit(n);
    }
    test_check(near(rejected / 20000.0, 0.05, 0.006), "%u values: %g rejected", n, rejected / 20000.0);
  }
}

static void test_batch_merge(void) {
  double even[] = {1, 3, 5, 7, 2, 4}, odd[] = {100, 1, 3, 5, 7};
  uint32_t n = batch_merge(even, 6), m = batch_merge(odd, 5);
  test_check(n == 3 && even[0] == 2 && even[1] == 6 && even[2] == 3, "%g %g %g", even[0], even[1], even[2]);
  test_check(m == 2 && odd[0] == 2 && odd[1] == 6, "%g %g", odd[0], odd[1]);
  double slope[512];
  for (int i = 0; i < 512; i++) slope[i] = i;
  test_check(batch_settle(slope, 512) == 0, "a trend never settles");
  double few[19] = {0};
  test_check(batch_settle(few, 19) == 0, "19 are too few to test");
}

/* One run of the oracle's AR(1), cut into means of `size`. */
static uint32_t ar1_means(double *means, uint32_t n, uint32_t size, struct stream *s) {
  double value = stream_normal(s) * sqrt(1 / 0.19);
  for (uint32_t b = 0; b < n / size; b++) {
    double sum = 0;
    for (uint32_t i = 0; i < size; i++) sum += value = 0.9 * value + stream_normal(s);
    means[b] = sum / size;
  }
  return n / size;
}

/* Oracle case oa-ar1-0p9: 100,000 values, asymptotic variance 100, batches of 64 correlated 0.0866501087. 200 runs: the
 * correlation to sqrt(1 / (200 * 1562)) = 0.0018, the variance to sqrt(2 / (200 * 19)) = 2.3%, coverage to 0.0154. */
static void test_batch_ar1(void) {
  enum { RUNS = 200, N = 100000, SIZE = 64 };
  struct stream s = stream_open(8);
  struct tally correlation = {0}, variance = {0};
  uint32_t covered = 0, settled = 0;
  for (int run = 0; run < RUNS; run++) {
    double means[N / SIZE];
    uint32_t n = ar1_means(means, N, SIZE, &s);
    tally_add(&correlation, batch_correlation(means, n));
    uint32_t left = batch_settle(means, n);
    if (!left) continue;
    settled++;
    struct tally t = {0};
    for (uint32_t i = 0; i < left; i++) tally_add(&t, means[i]);
    tally_add(&variance, tally_variance(&t) * N / left);
    struct interval mean = interval_student(means, left, 0.95);
    covered += mean.low <= 0 && 0 <= mean.high;
    if (run == 0) test_check(left >= BATCH_LEAST && left <= BATCH_MOST, "%u batches", left);
  }
  test_check(near(correlation.mean, 0.0866501087, 3.5 * 0.0018), "correlation %g", correlation.mean);
  test_check(settled >= 0.97 * RUNS, "%u of %d settled", settled, RUNS);
  test_check(near(variance.mean / 100, 1, 0.1), "asymptotic variance %g", variance.mean);
  test_check(near((double)covered / settled, 0.95, 3 * 0.0154), "covers %g", (double)covered / settled);
}

/* AR(1) of 1000 values a run: variance 5.263, of a run's mean 0.1 less the ends, so the inflation is 19. */
static void test_effective_requests(void) {
  test_check(near(batch_effective_requests(30000, 1 / 0.19, 0.1, 1000), 30000 / 19.0, 1e-9), "%g",
             batch_effective_requests(30000, 1 / 0.19, 0.1, 1000));
  test_check(batch_effective_requests(100, 4, 0.01, 100) == 100, "antithetic luck is no merit");
  test_check(batch_effective_requests(100, 0, 0, 10) == 100, "nothing varies");
}

static const struct test_case cases[] = {{"mser5", test_mser5},
                                         {"ar1", test_ar1},
                                         {"no_steady_state", test_no_steady_state},
                                         {"mm1", test_mm1},
                                         {"thousand_servers", test_thousand_servers},
                                         {"batch_correlation", test_batch_correlation},
                                         {"batch_merge", test_batch_merge},
                                         {"batch_ar1", test_batch_ar1},
                                         {"effective_requests", test_effective_requests},
                                         {0}};
const struct test_suite suite_stats_warmup = {"stats_warmup", cases};
