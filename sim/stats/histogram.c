/* Histogram: merging and reading. */
#include "sim/engine/arena.h"
#include "sim/stats/histogram_inner.h"
#include <math.h>
#include <string.h>

void histogram_open(struct histogram *histogram, struct arena *arena) { *histogram = (struct histogram){.arena = arena}; }

void histogram_clear(struct histogram *histogram) {
  for (uint32_t i = 0; histogram->blocks && i < HISTOGRAM_BLOCKS; i++)
    if (histogram->blocks[i]) *histogram->blocks[i] = (struct histogram_block){0};
  *histogram = (struct histogram){
      .blocks = histogram->blocks, .arena = histogram->arena, .list = histogram->list, .list_room = histogram->list_room};
}

struct histogram_block *histogram_grow(struct histogram *histogram, uint32_t block) {
  if (!histogram->blocks) histogram->blocks = arena_new_array(histogram->arena, struct histogram_block *, HISTOGRAM_BLOCKS);
  return histogram->blocks[block] = arena_new_array(histogram->arena, struct histogram_block, 1);
}

/* The blocks of the least and the greatest value in buckets; there must be one. */
static uint32_t first_block(const struct histogram *h) { return histogram_bucket(INT64_MAX - h->min_complement) / HISTOGRAM_BLOCK; }
static uint32_t last_block(const struct histogram *h) { return histogram_bucket(h->max) / HISTOGRAM_BLOCK; }

/* --- buckets ------------------------------------------------------------------------------------------------------------------ */

static uint32_t shift_of(uint32_t bucket) { return bucket < 512 ? 0 : bucket / 256 - 1; }

/* Smallest value of a bucket, which is 2^shift wide. */
static int64_t bucket_low(uint32_t bucket) {
  uint32_t shift = shift_of(bucket);
  return (int64_t)(bucket - shift * 256) << shift;
}

/* The least value of a bucket, never below that of all; from 2^41 ns on to within 2 us. */
static int64_t least_of(const struct histogram *h, uint32_t bucket, const struct histogram_bin *bin) {
  uint32_t shift = shift_of(bucket);
  uint64_t offset = (uint32_t)~bin->least_complement;
  int64_t least = bucket_low(bucket) + (int64_t)(shift <= 32 ? offset >> (32 - shift) : offset << (shift - 32));
  int64_t of_all = INT64_MAX - h->min_complement;
  return least > of_all ? least : of_all;
}

/* Where the values of a bucket end, never above the greatest of all; the last bucket has no end. */
static int64_t end_of(const struct histogram *h, uint32_t bucket) {
  int64_t end = bucket_low(bucket) + ((int64_t)1 << shift_of(bucket)) - 1;
  return end < h->max && bucket < HISTOGRAM_BUCKETS - 1 ? end : h->max;
}

/* How many are the least for certain: the last bucket takes larger values for its own last one. */
static uint64_t at_least_of(uint32_t bucket, const struct histogram_bin *bin) {
  return bucket < HISTOGRAM_BUCKETS - 1 ? bin->at_least : 0;
}

/* Without a branch, which would be guessed wrong half of the time: an empty bucket has zeros, and so adds nothing. */
static inline void add_bin(struct histogram_bin *into, const struct histogram_bin *from) {
  uint32_t least = into->least_complement, other = from->least_complement;
  uint64_t ours = -(uint64_t)(least >= other), theirs = -(uint64_t)(other >= least);
  uint64_t at_least = (into->at_least & ours) + (from->at_least & theirs);
  into->at_least = at_least < UINT32_MAX ? (uint32_t)at_least : UINT32_MAX;
  into->least_complement = least > other ? least : other;
  into->count += from->count;
}

static void take_bin(struct histogram_bin *from, const struct histogram_bin *earlier) {
  from->count -= earlier->count;
  if (from->at_least == UINT32_MAX)
    from->at_least = 0;
  else if (from->least_complement == earlier->least_complement)
    from->at_least -= earlier->at_least;
  if (!from->count) *from = (struct histogram_bin){0};
}

