#include "models/replication/failover.h"
#include "models/replication/replication.h"
#include "models/replication/votes.h"
#include "models/core/meter.h"
#include "models/platform/lifecycle.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/volume/volume.h"
#include <assert.h>
#include <math.h>

static sim_time draw(struct failover *f, const struct distribution *d) {
  return d->kind ? distribution_sample_time(d, &f->draws) : 0;
}

static struct failover_moment moment(struct replication *p) {
  return (struct failover_moment){p->world->model, world_now(p->world), &p->failover.draws};
}

/* A delay that leads beyond the end of time never ends. */
static void wait(struct replication *p, enum failover_stage stage, sim_time delay) {
  p->failover.stage = stage;
  parts_staged(p->world);
  if (delay < SIM_NEVER - 1 - world_now(p->world)) calendar_set(p->world->calendar, p->failover.slot, world_now(p->world) + delay);
}

static void lost(struct replication *p, uint64_t writes, sim_time age) {
  for (uint64_t i = 0; i < writes; i++) meter_count(p->world, p->config->lost_writes);
  meter_time(p->world, p->config->rpo, age);
  parts_lost_data(p->world, p->failover.fault, age);
}

static const struct container *primary_of(const struct replication *p) { return &p->world->containers[*p->primary]; }

/* The primary's region sees a majority, or votes are not asked for. */
static bool may_lead(const struct replication *p) {
  return p->failover.by_person || votes_majority(p, container_region(p->world, primary_of(p)));
}

/* --- who is promoted, and what is lost by it --------------------------------------------------------------------------------- */

/* Where the primary still serves, by now. */
static sim_time loss_of(struct replication *p, const struct replica *r, double first) {
  sim_time until = p->failover.down ? p->failover.failed_at : world_now(p->world);
  if (p->world->mode == WORLD_TRAFFIC)
    return r->received < p->released ? until - replication_entry(p, r->received + 1)->committed : 0;
  if (p->failover.down) return quorum_loss(p, r, first);
  sim_time lost_at = quorum_first_lost(p, r, first);
  return lost_at < until ? until - lost_at : 0;
}

/* A replica that a synchronous pair has left out lacks what clients were told of since: its manager does not promote it. Without
 * requests it is not known whether there was a write. */
static bool is_dropped(const struct replication *p, const struct replica *r) {
  bool alone = p->degraded && replication_is_synchronous(p->config) && p->failover.down;
  return alone && (p->world->mode == WORLD_AVAILABILITY || r->received < p->released);
}

/* Its region sees a majority, or a person has decided; while the primary serves only what does not see it is promoted. */
static bool may_promote(const struct replication *p, const struct replica *r) {
  if (!r->follows || r->resync || (!p->failover.down && !r->cut)) return false;
  if (p->world->containers[r->container].state == CONTAINER_HUNG) return false;
  return p->failover.by_person || votes_majority(p, container_region(p->world, &p->world->containers[r->container]));
}

static int32_t most_advanced(struct replication *p, sim_time *loss) {
  double first = p->writes_per_s > 0 ? stream_exponential(&p->failover.draws) * 1e9 / p->writes_per_s : 0;
  int32_t best = -1;
  for (uint32_t i = 0; i < p->count; i++) {
    const struct replica *r = &p->replicas[i];
    if (!may_promote(p, r) || is_dropped(p, r)) continue;
    sim_time mine = loss_of(p, r, first);
    if (mine > p->failover.config->max_lag) continue;
    bool ahead = best >= 0 && (mine < *loss || (mine == *loss && r->received > p->replicas[best].received));
    if (best < 0 || ahead) best = (int32_t)i, *loss = mine;
  }
  return best;
}

static void start_in(struct world *w, struct container *c, sim_time delay) { lifecycle_wait(w, c, LIFE_START, delay); }

