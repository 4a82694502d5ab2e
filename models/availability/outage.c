#include "models/availability/outage.h"
#include "models/availability/audience.h"
#include "models/dns/dns.h"
#include "models/network/network.h"
#include "models/service/locality.h"
#include "models/traffic/offered.h"
#include "models/faults/fault.h"
#include "models/database/stale.h"
#include "models/replication/quorum.h"
#include "models/replication/shard.h"
#include "models/replication/replication.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include "sim/engine/allocate.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Nobody sends jobs to a dead worker: who is up takes them. */
static bool takes_jobs(const struct world *w, const struct service *s) {
  for (uint32_t i = 0; i < s->capacity; i++)
    if (w->containers[s->first + i].state == CONTAINER_UP) return true;
  return false;
}

/* Share of the calls to a service that reach a living replica. */
struct look {
  const struct world *world;
  const struct program *program;
  uint32_t endpoint;
  const uint16_t *slots; /* of the request's items, by keyspace */
  int32_t edge;          /* region whose entry the clients were sent to; -1: there are no places */
};

/* Whom a call may reach, as in request_enter. All calls of a request are taken to come from the region whose entry it came by. */
static const uint32_t *candidates(const struct look *look, struct service *s, const struct instruction *in, uint32_t *count) {
  if (look->edge < 0) {
    *count = s->in_rotation;
    return s->rotation;
  }
  if (in == look->program->instructions) return locality_of_entry(look->world, s, (uint32_t)look->edge, count);
  return locality_candidates(look->world, s, (struct site){look->edge, -1}, count);
}

static bool serves(const struct look *look, uint32_t container) {
  const struct container *c = &look->world->containers[container];
  return container_serves(c) && (look->edge < 0 || network_reachable(look->world, look->edge, container_region(look->world, c)));
}

static double served_share(void *context, const struct instruction *in, enum route route) {
  const struct look *look = context;
  const struct world *w = look->world;
  struct service *s = &w->services[in->service];
  if (route == ROUTE_CONNECTION) return stale_serves(w, in, look->edge);
  if (route == ROUTE_WORKERS) return takes_jobs(w, s) ? 1 : 0;
  if (!s->in_rotation || service_lacks_quorum(s)) return 0;
  if (s->shards)
    return shards_refuse(s) ? 0 : shard_serving(w, s, shard_entered(s, in, look->slots), route, look->endpoint, look->edge);
  if (route == ROUTE_PRIMARY && s->replication) return replication_writable(s->replication, look->edge);
  if (route == ROUTE_PRIMARY) return serves(look, s->primary);
  if (route == ROUTE_COMMIT) return s->replication ? quorum_serves(s->replication, look->endpoint) : 1;
  if (s->replication) return replication_serving(s->replication, route, look->edge);
  double alive = 0, all = 0;
  uint32_t count;
  const uint32_t *rotation = candidates(look, s, in, &count);
  for (uint32_t i = 0; i < count; i++) {
    double weight = balancer_weight(s, rotation[i]);
    all += weight;
    if (serves(look, rotation[i])) alive += weight;
  }
  assert(all > 0 || !count);
  return count ? alive / all : 0;
}

static double given(void *context, const uint16_t *slots) {
  struct look *look = context;
  look->slots = slots;
  return program_serving(look->program, served_share, look);
}

static double serving_from(const struct world *w, uint32_t endpoint, int32_t edge) {
  const struct program *p = &w->model->programs[endpoint];
  return shards_expect(w, p, given, &(struct look){.world = w, .program = p, .endpoint = endpoint, .edge = edge});
}

struct served {
  double all, apart; /* share of the requests that are served; as if no client straggled */
};

static struct served served_now(const struct world *w, uint32_t endpoint) {
  struct served sum = {0, 0};
  if (!model_regions(w->model)) {
    double served = serving_from(w, endpoint, -1);
    return (struct served){served, served};
  }
  for (uint32_t edge = 0; edge < model_regions(w->model); edge++) {
    double all = audience_share(w, endpoint, edge, DNS_CLIENTS);
    double apart = audience_share(w, endpoint, edge, DNS_APART_FROM_STRAGGLERS);
    if (!(all > 0 || apart > 0)) continue;
    double served = serving_from(w, endpoint, (int32_t)edge);
    sum.all += all * served, sum.apart += apart * served;
  }
  return sum;
}

double outage_serving(const struct world *w, uint32_t endpoint) { return served_now(w, endpoint).all; }

/* What the endpoint lacks now: to the latest outage what it took, to those before it what is left. */
static void charge(struct outage_book *b, uint32_t endpoint, double weight) {
  double level = b->serving[endpoint];
  for (uint32_t k = b->open_count; k-- > 0;) {
    double before = b->open[k].before[endpoint];
    if (!(before > level)) continue;
    b->classes[b->open[k].fault].lost_ns += weight * (before - level);
    level = before;
  }
}

static void integrate(struct world *w) {
  struct outage_book *b = world_outages(w);
  double passed = (double)(world_now(w) - b->since);
  for (uint32_t i = 0; i < b->endpoint_count; i++) {
    b->served_ns[i] += b->serving[i] * passed;
    b->total_served_ns += b->share[i] * b->serving[i] * passed;
  }
  for (uint32_t i = 0; b->open_count && i < b->endpoint_count; i++) charge(b, i, b->share[i] * passed);
  b->since = world_now(w);
}

static void record(struct durations *d, sim_time duration) {
  assert(duration >= 0);
  if (d->count == d->room) {
    d->room = d->room ? 2 * d->room : 16;
    d->s = allocate_resized(d->s, d->room, sizeof *d->s);
  }
  d->s[d->count++] = duration == SIM_NEVER ? INFINITY : (double)duration * 1e-9;
}

