/* Histogram: merging and reading. */
#include "sim/stats/histogram.h"
#include "sim/engine/arena.h"
#include <math.h>
#include <string.h>

void histogram_open(struct histogram *histogram, struct arena *arena) { *histogram = (struct histogram){.arena = arena}; }

void histogram_clear(struct histogram *histogram) {
  for (uint32_t i = 0; histogram->blocks && i < HISTOGRAM_BLOCKS; i++)
    if (histogram->blocks[i]) *histogram->blocks[i] = (struct histogram_block){0};
  *histogram = (struct histogram){.blocks = histogram->blocks, .arena = histogram->arena};
}

struct histogram_block *histogram_grow(struct histogram *histogram, uint32_t block) {
  if (!histogram->blocks) histogram->blocks = arena_new_array(histogram->arena, struct histogram_block *, HISTOGRAM_BLOCKS);
  return histogram->blocks[block] = arena_new_array(histogram->arena, struct histogram_block, 1);
}

/* The blocks of the least and the greatest value. Not to be called of an empty histogram. */
static uint32_t first_block(const struct histogram *h) { return histogram_bucket(histogram_min(h)) / HISTOGRAM_BLOCK; }
static uint32_t last_block(const struct histogram *h) { return histogram_bucket(h->max) / HISTOGRAM_BLOCK; }

/* --- buckets ------------------------------------------------------------------------------------------------------------------------ */

/* Smallest value of a bucket, and how many values it has. */
static int64_t bucket_low(uint32_t bucket, int64_t *width) {
  if (bucket < 512) {
    *width = 1;
    return bucket;
  }
  uint32_t shift = bucket / 256 - 1;
  *width = (int64_t)1 << shift;
  return (int64_t)(bucket - shift * 256) << shift;
}

/* Offsets are kept in steps of 2^this, so that they fit into 32 bits. */
static uint32_t step_bits(uint32_t bucket) { return bucket < 34 * 256 ? 0 : bucket / 256 - 33; }

/* The extremes of a bucket with values, never beyond those of all. */
static int64_t least_of(const struct histogram *h, uint32_t bucket, const struct histogram_bin *bin) {
  int64_t width, least = bucket_low(bucket, &width) + ((int64_t)(uint32_t)~bin->least_complement << step_bits(bucket));
  return least > histogram_min(h) ? least : histogram_min(h);
}
static int64_t greatest_of(const struct histogram *h, uint32_t bucket, const struct histogram_bin *bin) {
  int64_t width, greatest = bucket_low(bucket, &width) + ((int64_t)bin->greatest << step_bits(bucket));
  bool last = bucket == HISTOGRAM_BUCKETS - 1; /* has no end */
  return greatest < h->max && !last ? greatest : h->max;
}

/* How many are the least for certain: the last bucket takes larger values for its own last one. */
static uint64_t at_least_of(uint32_t bucket, const struct histogram_bin *bin) {
  return bucket < HISTOGRAM_BUCKETS - 1 ? bin->at_least : 0;
}

static void add_bin(struct histogram_bin *into, const struct histogram_bin *from) {
  if (!from->count) return;
  if (from->least_complement > into->least_complement || !into->count)
    into->least_complement = from->least_complement, into->at_least = from->at_least;
  else if (from->least_complement == into->least_complement)
    into->at_least += from->at_least;
  if (from->greatest > into->greatest) into->greatest = from->greatest;
  into->count += from->count;
}

static void take_bin(struct histogram_bin *from, const struct histogram_bin *earlier) {
  if (!earlier->count) return;
  from->count -= earlier->count;
  if (from->least_complement == earlier->least_complement) from->at_least -= earlier->at_least;
  if (!from->count) *from = (struct histogram_bin){0};
}

static void widen(struct histogram *h, int64_t max, int64_t min_complement) {
  h->max = max > h->max ? max : h->max;
  h->min_complement = min_complement > h->min_complement ? min_complement : h->min_complement;
}

void histogram_add_extreme(struct histogram *h, int64_t ns) {
  int64_t width, value = (int64_t)histogram_counted(ns);
  uint32_t bucket = histogram_bucket(ns), offset = (uint32_t)((value - bucket_low(bucket, &width)) >> step_bits(bucket));
  const struct histogram_bin one = {1, 1, ~offset, offset};
  add_bin(&histogram_block_of(h, bucket)->bins[bucket % HISTOGRAM_BLOCK], &one);
  widen(h, ns, INT64_MAX - ns);
}

