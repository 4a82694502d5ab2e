/* Consistent hashing: which replica an item belongs to (Karger et al. 1997).
 *
 * Every replica that the service may ever have owns `points` places on a ring of 2^64; an item belongs to the first place after its
 * own whose replica is among the candidates. So when a replica goes, its items move to the next ones and no other item moves; when
 * it comes back they return. With n replicas that is a share of 1/n, give or take 1/sqrt(points) of it. The ring is made of names
 * and numbers and is the same in all replications, as addresses are. */
#ifndef HASH_RING_H
#define HASH_RING_H
#include <stdint.h>

struct arena;

struct ring_place {
  uint64_t at;
  uint32_t replica;
};

struct hash_ring {
  uint32_t count;
  struct ring_place *places; /* in order */
};

struct hash_ring *hash_ring_new(struct arena *, const char *name, uint32_t replicas, uint32_t points);
/* Index of the first place at or after the item's. */
uint32_t hash_ring_find(const struct hash_ring *, uint64_t item);

#endif
