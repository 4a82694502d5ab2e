#include "models/core/audit.h"
#include "models/core/world.h"
#include "models/service/upstream.h"
#include "sim/engine/allocate.h"
#include <stdlib.h>

static bool is_on(const struct world *w, const struct upstream_connection *c, uint32_t id) {
  const struct request *r = world_request(w, c->request);
  const struct upstream_of_request *of = request_part(w, r, PART_upstream);
  uint32_t places = 0;
  for (uint32_t i = 0; i < PROGRAM_FRAMES; i++) places += of->connection[i] == id + 1;
  return r->live && places == 1;
}

void audit_upstream(const struct audit *a) {
  const struct world *w = a->world;
  const struct upstreams *u = world_part(w, PART_upstream);
  uint32_t *open = allocate_zeroed(2 * (size_t)u->count + 1, sizeof *open), *idle = open + u->count;
  for (uint32_t id = 0; id < pool_capacity(&u->connections); id++) {
    const struct upstream_connection *c = pool_at(&u->connections, id);
    if (!c->live) continue;
    open[c->list]++;
    if (c->request == NONE)
      idle[c->list]++;
    else if (!is_on(w, c, id))
      audit_broken(a, "upstream: connection %u is in use by no request", id);
    if (w->containers[c->container].generation != c->generation)
      audit_broken(a, "upstream: connection %u leads to a process that is gone", id);
  }
  for (uint32_t i = 0; i < u->count; i++) {
    const struct upstream_list *l = &u->lists[i];
    if (open[i] != l->open || idle[i] != l->idle || l->idle > (uint64_t)service_upstream(model_service(w->model, l->service))->idle)
      audit_broken(a, "upstream: of list %u %u are open and %u idle, which counts %u and %u", i, open[i], idle[i], l->open,
                   l->idle);
  }
  free(open);
}
