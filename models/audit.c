#include "models/audit.h"
#include "models/data/cache.h"
#include "models/data/connections.h"
#include "models/data/pooler.h"
#include "models/protection/limiter.h"
#include "models/request/call.h"
#include "models/request/child.h"
#include "models/world.h"
#include "sim/engine/arena.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct audit {
  const struct world *world;
  audit_report *report;
  void *context;
};

static void broken(const struct audit *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void broken(const struct audit *a, const char *format, ...) {
  char text[300];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  a->report(a->context, text);
}

static void audit_flow(const struct audit *a) {
  const struct observation *o = &a->world->observation;
  uint64_t ended = 0;
  for (int i = 0; i < OUTCOMES; i++) ended += o->ended[i];
  if (o->arrived != ended + o->inside)
    broken(a, "flow: %llu requests arrived, %llu ended and %u are inside", (unsigned long long)o->arrived,
           (unsigned long long)ended, o->inside);
  if (o->broken_attributions)
    broken(a, "attribution: the times of %llu requests do not add up to their latency", (unsigned long long)o->broken_attributions);
}

struct living {
  uint64_t requests, waiting_clients;
  unsigned __int128 sojourn_ns;
  uint32_t *in_flight; /* by container */
  uint32_t *connections;
  uint32_t *sent; /* on the way or inside */
};

static bool connection_aside(const struct world *w, const struct request *r, uint32_t frame) {
  if (r->transaction == NOBODY) return false;
  const struct transaction *t = transaction_of(w, r);
  return t->has_connection && t->connection_frame == frame;
}

static struct living count_living(const struct world *w) {
  struct living l = {.in_flight = calloc(w->container_count + 1, sizeof(uint32_t)),
                     .sent = calloc(w->container_count + 1, sizeof(uint32_t)),
                     .connections = calloc(w->container_count + 1, sizeof(uint32_t))};
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    const struct request *r = world_request(w, id);
    if (!r->live) continue;
    l.requests++;
    if (!r->client_gone && r->client == NOBODY) l.waiting_clients++, l.sojourn_ns += (uint64_t)(world_now(w) - r->arrived);
    for (uint32_t d = 0; d < r->depth; d++) {
      const struct frame *f = &r->frames[d];
      if (w->containers[f->container].generation != f->generation) continue;
      l.in_flight[f->container] += f->accepted;
      l.sent[f->container] += d >= r->base;
      l.connections[f->container] += (r->has_connection && r->connection_frame == d) + connection_aside(w, r, d);
    }
  }
  for (uint32_t id = 0; id < pool_capacity(&w->clients.pool); id++) {
    const struct client *c = client_at(&w->clients, id);
    if (c->state == CLIENT_ASKS || c->state == CLIENT_BACKS_OFF)
      l.waiting_clients++, l.sojourn_ns += (uint64_t)(world_now(w) - c->arrived);
  }
  return l;
}

/* What balancers believe. sent: by container, as the living requests know it. */
static void audit_loads(const struct audit *a, const uint32_t *sent) {
  for (uint32_t i = 0; i < a->world->model->services.count; i++) {
    const struct service *s = &a->world->services[i];
    uint32_t total = 0;
    for (uint32_t k = 0; s->balancing && k < s->capacity; k++) {
      total += s->balancing->load[k];
      if (s->balancing->load[k] != sent[s->first + k])
        broken(a, "balancer of %s: %u requests at replica %u, %u counted", s->config->name, sent[s->first + k], k,
               s->balancing->load[k]);
    }
    if (s->balancing && s->balancing->total != total)
      broken(a, "balancer of %s: %u requests in all, %u counted", s->config->name, total, s->balancing->total);
  }
}

static void audit_living(const struct audit *a) {
  const struct world *w = a->world;
  const struct observation *o = &w->observation;
  struct living l = count_living(w);
  if (l.requests != pool_live(&w->requests))
    broken(a, "pool: %llu requests live in %u entries", (unsigned long long)l.requests, pool_live(&w->requests));
  if (l.waiting_clients != o->inside)
    broken(a, "clients: %llu wait, %u are counted", (unsigned long long)l.waiting_clients, o->inside);
  if (o->inside_ns != o->sojourn_ns + l.sojourn_ns)
    broken(a, "Little's law: the integral of the number inside is %.9g s, the sum of the times inside %.9g s",
           (double)o->inside_ns * 1e-9, (double)(o->sojourn_ns + l.sojourn_ns) * 1e-9);
  for (uint32_t i = 0; i < w->container_count; i++) {
    const struct container *c = &w->containers[i];
    uint32_t in_use = 0;
    for (uint32_t k = 0; k < c->pool_count; k++) in_use += c->pools[k].in_use;
    if (c->in_flight != l.in_flight[i])
      broken(a, "container %u of %s: %u requests in flight, %u counted", i, w->services[c->service].config->name, l.in_flight[i],
             c->in_flight);
    if (in_use != l.connections[i] && !service_pools(w->services[c->service].config)) /* a pooler's: audit_connections */
      broken(a, "container %u of %s: %u connections held, %u counted", i, w->services[c->service].config->name, l.connections[i],
             in_use);
  }
  audit_loads(a, l.sent);
  free(l.in_flight);
  free(l.sent);
  free(l.connections);
}

