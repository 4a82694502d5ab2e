#include "sim/measure/resource.h"
#include "sim/measure/autoscaled.h"
#include "models/machine/gc.h"
#include "models/service/shift.h"
#include "models/database/connections.h"
#include "models/core/model.h"
#include "sim/engine/arena.h"
#include <math.h>
#include <string.h>

/* Where a service runs: the group that it is placed on, or all groups that no service is placed on, taken together. */
struct place {
  int32_t group;       /* -1: several */
  double plain_cores;  /* of all nodes */
  double fast_cores;   /* the same, each times its speed */
  double cores;        /* the work that they do together, in reference cores: second threads of cores add less */
  double speed;        /* mean over the cores */
  double largest_node; /* cores of it */
  const char *name;
};

static double node_cores(const struct node_group *g) { return g->cpu == INT64_MAX ? INFINITY : (double)g->cpu / 1000; }

static void add_group(struct place *p, const struct model *m, uint32_t group, struct arena *arena) {
  const struct node_group *g = model_nodes(m, group);
  double cores = node_cores(g) * (double)g->count;
  p->plain_cores += cores;
  p->fast_cores += cores * g->speed;
  p->cores += cores * g->speed * (1 + g->smt) / 2;
  p->speed = isinf(p->plain_cores) ? g->speed : p->fast_cores / p->plain_cores;
  if (node_cores(g) > p->largest_node) p->largest_node = node_cores(g);
  p->name = p->name ? arena_format(arena, "%s and %s", p->name, g->name) : g->name;
  p->group = p->group == -2 ? (int32_t)group : -1;
}

static struct place place_of(const struct model *m, const struct service_config *s, struct arena *arena) {
  struct place p = {.group = -2, .speed = 1};
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) {
    bool shared = s->place < 0 && !model_nodes(m, i)->dedicated && model_nodes(m, i)->role != ROLE_MANAGER;
    if (shared || s->place == (int32_t)i) add_group(&p, m, i, arena);
  }
  return p;
}

/* Threads of one process; with shifts their mean, no instant counting more than `most`. */
static double threads_of(const struct model *m, const struct service_config *s, double most) {
  return shift_mean_threads(s, most, m->run.warmup, m->run.warmup + m->run.window);
}

static double cpu_limit(const struct service_config *s) {
  return s->resources.limits.cpu == INT64_MAX ? INFINITY : (double)s->resources.limits.cpu / 1000;
}

/* Limit and threads of one replica: threads that compute, beside loops too. */
static double own_cores(const struct model *m, const struct service_config *s) {
  double limit = cpu_limit(s), workers = runtime_workers(s), processes = runtime_processes(s);
  double cores = runtime_loops(s, threads_of(m, s, limit / processes)) + workers;
  return cores < limit ? cores : limit;
}

struct demand_sums resource_demand(const struct model *m, struct arena *arena) {
  double *speed = arena_new_array(arena, double, m->services.count + 1);
  for (uint32_t i = 0; i < m->services.count; i++) speed[i] = place_of(m, model_service(m, i), arena).speed;
  return demand_sums_new(m, speed, arena);
}

double resource_replica_cores(const struct model *m, const struct service_config *s) {
  struct arena *arena = arena_new();
  double own = own_cores(m, s), node = place_of(m, s, arena).largest_node;
  arena_free(arena);
  return own < node ? own : node;
}

/* An autoscaler brings what starts larger back to its maximum at once. */
static double most_replicas(const struct service_config *s) { return (double)(s->autoscale.max ? s->autoscale.max : s->replicas); }

static const char *times(const struct service_config *s, double replicas, struct arena *arena) {
  if (most_replicas(s) <= 1) return "";
  if (replicas < most_replicas(s)) return arena_format(arena, " x %g of %g", replicas, most_replicas(s));
  return arena_format(arena, " x %g%s", replicas, s->autoscale.max ? " at most" : "");
}

/* Set-up of connections: it is the entry's work, but no part of a program. */
static void add_handshakes(const struct model *m, const struct demand_sums *d) {
  for (uint32_t s = 0; s < m->sources.count; s++) {
    double each = client_network_handshake_s(model_source(m, s));
    for (uint32_t e = 0; each > 0 && e < m->endpoints.count; e++) {
      const struct endpoint_config *c = model_endpoint(m, e);
      if (c->entry < 0) continue;
      double work = model_share(m, s, e) * (1 - c->cdn.hit) * each;
      d->cpu_s[c->entry] += work;
      if (model_service(m, (uint32_t)c->entry)->runtime != RUNTIME_EVENT_LOOP) d->held_s[c->entry] += work / d->speed[c->entry];
    }
  }
}

