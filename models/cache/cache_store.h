/* What one cache holds: which items of which keyspaces, what goes when it is full, and until when each is good.
 *
 * An item is there from the instant of its fill until it expires, is evicted or is dropped. Expired items are gone at that instant:
 * a look-up does not find them, they take no room and are never what an eviction picks. (Redis frees what is not asked for within
 * about a second, memcached at the next look-up.)
 *
 *     count <= entries,  bytes <= size      after every call; a value larger than the whole size is not kept
 *
 * Which entry is evicted when the room is gone, by policy:
 *
 *     lru           the one least recently used; with `samples`: of that many picked by chance, as Redis does (without its pool of
 *                   candidates, maxmemory-samples 5)
 *     fifo          the one filled first
 *     random        any
 *     lfu           the one least used since it came, of these the one least recently used: counts of cached items only
 *                   (in-cache LFU)
 *     perfect-lfu   as lfu, but counts are of all requests since the start, and a newcomer that was asked for less than the one to
 *                   go is not kept: in the long run the most popular items are there
 *     noeviction    none: the fill fails
 *
 * An index by item leads to entries of 16 bytes: an array for a small catalogue, else a hash table with linear probing (Knuth,
 * TAOCP
 * 3, 6.4, algorithms L and R). LRU and FIFO link the entries; the others keep them in an array, which for LFU is a binary heap by
 * (count, last use). Memory grows with what has been held at once; nothing is allocated for an event but when arrays double. */
#ifndef CACHE_STORE_H
#define CACHE_STORE_H
#include "models/cache/cache_warmth.h"
#include "sim/engine/stream.h"
#include "sim/engine/timer_heap.h"
#include <stdbool.h>

enum cache_policy { CACHE_LRU, CACHE_LFU, CACHE_PERFECT_LFU, CACHE_FIFO, CACHE_RANDOM, CACHE_NOEVICTION };
enum ttl_from { TTL_FROM_FILL, TTL_FROM_ACCESS };
enum { CACHE_NONE = UINT32_MAX };

struct cache_config {
  int32_t policy;
  int64_t samples; /* LRU: 0: exact */
  int64_t entries; /* INT64_MAX: no limit */
  int64_t size;    /* bytes; INT64_MAX: no limit */
  sim_time ttl;    /* SIM_NEVER: none */
  int32_t ttl_from;
  double jitter; /* the ttl is uniform within this share around itself */
  struct warmth_config warm;
  /* Derived by cache_link. */
  bool keyed;                            /* some step asks for items; else nothing of this exists */
  uint32_t stores;                       /* of each replica */
  double expected_items, expected_bytes; /* of each store, in the long run */
  bool fills, drops;
  bool expires;                                                                       /* some fill has a ttl */
  bool sized;                                                                         /* some fill says how many bytes */
  bool rebuilt, waited, wait_expires, locked, stale, refreshed_early;                 /* what the cures of its stampedes do */
  uint32_t rebuilds, rebuild_waits, rebuild_timeouts, stale_served, early;            /* meters */
  uint32_t hits, misses, held, bytes, evictions, expirations, refused, invalidations; /* meters */
};

struct cache_entry {
  uint32_t item;
  uint16_t keyspace; /* CACHE_FREE: the entry is not in use */
  union {
    struct {
      uint32_t newer, older; /* LRU, FIFO: neighbours; of a free entry `older` is the next free one */
    };
    uint64_t rank; /* the others: the least goes first */
  };
};

/* What few stores need of their entries, apart: a plain LRU touches a quarter of a cache line for each. */
struct cache_terms {
  sim_time expires;
  uint32_t bytes;
  uint32_t position; /* in `members` */
  sim_time delta;    /* time that its last rebuild took, where that is known; else 0 */
};
enum { CACHE_FREE = UINT16_MAX };

/* From an item of one keyspace to its entry plus 1. */
struct cache_index {
  uint32_t *slots;
  uint32_t *asked; /* perfect LFU: requests by item */
  uint64_t mask;   /* 0: an array by item */
  uint32_t of, count;
};

struct cache_order;

struct cache_store {
  const struct cache_config *config;
  const struct cache_order *order;
  struct timer_heap
      *expiries;         /* payload: the entry; null where nothing expires, or the owner has no handler: then at look-ups only */
  timer_ticket *tickets; /* by entry, where it expires */
  struct cache_index *indices; /* by keyspace */
  struct cache_entry *entries;
  struct cache_terms *terms; /* by entry; null where nothing expires, has a size or is in `members` */
  uint32_t *members;
  uint32_t keyspaces, room, high, count; /* high: entries ever used */
  bool has_terms;
  uint32_t free, newest, oldest;
  uint64_t clock;
  int64_t bytes;
  uint64_t filled, evicted, expired, dropped, lost, refused; /* balance: filled = count + evicted + expired + dropped + lost */
};

/* of: items of each keyspace. expiries: of the store alone, owned by the caller, or null. Of `config` the flags count too: without
 * `expires` nothing may be given a ttl, without `sized` no bytes. */
void cache_store_open(struct cache_store *, const struct cache_config *, const uint32_t *of, uint32_t keyspaces,
                      struct timer_heap *expiries);
void cache_store_close(struct cache_store *);

/* A look-up: whether the item is there. ttl: where it counts from the last access it begins again. */
bool cache_store_find(struct cache_store *, uint32_t keyspace, uint32_t item, sim_time now, sim_time ttl);
/* A fill: keeps the item until now + ttl (SIM_NEVER: for ever). False: there is no room. An item that is there already gets its new
 * ttl and counts as used. */
bool cache_store_put(struct cache_store *, uint32_t keyspace, uint32_t item, uint32_t bytes, sim_time now, sim_time ttl,
                     struct stream *draws);
/* An invalidation: whether it was there. */
bool cache_store_drop(struct cache_store *, uint32_t keyspace, uint32_t item);
/* Of an item that is there; else, or where there are no terms, null. */
struct cache_terms *cache_store_terms(struct cache_store *, uint32_t keyspace, uint32_t item);
/* For the handler of `expiries`. */
void cache_store_due(struct cache_store *, uint32_t entry, sim_time now);
/* The process is gone: so is all that it held, counts too. */
void cache_store_clear(struct cache_store *);
/* Walks through everything. Null, or what is wrong. */
const char *cache_store_wrong(const struct cache_store *);

#endif
