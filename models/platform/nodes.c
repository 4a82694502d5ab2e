#include "models/platform/nodes.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/platform/lifecycle.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <string.h>

void node_wait(struct world *w, struct node *n, sim_time delay) { lifecycle_alarm(w, n->detection_slot, delay); }

static void node_detected(void *world, uint32_t node) {
  struct world *w = world;
  assert(w->orchestrator->detected); /* it has set a wait */
  w->orchestrator->detected(w, &w->nodes[node]);
}

/* --- loss -------------------------------------------------------------------------------------------------------------------- */

void node_fails(struct world *w, struct node *n, enum disk_fate disk) {
  n->disk = n->lost_to && n->disk > disk ? n->disk : disk;
  if (n->lost_to++) return;
  assert(n->up);
  node_account(n, world_now(w));
  n->up = false;
  n->failures++;
  n->failed_at = world_now(w);
  if (n->membership == NODE_AWAY) return;
  for (uint32_t i = 0; i < n->container_count; i++) lifecycle_stop(w, &w->containers[n->containers[i]], OUTCOME_CRASHED);
  if (w->orchestrator->node_died) w->orchestrator->node_died(w, n);
  parts_changed(w);
}

void node_returns(struct world *w, struct node *n) {
  assert(n->lost_to && !n->up);
  if (--n->lost_to) return;
  node_account(n, world_now(w));
  n->up = true;
  if (n->membership == NODE_AWAY) return;
  n->detected = false;
  w->orchestrator->node_returned(w, n);
  parts_changed(w);
}

bool nodes_live_in(const struct world *w, int32_t region) {
  for (const struct node *n = world_next_node(w, NULL); n; n = world_next_node(w, n))
    if (n->region == region && n->up) return true;
  return false;
}

/* --- the set of nodes -------------------------------------------------------------------------------------------------------- */

static struct node *build(struct world *w, uint32_t group, uint32_t number) {
  struct node *n = &w->nodes[w->node_count];
  *n = (struct node){.group = model_nodes(w->model, group),
                     .index = w->node_count++,
                     .group_index = group,
                     .number = number,
                     .region = model_nodes(w->model, group)->region,
                     .zone = node_group_zone(model_nodes(w->model, group), number),
                     .membership = NODE_AWAY,
                     .up = true};
  node_build(w, n);
  n->detection_slot = calendar_slot(w->calendar, node_detected, w, n->index);
  return n;
}

void nodes_build(struct world *w) {
  const struct model *m = w->model;
  w->node_room = m->node_count;
  w->nodes = arena_new_array(w->arena, struct node, w->node_room);
  for (uint32_t g = 0; g < m->platform.nodes.count; g++)
    for (uint32_t k = 0; k < model_nodes(m, g)->count; k++) build(w, g, k)->membership = NODE_MEMBER;
  assert(w->node_count == w->node_room);
}

void *nodes_grown(struct world *w, const struct node *joined, void *array, size_t size) {
  if (w->node_room != 2 * joined->index) return array; /* room doubles when a node finds none */
  void *longer = arena_alloc_array(w->arena, size, w->node_room);
  memcpy(longer, array, joined->index * size);
  return longer;
}

/* A machine that is in the cluster for the first time. It has been away since the run began. */
static struct node *new_node(struct world *w, uint32_t group) {
  uint32_t number = 0;
  for (uint32_t i = 0; i < w->node_count; i++) number += w->nodes[i].group_index == group;
  if (w->node_count == w->node_room) {
    struct node *nodes = arena_new_array(w->arena, struct node, 2 * w->node_room);
    memcpy(nodes, w->nodes, w->node_count * sizeof *nodes);
    w->nodes = nodes, w->node_room *= 2;
  }
  struct node *n = build(w, group, number);
  sim_time now = world_now(w);
  node_account(n, now < w->measured_from ? now : w->measured_from);
  n->away_at_mark = n->away_time;
  parts_joins(w, n);
  return n;
}

/* One that has left, if it works. */
static struct node *old_node(const struct world *w, uint32_t group) {
  for (uint32_t i = 0; i < w->node_count; i++) {
    struct node *n = &w->nodes[i];
    if (n->group_index == group && n->membership == NODE_AWAY && n->up) return n;
  }
  return NULL;
}

struct node *node_join(struct world *w, uint32_t group) {
  assert(group < w->model->platform.nodes.count);
  struct node *n = old_node(w, group);
  if (!n) n = new_node(w, group);
  assert(!n->container_count && !n->cpu_requested && !n->memory_requested && !n->demand);
  node_account(n, world_now(w));
  n->membership = NODE_MEMBER;
  w->changed_otherwise = true;
  if (n->up)
    w->orchestrator->node_returned(w, n);
  else
    n->detected = true; /* its place is lost: it has never reported, and nothing is put on it before it does */
  return n;
}

void node_is_empty(struct world *w, struct node *n) {
  assert(n->membership == NODE_LEAVING && !n->container_count);
  if (n->serviced) {
    calendar_set(w->calendar, n->emptied, world_now(w));
    return;
  }
  node_account(n, world_now(w));
  n->membership = NODE_AWAY;
  w->changed_otherwise = true;
  n->detected = false;
  calendar_clear(w->calendar, n->detection_slot);
}

/* Stops for good: there is no other node for it. */
static void evict(struct world *w, struct container *c) {
  lifecycle_stop(w, c, OUTCOME_CRASHED);
  rotation_remove(w, c);
  lifecycle_unplace(w, c);
  c->state = CONTAINER_PENDING;
}

void node_leave(struct world *w, struct node *n) {
  assert(n->membership == NODE_MEMBER);
  n->membership = NODE_LEAVING;
  if (!n->container_count) node_is_empty(w, n);
  for (uint32_t i = n->container_count; i-- > 0;)
    (w->orchestrator->evict ? w->orchestrator->evict : evict)(w, &w->containers[n->containers[i]]);
}

void node_drain(struct world *w, struct node *n, slot_id emptied) {
  n->serviced = true, n->emptied = emptied;
  node_leave(w, n);
}

void node_uncordon(struct world *w, struct node *n) {
  assert(n->membership == NODE_LEAVING && n->serviced);
  node_account(n, world_now(w));
  n->membership = NODE_MEMBER, n->serviced = false;
  w->changed_otherwise = true;
}
