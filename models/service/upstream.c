#include "models/service/upstream.h"
#include "models/core/link.h"
#include "models/core/meter.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/request/operation.h"
#include "sim/engine/arena.h"
#include <assert.h>

static struct upstreams *world_upstreams(const struct world *w) { return world_part(w, PART_upstream); }
static struct upstream_of_request *request_upstream(const struct world *w, const struct request *r) {
  return request_part(w, r, PART_upstream);
}
static struct upstream_connection *connection_at(const struct upstreams *u, uint32_t id) { return pool_at(&u->connections, id); }
static const struct upstream_config *config_of(const struct world *w, const struct upstream_list *l) {
  return service_upstream(model_service(w->model, l->service));
}

static uint32_t list_of(const struct world *w, const struct frame *caller, int32_t service) {
  const struct upstreams *u = world_upstreams(w);
  return u->first[caller->container] + caller->process * w->model->services.count + (uint32_t)service;
}

/* --- idle connections -------------------------------------------------------------------------------------------------------- */

static void unlink_idle(struct world *w, struct upstream_list *l, struct upstream_connection *c) {
  struct upstreams *u = world_upstreams(w);
  assert(l->idle && c->request == NONE);
  *(c->newer == NONE ? &l->newest : &connection_at(u, c->newer)->older) = c->older;
  *(c->older == NONE ? &l->oldest : &connection_at(u, c->older)->newer) = c->newer;
  l->idle--;
  meter_change(w, config_of(w, l)->idling, -1);
  if (u->timeouts[l->service]) lane_cancel(u->timeouts[l->service], c->timeout);
}

static void closes(struct world *w, uint32_t id) {
  struct upstreams *u = world_upstreams(w);
  struct upstream_connection *c = connection_at(u, id);
  struct upstream_list *l = &u->lists[c->list];
  assert(c->live && c->request == NONE && l->open);
  c->live = false;
  l->open--;
  meter_change(w, config_of(w, l)->open, -1);
  pool_give(&u->connections, id);
}

static void closes_idle(struct world *w, uint32_t id) {
  struct upstreams *u = world_upstreams(w);
  unlink_idle(w, &u->lists[connection_at(u, id)->list], connection_at(u, id));
  closes(w, id);
}

static void idles(struct world *w, uint32_t id) {
  struct upstreams *u = world_upstreams(w);
  struct upstream_connection *c = connection_at(u, id);
  struct upstream_list *l = &u->lists[c->list];
  const struct upstream_config *config = config_of(w, l);
  c->request = NONE, c->opens = false;
  if (!c->left || !config->idle) {
    closes(w, id);
    return;
  }
  if (l->idle >= config->idle) closes_idle(w, l->oldest);
  c->newer = NONE, c->older = l->newest;
  *(l->newest == NONE ? &l->oldest : &connection_at(u, l->newest)->newer) = id;
  l->newest = id;
  l->idle++;
  meter_change(w, config->idling, 1);
  if (u->timeouts[l->service]) c->timeout = lane_push(u->timeouts[l->service], id);
}

static void times_out(void *world, uint32_t id) {
  struct world *w = world;
  struct upstreams *u = world_upstreams(w);
  struct upstream_list *l = &u->lists[connection_at(u, id)->list];
  struct lane *lane = u->timeouts[l->service];
  u->timeouts[l->service] = NULL; /* it has just rung */
  closes_idle(w, id);
  u->timeouts[l->service] = lane;
}

/* The newest idle connection that leads to the container, or (NONE) to any in rotation; NONE: there is none. */
static uint32_t newest(struct world *w, const struct upstream_list *l, uint32_t container) {
  const struct upstreams *u = world_upstreams(w);
  for (uint32_t id = l->newest, next; id != NONE; id = next) {
    const struct upstream_connection *c = connection_at(u, id);
    next = c->older;
    if (container == NONE && !w->containers[c->container].in_rotation)
      closes_idle(w, id);
    else if (container == NONE || c->container == container)
      return id;
  }
  return NONE;
}

