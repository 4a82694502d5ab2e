#include "models/cache/cache_order.h"
#include <assert.h>

/* --- LRU and FIFO: a list -------------------------------------------------------------------------------------------------- */

static void nothing(struct cache_store *s, uint32_t entry) { (void)s, (void)entry; }

static uint32_t list_last(const struct cache_store *s, struct stream *draws) {
  (void)draws;
  return s->oldest;
}

static bool list_whole(const struct cache_store *s) {
  uint32_t seen = 0, newer = CACHE_NONE;
  for (uint32_t e = s->newest; e != CACHE_NONE && seen <= s->count; newer = e, e = s->entries[e].older, seen++)
    if (s->entries[e].newer != newer || s->entries[e].keyspace == CACHE_FREE) return false;
  return seen == s->count && s->oldest == newer;
}

const struct cache_order cache_order_lru = {cache_list_enter, cache_list_use, cache_list_leave, list_last, list_whole, false};
static const struct cache_order fifo = {cache_list_enter, nothing, cache_list_leave, list_last, list_whole, false};

/* --- random and sampled: an array ------------------------------------------------------------------------------------------ */

static void array_enter(struct cache_store *s, uint32_t entry) {
  struct cache_entry *e = &s->entries[entry];
  e->rank = ++s->clock, s->terms[entry].position = s->count - 1; /* it is counted already */
  s->members[s->count - 1] = entry;
}

static void array_use(struct cache_store *s, uint32_t entry) { s->entries[entry].rank = ++s->clock; }

static void array_leave(struct cache_store *s, uint32_t entry) {
  uint32_t position = s->terms[entry].position, last = s->members[s->count - 1];
  assert(position < s->count && s->members[position] == entry);
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

static bool array_whole(const struct cache_store *s) {
  for (uint32_t i = 0; i < s->count; i++)
    if (s->terms[s->members[i]].position != i) return false;
  return true;
}

static const struct cache_order by_chance = {array_enter, nothing, array_leave, any_one, array_whole, true};
static const struct cache_order sampled = {array_enter, array_use, array_leave, least_of_some, array_whole, true};

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
  assert(s->count);
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
  assert(at < s->count && s->members[at] == entry);
  if (last == entry) return;
  heap_set(s, at, last);
  heap_up(s, at);
  heap_down(s, s->terms[last].position, s->count - 1);
}

static uint32_t heap_least(const struct cache_store *s, struct stream *draws) {
  (void)draws;
  return s->members[0];
}

static bool heap_whole(const struct cache_store *s) {
  for (uint32_t i = 1; i < s->count; i++)
    if (rank_at(s, (i - 1) / 2) > rank_at(s, i)) return false;
  return array_whole(s);
}

static const struct cache_order lfu = {heap_enter, heap_use, heap_leave, heap_least, heap_whole, true};

/* --- nobody goes ------------------------------------------------------------------------------------------------------------ */

static uint32_t no_victim(const struct cache_store *s, struct stream *draws) {
  (void)s, (void)draws;
  return CACHE_NONE;
}

static bool as_it_is(const struct cache_store *s) {
  (void)s;
  return true;
}

static const struct cache_order noeviction = {nothing, nothing, nothing, no_victim, as_it_is, false};

const struct cache_order *cache_order_of(const struct cache_config *c) {
  static const struct cache_order *const orders[] = {[CACHE_LRU] = &cache_order_lru, [CACHE_FIFO] = &fifo,
                                                     [CACHE_RANDOM] = &by_chance,    [CACHE_LFU] = &lfu,
                                                     [CACHE_PERFECT_LFU] = &lfu,     [CACHE_NOEVICTION] = &noeviction};
  return c->policy == CACHE_LRU && c->samples ? &sampled : orders[c->policy];
}
