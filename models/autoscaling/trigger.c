#include "models/autoscaling/trigger.h"
#include "models/autoscaling/emitted.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/people/people.h"
#include "models/platform/lifecycle.h"
#include "models/platform/nodes.h"
#include "sim/engine/arena.h"

static const struct trigger_config *trigger_at(const struct model *m, uint32_t i) {
  return (const struct trigger_config *)model_triggers(m)->items + i;
}

/* --- figures ------------------------------------------------------------------------------------------------------------------ */

static bool counts(const struct trigger *t, const struct container *c) {
  const struct trigger_config *k = t->config;
  if (k->service >= 0) return c->service == (uint32_t)k->service;
  return c->node != NONE && (int32_t)t->world->nodes[c->node].group_index == k->nodes;
}

/* Cores in use since the last look, by what counts. */
static double cores_used(struct trigger *t) {
  struct world *w = t->world;
  sim_time now = world_now(w);
  double used = 0;
  for (uint32_t i = 0; i < w->container_count; i++) {
    struct container *c = &w->containers[i];
    if (!counts(t, c)) continue;
    container_advance(w, c, now);
    used += c->used_ns - t->used[i];
    t->used[i] = c->used_ns;
  }
  return now > t->looked_at ? used / (double)(now - t->looked_at) : 0;
}

static double memory_used(const struct trigger *t) {
  double bytes = 0;
  for (uint32_t i = 0; i < t->world->container_count && world_memory(t->world); i++)
    if (counts(t, &t->world->containers[i])) bytes += (double)world_memory(t->world)->resident[i];
  return bytes;
}

/* Of the group's nodes in the cluster that are up. */
static double cores_there(const struct trigger *t, bool memory) {
  double sum = 0;
  for (const struct node *n = world_next_node(t->world, NULL); n; n = world_next_node(t->world, n))
    if ((int32_t)n->group_index == t->config->nodes && n->up) sum += memory ? (double)n->group->memory : n->cores;
  return sum;
}

static void follow_rate(struct trigger *t, const struct emitted_config *e) {
  const struct service *s = &t->world->services[emitted_by(e)];
  double seconds = sim_seconds(world_now(t->world) - t->looked_at);
  for (uint32_t i = 0; t->windows && i < s->capacity; i++) {
    uint64_t answered = t->world->containers[s->first + i].answered;
    t->windows[i].rate = seconds > 0 ? (double)(answered - t->windows[i].answered) / seconds : 0;
    t->windows[i].answered = answered;
  }
}

static bool metric_above(struct trigger *t) {
  const struct emitted_config *e = model_emits(t->world->model, (uint32_t)t->config->metric);
  if (t->windows) follow_rate(t, e);
  return (double)emitted_whole(t->world, e, t->windows) > t->config->value * 1000;
}

static bool nodes_above(struct trigger *t) {
  double cpu = cores_used(t);
  return t->config->utilization > 0 ? cpu > t->config->utilization * cores_there(t, false)
                                    : memory_used(t) > t->config->filled * cores_there(t, true);
}

static bool replicas_above(struct trigger *t) {
  double up = t->world->services[t->config->service].up, cpu = cores_used(t);
  return t->config->cpu ? cpu * 1000 > (double)t->config->cpu * up : memory_used(t) > (double)t->config->memory * up;
}

static bool is_above(struct trigger *t) {
  return t->config->metric >= 0 ? metric_above(t) : t->config->nodes >= 0 ? nodes_above(t) : replicas_above(t);
}

/* --- what is done ------------------------------------------------------------------------------------------------------------- */

static uint32_t members(const struct world *w, int32_t group) {
  uint32_t count = 0;
  for (const struct node *n = world_next_node(w, NULL); n; n = world_next_node(w, n))
    count += (int32_t)n->group_index == group && n->membership == NODE_MEMBER;
  return count;
}

/* Started as its orchestrator does; one without room waits for it. */
static void add_replica(struct world *w, uint32_t service) {
  struct service *s = &w->services[service];
  s->desired++;
  if (w->orchestrator->resize) {
    w->orchestrator->resize(w, service);
    return;
  }
  for (uint32_t i = 0; i < s->capacity; i++) {
    struct container *c = &w->containers[s->first + i];
    if (c->state != CONTAINER_UNUSED) continue;
    if (lifecycle_place(w, c)) lifecycle_start(w, c);
    return;
  }
}

