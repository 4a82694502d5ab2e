/* Measures at work: the number that a `struct measure` names, from one replication or from all of them.
 *
 * One function reads both: from the merged view it gives the value, from each replication's view the sample whose spread gives
 * the interval. What it does is in the row of its kind (sim/measure/measure_rows.c). Percentiles come from merged histograms and
 * are never averaged. NaN: no data. */
#ifndef MEASURE_H
#define MEASURE_H
#include "sim/scenario/claim.h"
#include "sim/measure/results.h"
#include "sim/measure/view.h"

double measure_value(const struct measure *, const struct model *, const struct view *);
/* Of a percentile or a share of times: between which two numbers it lies for certain, equal when it is exact, since buckets do not
 * keep every value (sim/stats/histogram.h). NaN of anything else. */
struct histogram_range measure_range(const struct measure *, const struct model *, const struct view *);
/* How many observations are behind it. */
uint64_t measure_count(const struct measure *, const struct model *, const struct view *);
/* Of single outages: their durations one by one. */
const struct durations *measure_durations(const struct measure *, const struct view *);
/* Of requests: the row of the view that it is of, over the whole window. */
static inline uint32_t measure_view_row(const struct measure *m, const struct view *v) {
  return view_row(v, m->subject == SUBJECT_ALL ? v->endpoint_count : m->index, m->region);
}
/* Of years of faults: how long the period is that it is of, how many there were, and the value of those in which there was
 * anything. */
double measure_period_s(const struct measure *);
uint64_t measure_periods(const struct measure *, const struct view *);
static inline enum unit measure_unit(const struct measure *m) { return m->kind->unit; }
/* Which values are better for the system or its users: 1 the greater ones, -1 the smaller ones, 0 neither or unknown. */
int measure_good_side(const struct measure *);
/* What was sent to clients, a second, over the measured time. */
struct sent_bytes measure_sent(const struct model *, const struct view *);
/* What is paid for. The nodes are in the arena. */
struct bill_use measure_use(const struct model *, const struct view *, struct arena *);
/* The load at which the first resource of the scenario is full; NaN: none has a bound. */
double measure_saturation(const struct model *);
/* Follows from the scenario alone: no interval is needed. */
bool measure_is_exact(const struct measure *, const struct model *);

#endif