/* Every end of a computation is rounded up to a nanosecond, during which all cores of a contended node may work. */
static void audit_work(const struct audit *a) {
  const struct world *w = a->world;
  for (uint32_t i = 0; i < w->container_count; i++) {
    const struct container *c = &w->containers[i];
    double work = (double)c->done_ns + c->dropped_ns + container_unfinished(w, c);
    double slack = 1e-9 * work + 64.0 * (double)(c->job_order + 1);
    if (fabs(c->used_ns - c->slowed_ns - work) > slack)
      broken(a, "work: container %u of %s delivered %.9g s, its computations took %.9g s", i, w->services[c->service].config->name,
             (c->used_ns - c->slowed_ns) * 1e-9, work * 1e-9);
  }
}

/* What was used was granted, but for the last nanosecond of each thread. */
static void audit_quotas(const struct audit *a) {
  const struct world *w = a->world;
  for (uint32_t i = 0; i < w->container_count; i++) {
    const struct container *c = &w->containers[i];
    const struct cpu_quota *q = c->quota;
    if (!q) continue;
    double granted = (double)q->granted * q->amount;
    if (c->used_ns > granted * (1 + 1e-12) + 64)
      broken(a, "quota: container %u of %s used %.12g s of %.12g s", i, w->services[c->service].config->name, c->used_ns * 1e-9,
             granted * 1e-9);
    if (q->spent && (!c->stalls || !q->active))
      broken(a, "quota: container %u of %s stands still for nothing", i, w->services[c->service].config->name);
  }
}

static void audit_nodes(const struct audit *a) {
  const struct world *w = a->world;
  for (uint32_t i = 0; i < w->node_count; i++) {
    const struct node *n = &w->nodes[i];
    if (n->up_time + n->down_time != w->horizon)
      broken(a, "node %u: up %.9g s and down %.9g s are not the horizon %.9g s", i, sim_seconds(n->up_time),
             sim_seconds(n->down_time), sim_seconds(w->horizon));
    const char *wrong = node_wrong(w, n);
    if (wrong) broken(a, "node %u: %s", i, wrong);
  }
}

/* Clients by state, their timers, and the levels that meters show of them. */
static void audit_states(const struct audit *a) {
  const struct world *w = a->world;
  const struct clients *all = &w->clients;
  uint32_t states[CLIENT_STATES] = {0}, admitted = 0, walking = 0;
  for (uint32_t id = 0; id < pool_capacity(&all->pool); id++) {
    const struct client *c = client_at(all, id);
    states[c->state]++;
    if (c->state == CLIENT_FREE) continue;
    admitted += c->admitted && w->sources[c->source].config->room >= 0;
    walking += c->state != CLIENT_IN_ROOM && w->sources[c->source].config->kind == SOURCE_SESSION;
  }
  uint32_t paused = all->back_off ? timer_heap_pending(all->back_off) : 0;
  uint64_t thinking = all->thinking ? timer_heap_pending(all->thinking) : 0;
  for (uint32_t i = 0; i < w->model->sources.count; i++) thinking += journey_thinking(&w->sources[i]);
  if (states[CLIENT_BACKS_OFF] != paused) broken(a, "clients: %u back off, %u timers run", states[CLIENT_BACKS_OFF], paused);
  if (states[CLIENT_THINKS] != thinking)
    broken(a, "clients: %u think, %llu timers run", states[CLIENT_THINKS], (unsigned long long)thinking);
  int64_t back_off = 0, active = 0, inside = 0, length = 0;
  for (uint32_t i = 0; i < w->model->sources.count; i++) {
    const struct source_config *s = w->sources[i].config;
    if (s->retry.pause.attempts > 1) back_off += level_value(&w->observation.meters[s->meters.backing_off].level);
    if (s->kind == SOURCE_SESSION) active += level_value(&w->observation.meters[s->session_meters.active].level);
  }
  for (uint32_t i = 0; i < w->model->rooms.count; i++) {
    const struct waiting_room *r = &w->rooms[i];
    inside += r->inside, length += level_value(&w->observation.meters[r->config->length].level);
    if (r->inside < 0 || r->inside > r->config->inside)
      broken(a, "waiting room %s: %lld inside", r->config->name, (long long)r->inside);
  }
  if (back_off != states[CLIENT_BACKS_OFF])
    broken(a, "clients: %u back off, the meters say %lld", states[CLIENT_BACKS_OFF], (long long)back_off);
  if (inside != admitted) broken(a, "waiting rooms: %u of those let in are about, %lld counted", admitted, (long long)inside);
  if (length != states[CLIENT_IN_ROOM])
    broken(a, "waiting rooms: %u wait, the meters say %lld", states[CLIENT_IN_ROOM], (long long)length);
  if (active != walking) broken(a, "sessions: %u are on their way, the meters say %lld", walking, (long long)active);
  uint32_t about = pool_capacity(&all->pool) - states[CLIENT_FREE];
  if (about != pool_live(&all->pool)) broken(a, "clients: %u in all, %u entries are taken", about, pool_live(&all->pool));
}

