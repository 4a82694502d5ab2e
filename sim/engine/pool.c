/* Pool: the rare part, growing and releasing. */
#include "sim/engine/pool.h"
#include "sim/engine/allocate.h"
#include <stdlib.h>
#include <string.h>

void pool_init(struct pool *pool, size_t entry_size) {
  assert(entry_size > 0);
  *pool = (struct pool){.entry_size = (entry_size + 15) / 16 * 16};
}

void pool_release(struct pool *pool) {
  for (uint32_t i = 0; i < pool->capacity / POOL_CHUNK; i++) free(pool->chunks[i]);
  free(pool->chunks);
  free(pool->free_ids);
  *pool = (struct pool){.entry_size = pool->entry_size};
}

static unsigned char *chunk_new(size_t entry_size) {
  size_t size = entry_size * POOL_CHUNK; /* a multiple of 64 */
  unsigned char *chunk = allocate_aligned(64, size);
  return memset(chunk, 0, size);
}

void pool_grow(struct pool *pool) {
  assert(pool->free_count == 0);
  /* By a quarter, in whole chunks: what is never used costs as well. */
  uint32_t old = pool->capacity, grown = old + (old / 4 / POOL_CHUNK + 1) * POOL_CHUNK;
  if (grown < old) out_of_memory(SIZE_MAX);
  pool->chunks = allocate_resized(pool->chunks, grown / POOL_CHUNK, sizeof *pool->chunks);
  pool->free_ids = allocate_resized(pool->free_ids, grown, sizeof *pool->free_ids);
  for (uint32_t i = old / POOL_CHUNK; i < grown / POOL_CHUNK; i++) pool->chunks[i] = chunk_new(pool->entry_size);
  for (uint32_t id = grown; id-- > old;) pool->free_ids[pool->free_count++] = id; /* the lowest is taken first */
  pool->capacity = grown;
}
