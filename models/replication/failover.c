#include "models/replication/failover.h"
#include "models/replication/replication.h"
#include "models/core/meter.h"
#include "models/platform/lifecycle.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include <assert.h>

static sim_time draw(struct failover *f, const struct distribution *d) {
  return d->kind ? distribution_sample_time(d, &f->draws) : 0;
}

/* A delay that leads beyond the end of time never ends. */
static void wait(struct replication *p, enum failover_stage stage, sim_time delay) {
  p->failover.stage = stage;
  if (delay < SIM_NEVER - 1 - world_now(p->world)) calendar_set(p->world->calendar, p->failover.slot, world_now(p->world) + delay);
}

static void lost(struct replication *p, uint64_t writes, sim_time age) {
  for (uint64_t i = 0; i < writes; i++) meter_count(p->world, p->config->lost_writes);
  meter_time(p->world, p->config->rpo, age);
  parts_lost_data(p->world, p->failover.fault, age);
}

/* --- who is promoted, and what is lost by it --------------------------------------------------------------------------------- */

static sim_time loss_of(struct replication *p, const struct replica *r, double first) {
  if (p->world->mode == WORLD_AVAILABILITY) return quorum_loss(p, r, first);
  return r->received < p->released ? p->failover.failed_at - replication_entry(p, r->received + 1)->committed : 0;
}

/* A replica that a synchronous pair has left out lacks what clients were told of since: its manager does not promote it. Without
 * requests it is not known whether there was a write. */
static bool is_dropped(const struct replication *p, const struct replica *r) {
  bool alone = p->degraded && replication_is_synchronous(p->config);
  return alone && (p->world->mode == WORLD_AVAILABILITY || r->received < p->released);
}

static int32_t most_advanced(struct replication *p, sim_time *loss) {
  double first = p->writes_per_s > 0 ? stream_exponential(&p->failover.draws) * 1e9 / p->writes_per_s : 0;
  int32_t best = -1;
  for (uint32_t i = 0; i < p->count; i++) {
    const struct replica *r = &p->replicas[i];
    if (!r->follows || r->resync || is_dropped(p, r)) continue;
    sim_time mine = loss_of(p, r, first);
    if (mine > p->failover.config->max_lag) continue;
    bool ahead = best >= 0 && (mine < *loss || (mine == *loss && r->received > p->replicas[best].received));
    if (best < 0 || ahead) best = (int32_t)i, *loss = mine;
  }
  return best;
}

/* Whoever is starting just now learns only now that its data are of no use. */
static void copy_starting(struct replication *p) {
  struct world *w = p->world;
  for (uint32_t i = 0; i < p->count; i++) {
    struct container *c = &w->containers[p->replicas[i].container];
    if (!p->replicas[i].resync || c->state != CONTAINER_STARTING) continue;
    sim_time ends = calendar_time_of(w->calendar, c->life), more = draw(&p->failover, &p->failover.config->resync);
    if (ends != SIM_NEVER && more < SIM_NEVER - 1 - ends) lifecycle_wait(w, c, LIFE_START, ends + more - world_now(w));
  }
}

static void promote(struct replication *p) {
  struct failover *f = &p->failover;
  const struct replica *r = &p->replicas[f->candidate];
  uint64_t writes = r->received < p->released ? p->released - r->received : 0;
  bool restoring = f->disk_lost; /* its start is that long already */
  assert(r->follows && f->loss >= 0);
  f->stage = FAILOVER_NONE, f->down = f->disk_lost = false;
  meter_count(p->world, p->config->failovers);
  lost(p, writes, f->loss);
  replication_promote(p, f->candidate);
  if (f->backed_up > p->head) f->backed_up = p->head;
  if (!restoring) copy_starting(p);
  parts_changed(p->world);
}

/* Somebody may be promoted now. */
static void choose(struct replication *p) {
  struct failover *f = &p->failover;
  int32_t best = most_advanced(p, &f->loss);
  f->stage = best < 0 ? FAILOVER_WAITING : FAILOVER_DRAINING;
  if (best < 0) return;
  assert((uint32_t)best < p->count);
  f->candidate = (uint32_t)best;
  failover_drained(p, f->candidate);
}

void failover_drained(struct replication *p, uint32_t replica) {
  const struct replica *r = &p->replicas[replica];
  if (p->failover.stage == FAILOVER_DRAINING && p->failover.candidate == replica && r->applied == r->received) promote(p);
}

