/* Tally, level, series and intervals against traces by hand and published tables. */
#include "sim/engine/arena.h"
#include "sim/engine/stream.h"
#include "sim/stats/interval.h"
#include "sim/stats/level.h"
#include "sim/stats/series.h"
#include "sim/stats/tally.h"
#include "tests/suite.h"
#include <math.h>

static bool near(double x, double y, double tolerance) { return fabs(x - y) <= tolerance; }

static void test_tally(void) {
  struct tally t = {0};
  test_check(isnan(tally_variance(&t)), "variance of nothing");
  const double x[] = {2, 4, 4, 4, 5, 5, 7, 9}; /* mean 5, sum of squares about it 32 */
  for (int i = 0; i < 8; i++) tally_add(&t, x[i]);
  test_check(t.count == 8 && t.mean == 5 && near(tally_variance(&t), 32.0 / 7, 1e-14), "mean %g, variance %g", t.mean,
             tally_variance(&t));
  test_check(t.min == 2 && t.max == 9, "from %g to %g", t.min, t.max);
  struct tally far = {0}; /* no cancellation on a large offset */
  for (int i = 0; i < 8; i++) tally_add(&far, 1e9 + x[i]);
  test_check(near(tally_variance(&far), 32.0 / 7, 1e-6), "variance %g at 1e9", tally_variance(&far));
}

static void test_tally_merge(void) {
  struct stream s = stream_open(1);
  struct tally all = {0}, part[3] = {{0}}, merged = {0};
  for (int i = 0; i < 10000; i++) {
    double x = 100 + 3 * stream_normal(&s);
    tally_add(&all, x);
    tally_add(&part[i < 10 ? 0 : i < 4000 ? 1 : 2], x);
  }
  for (int i = 0; i < 3; i++) tally_merge(&merged, &part[i]);
  tally_merge(&merged, &(struct tally){0});
  test_check(merged.count == all.count && near(merged.mean, all.mean, 1e-11) && merged.min == all.min && merged.max == all.max,
             "merged mean %g", merged.mean);
  test_check(near(tally_variance(&merged) / tally_variance(&all), 1, 1e-12), "merged variance %g", tally_variance(&merged));
}

/* Value 0 on [0, 10), 2 on [10, 30), 5 on [30, 40), 1 from 40 on: integral 0 + 40 + 50 + 10 = 100 at 50. */
static void test_level(void) {
  struct level l = {0};
  level_set(&l, 10, 2);
  level_change(&l, 30, 3);
  level_change(&l, 40, -4);
  test_check(level_value(&l) == 1 && level_max(&l) == 5, "value %ld, max %ld", level_value(&l), level_max(&l));
  test_check(level_integral(&l, 50) == 100 && level_mean(&l, 50) == 2, "integral %g, mean %g", level_integral(&l, 50),
             level_mean(&l, 50));
  level_restart(&l, 50);
  test_check(level_value(&l) == 1 && level_max(&l) == 1 && level_mean(&l, 50) == 1 && level_integral(&l, 50) == 0,
             "after a restart");
  level_set(&l, 60, 3);
  test_check(level_mean(&l, 70) == 2 && level_max(&l) == 3, "mean %g over [50, 70)", level_mean(&l, 70));
  struct level started;
  level_start(&started, 100, 4);
  test_check(level_mean(&started, 100) == 4 && level_mean(&started, 200) == 4, "a level that starts late");
  struct level large = {0}; /* a million for a hundred years overflows 64 bits */
  level_set(&large, 0, 1000000);
  test_check(near(level_mean(&large, 100 * SIM_YEAR) / 1e6, 1, 1e-15), "large mean %g", level_mean(&large, 100 * SIM_YEAR));
}

