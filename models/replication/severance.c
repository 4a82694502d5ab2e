#include "models/replication/severance.h"
#include "models/core/meter.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/network/network.h"
#include "models/platform/lifecycle.h"
#include "models/replication/replication.h"
#include "models/replication/votes.h"
#include "models/request/line.h"
#include <assert.h>

/* --- two primaries ----------------------------------------------------------------------------------------------------------- */

uint32_t severance_primary(const struct replication *p, const struct request *r) {
  uint32_t old = p->severance.ousted, caller = r->depth ? r->frames[r->depth - 1].container : NONE;
  if (old == NONE || caller == NONE || votes_reach(p->world, caller, *p->primary)) return *p->primary;
  return votes_reach(p->world, caller, old) ? old : *p->primary;
}

static uint32_t pick(struct world *w, struct service *s, const struct instruction *in, const struct request *r) {
  (void)w;
  return in->route == ROUTE_PRIMARY ? severance_primary(s->replication, r) : replication_pick(s->replication, r, in);
}
const struct routing routing_by_side = {.divided = true, .pick = pick, .refuses = replication_refuses};

void severance_begins(struct replication *p, uint64_t writes, sim_time first) {
  struct severance *s = &p->severance;
  assert(s->ousted == NONE && !p->failover.down);
  *s = (struct severance){.ousted = *p->primary, .fault = p->failover.fault, .since = world_now(p->world), .first = first};
  for (uint64_t i = 0; i < writes; i++) meter_count(p->world, p->config->lost_writes);
  meter_set(p->world, p->config->failover.two_primaries, 1);
  p->service->routing = &routing_by_side;
  for (struct request *r; (r = line_call(p->world, &p->line)); severance_commits(p)) request_wake_soon(p->world, r);
}

void severance_commits(struct replication *p) {
  if (p->severance.first == SIM_NEVER) p->severance.first = world_now(p->world);
  meter_count(p->world, p->config->lost_writes);
}

void severance_ends(struct replication *p) {
  struct severance *s = &p->severance;
  sim_time now = world_now(p->world), age = s->first < now ? now - s->first : 0;
  if (s->ousted == NONE) return;
  s->ousted = NONE;
  meter_set(p->world, p->config->failover.two_primaries, 0);
  meter_time(p->world, p->config->rpo, age);
  parts_lost_data(p->world, s->fault, age);
  replication_routes(p);
}

/* --- replicas that the primary does not reach -------------------------------------------------------------------------------- */

static struct container *container_of(const struct replication *p, const struct replica *r) {
  return &p->world->containers[r->container];
}

/* Its data are no continuation of the new primary's: it starts as a replica. */
static void starts_again(struct replication *p, struct container *c) {
  struct world *w = p->world;
  if (!container_serves(c)) return;
  lifecycle_stop(w, c, OUTCOME_CRASHED);
  lifecycle_start(w, c);
}

/* Returns whether any is out of reach. */
static bool look_at_replicas(struct replication *p) {
  bool some = false;
  for (uint32_t i = 0; i < p->count; i++) {
    struct replica *r = &p->replicas[i];
    if (r->container == *p->primary || !container_serves(container_of(p, r))) continue;
    bool cut = !votes_reach(p->world, *p->primary, r->container);
    some |= cut;
    if (cut && !r->cut) replication_cut_off(p, r);
    if (cut || !r->cut) continue;
    if (r->resync && !p->failover.down)
      starts_again(p, container_of(p, r)); /* it follows when it is up */
    else
      replication_follows_again(p, r);
  }
  return some;
}

void severance_changed(struct replication *p) {
  const struct failover_config *c = &p->config->failover;
  if (!replication_is_on(p->config)) return;
  uint32_t old = p->severance.ousted;
  if (old != NONE && votes_reach(p->world, old, *p->primary)) {
    severance_ends(p);
    starts_again(p, &p->world->containers[old]);
  }
  bool some = look_at_replicas(p);
  if (!failover_is_on(c) || !c->by->automatic) return;
  if (!c->split_brain) failover_votes_changed(p);
  if (c->split_brain && some && p->severance.ousted == NONE) failover_ousts(p);
  if (c->split_brain && !some) failover_ousts_no_more(p);
}
