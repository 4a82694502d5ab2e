#include "models/database/connections.h"
#include "models/database/own_connection.h"
#include "models/database/pooler.h"
#include "models/database/stale.h"
#include "models/core/part.h"
#include "models/request/walk.h"
#include "models/request/operation.h"
#include "models/database/connection_pool.h"
#include "models/core/link.h"
#include "models/core/meter.h"
#include "models/core/world.h"
#include "models/network/network.h"
#include "sim/engine/arena.h"
#include "sim/engine/timer_heap.h"
#include <assert.h>
#include <math.h>

/* --- counting ---------------------------------------------------------------------------------------------------------------- */

void connection_count(struct world *w, const struct service_config *server, enum connection_meter what, int64_t change) {
  if (!service_connections(server)->server.metered || !change) return;
  if (what == CONNECTIONS_OPENED || what == CONNECTIONS_REFUSED)
    meter_count(w, service_connections(server)->server.meters[what]);
  else
    meter_change(w, service_connections(server)->server.meters[what], change);
}

/* --- opening and closing ----------------------------------------------------------------------------------------------------- */

struct connection *connection_at(const struct world *w, uint32_t id) {
  return pool_at(&world_connections(w)->all, id);
}

/* The replica in rotation with the fewest, in the region, or in any (-1); NONE when none lives. */
static uint32_t least_connected(const struct world *w, const struct service *s, int32_t region) {
  uint32_t best = NONE;
  for (uint32_t i = 0; i < s->in_rotation; i++) {
    const struct container *c = &w->containers[s->rotation[i]];
    if (region >= 0 && container_region(w, c) != region) continue;
    if (container_serves(c) && (best == NONE || c->connections < w->containers[best].connections)) best = c->id;
  }
  return best;
}

static void count_open(struct world *w, struct container *c, int32_t change) {
  c->connections += (uint32_t)change;
  connection_count(w, container_config(c), CONNECTIONS_OPEN, change);
  if (world_memory(w)) memory_changed(w, c);
}

static void leads_nowhere(struct world *w, struct connection *k) {
  if (k->server != NONE) count_open(w, &w->containers[k->server], -1);
  k->server = NONE;
}

static uint32_t server_for(struct world *w, struct connection_pool *p, enum route route, bool *stale) {
  const struct service *s = &w->services[p->config->server];
  const struct container *owner = &w->containers[p->owner];
  if (__builtin_expect(pool_has_address(p->config), 0)) return stale_server(w, p, stale);
  if (!model_regions(w->model)) return least_connected(w, s, -1);
  if (route == ROUTE_PRIMARY && !s->shards && container_serves(&w->containers[s->primary])) return s->primary;
  uint32_t near = least_connected(w, s, container_region(w, owner));
  return near != NONE ? near : least_connected(w, s, -1);
}

uint32_t connection_open(struct world *w, struct connection_pool *p, enum route route) {
  const struct service *s = &w->services[p->config->server];
  bool stale = false;
  uint32_t server = server_for(w, p, route, &stale);
  int64_t max = server != NONE ? service_connections(container_config(&w->containers[server]))->server.max : 0;
  if (max && w->containers[server].connections >= (uint64_t)max) {
    connection_count(w, service_config(s), CONNECTIONS_REFUSED, 1);
    return NONE;
  }
  uint32_t id = pool_take(&world_connections(w)->all);
  struct connection *k = connection_at(w, id);
  *k = (struct connection){.owner = p->owner, .server = server, .backend = NONE, .pool = p->number, .live = true, .stale = stale};
  if (server != NONE) count_open(w, &w->containers[server], 1), connection_count(w, service_config(s), CONNECTIONS_OPENED, 1);
  if (p->life_over) k->life_over = lane_push(p->life_over, id), k->life_runs = true;
  p->open++;
  if (world_memory(w)) memory_changed(w, &w->containers[p->owner]);
  return id;
}

static void forget(struct world *w, uint32_t id) {
  struct connection *k = connection_at(w, id);
  uint32_t backend = k->backend;
  k->live = false;
  pool_give(&world_connections(w)->all, id);
  if (backend != NONE) connection_pool_returned(w, backend);
}

