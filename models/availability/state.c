#include "models/availability/state.h"
#include "models/core/world.h"
#include "models/request/operation.h"
#include "models/service/balancer/balancer.h"
#include "models/service/locality.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <string.h>

enum { FIRST_ROOM = 64 }; /* a power of two */

/* What of a service's containers has a say. */
struct service_asked {
  bool by_programs; /* some program calls it */
  bool by_primary;  /* one of its replicas is another's better, and no replication says which */
  bool by_weight;   /* balancer weights of its replicas may differ */
};

/* --- what routing can tell apart of a container ------------------------------------------------------------------------------ */

enum standing_bit { STANDS_IN_ROTATION = 1, STANDS_SERVING = 2, STANDS_UP = 4 };

static uint64_t standing(const struct container *c) {
  return (c->in_rotation ? STANDS_IN_ROTATION : 0) | (container_serves(c) ? STANDS_SERVING : 0) |
         (c->state == CONTAINER_UP ? STANDS_UP : 0);
}

static struct state_key term_of(const struct states *all, const struct world *w, const struct container *c) {
  const struct service_asked *asked = &all->asked[c->service];
  uint64_t bits = standing(c), apart = 0;
  if (!asked->by_programs || !bits) return (struct state_key){0, 0}; /* it is nowhere */
  uint64_t word = (uint64_t)c->service << 3 | bits;
  if (all->places) {
    struct site at = container_site(w, c);
    word |= (uint64_t)(at.region + 1) << 48 | (uint64_t)(at.zone + 1) << 32;
  }
  if (container_config(c)->traits.errors > 0) {
    memcpy(&apart, &container_config(c)->traits.errors, sizeof apart);
    apart = stream_mix(apart + 1);
  }
  const struct version_split *split = w->services[c->service].split;
  if (split) { /* which side it is on, and what that gets */
    uint64_t share;
    memcpy(&share, &split->share, sizeof share);
    apart += stream_mix(share + (c->build == split->build) + 2);
  }
  if (asked->by_primary && c->id == w->services[c->service].primary) word |= UINT64_C(1) << 62;
  if (asked->by_weight) {
    double weight = balancer_weight(&w->services[c->service], c->id);
    uint64_t bits_of_weight;
    memcpy(&bits_of_weight, &weight, sizeof weight);
    apart += stream_mix(bits_of_weight + c->id);
  }
  uint64_t a = stream_mix(word + STREAM_GOLDEN) + apart;
  return (struct state_key){stream_mix(a), stream_mix(a ^ STREAM_GOLDEN)};
}

static bool weights_differ(const struct model *m, const struct service_config *s) {
  const double *weight = s->balance.group_weight;
  for (uint32_t i = 1; weight && i < m->platform.nodes.count; i++)
    if (weight[i] != weight[0]) return true;
  return false;
}

static struct service_asked *who_is_asked(const struct world *w) {
  const struct model *m = w->model;
  struct service_asked *asked = arena_new_array(w->arena, struct service_asked, m->services.count + 1);
  for (uint32_t i = 0; i < m->program_count; i++)
    for (uint32_t k = 0; k < m->programs[i].count; k++) {
      const struct instruction *in = &m->programs[i].instructions[k];
      if (!in->operation->enters) continue;
      struct service_asked *a = &asked[in->service];
      a->by_programs = true;
      a->by_primary |= in->route == ROUTE_PRIMARY && !w->services[in->service].replication;
    }
  for (uint32_t i = 0; i < m->services.count; i++) asked[i].by_weight = weights_differ(m, model_service(m, i));
  return asked;
}

struct standing state_standing(const struct world *w, uint32_t service) {
  const struct service *s = &w->services[service];
  struct standing all = {0, s->in_rotation, 0};
  for (uint32_t i = 0; i < s->capacity; i++) {
    const struct container *c = &w->containers[s->first + i];
    all.serving += container_serves(c), all.both += c->in_rotation && container_serves(c);
  }
  return all;
}

/* --- the key ----------------------------------------------------------------------------------------------------------------- */

static struct state_key count_containers(const struct states *all, const struct world *w) {
  struct state_key sum = {0, 0};
  for (uint32_t i = 0; i < w->container_count; i++) sum = state_key_plus(sum, term_of(all, w, &w->containers[i]));
  return sum;
}