/* The old primary, which is empty and waits: it starts now, for `longer` more than its start. */
static void end_deferral(struct replication *p, sim_time longer) {
  struct container *c = &p->world->containers[*p->primary];
  if (!p->failover.deferred) return;
  p->failover.deferred = false;
  if (c->state != CONTAINER_STARTING) return;
  sim_time start = draw(&p->failover, &container_config(c)->start);
  start_in(p->world, c, longer < SIM_NEVER - start ? start + longer : SIM_NEVER);
}

/* Whoever is starting just now learns only now that its data are of no use. */
static void copy_starting(struct replication *p) {
  struct world *w = p->world;
  for (uint32_t i = 0; i < p->count; i++) {
    struct container *c = &w->containers[p->replicas[i].container];
    if (!p->replicas[i].resync || c->state != CONTAINER_STARTING) continue;
    sim_time ends = calendar_time_of(w->calendar, c->life), more = draw(&p->failover, &p->failover.config->resync);
    if (ends != SIM_NEVER && more < SIM_NEVER - 1 - ends) start_in(w, c, ends + more - world_now(w));
  }
}

static void count_phases(struct replication *p) {
  const struct failover *f = &p->failover;
  if (!failover_counts_phases(f->config)) return;
  meter_time(p->world, f->config->detect_time, f->detected_at - f->failed_at);
  meter_time(p->world, f->config->decide_time, f->decided_at - f->detected_at);
  meter_time(p->world, f->config->promote_time, world_now(p->world) - f->decided_at);
}

static sim_time next_write(struct replication *p) {
  double gap = p->writes_per_s > 0 ? stream_exponential(&p->failover.draws) * 1e9 / p->writes_per_s : INFINITY;
  return gap < 9e17 ? world_now(p->world) + (sim_time)gap : SIM_NEVER;
}

/* Of the writes that the primary goes on confirming: with the next one, where there is none yet. */
static sim_time first_lost(struct replication *p, const struct replica *r) {
  sim_time now = world_now(p->world);
  if (p->world->mode == WORLD_AVAILABILITY) return p->failover.loss ? now - p->failover.loss : next_write(p);
  return r->received < p->released ? replication_entry(p, r->received + 1)->committed : SIM_NEVER;
}

/* Whoever promotes another one makes sure that a primary which hangs never goes on: it starts again, as a replica. Returns whether
 * it did hang. */
static bool fences(struct replication *p) {
  struct container *old = &p->world->containers[*p->primary];
  if (old->state != CONTAINER_HUNG) return false;
  lifecycle_stop(p->world, old, OUTCOME_CRASHED);
  return true;
}

static void promote(struct replication *p) {
  struct failover *f = &p->failover;
  struct container *old = &p->world->containers[*p->primary];
  bool hung = fences(p);
  const struct replica *r = &p->replicas[f->candidate];
  uint64_t writes = r->received < p->released ? p->released - r->received : 0;
  bool restoring = f->disk_lost; /* its start is that long already */
  assert(r->follows && f->loss >= 0);
  bool serves = !f->down;
  f->stage = FAILOVER_NONE, f->down = f->disk_lost = f->fenced = f->backup_lost = false;
  if (f->deferred) end_deferral(p, draw(f, &f->config->resync));
  meter_count(p->world, p->config->failovers);
  count_phases(p);
  if (serves)
    severance_begins(p, writes, first_lost(p, r));
  else
    lost(p, writes, f->loss);
  replication_promote(p, f->candidate);
  if (f->backed_up > p->head) f->backed_up = p->head;
  if (!restoring) copy_starting(p);
  if (hung) lifecycle_start(p->world, old);
  parts_changed(p->world);
}

/* No replica can be promoted: an old primary that has waited for that starts with what it finds. */
static void await_replica(struct replication *p) {
  p->failover.stage = FAILOVER_WAITING;
  end_deferral(p, 0);
}

/* Somebody may be promoted now. */
static void choose(struct replication *p) {
  struct failover *f = &p->failover;
  int32_t best = most_advanced(p, &f->loss);
  if (best < 0) {
    await_replica(p);
    return;
  }
  f->stage = FAILOVER_DRAINING;
  assert((uint32_t)best < p->count);
  f->candidate = (uint32_t)best;
  failover_drained(p, f->candidate);
}

