#include "models/availability/strain.h"
#include "models/availability/arrangement.h"
#include "models/availability/stance.h"
#include "models/core/load_sheet.h"
#include "models/core/world.h"
#include "models/database/connections.h"
#include "models/jobs/job_queue.h"
#include "models/network/network.h"
#include "models/request/operation.h"
#include "models/service/affliction.h"
#include "models/service/balancer/balancer.h"
#include "models/service/locality.h"
#include "models/service/shift.h"
#include "sim/engine/arena.h"
#include <math.h>

struct strain {
  const struct model *model;
  struct load_sheet traffic, clock; /* with all replicas */
  double per_second;                /* requests offered in the mean */
  double *calls;                    /* by service: calls of it from inside, in a request */
  double *replicas;                 /* by service: all */
  uint32_t nodes, *crowd, *on_node; /* with all well: replicas by node and service; on each node */
  double fewest_threads;            /* or connections of a pool, of a replica that calls others */
  bool *around;                     /* by service: without it callers do something else, which others have to bear */
  double machines;                  /* what machines are asked for with all well */
  bool blind;                       /* the sheet says too little */
  bool follows;                     /* sizes change: what machines carry with all well says nothing */
};

/* --- once --------------------------------------------------------------------------------------------------------------------- */

static void count_calls(struct strain *s, const struct model *m, struct arena *arena) {
  for (uint32_t e = 0; e < m->endpoints.count; e++) {
    const struct program *p = &m->programs[e];
    struct demand_sums d = load_demand(m, arena);
    d.runs = arena_new_array(arena, double, p->count + 1);
    program_demand(p, m->endpoint_share[e], &d);
    for (uint32_t i = 1; i < p->count; i++) {
      const struct instruction *in = &p->instructions[i];
      if (!in->operation->enters) continue;
      s->calls[in->service] += d.runs[i];
      s->around[in->service] |= in->target > 0;
    }
  }
}

static double fewest_threads(const struct model *m) {
  double fewest = INFINITY;
  for (uint32_t i = 0; i < m->services.count; i++) {
    const struct service_config *s = model_service(m, i);
    if (!service_runs(s) || s->kind == SERVICE_DATABASE || s->kind == SERVICE_CACHE) continue;
    double processes = runtime_processes(s);
    if (s->runtime != RUNTIME_EVENT_LOOP) fewest = fmin(fewest, (double)s->threads * processes);
    const struct pool_config *pools = service_connections(s)->pools.items;
    for (uint32_t k = 0; k < service_connections(s)->pools.count; k++) fewest = fmin(fewest, (double)pools[k].max * processes);
  }
  return fewest;
}

struct strain *strain_new(const struct model *m, double per_second, struct arena *arena) {
  struct strain *s = arena_alloc(arena, sizeof *s);
  *s = (struct strain){.model = m, .per_second = per_second, .fewest_threads = fewest_threads(m)};
  s->calls = arena_new_array(arena, double, m->services.count + 1);
  s->replicas = arena_new_array(arena, double, m->services.count + 1);
  s->around = arena_new_array(arena, bool, m->services.count + 1);
  for (uint32_t i = 0; i < m->services.count; i++) {
    s->replicas[i] = (double)(model_service(m, i)->active ? model_service(m, i)->active : model_service(m, i)->replicas);
    s->blind |= model_service(m, i)->shifts.count > 0;
    s->follows |= model_service(m, i)->autoscale.max > 0;
  }
  s->traffic = load_sheet_of(m, s->replicas, ASKING_TRAFFIC, arena);
  if (job_queues_scheduled(m)) s->clock = load_sheet_of(m, s->replicas, ASKING_CLOCK, arena);
  count_calls(s, m, arena);
  return s;
}

/* --- now ---------------------------------------------------------------------------------------------------------------------- */

static double living(const struct world *w, const struct service *s) {
  double count = 0;
  for (uint32_t i = 0; i < s->capacity; i++) {
    const struct container *c = &w->containers[s->first + i];
    count += c->in_rotation && container_serves(c);
  }
  return count;
}

/* As many as there were if each region had what the poorest of those with any has. */
static double living_by_region(const struct strain *t, const struct world *w, const struct service *s) {
  double least = INFINITY, share = 0;
  for (uint32_t region = 0; region < model_regions(w->model); region++) {
    double here = 0, all = load_replicas_in(service_config(s), region);
    for (uint32_t i = 0; i < s->capacity; i++) {
      const struct container *c = &w->containers[s->first + i];
      here += c->in_rotation && container_serves(c) && container_region(w, c) == (int32_t)region;
    }
    if (!(here > 0) || !(all > 0)) continue;
    least = fmin(least, here / all), share += all / t->replicas[s->index];
  }
  return isinf(least) ? 0 : least * share * t->replicas[s->index];
}

