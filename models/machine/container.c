#include "models/machine/sharing.h"
#include "models/core/part.h"
#include "models/request/line.h"
#include "sim/engine/allocate.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* An end of a computation that is missed by less than this is an error of rounding. */
#define ROUNDING 0.5 /* ns */

static inline const struct instruction *instruction_of(const struct world *w, const struct request *r) {
  return &w->model->programs[r->endpoint].instructions[r->pc - 1];
}

/* How far virtual time moves from the last advance until now. */
static inline double moved_until(const struct world *w, const struct container *c, sim_time now) {
  if (c->fair_share_entry != NONE) return (fair_share_reached(&w->nodes[c->node].fair_share, now) - c->fair_share_seen) / c->spread;
  double passed = (double)(now - c->virtual_at);
  return c->rate == 1 ? passed : passed * c->rate;
}

double container_used_since(const struct world *w, const struct container *c, sim_time now) {
  return c->running ? moved_until(w, c, now) * c->running / c->pace : 0;
}

/* The CPU time of the work, beyond that: of hyper-threads that did less than they could alone; and what the quota knows of it. */
static void account_metered(struct container *c, double work) {
  double used = c->pace == 1 ? work : work / c->pace;
  c->used_ns += used - work;
  c->slowed_ns += used - work;
  if (c->quota) c->quota->left -= used;
}

void container_advance(const struct world *w, struct container *c, sim_time now) {
  double passed = (double)(now - c->virtual_at), moved;
  if (c->fair_share_entry == NONE)
    moved = c->rate == 1 ? passed : passed * c->rate;
  else {
    double reached = fair_share_reached(&w->nodes[c->node].fair_share, now);
    moved = (reached - c->fair_share_seen) / c->spread;
    c->fair_share_seen = reached;
  }
  if (c->running) {
    c->virtual_time += moved;
    c->used_ns += moved * c->running;
    if (__builtin_expect(c->metered, 0)) account_metered(c, moved * c->running);
  }
  c->busy_ns += passed * (c->holds ? c->held : c->running - c->aside);
  c->virtual_at = now;
}

/* --- the heap of computations ------------------------------------------------------------------------------------------- */

static inline bool before(const struct computation *a, const struct computation *b) {
  return a->finish < b->finish || (a->finish == b->finish && a->order < b->order);
}

__attribute__((noinline)) static void computations_grow(struct container *c) {
  assert(c->computation_room <= UINT32_MAX / 2);
  c->computation_room = c->computation_room ? 2 * c->computation_room : 4;
  c->computations = allocate_resized(c->computations, c->computation_room, sizeof *c->computations);
}

/* Inlined, so that the computation stays in registers: passed in memory, what has just been written in halves would be read in
 * one, and that waits. */
static inline __attribute__((always_inline)) void computations_push(struct container *c, struct computation computation) {
  if (__builtin_expect(c->running == c->computation_room, 0)) computations_grow(c);
  uint32_t i = c->running++;
  for (uint32_t up; i && before(&computation, &c->computations[up = (i - 1) / 2]); i = up) c->computations[i] = c->computations[up];
  c->computations[i] = computation;
}

/* The request whose computation ends first. */
static inline uint32_t computations_pop(struct container *c) {
  uint32_t first = c->computations[0].request, i = 0, n = --c->running;
  if (!n) return first;
  struct computation last = c->computations[n];
  for (uint32_t down; (down = 2 * i + 1) < n; i = down) {
    if (down + 1 < n && before(&c->computations[down + 1], &c->computations[down])) down++;
    if (!before(&c->computations[down], &last)) break;
    c->computations[i] = c->computations[down];
  }
  c->computations[i] = last;
  return first;
}

/* --- computing ---------------------------------------------------------------------------------------------------------- */

/* Virtual time starts at zero whenever the container was idle, so it stays small enough to be exact. */
static inline void become_busy(struct world *w, struct container *c) {
  c->virtual_time = 0;
  if (__builtin_expect(c->quota != NULL, 0)) quota_wake(w, c);
}

/* Where the number in flight decides how long it takes. */
static sim_time crowded_work(const struct container *c, sim_time work) {
  return (sim_time)((double)work * concurrency_factor(&container_config(c)->concurrency, c->in_flight) + 0.5);
}

