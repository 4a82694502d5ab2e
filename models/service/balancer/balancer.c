#include "models/service/balancer/balancer.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/request/draws.h"
#include "models/service/breaker.h"
#include "models/core/world.h"
#include "models/service/nearby.h"
#include "sim/engine/arena.h"
#include "sim/engine/real.h"
#include <assert.h>
#include <string.h>

/* --- building ---------------------------------------------------------------------------------------------------------------- */

static bool knows_nothing(const struct balance_config *c) {
  return c->policy->knows_nothing && c->per == PER_REQUEST && !c->eject.failures && !c->counts && !c->slow_start;
}

static void publish(void *world, uint32_t service) {
  struct world *w = world;
  struct service *s = &w->services[service];
  struct balancing *b = s->balancing;
  memcpy(b->seen_load, b->load, s->capacity * sizeof *b->load);
  if (b->time) memcpy(b->seen_time, b->time, s->capacity * sizeof *b->time);
  calendar_set(w->calendar, b->update, world_after(w, service_config(s)->balance.stale));
}

static void know_times(struct world *w, struct service *s, struct balancing *b, bool stale) {
  b->time = arena_new_array(w->arena, struct response_estimate, s->capacity);
  b->seen_time = stale ? arena_new_array(w->arena, struct response_estimate, s->capacity) : b->time;
  for (uint32_t i = 0; i < s->capacity; i++) b->time[i].at = b->seen_time[i].at = -1;
  b->log_of = arena_new_array(w->arena, double, BALANCING_LOGS);
  for (uint32_t i = 0; i < BALANCING_LOGS; i++) b->log_of[i] = real_log(i + 1.0);
}

static void balancer_build(struct world *w, struct service *s) {
  const struct balance_config *config = &service_config(s)->balance;
  assert(config->policy->pick && config->policy->by_weight == (config->group_weight != NULL));
  if (knows_nothing(config)) return;
  struct balancing *b = s->balancing = arena_new_array(w->arena, struct balancing, 1);
  bool stale = config->stale > 0;
  b->load = arena_new_array(w->arena, uint32_t, s->capacity);
  b->seen_load = stale ? arena_new_array(w->arena, uint32_t, s->capacity) : b->load;
  b->left = arena_new_array(w->arena, uint32_t, s->capacity);
  if (config->policy->by_time) know_times(w, s, b, stale);
  if (config->group_weight) {
    b->weight = arena_new_array(w->arena, double, s->capacity);
    b->current = arena_new_array(w->arena, double, s->capacity);
    b->up_to = arena_new_array(w->arena, double, s->capacity);
  }
  if (config->slow_start) {
    b->came = arena_new_array(w->arena, sim_time, s->capacity);
    b->fewer = arena_new_array(w->arena, uint32_t, s->capacity);
  }
  if (config->per == PER_CONNECTION) b->kept = arena_new_array(w->arena, struct keepalive *, w->container_count);
  if (config->eject.failures) b->suspicion = arena_new_array(w->arena, struct ejector *, w->container_count + 1);
  if (!stale) return;
  b->update = calendar_slot(w->calendar, publish, w, s->index);
  if (w->mode == WORLD_TRAFFIC) calendar_set(w->calendar, b->update, world_after(w, config->stale));
}

/* --- what callers remember --------------------------------------------------------------------------------------------------- */

/* The ejector that the caller's calls are judged by; null where nobody is ejected. */
static struct ejector *ejector_of(struct world *w, struct service *s, uint32_t caller) {
  struct balancing *b = s->balancing;
  if (!b->suspicion) return NULL;
  bool common = caller == NONE || service_config(s)->balance.eject.scope == SCOPE_SHARED;
  struct ejector **e = &b->suspicion[common ? w->container_count : caller];
  uint32_t generation = common ? 0 : w->containers[caller].generation;
  if (!*e) *e = ejector_new(w->arena, s->capacity, generation);
  if ((*e)->generation != generation) ejector_reset(*e, generation);
  return *e;
}

static struct keepalive *keepalive_of(struct world *w, struct service *s, uint32_t caller) {
  const struct keepalive_config *config = &service_config(s)->balance.keepalive;
  struct keepalive **k = &s->balancing->kept[caller];
  uint32_t generation = w->containers[caller].generation;
  if (!*k) {
    *k = arena_alloc(w->arena, sizeof **k + (size_t)config->connections * sizeof *(*k)->connections);
    (*k)->generation = generation;
  }
  if ((*k)->generation != generation) keepalive_reset(*k, config, generation);
  return *k;
}

/* --- choosing ----------------------------------------------------------------------------------------------------------------- */

