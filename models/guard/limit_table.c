#include "models/guard/limit_table.h"
#include "sim/engine/stream.h"
#include "sim/engine/allocate.h"
#include <stdlib.h>

enum { SMALLEST = 16 };

static uint32_t hash(struct limit_key key) {
  return (uint32_t)stream_mix(key.who ^ stream_mix((uint64_t)key.container << 32 | key.generation));
}

static bool same(struct limit_key a, struct limit_key b) {
  return a.who == b.who && a.container == b.container && a.generation == b.generation;
}

/* The slot of the key, or the free one where it would be. */
static struct limit_slot *probe(const struct limit_table *t, struct limit_key key) {
  uint32_t i = hash(key) & (t->size - 1);
  while (t->slots[i].account != NO_ACCOUNT && !same(t->slots[i].key, key)) i = (i + 1) & (t->size - 1);
  return &t->slots[i];
}

static struct limit_table empty_table(uint32_t size) {
  struct limit_table t = {allocate(size * sizeof *t.slots), size, 0};
  for (uint32_t i = 0; i < size; i++) t.slots[i].account = NO_ACCOUNT;
  return t;
}

/* A table four times as large as what is alive needs: a quarter of it is new before the next time. */
static void rebuild(struct limit_table *t, bool (*drops)(void *, uint32_t), void *context) {
  uint32_t alive = 0, size = SMALLEST;
  for (uint32_t i = 0; i < t->size; i++) {
    struct limit_slot *slot = &t->slots[i];
    if (slot->account == NO_ACCOUNT) continue;
    if (drops(context, slot->account))
      slot->account = NO_ACCOUNT;
    else
      alive++;
  }
  while (size < 4 * (uint64_t)alive) size *= 2;
  struct limit_table grown = empty_table(size);
  for (uint32_t i = 0; i < t->size; i++)
    if (t->slots[i].account != NO_ACCOUNT) *probe(&grown, t->slots[i].key) = t->slots[i];
  grown.used = alive;
  free(t->slots);
  *t = grown;
}

struct limit_slot *limit_table_find(struct limit_table *t, struct limit_key key, bool (*drops)(void *, uint32_t), void *context) {
  struct limit_slot *slot = t->size ? probe(t, key) : NULL;
  if (slot && slot->account != NO_ACCOUNT) return slot;
  if (2 * (uint64_t)t->used >= t->size) {
    rebuild(t, drops, context);
    slot = probe(t, key);
  }
  t->used++;
  slot->key = key;
  return slot;
}

void limit_table_free(struct limit_table *t) { free(t->slots); }
