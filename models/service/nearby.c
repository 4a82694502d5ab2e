#include "models/service/nearby.h"
#include "sim/engine/arena.h"

struct nearby *nearby_new(struct arena *arena, uint32_t capacity, uint32_t regions) {
  struct nearby *n = arena_new_array(arena, struct nearby, 1);
  assert(regions > 0);
  n->regions = regions, n->stale = true;
  n->rotation = arena_new_array(arena, uint32_t, capacity + 1);
  n->first = arena_new_array(arena, uint32_t, regions + 1);
  n->cursor = arena_new_array(arena, uint32_t, regions);
  return n;
}

void nearby_sort(struct nearby *n, const uint32_t *rotation, uint32_t count, int32_t (*region_of)(const void *, uint32_t),
                 const void *context) {
  uint32_t sorted = 0;
  for (uint32_t region = 0; region < n->regions; region++) {
    n->first[region] = sorted;
    for (uint32_t i = 0; i < count; i++)
      if (region_of(context, rotation[i]) == (int32_t)region) n->rotation[sorted++] = rotation[i];
  }
  assert(sorted <= count);
  n->first[n->regions] = sorted;
  n->stale = false;
}
