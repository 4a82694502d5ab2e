/* Histogram: all the values of a quantity, with quantiles that are off by less than 0.4%, in the memory that they use.
 *
 * Values are integers, nanoseconds, from 0 on. Below 512 every value has a bucket of its own; above, every octave is cut
 * into 256 buckets of equal width (as in HdrHistogram), up to 2^52 ns = 52 days; larger values share the last bucket. A
 * quantile is the smallest value x such that the share of values at most x is p, placed in its bucket by its rank among the
 * values there: never more than 1/256 wrong, exact in the narrow buckets, and for a smooth law far closer, so that the spread
 * of a percentile over replications is not hidden by the buckets. A quantile among zeros is exactly 0.
 *
 * A bucket keeps its least value and how many of its values are the least. Latencies have atoms: a request that does not queue
 * takes the same time as the next, and those that do queue take a little longer. So a quantile among equal values is that value to
 * the nanosecond, and so is one at the foot of its bucket; any other lies between the least and the end of the bucket
 * (histogram_quantile_range). From 2^41 ns = 37 min on, the least is kept in steps of up to 2 us.
 *
 * Counts are 64 bits. Count, sum (128 bits), minimum and maximum are exact, and so is the mean. Merging adds counts: any
 * order and any grouping gives the same histogram, bit for bit.
 *
 * Few values are a list, and all is exact of them; with more than HISTOGRAM_LIST they go into buckets, once for all.
 *
 * Buckets come in blocks of HISTOGRAM_BLOCK, and a block is taken from the arena when the first value falls into it: an empty
 * histogram is 96 bytes, a full one 180 KiB. The arena owns list and blocks and outlives the histogram. A histogram that is
 * only ever read or cleared may be zeroed memory.
 *
 *   struct histogram latency;
 *   histogram_open(&latency, arena);
 *   histogram_add(&latency, now - arrived);
 *   histogram_merge(total, &latency);
 *   double p99_ns = histogram_quantile(total, 0.99);
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

/* One bucket. Its least value is kept as the complement of its offset from the bucket's start, so that zeroed memory is empty;
 * offsets are in units of 2^-32 of the bucket. `at_least` stops at its greatest number. After a subtraction the least is a bound:
 * that value need not be there, and `at_least` may be 0. */
struct histogram_bin {
  uint64_t count;                      /* all values */
  uint32_t at_least, least_complement; /* those that are the least */
};
_Static_assert(sizeof(struct histogram_bin) == 16, "four to a cache line");

struct histogram_block {
  struct histogram_bin bins[HISTOGRAM_BLOCK];
};

enum { HISTOGRAM_LIST = 4096 };