static void audit_clients(const struct audit *a) {
  const struct world *w = a->world;
  uint32_t asking = 0, running = 0, in_rooms = 0;
  for (uint32_t id = 0; id < pool_capacity(&w->clients.pool); id++) {
    const struct client *c = client_at(&w->clients, id);
    asking += c->state == CLIENT_ASKS || c->state == CLIENT_BACKS_OFF;
    in_rooms += c->state == CLIENT_IN_ROOM;
    running += c->state == CLIENT_ASKS ? c->running : 0;
  }
  if (asking != w->clients.open) broken(a, "clients: %u errands are open, %u counted", asking, w->clients.open);
  uint64_t ended = w->clients.answered + w->clients.forsaken;
  if (w->clients.attempts != ended + running)
    broken(a, "clients: %llu attempts, %llu ended or were forsaken and %u run", (unsigned long long)w->clients.attempts,
           (unsigned long long)ended, running);
  for (uint32_t i = 0; i < w->model->rooms.count; i++) {
    const struct waiting_room *r = &w->rooms[i];
    in_rooms -= r->waiting;
    if (r->entered != r->admitted + r->abandoned + r->waiting)
      broken(a, "waiting room %s: %llu entered, %llu admitted, %llu abandoned and %u wait", r->config->name,
             (unsigned long long)r->entered, (unsigned long long)r->admitted, (unsigned long long)r->abandoned, r->waiting);
  }
  if (in_rooms) broken(a, "waiting rooms: %d more clients than places in line", (int)in_rooms);
}

/* Permits held and requests waiting, by limit, as the living requests know it. */
static void count_permits(const struct world *w, uint32_t *held, uint32_t *waiting) {
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    const struct request *r = world_request(w, id);
    if (!r->live) continue;
    for (uint32_t p = r->permits; p != NOBODY; p = ((const struct permit *)pool_at(&w->permits, p))->next)
      held[((const struct permit *)pool_at(&w->permits, p))->limit]++;
    if (r->waiting == WAITING_PERMIT) waiting[w->model->programs[r->endpoint].instructions[r->pc - 1].limit]++;
  }
}

static void audit_limits(const struct audit *a) {
  const struct world *w = a->world;
  uint32_t n = w->model->limits.count + 1, *held = calloc(n, sizeof *held), *waiting = calloc(n, sizeof *waiting), permits = 0;
  count_permits(w, held, waiting);
  for (uint32_t i = 0; i + 1 < n; i++) {
    const struct limit *l = &w->limits[i];
    permits += held[i];
    if (l->in_use != held[i] || l->waiting != waiting[i])
      broken(a, "limit %s: %u permits held and %u requests waiting, %u and %u counted", l->config->name, held[i], waiting[i],
             l->in_use, l->waiting);
    if (l->asked != l->accepted + l->refused + l->forsaken + l->waiting)
      broken(a, "limit %s: of %llu that asked %llu passed, %llu were refused, %llu lost their replica and %u wait", l->config->name,
             (unsigned long long)l->asked, (unsigned long long)l->accepted, (unsigned long long)l->refused,
             (unsigned long long)l->forsaken, l->waiting);
    const char *wrong = limit_accounts_wrong(l);
    if (wrong) broken(a, "limit %s: %s", l->config->name, wrong);
  }
  if (permits != pool_live(&w->permits)) broken(a, "%u permits are held, %u entries live", permits, pool_live(&w->permits));
  free(held);
  free(waiting);
}

static void audit_users(const struct audit *a) {
  const struct world *w = a->world;
  for (uint32_t i = 0; i < w->model->sources.count; i++) {
    const struct source *s = &w->sources[i];
    if (s->config->kind != SOURCE_CLOSED) continue;
    unsigned __int128 whole = (unsigned __int128)(uint64_t)w->horizon * (uint64_t)s->config->population;
    if (s->users.thought_ns + s->users.waited_ns != whole)
      broken(a, "response time law: users of %s thought %.9g s and waited %.9g s of %.9g s", s->config->name,
             (double)s->users.thought_ns * 1e-9, (double)s->users.waited_ns * 1e-9, (double)whole * 1e-9);
  }
}

