/* Which entry is evicted when a cache is full: a policy is a row of functions over the entries of the store. Private to
 * cache_store.c and cache_order.c.
 *
 * LRU and FIFO keep a list through the entries, from the newest to the oldest. The others keep `members`, an array of those that
 * are there, which for LFU is a binary heap by rank. The list's functions are here: most caches are LRU, and a call would cost a
 * tenth of a look-up. */
#ifndef CACHE_ORDER_H
#define CACHE_ORDER_H
#include "models/cache/cache_store.h"

struct cache_order {
  void (*enter)(struct cache_store *, uint32_t entry); /* it is counted already */
  void (*use)(struct cache_store *, uint32_t entry);
  void (*leave)(struct cache_store *, uint32_t entry);                  /* it is counted still */
  uint32_t (*victim)(const struct cache_store *, struct stream *draws); /* CACHE_NONE: no entry goes */
  bool (*whole)(const struct cache_store *);                            /* for the audit */
  bool members;
};

extern const struct cache_order cache_order_lru;
const struct cache_order *cache_order_of(const struct cache_config *);

static inline void cache_list_enter(struct cache_store *s, uint32_t entry) {
  struct cache_entry *e = &s->entries[entry];
  e->newer = CACHE_NONE, e->older = s->newest;
  *(s->newest == CACHE_NONE ? &s->oldest : &s->entries[s->newest].newer) = entry;
  s->newest = entry;
}

static inline void cache_list_leave(struct cache_store *s, uint32_t entry) {
  const struct cache_entry *e = &s->entries[entry];
  *(e->newer == CACHE_NONE ? &s->newest : &s->entries[e->newer].older) = e->older;
  *(e->older == CACHE_NONE ? &s->oldest : &s->entries[e->older].newer) = e->newer;
}

static inline void cache_list_use(struct cache_store *s, uint32_t entry) {
  if (s->newest == entry) return;
  cache_list_leave(s, entry);
  cache_list_enter(s, entry);
}

#endif
