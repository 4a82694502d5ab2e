/* Stopping and comparing against published examples, and what stopping costs in coverage. */
#include "sim/engine/stream.h"
#include "sim/stats/compare.h"
#include "sim/stats/interval.h"
#include "sim/stats/stopping.h"
#include "sim/stats/tally.h"
#include "tests/suite.h"
#include <math.h>
#include <stdlib.h>

static bool near(double x, double y, double tolerance) { return fabs(x - y) <= tolerance; }

static void test_looks(void) {
  const uint32_t looks[] = {10, 15, 23, 35, 53, 80, 120, 180, 270, 405, 608, 912};
  uint32_t done = 0;
  for (int i = 0; i < 12; i++) {
    done = stopping_next_look(done);
    test_check(done == looks[i], "look %d at %u", i, done);
  }
  test_check(stopping_next_look(3) == 5 && stopping_next_look(11) == 17, "from any other number");
  test_check(stopping_next_look(UINT32_MAX - 1) == UINT32_MAX, "beyond the last");
}

/* 5% of the true mean is 1/21 of the estimate: half-widths up to 10 at an estimate of 210. */
static void test_reached(void) {
  test_check(stopping_reached((struct interval){200.01, 219.99}, 0.05), "just narrow enough");
  test_check(!stopping_reached((struct interval){199.99, 220.01}, 0.05), "just too wide");
  test_check(stopping_reached((struct interval){-219.9, -200.1}, 0.05), "of a negative mean");
  test_check(stopping_reached((struct interval){0, 0}, 0.05), "always 0");
  test_check(!stopping_reached((struct interval){NAN, NAN}, 0.05), "unknown");
  test_check(!stopping_reached((struct interval){-INFINITY, INFINITY}, 0.05), "unbounded");
}

/* Ten values of mean 100 and variance 648 / 9 = 72 have a half-width of 6.07 at 95%, 3.1 times the 100 * 0.02 / 1.02 of a relative 2%:
 * 3.1^2 as many by the square-root law. */
static void test_until(void) {
  double target = stopping_target(0.02, 100), half = 2.2622 * sqrt(72.0 / 10);
  test_check(near(target, 1.9608, 1e-4), "half-width of 2%%: %g", target);
  test_check(stopping_until(half, target, 10) == 96, "%u", stopping_until(half, target, 10));
  test_check(stopping_until(1, 2, 10) == 11, "already narrow: one more");
  test_check(stopping_until(1, 0, 10) == UINT32_MAX, "a mean of 0 has no relative precision");
  test_check(stopping_until(NAN, 1, 10) == UINT32_MAX && isinf(stopping_foreseen(NAN, 1, 10)), "one value says nothing");
}

/* A mean of 1 with the given coefficient of variation; lognormal by mean and cv: mu = -s^2 / 2, s^2 = log(1 + cv^2). */
static double draw(struct stream *s, double cv, bool lognormal) {
  double z = stream_normal(s), square = log(1 + cv * cv);
  return lognormal ? exp(sqrt(square) * z - 0.5 * square) : 1 + cv * z;
}

struct stopped {
  double coverage, mean_n;
};

static struct stopped stop_often(uint32_t trials, double precision, double cv, bool lognormal, uint64_t key) {
  enum { MOST = 20000 };
  double *x = malloc(sizeof(double) * MOST);
  uint32_t covered = 0, values = 0;
  for (uint32_t trial = 0; trial < trials; trial++) {
    struct stream s = stream_at(key, trial);
    struct interval mean;
    uint32_t n = 0;
    do {
      for (uint32_t until = stopping_next_look(n); n < until && n < MOST; n++) x[n] = draw(&s, cv, lognormal);
      mean = interval_student(x, n, 0.95);
    } while (n < MOST && !stopping_reached(mean, precision));
    covered += mean.low <= 1 && 1 <= mean.high;
    values += n;
  }
  free(x);
  return (struct stopped){(double)covered / trials, (double)values / trials};
}

/* Coverage of nominal 95% intervals with stopping on, to its binomial error of 0.0015 (20,000 runs) to 0.007 (1000). The last
 * two are the limit that stopping.h tells: wide precision on skewed values covers less. */
