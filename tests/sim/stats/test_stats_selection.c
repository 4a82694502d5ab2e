/* Choosing the best: constants against the oracle, allocation against a published example, and the chance of being right on the
 * hardest problem, where all others are exactly one indifference zone behind. */
#include "sim/engine/arena.h"
#include "sim/engine/stream.h"
#include "sim/stats/selection.h"
#include "tests/suite.h"
#include <math.h>
#include <stdlib.h>

static bool near(double x, double y, double tolerance) { return fabs(x - y) <= tolerance; }

/* Oracle case oa-kn-constants. */
static void test_constants(void) {
  static const struct {
    uint32_t k, n;
    double eta, h2;
  } table[] = {{2, 10, 0.3340502686, 6.012904835},
               {5, 10, 0.6349672652, 11.42941077},
               {10, 10, 0.8590834299, 15.46350174},
               {10, 20, 0.3029338036, 11.51148454},
               {100, 20, 0.5334751176, 20.27205447}};
  for (int i = 0; i < 5; i++) {
    double eta = selection_eta(table[i].k, table[i].n, 0.95), h2 = selection_h2(table[i].k, table[i].n, 0.95);
    test_check(near(eta / table[i].eta, 1, 1e-9) && near(h2 / table[i].h2, 1, 1e-9), "k = %u, n = %u: %.10g and %.10g", table[i].k,
               table[i].n, eta, h2);
  }
}

/* Three systems, first stage 2, zone 1, confidence 0.95. Stage 1: 0 1 9; stage 2: 2 1 9. Differences 0 - 1: -1 1, mean 0, variance 2;
 * 0 - 2: -9 -7, mean -8, variance 2; 1 - 2: -8 -8, variance 0. eta = ((0.1 / 2)^-2 - 1) / 2 = 199.5, h^2 = 399, so the triangle of
 * 0 and 2 is (798 - 2) / 4 = 199 wide at stage 2, that of 1 and 2 is closed and takes 2 out; 0 and 1 stay, for up to 798 stages. */
static void test_by_hand(void) {
  struct arena *arena = arena_new();
  struct selection s;
  selection_init(&s, arena, 3, 1, 0.95, 2);
  selection_feed(&s, (const double[]){0, 1, 9});
  test_check(!selection_done(&s) && s.survivors == 3 && selection_most_stages(&s) == 0, "nothing is known after one");
  selection_feed(&s, (const double[]){2, 1, 9});
  test_check(near(s.h2, 399, 1e-9), "h^2 = %g", s.h2);
  test_check(s.survives[0] && s.survives[1] && !s.survives[2] && !selection_done(&s), "%u survive", s.survivors);
  test_check(abs((int)selection_most_stages(&s) - 798) <= 1, "%u stages", selection_most_stages(&s));
  /* Differences -1 1 -300 -300: mean -150, variance (149^2 + 151^2 + 2 * 150^2) / 3 = 30000.67, h^2 = (20^(2/3) - 1) * 3 =
   * 19.1, W = (19.1 * 30000.67 - 4) / 8 = 71,600: still open. */
  selection_feed(&s, (const double[]){0, 300, NAN}); /* who is out is not read */
  selection_feed(&s, (const double[]){0, 300, NAN});
  test_check(near(s.h2, 3 * (cbrt(400) - 1), 1e-9), "h^2 = %g after doubling", s.h2);
  test_check(s.survivors == 2 && selection_best(&s) == 0 && near(s.pairs[0].mean, -150, 1e-12), "best %u", selection_best(&s));
  arena_free(arena);
}

static void test_trivial(void) {
  struct arena *arena = arena_new();
  struct selection one, same, clear;
  selection_init(&one, arena, 1, 1, 0.95, 10);
  test_check(selection_done(&one) && selection_best(&one) == 0, "one system");
  selection_init(&same, arena, 4, 1, 0.95, 3);
  for (int i = 0; i < 3; i++) selection_feed(&same, (const double[]){i, i, i, i});
  test_check(selection_done(&same) && selection_best(&same) == 0 && same.survivors == 4, "equal by common random numbers");
  selection_init(&clear, arena, 3, 1, 0.95, 3);
  for (int i = 0; i < 3; i++) selection_feed(&clear, (const double[]){i + 0.1, i, i + 7});
  test_check(selection_done(&clear) && selection_best(&clear) == 1, "an exact difference is decided at once");
  arena_free(arena);
}

