#include "models/database/connection_pool.h"
#include "sim/engine/arena.h"
#include "models/request/walk.h"
#include "models/request/operation.h"
#include "models/database/connections.h"
#include "models/database/own_connection.h"
#include "models/database/stale.h"
#include "models/request/line.h"
#include <assert.h>

static void connection_pool_advance(struct connection_pool *p, sim_time now) {
  p->used_ns += (double)p->in_use * (double)(now - p->changed_at);
  p->changed_at = now;
}

void connection_pools_measure(const struct world *w, struct container *c, enum world_edge edge) {
  for (uint32_t i = 0; i < c->pool_count; i++) {
    struct connection_pool *p = &c->pools[i];
    if (edge == EDGE_ADVANCE) connection_pool_advance(p, world_now(w));
    if (edge == EDGE_BEGIN) p->used_at_mark = p->used_ns;
    if (edge == EDGE_END) p->used_measured = p->used_ns - p->used_at_mark;
  }
}

/* The pool towards the database of the process that the request is in at the frame, or null when it has none. */
static struct connection_pool *connection_pool_towards(const struct world *w, const struct frame *f, int32_t database) {
  struct container *c = &w->containers[f->container];
  uint32_t each = service_connections(container_config(c))->pools.count, first = each * f->process;
  for (uint32_t i = first; i < first + each; i++)
    if (c->pools[i].config->database == database) return &c->pools[i];
  return NULL;
}

static const struct frame *top(const struct request *r) { return &r->frames[r->depth - 1]; }

static struct connection_pool *connection_pool_of(const struct world *w, const struct connection *k) {
  assert(k->live && k->owner != NONE);
  return &w->containers[k->owner].pools[k->pool];
}

static void count(struct world *w, const struct connection_pool *p, enum connection_meter what, int64_t change) {
  if (p->config->kept) connection_count(w, model_service(w->model, (uint32_t)p->config->server), what, change);
}

static void use(struct world *w, struct connection_pool *p, int32_t change) {
  connection_pool_advance(p, world_now(w));
  assert(change >= 0 || p->in_use >= (uint32_t)-change);
  p->in_use += (uint32_t)change;
  count(w, p, CONNECTIONS_ACTIVE, change);
}

/* --- idle connections: the oldest first ------------------------------------------------------------------------------------ */

static void idle_push(struct world *w, struct connection_pool *p, uint32_t id) {
  struct connection *k = connection_at(w, id);
  assert(!k->idle && k->owner == p->owner && k->pool == p->number);
  k->idle = true, k->next = NONE, k->previous = p->idle ? p->newest : NONE;
  if (p->idle++)
    connection_at(w, p->newest)->next = id;
  else
    p->oldest = id;
  p->newest = id;
  if (p->idle_over) k->idle_over = lane_push(p->idle_over, id), k->idle_runs = true;
}

static void idle_remove(struct world *w, struct connection_pool *p, uint32_t id) {
  struct connection *k = connection_at(w, id);
  *(k->previous == NONE ? &p->oldest : &connection_at(w, k->previous)->next) = k->next;
  *(k->next == NONE ? &p->newest : &connection_at(w, k->next)->previous) = k->previous;
  if (k->idle_runs) lane_cancel(p->idle_over, k->idle_over);
  assert(k->idle && p->idle);
  k->idle = k->idle_runs = false;
  p->idle--;
}

static void close_idle(struct world *w, struct connection_pool *p, uint32_t id) {
  idle_remove(w, p, id);
  connection_close(w, id);
}

void connection_pool_drop_idle(struct world *w, uint32_t id) { close_idle(w, connection_pool_of(w, connection_at(w, id)), id); }

/* As many as are kept, if the server is there and takes them; nobody waits for their set-up. */
static void fill(struct world *w, struct connection_pool *p) {
  while (p->open < (uint64_t)p->config->min) {
    uint32_t id = connection_open(w, p, ROUTE_ANY);
    if (id == NONE) return;
    if (connection_at(w, id)->server == NONE) {
      connection_close(w, id);
      return;
    }
    idle_push(w, p, id);
  }
}

