#include "models/machine/memory.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/platform/lifecycle.h"
#include "models/platform/nodes.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include <assert.h>

enum { MEBIBYTE_BITS = 20 };
static const sim_time kill_takes = 10 * SIM_MS;

static int64_t resident(const struct world *w, const struct container *c) {
  const struct service_config *s = container_config(c);
  const struct memory_config *m = &s->memory;
  if (!container_lives(c)) return 0;
  return m->base * s->processes.count + m->per_connection * world_memory(w)->connections(c) +
         m->per_request * (int64_t)c->in_flight + m->leak * (int64_t)world_memory(w)->answered[c->id];
}

/* --- the largest of several ------------------------------------------------------------------------------------------------- */

/* As far as one is found that is as large as `enough`. */
static int64_t largest_replica(const struct world *w, uint32_t service, int64_t enough) {
  const struct service *s = &w->services[service];
  int64_t most = 0;
  for (uint32_t i = s->first; most < enough && i < s->first + s->capacity; i++)
    if (world_memory(w)->resident[i] > most) most = world_memory(w)->resident[i];
  return most;
}

static int64_t fullest_node(const struct world *w, uint32_t group, int64_t enough) {
  int64_t most = 0;
  for (uint32_t i = 0; most < enough && i < w->node_count; i++)
    if (w->nodes[i].group_index == group && world_memory(w)->nodes[i].used > most) most = world_memory(w)->nodes[i].used;
  return most;
}

/* One of several was `before` and is `now`: whether the largest has changed, which is brought up to date. Only when the largest
 * shrinks all are asked. */
static bool follow_largest(const struct world *w, int64_t *largest, int64_t before, int64_t now,
                           int64_t (*of_all)(const struct world *, uint32_t, int64_t enough), uint32_t of) {
  if (now < *largest && before < *largest) return false;
  int64_t most = now < *largest ? of_all(w, of, *largest) : now;
  bool changed = most != *largest;
  *largest = most;
  return changed;
}

static void show(struct world *w, uint32_t meter, int64_t bytes) {
  int64_t mebibytes = bytes >> MEBIBYTE_BITS;
  if (mebibytes != level_value(&w->observation.meters[meter].level)) meter_set(w, meter, mebibytes);
}

/* --- changes ---------------------------------------------------------------------------------------------------------------- */

static void book_node(struct world *w, struct node *n, int64_t change) {
  struct memory_node *m = &world_memory(w)->nodes[n->index];
  int64_t before = m->used;
  m->used += change;
  assert(m->used >= 0);
  if (follow_largest(w, &world_memory(w)->fullest[n->group_index], before, m->used, fullest_node, n->group_index))
    show(w, w->model->node_memory + n->group_index, world_memory(w)->fullest[n->group_index]);
}

static bool over_limit(const struct world *w, const struct container *c) {
  int64_t limit = container_config(c)->resources.limits.memory;
  return limit && world_memory(w)->resident[c->id] > limit;
}

static void alarm_killer(struct world *w, const struct node *n) {
  struct memory_node *m = &world_memory(w)->nodes[n->index];
  sim_time now = world_now(w), free = m->killed_at < 0 ? now : m->killed_at + kill_takes;
  if (calendar_time_of(w->calendar, m->killer) == SIM_NEVER) calendar_set(w->calendar, m->killer, free > now ? free : now);
}

void memory_changed(struct world *w, struct container *c) {
  const struct memory_config *config = &container_config(c)->memory;
  if (!config->base) return;
  int64_t before = world_memory(w)->resident[c->id], now = resident(w, c);
  if (now == before) return;
  world_memory(w)->resident[c->id] = now;
  if (follow_largest(w, &world_memory(w)->most_of[c->service], before, now, largest_replica, c->service))
    show(w, config->resident_meter, world_memory(w)->most_of[c->service]);
  struct node *n = &w->nodes[c->node];
  book_node(w, n, now - before);
  if (now > before && (over_limit(w, c) || world_memory(w)->nodes[n->index].used > n->group->memory)) alarm_killer(w, n);
}

void memory_answered(struct world *w, struct container *c) {
  world_memory(w)->answered[c->id]++;
  memory_changed(w, c);
}

/* --- out of memory ---------------------------------------------------------------------------------------------------------- */

