/* Reads of a replicated database: which replicas they may go to, and what they see there. */
#include "models/compute/balancer.h"
#include "models/data/replication.h"
#include "models/meter.h"
#include "models/world.h"

/* By role, and not too far behind. Whether it lives is another matter: routing learns that from the orchestrator. */
static bool suits(const struct replication *p, const struct replica *r, uint32_t route) {
  if (r->container == p->service->primary) return route == ROUTE_ANY;
  if (route >= ROUTE_ROLE && r->role != (int32_t)(route - ROUTE_ROLE)) return false;
  return p->config->max_lag == SIM_NEVER || !r->follows || replication_lag(p, r) <= p->config->max_lag;
}

/* Where nobody suits the primary serves, and while it is not in rotation whoever is. */
uint32_t replication_candidates(const struct world *w, const struct service *s, uint32_t route) {
  const struct replication *p = s->replication;
  uint32_t count = 0;
  bool on = replication_is_on(p->config);
  for (uint32_t i = 0; i < s->in_rotation; i++)
    if (!on || suits(p, &p->replicas[s->rotation[i] - s->first], route)) p->candidates[count++] = s->rotation[i];
  if (!count && w->containers[s->primary].in_rotation) p->candidates[count++] = s->primary;
  if (count) return count;
  for (; count < s->in_rotation; count++) p->candidates[count] = s->rotation[count];
  return count;
}

static bool reads_at_primary(const struct world *w, const struct replication *p, const struct request *r) {
  return p->config->after_write && r->written.database == (int32_t)p->service->index &&
         world_now(w) - r->written.at < p->config->after_write;
}

/* Balancers choose in a rotation: they are shown the candidates as one. */
uint32_t replication_pick(struct world *w, struct service *s, const struct request *r, const struct instruction *in) {
  struct replication *p = s->replication;
  if (reads_at_primary(w, p, r)) return s->primary;
  struct service shown = *s;
  shown.rotation = p->candidates, shown.in_rotation = replication_candidates(w, s, in->route);
  uint32_t *cursor = in->route == ROUTE_ANY ? &s->cursor : &p->cursors[in->route];
  shown.cursor = *cursor;
  uint32_t chosen = balancer_pick(w, &shown, in, r);
  *cursor = shown.cursor;
  return chosen;
}

bool replication_read(struct world *w, struct request *r, const struct instruction *in) {
  struct service *s = &w->services[in->service];
  struct replication *p = s->replication;
  uint32_t container = r->frames[r->depth - 1].container;
  struct replica *at = &p->replicas[container - s->first];
  bool primary = container == s->primary;
  if (!primary) meter_time(w, p->config->read_age, replication_lag(p, at));
  if (!primary && replication_waits_for_reads(p->config)) standby_read_begins(w, at, r);
  if (r->written.database != in->service) return true;
  meter_count(w, p->config->reads_after_write);
  if (!primary && at->applied < r->written.position) meter_count(w, p->config->stale_reads);
  return true;
}