static void idle_over(void *world, uint32_t id) {
  struct world *w = world;
  struct connection *k = connection_at(w, id);
  struct connection_pool *p = connection_pool_of(w, k);
  k->idle_runs = false;
  if (p->open > (uint64_t)p->config->min) close_idle(w, p, id);
}

static void life_over(void *world, uint32_t id) {
  struct world *w = world;
  struct connection *k = connection_at(w, id);
  struct connection_pool *p = connection_pool_of(w, k);
  k->life_runs = false;
  k->old = !k->idle;
  if (k->old) return;
  close_idle(w, p, id);
  fill(w, p);
}

/* --- taking one -------------------------------------------------------------------------------------------------------------- */

static const struct instruction *instruction_of(const struct world *w, const struct request *r) {
  return &w->model->programs[r->endpoint].instructions[r->pc - 1];
}

static void unbind(struct world *w, struct request *r) {
  uint32_t backend = request_connections(w, r)->backend;
  request_connections(w, r)->backend = NONE;
  if (backend != NONE) connection_pool_returned(w, backend);
}

/* The connection is the request's, which has just run the instruction or waits at it. */
static void receive(struct world *w, struct request *r, const struct instruction *in, uint32_t id) {
  request_holds(r, PART_connections);
  struct connection *k = connection_at(w, id);
  if (in->operation == &operation_bind) {
    request_connections(w, r)->backend = id;
  } else {
    request_connections(w, r)->connection = id, request_connections(w, r)->has_connection = true;
    request_connections(w, r)->backend = k->backend, k->backend = NONE;
    if (request_connections(w, r)->backend != NONE && connection_at(w, request_connections(w, r)->backend)->server == NONE)
      unbind(w, r); /* a session that has lost it */
  }
  assert(request_connections(w, r)->has_connection || request_connections(w, r)->backend != NONE);
  if (!k->opening) return;
  request_connections(w, r)->after_setup = r->pc;
  if (in->target && k->server != NONE)
    r->pc = in->target;
  else
    k->opening = false;
}

static uint32_t open_for(struct world *w, struct connection_pool *p, enum route route) {
  uint32_t id = connection_open(w, p, route);
  if (id != NONE) connection_at(w, id)->opening = true, use(w, p, 1);
  return id;
}

static uint32_t take_idle(struct world *w, struct connection_pool *p) {
  assert(p->idle && p->in_use < p->open);
  uint32_t id = p->config->order == POOL_LIFO ? p->newest : p->oldest;
  idle_remove(w, p, id);
  use(w, p, 1);
  return id;
}

/* The request's own: it opens one with its first query. */
static bool take_own(struct world *w, struct request *r, const struct instruction *in, struct connection_pool *p) {
  uint32_t id = own_connection_take(w, r, p);
  bool lost = id != NONE && connection_at(w, id)->server == NONE && !connection_at(w, id)->hangs;
  if (id == NONE) id = open_for(w, p, in->route);
  if (lost) connection_pool_returned(w, id);
  if (lost || id == NONE) {
    request_fail(w, r, lost ? OUTCOME_CRASHED : OUTCOME_TOO_MANY_CONNECTIONS);
    return false;
  }
  receive(w, r, in, id);
  return !stale_delays(w, r, in, p, id);
}

/* True: the request goes on. */
static bool take_kept(struct world *w, struct request *r, const struct instruction *in, struct connection_pool *p) {
  if (p->config->by_request) return take_own(w, r, in, p);
  if (p->idle) {
    uint32_t id = take_idle(w, p);
    receive(w, r, in, id);
    return !stale_delays(w, r, in, p, id);
  }
  if (p->open < (uint64_t)p->config->max) {
    uint32_t id = open_for(w, p, in->route);
    if (id == NONE)
      request_fail(w, r, OUTCOME_TOO_MANY_CONNECTIONS);
    else
      receive(w, r, in, id);
    return id != NONE && !stale_delays(w, r, in, p, id);
  }
  assert(!p->idle);
  if (p->line.queue.count >= (uint64_t)p->config->queue) {
    request_fail(w, r, OUTCOME_POOL_FULL);
    return false;
  }
  line_join(w, &p->line, r, &wait_connection, in->cell);
  count(w, p, CONNECTIONS_WAITING, 1);
  if (p->config->reserve && p->line.queue.count == 1)
    calendar_set(w->calendar, p->reserve_slot, world_after(w, p->config->reserve_wait));
  return false;
}

