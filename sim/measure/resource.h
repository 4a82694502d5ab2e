/* Resources: what requests use up, and the load at which each is full.
 *
 * Utilisation law: at X requests per second a resource with demand D (resource seconds per request of the whole system, at its mix)
 * and capacity C is busy for a share X D / C, and full at X = C / D. Demands follow from the scenario alone: means of the steps,
 * shares of the mix, hit rates; each mechanism says its own (models/core/load_sheet.h). Jobs that the clock publishes, B resource
 * seconds a second, leave C - B to the requests. CPU demands are exact; the time for which threads and connections are held is that
 * without queues and hops, so their loads are upper bounds. */
#ifndef RESOURCE_H
#define RESOURCE_H
#include "sim/scenario/claim.h"
#include <math.h>

struct arena;
struct model;

struct resource {
  const char *name;
  enum subject subject; /* SERVICE or NODES; ALL: a limit's permits */
  uint32_t index;
  const char *part; /* which utilization of the subject: cpu, threads, pool or primary; null: of several groups or permits, none */
  double demand_s;  /* of a request */
  double constant;  /* of what the clock publishes, in a second: at any load */
  double capacity;
  int32_t meter;      /* whose mean, over the capacity, is its utilization; -1: none */
  const char *grows;  /* "jobs": no request waits for it, and when it is full they grow; else null */
  const char *remark; /* why there are fewer replicas than the most, or what the row leaves out; else null */
};

/* All resources that requests use. The count; the array is in the arena. */
uint32_t resources_of(const struct model *, struct arena *, struct resource **);
static inline double resource_saturates_at(const struct resource *r) {
  if (r->constant >= r->capacity) return 0;
  return r->demand_s > 0 ? (r->capacity - r->constant) / r->demand_s : INFINITY;
}

#endif
