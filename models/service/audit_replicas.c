#include "models/core/audit.h"
#include "models/database/connections.h"
#include "models/database/connection_pool.h"
#include "models/database/database.h"
#include "models/database/pooler.h"
#include "models/core/world.h"
#include "sim/engine/allocate.h"
#include <stdlib.h>

/* By container, as the living requests know it. */
struct presence {
  uint32_t *in_flight, *connections;
  uint32_t *sent; /* on the way or inside */
};

static bool connection_aside(const struct world *w, const struct request *r, uint32_t frame) {
  if (request_database(w, r)->transaction == NONE) return false;
  const struct transaction *t = transaction_of(w, r);
  return t->has_connection && t->connection_frame == frame;
}

/* Between two queries of a request that opens connections itself (models/database/own_connection.h). */
static void count_kept(const struct world *w, const struct request *r, uint32_t *connections) {
  for (uint32_t id = request_connections(w, r)->kept; id != NONE; id = connection_at(w, id)->next)
    if (connection_at(w, id)->owner != NONE) connections[connection_at(w, id)->owner]++;
}

static struct presence count_presence(const struct world *w) {
  struct presence l = {.in_flight = allocate_zeroed(w->container_count + 1, sizeof(uint32_t)),
                       .sent = allocate_zeroed(w->container_count + 1, sizeof(uint32_t)),
                       .connections = allocate_zeroed(w->container_count + 1, sizeof(uint32_t))};
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    const struct request *r = world_request(w, id);
    if (!r->live) continue;
    count_kept(w, r, l.connections);
    for (uint32_t d = 0; d < r->depth; d++) {
      const struct frame *f = &r->frames[d];
      if (w->containers[f->container].generation != f->generation) continue;
      l.in_flight[f->container] += f->accepted;
      l.sent[f->container] += d >= r->base;
      l.connections[f->container] +=
          (request_connections(w, r)->has_connection && request_connections(w, r)->connection_frame == d) +
          connection_aside(w, r, d);
    }
  }
  return l;
}

/* What balancers believe. sent: by container, as the living requests know it. */
static void audit_loads(const struct audit *a, const uint32_t *sent) {
  for (uint32_t i = 0; i < a->world->model->services.count; i++) {
    const struct service *s = &a->world->services[i];
    uint32_t total = 0;
    for (uint32_t k = 0; s->balancing && k < s->capacity; k++) {
      total += s->balancing->load[k];
      if (s->balancing->load[k] != sent[s->first + k])
        audit_broken(a, "balancer of %s: %u requests at replica %u, %u counted", service_config(s)->name, sent[s->first + k], k,
                     s->balancing->load[k]);
    }
    if (s->balancing && s->balancing->total != total)
      audit_broken(a, "balancer of %s: %u requests in all, %u counted", service_config(s)->name, total, s->balancing->total);
  }
}

static void audit_container(const struct audit *a, const struct container *c, uint32_t in_flight, uint32_t connections) {
  const struct service_config *service = container_config(c);
  uint32_t in_use = 0;
  for (uint32_t k = 0; k < c->pool_count; k++) in_use += c->pools[k].in_use;
  if (c->in_flight != in_flight)
    audit_broken(a, "container %u of %s: %u requests in flight, %u counted", c->id, service->name, in_flight, c->in_flight);
  if (in_use != connections && !service_pools(service)) /* a pooler's: audit_connections */
    audit_broken(a, "container %u of %s: %u connections held, %u counted", c->id, service->name, connections, in_use);
}

void audit_replicas(const struct audit *a) {
  const struct world *w = a->world;
  struct presence l = count_presence(w);
  for (uint32_t i = 0; i < w->container_count; i++) audit_container(a, &w->containers[i], l.in_flight[i], l.connections[i]);
  audit_loads(a, l.sent);
  const char *wrong = memory_wrong(w);
  if (wrong) audit_broken(a, "memory: %s", wrong);
  free(l.in_flight);
  free(l.sent);
  free(l.connections);
}
