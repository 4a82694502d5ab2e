/* What biased years show (models/faults/biasing.h): the share of time lost is a ratio of two weighed sums, and so is its
 * interval. */
#ifndef BIASED_H
#define BIASED_H
#include "sim/measure/evidence.h"
#include "sim/stats/interval.h"

/* The samples of n pieces fit. */
void biased_make_room(struct evidence *, uint32_t n);
/* The samples of one piece, from its view. */
void biased_take(struct evidence *, uint32_t piece, const struct view *);
/* Of the share of time lost, of an endpoint or (-1) of all. */
struct interval biased_bounds(const struct evidence *, int32_t endpoint);
/* Half the width of the interval of the share of time lost on all requests, over that share; infinite where nothing was lost. Of
 * the years that say what availability is: plain ones, or biased ones where there are any. */
double biased_doubt(const struct evidence *);

#endif