/* Leaves the candidates that the caller has not ejected; all of them when there is none. */
static void leave_out_ejected(struct pick *p, const struct ejector *e) {
  if (!e || e->until <= world_now(p->w)) return;
  uint32_t count = 0;
  for (uint32_t i = 0; i < p->count; i++)
    if (!ejector_holds(e, p->candidates[i] - p->s->first, world_now(p->w))) p->b->left[count++] = p->candidates[i];
  if (count && count < p->count) p->candidates = p->b->left, p->count = count, p->ejector = e;
}

/* --- slow start --------------------------------------------------------------------------------------------------------------- */

enum { SLOW_START_TRIES = 200 };

static double weight_of(const struct pick *p, uint32_t container) {
  sim_time age = world_now(p->w) - p->b->came[container - p->s->first], whole = service_config(p->s)->balance.slow_start;
  return age >= whole ? 1 : (double)(age + 1) / (double)whole;
}

static double heaviest(const struct pick *p) {
  double most = 0;
  for (uint32_t i = 0; i < p->count && most < 1; i++) {
    double weight = weight_of(p, p->candidates[i]);
    if (weight > most) most = weight;
  }
  return most;
}

/* Turns and chance come to another candidate by themselves; what looks at the candidates would choose the same again. */
static bool goes_on(const struct balancer *policy) { return policy->knows_nothing || policy->by_weight; }

static void leave_out(struct pick *p, uint32_t container) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < p->count; i++)
    if (p->candidates[i] != container) p->b->fewer[count++] = p->candidates[i];
  p->candidates = p->b->fewer, p->count = count;
}

static uint32_t pick_with_slow_start(struct pick *p, balancer_pick_one *pick) {
  const struct balancer *policy = service_config(p->s)->balance.policy;
  uint32_t instruction = (uint32_t)p->draw, chosen = pick(p);
  if (world_now(p->w) >= p->b->all_old_at) return chosen;
  double most = heaviest(p);
  for (uint32_t k = 1; k < SLOW_START_TRIES && p->count > 1; k++) {
    double weight = weight_of(p, chosen) / most;
    struct stream draws = stream_at(p->r->key, draw_of_part(PART_balancers, 0, instruction, k));
    if (weight >= 1 || stream_uniform(&draws) < weight) return chosen;
    if (!goes_on(policy)) leave_out(p, chosen);
    p->draw = draw_of_part(PART_balancers, 1, instruction, k);
    chosen = pick(p);
  }
  return chosen;
}

static uint32_t choose(struct pick *p, balancer_pick_one *pick) { return p->b->came ? pick_with_slow_start(p, pick) : pick(p); }

static uint32_t pick_for_connection(struct pick *p, balancer_pick_one *pick, uint32_t caller) {
  const struct balance_config *config = &service_config(p->s)->balance;
  struct kept_connection *c = keepalive_turn(keepalive_of(p->w, p->s, caller), &config->keepalive);
  bool ejected = c->left && p->ejector && ejector_holds(p->ejector, c->container - p->s->first, world_now(p->w));
  if (ejected || !keepalive_carries(p->w, c, &config->keepalive)) {
    meter_count(p->w, config->opened);
    keepalive_open(p->w, c, &config->keepalive, choose(p, pick));
  }
  return c->container;
}

static uint32_t pick_among(struct world *w, struct service *s, const struct instruction *in, const struct request *r,
                           const uint32_t *candidates, uint32_t count) {
  const struct balancer *policy = service_config(s)->balance.policy;
  balancer_pick_one *pick = in->again && policy->again ? policy->again : policy->pick;
  struct pick p = {w, s, s->balancing, r, in->draw, candidates, count, NULL};
  assert(count);
  if (!p.b) return pick(&p);
  uint32_t caller = r->depth ? r->frames[r->depth - 1].container : NONE;
  leave_out_ejected(&p, ejector_of(w, s, caller));
  if (p.b->kept && caller != NONE && !in->own_connections) return pick_for_connection(&p, pick, caller);
  return choose(&p, pick);
}

const struct ejector *balancer_ejector(struct world *w, struct service *s, uint32_t caller) {
  const struct ejector *e = s->balancing ? ejector_of(w, s, caller) : NULL;
  return e && e->until > world_now(w) ? e : NULL;
}

uint32_t balancer_pick_among(struct world *w, struct service *s, const struct instruction *in, const struct request *r,
                             const uint32_t *candidates, uint32_t count, uint32_t *cursor) {
  uint32_t turn_of_all = s->cursor;
  s->cursor = *cursor;
  uint32_t picked = pick_among(w, s, in, r, candidates, count);
  *cursor = s->cursor, s->cursor = turn_of_all;
  return picked;
}

uint32_t balancer_pick(struct world *w, struct service *s, const struct instruction *in, const struct request *r) {
  return pick_among(w, s, in, r, s->rotation, s->in_rotation);
}

static int32_t region_of(const void *world, uint32_t container) {
  const struct world *w = world;
  return container_region(w, &w->containers[container]);
}

