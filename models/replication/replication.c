#include "models/replication/replication.h"
#include "models/core/link.h"
#include "models/replication/shard.h"
#include "models/replication/votes.h"
#include "models/core/part.h"
#include "models/request/walk.h"
#include "models/request/operation.h"
#include "models/database/database.h"
#include "models/core/meter.h"
#include "models/request/draws.h"
#include "models/request/line.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include "sim/engine/allocate.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

const struct wait wait_acks = {.name = "acknowledgements", .line = true};

/* A replica that is away gets a copy when it is further behind than this many writes: logs are not kept for ever. */
enum { LOG_FIRST = 64, LOG_MOST = 1 << 22 };

/* What is drawn for a write, with the number of the instruction that committed it; replica: for which one. */
static struct stream draws_of(const struct write_entry *e, enum draw_band_number what, uint32_t replica) {
  return stream_at(e->key, draw_in_band(what, e->draw, replica));
}

static bool acknowledges(const struct replication *p) { return p->config->mode != REPLICATION_ASYNCHRONOUS; }

static uint32_t number_of(const struct replication *p, const struct replica *r) { return (uint32_t)(r - p->replicas); }

/* What the replica may acknowledge. */
static uint64_t ready(const struct replication *p, const struct replica *r) {
  return p->config->mode == REPLICATION_SYNCHRONOUS_APPLY ? r->applied : r->received;
}

static struct container *container_of(const struct replication *p, const struct replica *r) {
  return &p->world->containers[r->container];
}

static bool is_primary(const struct replication *p, const struct replica *r) { return r->container == *p->primary; }

/* --- the log ---------------------------------------------------------------------------------------------------------------- */

/* What nobody needs any more is forgotten; who has been away for too long is not waited for. */
static void trim(struct replication *p) {
  uint64_t needed = p->head;
  for (uint32_t i = 0; i < p->count; i++) {
    struct replica *r = &p->replicas[i];
    if (is_primary(p, r) || r->resync) continue;
    uint64_t mine = acknowledges(p) && r->acknowledged < r->applied ? r->acknowledged : r->applied;
    if ((!r->follows || r->cut) && p->head - mine > LOG_MOST) {
      r->resync = true;
      continue;
    }
    needed = mine < needed ? mine : needed;
  }
  assert(p->tail <= needed && needed <= p->head);
  p->tail = needed;
}

static void *moved(const struct replication *p, const void *ring, size_t size, uint64_t room) {
  assert(room > p->head - p->tail && (room & (room - 1)) == 0);
  char *more = allocate(room * size);
  for (uint64_t k = p->tail + 1; k <= p->head; k++)
    memcpy(more + (k & (room - 1)) * size, (const char *)ring + (k & (p->room - 1)) * size, size);
  return more;
}

static void grow_times(const struct replication *p, sim_time **times, uint64_t room) {
  sim_time *more = moved(p, *times, sizeof *more, room);
  free(*times);
  *times = more;
}

static void grow(struct replication *p) {
  uint64_t room = p->room ? 2 * p->room : LOG_FIRST;
  struct write_entry *log = moved(p, p->log, sizeof *log, room);
  free(p->log);
  p->log = log;
  for (uint32_t i = 0; i < p->count; i++) {
    if (acknowledges(p)) grow_times(p, &p->replicas[i].ready_at, room);
    if (replication_waits_for_reads(p->config)) grow_times(p, &p->replicas[i].standby.received_at, room);
  }
  p->room = room;
}

static void append(struct replication *p, const struct request *r, const struct instruction *in) {
  if (p->head - p->tail >= p->room) trim(p);
  if (p->head - p->tail >= p->room) grow(p);
  struct write_entry *e = replication_entry(p, ++p->head);
  *e = (struct write_entry){.committed = world_now(p->world), .key = r->key, .draw = in->draw};
  struct stream draws = draws_of(e, BAND_APPLY, 0);
  if (p->config->apply.kind)
    e->work = distribution_sample_time(&p->config->apply, &draws);
  else
    e->work = in->transactional ? transaction_of(p->world, r)->work : request_replication(p->world, r)->wrote;
  draws = draws_of(e, BAND_CONFLICT, 0);
  e->conflicts = replication_waits_for_reads(p->config) && stream_uniform(&draws) < p->config->conflicts;
}