/* Neither end knows it any more. */
static void cut(struct world *w, struct connection *k, uint32_t id) {
  struct connection_pool *p = &w->containers[k->owner].pools[k->pool];
  if (k->life_runs) lane_cancel(p->life_over, k->life_over);
  if (k->idle_runs) lane_cancel(p->idle_over, k->idle_over);
  if (k->unnoticed) stale_forgets(w, id);
  k->life_runs = k->idle_runs = false;
  leads_nowhere(w, k);
  assert(p->open > 0);
  p->open--;
  if (world_memory(w)) memory_changed(w, &w->containers[p->owner]);
}

void connection_close(struct world *w, uint32_t id) {
  struct connection *k = connection_at(w, id);
  if (k->owner != NONE) cut(w, k, id);
  forget(w, id);
}

void connection_orphan(struct world *w, uint32_t id) {
  struct connection *k = connection_at(w, id);
  cut(w, k, id);
  k->owner = NONE;
}

static void server_died(struct world *w, const struct container *c) {
  bool host = c->node != NONE && !w->nodes[c->node].up;
  if (!c->connections) return;
  for (uint32_t id = 0; id < pool_capacity(&world_connections(w)->all); id++) {
    struct connection *k = connection_at(w, id);
    if (!k->live || k->server != c->id) continue;
    leads_nowhere(w, k);
    if (host && stale_keeps(w, id)) continue;
    if (k->idle) connection_pool_drop_idle(w, id);
  }
}

static void connections_start(struct world *w) {
  world_connections(w)->open = true;
  for (uint32_t i = 0; i < w->container_count; i++)
    if (container_serves(&w->containers[i])) connection_pools_fill(w, &w->containers[i]);
}

/* --- set-up, as instructions behind the program ------------------------------------------------------------------------------ */

static struct connection *opening_of(const struct world *w, const struct request *r) {
  return connection_at(w, request_connections(w, r)->backend != NONE ? request_connections(w, r)->backend
                                                                     : request_connections(w, r)->connection);
}

static bool set_up(struct world *w, struct request *r, const struct instruction *in) {
  (void)in;
  opening_of(w, r)->opening = false;
  r->pc = request_connections(w, r)->after_setup;
  return true;
}
static const struct operation operation_set_up = {.name = "set-up", .run = set_up};

/* To the replica that the connection leads to, unless that has just died. */
static bool to_server(struct world *w, struct request *r, const struct instruction *in) {
  uint32_t server = opening_of(w, r)->server;
  return server == NONE ? set_up(w, r, in) : request_enter_at(w, r, in, server);
}
static const struct operation operation_to_server = {
    .name = "to the server", .run = to_server, .hold = enter_holds, .through = enter_through, .enters = true};

static void compile_setup_work(struct compiler *c, int32_t server, uint16_t cell, const struct distribution *work) {
  uint32_t first = c->program->count;
  struct instruction *enter = compile_enter(c, server, ROUTE_ANY);
  enter->again = false;
  compile_becomes(enter, &operation_to_server);
  compile_cpu(c, work);
  compile_leave(c);
  for (uint32_t i = first; i < c->program->count; i++)
    c->program->instructions[i].cell = c->program->instructions[i].second_cell = cell;
}

/* Handshakes that need an answer each. */
static bool takes_trips(struct world *w, struct request *r, const struct instruction *in) {
  uint32_t server = opening_of(w, r)->server;
  if (server == NONE) return set_up(w, r, in);
  sim_time way = network_way(w, w->containers[r->frames[r->depth - 1].container].node, w->containers[server].node);
  sim_time all = 2 * (sim_time)in->scale * way;
  if (!all) return true;
  request_parks(r, in->cell, world_now(w));
  timer_heap_push(w->sleepers, world_after(w, all), r->id);
  return false;
}
static const struct operation operation_trips = {.name = "trips", .run = takes_trips};

/* One of them is that for which the server computes. */
static void compile_trips(struct compiler *c, int32_t server, uint16_t cell, int64_t trips) {
  struct instruction *in = compile_emit(c, &operation_trips);
  in->service = server, in->cell = cell, in->scale = (double)trips;
}

/* PostgreSQL: TCP, the start-up message, and two exchanges of SCRAM. */
enum { TRIPS_OF_POSTGRESQL = 4 };