static uint32_t opens(struct world *w, uint32_t list, uint32_t container) {
  struct upstreams *u = world_upstreams(w);
  const struct upstream_config *config = config_of(w, &u->lists[list]);
  uint32_t id = pool_take(&u->connections);
  *connection_at(u, id) = (struct upstream_connection){.descriptor = {.process = UNDEALT},
                                                       .list = list,
                                                       .caller = u->lists[list].container,
                                                       .container = container,
                                                       .generation = w->containers[container].generation,
                                                       .request = NONE,
                                                       .left = config->requests,
                                                       .live = true,
                                                       .opens = true};
  u->lists[list].open++;
  meter_count(w, config->opened);
  meter_change(w, config->open, 1);
  return id;
}

/* --- requests on them -------------------------------------------------------------------------------------------------------- */

static void goes_over(struct world *w, struct request *r, uint32_t id) {
  struct upstream_connection *c = connection_at(world_upstreams(w), id);
  struct accepting *a = request_accepting(w, r);
  c->request = r->id;
  if (c->left != INT64_MAX) c->left--;
  a->descriptor = &c->descriptor, a->opens = c->opens;
  struct upstream_of_request *of = request_upstream(w, r);
  of->connection[r->depth] = id + 1;
  of->on++;
  request_holds(r, PART_upstream);
}

/* The request is on it no more; NONE: on none. */
static uint32_t gets_off(struct world *w, struct request *r, uint32_t depth) {
  struct upstream_of_request *of = request_upstream(w, r);
  uint32_t id = of->connection[depth] - 1;
  if (!of->connection[depth]) return NONE;
  struct upstream_connection *c = connection_at(world_upstreams(w), id);
  assert(c->live && c->request == r->id);
  if (request_accepting(w, r)->descriptor == &c->descriptor) request_accepting(w, r)->descriptor = NULL;
  of->connection[depth] = 0, c->request = NONE;
  if (!--of->on) request_lets_go(r, PART_upstream);
  return id;
}

static void breaks(struct world *w, struct request *r, uint32_t depth) {
  uint32_t id = gets_off(w, r, depth);
  if (id != NONE) closes(w, id);
}

/* An idle connection or a new one: the request is on it from now on. NONE: there is no replica. */
static uint32_t takes(struct world *w, struct request *r, const struct instruction *enter) {
  struct upstreams *u = world_upstreams(w);
  uint32_t list = list_of(w, &r->frames[r->depth - 1], enter->service), chosen = NONE, id = NONE;
  bool by_connection = service_config(&w->services[enter->service])->balance.per == PER_CONNECTION;
  if (by_connection && (id = newest(w, &u->lists[list], NONE)) != NONE) chosen = connection_at(u, id)->container;
  if (chosen == NONE) chosen = request_chooses(w, r, enter);
  if (chosen == NONE) return NONE;
  if (id == NONE) id = newest(w, &u->lists[list], chosen);
  if (id != NONE)
    unlink_idle(w, &u->lists[list], connection_at(u, id));
  else
    id = opens(w, list, chosen);
  goes_over(w, r, id);
  return id;
}

static bool knows_better(const struct world *w, const struct request *r) { return request_upstream(w, r)->forsaken >= r->depth; }

/* Before a call: a connection, and what the caller computes to open one. */
static bool dials(struct world *w, struct request *r, const struct instruction *in) {
  if (knows_better(w, r)) return true;
  uint32_t id = takes(w, r, in + 1);
  return id == NONE || !connection_at(world_upstreams(w), id)->opens || request_compute(w, r, in);
}

static bool enters(struct world *w, struct request *r, const struct instruction *in) {
  if (__builtin_expect(knows_better(w, r), 0)) {
    request_fail(w, r, OUTCOME_TIMEOUT);
    return false;
  }
  uint32_t dialled = request_upstream(w, r)->connection[r->depth], id = dialled ? dialled - 1 : takes(w, r, in);
  if (id == NONE) return request_finds_none(w, r, in);
  return request_enters(w, r, in, connection_at(world_upstreams(w), id)->container);
}

/* The answer is here. */
static bool back(struct world *w, struct request *r, const struct instruction *in) {
  (void)in;
  uint32_t id = gets_off(w, r, r->depth);
  if (id != NONE) idles(w, id);
  if (request_upstream(w, r)->forsaken < r->depth) return true;
  request_fail(w, r, OUTCOME_TIMEOUT);
  return false;
}

