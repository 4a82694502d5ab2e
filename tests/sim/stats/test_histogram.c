/* Histogram: the promised error over its whole range, zeros, exact parts, merging. */
#include "sim/engine/arena.h"
#include "sim/engine/sim_time.h"
#include "sim/engine/stream.h"
#include "sim/stats/histogram.h"
#include "tests/suite.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of an arena of its own. */
static struct histogram *fresh(void) {
  struct histogram *h = malloc(sizeof *h);
  memset(h, 0xa5, sizeof *h);
  histogram_open(h, arena_new());
  return h;
}

static void drop(struct histogram *h) {
  arena_free(h->arena);
  free(h);
}

static int by_value(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

/* Every bucket edge of the range and random values: each bucket's middle is within 0.5% of what went in. */
static void test_error_of_one_value(void) {
  struct stream s = stream_open(1);
  double worst = 0;
  uint32_t narrow = 0, wide = 0;
  for (int i = 0; i < 20000; i++) {
    int64_t edge = (int64_t)1 << (i % 52), x = i < 156 ? edge + i / 52 - 1 : (int64_t)exp2(52 * stream_uniform(&s));
    uint32_t bucket = histogram_bucket(x);
    if (bucket >= HISTOGRAM_BUCKETS) {
      wide++;
      continue;
    }
    /* the edges of the bucket, found by search */
    int64_t low = x, high = x;
    for (int64_t step = (int64_t)1 << 45; step; step /= 2) {
      if (low - step >= 0 && histogram_bucket(low - step) == bucket) low -= step;
      if (high + step < (int64_t)1 << 52 && histogram_bucket(high + step) == bucket) high += step;
    }
    double middle = 0.5 * (double)low + 0.5 * (double)high, error = fmax(middle - (double)low, (double)high - middle);
    if (x < 256)
      narrow += low != high;
    else
      worst = fmax(worst, error / (double)low);
  }
  test_check(worst < 0.004 && narrow == 0 && wide == 0, "worst error %g; %u narrow ones shared, %u out of range", worst, narrow,
             wide);
}

static void test_buckets_are_in_order(void) {
  uint32_t last = 0, wrong = 0;
  for (int64_t x = 0; x < 100000; x++) {
    uint32_t bucket = histogram_bucket(x);
    wrong += bucket != last && bucket != last + 1;
    last = bucket;
  }
  test_check(wrong == 0, "%u jumps", wrong);
  test_check(histogram_bucket(((int64_t)1 << 52) - 1) == HISTOGRAM_BUCKETS - 1, "the last bucket is %u",
             histogram_bucket(((int64_t)1 << 52) - 1));
  test_check(histogram_bucket(INT64_MAX) == HISTOGRAM_BUCKETS - 1, "values beyond the range");
}

static const double shares[] = {0.001, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999};
enum { SHARES = sizeof shares / sizeof *shares, VALUES = 20000 };

/* Quantiles of random samples on many scales against the sorted sample. */
static void test_quantiles(void) {
  int64_t *x = malloc(VALUES * sizeof *x);
  for (int scale = 0; scale < 16; scale++) {
    struct histogram *h = fresh();
    struct stream s = stream_open(100 + (uint64_t)scale);
    double mean = 100 * pow(8, scale), sum = 0;
    for (int i = 0; i < VALUES; i++) {
      x[i] = (int64_t)fmin(mean * stream_exponential(&s), 4e15);
      histogram_add(h, x[i]);
      sum += (double)x[i];
    }
    qsort(x, VALUES, sizeof *x, by_value);
    for (int k = 0; k < SHARES; k++) {
      double exact = (double)x[(int)ceil(shares[k] * VALUES - 1e-9) - 1], seen = histogram_quantile(h, shares[k]);
      test_check(fabs(seen - exact) <= (exact < 256 ? 0 : 0.004 * exact), "scale %d, quantile %g: %.1f for %.1f", scale, shares[k],
                 seen, exact);
      double below = histogram_share_at_most(h, (int64_t)exact);
      int64_t wide = (int64_t)(0.008 * exact);
      uint32_t low = 0, high = 0;
      for (int i = 0; i < VALUES; i++) low += x[i] <= (int64_t)exact - wide, high += x[i] <= (int64_t)exact + wide;
      test_check(below >= (double)low / VALUES && below <= (double)high / VALUES, "scale %d: share %g of %g to %g", scale, below,
                 (double)low / VALUES, (double)high / VALUES);
    }
    test_check(fabs(histogram_mean(h) * VALUES / sum - 1) < 1e-12, "mean %g", histogram_mean(h));
    test_check(histogram_min(h) == x[0] && histogram_max(h) == x[VALUES - 1] && histogram_count(h) == VALUES, "extremes");
    test_check(histogram_quantile(h, 0) <= histogram_quantile(h, 1e-9) && histogram_quantile(h, 1) == (double)x[VALUES - 1],
               "ends");
    drop(h);
  }
  free(x);
}

static void test_zeros(void) {
  struct histogram *h = fresh();
  test_check(histogram_quantile(h, 0.5) == 0 && histogram_mean(h) == 0 && histogram_min(h) == 0 &&
                 histogram_share_at_most(h, 5) == 0,
             "an empty histogram");
  for (int i = 0; i < 70; i++) histogram_add(h, 0);
  for (int i = 0; i < 30; i++) histogram_add(h, SIM_MS);
  test_check(histogram_quantile(h, 0.5) == 0 && histogram_quantile(h, 0.7) == 0, "quantiles among zeros: %g",
             histogram_quantile(h, 0.7));
  test_check(histogram_quantile(h, 0.71) > 0.99e6 && histogram_share_at_most(h, 0) == 0.7, "and beyond: %g",
             histogram_quantile(h, 0.71));
  test_check(histogram_min(h) == 0 && histogram_mean(h) == 3e5, "mean %g", histogram_mean(h));
  drop(h);
}

/* One value only: every quantile is that value, exactly. */
/* Of an exponential, of two values, of whole numbers with a bucket each. */
static void test_standard_deviation(void) {
  struct histogram h[4];
  struct arena *arena = arena_new();
  for (int i = 0; i < 4; i++) histogram_open(&h[i], arena);
  struct stream draws = stream_open(5);
  double sum = 0, square = 0;
  enum { DRAWS = 200000 };
  for (int i = 0; i < DRAWS; i++) {
    double x = floor(stream_exponential(&draws) * 1e9);
    histogram_add(&h[0], (int64_t)x);
    sum += x / DRAWS, square += x * x / DRAWS;
    histogram_add(&h[1], i % 2 ? 3000000 : 1000000);
    histogram_add(&h[2], i % 5);
  }
  const double exact[] = {sqrt(square - sum * sum), 1e6, sqrt(2), 0};
  for (int i = 0; i < 4; i++)
    test_check(fabs(histogram_sd(&h[i]) - exact[i]) <= 1e-3 * exact[i], "row %d: %.9g, exact %.9g", i, histogram_sd(&h[i]),
               exact[i]);
  arena_free(arena);
}

static void test_single_value(void) {
  static const int64_t values[] = {1, 255, 256, 12345, 3 * SIM_MS + 1, SIM_DAY * 30, SIM_DAY * 200};
  for (int i = 0; i < 7; i++) {
    struct histogram *h = fresh();
    for (int k = 0; k < 10; k++) histogram_add(h, values[i]);
    test_check(histogram_quantile(h, 0.5) == (double)values[i], "%ld is reported as %g", values[i], histogram_quantile(h, 0.5));
    test_check(histogram_share_at_most(h, values[i]) == 1 && histogram_share_at_most(h, values[i] - 1) == 0, "shares at %ld",
               values[i]);
    drop(h);
  }
}

static bool same_bin(const struct histogram *a, const struct histogram *b, uint32_t bucket) {
  const struct histogram_bin none = {0}, *x = histogram_bin(a, bucket), *y = histogram_bin(b, bucket);
  if (!x) x = &none;
  if (!y) y = &none;
  return x->count == y->count && x->at_least == y->at_least && x->least_complement == y->least_complement;
}

/* Of a sorted sample: values at most `ns`. */
static double at_most(const int64_t *x, int n, int64_t ns) {
  int count = 0;
  while (count < n && x[count] <= ns) count++;
  return (double)count / n;
}

/* Nine of ten take a constant time, the others wait a little or long: quantiles on the atom are exact to the nanosecond, and so are the
 * shares at it, though values right above it are in its bucket. The others are in the range that is said to hold them. */
static void test_atoms(void) {
  static const int64_t atoms[] = {0, 300, 500 * SIM_US, 512 * SIM_US, 40 * SIM_MS + 1, 2 * SIM_S, SIM_MINUTE * 30, SIM_DAY * 10};
  int64_t *x = malloc(VALUES * sizeof *x);
  for (int row = 0; row < 8; row++) {
    struct histogram *h = fresh();
    struct stream s = stream_open(40 + (uint64_t)row);
    int64_t atom = atoms[row];
    for (int i = 0; i < VALUES; i++) {
      double wait = stream_exponential(&s) * (i % 20 ? 0.002 : 3) * (double)(atom + 100);
      histogram_add(h, x[i] = stream_uniform(&s) < 0.9 ? atom : atom + 1 + (int64_t)wait);
    }
    qsort(x, VALUES, sizeof *x, by_value);
    for (int k = 0; k < 4; k++) {
      struct histogram_range r = histogram_quantile_range(h, shares[k]);
      test_check(r.low == (double)atom && r.high == r.low && histogram_quantile(h, shares[k]) == r.low,
                 "atom %ld: quantile %g is %.1f in [%.1f, %.1f]", atom, shares[k], histogram_quantile(h, shares[k]), r.low, r.high);
    }
    for (int k = 0; k < SHARES; k++) {
      double seen = histogram_quantile(h, shares[k]), exact = (double)x[(int)ceil(shares[k] * VALUES - 1e-9) - 1];
      struct histogram_range r = histogram_quantile_range(h, shares[k]);
      double step = exact < 1e12 ? 0 : 2048; /* the least is kept in steps there */
      test_check(r.low - step <= exact && exact <= r.high + step && r.low <= seen && seen <= r.high,
                 "atom %ld: quantile %g is %.1f, seen %.1f in [%.1f, %.1f]", atom, shares[k], exact, seen, r.low, r.high);
    }
    test_check(histogram_share_at_most(h, atom) == at_most(x, VALUES, atom) && (!atom || histogram_share_at_most(h, atom - 1) == 0),
               "atom %ld: a share of %.9g for %.9g", atom, histogram_share_at_most(h, atom), at_most(x, VALUES, atom));
    for (int64_t near = atom; near < atom + atom / 50 + 5; near += atom / 500 + 1) {
      struct histogram_range r = histogram_share_range(h, near);
      double exact = at_most(x, VALUES, near), seen = histogram_share_at_most(h, near);
      test_check(atom > SIM_MINUTE || (r.low <= exact && exact <= r.high && r.low <= seen && seen <= r.high),
                 "%ld above atom %ld: a share of %.9g, seen %.9g in [%.9g, %.9g]", near - atom, atom, exact, seen, r.low, r.high);
    }
    drop(h);
  }
  free(x);
}

static void test_merge(void) {
  struct histogram *all = fresh(), *part[3] = {fresh(), fresh(), fresh()}, *forward = fresh(), *back = fresh(), *empty = fresh();
  struct stream s = stream_open(5);
  for (int i = 0; i < 100000; i++) {
    int64_t x = i % 4 ? (int64_t)exp2(53 * stream_uniform(&s)) : 500 * SIM_US + (int64_t)(4 * stream_uniform(&s));
    histogram_add(all, x);
    histogram_add(part[i % 3], x);
  }
  for (int i = 0; i < 3; i++) {
    histogram_merge(forward, part[i]);
    histogram_merge(back, part[2 - i]);
  }
  histogram_merge(forward, empty);
  uint32_t other = 0;
  for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++) other += !same_bin(all, forward, i) || !same_bin(all, back, i);
  test_check(!other, "%u buckets differ", other);
  test_check(all->sum == forward->sum && all->sum == back->sum && all->count == back->count && all->max == back->max &&
                 all->min_complement == back->min_complement && histogram_min(all) == histogram_min(forward),
             "exact parts");
  for (int i = 0; i < 3; i++) drop(part[i]);
  drop(all), drop(forward), drop(back), drop(empty);
}