/* Puts a computation on a thread; the caller shares the node's CPU anew. */
static inline void start_job(struct world *w, struct container *c, struct crew *k, struct request *r) {
  if (__builtin_expect(r->impatient, 0)) request_served(w, r);
  r->waiting = &wait_computing;
  if (__builtin_expect(c->cold, 0)) r->work = runtime_cold_work(w, c, r);
  if (__builtin_expect(c->crowds, 0)) r->work = crowded_work(c, r->work);
  if (__builtin_expect(c->wakes, 0)) waking_begins(w, c, k, r);
  if (!c->running) become_busy(w, c);
  k->running++;
  c->aside += k->aside;
  computations_push(c, (struct computation){c->virtual_time + (double)r->work, c->computation_order++, r->id});
  if (__builtin_expect(c->collects != NULL, 0)) c->collects(w, c, r);
}

/* The same where it is the only one and nobody slows it down: then it ends after its work, and nothing has to be found out for
 * that. False: not so. */
static inline __attribute__((always_inline)) bool start_alone(struct world *w, struct container *c, struct crew *k,
                                                              struct request *r) {
  struct node *n = &w->nodes[c->node];
  bool slowed = c->stalls || c->cold || c->collects || c->crowds || c->wakes;
  bool held_back = slowed || c->running || c->metered || c->limit < MILLI;
  if (held_back || n->demand + MILLI > n->free_until) return false;
  if (__builtin_expect(r->impatient, 0)) request_served(w, r);
  r->waiting = &wait_computing;
  k->running++;
  c->aside += k->aside;
  c->virtual_time = 0;
  computations_push(c, (struct computation){(double)r->work, c->computation_order++, r->id});
  c->demand = MILLI, n->demand += MILLI;
  c->rate = 1;
  calendar_set(w->calendar, c->slot, world_now(w) + r->work);
  return true;
}

void container_on_core(struct world *w, struct container *c, struct computation computation) {
  container_advance(w, c, world_now(w));
  if (!c->running) become_busy(w, c);
  computation.finish += c->virtual_time;
  computations_push(c, computation);
  c->aside += instruction_of(w, world_request(w, computation.request))->on_workers;
}

/* Whose threads a request computes on, and which serve those of a process. */
static inline struct crew *computing_crew(const struct world *w, struct container *c, const struct request *r) {
  return __builtin_expect(!c->processes, 1) ? &c->own : runtime_crew(w, c, r);
}
static inline struct crew *serving_crew(struct container *c, uint32_t process) {
  return __builtin_expect(!c->processes, 1) ? &c->own : &c->processes->each[process].crew;
}

/* The request is the one that forked, or one of its branches, and on the same replica still. */
static bool is_branch_of(const struct world *w, const struct request *r, uint32_t forker) {
  for (; r->id != forker; r = world_request(w, r->caller))
    if (r->caller == NONE || r->depth != r->base) return false;
  return true;
}

/* It goes on with the turn that it, or its caller, has: the thread is free for it. */
static bool takes_turn(const struct world *w, struct container *c, struct crew *k, const struct request *r) {
  struct turn *t = &c->turn;
  if (t->crew != k || (t->forker != NONE && !is_branch_of(w, r, t->forker))) return false;
  t->crew = NULL;
  k->running--;
  return true;
}

/* A branch that belongs to a turn waits for its brothers only. With ranks it waits as everybody does. */
static bool waits_in_turn(struct world *w, struct container *c, struct crew *k, struct request *r) {
  struct turn *t = &c->turn;
  bool now = t->forked == k && t->forked_at == world_now(w) && t->forker != NONE && !r->fresh;
  if (!now || k->runnable.last || !is_branch_of(w, r, t->forker)) return false;
  const struct request *last = t->last == NONE ? NULL : world_request(w, t->last);
  bool waits = last && last->live && last->waiting == &wait_cpu && is_branch_of(w, last, t->forker);
  queue_push_behind(w, &k->runnable, waits ? t->last : NONE, r);
  if (c->loops && !k->aside) c->loops->calls->batches(w, r);
  t->last = r->id;
  return true;
}

static inline void queue_up(struct world *w, struct container *c, struct crew *k, struct request *r) {
  if (waits_in_turn(w, c, k, r)) return;
  if (__builtin_expect(c->loops != NULL, 0) && !k->aside)
    c->loops->calls->joins(w, c, k, r);
  else
    queue_push(w, &k->runnable, r);
}

/* On a thread that is free. */
static inline __attribute__((always_inline)) void begin(struct world *w, struct container *c, struct crew *k, struct request *r) {
  share_advance(w, c, world_now(w));
  if (start_alone(w, c, k, r)) return;
  start_job(w, c, k, r);
  share_cores(w, &w->nodes[c->node], c);
}

