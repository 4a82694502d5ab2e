#include "models/machine/accept.h"
#include "models/core/link.h"
#include "models/core/meter.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/network/network.h"
#include "models/request/line.h"
#include "models/request/operation.h"
#include "models/request/walk.h"
#include "models/service/upstream.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>

enum accept_stage { STAGE_NEW, STAGE_CONNECTS, STAGE_DROPPED, STAGE_PAYS, STAGE_READS };
enum loop_queue { IN_BATCH, IN_AGAIN, IN_READY, IN_ACCEPTED, IN_DOOR };

static const struct accept_config *config_of(const struct container *c) { return service_accept(container_config(c)); }

static uint32_t process_of(const struct container *c, const struct crew *k) {
  return c->processes
             ? (uint32_t)(((const char *)k - (const char *)&c->processes->each[0].crew) / (ptrdiff_t)sizeof(struct process))
             : 0;
}
static struct loop *loop_of(const struct container *c, const struct crew *k) {
  if (c->loops->count == 1) return c->loops->each;
  assert(!k->aside && process_of(c, k) < c->loops->count);
  return &c->loops->each[process_of(c, k)];
}

/* It has come in: its connection is of no interest any more. */
static inline void is_in(struct request *r, struct accepting *a) {
  *a = (struct accepting){.stage = STAGE_NEW};
  request_lets_go(r, PART_accept);
}

/* --- queues of a loop ------------------------------------------------------------------------------------------------------- */

static struct request_queue *queue_of(const struct container *c, struct crew *k, enum loop_queue in) {
  struct loop *l = loop_of(c, k);
  switch (in) {
  case IN_AGAIN:
    return &l->again;
  case IN_READY:
    return &l->ready;
  case IN_ACCEPTED:
    return &l->accepted;
  case IN_DOOR:
    return &k->door;
  default:
    return &k->runnable;
  }
}

static void push(struct world *w, const struct container *c, struct crew *k, struct request *r, enum loop_queue in) {
  request_accepting(w, r)->in = (uint8_t)in;
  queue_push(w, queue_of(c, k, in), r);
}

/* Connections of the last turn keep its order: behind the last of those that stood before it. */
static void push_again(struct world *w, struct loop *l, struct request *r) {
  struct accepting *a = request_accepting(w, r);
  uint32_t before = l->again.count ? l->again.tail : NONE;
  for (uint32_t left = l->again.count; left; left--) {
    const struct request *other = world_request(w, before);
    if (request_accepting(w, other)->descriptor->place < a->descriptor->place) break;
    before = left > 1 ? other->previous : NONE;
  }
  a->in = IN_AGAIN;
  queue_push_behind(w, &l->again, before, r);
}

/* What it waits for from now on, until its place in the batch comes. False: it has no patience and is gone. */
static bool waits(struct world *w, const struct container *c, struct request *r, const struct wait *wait, uint16_t cell) {
  if (__builtin_expect(r->impatient, 0) && !r->patience_runs && !request_waits_in_queue(w, r)) return false;
  r->waiting = wait, r->since = world_now(w), r->wait_cell = cell;
  if (c->quota) r->stopped_before = quota_stopped(c->quota, world_now(w));
  return true;
}

static void changes_queue(struct world *w, struct container *c, int32_t change) {
  c->loops->queued = (uint32_t)((int32_t)c->loops->queued + change);
  meter_change(w, config_of(c)->queue, change);
}

static void loop_joins(struct world *w, struct container *c, struct crew *k, struct request *r) { push(w, c, k, r, IN_READY); }

static void loop_batches(const struct world *w, const struct request *r) { request_accepting(w, r)->in = IN_BATCH; }

static void loop_left(struct world *w, struct container *c, struct crew *k, struct request *r) {
  queue_remove(w, queue_of(c, k, (enum loop_queue)request_accepting(w, r)->in), r);
}

static void leave(struct world *w, struct request *r) {
  const struct frame *f = &r->frames[r->depth - 1];
  struct container *c = &w->containers[f->container];
  if (request_accepting(w, r)->in == IN_DOOR) changes_queue(w, c, -1);
  loop_left(w, c, container_crew(c, f->process), r);
  container_books(w, c, r, r->wait_cell);
  r->waiting = NULL;
}

const struct wait wait_read = {.name = "turn of the loop", .queue = true, .line = true, .leave = leave},
                  wait_accepted = {.name = "accept queue", .queue = true, .line = true, .leave = leave};

