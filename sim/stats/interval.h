/* Intervals: what is known about a number that was estimated.
 *
 * Numbers that stand for whole replications (one mean, one percentile each) are independent: Student's t, mended for skewness.
 * Shares of independent trials: Wilson's score; where successes or failures are few, Clopper and Pearson. Nothing seen at all: the
 * rule of three. Quantiles of independent values straight from the sorted sample: ranks from the binomial law. Where there is too
 * little to say anything, bounds are NaN and never a number. `confidence` is a share such as 0.95.
 *
 *   struct interval mean = interval_student(per_replication, 30, 0.95);
 *   struct interval uptime = interval_wilson(up, probes, 0.95);
 */
#ifndef INTERVAL_H
#define INTERVAL_H
#include <stdbool.h>
#include <stdint.h>

/* The confidence of what is printed. */
#define INTERVAL_CONFIDENCE 0.95

struct interval {
  double low, high;
};

/* For the mean of n independent values; NaN bounds for n < 2. */
struct interval interval_student(const double *x, uint32_t n, double confidence);
/* Student's interval from count, mean and sample variance. */
struct interval interval_student_moments(uint64_t n, double mean, double variance, double confidence);
/* For the mean of n independent values that may be skewed: Student's t after the cubic transformation of Hall (1992) that takes the
 * skewness of the mean out, as Willink (2005, "A confidence interval and test for the mean of an asymmetric distribution") has it;
 * not symmetric about the mean. Gamma values with a skewness of 2: ten cover 0.944 (Student's t 0.900), forty 0.947 (0.931); normal
 * ones are as good, and 12% wider for ten. Fewer than ten values show no skewness: Student's t. */
struct interval interval_skewed(const double *x, uint32_t n, double confidence);
/* For a proportion (Wilson 1927); NaN bounds without trials. */
struct interval interval_wilson(uint64_t successes, uint64_t trials, double confidence);
/* For a proportion, never covering less than it says (Clopper and Pearson 1934). Wilson's covers 0.84 where one success in six
 * samples is expected: the one that is seen puts its lower bound at 0.18 / trials, and 0.025 / trials would be right. Fractions are
 * allowed: trials that come in clusters are worth fewer. */
struct interval interval_clopper_pearson(double successes, double trials, double confidence);
/* For a proportion of which nothing was seen, at 95%: [0, min(1, 3 / trials)]. */
struct interval interval_zero(uint64_t trials);

/* For a sum of a Poisson number of parts, as factors of the sum seen: gamma quantiles with the shape count / (1 + scv), scv being
 * the squared coefficient of variation of a part. For equal parts this is the exact interval of Garwood (1936). Parts that vary
 * make the upper bound too low when they are few, so its shape is taken (1 - 1 / count) times. */
struct interval interval_compound(double count, double scv, double confidence);
/* For the mean of a few skewed positive values with this squared coefficient of variation, as factors of the mean seen: gamma
 * quantiles with the shape count / scv. For exponential values (scv 1) it is exact. */
struct interval interval_positive_mean(double count, double scv, double confidence);
/* Ranks, from 1, of the sorted independent values between which the p-quantile lies with this confidence; a lower rank of 0
 * and an upper of n + 1 mean unbounded (Conover; David and Nagaraja). */
void interval_quantile_ranks(uint32_t n, double p, double confidence, uint32_t *lower, uint32_t *upper);

static inline double interval_half_width(struct interval interval) { return 0.5 * (interval.high - interval.low); }

#endif
