/* Random streams: published vectors, independence of substreams, the ziggurats' tables and laws. */
#include "sim/engine/stream.h"
#include "sim/engine/ziggurat.h"
#include "tests/samples.h"
#include "tests/suite.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

/* Oracle case rng-known-answers (Blackman and Vigna). */
static void test_known_answers(void) {
  static const uint64_t xoshiro[] = {0x0000000002800001, 0x0000000003800067, 0x000cc00003800067, 0x000cc201994400b2,
                                     0x8012a2019ac433cd};
  static const uint64_t split[] = {0x599ed017fb08fc85, 0x2c73f08458540fa5, 0x883ebce5a3f27c77, 0x3fbef740e9177b3f};
  static const uint64_t split_zero[] = {0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f};
  struct stream s = {{1, 2, 3, 4}}, opened = stream_open(1234567), zero = stream_open(0);
  for (int i = 0; i < 5; i++) {
    uint64_t bits = stream_bits(&s);
    test_check(bits == xoshiro[i], "xoshiro256++ output %d is %016lx", i, bits);
  }
  for (int i = 0; i < 4; i++) test_check(opened.s[i] == split[i], "splitmix64 output %d is %016lx", i, opened.s[i]);
  for (int i = 0; i < 3; i++) test_check(zero.s[i] == split_zero[i], "splitmix64 of 0, output %d is %016lx", i, zero.s[i]);
}

static void test_uniform_stays_inside(void) {
  struct stream ones = {{0, 0, 0, 0}}, s = stream_open(7);
  double u = stream_uniform(&ones);
  test_check(u == 0x1p-53, "the smallest uniform is %a", u);
  ones = (struct stream){{0xffffffffffffffff, 0, 0, 0}}; /* the upper 53 bits of -1 + -1 are all ones */
  u = stream_uniform(&ones);
  test_check(u == 1 - 0x1p-53, "the largest uniform is %a", u);
  double low = 1, high = 0;
  for (int i = 0; i < 1000000; i++) {
    double x = stream_uniform(&s);
    low = x < low ? x : low;
    high = x > high ? x : high;
  }
  test_check(low > 0 && low < 1e-4 && high < 1 && high > 1 - 1e-4, "uniforms from %g to %g", low, high);
}

/* p-value of counts that should be equal. */
static double equal_shares(const uint32_t *counts, uint32_t cells, double expected) {
  double chi = 0;
  for (uint32_t i = 0; i < cells; i++) chi += (counts[i] - expected) * (counts[i] - expected) / expected;
  return gsl_cdf_chisq_Q(chi, cells - 1);
}

static void test_below(void) {
  static const uint32_t sizes[] = {1, 2, 5, 37, 1000};
  struct stream s = stream_open(8);
  for (int k = 0; k < 5; k++) {
    uint32_t counts[1000] = {0}, n = sizes[k];
    for (int i = 0; i < 200000; i++) {
      uint32_t x = stream_below(&s, n);
      if (x < n) counts[x]++;
    }
    uint32_t all = 0;
    for (uint32_t i = 0; i < n; i++) all += counts[i];
    test_check(all == 200000, "%u values below %u", all, n);
    if (n > 1) test_check(equal_shares(counts, n, 200000.0 / n) > 1e-4, "below %u is uneven", n);
  }
  /* n = 3 * 2^30: without rejection values below 2^30 would come twice as often as they should against the rest */
  uint32_t thirds[3] = {0};
  for (int i = 0; i < 200000; i++) thirds[stream_below(&s, 3u << 30) % 3]++;
  test_check(equal_shares(thirds, 3, 200000.0 / 3) > 1e-4, "a large range is uneven: %u %u %u", thirds[0], thirds[1], thirds[2]);
}

enum { SUBSTREAMS = 1000000, CELLS = 1024 };

/* The first outputs of substreams 0, 1, 2, ...: cells of the highest and of the lowest bits, pairs of neighbours, of
 * substreams far apart, and of the first two outputs. */