/* Where connections to the server are set up; 0 when that takes no time. own: each request opens one. */
static uint16_t compile_setup(struct compiler *c, int32_t server, bool own) {
  const struct connections_config *config = &service_connections(model_service(c->model, (uint32_t)server))->server;
  int64_t all = config->trips ? config->trips : own ? TRIPS_OF_POSTGRESQL : 0;
  if (config->setup.mean <= 0 && config->handshake.mean <= 0 && !all) return 0;
  uint16_t at = (uint16_t)c->program->count, cell = compile_cell(c, server, TIME_POOL);
  int64_t trips = all - (config->setup.mean > 0);
  if (trips > 0) compile_trips(c, server, cell, trips);
  if (config->setup.mean > 0) compile_setup_work(c, server, cell, &config->setup);
  if (config->handshake.mean > 0) compile_delay(c, &config->handshake, cell);
  compile_emit(c, &operation_set_up)->service = server;
  return at;
}

static int32_t server_of(const struct model *m, const struct instruction *in) {
  if (in->operation == &operation_bind) return in->service;
  if (in->operation != &operation_acquire) return -1;
  int32_t pooler = service_connections(model_service(m, (uint32_t)in->service))->pooled_by;
  return pooler >= 0 ? pooler : in->service;
}

static bool opens_its_own(const struct model *m, const struct instruction *in) {
  if (in->operation != &operation_acquire || in->caller < 0) return false;
  const struct pool_config *p = service_pool(model_service(m, (uint32_t)in->caller), in->service);
  return p && p->by_request;
}

void connections_compile(struct compiler *c) {
  struct program *p = c->program;
  for (uint32_t i = 0, end = p->count; i < end && !c->error; i++) {
    int32_t server = server_of(c->model, &p->instructions[i]);
    if (server < 0) continue;
    uint16_t target = 0;
    bool known = false, own = opens_its_own(c->model, &p->instructions[i]);
    for (uint32_t k = 0; k < i && !known; k++) {
      const struct instruction *other = &p->instructions[k];
      if (server_of(c->model, other) != server || opens_its_own(c->model, other) != own) continue;
      known = true, target = other->target;
    }
    p->instructions[i].target = known ? target : compile_setup(c, server, own);
  }
}

/* --- linking ----------------------------------------------------------------------------------------------------------------- */

static bool kept_in_detail(const struct model *m, const struct service_config *client, const struct pool_config *p) {
  const struct service_config *server = model_service(m, (uint32_t)p->server);
  bool counted = service_connections(server)->server.max || server->scalability.counts == SCALABILITY_OPEN ||
                 service_connections(server)->server.trips || pool_has_address(p);
  return p->by_request || p->min || p->idle != SIM_NEVER || p->lifetime != SIM_NEVER || p->queue != INT64_MAX || counted ||
         server->memory.per_connection || client->memory.per_connection;
}

static void declare_meters(struct model *m, struct service_config *s) {
  struct connections_config *c = &service_connections(s)->server;
  bool pooler = service_connections(s)->pooler.pool_size > 0;
  if (c->metered) return;
  c->metered = true;
  c->meters[CONNECTIONS_OPEN] = meter_declare(m, s->name, pooler ? "clients" : "connections", METER_LEVEL,
                                              pooler ? "Open connections of clients." : "Open connections.");
  c->meters[CONNECTIONS_ACTIVE] =
      meter_declare(m, s->name, "active", METER_LEVEL, "Connections in use: held by requests, or by clients of a session pooler.");
  c->meters[CONNECTIONS_WAITING] =
      meter_declare(m, s->name, "waiting", METER_LEVEL, "Requests that wait for a connection to it, in all pools.");
  c->meters[CONNECTIONS_OPENED] = meter_declare(m, s->name, "opened", METER_COUNT, "Connections opened.");
  c->meters[CONNECTIONS_REFUSED] =
      meter_declare(m, s->name, "too_many", METER_COUNT, "Connections refused because it had too many.");
}

/* Each of its requests opens one, and holds a thread, if threads are held. */
static void link_own(struct linker *l, const struct service_config *s, struct pool_config *p) {
  const struct service_config *server = model_service(l->model, (uint32_t)p->server);
  if (s->runtime != RUNTIME_EVENT_LOOP && s->threads > 0) p->max = s->threads;
  if (server->kind == SERVICE_DATABASE && service_connections(server)->server.setup.mean <= 0)
    link_warn(l, arena_format(l->arena, "services.%s", s->name), "connect", "connections-for-nothing",
              "each request opens a connection to \"%s\", which costs that no CPU: say what its \"connections\" take, such as "
              "\"setup\": \"2ms\"",
              server->name);
}

