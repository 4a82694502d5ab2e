/* Load of the cores of nodes: each set of hosts once, with the demand of all services that run nowhere else. */
#include "models/core/load_sheet.h"
#include "models/core/model.h"
#include "models/machine/node.h"
#include "models/platform/placement.h"
#include "sim/engine/arena.h"

static void add_hosts(struct load_sheet *l, const struct model *m, const struct hosts *h, double demand_s) {
  int64_t nodes = h->group >= 0 ? model_nodes(m, (uint32_t)h->group)->count : 0;
  const char *many = nodes > 1 ? arena_format(l->arena, " of %lld nodes", (long long)nodes) : "";
  load_add(l, &(struct load){.kind = LOAD_CORES,
                             .owner = LOAD_OF_NODES,
                             .index = h->group >= 0 ? (uint32_t)h->group : 0,
                             .name = arena_format(l->arena, "%s CPU%s", h->name, many),
                             .part = h->group >= 0 ? "cpu" : NULL,
                             .demand_s = demand_s,
                             .capacity = h->cores});
}

static void loads(const struct model *m, struct load_sheet *l) {
  for (uint32_t i = 0; i < m->services.count; i++) {
    double demand_s = 0;
    bool first = service_runs(model_service(m, i));
    for (uint32_t k = 0; k < m->services.count; k++) {
      if (!service_runs(model_service(m, k)) || !placement_within(m, model_service(m, k), model_service(m, i))) continue;
      demand_s += l->sums->cpu_s[k];
      first &= k >= i || !placement_within(m, model_service(m, i), model_service(m, k));
    }
    if (first && l->hosts[i].group != HOSTS_NONE) add_hosts(l, m, &l->hosts[i], demand_s);
  }
}

const struct load_part cores_load = {.loads = loads};
