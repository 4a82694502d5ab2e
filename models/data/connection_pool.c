#include "models/data/connection_pool.h"
#include "models/world.h"
#include <assert.h>

void pool_advance(struct connection_pool *p, sim_time now) {
  p->used_ns += (double)p->in_use * (double)(now - p->changed_at);
  p->changed_at = now;
}

/* The pool of the replica towards the database, or null when it has none. */
static struct connection_pool *pool_towards(const struct world *w, struct container *c, int32_t database) {
  const struct config_list *pools = &w->services[c->service].config->pools;
  for (uint32_t i = 0; i < pools->count; i++)
    if (c->pools[i].config->database == database) return &c->pools[i];
  return NULL;
}

bool pool_acquire(struct world *w, struct request *r, const struct instruction *in) {
  struct container *c = &w->containers[r->frames[r->depth - 1].container];
  struct connection_pool *p = pool_towards(w, c, in->service);
  if (!p) return true;
  r->connection_frame = (uint8_t)(r->depth - 1), r->connection_service = (int16_t)in->service;
  if (p->in_use < (uint64_t)p->config->max) {
    pool_advance(p, world_now(w));
    p->in_use++;
    r->has_connection = true;
    return true;
  }
  r->waiting = WAITING_POOL, r->since = world_now(w), r->wait_cell = in->cell;
  r->next = NOBODY;
  if (p->waiting++)
    world_request(w, p->tail)->next = r->id;
  else
    p->head = r->id;
  p->tail = r->id;
  if (p->patience) r->pool_patience = lane_push(p->patience, r->id);
  return false;
}

static struct request *first_waiter(struct world *w, struct connection_pool *p) {
  struct request *r = world_request(w, p->head);
  p->head = r->next;
  p->waiting--;
  return r;
}

/* The connection goes to the first who waits, or back to the pool. */
static void give_back(struct world *w, struct connection_pool *p) {
  assert(p->in_use > 0);
  if (!p->waiting) {
    pool_advance(p, world_now(w));
    p->in_use--;
    return;
  }
  struct request *next = first_waiter(w, p);
  if (p->patience) lane_cancel(p->patience, next->pool_patience);
  next->has_connection = true;
  request_book(next, next->wait_cell, world_now(w));
  request_wake_soon(w, next);
}

bool pool_release_connection(struct world *w, struct request *r, const struct instruction *in) {
  if (!r->has_connection) return true;
  r->has_connection = false;
  struct container *c = &w->containers[r->frames[r->connection_frame].container];
  give_back(w, pool_towards(w, c, in->service));
  return true;
}

void pool_abandon(struct world *w, struct request *r) {
  if (!r->has_connection) return;
  r->has_connection = false;
  const struct frame *frame = &r->frames[r->connection_frame];
  struct container *c = &w->containers[frame->container];
  if (c->generation == frame->generation) give_back(w, pool_towards(w, c, r->connection_service));
}

void pool_wait_over(void *world, uint32_t id) {
  struct world *w = world;
  struct request *r = world_request(w, id);
  struct container *c = &w->containers[r->frames[r->depth - 1].container];
  const struct instruction *in = &w->model->programs[r->endpoint].instructions[r->pc - 1];
  struct connection_pool *p = pool_towards(w, c, in->service);
  assert(p->head == id);
  first_waiter(w, p);
  request_book(r, r->wait_cell, world_now(w));
  r->waiting = WAITING_NOT;
  request_fail(w, r, OUTCOME_POOL_TIMEOUT);
}

void pool_clear(struct world *w, struct connection_pool *p) {
  pool_advance(p, world_now(w));
  while (p->waiting) {
    struct request *r = first_waiter(w, p);
    if (p->patience) lane_cancel(p->patience, r->pool_patience);
  }
  p->in_use = 0;
}
