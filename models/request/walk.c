/* Walks over programs without requests: for what they ask of services, and for the share of requests that find everything at work. */
#include "models/request/program.h"
#include "models/compute/balancer.h"
#include "models/data/connections.h"
#include "models/data/job_queue.h"
#include "models/data/rebuild.h"
#include "models/data/shard.h"
#include "models/model.h"
#include "models/request/call.h"
#include "models/request/parallel.h"
#include "models/request/request.h"
#include "models/traffic/batch.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct walk {
  int32_t frames[PROGRAM_FRAMES];
  uint32_t depth;
  int32_t connected; /* service whose connection is held, or -1 */
  int32_t aside;     /* the same of the connection of a transaction */
  int32_t bound;     /* pooler whose connection is held, or -1 */
  struct held_lock locked[PROGRAM_LOCKS];
  uint32_t locked_count;
  const struct instruction *enter;   /* the innermost call */
  enum route route;                  /* of the innermost call: a query holds nothing but its computation */
  uint16_t permits[PROGRAM_PERMITS]; /* limits whose permits are held */
  uint32_t permit_count;
  uint32_t base;    /* frames below are those of the caller of a branch: its time passes for them at the join */
  double *passed_s; /* of a branch: the time that passes, weighted; else null */
};

/* Replicas of a cache do not serve: its primary does it all. */
static void add_to_shards(const struct walk *w, const struct demand_sums *d, int32_t service, double weighted_s) {
  const struct service_config *s = model_service(d->model, (uint32_t)service);
  double shares[SHARD_COUNT_MOST];
  shard_shares(d->model, w->enter, shares);
  bool primary = w->route == ROUTE_PRIMARY || s->kind == SERVICE_CACHE;
  for (uint32_t i = 0; i < s->shards.count; i++) {
    d->shard_s[service][i] += weighted_s * shares[i];
    if (primary) d->shard_primary_s[service][i] += weighted_s * shares[i];
  }
}

static void add_shard_writes(const struct walk *w, const struct demand_sums *d, int32_t service, double weight) {
  double shares[SHARD_COUNT_MOST];
  shard_shares(d->model, w->enter, shares);
  for (uint32_t i = 0; i < model_service(d->model, (uint32_t)service)->shards.count; i++)
    d->shard_writes[service][i] += weight * shares[i];
}

/* Reads on replicas leave the primary alone; a write is work of every replica, and its connection waits for their answers. */
static void count_read(const struct walk *w, const struct demand_sums *d, int32_t service, double weighted_s) {
  if (w->route == ROUTE_PRIMARY) d->primary_s[service] += weighted_s;
  if (d->shard_s[service] && w->enter && w->enter->service == service) add_to_shards(w, d, service, weighted_s);
  if (w->route == ROUTE_REPLICAS) d->replica_s[service] += weighted_s;
  if (w->route >= ROUTE_ROLE)
    d->role_s[model_service(d->model, (uint32_t)service)->replication.role_first + (w->route - ROUTE_ROLE)] += weighted_s;
}

static void count_applied(const struct demand_sums *d, int32_t service, double weighted_s) {
  d->applied_s[service] += weighted_s;
  d->cpu_s[service] += weighted_s * (double)(service_copies(model_service(d->model, (uint32_t)service)) - 1);
}

/* Time passes: for everybody who holds a thread, a connection or a permit meanwhile. */
static void pass(const struct walk *w, const struct demand_sums *d, double weighted_s) {
  if (w->passed_s) *w->passed_s += weighted_s;
  for (uint32_t i = w->base; i < w->depth; i++)
    if (model_service(d->model, (uint32_t)w->frames[i])->runtime != RUNTIME_EVENT_LOOP) d->held_s[w->frames[i]] += weighted_s;
  if (w->connected >= 0) d->connected_s[w->connected] += weighted_s;
  if (w->bound >= 0) d->connected_s[w->bound] += weighted_s;
  for (uint32_t i = 0; i < w->permit_count; i++) d->permit_s[w->permits[i]] += weighted_s;
  if (w->aside >= 0) d->connected_s[w->aside] += weighted_s;
  for (uint32_t i = 0; i < w->locked_count; i++) d->locked_s[w->locked[i].lock] += weighted_s;
  if (d->passed_s && !w->passed_s) *d->passed_s += weighted_s;
}

