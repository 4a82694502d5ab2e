/* How many replicas the autoscaler gives a service at a load: what its resources amount to.
 *
 * The Kubernetes HPA sees CPU use alone. At load x and n replicas, all alike, the share of x that is carried is
 *
 *     f = min(1, n C_r / (D_r x + B_r))      over the service's resources r: threads, CPU, connections ...
 *
 * with C_r one replica's capacity, D_r the demand of a request and B_r that of the clock; so a replica uses f (D_cpu x + B_cpu) / n
 * cores. From this use the controller's own step (models/autoscaling/hpa.h: integer percent, tolerance, rounding up) gives the next
 * n, and so on to a size at which it stays. One load may have several such sizes: which one it is depends on where the controller
 * comes from. A service whose threads are full before its CPU meets the target stays small, whatever its maximum. The size that is
 * returned is the one at the lowest load that is not carried by what the controller gives at this load; more replicas than the
 * nodes have room for are not there. Scaling on a queue looks at jobs that wait, of which there is no end while they are more than
 * can be done: the maximum. What other metrics than CPU and jobs ask for is not worked out: the size that the service begins with.
 * */
#ifndef AUTOSCALED_H
#define AUTOSCALED_H
#include "models/autoscaling/hpa.h"
#include <stdbool.h>
#include <stdint.h>

struct service_config;

struct autoscaled_resource {
  double demand_s, constant, capacity; /* of one replica */
};

struct autoscaled_load {
  struct hpa_params params; /* of the controller */
  bool jobs;                /* it looks at jobs too */
  bool steady; /* the load is: the controller comes from the size that the service starts with, else from its smallest */
  double cpu_s, cpu_constant; /* cores used, per request a second and by the clock */
  uint32_t count;
  const struct autoscaled_resource *resources; /* each replica has its own */
};

double autoscaled_replicas(const struct service_config *, const struct autoscaled_load *);

#endif
