#include "models/cache/cache_order.h"
#include "sim/engine/pages.h"
#include "sim/engine/allocate.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Twice as many, or the first `room`. */
static void *more(void *old, size_t size, uint32_t room) { return pages_grow(old, size * (room / 2), size * room); }

/* --- the index: from an item to its entry ---------------------------------------------------------------------------------- */

enum { ARRAY_MOST = 1 << 22, ARRAY_PER_ENTRY = 16, HASH_FIRST = 64 };

static uint64_t place_of(const struct cache_index *x, uint32_t item) { return (item * 0x9e3779b97f4a7c15u >> 32) & x->mask; }

static bool by_array(const struct cache_store *s, uint32_t of) {
  int64_t most = s->config->entries;
  return of <= ARRAY_MOST && (s->config->policy == CACHE_PERFECT_LFU || most >= of / ARRAY_PER_ENTRY);
}

static uint32_t *zeroed(uint64_t count) { return pages_take(count * sizeof(uint32_t)); }
static void give(uint32_t *table, uint64_t count) { pages_give(table, count * sizeof *table); }

static __attribute__((noinline, cold)) void index_begin(const struct cache_store *s, struct cache_index *x) {
  x->mask = by_array(s, x->of) ? 0 : HASH_FIRST - 1;
  x->slots = zeroed(x->mask ? HASH_FIRST : x->of);
  if (s->config->policy == CACHE_PERFECT_LFU) x->asked = zeroed(x->of);
}

static inline struct cache_index *index_of(const struct cache_store *s, uint32_t keyspace) {
  struct cache_index *x = &s->indices[keyspace];
  if (__builtin_expect(!x->slots, 0)) index_begin(s, x);
  return x;
}

/* Where the item is, or would be. */
static inline uint32_t *slot_of(const struct cache_store *s, const struct cache_index *x, uint32_t item) {
  if (!x->mask) return &x->slots[item];
  uint64_t i = place_of(x, item);
  while (x->slots[i] && s->entries[x->slots[i] - 1].item != item) i = (i + 1) & x->mask;
  return &x->slots[i];
}

static void index_double(const struct cache_store *s, struct cache_index *x) {
  assert(x->mask && (x->mask & (x->mask + 1)) == 0);
  uint32_t *old = x->slots;
  uint64_t places = x->mask + 1;
  x->mask = 2 * places - 1;
  x->slots = zeroed(2 * places);
  for (uint64_t i = 0; i < places; i++)
    if (old[i]) *slot_of(s, x, s->entries[old[i] - 1].item) = old[i];
  give(old, places);
}

static void index_add(const struct cache_store *s, struct cache_index *x, uint32_t item, uint32_t entry) {
  if (x->mask && 2 * (uint64_t)x->count > x->mask) index_double(s, x);
  *slot_of(s, x, item) = entry + 1;
  x->count++;
}

/* What stands behind it in the same run moves up where that brings it no further than its place. */
static void index_remove(const struct cache_store *s, struct cache_index *x, uint32_t item) {
  uint32_t *slot = slot_of(s, x, item);
  assert(*slot && x->count);
  *slot = 0, x->count--;
  if (!x->mask) return;
  uint64_t hole = (uint64_t)(slot - x->slots);
  for (uint64_t i = (hole + 1) & x->mask; x->slots[i]; i = (i + 1) & x->mask) {
    uint64_t home = place_of(x, s->entries[x->slots[i] - 1].item);
    if (((i - home) & x->mask) < ((i - hole) & x->mask)) continue;
    x->slots[hole] = x->slots[i], x->slots[i] = 0, hole = i;
  }
}

/* --- entries ---------------------------------------------------------------------------------------------------------------- */

static __attribute__((noinline, cold)) void grow(struct cache_store *s) {
  assert(s->free == CACHE_NONE && s->room <= UINT32_MAX / 2);
  s->room = s->room ? 2 * s->room : 64;
  s->entries = more(s->entries, sizeof *s->entries, s->room);
  if (s->has_terms) s->terms = more(s->terms, sizeof *s->terms, s->room);
  if (s->order->members) s->members = more(s->members, sizeof *s->members, s->room);
  if (s->expiries) s->tickets = more(s->tickets, sizeof *s->tickets, s->room);
}

static uint32_t take_entry(struct cache_store *s) {
  uint32_t entry = s->free;
  if (entry != CACHE_NONE) {
    s->free = s->entries[entry].older;
    return entry;
  }
  if (s->high == s->room) grow(s);
  return s->high++;
}

static sim_time after(sim_time now, sim_time ttl) { return ttl < SIM_NEVER - 1 - now ? now + ttl : SIM_NEVER; }