const uint32_t *balancer_nearby(const struct world *w, struct service *s, uint32_t region, uint32_t *count) {
  if (!s->nearby) s->nearby = nearby_new(w->arena, s->capacity, model_regions(w->model));
  if (s->nearby->stale) nearby_sort(s->nearby, s->rotation, s->in_rotation, region_of, w);
  return nearby_in(s->nearby, region, count);
}

uint32_t balancer_pick_nearby(struct world *w, struct service *s, const struct instruction *in, const struct request *r,
                              uint32_t region) {
  uint32_t count;
  const uint32_t *replicas = balancer_nearby(w, s, region, &count);
  if (!count) return NONE;
  if (count == 1 && !s->balancing) return replicas[0];
  return balancer_pick_among(w, s, in, r, replicas, count, &s->nearby->cursor[region]);
}

/* Those that are in rotation when the run begins have been there for long. */
static void comes(const struct world *w, struct service *s, uint32_t replica) {
  sim_time whole = service_config(s)->balance.slow_start, now = world_now(w);
  s->balancing->came[replica] = now ? now : -whole;
  if (now) s->balancing->all_old_at = world_after(w, whole);
}

void balancer_rotated(struct world *w, struct service *s, const struct container *c) {
  struct balancing *b = s->balancing;
  uint32_t k = c->id - s->first;
  assert(k < s->capacity);
  if (b->weight) b->current[k] = 0, b->summed = false;
  if (b->weight && c->node != NONE) b->weight[k] = service_config(s)->balance.group_weight[w->nodes[c->node].group_index];
  if (b->came && c->in_rotation) comes(w, s, k);
  if (b->kept && !b->load[k]) meter_change(w, service_config(s)->balance.idle, c->in_rotation ? 1 : -1);
}

double balancer_weight(const struct service *s, uint32_t container) {
  return s->balancing && s->balancing->weight ? s->balancing->weight[container - s->first] : 1;
}

/* --- what becomes of requests ------------------------------------------------------------------------------------------------- */

static void set_load(struct world *w, struct service *s, uint32_t container, uint32_t load) {
  struct balancing *b = s->balancing;
  uint32_t *old = &b->load[container - s->first];
  assert(container >= s->first && container - s->first < s->capacity);
  bool idles = !load && *old, begins = load && !*old;
  b->total += load - *old;
  *old = load;
  if (b->kept && idles != begins && w->containers[container].in_rotation)
    meter_change(w, service_config(s)->balance.idle, idles ? 1 : -1);
}

void balancer_sent(struct world *w, struct service *s, uint32_t container) {
  set_load(w, s, container, s->balancing->load[container - s->first] + 1);
}

void balancer_forgets(struct world *w, struct service *s, uint32_t container) {
  assert(s->balancing->load[container - s->first] > 0);
  set_load(w, s, container, s->balancing->load[container - s->first] - 1);
}

static void balancer_died(struct world *w, struct container *c) {
  struct service *s = world_service_of(w, c);
  if (s->balancing) set_load(w, s, c->id, 0);
}

static void link_balancer(struct linker *l, struct service_config *s, const char *path) {
  const char *key = NULL, *wrong = balancer_link(l->model, s, &key);
  if (wrong) link_error(l, arena_format(l->arena, "%s.balance", path), key, "%s", wrong);
}

const struct part part_balancers = {.name = "balancers", .service = link_balancer, .build = balancer_build, .dies = balancer_died};

static void observe_time(const struct world *w, struct service *s, const struct frame *f) {
  struct response_estimate *e = &s->balancing->time[f->container - s->first];
  sim_time now = world_now(w);
  double decay = (double)service_config(s)->balance.decay, took = (double)(now > f->entered ? now - f->entered : 1);
  assert(decay > 0 && took > 0);
  double old = e->at < 0 ? 0 : real_exp(-(double)(now - e->at) / decay);
  e->mean = old * e->mean + (1 - old) * took, e->at = now;
  e->lift = real_log(e->mean) + (double)now / decay;
}

void balancer_answered(struct world *w, struct service *s, const struct frame *f, uint32_t caller) {
  struct ejector *e = ejector_of(w, s, caller);
  if (e) ejector_answered(e, f->container - s->first);
  if (s->balancing->time) observe_time(w, s, f);
}

void balancer_failed(struct world *w, struct service *s, uint32_t container, uint32_t caller) {
  const struct balance_config *config = &service_config(s)->balance;
  struct ejector *e = ejector_of(w, s, caller);
  if (!e || !ejector_failed(e, &config->eject, container - s->first, s->in_rotation, world_now(w))) return;
  meter_count(w, config->ejections);
}

void balancer_gave_up(struct world *w, struct service *s, const struct frame *f, uint32_t caller) {
  if (s->balancing->time) observe_time(w, s, f);
  balancer_failed(w, s, f->container, caller);
}
