/* The members of the family of balancers, in the order of their words. A new one: balancer_NAME.c with `const struct balancer
 * balancer_NAME`, and a line here. */
#ifndef BALANCERS_H
#define BALANCERS_H
#include "models/service/balancer/balancer.h"

#define BALANCERS(MEMBER)                                                                                                          \
  MEMBER(round_robin)                                                                                                              \
  MEMBER(random)                                                                                                                   \
  MEMBER(least_connections)                                                                                                        \
  MEMBER(weighted)                                                                                                                 \
  MEMBER(weighted_random)                                                                                                          \
  MEMBER(least_time)                                                                                                               \
  MEMBER(hash)

#define BALANCER_DECLARE(name) extern const struct balancer balancer_##name;
BALANCERS(BALANCER_DECLARE)
#undef BALANCER_DECLARE

#endif
