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

void histogram_merge(struct histogram *into, const struct histogram *from) {
  if (!from->count) return;
  for (uint32_t i = first_block(from); i <= last_block(from); i++) {
    const struct histogram_block *block = from->blocks[i];
    if (!block) continue;
    struct histogram_block *sum = histogram_block_of(into, i * HISTOGRAM_BLOCK);
    for (uint32_t k = 0; k < HISTOGRAM_BLOCK; k++) sum->counts[k] += block->counts[k];
  }
  into->sum += from->sum;
  into->count += from->count;
  into->max = from->max > into->max ? from->max : into->max;
  into->min_complement = from->min_complement > into->min_complement ? from->min_complement : into->min_complement;
}

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

void histogram_subtract(struct histogram *from, const struct histogram *earlier) {
  if (!earlier->count) return;
  for (uint32_t i = first_block(earlier); i <= last_block(earlier); i++)
    for (uint32_t k = 0; earlier->blocks[i] && k < HISTOGRAM_BLOCK; k++)
      from->blocks[i]->counts[k] -= earlier->blocks[i]->counts[k];
  uint32_t first = histogram_bucket(histogram_min(from)), last = histogram_bucket(from->max);
  from->sum -= earlier->sum;
  from->count -= earlier->count;
  while (first < last && !histogram_in_bucket(from, first)) first++;
  while (last > first && !histogram_in_bucket(from, last)) last--;
  int64_t width, low = bucket_low(first, &width), high = bucket_low(last, &width) + width - 1;
  if (low > histogram_min(from)) from->min_complement = INT64_MAX - low;
  if (high < from->max) from->max = high;
  if (!from->count) from->max = from->min_complement = 0;
}

double histogram_quantile(const struct histogram *histogram, double p) {
  if (!histogram->count) return 0;
  double share = p < 0 ? 0 : p > 1 ? 1 : p;
  /* a hair less, so that 0.07 of 100 values is the 7th in spite of rounding */
  double wanted = ceil(share * (double)histogram->count * (1 - 0x1p-50));
  uint64_t rank = wanted < 1 ? 1 : wanted >= (double)histogram->count ? histogram->count : (uint64_t)wanted;
  if (rank == histogram->count) return (double)histogram->max;
  uint64_t below = 0, inside;
  uint32_t bucket = histogram_bucket(histogram_min(histogram));
  for (; inside = histogram_in_bucket(histogram, bucket), below + inside < rank; bucket++) below += inside;
  int64_t width, low = bucket_low(bucket, &width);
  /* The values of a bucket as if spread evenly over it: the k-th of n at (k - 1/2) / n of the way. */
  double place = ((double)(rank - below) - 0.5) / (double)inside;
  double value = (double)low + place * (double)(width - 1);
  double min = (double)histogram_min(histogram), max = (double)histogram->max;
  return value < min ? min : value > max ? max : value;
}

double histogram_share_at_most(const struct histogram *histogram, int64_t ns) {
  if (!histogram->count || ns < histogram_min(histogram)) return 0;
  if (ns >= histogram->max) return 1;
  uint32_t bucket = histogram_bucket(ns);
  uint64_t below = 0;
  for (uint32_t i = histogram_bucket(histogram_min(histogram)); i < bucket; i++) below += histogram_in_bucket(histogram, i);
  int64_t width, low = bucket_low(bucket, &width);
  double inside = (double)(ns - low + 1) / (double)width;
  inside = inside < 1 ? inside : 1; /* the last bucket has no end */
  return ((double)below + inside * (double)histogram_in_bucket(histogram, bucket)) / (double)histogram->count;
}

double histogram_mean(const struct histogram *histogram) {
  return histogram->count ? (double)histogram->sum / (double)histogram->count : 0;
}

double histogram_sd(const struct histogram *histogram) {
  double mean = histogram_mean(histogram), sum = 0;
  uint32_t last = histogram_bucket(histogram->max);
  for (uint32_t i = histogram->count ? histogram_bucket(histogram_min(histogram)) : 1; i <= last; i++) {
    uint64_t inside = histogram_in_bucket(histogram, i);
    if (!inside) continue;
    int64_t width, low = bucket_low(i, &width);
    double middle = (double)low + 0.5 * (double)(width - 1), off = middle - mean;
    sum += (double)inside * (off * off + ((double)width * (double)width - 1) / 12);
  }
  return histogram->count ? sqrt(sum / (double)histogram->count) : 0;
}

bool histogram_sound(const struct histogram *histogram) {
  uint64_t count = 0;
  uint32_t first = HISTOGRAM_BUCKETS, last = 0;
  for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
    uint64_t here = histogram_in_bucket(histogram, i);
    if (!here) continue;
    if (here > UINT64_MAX - count) return false;
    count += here, last = i;
    if (first == HISTOGRAM_BUCKETS) first = i;
  }
  if (count != histogram->count) return false;
  if (!count) return !histogram->sum && !histogram->max && !histogram->min_complement;
  int64_t min = INT64_MAX - histogram->min_complement, max = histogram->max;
  if (histogram->min_complement < 0 || max < min || histogram_bucket(min) != first || histogram_bucket(max) != last) return false;
  return histogram->sum / count >= (uint64_t)min && histogram->sum <= (unsigned __int128)(uint64_t)max * count;
}