/* What the holds say that there is, stock by stock. */
static int64_t *count_holds(const struct world *w) {
  int64_t *held = calloc(w->model->stocks.count + 1, sizeof *held);
  for (uint32_t id = 0; id < pool_capacity(&w->holds); id++) {
    const struct hold *h = pool_at(&w->holds, id);
    if (h->used && !h->expired) held[h->stock] += h->count;
  }
  return held;
}

static void audit_stocks(const struct audit *a) {
  const struct world *w = a->world;
  int64_t *held = count_holds(w);
  for (uint32_t i = 0; i < w->model->stocks.count; i++) {
    const struct stock *s = &w->stocks[i];
    const char *name = s->config->name;
    if (s->oversold) broken(a, "stock: %s was oversold or lost pieces at %llu instants", name, (unsigned long long)s->oversold);
    if (s->reserved != s->sold + s->released + s->expired + s->held)
      broken(a, "stock: of %lld pieces of %s that were reserved %lld are sold, %lld given back, %lld expired and %lld held",
             (long long)s->reserved, name, (long long)s->sold, (long long)s->released, (long long)s->expired, (long long)s->held);
    if (s->held != held[i] + s->abandoned)
      broken(a, "stock: %lld pieces of %s are held, %lld counted", (long long)(held[i] + s->abandoned), name, (long long)s->held);
  }
  free(held);
}

/* What living requests say of databases: by state, and of what they hold. */
struct data_count {
  uint64_t waiting[WAITING_STATES], holds, transactions;
};

static struct data_count count_data(const struct audit *a, uint32_t *holders) {
  const struct world *w = a->world;
  struct data_count n = {0};
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    const struct request *r = world_request(w, id);
    if (!r->live) continue;
    n.waiting[r->waiting]++;
    n.transactions += r->transaction != NOBODY && transaction_of(w, r)->used;
    for (uint32_t h = r->locks; h != NOBODY; h = ((const struct lock_hold *)pool_at(&w->locks.holds, h))->next) {
      const struct lock_hold *hold = pool_at(&w->locks.holds, h);
      if (!hold->used || hold->request != id) broken(a, "locks: request %u lists what is not its own", id);
      n.holds++, holders[hold->lock]++;
    }
  }
  return n;
}

static void audit_locks(const struct audit *a) {
  const struct world *w = a->world;
  uint32_t *holders = calloc(pool_capacity(&w->locks.entries) + 1, sizeof *holders), entries = 0;
  struct data_count n = count_data(a, holders);
  uint64_t waiting = 0;
  for (uint32_t id = 0; id < pool_capacity(&w->locks.entries); id++) {
    const struct lock *l = pool_at(&w->locks.entries, id);
    if (!l->used) continue;
    entries++, waiting += l->line.queue.count;
    if (l->holders != holders[id] || (!l->shared && l->holders > 1) || (l->line.queue.count && !l->holders) || !l->holders)
      broken(a, "lock %u: %u requests hold it, %u counted, %u wait", id, holders[id], l->holders, l->line.queue.count);
  }
  if (entries != pool_live(&w->locks.entries) || n.holds != pool_live(&w->locks.holds))
    broken(a, "locks: %u entries and %llu holds are used, %u and %u counted", entries, (unsigned long long)n.holds,
           pool_live(&w->locks.entries), pool_live(&w->locks.holds));
  if (waiting != n.waiting[WAITING_LOCK])
    broken(a, "locks: %llu requests wait, %llu stand in lines", (unsigned long long)n.waiting[WAITING_LOCK],
           (unsigned long long)waiting);
  if (n.transactions != pool_live(&w->transactions))
    broken(a, "transactions: %llu are open, %u counted", (unsigned long long)n.transactions, pool_live(&w->transactions));
  uint64_t in_log = 0, in_flush = 0, at_disks = 0;
  for (uint32_t i = 0; i < w->database_count; i++) {
    const struct database *d = &w->databases[i];
    in_log += d->waiting.queue.count, in_flush += d->flushing.count;
    if (d->entered != d->left + d->waiting.queue.count + d->flushing.count)
      broken(a, "log: %llu commits came, %llu left, %u and %u are there", (unsigned long long)d->entered,
             (unsigned long long)d->left, d->waiting.queue.count, d->flushing.count);
  }
  for (uint32_t i = 0; i < w->node_count; i++) {
    const struct disk *d = &w->disks[i];
    at_disks += d->line.queue.count;
    if (d->asked != d->done + d->forsaken + d->busy + d->line.queue.count)
      broken(a, "disk of node %u: of %llu reads %llu are done, %llu forsaken, %u in service and %u wait", i,
             (unsigned long long)d->asked, (unsigned long long)d->done, (unsigned long long)d->forsaken, d->busy,
             d->line.queue.count);
    if (d->line.queue.count && d->busy != (uint64_t)d->config->parallel)
      broken(a, "disk of node %u: %u wait and %u are in service", i, d->line.queue.count, d->busy);
  }
  if (in_log != n.waiting[WAITING_LOG] || in_flush != n.waiting[WAITING_FLUSH] || at_disks != n.waiting[WAITING_DISK])
    broken(a, "%llu, %llu and %llu requests wait for logs, flushes and disks; in their lines stand %llu, %llu and %llu",
           (unsigned long long)n.waiting[WAITING_LOG], (unsigned long long)n.waiting[WAITING_FLUSH],
           (unsigned long long)n.waiting[WAITING_DISK], (unsigned long long)in_log, (unsigned long long)in_flush,
           (unsigned long long)at_disks);
  free(holders);
}