static void test_substreams(void) {
  uint32_t *high = calloc(6 * CELLS, sizeof *high), *low = high + CELLS, *pairs = high + 2 * CELLS, *own = high + 3 * CELLS;
  uint32_t *far = high + 4 * CELLS, *entities = high + 5 * CELLS;
  double lag1 = 0, lag2 = 0, cross = 0, before = 0, before2 = 0;
  uint64_t key = stream_key(1, 0, 3, 9), last = 0;
  for (uint32_t n = 0; n < SUBSTREAMS; n++) {
    struct stream s = stream_at(key, n), distant = stream_at(key, (uint64_t)n << 32);
    struct stream entity = stream_open(stream_key(1, n % 10, n / 10 % 10, n / 100));
    uint64_t a = stream_bits(&s), b = stream_bits(&s);
    double u = (double)(a >> 11) * 0x1p-53 - 0.5;
    high[a >> 54]++;
    low[a & (CELLS - 1)]++;
    pairs[(a >> 59) << 5 | last >> 59]++;
    own[(a >> 59) << 5 | b >> 59]++;
    far[stream_bits(&distant) >> 54]++;
    entities[stream_bits(&entity) >> 54]++;
    lag1 += u * before;
    lag2 += u * before2;
    cross += u * ((double)(b >> 11) * 0x1p-53 - 0.5);
    before2 = before;
    before = u;
    last = a;
  }
  static const char *const names[] = {"high bits", "low bits", "neighbours", "own pairs", "far apart", "entities"};
  for (int i = 0; i < 6; i++) {
    double p = equal_shares(high + i * CELLS, CELLS, (double)SUBSTREAMS / CELLS);
    test_check(p > 1e-4 && p < 1 - 1e-4, "%s of first outputs: chi-square p = %g", names[i], p);
  }
  double sd = sqrt((double)SUBSTREAMS) / 12;
  test_check(fabs(lag1) < 4 * sd && fabs(lag2) < 4 * sd && fabs(cross) < 4 * sd, "correlations %g %g %g sd", lag1 / sd, lag2 / sd,
             cross / sd);
  free(high);
}

/* Neighbours must not be the same sequence shifted: no word of state in common. */
static void test_substreams_share_nothing(void) {
  uint64_t key = stream_key(1, 0, 3, 9);
  uint32_t shared = 0;
  for (uint64_t n = 0; n < 1000; n++)
    for (uint64_t other = n + 1; other < n + 6; other++) {
      struct stream a = stream_at(key, n), b = stream_at(key, other), whole = stream_open(key);
      for (int i = 0; i < 16; i++) shared += a.s[i / 4] == b.s[i % 4] || a.s[i / 4] == whole.s[i % 4];
    }
  test_check(shared == 0, "%u words of state in common", shared);
}

static void test_keys(void) {
  uint64_t base = stream_key(1, 2, 3, 4);
  const uint64_t others[] = {stream_key(2, 2, 3, 4), stream_key(1, 3, 3, 4), stream_key(1, 2, 4, 4), stream_key(1, 2, 3, 5),
                             stream_key(2, 1, 3, 4), stream_key(1, 2, 4, 3), stream_key(0, 3, 3, 4)};
  for (int i = 0; i < 7; i++) {
    int bits = __builtin_popcountll(base ^ others[i]);
    test_check(bits > 12 && bits < 52, "key %d differs in %d bits", i, bits);
  }
  test_check(base == stream_key(1, 2, 3, 4), "the same key again");
}

/* Solves the layer equations again: areas of the layers, places of the edges. */
static void check_layers(const char *name, const struct ziggurat_layer *layer, const double *density, double edge, double unit,
                         long double tail) {
  long double area = expl(logl(edge) + logl(density[1])) + tail;
  for (int i = 0; i < 256; i++) {
    long double x = (long double)layer[i].scale * unit, inner = i < 255 ? (long double)layer[i + 1].scale * unit : 0;
    long double here = i == 0 ? x * density[0] : x * ((long double)density[i + 1] - density[i]);
    bool ok = fabsl(here / area - 1) < 1e-12L && fabsl((long double)layer[i].limit - inner / x * unit) < 64;
    if (!ok) test_check(ok, "%s layer %d: area %.17Lg of %.17Lg", name, i, here, area);
  }
  test_check(density[256] == 1 && fabs(layer[1].scale * unit - edge) < 1e-14, "%s: top and edge", name);
}

