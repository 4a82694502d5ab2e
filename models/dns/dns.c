#include "models/dns/dns.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/dns/check.h"
#include "models/dns/policies.h"
#include "sim/engine/arena.h"
#include "sim/engine/event_set.h"
#include <assert.h>
#include <string.h>

/* While clients move, shares are taken in the mean over each of this many steps of a TTL. */
enum { STEPS = 20 };

static const struct dns_config *config_of(const struct world *w) { return model_dns(w->model); }
static bool checked(const struct dns_config *d) { return d->policy && d->check.every != SIM_NEVER; }

static const struct dns_record *record_of(const struct world *w, int32_t service) {
  const struct dns *d = world_dns(w);
  return service < 0 || d->record_of[service] < 0 ? NULL : &d->records[d->record_of[service]];
}

/* --- answers ---------------------------------------------------------------------------------------------------------------- */

uint32_t dns_nearest(const struct model *m, uint32_t region, uint64_t regions) {
  uint32_t best = UINT32_MAX;
  sim_time least = SIM_NEVER;
  for (uint32_t i = 0; i < model_regions(m); i++) {
    if (!(regions >> i & 1) || regions_round_trip(&m->platform.regions, region, i) >= least) continue;
    least = regions_round_trip(&m->platform.regions, region, i), best = i;
  }
  assert(best != UINT32_MAX);
  return best;
}

static uint64_t answered_now(const struct dns_record *d) { return d->past[d->count - 1].regions; }

static uint32_t answer(const struct model *m, uint32_t region, uint64_t regions, double chance) {
  const struct dns_policy *policy = model_dns(m)->policy;
  return policy ? policy->answer(m, region, regions, chance) : dns_nearest(m, region, regions);
}

static double likely(const struct model *m, uint32_t region, uint64_t regions, uint32_t edge) {
  const struct dns_policy *policy = model_dns(m)->policy;
  if (policy && policy->by_chance) return policy->likely(m, regions, edge);
  return answer(m, region, regions, 0.5) == edge ? 1 : 0;
}

/* By what those go who do not straggle, once they have moved. */
static uint64_t followed(const struct dns_config *c, const struct dns_record *d) {
  return c->policy && c->policy->at_once ? d->late : answered_now(d);
}

static void set_edges(const struct world *w, struct dns_record *d) {
  const struct dns_config *c = config_of(w);
  uint64_t regions = followed(c, d);
  bool differ = c->policy && c->policy->by_chance && regions & (regions - 1);
  for (uint32_t i = 0; i < model_regions(w->model); i++) d->edge[i] = differ ? -1 : (int16_t)answer(w->model, i, regions, 0.5);
}

/* --- what clients know ------------------------------------------------------------------------------------------------------ */

static bool settled(const struct world *w, const struct dns_record *d) {
  const struct dns_config *c = config_of(w);
  return !c->policy || c->policy->at_once || (world_now(w) >= d->settled_at && d->late == answered_now(d));
}

int32_t dns_settled(const struct world *w, int32_t service, uint32_t region) {
  const struct dns_record *d = record_of(w, service);
  if (!d) return (int32_t)region;
  return settled(w, d) ? d->edge[region] : -1;
}

/* What was answered at the instant. */
static uint64_t answered_at(const struct dns_record *d, sim_time at) {
  uint32_t i = d->count - 1;
  while (i && d->past[i].from > at) i--;
  return d->past[i].regions;
}

/* When a client with this phase asked last. */
static sim_time asked_at(sim_time now, sim_time ttl, double phase) {
  sim_time first = (sim_time)(phase * (double)ttl);
  return now < first ? first - ttl : first + (now - first) / ttl * ttl;
}

