#include "models/platform/lifecycle.h"
#include "models/core/part.h"
#include "models/platform/nodes.h"
#include "models/platform/placement.h"
#include "models/request/line.h"
#include "models/service/nearby.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>

static const struct orchestrator *policy(const struct world *w) { return w->orchestrator; }

/* --- rotation ---------------------------------------------------------------------------------------------------------------- */

void service_replicas_until(struct world *w, struct service *s, sim_time now) {
  if (w->mode != WORLD_TRAFFIC) return;
  sim_time from = w->measured_from;
  series_level(&w->observation.services[s->index].replicas, s->replicas.since - from, now - from, (double)s->replicas.value);
}

void lifecycle_alarm(struct world *w, slot_id slot, sim_time delay) {
  if (delay >= SIM_NEVER - world_now(w))
    calendar_clear(w->calendar, slot);
  else
    calendar_set(w->calendar, slot, world_now(w) + delay);
  parts_staged(w);
}

/* Callers choose among others from now on. */
static void rotation_changed(struct world *w, struct service *s) {
  if (s->nearby) s->nearby->stale = true;
  if (s->zones) s->zones->stale = true;
  if (s->split) s->split->stale = true;
  service_replicas_until(w, s, world_now(w));
  level_set(&s->replicas, world_now(w), s->in_rotation);
}

static void enters_rotation(struct world *w, struct container *c) {
  struct service *s = world_service_of(w, c);
  if (c->in_rotation) return;
  assert(s->in_rotation < s->capacity && container_rotates(c));
  /* In the order of their numbers, so that the order of routing does not depend on who came back first. */
  uint32_t i = s->in_rotation++;
  for (; i && s->rotation[i - 1] > c->id; i--) s->rotation[i] = s->rotation[i - 1];
  s->rotation[i] = c->id;
  c->in_rotation = true;
  if (s->balancing) balancer_rotated(w, s, c);
  rotation_changed(w, s);
  parts_replica_changed(w, c);
}

static void leaves_rotation(struct world *w, struct container *c) {
  struct service *s = world_service_of(w, c);
  if (!c->in_rotation) return;
  uint32_t i = 0;
  while (s->rotation[i] != c->id) i++;
  s->in_rotation--;
  for (; i < s->in_rotation; i++) s->rotation[i] = s->rotation[i + 1];
  c->in_rotation = false;
  if (s->balancing) balancer_rotated(w, s, c);
  rotation_changed(w, s);
  parts_replica_changed(w, c);
}

void rotation_add(struct world *w, struct container *c) {
  c->offered = true;
  if (!c->unhealthy && !c->withheld) enters_rotation(w, c);
}

void rotation_remove(struct world *w, struct container *c) {
  c->offered = false;
  leaves_rotation(w, c);
}

/* What kept it out of rotation is over, or is not. */
static void rotation_decided(struct world *w, struct container *c) {
  if (c->unhealthy || c->withheld)
    leaves_rotation(w, c);
  else if (c->offered && container_rotates(c))
    enters_rotation(w, c);
}

void rotation_checked(struct world *w, struct container *c, bool healthy) {
  c->unhealthy = !healthy;
  world_touch(w, c);
  rotation_decided(w, c);
}

void rotation_withheld(struct world *w, struct container *c, bool withheld) {
  c->withheld = withheld;
  rotation_decided(w, c);
}

void lifecycle_rotate(struct world *w, struct container *c, bool in, sim_time delay) {
  c->rotates_in = in;
  lifecycle_alarm(w, c->rotation_slot, delay);
}

static void rotates(void *world, uint32_t id) {
  struct world *w = world;
  struct container *c = &w->containers[id];
  if (c->rotates_in && container_rotates(c))
    rotation_add(w, c);
  else
    rotation_remove(w, c);
}

/* --- placement --------------------------------------------------------------------------------------------------------------- */

void lifecycle_place_on(struct world *w, struct container *c, struct node *n) {
  assert(c->node == NONE);
  const struct resource_amounts *r = &container_config(c)->resources.requests;
  c->node = n->index;
  c->used_on_arrival = c->used_ns;
  c->speed = container_speed(w, c);
  c->state = CONTAINER_DOWN;
  n->cpu_requested += r->cpu, n->memory_requested += r->memory;
  node_add(w, n, c);
  world_touch(w, c);
  placement_done(w, c);
  parts_placed(w, c, true);
}

bool lifecycle_place(struct world *w, struct container *c) {
  assert(c->node == NONE);
  c->state = CONTAINER_PENDING;
  world_touch(w, c);
  uint32_t chosen = placement_choose(w, c);
  if (chosen == NONE) {
    parts_staged(w);
    return false;
  }
  lifecycle_place_on(w, c, &w->nodes[chosen]);
  return true;
}