static bool room_left(const struct world *w, const struct trigger_config *k) {
  if (k->add_nodes >= 0 && members(w, k->add_nodes) < k->up_to) return true;
  return k->add_replicas >= 0 && w->services[k->add_replicas].desired < k->up_to;
}

static void acts(void *trigger, uint32_t unused) {
  (void)unused;
  struct trigger *t = trigger;
  const struct trigger_config *k = t->config;
  for (int64_t i = 0; i < k->count; i++) {
    if (k->add_nodes >= 0 && members(t->world, k->add_nodes) < k->up_to) node_join(t->world, (uint32_t)k->add_nodes);
    if (k->add_replicas >= 0 && t->world->services[k->add_replicas].desired < k->up_to)
      add_replica(t->world, (uint32_t)k->add_replicas);
  }
  meter_count(t->world, k->acted);
  t->acting = false, t->above_from = -1;
}

/* Each step of a person begins when the one before it ends: what time of day it is then counts. */
static void fires(struct trigger *t) {
  const struct trigger_config *k = t->config;
  struct world *w = t->world;
  struct stream draws = stream_at(stream_key(w->seed, w->replication, PURPOSE_TRIGGER, stream_entity(k->name, 0)), t->times++);
  sim_time at = world_now(w);
  for (enum person_step step = PERSON_ACKNOWLEDGES; k->by == BY_PERSON && people_are_there(w->model) && step < PERSON_ACTS; step++)
    at += people_take(w->model, step, at, &draws);
  at += distribution_sample_time(&k->takes, &draws);
  meter_count(w, k->fired);
  t->acting = true;
  calendar_set(w->calendar, t->act, at);
}

static void looks(void *trigger, uint32_t unused) {
  (void)unused;
  struct trigger *t = trigger;
  sim_time now = world_now(t->world);
  bool above = is_above(t);
  if (!above) t->above_from = -1;
  if (above && t->above_from < 0) t->above_from = now;
  t->looked_at = now;
  if (above && !t->acting && now - t->above_from >= t->config->lasts && room_left(t->world, t->config)) fires(t);
  calendar_set(t->world->calendar, t->look, world_after(t->world, t->config->every));
}

/* --- a part ------------------------------------------------------------------------------------------------------------------- */

static bool used(const struct model *m) {
  for (uint32_t i = 0; i < model_triggers(m)->count; i++)
    if (trigger_acts(trigger_at(m, i))) return true;
  return false;
}

static void start(struct world *w) {
  uint32_t count = model_triggers(w->model)->count;
  world_triggers(w)->each = arena_new_array(w->arena, struct trigger, count);
  for (uint32_t i = 0; i < count; i++) {
    struct trigger *t = &world_triggers(w)->each[i];
    *t = (struct trigger){.world = w, .config = trigger_at(w->model, i), .above_from = -1};
    if (!trigger_acts(t->config)) continue;
    t->used = arena_new_array(w->arena, double, w->container_count + 1);
    t->look = calendar_slot(w->calendar, looks, t, 0);
    t->act = calendar_slot(w->calendar, acts, t, 0);
    const struct emitted_config *e = t->config->metric >= 0 ? model_emits(w->model, (uint32_t)t->config->metric) : NULL;
    if (e && emitted_kind(e) == EMITS_RATE)
      t->windows = arena_new_array(w->arena, struct emitted_window, w->services[emitted_by(e)].capacity);
    calendar_set(w->calendar, t->look, t->config->every);
  }
}

static enum steadiness steadiness(const struct model *m) { return used(m) ? TIMED : STEADY; }

const struct part part_triggers = {.name = "triggers",
                                   .keys.root = &trigger_root_record,
                                   .requests = true,
                                   .used = used,
                                   .link = triggers_link,
                                   .steadiness = steadiness,
                                   .room.world = sizeof(struct triggers),
                                   .start = start};