int32_t dns_resolved(const struct world *w, int32_t service, uint32_t region, struct stream *draws) {
  const struct dns_record *d = record_of(w, service);
  const struct dns_config *c = config_of(w);
  double phase = stream_uniform(draws), straggler = stream_uniform(draws), chance = stream_uniform(draws);
  assert(d && c->policy);
  uint64_t regions = straggler < c->stragglers.share ? d->late : answered_at(d, asked_at(world_now(w), c->ttl, phase));
  return (int32_t)answer(w->model, region, regions, chance);
}

/* Of clients that asked at some time of the TTL before the instant. */
static double share_of_answers(const struct world *w, const struct dns_record *d, uint32_t region, uint32_t edge, sim_time at) {
  sim_time ttl = config_of(w)->ttl, until = at;
  double share = 0;
  for (uint32_t i = d->count; i-- > 0 && until > at - ttl;) {
    sim_time from = i && d->past[i].from > at - ttl ? d->past[i].from : at - ttl;
    if (from >= until) continue;
    share += (double)(until - from) / (double)ttl * likely(w->model, region, d->past[i].regions, edge);
    until = from;
  }
  return share;
}

double dns_share(const struct world *w, int32_t service, uint32_t region, uint32_t edge, enum dns_who who) {
  const struct dns_record *d = record_of(w, service);
  const struct dns_config *c = config_of(w);
  if (!d) return region == edge ? 1 : 0;
  if (!c->policy || c->policy->at_once) return likely(w->model, region, followed(c, d), edge);
  sim_time now = world_now(w), at = d->step_until > now ? now + (d->step_until - now) / 2 : now;
  double share = share_of_answers(w, d, region, edge, at), straggle = who == DNS_CLIENTS ? c->stragglers.share : 0;
  if (straggle > 0) share = (1 - straggle) * share + straggle * likely(w->model, region, d->late, edge);
  return share;
}

bool dns_moves(const struct world *w) {
  const struct dns *all = world_dns(w);
  for (uint32_t i = 0; i < all->count; i++)
    if (world_now(w) < all->records[i].settled_at) return true;
  return false;
}

/* --- changes ----------------------------------------------------------------------------------------------------------------- */

/* Those that no client goes by any more are dropped. */
static void forget_old(struct dns_record *d, sim_time before) {
  uint32_t old = 0;
  while (old + 1 < d->count && d->past[old + 1].from <= before) old++;
  if (!old) return;
  d->count -= old;
  memmove(d->past, d->past + old, d->count * sizeof *d->past);
}

static void add_answer(struct world *w, struct dns_record *d, uint64_t regions) {
  forget_old(d, world_now(w) - config_of(w)->ttl);
  if (d->count == d->room) {
    struct dns_answer *more = arena_new_array(w->arena, struct dns_answer, d->room ? 2 * d->room : 8);
    if (d->count) memcpy(more, d->past, d->count * sizeof *more);
    d->room = d->room ? 2 * d->room : 8, d->past = more;
  }
  d->past[d->count++] = (struct dns_answer){.from = world_now(w), .regions = regions};
}

static void step(struct world *w, struct dns_record *d) {
  sim_time until = world_now(w) + config_of(w)->ttl / STEPS;
  d->step_until = until < d->settled_at ? until : d->settled_at;
  if (d->step_until > world_now(w)) calendar_set(w->calendar, d->drift, d->step_until);
}

/* Handler: the next step of clients that move. */
static void drifts(void *world, uint32_t record) {
  struct world *w = world;
  step(w, &world_dns(w)->records[record]);
  parts_changed(w);
}

/* Handler: some time after a change those who are late learn what is the answer now. */
static void late_follow(void *world, uint32_t record) {
  struct world *w = world;
  struct dns_record *d = &world_dns(w)->records[record];
  d->late = answered_now(d);
  set_edges(w, d);
  parts_changed(w);
}