void lifecycle_unplace(struct world *w, struct container *c) {
  assert(!c->running);
  parts_placed(w, c, false);
  use_leaves(w, c);
  struct node *n = &w->nodes[c->node];
  const struct resource_amounts *r = &container_config(c)->resources.requests;
  assert(n->cpu_requested >= r->cpu && n->memory_requested >= r->memory);
  n->cpu_requested -= r->cpu, n->memory_requested -= r->memory;
  node_remove(n, c->id);
  c->node = NONE;
  world_touch(w, c);
  if (n->membership == NODE_LEAVING && !n->container_count) node_is_empty(w, n);
}

/* --- processes --------------------------------------------------------------------------------------------------------------- */

double lifecycle_uniform(struct container *c) { return stream_uniform(&c->life_draws); }

void lifecycle_wait(struct world *w, struct container *c, int32_t stage, sim_time delay) {
  c->life_stage = stage;
  lifecycle_alarm(w, c->life, delay);
}

void lifecycle_serves(struct world *w, struct container *c, bool warm) {
  assert(c->node != NONE && w->nodes[c->node].up);
  c->state = CONTAINER_UP;
  c->virtual_at = world_now(w);
  c->farewell = NULL;
  struct service *s = world_service_of(w, c);
  s->up++;
  parts_serves(w, c, warm);
  parts_replica_changed(w, c);
}

void lifecycle_start(struct world *w, struct container *c) {
  if (!w->nodes[c->node].up) { /* placed on a node whose death nobody has noticed yet: that notice will move it */
    c->state = CONTAINER_DOWN;
    calendar_clear(w->calendar, c->life);
    return;
  }
  c->state = CONTAINER_STARTING;
  c->started_at = world_now(w);
  sim_time pull = parts_fetch(w, c);
  c->begins_at = world_after(w, pull);
  parts_begins(w, c);
  sim_time start = pull + distribution_sample_time(&container_config(c)->start, &c->life_draws);
  start += parts_recover(w, c);
  lifecycle_wait(w, c, LIFE_START, container_config(c)->traits.never_ready ? SIM_NEVER : start);
}

/* Handler of container->life. */
static void life_continues(void *world, uint32_t id) {
  struct world *w = world;
  struct container *c = &w->containers[id];
  if (c->life_stage != LIFE_START) {
    assert(policy(w)->life); /* it has set a wait */
    policy(w)->life(w, c);
    return;
  }
  if (container_config(c)->traits.never_starts) {
    lifecycle_kill(w, c);
    return;
  }
  lifecycle_serves(w, c, false);
  policy(w)->process_up(w, c);
}

void lifecycle_runs_as_stated(struct world *w, struct container *c) { lifecycle_runs(w, c, world_service_of(w, c)->stated, 0); }

void lifecycle_runs(struct world *w, struct container *c, const struct service_config *version, uint32_t build) {
  assert(!container_lives(c));
  w->impaired += version->traits.errors > 0;
  w->impaired -= c->version->traits.errors > 0;
  c->version = version, c->build = build;
  if (c->node != NONE) c->speed = container_speed(w, c);
  world_touch(w, c);
}

void lifecycle_closes(struct world *w, struct container *c) {
  assert(container_serves(c) && world_service_of(w, c)->up);
  c->state = CONTAINER_CLOSING;
  world_service_of(w, c)->up--;
  parts_replica_changed(w, c);
}

void lifecycle_stop(struct world *w, struct container *c, enum outcome outcome) {
  calendar_clear(w->calendar, c->life);
  bool lived = container_lives(c), hung = c->state == CONTAINER_HUNG, serves = container_serves(c);
  c->state = CONTAINER_DOWN;
  parts_stops(w, c, lived);
  if (!lived) return;
  if (hung) container_hung_dies(w, c);
  assert(!serves || world_service_of(w, c)->up);
  world_service_of(w, c)->up -= serves;
  parts_stopped(w, c);
  container_kill(w, c, outcome);
  parts_replica_changed(w, c);
}

void lifecycle_crash(struct world *w, struct container *c) {
  if (!container_offers(c)) return;
  lifecycle_stop(w, c, OUTCOME_CRASHED);
  assert(c->state == CONTAINER_DOWN);
  policy(w)->process_died(w, c);
}

void lifecycle_kill(struct world *w, struct container *c) {
  if (c->state != CONTAINER_STARTING) {
    lifecycle_crash(w, c);
    return;
  }
  lifecycle_stop(w, c, OUTCOME_CRASHED);
  policy(w)->process_died(w, c);
}