static void test_series(void) {
  struct arena *arena = arena_new();
  struct series s;
  series_init(&s, arena, 100, 4);
  const sim_time at[] = {0, 24, 25, 99, 100, 50, 7, -1};
  for (int i = 0; i < 8; i++) series_add(&s, at[i], (double)i + 1);
  test_check(s.windows == 4 && s.counts[0] == 3 && s.counts[1] == 1 && s.counts[2] == 1 && s.counts[3] == 1,
             "counts %lu %lu %lu %lu", s.counts[0], s.counts[1], s.counts[2], s.counts[3]);
  test_check(series_mean(&s, 0) == (1 + 2 + 7) / 3.0 && series_mean(&s, 1) == 3 && series_mean(&s, 3) == 4, "mean %g",
             series_mean(&s, 0));
  test_check(series_per_second(&s, 0) == 3 / 25e-9 || near(series_per_second(&s, 0) * 25e-9, 3, 1e-12), "rate");
  struct series twice;
  series_init(&twice, arena, 100, 4);
  series_merge(&twice, &s);
  series_merge(&twice, &s);
  test_check(twice.counts[0] == 6 && series_mean(&twice, 0) == series_mean(&s, 0), "merged");
  series_init(&s, arena, 10, 3); /* windows of 4, 4 and 2 */
  test_check(isnan(series_mean(&s, 0)) && series_end(&s, 0) == 4 && series_start(&s, 2) == 8 && series_end(&s, 2) == 10,
             "uneven windows");
  series_level(&s, -5, 2, 1);
  series_level(&s, 2, 9, 3);
  series_level(&s, 9, 50, 8);
  test_check(series_level_mean(&s, 0) == 2 && series_level_mean(&s, 1) == 3 && series_level_mean(&s, 2) == 5.5,
             "level means %g %g %g", series_level_mean(&s, 0), series_level_mean(&s, 1), series_level_mean(&s, 2));
  series_init(&s, arena, 2, 5);
  series_add(&s, 1, 1);
  test_check(s.windows == 2 && s.counts[1] == 1, "%u windows of a short horizon", s.windows);
  arena_free(arena);
}

/* t quantiles of the printed tables (for example NIST/SEMATECH e-Handbook, 1.3.6.7.2): 0.975 on 9 degrees 2.262, on 29
 * 2.045, 0.95 on 4 2.132, 0.995 on 1 63.657. */
static void test_student(void) {
  static const struct {
    uint32_t n;
    double confidence, t;
  } table[] = {{10, 0.95, 2.262}, {30, 0.95, 2.045}, {5, 0.90, 2.132}, {2, 0.99, 63.657}, {101, 0.95, 1.984}};
  for (int i = 0; i < 5; i++) {
    struct interval seen = interval_student_moments(table[i].n, 50, 4.0 * table[i].n, table[i].confidence);
    test_check(near(interval_half_width(seen), 2 * table[i].t, 0.0011) && near(seen.low + seen.high, 100, 1e-9),
               "n = %u: half-width %g", table[i].n, interval_half_width(seen));
  }
  const double x[] = {1.5, 2.5, 3.5, 4.5, 5.5}; /* mean 3.5, sd 1.5811, t(0.975, 4) = 2.776: half-width 1.963 */
  struct interval seen = interval_student(x, 5, 0.95), one = interval_student(x, 1, 0.95);
  test_check(near(seen.low, 1.537, 0.001) && near(seen.high, 5.463, 0.001), "from %g to %g", seen.low, seen.high);
  test_check(isnan(one.low) && isnan(one.high), "one value gives %g to %g", one.low, one.high);
}

/* Newcombe (1998), Statistics in Medicine 17, table I, method 3: 81/263, 15/148, 0/20, 1/29. */
static void test_wilson(void) {
  static const struct {
    uint64_t successes, trials;
    double low, high;
  } table[] = {
      {81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}, {20, 20, 0.8389, 1}};
  for (int i = 0; i < 5; i++) {
    struct interval seen = interval_wilson(table[i].successes, table[i].trials, 0.95);
    test_check(near(seen.low, table[i].low, 6e-5) && near(seen.high, table[i].high, 6e-5), "%lu of %lu: %.5f to %.5f",
               table[i].successes, table[i].trials, seen.low, seen.high);
  }
  struct interval none = interval_wilson(0, 0, 0.95), zero = interval_zero(300), few = interval_zero(2);
  test_check(isnan(none.low) && isnan(none.high), "no trials");
  test_check(zero.low == 0 && zero.high == 0.01 && few.high == 1 && interval_zero(0).high == 1, "rule of three: %g", zero.high);
}

