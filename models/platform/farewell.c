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

/* It has got SIGTERM. */
static bool finishes(struct world *w, struct container *c) {
  sim_time left = c->drain_until - world_now(w);
  if (c->farewell->exits || !c->in_flight || left <= 0) return ends(w, c);
  if (c->state != CONTAINER_CLOSING) lifecycle_closes(w, c);
  lifecycle_wait(w, c, LIFE_CLOSING, left < LOOK ? left : LOOK);
  return false;
}

bool farewell_begin(struct world *w, struct container *c, const struct farewell *how, sim_time routed) {
  assert(container_serves(c));
  sim_time now = world_now(w);
  c->state = CONTAINER_DRAINING, c->leaving = true, c->farewell = how;
  c->drain_until = world_after(w, how->grace), c->routed_until = world_after(w, routed);
  world_touch(w, c);
  if (!how->pre_stop) return finishes(w, c);
  sim_time wait = how->pre_stop < how->grace ? how->pre_stop : c->drain_until - now;
  lifecycle_wait(w, c, LIFE_PRE_STOP, wait);
  return false;
}

bool farewell_goes_on(struct world *w, struct container *c) {
  assert(c->farewell && c->leaving);
  return c->life_stage == LIFE_ENDED || finishes(w, c);
}
