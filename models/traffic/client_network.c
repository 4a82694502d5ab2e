#include "models/traffic/client_network.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/network/request_place.h"
#include "models/network/regions.h"
#include "models/traffic/page.h"
#include "models/traffic/source.h"
#include "models/request/draws.h"
#include "models/request/walk.h"
#include "models/request/operation.h"
#include "models/core/meter.h"
#include "models/core/model.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include <assert.h>

static const struct source_config *config_of(const struct world *w, const struct request *r) {
  return world_sources(w)->each[r->source].config;
}

/* Books all that passes on the way to one cell of the program. */
static void travel(struct world *w, struct request *r, sim_time time) {
  r->waiting = &wait_elsewhere, r->since = world_now(w);
  r->wait_cell = (uint16_t)w->model->programs[r->endpoint].network_cell;
  timer_heap_push(w->sleepers, world_after(w, time), r->id);
}

static sim_time drawn(const struct distribution *d, const struct request *r, uint64_t draw) {
  struct stream draws = stream_at(r->key, draw);
  return distribution_sample_time(d, &draws);
}

/* Time of bytes on a line, rounded up to a nanosecond. */
static sim_time transfer(int64_t bytes, int64_t bits_per_s) {
  if (!bytes || bits_per_s == INT64_MAX) return 0;
  unsigned __int128 ns =
      ((unsigned __int128)(uint64_t)bytes * 8 * (uint64_t)SIM_S + (uint64_t)bits_per_s - 1) / (uint64_t)bits_per_s;
  return ns < (unsigned __int128)SIM_NEVER ? (sim_time)ns : SIM_NEVER - 1;
}

/* --- connections ------------------------------------------------------------------------------------------------------------- */

/* In an open source whose clients have no names `user` is the number of the arrival, given because they may ask again: they are
 * dealt by the same draw as those who ask once, and keep their connection. */
static bool named(const struct source_config *s, uint32_t user) { return user != NONE && (!s->kind->nameless || s->clients.count); }

uint32_t client_network_number(const struct source *s, uint32_t user, uint64_t key) {
  const struct client_network *n = &s->network;
  if (!n->connections) return NONE;
  assert(n->clients > 0);
  if (named(n->config, user)) return user % n->clients;
  struct stream draws = stream_at(user == NONE ? key : source_key(s, user), DRAW_CLIENT);
  return stream_below(&draws, n->clients);
}

uint32_t client_network_number_of(const struct world *w, const struct request *r) {
  const struct source *s = &world_sources(w)->each[r->source];
  struct way_of_request *way = request_way(w, r);
  if (!s->network.connections) return NONE;
  if (!way->connection) way->connection = client_network_number(s, r->user, r->key) + 1;
  return way->connection - 1;
}

/* The connection of the request's client, or null when each request has its own. */
static struct client_connection *connection_of(const struct world *w, const struct request *r) {
  uint32_t number = client_network_number_of(w, r);
  return number == NONE ? NULL : &world_sources(w)->each[r->source].network.connections[number];
}

static bool leads_to_living(const struct world *w, const struct client_connection *c) {
  return c->container == NONE || w->containers[c->container].generation == c->generation;
}

static bool usable(const struct world *w, const struct client_connection *c, sim_time idle) {
  bool fresh = idle == SIM_NEVER || world_now(w) <= c->used_at || world_now(w) - c->used_at <= idle;
  return c->left > 0 && fresh && leads_to_living(w, c);
}

/* --- regions ----------------------------------------------------------------------------------------------------------------- */

static int32_t edge_of(const struct world *w, const struct request *r) {
  return world_has_places(w) ? request_place(w, r)->edge : -1;
}

/* From the client's region to the one that it was sent to, and back. */
static sim_time between_regions(const struct world *w, const struct request *r) {
  if (!world_has_places(w) || request_place(w, r)->client < 0) return 0;
  const struct request_place *p = request_place(w, r);
  assert(p->edge >= 0);
  return regions_round_trip(&w->model->platform.regions, (uint32_t)p->client, (uint32_t)p->edge);
}

/* Of a connection that the request opens: the client's way to its own region, and on to that of the entry. */
static sim_time new_round_trip(const struct world *w, const struct request *r) {
  return drawn(&config_of(w, r)->connection.round_trip, r, DRAW_ROUND_TRIP) + between_regions(w, r);
}

/* A connection survives a change of what its client's region resolves to, once it leads to a replica. */
static bool leads_elsewhere(const struct world *w, const struct request *r, const struct client_connection *c) {
  return c->container == NONE && c->edge != edge_of(w, r);
}