/* --- turns ------------------------------------------------------------------------------------------------------------------- */

static void loop_begins(struct container *c, struct crew *k) {
  if (k->aside) return;
  struct loop *l = loop_of(c, k);
  l->turn++, l->place = 0;
}

static bool is_ready(const struct crew *k, const struct loop *l) {
  return k->runnable.count || l->again.count || l->ready.count || l->accepted.count || k->door.count;
}
bool loop_is_ready(const struct container *c, const struct crew *k) {
  return k->aside ? k->runnable.count : is_ready(k, loop_of(c, k));
}

static void batches(struct world *w, struct crew *k, struct request_queue *q) {
  for (struct request *r; (r = queue_pop(w, q));) {
    request_accepting(w, r)->in = IN_BATCH;
    queue_push(w, &k->runnable, r);
  }
}

/* Registered: what its client sent is there to be read. */
static void registers(struct world *w, struct crew *k, struct loop *l) {
  for (struct request *r; (r = queue_pop(w, &l->accepted));) {
    r->waiting = &wait_read;
    request_accepting(w, r)->in = IN_BATCH;
    queue_push(w, &k->runnable, r);
  }
}

static sim_time cost_of(const struct world *w, const struct container *c, const struct request *r) {
  const struct instruction *in = &w->model->programs[r->endpoint].instructions[r->pc - 1];
  sim_time work = distribution_time_at(&config_of(c)->cpu, r->key, in->draw);
  return c->speed == 1 ? work : (sim_time)((double)work / c->speed + 0.5);
}

/* The first of the queue is the process's own from now on. Where that costs CPU it comes first in the batch. */
static void accepts(struct world *w, struct container *c, struct crew *k, uint32_t *before) {
  struct request *r = queue_pop(w, &k->door);
  struct accepting *a = request_accepting(w, r);
  changes_queue(w, c, -1);
  meter_count(w, config_of(c)->accepted);
  container_books(w, c, r, r->wait_cell);
  if (c->quota) r->stopped_before = quota_stopped(c->quota, world_now(w));
  container_takes_in(w, c, r);
  r->work = config_of(c)->cpu.mean > 0 ? cost_of(w, c, r) : 0;
  if (!r->work) {
    r->pc++; /* behind "read": that is where it waits */
    push(w, c, k, r, IN_ACCEPTED);
    return;
  }
  a->stage = STAGE_PAYS, a->in = IN_BATCH;
  queue_push_behind(w, &k->runnable, *before, r);
  *before = r->id;
}

/* False: nothing is ready. */
static bool turn_begins(struct world *w, struct container *c, struct crew *k) {
  struct loop *l = loop_of(c, k);
  if (!is_ready(k, l)) return false;
  l->turn++, l->place = 0;
  batches(w, k, &l->again);
  batches(w, k, &l->ready);
  registers(w, k, l);
  uint32_t count = config_of(c)->takes == ACCEPT_ONE && k->door.count ? 1 : k->door.count, before = NONE;
  while (count--) accepts(w, c, k, &before);
  return true;
}

/* A newcomer that has waited for too long. */
static bool sheds(struct world *w, struct container *c, const struct crew *k, struct request *r) {
  if (!c->shedder || r->waiting != &wait_read) return false;
  if (!shedder_drops(c->shedder, world_now(w), world_now(w) - r->since, !k->runnable.count)) return false;
  meter_count(w, c->shedder->meter);
  container_books(w, c, r, r->wait_cell);
  request_drop(w, r, OUTCOME_SHED);
  return true;
}

static struct request *loop_next(struct world *w, struct container *c, struct crew *k) {
  for (;;) {
    while (!k->runnable.count)
      if (!turn_begins(w, c, k)) return NULL;
    struct request *r = queue_pop(w, &k->runnable);
    if (!sheds(w, c, k, r)) return r;
  }
}

static void marks(struct world *w, const struct container *c, const struct crew *k, const struct request *r) {
  struct descriptor *d = request_accepting(w, r)->descriptor;
  struct loop *l = loop_of(c, k);
  if (d) d->turn = l->turn, d->place = l->place;
  l->place++;
}

/* The instruction makes it compute, and it needs no turn for that. */
static bool is_to_compute(const struct world *w, const struct container *c, struct request *r, const struct instruction *in) {
  return in->operation == &operation_compute && !c->wakes && !c->turn.crew && request_draws_work(w, r, in);
}