/* The primary of each shard is one of its replicas, and what does not serve is counted. */
static void audit_shards(const struct audit *a) {
  const struct world *w = a->world;
  for (uint32_t i = 0; i < w->model->services.count; i++) {
    const struct service *s = &w->services[i];
    uint32_t uncovered = 0, alarmed = 0;
    for (uint32_t k = 0; s->shards && k < s->shards->count; k++) {
      const struct shard *d = &s->shards->of[k];
      const struct container *c = &w->containers[d->primary];
      bool down = c->state != CONTAINER_UP && c->state != CONTAINER_DRAINING;
      if (c->service != i || shard_of_container(w, c->id) != k)
        broken(a, "shards: container %u is primary of shard %u of %s", d->primary, k, s->config->name);
      if (d->down != down) broken(a, "shards: the primary of shard %u of %s is %s", k, s->config->name, down ? "down" : "up");
      uncovered += down, alarmed += d->alarmed;
    }
    if (s->shards && (uncovered != s->shards->uncovered || alarmed != s->shards->alarmed))
      broken(a, "shards: %u of %s are uncovered, %u counted", uncovered, s->config->name, s->shards->uncovered);
  }
}

/* Every store whole; a process that is not there holds nothing; the levels that meters show are the sums. */
static void audit_caches(const struct audit *a) {
  const struct world *w = a->world;
  for (uint32_t i = 0; i < w->model->services.count; i++) {
    const struct service *s = &w->services[i];
    const struct cache_config *config = &s->config->cache;
    int64_t held = 0, bytes = 0;
    for (uint32_t k = s->first; config->keyed && k < s->first + s->capacity; k++) {
      const struct container *c = &w->containers[k];
      const struct cache_store *content = cache_content(c);
      const char *wrong = cache_store_wrong(content);
      if (wrong) broken(a, "cache: container %u of %s: %s", k, s->config->name, wrong);
      if (content->count && !s->shards && c->state != CONTAINER_UP && c->state != CONTAINER_DRAINING)
        broken(a, "cache: container %u of %s holds %u items and is not there", k, s->config->name, content->count);
      held += content->count, bytes += content->bytes;
    }
    const struct meter_observation *m = w->observation.meters;
    if (!config->keyed) continue;
    if (level_value(&m[config->held].level) != held || (config->sized && level_value(&m[config->bytes].level) != bytes))
      broken(a, "cache: %s holds %lld items of %lld bytes, %lld items are counted", s->config->name, (long long)held,
             (long long)bytes, (long long)level_value(&m[config->held].level));
  }
}

/* Workers at work and commits that wait, as the living requests know them. */
static void count_replication(const struct world *w, const struct replication *p, uint32_t *workers, uint32_t *waiting) {
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    const struct request *r = world_request(w, id);
    if (!r->live || !r->depth) continue;
    uint32_t at = r->frames[r->depth - 1].container - p->first;
    const struct instruction *in = &w->model->programs[r->endpoint].instructions[r->pc - (r->pc > 0)];
    *waiting += r->waiting == WAITING_ACKS && in->service == (int32_t)p->service->index && at < p->count;
    if (replication_is_on(p->config) && r->endpoint == p->config->apply_program && at < p->count) workers[at]++;
  }
}

