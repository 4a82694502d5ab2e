#include "models/data/cache_store.h"
#include "sim/engine/pages.h"
#include <stdlib.h>
#include <string.h>

/* What a policy does with an entry. */
struct cache_order {
  void (*enter)(struct cache_store *, uint32_t entry);
  void (*use)(struct cache_store *, uint32_t entry);
  void (*leave)(struct cache_store *, uint32_t entry);
  uint32_t (*victim)(const struct cache_store *, struct stream *draws); /* CACHE_NONE: nobody goes */
};

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
  *slot = 0, x->count--;
  if (!x->mask) return;
  uint64_t hole = (uint64_t)(slot - x->slots);
  for (uint64_t i = (hole + 1) & x->mask; x->slots[i]; i = (i + 1) & x->mask) {
    uint64_t home = place_of(x, s->entries[x->slots[i] - 1].item);
    if (((i - home) & x->mask) < ((i - hole) & x->mask)) continue;
    x->slots[hole] = x->slots[i], x->slots[i] = 0, hole = i;
  }
}

/* --- LRU and FIFO: a list -------------------------------------------------------------------------------------------------- */

static void nothing(struct cache_store *s, uint32_t entry) { (void)s, (void)entry; }

static void list_enter(struct cache_store *s, uint32_t entry) {
  struct cache_entry *e = &s->entries[entry];
  e->newer = CACHE_NONE, e->older = s->newest;
  *(s->newest == CACHE_NONE ? &s->oldest : &s->entries[s->newest].newer) = entry;
  s->newest = entry;
}

static void list_leave(struct cache_store *s, uint32_t entry) {
  const struct cache_entry *e = &s->entries[entry];
  *(e->newer == CACHE_NONE ? &s->newest : &s->entries[e->newer].older) = e->older;
  *(e->older == CACHE_NONE ? &s->oldest : &s->entries[e->older].newer) = e->newer;
}

static void list_use(struct cache_store *s, uint32_t entry) {
  if (s->newest == entry) return;
  list_leave(s, entry);
  list_enter(s, entry);
}

static uint32_t list_last(const struct cache_store *s, struct stream *draws) {
  (void)draws;
  return s->oldest;
}

/* --- random and sampled: an array ------------------------------------------------------------------------------------------ */

static void array_enter(struct cache_store *s, uint32_t entry) {
  struct cache_entry *e = &s->entries[entry];
  e->rank = ++s->clock, s->terms[entry].position = s->count - 1; /* it is counted already */
  s->members[s->count - 1] = entry;
}

static void array_use(struct cache_store *s, uint32_t entry) { s->entries[entry].rank = ++s->clock; }

static void array_leave(struct cache_store *s, uint32_t entry) {
  uint32_t position = s->terms[entry].position, last = s->members[s->count - 1];
  s->members[position] = last;
  s->terms[last].position = position;
}

static uint32_t any_one(const struct cache_store *s, struct stream *draws) { return s->members[stream_below(draws, s->count)]; }

static uint32_t least_of_some(const struct cache_store *s, struct stream *draws) {
  uint32_t found = any_one(s, draws);
  for (int64_t i = 1; i < s->config->samples; i++) {
    uint32_t other = any_one(s, draws);
    if (s->entries[other].rank < s->entries[found].rank) found = other;
  }
  return found;
}

/* --- LFU: the array is a binary heap ---------------------------------------------------------------------------------------- */

static uint64_t rank_at(const struct cache_store *s, uint32_t position) { return s->entries[s->members[position]].rank; }

static void heap_set(struct cache_store *s, uint32_t position, uint32_t entry) {
  s->members[position] = entry;
  s->terms[entry].position = position;
}

static void heap_up(struct cache_store *s, uint32_t at) {
  uint32_t entry = s->members[at];
  uint64_t rank = s->entries[entry].rank;
  for (; at && rank_at(s, (at - 1) / 2) > rank; at = (at - 1) / 2) heap_set(s, at, s->members[(at - 1) / 2]);
  heap_set(s, at, entry);
}

static void heap_down(struct cache_store *s, uint32_t at, uint32_t count) {
  uint32_t entry = s->members[at];
  uint64_t rank = s->entries[entry].rank;
  for (uint32_t child; (child = 2 * at + 1) < count; at = child) {
    child += child + 1 < count && rank_at(s, child + 1) < rank_at(s, child);
    if (rank_at(s, child) >= rank) break;
    heap_set(s, at, s->members[child]);
  }
  heap_set(s, at, entry);
}

/* Used so often, last at this tick. */
static uint64_t often(struct cache_store *s, uint64_t times) { return times << 32 | (uint32_t)++s->clock; }