/* By queue: how long a delivery has its slot when nobody else is there. Those whose results are waited for come first. */
static double *job_times(const struct model *m, const double *speed, struct arena *arena) {
  double *times = arena_new_array(arena, double, m->queues.count + 1);
  for (uint32_t i = m->queues.count; i-- > 0;) {
    uint32_t queue = m->queue_order[i];
    struct demand_sums d = demand_sums_new(m, speed, arena);
    d.job_s = times, d.passed_s = &times[queue];
    program_demand(&m->programs[m->endpoints.count + queue], 1, &d);
  }
  return times;
}

/* Who asks: sums are per request of the traffic, and per second of what the clock publishes. WAITED: only what requests wait for. */
enum asking { TRAFFIC = 1, CLOCK = 2, WAITED = 4 };

static void mark_waited(const struct program *p, bool *waited) {
  for (uint32_t i = 0; i < p->count; i++) {
    const struct publishing *of = p->instructions[i].publishing;
    if (of && of->wait) waited[of->queue] = true;
  }
}

/* By queue: some request waits for its jobs, or for jobs that wait for them. */
static const bool *queues_waited(const struct model *m, struct arena *arena) {
  bool *waited = arena_new_array(arena, bool, m->queues.count + 1);
  for (uint32_t e = 0; e < m->endpoints.count; e++) mark_waited(&m->programs[e], waited);
  for (uint32_t i = 0; i < m->queues.count; i++) /* in this order they come before those that they publish to */
    if (waited[m->queue_order[i]]) mark_waited(&m->programs[m->endpoints.count + m->queue_order[i]], waited);
  return waited;
}

/* What jobs ask, after the endpoints and queues that publish them. */
static void add_jobs(const struct model *m, const struct demand_sums *d, int asking, const bool *waited) {
  for (uint32_t i = 0; i < m->queues.count; i++) {
    uint32_t queue = m->queue_order[i];
    const struct program *p = &m->programs[m->endpoints.count + queue];
    if (asking & CLOCK) d->published[queue] += job_queue_scheduled(model_queue(m, queue));
    if (asking & WAITED && !waited[queue]) d->published[queue] = 0;
    d->published[queue] *= program_attempts(p, &model_queue(m, queue)->retry);
    program_demand(p, d->published[queue], d);
  }
}

static struct demand_sums sums_of(const struct model *m, const struct place *places, int asking, struct arena *arena) {
  double *speed = arena_new_array(arena, double, m->services.count + 1);
  for (uint32_t i = 0; i < m->services.count; i++) speed[i] = places[i].speed;
  struct demand_sums d = demand_sums_new(m, speed, arena);
  d.job_s = job_times(m, speed, arena);
  for (uint32_t e = 0; asking & TRAFFIC && e < m->endpoints.count; e++)
    program_demand(&m->programs[e], model_endpoint_share(m, e), &d);
  if (asking & TRAFFIC) add_handshakes(m, &d);
  add_jobs(m, &d, asking, queues_waited(m, arena));
  for (uint32_t i = 0; i < m->services.count; i++) { /* what many at work cost each other, where they do most */
    double law = scalability_at_best(&model_service(m, i)->scalability, resource_replica_cores(m, model_service(m, i)));
    d.cpu_s[i] *= law, d.primary_s[i] *= law;
  }
  return d;
}

struct list {
  struct resource *items;
  uint32_t count;
  const double *replicas; /* by service, and what they use of the CPU */
  const double *cpu_s;
};

static void add(struct list *l, const char *name, enum subject subject, uint32_t index, const char *part, double demand_s,
                double capacity) {
  if (demand_s > 0 && !isinf(capacity))
    l->items[l->count++] = (struct resource){name, subject, index, part, demand_s, 0, capacity, -1, NULL, NULL};
}

/* What computes its requests, where that is the bound: loops, or the threads of one that the global lock lets go on. */
static const char *computing_threads(const struct service_config *s, double loops) {
  if (s->runtime == RUNTIME_GIL) return "GIL";
  if (s->kind == SERVICE_APP && s->threads == 1) return loops > 1 ? "event loops" : "event loop";
  return loops > 1 ? "threads" : "thread";
}

