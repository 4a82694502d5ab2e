/* Load of the connections of a service's only pool, and what many at work in a database cost each other. */
#include "models/core/load_sheet.h"
#include "models/core/model.h"
#include "models/database/connections.h"
#include "models/service/computing.h"
#include "sim/engine/arena.h"

/* Where the law costs most. */
static void weighs(const struct model *m, const struct demand_sums *d) {
  for (uint32_t i = 0; i < m->services.count; i++) {
    double law = scalability_at_best(&model_service(m, i)->scalability, computing_cores(m, model_service(m, i)));
    law *= concurrency_at_most(&model_service(m, i)->concurrency);
    d->cpu_s[i] *= law, d->primary_s[i] *= law;
  }
}

static void loads(const struct model *m, struct load_sheet *l) {
  for (uint32_t i = 0; i < m->services.count; i++) {
    const struct service_config *s = model_service(m, i);
    const struct pool_config *pool = service_connections(s)->pools.items;
    if (!service_runs(s) || service_connections(s)->pools.count != 1 || pool->max == INT64_MAX || pool->by_request) continue;
    load_add(l, &(struct load){.kind = LOAD_CONNECTIONS,
                               .owner = LOAD_OF_SERVICE,
                               .index = i,
                               .name = arena_format(l->arena, "%s connections%s", s->name, load_times(l, s, l->replicas[i])),
                               .part = "connections",
                               .demand_s = l->sums->connected_s[i],
                               .capacity = (double)pool->max * runtime_processes(s) * l->replicas[i]});
  }
}

const struct load_part connections_load = {.weighs = weighs, .loads = loads};
