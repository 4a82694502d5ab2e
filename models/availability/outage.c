#include "models/availability/outage.h"
#include "models/availability/audience.h"
#include "models/availability/carrying.h"
#include "models/dns/dns.h"
#include "models/network/network.h"
#include "models/request/walk.h"
#include "models/service/affliction.h"
#include "models/service/locality.h"
#include "models/traffic/offered.h"
#include "models/faults/biasing.h"
#include "models/faults/fault.h"
#include "models/database/stale.h"
#include "models/replication/quorum.h"
#include "models/replication/shard.h"
#include "models/replication/replication.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Share of the calls to a service that reach a living replica. */
struct look {
  const struct world *world;
  const struct program *program;
  uint32_t endpoint;
  const uint16_t *slots; /* of the request's items, by keyspace */
  int32_t edge;          /* region whose entry the clients were sent to; -1: there are no places */
};

/* Whether calls from the region are answered there. */
static bool answers(const struct world *w, int32_t from, uint32_t container) {
  const struct container *c = &w->containers[container];
  return container_serves(c) && network_reachable(w, from, container_region(w, c));
}

/* Of its calls, those that its version answers. */
static double spared(const struct container *c) { return 1 - container_config(c)->traits.errors; }

static bool site_before(struct site a, struct site b) { return a.region != b.region ? a.region < b.region : a.zone < b.zone; }

/* Adds to the share that arrives at the site; returns at how many sites some does. In the order of sites, so that the last bits of
 * sums over them do not depend on which replica of a site comes first. */
static uint32_t arrives_at(struct arrival *to, uint32_t count, struct site at, double share) {
  uint32_t i = 0;
  while (i < count && site_before(to[i].at, at)) i++;
  if (i == count || site_before(at, to[i].at)) {
    memmove(to + i + 1, to + i, (count++ - i) * sizeof *to);
    to[i] = (struct arrival){at, 0};
  }
  to[i].share += share;
  return count;
}

static uint32_t workers_up(const struct world *w, const struct service *s) {
  uint32_t up = 0;
  for (uint32_t i = 0; i < s->capacity; i++) up += w->containers[s->first + i].state == CONTAINER_UP;
  return up;
}

/* No job is sent to a dead worker: those that are up take them, all alike. */
static uint32_t workers_take(const struct world *w, const struct service *s, struct arrival *to) {
  uint32_t count = 0, up = workers_up(w, s);
  for (uint32_t i = 0; i < s->capacity; i++) {
    const struct container *c = &w->containers[s->first + i];
    if (c->state == CONTAINER_UP) count = arrives_at(to, count, container_site(w, c), spared(c) / up);
  }
  return count;
}

/* Any replica in rotation answers the call. */
static bool any_does(const struct service *s, enum route route) {
  return !s->shards && !s->replication && route != ROUTE_PRIMARY && route != ROUTE_COMMIT;
}

static uint32_t balancer_sends(const struct world *w, const uint32_t *rotation, uint32_t count, int32_t from, struct arrival *to) {
  double all = 0;
  uint32_t sites = 0;
  for (uint32_t i = 0; i < count; i++) {
    const struct container *c = &w->containers[rotation[i]];
    double weight = balancer_weight(world_service_of(w, c), c->id);
    all += weight;
    if (answers(w, from, c->id)) sites = arrives_at(to, sites, container_site(w, c), weight * spared(c));
  }
  assert(all > 0 || !count);
  for (uint32_t i = 0; i < sites; i++) to[i].share /= all;
  return sites;
}

/* Of a service whose calls are divided between two versions: each side by itself. */
static double split_serving(const struct world *w, const struct service *s) {
  double all[2] = {0, 0}, served[2] = {0, 0};
  for (uint32_t i = 0; i < s->in_rotation; i++) {
    const struct container *c = &w->containers[s->rotation[i]];
    bool fresh = c->build == s->split->build;
    double weight = balancer_weight(s, c->id);
    all[fresh] += weight;
    if (container_serves(c)) served[fresh] += weight * spared(c);
  }
  if (!(all[0] > 0) || !(all[1] > 0)) return (served[0] + served[1]) / (all[0] + all[1]);
  return (1 - s->split->share) * (served[0] / all[0]) + s->split->share * (served[1] / all[1]);
}