/* Replicas that hold the same data. */
static double copies_of(const struct service_config *s) {
  return shards_are_on(&s->shards) ? (double)service_copies(s) : most_replicas(s);
}

/* The largest share of what is asked that one shard gets; 1 without. */
static double hottest_share(const struct service_config *s, const struct demand_sums *d, uint32_t i) {
  double hottest = 0, all = 0;
  if (!d->shard_s[i]) return 1;
  for (uint32_t k = 0; k < s->shards.count; k++) hottest = fmax(hottest, d->shard_s[i][k]), all += d->shard_s[i][k];
  return all > 0 ? hottest / all : 1;
}

/* CPU of reads that any replica of the database serves, the primary among them. */
static double shared_reads(const struct service_config *s, const struct demand_sums *d, uint32_t i) {
  double rest = d->cpu_s[i] - d->primary_s[i] - d->replica_s[i] - d->applied_s[i] * (copies_of(s) - 1);
  for (uint32_t k = 0; k < s->replication.roles.count; k++) rest -= d->role_s[s->replication.role_first + k];
  return rest;
}

/* How many replicas have the role that the k-th names; 0 when it is not the first to name it. */
static double with_role(const struct replication_config *c, uint32_t k) {
  const struct replica_role *roles = c->roles.items;
  double count = 0;
  if (replication_role(c, roles[k].name) != (int32_t)k) return 0;
  for (uint32_t i = 0; i < c->roles.count; i++) count += replication_role(c, roles[i].name) == (int32_t)k;
  return count;
}

/* A replicated database: the workers that apply the log, and the replicas of each role, which read and apply. */
static void add_replicas(struct list *l, const struct service_config *s, uint32_t i, const struct place *p,
                         const struct demand_sums *d, double cores, struct arena *arena) {
  const struct replication_config *c = &s->replication;
  double n = copies_of(s), share = hottest_share(s, d, i),
         each = share * (shared_reads(s, d, i) / n + d->replica_s[i] / (n - 1) + d->applied_s[i]);
  const struct replica_role *roles = c->roles.items;
  add(l, arena_format(arena, "%s log workers", s->name), SUBJECT_SERVICE, i, NULL, share * d->applied_s[i] / p->speed,
      (double)c->workers);
  for (uint32_t k = 0; k < c->roles.count; k++) {
    double replicas = with_role(c, k);
    if (replicas > 0)
      add(l, arena_format(arena, "%s replica for %s", s->name, roles[k].name), SUBJECT_SERVICE, i, NULL,
          (each + share * d->role_s[c->role_first + k] / replicas) / p->speed, cores);
  }
  if (c->roles.count + 1 < n) add(l, arena_format(arena, "%s replica", s->name), SUBJECT_SERVICE, i, NULL, each / p->speed, cores);
}

/* The shard that is full first: its primary does its writes and its part of the reads. */
static double hottest_shard(const struct service_config *s, const struct demand_sums *d, uint32_t i) {
  double hottest_s = 0;
  if (replication_is_on(&s->replication))
    return hottest_share(s, d, i) * (d->primary_s[i] + shared_reads(s, d, i) / s->shards.replicas);
  for (uint32_t k = 0; k < s->shards.count; k++) {
    double primary_s = d->shard_primary_s[i][k], reads_s = d->shard_s[i][k] - primary_s;
    hottest_s = fmax(hottest_s, primary_s + reads_s / s->shards.replicas);
  }
  return hottest_s;
}