/* A write is work of every replica. */
static void add_applied(const struct demand_sums *d, int32_t service, double weighted_s) {
  d->applied_s[service] += weighted_s;
  d->cpu_s[service] += weighted_s * (double)(service_copies(model_service(d->model, (uint32_t)service)) - 1);
}

static bool replication_written(struct world *w, struct request *r, const struct instruction *in) {
  sim_time work = (sim_time)((double)r->work * w->containers[r->frames[r->depth - 1].container].speed + 0.5);
  if (in->transactional)
    transaction_of(w, r)->work += work;
  else
    request_replication(w, r)->wrote = work;
  return true;
}

static void written_asks(const struct walk *w, const struct instruction *in, double weight) {
  add_applied(w->sums, in->service, weight * (in->demand.mean * 1e-9));
}
const struct operation operation_written = {.name = "written", .run = replication_written, .ask = written_asks};

/* --- lag -------------------------------------------------------------------------------------------------------------------- */

static uint64_t behind(const struct replication *p) {
  uint64_t most = 0;
  for (uint32_t i = 0; i < p->count; i++) {
    const struct replica *r = &p->replicas[i];
    if (r->follows && p->head - r->applied > most) most = p->head - r->applied;
  }
  return most;
}

/* The most of all shards. */
static void measure_behind(struct replication *p) {
  uint64_t most = 0;
  for (uint32_t i = 0; i < replications_of(p->service); i++) {
    uint64_t mine = behind(&p->service->replication[i]);
    most = mine > most ? mine : most;
  }
  meter_set(p->world, p->config->behind, (int64_t)most);
}

sim_time replication_lag(const struct replication *p, const struct replica *r) {
  if (is_primary(p, r) || r->applied >= p->head) return 0;
  return r->resync ? SIM_NEVER : world_now(p->world) - replication_entry(p, r->applied + 1)->committed;
}

/* --- shipping ----------------------------------------------------------------------------------------------------------------- */

/* One way from the primary to the replica, or back. */
static sim_time way(const struct replication *p, const struct replica *r) {
  const struct container *primary = &p->world->containers[*p->primary];
  return network_way(p->world, primary->node, container_of(p, r)->node);
}

static sim_time draw_or(const struct distribution *d, struct stream draws, sim_time otherwise) {
  return d->kind ? distribution_sample_time(d, &draws) : otherwise;
}

static void set_at_least_now(struct world *w, slot_id slot, sim_time at) {
  calendar_set(w->calendar, slot, at > world_now(w) ? at : world_now(w));
}

static bool idle(const struct world *w, slot_id slot) { return calendar_time_of(w->calendar, slot) == SIM_NEVER; }

/* In order: the next one is received no earlier than the one before it. */
static void ship_next(struct replication *p, struct replica *r) {
  if (!r->follows || r->cut || p->failover.down || r->received >= p->head || !idle(p->world, r->receipt)) return;
  const struct write_entry *e = replication_entry(p, r->received + 1);
  struct stream draws = draws_of(e, BAND_SHIP, number_of(p, r));
  sim_time sent = e->committed > r->joined ? e->committed : r->joined;
  set_at_least_now(p->world, r->receipt, sent + draw_or(&p->config->ship, draws, way(p, r)));
}

static void acknowledge_next(struct replication *p, struct replica *r) {
  if (p->failover.down || r->cut || r->acknowledged >= ready(p, r) || !idle(p->world, r->acknowledgement)) return;
  const struct write_entry *e = replication_entry(p, r->acknowledged + 1);
  sim_time flush = 0;
  struct stream draws = draws_of(e, BAND_FLUSH, number_of(p, r));
  if (p->config->mode == REPLICATION_SYNCHRONOUS) flush = distribution_sample_time(&p->config->flush, &draws);
  set_at_least_now(p->world, r->acknowledgement, r->ready_at[(r->acknowledged + 1) & (p->room - 1)] + flush + way(p, r));
}

static void mark_ready(struct replication *p, struct replica *r, uint64_t position) {
  r->ready_at[position & (p->room - 1)] = world_now(p->world);
  acknowledge_next(p, r);
}

/* --- applying ----------------------------------------------------------------------------------------------------------------- */

