/* A histogram of few values: they are a list, in no order. Private to histogram*.c. */
#ifndef HISTOGRAM_INNER_H
#define HISTOGRAM_INNER_H
#include "sim/stats/histogram.h"

static inline bool list_is_all(const struct histogram *h) { return !h->blocks; }

/* The value of a rank from 1. */
int64_t list_at_rank(const struct histogram *h, uint64_t rank);
uint64_t list_at_most(const struct histogram *h, int64_t ns);
/* Squared distances from the mean. */
double list_squares(const struct histogram *h, double mean);
/* Takes values that are in both away from the first. */
void list_subtract(struct histogram *from, const struct histogram *earlier);

#endif
