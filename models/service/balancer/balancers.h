/* The members of the family of balancers, in the order of their words. A new one: balancer_NAME.c with `const struct balancer
 * balancer_NAME`, and a line here. */
#ifndef BALANCERS_H
#define BALANCERS_H
#include "models/service/balancer/balancer.h"

#define BALANCERS(BALANCER)                                                                                                        \
  BALANCER(round_robin)                                                                                                            \
  BALANCER(random)                                                                                                                 \
  BALANCER(least_connections)                                                                                                      \
  BALANCER(weighted)                                                                                                               \
  BALANCER(weighted_random)                                                                                                        \
  BALANCER(least_time)                                                                                                             \
  BALANCER(hash)

#define BALANCER_DECLARE(name) extern const struct balancer balancer_##name;
BALANCERS(BALANCER_DECLARE)
#undef BALANCER_DECLARE

#endif