static bool connection_pool_acquire(struct world *w, struct request *r, const struct instruction *in) {
  struct connection_pool *p = connection_pool_towards(w, top(r), in->service);
  if (!p) return true;
  request_connections(w, r)->connection_frame = (uint8_t)(r->depth - 1),
                         request_connections(w, r)->connection_service = (int16_t)in->service;
  if (__builtin_expect(p->config->kept, 0)) return take_kept(w, r, in, p);
  if (p->in_use < (uint64_t)p->config->max) {
    connection_pool_advance(p, world_now(w));
    p->in_use++;
    request_connections(w, r)->has_connection = true;
    request_holds(r, PART_connections);
    return true;
  }
  line_join(w, &p->line, r, &wait_connection, in->cell);
  return false;
}

static void acquire_holds(struct walk *w, const struct instruction *in, double weight) {
  int32_t owner = w->frames[w->depth - 1];
  const struct pool_config *p = service_pool(model_service(w->sums->model, (uint32_t)owner), in->service);
  if (p && p->by_request)
    own_connection_holds(w, in, p, weight);
  else if (p)
    w->connected = owner;
}
static double acquire_through(struct passage *p, const struct instruction *in) {
  return p->serving ? p->serving(p->context, in, ROUTE_CONNECTION) : 1;
}
const struct operation operation_acquire = {
    .name = "acquire", .run = connection_pool_acquire, .hold = acquire_holds, .through = acquire_through};

static bool connection_pool_bind(struct world *w, struct request *r, const struct instruction *in) {
  if (request_connections(w, r)->backend == NONE) return take_kept(w, r, in, connection_pool_towards(w, top(r), in->service));
  if (connection_at(w, request_connections(w, r)->backend)->server != NONE) return true;
  request_fail(w, r, OUTCOME_CRASHED); /* the database died under the transaction or the session */
  return false;
}

static void bind_holds(struct walk *w, const struct instruction *in, double weight) {
  (void)in, (void)weight;
  w->bound = w->frames[w->depth - 1];
}
const struct operation operation_bind = {.name = "bind", .run = connection_pool_bind, .hold = bind_holds};

/* --- who is next ------------------------------------------------------------------------------------------------------------- */

static struct request *next_in_line(struct world *w, struct connection_pool *p) {
  struct request *next = line_call(w, &p->line);
  if (next) count(w, p, CONNECTIONS_WAITING, -1);
  return next;
}

static void hand_over(struct world *w, struct request *next, uint32_t id) {
  const struct instruction *in = instruction_of(w, next);
  receive(w, next, in, id);
  if (!stale_delays(w, next, in, connection_pool_of(w, connection_at(w, id)), id)) request_wake_soon(w, next);
}

/* Those who wait have connections opened for them, as long as there may be more. */
static void open_for_line(struct world *w, struct connection_pool *p, int64_t most) {
  while (p->line.queue.count && p->open < (uint64_t)most) {
    uint32_t id = open_for(w, p, instruction_of(w, world_request(w, p->line.queue.head))->route);
    struct request *next = next_in_line(w, p);
    if (id == NONE)
      request_drop(w, next, OUTCOME_TOO_MANY_CONNECTIONS);
    else
      hand_over(w, next, id);
  }
}

/* Handler of reserve_slot: the first in line may have waited for long enough. */
static void reserve_due(void *world, uint32_t container) {
  struct world *w = world;
  struct connection_pool *p = w->containers[container].pools; /* a pooler has one */
  const struct pool_config *c = p->config;
  while (p->line.queue.count && p->open < (uint64_t)(c->max + c->reserve)) {
    sim_time due = world_request(w, p->line.queue.head)->since + c->reserve_wait;
    if (due > world_now(w)) {
      calendar_set(w->calendar, p->reserve_slot, due);
      return;
    }
    uint32_t waiting = p->line.queue.count;
    open_for_line(w, p, p->open + 1);
    if (p->line.queue.count == waiting) return;
  }
}

static void keep(struct world *w, struct connection_pool *p, uint32_t id) {
  use(w, p, -1);
  if (p->open > (uint64_t)p->config->max || p->config->by_request)
    connection_close(w, id); /* of the reserve, or its request has ended */
  else
    idle_push(w, p, id);
}