static void audit_replica(const struct audit *a, const struct replication *p, const struct replica *r, uint32_t workers) {
  const char *name = p->service->config->name;
  if (r->applied > r->taken || r->taken > r->received || r->received > p->head || r->acknowledged > r->received)
    broken(a, "replica %u of %s: applied %llu, taken %llu, received %llu, acknowledged %llu of %llu", r->container, name,
           (unsigned long long)r->applied, (unsigned long long)r->taken, (unsigned long long)r->received,
           (unsigned long long)r->acknowledged, (unsigned long long)p->head);
  if (r->taken - r->applied - (uint64_t)__builtin_popcountll(r->done) != workers ||
      r->taken - r->applied > (uint64_t)p->config->workers)
    broken(a, "replica %u of %s: %u workers are at work on %llu writes", r->container, name, workers,
           (unsigned long long)(r->taken - r->applied));
}

static void audit_standby(const struct audit *a, const struct replication *p, const struct replica *r, uint32_t *reads) {
  const char *wrong = standby_wrong(p, r, reads);
  if (wrong) broken(a, "replica %u of %s %s", r->container, p->service->config->name, wrong);
}

static void audit_replicas(const struct audit *a, const struct replication *p, uint32_t *reads) {
  const char *name = p->service->config->name;
  uint32_t *workers = calloc(p->count + 1, sizeof *workers), waiting = 0;
  count_replication(a->world, p, workers, &waiting);
  for (uint32_t k = 0; k < p->count; k++) audit_standby(a, p, &p->replicas[k], reads);
  for (uint32_t k = 0; k < p->count; k++)
    if (p->first + k != *p->primary && !p->replicas[k].resync) audit_replica(a, p, &p->replicas[k], workers[k]);
  if (waiting != p->line.queue.count) broken(a, "%s: %u commits wait, %u counted", name, waiting, p->line.queue.count);
  if (p->released > p->head)
    broken(a, "%s: %llu writes were acknowledged, there are %llu", name, (unsigned long long)p->released,
           (unsigned long long)p->head);
  free(workers);
}

static void audit_replication(const struct audit *a) {
  const struct world *w = a->world;
  uint32_t reads = 0;
  for (uint32_t i = 0; i < w->model->services.count; i++)
    for (uint32_t k = 0; k < replications_of(&w->services[i]); k++) audit_replicas(a, &w->services[i].replication[k], &reads);
  if (reads != pool_live(&w->standby_reads))
    broken(a, "replicas: %u reads in progress, %u are remembered", reads, pool_live(&w->standby_reads));
}

/* Marks of rebuilds belong to living requests, and who waits for one stands in its line. */
static void audit_rebuilds(const struct audit *a) {
  const struct world *w = a->world;
  uint64_t waiting = 0, in_lines = 0, owned = 0, orphans = 0, marks = 0;
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    const struct request *r = world_request(w, id);
    if (!r->live) continue;
    waiting += r->waiting == WAITING_REBUILD;
    for (uint32_t k = r->rebuilds; k != NOBODY; k = ((const struct rebuild *)pool_at(&w->rebuilds.marks, k))->older, owned++)
      if (((const struct rebuild *)pool_at(&w->rebuilds.marks, k))->owner != id)
        broken(a, "rebuilds: request %u lists what is not its own", id);
  }
  for (uint32_t id = 0; id < pool_capacity(&w->rebuilds.marks); id++) {
    const struct rebuild *m = pool_at(&w->rebuilds.marks, id);
    if (!m->used) continue;
    marks++, in_lines += m->line.queue.count, orphans += m->owner == NOBODY;
    if (m->owner == NOBODY && !m->timed) broken(a, "rebuilds: mark %u has neither an owner nor an end", id);
  }
  if (waiting != in_lines || marks != owned + orphans || marks != pool_live(&w->rebuilds.marks))
    broken(a, "rebuilds: %llu requests wait, %llu stand in lines; of %llu marks %llu are owned, %llu orphans, %u live",
           (unsigned long long)waiting, (unsigned long long)in_lines, (unsigned long long)marks, (unsigned long long)owned,
           (unsigned long long)orphans, pool_live(&w->rebuilds.marks));
}

/* Of each guarded call: every attempt has ended or is waited for. */
static void audit_calls(const struct audit *a) {
  const struct world *w = a->world;
  uint64_t *waited_for = calloc(w->model->guard_count + 1, sizeof *waited_for);
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    const struct request *r = world_request(w, id);
    if (!r->live || r->child == NOBODY) continue;
    const struct instruction *in = child_waits_at(w, r);
    if (in->operation == OPERATION_TRY) waited_for[in->guard->number]++;
    for (uint32_t child = r->child; child != NOBODY; child = world_request(w, child)->sibling)
      if (world_request(w, child)->caller != id || !world_request(w, child)->live)
        broken(a, "calls: request %u waits for a child that is not its own", id);
  }
  for (uint32_t i = 0; i < w->model->guard_count; i++) {
    const struct call_site *c = &w->calls[i];
    uint64_t ended = 0;
    for (int k = 0; k < OUTCOMES; k++) ended += c->ended[k];
    if (c->calls + c->retries != ended + waited_for[i])
      broken(a, "calls: %llu calls and %llu retries, but %llu attempts ended and %llu are waited for", (unsigned long long)c->calls,
             (unsigned long long)c->retries, (unsigned long long)ended, (unsigned long long)waited_for[i]);
  }
  free(waited_for);
}