static void set_amiss(struct states *all, uint32_t id, bool amiss) {
  uint32_t at = all->amiss_at[id];
  if (amiss == (at != NONE)) return;
  if (amiss) {
    all->amiss_at[id] = all->amiss_count;
    all->amiss[all->amiss_count++] = id;
    return;
  }
  uint32_t last = all->amiss[--all->amiss_count];
  all->amiss[at] = last, all->amiss_at[last] = at;
  all->amiss_at[id] = NONE;
}

static void follow(struct states *all, const struct world *w, const struct container *c) {
  bool wanted = c->state != CONTAINER_UNUSED && c->state != CONTAINER_DRAINING && c->state != CONTAINER_CLOSING &&
                !(c->farewell && c->leaving);
  set_amiss(all, c->id, wanted && !((c->in_rotation || c->withheld) && c->state == CONTAINER_UP));
  struct state_key term = term_of(all, w, c);
  all->sum = state_key_plus(state_key_minus(all->sum, all->of[c->id]), term);
  all->of[c->id] = term;
}

/* What has changed since the last look. */
static struct state_key key_now(struct states *all, struct world *w) {
  struct state_key answers = answers_key(&all->answers, w, false);
  for (uint32_t i = 0; i < w->touched_count; i++) {
    struct container *c = &w->containers[w->touched[i]];
    c->touched = false;
    follow(all, w, c);
  }
  w->touched_count = 0, w->changed_otherwise = false;
  return state_key_plus(all->sum, answers);
}

struct state_key state_key_of(struct states *all, const struct world *w) {
  return state_key_plus(count_containers(all, w), answers_key(&all->answers, w, true));
}

/* --- states that were met ---------------------------------------------------------------------------------------------------- */

/* Where the state with the key is, or would be. */
static struct state **slot_of(const struct states *all, struct state_key key) {
  uint32_t i = (uint32_t)key.a & (all->room - 1);
  while (all->slots[i] && !state_key_equals(all->slots[i]->key, key)) i = (i + 1) & (all->room - 1);
  return &all->slots[i];
}

static void make_room(struct states *all, const struct world *w) {
  struct state **old = all->slots;
  uint32_t room = all->room;
  all->room = room ? 2 * room : FIRST_ROOM;
  all->slots = arena_new_array(w->arena, struct state *, all->room);
  for (uint32_t i = 0; i < room; i++)
    if (old[i]) *slot_of(all, old[i]->key) = old[i];
}

static struct state *new_state(const struct states *all, const struct world *w, struct state_key key, uint32_t number) {
  struct state *s = arena_alloc(w->arena, sizeof *s + all->endpoints * sizeof *s->served);
  s->key = key, s->number = number;
  return s;
}

static struct state *not_kept(struct states *all, const struct world *w, struct state_key key) {
  if (!all->spare) all->spare = new_state(all, w, key, STATE_NOT_KEPT);
  all->spare->key = key, all->spare->known = false;
  all->not_kept++;
  return all->spare;
}

static struct state *find(struct states *all, const struct world *w, struct state_key key) {
  struct state **slot = slot_of(all, key);
  if (*slot) return *slot;
  if (all->count == STATES_MOST) return not_kept(all, w, key);
  if (2 * all->count >= all->room) make_room(all, w), slot = slot_of(all, key);
  return *slot = new_state(all, w, key, all->count++);
}

void states_open(struct states *all, const struct world *w) {
  all->endpoints = w->model->endpoints.count;
  all->places = model_regions(w->model) > 0;
  all->of = arena_new_array(w->arena, struct state_key, w->container_count + 1);
  all->amiss = arena_new_array(w->arena, uint32_t, w->container_count + 1);
  all->amiss_at = arena_new_array(w->arena, uint32_t, w->container_count + 1);
  for (uint32_t i = 0; i < w->container_count; i++) all->amiss_at[i] = NONE;
  all->asked = who_is_asked(w);
  answers_open(&all->answers, w);
  for (uint32_t i = 0; i < w->container_count; i++) follow(all, w, &w->containers[i]);
  answers_key(&all->answers, w, true);
  make_room(all, w);
}

struct state *states_look(struct states *all, struct world *w) {
  struct state_key key = key_now(all, w);
  if (!all->now || !state_key_equals(all->now->key, key)) all->now = find(all, w, key);
  return all->now;
}
