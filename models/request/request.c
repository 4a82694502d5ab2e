#include "models/request/request.h"
#include "models/core/part.h"
#include "models/service/balancer/balancer.h"
#include "models/request/child.h"
#include "models/request/draws.h"
#include "models/request/operation.h"
#include "models/core/world.h"
#include "models/network/network.h"
#include "models/network/request_place.h"
#include "models/platform/nodes.h"
#include <assert.h>
#include <string.h>

static inline struct request *take(struct world *w) {
  if (pool_live(&w->requests) >= REQUESTS_MOST) {
    world_overflows(w);
    return NULL;
  }
  uint32_t id = pool_take(&w->requests);
  struct request *r = world_request(w, id);
  r->id = id, r->depth = r->base = r->rank = 0, r->waiting = NULL, r->live = true;
  r->holds_of = 0;
  r->client_gone = r->fresh = r->dealt = r->doomed = r->patience_runs = false;
  r->detained = r->call_outcome = OUTCOME_COMPLETED;
  r->client = r->caller = r->child = r->sibling = NONE;
  memcpy((char *)r + w->request_room.at, w->request_room.image, w->request_room.size);
  return r;
}

struct request *request_take(struct world *w) {
  return take(w);
}

static inline struct request *new_request(struct world *w, uint32_t source, uint32_t endpoint, uint64_t key, uint32_t user) {
  struct request *r = take(w);
  if (!r) return NULL;
  sim_time now = world_now(w);
  const struct program *p = &w->model->programs[endpoint];
  r->key = r->subject = key, r->arrived = r->since = now, r->user = user;
  r->source = (uint16_t)source, r->endpoint = (uint16_t)endpoint, r->pc = 0;
  const struct origin *from = &w->origins[source];
  r->impatient = from->patience != NULL;
  if (w->model->rank_of) r->rank = w->model->rank_of[source * w->model->endpoints.count + endpoint];
  memset(r->cell, 0, p->cell_count * sizeof *r->cell);
  if (from->timeout) r->patience = lane_push(from->timeout, r->id);
  if (__builtin_expect(from->stands != NULL, 0)) from->stands(w, r);
  return r;
}

struct request *request_new(struct world *w, uint32_t source, uint32_t endpoint, uint64_t key, uint32_t user) {
  return new_request(w, source, endpoint, key, user);
}

/* Its client looks up the name first. */
__attribute__((noinline, cold)) static bool finds_no_address(struct world *w, struct request *r) {
  int32_t region = world_has_places(w) ? request_region(w, r) : 0;
  if (region < 0) return false;
  struct stream draws = stream_at(r->key, draw_of_part(PART_afflictions, 1, 0, 0));
  if (stream_uniform(&draws) >= w->unresolved[region]) return false;
  request_fail(w, r, OUTCOME_UNRESOLVED);
  return true;
}

void request_begins(struct world *w, struct request *r) {
  if (__builtin_expect(w->unresolved != NULL, 0) && finds_no_address(w, r)) return;
  if (__builtin_expect(w->model->programs[r->endpoint].network_cell >= 0, 0)) {
    w->origins[r->source].line->sends(w, r);
  } else
    request_resume(w, r);
}

void request_send(struct world *w, uint32_t source, uint32_t endpoint, uint64_t key, uint32_t user) {
  struct request *r = new_request(w, source, endpoint, key, user);
  if (!r) return;
  observation_arrival(&w->observation, endpoint, request_region(w, r), world_now(w));
  request_begins(w, r);
}

static bool frame_alive(const struct world *w, const struct frame *f) {
  return w->containers[f->container].generation == f->generation;
}

/* Of one that was dropped or cancelled, or that is on a replica which hangs. */
__attribute__((noinline, cold)) static bool goes_on(struct world *w, struct request *r) {
  if (r->held && hang_holds(w, r)) return false;
  r->held = false;
  if (!r->ends_with) return true;
  request_fail(w, r, (enum outcome)r->ends_with);
  return false;
}

