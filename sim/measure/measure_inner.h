/* What the values of measures have in common. Private to the table of measures: measure_rows.c, and the files with their values. */
#ifndef MEASURE_INNER_H
#define MEASURE_INNER_H
#include "sim/measure/measure_row.h"

#define VALUE(name) double name(const struct measure *, const struct model *, const struct view *)

/* Seconds that are measured in the part that the measure looks at, summed over the replications; and the time average of a
 * level over that part, from its integral by window. */
double measure_seconds(const struct measure *, const struct model *, const struct view *);
double measure_mean_level(const struct series *, const struct measure *, const struct model *, const struct view *);
/* A count of a stored state may be any number. */
static inline uint64_t whole_count(double count) { return count > 0 && count < 0x1p63 ? (uint64_t)count : 0; }

#endif