static void outage_lost_data(struct world *w, int32_t fault, sim_time rpo) {
  if (fault >= 0) record(&world_outages(w)->classes[fault].rpo, rpo);
}

static bool worse_than(const struct outage_book *b, const double *now, const double *before) {
  for (uint32_t i = 0; i < b->endpoint_count; i++)
    if (b->share[i] > 0 && now[i] < before[i] - 1e-12) return true;
  return false;
}

/* Takes an outage off the list; its array of shares is kept for the next. */
static void close_outage(struct outage_book *b, uint32_t i) {
  assert(i < b->open_count);
  double *before = b->open[i].before, *apart_before = b->open[i].apart_before;
  for (b->open_count--; i < b->open_count; i++) b->open[i] = b->open[i + 1];
  b->open[b->open_count].before = before, b->open[b->open_count].apart_before = apart_before;
}

/* All are served as well as before it, apart from stragglers: that is its recovery. It stays open for what these still miss. */
static void recovers(struct world *w, struct outage_book *b, struct open_outage *o) {
  if (!o->hurts || o->recovered) return;
  record(&b->classes[o->fault].rto, world_now(w) - o->at);
  o->recovered = true;
}

static void evaluate(void *world, uint32_t argument) {
  (void)argument;
  struct world *w = world;
  struct outage_book *b = world_outages(w);
  integrate(w);
  for (uint32_t i = 0; i < b->endpoint_count; i++) {
    struct served now = served_now(w, i);
    b->serving[i] = now.all, b->apart[i] = now.apart;
  }
  for (uint32_t i = b->open_count; i-- > 0;) {
    struct open_outage *o = &b->open[i];
    if (worse_than(b, b->apart, o->apart_before)) {
      o->hurts = true;
      continue;
    }
    recovers(w, b, o);
    if (worse_than(b, b->serving, o->before))
      o->straggles = true;
    else if (o->hurts || o->straggles || world_now(w) > o->at)
      close_outage(b, i);
  }
}

static void outage_changed(struct world *w) {
  if (calendar_time_of(w->calendar, world_outages(w)->slot) != world_now(w))
    calendar_set(w->calendar, world_outages(w)->slot, world_now(w));
}

static void make_room(struct world *w) {
  struct outage_book *b = world_outages(w);
  uint32_t room = b->open_room ? 2 * b->open_room : 16;
  struct open_outage *more = arena_new_array(w->arena, struct open_outage, room);
  if (b->open_count) memcpy(more, b->open, b->open_count * sizeof *more);
  for (uint32_t i = b->open_count; i < room; i++) {
    more[i].before = arena_new_array(w->arena, double, b->endpoint_count + 1);
    more[i].apart_before = arena_new_array(w->arena, double, b->endpoint_count + 1);
  }
  assert(room > b->open_count);
  b->open = more, b->open_room = room;
}

void outage_fault(struct world *w, uint32_t fault) {
  struct outage_book *b = world_outages(w);
  assert(fault < b->class_count);
  b->classes[fault].faults++;
  w->striking = (int32_t)fault;
  w->struck_at = world_now(w);
  /* A fault that has hurt nobody by the time the next one strikes is survived. */
  for (uint32_t i = b->open_count; i-- > 0;)
    if (!b->open[i].hurts && !b->open[i].straggles && b->open[i].at < world_now(w)) close_outage(b, i);
  if (b->open_count == b->open_room) make_room(w);
  struct open_outage *o = &b->open[b->open_count++];
  o->fault = fault, o->at = world_now(w), o->hurts = o->recovered = o->straggles = false;
  for (uint32_t i = 0; i < b->endpoint_count; i++) o->before[i] = b->serving[i], o->apart_before[i] = b->apart[i];
}

static void outage_start(struct world *w) {
  struct outage_book *b = world_outages(w);
  const struct model *m = w->model;
  b->endpoint_count = m->endpoints.count, b->class_count = model_faults(m)->count;
  b->share = arena_new_array(w->arena, double, b->endpoint_count);
  b->serving = arena_new_array(w->arena, double, b->endpoint_count);
  b->apart = arena_new_array(w->arena, double, b->endpoint_count);
  b->served_ns = arena_new_array(w->arena, double, b->endpoint_count);
  b->classes = arena_new_array(w->arena, struct outage_log, b->class_count + 1);
  b->slot = calendar_slot(w->calendar, evaluate, w, 0);
  for (uint32_t i = 0; i < b->endpoint_count; i++) b->share[i] = model_endpoint_share(m, i);
  b->clients = audience_new(m, w->arena);
}

static void outage_restart(struct world *w) {
  struct outage_book *b = world_outages(w);
  integrate(w);
  b->measured_from = world_now(w);
  b->total_served_ns = 0;
  for (uint32_t i = 0; i < b->endpoint_count; i++) b->served_ns[i] = 0;
}

static void outage_close(struct world *w) { integrate(w); }

static void outage_stop(struct world *w) {
  for (uint32_t i = 0; i < world_outages(w)->class_count; i++)
    free(world_outages(w)->classes[i].rto.s), free(world_outages(w)->classes[i].rpo.s);
}

static void outage_measure(struct world *w, enum world_edge edge) {
  if (edge == EDGE_BEGIN) outage_restart(w);
  if (edge == EDGE_END) outage_close(w);
}

const struct part part_outages = {.name = "outages",
                                  .lost_data = outage_lost_data,
                                  .room.world = sizeof(struct outage_book),
                                  .open = outage_start,
                                  .measure = outage_measure,
                                  .stop = outage_stop,
                                  .changed = outage_changed};
