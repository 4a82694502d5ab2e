/* How far a value lies from the limit of a requirement, on a scale on which interpolation between values works, and how much wider
 * its interval must be for a smaller error. For searches: sim/questions/capacity.h, sim/questions/growth_outlook.h.
 *
 * The margin of a time is 1 - limit / time: for M/M/1 a straight line in the arrival rate, for means and for percentiles; without
 * bound it is 1. A share of errors is taken as a logarithm, all else as it is. Below 0 the requirement holds. */
#ifndef MARGIN_H
#define MARGIN_H
#include "sim/measure/measure_row.h"

/* Whether it has no value where something grows without end. */
static inline bool margin_is_time(const struct measure *m) { return measure_row(m)->steady && m->kind->quantity != QUANTITY_WAIT; }
/* at_least: the limit is a lower one. */
double margin_of(const struct measure *, double limit, bool at_least, double value);
/* How much wider than at 95% an interval of n replications must be for this error on each side. */
double margin_caution(const struct measure *, const struct estimate *, uint32_t n, double error);

#endif