void request_resume(struct world *w, struct request *r) {
  if (r->depth && !frame_alive(w, &r->frames[r->depth - 1])) {
    request_fail(w, r, OUTCOME_CRASHED);
    return;
  }
  if (__builtin_expect(r->detained, 0) && !goes_on(w, r)) return;
  const struct instruction *program = w->model->programs[r->endpoint].instructions;
  for (;;) {
    const struct instruction *in = &program[r->pc++];
    if (!in->run(w, r, in)) return;
  }
}

/* --- endings ------------------------------------------------------------------------------------------------------------- */

void request_forget(struct world *w, struct request *r) {
  if (__builtin_expect(r->holds_of != 0, 0)) parts_forget(w, r);
  r->live = false;
  pool_give(&w->requests, r->id);
}

__attribute__((noinline, cold)) static void record_wait(struct world *w, const struct request *r, const struct ended *ended) {
  observation_wait(&w->observation, ended, request_waited(w, r), world_now(w));
}

/* The client has its answer or has given up: record it, and let a closed user think. */
static void release_client(struct world *w, struct request *r, enum outcome outcome) {
  assert(!r->client_gone);
  const struct origin *from = &w->origins[r->source];
  r->client_gone = true;
  if (r->client != NONE) {
    from->attempt_ended(w, r, outcome);
    return;
  }
  struct ended ended = {r->endpoint, w->model->programs[r->endpoint].cell_count, request_region(w, r), r->arrived, r->cell};
  if (__builtin_expect(w->observation.records_waits, 0)) record_wait(w, r, &ended);
  observation_end(&w->observation, &ended, outcome, world_now(w));
  if (from->returns) from->returns(from->source, r->user, r->arrived);
}

void request_give_up(struct world *w, struct request *r, enum outcome outcome) {
  if (r->client_gone) {
    if (r->caller != NONE) child_fails(w, r, outcome);
    parts_fails(w, r, outcome);
    return;
  }
  struct lane *timeout = w->origins[r->source].timeout;
  if (outcome != OUTCOME_TIMEOUT && timeout) lane_cancel(timeout, r->patience);
  release_client(w, r, outcome);
}

void request_abandon(struct world *w, struct request *r) {
  assert(!r->client_gone);
  struct lane *timeout = w->origins[r->source].timeout;
  if (timeout) lane_cancel(timeout, r->patience);
  r->client_gone = true;
  parts_forsaken(w, r);
}

void request_timed_out(void *world, uint32_t id) {
  struct world *w = world;
  struct request *r = world_request(w, id);
  request_give_up(w, r, OUTCOME_TIMEOUT);
  parts_forsaken(w, r);
  if (w->origins[r->source].cancel) request_cancel(w, r);
}

static void stop_patience(struct world *w, struct request *r) {
  assert(r->patience_runs);
  timer_heap_cancel(w->patience, r->queue_patience);
  r->patience_runs = false;
}

static uint32_t calling_container(const struct request *r) { return r->depth ? r->frames[r->depth - 1].container : NONE; }

/* Its caller has given it up: what happens to it tells the caller nothing. Else, without a caller, the place on its first replica
 * is its own: it does what is left after an answer, or is a probe. */
static bool abandoned(const struct request *r) { return r->base && r->caller == NONE && !r->frames[0].accepted; }

/* The request has fallen out of the replica of the frame, which is to blame if it is dead or had no room. */
__attribute__((noinline)) static void notify_balancer_of_failure(struct world *w, struct service *s, const struct request *r,
                                                                 const struct frame *f, enum outcome outcome) {
  bool alive = frame_alive(w, f);
  if (alive) balancer_forgets(w, s, f->container);
  bool dead = !alive && !container_serves(&w->containers[f->container]);
  bool turned_away = outcome == OUTCOME_REJECTED || (outcome == OUTCOME_UNREACHABLE && !f->accepted);
  if ((dead || turned_away) && !abandoned(r)) balancer_failed(w, s, f->container, calling_container(r));
}

