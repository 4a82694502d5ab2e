#include "models/database/own_connection.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/database/connection_pool.h"
#include "models/database/connections.h"
#include "models/database/database.h"
#include "models/request/operation.h"
#include "models/request/walk.h"
#include "sim/engine/arena.h"

/* --- while running ----------------------------------------------------------------------------------------------------------- */

static struct connection_pool *pool_of(const struct world *w, const struct connection *k) {
  return k->owner == NONE ? NULL : &w->containers[k->owner].pools[k->pool];
}

uint32_t own_connection_take(struct world *w, struct request *r, const struct connection_pool *p) {
  for (uint32_t *link = &request_connections(w, r)->kept; *link != NONE; link = &connection_at(w, *link)->next) {
    uint32_t id = *link;
    const struct connection *k = connection_at(w, id);
    if (k->owner != p->owner || k->pool != p->number || k->previous != r->depth - 1u) continue;
    *link = k->next;
    return id;
  }
  return NONE;
}

bool own_connection_keep(struct world *w, struct request *r, uint32_t id) {
  struct connection *k = connection_at(w, id);
  const struct connection_pool *p = pool_of(w, k);
  if (!p || !p->config->by_request || k->server == NONE || k->opening || k->unnoticed) return false;
  struct connections_of_request *its = request_connections(w, r);
  k->previous = its->connection_frame, k->next = its->kept;
  its->kept = id;
  return true;
}

void own_connections_close(struct world *w, struct request *r) {
  for (uint32_t id; (id = request_connections(w, r)->kept) != NONE;) {
    request_connections(w, r)->kept = connection_at(w, id)->next;
    connection_pool_returned(w, id);
  }
}

static bool hang_up(struct world *w, struct request *r, const struct instruction *in) {
  (void)in;
  for (uint32_t *link = &request_connections(w, r)->kept; *link != NONE;) {
    uint32_t id = *link;
    struct connection *k = connection_at(w, id);
    if (k->previous != r->depth - 1u) {
      link = &k->next;
      continue;
    }
    *link = k->next;
    connection_pool_returned(w, id);
  }
  return true;
}

/* --- without requests -------------------------------------------------------------------------------------------------------- */

/* Those beyond are counted with each query, as if each opened one. */
enum { REMEMBERED = 63 };

static uint64_t bit_of(const struct pool_config *p) { return p->by_request <= REMEMBERED ? UINT64_C(1) << (p->by_request - 1) : 0; }

void own_connection_holds(struct walk *w, const struct instruction *in, const struct pool_config *p, double weight) {
  if (w->held[PART_connections] & bit_of(p)) return;
  w->held[PART_connections] |= bit_of(p);
  const struct connections_config *c = &service_connections(model_service(w->sums->model, (uint32_t)p->server))->server;
  walk_passes(w, weight * c->handshake.mean * 1e-9);
  struct walk there = *w; /* a call of the server */
  struct instruction work = {.service = p->server, .demand = c->setup};
  if (c->setup.mean <= 0 || there.depth == PROGRAM_FRAMES) return;
  there.frames[there.depth++] = p->server, there.route = in->route;
  compute_asks(&there, &work, weight);
}

static void hangs_up_in_walk(struct walk *w, const struct instruction *in, double weight) {
  (void)weight;
  const struct service_config *s = model_service(w->sums->model, (uint32_t)in->service);
  const struct pool_config *p = service_connections(s)->pools.items;
  for (uint32_t i = 0; i < service_connections(s)->pools.count; i++)
    if (p[i].by_request) w->held[PART_connections] &= ~bit_of(&p[i]);
}

static const struct operation operation_hang_up = {.name = "hang up", .run = hang_up, .hold = hangs_up_in_walk};

/* --- linking ----------------------------------------------------------------------------------------------------------------- */

static bool connects_by_request(const struct service_config *s) {
  const struct pool_config *p = service_connections(s)->pools.items;
  for (uint32_t i = 0; i < service_connections(s)->pools.count; i++)
    if (p[i].by_request) return true;
  return false;
}

void own_connections_leave(struct compiler *c) {
  int32_t service = compile_service(c);
  if (service < 0 || !connects_by_request(model_service(c->model, (uint32_t)service))) return;
  compile_emit_quietly(c, &operation_hang_up)->service = service;
}

static bool is_server(const struct service_config *d) {
  return d->kind == SERVICE_DATABASE && service_database(d)->engine == ENGINE_SERVER;
}

/* number: of the last one in the model. */
static void connect_by_request(struct linker *l, struct service_config *s, uint32_t *number) {
  struct config_list *pools = &service_connections(s)->pools;
  uint32_t services = l->model->services.count, count = pools->count;
  struct pool_config *all = arena_new_array(l->arena, struct pool_config, count + services);
  for (uint32_t i = 0; i < count; i++) all[i] = ((const struct pool_config *)pools->items)[i];
  for (uint32_t i = 0; i < services; i++) {
    const struct service_config *d = model_service(l->model, i);
    if (!is_server(d) || d == s || service_pool(s, (int32_t)i)) continue;
    all[count++] = (struct pool_config){.database = (int32_t)i,
                                        .max = INT64_MAX,
                                        .wait = SIM_NEVER,
                                        .idle = SIM_NEVER,
                                        .lifetime = SIM_NEVER,
                                        .queue = INT64_MAX,
                                        .by_request = ++*number};
  }
  *pools = (struct config_list){all, count};
}

void own_connections_link(struct linker *l) {
  uint32_t number = 0;
  for (uint32_t i = 0; i < l->model->services.count; i++) {
    struct service_config *s = (struct service_config *)l->model->services.items + i;
    if (service_connections(s)->connect == CONNECT_BY_REQUEST && !service_connections(s)->pooler.pool_size)
      connect_by_request(l, s, &number);
  }
}