static void heap_enter(struct cache_store *s, uint32_t entry) {
  const struct cache_index *x = &s->indices[s->entries[entry].keyspace];
  s->entries[entry].rank = often(s, x->asked ? x->asked[s->entries[entry].item] : 1);
  heap_set(s, s->count - 1, entry);
  heap_up(s, s->count - 1);
}

static void heap_use(struct cache_store *s, uint32_t entry) {
  struct cache_entry *e = &s->entries[entry];
  e->rank = often(s, (e->rank >> 32) + 1);
  heap_down(s, s->terms[entry].position, s->count);
}

static void heap_leave(struct cache_store *s, uint32_t entry) {
  uint32_t at = s->terms[entry].position, last = s->members[s->count - 1];
  if (last == entry) return;
  heap_set(s, at, last);
  heap_up(s, at);
  heap_down(s, s->terms[last].position, s->count - 1);
}

static uint32_t heap_least(const struct cache_store *s, struct stream *draws) {
  (void)draws;
  return s->members[0];
}

static uint32_t nobody(const struct cache_store *s, struct stream *draws) {
  (void)s, (void)draws;
  return CACHE_NONE;
}

static const struct cache_order sampled = {array_enter, array_use, array_leave, least_of_some};
static const struct cache_order orders[] = {[CACHE_LRU] = {list_enter, list_use, list_leave, list_last},
                                            [CACHE_FIFO] = {list_enter, nothing, list_leave, list_last},
                                            [CACHE_RANDOM] = {array_enter, nothing, array_leave, any_one},
                                            [CACHE_LFU] = {heap_enter, heap_use, heap_leave, heap_least},
                                            [CACHE_PERFECT_LFU] = {heap_enter, heap_use, heap_leave, heap_least},
                                            [CACHE_NOEVICTION] = {nothing, nothing, nothing, nobody}};

/* --- entries ---------------------------------------------------------------------------------------------------------------- */

static bool has_members(const struct cache_store *s) { return s->order->enter == array_enter || s->order->enter == heap_enter; }

static __attribute__((noinline, cold)) void grow(struct cache_store *s) {
  s->room = s->room ? 2 * s->room : 64;
  s->entries = more(s->entries, sizeof *s->entries, s->room);
  if (s->has_terms) s->terms = more(s->terms, sizeof *s->terms, s->room);
  if (has_members(s)) s->members = more(s->members, sizeof *s->members, s->room);
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
  sim_time at = s->terms[entry].expires;
  s->terms[entry].expires = SIM_NEVER; /* its timer has fired */
  if (at > now) {
    expires_at(s, entry, at);
    return;
  }
  remove_entry(s, entry);
  s->expired++;
}

/* With timers that have all gone off up to now, nothing that is there can be out of date: its terms are memory apart, and not looked
 * at. */
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
  if (__builtin_expect(s->order == &orders[CACHE_LRU], 1)) /* most are, and a call by pointer would be a tenth of it */
    list_use(s, entry);
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

/* --- beginning and end --------------------------------------------------------------------------------------------------------- */

void cache_store_open(struct cache_store *s, const struct cache_config *c, const uint32_t *of, uint32_t keyspaces,
                      struct timer_heap *expiries) {
  *s = (struct cache_store){.config = c,
                            .order = c->policy == CACHE_LRU && c->samples ? &sampled : &orders[c->policy],
                            .expiries = expiries,
                            .keyspaces = keyspaces,
                            .free = CACHE_NONE,
                            .newest = CACHE_NONE,
                            .oldest = CACHE_NONE};
  s->indices = calloc(keyspaces + 1, sizeof *s->indices);
  if (!s->indices) abort();
  for (uint32_t i = 0; i < keyspaces; i++) s->indices[i].of = of[i];
  s->has_terms = c->expires || c->sized || has_members(s);
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

/* --- the walk -------------------------------------------------------------------------------------------------------------------- */

static bool list_whole(const struct cache_store *s) {
  uint32_t seen = 0, newer = CACHE_NONE;
  for (uint32_t e = s->newest; e != CACHE_NONE && seen <= s->count; newer = e, e = s->entries[e].older, seen++)
    if (s->entries[e].newer != newer || s->entries[e].keyspace == CACHE_FREE) return false;
  return seen == s->count && s->oldest == newer;
}

static bool members_whole(const struct cache_store *s) {
  bool heap = s->order->enter == heap_enter;
  for (uint32_t i = 0; i < s->count; i++)
    if (s->terms[s->members[i]].position != i || (heap && i && rank_at(s, (i - 1) / 2) > rank_at(s, i))) return false;
  return true;
}

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
  if (s->order->enter == list_enter && !list_whole(s)) return "its list is broken";
  if (has_members(s) && !members_whole(s)) return "its order is broken";
  return NULL;
}