/* A hop within a transaction, between services that are placed so that they cannot meet: what is locked stays so. */
static void pass_hop(const struct walk *w, const struct demand_sums *d, int32_t from, int32_t to, double weight) {
  const struct service_config *a = model_service(d->model, (uint32_t)from), *b = model_service(d->model, (uint32_t)to);
  if (a->place == b->place) return;
  double hop_s = weight * sim_seconds(d->model->platform.network.between_nodes);
  if (w->aside >= 0) d->connected_s[w->aside] += hop_s;
  for (uint32_t i = 0; i < w->locked_count; i++) d->locked_s[w->locked[i].lock] += hop_s;
}

static void locks(struct walk *w, const struct instruction *in) {
  for (uint32_t i = 0; i < w->locked_count; i++)
    if (w->locked[i].lock == in->lock) return;
  if (w->locked_count < PROGRAM_LOCKS)
    w->locked[w->locked_count++] = (struct held_lock){in->lock, in->items, in->shared, in->transactional};
}

static void unlocks(struct walk *w, bool transactional) {
  while (w->locked_count && w->locked[w->locked_count - 1].transactional == transactional) w->locked_count--;
}

/* What the request holds from here on, or no more. */
static void hold(struct walk *w, const struct instruction *in, double weight, const struct demand_sums *d) {
  switch (in->operation) {
  case OPERATION_ENTER:
    if (w->depth) pass_hop(w, d, w->frames[w->depth - 1], in->service, weight);
    w->frames[w->depth++] = in->service, w->route = in->route, w->enter = in;
    break;
  case OPERATION_LEAVE:
    w->depth--, w->route = ROUTE_ANY;
    if (w->depth) pass_hop(w, d, in->service, w->frames[w->depth - 1], weight);
    break;
  case OPERATION_ACQUIRE:
    if (service_pool(model_service(d->model, (uint32_t)w->frames[w->depth - 1]), in->service))
      w->connected = w->frames[w->depth - 1];
    break;
  case OPERATION_BIND:
    w->bound = w->frames[w->depth - 1];
    break;
  case OPERATION_UNBIND:
    w->bound = -1;
    break;
  case OPERATION_RELEASE:
    w->connected = w->bound = -1;
    break;
  case OPERATION_PERMIT:
    w->permits[w->permit_count++] = in->limit;
    break;
  case OPERATION_PERMIT_BACK:
    w->permit_count--;
    break;
  case OPERATION_LOCK:
    locks(w, in);
    break;
  case OPERATION_STOCK:
    unlocks(w, false);
    break;
  case OPERATION_COMMIT:
    unlocks(w, in->transactional);
    break;
  case OPERATION_TRANSACTION:
    w->aside = w->connected, w->connected = -1;
    break;
  case OPERATION_TRANSACTION_END:
    w->connected = w->aside, w->aside = -1;
    break;
  default:
    break;
  }
}

