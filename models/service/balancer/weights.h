/* What balancers that choose by weight share: the key, and the weights of the node groups. */
#ifndef WEIGHTS_H
#define WEIGHTS_H
#include "models/service/balancer/balancer.h"

#define WEIGHTS_KEY                                                                                                                \
  KEY("weights", WEIGHTS, balance_config, weights, OPTIONAL, .target = "platform.nodes",                                           \
      .doc = "Weight of a replica by the node group that it runs on, 1 for groups that are not named; absent: the speed of its "   \
             "node.",                                                                                                              \
      .elsewhere = "\"weights\" are for policies weighted and weighted-random")

/* The `link` of such a balancer. */
const char *weights_link(struct model *, struct service_config *, const char **key);

#endif