/* Who knows each connection that is not idle: a request, or the client of a session pooler. */
static uint8_t *count_holders(const struct world *w) {
  uint8_t *n = calloc(pool_capacity(&w->connections) + 1, 1);
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    const struct request *r = world_request(w, id);
    if (r->live && r->connection != NOBODY) n[r->connection]++;
    if (r->live && r->backend != NOBODY) n[r->backend]++;
    const struct transaction *t = r->live && r->transaction != NOBODY ? transaction_of(w, r) : NULL;
    if (t && t->connection != NOBODY) n[t->connection]++;
    if (t && t->backend != NOBODY) n[t->backend]++;
  }
  for (uint32_t id = 0; id < pool_capacity(&w->connections); id++) {
    const struct connection *k = connection_at(w, id);
    if (k->live && k->backend != NOBODY) n[k->backend]++;
  }
  return n;
}

/* Of one pool: connections by what they say of themselves, and by what the pool counts. */
static void audit_pool(const struct audit *a, const struct container *c, uint32_t number) {
  const struct world *w = a->world;
  const struct connection_pool *p = &c->pools[number];
  uint32_t open = 0, idle = 0;
  for (uint32_t id = 0; id < pool_capacity(&w->connections); id++) {
    const struct connection *k = connection_at(w, id);
    if (!k->live || k->owner != c->id || k->pool != number) continue;
    open++, idle += k->idle;
  }
  if (open != p->open || idle != p->idle || open != p->in_use + idle)
    broken(a, "pool %u of container %u: %u connections, %u idle; %u, %u and %u in use are counted", number, c->id, open, idle,
           p->open, p->idle, p->in_use);
  if (p->line.queue.count && (p->idle || p->open < (uint64_t)p->config->max))
    broken(a, "pool %u of container %u: %u wait, %u of %lld connections are open and %u idle", number, c->id, p->line.queue.count,
           p->open, (long long)p->config->max, p->idle);
}

static void audit_connection_meters(const struct audit *a, uint32_t service) {
  const struct world *w = a->world;
  const struct connections_config *c = &w->services[service].config->connections;
  int64_t open = 0, active = 0, waiting = 0;
  for (uint32_t i = 0; i < w->container_count; i++) {
    const struct container *client = &w->containers[i];
    if (client->service == service) open += client->connections;
    for (uint32_t k = 0; k < client->pool_count; k++) {
      const struct connection_pool *p = &client->pools[k];
      if (p->config->kept && p->config->server == (int32_t)service) active += p->in_use, waiting += p->line.queue.count;
    }
  }
  const struct meter_observation *m = w->observation.meters;
  if (level_value(&m[c->meters[CONNECTIONS_OPEN]].level) != open ||
      level_value(&m[c->meters[CONNECTIONS_ACTIVE]].level) != active ||
      level_value(&m[c->meters[CONNECTIONS_WAITING]].level) != waiting)
    broken(a, "connections to %s: %lld open, %lld in use, %lld wait; the meters say something else",
           w->services[service].config->name, (long long)open, (long long)active, (long long)waiting);
}

static void audit_connections(const struct audit *a) {
  const struct world *w = a->world;
  uint8_t *holders = count_holders(w);
  uint32_t *leading = calloc(w->container_count + 1, sizeof *leading), live = 0;
  for (uint32_t id = 0; id < pool_capacity(&w->connections); id++) {
    const struct connection *k = connection_at(w, id);
    if (!k->live) continue;
    live++;
    if (k->server != NOBODY) leading[k->server]++;
    if (holders[id] != !k->idle) broken(a, "connection %u is %s and known to %u", id, k->idle ? "idle" : "in use", holders[id]);
  }
  if (live != pool_live(&w->connections)) broken(a, "%u connections live, %u entries are taken", live, pool_live(&w->connections));
  for (uint32_t i = 0; i < w->container_count; i++) {
    const struct container *c = &w->containers[i];
    if (c->connections != leading[i])
      broken(a, "container %u: %u connections lead to it, %u counted", i, leading[i], c->connections);
    for (uint32_t k = 0; k < c->pool_count; k++)
      if (c->pools[k].config->kept) audit_pool(a, c, k);
  }
  for (uint32_t i = 0; i < w->model->services.count; i++)
    if (w->services[i].config->connections.metered) audit_connection_meters(a, i);
  free(holders);
  free(leading);
}