void container_compute(struct world *w, struct container *c, struct request *r) {
  struct crew *k = computing_crew(w, c, r);
  if (__builtin_expect(c->quota != NULL, 0)) r->stopped_before = quota_stopped(c->quota, world_now(w));
  bool busy = k->running >= k->threads;
  if (busy && !takes_turn(w, c, k, r)) {
    if (__builtin_expect(r->impatient, 0) && !request_waits_in_queue(w, r)) return;
    r->waiting = &wait_cpu;
    k->fresh_waiting += r->fresh;
    queue_up(w, c, k, r);
    return;
  }
  if (__builtin_expect(c->loops != NULL, 0) && !busy) c->loops->calls->begins(c, k);
  r->fresh = false;
  if (__builtin_expect(c->wakes, 0) && waking_delays(w, c, k, r)) return;
  begin(w, c, k, r);
}

void container_begins(struct world *w, struct container *c, struct crew *k, struct request *r) {
  if (c->quota) r->stopped_before = quota_stopped(c->quota, world_now(w));
  r->fresh = false;
  begin(w, c, k, r);
}

/* Books that part of the wait of r for a thread, or for the end of its computation, in which the quota stopped the container. */
static void book_stops(const struct world *w, const struct container *c, struct request *r, sim_time now) {
  sim_time stopped = quota_stopped(c->quota, now) - r->stopped_before;
  assert(stopped >= 0);
  r->cell[instruction_of(w, r)->stopped_cell] += stopped;
  r->since += stopped;
}

/* Books a wait in one of its queues. */
static void book_wait(const struct world *w, const struct container *c, struct request *r, uint16_t cell) {
  if (__builtin_expect(c->quota != NULL, 0)) book_stops(w, c, r, world_now(w));
  request_book(r, cell, world_now(w));
}

/* --- whose turn it is ------------------------------------------------------------------------------------------------------- */

/* Drops newcomers until one may go on; null when nobody is left. They fail within this instant, but not in the midst of this. */
__attribute__((noinline)) static struct request *pop_unshed(struct world *w, struct container *c, struct crew *k,
                                                            struct request_queue *q) {
  for (;;) {
    struct request *r = queue_pop(w, q);
    bool at_door = q == &k->door;
    if (!r || (!at_door && !r->fresh)) return r;
    if (!shedder_drops(c->shedder, world_now(w), world_now(w) - r->since, !q->count)) return r;
    meter_count(w, c->shedder->meter);
    if (!at_door) {
      r->wait_cell = instruction_of(w, r)->cell;
      k->fresh_waiting--;
    }
    book_wait(w, c, r, r->wait_cell);
    request_drop(w, r, OUTCOME_SHED);
  }
}

static inline struct request *next_in_turn(struct world *w, struct container *c, struct crew *k, struct request_queue *q) {
  return __builtin_expect(c->shedder != NULL, 0) ? pop_unshed(w, c, k, q) : queue_pop(w, q);
}

/* Puts waiting computations on free threads. */
static inline void fill_threads(struct world *w, struct container *c, struct crew *k) {
  if (__builtin_expect(c->loops != NULL, 0) && !k->aside) {
    c->loops->calls->fills(w, c, k);
    return;
  }
  while (k->running < k->threads) {
    struct request *next = next_in_turn(w, c, k, &k->runnable);
    if (!next) break;
    k->fresh_waiting -= next->fresh;
    next->fresh = false;
    start_job(w, c, k, next);
  }
}

/* The same in the handler of the end of a computation. */
static inline void fill_threads_in_end(struct world *w, struct container *c, struct crew *k) {
  if (__builtin_expect(c->loops != NULL, 0)) c->loops->in_end = true;
  fill_threads(w, c, k);
  if (__builtin_expect(c->loops != NULL, 0)) c->loops->in_end = false;
}

/* The thread was kept for it since it began to wake. */
void container_woken(struct world *w, struct container *c, struct request *r) {
  struct crew *k = computing_crew(w, c, r);
  assert(k->running);
  k->running--;
  if (c->quota) r->stopped_before = quota_stopped(c->quota, world_now(w)); /* a stop while it woke delayed nothing */
  share_advance(w, c, world_now(w));
  if (r->ends_with)
    fill_threads(w, c, k);
  else if (k->running < k->threads)
    start_job(w, c, k, r);
  else { /* its process is paused, or a shift has taken threads away */
    r->waiting = &wait_cpu;
    queue_up(w, c, k, r);
  }
  share_cores(w, &w->nodes[c->node], c);
  if (r->ends_with) request_resume(w, r);
}

