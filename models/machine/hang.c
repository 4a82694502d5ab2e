/* A process that hangs: it computes nothing and answers nothing, and keeps all that it has.
 *
 * Its machine accepts connections for it, so a request that is sent there is not refused: it waits, as does every request that
 * comes back from elsewhere, and what was computing stands still. Newcomers beyond the backlog of its processes are rejected.
 * Requests stay until their callers give up, the process goes on (all continue, in the order in which they stopped), or it dies
 * (all fail). Its memory, its connections and what others hold of it stay.
 *
 * Every request with a frame on the container is marked `held`, so that a request that goes on costs no test more than before: a
 * marked one is asked where it is. Clocks of the process stand still with it: a wait for a connection of its pool, for a lock
 * (whose clock is the database's), or a time-out of a call that is over meanwhile ends when the process goes on. What is not
 * followed: a callee that fails ends the request for its client at once. */
#include "models/core/world.h"
#include "models/machine/accept.h"
#include "models/request/line.h"
#include "models/request/operation.h"
#include <assert.h>

static const struct wait wait_hung = {.name = "hung process", .queue = true};

/* A frame is on the container's process of now, whether it has accepted the request or not. */
static bool is_inside(const struct container *c, const struct request *r) {
  for (uint32_t i = 0; i < r->depth; i++)
    if (r->frames[i].container == c->id && r->frames[i].generation == c->generation) return true;
  return false;
}

void hang_marks(struct request *r) { r->held = true; }

void container_hangs(struct world *w, struct container *c) {
  assert(!c->held_up.count && c->state == CONTAINER_HUNG);
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    struct request *r = world_request(w, id);
    if (r->live && is_inside(c, r)) hang_marks(r);
  }
  w->impaired++;
  container_stall(w, c);
}

void container_goes_on(struct world *w, struct container *c) {
  assert(c->state != CONTAINER_HUNG && w->impaired);
  w->impaired--;
  for (struct request *r; (r = queue_pop(w, &c->held_up));) request_wake_soon(w, r);
  c->newcomers_held_up = 0;
  container_unstall(w, c);
}

void container_hung_dies(struct world *w, struct container *c) {
  assert(w->impaired && c->stalls);
  w->impaired--;
  queue_clear(w, &c->held_up);
  c->newcomers_held_up = 0;
}

static uint64_t newcomers(const struct container *c) {
  uint64_t sum = c->newcomers_held_up + c->own.door.count + (uint64_t)c->own.fresh_waiting;
  for (uint32_t i = 0; c->processes && i < c->processes->count; i++)
    sum += c->processes->each[i].crew.door.count + (uint64_t)c->processes->each[i].crew.fresh_waiting;
  return sum;
}

/* It stands behind "enter": its next instruction is to be accepted there. */
static bool is_new(const struct world *w, const struct request *r) {
  return w->model->programs[r->endpoint].instructions[r->pc].operation->accepts;
}

/* The time in the queue of the replica that it is on. */
static uint16_t cell_of(const struct world *w, const struct container *c, const struct request *r) {
  const struct instruction *all = w->model->programs[r->endpoint].instructions;
  uint32_t pc = r->pc;
  while (pc && (!all[pc].operation->accepts || all[pc].service != (int32_t)c->service)) pc--;
  return all[pc].cell;
}

static bool is_full(const struct container *c) {
  uint32_t processes = c->processes ? c->processes->count : 1;
  return newcomers(c) / processes >= (uint64_t)c->backlog;
}

bool hang_holds(struct world *w, struct request *r) {
  struct container *c = r->depth ? &w->containers[r->frames[r->depth - 1].container] : NULL;
  if (!c || c->state != CONTAINER_HUNG) return false;
  bool fresh = is_new(w, r);
  if (fresh && is_full(c)) {
    if (accept_hangs(w, r)) return true;
    request_fail(w, r, OUTCOME_REJECTED);
    return true;
  }
  assert(!r->waiting);
  c->newcomers_held_up += fresh;
  r->waiting = &wait_hung, r->since = world_now(w), r->wait_cell = cell_of(w, c, r);
  queue_push(w, &c->held_up, r);
  return true;
}