/* Oracle case oa-orderstat-ci. */
static void test_quantile_ranks(void) {
  static const struct {
    uint32_t n;
    double p;
    uint32_t lower, upper;
  } table[] = {
      {1000, 0.5, 469, 532}, {1000, 0.95, 936, 964}, {1000, 0.99, 983, 997}, {10000, 0.99, 9880, 9920}, {10000, 0.999, 9983, 9997}};
  for (int i = 0; i < 5; i++) {
    uint32_t lower, upper;
    interval_quantile_ranks(table[i].n, table[i].p, 0.95, &lower, &upper);
    test_check(lower == table[i].lower && upper == table[i].upper, "n = %u, p = %g: %u to %u", table[i].n, table[i].p, lower,
               upper);
  }
  uint32_t lower, upper;
  interval_quantile_ranks(10, 0.99, 0.95, &lower, &upper);
  test_check(upper == 11, "too few values leave the upper end open: %u", upper);
}

/* The whole idea: 95% of 95% intervals contain the mean. */
static void test_coverage(void) {
  struct stream s = stream_open(9);
  uint32_t student = 0, wilson = 0;
  for (int trial = 0; trial < 4000; trial++) {
    double x[10];
    uint64_t successes = 0;
    for (int i = 0; i < 10; i++) x[i] = 5 + stream_normal(&s);
    for (int i = 0; i < 200; i++) successes += stream_uniform(&s) < 0.3;
    struct interval mean = interval_student(x, 10, 0.95), share = interval_wilson(successes, 200, 0.95);
    student += mean.low <= 5 && 5 <= mean.high;
    wilson += share.low <= 0.3 && 0.3 <= share.high;
  }
  test_check(near(student / 4000.0, 0.95, 0.012), "Student covers %g", student / 4000.0);
  test_check(near(wilson / 4000.0, 0.95, 0.012), "Wilson covers %g", wilson / 4000.0);
}

/* Exponential values: ten of them are covered by Student's t in 0.900 and by the mended interval in 0.944 of the cases (20,000 trials of
 * another program). Values turned round turn the interval round, and fewer than ten are left alone. */
static void test_skewed(void) {
  struct stream s = stream_open(10);
  uint32_t student = 0, skewed = 0;
  for (int trial = 0; trial < 6000; trial++) {
    double x[10], turned[10];
    for (int i = 0; i < 10; i++) x[i] = stream_exponential(&s), turned[i] = 3 - 2 * x[i];
    struct interval plain = interval_student(x, 10, 0.95), mended = interval_skewed(x, 10, 0.95),
                    back = interval_skewed(turned, 10, 0.95);
    student += plain.low <= 1 && 1 <= plain.high, skewed += mended.low <= 1 && 1 <= mended.high;
    if (trial) continue;
    test_check(fabs(back.low - (3 - 2 * mended.high)) < 1e-9 && fabs(back.high - (3 - 2 * mended.low)) < 1e-9,
               "turned round: %g to %g", back.low, back.high);
    struct interval few = interval_skewed(x, 9, 0.95), same = interval_student(x, 9, 0.95);
    test_check(few.low == same.low && few.high == same.high, "nine values: %g to %g", few.low, few.high);
  }
  test_check(near(student / 6000.0, 0.900, 0.012), "Student covers %g", student / 6000.0);
  test_check(near(skewed / 6000.0, 0.944, 0.010), "mended for skewness %g", skewed / 6000.0);
}

/* Garwood 1936, table of the exact 95% limits of a Poisson mean: 10 events, 4.795 to 18.391; 1 event, 0.0253 to 5.572. */
static void test_compound(void) {
  struct interval ten = interval_compound(10, 0, 0.95), one = interval_compound(1, 0, 0.95);
  test_check(fabs(10 * ten.low - 4.795) < 0.001 && fabs(10 * ten.high - 18.391) < 0.001, "ten: %g to %g", 10 * ten.low,
             10 * ten.high);
  test_check(fabs(one.low - 0.0253) < 0.0001 && fabs(one.high - 5.572) < 0.001, "one: %g to %g", one.low, one.high);
  /* Shape 1/10: P(X <= x) = x^0.1 / Gamma(1.1) for such x, so x = (0.025 * 0.9513508)^10 = 5.79171e-17. */
  struct interval wild = interval_compound(1, 9, 0.95), below = interval_compound(1, 4.0001, 0.95),
                  above = interval_compound(1, 3.9999, 0.95);
  test_check(near(wild.low * 0.1 / 5.79171e-17, 1, 1e-5) && wild.high > 70, "one of a wild length: %g to %g", wild.low, wild.high);
  test_check(near(below.low / above.low, 1, 2e-3), "two ways to the same quantile: %g and %g", below.low, above.low);
}

