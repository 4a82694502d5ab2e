#include "models/replication/quorum.h"
#include "models/replication/replication.h"
#include "models/core/meter.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/network/network.h"
#include "models/replication/votes.h"
#include "models/platform/placement.h"
#include <assert.h>

static bool acknowledges(const struct replication *p) { return p->config->mode != REPLICATION_ASYNCHRONOUS; }

bool quorum_lacks(const struct replication *p) {
  int64_t following = 0;
  for (uint32_t i = 0; i < p->count; i++) following += p->replicas[i].follows && !p->replicas[i].cut;
  return acknowledges(p) && following < p->config->acks;
}

static bool waits_without_quorum(const struct replication *p) {
  return p->world->mode == WORLD_TRAFFIC ? p->line.queue.count > 0 : p->quorum.without_quorum;
}

double quorum_serves(const struct replication *p, uint32_t endpoint) {
  if (!quorum_lacks(p)) return 1;
  const struct replication_config *c = p->config;
  if (replication_is_synchronous(c)) return c->drop_after == SIM_NEVER ? 0 : p->degraded ? 1 : c->patient[endpoint];
  return waits_without_quorum(p) ? p->config->patient[endpoint] : 1;
}

/* --- without requests -------------------------------------------------------------------------------------------------------- */

/* From where the primary is, or was. Null: to the replica that is nearest. */
static sim_time way_to(const struct replication *p, const struct replica *r) {
  const struct world *w = p->world;
  uint32_t home = w->containers[*p->primary].node;
  const struct service_config *s = service_config(p->service);
  sim_time nearest = SIM_NEVER;
  for (uint32_t i = 0; i < p->count && model_regions(w->model); i++) {
    uint32_t there = w->containers[p->replicas[i].container].node;
    if (&p->replicas[i] == r && there != NONE && home != NONE) return network_way(w, home, there);
    if (r || there == NONE || home == NONE || p->first + i == *p->primary) continue;
    sim_time way = network_way(w, home, there);
    nearest = way < nearest ? way : nearest;
  }
  return nearest != SIM_NEVER ? nearest : placement_way(w->model, s, s);
}

static double shipping(const struct replication *p, const struct replica *r, struct stream *draws) {
  const struct replication_config *c = p->config;
  return c->ship.kind ? (double)distribution_sample_time(&c->ship, draws) : (double)way_to(p, r);
}

static void set_later(struct replication *p, sim_time from, sim_time delay) {
  struct world *w = p->world;
  if (delay >= SIM_NEVER - 1 - from) return;
  calendar_set(w->calendar, p->quorum.slot, from + delay > world_now(w) ? from + delay : world_now(w));
}

/* Where no majority would see it a standby cannot be left out. */
static bool leaves_out(struct replication *p) {
  bool may = votes_majority(p, container_region(p->world, &p->world->containers[*p->primary]));
  if (!may) set_later(p, world_now(p->world), p->config->drop_after);
  return may;
}

/* The first commit that waits without a quorum comes, or has waited long enough; or what is lost is dropped. */
static void continues(void *replication, uint32_t argument) {
  (void)argument;
  struct replication *p = replication;
  struct quorum *q = &p->quorum;
  if (replication_is_synchronous(p->config)) {
    if (leaves_out(p)) replication_continues_alone(p);
    return;
  }
  assert(q->lost);
  q->without_quorum = !q->without_quorum;
  if (q->without_quorum)
    set_later(p, q->unacknowledged, p->config->ack_wait);
  else
    p->degraded = true, meter_count(p->world, p->config->degraded);
  parts_changed(p->world);
}

static void await_commit(struct replication *p) {
  struct quorum *q = &p->quorum;
  assert(p->writes_per_s > 0);
  double gap = stream_exponential(&q->draws) * 1e9 / p->writes_per_s - shipping(p, NULL, &q->draws);
  if (gap > 9e18) return;
  sim_time at = q->lost_at + (sim_time)gap; /* its way had begun before; but not before the run */
  q->unacknowledged = at > 0 ? at : 0;
  set_later(p, q->unacknowledged, 0);
}

/* Whom the manager has not seen for so long it leaves out; one that follows again does not count before it has caught up. */
static void drop_later(struct replication *p, sim_time since) {
  struct quorum *q = &p->quorum;
  calendar_clear(p->world->calendar, q->slot);
  if (q->lost && p->config->drop_after != SIM_NEVER) set_later(p, since, p->config->drop_after);
  if (!q->lost && p->world->mode == WORLD_AVAILABILITY) p->degraded = false;
}

void quorum_changed_since(struct replication *p, sim_time since) {
  struct quorum *q = &p->quorum;
  bool lacks = quorum_lacks(p);
  if (p->failover.down || lacks == q->lost) return;
  q->lost = lacks, q->lost_at = world_now(p->world), q->unacknowledged = SIM_NEVER;
  if (replication_is_synchronous(p->config)) {
    drop_later(p, since);
    return;
  }
  if (p->world->mode == WORLD_TRAFFIC) return;
  q->without_quorum = false;
  calendar_clear(p->world->calendar, q->slot);
  if (!lacks) p->degraded = false;
  if (lacks && p->config->mode == REPLICATION_SEMI_SYNCHRONOUS && p->writes_per_s > 0) await_commit(p);
}

void quorum_changed(struct replication *p) { quorum_changed_since(p, world_now(p->world)); }

/* Whoever waited dies with it. */
void quorum_primary_died(struct replication *p) {
  p->quorum.without_quorum = false;
  calendar_clear(p->world->calendar, p->quorum.slot);
}

/* What is in the log of a primary that is back is told, acknowledged or not. */
void quorum_primary_is_back(struct replication *p, bool promoted) {
  if (promoted || !p->degraded) p->quorum.lost = false;
}

sim_time quorum_loss(struct replication *p, const struct replica *r, double first) {
  const struct quorum *q = &p->quorum;
  sim_time died = p->failover.failed_at, has = r->holds_until == SIM_NEVER ? died : r->holds_until;
  sim_time told = q->lost && !p->degraded ? q->lost_at : died;
  if (!(p->writes_per_s > 0) || (acknowledges(p) && has >= told)) return 0;
  if (acknowledges(p) && has == q->lost_at && q->unacknowledged != SIM_NEVER) return died - q->unacknowledged;
  double gap = first - shipping(p, r, &p->failover.draws), age = (double)(died - has) - gap;
  return gap < (double)(told - has) && age > 0 ? (sim_time)(age + 0.5) : 0;
}

sim_time quorum_first_lost(struct replication *p, const struct replica *r, double first) {
  sim_time has = r->holds_until == SIM_NEVER ? world_now(p->world) : r->holds_until;
  double gap = first - shipping(p, r, &p->failover.draws);
  return p->writes_per_s > 0 && gap < 9e17 ? has + (sim_time)gap : SIM_NEVER;
}

void quorum_build(struct replication *p) {
  struct world *w = p->world;
  p->quorum.draws = stream_open(
      stream_key(w->seed, w->replication, PURPOSE_FAILOVER, stream_entity(service_config(p->service)->name, 2 * p->shard + 1)));
  p->quorum.slot = calendar_slot(w->calendar, continues, p, 0);
}