void failover_drained(struct replication *p, uint32_t replica) {
  const struct replica *r = &p->replicas[replica];
  if (p->failover.stage == FAILOVER_DRAINING && p->failover.candidate == replica && r->applied == r->received) promote(p);
}

/* --- phases ------------------------------------------------------------------------------------------------------------------ */

static sim_time left_until(const struct replication *p, sim_time since, sim_time delay) {
  sim_time now = world_now(p->world);
  if (delay >= SIM_NEVER - 1 - since) return SIM_NEVER;
  return since + delay > now ? since + delay - now : 0;
}

static bool any_may_be_promoted(const struct replication *p) {
  if (!p->failover.config->region_votes || p->failover.by_person) return true;
  for (uint32_t i = 0; i < p->count; i++)
    if (may_promote(p, &p->replicas[i])) return true;
  return false;
}

/* The page left when the primary was gone. */
static struct failover_moment paged(struct replication *p) {
  struct failover_moment at = moment(p);
  at.now = p->failover.failed_at;
  return at;
}

static void undecided(struct replication *p) {
  struct failover *f = &p->failover;
  if (f->stage == FAILOVER_UNDECIDED) return;
  f->stage = FAILOVER_UNDECIDED;
  calendar_clear(p->world->calendar, f->slot);
  if (failover_has_person(f->config))
    wait(p, FAILOVER_UNDECIDED, left_until(p, f->failed_at, person_decides(f->config->person, paged(p))));
}

static void begin_promotion(struct replication *p) {
  struct failover *f = &p->failover;
  if (!any_may_be_promoted(p)) {
    undecided(p);
    return;
  }
  f->decided_at = world_now(p->world);
  calendar_clear(p->world->calendar, f->slot);
  bool person = f->by_person && f->config->by->automatic;
  sim_time takes = person ? person_takes(f->config->person, PERSON_ACTS, moment(p)) : f->config->by->promote(f->config, moment(p));
  sim_time reached = failover_reached(f->config, &f->draws);
  wait(p, FAILOVER_PROMOTING, takes < SIM_NEVER - reached ? takes + reached : SIM_NEVER);
}

static void primary_returned(struct replication *);

/* A primary that has stepped down and serves is better than a replica. */
static void person_decided(struct replication *p) {
  struct failover *f = &p->failover;
  f->by_person = true;
  if (f->fenced && container_serves(primary_of(p))) {
    primary_returned(p);
    replication_resumes(p);
    parts_changed(p->world);
  } else {
    begin_promotion(p);
  }
}

/* How long until the loss of the primary is known, or put right where its failover fails. */
static sim_time until_detected(struct replication *p, bool host) {
  struct failover *f = &p->failover;
  const struct failover_config *c = f->config;
  f->uncovered = c->coverage < 1 && stream_uniform(&f->draws) >= c->coverage;
  return f->uncovered ? draw(f, &c->uncovered) : c->by->detect(c, moment(p), host);
}

static void detected(struct replication *p) {
  struct failover *f = &p->failover;
  f->detected_at = world_now(p->world);
  if (f->uncovered) {
    f->decided_at = f->detected_at;
    choose(p);
  } else if (f->config->by->decide)
    wait(p, FAILOVER_DECIDING, f->config->by->decide(f->config, moment(p)));
  else
    begin_promotion(p);
}

static void steps_down(struct replication *p) {
  struct failover *f = &p->failover;
  f->down = f->fenced = true, f->uncovered = false, f->failed_at = world_now(p->world);
  replication_steps_down(p);
  wait(p, FAILOVER_DETECTING, f->config->by->notice ? f->config->by->notice(f->config, moment(p)) : 0);
  parts_changed(p->world);
}

static void continues(void *replication, uint32_t argument) {
  (void)argument;
  struct replication *p = replication;
  switch (p->failover.stage) {
  case FAILOVER_LEASE:
    steps_down(p);
    break;
  case FAILOVER_DETECTING:
    detected(p);
    break;
  case FAILOVER_DECIDING:
    begin_promotion(p);
    break;
  case FAILOVER_UNDECIDED:
    person_decided(p);
    break;
  default:
    choose(p);
  }
}