static void remove_entry(struct cache_store *s, uint32_t entry) {
  struct cache_entry *e = &s->entries[entry];
  if (s->expiries && s->terms[entry].expires != SIM_NEVER) timer_heap_cancel(s->expiries, s->tickets[entry]);
  assert(s->count && e->keyspace != CACHE_FREE);
  s->order->leave(s, entry);
  index_remove(s, &s->indices[e->keyspace], e->item);
  s->count--;
  if (s->has_terms) s->bytes -= s->terms[entry].bytes;
  e->keyspace = CACHE_FREE, e->older = s->free;
  s->free = entry;
}

/* A timer goes off at the time that it was set for, and looks again if the item has been given more since. */
static void expires_at(struct cache_store *s, uint32_t entry, sim_time at) {
  if (!s->has_terms) return;
  sim_time was = s->terms[entry].expires;
  s->terms[entry].expires = at;
  if (!s->expiries) return;
  bool later = at != SIM_NEVER && was != SIM_NEVER && at >= was;
  if (was != SIM_NEVER && !later) timer_heap_cancel(s->expiries, s->tickets[entry]);
  if (at != SIM_NEVER && !later) s->tickets[entry] = timer_heap_push(s->expiries, at, entry);
}

void cache_store_due(struct cache_store *s, uint32_t entry, sim_time now) {
  assert(entry < s->high && s->entries[entry].keyspace != CACHE_FREE);
  sim_time at = s->terms[entry].expires;
  s->terms[entry].expires = SIM_NEVER; /* its timer has fired */
  if (at > now) {
    expires_at(s, entry, at);
    return;
  }
  remove_entry(s, entry);
  s->expired++;
}

/* With timers that have all gone off up to now, nothing that is there can be out of date: its terms are memory apart, and not
 * looked at. */
static inline bool up_to_date(const struct cache_store *s, sim_time now) {
  return !s->has_terms || (s->expiries && timer_heap_next(s->expiries) > now);
}

/* The entry of the item, or CACHE_NONE. One whose time has come within this instant is gone. */
static inline uint32_t living(struct cache_store *s, const struct cache_index *x, uint32_t item, sim_time now) {
  uint32_t entry = *slot_of(s, x, item) - 1;
  if (entry == CACHE_NONE || up_to_date(s, now) || s->terms[entry].expires > now) return entry;
  remove_entry(s, entry);
  s->expired++;
  return CACHE_NONE;
}

/* --- what is asked ------------------------------------------------------------------------------------------------------------ */

bool cache_store_find(struct cache_store *s, uint32_t keyspace, uint32_t item, sim_time now, sim_time ttl) {
  const struct cache_index *x = index_of(s, keyspace);
  if (x->asked) x->asked[item]++;
  uint32_t entry = living(s, x, item, now);
  if (entry == CACHE_NONE) return false;
  if (__builtin_expect(s->order == &cache_order_lru, 1)) /* most are */
    cache_list_use(s, entry);
  else
    s->order->use(s, entry);
  if (s->config->ttl_from == TTL_FROM_ACCESS && ttl != SIM_NEVER) expires_at(s, entry, after(now, ttl));
  return true;
}

/* A newcomer under perfect LFU goes before it comes when it was asked for less than the one that would go. */
static bool outranked(const struct cache_store *s, const struct cache_index *x, uint32_t item, uint32_t victim) {
  return x->asked && x->asked[item] < s->entries[victim].rank >> 32;
}

/* Who goes next is known, and where its traces are: memory has until then to bring them. */
static void announce_next(const struct cache_store *s) {
  if (s->oldest == CACHE_NONE) return;
  const struct cache_entry *e = &s->entries[s->oldest];
  const struct cache_index *x = &s->indices[e->keyspace];
  __builtin_prefetch(&x->slots[x->mask ? place_of(x, e->item) : e->item], 1);
  if (e->newer != CACHE_NONE) __builtin_prefetch(&s->entries[e->newer], 1);
}

static bool make_room(struct cache_store *s, const struct cache_index *x, uint32_t item, uint32_t bytes, struct stream *draws) {
  const struct cache_config *c = s->config;
  if (!c->entries || bytes > c->size) return false;
  while (s->count >= c->entries || s->bytes + bytes > c->size) {
    uint32_t victim = s->order->victim(s, draws);
    if (victim == CACHE_NONE || outranked(s, x, item, victim)) return false;
    assert(victim < s->high);
    remove_entry(s, victim);
    s->evicted++;
    announce_next(s);
  }
  return true;
}