struct histogram {
  unsigned __int128 sum;
  uint64_t count;
  int64_t *list; /* all values while there are no blocks; null while there never was any */
  uint32_t list_count, list_room;
  int64_t max;                     /* of the values in buckets, as all below */
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
/* From a list to buckets. */
void histogram_to_buckets(struct histogram *histogram);
void histogram_merge(struct histogram *into, const struct histogram *from);
/* Takes away the values of an earlier state of the same histogram; extremes are found again to within a bucket. */
void histogram_subtract(struct histogram *from, const struct histogram *earlier);
struct histogram_range {
  double low, high;
};
/* The value below or at which a share p of the values lies, in ns; 0 when empty. */
double histogram_quantile(const struct histogram *histogram, double p);
/* The values between which it lies for certain; equal when it is exact. */
struct histogram_range histogram_quantile_range(const struct histogram *histogram, double p);
/* Share of the values that are at most `ns`, evenly spread between the extremes of a bucket; 0 when empty. */
double histogram_share_at_most(const struct histogram *histogram, int64_t ns);
struct histogram_range histogram_share_range(const struct histogram *histogram, int64_t ns);
double histogram_mean(const struct histogram *histogram); /* ns; 0 when empty */
/* Standard deviation in ns, values as if spread evenly between the extremes of their bucket: off by less than 0.2% of the root mean
 * square. */
double histogram_sd(const struct histogram *histogram);

/* Whether count, extremes and sum agree with the buckets, as they do in every histogram that was filled by histogram_add: one that
 * was read from a file may say anything. */
bool histogram_sound(const struct histogram *histogram);

static inline uint64_t histogram_count(const struct histogram *histogram) { return histogram->count; }
/* Exact extremes, in ns; 0 when empty. */
int64_t histogram_min(const struct histogram *histogram);
int64_t histogram_max(const struct histogram *histogram);

/* Where a value is counted. */
struct histogram_place {
  uint32_t bucket, offset; /* offset: in units of 2^-32 of the bucket */
};
static inline struct histogram_place histogram_place(int64_t ns) {
  const int64_t top = ((int64_t)1 << HISTOGRAM_TOP_BITS) - 1;
  uint64_t value = (uint64_t)(ns < top ? ns : top);
  uint32_t zeros = (uint32_t)__builtin_clzll(value | 511);
  uint64_t scaled = value << zeros; /* its first nine bits say which bucket of the octave, the next which part of the bucket */
  return (struct histogram_place){(55 - zeros) * 256 + (uint32_t)(scaled >> 55), (uint32_t)(scaled >> 23)};
}
static inline uint32_t histogram_bucket(int64_t ns) { return histogram_place(ns).bucket; }

/* The block that a bucket is in, for reading; null when nothing was counted there. */
static inline const struct histogram_block *histogram_block(const struct histogram *histogram, uint32_t bucket) {
  return histogram->blocks ? histogram->blocks[bucket / HISTOGRAM_BLOCK] : NULL;
}

/* For reading; null when its block is missing. */
static inline const struct histogram_bin *histogram_bin(const struct histogram *histogram, uint32_t bucket) {
  const struct histogram_block *block = histogram_block(histogram, bucket);
  return block ? &block->bins[bucket % HISTOGRAM_BLOCK] : NULL;
}

static inline uint64_t histogram_in_bucket(const struct histogram *histogram, uint32_t bucket) {
  const struct histogram_bin *bin = histogram_bin(histogram, bucket);
  return bin ? bin->count : 0;
}

/* The block that a bucket is in, for writing. */
static inline struct histogram_block *histogram_block_of(struct histogram *histogram, uint32_t bucket) {
  struct histogram_block *block = histogram->blocks ? histogram->blocks[bucket / HISTOGRAM_BLOCK] : NULL;
  return __builtin_expect(block != NULL, 1) ? block : histogram_grow(histogram, bucket / HISTOGRAM_BLOCK);
}

/* For a histogram that is read from a file: its sums and extremes are the reader's to set. */
void histogram_put_bin(struct histogram *histogram, uint32_t bucket, const struct histogram_bin *bin);

/* A value for the list, or for a block that is missing; one that is the least of its bucket. */
void histogram_add_early(struct histogram *histogram, int64_t ns);
void histogram_add_least(struct histogram *histogram, int64_t ns);

/* Records one value, not negative. */
static inline void histogram_add(struct histogram *histogram, int64_t ns) {
  assert(ns >= 0);
  histogram->count++;
  histogram->sum += (uint64_t)ns;
  struct histogram_place at = histogram_place(ns);
  struct histogram_block *block = histogram->blocks ? histogram->blocks[at.bucket / HISTOGRAM_BLOCK] : NULL;
  if (__builtin_expect(!block, 0)) {
    histogram_add_early(histogram, ns);
    return;
  }
  struct histogram_bin *bin = &block->bins[at.bucket % HISTOGRAM_BLOCK];
  uint32_t complement = ~at.offset;
  histogram->max = ns > histogram->max ? ns : histogram->max;
  if (__builtin_expect(complement > bin->least_complement, 0)) {
    histogram_add_least(histogram, ns);
    return;
  }
  bin->count++;
  bin->at_least += (complement == bin->least_complement) & (bin->at_least < UINT32_MAX);
}

#endif