/* What it asks for, and how long that takes. */
static void ask(const struct walk *w, const struct instruction *in, double weight, const struct demand_sums *d) {
  double mean_s = in->demand.mean * 1e-9;
  switch (in->operation) {
  case OPERATION_CPU:
    d->cpu_s[in->service] += weight * mean_s;
    if (in->on_workers) d->workers_s[in->service] += weight * mean_s;
    count_read(w, d, in->service, weight * mean_s);
    pass(w, d, weight * mean_s / d->speed[in->service]);
    break;
  case OPERATION_WRITTEN:
    count_applied(d, in->service, weight * mean_s);
    break;
  case OPERATION_REPLICATE:
    d->writes[in->service] += weight;
    if (d->shard_writes[in->service] && w->enter) add_shard_writes(w, d, in->service, weight);
    count_applied(d, in->service, weight * mean_s);
    pass(w, d, weight * replication_commit_s(&model_service(d->model, (uint32_t)in->service)->replication));
    break;
  case OPERATION_EXTERNAL:
  case OPERATION_DELAY:
  case OPERATION_FLUSH:
    pass(w, d, weight * mean_s);
    break;
  case OPERATION_MISS:
    d->disk_s[in->service] += weight * in->scale * in->probability * mean_s;
    pass(w, d, weight * in->scale * in->probability * mean_s);
    break;
  case OPERATION_BROADCAST:
    d->cpu_s[in->service] += weight * in->scale * mean_s;
    break;
  case OPERATION_PUBLISH:
    d->published[in->publishing->queue] += weight * batch_mean(&in->publishing->count);
    break;
  case OPERATION_AWAIT:
    if (d->job_s) pass(w, d, weight * d->job_s[in->publishing->queue]);
    break;
  default:
    break;
  }
}

/* --- shares of requests ---------------------------------------------------------------------------------------------------- */

/* What a request has to pass: replicas that serve, or, without `serving`, the answers of external services. */
struct passing {
  double (*serving)(void *context, const struct instruction *, enum route);
  void *context;
};

static double share_through(const struct program *, uint32_t at, uint32_t stop, const struct passing *);

/* Where the body of a guarded call ends: at its "return". */
static uint32_t guard_end(const struct guard *g) { return (uint32_t)(g->fallback ? g->fallback : g->after) - 1; }

/* Attempts of a call, of which each fails with the outcome or else succeeds with this share, independently. */
struct attempts {
  double expected, all_fail;
};

static struct attempts attempts_of(const struct retry_config *retry, double success, enum outcome outcome) {
  enum { ENOUGH = 1000 };
  int64_t most = retry_wanted(retry, 1, outcome) ? retry->pause.attempts : 1;
  struct attempts a = {0, 1};
  for (int64_t k = 0; k < most && k < ENOUGH && a.all_fail > 0; k++) a.expected += a.all_fail, a.all_fail *= 1 - success;
  return a;
}

/* Of the requests that begin a guarded call: those that go on behind it. */
static double guard_through(const struct program *p, uint32_t at, const struct guard *g, const struct passing *how) {
  double body = share_through(p, at, guard_end(g), how);
  double failed = attempts_of(&g->config->retry, body, how->serving ? OUTCOME_REFUSED : OUTCOME_EXTERNAL).all_fail;
  return 1 - failed + (g->fallback ? failed * share_through(p, g->fallback, g->after, how) : 0);
}

static double fork_through(const struct program *p, const struct fork *f, const struct passing *how) {
  double success[FORK_MOST];
  for (uint32_t i = 0; i < f->count; i++) success[i] = share_through(p, f->branches[i].at, f->branches[i].end, how);
  return fork_success(f, success);
}

/* Of the jobs of a queue: those that are done in the end. What fails at work is tried again. */
static double job_through(const struct publishing *j, const struct passing *how) {
  const struct queue_config *q = j->config;
  double steps = share_through(j->body, q->steps_begin, q->steps_end, how);
  double failed = attempts_of(&q->retry, steps, how->serving ? OUTCOME_REFUSED : OUTCOME_EXTERNAL).all_fail;
  return share_through(j->body, 0, q->steps_begin, how) * (1 - failed) * share_through(j->body, q->steps_end, j->body->end, how);
}