static void keep_edge(const struct world *w, const struct request *r, const struct client_connection *c) {
  if (world_has_places(w)) request_place(w, r)->edge = c->edge;
}

/* Time until the request has a connection; *opens: it is the first on it. */
static sim_time connect(struct world *w, struct request *r, bool *opens) {
  const struct client_connection_config *config = &config_of(w, r)->connection;
  struct client_connection *c = connection_of(w, r);
  sim_time now = world_now(w);
  *opens = !c || !usable(w, c, config->idle) || leads_elsewhere(w, r, c);
  if (!*opens) {
    keep_edge(w, r, c);
    if (c->left != INT64_MAX) c->left--;
    c->used_at = now;
    return c->ready_at > now ? c->ready_at - now : 0;
  }
  assert(config->tls >= TLS_NONE && config->tls <= TLS_13);
  static const int trips[] = {[TLS_NONE] = 1, [TLS_12] = 3, [TLS_13] = 2};
  sim_time round_trip = new_round_trip(w, r), set_up = trips[config->tls] * round_trip;
  if (c)
    *c = (struct client_connection){.ready_at = now + set_up,
                                    .used_at = now,
                                    .round_trip = round_trip,
                                    .container = NONE,
                                    .edge = (int16_t)edge_of(w, r),
                                    .left = config->requests == INT64_MAX ? INT64_MAX : config->requests - 1};
  return set_up;
}

static sim_time round_trip_of(const struct world *w, const struct request *r) {
  const struct client_connection *c = connection_of(w, r);
  return c ? c->round_trip : new_round_trip(w, r);
}

static uint32_t client_network_pinned(struct world *w, const struct request *r, int32_t service) {
  const struct client_connection *c = connection_of(w, r);
  bool pinned = c && c->container != NONE && leads_to_living(w, c) && w->containers[c->container].service == (uint32_t)service;
  return pinned ? c->container : NONE;
}

/* A client with endpoints behind several entries keeps to the replica of the first. */
static void client_network_pin(struct world *w, const struct request *r, int32_t service, uint32_t container) {
  (void)service;
  struct client_connection *c = connection_of(w, r);
  if (!c || (c->container != NONE && leads_to_living(w, c))) return;
  c->container = container, c->generation = w->containers[container].generation, c->dealt = false;
}

static struct client_connection *client_network_connection(const struct world *w, const struct request *r, uint32_t container) {
  struct client_connection *c = connection_of(w, r);
  return c && c->container == container && leads_to_living(w, c) ? c : NULL;
}

/* --- there ------------------------------------------------------------------------------------------------------------------- */

static sim_time sent(struct world *w, const struct request *r) {
  return page_line(w, r, false, transfer(endpoint_way(model_endpoint(w->model, r->endpoint))->request, config_of(w, r)->link.up));
}

static sim_time way_there(struct world *w, const struct request *r) { return round_trip_of(w, r) / 2 + sent(w, r); }

static void set_out(struct world *w, struct request *r, sim_time time) {
  if (time)
    travel(w, r, time);
  else
    request_resume(w, r);
}

static bool at_edge(const struct request *r, const struct cdn_config *cdn) {
  if (cdn->hit <= 0) return false;
  struct stream draws = stream_at(r->key, DRAW_EDGE);
  return stream_uniform(&draws) < cdn->hit;
}

static void client_network_sends(struct world *w, struct request *r) {
  const struct program *p = &w->model->programs[r->endpoint];
  const struct endpoint_config *e = model_endpoint(w->model, r->endpoint);
  const struct source_config *s = config_of(w, r);
  assert(p->network_cell >= 0);
  request_way(w, r)->from_edge = at_edge(r, &endpoint_way(e)->cdn);
  if (request_way(w, r)->from_edge) {
    meter_count(w, endpoint_way(e)->cdn.hits);
    r->pc = p->end;
    set_out(w, r, drawn(&endpoint_way(e)->cdn.latency, r, DRAW_EDGE_LATENCY) + sent(w, r));
    return;
  }
  bool opens;
  sim_time ready = connect(w, r, &opens);
  request_way(w, r)->follows = !opens;
  if (opens && p->handshake && s->connection.tls != TLS_NONE && s->connection.handshake.mean > 0) {
    r->pc = p->handshake;
    set_out(w, r, ready);
  } else
    set_out(w, r, ready + way_there(w, r));
}

