/* How long a cache is cold: what it hits after it has begun empty, until it is warm.
 *
 * A store begins empty with its process: at the start of the run, after a crash, a lost machine, a move, on a new replica. Its
 * look-ups are taken in blocks of `of` in a row, from the first on. It is warm at the end of the first block in which at least the
 * share `hits` found its item, and stays so until it is lost.
 *
 *     warm_up    from the first look-up until then          a time, one for each beginning of each store
 *     cold       stores that are asked and not yet warm     a level; one that never gets there is seen here only
 *
 * The clock runs from the first look-up, not from the crash: while the process is away nothing fills (that is its rto), and nothing
 * while no request asks. `hits` is a number of the scenario, some 95% of what the cache holds when nothing happens; taken from the
 * run itself it would be known only afterwards, and after a first start there is nothing to compare with. A block is long enough
 * when its noise, sqrt(h (1 - h) / of), is small compared with the distance from `hits` to that level: of the default of 1,000
 * about 1%.
 *
 * Without ttl and limit the share at time t is 1 - sum p_i exp(-lambda p_i t), so how long it takes can be predicted
 * (tests/models/cache/test_caches.c does).
 *
 *     "cache": { "ttl": "5min", "warm": "82%" }          mean(redis.warm_up) < 2min, max(redis.cold) <= 1
 *
 * Invariant, audited: the level is the number of stores that are cold. */
#ifndef CACHE_WARMTH_H
#define CACHE_WARMTH_H
#include "sim/engine/sim_time.h"
#include <stdbool.h>
#include <stdint.h>

struct model;
struct record;
struct world;

struct warmth_config {
  double hits; /* 0: not wanted */
  int64_t of;
  uint32_t warm_up, cold; /* meters */
};

extern const struct record warmth_record;

enum warmth_state { WARMTH_UNTOUCHED, WARMTH_COLD, WARMTH_WARM };

/* Of a store; all zero when it begins. */
struct warmth {
  enum warmth_state state;
  uint32_t asked, found; /* of the present block */
  sim_time since;
};

/* While linking; name: of the service. */
void warmth_declare(struct model *, struct warmth_config *, const char *name);

static inline bool warmth_wanted(const struct warmth_config *c) { return c->hits > 0; }
/* A look-up, where it is wanted. */
void warmth_looked(struct world *, struct warmth *, const struct warmth_config *, bool found);
/* All is lost. */
void warmth_lost(struct world *, struct warmth *, const struct warmth_config *);

#endif