/* --- turns ----------------------------------------------------------------------------------------------------------------- */

static void end_turn(struct world *w, struct container *c) {
  struct crew *k = c->turn.crew;
  assert(k && k->running);
  c->turn.crew = NULL;
  k->running--;
  share_advance(w, c, world_now(w));
  fill_threads(w, c, k);
  share_cores(w, &w->nodes[c->node], c);
}

/* A request comes in. One that has the turn, and calls its own replica, has it no longer. */
__attribute__((noinline)) static void leave_turn(struct world *w, struct container *c, const struct request *r) {
  uint32_t forker = c->turn.forker;
  while (forker != NONE && r->id != forker && r->caller != NONE) r = world_request(w, r->caller);
  if (forker == NONE || r->id == forker) end_turn(w, c);
}

void container_turn_over(void *world, uint32_t id) {
  struct world *w = world;
  struct container *c = &w->containers[id];
  if (c->turn.crew) end_turn(w, c);
}

void container_forks(struct world *w, const struct request *r) {
  if (!r->depth) return;
  struct turn *t = &w->containers[r->frames[r->depth - 1].container].turn;
  if (!t->crew) return;
  if (t->forker == NONE)
    t->forker = r->id, t->forked = t->crew, t->forked_at = world_now(w), t->last = NONE;
  else if (is_branch_of(w, r, t->forker)) /* a branch of a branch comes later */
    calendar_set(w->calendar, t->ends, world_now(w));
}

/* The request, whose computation has ended, goes on and keeps its thread meanwhile, though others wait for one. */
__attribute__((noinline)) static void go_on_in_turn(struct world *w, struct container *c, struct crew *k, struct request *r) {
  if (c->turn.crew)
    end_turn(w, c); /* of branches that begin at this instant: another thread of the same crew has come in between */
  k->running++;
  c->turn.crew = k, c->turn.forker = NONE;
  request_resume(w, r);
  if (!c->turn.crew) return; /* it computes on, or the process is dead */
  if (c->turn.forker == NONE)
    end_turn(w, c);
  else
    calendar_set(w->calendar, c->turn.ends, world_now(w)); /* behind the branches */
}

void container_computed(void *world, uint32_t id) {
  struct world *w = world;
  struct container *c = &w->containers[id];
  sim_time now = world_now(w);
  share_advance(w, c, now);
  if (__builtin_expect(c->quota != NULL, 0) && c->computations[0].finish - c->virtual_time > ROUNDING) {
    quota_runs_out(w, c);
    return;
  }
  struct request *r = world_request(w, computations_pop(c));
  struct crew *k = computing_crew(w, c, r);
  const struct instruction *in = instruction_of(w, r);
  k->running--;
  c->aside -= k->aside;
  if (__builtin_expect(c->wakes, 0)) waking_ends(w, c, k, r);
  bool in_turn = __builtin_expect(in->continues, 0) && (k->runnable.count || k->running >= k->threads || c->loops);
  if (!in_turn) fill_threads_in_end(w, c, k);
  share_cores(w, &w->nodes[c->node], c);

  c->done_ns += r->work;
  if (__builtin_expect(c->quota != NULL, 0)) book_stops(w, c, r, now);
  r->cell[in->second_cell] += r->work;
  r->cell[in->cell] += now - r->since - r->work;
  r->waiting = NULL;
  if (in_turn)
    go_on_in_turn(w, c, k, r);
  else
    request_resume(w, r);
}

/* --- coming and going ---------------------------------------------------------------------------------------------------- */

static inline void take_in(struct world *w, struct container *c, struct request *r) {
  c->in_flight++;
  r->frames[r->depth - 1].accepted = true;
  if (__builtin_expect(world_memory(w) != NULL, 0)) memory_changed(w, c);
}

/* The thread is the caller's to give. */
static void take_from_door(struct world *w, struct container *c, struct request *r) {
  assert(!r->frames[r->depth - 1].accepted);
  r->fresh = false;
  if (r->impatient) request_served(w, r);
  take_in(w, c, r);
  book_wait(w, c, r, r->wait_cell);
  request_wake_soon(w, r);
}