const struct operation operation_enter_over = {
    .name = "enter over a connection", .run = enters, .hold = enter_holds, .through = enter_through, .enters = true, .calls = true};
static const struct operation operation_back = {.name = "connection back", .run = back};

static const struct operation operation_dial = {.name = "dial", .run = dials, .computes = true};
static const struct operation operation_dial_each = {.name = "dial each time", .run = dials, .ask = compute_asks, .computes = true};

static bool goes_upstream(const struct compiler *c, int32_t service) {
  int32_t caller = compile_service(c);
  return caller >= 0 && service_opens(model_service(c->model, (uint32_t)caller)) &&
         service_is_upstream(model_service(c->model, (uint32_t)service));
}

static void compile_calls(struct compiler *c, int32_t service) {
  if (!goes_upstream(c, service)) return;
  int32_t caller = compile_service(c);
  const struct upstream_config *config = service_upstream(model_service(c->model, (uint32_t)caller));
  if (!(config->cpu.mean > 0)) return;
  struct instruction *in = compile_emit_quietly(c, config->idle ? &operation_dial : &operation_dial_each);
  in->service = caller;
  in->demand = config->cpu;
  compile_cpu_cells(c, in, caller);
}

static void compile_enters(struct compiler *c, struct instruction *in) {
  if (!goes_upstream(c, in->service)) return;
  compile_becomes(in, &operation_enter_over);
  in->own_connections = true;
}

static void compile_left(struct compiler *c, struct instruction *in) {
  if (goes_upstream(c, in->service)) compile_emit_quietly(c, &operation_back);
}

/* --- requests that end before their answer ----------------------------------------------------------------------------------- */

/* An answer that is an error leaves the connection as it is. One that was not set up, or whose other end is dead, is closed. */
static void upstream_release(struct world *w, struct request *r) {
  for (uint32_t depth = r->base; depth < PROGRAM_FRAMES; depth++) {
    uint32_t id = gets_off(w, r, depth);
    if (id == NONE) continue;
    const struct upstream_connection *c = connection_at(world_upstreams(w), id);
    bool answered = depth < r->depth && r->frames[depth].accepted && w->containers[c->container].generation == c->generation;
    if (answered)
      idles(w, id);
    else
      closes(w, id);
  }
}

/* Its caller, or client, has gone, and the frame `depth` knows: the connection behind it is closed, and so are those behind that
 * one, as long as each caller passes it on. What has been sent is served. */
static void gives_up(struct world *w, struct request *r, uint32_t depth);

static bool passes_on(const struct world *w, const struct frame *f) {
  const struct upstream_config *config = service_upstream(container_config(&w->containers[f->container]));
  return config->requests && config->abort == ABORT_CLOSES;
}

static void children_give_up(struct world *w, struct request *r) {
  for (uint32_t id = r->child; id != NONE; id = world_request(w, id)->sibling) {
    struct request *child = world_request(w, id);
    if (child->base) gives_up(w, child, 0);
  }
}

static void gives_up(struct world *w, struct request *r, uint32_t depth) {
  struct upstream_of_request *of = request_upstream(w, r);
  for (bool knows = true; knows && depth < r->depth; depth++) {
    of->forsaken = (uint8_t)(depth + 1);
    if (depth + 1 < PROGRAM_FRAMES) breaks(w, r, depth + 1);
    knows = depth + 1 < r->depth && passes_on(w, &r->frames[depth + 1]);
    if (depth + 1 >= r->depth) children_give_up(w, r);
  }
  accept_gives_up(w, r);
}

static void upstream_forsaken(struct world *w, struct request *r) {
  if (r->depth && passes_on(w, &r->frames[0])) gives_up(w, r, 0);
}

/* Of an attempt that its caller gave up: it waits for something still. */
static void upstream_child_left(struct world *w, struct request *child) {
  const struct upstream_config *caller =
      child->base ? service_upstream(container_config(&w->containers[child->frames[0].container])) : NULL;
  if (caller && caller->requests && child->waiting) gives_up(w, child, 0);
}
static void upstream_child_ends(struct world *w, struct request *child, struct request *caller, bool failed) {
  (void)caller;
  if (failed) upstream_child_left(w, child);
}