/* The resources of one service: its threads or CPU limit, a replicated database's first replica, its connections. */
static void add_service(struct list *l, const struct model *m, uint32_t i, const struct place *p, const struct demand_sums *d,
                        struct arena *arena) {
  const struct service_config *s = model_service(m, i);
  double own = own_cores(m, s), cores = own < p->largest_node ? own : p->largest_node, reads = shared_reads(s, d, i);
  double threads = threads_of(m, s, INFINITY), loops = runtime_loops(s, threads), workers = runtime_workers(s);
  double running = gc_running_share(s), count = l->replicas[i];
  const char *all = times(s, count, arena);
  bool by_limit = own < loops + workers;
  if (d->shard_s[i])
    add(l, arena_format(arena, "%s hottest shard", s->name), SUBJECT_SERVICE, i, NULL, hottest_shard(s, d, i) / p->speed, cores);
  else if (d->primary_s[i] > 0 && s->replicas > 1)
    add(l, arena_format(arena, "%s primary", s->name), SUBJECT_SERVICE, i, "primary",
        (d->primary_s[i] + reads / most_replicas(s)) / p->speed, cores);
  if (replication_is_on(&s->replication)) add_replicas(l, s, i, p, d, cores, arena);
  if (s->runtime != RUNTIME_EVENT_LOOP && s->threads != INT64_MAX)
    add(l, arena_format(arena, "%s threads%s", s->name, all), SUBJECT_SERVICE, i, "threads", d->held_s[i],
        threads * runtime_processes(s) * count);
  if (by_limit && own < p->largest_node) /* else the node is full first */
    add(l, arena_format(arena, "%s CPU limit%s", s->name, all), SUBJECT_SERVICE, i, "cpu", d->cpu_s[i] / p->speed, own * count);
  if (s->runtime != RUNTIME_THREADS && loops * running < p->largest_node && (!by_limit || loops * running < own))
    add(l, arena_format(arena, "%s %s%s", s->name, computing_threads(s, loops), all), SUBJECT_SERVICE, i,
        s->runtime == RUNTIME_GIL ? "cpu" : "threads", (d->cpu_s[i] - d->workers_s[i]) / p->speed, loops * running * count);
  add(l, arena_format(arena, "%s workers%s", s->name, all), SUBJECT_SERVICE, i, NULL, d->workers_s[i] / p->speed,
      workers * running * count);
  const struct pool_config *pool = s->pools.items;
  if (s->pools.count == 1 && pool->max != INT64_MAX)
    add(l, arena_format(arena, "%s connections%s", s->name, all), SUBJECT_SERVICE, i, "connections", d->connected_s[i],
        (double)pool->max * runtime_processes(s) * count);
}

/* The permits of a limit on concurrency, when all share them. */
static void add_permits(struct list *l, const struct model *m, uint32_t i, const struct demand_sums *d, struct arena *arena) {
  const struct limit_config *c = model_limit(m, i);
  if (!c->kind->permits || c->per != LIMIT_PER_ALL || c->scope != LIMIT_SHARED || c->limit == INT64_MAX) return;
  add(l, arena_format(arena, "%s permits", c->name), SUBJECT_ALL, i, NULL, d->permit_s[i], (double)c->limit);
}

/* One lock, and the meter of how long it is held. */
static void add_lock(struct list *l, const char *name, enum subject subject, uint32_t index, double locked_s, int32_t busy) {
  uint32_t before = l->count;
  add(l, name, subject, index, NULL, locked_s, 1);
  if (l->count > before) l->items[before].meter = busy;
}

/* One at a time, whatever the machine; of rows the hottest. Stocks in the order in which the scenario names them. */
static void add_locks(struct list *l, const struct model *m, const struct demand_sums *d, struct arena *arena) {
  const struct stock_config *stocks = m->stocks.items;
  for (uint32_t s = 0; s < m->stocks.count; s++)
    for (uint32_t i = 0; i < m->locks->count; i++)
      if (m->locks->classes[i].kind == LOCK_STOCK && !strcmp(m->locks->classes[i].name, stocks[s].name))
        add_lock(l, arena_format(arena, "%s row", stocks[s].name), SUBJECT_SERVICE, (uint32_t)stocks[s].at, d->locked_s[i],
                 m->locks->classes[i].busy);
  for (uint32_t i = 0; i < m->locks->count; i++) {
    const struct lock_class *k = &m->locks->classes[i];
    const char *database = model_service(m, (uint32_t)k->database)->name;
    enum subject subject = service_runs(model_service(m, (uint32_t)k->database)) ? SUBJECT_SERVICE : SUBJECT_ALL;
    uint32_t index = subject == SUBJECT_SERVICE ? (uint32_t)k->database : 0;
    if (k->kind == LOCK_ROWS)
      add_lock(l, arena_format(arena, "%s hottest of %s", database, k->name), subject, index,
               d->locked_s[i] * fmin(1, k->items * keyspace_probability(model_keyspace(m, (uint32_t)k->keyspace), 0)), k->busy);
    else if (k->kind == LOCK_ROW || k->kind == LOCK_FILE)
      add_lock(l, arena_format(arena, k->kind == LOCK_ROW ? "%s row %s" : "%s writer", database, k->name), subject, index,
               d->locked_s[i], k->busy);
  }
}