/* It computes first, on a node with room, and nothing else happens at this instant: what it would be woken for, and the turn that
 * it would have. The request whose computation has ended still counts in the container: what that changes has to wait. */
static bool computes_at_once(struct world *w, struct container *c, struct crew *k, struct request *r) {
  const struct instruction *in = &w->model->programs[r->endpoint].instructions[r->pc];
  const struct node *n = &w->nodes[c->node];
  bool shares = c->metered || c->fair_share_entry != NONE || n->demand > n->free_until;
  bool counts = c->crowds || c->scales || c->cold;
  if (!c->loops->in_end || shares || counts || r->impatient || !calendar_is_quiet_beside(w->calendar, c->slot)) return false;
  if (!is_to_compute(w, c, r, in)) return false;
  container_books(w, c, r, r->wait_cell);
  marks(w, c, k, r);
  is_in(r, request_accepting(w, r));
  r->pc++;
  container_starts(w, c, k, r);
  return true;
}

static void loop_reads(struct world *w, struct container *c, struct crew *k, struct request *r) {
  container_books(w, c, r, r->wait_cell);
  marks(w, c, k, r);
  if (r->impatient) request_served(w, r);
  request_accepting(w, r)->stage = STAGE_READS;
  request_holds(r, PART_accept);
  k->running++; /* its thread until then */
  r->pc--;
  request_wake_soon(w, r);
}

/* What a free loop finds next; with a computation the rest waits for its end. */
static void loop_fills(struct world *w, struct container *c, struct crew *k) {
  while (k->running < k->threads) {
    struct request *next = loop_next(w, c, k);
    if (!next) break;
    if (next->waiting != &wait_read)
      container_starts(w, c, k, next);
    else if (!computes_at_once(w, c, k, next))
      loop_reads(w, c, k, next);
  }
}

static const struct loop_calls calls = {.joins = loop_joins,
                                        .left = loop_left,
                                        .batches = loop_batches,
                                        .begins = loop_begins,
                                        .fills = loop_fills,
                                        .is_ready = loop_is_ready};

static bool connection_accept(struct world *, struct request *, const struct instruction *);
static void accept_asks(const struct walk *, const struct instruction *, double weight);
static const struct operation operation_connection_accept = {
    .name = "accept a connection", .run = connection_accept, .ask = accept_asks, .accepts = true};

/* --- accept ------------------------------------------------------------------------------------------------------------------ */

/* The process that its connection leads to. */
static struct crew *deal(struct world *w, struct container *c, struct request *r, struct accepting *a) {
  struct frame *f = &r->frames[r->depth - 1];
  if (!c->processes) return &c->own;
  if (a->descriptor && a->descriptor->process != UNDEALT) f->process = a->descriptor->process, f->pinned = true;
  struct crew *k = runtime_deal(w, c, r);
  if (a->descriptor) a->descriptor->process = f->process;
  f->pinned = true;
  return k;
}

static sim_time way_to(const struct world *w, const struct request *r) {
  if (r->depth < 2) return 0;
  const struct container *from = &w->containers[r->frames[r->depth - 2].container],
                         *to = &w->containers[r->frames[r->depth - 1].container];
  const struct lane *way = network_lane(world_network(w), from->node, to->node);
  return way ? way->delay : 0;
}

/* A request that comes from a client, and on what. */
static bool client_opens(const struct world *w, const struct request *r) {
  bool from_client = r->depth == 1 && !r->base && !r->dealt;
  return from_client && w->origins[r->source].line->opens(w, r);
}

/* Linux: 1 s after the first SYN, the intervals doubled, six times; the last one is waited for as long as the next would be. */
enum { SYN_RETRIES = 6 };
static const sim_time SYN_GIVES_UP = ((1 << (SYN_RETRIES + 1)) - 1) * SIM_S;

/* Its first SYN has just come. */
static void times(struct world *w, const struct request *r, const struct instruction *in, struct accepting *a) {
  sim_time way = a->opens ? way_to(w, r) : 0, patience = model_service(w->model, (uint32_t)in->service)->connect_timeout;
  if (patience > SYN_GIVES_UP) patience = SYN_GIVES_UP;
  a->gives_up_at = world_after(w, patience > way ? patience - way : 0);
  a->knocked_at = world_after(w, 2 * way);
}