void connection_pool_returned(struct world *w, uint32_t id) {
  struct connection *k = connection_at(w, id);
  if (k->owner == NONE) {
    connection_close(w, id);
    return;
  }
  struct connection_pool *p = connection_pool_of(w, k);
  if (k->unnoticed && stale_lingers(w, id)) return;
  if (k->server != NONE && !k->old && !k->opening) {
    struct request *next = next_in_line(w, p);
    if (next)
      hand_over(w, next, id);
    else
      keep(w, p, id);
    return;
  }
  bool aged = k->old && k->server != NONE;
  use(w, p, -1);
  connection_close(w, id);
  open_for_line(w, p, p->config->max);
  if (aged) fill(w, p);
}

/* --- giving back ------------------------------------------------------------------------------------------------------------- */

/* A connection of a plain pool goes to the first who waits, or back to the pool. */
static void give_back(struct world *w, struct connection_pool *p) {
  assert(p->in_use > 0);
  struct request *next = line_call(w, &p->line);
  if (!next) {
    connection_pool_advance(p, world_now(w));
    p->in_use--;
    return;
  }
  assert(!request_connections(w, next)->has_connection);
  request_connections(w, next)->has_connection = true;
  request_holds(next, PART_connections);
  request_wake_soon(w, next);
}

/* What a session pooler has given the client stays with its connection. */
static void give_back_kept(struct world *w, struct request *r) {
  assert(request_connections(w, r)->connection != NONE && !request_connections(w, r)->has_connection);
  uint32_t id = request_connections(w, r)->connection;
  struct connection *k = connection_at(w, id);
  const struct service_config *server = k->server == NONE ? NULL : container_config(&w->containers[k->server]);
  if (server && service_connections(server)->pooler.pool_size && service_connections(server)->pooler.mode == POOLER_SESSION)
    k->backend = request_connections(w, r)->backend, request_connections(w, r)->backend = NONE;
  request_connections(w, r)->connection = NONE;
  unbind(w, r);
  if (!own_connection_keep(w, r, id)) connection_pool_returned(w, id);
}

static bool connection_pool_release(struct world *w, struct request *r, const struct instruction *in) {
  if (!request_connections(w, r)->has_connection) return true;
  request_connections(w, r)->has_connection = false;
  if (__builtin_expect(request_connections(w, r)->connection != NONE, 0)) {
    give_back_kept(w, r);
    return true;
  }
  give_back(w, connection_pool_towards(w, &r->frames[request_connections(w, r)->connection_frame], in->service));
  return true;
}

static void release_holds(struct walk *w, const struct instruction *in, double weight) {
  (void)in, (void)weight;
  w->connected = w->bound = -1;
}
const struct operation operation_release = {.name = "release", .run = connection_pool_release, .hold = release_holds};

static bool connection_pool_unbind(struct world *w, struct request *r, const struct instruction *in) {
  (void)in;
  unbind(w, r);
  return true;
}

static void unbind_holds(struct walk *w, const struct instruction *in, double weight) {
  (void)in, (void)weight;
  w->bound = -1;
}
const struct operation operation_unbind = {.name = "unbind", .run = connection_pool_unbind, .hold = unbind_holds};

void connection_pool_abandon(struct world *w, struct request *r) {
  if (request_connections(w, r)->connection != NONE) {
    request_connections(w, r)->has_connection = false;
    give_back_kept(w, r);
  }
  unbind(w, r);
  if (!request_connections(w, r)->has_connection) return;
  request_connections(w, r)->has_connection = false;
  const struct frame *frame = &r->frames[request_connections(w, r)->connection_frame];
  if (w->containers[frame->container].generation != frame->generation) return;
  give_back(w, connection_pool_towards(w, frame, request_connections(w, r)->connection_service));
}

static struct connection_pool *connection_pool_waited_for(const struct world *w, const struct request *r) {
  return connection_pool_towards(w, top(r), instruction_of(w, r)->service);
}

void connection_pool_leave_line(struct world *w, struct request *r) {
  struct connection_pool *p = connection_pool_waited_for(w, r);
  count(w, p, CONNECTIONS_WAITING, -1);
  line_leave(w, &p->line, r);
}