/* --- processes that end ------------------------------------------------------------------------------------------------------- */

static void taken_from(struct world *w, uint32_t id) {
  struct upstream_connection *c = connection_at(world_upstreams(w), id);
  if (c->request == NONE) {
    closes_idle(w, id);
    return;
  }
  struct request *r = world_request(w, c->request);
  for (uint32_t depth = 0; depth < PROGRAM_FRAMES; depth++)
    if (request_upstream(w, r)->connection[depth] == id + 1) breaks(w, r, depth);
}

static void upstream_dies(struct world *w, struct container *dead) {
  const struct upstreams *u = world_upstreams(w);
  for (uint32_t id = 0; id < pool_capacity(&u->connections); id++) {
    const struct upstream_connection *c = connection_at(u, id);
    if (c->live && (c->container == dead->id || c->caller == dead->id)) taken_from(w, id);
  }
}

/* --- a part ------------------------------------------------------------------------------------------------------------------ */

static void upstream_open(struct world *w) {
  struct upstreams *u = world_upstreams(w);
  pool_init(&u->connections, sizeof(struct upstream_connection));
  u->timeouts = arena_new_array(w->arena, struct lane *, w->model->services.count + 1);
}

/* All containers are there. */
static void upstream_start(struct world *w) {
  struct upstreams *u = world_upstreams(w);
  uint32_t services = w->model->services.count;
  u->first = arena_new_array(w->arena, uint32_t, w->container_count + 1);
  for (uint32_t i = 0; i < w->container_count; i++) {
    u->first[i] = u->count;
    const struct service_config *s = service_config(world_service_of(w, &w->containers[i]));
    if (service_opens(s)) u->count += runtime_processes(s) * services;
  }
  u->lists = arena_new_array(w->arena, struct upstream_list, u->count + 1);
  for (uint32_t i = 0; i < w->container_count; i++) {
    uint32_t end = i + 1 < w->container_count ? u->first[i + 1] : u->count;
    for (uint32_t k = u->first[i]; k < end; k++)
      u->lists[k] = (struct upstream_list){.service = w->containers[i].service, .container = i, .newest = NONE, .oldest = NONE};
  }
  for (uint32_t i = 0; i < services; i++) {
    sim_time timeout = service_upstream(model_service(w->model, i))->timeout;
    if (service_opens(model_service(w->model, i)) && timeout != SIM_NEVER)
      u->timeouts[i] = lane_new(w->calendar, timeout, times_out, w);
  }
}

static void upstream_stop(struct world *w) {
  struct upstreams *u = world_upstreams(w);
  for (uint32_t i = 0; i < w->model->services.count; i++) lane_free(u->timeouts[i]);
  pool_release(&u->connections);
}

static bool used(const struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (service_opens(model_service(m, i))) return true;
  return false;
}

static void link_service(struct linker *l, struct service_config *s, const char *path) {
  struct upstream_config *config = service_part(s, PART_upstream);
  if (!service_opens(s)) return;
  if (!service_runs(s)) link_error(l, path, "upstream", "an external service calls nobody here");
  config->opened =
      meter_declare(l->model, s->name, "upstream_opened", METER_COUNT, "Connections that it opened to services it calls.");
  config->open = meter_declare(l->model, s->name, "upstream_open", METER_LEVEL, "Its open connections to services that it calls.");
  config->idling = meter_declare(l->model, s->name, "upstream_idle", METER_LEVEL, "Those of them that carry no request.");
}

const struct part part_upstream = {.name = "connections between services",
                                   .used = used,
                                   .requests = true,
                                   .keys.service = &upstream_keys_record,
                                   .service = link_service,
                                   .room = {.world = sizeof(struct upstreams), .request = sizeof(struct upstream_of_request)},
                                   .calls = compile_calls,
                                   .enters = compile_enters,
                                   .left = compile_left,
                                   .open = upstream_open,
                                   .start = upstream_start,
                                   .stop = upstream_stop,
                                   .dies = upstream_dies,
                                   .release = upstream_release,
                                   .forsaken = upstream_forsaken,
                                   .child_ends = upstream_child_ends,
                                   .child_left = upstream_child_left,
                                   .audit = audit_upstream};
