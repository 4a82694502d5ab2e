/* Values of measures of what is used and what runs. Private to the table of measures. */
#ifndef MEASURE_USE_H
#define MEASURE_USE_H
#include "sim/measure/measure_inner.h"

VALUE(value_saturation);
VALUE(value_node_or_service_cpu);
VALUE(value_threads);
VALUE(value_primary);
VALUE(value_connections);
VALUE(value_mean_replicas);
VALUE(value_max_replicas);
VALUE(value_mean_inside);

#endif