void request_fail(struct world *w, struct request *r, enum outcome outcome) {
  assert(!r->waiting);
  if (r->patience_runs) stop_patience(w, r);
  request_give_up(w, r, outcome);
  parts_release(w, r);
  for (bool top = true; r->depth > r->base; top = false) {
    const struct frame *f = &r->frames[--r->depth];
    struct service *s = world_service_of(w, &w->containers[f->container]);
    if (__builtin_expect(s->balancing != NULL, 0)) notify_balancer_of_failure(w, s, r, f, top ? outcome : OUTCOME_COMPLETED);
    if (frame_alive(w, f) && f->accepted) container_leave(w, &w->containers[f->container], f->process);
  }
  request_forget(w, r);
}

void request_drop(struct world *w, struct request *r, enum outcome outcome) {
  if (r->patience_runs) stop_patience(w, r);
  assert(outcome != OUTCOME_COMPLETED);
  r->ends_with = (uint8_t)outcome;
  request_wake_soon(w, r);
}

/* Out of the queue that it stands in; false when it stands in none: a flush or an acknowledgement is none, what it commits is
 * written. */
static bool leave_queue(struct world *w, struct request *r) {
  if (!r->waiting || !r->waiting->leave) return false;
  r->waiting->leave(w, r);
  r->waiting = NULL;
  return true;
}

void request_cancel(struct world *w, struct request *r) {
  if (r->doomed) return; /* its replica is dying: it has left its queue and fails in a moment */
  if (leave_queue(w, r)) {
    request_fail(w, r, OUTCOME_CALL_TIMEOUT);
    return;
  }
  r->ends_with = OUTCOME_CALL_TIMEOUT;
  if (r->child != NONE) children_cancel(w, r);
}

bool request_end(struct world *w, struct request *r, const struct instruction *in) {
  if (__builtin_expect(r->holds_of != 0, 0)) parts_ends(w, r); /* it ends early, sold out: before its answer travels */
  if (__builtin_expect(w->model->programs[r->endpoint].network_cell >= 0, 0) && w->origins[r->source].line->answers(w, r))
    return false;
  if (r->client_gone)
    w->observation.wasted++;
  else
    request_give_up(w, r, (enum outcome)in->outcome);
  request_forget(w, r);
  return false;
}

bool request_end_attempt(struct world *w, struct request *r, const struct instruction *in) {
  request_fail(w, r, (enum outcome)in->outcome);
  return false;
}

/* --- patience ------------------------------------------------------------------------------------------------------------ */

bool request_waits_in_queue(struct world *w, struct request *r) {
  struct stream draws = stream_at(r->key, draw_in_band(BAND_PATIENCE, 0, 0));
  sim_time patience = distribution_sample_time(w->origins[r->source].patience, &draws);
  if (!patience) {
    request_fail(w, r, OUTCOME_PATIENCE);
    return false;
  }
  assert(!r->patience_runs);
  r->queue_patience = timer_heap_push(w->patience, world_after(w, patience), r->id);
  r->patience_runs = true;
  return true;
}

void request_served(struct world *w, struct request *r) {
  r->impatient = false;
  if (r->patience_runs) stop_patience(w, r);
}

void request_loses_patience(void *world, uint32_t id) {
  struct world *w = world;
  struct request *r = world_request(w, id);
  r->patience_runs = false;
  assert(r->waiting && r->waiting->queue && r->waiting->leave);
  r->waiting->leave(w, r);
  request_fail(w, r, OUTCOME_PATIENCE);
}

sim_time request_waited(const struct world *w, const struct request *r) {
  const struct program *p = &w->model->programs[r->endpoint];
  sim_time sum = 0;
  for (uint32_t i = 0; i < p->cell_count; i++)
    if (p->cells[i].kind == TIME_QUEUE || p->cells[i].kind == TIME_POOL || p->cells[i].kind == TIME_LOCK ||
        p->cells[i].kind == TIME_PERMIT || p->cells[i].kind == TIME_THROTTLED)
      sum += r->cell[i];
  if (r->waiting && r->waiting->queue) sum += world_now(w) - r->since;
  sim_time longest = 0; /* children wait at the same time */
  for (uint32_t id = r->child; id != NONE; id = world_request(w, id)->sibling) {
    sim_time waited = request_waited(w, world_request(w, id));
    if (waited > longest) longest = waited;
  }
  assert(longest >= 0);
  sum += longest;
  if (r->waiting == &wait_computing) sum += container_held_up(w, &w->containers[r->frames[r->depth - 1].container], r);
  return sum;
}