/* As balancer_sends, from no region: what a world without places asks many times in a run of years. */
static double rotation_serving(const struct world *w, const struct service *s) {
  if (s->split) return split_serving(w, s);
  double all = 0, served = 0;
  for (uint32_t i = 0; i < s->in_rotation; i++) {
    const struct container *c = &w->containers[s->rotation[i]];
    double weight = balancer_weight(s, c->id);
    all += weight;
    if (container_serves(c)) served += weight * spared(c);
  }
  assert(all > 0);
  return served / all;
}

/* Of a call whose way depends on what it reads or writes. */
static double data_answer(const struct look *look, const struct instruction *in, enum route route, int32_t from) {
  const struct world *w = look->world;
  const struct service *s = &w->services[in->service];
  if (s->shards) return shards_refuse(s) ? 0 : shard_serving(w, s, shard_entered(s, in, look->slots), route, look->endpoint, from);
  if (route == ROUTE_PRIMARY) return s->replication ? replication_writable(s->replication, from) : answers(w, from, s->primary);
  if (route == ROUTE_COMMIT) return s->replication ? quorum_serves(s->replication, look->endpoint) : 1;
  return replication_serving(s->replication, route, from);
}

/* As in request_enter. */
static uint32_t arrives(void *context, const struct instruction *in, struct site from, struct arrival *to) {
  const struct look *look = context;
  const struct world *w = look->world;
  struct service *s = &w->services[in->service];
  if (in->route == ROUTE_WORKERS) return workers_take(w, s, to);
  if (!s->in_rotation || service_lacks_quorum(s)) return 0;
  if (!any_does(s, in->route)) {
    struct site there = in->route == ROUTE_PRIMARY ? container_site(w, &w->containers[s->primary]) : SITE_ANY;
    to[0] = (struct arrival){there, data_answer(look, in, in->route, from.region)};
    return 1;
  }
  uint32_t count;
  bool entry = in == look->program->instructions;
  const uint32_t *rotation =
      entry ? locality_of_entry(w, s, (uint32_t)look->edge, &count) : locality_candidates(w, s, from, &count);
  return balancer_sends(w, rotation, count, from.region, to);
}

/* Without places, or where only the state of the service matters. */
static double served_share(void *context, const struct instruction *in, enum route route) {
  const struct look *look = context;
  const struct world *w = look->world;
  const struct service *s = &w->services[in->service];
  if (route == ROUTE_DOOR) return affliction_spares(w, in);
  if (route == ROUTE_CONNECTION) return stale_serves(w, in, look->edge);
  if (route == ROUTE_WORKERS) return workers_up(w, s) ? 1 : 0;
  if (!s->in_rotation || service_lacks_quorum(s)) return 0;
  if (!any_does(s, route)) return data_answer(look, in, route, look->edge);
  return rotation_serving(w, s);
}

static double given(void *context, const uint16_t *slots) {
  struct look *look = context;
  look->slots = slots;
  struct passage p = {.serving = served_share, .context = look};
  if (look->edge >= 0) p.arrives = arrives, p.sites[0] = (struct site){look->edge, -1};
  return program_serving_by(look->program, &p);
}

static double serving_from(const struct world *w, uint32_t endpoint, int32_t edge) {
  const struct program *p = &w->model->programs[endpoint];
  return shards_expect(w, p, given, &(struct look){.world = w, .program = p, .endpoint = endpoint, .edge = edge});
}