/* The disks of the nodes that a database is placed on, as far as it uses them itself. */
static void add_disk(struct list *l, const struct model *m, uint32_t i, const struct demand_sums *d, struct arena *arena) {
  const struct service_config *s = model_service(m, i);
  const struct disk_config *disk = service_runs(s) ? disk_of(m, s) : NULL;
  if (disk)
    add(l, arena_format(arena, "%s disk%s", s->name, times(s, l->replicas[i], arena)), SUBJECT_SERVICE, i, NULL, d->disk_s[i],
        (double)disk->parallel * l->replicas[i]);
}

/* Slots for jobs of the queue's workers, together with the other queues that they serve. */
static void add_slots(struct list *l, const struct model *m, uint32_t queue, const struct demand_sums *d, struct arena *arena) {
  const struct queue_config *q = model_queue(m, queue);
  const struct service_config *s = model_service(m, (uint32_t)q->workers);
  double held_s = 0;
  uint32_t queues = 0, before = l->count;
  for (uint32_t i = 0; i < m->queues.count; i++) {
    if (model_queue(m, i)->crew != q->crew) continue;
    if (i < queue) return;
    held_s += d->published[i] * d->job_s[i], queues++;
  }
  double count = l->replicas[q->workers];
  add(l, arena_format(arena, "%s job slots%s", s->name, times(s, count, arena)), SUBJECT_SERVICE, (uint32_t)q->workers, NULL,
      held_s, (double)q->concurrency * count);
  if (l->count > before && queues == 1 && !s->autoscale.max) l->items[before].meter = (int32_t)q->meters[JOBS_RUNNING];
}

static struct list list_of(const struct model *m, const struct place *places, const double *replicas, int asking,
                           struct arena *arena) {
  uint32_t most = 8 * m->services.count + m->limits.count + m->locks->count + m->queues.count + 1;
  struct demand_sums d = sums_of(m, places, asking, arena);
  struct list l = {arena_new_array(arena, struct resource, most), 0, replicas, d.cpu_s};
  add_locks(&l, m, &d, arena);
  for (uint32_t i = 0; i < m->services.count; i++) add_disk(&l, m, i, &d, arena);
  for (uint32_t i = 0; i < m->services.count; i++)
    if (service_runs(model_service(m, i))) add_service(&l, m, i, &places[i], &d, arena);
  for (uint32_t i = 0; i < m->queues.count; i++) add_slots(&l, m, i, &d, arena);
  for (uint32_t i = 0; i < m->limits.count; i++) add_permits(&l, m, i, &d, arena);
  for (uint32_t i = 0; i < m->services.count; i++) { /* each place once, with the demand of all that run there */
    double demand_s = 0;
    bool first = service_runs(model_service(m, i));
    for (uint32_t k = 0; k < m->services.count; k++) {
      if (!service_runs(model_service(m, k)) || model_service(m, k)->place != model_service(m, i)->place) continue;
      demand_s += d.cpu_s[k];
      first &= k >= i;
    }
    const struct place *p = &places[i];
    if (!first || p->group == -2) continue;
    int64_t nodes = p->group >= 0 ? model_nodes(m, (uint32_t)p->group)->count : 0;
    const char *many = nodes > 1 ? arena_format(arena, " of %lld nodes", (long long)nodes) : "";
    add(&l, arena_format(arena, "%s CPU%s", p->name, many), SUBJECT_NODES, p->group >= 0 ? (uint32_t)p->group : 0,
        p->group >= 0 ? "cpu" : NULL, demand_s, p->cores);
  }
  return l;
}

static double demand_in(const struct list *l, const struct resource *r) {
  for (uint32_t i = 0; i < l->count; i++)
    if (l->items[i].subject == r->subject && l->items[i].index == r->index && !strcmp(l->items[i].name, r->name))
      return l->items[i].demand_s;
  return 0;
}

static bool has_clock(const struct model *m) {
  for (uint32_t i = 0; i < m->queues.count; i++)
    if (model_queue(m, i)->schedule.count) return true;
  return false;
}

/* Both at once, and what each asks. */
struct asked {
  struct list all;
  const double *cpu_s, *cpu_constant; /* by service */
};