/* Where a request holds a thread: it gets one, or waits for it. */
static inline bool seats(struct world *w, struct container *c, struct crew *k, struct request *r, uint16_t cell, bool bounded) {
  if (k->held < k->seats) {
    share_advance(w, c, world_now(w));
    k->held++, c->held++;
    r->fresh = false; /* with a thread of its own it is no newcomer to the queue for cores */
    if (__builtin_expect(r->impatient, 0)) request_served(w, r);
    take_in(w, c, r);
    return true;
  }
  if (bounded && k->door.count >= c->backlog) {
    request_fail(w, r, OUTCOME_REJECTED);
    return false;
  }
  if (__builtin_expect(r->impatient, 0) && !request_waits_in_queue(w, r)) return false;
  r->waiting = &wait_thread, r->since = world_now(w), r->wait_cell = cell;
  if (c->quota) r->stopped_before = quota_stopped(c->quota, world_now(w));
  queue_push(w, &k->door, r);
  return false;
}

bool container_accept(struct world *w, struct container *c, struct request *r, uint16_t cell) {
  if (__builtin_expect(c->turn.crew != NULL, 0)) leave_turn(w, c, r);
  struct crew *k = __builtin_expect(!c->processes, 1) ? &c->own : runtime_deal(w, c, r);
  if (c->holds) return seats(w, c, k, r, cell, true);
  if (k->running >= k->threads && k->fresh_waiting >= c->backlog) {
    request_fail(w, r, OUTCOME_REJECTED);
    return false;
  }
  r->fresh = true;
  take_in(w, c, r);
  return true;
}

void container_comes_in(struct world *w, struct container *c, const struct request *r) {
  if (c->turn.crew) leave_turn(w, c, r);
}
bool container_seats(struct world *w, struct container *c, struct crew *k, struct request *r, uint16_t cell) {
  return seats(w, c, k, r, cell, false);
}
void container_takes_in(struct world *w, struct container *c, struct request *r) { take_in(w, c, r); }
struct crew *container_crew(struct container *c, uint32_t process) {
  return serving_crew(c, process);
}
void container_books(const struct world *w, const struct container *c, struct request *r, uint16_t cell) {
  book_wait(w, c, r, cell);
}
void container_goes_on_in_turn(struct world *w, struct container *c, struct crew *k, struct request *r) {
  go_on_in_turn(w, c, k, r);
}
void container_starts(struct world *w, struct container *c, struct crew *k, struct request *r) {
  k->fresh_waiting -= r->fresh;
  r->fresh = false;
  start_job(w, c, k, r);
}
/* Of a container that computes nothing, on a node with room, nothing changes. */
static inline void shares_if_it_must(struct world *w, struct container *c) {
  struct node *n = &w->nodes[c->node];
  if (c->running || c->demand || n->demand > n->free_until) share_cores(w, n, c);
}
void container_wakes(struct world *w, struct container *c, struct crew *k) {
  share_advance(w, c, world_now(w));
  fill_threads(w, c, k);
  shares_if_it_must(w, c);
}
void container_keeps_thread(struct world *w, struct container *c, struct crew *k) {
  share_advance(w, c, world_now(w));
  k->running++;
  shares_if_it_must(w, c);
}

void container_leave(struct world *w, struct container *c, uint32_t process) {
  assert(c->in_flight > 0);
  c->in_flight--, c->answered++;
  if (__builtin_expect(c->cold, 0)) runtime_answered(c, process);
  if (__builtin_expect(world_memory(w) != NULL, 0)) memory_answered(w, c);
  if (!c->holds) return;
  struct crew *k = serving_crew(c, process);
  struct request *next = k->held <= k->seats ? next_in_turn(w, c, k, &k->door) : NULL;
  if (!next) { /* else the thread goes from hand to hand */
    share_advance(w, c, world_now(w));
    k->held--, c->held--;
    return;
  }
  if (__builtin_expect(c->wakes, 0)) waking_hands(w, c, k, next);
  take_from_door(w, c, next);
}

void container_leave_queue(struct world *w, struct container *c, struct request *r) {
  assert(r->waiting == &wait_cpu || r->waiting == &wait_thread);
  struct crew *k = r->waiting == &wait_cpu ? computing_crew(w, c, r) : serving_crew(c, r->frames[r->depth - 1].process);
  if (r->waiting == &wait_cpu) k->fresh_waiting -= r->fresh;
  if (__builtin_expect(c->loops != NULL, 0) && r->waiting == &wait_cpu && !k->aside)
    c->loops->calls->left(w, c, k, r);
  else
    queue_remove(w, r->waiting == &wait_cpu ? &k->runnable : &k->door, r);
  book_wait(w, c, r, r->waiting == &wait_cpu ? instruction_of(w, r)->cell : r->wait_cell);
  r->waiting = NULL;
}

