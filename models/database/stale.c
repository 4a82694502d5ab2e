#include "models/database/stale.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/database/connections.h"
#include <assert.h>

/* --- the address ------------------------------------------------------------------------------------------------------------- */

static uint32_t address_of(struct world *w, struct connection_pool *p) {
  const struct service *s = &w->services[p->config->server];
  sim_time now = world_now(w);
  if (now >= p->address.until)
    p->address = (struct pool_address){s->primary, p->config->address_ttl ? world_after(w, p->config->address_ttl) : 0};
  return p->address.container;
}

uint32_t stale_server(struct world *w, struct connection_pool *p, bool *stale) {
  uint32_t address = address_of(w, p);
  const struct container *c = &w->containers[address];
  *stale = address != w->services[p->config->server].primary;
  return container_serves(c) ? address : NONE;
}

static bool host_is_gone(const struct world *w, const struct container *c) { return c->node != NONE && !w->nodes[c->node].up; }

/* --- connections that lead nowhere ------------------------------------------------------------------------------------------- */

static struct connection_pool *pool_of(const struct world *w, const struct connection *k) {
  return &w->containers[k->owner].pools[k->pool];
}

/* No answer: of a query, or of what was to be a connection. */
static void no_answer(void *world, uint32_t id) {
  struct world *w = world;
  struct request *r = world_request(w, id);
  r->waiting = NULL, r->fresh = false;
  request_book(r, r->wait_cell, world_now(w));
  request_fail(w, r, OUTCOME_UNREACHABLE);
}

static void waits_for_answer(struct world *w, struct request *r, const struct instruction *in, struct lane *until) {
  request_parks(r, in->cell, world_now(w));
  if (until) lane_push(until, r->id);
}

bool stale_delays(struct world *w, struct request *r, const struct instruction *in, struct connection_pool *p, uint32_t id) {
  struct connection *k = connection_at(w, id);
  if (k->hangs) {
    waits_for_answer(w, r, in, p->no_answer);
    return true;
  }
  if (!k->stale || (k->server != NONE && in->route != ROUTE_PRIMARY)) return false;
  if (k->server == NONE && host_is_gone(w, &w->containers[p->address.container]))
    waits_for_answer(w, r, in, p->no_connection);
  else
    request_drop(w, r, OUTCOME_REFUSED);
  return true;
}

bool stale_keeps(struct world *w, uint32_t id) {
  struct connection *k = connection_at(w, id);
  if (k->owner == NONE || !pool_of(w, k)->config->socket_timeout) return false;
  k->hangs = true;
  if (!k->idle && pool_of(w, k)->unnoticed) k->noticed = lane_push(pool_of(w, k)->unnoticed, id);
  k->unnoticed = !k->idle;
  return true;
}

static void noticed(void *world, uint32_t id) {
  struct world *w = world;
  struct connection *k = connection_at(w, id);
  k->unnoticed = false;
  if (!k->returned) return; /* its holder will close it */
  k->returned = false;
  connection_pool_returned(w, id);
}

bool stale_lingers(struct world *w, uint32_t id) {
  struct connection *k = connection_at(w, id);
  k->returned = k->unnoticed;
  return k->returned;
}

void stale_forgets(struct world *w, uint32_t id) {
  struct connection *k = connection_at(w, id);
  if (k->unnoticed && pool_of(w, k)->unnoticed) lane_cancel(pool_of(w, k)->unnoticed, k->noticed);
  k->unnoticed = false;
}

static struct lane *after(struct world *w, sim_time delay, event_handler *handler) {
  return delay && delay < SIM_NEVER / 2 ? lane_new(w->calendar, delay, handler, w) : NULL;
}

void stale_start(struct world *w, const struct pool_config *c, struct connection_pool *like) {
  like->no_answer = after(w, c->socket_timeout, no_answer);
  like->unnoticed = after(w, c->socket_timeout, noticed);
  if (pool_has_address(c))
    like->no_connection = lane_new(w->calendar, model_service(w->model, (uint32_t)c->server)->connect_timeout, no_answer, w);
}

void stale_stop(struct connection_pool *p) {
  lane_free(p->no_answer);
  lane_free(p->unnoticed);
  lane_free(p->no_connection);
}

/* --- without requests -------------------------------------------------------------------------------------------------------- */

static void well_again(void *world, uint32_t unused) {
  (void)unused;
  parts_changed(world);
}

void stale_build(struct world *w, struct connection_pool *p) {
  p->outlook.primary = NONE;
  if (!pool_has_address(p->config)) return;
  world_connections(w)->addresses = true;
  p->outlook.slot = calendar_slot(w->calendar, well_again, w, 0);
}

static void not_well(struct world *w, struct connection_pool *p, sim_time delay) {
  sim_time until = world_after(w, delay);
  if (until <= p->outlook.well_at) return;
  p->outlook.well_at = until;
  if (until < SIM_NEVER - 1) calendar_set(w->calendar, p->outlook.slot, until);
}

void stale_host_died(struct world *w, const struct container *c) {
  if (!world_connections(w)->addresses || w->services[c->service].primary != c->id || !host_is_gone(w, c)) return;
  for (uint32_t i = 0; i < w->container_count; i++)
    for (uint32_t k = 0; k < w->containers[i].pool_count; k++) {
      struct connection_pool *p = &w->containers[i].pools[k];
      if (p->config->server == (int32_t)c->service && p->config->socket_timeout) not_well(w, p, p->config->socket_timeout);
    }
}

/* From the last look-up on; the next one is due after this. */
static sim_time address_left(const struct world *w, const struct container *c, uint32_t number) {
  struct connection_pool *p = &c->pools[number];
  if (p->config->address_ttl == SIM_NEVER) return SIM_NEVER;
  uint64_t entity = stream_entity(container_config(c)->name, (uint64_t)(c->id - w->services[c->service].first) << 16 | number);
  struct stream draws = stream_at(stream_key(w->seed, w->replication, PURPOSE_ADDRESS, entity), p->outlook.moves++);
  return (sim_time)(stream_uniform(&draws) * (double)p->config->address_ttl);
}

static void look_at(struct world *w, const struct container *c, uint32_t number) {
  struct connection_pool *p = &c->pools[number];
  uint32_t primary = w->services[p->config->server].primary;
  bool moved = p->outlook.primary != NONE && p->outlook.primary != primary;
  if (moved && p->config->address_ttl && container_serves(c)) not_well(w, p, address_left(w, c, number));
  p->outlook.primary = primary;
}

void stale_changed(struct world *w) {
  for (uint32_t i = 0; world_connections(w)->addresses && i < w->container_count; i++)
    for (uint32_t k = 0; k < w->containers[i].pool_count; k++) look_at(w, &w->containers[i], k);
}

void stale_renewed(struct container *c) {
  for (uint32_t k = 0; k < c->pool_count; k++) c->pools[k].outlook.well_at = 0, c->pools[k].address.until = 0;
}

double stale_serves(const struct world *w, const struct instruction *in, int32_t region) {
  uint32_t all = 0, well = 0;
  if (!world_connections(w)->addresses || in->caller < 0) return 1;
  const struct service *s = &w->services[in->caller];
  for (uint32_t i = 0; i < s->in_rotation; i++) {
    const struct container *c = &w->containers[s->rotation[i]];
    if (!container_serves(c) || (region >= 0 && container_region(w, c) != region)) continue;
    for (uint32_t k = 0; k < c->pool_count; k++) {
      if (c->pools[k].config->database != in->service) continue;
      all++, well += c->pools[k].outlook.well_at <= world_now(w);
    }
  }
  return all ? (double)well / all : 1;
}