static void widen(struct histogram *h, int64_t max, int64_t min_complement) {
  h->max = max > h->max ? max : h->max;
  h->min_complement = min_complement > h->min_complement ? min_complement : h->min_complement;
}

void histogram_add_least(struct histogram *h, int64_t ns) {
  struct histogram_place at = histogram_place(ns);
  add_bin(&histogram_block_of(h, at.bucket)->bins[at.bucket % HISTOGRAM_BLOCK], &(struct histogram_bin){1, 1, ~at.offset});
  widen(h, ns, INT64_MAX - ns);
}

/* --- a list of few ------------------------------------------------------------------------------------------------------------ */

static void add_list(struct histogram *into, const struct histogram *from) {
  for (uint32_t i = 0; i < from->list_count; i++) histogram_add_least(into, from->list[i]);
}

void histogram_to_buckets(struct histogram *h) {
  add_list(h, h);
  h->list_count = 0;
}

static void make_room(struct histogram *h) {
  uint32_t room = h->list_room ? 8 * h->list_room : HISTOGRAM_LIST / 512;
  int64_t *list = arena_new_array(h->arena, int64_t, room);
  if (h->list_count) memcpy(list, h->list, h->list_count * sizeof *list);
  h->list = list, h->list_room = room;
}

void histogram_add_early(struct histogram *h, int64_t ns) {
  if (!h->blocks && h->list_count == HISTOGRAM_LIST) histogram_to_buckets(h);
  if (h->blocks) {
    histogram_add_least(h, ns);
    return;
  }
  if (h->list_count == h->list_room) make_room(h);
  h->list[h->list_count++] = ns;
}

/* The values of a list join another one as long as all fit. */
static bool join(struct histogram *into, const struct histogram *from) {
  if (!list_is_all(into) || !list_is_all(from) || into->count + from->count > HISTOGRAM_LIST) return false;
  while (into->list_room < into->list_count + from->list_count) make_room(into);
  memcpy(into->list + into->list_count, from->list, from->list_count * sizeof *from->list);
  into->list_count += from->list_count;
  return true;
}

void histogram_put_bin(struct histogram *h, uint32_t bucket, const struct histogram_bin *bin) {
  histogram_block_of(h, bucket)->bins[bucket % HISTOGRAM_BLOCK] = *bin;
}

/* --- merging ------------------------------------------------------------------------------------------------------------------ */

static void merge_blocks(struct histogram *into, const struct histogram *from) {
  uint32_t last = last_block(from);
  for (uint32_t i = first_block(from); i <= last; i++) {
    if (!from->blocks[i]) continue;
    struct histogram_block *block = histogram_block_of(into, i * HISTOGRAM_BLOCK);
    for (uint32_t k = 0; k < HISTOGRAM_BLOCK; k++) add_bin(&block->bins[k], &from->blocks[i]->bins[k]);
  }
  widen(into, from->max, from->min_complement);
}

void histogram_merge(struct histogram *into, const struct histogram *from) {
  if (!from->count) return;
  if (!join(into, from)) {
    if (list_is_all(into)) histogram_to_buckets(into);
    if (list_is_all(from))
      add_list(into, from);
    else
      merge_blocks(into, from);
  }
  into->sum += from->sum;
  into->count += from->count;
}

/* The first bucket with values from `bucket` on; there must be one. */
static uint32_t occupied_from(const struct histogram *h, uint32_t bucket) {
  for (;; bucket++) {
    const struct histogram_block *block = h->blocks[bucket / HISTOGRAM_BLOCK];
    if (!block)
      bucket |= HISTOGRAM_BLOCK - 1;
    else if (block->bins[bucket % HISTOGRAM_BLOCK].count)
      return bucket;
  }
}

