/* Pool: many entries of one size, taken and given back while the simulation runs, named by a 32-bit index.
 *
 * Entries live in chunks of 1024 that are never moved or freed before pool_release, so a pointer from pool_at stays valid
 * while the pool grows. The entry given back last is taken first: its memory is still in the cache. An entry is zero when
 * its chunk is made and is never cleared again, so a fresh take shows what its last user left. A scan goes over all ids
 * below pool_capacity and needs its own mark of life in the entry. The pool owns the memory of the entries only.
 *
 *   struct pool requests;
 *   pool_init(&requests, sizeof(struct request));
 *   uint32_t id = pool_take(&requests);
 *   struct request *request = pool_at(&requests, id);
 *   pool_give(&requests, id);
 */
#ifndef POOL_H
#define POOL_H
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

enum { POOL_CHUNK_BITS = 10, POOL_CHUNK = 1 << POOL_CHUNK_BITS };

struct pool {
  unsigned char **chunks;
  uint32_t *free_ids;  /* stack of the ids not in use */
  size_t entry_size;   /* rounded up to 16 bytes */
  uint32_t free_count; /* height of that stack */
  uint32_t capacity;   /* entries in all chunks */
  uint32_t high_water; /* most entries ever in use at once */
};

void pool_init(struct pool *pool, size_t entry_size);
void pool_release(struct pool *pool);
void pool_grow(struct pool *pool); /* a quarter larger; called by pool_take */

/* Number of entries in use. */
static inline uint32_t pool_live(const struct pool *pool) { return pool->capacity - pool->free_count; }
static inline uint32_t pool_high_water(const struct pool *pool) { return pool->high_water; }
/* Every id is below this number. */
static inline uint32_t pool_capacity(const struct pool *pool) { return pool->capacity; }

static inline uint32_t pool_take(struct pool *pool) {
  if (__builtin_expect(pool->free_count == 0, 0)) pool_grow(pool);
  uint32_t id = pool->free_ids[--pool->free_count];
  uint32_t live = pool_live(pool);
  pool->high_water = live > pool->high_water ? live : pool->high_water;
  return id;
}

static inline void pool_give(struct pool *pool, uint32_t id) {
  assert(id < pool->capacity && pool->free_count < pool->capacity);
  pool->free_ids[pool->free_count++] = id;
}

static inline void *pool_at(const struct pool *pool, uint32_t id) {
  assert(id < pool->capacity);
  return pool->chunks[id >> POOL_CHUNK_BITS] + (size_t)(id & (POOL_CHUNK - 1)) * pool->entry_size;
}

#endif