/* Of the requests at instruction `at`: those that reach `stop`. */
static double share_through(const struct program *p, uint32_t at, uint32_t stop, const struct passing *how) {
  double through = 1;
  while (at < stop && through > 0 && p->instructions[at].operation != OPERATION_END) {
    const struct instruction *in = &p->instructions[at++];
    if (in->operation == OPERATION_ENTER && how->serving) {
      double served = how->serving(how->context, in, in->route);
      if (in->target && served < 1) /* an unreachable cache is a miss */
        return through * (served * share_through(p, at, stop, how) + (1 - served) * share_through(p, in->target, stop, how));
      through *= served;
    }
    if (in->operation == OPERATION_REPLICATE && how->serving) through *= how->serving(how->context, in, ROUTE_COMMIT);
    if (in->operation == OPERATION_ANSWER && !how->serving) through *= 1 - in->probability;
    if (in->operation == OPERATION_LOOKUP && in->probability > 0)
      return through *
             (in->probability * share_through(p, in->target, stop, how) + (1 - in->probability) * share_through(p, at, stop, how));
    if (in->operation == OPERATION_TRY) through *= guard_through(p, at, in->guard, how), at = in->guard->after;
    if (in->operation == OPERATION_FORK) through *= fork_through(p, in->fork, how), at = in->fork->after;
    if (in->operation == OPERATION_SKIP) at = in->target;
    if (in->operation == OPERATION_AWAIT) through *= job_through(in->publishing, how);
  }
  return through;
}

double program_attempts(const struct program *p, const struct retry_config *retry) {
  return attempts_of(retry, share_through(p, 0, p->end, &(struct passing){0}), OUTCOME_EXTERNAL).expected;
}

double program_serving(const struct program *p, double (*serving)(void *context, const struct instruction *, enum route),
                       void *context) {
  double served = share_through(p, 0, p->end, &(struct passing){serving, context});
  return p->edge_hit > 0 ? p->edge_hit + (1 - p->edge_hit) * served : served;
}

/* --- demand ----------------------------------------------------------------------------------------------------------------- */

static double walk_demand(const struct program *, uint32_t at, uint32_t stop, struct walk, double weight,
                          const struct demand_sums *);

/* Every attempt asks as much as the first; what fails for good goes on in the fallback. */
static double walk_guard(const struct program *p, uint32_t at, struct walk w, const struct guard *g, double weight,
                         const struct demand_sums *d) {
  double success = share_through(p, at, guard_end(g), &(struct passing){0});
  struct attempts a = attempts_of(&g->config->retry, success, OUTCOME_EXTERNAL);
  walk_demand(p, at, guard_end(g), w, weight * a.expected, d);
  double through = weight * (1 - a.all_fail);
  return through + (g->fallback ? walk_demand(p, g->fallback, g->after, w, weight * a.all_fail, d) : 0);
}

/* Adds to the sums what requests of this weight ask from `at` on; returns the weight of those that reach `stop`. */
static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* For what runs by itself on the replica that it begins on: holds nothing of its caller's. */
static struct walk walk_beside(const struct walk *w, double *passed_s) {
  struct walk beside = {.connected = -1, .aside = -1, .bound = -1, .depth = w->depth, .base = w->depth, .passed_s = passed_s};
  for (uint32_t k = 0; k < w->depth; k++) beside.frames[k] = w->frames[k];
  return beside;
}

/* What is stale is refreshed meanwhile, and nobody waits for it. */
static void walk_refresh(const struct program *p, const struct walk *w, const struct instruction *lookup, double weight,
                         const struct demand_sums *d) {
  double passed_s = 0;
  walk_demand(p, lookup->refresh, lookup->target, walk_beside(w, &passed_s), weight, d);
}

/* What is done on a miss, by itself: how long it takes is noted. */
static double walk_miss(const struct program *p, const struct walk *w, const struct instruction *lookup, double weight,
                        const struct demand_sums *d) {
  uint32_t at = (uint32_t)(lookup - p->instructions);
  struct walk miss = *w;
  double passed_s = 0;
  miss.passed_s = &passed_s;
  double through = walk_demand(p, at + 1, lookup->target, miss, weight, d);
  if (weight > 0) d->miss_s[at] = passed_s / weight;
  double *all_s = w->passed_s ? w->passed_s : d->passed_s;
  if (all_s) *all_s += passed_s;
  return through;
}

static bool is_early(const struct instruction *lookup) { return lookup->stampede && lookup->stampede->cure == CURE_EARLY; }

/* All branches ask; for whoever is held meanwhile the k-th shortest of their means passes: at light load nearly right, below it for
 * branches that vary much. */