/* Its replicas have roles, data or callers of their own: whose load is whose is not known here. */
static bool are_unlike(const struct service *s) {
  return s->replication || s->shards || service_preference(service_config(s)) == PREFER_ZONE;
}

/* How many there are with all well, at this load. */
static double wanted(const struct strain *t, const struct world *w, uint32_t service) {
  return service_config(&w->services[service])->autoscale.max > 0 ? w->services[service].desired : t->replicas[service];
}

static double times_fewer(const struct strain *t, const struct world *w, uint32_t service) {
  const struct service *s = &w->services[service];
  double all = wanted(t, w, service);
  if (are_unlike(s)) return living(w, s) < all ? t->replicas[service] : t->replicas[service] / fmax(all, 1); /* one has all of it */
  bool divided = load_is_divided(service_config(s));
  double left = divided ? living_by_region(t, w, s) : living(w, s);
  return left > 0 ? t->replicas[service] / left : 1; /* nobody is left to be overloaded */
}

/* Of what the group begins with: machines that have left it carry nothing, those that have joined it do. */
static double times_fewer_nodes(const struct world *w, uint32_t group) {
  double up = 0;
  for (uint32_t i = 0; i < w->node_count; i++)
    up += w->nodes[i].group_index == group && w->nodes[i].membership != NODE_AWAY && w->nodes[i].up;
  return up > 0 ? (double)model_nodes(w->model, group)->count / up : 1;
}

/* Of the rows of machines, or of all others. */
static double of_sheet(const struct strain *t, const struct load_sheet *l, const struct world *w, double rate, bool machines) {
  double most = 0;
  for (uint32_t i = 0; i < l->count; i++) {
    const struct load *r = &l->rows[i];
    if (machines != (r->owner == LOAD_OF_NODES)) continue;
    double times = machines ? times_fewer_nodes(w, r->index) : r->owner == LOAD_OF_SERVICE ? times_fewer(t, w, r->index) : 1;
    most = fmax(most, rate * r->demand_s * times / r->capacity);
  }
  return most;
}

static double of_sheets(const struct strain *t, const struct world *w, bool machines) {
  return of_sheet(t, &t->traffic, w, t->per_second, machines) + of_sheet(t, &t->clock, w, 1, machines);
}

/* CPU that each of the service's replicas is asked for, in reference cores. */
static double cpu_of_each(const struct strain *t, const struct world *w, uint32_t service) {
  double left = t->replicas[service] / times_fewer(t, w, service);
  double cpu = t->per_second * t->traffic.sums->cpu_s[service] + (t->clock.sums ? t->clock.sums->cpu_s[service] : 0);
  return cpu / fmax(left, 1);
}

static double cores_of(const struct node *n) {
  return n->cores * n->group->speed * (n->group->smt < 1 ? (1 + n->group->smt) / 2 : 1);
}

/* Each machine looked at alone, with so many replicas by node and service. */
static double of_machines(const struct world *w, const uint32_t *crowd, uint32_t nodes, const double *each) {
  uint32_t services = w->model->services.count;
  double most = 0;
  for (uint32_t i = 0; i < nodes; i++, crowd += services) {
    const struct node *n = &w->nodes[i];
    if (n->membership == NODE_AWAY || !n->up) continue;
    double asked = 0, cores = cores_of(n);
    for (uint32_t k = 0; k < services; k++) asked += crowd[k] * each[k];
    if (asked > most * cores) most = asked / cores;
  }
  return most;
}

static bool is_gone(const struct world *w, const struct container *c) { return c->node == NONE || !w->nodes[c->node].up; }

/* How many callers hang at any time, in the mean, on machines that do not answer. */
static double hanging(const struct strain *t, const struct world *w) {
  double sum = 0;
  for (uint32_t i = 0; i < w->model->services.count; i++) {
    const struct service *s = &w->services[i];
    double all = 0, gone = 0;
    for (uint32_t k = 0; t->calls[i] > 0 && k < s->in_rotation; k++) {
      const struct container *c = &w->containers[s->rotation[k]];
      double weight = balancer_weight(s, c->id);
      all += weight, gone += is_gone(w, c) ? weight : 0;
    }
    if (gone > 0) sum += t->per_second * t->calls[i] * gone / all * sim_seconds(service_config(s)->connect_timeout);
  }
  return sum;
}

/* A service is missing replicas that callers go around: what they do instead has to be borne by others. */
static bool shifts_load(const struct strain *t, const struct world *w) {
  for (uint32_t i = 0; i < w->model->services.count; i++) {
    const struct service *s = &w->services[i];
    bool differs = t->around[i] || service_config(s)->kind == SERVICE_CACHE;
    if (differs && service_runs(service_config(s)) && living(w, s) < wanted(t, w, i)) return true;
  }
  return false;
}

