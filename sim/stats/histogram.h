/* Histogram: all the values of a quantity in 90 KiB, with quantiles that are off by less than 0.4%.
 *
 * Values are integers, nanoseconds, from 0 on. Below 512 every value has a bucket of its own; above, every octave is cut
 * into 256 buckets of equal width (as in HdrHistogram), up to 2^52 ns = 52 days; larger values share the last bucket. A
 * quantile is the smallest value x such that the share of values at most x is p, placed in its bucket by its rank among the
 * values there: never more than 1/256 wrong, exact in the narrow buckets, and for a smooth law far closer, so that the spread
 * of a percentile over replications is not hidden by the buckets. A quantile among zeros is exactly 0.
 *
 * Counts are 64 bits. Count, sum (128 bits), minimum and maximum are exact, and so is the mean. Merging adds counts: any
 * order and any grouping gives the same histogram, bit for bit. Zeroed memory is an empty histogram; it owns nothing.
 *
 *   struct histogram *latency = arena_alloc(arena, sizeof *latency);
 *   histogram_add(latency, now - arrived);
 *   double p99_ns = histogram_quantile(latency, 0.99);
 *   histogram_merge(total, latency);
 */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H
#include <assert.h>
#include <stdint.h>

enum { HISTOGRAM_TOP_BITS = 52, HISTOGRAM_BUCKETS = (HISTOGRAM_TOP_BITS - 9) * 256 + 512 };

struct histogram {
  unsigned __int128 sum;
  uint64_t count;
  int64_t max;
  int64_t min_complement; /* INT64_MAX - min, so that zeroed memory is empty */
  uint64_t counts[HISTOGRAM_BUCKETS];
};

void histogram_clear(struct histogram *histogram);
void histogram_merge(struct histogram *into, const struct histogram *from);
/* Takes away the values of an earlier state of the same histogram; extremes are found again to within a bucket. */
void histogram_subtract(struct histogram *from, const struct histogram *earlier);
/* The value below or at which a share p of the values lies, in ns; 0 when empty. */
double histogram_quantile(const struct histogram *histogram, double p);
/* Share of the values that are at most `ns`, evenly spread inside a bucket; 0 when empty. */
double histogram_share_at_most(const struct histogram *histogram, int64_t ns);
double histogram_mean(const struct histogram *histogram); /* ns; 0 when empty */
/* Standard deviation in ns, values as if spread evenly over their bucket: off by less than 0.2% of the root mean square. */
double histogram_sd(const struct histogram *histogram);

static inline uint64_t histogram_count(const struct histogram *histogram) { return histogram->count; }
/* Exact extremes, in ns; 0 when empty. */
static inline int64_t histogram_min(const struct histogram *histogram) {
  return histogram->count ? INT64_MAX - histogram->min_complement : 0;
}
static inline int64_t histogram_max(const struct histogram *histogram) { return histogram->max; }

static inline uint32_t histogram_bucket(int64_t ns) {
  const int64_t top = ((int64_t)1 << HISTOGRAM_TOP_BITS) - 1;
  uint64_t value = (uint64_t)(ns < top ? ns : top);
  uint32_t shift = 55 - (uint32_t)__builtin_clzll(value | 511);
  return shift * 256 + (uint32_t)(value >> shift);
}

/* Records one value, not negative. */
static inline void histogram_add(struct histogram *histogram, int64_t ns) {
  assert(ns >= 0);
  histogram->counts[histogram_bucket(ns)]++;
  histogram->count++;
  histogram->sum += (uint64_t)ns;
  histogram->max = ns > histogram->max ? ns : histogram->max;
  int64_t complement = INT64_MAX - ns;
  histogram->min_complement = complement > histogram->min_complement ? complement : histogram->min_complement;
}

#endif