static double walk_fork(const struct program *p, const struct walk *w, const struct fork *f, double weight,
                        const struct demand_sums *d) {
  double passed_s[FORK_MOST] = {0};
  uint32_t child = 0;
  for (uint32_t i = 0; i < f->count; i++) {
    const struct branch *b = &f->branches[i];
    walk_demand(p, b->at, b->end, walk_beside(w, &passed_s[child]), weight * b->copies, d);
    passed_s[child] /= b->copies;
    for (uint32_t k = 1; k < b->copies; k++) passed_s[child + k] = passed_s[child];
    child += b->copies;
  }
  qsort(passed_s, child, sizeof *passed_s, by_value);
  pass(w, d, passed_s[f->needed - 1]);
  return weight * fork_through(p, f, &(struct passing){0});
}

static double walk_demand(const struct program *p, uint32_t at, uint32_t stop, struct walk w, double weight,
                          const struct demand_sums *d) {
  double elsewhere = 0;
  while (at < stop && weight > 0 && p->instructions[at].operation != OPERATION_END) {
    const struct instruction *in = &p->instructions[at++];
    hold(&w, in, weight, d);
    ask(&w, in, weight, d);
    if (d->runs) d->runs[in - p->instructions] += weight;
    if (in->operation == OPERATION_ANSWER) weight *= 1 - in->probability;
    if (in->operation == OPERATION_TRY) weight = walk_guard(p, at, w, in->guard, weight, d), at = in->guard->after;
    if (in->operation == OPERATION_FORK) weight = walk_fork(p, &w, in->fork, weight, d), at = in->fork->after;
    if (in->operation == OPERATION_SKIP) at = in->target;
    if (in->operation != OPERATION_LOOKUP) continue;
    elsewhere += walk_demand(p, in->target, stop, w, weight * in->probability, d);
    if (in->refreshes > 0) walk_refresh(p, &w, in, weight * in->refreshes, d);
    weight *= 1 - in->probability;
    if (d->miss_s && is_early(in)) weight = walk_miss(p, &w, in, weight, d), at = in->target;
  }
  return elsewhere + weight;
}

struct demand_sums demand_sums_new(const struct model *m, const double *speed, struct arena *arena) {
  uint32_t n = m->services.count + 1;
  struct demand_sums d = {.model = m,
                          .speed = speed,
                          .cpu_s = arena_new_array(arena, double, n),
                          .primary_s = arena_new_array(arena, double, n),
                          .held_s = arena_new_array(arena, double, n),
                          .connected_s = arena_new_array(arena, double, n),
                          .permit_s = arena_new_array(arena, double, m->limits.count + 1),
                          .locked_s = arena_new_array(arena, double, m->locks->count + 1),
                          .workers_s = arena_new_array(arena, double, n),
                          .disk_s = arena_new_array(arena, double, n),
                          .shard_s = arena_new_array(arena, double *, n),
                          .shard_primary_s = arena_new_array(arena, double *, n),
                          .published = arena_new_array(arena, double, m->queues.count + 1),
                          .writes = arena_new_array(arena, double, n),
                          .shard_writes = arena_new_array(arena, double *, n),
                          .applied_s = arena_new_array(arena, double, n),
                          .replica_s = arena_new_array(arena, double, n),
                          .role_s = arena_new_array(arena, double, m->role_count + 1)};
  for (uint32_t i = 0; i < m->services.count && m->shard_cells; i++) {
    const struct shards_config *c = &model_service(m, i)->shards;
    if (!shards_are_on(c)) continue;
    d.shard_s[i] = arena_new_array(arena, double, (size_t)c->count),
    d.shard_primary_s[i] = arena_new_array(arena, double, (size_t)c->count);
    d.shard_writes[i] = arena_new_array(arena, double, (size_t)c->count);
  }
  return d;
}

void program_demand(const struct program *p, double weight, const struct demand_sums *d) {
  walk_demand(p, 0, p->end, (struct walk){.connected = -1, .aside = -1, .bound = -1}, weight * (1 - p->edge_hit), d);
}
