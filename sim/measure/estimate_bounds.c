/* What an interval cannot say, whatever the spread of the replications.
 *
 * Buckets of a histogram do not keep every value: a percentile among different values of a bucket is known to within its extremes,
 * so no interval of it is narrower than they are. Among equal values it is exact, and then all replications agree and their spread
 * is nothing; but a percentile near the edge of the atom may lie outside of it in truth. The interval is then that of the order
 * statistics: the percentiles p -+ z sqrt(p (1 - p) / n) of all values together, n independent ones. And nothing is beyond what is
 * possible: no share is above 1, nothing that is measured is negative. */
#include "sim/measure/estimate.h"
#include "sim/measure/measure_row.h"
#include <math.h>

/* The range of the percentile that is `by` above it. */
static struct histogram_range moved(const struct evidence *ev, const struct entry *e, double by) {
  struct measure m = e->measure;
  m.p = fmin(1, fmax(0, m.p + by));
  return measure_range(&m, &ev->model, entry_view(ev, e));
}

static void widen(struct estimate *x, struct histogram_range range) {
  if (range.low < x->low) x->low = range.low;
  if (range.high > x->high) x->high = range.high;
}

void estimate_bounds(const struct evidence *ev, const struct entry *e, double independent, struct estimate *x) {
  if (isnan(x->low) || isnan(x->high)) return;
  bool agree = !(x->low < x->high), percentile = e->measure.p > 0;
  widen(x, measure_range(&e->measure, &ev->model, entry_view(ev, e)));
  if (agree && percentile && independent > 0) {
    double by = 1.96 * sqrt(e->measure.p * (1 - e->measure.p) / independent);
    widen(x, (struct histogram_range){moved(ev, e, -by).low, moved(ev, e, by).high});
  }
  if (measure_row(&e->measure)->negative) return;
  if (x->low < 0) x->low = 0;
  if (measure_unit(&e->measure) == UNIT_RATIO && x->high > 1) x->high = fmax(1, x->value);
}
