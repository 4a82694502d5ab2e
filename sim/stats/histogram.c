/* Histogram: merging and reading. */
#include "sim/engine/arena.h"
#include "sim/stats/histogram_inner.h"
#include <math.h>
#include <string.h>

void histogram_open(struct histogram *histogram, struct arena *arena) { *histogram = (struct histogram){.arena = arena}; }

void histogram_clear(struct histogram *histogram) {
  for (uint32_t i = 0; histogram->blocks && i < HISTOGRAM_BLOCKS; i++)
    if (histogram->blocks[i]) *histogram->blocks[i] = (struct histogram_block){0};
  *histogram = (struct histogram){.blocks = histogram->blocks,
                                  .arena = histogram->arena,
                                  .waiting = histogram->waiting,
                                  .waiting_room = histogram->waiting_room};
}

struct histogram_block *histogram_grow(struct histogram *histogram, uint32_t block) {
  if (!histogram->blocks) histogram->blocks = arena_new_array(histogram->arena, struct histogram_block *, HISTOGRAM_BLOCKS);
  return histogram->blocks[block] = arena_new_array(histogram->arena, struct histogram_block, 1);
}

/* The blocks of the least and the greatest value in buckets; there must be one. */
static uint32_t first_block(const struct histogram *h) { return histogram_bucket(INT64_MAX - h->min_complement) / HISTOGRAM_BLOCK; }
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
  int64_t of_all = INT64_MAX - h->min_complement;
  return least > of_all ? least : of_all;
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

/* Without a branch, which would be guessed wrong half of the time: an empty bucket has zeros, and so adds nothing. */
static inline void add_bin(struct histogram_bin *into, const struct histogram_bin *from) {
  uint32_t least = into->least_complement, other = from->least_complement, ours = -(uint32_t)(least >= other),
           theirs = -(uint32_t)(other >= least);
  uint32_t more = -(uint32_t)(from->greatest > into->greatest);
  into->at_least = (into->at_least & (uint64_t)(int32_t)ours) + (from->at_least & (uint64_t)(int32_t)theirs);
  into->least_complement = (least & ours) | (other & theirs);
  into->greatest = (into->greatest & ~more) | (from->greatest & more);
  into->count += from->count;
}

static void take_bin(struct histogram_bin *from, const struct histogram_bin *earlier) {
  from->count -= earlier->count;
  if (from->least_complement == earlier->least_complement) from->at_least -= earlier->at_least;
  if (!from->count) *from = (struct histogram_bin){0};
}

static void widen(struct histogram *h, int64_t max, int64_t min_complement) {
  h->max = max > h->max ? max : h->max;
  h->min_complement = min_complement > h->min_complement ? min_complement : h->min_complement;
}

static void add_to_bin(struct histogram *h, int64_t ns) {
  uint64_t value = histogram_counted(ns);
  uint32_t shift = histogram_shift(value), bucket = shift * 256 + (uint32_t)(value >> shift), k = bucket % HISTOGRAM_BLOCK;
  uint32_t offset = (uint32_t)((value & ~(UINT64_MAX << shift)) >> (shift > 32 ? shift - 32 : 0)), complement = ~offset;
  struct histogram_block *block = histogram_block_of(h, bucket);
  struct histogram_bin *bin = &block->bins[k];
  bool inside = (complement <= bin->least_complement) & (offset <= bin->greatest) & (shift <= 32);
  if (__builtin_expect(inside, 1)) { /* no extreme of any kind: nearly all, once there are some */
    bin->count++;
    bin->at_least += complement == bin->least_complement;
    return;
  }
  block->occupied |= (uint64_t)1 << k;
  add_bin(bin, &(struct histogram_bin){1, 1, complement, offset});
  widen(h, ns, INT64_MAX - ns);
}

enum { AHEAD = 16 };

/* Buckets are all over the memory: each is asked for some values before it is needed. */
static void ask_for(const struct histogram *h, int64_t ns) {
  const struct histogram_bin *bin = histogram_bin(h, histogram_bucket(ns));
  if (bin) __builtin_prefetch(bin, 1);
}

static void add_waiting(struct histogram *into, const struct histogram *from) {
  for (uint32_t i = 0; i < from->waiting_count; i++) {
    if (i + AHEAD < from->waiting_count) ask_for(into, from->waiting[i + AHEAD]);
    add_to_bin(into, from->waiting[i]);
  }
}

void histogram_to_buckets(struct histogram *h) {
  add_waiting(h, h);
  h->waiting_count = 0;
}

void histogram_settle(struct histogram *h) {
  if (!list_is_all(h)) histogram_to_buckets(h);
}

void histogram_make_room(struct histogram *h) {
  if (h->waiting_room == HISTOGRAM_LIST) {
    histogram_to_buckets(h);
    return;
  }
  uint32_t room = h->waiting_room ? 8 * h->waiting_room : HISTOGRAM_LIST / 512;
  int64_t *waiting = arena_new_array(h->arena, int64_t, room);
  if (h->waiting_count) memcpy(waiting, h->waiting, h->waiting_count * sizeof *waiting);
  h->waiting = waiting, h->waiting_room = room;
}

