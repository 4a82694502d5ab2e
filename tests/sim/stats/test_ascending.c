/* Sorting by radix: few numbers and many, of both signs, with ties and infinities, as qsort orders them. */
#include "sim/engine/stream.h"
#include "sim/stats/ascending.h"
#include "tests/suite.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 50000 };

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double drawn(struct stream *draws, int kind) {
  double u = stream_uniform(draws);
  if (kind == 0) return 10 * u;
  if (kind == 1) return u < 0.3 ? 1 : u < 0.5 ? INFINITY : 4 * u;
  return (u - 0.5) * exp(40 * stream_uniform(draws));
}

static void test_as_qsort(void) {
  static const uint64_t counts[] = {0, 1, 2, 1999, 2000, 2001, MOST};
  double *x = calloc(MOST, sizeof *x), *expected = calloc(MOST, sizeof *x);
  struct stream draws = stream_open(3);
  for (int kind = 0; kind < 3; kind++)
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
      for (uint64_t k = 0; k < counts[i]; k++) x[k] = expected[k] = drawn(&draws, kind);
      qsort(expected, counts[i], sizeof *expected, by_value);
      ascending_sort(x, counts[i]);
      test_check(!memcmp(x, expected, counts[i] * sizeof *x), "kind %d, %llu numbers", kind, (unsigned long long)counts[i]);
    }
  free(x), free(expected);
}

/* Four times the same number above the border: each digit is skipped. */
static void test_all_alike(void) {
  double x[4000];
  for (int i = 0; i < 4000; i++) x[i] = 2.5;
  ascending_sort(x, 4000);
  test_check(x[0] == 2.5 && x[3999] == 2.5, "%g to %g", x[0], x[3999]);
}

static const struct test_case cases[] = {{"as qsort", test_as_qsort}, {"all alike", test_all_alike}, {NULL, NULL}};
const struct test_suite suite_ascending = {"ascending", cases};