static void leave(struct world *w, struct request *r) {
  container_leave_queue(w, &w->containers[r->frames[r->depth - 1].container], r);
}

const struct wait wait_cpu = {.name = "CPU", .queue = true, .line = true, .leave = leave},
                  wait_thread = {.name = "thread", .queue = true, .line = true, .leave = leave},
                  wait_computing = {.name = "computing"};

/* Whoever waits gets what is free now: a thread to be served by, or to compute on. */
static void put_to_work(struct world *w, struct container *c, struct crew *k) {
  while (c->holds && k->held < k->seats) {
    struct request *next = next_in_turn(w, c, k, &k->door);
    if (!next) break;
    k->held++, c->held++;
    take_from_door(w, c, next);
  }
  bool ready = c->loops ? c->loops->calls->is_ready(c, k) : k->runnable.count > 0;
  if (!ready || k->running >= k->threads) return;
  fill_threads(w, c, k);
  node_share(w, &w->nodes[c->node], c);
}

void container_staff(struct world *w, struct container *c, int64_t threads) {
  container_advance(w, c, world_now(w));
  runtime_staff(c, container_config(c)->runtime == RUNTIME_GIL, threads);
  uint32_t processes = c->processes ? c->processes->count : 1;
  for (uint32_t i = 0; i < processes; i++) put_to_work(w, c, serving_crew(c, i));
}

/* --- breaking off ---------------------------------------------------------------------------------------------------------- */

static bool take_parked(struct processes *all, uint32_t request, double *left) {
  for (uint32_t i = 0; all && i < all->parked_count; i++) {
    if (all->parked[i].request != request) continue;
    *left = all->parked[i].finish;
    for (all->parked_count--; i < all->parked_count; i++) all->parked[i] = all->parked[i + 1];
    return true;
  }
  return false;
}

/* Work left of the computation. */
static double take_running(struct container *c, uint32_t request) {
  uint32_t running = c->running;
  double left = 0;
  c->running = 0;
  for (uint32_t i = 0; i < running; i++) { /* the heap never grows beyond what has been read of it */
    struct computation computation = c->computations[i];
    if (computation.request == request)
      left = computation.finish - c->virtual_time;
    else
      computations_push(c, computation);
  }
  return left;
}

struct computation container_off_core(struct world *w, struct container *c, uint64_t order) {
  uint32_t i = 0;
  container_advance(w, c, world_now(w));
  while (c->computations[i].order != order) i++;
  assert(i < c->running);
  struct computation computation = c->computations[i];
  computation.finish = take_running(c, computation.request);
  c->aside -= instruction_of(w, world_request(w, computation.request))->on_workers;
  return computation;
}

static void book_broken(const struct world *w, const struct container *c, struct request *r, double done) {
  const struct instruction *in = instruction_of(w, r);
  if (c->quota) book_stops(w, c, r, world_now(w));
  sim_time passed = world_now(w) - r->since, worked = (sim_time)fmin(fmax(done, 0), (double)passed);
  r->cell[in->second_cell] += worked;
  r->cell[in->cell] += passed - worked;
  r->since = world_now(w);
}

void container_break_off(struct world *w, struct container *c, struct request *r) {
  struct crew *k = computing_crew(w, c, r);
  double left;
  container_advance(w, c, world_now(w));
  if (c->off_core) slices_gather(w, c);
  assert(r->waiting == &wait_computing && k->running);
  if (!take_parked(c->processes, r->id, &left)) {
    left = take_running(c, r->id);
    c->aside -= k->aside;
  }
  k->running--;
  if (c->wakes) waking_breaks_off(w, c, k, r);
  c->dropped_ns += (double)r->work - left;
  book_broken(w, c, r, (double)r->work - left);
  r->waiting = NULL;
  fill_threads(w, c, k);
  node_share(w, &w->nodes[c->node], c);
}

/* --- standing still ------------------------------------------------------------------------------------------------------ */

void container_stall(struct world *w, struct container *c) {
  if (c->stalls++) return;
  container_advance(w, c, world_now(w));
  node_share(w, &w->nodes[c->node], c);
}

void container_unstall(struct world *w, struct container *c) {
  assert(c->stalls);
  if (--c->stalls) return;
  container_advance(w, c, world_now(w));
  node_share(w, &w->nodes[c->node], c);
}

static void park(struct processes *all, struct computation computation, double virtual_time) {
  if (all->parked_count == all->parked_room) {
    all->parked_room = all->parked_room ? 2 * all->parked_room : 4;
    all->parked = allocate_resized(all->parked, all->parked_room, sizeof *all->parked);
  }
  computation.finish -= virtual_time;
  all->parked[all->parked_count++] = computation;
}

