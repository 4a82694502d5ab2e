/* Cost over users: outlooks on the growth of several architectures on one scale, the number of users. Each has its line from its
 * users today to those of its last month, and counts as far as its requirements of severity must hold (until, of the outlook); the
 * lowest of them is the cheapest that holds (sim/stats/envelope.h).
 *
 *     struct costs_results *c = costs_of(arena, outlooks, 3, &wrong); */
#ifndef GROWTH_COSTS_H
#define GROWTH_COSTS_H
#include "sim/questions/growth_costs_results.h"

/* Null where they cannot be compared: then *wrong says why. */
struct costs_results *costs_of(struct arena *, const struct outlook_results *const *, uint32_t count, const char **wrong);

#endif