bool cache_store_put(struct cache_store *s, uint32_t keyspace, uint32_t item, uint32_t bytes, sim_time now, sim_time ttl,
                     struct stream *draws) {
  struct cache_index *x = index_of(s, keyspace);
  uint32_t entry = living(s, x, item, now);
  sim_time expires = ttl == SIM_NEVER ? SIM_NEVER : after(now, ttl);
  if (entry != CACHE_NONE) {
    if (!x->asked) s->order->use(s, entry);
    expires_at(s, entry, expires);
    return true;
  }
  if (expires <= now || !make_room(s, x, item, bytes, draws)) {
    s->refused++;
    return false;
  }
  entry = take_entry(s);
  struct cache_entry *e = &s->entries[entry];
  e->item = item, e->keyspace = (uint16_t)keyspace;
  if (s->has_terms) s->terms[entry] = (struct cache_terms){.expires = SIM_NEVER, .bytes = bytes};
  s->count++, s->bytes += bytes, s->filled++;
  index_add(s, x, item, entry);
  s->order->enter(s, entry);
  if (expires != SIM_NEVER) expires_at(s, entry, expires);
  return true;
}

struct cache_terms *cache_store_terms(struct cache_store *s, uint32_t keyspace, uint32_t item) {
  uint32_t entry = *slot_of(s, index_of(s, keyspace), item) - 1;
  return entry == CACHE_NONE || !s->has_terms ? NULL : &s->terms[entry];
}

bool cache_store_drop(struct cache_store *s, uint32_t keyspace, uint32_t item) {
  uint32_t entry = *slot_of(s, index_of(s, keyspace), item) - 1;
  if (entry == CACHE_NONE) return false;
  remove_entry(s, entry);
  s->dropped++;
  return true;
}

/* --- beginning and end ------------------------------------------------------------------------------------------------------- */

void cache_store_open(struct cache_store *s, const struct cache_config *c, const uint32_t *of, uint32_t keyspaces,
                      struct timer_heap *expiries) {
  *s = (struct cache_store){.config = c,
                            .order = cache_order_of(c),
                            .expiries = expiries,
                            .keyspaces = keyspaces,
                            .free = CACHE_NONE,
                            .newest = CACHE_NONE,
                            .oldest = CACHE_NONE};
  s->indices = allocate_zeroed(keyspaces + 1, sizeof *s->indices);
  for (uint32_t i = 0; i < keyspaces; i++) s->indices[i].of = of[i];
  s->has_terms = c->expires || c->sized || s->order->members;
}

static void forget_all(struct cache_store *s) {
  for (uint32_t i = 0; i < s->keyspaces; i++) {
    give(s->indices[i].slots, s->indices[i].mask ? s->indices[i].mask + 1 : s->indices[i].of);
    give(s->indices[i].asked, s->indices[i].of);
    s->indices[i] = (struct cache_index){.of = s->indices[i].of};
  }
}

void cache_store_clear(struct cache_store *s) {
  for (uint32_t i = 0; s->expiries && i < s->high; i++)
    if (s->entries[i].keyspace != CACHE_FREE && s->terms[i].expires != SIM_NEVER) timer_heap_cancel(s->expiries, s->tickets[i]);
  forget_all(s);
  assert(s->count <= s->high);
  s->lost += s->count;
  s->count = s->high = 0, s->bytes = 0;
  s->free = s->newest = s->oldest = CACHE_NONE;
}

void cache_store_close(struct cache_store *s) {
  forget_all(s);
  free(s->indices);
  pages_give(s->entries, s->room * sizeof *s->entries);
  pages_give(s->terms, s->room * sizeof *s->terms);
  pages_give(s->members, s->room * sizeof *s->members);
  pages_give(s->tickets, s->room * sizeof *s->tickets);
}

/* --- the walk ---------------------------------------------------------------------------------------------------------------- */

const char *cache_store_wrong(const struct cache_store *s) {
  uint32_t used = 0, indexed = 0;
  int64_t bytes = 0;
  for (uint32_t i = 0; i < s->high; i++) {
    const struct cache_entry *e = &s->entries[i];
    if (e->keyspace == CACHE_FREE) continue;
    used++, bytes += s->has_terms ? s->terms[i].bytes : 0;
    if (*slot_of(s, &s->indices[e->keyspace], e->item) != i + 1) return "an entry is not where its item leads";
    if (s->expiries && s->terms[i].expires != SIM_NEVER && timer_heap_time_of(s->expiries, s->tickets[i]) > s->terms[i].expires)
      return "an entry would outlive its time";
  }
  for (uint32_t k = 0; k < s->keyspaces; k++) indexed += s->indices[k].count;
  if (used != s->count || indexed != s->count) return "the entries are not those that are indexed";
  if (bytes != s->bytes) return "the bytes do not add up";
  if (s->count > s->config->entries || s->bytes > s->config->size) return "it holds more than it has room for";
  if (s->filled != s->count + s->evicted + s->expired + s->dropped + s->lost) return "what was filled is neither there nor gone";
  if (!s->order->whole(s)) return "its order is broken";
  return NULL;
}