const struct wait wait_connection = {.name = "connection", .queue = true, .line = true, .leave = connection_pool_leave_line};

static void connection_pool_wait_over(void *world, uint32_t id) {
  struct world *w = world;
  struct connection_pool *p = connection_pool_waited_for(w, world_request(w, id));
  count(w, p, CONNECTIONS_WAITING, -1);
  line_gives_up(w, &p->line, id, OUTCOME_POOL_TIMEOUT);
}

/* --- beginning and end of a process ------------------------------------------------------------------------------------------ */

static void lose_connections(struct world *w, struct connection_pool *p) {
  for (uint32_t id = 0; p->open && id < pool_capacity(&world_connections(w)->all); id++) {
    const struct connection *k = connection_at(w, id);
    if (!k->live || k->owner != p->owner || k->pool != p->number) continue;
    if (k->idle)
      close_idle(w, p, id);
    else if (k->returned)
      connection_close(w, id);
    else
      connection_orphan(w, id);
  }
}

void connection_pool_clear(struct world *w, struct connection_pool *p) {
  connection_pool_advance(p, world_now(w));
  count(w, p, CONNECTIONS_WAITING, -(int64_t)p->line.queue.count);
  line_clear(w, &p->line);
  use(w, p, -(int32_t)p->in_use);
  assert(!p->in_use && !p->line.queue.count);
  if (p->config->kept) lose_connections(w, p);
}

void connection_pools_fill(struct world *w, struct container *c) {
  if (!world_connections(w)->open) return;
  for (uint32_t i = 0; i < c->pool_count; i++) fill(w, &c->pools[i]);
}

static void start(struct world *w, struct connection_pool *p, uint32_t owner, uint32_t number, const struct connection_pool *like) {
  p->owner = owner, p->number = number;
  p->line.patience = like->line.patience, p->idle_over = like->idle_over, p->life_over = like->life_over;
  p->no_answer = like->no_answer, p->no_connection = like->no_connection, p->unnoticed = like->unnoticed;
  stale_build(w, p);
  if (p->config->reserve) p->reserve_slot = calendar_slot(w->calendar, reserve_due, w, owner);
}

/* Null: never. */
static struct lane *after(struct world *w, sim_time delay, event_handler *handler) {
  return delay < SIM_NEVER / 2 ? lane_new(w->calendar, delay, handler, w) : NULL;
}

static void build(struct world *w, struct container *c, const struct service_config *s) {
  c->pool_count = service_connections(s)->pools.count * runtime_processes(s);
  c->pools = arena_new_array(w->arena, struct connection_pool, c->pool_count + 1);
  for (uint32_t i = 0; i < c->pool_count; i++)
    c->pools[i].config = (const struct pool_config *)service_connections(s)->pools.items + i % service_connections(s)->pools.count;
}

void connection_pools_start(struct world *w, struct service *s) {
  for (uint32_t k = s->first; k < s->first + s->capacity; k++) build(w, &w->containers[k], container_config(&w->containers[k]));
  for (uint32_t i = 0; i < service_connections(service_config(s))->pools.count && s->capacity; i++) {
    const struct pool_config *c = (const struct pool_config *)service_connections(service_config(s))->pools.items + i;
    struct connection_pool like = {.line.patience = after(w, c->wait, connection_pool_wait_over),
                                   .idle_over = after(w, c->idle, idle_over),
                                   .life_over = after(w, c->lifetime, life_over)};
    stale_start(w, c, &like);
    for (uint32_t k = s->first; k < s->first + s->capacity; k++)
      for (uint32_t n = i; n < w->containers[k].pool_count; n += service_connections(service_config(s))->pools.count)
        start(w, &w->containers[k].pools[n], k, n, &like);
  }
}

void connection_pools_stop(struct world *w, struct service *s) {
  for (uint32_t i = 0; i < service_connections(service_config(s))->pools.count && s->capacity; i++) {
    const struct connection_pool *p = &w->containers[s->first].pools[i];
    lane_free(p->line.patience);
    lane_free(p->idle_over);
    lane_free(p->life_over);
    stale_stop(&w->containers[s->first].pools[i]);
  }
}