/* The write is applied; it and those behind it that were applied before it become visible. */
static void finish(struct replication *p, struct replica *r, uint64_t position) {
  assert(position > r->applied && position - r->applied <= REPLICATION_WORKERS);
  r->done |= (uint64_t)1 << (position - r->applied - 1);
  for (; r->done & 1; r->done >>= 1) {
    meter_time(p->world, p->config->lag, world_now(p->world) - replication_entry(p, ++r->applied)->committed);
    if (p->config->mode == REPLICATION_SYNCHRONOUS_APPLY) mark_ready(p, r, r->applied);
  }
  measure_behind(p);
  if (r->applied == r->received) failover_drained(p, number_of(p, r));
}

/* A worker computes on the replica, as a request that nobody waits for. */
static void start_worker(struct replication *p, struct replica *r, uint64_t position, sim_time work) {
  struct world *w = p->world;
  struct container *c = container_of(p, r);
  struct request *worker = request_take(w);
  if (!worker) return;
  worker->key = worker->subject = 0, worker->user = NONE, worker->client_gone = true, worker->impatient = false;
  worker->source = 0, worker->endpoint = (uint16_t)p->config->apply_program, worker->pc = 1;
  worker->arrived = worker->since = world_now(w), worker->work = work, request_replication(w, worker)->written.position = position;
  worker->frames[0] = (struct frame){.container = c->id, .generation = c->generation, .entered = world_now(w)};
  worker->depth = worker->base = 1; /* nobody has sent it there */
  memset(worker->cell, 0, 2 * sizeof *worker->cell);
  container_compute(w, c, worker);
}

bool replication_has_work(const struct replication *p, const struct replica *r) {
  return r->follows && r->taken < r->received && r->taken - r->applied < (uint64_t)p->config->workers && !p->world->overflowed;
}

void replication_replays(struct replication *p, struct replica *r) {
  const struct container *c = container_of(p, r);
  while (replication_has_work(p, r) && !standby_holds_up(p, r, r->taken + 1)) {
    uint64_t position = ++r->taken;
    sim_time work = replication_entry(p, position)->work;
    if (c->speed != 1) work = (sim_time)((double)work / c->speed + 0.5);
    if (work)
      start_worker(p, r, position, work);
    else
      finish(p, r, position);
  }
}

void replication_applied(struct world *w, struct request *worker, const struct instruction *in) {
  (void)in;
  struct replication *p = replication_of(w, worker->frames[0].container);
  struct replica *r = &p->replicas[worker->frames[0].container - p->first];
  uint64_t position = request_replication(w, worker)->written.position;
  assert(r->follows && position <= r->taken);
  worker->depth = 0;
  request_forget(w, worker);
  finish(p, r, position);
  replication_replays(p, r);
}

/* --- receiving --------------------------------------------------------------------------------------------------------------- */

static struct replica *replica_at(struct world *w, uint32_t container, struct replication **p) {
  *p = replication_of(w, container);
  return &(*p)->replicas[container - (*p)->first];
}

static void received(void *world, uint32_t container) {
  struct replication *p;
  struct replica *r = replica_at(world, container, &p);
  assert(r->follows && r->received < p->head);
  r->received++;
  if (replication_waits_for_reads(p->config)) r->standby.received_at[r->received & (p->room - 1)] = world_now(p->world);
  if (acknowledges(p) && p->config->mode != REPLICATION_SYNCHRONOUS_APPLY) mark_ready(p, r, r->received);
  replication_replays(p, r);
  ship_next(p, r);
}

/* --- commits ------------------------------------------------------------------------------------------------------------------ */

static bool has_quorum(const struct replication *p, uint64_t position) {
  int64_t count = 0;
  for (uint32_t i = 0; i < p->count; i++) count += !is_primary(p, &p->replicas[i]) && p->replicas[i].acknowledged >= position;
  return count >= p->config->acks;
}

static void release(struct replication *p) {
  struct world *w = p->world;
  while (p->line.queue.count) {
    struct request *r = world_request(w, p->line.queue.head);
    if (!has_quorum(p, request_replication(w, r)->written.position)) return;
    p->released = request_replication(w, r)->written.position;
    line_call(w, &p->line);
    request_wake_soon(w, r);
  }
  if (p->degraded && has_quorum(p, p->head)) p->degraded = false;
}

