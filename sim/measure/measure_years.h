/* Values of measures of the years of faults. Private to the table of measures. */
#ifndef MEASURE_YEARS_H
#define MEASURE_YEARS_H
#include "sim/measure/measure_inner.h"

VALUE(value_availability);
VALUE(value_downtime);
VALUE(value_outages);
VALUE(value_mtbf);
VALUE(value_time_to_first);
const struct durations *losses_by_period(const struct measure *, const struct model *, const struct view *);
const struct durations *outages_by_period(const struct measure *, const struct model *, const struct view *);
uint64_t count_of_outages(const struct measure *, const struct model *, const struct view *);
uint64_t count_of_firsts(const struct measure *, const struct model *, const struct view *);
VALUE(value_mean_duration);
const struct durations *recovery_times(const struct measure *, const struct view *);
const struct durations *ages_of_lost_writes(const struct measure *, const struct view *);
uint64_t count_of_durations(const struct measure *, const struct model *, const struct view *);

#endif