void lifecycle_hang(struct world *w, struct container *c) {
  if (c->state != CONTAINER_UP) return;
  c->state = CONTAINER_HUNG;
  assert(world_service_of(w, c)->up);
  world_service_of(w, c)->up--;
  container_hangs(w, c);
  parts_hangs(w, c, true);
  parts_replica_changed(w, c);
}

void lifecycle_go_on(struct world *w, struct container *c) {
  if (c->state != CONTAINER_HUNG) return;
  c->state = CONTAINER_UP;
  world_service_of(w, c)->up++;
  container_goes_on(w, c);
  parts_hangs(w, c, false);
  parts_replica_changed(w, c);
}

/* --- building ---------------------------------------------------------------------------------------------------------------- */

static void build_shedder(struct world *w, struct container *c, const struct service_config *s) {
  if (!service_sheds(s)) return;
  c->shedder = arena_new_array(w->arena, struct shedder, 1);
  *c->shedder = (struct shedder){.codel = s->codel, .deadline = s->queue_deadline, .meter = s->shed_meter};
}

/* The region of the replica with this number: the first replicas are those of the region that is named first. */
static int32_t home_of(const struct service_config *s, uint32_t number) {
  const struct split *by_region = &s->replicas_by_region;
  int64_t before = 0;
  for (uint32_t i = 0; i < by_region->count; i++)
    if (number < (before += by_region->part[i])) return by_region->reference[i];
  return -1;
}

static void build_container(struct world *w, struct container *c, uint32_t id, uint32_t service, bool forks) {
  const struct service_config *s = service_config(&w->services[service]);
  c->id = id, c->service = service, c->version = s, c->node = NONE, c->state = CONTAINER_UNUSED;
  c->home = home_of(s, id - w->services[service].first);
  c->holds = s->runtime != RUNTIME_EVENT_LOOP;
  c->limit = quota_limits(s) ? INT64_MAX : s->resources.limits.cpu;
  c->weight = (int64_t)(ldexp(s->weight, WEIGHT_BITS) + 0.5), c->unit = 1 / (double)c->weight;
  c->speed = c->rate = c->pace = 1, c->fair_share_entry = NONE;
  c->scales = s->scalability.contention > 0 || s->scalability.coherency > 0;
  c->crowds = s->concurrency.count > 0;
  c->backlog = s->backlog;
  quota_build(w, c, s);
  runtime_build(w, c);
  build_shedder(w, c, s);
  c->slot = calendar_slot(w->calendar, container_computed, w, id);
  c->turn.forker = NONE;
  if (forks) c->turn.ends = calendar_slot(w->calendar, container_turn_over, w, id);
  c->life = calendar_slot(w->calendar, life_continues, w, id);
  c->rotation_slot = calendar_slot(w->calendar, rotates, w, id);
  c->life_draws =
      stream_open(stream_key(w->seed, w->replication, PURPOSE_LIFE, stream_entity(s->name, id - w->services[service].first)));
}

static void build_services(struct world *w) {
  const struct model *m = w->model;
  w->container_count = m->container_count;
  w->containers = arena_new_array(w->arena, struct container, m->container_count + 1);
  w->touched = arena_new_array(w->arena, uint32_t, m->container_count + 1);
  w->services = arena_new_array(w->arena, struct service, m->services.count);
  uint32_t id = 0;
  bool forks = model_forks(m);
  for (uint32_t i = 0; i < m->services.count; i++) {
    struct service *s = &w->services[i];
    s->stated = s->current = model_service(m, i), s->index = i, s->first = s->primary = id;
    s->capacity = service_capacity(service_config(s)), s->slower = 1;
    s->desired = (int32_t)service_config(s)->replicas;
    s->rotation = arena_new_array(w->arena, uint32_t, s->capacity + 1);
    for (uint32_t k = 0; k < s->capacity; k++, id++) build_container(w, &w->containers[id], id, i, forks);
    parts_build(w, s);
  }
}

void lifecycle_build(struct world *w) {
  nodes_build(w);
  build_services(w);
  for (uint32_t i = 0; i < w->model->services.count; i++) {
    struct service *s = &w->services[i];
    for (uint32_t k = 0; k < s->capacity && k < (uint32_t)s->desired; k++) {
      struct container *c = &w->containers[s->first + k];
      if (!lifecycle_place(w, c)) continue;
      lifecycle_serves(w, c, true);
      c->ready = true;
      c->started_at = c->begins_at = c->ready_changed_at = -SIM_DAY; /* has run for long */
      rotation_add(w, c);
    }
  }
}
