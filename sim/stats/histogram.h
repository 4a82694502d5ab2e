/* Histogram: all the values of a quantity, with quantiles that are off by less than 0.4%, in the memory that they use.
 *
 * Values are integers, nanoseconds, from 0 on. Below 512 every value has a bucket of its own; above, every octave is cut
 * into 256 buckets of equal width (as in HdrHistogram), up to 2^52 ns = 52 days; larger values share the last bucket. A
 * quantile is the smallest value x such that the share of values at most x is p, placed in its bucket by its rank among the
 * values there: never more than 1/256 wrong, exact in the narrow buckets, and for a smooth law far closer, so that the spread
 * of a percentile over replications is not hidden by the buckets. A quantile among zeros is exactly 0.
 *
 * Counts are 64 bits. Count, sum (128 bits), minimum and maximum are exact, and so is the mean. Merging adds counts: any
 * order and any grouping gives the same histogram, bit for bit.
 *
 * Buckets come in blocks of HISTOGRAM_BLOCK, and a block is taken from the arena when the first value falls into it: an empty
 * histogram is one cache line, a full one 90 KiB. The arena owns the blocks and outlives the histogram. A histogram that is
 * only ever read or cleared may be zeroed memory.
 *
 *   struct histogram latency;
 *   histogram_open(&latency, arena);
 *   histogram_add(&latency, now - arrived);
 *   double p99_ns = histogram_quantile(&latency, 0.99);
 *   histogram_merge(total, &latency);
 */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum { HISTOGRAM_TOP_BITS = 52, HISTOGRAM_BUCKETS = (HISTOGRAM_TOP_BITS - 9) * 256 + 512 };
enum { HISTOGRAM_BLOCK = 64, HISTOGRAM_BLOCKS = HISTOGRAM_BUCKETS / HISTOGRAM_BLOCK };

struct histogram_block {
  uint64_t counts[HISTOGRAM_BLOCK];
};

struct histogram {
  unsigned __int128 sum;
  uint64_t count;
  int64_t max;
  int64_t min_complement;          /* INT64_MAX - min, so that zeroed memory is empty */
  struct histogram_block **blocks; /* HISTOGRAM_BLOCKS, null where nothing was counted; null while empty */
  struct arena *arena;
};

/* Empty; blocks will be taken from the arena. */
void histogram_open(struct histogram *histogram, struct arena *arena);
/* Empty again; the blocks stay. */
void histogram_clear(struct histogram *histogram);
/* Takes a block that is missing. */
struct histogram_block *histogram_grow(struct histogram *histogram, uint32_t block);
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

/* Whether count, extremes and sum agree with the buckets, as they do in every histogram that was filled by histogram_add: one that was
 * read from a file may say anything. */
bool histogram_sound(const struct histogram *histogram);

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

/* The block that a bucket is in, for reading; null when nothing was counted there. */
static inline const struct histogram_block *histogram_block(const struct histogram *histogram, uint32_t bucket) {
  return histogram->blocks ? histogram->blocks[bucket / HISTOGRAM_BLOCK] : NULL;
}

static inline uint64_t histogram_in_bucket(const struct histogram *histogram, uint32_t bucket) {
  const struct histogram_block *block = histogram_block(histogram, bucket);
  return block ? block->counts[bucket % HISTOGRAM_BLOCK] : 0;
}

/* The block that a bucket is in, for writing. */
static inline struct histogram_block *histogram_block_of(struct histogram *histogram, uint32_t bucket) {
  struct histogram_block *block = histogram->blocks ? histogram->blocks[bucket / HISTOGRAM_BLOCK] : NULL;
  return __builtin_expect(block != NULL, 1) ? block : histogram_grow(histogram, bucket / HISTOGRAM_BLOCK);
}

/* Records one value, not negative. */
static inline void histogram_add(struct histogram *histogram, int64_t ns) {
  assert(ns >= 0);
  uint32_t bucket = histogram_bucket(ns);
  histogram_block_of(histogram, bucket)->counts[bucket % HISTOGRAM_BLOCK]++;
  histogram->count++;
  histogram->sum += (uint64_t)ns;
  histogram->max = ns > histogram->max ? ns : histogram->max;
  int64_t complement = INT64_MAX - ns;
  histogram->min_complement = complement > histogram->min_complement ? complement : histogram->min_complement;
}

#endif
