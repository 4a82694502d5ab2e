/* The replica that the item belongs to, by consistent hashing (hash_ring.h).
 *
 * With a `bound` c a replica takes at most ceil(c (m + 1) / n) requests at once, m unanswered ones in all among n replicas; when it is
 * full the item goes on to the next on the ring (Mirrokni, Thorup and Zadimoghaddam 2018). */
#include "models/service/balancer/balancer.h"
#include "models/service/hash_ring.h"
#include "models/core/world.h"
#include <math.h>

static uint64_t place_of_item(const struct pick *p) {
  int32_t keys = p->s->config->balance.keys;
  if (keys < 0) return stream_mix(request_client(p->r) + STREAM_GOLDEN);
  return stream_mix(model_keyspace(p->w->model, (uint32_t)keys)->entity +
                    keyspace_item(p->w, p->r, (uint32_t)keys) * STREAM_GOLDEN);
}

static bool candidate(const struct pick *p, uint32_t replica) {
  if (!p->w->containers[p->s->first + replica].in_rotation) return false;
  return !p->ejector || !ejector_holds(p->ejector, replica, world_now(p->w));
}

static uint32_t pick_by_hash(const struct pick *p) {
  if (p->count == 1) return p->candidates[0];
  const struct hash_ring *ring = p->s->config->balance.ring;
  double bound = p->s->config->balance.bound;
  uint32_t room = bound > 0 ? (uint32_t)ceil(bound * (p->b->total + 1.0) / p->count) : UINT32_MAX;
  uint32_t i = hash_ring_find(ring, place_of_item(p));
  for (uint32_t k = 0; k < ring->count; k++, i = i + 1 < ring->count ? i + 1 : 0) {
    uint32_t replica = ring->places[i].replica;
    if (p->b->load[replica] < room && candidate(p, replica)) return p->s->first + replica;
  }
  return p->candidates[0];
}
const struct balancer balancer_hash = {"hash", pick_by_hash, NULL};