/* --- waiting ------------------------------------------------------------------------------------------------------------- */

const struct wait wait_elsewhere = {.name = "elsewhere"};

void request_wakes(void *world, uint32_t id) {
  struct world *w = world;
  struct request *r = world_request(w, id);
  r->waiting = NULL, r->fresh = false; /* a request that comes back is no newcomer to the backlog */
  request_book(r, r->wait_cell, world_now(w));
  request_resume(w, r);
}

void request_wake_soon(struct world *w, struct request *r) {
  r->waiting = &wait_elsewhere;
  lane_push(w->soon, r->id);
}

/* The region whose entry the request's client was sent to; -1: any. */
static int32_t edge_of(const struct world *w, const struct request *r) {
  return world_has_places(w) ? request_place(w, r)->edge : -1;
}

/* Between the entry of a region and a replica that its balancer has chosen: null when that is in the region. */
static struct lane *way_of_entry(const struct world *w, const struct request *r, const struct container *c) {
  int32_t edge = edge_of(w, r);
  if (edge < 0 || c->node == NONE || w->nodes[c->node].region == edge) return NULL;
  return network_lane_from(world_network(w), model_region(w->model, (uint32_t)edge)->first_zone, c->node);
}

/* With bytes that take time on the lines of machines and replicas. */
__attribute__((noinline, cold)) static bool travels_loaded(struct world *w, struct request *r, const struct container *a,
                                                           const struct container *b, const struct instruction *in,
                                                           const struct lane *way) {
  sim_time held = w->carries(w, a, b, edge_of(w, r), in->scale), all = held + (way ? way->delay : 0);
  if (!all) return true;
  request_parks(r, in->cell, world_now(w));
  timer_heap_push(w->sleepers, world_after(w, all), r->id);
  return false;
}

/* Travels between two replicas; true when that takes no time. A null container is the entry. */
static bool travel(struct world *w, struct request *r, const struct container *a, const struct container *b,
                   const struct instruction *in) {
  struct lane *way = a && b ? network_lane(world_network(w), a->node, b->node) : way_of_entry(w, r, a ? a : b);
  if (__builtin_expect(in->scale > 0, 0) && w->carries) return travels_loaded(w, r, a, b, in, way);
  if (!way) return true;
  request_parks(r, in->cell, world_now(w));
  lane_push(way, r->id);
  return false;
}

/* --- instructions ---------------------------------------------------------------------------------------------------------- */

/* Nobody was there. */
static void notify_balancer_of_none(struct world *w, struct service *s, const struct request *r, uint32_t container) {
  if (s->balancing && !abandoned(r)) balancer_failed(w, s, container, calling_container(r));
}

/* The call cannot be served: go on where the step says (a cache that is away is a miss), or fail. */
static bool unserved(struct world *w, struct request *r, const struct instruction *in, enum outcome outcome) {
  if (in->target) {
    r->pc = in->target;
    return true;
  }
  request_fail(w, r, outcome);
  return false;
}

void request_unreachable(void *world, uint32_t id) {
  struct world *w = world;
  struct request *r = world_request(w, id);
  r->waiting = NULL, r->fresh = false;
  request_book(r, r->wait_cell, world_now(w));
  const struct instruction *in = &w->model->programs[r->endpoint].instructions[r->pc - 1];
  if (r->frames[r->depth].container != NONE)
    notify_balancer_of_none(w, &w->services[in->service], r, r->frames[r->depth].container);
  if (unserved(w, r, in, OUTCOME_UNREACHABLE)) request_resume(w, r);
}

static uint32_t pick(struct world *w, struct service *s, const struct instruction *in, const struct request *r) {
  const struct routing *routing = s->routing;
  if (__builtin_expect(routing != NULL, 0) && routing->divided) return routing->pick(w, s, in, r);
  if (in->route == ROUTE_PRIMARY) return s->primary;
  if (s->in_rotation == 1 && !s->balancing) return s->rotation[0];
  return __builtin_expect(routing != NULL, 0) ? routing->pick(w, s, in, r) : balancer_pick(w, s, in, r);
}

