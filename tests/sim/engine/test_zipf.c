/* Zipf's law: chi-square over cells that double in width, across the columns of the head and the groups behind it; the law within a
 * group; masses against plain sums; the ends of what the keys take. */
#include "sim/engine/arena.h"
#include "sim/engine/zipf.h"
#include "tests/suite.h"
#include <math.h>

static const struct {
  uint32_t n;
  double s;
} laws[] = {{1, 1}, {50, 0.8}, {16384, 1}, {16385, 1}, {1000000, 0.6}, {1000000, 1}, {1000000, 1.1}, {3000000, 2.5}, {100000, 0}};

/* Expected by the plain sum; cell c holds the numbers from 2^c to 2^(c+1) - 1. */
static void test_law(void) {
  enum { DRAWS = 1000000, CELLS = 32 };
  static const double limit[] = {
      10.8, 13.8, 16.3, 18.5, 20.5, 22.5, 24.3, 26.1, 27.9, 29.6, 31.3,
      32.9, 34.5, 36.1, 37.7, 39.3, 40.8, 42.3, 43.8, 45.3, 46.8, 48.3}; /* 0.999 of chi-square, from 1 degree on */
  for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
    struct arena *arena = arena_new();
    const struct zipf *law = zipf_new(arena, laws[i].n, laws[i].s);
    double mass[CELLS] = {0}, total = 0, seen[CELLS] = {0}, chi = 0;
    for (uint32_t k = laws[i].n; k >= 1; k--) {
      double p = pow(k, -laws[i].s);
      mass[31 - __builtin_clz(k)] += p, total += p;
    }
    test_check(fabs(law->total / total - 1) < 1e-11, "%u, %g: the mass is %.15g, not %.15g", law->n, law->s, law->total, total);
    struct stream draws = stream_open(41 + i);
    uint32_t outside = 0, cells = 0;
    for (int d = 0; d < DRAWS; d++) {
      uint32_t k = zipf_draw(law, &draws);
      outside += k < 1 || k > laws[i].n;
      seen[31 - __builtin_clz(k | 1)]++;
    }
    for (int c = 0; c < CELLS; c++) {
      double expected = DRAWS * mass[c] / total;
      if (expected < 5) continue;
      cells++;
      chi += (seen[c] - expected) * (seen[c] - expected) / expected;
    }
    test_check(!outside, "%u, %g: %u draws outside", law->n, law->s, outside);
    test_check(cells == 1 ? chi == 0 : chi < limit[cells - 2], "%u, %g: chi-square of %u degrees: %g", law->n, law->s, cells - 1,
               chi);
    arena_free(arena);
  }
}

/* Within a group the law falls as outside: an eighth of it holds what the sum says. Drawn evenly it would be 1.3% off at the ends. */
static void test_within_a_group(void) {
  enum { DRAWS = 4000000, PARTS = 8 };
  struct arena *arena = arena_new();
  const struct zipf *law = zipf_new(arena, 1000000, 3);
  const struct zipf_group *g = &law->groups[40];
  double mass[PARTS] = {0}, total = 0, seen[PARTS] = {0}, chi = 0;
  for (uint32_t i = 0; i < g->width; i++) {
    double p = pow((double)g->first + i, -3);
    mass[(uint64_t)i * PARTS / g->width] += p, total += p;
  }
  struct stream draws = stream_open(6);
  for (int d = 0; d < DRAWS; d++) seen[(uint64_t)(zipf_in_group(law, g, &draws) - g->first) * PARTS / g->width]++;
  for (int p = 0; p < PARTS; p++) {
    double expected = DRAWS * mass[p] / total;
    chi += (seen[p] - expected) * (seen[p] - expected) / expected;
  }
  test_check(chi < 24.3, "chi-square of 7 degrees: %g", chi);
  double even = seen[0] * PARTS / DRAWS - 1;
  test_check(even > 0.015, "the first part has %.3f%% more than an even share", 100 * even);
  arena_free(arena);
}

static void test_ends(void) {
  struct arena *arena = arena_new();
  struct stream draws = stream_open(1);
  const struct zipf *steep = zipf_new(arena, 4000000000u, 10), *flat = zipf_new(arena, 4000000000u, 0.001);
  double above = 0;
  for (int n = 0; n < 20000; n++) {
    uint32_t a = zipf_draw(steep, &draws), b = zipf_draw(flat, &draws);
    if (a < 1 || a > 100000 || b < 1 || b > 4000000000u) test_check(false, "draw %d: %u and %u", n, a, b);
    above += b > 2000000000u;
  }
  test_check(fabs(above / 20000 - 0.5) < 0.015, "%g of the draws of an almost even law are in its upper half", above / 20000);
  test_check(fabs(zipf_probability(steep, 1) - 1 / 1.0009945751) < 1e-9, "%.12g", zipf_probability(steep, 1)); /* zeta(10) */
  arena_free(arena);
}

static const struct test_case cases[] = {
    {"law", test_law}, {"within_a_group", test_within_a_group}, {"ends", test_ends}, {NULL, NULL}};
const struct test_suite suite_zipf = {"zipf", cases};