/* The handshake's computation: what it costs is a matter of the source. */
static bool shake_hands(struct world *w, struct request *r, const struct instruction *in) {
  (void)in;
  struct container *c = &w->containers[r->frames[r->depth - 1].container];
  r->work = drawn(&config_of(w, r)->connection.handshake, r, DRAW_HANDSHAKE);
  if (c->speed != 1) r->work = (sim_time)((double)r->work / c->speed + 0.5);
  if (!r->work) return true;
  r->since = world_now(w);
  container_compute(w, c, r);
  return false;
}
static const struct operation operation_shake_hands = {.name = "shake hands", .run = shake_hands, .ask = compute_asks};

static bool ask(struct world *w, struct request *r, const struct instruction *in) {
  (void)in;
  r->pc = 0;
  sim_time time = way_there(w, r);
  if (time) travel(w, r, time);
  return !time;
}
static const struct operation operation_ask = {.name = "ask", .run = ask};

void client_network_compile(struct compiler *c, const struct endpoint_config *e) {
  c->program->network_cell = compile_cell(c, -1, TIME_NETWORK);
  if (e->entry < 0) return;
  c->program->handshake = (uint16_t)c->program->count;
  compile_enter(c, e->entry, ROUTE_ANY)->again = false;
  struct instruction *in = compile_emit(c, &operation_shake_hands);
  in->service = e->entry;
  compile_cpu_cells(c, in, e->entry);
  compile_leave(c);
  compile_emit(c, &operation_ask);
}

/* --- and back ---------------------------------------------------------------------------------------------------------------- */

static bool client_network_answers(struct world *w, struct request *r) {
  if (request_way(w, r)->answered || r->client_gone) return false;
  request_way(w, r)->answered = true;
  const struct instruction *end = &w->model->programs[r->endpoint].instructions[r->pc - 1];
  int64_t bytes = end->outcome == OUTCOME_COMPLETED ? endpoint_way(model_endpoint(w->model, r->endpoint))->response : 0;
  sim_time time = page_line(w, r, true, transfer(bytes, config_of(w, r)->link.down));
  if (!request_way(w, r)->from_edge) {
    struct client_connection *c = connection_of(w, r);
    time += round_trip_of(w, r) - round_trip_of(w, r) / 2;
    if (c) c->used_at = world_now(w) + time;
  }
  if (!time) return false;
  assert(time > 0);
  r->pc--; /* to its end, when it has arrived */
  travel(w, r, time);
  return true;
}

void client_network_start(struct source *s, struct world *w) {
  const struct client_connection_config *c = &s->config->connection;
  s->network = (struct client_network){.config = s->config};
  if (c->requests == 1) return;
  s->network.clients = (uint32_t)(s->config->kind->closed ? s->config->population : c->clients);
  s->network.connections = arena_new_array(w->arena, struct client_connection, s->network.clients);
}

static uint16_t *process_of(const struct world *w, const struct request *r, uint32_t container, bool **dealt) {
  struct client_connection *c = client_network_connection(w, r, container);
  if (!c) return NULL;
  *dealt = &c->dealt;
  return &c->process;
}

static bool client_network_opens(const struct world *w, const struct request *r) { return !request_way(w, r)->follows; }

/* The client's next request opens another one. */
static void client_network_closes(const struct world *w, const struct request *r) {
  struct client_connection *c = connection_of(w, r);
  if (c) c->left = 0;
}

const struct client_line client_line = {.opens = client_network_opens,
                                        .closes = client_network_closes,
                                        .sends = client_network_sends,
                                        .answers = client_network_answers,
                                        .pinned = client_network_pinned,
                                        .pin = client_network_pin,
                                        .process = process_of};

static void link_endpoint(struct linker *l, enum link_stage stage) {
  if (stage == LINK_ENDPOINT) cdn_link(l->model, (struct endpoint_config *)l->model->endpoints.items + l->endpoint);
}

static void compile_way(struct compiler *c, const struct endpoint_config *e) {
  if (c->error) return;
  c->program->edge_hit = endpoint_way(e)->cdn.hit;
  if (e->entry >= 0) { /* the answer is what leaves the entry last, on its way to an end that is a success */
    struct instruction *first = &c->program->instructions[0], *last = &c->program->instructions[c->program->end - 1];
    assert(first->operation->calls && last->operation == &operation_leave);
    first->scale = (double)endpoint_way(e)->request, last->scale = (double)endpoint_way(e)->response;
  }
  if (client_network_before(c->model, e)) client_network_compile(c, e);
}

const struct part part_client_network = {.name = "network of clients",
                                         .room.request = sizeof(struct way_of_request),
                                         .keys.endpoint = &client_way_record,
                                         .behind = compile_way,
                                         .link = link_endpoint,
                                         .load = &handshake_load};
