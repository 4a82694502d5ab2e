/* How much work a sweep still is: expected requests and years of faults of the points without an answer, times the speed of a
 * short pilot, a few replications of the first such point on one thread. An estimate: points differ in what a request costs. */
#ifndef SWEEP_ESTIMATE_H
#define SWEEP_ESTIMATE_H
#include "sim/sweep/sweep_plan.h"

/* False after messages: the pilot could not be read. */
bool sweep_estimate(const struct sweep_plan *, const struct sweep_results *, struct sweep_estimate *out);
/* How many shards make slices of at least 10 s of so much work. */
uint32_t sweep_shards(const struct sweep_plan *, double seconds);

#endif
