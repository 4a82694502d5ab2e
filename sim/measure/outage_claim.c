#include "sim/measure/outage_claim.h"
#include "sim/measure/measure_row.h"
#include "sim/engine/arena.h"
#include "models/availability/outage.h"
#include "sim/stats/interval.h"
#include "sim/stats/stopping.h"
#include "sim/engine/allocate.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool of_range(const struct claim *c) { return c->share > 0 && c->comparison == COMPARE_IN; }

static bool at_least(const struct claim *c) { return c->comparison == COMPARE_GREATER || c->comparison == COMPARE_GREATER_EQUAL; }

struct claim outage_limit(const struct claim *c) {
  struct claim limit = *c;
  if (of_range(c)) {
    limit.comparison = COMPARE_GREATER_EQUAL;
    limit.low = c->share;
    limit.high = INFINITY;
  }
  return limit;
}

enum unit outage_unit(const struct claim *c) { return of_range(c) ? UNIT_RATIO : measure_unit(&c->measure); }

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The ceil(share n)-th of n sorted values, counted from the side that must meet the limit, and the ranks about it. */
static struct estimate quantile(const double *sorted, uint32_t n, double share, bool from_above) {
  uint32_t rank = (uint32_t)ceil(share * n * (1 - 0x1p-50)), lower = rank, upper = n + 1;
  if (share < 1) interval_quantile_ranks(n, share, INTERVAL_CONFIDENCE, &lower, &upper);
  if (rank < 1) rank = 1;
  if (from_above) { /* the k-th greatest is the (n + 1 - k)-th least */
    uint32_t mirrored = n + 1 - upper;
    rank = n + 1 - rank;
    upper = n + 1 - lower;
    lower = mirrored;
  }
  return (struct estimate){.value = sorted[rank - 1],
                           .low = lower ? sorted[lower - 1] : 0, /* no time is negative */
                           .high = upper <= n ? sorted[upper - 1] : INFINITY,
                           .n = n};
}

static struct estimate share_between(const double *x, uint32_t n, double low, double high) {
  uint32_t inside = 0;
  for (uint32_t i = 0; i < n; i++) inside += x[i] >= low && x[i] <= high;
  struct interval i = interval_clopper_pearson(inside, n, INTERVAL_CONFIDENCE);
  return (struct estimate){.value = (double)inside / n, .low = i.low, .high = i.high, .n = n};
}

struct estimate outage_estimate(const struct evidence *ev, const struct claim *c) {
  const struct durations *d = measure_durations(&c->measure, ev->faults.sum);
  uint32_t n = (uint32_t)d->count;
  if (!n) return (struct estimate){NAN, NAN, NAN, 0, false};
  if (of_range(c)) return share_between(d->s, n, c->low, c->high);
  double *sorted = allocate(n * sizeof *sorted);
  memcpy(sorted, d->s, n * sizeof *sorted);
  qsort(sorted, n, sizeof *sorted, by_value);
  struct estimate x = quantile(sorted, n, c->share, at_least(c));
  free(sorted);
  return x;
}

const char *outage_judged(const struct evidence *ev, const struct claim *c, uint64_t n) {
  const char *of = measure_row(&c->measure)->events;
  if (of_range(c)) return arena_format(ev->arena, "share of %llu %s in the range", (unsigned long long)n, of);
  double percent = 100 * (at_least(c) ? 1 - c->share : c->share);
  if (c->share >= 1)
    return arena_format(ev->arena, "%s of %llu %s", at_least(c) ? "shortest" : "longest", (unsigned long long)n, of);
  return arena_format(ev->arena, "%.6g%% quantile of %llu %s", percent, (unsigned long long)n, of);
}

uint32_t outage_needs(const struct evidence *ev, const struct claim *c, const struct estimate *x) {
  if (c->share >= 1 || !x->n) return UINT32_MAX;
  /* From here on the greatest of all bounds the quantile: p^n <= 2.5%. */
  double outages = ceil(log(0.025) / log(c->share));
  uint32_t needed = stopping_number(ev->faults.done * outages / (double)x->n);
  return needed > ev->faults.done ? needed : UINT32_MAX;
}