static bool runs_in(const struct world *w, const struct computation *computation, const struct process *p) {
  const struct request *r = world_request(w, computation->request);
  return r->frames[r->depth - 1].process == p->number;
}

void container_park(struct world *w, struct container *c, struct process *p) {
  assert(p->paused);
  if (c->turn.crew && (c->turn.crew == &p->crew || c->turn.crew == &p->workers)) end_turn(w, c);
  container_advance(w, c, world_now(w));
  if (c->off_core) slices_gather(w, c);
  uint32_t running = c->running;
  c->running = 0;
  for (uint32_t i = 0; i < running; i++) { /* the heap never grows beyond what has been read of it */
    struct computation computation = c->computations[i];
    if (runs_in(w, &computation, p))
      park(c->processes, computation, c->virtual_time);
    else
      computations_push(c, computation);
  }
  c->aside -= p->workers.running;
  p->crew.threads = p->workers.threads = 0;
  node_share(w, &w->nodes[c->node], c);
}

void container_unpark(struct world *w, struct container *c, struct process *p) {
  struct processes *all = c->processes;
  const struct service_config *s = container_config(c);
  uint32_t kept = 0;
  container_advance(w, c, world_now(w));
  for (uint32_t i = 0; i < all->parked_count; i++) {
    struct computation computation = all->parked[i];
    if (!runs_in(w, &computation, p)) {
      all->parked[kept++] = computation;
      continue;
    }
    if (!c->running) become_busy(w, c);
    computation.finish += c->virtual_time;
    computations_push(c, computation);
  }
  assert(!p->paused && kept <= all->parked_count);
  all->parked_count = kept;
  c->aside += p->workers.running;
  p->workers.threads = s->workers;
  runtime_staff(c, s->runtime == RUNTIME_GIL, p->crew.seats);
  if (c->wakes) waking_collected(w, c, p);
  fill_threads(w, c, &p->crew);
  fill_threads(w, c, &p->workers);
  node_share(w, &w->nodes[c->node], c);
}

void container_collect(struct world *w, struct container *c, struct crew *k, struct request *r) {
  container_advance(w, c, world_now(w));
  r->waiting = &wait_computing;
  if (!c->running) become_busy(w, c);
  if (c->quota) r->stopped_before = quota_stopped(c->quota, world_now(w));
  k->running++;
  computations_push(c, (struct computation){c->virtual_time + (double)r->work, c->computation_order++, r->id});
  node_share(w, &w->nodes[c->node], c);
}

sim_time container_slows(const struct container *c, sim_time work) {
  const struct scalability_config *s = &container_config(c)->scalability;
  uint32_t active = c->in_flight < (uint64_t)c->own.threads ? c->in_flight : (uint32_t)c->own.threads;
  uint32_t n = s->counts == SCALABILITY_ACTIVE ? active : c->connections;
  return n > 1 ? (sim_time)((double)work * scalability_factor(s, n) + 0.5) : work;
}

/* --- dying --------------------------------------------------------------------------------------------------------------- */

double container_unfinished(const struct world *w, const struct container *c) {
  double done = 0;
  for (uint32_t i = 0; i < c->running; i++)
    done += (double)world_request(w, c->computations[i].request)->work - (c->computations[i].finish - c->virtual_time);
  for (uint32_t i = 0; c->processes && i < c->processes->parked_count; i++)
    done += (double)world_request(w, c->processes->parked[i].request)->work - c->processes->parked[i].finish;
  for (uint32_t i = 0; c->off_core && i < c->off_core->count; i++) {
    const struct computation *waits = &c->off_core->each[c->off_core->head + i].computation;
    done += (double)world_request(w, waits->request)->work - waits->finish;
  }
  return done;
}

/* Work done of a computation in progress, by the instant `now`. */
static double work_done(const struct world *w, const struct container *c, const struct computation *computation, sim_time now) {
  double virtual_now = c->virtual_time + moved_until(w, c, now);
  return (double)world_request(w, computation->request)->work - (computation->finish - virtual_now);
}

static sim_time held_up(const struct world *w, const struct request *r, double done) {
  double late = (double)(world_now(w) - r->since) - done;
  return late > 0 ? (sim_time)late : 0;
}

