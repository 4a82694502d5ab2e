/* Scalability: what many at work at once cost each other, in a process with shared structures.
 *
 * The Universal Scalability Law (Gunther 2007, eq. 4.31): with n at work a computation takes
 *
 *     1 + contention (n - 1) + coherency n (n - 1)     times its demand;
 *
 * n counts computations, or the connections that lead to the container, open ones too. It is taken when a computation begins.
 *
 * `concurrency` is the same as a table, for what no law says: with n requests in flight on the replica, the one that begins to
 * compute included, a computation takes the table's factor times its demand: linear between its points, constant before the first
 * and behind the last. What batches its work has factors that fall, what thrashes has factors that rise. */
#ifndef SCALABILITY_H
#define SCALABILITY_H
#include "sim/describe/field.h"
#include "sim/engine/sim_time.h"

enum scalability_count { SCALABILITY_ACTIVE, SCALABILITY_OPEN };

struct scalability_config {
  double contention, coherency; /* both 0: none */
  int32_t counts;               /* enum scalability_count */
};

/* Measured instead: the factor at some numbers in flight. */
struct concurrency_point {
  double in_flight, factor;
};

extern const struct record scalability_record, concurrency_record;

/* How many times its demand a computation takes with n at work. */
double scalability_factor(const struct scalability_config *, double n);
/* scalability_factor at the number of workers, of at most `most`, at which they do most; times most / that number: what a server of
 * `most` cores is to be reckoned with. */
double scalability_at_best(const struct scalability_config *, double most);
double concurrency_factor(const struct config_list *points, double n);
/* At the last point, where a service is that has more to do than it can; 1 without points. What it is to be reckoned with. */
double concurrency_at_most(const struct config_list *points);

#endif