/* NONE: the region that the client was sent to has no replica in rotation. Data are where they are: a service whose replicas are
 * not alike is reached wherever it is. */
static uint32_t pick_for_client(struct world *w, struct service *s, const struct instruction *in, const struct request *r) {
  int32_t edge = edge_of(w, r);
  if (edge < 0) return pick(w, s, in, r);
  uint32_t picked = s->routing ? pick(w, s, in, r) : balancer_pick_nearby(w, s, in, r, (uint32_t)edge);
  bool away = picked != NONE && container_region(w, &w->containers[picked]) != edge;
  return away && !nodes_live_in(w, edge) ? NONE : picked; /* the load balancer that would hand it on is gone */
}

/* The client's connection leads to one replica; its first request chooses. */
static uint32_t entrance(struct world *w, struct service *s, const struct instruction *in, const struct request *r) {
  const struct origin *from = &w->origins[r->source];
  if (__builtin_expect(!from->connected && !from->stands, 1)) return pick(w, s, in, r);
  uint32_t pinned = from->connected ? from->line->pinned(w, r, in->service) : NONE;
  if (pinned != NONE) return pinned;
  uint32_t picked = pick_for_client(w, s, in, r);
  if (from->connected && picked != NONE) from->line->pin(w, r, in->service, picked);
  return picked;
}

/* Waits for a machine that is gone until its caller gives up. container: no frame of its own yet; NONE: there is none at all. */
static bool knocks_at(struct world *w, struct request *r, const struct instruction *in, uint32_t container) {
  r->frames[r->depth].container = container;
  request_parks(r, in->cell, world_now(w));
  lane_push(w->unreachable[in->service], r->id);
  return false;
}

/* Of a call that no replica is in rotation for. The load balancer says so at once; a region that is lost has none. */
static bool finds_none(struct world *w, struct request *r, const struct instruction *in) {
  int32_t edge = r->depth ? -1 : edge_of(w, r);
  if (edge >= 0 && !nodes_live_in(w, edge)) return knocks_at(w, r, in, NONE);
  return unserved(w, r, in, OUTCOME_NO_BACKEND);
}

/* The attempt has got there, or still knocks at the door of a machine that is gone. */
void request_gave_up_on(struct world *w, const struct request *a) {
  const struct frame *f = &a->frames[a->base];
  const struct instruction *in = &w->model->programs[a->endpoint].instructions[a->pc - 1];
  bool knocks = a->depth == a->base && in->operation->enters && a->waiting == &wait_elsewhere;
  if (a->depth == a->base && (!knocks || f->container == NONE)) return;
  struct service *s = world_service_of(w, &w->containers[f->container]);
  uint32_t caller = a->base ? a->frames[0].container : NONE;
  if (!s->balancing) return;
  if (knocks)
    balancer_failed(w, s, f->container, caller);
  else
    balancer_gave_up(w, s, f, caller);
}

static inline void opens_frame(struct world *w, struct request *r, struct service *s, const struct container *c) {
  if (__builtin_expect(s->balancing != NULL, 0)) balancer_sent(w, s, c->id);
  r->frames[r->depth++] = (struct frame){.container = c->id, .generation = c->generation, .entered = world_now(w)};
}

void request_opens_frame(struct world *w, struct request *r, const struct container *c) {
  opens_frame(w, r, world_service_of(w, c), c);
}

/* Of two replicas, or of the edge and one, while some link is cut. */
__attribute__((noinline)) static bool cut_off(const struct world *w, const struct request *r, const struct container *caller,
                                              const struct container *c) {
  int32_t from = caller ? container_region(w, caller) : edge_of(w, r);
  return !network_reachable(w, from, container_region(w, c));
}

/* The machine of a replica that hangs takes the connection. */
static bool enters_hung(struct world *w, struct request *r, const struct instruction *in, const struct container *caller,
                        const struct container *c) {
  opens_frame(w, r, world_service_of(w, c), c);
  hang_marks(r);
  return travel(w, r, caller, c, in) && !hang_holds(w, r);
}

