/* Compare: paired differences and many of them. */
#include "sim/stats/compare.h"
#include "sim/engine/arena.h"
#include "sim/stats/cdf.h"
#include "sim/stats/tally.h"
#include <math.h>
#include <stdlib.h>

static struct tally differences_of(const double *a, const double *b, uint32_t n) {
  struct tally tally = {0};
  for (uint32_t i = 0; i < n; i++) tally_add(&tally, a[i] - b[i]);
  return tally;
}

struct interval compare_paired(const double *a, const double *b, uint32_t n, double confidence) {
  struct tally tally = differences_of(a, b, n);
  return interval_student_moments(n, tally.mean, tally_variance(&tally), confidence);
}

double compare_p_value(const double *a, const double *b, uint32_t n) {
  struct tally tally = differences_of(a, b, n);
  if (n < 2) return NAN;
  double error = sqrt(tally_variance(&tally) / n);
  if (!(error > 0)) return tally.mean == 0;
  return 2 * cdf_student_above(fabs(tally.mean) / error, n - 1.0);
}

struct ranked {
  double p;
  uint32_t index;
};

/* NaN last; equal ones by index, so that the order is the same everywhere. */
static int by_p(const void *left, const void *right) {
  const struct ranked *a = left, *b = right;
  if (isnan(a->p) != isnan(b->p)) return isnan(a->p) ? 1 : -1;
  if (a->p < b->p || b->p < a->p) return a->p < b->p ? -1 : 1;
  return a->index < b->index ? -1 : 1;
}

void compare_holm(const double *p, double *adjusted, uint32_t k) {
  struct arena *scratch = arena_new();
  struct ranked *order = arena_new_array(scratch, struct ranked, k);
  for (uint32_t i = 0; i < k; i++) order[i] = (struct ranked){p[i], i};
  qsort(order, k, sizeof *order, by_p);
  double least = 0;
  for (uint32_t i = 0; i < k; i++) {
    least = fmax(least, fmin(1, (k - i) * order[i].p)); /* fmin and fmax pass over a NaN */
    adjusted[order[i].index] = isnan(order[i].p) ? NAN : least;
  }
  arena_free(scratch);
}

double compare_simultaneous(double confidence, uint32_t k) { return 1 - (1 - confidence) / k; }

double compare_variance_ratio(const double *a, const double *b, uint32_t n) {
  struct tally first = {0}, second = {0}, paired = differences_of(a, b, n);
  for (uint32_t i = 0; i < n; i++) {
    tally_add(&first, a[i]);
    tally_add(&second, b[i]);
  }
  return (tally_variance(&first) + tally_variance(&second)) / tally_variance(&paired);
}
