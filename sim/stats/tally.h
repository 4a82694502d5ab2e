/* Tally: count, mean, variance and extremes of a sequence of numbers, one pass, without cancellation (Welford 1962).
 *
 * Zeroed memory is an empty tally. Merging (Chan, Golub and LeVeque 1979) rounds, so it is done in a fixed order wherever
 * the result is printed.
 *
 *   struct tally bill = {0};
 *   tally_add(&bill, 41.5);
 *   double deviation = sqrt(tally_variance(&bill));
 */
#ifndef TALLY_H
#define TALLY_H
#include <stdint.h>

struct tally {
  uint64_t count;
  double mean;
  double m2; /* sum of squared deviations from the mean */
  double min, max;
};

void tally_merge(struct tally *into, const struct tally *from);
/* Sample variance (divisor count - 1); NaN below two values. */
double tally_variance(const struct tally *tally);

static inline void tally_add(struct tally *tally, double x) {
  if (tally->count++ == 0) tally->min = tally->max = x;
  double from_old = x - tally->mean;
  tally->mean += from_old / (double)tally->count;
  tally->m2 += from_old * (x - tally->mean);
  tally->min = x < tally->min ? x : tally->min;
  tally->max = x > tally->max ? x : tally->max;
}

#endif
