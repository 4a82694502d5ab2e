/* Reads of a replicated database: which replicas they may go to, and what they see there. */
#include "models/service/balancer/balancer.h"
#include "models/request/operation.h"
#include "models/replication/replication.h"
#include "models/replication/votes.h"
#include "models/core/meter.h"
#include "models/core/world.h"
#include <assert.h>

/* By role, and not too far behind. Whether it lives is another matter: routing learns that from the orchestrator. */
static bool suits(const struct replication *p, const struct replica *r, uint32_t route) {
  if (r->container == *p->primary || r->container == p->severance.ousted) return route == ROUTE_ANY;
  if (route >= ROUTE_ROLE && r->role != (int32_t)(route - ROUTE_ROLE)) return false;
  return p->config->max_lag == SIM_NEVER || !r->follows || replication_lag(p, r) <= p->config->max_lag;
}

/* Of the service's rotation, its own: neighbours, as the rotation is in order. */
static const uint32_t *own_rotation(const struct replication *p, uint32_t *count) {
  const struct service *s = p->service;
  uint32_t from = 0, until;
  while (from < s->in_rotation && s->rotation[from] < p->first) from++;
  for (until = from; until < s->in_rotation && s->rotation[until] < p->first + p->count;) until++;
  *count = until - from;
  return s->rotation + from;
}

/* Leaves those in the region, or those that it reaches; all where there are none. */
static uint32_t near(const struct replication *p, uint32_t count, int32_t from) {
  const struct world *w = p->world;
  for (bool local = p->config->reads == READS_LOCAL;; local = false) {
    uint32_t left = 0;
    for (uint32_t i = 0; i < count; i++) {
      int32_t there = container_region(w, &w->containers[p->candidates[i]]);
      if (local ? there != from : !votes_region_reaches(w, from, there)) continue;
      uint32_t candidate = p->candidates[i];
      p->candidates[i] = p->candidates[left], p->candidates[left++] = candidate;
    }
    if (left) return left;
    if (!local) return count;
  }
}

/* Where nobody suits the primary serves, and while it is not in rotation whoever is. */
uint32_t replication_candidates(const struct replication *p, uint32_t route, int32_t from) {
  uint32_t count = 0, there;
  const uint32_t *rotation = own_rotation(p, &there);
  bool on = replication_is_on(p->config);
  for (uint32_t i = 0; i < there; i++)
    if (!on || suits(p, &p->replicas[rotation[i] - p->first], route)) p->candidates[count++] = rotation[i];
  if (from >= 0 && count > 1) count = near(p, count, from);
  if (!count && p->world->containers[*p->primary].in_rotation) p->candidates[count++] = *p->primary;
  if (count) return count;
  assert(there <= p->count);
  for (; count < there; count++) p->candidates[count] = rotation[count];
  return count;
}

static bool process_serves(const struct replication *p, uint32_t container) {
  return container_serves(&p->world->containers[container]);
}

static bool answers(const struct replication *p, uint32_t container, int32_t from) {
  return process_serves(p, container) &&
         votes_region_reaches(p->world, from, container_region(p->world, &p->world->containers[container]));
}

double replication_writable(const struct replication *p, int32_t from) {
  if (!replication_leads(p)) return 0;
  return answers(p, *p->primary, from) || (p->severance.ousted != NONE && answers(p, p->severance.ousted, from));
}

double replication_serving(const struct replication *p, uint32_t route, int32_t from) {
  uint32_t count = replication_candidates(p, route, from);
  double alive = 0, all = 0;
  for (uint32_t i = 0; i < count; i++) {
    double weight = balancer_weight(p->service, p->candidates[i]);
    all += weight;
    if (answers(p, p->candidates[i], from)) alive += weight;
  }
  return count ? alive / all : answers(p, *p->primary, from);
}

static bool wrote_here(const struct replication *p, const struct request *r) {
  const struct written *last = &request_replication(p->world, r)->written;
  return last->database == (int32_t)p->service->index && last->shard == p->shard;
}

static bool reads_at_primary(const struct replication *p, const struct request *r) {
  return p->config->after_write && wrote_here(p, r) &&
         world_now(p->world) - request_replication(p->world, r)->written.at < p->config->after_write;
}

/* Balancers choose in a rotation: they are shown the candidates as one. */
uint32_t replication_pick(struct replication *p, const struct request *r, const struct instruction *in) {
  struct service *s = p->service, shown = *s;
  if (reads_at_primary(p, r)) return severance_primary(p, r);
  int32_t from = r->depth ? container_region(p->world, &p->world->containers[r->frames[r->depth - 1].container]) : -1;
  shown.rotation = p->candidates, shown.in_rotation = replication_candidates(p, in->route, from);
  if (!shown.in_rotation) return *p->primary;
  uint32_t *cursor = in->route == ROUTE_ANY && !s->shards ? &s->cursor : &p->cursors[in->route];
  assert(in->route < ROUTE_ROLE + p->config->roles.count + 1);
  shown.cursor = *cursor;
  uint32_t chosen = balancer_pick(p->world, &shown, in, r);
  *cursor = shown.cursor;
  return chosen;
}

static bool replication_read(struct world *w, struct request *r, const struct instruction *in) {
  (void)in;
  uint32_t container = r->frames[r->depth - 1].container;
  struct replication *p = replication_of(w, container);
  struct replica *at = &p->replicas[container - p->first];
  assert(container >= p->first && container - p->first < p->count);
  bool primary = container == *p->primary || container == p->severance.ousted;
  if (!primary) meter_time(w, p->config->read_age, replication_lag(p, at));
  if (!primary && replication_waits_for_reads(p->config)) standby_read_begins(w, at, r);
  if (!wrote_here(p, r)) return true;
  meter_count(w, p->config->reads_after_write);
  if (!primary && at->applied < request_replication(w, r)->written.position) meter_count(w, p->config->stale_reads);
  return true;
}
const struct operation operation_read = {.name = "read", .run = replication_read};