static void acknowledged(void *world, uint32_t container) {
  struct replication *p;
  struct replica *r = replica_at(world, container, &p);
  assert(r->acknowledged < ready(p, r));
  r->acknowledged++;
  acknowledge_next(p, r);
  release(p);
}

void replication_continues_alone(struct replication *p) {
  struct request *r;
  while ((r = line_call(p->world, &p->line))) request_wake_soon(p->world, r);
  p->released = p->head;
  p->degraded = true;
  meter_count(p->world, p->config->degraded);
  parts_changed(p->world);
}

/* Nobody has acknowledged for too long: this commit and all behind it return. */
static void ack_wait_over(void *world, uint32_t id) {
  struct world *w = world;
  struct request *first = world_request(w, id);
  struct replication *p = replication_of(w, first->frames[first->depth - 1].container);
  assert(p->line.queue.head == id);
  queue_pop(w, &p->line.queue);
  request_book(first, first->wait_cell, world_now(w));
  request_wake_soon(w, first);
  replication_continues_alone(p);
}

static bool replication_committed(struct world *w, struct request *r, const struct instruction *in) {
  struct service *s = &w->services[in->service];
  struct replication *p = s->shards ? replication_of(w, r->frames[r->depth - 1].container) : s->replication;
  if (in->transactional && !transaction_of(w, r)->writes) return true;
  if (!replication_is_on(p->config)) { /* only a backup: the log is a count */
    p->released = ++p->head;
    return true;
  }
  if (__builtin_expect(!replication_leads(p), 0)) {
    request_fail(w, r, OUTCOME_CRASHED); /* it has stepped down under the write */
    return false;
  }
  if (__builtin_expect(p->severance.ousted != NONE, 0) && r->frames[r->depth - 1].container == p->severance.ousted) {
    severance_commits(p);
    return true;
  }
  append(p, r, in);
  request_replication(w, r)->written = (struct written){p->head, world_now(w), in->service, p->shard};
  for (uint32_t i = 0; i < p->count; i++) ship_next(p, &p->replicas[i]);
  measure_behind(p);
  if (!acknowledges(p) || p->degraded) {
    p->released = p->head;
    return true;
  }
  line_join(w, &p->line, r, &wait_acks, in->cell);
  if (p->line.queue.count == 1 && p->quorum.lost) parts_changed(w);
  return false;
}

static void add_shard_writes(const struct walk *w, int32_t service, double weight) {
  const struct demand_sums *d = w->sums;
  double shares[SHARD_COUNT_MOST];
  shard_shares(d->model, w->enter, shares);
  for (uint32_t i = 0; i < service_shards(model_service(d->model, (uint32_t)service))->count; i++)
    d->shard_writes[service][i] += weight * shares[i];
}

/* Its connection waits for the answers of the replicas. */
static void replicate_asks(const struct walk *w, const struct instruction *in, double weight) {
  const struct demand_sums *d = w->sums;
  d->writes[in->service] += weight;
  if (d->shard_writes[in->service] && w->enter) add_shard_writes(w, in->service, weight);
  add_applied(d, in->service, weight * (in->demand.mean * 1e-9));
  walk_passes(w, weight * replication_commit_s(d->model, model_service(d->model, (uint32_t)in->service)));
}

static double replicate_through(struct passage *p, const struct instruction *in) {
  return p->serving ? p->serving(p->context, in, ROUTE_COMMIT) : 1;
}
const struct operation operation_replicate = {
    .name = "replicate", .run = replication_committed, .ask = replicate_asks, .through = replicate_through};

void written_merge(struct written *into, const struct written *other) {
  if (other->database >= 0 && (into->database < 0 || other->at >= into->at)) *into = *other;
}

/* --- life -------------------------------------------------------------------------------------------------------------------- */

/* From a primary that is gone nothing can be copied: until there is one again it stands aside. */
static void follow(struct replication *p, struct replica *r) {
  r->cut = !votes_reach(p->world, *p->primary, r->container);
  if (r->resync && (p->failover.down || r->cut)) return;
  if (!p->failover.down && !r->cut) r->holds_until = SIM_NEVER;
  if (r->resync) {
    r->received = r->acknowledged = r->taken = r->applied = p->head, r->done = 0;
    r->resync = false;
    standby_clear(p, r);
  }
  r->acknowledged = ready(p, r); /* the primary asks where it is */
  r->follows = true, r->joined = world_now(p->world);
  replication_replays(p, r);
  ship_next(p, r);
}