static void test_coverage_when_stopped(void) {
  static const struct {
    double precision, cv, least;
    uint32_t trials;
    bool lognormal, is_long;
  } table[] = {{0.05, 0.1, 0.93, 20000, false, false},  {0.05, 0.3, 0.94, 5000, false, false}, {0.1, 0.5, 0.94, 5000, false, false},
               {0.05, 0.1, 0.93, 20000, true, false},   {0.05, 0.3, 0.93, 5000, true, false},  {0.05, 1, 0.93, 1000, true, false},
               {0.05, 0.05, 0.945, 20000, true, false}, {0.02, 1, 0.93, 1000, false, true},    {0.02, 1, 0.93, 1000, true, true},
               {0.05, 2, 0.93, 1000, true, true},       {0.2, 1, 0.90, 5000, true, false},     {0.2, 2, 0.88, 2000, true, false}};
  for (uint32_t i = 0; i < sizeof table / sizeof *table; i++) {
    if (table[i].is_long && !getenv("AGUANTA_LONG")) continue;
    struct stopped seen = stop_often(table[i].trials, table[i].precision, table[i].cv, table[i].lognormal, 500 + i);
    test_check(seen.coverage >= table[i].least && seen.coverage <= 0.97, "%s of cv %g to %g%%: covers %.4f, %.0f values",
               table[i].lognormal ? "lognormal" : "normal", table[i].cv, 100 * table[i].precision, seen.coverage, seen.mean_n);
  }
}

/* Student (1908): hours of sleep gained by ten patients with either of two drugs: t = -4.0621 on 9 degrees, p = 0.002833, 95%
 * interval -2.4599 to -0.7001. */
static void test_paired(void) {
  const double a[] = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0},
               b[] = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
  struct interval seen = compare_paired(a, b, 10, 0.95), one = compare_paired(a, b, 1, 0.95);
  test_check(near(seen.low, -2.4598858, 1e-6) && near(seen.high, -0.7001142, 1e-6), "%.7f to %.7f", seen.low, seen.high);
  test_check(near(compare_p_value(a, b, 10), 0.00283289, 1e-7), "p = %.8f", compare_p_value(a, b, 10));
  test_check(compare_p_value(a, b, 10) == compare_p_value(b, a, 10), "either way");
  test_check(isnan(one.low) && isnan(compare_p_value(a, b, 1)), "one pair");
  const double up[] = {1, 2, 4}, down[] = {0, 1, 3};
  test_check(compare_p_value(up, down, 3) == 0 && compare_p_value(up, up, 3) == 1, "differences without variance");
}

/* 0.005 * 4, 0.01 * 3, 0.03 * 2, and 0.04 * 1 made no smaller than 0.06. */
static void test_holm(void) {
  const double p[] = {0.01, 0.04, 0.03, 0.005}, wanted[] = {0.03, 0.06, 0.06, 0.02};
  double adjusted[4];
  compare_holm(p, adjusted, 4);
  for (int i = 0; i < 4; i++) test_check(near(adjusted[i], wanted[i], 1e-15), "p %g becomes %g", p[i], adjusted[i]);
  const double odd[] = {0.5, NAN, 0.01, 0.01};
  compare_holm(odd, adjusted, 4);
  test_check(adjusted[0] == 1 && isnan(adjusted[1]) && adjusted[2] == 0.04 && adjusted[3] == 0.04, "%g %g %g %g", adjusted[0],
             adjusted[1], adjusted[2], adjusted[3]);
}

/* Twenty comparisons without any difference: something is shown in at most 5% of the trials, and one that Bonferroni's intervals
 * show is always shown by Holm. */