void failover_votes_changed(struct replication *p) {
  struct failover *f = &p->failover;
  if (!f->config->region_votes) return;
  bool leads = votes_majority(p, container_region(p->world, primary_of(p)));
  if (leads && !f->down) f->by_person = false;
  if (!f->down && f->stage == FAILOVER_NONE && container_serves(primary_of(p)) && !may_lead(p)) {
    const struct failover_kind *by = f->config->by;
    f->fault = world_cause(p->world);
    wait(p, FAILOVER_LEASE, by->lease ? by->lease(f->config, moment(p)) : by->detect(f->config, moment(p), true));
  } else if (f->stage == FAILOVER_LEASE && leads) {
    calendar_clear(p->world->calendar, f->slot);
    f->stage = FAILOVER_NONE;
  } else if (f->fenced && leads && container_serves(primary_of(p))) {
    primary_returned(p);
    replication_resumes(p);
    parts_changed(p->world);
  } else if (f->stage == FAILOVER_UNDECIDED) {
    begin_promotion(p);
  } else if (f->stage == FAILOVER_WAITING) {
    choose(p);
  }
}

void failover_ousts(struct replication *p) {
  struct failover *f = &p->failover;
  if (f->down || f->stage != FAILOVER_NONE) return;
  f->failed_at = world_now(p->world), f->fault = world_cause(p->world);
  wait(p, FAILOVER_DETECTING, until_detected(p, true));
}

void failover_ousts_no_more(struct replication *p) {
  if (p->failover.down || p->failover.stage == FAILOVER_NONE) return;
  calendar_clear(p->world->calendar, p->failover.slot);
  p->failover.stage = FAILOVER_NONE;
}

/* --- coming and going -------------------------------------------------------------------------------------------------------- */

static void primary_died(struct replication *p, bool host) {
  assert(!p->failover.down);
  struct failover *f = &p->failover;
  f->down = true, f->by_person = false, f->failed_at = world_now(p->world), f->fault = world_cause(p->world);
  quorum_primary_died(p);
  calendar_clear(p->world->calendar, f->slot);
  if (failover_is_on(f->config)) wait(p, FAILOVER_DETECTING, until_detected(p, host));
}

/* The machine of a process that is being started again is lost as well: its key is not renewed any more. */
static void machine_died(struct replication *p) {
  struct failover *f = &p->failover;
  if (f->stage != FAILOVER_DETECTING || !f->config->by->lease || f->uncovered) return;
  sim_time now = world_now(p->world), due = calendar_time_of(p->world->calendar, f->slot);
  sim_time left = f->config->by->detect(f->config, moment(p), true);
  if (due == SIM_NEVER || due - now > left) wait(p, FAILOVER_DETECTING, left);
}

void failover_process_stopped(struct world *w, struct container *c, bool served) {
  struct replication *p = replication_of(w, c->id);
  struct failover *f = &p->failover;
  bool primary = c->id == *p->primary, disk_lost = volume_is_empty(w, c);
  if (primary) f->disk_lost |= disk_lost;
  if (!primary) p->replicas[c->id - p->first].resync |= disk_lost;
  bool host = c->state == CONTAINER_HUNG || (c->node != NONE && !w->nodes[c->node].up); /* nothing answers: no refusal */
  if (primary && served && !f->down)
    primary_died(p, host);
  else if (primary && host)
    machine_died(p);
  if (f->stage == FAILOVER_DRAINING && c->id == p->replicas[f->candidate].container) await_replica(p);
}

static bool has_backup(const struct failover *f) { return f->backup->every && !f->backup_lost; }

static sim_time backup_age(const struct failover *f) {
  sim_time age = (f->failed_at - f->backup_phase) % f->backup->every;
  return age < 0 ? age + f->backup->every : age;
}