/* The values of a list join another one as long as all fit. */
static bool join(struct histogram *into, const struct histogram *from) {
  if (!list_is_all(into) || !list_is_all(from) || into->count + from->count > HISTOGRAM_LIST) return false;
  while (into->waiting_room < into->waiting_count + from->waiting_count) histogram_make_room(into);
  memcpy(into->waiting + into->waiting_count, from->waiting, from->waiting_count * sizeof *from->waiting);
  into->waiting_count += from->waiting_count;
  return true;
}

void histogram_put_bin(struct histogram *h, uint32_t bucket, const struct histogram_bin *bin) {
  struct histogram_block *block = histogram_block_of(h, bucket);
  block->bins[bucket % HISTOGRAM_BLOCK] = *bin;
  block->occupied |= (uint64_t)(bin->count > 0) << bucket % HISTOGRAM_BLOCK;
}

/* --- merging ------------------------------------------------------------------------------------------------------------------------ */

static void merge_block(struct histogram_block *into, const struct histogram_block *from) {
  into->occupied |= from->occupied;
  for (uint64_t left = from->occupied; left; left &= left - 1) {
    int k = __builtin_ctzll(left);
    add_bin(&into->bins[k], &from->bins[k]);
  }
}

static void merge_blocks(struct histogram *into, const struct histogram *from) {
  uint32_t last = last_block(from);
  for (uint32_t i = first_block(from); i <= last; i++)
    if (from->blocks[i]) merge_block(histogram_block_of(into, i * HISTOGRAM_BLOCK), from->blocks[i]);
  widen(into, from->max, from->min_complement);
}

void histogram_merge(struct histogram *into, const struct histogram *from) {
  if (!from->count) return;
  if (!join(into, from)) {
    if (list_is_all(into)) histogram_to_buckets(into);
    if (from->count > from->waiting_count) merge_blocks(into, from);
    add_waiting(into, from);
  }
  into->sum += from->sum;
  into->count += from->count;
}

/* The first bucket with values from `bucket` on; there must be one. */
static uint32_t occupied_from(const struct histogram *h, uint32_t bucket) {
  for (uint32_t i = bucket / HISTOGRAM_BLOCK;; i++, bucket = i * HISTOGRAM_BLOCK) {
    uint64_t left = h->blocks[i] ? h->blocks[i]->occupied & UINT64_MAX << bucket % HISTOGRAM_BLOCK : 0;
    if (left) return i * HISTOGRAM_BLOCK + (uint32_t)__builtin_ctzll(left);
  }
}

static void take_block(struct histogram_block *from, const struct histogram_block *earlier) {
  for (uint64_t left = earlier->occupied; left; left &= left - 1) {
    int k = __builtin_ctzll(left);
    take_bin(&from->bins[k], &earlier->bins[k]);
    if (!from->bins[k].count) from->occupied &= ~((uint64_t)1 << k);
  }
}

static void take_blocks(struct histogram *from, const struct histogram *earlier) {
  uint32_t last = last_block(earlier);
  for (uint32_t i = first_block(earlier); i <= last; i++)
    if (earlier->blocks[i]) take_block(from->blocks[i], earlier->blocks[i]);
}

/* The extremes are those of the buckets that are left. */
static void find_extremes(struct histogram *h) {
  uint32_t first = occupied_from(h, histogram_bucket(INT64_MAX - h->min_complement)), last = histogram_bucket(h->max);
  while (!histogram_in_bucket(h, last)) last--;
  int64_t low = least_of(h, first, histogram_bin(h, first)), high = greatest_of(h, last, histogram_bin(h, last));
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
  assert(!from->waiting_count);
  if (list_is_all(earlier)) {
    struct arena *arena = arena_new();
    struct histogram one;
    histogram_open(&one, arena);
    add_waiting(&one, earlier);
    take_blocks(from, &one);
    arena_free(arena);
  } else {
    assert(!earlier->waiting_count);
    take_blocks(from, earlier);
  }
  if (from->count)
    find_extremes(from);
  else
    from->max = from->min_complement = 0;
}

/* --- quantiles and shares ----------------------------------------------------------------------------------------------------------- */

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
  assert(!h->waiting_count);
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
  double least = (double)least_of(h, f->bucket, f->bin), greatest = (double)greatest_of(h, f->bucket, f->bin);
  return (struct histogram_range){least, f->rank <= f->at_least ? least : greatest};
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
  /* Those above the least as if spread evenly up to the greatest; where the extremes are bounds only, in the middle of their parts. */
  double more = (double)(f.bin->count - f.at_least), place = (double)(f.rank - f.at_least) - (f.at_least ? 0 : 0.5);
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
  assert(!h->waiting_count);
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
  if (list_is_all(histogram)) return sqrt(list_squares(histogram, mean) / (double)histogram->count);
  assert(!histogram->waiting_count);
  uint32_t last = histogram_bucket(histogram->max);
  for (uint32_t i = histogram_bucket(histogram_min(histogram));; i = occupied_from(histogram, i + 1)) {
    sum += squares_of(histogram, i, mean);
    if (i == last) break;
  }
  return sqrt(sum / (double)histogram->count);
}

static bool bin_sound(uint32_t bucket, const struct histogram_bin *bin) {
  int64_t width;
  bucket_low(bucket, &width);
  uint32_t least = ~bin->least_complement;
  return least <= bin->greatest && bin->greatest < width >> step_bits(bucket) && bin->at_least <= bin->count;
}

bool histogram_sound(const struct histogram *histogram) {
  if (list_is_all(histogram)) return histogram->count == histogram->waiting_count;
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