/* Its first packet is here. What it is for: the answer goes back and the request comes after it. */
static bool connects(struct world *w, struct request *r, const struct instruction *in, struct accepting *a) {
  a->opens |= client_opens(w, r);
  sim_time way = a->opens ? way_to(w, r) : 0;
  if (!way) return true;
  times(w, r, in, a);
  a->stage = STAGE_CONNECTS;
  r->pc--;
  request_parks(r, in[-1].cell, world_now(w));
  timer_heap_push(w->sleepers, world_after(w, 2 * way), r->id);
  return false;
}

/* When its SYN comes again, or it gives up. */
static sim_time sent_again(const struct accepting *a, sim_time now) {
  sim_time interval = SIM_S, at = a->knocked_at + interval;
  while (at <= now) at += interval *= 2;
  if (at > a->gives_up_at) at = a->gives_up_at;
  return at > now ? at : now;
}

/* There is no room for one more. */
static bool turned_away(struct world *w, struct request *r, const struct instruction *in, struct accepting *a) {
  struct container *c = &w->containers[r->frames[r->depth - 1].container];
  const struct accept_config *config = config_of(c);
  if (config->full == ACCEPT_REJECT) {
    request_fail(w, r, OUTCOME_REJECTED);
    return false;
  }
  meter_count(w, config->dropped);
  if (a->stage == STAGE_NEW) times(w, r, in, a);
  a->stage = STAGE_DROPPED;
  r->pc--;
  request_parks(r, in->cell, world_now(w));
  a->again = timer_heap_push(w->sleepers, sent_again(a, world_now(w)), r->id);
  return false;
}

/* Its next instruction is to be accepted; it is parked in front of that. */
bool accept_hangs(struct world *w, struct request *r) {
  const struct instruction *in = &w->model->programs[r->endpoint].instructions[r->pc];
  if (in->operation != &operation_connection_accept) return false;
  struct accepting *a = request_accepting(w, r);
  const struct accept_config *config = config_of(&w->containers[r->frames[r->depth - 1].container]);
  if (config->takes == ACCEPT_NONE || config->full == ACCEPT_REJECT) return false;
  if (a->stage == STAGE_DROPPED && world_now(w) >= a->gives_up_at) {
    request_fail(w, r, OUTCOME_UNREACHABLE);
    return true;
  }
  r->pc++;
  turned_away(w, r, in, a);
  return true;
}

void accept_gives_up(struct world *w, struct request *r) {
  struct accepting *a = request_accepting(w, r);
  if (a->stage != STAGE_DROPPED || r->waiting != &wait_elsewhere || r->ends_with) return;
  timer_heap_cancel(w->sleepers, a->again);
  r->ends_with = OUTCOME_TIMEOUT;
  request_wake_soon(w, r);
}

/* With a thread for each request: who opens a connection waits in the accept queue, who has one in the process. */
static bool takes_seat(struct world *w, struct request *r, const struct instruction *in, struct crew *k, struct accepting *a) {
  struct container *c = &w->containers[r->frames[r->depth - 1].container];
  bool full = k->held >= k->seats && a->opens && k->door.count > c->backlog;
  if (full) return turned_away(w, r, in, a);
  is_in(r, a);
  return container_seats(w, c, k, r, in->cell);
}

/* At a loop that has nothing to do, and accepts without CPU: this turn and the one in which it is read are over at once. The rest
 * of what knocks does, without queues. True: it goes on, as nothing else happens at this instant. */
static bool read_at_once(struct world *w, struct container *c, struct crew *k, struct request *r, const struct instruction *in) {
  struct loop *l = loop_of(c, k);
  meter_touches(w, config_of(c)->queue, 1);
  meter_count(w, config_of(c)->accepted);
  if (c->quota) r->stopped_before = quota_stopped(c->quota, world_now(w));
  container_takes_in(w, c, r);
  container_keeps_thread(w, c, k);
  l->turn += 2, l->place = 0;
  marks(w, c, k, r);
  request_accepting(w, r)->stage = STAGE_READS;
  request_holds(r, PART_accept);
  r->since = world_now(w), r->wait_cell = in->cell, r->fresh = false;
  if (calendar_is_quiet(w->calendar)) return true;
  request_wake_soon(w, r);
  return false;
}

static bool is_idle(const struct container *c, const struct crew *k) {
  return k->running < k->threads && !is_ready(k, loop_of(c, k));
}