/* --- merging ------------------------------------------------------------------------------------------------------------------------ */

void histogram_merge(struct histogram *into, const struct histogram *from) {
  if (!from->count) return;
  for (uint32_t i = first_block(from); i <= last_block(from); i++) {
    const struct histogram_block *block = from->blocks[i];
    if (!block) continue;
    struct histogram_block *sum = histogram_block_of(into, i * HISTOGRAM_BLOCK);
    for (uint32_t k = 0; k < HISTOGRAM_BLOCK; k++) add_bin(&sum->bins[k], &block->bins[k]);
  }
  into->sum += from->sum;
  into->count += from->count;
  widen(into, from->max, from->min_complement);
}

void histogram_subtract(struct histogram *from, const struct histogram *earlier) {
  if (!earlier->count) return;
  for (uint32_t i = first_block(earlier); i <= last_block(earlier); i++)
    for (uint32_t k = 0; earlier->blocks[i] && k < HISTOGRAM_BLOCK; k++)
      take_bin(&from->blocks[i]->bins[k], &earlier->blocks[i]->bins[k]);
  uint32_t first = histogram_bucket(histogram_min(from)), last = histogram_bucket(from->max);
  from->sum -= earlier->sum;
  from->count -= earlier->count;
  if (!from->count) {
    from->max = from->min_complement = 0;
    return;
  }
  while (first < last && !histogram_in_bucket(from, first)) first++;
  while (last > first && !histogram_in_bucket(from, last)) last--;
  int64_t low = least_of(from, first, histogram_bin(from, first)), high = greatest_of(from, last, histogram_bin(from, last));
  from->min_complement = INT64_MAX - low, from->max = high;
}

/* --- quantiles and shares ----------------------------------------------------------------------------------------------------------- */

/* The bucket that holds a rank, and how many values are below that bucket. */
static uint32_t bucket_at(const struct histogram *h, uint64_t rank, uint64_t *below) {
  uint32_t bucket = histogram_bucket(histogram_min(h));
  for (uint64_t inside; inside = histogram_in_bucket(h, bucket), *below + inside < rank; bucket++) *below += inside;
  return bucket;
}

/* From 1; of a histogram with values. */
static uint64_t rank_of(const struct histogram *h, double p) {
  double share = p < 0 ? 0 : p > 1 ? 1 : p;
  /* a hair less, so that 0.07 of 100 values is the 7th in spite of rounding */
  double wanted = ceil(share * (double)h->count * (1 - 0x1p-50));
  return wanted < 1 ? 1 : wanted >= (double)h->count ? h->count : (uint64_t)wanted;
}

struct histogram_range histogram_quantile_range(const struct histogram *h, double p) {
  if (!h->count) return (struct histogram_range){0, 0};
  uint64_t rank = rank_of(h, p), below = 0;
  if (rank == h->count) return (struct histogram_range){(double)h->max, (double)h->max};
  uint32_t bucket = bucket_at(h, rank, &below);
  const struct histogram_bin *bin = histogram_bin(h, bucket);
  double least = (double)least_of(h, bucket, bin), greatest = (double)greatest_of(h, bucket, bin);
  return (struct histogram_range){least, rank - below <= at_least_of(bucket, bin) ? least : greatest};
}

double histogram_quantile(const struct histogram *h, double p) {
  struct histogram_range range = histogram_quantile_range(h, p);
  if (!(range.low < range.high)) return range.low;
  uint64_t rank = rank_of(h, p), below = 0;
  uint32_t bucket = bucket_at(h, rank, &below);
  const struct histogram_bin *bin = histogram_bin(h, bucket);
  uint64_t at_least = at_least_of(bucket, bin);
  /* Those above the least as if spread evenly up to the greatest; where the extremes are bounds only, in the middle of their parts. */
  double more = (double)(bin->count - at_least), place = (double)(rank - below - at_least) - (at_least ? 0 : 0.5);
  return range.low + place / more * (range.high - range.low);
}

static double share(const struct histogram *h, double values) { return values / (double)h->count; }

