#include "models/data/connection_pool.h"
#include "models/request/line.h"
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
    if (__builtin_expect(w->memory != NULL, 0)) memory_changed(w, c);
    return true;
  }
  line_join(w, &p->line, r, WAITING_POOL, in->cell);
  return false;
}

/* The connection goes to the first who waits, or back to the pool. */
static void give_back(struct world *w, struct connection_pool *p) {
  assert(p->in_use > 0);
  struct request *next = line_call(w, &p->line);
  if (!next) {
    pool_advance(p, world_now(w));
    p->in_use--;
    return;
  }
  next->has_connection = true;
  request_wake_soon(w, next);
}

bool pool_release_connection(struct world *w, struct request *r, const struct instruction *in) {
  if (!r->has_connection) return true;
  r->has_connection = false;
  struct container *c = &w->containers[r->frames[r->connection_frame].container];
  give_back(w, pool_towards(w, c, in->service));
  if (__builtin_expect(w->memory != NULL, 0)) memory_changed(w, c);
  return true;
}

void pool_abandon(struct world *w, struct request *r) {
  if (!r->has_connection) return;
  r->has_connection = false;
  const struct frame *frame = &r->frames[r->connection_frame];
  struct container *c = &w->containers[frame->container];
  if (c->generation != frame->generation) return;
  give_back(w, pool_towards(w, c, r->connection_service));
  if (w->memory) memory_changed(w, c);
}

void pool_wait_over(void *world, uint32_t id) {
  struct world *w = world;
  struct request *r = world_request(w, id);
  struct container *c = &w->containers[r->frames[r->depth - 1].container];
  const struct instruction *in = &w->model->programs[r->endpoint].instructions[r->pc - 1];
  line_gives_up(w, &pool_towards(w, c, in->service)->line, id, OUTCOME_POOL_TIMEOUT);
}

void pool_clear(struct world *w, struct connection_pool *p) {
  pool_advance(p, world_now(w));
  line_clear(w, &p->line);
  p->in_use = 0;
}