/* At a replica that hangs, is dead or cut off: it refuses the call, or nothing of it answers until the caller gives up. */
static bool knocks(struct world *w, struct request *r, const struct instruction *in, const struct container *caller,
                   const struct container *c, bool severed) {
  if (!severed && c->state == CONTAINER_HUNG) return enters_hung(w, r, in, caller, c);
  if (!severed && (c->node == NONE || w->nodes[c->node].up)) {
    notify_balancer_of_none(w, &w->services[in->service], r, c->id);
    if (c->farewell) meter_count(w, service_config(&w->services[in->service])->lost_meter);
    return unserved(w, r, in, OUTCOME_REFUSED);
  }
  return knocks_at(w, r, in, c->id);
}

/* The version that the replica runs fails a share of its calls. */
__attribute__((noinline, cold)) static bool version_fails(struct world *w, const struct request *r, const struct instruction *in,
                                                          const struct container *c) {
  const struct version_traits *traits = &container_config(c)->traits;
  if (!(traits->errors > 0)) return false;
  struct stream draws = stream_at(r->key, draw_in_band(BAND_VERSION, in->draw, 0));
  if (stream_uniform(&draws) >= traits->errors) return false;
  struct version_split *split = world_service_of(w, c)->split;
  if (split && split->build == c->build) split->failures++;
  meter_count(w, traits->failed);
  return true;
}

static inline uint32_t chooses(struct world *w, struct request *r, const struct instruction *in) {
  struct service *s = &w->services[in->service];
  bool refuses = s->routing && s->routing->refuses && s->routing->refuses(w, s, in, r);
  if (!s->in_rotation || service_lacks_quorum(s) || __builtin_expect(refuses, 0)) return NONE;
  return r->depth ? pick(w, s, in, r) : entrance(w, s, in, r);
}

static inline bool enters(struct world *w, struct request *r, const struct instruction *in, uint32_t chosen) {
  struct container *c = &w->containers[chosen];
  const struct container *caller = r->depth ? &w->containers[r->frames[r->depth - 1].container] : NULL;
  bool severed = __builtin_expect(w->impaired, 0) && cut_off(w, r, caller, c);
  if (severed || !container_serves(c)) return knocks(w, r, in, caller, c, severed);
  if (__builtin_expect(w->impaired, 0) && version_fails(w, r, in, c)) return unserved(w, r, in, OUTCOME_ERROR);
  opens_frame(w, r, &w->services[in->service], c);
  return travel(w, r, caller, c, in);
}

bool request_enter(struct world *w, struct request *r, const struct instruction *in) {
  uint32_t chosen = chooses(w, r, in);
  return __builtin_expect(chosen != NONE, 1) ? enters(w, r, in, chosen) : finds_none(w, r, in);
}

uint32_t request_chooses(struct world *w, struct request *r, const struct instruction *in) { return chooses(w, r, in); }
bool request_finds_none(struct world *w, struct request *r, const struct instruction *in) { return finds_none(w, r, in); }
bool request_enters(struct world *w, struct request *r, const struct instruction *in, uint32_t container) {
  return enters(w, r, in, container);
}

bool request_enter_at(struct world *w, struct request *r, const struct instruction *in, uint32_t container) {
  struct container *c = &w->containers[container];
  const struct container *caller = r->depth ? &w->containers[r->frames[r->depth - 1].container] : NULL;
  if (__builtin_expect(w->impaired, 0)) {
    if (cut_off(w, r, caller, c)) return knocks(w, r, in, caller, c, true);
    if (c->state == CONTAINER_HUNG) return enters_hung(w, r, in, caller, c);
  }
  if (__builtin_expect(w->impaired, 0) && version_fails(w, r, in, c)) return unserved(w, r, in, OUTCOME_ERROR);
  request_opens_frame(w, r, c);
  return travel(w, r, caller, c, in);
}

bool request_accept(struct world *w, struct request *r, const struct instruction *in) {
  return container_accept(w, &w->containers[r->frames[r->depth - 1].container], r, in->cell);
}