void dns_announce(struct world *w, struct dns_record *d, uint32_t region, bool healthy) {
  const struct dns_config *c = config_of(w);
  uint64_t bit = UINT64_C(1) << region;
  d->healthy = healthy ? d->healthy | bit : d->healthy & ~bit;
  uint64_t regions = d->possible & d->healthy;
  if (!regions) regions = d->possible;
  if (regions == answered_now(d)) return;
  add_answer(w, d, regions);
  d->settled_at = world_now(w) + c->ttl;
  if (c->policy->at_once || c->stragglers.share > 0)
    lane_push(world_dns(w)->late, (uint32_t)(d - world_dns(w)->records));
  else
    d->late = regions;
  set_edges(w, d);
  if (!c->policy->at_once) step(w, d);
  parts_changed(w);
}

/* --- the life of a world ------------------------------------------------------------------------------------------------------ */

static void looks(void *world, uint32_t record) {
  struct world *w = world;
  checks_look(w, &world_dns(w)->records[record]);
}

static void dns_changed(struct world *w) {
  const struct dns *all = world_dns(w);
  if (!checked(config_of(w))) return;
  for (uint32_t i = 0; i < all->count; i++) {
    const struct dns_record *d = &all->records[i];
    if (d->possible && calendar_time_of(w->calendar, d->look) != world_now(w)) calendar_set(w->calendar, d->look, world_now(w));
  }
}

static uint64_t regions_with_replicas(const struct world *w, const struct service *s) {
  uint64_t regions = 0;
  for (uint32_t i = 0; i < s->capacity; i++) {
    int32_t region = container_region(w, &w->containers[s->first + i]);
    if (region >= 0) regions |= UINT64_C(1) << region;
  }
  return regions;
}

static void start_record(struct world *w, struct dns_record *d) {
  const struct dns_config *c = config_of(w);
  uint32_t number = (uint32_t)(d - world_dns(w)->records);
  d->placed = regions_with_replicas(w, &w->services[d->service]);
  d->possible = d->placed & (c->policy && c->policy->takes ? c->policy->takes(c) : UINT64_MAX);
  d->healthy = d->late = d->possible;
  d->edge = arena_new_array(w->arena, int16_t, model_regions(w->model));
  if (!d->possible) { /* reported while linking */
    world_dns(w)->record_of[d->service] = -1;
    return;
  }
  add_answer(w, d, d->possible);
  set_edges(w, d);
  if (!checked(c)) return;
  d->drift = calendar_slot(w->calendar, drifts, w, number);
  d->look = calendar_slot(w->calendar, looks, w, number);
  checks_start(w, d);
}

static bool is_entry(const struct model *m, uint32_t service) {
  for (uint32_t e = 0; e < m->endpoints.count; e++)
    if (model_endpoint(m, e)->entry == (int32_t)service) return service_runs(model_service(m, service));
  return false;
}

static void dns_start(struct world *w) {
  const struct model *m = w->model;
  const struct dns_config *c = config_of(w);
  struct dns *all = world_dns(w);
  all->record_of = arena_new_array(w->arena, int32_t, m->services.count);
  all->records = arena_new_array(w->arena, struct dns_record, m->services.count);
  if (checked(c)) all->late = lane_new(w->calendar, c->policy->at_once ? c->convergence : c->stragglers.lasts, late_follow, w);
  for (uint32_t i = 0; i < m->services.count; i++) all->record_of[i] = is_entry(m, i) ? (int32_t)all->count++ : -1;
  for (uint32_t i = 0; i < m->services.count; i++) {
    if (all->record_of[i] < 0) continue;
    struct dns_record *d = &all->records[all->record_of[i]];
    d->service = i;
    start_record(w, d);
  }
}

static void dns_stop(struct world *w) { lane_free(world_dns(w)->late); }

static bool has_regions(const struct model *m) { return model_regions(m) > 0; }

const struct part part_dns = {.name = "dns",
                              .keys.root = &dns_root_record,
                              .used = has_regions,
                              .room.world = sizeof(struct dns),
                              .link = dns_link,
                              .start = dns_start,
                              .stop = dns_stop,
                              .changed = dns_changed};