sim_time container_held_up(const struct world *w, const struct container *c, const struct request *r) {
  for (uint32_t i = 0; i < c->running; i++)
    if (c->computations[i].request == r->id) return held_up(w, r, work_done(w, c, &c->computations[i], world_now(w)));
  for (uint32_t i = 0; c->processes && i < c->processes->parked_count; i++)
    if (c->processes->parked[i].request == r->id) return held_up(w, r, (double)r->work - c->processes->parked[i].finish);
  for (uint32_t i = 0; c->off_core && i < c->off_core->count; i++) {
    const struct computation *waits = &c->off_core->each[c->off_core->head + i].computation;
    if (waits->request == r->id) return held_up(w, r, (double)r->work - waits->finish);
  }
  return 0;
}

static void book_queues(struct world *w, const struct container *c, const struct crew *k) {
  for (uint32_t i = 0, id = k->runnable.head; i < k->runnable.count; i++, id = world_request(w, id)->next)
    book_wait(w, c, world_request(w, id), instruction_of(w, world_request(w, id))->cell);
  for (uint32_t i = 0, id = k->door.head; i < k->door.count; i++, id = world_request(w, id)->next)
    book_wait(w, c, world_request(w, id), world_request(w, id)->wait_cell);
}

static void book_computation(struct world *w, struct container *c, uint32_t id) {
  struct request *r = world_request(w, id);
  if (c->quota) book_stops(w, c, r, world_now(w));
  r->cell[instruction_of(w, r)->cell] += container_held_up(w, c, r);
}

/* What the requests in its queues and on its threads have waited so far: their cells know it before the queues are gone. */
static void book_waits(struct world *w, struct container *c) {
  for (uint32_t i = 0; i < c->running; i++) book_computation(w, c, c->computations[i].request);
  book_queues(w, c, &c->own);
  if (!c->processes) return;
  for (uint32_t i = 0; i < c->processes->parked_count; i++) book_computation(w, c, c->processes->parked[i].request);
  for (uint32_t i = 0; i < c->processes->count; i++) {
    book_queues(w, c, &c->processes->each[i].crew);
    book_queues(w, c, &c->processes->each[i].workers);
  }
}

static bool inside(const struct container *c, uint32_t generation, const struct request *r, uint32_t depth) {
  return r->frames[depth].container == c->id && r->frames[depth].generation == generation;
}

/* Requests that wait in here have left their queues. All are marked before anybody is told: a branch that fails cancels its
 * siblings. */
static void doom_all_inside(struct world *w, const struct container *c) {
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    struct request *r = world_request(w, id);
    if (!r->live || !r->depth || r->waiting == &wait_elsewhere || !inside(c, c->generation, r, r->depth - 1)) continue;
    r->doomed = true;
    if (r->waiting && r->waiting->early) r->waiting->leave(w, r);
  }
}

static void notify_clients(struct world *w, const struct container *c, uint32_t dead_generation, enum outcome outcome) {
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    struct request *r = world_request(w, id);
    if (!r->live || r->doomed) continue;
    uint32_t depth = r->base;
    while (depth < r->depth && !inside(c, dead_generation, r, depth)) depth++;
    if (depth < r->depth) request_give_up(w, r, outcome);
  }
}

/* The process is gone: every request that is anywhere inside learns it now. One whose place of waiting was in here is
 * forgotten; one that waits elsewhere (its query runs on) fails for its client and is thrown away when it returns. */
static void fail_all_inside(struct world *w, struct container *c, enum outcome outcome) {
  uint32_t dead_generation = c->generation;
  doom_all_inside(w, c);
  c->generation = dead_generation + 1; /* whoever is cancelled now has no thread of it to give back */
  notify_clients(w, c, dead_generation, outcome);
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    struct request *r = world_request(w, id);
    if (!r->live) continue;
    if (!r->doomed) {
      parts_bereaved(w, r, c, dead_generation);
      continue;
    }
    r->doomed = false;
    r->waiting = NULL;
    request_fail(w, r, outcome);
  }
}

void container_kill(struct world *w, struct container *c, enum outcome outcome) {
  container_advance(w, c, world_now(w));
  if (c->off_core) slices_gather(w, c);
  c->dropped_ns += container_unfinished(w, c);
  book_waits(w, c);
  if (c->quota) quota_reset(w, c);
  c->running = c->held = c->in_flight = c->stalls = 0;
  c->turn.crew = NULL, c->turn.forked = NULL;
  runtime_dies(w, c);
  if (c->shedder) shedder_reset(c->shedder);
  node_share(w, &w->nodes[c->node], c);
  parts_dies(w, c);
  fail_all_inside(w, c, outcome);
  parts_died(w, c);
}