static void take_blocks(struct histogram *from, const struct histogram *earlier) {
  uint32_t last = last_block(earlier);
  for (uint32_t i = first_block(earlier); i <= last; i++)
    for (uint32_t k = 0; earlier->blocks[i] && k < HISTOGRAM_BLOCK; k++)
      if (earlier->blocks[i]->bins[k].count) take_bin(&from->blocks[i]->bins[k], &earlier->blocks[i]->bins[k]);
}

/* The extremes are those of the buckets that are left. */
static void find_extremes(struct histogram *h) {
  uint32_t first = occupied_from(h, histogram_bucket(INT64_MAX - h->min_complement)), last = histogram_bucket(h->max);
  while (!histogram_in_bucket(h, last)) last--;
  int64_t low = least_of(h, first, histogram_bin(h, first)), high = end_of(h, last);
  h->min_complement = INT64_MAX - low, h->max = high;
}

void histogram_subtract(struct histogram *from, const struct histogram *earlier) {
  if (!earlier->count) return;
  from->sum -= earlier->sum;
  from->count -= earlier->count;
  if (list_is_all(from)) {
    list_subtract(from, earlier);
    return;
  }
  if (list_is_all(earlier)) {
    struct arena *arena = arena_new();
    struct histogram one;
    histogram_open(&one, arena);
    add_list(&one, earlier);
    take_blocks(from, &one);
    arena_free(arena);
  } else
    take_blocks(from, earlier);
  if (from->count)
    find_extremes(from);
  else
    from->max = from->min_complement = 0;
}

/* --- quantiles and shares ----------------------------------------------------------------------------------------------------- */

/* From 1; of a histogram with values. */
static uint64_t rank_of(const struct histogram *h, double p) {
  double share = p < 0 ? 0 : p > 1 ? 1 : p;
  /* a hair less, so that 0.07 of 100 values is the 7th in spite of rounding */
  double wanted = ceil(share * (double)h->count * (1 - 0x1p-50));
  return wanted < 1 ? 1 : wanted >= (double)h->count ? h->count : (uint64_t)wanted;
}

/* A bucket, and which of its values, from 1, is looked for. */
struct found {
  uint32_t bucket;
  const struct histogram_bin *bin;
  uint64_t rank, at_least;
};

/* False when the quantile is one value for certain, which is then `exact`: the greatest of all, or one of a list. */
static bool find(const struct histogram *h, double p, struct found *f, double *exact) {
  *exact = 0;
  if (!h->count) return false;
  f->rank = rank_of(h, p);
  *exact = f->rank == h->count ? (double)histogram_max(h) : list_is_all(h) ? (double)list_at_rank(h, f->rank) : 0;
  if (f->rank == h->count || list_is_all(h)) return false;
  f->bucket = histogram_bucket(histogram_min(h));
  for (;; f->bucket = occupied_from(h, f->bucket + 1)) {
    f->bin = histogram_bin(h, f->bucket);
    if (f->bin->count >= f->rank) break;
    f->rank -= f->bin->count;
  }
  f->at_least = at_least_of(f->bucket, f->bin);
  return true;
}

static struct histogram_range range_of(const struct histogram *h, const struct found *f) {
  double least = (double)least_of(h, f->bucket, f->bin);
  return (struct histogram_range){least, f->rank <= f->at_least ? least : (double)end_of(h, f->bucket)};
}

struct histogram_range histogram_quantile_range(const struct histogram *h, double p) {
  struct found f;
  double exact;
  return find(h, p, &f, &exact) ? range_of(h, &f) : (struct histogram_range){exact, exact};
}

double histogram_quantile(const struct histogram *h, double p) {
  struct found f;
  double exact;
  if (!find(h, p, &f, &exact)) return exact;
  struct histogram_range range = range_of(h, &f);
  if (!(range.low < range.high)) return range.low;
  /* Those above the least as if spread evenly up to the end of the bucket. */
  double more = (double)(f.bin->count - f.at_least), place = (double)(f.rank - f.at_least) - 0.5;
  return range.low + place / more * (range.high - range.low);
}