static void all_follow(struct replication *p) {
  for (uint32_t i = 0; i < p->count; i++) {
    struct replica *r = &p->replicas[i];
    if (!is_primary(p, r) && container_serves(container_of(p, r))) follow(p, r);
  }
}

static void replication_process_up(struct world *w, struct container *c, bool warm) {
  (void)warm;
  if (!w->services[c->service].replication) return;
  struct replication *p = replication_of(w, c->id);
  struct replica *mine = &p->replicas[c->id - p->first];
  bool primary = is_primary(p, mine);
  failover_process_up(p, c);
  if (!replication_is_on(p->config)) return;
  if (!primary) follow(p, mine), failover_replica_up(p);
  if (primary) all_follow(p);
  release(p);
  quorum_changed(p);
}

static void stop_streams(struct replication *p, struct replica *r) {
  calendar_clear(p->world->calendar, r->receipt);
  calendar_clear(p->world->calendar, r->acknowledgement);
}

static void replication_process_died(struct world *w, struct container *c) {
  if (!w->services[c->service].replication) return;
  struct replication *p = replication_of(w, c->id);
  if (!replication_is_on(p->config)) return;
  struct replica *mine = &p->replicas[c->id - p->first];
  if (mine->holds_until == SIM_NEVER) mine->holds_until = p->failover.down ? p->failover.failed_at : world_now(w);
  mine->follows = mine->cut = false, mine->taken = mine->applied, mine->done = 0;
  stop_streams(p, mine);
  standby_clear(p, mine);
  if (c->id == p->severance.ousted) severance_ends(p);
  quorum_changed(p);
  if (!is_primary(p, mine)) return;
  line_clear(w, &p->line);
  for (uint32_t i = 0; i < p->count; i++) stop_streams(p, &p->replicas[i]);
}

/* A replica that hangs is as one that nothing reaches; a primary that hangs is gone for its manager, and its commits wait. */
static void replication_hangs(struct world *w, struct container *c, bool hung) {
  if (!w->services[c->service].replication) return;
  struct replication *p = replication_of(w, c->id);
  struct replica *mine = &p->replicas[c->id - p->first];
  if (!hung) {
    replication_process_up(w, c, false);
    return;
  }
  failover_process_stopped(w, c, true);
  if (!replication_is_on(p->config)) return;
  if (!is_primary(p, mine)) replication_cut_off(p, mine);
  for (uint32_t i = 0; is_primary(p, mine) && i < p->count; i++) stop_streams(p, &p->replicas[i]);
}

void replication_cut_off(struct replication *p, struct replica *r) {
  r->cut = true;
  if (r->holds_until == SIM_NEVER) r->holds_until = p->failover.down ? p->failover.failed_at : world_now(p->world);
  stop_streams(p, r);
  quorum_changed(p);
}

void replication_follows_again(struct replication *p, struct replica *r) {
  follow(p, r);
  release(p);
  quorum_changed(p);
}

void replication_steps_down(struct replication *p) {
  struct request *r;
  while ((r = line_call(p->world, &p->line))) request_drop(p->world, r, OUTCOME_CRASHED);
  for (uint32_t i = 0; i < p->count; i++) stop_streams(p, &p->replicas[i]);
  quorum_primary_died(p);
}

void replication_resumes(struct replication *p) {
  all_follow(p);
  release(p);
  quorum_changed(p);
}

/* What is beyond the new primary's log never happened: who has more of it must be copied. */
void replication_promote(struct replication *p, uint32_t replica) {
  assert(replica < p->count && p->first + replica != *p->primary);
  struct replica *next = &p->replicas[replica], *old = &p->replicas[*p->primary - p->first];
  int32_t role = next->role;
  next->role = old->role, old->role = role;
  for (uint32_t i = 0; i < p->count; i++)
    if (i != replica && p->replicas[i].received > next->received) p->replicas[i].resync = true;
  old->resync = true;
  next->follows = false;
  *p->primary = next->container;
  if (p->service->shards) shard_promoted(p->service, p->shard);
  if (!replication_is_on(p->config)) return;
  next->cut = false;
  p->head = next->received;
  standby_clear(p, next);
  p->released = p->released < p->head ? p->released : p->head;
  p->degraded = false;
  all_follow(p);
  quorum_primary_is_back(p, true);
  quorum_changed_since(p, p->failover.failed_at); /* the old one has been away for that long */
  measure_behind(p);
}