/* The answer goes back to the entry. */
static inline bool answers_entry(struct world *w, struct request *r, const struct container *c, const struct instruction *in) {
  if (__builtin_expect(w->impaired, 0) && cut_off(w, r, NULL, c)) {
    network_holds_up(w, r, container_region(w, c), edge_of(w, r), in->cell);
    return false;
  }
  return travel(w, r, c, NULL, in);
}

/* While some way or process is not as it should be. */
__attribute__((noinline, cold)) static bool returns_impaired(struct world *w, struct request *r, const struct container *from,
                                                             const struct container *to, const struct instruction *in) {
  if (cut_off(w, r, from, to)) {
    network_holds_up(w, r, container_region(w, from), container_region(w, to), in->cell);
    return false;
  }
  return travel(w, r, from, to, in) && !hang_holds(w, r);
}

bool request_leave(struct world *w, struct request *r, const struct instruction *in) {
  const struct frame *f = &r->frames[--r->depth];
  struct container *c = &w->containers[f->container];
  r->fresh = false;
  observation_call(&w->observation, (uint32_t)in->service, f->entered, world_now(w));
  struct service *s = &w->services[in->service];
  if (__builtin_expect(s->balancing != NULL, 0)) {
    balancer_forgets(w, s, c->id);
    if (!abandoned(r)) balancer_answered(w, s, f, calling_container(r));
  }
  if (__builtin_expect(f->accepted, 1)) container_leave(w, c, f->process); /* else it has answered, and works on */
  if (__builtin_expect(s->split != NULL, 0) && s->split->build == c->build) {
    s->split->answers++;
    s->split->slow += world_now(w) - f->entered > s->split->limit;
  }
  if (!r->depth) return answers_entry(w, r, c, in);
  const struct frame *caller = &r->frames[r->depth - 1];
  if (!frame_alive(w, caller)) {
    request_fail(w, r, OUTCOME_CRASHED);
    return false;
  }
  const struct container *to = &w->containers[caller->container];
  if (__builtin_expect(w->impaired, 0)) return returns_impaired(w, r, c, to, in);
  return travel(w, r, c, to, in);
}

/* r->work is on a reference core. False: there is none. */
static inline __attribute__((always_inline)) bool adapts(struct request *r, const struct container *c) {
  if (c->speed != 1) r->work = (sim_time)((double)r->work / c->speed + 0.5);
  if (__builtin_expect(c->scales, 0)) r->work = container_slows(c, r->work);
  return r->work;
}

static inline __attribute__((always_inline)) bool works(struct world *w, struct request *r, struct container *c) {
  if (!adapts(r, c)) return true;
  r->since = world_now(w);
  container_compute(w, c, r);
  return false;
}

static inline __attribute__((always_inline)) void draws(struct request *r, const struct instruction *in, uint32_t times) {
  r->work = distribution_time_at(&in->demand, r->key, in->draw);
  if (__builtin_expect(in->scale != 0, 0)) r->work = (sim_time)((double)r->work * in->scale + 0.5);
  if (times != 1) r->work = (sim_time)((double)r->work * times + 0.5);
}

static inline __attribute__((always_inline)) bool compute(struct world *w, struct request *r, const struct instruction *in,
                                                          uint32_t times) {
  draws(r, in, times);
  return works(w, r, &w->containers[r->frames[r->depth - 1].container]);
}

bool request_draws_work(const struct world *w, struct request *r, const struct instruction *in) {
  draws(r, in, 1);
  return adapts(r, &w->containers[r->frames[r->depth - 1].container]);
}

bool request_compute_work(struct world *w, struct request *r, const struct instruction *in, sim_time work) {
  (void)in;
  r->work = work;
  return works(w, r, &w->containers[r->frames[r->depth - 1].container]);
}

bool request_compute(struct world *w, struct request *r, const struct instruction *in) { return compute(w, r, in, 1); }

bool request_compute_times(struct world *w, struct request *r, const struct instruction *in, uint32_t times) {
  return compute(w, r, in, times);
}

bool request_compute_aside(struct world *w, struct request *r, const struct instruction *in) {
  r->fresh = false;
  return request_compute(w, r, in);
}