/* One that drains has nobody who would restart it: it has drained. */
static void kill(struct world *w, struct container *c) {
  assert(c && c->node != NONE);
  world_memory(w)->nodes[c->node].killed_at = world_now(w);
  meter_count(w, container_config(c)->memory.killed_meter);
  if (container_offers(c)) {
    lifecycle_crash(w, c);
    return;
  }
  lifecycle_stop(w, c, OUTCOME_CRASHED);
  lifecycle_wait(w, c, LIFE_DRAINED, 0);
}

/* The largest on the node, the first among equals; null when nothing is resident. */
static struct container *largest_on(const struct world *w, const struct node *n) {
  struct container *most = NULL;
  for (uint32_t i = 0; i < n->container_count; i++) {
    struct container *c = &w->containers[n->containers[i]];
    int64_t size = world_memory(w)->resident[c->id], best = most ? world_memory(w)->resident[most->id] : 0;
    if (size > best || (most && size == best && c->id < most->id)) most = c;
  }
  return most;
}

/* A node's memory has run out, or what a container on it may have. */
static void runs_out(void *world, uint32_t index) {
  struct world *w = world;
  struct node *n = &w->nodes[index];
  for (uint32_t i = n->container_count; i-- > 0;)
    if (over_limit(w, &w->containers[n->containers[i]])) kill(w, &w->containers[n->containers[i]]);
  while (world_memory(w)->nodes[index].used > n->group->memory) kill(w, largest_on(w, n));
}

static void plug_in(struct world *w, uint32_t node) {
  world_memory(w)->nodes[node] = (struct memory_node){.killed_at = -1, .killer = calendar_slot(w->calendar, runs_out, w, node)};
}

static void memory_open(struct world *w) {
  const struct model *m = w->model;
  struct memory_book *book = world_memory(w);
  *book = (struct memory_book){.resident = arena_new_array(w->arena, int64_t, m->container_count + 1),
                               .most_of = arena_new_array(w->arena, int64_t, m->services.count + 1),
                               .answered = arena_new_array(w->arena, uint64_t, m->container_count + 1),
                               .nodes = arena_new_array(w->arena, struct memory_node, m->node_count + 1),
                               .fullest = arena_new_array(w->arena, int64_t, m->platform.nodes.count + 1)};
  for (uint32_t i = 0; i < m->node_count; i++) plug_in(w, i);
}

static void memory_joins(struct world *w, const struct node *n) {
  world_memory(w)->nodes = nodes_grown(w, n, world_memory(w)->nodes, sizeof(struct memory_node));
  plug_in(w, n->index);
}

const char *memory_wrong(const struct world *w) {
  for (uint32_t i = 0; world_memory(w) && i < w->node_count; i++) {
    int64_t sum = 0;
    for (uint32_t k = 0; k < w->nodes[i].container_count; k++) sum += world_memory(w)->resident[w->nodes[i].containers[k]];
    if (sum != world_memory(w)->nodes[i].used) return "a node's memory is not that of its containers";
  }
  for (uint32_t i = 0; world_memory(w) && i < w->container_count; i++) {
    const struct container *c = &w->containers[i];
    const struct memory_config *m = &container_config(c)->memory;
    if (world_memory(w)->resident[i] != (m->base ? resident(w, c) : 0))
      return "a container's memory is not that of its requests and connections";
    if (world_memory(w)->resident[i] > world_memory(w)->most_of[c->service])
      return "a container is larger than the largest of its service";
  }
  return NULL;
}

static bool memory_used(const struct model *m) { return m->has_memory; }

static void memory_serves(struct world *w, struct container *c, bool warm) {
  (void)warm;
  memory_changed(w, c);
}

static void memory_dies(struct world *w, struct container *c) {
  world_memory(w)->answered[c->id] = 0;
  memory_changed(w, c);
}

static void link_memory(struct linker *l, enum link_stage stage) {
  if (stage == LINK_STEPS) memory_link(l);
  if (stage == LINK_PLACED) memory_check_placement(l, l->trial);
}

const struct part part_memory = {.name = "memory",
                                 .link = link_memory,
                                 .requests = true,
                                 .used = memory_used,
                                 .room.world = sizeof(struct memory_book),
                                 .open = memory_open,
                                 .joins = memory_joins,
                                 .serves = memory_serves,
                                 .dies = memory_dies};