static void test_tables(void) {
  const double r = ZIGGURAT_EXPONENTIAL_EDGE, q = ZIGGURAT_NORMAL_EDGE;
  check_layers("exponential", ziggurat_exponential, ziggurat_exponential_density, r, 0x1p56, expl(-r));
  check_layers("normal", ziggurat_normal, ziggurat_normal_density, q, 0x1p55, sqrtl(acosl(-1) / 2) * erfcl(q / sqrtl(2)));
}

static double exponential_cdf(double x, const void *unused) {
  (void)unused;
  return gsl_cdf_exponential_P(x, 1);
}
static double normal_cdf(double x, const void *unused) {
  (void)unused;
  return gsl_cdf_ugaussian_P(x);
}
static double draw_exponential(const void *unused, struct stream *s) {
  (void)unused;
  return stream_exponential(s);
}
static double draw_normal(const void *unused, struct stream *s) {
  (void)unused;
  return stream_normal(s);
}
static double draw_uniform(const void *unused, struct stream *s) {
  (void)unused;
  return stream_uniform(s);
}
static double uniform_cdf(double x, const void *unused) {
  (void)unused;
  return x;
}

static void test_laws(void) {
  samples_check("uniform", draw_uniform, uniform_cdf, NULL, 0.5, 1.0 / 12);
  samples_check("exponential", draw_exponential, exponential_cdf, NULL, 1, 1);
  samples_check("normal", draw_normal, normal_cdf, NULL, 0, 1);
}

/* The tails beyond the ziggurats' edges, where KS sees nothing: given x > r, exp(-(x - r)) and the normal's tail are
 * uniform. About 450 exponentials and 260 normals of each million. */
static void test_tails(void) {
  struct stream s = stream_open(10);
  uint32_t tenths[10] = {0}, normal[10] = {0}, beyond = 0, outside = 0, right = 0;
  const double r = ZIGGURAT_EXPONENTIAL_EDGE, q = ZIGGURAT_NORMAL_EDGE, normal_tail = gsl_cdf_ugaussian_Q(q);
  const int draws = 10000000;
  for (int i = 0; i < draws; i++) {
    double x = stream_exponential(&s), z = stream_normal(&s);
    if (x > r) {
      beyond++;
      tenths[(int)fmin(9, 10 * exp(r - x))]++;
    }
    if (fabs(z) > q) {
      outside++;
      right += z > 0;
      normal[(int)fmin(9, 10 * gsl_cdf_ugaussian_Q(fabs(z)) / normal_tail)]++;
    }
  }
  double expected = draws * exp(-r), both = draws * 2 * normal_tail;
  test_check(fabs(beyond - expected) < 4 * sqrt(expected), "%u exponentials in the tail, %.0f expected", beyond, expected);
  test_check(fabs(outside - both) < 4 * sqrt(both), "%u normals in the tails, %.0f expected", outside, both);
  test_check(fabs(right - 0.5 * outside) < 2 * sqrt(outside), "%u of %u tail normals are positive", right, outside);
  test_check(equal_shares(tenths, 10, beyond / 10.0) > 1e-4, "the exponential tail has the wrong shape");
  test_check(equal_shares(normal, 10, outside / 10.0) > 1e-4, "the normal tail has the wrong shape");
}

static const struct test_case cases[] = {{"known_answers", test_known_answers},
                                         {"uniform_stays_inside", test_uniform_stays_inside},
                                         {"below", test_below},
                                         {"substreams", test_substreams},
                                         {"substreams_share_nothing", test_substreams_share_nothing},
                                         {"keys", test_keys},
                                         {"tables", test_tables},
                                         {"laws", test_laws},
                                         {"tails", test_tails},
                                         {0}};
const struct test_suite suite_stream = {"stream", cases};
