#include "models/platform/farewell.h"
#include "models/core/world.h"
#include "models/platform/lifecycle.h"
#include <assert.h>

/* How often is looked whether what was inside has ended. */
static const sim_time LOOK = 50 * SIM_MS;

/* What is inside is cut off. */
static bool ends(struct world *w, struct container *c) {
  for (uint32_t i = 0; i < c->in_flight; i++) meter_count(w, service_config(world_service_of(w, c))->lost_meter);
  lifecycle_stop(w, c, OUTCOME_CRASHED);
  sim_time now = world_now(w);
  if (c->routed_until <= now) return true;
  lifecycle_wait(w, c, LIFE_ENDED, c->routed_until - now);
  return false;
}

static sim_time least(sim_time a, sim_time b) { return a < b ? a : b; }

/* Without requests it is not known how much is inside. Of a version that takes twice as long or more it may be too much: all of its
 * grace is taken. */
static bool may_be_busy(const struct world *w, const struct container *c) {
  return w->mode == WORLD_AVAILABILITY && container_config(c)->traits.slower_by >= 1;
}

/* It has got SIGTERM. */
static bool finishes(struct world *w, struct container *c) {
  const struct farewell *how = c->farewell;
  sim_time now = world_now(w), left = c->drain_until - now;
  if (how->on_stop == STOP_EXITS || left <= 0) return ends(w, c);
  if (how->on_stop == STOP_IGNORED) {
    lifecycle_wait(w, c, LIFE_CLOSING, left);
    return false;
  }
  sim_time told = c->drain_until - how->grace + how->pre_stop, busy = may_be_busy(w, c) ? left : told + how->takes - now;
  if (!c->in_flight && busy <= 0) return ends(w, c);
  if (c->state != CONTAINER_CLOSING) lifecycle_closes(w, c);
  lifecycle_wait(w, c, LIFE_CLOSING, least(left, c->in_flight ? LOOK : busy));
  return false;
}

bool farewell_begin(struct world *w, struct container *c, const struct farewell *how, sim_time routed) {
  assert(container_serves(c));
  c->state = CONTAINER_DRAINING, c->leaving = true, c->farewell = how;
  c->drain_until = world_after(w, how->grace), c->routed_until = world_after(w, routed);
  world_touch(w, c);
  if (!how->pre_stop) return finishes(w, c);
  lifecycle_wait(w, c, LIFE_PRE_STOP, least(how->pre_stop, how->grace));
  return false;
}

bool farewell_goes_on(struct world *w, struct container *c) {
  assert(c->farewell && c->leaving);
  return c->life_stage == LIFE_ENDED || finishes(w, c);
}
