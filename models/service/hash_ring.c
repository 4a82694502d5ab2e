#include "models/service/hash_ring.h"
#include "sim/engine/arena.h"
#include "sim/engine/stream.h"
#include <assert.h>
#include <stdlib.h>

static int in_order(const void *a, const void *b) {
  const struct ring_place *p = a, *q = b;
  if (p->at != q->at) return p->at < q->at ? -1 : 1;
  return p->replica < q->replica ? -1 : p->replica > q->replica;
}

struct hash_ring *hash_ring_new(struct arena *arena, const char *name, uint32_t replicas, uint32_t points) {
  struct hash_ring *ring = arena_alloc(arena, sizeof *ring);
  ring->places = arena_new_array(arena, struct ring_place, (size_t)replicas * points);
  for (uint32_t i = 0; i < replicas; i++) {
    uint64_t replica = stream_entity(name, i);
    for (uint32_t k = 0; k < points; k++)
      ring->places[ring->count++] = (struct ring_place){stream_mix(replica + (k + 1) * STREAM_GOLDEN), i};
  }
  assert(ring->count == replicas * points);
  qsort(ring->places, ring->count, sizeof *ring->places, in_order);
  return ring;
}

uint32_t hash_ring_find(const struct hash_ring *ring, uint64_t item) {
  uint32_t low = 0, high = ring->count;
  assert(ring->count);
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (ring->places[middle].at < item)
      low = middle + 1;
    else
      high = middle;
  }
  return low < ring->count ? low : 0;
}