static void build_replicas(struct world *w, struct replication *p) {
  const struct replica_role *roles = p->config->roles.items;
  for (uint32_t i = 0; i < p->count; i++) {
    struct replica *r = &p->replicas[i];
    r->container = p->first + i;
    r->role = i && i <= p->config->roles.count ? replication_role(p->config, roles[i - 1].name) : -1;
    r->receipt = calendar_slot(w->calendar, received, w, r->container);
    r->acknowledgement = calendar_slot(w->calendar, acknowledged, w, r->container);
    standby_build(p, r);
  }
}

uint32_t replications_of(const struct service *s) {
  if (!s->replication) return 0;
  return s->shards ? s->shards->count : 1;
}

struct replication *replication_of(const struct world *w, uint32_t container) {
  const struct service *s = world_service_of(w, &w->containers[container]);
  return s->replication ? &s->replication[shard_of_container(w, container)] : NULL;
}

static void build(struct world *w, struct service *s, uint32_t shard) {
  const struct replication_config *c = service_replication(service_config(s));
  struct replication *p = &s->replication[shard];
  p->config = c, p->world = w, p->service = s, p->shard = shard;
  assert(shard < replications_of(s));
  p->count = s->capacity / replications_of(s), p->first = s->first + shard * p->count;
  p->primary = s->shards ? &s->shards->of[shard].primary : &s->primary;
  p->writes_per_s = c->writes_per_s ? c->writes_per_s[shard] : 0;
  p->severance.ousted = NONE;
  p->replicas = arena_new_array(w->arena, struct replica, p->count);
  p->candidates = arena_new_array(w->arena, uint32_t, p->count + 1);
  p->cursors = arena_new_array(w->arena, uint32_t, ROUTE_ROLE + c->roles.count + 1);
  build_replicas(w, p);
  if (replication_is_on(c)) grow(p);
  if (c->mode == REPLICATION_SEMI_SYNCHRONOUS && c->ack_wait != SIM_NEVER)
    p->line.patience = lane_new(w->calendar, c->ack_wait, ack_wait_over, w);
  failover_build(w, p);
  quorum_build(p);
}

static uint32_t pick(struct world *w, struct service *s, const struct instruction *in, const struct request *r) {
  (void)w;
  return replication_pick(s->replication, r, in);
}

bool replication_refuses(const struct world *w, const struct service *s, const struct instruction *in, const struct request *r) {
  (void)w, (void)r;
  return in->route == ROUTE_PRIMARY && !replication_leads(s->replication);
}
static const struct routing by_role = {.pick = pick, .refuses = replication_refuses};

void replication_routes(struct replication *p) { p->service->routing = &by_role; }

static void replication_build(struct world *w, struct service *s) {
  if (!replication_is_on(service_replication(service_config(s))) && !service_backup(service_config(s))->every) return;
  uint32_t count = s->shards ? s->shards->count : 1;
  s->replication = arena_new_array(w->arena, struct replication, count);
  if (!s->routing) s->routing = &by_role; /* else each shard asks its own */
  for (uint32_t i = 0; i < count; i++) build(w, s, i);
}

static void stop(struct replication *p) {
  for (uint32_t i = 0; i < p->count; i++) free(p->replicas[i].ready_at), free(p->replicas[i].standby.received_at);
  free(p->log);
  lane_free(p->line.patience);
}

static void replication_stop(struct world *w) {
  for (uint32_t k = 0; k < w->model->services.count; k++)
    for (uint32_t i = 0; i < replications_of(&w->services[k]); i++) stop(&w->services[k].replication[i]);
}

static void replication_process_stops(struct world *w, struct container *c, bool served) {
  if (w->services[c->service].replication) failover_process_stopped(w, c, served);
}

bool replications_follow_the_clock(const struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (failover_follows_the_clock(&service_replication(model_service(m, i))->failover, m)) return true;
  return false;
}

static enum steadiness steadiness(const struct model *m) { return replications_follow_the_clock(m) ? TIMED : STEADY; }