static struct asked asked_of(const struct model *m, const struct place *places, const double *replicas, struct arena *arena) {
  bool clock = has_clock(m);
  struct asked a = {list_of(m, places, replicas, TRAFFIC | (clock ? CLOCK : 0), arena), NULL, NULL};
  a.cpu_s = a.all.cpu_s;
  if (!clock) return a;
  struct list by_traffic = list_of(m, places, replicas, TRAFFIC, arena), by_clock = list_of(m, places, replicas, CLOCK, arena);
  for (uint32_t i = 0; i < a.all.count; i++) /* what the clock asks is there at any load */
    a.all.items[i].demand_s = demand_in(&by_traffic, &a.all.items[i]),
    a.all.items[i].constant = demand_in(&by_clock, &a.all.items[i]);
  a.cpu_s = by_traffic.cpu_s, a.cpu_constant = by_clock.cpu_s;
  return a;
}

/* Of what is asked of single replicas, how many the autoscaler gives. */
static double given(const struct model *m, uint32_t service, const struct asked *one, double speed, struct arena *arena) {
  struct autoscaled_resource *own = arena_new_array(arena, struct autoscaled_resource, one->all.count + 1);
  struct autoscaled_load load = {m->run.stationary, one->cpu_s[service] / speed,
                                 one->cpu_constant ? one->cpu_constant[service] / speed : 0, 0, own};
  for (uint32_t i = 0; i < one->all.count; i++) {
    const struct resource *r = &one->all.items[i];
    if (r->subject == SUBJECT_SERVICE && r->index == service)
      own[load.count++] = (struct autoscaled_resource){r->demand_s, r->constant, r->capacity};
  }
  return autoscaled_replicas(model_service(m, service), &load);
}

/* By service: how many there are when their first resource is full. */
static const double *replicas_given(const struct model *m, const struct place *places, struct arena *arena) {
  double *replicas = arena_new_array(arena, double, m->services.count + 1),
         *single = arena_new_array(arena, double, m->services.count + 1);
  bool scaled = false;
  for (uint32_t i = 0; i < m->services.count; i++) {
    bool this = model_service(m, i)->autoscale.max > 0;
    replicas[i] = single[i] = most_replicas(model_service(m, i));
    if (this) single[i] = 1;
    scaled |= this;
  }
  if (!scaled) return replicas;
  struct asked one = asked_of(m, places, single, arena);
  for (uint32_t i = 0; i < m->services.count; i++)
    if (model_service(m, i)->autoscale.max > 0) replicas[i] = given(m, i, &one, places[i].speed, arena);
  return replicas;
}

static const char *why_fewer(const struct service_config *s, double replicas, struct arena *arena) {
  if (!s->autoscale.max || replicas >= most_replicas(s)) return NULL;
  if (replicas >= (double)s->autoscale.room)
    return arena_format(arena, "%s: the nodes have room for %g replicas", s->name, replicas);
  return arena_format(arena,
                      "%s: the autoscaler stays at %g of at most %g replicas: full, they use too little CPU to be given more",
                      s->name, replicas, most_replicas(s));
}

/* What no request waits for: it has its demand from jobs alone. */
static void mark_background(const struct model *m, const struct place *places, const double *replicas, const struct list *all,
                            struct arena *arena) {
  if (!m->queues.count) return;
  struct list waited = list_of(m, places, replicas, TRAFFIC | WAITED, arena);
  for (uint32_t i = 0; i < all->count; i++)
    if (!(demand_in(&waited, &all->items[i]) > 0)) all->items[i].grows = "jobs";
}

uint32_t resources_of(const struct model *m, struct arena *arena, struct resource **out) {
  struct place *places = arena_new_array(arena, struct place, m->services.count + 1);
  for (uint32_t i = 0; i < m->services.count; i++) places[i] = place_of(m, model_service(m, i), arena);
  const double *replicas = replicas_given(m, places, arena);
  struct list all = asked_of(m, places, replicas, arena).all;
  for (uint32_t i = 0; i < all.count; i++)
    if (all.items[i].subject == SUBJECT_SERVICE)
      all.items[i].remark = why_fewer(model_service(m, all.items[i].index), replicas[all.items[i].index], arena);
  mark_background(m, places, replicas, &all, arena);
  *out = all.items;
  return all.count;
}