/* It costs what it uses: a block a neighbourhood of values, nothing while empty; cleared, it is empty and goes on. */
static void test_blocks(void) {
  struct histogram *h = fresh();
  test_check(sizeof *h <= 96 && !h->blocks && !h->list, "an empty one takes %zu bytes", sizeof *h);
  for (int round = 0; round < 2; round++) {
    for (int i = 0; i < 1000; i++) histogram_add(h, SIM_MS + i), histogram_add(h, 20 * SIM_MS + i);
    histogram_to_buckets(h);
    uint32_t blocks = 0;
    for (uint32_t i = 0; i < HISTOGRAM_BLOCKS; i++) blocks += h->blocks[i] != NULL;
    test_check(blocks == 2, "%u blocks for two neighbourhoods", blocks);
    test_check(h->count == 2000 && histogram_in_bucket(h, histogram_bucket(SIM_MS)) > 0 && histogram_in_bucket(h, 0) == 0,
               "counts");
    histogram_clear(h);
    test_check(h->count == 0 && h->max == 0 && histogram_in_bucket(h, histogram_bucket(SIM_MS)) == 0, "cleared");
  }
  drop(h);
}

/* Earlier values are taken away wherever they were: what remains is as if it had been recorded alone, extremes to a bucket. */
static void subtract(bool buckets) {
  struct histogram *earlier = fresh(), *whole = fresh(), *alone = fresh();
  for (int i = 0; i < 500; i++) histogram_add(earlier, SIM_MS + 1000 * i);
  if (buckets) histogram_to_buckets(earlier);
  histogram_merge(whole, earlier);
  for (int i = 0; i < 500; i++) histogram_add(whole, SIM_S + i * SIM_MS), histogram_add(alone, SIM_S + i * SIM_MS);
  if (buckets) histogram_to_buckets(whole), histogram_to_buckets(alone);
  histogram_subtract(whole, earlier);
  uint32_t other = 0;
  for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++) other += histogram_in_bucket(whole, i) != histogram_in_bucket(alone, i);
  test_check(!other && whole->count == 500 && whole->sum == alone->sum && histogram_max(whole) == histogram_max(alone),
             "%u buckets differ", other);
  double off = (double)histogram_min(whole) / (double)histogram_min(alone);
  test_check(off > 0.995 && off <= 1, "the least is off by a factor of %g", off);
  test_check(histogram_quantile(whole, 0.5) == histogram_quantile(alone, 0.5), "an exact quantile is so of what remains");
  histogram_subtract(whole, alone);
  test_check(whole->count == 0 && histogram_max(whole) == 0 && histogram_quantile(whole, 0.5) == 0, "nothing is left");
  drop(earlier), drop(whole), drop(alone);
}

static void test_subtract(void) {
  subtract(false);
  subtract(true);
}

static const struct test_case cases[] = {{"error_of_one_value", test_error_of_one_value},
                                         {"buckets_are_in_order", test_buckets_are_in_order},
                                         {"quantiles", test_quantiles},
                                         {"zeros", test_zeros},
                                         {"standard_deviation", test_standard_deviation},
                                         {"single_value", test_single_value},
                                         {"atoms", test_atoms},
                                         {"merge", test_merge},
                                         {"blocks", test_blocks},
                                         {"subtract", test_subtract},
                                         {0}};
const struct test_suite suite_histogram = {"histogram", cases};