static bool knocks(struct world *w, struct request *r, const struct instruction *in, struct crew *k, struct accepting *a) {
  struct container *c = &w->containers[r->frames[r->depth - 1].container];
  if (is_idle(c, k) && !(config_of(c)->cpu.mean > 0) && !c->shedder && !r->impatient) return read_at_once(w, c, k, r, in);
  if (k->door.count > c->backlog) return turned_away(w, r, in, a);
  a->stage = STAGE_NEW;
  if (!waits(w, c, r, &wait_accepted, in->cell)) return false;
  push(w, c, k, r, IN_DOOR);
  changes_queue(w, c, 1);
  if (k->running < k->threads) container_wakes(w, c, k);
  return false;
}

static bool connection_accept(struct world *w, struct request *r, const struct instruction *in) {
  struct accepting *a = request_accepting(w, r);
  if (a->stage == STAGE_NEW && !connects(w, r, in, a)) return false;
  if (a->stage == STAGE_DROPPED && world_now(w) >= a->gives_up_at) {
    request_fail(w, r, OUTCOME_UNREACHABLE);
    return false;
  }
  struct container *c = &w->containers[r->frames[r->depth - 1].container];
  container_comes_in(w, c, r);
  struct crew *k = deal(w, c, r, a);
  if (config_of(c)->takes == ACCEPT_NONE) {
    is_in(r, a);
    return container_accept(w, c, r, in->cell);
  }
  if (c->holds) return takes_seat(w, r, in, k, a);
  if (c->loops && a->opens) return knocks(w, r, in, k, a);
  if (c->loops)
    a->stage = STAGE_NEW; /* its connection is read next */
  else
    is_in(r, a);
  container_takes_in(w, c, r);
  return true;
}

/* On an established connection, or one that has just been accepted. */
static bool connection_read(struct world *w, struct request *r, const struct instruction *in) {
  struct accepting *a = request_accepting(w, r);
  const struct frame *f = &r->frames[r->depth - 1];
  struct container *c = &w->containers[f->container];
  struct crew *k = container_crew(c, f->process);
  if (a->stage == STAGE_PAYS) {
    a->stage = STAGE_NEW;
    if (waits(w, c, r, &wait_accepted, in->cell)) push(w, c, k, r, IN_ACCEPTED);
    if (k->running < k->threads) container_wakes(w, c, k);
    return false;
  }
  bool reads = a->stage == STAGE_READS;
  if (reads) k->running--;
  if (k->running < k->threads) { /* its place has come, or nothing else goes on */
    if (!reads) loop_begins(c, k), marks(w, c, k, r);
    is_in(r, a);
    if (is_to_compute(w, c, r, in + 1)) {
      r->pc++, r->since = world_now(w);
      container_begins(w, c, k, r);
    } else
      container_goes_on_in_turn(w, c, k, r);
    return false;
  }
  a->stage = STAGE_NEW;
  if (!waits(w, c, r, &wait_read, in->cell)) return false;
  if (a->descriptor && a->descriptor->turn == loop_of(c, k)->turn)
    push_again(w, loop_of(c, k), r);
  else
    push(w, c, k, r, IN_READY);
  return false;
}

static const struct operation operation_read = {.name = "read", .run = connection_read};

static bool keeps(const struct model *m, int32_t caller) {
  return caller >= 0 && service_opens(model_service(m, (uint32_t)caller));
}

static bool has_loops(const struct service_config *s) {
  return service_accept(s)->takes != ACCEPT_NONE && s->runtime == RUNTIME_EVENT_LOOP && s->threads == 1;
}

double accept_cpu_s(const struct service_config *s) { return has_loops(s) ? service_accept(s)->cpu.mean * 1e-9 : 0; }

/* Each request of a caller that keeps none opens one; of others as many as do in the long run. Those of clients:
 * models/traffic/handshake_load.c. */
static void accept_asks(const struct walk *w, const struct instruction *in, double weight) {
  const struct model *m = w->sums->model;
  if (w->depth < 2 || !keeps(m, w->frames[w->depth - 2])) return;
  const struct upstream_config *caller = service_upstream(model_service(m, (uint32_t)w->frames[w->depth - 2]));
  double each_s = accept_cpu_s(model_service(m, (uint32_t)in->service));
  if (caller->idle) each_s /= caller->requests == INT64_MAX ? INFINITY : (double)caller->requests;
  if (!(each_s > 0)) return;
  struct instruction work = *in;
  work.demand = distribution_constant(each_s * 1e9);
  compute_asks(w, &work, weight);
}