static bool some_ail(const struct world *w) {
  for (uint32_t i = 0; i < w->model->services.count; i++) {
    struct ailing ailing = affliction_shares(w, i);
    if (ailing.calls < 1 || ailing.writes < 1 || w->services[i].slower > 1) return true;
  }
  return false;
}

static bool has_cuts(const struct world *w) { return network_has_cuts(world_network(w)); }

static bool is_slow(const struct world *w) {
  const struct network *n = world_network(w);
  return n && n->slow && n->slow->now;
}

/* What the counts of replicas decide, with what each machine runs when all is well. */
static double by_counts(const struct strain *t, const struct world *w, const double *each) {
  if (t->blind || shifts_load(t, w)) return INFINITY;
  double counts = of_sheets(t, w, false);
  return t->follows ? counts : fmax(counts, of_machines(w, t->crowd, t->nodes, each));
}

/* What routing does not tell apart: a process that hangs and one that is dead, a machine that is gone and one whose process is. */
static bool hides_more(const struct strain *t, const struct world *w, const struct arrangement *a) {
  static const double few = 0.1;
  return is_slow(w) || some_ail(w) || has_cuts(w) || a->hung || hanging(t, w) > few * t->fewest_threads;
}

/* Replicas have moved, or machines are lost. */
static bool differs(const struct strain *t, const struct world *w) {
  for (uint32_t i = 0; i < t->nodes; i++)
    if (!w->nodes[i].up || w->nodes[i].container_count != t->on_node[i]) return true;
  return w->node_count > t->nodes;
}

static double with_one_version(const struct strain *t, const struct world *w, const struct arrangement *a, double *each) {
  for (uint32_t i = 0; i < w->model->services.count; i++) each[i] = cpu_of_each(t, w, i);
  double counts = by_counts(t, w, each), most = t->follows ? counts : fmax(counts, t->machines);
  if (isinf(counts) || (!t->follows && !differs(t, w))) return most;
  return fmax(most, fmax(of_sheets(t, w, true), of_machines(w, a->crowd, a->machines, each)));
}

/* --- versions ----------------------------------------------------------------------------------------------------------------- */

/* Calls that are divided by weight: how many times as much a replica of the side that has most gets as if all were alike. */
static double skew_of(const struct world *w, const struct service *s) {
  double side[2] = {0, 0};
  for (uint32_t i = 0; i < s->capacity; i++) {
    const struct container *c = &w->containers[s->first + i];
    side[c->build == s->split->build] += c->in_rotation && container_serves(c);
  }
  if (!(side[0] > 0) || !(side[1] > 0)) return 1;
  return (side[0] + side[1]) * fmax((1 - s->split->share) / side[0], s->split->share / side[1]);
}

/* Of the slowest version that serves. */
static double slowest(const struct world *w) {
  double most = 1;
  for (uint32_t i = 0; i < w->container_count; i++) {
    const struct container *c = &w->containers[i];
    if (c->in_rotation && container_serves(c)) most = fmax(most, 1 + container_config(c)->traits.slower_by);
  }
  return most;
}

/* A bound: as if all were as slow, and as unevenly used, as the worst. One that takes twice as long may run into time-outs. */
static double by_versions(const struct world *w, const struct arrangement *a) {
  static const double much = 2;
  if (!a->changed) return 1;
  double times = slowest(w), skew = 1;
  for (uint32_t i = 0; i < w->model->services.count; i++)
    if (w->services[i].split) skew = fmax(skew, skew_of(w, &w->services[i]));
  return times < much ? times * skew : INFINITY;
}

double strain_now(const struct strain *t, const struct world *w, const struct arrangement *a, double *each) {
  double versions = by_versions(w, a);
  if (isinf(versions) || hides_more(t, w, a)) return INFINITY;
  return versions * with_one_version(t, w, a, each);
}

void strain_all_well(struct strain *t, const struct world *w, struct arena *arena) {
  uint32_t services = w->model->services.count;
  t->nodes = w->node_count;
  t->crowd = arena_new_array(arena, uint32_t, (size_t)w->node_count * services + 1);
  t->on_node = arena_new_array(arena, uint32_t, w->node_count + 1);
  for (uint32_t i = 0; i < w->container_count; i++)
    if (w->containers[i].node != NONE) t->crowd[w->containers[i].node * services + w->containers[i].service]++;
  for (uint32_t i = 0; i < w->node_count; i++) t->on_node[i] = w->nodes[i].container_count;
  t->machines = of_sheets(t, w, true);
}

bool strain_follows(const struct strain *t) { return t->follows; }

uint64_t strain_sizes(const struct strain *t, const struct world *w) {
  uint64_t sum = 0;
  for (uint32_t i = 0; t->follows && i < w->model->services.count; i++)
    if (service_config(&w->services[i])->autoscale.max > 0) sum = stance_mix(sum, (uint64_t)w->services[i].desired + 1);
  return sum;
}
