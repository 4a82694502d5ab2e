/* Nearby replicas: those in rotation of a service, by the region that they run in.
 *
 * A region has a load balancer of its own in front of a service, and its targets are the replicas of its region: a client that was
 * sent to a region's entry is served there or nowhere. Only where there are places; balancer_nearby asks for it.
 *
 *     struct nearby *n = nearby_new(arena, capacity, regions);
 *     n->stale = true;                                             the rotation has changed
 *     if (n->stale) nearby_sort(n, rotation, count, region_of, world);
 *     const uint32_t *replicas = nearby_in(n, region, &count);
 *
 * Invariant, unless stale: each list is in the order of the rotation, and together they are all of it that is in a region. */
#ifndef NEARBY_H
#define NEARBY_H
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

struct arena;

struct nearby {
  bool stale;
  uint32_t regions;
  uint32_t *rotation; /* one region behind the other */
  uint32_t *first;    /* by region: where its replicas begin; one more for the end */
  uint32_t *cursor;   /* by region: whose turn it is */
};

struct nearby *nearby_new(struct arena *, uint32_t capacity, uint32_t regions);
/* region_of: of a replica, or -1. */
void nearby_sort(struct nearby *, const uint32_t *rotation, uint32_t count, int32_t (*region_of)(const void *, uint32_t),
                 const void *context);

static inline const uint32_t *nearby_in(const struct nearby *n, uint32_t region, uint32_t *count) {
  assert(!n->stale && region < n->regions);
  *count = n->first[region + 1] - n->first[region];
  return n->rotation + n->first[region];
}

#endif
