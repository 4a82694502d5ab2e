/* The book of strained states: what is in it, by key. */
#include "models/availability/carrying_inner.h"
#include "models/availability/strain.h"
#include "models/availability/work.h"
#include "models/core/world.h"
#include "models/faults/fault.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint64_t sum_of_key(const struct carrying_key *k) {
  return stance_mix(stance_mix(k->before, k->state), (uint64_t)k->level << 32 | k->lasted);
}

static bool same(const struct carrying_key *a, const struct carrying_key *b) {
  return a->before == b->before && a->state == b->state && a->level == b->level && a->lasted == b->lasted;
}

struct carrying_entry *carrying_find(const struct carrying *c, const struct carrying_key *key) {
  for (uint64_t i = sum_of_key(key); c->entry_room; i++) {
    uint32_t place = c->by_key[i & (2 * c->entry_room - 1)];
    if (!place) return NULL;
    if (same(&c->entries[place - 1]->key, key)) return c->entries[place - 1];
  }
  return NULL;
}

struct carrying_state *carrying_state(const struct carrying *c, uint64_t sum) {
  for (uint64_t i = sum; c->state_room; i++) {
    uint32_t place = c->by_sum[i & (2 * c->state_room - 1)];
    if (!place) return NULL;
    if (c->states[place - 1]->sum == sum) return c->states[place - 1];
  }
  return NULL;
}

static void put(uint32_t *index, uint32_t room, uint64_t sum, uint32_t place) {
  uint64_t i = sum;
  while (index[i & (2 * room - 1)]) i++;
  index[i & (2 * room - 1)] = place;
}

static uint32_t *new_index(uint32_t *old, uint32_t room) {
  free(old);
  return allocate_zeroed(2 * (size_t)room, sizeof *old);
}

void carrying_index(struct carrying *c) {
  c->by_key = new_index(c->by_key, c->entry_room);
  for (uint32_t i = 0; i < c->entry_count; i++) put(c->by_key, c->entry_room, sum_of_key(&c->entries[i]->key), i + 1);
}

struct carrying_entry *carrying_add(struct carrying *c, const struct carrying_key *key) {
  if (c->entry_count == c->entry_room) {
    c->entry_room = c->entry_room ? 2 * c->entry_room : 64;
    c->entries = allocate_resized(c->entries, c->entry_room, sizeof(void *));
    carrying_index(c);
  }
  struct carrying_entry *e = arena_alloc(c->arena, sizeof *e);
  e->key = *key;
  c->entries[c->entry_count++] = e;
  put(c->by_key, c->entry_room, sum_of_key(key), c->entry_count);
  return e;
}

struct carrying_state *carrying_add_state(struct carrying *c, uint64_t sum) {
  if (c->state_count == c->state_room) {
    c->state_room = c->state_room ? 2 * c->state_room : 64;
    c->states = allocate_resized(c->states, c->state_room, sizeof(void *));
    c->by_sum = new_index(c->by_sum, c->state_room);
    for (uint32_t i = 0; i < c->state_count; i++) put(c->by_sum, c->state_room, c->states[i]->sum, i + 1);
  }
  struct carrying_state *s = arena_alloc(c->arena, sizeof *s);
  s->sum = sum, s->replication = s->sequence = UINT32_MAX;
  c->states[c->state_count++] = s;
  put(c->by_sum, c->state_room, sum, c->state_count);
  return s;
}

sim_time carrying_lasted(const struct carrying *c, const struct carrying_key *k) {
  sim_time most = course_longest(&c->levels, k->level), about = (sim_time)(ldexp(sqrt(2), (int)k->lasted - 1) * 1e9);
  return about < most ? about : most;
}

struct carrying *carrying_new(const struct model *m) {
  if (!model_faults(m)->count) return NULL;
  struct arena *arena = arena_new();
  struct carrying *c = arena_alloc(arena, sizeof *c);
  *c = (struct carrying){.model = m, .arena = arena, .levels = levels_of(m), .collects = true};
  c->strain = strain_new(m, c->levels.mean, arena);
  if (strain_follows(c->strain)) c->work = work_new(m, arena);
  struct world *w = world_new(m, m->run.seed, 0, WORLD_AVAILABILITY);
  c->nominal = stance_of(w, arena);
  for (uint32_t i = 0; i < c->levels.count; i++) c->most = fmax(c->most, c->levels.most[i]);
  strain_all_well(c->strain, w, arena);
  struct arrangement nominal = {.term = NULL};
  arrangement_follow(&nominal, w);
  c->nominal_strain = strain_now(c->strain, w, &nominal, arena_new_array(arena, double, m->services.count + 1));
  world_free(w);
  pthread_mutex_init(&c->lock, NULL);
  return c;
}

void carrying_free(struct carrying *c) {
  if (!c) return;
  pthread_mutex_destroy(&c->lock);
  free(c->entries), free(c->states), free(c->by_key), free(c->by_sum);
  arena_free(c->arena);
}

bool carrying_found(const struct carrying *c) {
  for (uint32_t i = 0; c && i < c->entry_count; i++)
    if (c->entries[i]->unsafe) return true;
  return false;
}

bool carrying_seen_enough(const struct carrying *c) { return c->visits >= 2000; }

struct carrying_summary carrying_summary(const struct carrying *c) {
  struct carrying_summary s = {.runs = c->runs, .timed = c->levels.timed};
  for (uint32_t i = 0; i < c->entry_count; i++) s.states += c->entries[i]->unsafe && !c->entries[i]->key.before;
  return s;
}
