/* Values of measures of times. Private to the table of measures. */
#ifndef MEASURE_VALUES_H
#define MEASURE_VALUES_H
#include "sim/measure/measure_inner.h"

/* Calls `with` on the histogram that the measure is of; NaN when it was not recorded. */
double over_latencies(const struct measure *, const struct model *, const struct view *, statistic_of);
double over_waits(const struct measure *, const struct model *, const struct view *, statistic_of);
double over_meter_times(const struct measure *, const struct model *, const struct view *, statistic_of);
double statistic_percentile(const struct measure *, const struct histogram *);
double statistic_mean(const struct measure *, const struct histogram *);
double statistic_max(const struct measure *, const struct histogram *);
double statistic_sd(const struct measure *, const struct histogram *);
double statistic_share(const struct measure *, const struct histogram *);
struct histogram_range range_of_percentile(const struct measure *, const struct histogram *);
struct histogram_range range_of_share(const struct measure *, const struct histogram *);
VALUE(value_attributed); /* mean time of one kind that a completed request was given */

#endif