/* The replica that has received most of those that follow; null: there is none. */
static const struct replica *best_copy(struct replication *p, sim_time *loss) {
  double first = p->writes_per_s > 0 ? stream_exponential(&p->failover.draws) * 1e9 / p->writes_per_s : 0;
  const struct replica *best = NULL;
  for (uint32_t i = 0; i < p->count; i++) {
    const struct replica *r = &p->replicas[i];
    if (!r->follows || r->resync) continue;
    sim_time mine = loss_of(p, r, first);
    if (!best || mine < *loss) best = r, *loss = mine;
  }
  return best;
}

/* The primary is back and had lost its data: what it has now, from a backup, from a replica, or from nowhere. */
static void came_back_empty(struct replication *p) {
  struct failover *f = &p->failover;
  if (has_backup(f)) {
    /* A backup also holds commits that still waited to be acknowledged. */
    lost(p, p->released > f->backed_up ? p->released - f->backed_up : 0, backup_age(f));
    return;
  }
  sim_time loss = SIM_NEVER;
  const struct replica *copied = best_copy(p, &loss);
  uint64_t has = copied ? copied->received : 0;
  lost(p, p->released > has ? p->released - has : 0, loss);
}

/* Before a replica was promoted: it stays primary. If it was empty, replicas that are away are copied again. */
static void primary_returned(struct replication *p) {
  struct failover *f = &p->failover;
  assert(f->down);
  calendar_clear(p->world->calendar, f->slot);
  if (f->disk_lost)
    came_back_empty(p); /* what it has missed ended with its death */
  else
    lost(p, 0, 0);
  f->stage = FAILOVER_NONE, f->down = f->fenced = false;
  for (uint32_t i = 0; i < p->count; i++) p->replicas[i].resync |= f->disk_lost && !p->replicas[i].follows;
  if (f->disk_lost) f->backed_up = p->head; /* what was lost is not lost again */
  f->disk_lost = f->deferred = f->backup_lost = false;
  p->released = p->head;
  quorum_primary_is_back(p, false);
}

void failover_process_up(struct replication *p, struct container *c) {
  struct failover *f = &p->failover;
  if (c->id != *p->primary || !f->down) return;
  if (may_lead(p))
    primary_returned(p);
  else
    f->fenced = true; /* its process is there; it takes no writes */
}

void failover_superseded(struct replication *p) {
  if (!p->failover.down) return;
  p->failover.down = p->failover.disk_lost = p->failover.deferred = p->failover.fenced = false;
  lost(p, 0, 0);
}

/* A replica has come up, and there is nobody else. */
void failover_replica_up(struct replication *p) {
  if (p->failover.stage == FAILOVER_WAITING) choose(p);
  if (p->failover.stage == FAILOVER_UNDECIDED && any_may_be_promoted(p)) begin_promotion(p);
}

static bool has_copy(const struct replication *p) {
  for (uint32_t i = 0; i < p->count; i++)
    if (p->replicas[i].follows && !p->replicas[i].resync) return true;
  return false;
}

/* Of a primary that starts empty. A wait for the promotion of another ends there, or when there is none to promote. */
static sim_time primary_recovery(struct replication *p) {
  struct failover *f = &p->failover;
  const sim_time until_then = SIM_NEVER / 4;
  f->deferred = false;
  if (has_backup(f)) return draw(f, &f->backup->restore);
  if (!has_copy(p)) return 0;
  f->deferred = f->stage >= FAILOVER_DETECTING && f->stage != FAILOVER_WAITING;
  return f->deferred ? until_then : draw(f, &f->config->resync);
}

sim_time failover_recovery(struct world *w, const struct container *c) {
  struct replication *p = replication_of(w, c->id);
  bool empty = volume_is_empty(w, c);
  if (c->id == *p->primary) {
    p->failover.disk_lost |= empty;
    return p->failover.disk_lost ? primary_recovery(p) : 0;
  }
  p->replicas[c->id - p->first].resync |= empty;
  return p->replicas[c->id - p->first].resync ? draw(&p->failover, &p->failover.config->resync) : 0;
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
