/* Where a request's client is, and which region's entry it was sent to. Only in scenarios with regions. */
#ifndef REQUEST_PLACE_H
#define REQUEST_PLACE_H
#include "models/core/parts.h"
#include <stdbool.h>
#include <stdint.h>

struct request_place {
  int16_t client; /* region that its client is in; -1: no client has sent it */
  int16_t edge;   /* region whose entry it was sent to; -1: any */
  int16_t link;   /* between two regions, that holds up its answer (models/network/network.h); void otherwise */
};

static inline bool parts_have_places(const struct world_parts *p) { return p->in_request[PART_places] != 0; }
static inline bool world_has_places(const struct world *w) {
  return parts_have_places((const struct world_parts *)(const void *)w);
}
/* Of a world that has places. */
static inline struct request_place *request_place(const struct world *w, const struct request *r) {
  return request_part(w, r, PART_places);
}
/* The region of its client, or -1. */
static inline int32_t request_region(const struct world *w, const struct request *r) {
  return world_has_places(w) ? request_place(w, r)->client : -1;
}

#endif