static void continues(void *replication, uint32_t argument) {
  (void)argument;
  struct replication *p = replication;
  if (p->failover.stage == FAILOVER_DETECTING)
    wait(p, FAILOVER_PROMOTING, draw(&p->failover, &p->failover.config->promote));
  else
    choose(p);
}

/* --- coming and going -------------------------------------------------------------------------------------------------------- */

static void primary_died(struct replication *p) {
  assert(!p->failover.down);
  struct failover *f = &p->failover;
  f->down = true, f->failed_at = world_now(p->world), f->fault = world_cause(p->world);
  quorum_primary_died(p);
  if (f->config->detect.kind) wait(p, FAILOVER_DETECTING, draw(f, &f->config->detect));
}

void failover_process_stopped(struct world *w, struct container *c, bool served) {
  struct replication *p = replication_of(w, c->id);
  struct failover *f = &p->failover;
  bool primary = c->id == *p->primary, disk_lost = f->backup->every && c->node != NONE && !w->nodes[c->node].up;
  if (primary) f->disk_lost |= disk_lost;
  if (!primary) p->replicas[c->id - p->first].resync |= disk_lost;
  if (primary && served) primary_died(p);
  if (f->stage == FAILOVER_DRAINING && c->id == p->replicas[f->candidate].container) f->stage = FAILOVER_WAITING;
}

static sim_time backup_age(const struct failover *f) {
  sim_time age = (f->failed_at - f->backup_phase) % f->backup->every;
  return age < 0 ? age + f->backup->every : age;
}

/* Before anybody was promoted: it stays primary. From a backup, replicas that are away are copied anew. */
static void primary_returned(struct replication *p) {
  struct failover *f = &p->failover;
  assert(f->down);
  calendar_clear(p->world->calendar, f->slot);
  f->stage = FAILOVER_NONE, f->down = false;
  /* A backup also holds commits that still waited to be acknowledged. */
  uint64_t told = p->released > f->backed_up ? p->released - f->backed_up : 0;
  lost(p, f->disk_lost ? told : 0, f->disk_lost ? backup_age(f) : 0);
  for (uint32_t i = 0; i < p->count; i++) p->replicas[i].resync |= f->disk_lost && !p->replicas[i].follows;
  if (f->disk_lost) f->backed_up = p->head; /* what was lost is not lost again */
  f->disk_lost = false;
  p->released = p->head;
  quorum_primary_is_back(p, false);
}

void failover_process_up(struct replication *p, struct container *c) {
  struct failover *f = &p->failover;
  if (c->id == *p->primary && f->down) primary_returned(p);
}

void failover_superseded(struct replication *p) {
  if (!p->failover.down) return;
  p->failover.down = p->failover.disk_lost = false;
  lost(p, 0, 0);
}

/* A replica has come up, and there is nobody else. */
void failover_replica_up(struct replication *p) {
  if (p->failover.stage == FAILOVER_WAITING) choose(p);
}

sim_time failover_recovery(struct world *w, const struct container *c) {
  struct replication *p = replication_of(w, c->id);
  struct failover *f = &p->failover;
  if (c->id == *p->primary) return f->disk_lost ? draw(f, &f->backup->restore) : 0;
  return p->replicas[c->id - p->first].resync ? draw(f, &f->config->resync) : 0;
}

/* --- backups ----------------------------------------------------------------------------------------------------------------- */

/* Only where writes are counted. One that falls into an outage holds what there was when the primary died. */
static void backs_up(void *replication, uint32_t argument) {
  (void)argument;
  struct replication *p = replication;
  struct failover *f = &p->failover;
  if (!f->down) f->backed_up = p->head;
  calendar_set(p->world->calendar, f->backup_slot, world_after(p->world, f->backup->every));
}

void failover_build(struct world *w, struct replication *p) {
  struct failover *f = &p->failover;
  f->config = &p->config->failover, f->backup = service_backup(service_config(p->service));
  f->fault = -1;
  f->draws = stream_open(
      stream_key(w->seed, w->replication, PURPOSE_FAILOVER, stream_entity(service_config(p->service)->name, 2 * p->shard)));
  f->slot = calendar_slot(w->calendar, continues, p, 0);
  f->backup_slot = calendar_slot(w->calendar, backs_up, p, 0);
  if (!f->backup->every) return;
  f->backup_phase = (sim_time)(stream_uniform(&f->draws) * (double)f->backup->every);
  if (w->mode == WORLD_TRAFFIC) calendar_set(w->calendar, f->backup_slot, f->backup_phase);
}
