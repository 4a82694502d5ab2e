/* Compare: differences between alternatives that met the same customers.
 *
 * Replication i of both alternatives draws the same arrivals and demands (common random numbers), so values come in pairs and
 * only their differences are independent: Student's t on the differences. What the pairing gains is the ratio of the variance of a
 * difference under independent sampling to that of the pairs, (var a + var b) / var(a - b): as many times fewer replications.
 *
 * Many comparisons at once find something by chance. Holm (1979): of k p-values in ascending order, the i-th is multiplied by
 * (k - i + 1) and made no smaller than the one before; rejecting what comes out below 5% keeps the chance of any false
 * difference under 5%, whatever the dependence. Intervals that hold together are Bonferroni's, each at 1 - (1 - confidence) / k.
 * The two agree on the smallest p-value; beyond it Holm may show a difference whose Bonferroni interval still touches 0, never
 * the reverse. So the decision is Holm's, and the interval printed next to it says how large; where an interval at plain 95% is
 * printed instead, it must be called unadjusted.
 *
 *   struct interval difference = compare_paired(b, a, n, compare_simultaneous(0.95, comparisons));
 *   p[0] = compare_p_value(b, a, n);
 *   compare_holm(p, adjusted, comparisons);
 */
#ifndef COMPARE_H
#define COMPARE_H
#include "sim/stats/interval.h"
#include <stdint.h>

/* Of the mean of a - b over n pairs; NaN bounds for n < 2. */
struct interval compare_paired(const double *a, const double *b, uint32_t n, double confidence);
/* Two-sided, of no difference; NaN for n < 2. Pairs that all differ alike give 0, pairs that are all equal 1. */
double compare_p_value(const double *a, const double *b, uint32_t n);
/* Adjusted p-values, at most 1. A NaN stays NaN and still counts among the k: the question was asked. */
void compare_holm(const double *p, double *adjusted, uint32_t k);
/* Confidence of each of k >= 1 intervals that hold together with this confidence. */
double compare_simultaneous(double confidence, uint32_t k);
/* Gain from pairing; infinite when the pairs all differ alike, NaN when nothing varies or n < 2. */
double compare_variance_ratio(const double *a, const double *b, uint32_t n);

#endif
