/* A probe as a request: it comes from the node of its replica, and no balancer has a say. */
#include "models/core/world.h"
#include "models/service/probe.h"

static void send(struct probe *p) {
  struct world *w = p->world;
  struct container *c = &w->containers[p->container];
  struct request *r = request_take(w);
  if (!r) return;
  uint32_t number = p->container * PROBES + p->kind;
  r->key = r->subject = stream_key(w->seed, w->replication, PURPOSE_PROBE, (uint64_t)number << 32 | (uint32_t)p->made);
  r->source = 0, r->user = number, r->client_gone = true, r->impatient = false, r->pc = 0;
  r->endpoint = (uint16_t)(service_probes(container_config(c))->program + p->kind);
  r->rank = (uint8_t)(w->model->ranks ? w->model->ranks - 1 : 0);
  r->arrived = r->since = world_now(w);
  r->frames[0] = (struct frame){.container = c->id, .generation = c->generation, .entered = world_now(w)};
  r->depth = r->base = 1; /* no balancer has sent it there */
  r->cell[0] = r->cell[1] = r->cell[2] = 0;
  request_holds(r, PART_probes);
  p->request = r->id;
  request_resume(w, r);
}

/* A thread is free, and no request is before it. */
static bool is_idle(const struct container *c) {
  if (c->processes) return false;
  const struct crew *k = &c->own;
  if (c->stalls || c->turn.crew || k->running >= k->threads || k->runnable.count) return false;
  return !c->holds || (k->held < k->seats && !k->door.count);
}

void probe_asks(struct probe *p) {
  struct world *w = p->world;
  const struct container *c = &w->containers[p->container];
  if (!container_lives(c)) {
    probe_ended(p, false); /* refused */
    return;
  }
  if (container_serves(c) && !p->config->cost.mean && is_idle(c)) {
    probe_ended(p, true);
    return;
  }
  p->asked = true;
  calendar_set(w->calendar, p->slot, world_after(w, p->config->timeout));
  if (container_serves(c)) send(p);
}

void probe_fails(struct world *w, struct request *r) {
  struct probe *p = &world_probes(w)->of[r->user];
  struct container *c = &w->containers[r->frames[0].container];
  if (c->generation == r->frames[0].generation && r->frames[0].accepted) container_leave(w, c, r->frames[0].process);
  r->depth = r->base = 0; /* it is nowhere any more, should its replica be killed for this */
  if (p->request == r->id) probe_ended(p, false);
}