static void test_family(void) {
  enum { TRIALS = 2000, K = 20, N = 10 };
  struct stream s = stream_open(11);
  uint32_t false_alarms = 0, contradictions = 0, unadjusted = 0;
  for (int trial = 0; trial < TRIALS; trial++) {
    double base[N], p[K], adjusted[K];
    struct interval together[K];
    bool any = false, plain = false;
    for (int i = 0; i < N; i++) base[i] = stream_normal(&s);
    for (int k = 0; k < K; k++) {
      double x[N];
      for (int i = 0; i < N; i++) x[i] = base[i] + 0.5 * stream_normal(&s);
      together[k] = compare_paired(x, base, N, compare_simultaneous(0.95, K));
      p[k] = compare_p_value(x, base, N);
      plain |= p[k] <= 0.05;
    }
    compare_holm(p, adjusted, K);
    for (int k = 0; k < K; k++) {
      any |= adjusted[k] <= 0.05;
      contradictions += (together[k].low > 0 || together[k].high < 0) && adjusted[k] > 0.05;
    }
    false_alarms += any;
    unadjusted += plain;
  }
  test_check(near((double)false_alarms / TRIALS, 0.05, 0.015), "%u of %d", false_alarms, TRIALS);
  test_check(unadjusted > TRIALS / 2, "without Holm %u of %d", unadjusted, TRIALS);
  test_check(contradictions == 0, "%u contradictions", contradictions);
}

/* a = c + e, b = c + f with variances 4 and 1: (5 + 5) / 2 = 5 in the long run. By hand: 1 2 3 and 1 3 2, both of variance 1,
 * differences 0 -1 1 of variance 1, so 2. */
static void test_variance_ratio(void) {
  const double a[] = {1, 2, 3}, b[] = {1, 3, 2}, shifted[] = {2, 3, 4}, flat[] = {1, 1, 1};
  test_check(compare_variance_ratio(a, b, 3) == 2, "%g", compare_variance_ratio(a, b, 3));
  test_check(isinf(compare_variance_ratio(a, shifted, 3)), "alike but for a constant");
  test_check(isnan(compare_variance_ratio(flat, flat, 3)) && isnan(compare_variance_ratio(a, b, 1)), "nothing to compare");
  enum { N = 20000 };
  double *x = malloc(sizeof(double) * N), *y = malloc(sizeof(double) * N);
  struct stream s = stream_open(12);
  for (int i = 0; i < N; i++) {
    double common = 2 * stream_normal(&s);
    x[i] = common + stream_normal(&s);
    y[i] = common + stream_normal(&s);
  }
  test_check(near(compare_variance_ratio(x, y, N), 5, 0.2), "%g", compare_variance_ratio(x, y, N));
  free(x);
  free(y);
}

/* A limit that is the true mean: looking at 10, 15, .. 100 normal values and deciding as carefully as stopping_caution says is wrong in
 * 5.5% of the runs, and would be in over 15% with plain intervals. */
static void test_caution(void) {
  struct stream s = stream_open(11);
  uint32_t careful = 0, careless = 0;
  enum { RUNS = 4000, MOST = 100 };
  for (int run = 0; run < RUNS; run++) {
    double x[MOST];
    bool decided = false, hasty = false;
    for (uint32_t done = 0, look = 10; !decided && done < MOST; look = look < 67 ? (3 * look + 1) / 2 : MOST) {
      for (; done < look; done++) x[done] = stream_normal(&s);
      struct interval i = interval_student(x, done, 0.95);
      double mean = 0.5 * (i.low + i.high), reach = stopping_caution(done, MOST) * (i.high - mean);
      hasty |= i.low > 0 || i.high < 0;
      decided = fabs(mean) > reach;
    }
    careful += decided, careless += hasty;
  }
  test_check(fabs(careful / (double)RUNS - 0.055) < 0.012, "careful: %.4f", careful / (double)RUNS);
  test_check(careless / (double)RUNS > 0.13, "careless: %.4f", careless / (double)RUNS);
  test_check(stopping_caution(100, 100) == 1 && stopping_caution(120, 100) == 1, "at the end of the budget");
}

static const struct test_case cases[] = {{"looks", test_looks},     {"reached", test_reached},
                                         {"until", test_until},     {"coverage_when_stopped", test_coverage_when_stopped},
                                         {"paired", test_paired},   {"holm", test_holm},
                                         {"family", test_family},   {"variance_ratio", test_variance_ratio},
                                         {"caution", test_caution}, {0}};
const struct test_suite suite_stats_compare = {"stats_compare", cases};