/* Mean of system i: the best is in the middle, the others one zone behind (slippage), or more and more. */
static double mean_of(uint32_t i, uint32_t k, double zone, bool slippage) {
  double away = fabs((double)i - k / 2);
  return i == k / 2 ? 0 : slippage ? zone : zone * (1 + 0.1 * away);
}

/* One problem for KN++, a share of the variance 1 being common to all systems. */
static bool finds_best(uint64_t key, uint64_t trial, uint32_t k, double zone, double common, double *spent) {
  struct stream s = stream_at(key, trial);
  struct arena *arena = arena_new();
  struct selection selection;
  selection_init(&selection, arena, k, zone, 0.95, 10);
  while (!selection_done(&selection)) {
    double x[32], shared = sqrt(common) * stream_normal(&s);
    for (uint32_t i = 0; i < k; i++) x[i] = shared + sqrt(1 - common) * stream_normal(&s) + mean_of(i, k, zone, true);
    *spent += selection.survivors;
    selection_feed(&selection, x);
  }
  bool right = selection_best(&selection) == k / 2;
  arena_free(arena);
  return right;
}

/* At least 0.95, less two standard errors of the trials. Common random numbers of four fifths save as much as they promise. */
static void test_kn_chance(void) {
  static const struct {
    uint32_t k;
    double zone, common;
  } table[] = {{2, 0.5, 0}, {5, 0.3, 0}, {5, 0.3, 0.8}, {5, 0.2, 0}, {20, 0.5, 0}};
  uint32_t trials = getenv("AGUANTA_LONG") ? 10000 : 1000;
  double spent[5] = {0};
  for (int c = 0; c < 5; c++) {
    uint32_t right = 0;
    for (uint32_t t = 0; t < trials; t++) right += finds_best(20 + c, t, table[c].k, table[c].zone, table[c].common, &spent[c]);
    test_check(right >= (0.95 - 2 * sqrt(0.95 * 0.05 / trials)) * trials, "k = %u, zone %g, common %g: %u of %u right", table[c].k,
               table[c].zone, table[c].common, right, trials);
  }
  test_check(spent[1] > 3 * spent[2], "%g observations independent, %g with common random numbers", spent[1] / trials,
             spent[2] / trials);
}

static void fill(struct tally *tally, double mean, double variance, uint32_t n) {
  *tally = (struct tally){.count = n, .mean = mean, .m2 = variance * (n - 1), .min = mean, .max = mean};
}

/* Chen and Lee (2011), Stochastic Simulation Optimization, example of chapter 3: means 1 to 5, variances 1 1 9 9 4, 50
 * replications: 11.2, 8.6, 19.4, 8.6, 2.2. Here 2 each are there already. */
static void test_allocation(void) {
  const double variances[] = {1, 1, 9, 9, 4};
  const uint32_t wanted[] = {11, 9, 19, 9, 2};
  struct tally systems[5];
  uint32_t extra[5];
  for (int i = 0; i < 5; i++) fill(&systems[i], 1 + i, variances[i], 2);
  selection_allocate(systems, 5, 0, 40, extra);
  for (int i = 0; i < 5; i++) test_check(abs((int)extra[i] + 2 - (int)wanted[i]) <= 1, "system %d gets %u", i, extra[i]);
  test_check(extra[0] + extra[1] + extra[2] + extra[3] + extra[4] == 40, "all are given");
  fill(&systems[4], 5, 4, 60); /* one has far too many: the others share what is new */
  selection_allocate(systems, 5, 0, 40, extra);
  test_check(extra[4] == 0 && extra[0] + extra[1] + extra[2] + extra[3] == 40 && extra[2] > extra[1], "%u %u %u %u", extra[0],
             extra[1], extra[2], extra[3]);
  for (int i = 0; i < 5; i++) fill(&systems[i], 3, 0, 2);
  selection_allocate(systems, 5, 0, 7, extra);
  test_check(extra[0] + extra[1] + extra[2] + extra[3] + extra[4] == 7, "nothing varies");
  fill(&systems[1], 3, 1, 2);
  selection_allocate(systems, 5, 0, 7, extra);
  test_check(extra[0] + extra[1] + extra[2] + extra[3] + extra[4] == 7 && extra[1] >= 5, "an exact tie, one varies: it gets %u",
             extra[1]);
  selection_allocate(systems, 1, 0, 7, extra);
  test_check(extra[0] == 7, "one system");
}