static void link_pool(struct linker *l, const struct service_config *s, struct pool_config *p) {
  struct model *m = l->model;
  const struct service_config *database = model_service(m, (uint32_t)p->database);
  int32_t pooler = service_connections(database)->pooled_by;
  p->server = pooler >= 0 && model_service(m, (uint32_t)pooler) != s ? pooler : p->database;
  p->kept = kept_in_detail(m, s, p) || service_connections(s)->pooler.pool_size;
  if (p->by_request) link_own(l, s, p);
  if (p->kept) declare_meters(m, (struct service_config *)m->services.items + p->server);
  if (p->min > p->max)
    link_error(l, arena_format(l->arena, "services.%s", s->name), "pools",
               "the pool towards \"%s\" has a \"min\" above its \"max\"", database->name);
}

/* Replicas that a service may have, all with full pools: what they may ask for. */
static void warn_of_too_many(struct linker *l, uint32_t server) {
  const struct model *m = l->model;
  const struct service_config *s = model_service(m, server);
  double wanted = 0, taken = (double)service_connections(s)->server.max * (double)s->replicas;
  const char *who = "";
  if (!service_connections(s)->server.max || service_connections(s)->server.max == INT64_MAX) return; /* it takes any number */
  for (uint32_t i = 0; i < m->services.count; i++) {
    const struct service_config *client = model_service(m, i);
    const struct pool_config *p = service_connections(client)->pools.items;
    int64_t replicas = client->autoscale.max > client->replicas ? client->autoscale.max : client->replicas;
    uint32_t processes = runtime_processes(client);
    for (uint32_t k = 0; k < service_connections(client)->pools.count; k++) {
      if (p[k].server != (int32_t)server) continue;
      bool endless = p[k].max == INT64_MAX;
      double max = endless ? INFINITY : (double)(p[k].max + p[k].reserve);
      wanted += (double)replicas * processes * max;
      who = arena_format(l->arena, "%s%s%s %lld%s x %s", who, *who ? ", " : "", client->name, (long long)replicas,
                         processes > 1 ? arena_format(l->arena, " x %u processes", processes) : "",
                         endless ? "any number" : arena_format(l->arena, "%g", max));
    }
  }
  if (wanted > taken)
    link_warn(l, arena_format(l->arena, "services.%s", s->name), NULL, "too-many-connections",
              "its clients may open %s connections (%s), and it takes %g: those above are refused; make the pools smaller, or put "
              "a pooler between",
              isinf(wanted) ? "any number of" : arena_format(l->arena, "%g", wanted), who, taken);
}

/* Why the law changes nothing at the service: it never sees more than one. Null: it may. */
static const char *scalability_is_idle(const struct model *m, const struct service_config *s) {
  const struct scalability_config *c = &s->scalability;
  if (!service_runs(s)) return "it is external and has no replicas that compute";
  if (c->counts == SCALABILITY_ACTIVE)
    return s->threads == 1 || s->runtime == RUNTIME_GIL ? "each process computes for one request at a time" : NULL;
  for (uint32_t i = 0; i < m->services.count; i++) {
    const struct service_config *client = model_service(m, i);
    const struct pool_config *p = service_connections(client)->pools.items;
    for (uint32_t k = 0; k < service_connections(client)->pools.count; k++)
      if (model_service(m, (uint32_t)p[k].server) == s) return NULL;
  }
  return "it counts open connections, and no pool leads there";
}

static void warn_of_idle_law(struct linker *l, const struct service_config *s) {
  const struct scalability_config *c = &s->scalability;
  if (!(c->contention > 0 || c->coherency > 0 || c->counts != SCALABILITY_ACTIVE)) return;
  const char *path = arena_format(l->arena, "services.%s", s->name), *why = scalability_is_idle(l->model, s);
  if (!(c->contention > 0 || c->coherency > 0)) why = "\"contention\" and \"coherency\" are 0";
  if (why) link_warn(l, path, "scalability", "scalability-idle", "\"scalability\" has no effect: %s", why);
}

static void link_trips(struct linker *l, struct service_config *s) {
  struct connections_config *c = &service_connections(s)->server;
  if (!c->trips && model_regions(l->model)) c->trips = TRIPS_OF_POSTGRESQL;
}