/* Values below the bucket of `ns`, and that bucket when it has some. */
static const struct histogram_bin *up_to(const struct histogram *h, int64_t ns, uint32_t *bucket, uint64_t *below) {
  *bucket = histogram_bucket(ns), *below = 0;
  for (uint32_t i = histogram_bucket(histogram_min(h)); i < *bucket; i++) *below += histogram_in_bucket(h, i);
  return histogram_in_bucket(h, *bucket) ? histogram_bin(h, *bucket) : NULL;
}

struct histogram_range histogram_share_range(const struct histogram *h, int64_t ns) {
  if (!h->count || ns < histogram_min(h)) return (struct histogram_range){0, 0};
  if (ns >= h->max) return (struct histogram_range){1, 1};
  uint32_t bucket;
  uint64_t below;
  const struct histogram_bin *bin = up_to(h, ns, &bucket, &below);
  uint64_t low = below, high = below;
  if (bin && ns >= greatest_of(h, bucket, bin))
    low = high = below + bin->count;
  else if (bin && ns == least_of(h, bucket, bin))
    low = high = below + at_least_of(bucket, bin);
  else if (bin && ns > least_of(h, bucket, bin))
    low = below + at_least_of(bucket, bin), high = below + bin->count;
  return (struct histogram_range){share(h, (double)low), share(h, (double)high)};
}

double histogram_share_at_most(const struct histogram *h, int64_t ns) {
  struct histogram_range range = histogram_share_range(h, ns);
  if (!(range.low < range.high)) return range.low;
  uint32_t bucket;
  uint64_t below;
  const struct histogram_bin *bin = up_to(h, ns, &bucket, &below);
  int64_t least = least_of(h, bucket, bin), greatest = greatest_of(h, bucket, bin);
  uint64_t between = bin->count - at_least_of(bucket, bin) - 1; /* one is the greatest, and above */
  return range.low + share(h, (double)between * (double)(ns - least) / (double)(greatest - least));
}

/* --- moments ------------------------------------------------------------------------------------------------------------------------ */

double histogram_mean(const struct histogram *histogram) {
  return histogram->count ? (double)histogram->sum / (double)histogram->count : 0;
}

/* Squared distances of a bucket's values from the mean of all, spread as quantiles have them. */
static double squares_of(const struct histogram *h, uint32_t bucket, double mean) {
  const struct histogram_bin *bin = histogram_bin(h, bucket);
  double least = (double)least_of(h, bucket, bin), span = (double)greatest_of(h, bucket, bin) - least;
  double at_least = (double)at_least_of(bucket, bin), more = (double)bin->count - at_least, off = least - mean;
  if (!(more > 0)) return (double)bin->count * off * off;
  double half = at_least > 0 ? 0.5 * (more + 1) / more : 0.5, middle = off + span * half;
  return at_least * off * off + more * (middle * middle + span * span * (1 - 1 / (more * more)) / 12);
}

double histogram_sd(const struct histogram *histogram) {
  if (!histogram->count) return 0;
  double mean = histogram_mean(histogram), sum = 0;
  uint32_t last = histogram_bucket(histogram->max);
  for (uint32_t i = histogram_bucket(histogram_min(histogram)); i <= last; i++)
    if (histogram_in_bucket(histogram, i)) sum += squares_of(histogram, i, mean);
  return sqrt(sum / (double)histogram->count);
}

static bool bin_sound(uint32_t bucket, const struct histogram_bin *bin) {
  int64_t width;
  bucket_low(bucket, &width);
  uint32_t least = ~bin->least_complement;
  return least <= bin->greatest && bin->greatest < width >> step_bits(bucket) && bin->at_least <= bin->count;
}

bool histogram_sound(const struct histogram *histogram) {
  uint64_t count = 0;
  uint32_t first = HISTOGRAM_BUCKETS, last = 0;
  for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
    uint64_t here = histogram_in_bucket(histogram, i);
    if (!here) continue;
    if (here > UINT64_MAX - count || !bin_sound(i, histogram_bin(histogram, i))) return false;
    count += here, last = i;
    if (first == HISTOGRAM_BUCKETS) first = i;
  }
  if (count != histogram->count) return false;
  if (!count) return !histogram->sum && !histogram->max && !histogram->min_complement;
  int64_t min = INT64_MAX - histogram->min_complement, max = histogram->max;
  if (histogram->min_complement < 0 || max < min || histogram_bucket(min) != first || histogram_bucket(max) != last) return false;
  return histogram->sum / count >= (uint64_t)min && histogram->sum <= (unsigned __int128)(uint64_t)max * count;
}
