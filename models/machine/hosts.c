#include "models/machine/hosts.h"
#include "models/core/model.h"
#include "models/platform/placement.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>

static double node_cores(const struct node_group *g) { return g->cpu == INT64_MAX ? INFINITY : (double)g->cpu / 1000; }

static void add_group(struct hosts *h, const struct model *m, uint32_t group, int64_t nodes, struct arena *arena) {
  const struct node_group *g = model_nodes(m, group);
  double cores = node_cores(g) * (double)nodes;
  h->plain_cores += cores;
  h->fast_cores += cores * g->speed;
  h->cores += cores * g->speed * (1 + g->smt) / 2;
  h->speed = isinf(h->plain_cores) ? g->speed : h->fast_cores / h->plain_cores;
  if (node_cores(g) > h->largest_node) h->largest_node = node_cores(g);
  h->name = h->name ? arena_format(arena, "%s and %s", h->name, g->name) : g->name;
  h->group = h->group == HOSTS_NONE ? (int32_t)group : HOSTS_SEVERAL;
}

struct hosts hosts_of(const struct model *m, const struct service_config *s, struct arena *arena) {
  return hosts_in(m, s, -1, arena);
}

struct hosts hosts_in(const struct model *m, const struct service_config *s, int32_t region, struct arena *arena) {
  struct hosts h = {.group = HOSTS_NONE, .speed = 1};
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) {
    int64_t nodes = placement_nodes(m, s, i);
    if (nodes && (region < 0 || model_nodes(m, i)->region == region)) add_group(&h, m, i, nodes, arena);
  }
  assert(h.speed > 0 && (h.group == HOSTS_NONE) == !h.name);
  return h;
}

struct hosts hosts_together(const struct model *m, const bool *groups, struct arena *arena) {
  struct hosts h = {.group = HOSTS_NONE, .speed = 1};
  for (uint32_t i = 0; i < m->platform.nodes.count; i++)
    if (groups[i]) add_group(&h, m, i, model_nodes(m, i)->count, arena);
  return h;
}