/* Behind the accept of a call. */
static void compile_accept(struct compiler *c, struct instruction *accept) {
  const struct service_config *s = model_service(c->model, (uint32_t)accept->service);
  if (service_accept(s)->takes == ACCEPT_NONE && !keeps(c->model, compile_service(c))) return;
  compile_becomes(accept, &operation_connection_accept);
  if (!has_loops(s)) return;
  accept->second_cell = service_accept(s)->cpu.kind ? compile_cell(c, accept->service, TIME_SERVICE) : accept->cell;
  struct instruction *read = compile_emit_quietly(c, &operation_read);
  read->service = accept->service;
  read->cell = accept->cell, read->stopped_cell = accept->stopped_cell;
}

/* --- a part ------------------------------------------------------------------------------------------------------------------ */

static void accept_build(struct world *w, struct service *s) {
  for (uint32_t i = 0; has_loops(service_config(s)) && i < s->capacity; i++) {
    struct container *c = &w->containers[s->first + i];
    c->loops = arena_new_array(w->arena, struct loops, 1);
    c->loops->calls = &calls;
    c->loops->count = runtime_processes(container_config(c));
    c->loops->each = arena_new_array(w->arena, struct loop, c->loops->count);
  }
}

/* Whoever waits to compute waits in the cell of the computation. */
static uint16_t cell_of(const struct world *w, const struct request *r) {
  if (r->waiting != &wait_cpu) return r->wait_cell;
  return w->model->programs[r->endpoint].instructions[r->pc - 1].cell;
}

static void forget(struct world *w, const struct container *c, struct request_queue *q) {
  for (struct request *r; (r = queue_pop(w, q));) container_books(w, c, r, cell_of(w, r));
}

static void accept_dies(struct world *w, struct container *c) {
  if (!c->loops) return;
  for (uint32_t i = 0; i < c->loops->count; i++) {
    struct loop *l = &c->loops->each[i];
    forget(w, c, &l->again), forget(w, c, &l->ready), forget(w, c, &l->accepted);
    l->turn++;
  }
  changes_queue(w, c, -(int32_t)c->loops->queued);
}

/* A thread was kept for it that it will not use. */
static void accept_release(struct world *w, struct request *r) {
  struct accepting *a = request_accepting(w, r);
  if (a->stage != STAGE_READS || !r->depth) return;
  const struct frame *f = &r->frames[r->depth - 1];
  struct container *c = &w->containers[f->container];
  is_in(r, a);
  if (c->generation != f->generation) return;
  container_crew(c, f->process)->running--;
  container_wakes(w, c, container_crew(c, f->process));
}

static void accept_forsaken(struct world *w, struct request *r) {
  if (!r->base && r->depth) w->origins[r->source].line->closes(w, r);
}

static bool used(const struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (service_accept(model_service(m, i))->takes != ACCEPT_NONE || service_opens(model_service(m, i))) return true;
  return false;
}

static void link_service(struct linker *l, struct service_config *s, const char *path) {
  struct accept_config *config = service_part(s, PART_accept);
  if (config->takes == ACCEPT_NONE) return;
  if (!service_runs(s) || s->kind == SERVICE_DATABASE)
    link_error(l, path, "accept", "is for services that are called over connections of their own: kind app or proxy");
  if (s->runtime == RUNTIME_EVENT_LOOP && s->threads != 1 && config->takes == ACCEPT_ONE)
    link_error(l, path, "accept", "a loop has one thread: give \"processes\" instead of \"threads\", or accept all");
  if (s->shifts.count && s->runtime == RUNTIME_EVENT_LOOP)
    link_error(l, path, "accept", "a loop has one thread at all times: not with \"shifts\"");
  if (s->discipline == DISCIPLINE_PRIORITY)
    link_error(l, path, "accept", "a loop takes what is ready in the order of the kernel's list, not by priority");
  config->queue = meter_declare(l->model, s->name, "accept_queue", METER_LEVEL, "Connections that wait to be accepted.");
  config->accepted = meter_declare(l->model, s->name, "accepted", METER_COUNT, "Connections that its loops accepted.");
  config->dropped =
      meter_declare(l->model, s->name, "syn_drops", METER_COUNT, "SYNs that found the accept queue full and were thrown away.");
}

const struct part part_accept = {.name = "accept queues",
                                 .used = used,
                                 .requests = true,
                                 .keys.service = &accept_keys_record,
                                 .service = link_service,
                                 .room.request = sizeof(struct accepting),
                                 .accepts = compile_accept,
                                 .build = accept_build,
                                 .release = accept_release,
                                 .forsaken = accept_forsaken,
                                 .dies = accept_dies,
                                 .audit = audit_accept};
