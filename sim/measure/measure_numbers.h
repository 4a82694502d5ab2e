/* Values of measures that count: requests, and what meters count. Private to the table of measures. */
#ifndef MEASURE_NUMBERS_H
#define MEASURE_NUMBERS_H
#include "sim/measure/measure_inner.h"

/* measure_requests.c */
VALUE(value_rate);
VALUE(value_count);
VALUE(value_arrived);
VALUE(value_unanswered);
VALUE(value_error_rate);
VALUE(value_probe);
uint64_t count_of_requests(const struct measure *, const struct model *, const struct view *);

/* measure_meters.c */
VALUE(value_level_mean);
VALUE(value_level_max);
VALUE(value_level_min);
VALUE(value_meter_rate);
VALUE(value_meter_count);
uint64_t count_of_level(const struct measure *, const struct model *, const struct view *);
uint64_t count_of_meter(const struct measure *, const struct model *, const struct view *);
VALUE(value_hit_rate);
uint64_t count_of_look_ups(const struct measure *, const struct model *, const struct view *);

#endif
