/* A cache of a million keys: look-ups by Zipf's law with 0.9 over ten million items, on a miss filled, LRU. The hit rate is checked
 * against Che's approximation. The items are drawn beforehand: timed is the cache alone. */
#include "models/data/cache_store.h"
#include "sim/engine/arena.h"
#include "sim/engine/zipf.h"
#include "tests/bench/bench.h"
#include <math.h>
#include <stdlib.h>

enum { CATALOGUE = 4000000, KEPT = 1000000, DRAWN = 1 << 23 };

static double run(uint64_t n) {
  const struct cache_config config = {.policy = CACHE_LRU, .entries = KEPT, .size = INT64_MAX, .ttl = SIM_NEVER};
  const uint32_t of = CATALOGUE;
  uint32_t *items = malloc(DRAWN * sizeof *items);
  if (!items) return -1;
  struct stream draws = stream_open(7);
  for (int i = 0; i < DRAWN; i++) items[i] = zipf_sample(CATALOGUE, 0.9, &draws) - 1;
  struct cache_store store;
  cache_store_open(&store, &config, &of, 1, NULL);
  uint64_t hits = 0, filled = 0;
  for (int i = 0; i < DRAWN; i++) /* so that it is full */
    if (!cache_store_find(&store, 0, items[i], 0, SIM_NEVER))
      filled += cache_store_put(&store, 0, items[i], 0, 0, SIM_NEVER, &draws);
  double start = bench_cpu_seconds();
  for (uint64_t i = 0; i < n; i++) {
    uint32_t item = items[i & (DRAWN - 1)];
    if (cache_store_find(&store, 0, item, 0, SIM_NEVER))
      hits++;
    else
      cache_store_put(&store, 0, item, 0, 0, SIM_NEVER, &draws);
  }
  double seconds = bench_cpu_seconds() - start, rate = (double)hits / (double)n;
  bool wrong = cache_store_wrong(&store) || filled < KEPT || fabs(rate - 0.8) > 0.1;
  cache_store_close(&store);
  free(items);
  return wrong ? -1 : seconds;
}

const struct bench_work bench_cache = {"cache alone: LRU of 10^6 keys", run, 4000000};