/* Two systems, distance 1 and zone 0.5, 10 values of variance 1 each: T(1.5 / sqrt(0.2)) on 18 degrees = T(3.354) = 0.99823. */
static void test_probability(void) {
  struct tally systems[2];
  fill(&systems[0], 2, 1, 10);
  fill(&systems[1], 1, 1, 10);
  double seen = selection_probability(systems, 2, 0.5);
  test_check(near(seen, 0.99823, 2e-5) && selection_smallest(systems, 2) == 1, "%.6f", seen);
  test_check(selection_confirmed(systems, 2, 0.5, 0.991) && !selection_confirmed(systems, 2, 0.5, 0.992), "a fifth of the error");
  fill(&systems[0], 1, 0, 10);
  fill(&systems[1], 1, 0, 10);
  test_check(selection_probability(systems, 2, 0.1) == 1 && selection_probability(systems, 2, 0) == 0, "without variance");
}

/* OCBA on k systems of variance 1, from 10 each, a tenth more at every look. */
static bool ocba_finds_best(uint64_t key, uint64_t trial, uint32_t k, double zone, bool slippage, double *spent) {
  struct stream s = stream_at(key, trial);
  struct tally systems[100] = {{0}};
  uint32_t extra[100], total = 0, more = 10 * k;
  for (uint32_t i = 0; i < k; i++) extra[i] = 10;
  do {
    for (uint32_t i = 0; i < k; i++)
      for (uint32_t j = 0; j < extra[i]; j++) tally_add(&systems[i], mean_of(i, k, zone, slippage) + stream_normal(&s));
    total += more;
    more = total / 10;
    selection_allocate(systems, k, zone, more, extra);
  } while (!selection_confirmed(systems, k, zone, 0.95));
  *spent += total;
  return selection_smallest(systems, k) == k / 2;
}

/* When the others are farther and farther behind, KN++ and OCBA both spend far less than on the hardest problem. */
static void test_ocba_chance(void) {
  static const struct {
    uint32_t k;
    double zone;
    bool slippage;
  } table[] = {{25, 0.5, true}, {100, 0.5, true}, {100, 0.5, false}};
  uint32_t trials = getenv("AGUANTA_LONG") ? 2000 : 150;
  double spent[3] = {0};
  for (int c = 0; c < 3; c++) {
    uint32_t right = 0;
    for (uint32_t t = 0; t < trials; t++)
      right += ocba_finds_best(30 + c, t, table[c].k, table[c].zone, table[c].slippage, &spent[c]);
    test_check(right >= (0.95 - 2 * sqrt(0.95 * 0.05 / trials)) * trials, "k = %u, zone %g: %u of %u right", table[c].k,
               table[c].zone, right, trials);
  }
  test_check(spent[2] < 0.6 * spent[1], "%g spent on easy ones, %g on the hardest", spent[2] / trials, spent[1] / trials);
}

static const struct test_case cases[] = {{"constants", test_constants},     {"by_hand", test_by_hand},
                                         {"trivial", test_trivial},         {"kn_chance", test_kn_chance},
                                         {"allocation", test_allocation},   {"probability", test_probability},
                                         {"ocba_chance", test_ocba_chance}, {0}};
const struct test_suite suite_stats_selection = {"stats_selection", cases};