void connections_link(struct linker *l) {
  struct model *m = l->model;
  for (uint32_t i = 0; i < m->services.count; i++) link_trips(l, (struct service_config *)m->services.items + i);
  for (uint32_t i = 0; i < m->services.count; i++) {
    struct service_config *s = (struct service_config *)m->services.items + i;
    if (service_connections(s)->server.max && s->kind != SERVICE_DATABASE && service_connections(s)->pooler.pool_size == 0)
      link_error(l, arena_format(l->arena, "services.%s", s->name), "connections",
                 "\"connections\" are those of a database: what others take is not modelled");
    for (uint32_t k = 0; k < service_connections(s)->pools.count; k++)
      link_pool(l, s, (struct pool_config *)service_connections(s)->pools.items + k);
  }
  for (uint32_t i = 0; i < m->services.count; i++) {
    warn_of_too_many(l, i);
    warn_of_idle_law(l, model_service(m, i));
  }
}

static int64_t memory_connections(const struct container *c) {
  const struct service_config *s = container_config(c);
  int64_t open = service_connections(s)->server.metered ? c->connections : s->kind == SERVICE_DATABASE ? c->in_flight : 0;
  for (uint32_t i = 0; i < c->pool_count; i++) open += c->pools[i].open;
  return open;
}

static void connections_open(struct world *w) {
  pool_init(&world_connections(w)->all, sizeof(struct connection));
  if (world_memory(w)) world_memory(w)->connections = memory_connections;
}

static void connections_stop(struct world *w) {
  for (uint32_t i = 0; i < w->model->services.count; i++) connection_pools_stop(w, &w->services[i]);
  pool_release(&world_connections(w)->all);
}

static void connections_measure(struct world *w, enum world_edge edge) {
  for (uint32_t i = 0; i < w->container_count; i++) connection_pools_measure(w, &w->containers[i], edge);
}

static void connections_serve(struct world *w, struct container *c, bool warm) {
  (void)warm;
  stale_renewed(c);
  connection_pools_fill(w, c);
}

static void connections_die(struct world *w, struct container *c) {
  stale_host_died(w, c);
  for (uint32_t i = 0; i < c->pool_count; i++) connection_pool_clear(w, &c->pools[i]);
  server_died(w, c);
}

static void release(struct world *w, struct request *r) {
  if (request_connections(w, r)->has_connection || request_connections(w, r)->backend != NONE) connection_pool_abandon(w, r);
  own_connections_close(w, r);
}

/* The time of a request's own connections is that of the request. */
static void passes(const struct walk *w, double weighted_s) { (void)w, (void)weighted_s; }

static void check_pools(struct linker *l, struct service_config *s, const char *path) {
  const struct pool_config *pools = service_connections(s)->pools.items;
  for (uint32_t k = 0; k < service_connections(s)->pools.count; k++) {
    const struct service_config *to = model_service(l->model, (uint32_t)pools[k].database);
    if (to->kind != SERVICE_DATABASE)
      link_error(l, path, NULL, "its pool leads to \"%s\", which is not of kind database", to->name);
    else if (to->embedded)
      link_error(l, path, NULL, "its pool leads to \"%s\", which is a file: SQLite has no connections", to->name);
  }
}

static void link_connections(struct linker *l, enum link_stage stage) {
  if (stage == LINK_FIRST) poolers_link(l), own_connections_link(l);
  if (stage == LINK_JOINED) connections_link(l);
}

static void connections_behind(struct compiler *c, const struct endpoint_config *e) {
  (void)e;
  connections_compile(c);
}

static void connections_use(const struct world *w, struct service *s, struct service_use *use) {
  for (uint32_t k = 0; k < s->capacity; k++) {
    const struct container *c = &w->containers[s->first + k];
    for (uint32_t p = 0; p < c->pool_count; p++) use->pool_used_s += (c->pools[p].used_ns - c->pools[p].used_at_mark) * 1e-9;
  }
}

static const struct connections_of_request new_request = {.kept = NONE, .connection = NONE, .backend = NONE};
const struct part part_connections = {.name = "connections",
                                      .room.request = sizeof(struct connections_of_request),
                                      .request = &new_request,
                                      .behind = connections_behind,
                                      .use = connections_use,
                                      .link = link_connections,
                                      .service = check_pools,
                                      .keys.service = &connections_keys_record,
                                      .room.world = sizeof(struct connections),
                                      .open = connections_open,
                                      .build = connection_pools_start,
                                      .start = connections_start,
                                      .measure = connections_measure,
                                      .stop = connections_stop,
                                      .serves = connections_serve,
                                      .dies = connections_die,
                                      .changed = stale_changed,
                                      .release = release,
                                      .forget = own_connections_close,
                                      .leaves = own_connections_leave,
                                      .passes = passes,
                                      .audit = audit_connections,
                                      .load = &connections_load};