/* Newcombe (1998), table I, method 5, and the rule by hand: k of n at 0 failures (tail)^(1/n). */
static void test_clopper_pearson(void) {
  static const struct {
    uint64_t successes, trials;
    double low, high;
  } table[] = {
      {81, 263, 0.2527, 0.3676}, {15, 148, 0.0578, 0.1617}, {0, 20, 0, 0.1684}, {1, 29, 0.0009, 0.1776}, {20, 20, 0.8316, 1}};
  for (int i = 0; i < 5; i++) {
    struct interval seen = interval_clopper_pearson(table[i].successes, table[i].trials, 0.95);
    test_check(near(seen.low, table[i].low, 6e-5) && near(seen.high, table[i].high, 6e-5), "%lu of %lu: %.5f to %.5f",
               table[i].successes, table[i].trials, seen.low, seen.high);
  }
  struct interval rare = interval_clopper_pearson(1, 1000000000, 0.95), none = interval_clopper_pearson(0, 0, 0.95);
  test_check(near(rare.low * 1e9, 0.0253178, 1e-6) && near(rare.high * 1e9, 5.57164, 1e-4), "one of 1e9: %g to %g", rare.low,
             rare.high);
  test_check(isnan(none.low) && isnan(none.high), "no trials");
}

/* Clopper and Pearson from one success on; the rule of three is one-sided, and takes over at none. */
static struct interval few_of(uint64_t successes, uint64_t trials, double confidence) {
  return successes ? interval_clopper_pearson(successes, trials, confidence) : interval_zero(trials);
}

static struct interval clopper_pearson(uint64_t successes, uint64_t trials, double confidence) {
  return interval_clopper_pearson((double)successes, (double)trials, confidence);
}

/* Share of the 95% intervals that contain the true proportion expected / n, summed over the binomial law. */
static double coverage_of_proportion(uint64_t n, double expected, struct interval (*interval)(uint64_t, uint64_t, double)) {
  double p = expected / (double)n, probability = exp((double)n * log1p(-p)), covered = 0;
  for (uint64_t k = 0; k <= 60; k++) {
    struct interval seen = interval(k, n, 0.95);
    if (seen.low <= p && p <= seen.high) covered += probability;
    probability *= (double)(n - k) / (double)(k + 1) * p / (1 - p);
  }
  return covered;
}

/* With 0.174 expected, the one that is seen in 15% of the samples puts Wilson's lower bound too high. */
static void test_few_of_many(void) {
  double exact = 1, mixed = 1;
  for (double expected = 0.02; expected < 25; expected *= 1.07) {
    exact = fmin(exact, coverage_of_proportion(10000, expected, clopper_pearson));
    mixed = fmin(mixed, coverage_of_proportion(10000, expected, few_of));
  }
  test_check(exact >= 0.95, "Clopper and Pearson cover %.4f", exact);
  test_check(mixed >= 0.935, "with the rule of three at 0 %.4f", mixed);
  double wilson = coverage_of_proportion(10000, 0.174, interval_wilson);
  test_check(near(wilson, 0.84, 0.003), "Wilson covers %.4f", wilson);
}

static const struct test_case cases[] = {{"compound", test_compound},
                                         {"tally", test_tally},
                                         {"tally_merge", test_tally_merge},
                                         {"level", test_level},
                                         {"series", test_series},
                                         {"student", test_student},
                                         {"wilson", test_wilson},
                                         {"clopper_pearson", test_clopper_pearson},
                                         {"few_of_many", test_few_of_many},
                                         {"quantile_ranks", test_quantile_ranks},
                                         {"coverage", test_coverage},
                                         {"skewed", test_skewed},
                                         {0}};
const struct test_suite suite_stats = {"stats", cases};
