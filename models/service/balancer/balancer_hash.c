/* The replica that the item belongs to, by consistent hashing (hash_ring.h).
 *
 * With a `bound` c a replica takes at most ceil(c (m + 1) / n) requests at once, m unanswered ones in all among n replicas; when
 * it is full the item goes on to the next on the ring (Mirrokni, Thorup and Zadimoghaddam 2018). */
#include "models/service/balancer/balancers.h"
#include "models/keys/keyspace.h"
#include "models/service/hash_ring.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>

static uint64_t place_of_item(const struct pick *p) {
  int32_t keys = service_config(p->s)->balance.keys;
  if (keys < 0) return stream_mix(request_client(p->r) + STREAM_GOLDEN);
  return stream_mix(model_keyspace(p->w->model, (uint32_t)keys)->entity +
                    keyspace_item(p->w, p->r, (uint32_t)keys) * STREAM_GOLDEN);
}

/* Candidates are in order. */
static bool among(const struct pick *p, uint32_t container) {
  uint32_t low = 0, high = p->count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (p->candidates[middle] < container)
      low = middle + 1;
    else
      high = middle;
  }
  return low < p->count && p->candidates[low] == container;
}

static bool candidate(const struct pick *p, uint32_t replica) {
  if (!p->w->containers[p->s->first + replica].in_rotation) return false;
  return p->count == p->s->in_rotation || among(p, p->s->first + replica);
}

/* Requests at the candidates, or where some are ejected at all. */
static uint32_t load_of_all(const struct pick *p) {
  if (p->ejector || p->count == p->s->in_rotation) return p->b->total;
  uint32_t sum = 0;
  for (uint32_t i = 0; i < p->count; i++) sum += p->b->load[p->candidates[i] - p->s->first];
  return sum;
}

static uint32_t pick(const struct pick *p) {
  if (p->count == 1) return p->candidates[0];
  const struct hash_ring *ring = service_config(p->s)->balance.ring;
  double bound = service_config(p->s)->balance.bound;
  uint32_t room = bound > 0 ? (uint32_t)ceil(bound * (load_of_all(p) + 1.0) / p->count) : UINT32_MAX;
  assert(ring && ring->count);
  uint32_t i = hash_ring_find(ring, place_of_item(p));
  for (uint32_t k = 0; k < ring->count; k++, i = i + 1 < ring->count ? i + 1 : 0) {
    uint32_t replica = ring->places[i].replica;
    if (p->b->load[replica] < room && candidate(p, replica)) return p->s->first + replica;
  }
  return p->candidates[0];
}

enum { RING_PLACES = 4000000 };

static const char *link(struct model *m, struct service_config *s, const char **key) {
  struct balance_config *b = &s->balance;
  if (b->bound > 0 && b->bound < 1) return *key = "bound", "less than 1 times the mean load would leave no room for all";
  if ((double)service_capacity(s) * (double)b->points > RING_PLACES)
    return *key = "points", arena_format(m->arena, "%u replicas with this many points each: a ring has at most %d places",
                                         service_capacity(s), RING_PLACES);
  b->ring = hash_ring_new(m->arena, s->name, service_capacity(s), (uint32_t)b->points);
  return NULL;
}

static const struct field keys[] = {
    KEY("keys", REFERENCE, balance_config, keys, OPTIONAL, .target = "keys",
        .doc = "The keyspace whose item decides; absent: the client decides.", .elsewhere = "\"keys\" are for policy hash"),
    KEY("points", INTEGER, balance_config, points, DEFAULT(100), RANGE(1, 100000),
        .doc = "Places of each replica on the ring; the more, the more even.",
        .source = "libketama 100 to 200; nginx consistent hash 160"),
    KEY("bound", NUMBER, balance_config, bound, OPTIONAL, RANGE(0, 1e6),
        .doc = "Times the mean load that a replica takes before items go on to the next; absent: any load.",
        .source = "Mirrokni, Thorup and Zadimoghaddam 2018; HAProxy hash-balance-factor 1.25 to 2",
        .elsewhere = "\"bound\" is for policy hash"),
    {0}};
const struct balancer balancer_hash = {
    .member = {.word = "hash", .doc = "The one that the request's item, or its client, belongs to on a ring.", .keys = keys},
    .pick = pick,
    .by_item = true,
    .link = link};