/* What the jobs themselves say of a queue. */
struct job_count {
  uint64_t states[JOB_OVER + 1], copies, running;
};

static struct job_count count_jobs(const struct audit *a, uint32_t queue) {
  const struct world *w = a->world;
  struct job_count n = {0};
  for (uint32_t id = 0; id < pool_capacity(&w->jobs.jobs); id++) {
    const struct queued_job *j = pool_at(&w->jobs.jobs, id);
    if (j->state == JOB_FREE || j->queue != queue) continue;
    n.states[j->state]++, n.running += j->running;
    n.copies += j->finished && j->state != JOB_OVER;
    if (j->state == JOB_OVER && !j->running) broken(a, "jobs: one that is over and has no delivery is kept");
  }
  return n;
}

static void audit_queue(const struct audit *a, uint32_t queue) {
  const struct job_queue *q = &a->world->jobs.queues[queue];
  const char *name = q->config->name;
  struct job_count n = count_jobs(a, queue);
  if (q->published + q->copies != q->depth + q->delayed + q->taken + q->done + q->dead + q->lost)
    broken(a, "jobs: of %llu of %s (and %llu copies) %u wait, %u are delayed, %u taken, %llu done, %llu dead and %llu lost",
           (unsigned long long)q->published, name, (unsigned long long)q->copies, q->depth, q->delayed, q->taken,
           (unsigned long long)q->done, (unsigned long long)q->dead, (unsigned long long)q->lost);
  if (n.states[JOB_WAITING] != q->depth || n.states[JOB_DELAYED] != q->delayed || n.states[JOB_TAKEN] != q->taken ||
      n.copies != q->copies)
    broken(a, "jobs: of %s %llu wait, %llu are delayed, %llu taken; counted otherwise", name,
           (unsigned long long)n.states[JOB_WAITING], (unsigned long long)n.states[JOB_DELAYED],
           (unsigned long long)n.states[JOB_TAKEN]);
  int64_t shown = level_value(&a->world->observation.meters[q->config->meters[JOBS_RUNNING]].level);
  if ((uint64_t)shown != n.running)
    broken(a, "jobs: %llu deliveries of %s are at work, the meter says %lld", (unsigned long long)n.running, name,
           (long long)shown);
}

/* Deliveries by worker, and jobs by who waits for them. */
static void audit_jobs(const struct audit *a) {
  const struct world *w = a->world;
  if (!w->jobs.queues) return;
  uint32_t *slots = calloc(w->container_count + 1, sizeof *slots);
  uint64_t deliveries = 0, running = 0, awaited = 0, waiters = 0;
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    const struct request *r = world_request(w, id);
    if (!r->live) continue;
    awaited += r->awaited;
    if (r->job == NOBODY) continue;
    deliveries++;
    slots[r->frames[0].container] += w->containers[r->frames[0].container].generation == r->frames[0].generation;
  }
  for (uint32_t id = 0; id < pool_capacity(&w->jobs.jobs); id++) {
    const struct queued_job *j = pool_at(&w->jobs.jobs, id);
    if (j->state != JOB_FREE) running += j->running, waiters += j->waiter != NOBODY;
  }
  if (deliveries != running || awaited != waiters)
    broken(a, "jobs: %llu deliveries and %llu waits for jobs, %llu and %llu counted", (unsigned long long)deliveries,
           (unsigned long long)awaited, (unsigned long long)running, (unsigned long long)waiters);
  for (uint32_t i = 0; i < w->container_count; i++) {
    const struct job_slots *s = &w->jobs.slots[i];
    uint32_t taken = s->generation == w->containers[i].generation ? s->taken : 0;
    if (taken != slots[i]) broken(a, "jobs: container %u has %u of them, %u counted", i, slots[i], taken);
  }
  for (uint32_t i = 0; i < w->model->queues.count; i++) audit_queue(a, i);
  free(slots);
}

void world_audit(const struct world *w, audit_report *report, void *context) {
  struct audit a = {w, report, context};
  audit_nodes(&a);
  audit_work(&a);
  audit_quotas(&a);
  if (w->mode != WORLD_TRAFFIC) return;
  audit_flow(&a);
  audit_living(&a);
  audit_calls(&a);
  audit_users(&a);
  audit_clients(&a);
  audit_limits(&a);
  audit_stocks(&a);
  audit_locks(&a);
  audit_jobs(&a);
  audit_shards(&a);
  audit_caches(&a);
  audit_replication(&a);
  audit_rebuilds(&a);
  audit_states(&a);
  if (memory_wrong(w)) broken(&a, "memory: %s", memory_wrong(w));
  audit_connections(&a);
}
