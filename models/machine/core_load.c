/* Load of the cores of nodes: each set of hosts once, with the demand of all services that run nowhere else. Where sets overlap,
 * each may have room while together they have none: they have a row in common. */
#include "models/core/load_sheet.h"
#include "models/core/model.h"
#include "models/machine/node.h"
#include "models/platform/placement.h"
#include "models/service/computing.h"
#include "sim/engine/arena.h"
#include <math.h>

static void add_hosts(struct load_sheet *l, const struct model *m, const struct hosts *h, double demand_s, bool divided) {
  int64_t nodes = h->group >= 0 ? model_nodes(m, (uint32_t)h->group)->count : 0;
  const char *many = nodes > 1 ? arena_format(l->arena, " of %lld nodes", (long long)nodes) : "";
  load_add(l, &(struct load){.kind = LOAD_CORES,
                             .owner = LOAD_OF_NODES,
                             .index = h->group >= 0 ? (uint32_t)h->group : 0,
                             .name = arena_format(l->arena, "%s CPU%s", h->name, many),
                             .part = h->group >= 0 ? "cpu" : NULL,
                             .divided = divided,
                             .demand_s = demand_s,
                             .capacity = h->cores});
}

/* --- sets that overlap ------------------------------------------------------------------------------------------------------- */

static bool touches(const struct model *m, const struct service_config *s, const bool *groups) {
  for (uint32_t i = 0; i < m->platform.nodes.count; i++)
    if (groups[i] && placement_has_group(s, i)) return true;
  return false;
}

/* Adds the groups of the service; whether that were new ones. */
static bool join(const struct model *m, const struct service_config *s, bool *groups) {
  bool more = false;
  for (uint32_t i = 0; i < m->platform.nodes.count; i++)
    if (placement_has_group(s, i) && !groups[i]) groups[i] = more = true;
  return more;
}

/* All groups that are shared with the first service, by one service after the other. */
static void reach(const struct model *m, uint32_t first, bool *groups) {
  join(m, model_service(m, first), groups);
  for (bool more = true; more;) {
    more = false;
    for (uint32_t i = 0; i < m->services.count; i++) {
      const struct service_config *s = model_service(m, i);
      if (service_runs(s) && touches(m, s, groups)) more |= join(m, s, groups);
    }
  }
}

/* What some service may use alone has its row already; each union stands once, for its first service. */
static bool is_new(const struct model *m, uint32_t first, const bool *groups) {
  for (uint32_t i = 0; i < m->services.count; i++) {
    const struct service_config *s = model_service(m, i);
    if (!service_runs(s) || !touches(m, s, groups)) continue;
    bool all = true;
    for (uint32_t k = 0; k < m->platform.nodes.count; k++) all &= !groups[k] || placement_has_group(s, k);
    if (all || i < first) return false;
  }
  return true;
}

static void add_union(const struct model *m, struct load_sheet *l, uint32_t first) {
  bool *groups = arena_new_array(l->arena, bool, m->platform.nodes.count + 1);
  double demand_s = 0;
  reach(m, first, groups);
  if (!is_new(m, first, groups)) return;
  for (uint32_t i = 0; i < m->services.count; i++)
    if (service_runs(model_service(m, i)) && touches(m, model_service(m, i), groups)) demand_s += l->sums->cpu_s[i];
  struct hosts together = hosts_together(m, groups, l->arena);
  add_hosts(l, m, &together, demand_s, false);
}

/* A service that has fewer replicas than there are nodes, or whose others stand by: each has the cores of one node, and at best of
 * the largest. Where a replica cannot use a whole node it has a row of its own (models/service/computing.c). */
static void add_fewer(const struct model *m, struct load_sheet *l, uint32_t service) {
  const struct service_config *s = model_service(m, service);
  const struct hosts *h = &l->hosts[service];
  double replicas = s->active ? (double)s->active : l->replicas[service];
  if (h->group == HOSTS_NONE || isinf(h->plain_cores)) return;
  if (!s->active && (replicas * h->largest_node >= h->plain_cores || computing_cores(m, s) < h->largest_node)) return;
  load_add(l, &(struct load){.kind = LOAD_CORES,
                             .owner = LOAD_OF_SERVICE,
                             .index = service,
                             .name = arena_format(l->arena, "%s CPU of its node%s", s->name, load_times(l, s, replicas)),
                             .demand_s = l->sums->cpu_s[service],
                             .capacity = h->cores / h->plain_cores * fmin(h->largest_node * replicas, h->plain_cores)});
}

static void loads(const struct model *m, struct load_sheet *l) {
  for (uint32_t i = 0; i < m->services.count; i++) add_fewer(m, l, i);
  for (uint32_t i = 0; i < m->services.count; i++) {
    double demand_s = 0;
    bool first = service_runs(model_service(m, i)), divided = load_is_divided(model_service(m, i));
    for (uint32_t k = 0; k < m->services.count; k++) {
      if (!service_runs(model_service(m, k)) || !placement_within(m, model_service(m, k), model_service(m, i))) continue;
      demand_s += l->sums->cpu_s[k];
      divided &= load_is_divided(model_service(m, k));
      first &= k >= i || !placement_within(m, model_service(m, i), model_service(m, k));
    }
    if (service_runs(model_service(m, i)) && l->hosts[i].group != HOSTS_NONE) add_union(m, l, i);
    if (first && l->hosts[i].group != HOSTS_NONE) add_hosts(l, m, &l->hosts[i], demand_s, divided);
  }
}

const struct load_part cores_load = {.loads = loads};
