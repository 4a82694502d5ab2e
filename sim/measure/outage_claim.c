#include "sim/measure/outage_claim.h"
#include "sim/measure/estimate.h"
#include "sim/measure/measure_row.h"
#include "sim/measure/sample.h"
#include "sim/engine/arena.h"
#include "sim/stats/stopping.h"
#include <math.h>

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

struct estimate outage_estimate(const struct evidence *ev, const struct claim *c, const struct entry *e) {
  if (!ev->faults.done) return (struct estimate){NAN, NAN, NAN, 0, false};
  struct sample s = sample_new(ev, &c->measure, e->samples);
  struct estimate x = of_range(c) ? sample_share(&s, c->low, c->high) : sample_quantile(&s, c->share, at_least(c));
  sample_free(&s);
  return x;
}

/* Of outages, and of periods, which have no length of their own. */
static const char *of_extreme(const struct claim *c) {
  if (measure_row(&c->measure)->events) return at_least(c) ? "shortest" : "longest";
  return at_least(c) ? "least" : "greatest";
}

const char *outage_judged(const struct evidence *ev, const struct claim *c, uint64_t n) {
  const char *count = entry_count(ev, (double)n), *events = measure_row(&c->measure)->events;
  const char *of = events ? events : c->measure.monthly ? "months" : "years";
  if (of_range(c)) return arena_format(ev->arena, "share of %s %s in the range", count, of);
  double percent = 100 * (at_least(c) ? 1 - c->share : c->share);
  if (c->share >= 1) return arena_format(ev->arena, "%s of %s %s", of_extreme(c), count, of);
  return arena_format(ev->arena, "%.6g%% quantile of %s %s", percent, count, of);
}

uint32_t outage_needs(const struct evidence *ev, const struct claim *c, const struct estimate *x) {
  if (c->share >= 1 || !x->n) return UINT32_MAX;
  /* From here on the greatest of all bounds the quantile: p^n <= 2.5%. */
  double outages = ceil(log(0.025) / log(c->share));
  uint32_t needed = stopping_number(ev->faults.done * outages / (double)x->n);
  return needed > ev->faults.done ? needed : UINT32_MAX;
}