static void link_service(struct linker *l, struct service_config *s, const char *path) {
  s->primary_region = -1, s->reads_near = service_replication(s)->reads == READS_LOCAL && replication_is_on(service_replication(s));
  const char *key = NULL, *wrong = replication_link(l->model, s, &key);
  if (wrong) link_error(l, path, key, "%s", wrong);
  if (!wrong) votes_link(l, s);
}

static void link_placed(struct linker *l, uint32_t service) {
  struct service_config *s = (struct service_config *)l->model->services.items + service;
  replication_link_placed(l, s, service);
  votes_link_placed(l, s, service);
}

static void link_workers(struct linker *l, enum link_stage stage) {
  if (stage == LINK_WORK) replication_link_programs(l->model, l->arena);
  for (uint32_t i = 0; stage == LINK_PLACED && i < l->model->services.count; i++) link_placed(l, i);
}

/* Replicas are placed, and nothing has been written: the first primary is the first of them in its region. */
static void begin_in_region(struct replication *p) {
  const struct world *w = p->world;
  uint32_t first = 0;
  while (first < p->count && container_region(w, &w->containers[p->first + first]) != p->config->primary) first++;
  if (first == p->count || p->first + first == *p->primary) return;
  struct replica *next = &p->replicas[first], *old = &p->replicas[*p->primary - p->first];
  int32_t role = next->role;
  next->role = old->role, old->role = role;
  next->follows = next->cut = false;
  *p->primary = next->container;
  replication_resumes(p);
}

static void replication_start(struct world *w) {
  for (uint32_t i = 0; i < w->model->services.count && model_regions(w->model); i++)
    for (uint32_t k = 0; k < replications_of(&w->services[i]); k++) {
      struct replication *p = &w->services[i].replication[k];
      if (replication_is_on(p->config) && p->config->primary >= 0) begin_in_region(p);
    }
}

/* Since the last look something changed that no container is marked for, or a replica of the service. */
static bool concerns(const struct world *w, uint32_t service) {
  bool any = w->changed_otherwise;
  for (uint32_t i = 0; i < w->touched_count && !any; i++) any = w->containers[w->touched[i]].service == service;
  return any;
}

/* Votes are seen or not where nodes live or not. */
static void replication_changed(struct world *w) {
  for (uint32_t i = 0; i < w->model->services.count && model_regions(w->model); i++)
    for (uint32_t k = 0; k < replications_of(&w->services[i]) && concerns(w, i); k++)
      severance_changed(&w->services[i].replication[k]);
}

static void replication_sums(struct demand_sums *d, struct arena *arena) {
  d->role_s = arena_new_array(arena, double, d->model->role_count + 1);
}

/* Reads on replicas of a role. */
static void replication_computes(const struct walk *w, int32_t service, double weighted_s) {
  const struct demand_sums *d = w->sums;
  if (w->route < ROUTE_ROLE) return;
  d->role_s[service_replication(model_service(d->model, (uint32_t)service))->role_first + (w->route - ROUTE_ROLE)] += weighted_s;
}

static sim_time replication_recovers(struct world *w, const struct container *c) {
  return w->services[c->service].replication ? failover_recovery(w, c) : 0;
}

static void written_begins(const struct world *w, struct request *child, const struct request *caller) {
  request_replication(w, child)->written = request_replication(w, caller)->written;
}

static void written_ends(struct world *w, struct request *child, struct request *caller, bool failed) {
  (void)w, (void)failed;
  written_merge(&request_replication(w, caller)->written, &request_replication(w, child)->written);
}

static const struct replication_of_request new_request = {.written.database = -1};
const struct part part_replication = {.name = "replication",
                                      .room.request = sizeof(struct replication_of_request),
                                      .request = &new_request,
                                      .sums = replication_sums,
                                      .computes = replication_computes,
                                      .recovers = replication_recovers,
                                      .child_begins = written_begins,
                                      .child_ends = written_ends,
                                      .link = link_workers,
                                      .service = link_service,
                                      .steadiness = steadiness,
                                      .keys.service = &replication_keys_record,
                                      .build = replication_build,
                                      .start = replication_start,
                                      .changed = replication_changed,
                                      .stop = replication_stop,
                                      .serves = replication_process_up,
                                      .stops = replication_process_stops,
                                      .dies = replication_process_died,
                                      .hangs = replication_hangs,
                                      .audit = audit_replication,
                                      .load = &copies_load};
