#include "models/core/audit.h"
#include "models/database/connection_pool.h"
#include "models/database/database.h"
#include "models/database/connections.h"
#include "models/database/pooler.h"
#include "models/core/world.h"
#include "sim/engine/allocate.h"
#include <stdlib.h>

/* Who knows each connection that is not idle: a request, or the client of a session pooler. */
static uint8_t *count_holders(const struct world *w) {
  uint8_t *n = allocate_zeroed(pool_capacity(&world_connections(w)->all) + 1, 1);
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    const struct request *r = world_request(w, id);
    if (r->live && request_connections(w, r)->connection != NONE) n[request_connections(w, r)->connection]++;
    if (r->live && request_connections(w, r)->backend != NONE) n[request_connections(w, r)->backend]++;
    for (uint32_t k = r->live ? request_connections(w, r)->kept : NONE; k != NONE; k = connection_at(w, k)->next) n[k]++;
    const struct transaction *t = r->live && request_database(w, r)->transaction != NONE ? transaction_of(w, r) : NULL;
    if (t && t->connection != NONE) n[t->connection]++;
    if (t && t->backend != NONE) n[t->backend]++;
  }
  for (uint32_t id = 0; id < pool_capacity(&world_connections(w)->all); id++) {
    const struct connection *k = connection_at(w, id);
    if (k->live && k->backend != NONE) n[k->backend]++;
  }
  return n;
}

/* Of one pool: connections by what they say of themselves, and by what the pool counts. */
static void audit_pool(const struct audit *a, const struct container *c, uint32_t number) {
  const struct world *w = a->world;
  const struct connection_pool *p = &c->pools[number];
  uint32_t open = 0, idle = 0;
  for (uint32_t id = 0; id < pool_capacity(&world_connections(w)->all); id++) {
    const struct connection *k = connection_at(w, id);
    if (!k->live || k->owner != c->id || k->pool != number) continue;
    open++, idle += k->idle;
  }
  if (open != p->open || idle != p->idle || open != p->in_use + idle)
    audit_broken(a, "pool %u of container %u: %u connections, %u idle; %u, %u and %u in use are counted", number, c->id, open, idle,
                 p->open, p->idle, p->in_use);
  if (p->line.queue.count && (p->idle || p->open < (uint64_t)p->config->max))
    audit_broken(a, "pool %u of container %u: %u wait, %u of %lld connections are open and %u idle", number, c->id,
                 p->line.queue.count, p->open, (long long)p->config->max, p->idle);
}

static void audit_connection_meters(const struct audit *a, uint32_t service) {
  const struct world *w = a->world;
  const struct connections_config *c = &service_connections(service_config(&w->services[service]))->server;
  int64_t open = 0, active = 0, waiting = 0;
  for (uint32_t i = 0; i < w->container_count; i++) {
    const struct container *client = &w->containers[i];
    if (client->service == service) open += client->connections;
    for (uint32_t k = 0; k < client->pool_count; k++) {
      const struct connection_pool *p = &client->pools[k];
      if (p->config->kept && p->config->server == (int32_t)service) active += p->in_use, waiting += p->line.queue.count;
    }
  }
  const struct meter_observation *m = w->observation.meters;
  if (level_value(&m[c->meters[CONNECTIONS_OPEN]].level) != open ||
      level_value(&m[c->meters[CONNECTIONS_ACTIVE]].level) != active ||
      level_value(&m[c->meters[CONNECTIONS_WAITING]].level) != waiting)
    audit_broken(a, "connections to %s: %lld open, %lld in use, %lld wait; the meters say something else",
                 service_config(&w->services[service])->name, (long long)open, (long long)active, (long long)waiting);
}

void audit_connections(const struct audit *a) {
  const struct world *w = a->world;
  uint8_t *holders = count_holders(w);
  uint32_t *leading = allocate_zeroed(w->container_count + 1, sizeof *leading), live = 0;
  for (uint32_t id = 0; id < pool_capacity(&world_connections(w)->all); id++) {
    const struct connection *k = connection_at(w, id);
    if (!k->live) continue;
    live++;
    if (k->server != NONE) leading[k->server]++;
    if (holders[id] != (!k->idle && !k->returned))
      audit_broken(a, "connection %u is %s and known to %u", id, k->idle ? "idle" : "in use", holders[id]);
  }
  if (live != pool_live(&world_connections(w)->all))
    audit_broken(a, "%u connections live, %u entries are taken", live, pool_live(&world_connections(w)->all));
  for (uint32_t i = 0; i < w->container_count; i++) {
    const struct container *c = &w->containers[i];
    if (c->connections != leading[i])
      audit_broken(a, "container %u: %u connections lead to it, %u counted", i, leading[i], c->connections);
    for (uint32_t k = 0; k < c->pool_count; k++)
      if (c->pools[k].config->kept) audit_pool(a, c, k);
  }
  for (uint32_t i = 0; i < w->model->services.count; i++)
    if (service_connections(service_config(&w->services[i]))->server.metered) audit_connection_meters(a, i);
  free(holders);
  free(leading);
}
