/* A cache alone, LRU: look-ups by Zipf's law with 0.9, on a miss filled. Over a million keys, of which a tenth is kept (what a site's
 * Redis is), and holding a million of four (what memory makes of it). The hit rate is checked against Che's approximation, summed
 * numerically. The items are drawn beforehand: timed is the cache. */
#include "models/cache/cache_store.h"
#include "sim/engine/arena.h"
#include "sim/engine/zipf.h"
#include "tests/bench/bench.h"
#include <math.h>
#include <stdlib.h>

enum { DRAWN = 1 << 23 };

static uint64_t ask(struct cache_store *s, const uint32_t *items, uint64_t n, struct stream *draws) {
  uint64_t hits = 0;
  for (uint64_t i = 0; i < n; i++) {
    uint32_t item = items[i & (DRAWN - 1)];
    if (cache_store_find(s, 0, item, 0, SIM_NEVER))
      hits++;
    else
      cache_store_put(s, 0, item, 0, 0, SIM_NEVER, draws);
  }
  return hits;
}

static double timed(uint64_t n, uint32_t of, uint32_t kept, double che) {
  const struct cache_config config = {.policy = CACHE_LRU, .entries = kept, .size = INT64_MAX, .ttl = SIM_NEVER};
  uint32_t *items = malloc(DRAWN * sizeof *items);
  if (!items) return -1;
  struct stream draws = stream_open(7);
  struct arena *arena = arena_new();
  const struct zipf *law = zipf_new(arena, of, 0.9);
  for (int i = 0; i < DRAWN; i++) items[i] = zipf_draw(law, &draws) - 1;
  arena_free(arena);
  struct cache_store store;
  cache_store_open(&store, &config, &of, 1, NULL);
  ask(&store, items, DRAWN, &draws); /* so that it is full */
  double start = bench_cpu_seconds();
  uint64_t hits = ask(&store, items, n, &draws);
  double seconds = bench_cpu_seconds() - start;
  bool wrong = cache_store_wrong(&store) || store.count < kept || fabs((double)hits / (double)n - che) > 0.003;
  cache_store_close(&store);
  free(items);
  return wrong ? -1 : seconds;
}

static double tenth(uint64_t n) { return timed(n, 1000000, 100000, 0.6370); }
static double large(uint64_t n) { return timed(n, 4000000, 1000000, 0.7731); }

const struct bench_work bench_cache_tenth = {"LRU over 10^6 keys, 10^5 kept", tenth, 4000000};
const struct bench_work bench_cache_large = {"LRU over 4*10^6 keys, 10^6 kept", large, 4000000};