static double share(const struct histogram *h, double values) { return values / (double)h->count; }

/* Values below the bucket of `ns`, and that bucket when it has some. */
static const struct histogram_bin *up_to(const struct histogram *h, int64_t ns, uint32_t *bucket, uint64_t *below) {
  *bucket = histogram_bucket(ns), *below = 0;
  /* `ns` is below the greatest value, so that the walk ends */
  for (uint32_t i = histogram_bucket(histogram_min(h)); i < *bucket; i = occupied_from(h, i + 1))
    *below += histogram_in_bucket(h, i);
  return histogram_in_bucket(h, *bucket) ? histogram_bin(h, *bucket) : NULL;
}

struct histogram_range histogram_share_range(const struct histogram *h, int64_t ns) {
  if (!h->count || ns < histogram_min(h)) return (struct histogram_range){0, 0};
  if (ns >= histogram_max(h)) return (struct histogram_range){1, 1};
  if (list_is_all(h)) {
    double exact = share(h, (double)list_at_most(h, ns));
    return (struct histogram_range){exact, exact};
  }
  uint32_t bucket;
  uint64_t below;
  const struct histogram_bin *bin = up_to(h, ns, &bucket, &below);
  uint64_t low = below, high = below;
  if (bin && ns >= end_of(h, bucket))
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
  int64_t least = least_of(h, bucket, bin);
  uint64_t above = bin->count - at_least_of(bucket, bin);
  return range.low + share(h, (double)above * (double)(ns - least) / (double)(end_of(h, bucket) - least));
}

/* --- moments ------------------------------------------------------------------------------------------------------------------ */

double histogram_mean(const struct histogram *histogram) {
  return histogram->count ? (double)histogram->sum / (double)histogram->count : 0;
}

/* Squared distances of a bucket's values from the mean of all, spread as quantiles have them. */
static double squares_of(const struct histogram *h, uint32_t bucket, double mean) {
  const struct histogram_bin *bin = histogram_bin(h, bucket);
  double least = (double)least_of(h, bucket, bin), span = (double)end_of(h, bucket) - least;
  double at_least = (double)at_least_of(bucket, bin), more = (double)bin->count - at_least, off = least - mean;
  double middle = off + 0.5 * span;
  return at_least * off * off + (more > 0 ? more * (middle * middle + span * span * (1 - 1 / (more * more)) / 12) : 0);
}

double histogram_sd(const struct histogram *histogram) {
  if (!histogram->count) return 0;
  double mean = histogram_mean(histogram), sum = 0;
  if (list_is_all(histogram)) return sqrt(list_squares(histogram, mean) / (double)histogram->count);
  uint32_t last = histogram_bucket(histogram->max);
  for (uint32_t i = histogram_bucket(histogram_min(histogram));; i = occupied_from(histogram, i + 1)) {
    sum += squares_of(histogram, i, mean);
    if (i == last) break;
  }
  return sqrt(sum / (double)histogram->count);
}

/* The offset of the least is one that a value can have. */
static bool bin_sound(uint32_t bucket, const struct histogram_bin *bin) {
  uint32_t shift = shift_of(bucket), offset = ~bin->least_complement;
  uint64_t unit = shift < 32 ? (uint64_t)1 << (32 - shift) : 1;
  return bin->at_least <= bin->count && !(offset & (unit - 1));
}

bool histogram_sound(const struct histogram *histogram) {
  if (list_is_all(histogram)) return histogram->count == histogram->list_count;
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
  if (histogram->min_complement < 0 || histogram->max < 0) return false;
  int64_t min = INT64_MAX - histogram->min_complement, max = histogram->max;
  if (max < min || histogram_bucket(min) != first || histogram_bucket(max) != last) return false;
  return histogram->sum / count >= (uint64_t)min && histogram->sum <= (unsigned __int128)(uint64_t)max * count;
}