static struct served served_now(const struct world *w, uint32_t endpoint) {
  struct served sum = {0, 0};
  if (!model_regions(w->model)) {
    double served = serving_from(w, endpoint, -1) * affliction_resolves(w->unresolved, 0);
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
  double passed = w->model->run.biased ? bias_passed(w) : (double)(world_now(w) - b->since);
  b->weighed_ns += passed;
  passed *= carrying_weight(w, b->since, world_now(w));
  for (uint32_t i = 0; i < b->endpoint_count; i++) {
    b->served_ns[i] += b->serving[i] * passed;
    b->total_served_ns += b->share[i] * b->serving[i] * passed;
  }
  for (uint32_t i = 0; b->open_count && i < b->endpoint_count; i++) charge(b, i, b->share[i] * passed);
  ledger_book(w, b->since, world_now(w));
  b->since = world_now(w);
}

static void record(struct durations *d, sim_time duration) {
  assert(duration >= 0);
  durations_add(d, duration == SIM_NEVER ? INFINITY : (double)duration * 1e-9);
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

/* Brings the phases of the outages that are open to now. */
static void book_phases(struct world *w, struct outage_book *b) {
  for (uint32_t i = 0; i < b->open_count; i++) {
    struct open_outage *o = &b->open[i];
    if (!o->recovered && (!o->by_dips || o->worse))
      o->phase_ns[o->phase] += world_now(w) - (o->at > b->phase_since ? o->at : b->phase_since);
  }
  b->phase_since = world_now(w);
}

static void turn_phases(const struct world *w, struct outage_book *b) {
  bool any = false;
  for (uint32_t i = 0; i < b->open_count; i++) any |= !b->open[i].recovered;
  if (!any) return;
  enum outage_phase now = phase_of_world(w);
  for (uint32_t i = 0; i < b->open_count; i++) b->open[i].phase = now == PHASE_REPAIR ? phase_of_repair(w, b->open[i].fault) : now;
}

/* Handler: what is waited for may be another thing. */
static void staged(void *world, uint32_t argument) {
  (void)argument;
  struct world *w = world;
  book_phases(w, world_outages(w));
  turn_phases(w, world_outages(w));
}

static void outage_staged(struct world *w) {
  const struct outage_book *b = world_outages(w);
  if (!b->ledger.kept || !b->open_count || calendar_time_of(w->calendar, b->slot) == world_now(w)) return; /* evaluate does so */
  if (calendar_time_of(w->calendar, b->phase_slot) != world_now(w)) calendar_set(w->calendar, b->phase_slot, world_now(w));
}

/* All are served as well as before it, apart from stragglers: that is its recovery. It stays open for what these still miss. */
static void recovers(struct world *w, struct outage_book *b, struct open_outage *o) {
  if (!o->hurts || o->recovered) return;
  record(&b->classes[o->fault].rto, o->by_dips ? o->worse_ns : world_now(w) - o->at);
  for (int i = 0; i < OUTAGE_PHASES; i++) b->classes[o->fault].phase_ns[i] += (double)o->phase_ns[i];
  o->recovered = true;
}

/* Of one that goes on: how long some endpoint is worse than before it. */
static void follow_dips(const struct world *w, struct open_outage *o, bool worse) {
  if (worse && !o->worse) o->worse_since = world_now(w);
  if (!worse && o->worse) o->worse_ns += world_now(w) - o->worse_since;
  o->worse = worse;
}

static struct open_outage *held_of(struct outage_book *b, uint32_t fault) {
  for (uint32_t i = b->open_count; i-- > 0;)
    if (b->open[i].fault == fault && b->open[i].held) return &b->open[i];
  return NULL;
}

void outage_holds(struct world *w, uint32_t fault) {
  struct outage_book *b = world_outages(w);
  struct open_outage *last = b->open_count ? &b->open[b->open_count - 1] : NULL;
  if (last && last->fault == fault && last->at == world_now(w)) last->held = last->by_dips = true;
}

void outage_lets_go(struct world *w, uint32_t fault) {
  struct open_outage *o = held_of(world_outages(w), fault);
  if (o) o->held = false;
}

/* The state is met for the first time: the world is in it. What else is to be known of it, once, is found out here. */
static void get_to_know(const struct world *w, struct state *s) {
  for (uint32_t i = 0; i < world_outages(w)->endpoint_count; i++) s->served[i] = served_now(w, i);
  s->known = true;
}

static void audit(struct world *w, const struct state *s) {
  struct outage_book *b = world_outages(w);
  bool right = state_key_equals(state_key_of(&b->states, w), s->key);
  for (uint32_t i = 0; i < b->endpoint_count; i++) {
    struct served now = served_now(w, i);
    right = right && now.all == s->served[i].all && now.apart == s->served[i].apart;
  }
  if (carrying_follows(w)) right = right && carrying_audit(w);
  b->audits++, b->mismatches += !right;
}

/* Brings `serving` and `apart` to now. */
static void look(struct world *w) {
  struct outage_book *b = world_outages(w);
  const struct state *before = b->states.now;
  carrying_follow(w);
  struct state *s = states_look(&b->states, w);
  if (!s->known) get_to_know(w, s);
  if (b->audited) audit(w, s);
  if (s == before && s->number != STATE_NOT_KEPT && !carrying_follows(w)) return;
  for (uint32_t i = 0; i < b->endpoint_count; i++) b->serving[i] = s->served[i].all, b->apart[i] = s->served[i].apart;
  carrying_look(w, b->serving, b->apart);
}

static void follow_bias(struct world *w, struct outage_book *b) {
  if (!b->first) b->first = b->states.now;
  bias_follows(w, b->states.now == b->first);
}

static void evaluate(void *world, uint32_t argument) {
  (void)argument;
  struct world *w = world;
  struct outage_book *b = world_outages(w);
  integrate(w);
  if (b->ledger.kept) book_phases(w, b);
  look(w);
  for (uint32_t i = b->open_count; i-- > 0;) {
    struct open_outage *o = &b->open[i];
    bool worse = worse_than(b, b->apart, o->apart_before);
    if (o->by_dips) follow_dips(w, o, worse);
    o->hurts |= worse;
    if (worse || o->held) continue;
    recovers(w, b, o);
    if (worse_than(b, b->serving, o->before))
      o->straggles = true;
    else if (o->hurts || o->straggles || world_now(w) > o->at)
      close_outage(b, i);
  }
  if (b->ledger.kept) turn_phases(w, b);
  if (w->model->run.biased) follow_bias(w, b);
}

void outage_look_again(struct world *w) {
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
    if (!b->open[i].held && !b->open[i].hurts && !b->open[i].straggles && b->open[i].at < world_now(w)) close_outage(b, i);
  if (b->open_count == b->open_room) make_room(w);
  struct open_outage *o = &b->open[b->open_count++];
  o->phase = PHASE_DETECTION;
  memset(o->phase_ns, 0, sizeof o->phase_ns);
  o->fault = fault, o->at = world_now(w), o->hurts = o->recovered = o->straggles = false;
  o->held = o->by_dips = o->worse = false, o->worse_ns = 0;
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
  b->phase_slot = calendar_slot(w->calendar, staged, w, 0);
  for (uint32_t i = 0; i < b->endpoint_count; i++) b->share[i] = model_endpoint_share(m, i);
  b->clients = audience_new(m, w->arena);
  ledger_open(w);
}

/* All other parts have started. */
static void outage_begin(struct world *w) { states_open(&world_outages(w)->states, w); }

static void outage_restart(struct world *w) {
  struct outage_book *b = world_outages(w);
  integrate(w);
  b->measured_from = world_now(w);
  b->total_served_ns = 0;
  b->weighed_ns = 0;
  for (uint32_t i = 0; i < b->endpoint_count; i++) b->served_ns[i] = 0;
  ledger_restart(w);
}

static void outage_close(struct world *w) {
  integrate(w);
  ledger_close(w);
}

static void outage_stop(struct world *w) {
  for (uint32_t i = 0; i < world_outages(w)->class_count; i++)
    free(world_outages(w)->classes[i].rto.s), free(world_outages(w)->classes[i].rpo.s);
  ledger_free(&world_outages(w)->ledger);
}

static void outage_measure(struct world *w, enum world_edge edge) {
  if (edge == EDGE_BEGIN) outage_restart(w);
  if (edge == EDGE_END) outage_close(w);
}

const struct part part_outages = {.name = "outages",
                                  .lost_data = outage_lost_data,
                                  .room.world = sizeof(struct outage_book),
                                  .open = outage_start,
                                  .start = outage_begin,
                                  .measure = outage_measure,
                                  .stop = outage_stop,
                                  .staged = outage_staged,
                                  .changed = outage_look_again};
