/* Scalability: what many at work at once cost each other, in a process with shared structures.
 *
 * The Universal Scalability Law (Gunther 2007, eq. 4.31): with n at work a computation takes
 *
 *     1 + contention (n - 1) + coherency n (n - 1)     times its demand;
 *
 * n counts computations, or the connections that lead to the container, open ones too. It is taken when a computation begins. */
#ifndef SCALABILITY_H
#define SCALABILITY_H
#include "sim/describe/field.h"
#include "sim/engine/sim_time.h"

enum scalability_count { SCALABILITY_ACTIVE, SCALABILITY_OPEN };

struct scalability_config {
  double contention, coherency; /* both 0: none */
  int32_t counts;               /* enum scalability_count */
};

extern const struct record scalability_record;

/* How many times its demand a computation takes with n at work. */
double scalability_factor(const struct scalability_config *, double n);
/* scalability_factor at the number of workers, of at most `most`, at which they do most; times most / that number: what a server of
 * `most` cores is to be reckoned with. */
double scalability_at_best(const struct scalability_config *, double most);

#endif
