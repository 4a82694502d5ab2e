/* Gauges: the levels that show whether a system settles, read at the borders of GAUGE_STEPS equal parts of the measured time.
 *
 * In this order: clients inside, by endpoint; requests that wait, by service (for a thread or their turn, a connection, a lock, a
 * disk, replicas, or CPU beyond its limit); computations beyond the cores, by node group; then each level that was declared a queue
 * with meter_is_queue: jobs, waiting rooms, permits, back-off, writes that a replica has not applied.
 *
 * Requests that take their time without waiting (a delay, a call outside, a thread of their own) are in none but the first kind:
 * their number rises until the first of them end, whatever the load. Reading is a walk over what lives, GAUGE_STEPS + 1 times a
 * run; nothing is kept up to date meanwhile. */
#ifndef GAUGE_H
#define GAUGE_H
#include "models/core/parts.h"
#include "sim/engine/calendar.h"
#include <stdint.h>

struct model;
struct world;

enum { GAUGE_STEPS = 24 };

enum gauge_kind { GAUGE_ENDPOINT, GAUGE_SERVICE, GAUGE_NODES, GAUGE_METER };

/* Which level a gauge shows: index of the endpoint, service, node group or meter. */
struct gauge {
  enum gauge_kind kind;
  uint32_t index;
};

uint32_t model_gauges(const struct model *);
struct gauge model_gauge(const struct model *, uint32_t number);

/* All levels now, in their order. */
void gauges_now(const struct world *, double *levels);

struct gauges {
  double *levels; /* [border * model_gauges + gauge]; null: none are read */
  uint32_t border;
  slot_id slot;
};
static inline struct gauges *world_gauges(const struct world *w) { return world_part(w, PART_gauges); }

#endif
