#include "models/replication/shard.h"
#include "models/request/walk.h"
#include "models/core/link.h"
#include "models/replication/bare_data.h"
#include "models/replication/quorum.h"
#include "models/replication/failover.h"
#include "models/replication/replication.h"
#include "models/core/part.h"
#include "models/cache/cache.h"
#include "models/jobs/job_queue.h"
#include "models/keys/keyspace.h"
#include "models/core/meter.h"
#include "models/core/world.h"
#include "models/platform/lifecycle.h"
#include "sim/engine/arena.h"
#include "models/request/operation.h"
#include "sim/engine/allocate.h"
#include <assert.h>
#include <stdlib.h>

static struct shard *shard_of(const struct world *w, const struct container *c) {
  assert(w->services[c->service].shards);
  const struct service *s = &w->services[c->service];
  return &s->shards->of[(c->id - s->first) / s->shards->replicas];
}

static uint32_t first_of(const struct shard *d) { return d->service->first + d->number * d->service->shards->replicas; }

uint32_t shard_of_container(const struct world *w, uint32_t container) {
  const struct container *c = &w->containers[container];
  return w->services[c->service].shards ? shard_of(w, c)->number : 0;
}

/* --- choosing ---------------------------------------------------------------------------------------------------------------- */

uint32_t shard_slot(const struct keyspace_config *k, uint32_t item) {
  return (uint32_t)(stream_mix(k->entity + item * STREAM_GOLDEN) % SHARD_SLOTS);
}

static bool reads_anywhere(const struct service *s, enum route route) {
  return route != ROUTE_PRIMARY && service_config(s)->kind == SERVICE_DATABASE;
}

/* The replicas of the shard in rotation: neighbours, as the rotation is in order. */
static const uint32_t *in_rotation(const struct service *s, uint32_t shard, uint32_t *count) {
  uint32_t first = s->first + shard * s->shards->replicas, from = 0, until;
  while (from < s->in_rotation && s->rotation[from] < first) from++;
  for (until = from; until < s->in_rotation && s->rotation[until] < first + s->shards->replicas;) until++;
  *count = until - from;
  return s->rotation + from;
}

static uint32_t number_of(const struct world *w, const struct service *s, const struct instruction *in, const struct request *r) {
  if (in->shard != SHARD_OF_ITEM) return (uint32_t)in->shard;
  uint32_t slot = shard_slot(model_keyspace(w->model, (uint32_t)in->keyspace), keyspace_item(w, r, (uint32_t)in->keyspace));
  return shard_of_slot(service_shards(service_config(s)), slot);
}

uint32_t shard_primary(const struct world *w, const struct service *s, const struct instruction *in, const struct request *r) {
  return s->shards->of[number_of(w, s, in, r)].primary;
}

uint32_t shard_pick(struct world *w, struct service *s, const struct instruction *in, const struct request *r) {
  uint32_t number = number_of(w, s, in, r), count = 0;
  struct shard *d = &s->shards->of[number];
  if (s->shards->count <= SHARDS_METERED) meter_count(w, service_shards(service_config(s))->requests[number]);
  if (!reads_anywhere(s, in->route)) return d->primary;
  if (s->replication && replication_is_on(service_replication(service_config(s))))
    return replication_pick(&s->replication[number], r, in);
  const uint32_t *candidates = in_rotation(s, number, &count);
  if (!count) return d->primary;
  return count == 1 && !s->balancing ? candidates[0] : balancer_pick_among(w, s, in, r, candidates, count, &d->cursor);
}

bool shards_refuse(const struct service *s) { return s->shards->alarmed > 0; }

/* --- failover ---------------------------------------------------------------------------------------------------------------- */

/* The primary serves, or does not. */
static void set_down(struct world *w, struct shard *d, bool down) {
  struct shards *all = d->service->shards;
  if (d->down == down) return;
  d->down = down;
  assert(down || all->uncovered);
  all->uncovered += down ? 1 : -1u;
  meter_change(w, service_shards(service_config(d->service))->uncovered, down ? 1 : -1);
  if (down) return;
  all->alarmed -= d->alarmed;
  d->waiting = d->alarmed = false;
  calendar_clear(w->calendar, d->promotion);
  calendar_clear(w->calendar, d->alarm);
}

static const struct container *living_replica(const struct world *w, const struct shard *d) {
  for (uint32_t k = 0; k < d->service->shards->replicas; k++)
    if (container_serves(&w->containers[first_of(d) + k])) return &w->containers[first_of(d) + k];
  return NULL;
}

static void promote(struct world *w, struct shard *d, uint32_t container) {
  struct container *old = &w->containers[d->primary], *new = &w->containers[container];
  if (old->cache) {
    struct cache *content = old->cache;
    old->cache = new->cache, new->cache = content;
  }
  d->primary = container;
  bool hung = old->state == CONTAINER_HUNG; /* it must not go on as a second primary: it starts again */
  if (hung) lifecycle_stop(w, old, OUTCOME_CRASHED);
  meter_count(w, service_shards(service_config(d->service))->failovers);
  if (d->service->replication)
    failover_superseded(&d->service->replication[d->number]);
  else
    bare_data_superseded(w, d->service, d->number);
  set_down(w, d, false);
  if (hung) lifecycle_start(w, old);
  parts_changed(w);
}

void shard_promoted(struct service *s, uint32_t shard) { set_down(s->shards->world, &s->shards->of[shard], false); }

static void time_is_up(void *shard, uint32_t unused) {
  (void)unused;
  struct shard *d = shard;
  struct world *w = d->service->shards->world;
  const struct container *heir = living_replica(w, d);
  if (heir)
    promote(w, d, heir->id);
  else
    d->waiting = true;
}

static void others_know(void *shard, uint32_t unused) {
  (void)unused;
  struct shard *d = shard;
  d->alarmed = true;
  d->service->shards->alarmed++;
  parts_changed(d->service->shards->world);
}

static void primary_gone(struct world *w, struct shard *d) {
  const struct shards_config *config = service_shards(service_config(d->service));
  set_down(w, d, true);
  if (config->failover.kind) {
    struct stream draws =
        stream_at(stream_key(w->seed, w->replication, PURPOSE_SHARD, stream_entity(service_config(d->service)->name, d->number)),
                  d->failures++);
    calendar_set(w->calendar, d->promotion, world_after(w, distribution_sample_time(&config->failover, &draws)));
  }
  if (config->full_coverage) calendar_set(w->calendar, d->alarm, world_after(w, config->detect));
}

static void shards_process_died(struct world *w, struct container *c) {
  if (!w->services[c->service].shards) return;
  struct shard *d = shard_of(w, c);
  if (d->primary == c->id) {
    if (!d->down) primary_gone(w, d); /* else it hung before */
    return;
  }
  struct container *primary = &w->containers[d->primary];
  if (d->down && primary->cache && !living_replica(w, d)) cache_lost(w, primary);
}

static void shards_process_up(struct world *w, struct container *c, bool warm) {
  (void)warm;
  if (!w->services[c->service].shards) return;
  struct shard *d = shard_of(w, c);
  if (!d->down) return;
  if (d->primary == c->id) {
    if (c->cache) cache_lost(w, c);
    set_down(w, d, false);
  } else if (d->waiting)
    promote(w, d, c->id);
}

/* What it keeps stays where it is. */
static void shards_hang(struct world *w, struct container *c, bool hung) {
  if (!w->services[c->service].shards) return;
  struct shard *d = shard_of(w, c);
  if (hung && d->primary == c->id)
    primary_gone(w, d);
  else if (!hung && d->down && d->primary == c->id)
    set_down(w, d, false);
  else if (!hung && d->down && d->waiting)
    promote(w, d, c->id);
}

bool shard_keeps_content(const struct world *w, const struct container *c) {
  const struct service *s = &w->services[c->service];
  if (!s->shards || !service_shards(service_config(s))->failover.kind) return false;
  const struct shard *d = shard_of(w, c);
  return d->primary == c->id && living_replica(w, d);
}

static bool refuses(const struct world *w, const struct service *s, const struct instruction *in, const struct request *r) {
  if (shards_refuse(s)) return true;
  return s->replication && in->route == ROUTE_PRIMARY && !replication_leads(&s->replication[number_of(w, s, in, r)]);
}
static const struct routing by_shard = {.divided = true, .pick = shard_pick, .refuses = refuses};

static void shards_build(struct world *w, struct service *s) {
  const struct shards_config *config = service_shards(service_config(s));
  if (!shards_are_on(config)) return;
  s->shards = arena_new_array(w->arena, struct shards, 1);
  s->routing = &by_shard;
  *s->shards = (struct shards){.world = w, .count = (uint32_t)config->count, .replicas = config->replicas};
  s->shards->of = arena_new_array(w->arena, struct shard, s->shards->count);
  for (uint32_t i = 0; i < s->shards->count; i++) {
    struct shard *d = &s->shards->of[i];
    *d = (struct shard){.service = s, .number = i, .primary = s->first + i * config->replicas};
    d->promotion = calendar_slot(w->calendar, time_is_up, d, 0);
    d->alarm = calendar_slot(w->calendar, others_know, d, 0);
  }
}

/* --- availability ------------------------------------------------------------------------------------------------------------ */

double shard_serving(const struct world *w, const struct service *s, uint32_t shard, enum route route, uint32_t endpoint,
                     int32_t from) {
  bool replicated = s->replication && replication_is_on(service_replication(service_config(s)));
  if (route == ROUTE_COMMIT) return replicated ? quorum_serves(&s->replication[shard], endpoint) : 1;
  if (replicated && reads_anywhere(s, route)) return replication_serving(&s->replication[shard], route, from);
  if (replicated) return replication_writable(&s->replication[shard], from);
  uint32_t count = 0, alive = 0;
  const uint32_t *candidates = in_rotation(s, shard, &count);
  if (!reads_anywhere(s, route) || !count) return container_serves(&w->containers[s->shards->of[shard].primary]);
  for (uint32_t i = 0; i < count; i++) alive += container_serves(&w->containers[candidates[i]]);
  return (double)alive / count;
}

uint32_t shard_entered(const struct service *s, const struct instruction *in, const uint16_t *slots) {
  return in->shard != SHARD_OF_ITEM ? (uint32_t)in->shard : shard_of_slot(service_shards(service_config(s)), slots[in->keyspace]);
}

/* Nothing that is served differently lies between the two slots. */
static bool alike(const struct world *w, uint32_t endpoint, uint32_t a, uint32_t b) {
  for (uint32_t i = 0; i < w->model->services.count; i++) {
    const struct service *s = &w->services[i];
    if (!s->shards) continue;
    uint32_t at = shard_of_slot(service_shards(service_config(s)), a), bt = shard_of_slot(service_shards(service_config(s)), b);
    enum route last = s->replication ? ROUTE_REPLICAS + service_replication(service_config(s))->roles.count : ROUTE_PRIMARY;
    for (int32_t from = -1; from < (int32_t)model_regions(w->model); from++)
      for (enum route route = ROUTE_ANY; route <= last && at != bt; route++)
        if (shard_serving(w, s, at, route, endpoint, from) != shard_serving(w, s, bt, route, endpoint, from)) return false;
  }
  return true;
}

static bool divided_by(const struct world *w, const struct program *p, uint32_t keyspace) {
  for (uint32_t i = 0; i < p->count; i++) {
    const struct instruction *in = &p->instructions[i];
    if (in->operation->enters && in->keyspace == (int16_t)keyspace && w->services[in->service].shards) return true;
    if (in->operation == &operation_await && divided_by(w, in->publishing->body, keyspace)) return true;
  }
  return false;
}

struct expectation {
  const struct world *world;
  const struct program *program;
  double (*given)(void *context, const uint16_t *slots);
  void *context;
  uint16_t *slots;
};

/* Over the cells of this keyspace and those behind it; cells that are served alike are taken together. */
static double expect(const struct expectation *e, uint32_t keyspace) {
  if (keyspace == model_keyspaces(e->world->model)->count) return e->given(e->context, e->slots);
  const struct shard_cells *cells = &e->world->model->shard_cells[keyspace];
  if (!divided_by(e->world, e->program, keyspace)) return expect(e, keyspace + 1);
  double sum = 0;
  uint32_t endpoint = (uint32_t)(e->program - e->world->model->programs);
  for (uint32_t i = 0; i < cells->count; i++) {
    double mass = cells->mass[i];
    bool seen = false;
    for (uint32_t k = 0; k < i && !seen; k++) seen = alike(e->world, endpoint, cells->slot[k], cells->slot[i]);
    for (uint32_t k = i + 1; k < cells->count && !seen; k++)
      if (alike(e->world, endpoint, cells->slot[i], cells->slot[k])) mass += cells->mass[k];
    if (seen) continue;
    e->slots[keyspace] = cells->slot[i];
    sum += mass * expect(e, keyspace + 1);
  }
  return sum;
}

double shards_expect(const struct world *w, const struct program *p, double (*given)(void *context, const uint16_t *slots),
                     void *context) {
  uint16_t *slots = allocate_zeroed(model_keyspaces(w->model)->count + 1, sizeof *slots);
  double expected = w->model->shard_cells ? expect(&(struct expectation){w, p, given, context, slots}, 0) : given(context, slots);
  free(slots);
  return expected;
}

static void link_shards(struct linker *l, enum link_stage stage) {
  if (stage == LINK_JOINED) shards_link(l);
  if (stage == LINK_COMPILED) shards_link_cells(l);
}

/* Replicas of a cache do not serve: its primary does it all. */
static void add_to_shards(const struct walk *w, int32_t service, double weighted_s) {
  const struct demand_sums *d = w->sums;
  const struct service_config *s = model_service(d->model, (uint32_t)service);
  double shares[SHARD_COUNT_MOST];
  shard_shares(d->model, w->enter, shares);
  bool primary = w->route == ROUTE_PRIMARY || s->kind == SERVICE_CACHE;
  for (uint32_t i = 0; i < service_shards(s)->count; i++) {
    d->shard_s[service][i] += weighted_s * shares[i];
    if (primary) d->shard_primary_s[service][i] += weighted_s * shares[i];
  }
}

static void shards_computes(const struct walk *w, int32_t service, double weighted_s) {
  if (w->sums->shard_s[service] && w->enter && w->enter->service == service) add_to_shards(w, service, weighted_s);
}

static void shards_sums(struct demand_sums *d, struct arena *arena) {
  const struct model *m = d->model;
  d->shard_s = arena_new_array(arena, double *, m->services.count + 1);
  d->shard_primary_s = arena_new_array(arena, double *, m->services.count + 1);
  d->shard_writes = arena_new_array(arena, double *, m->services.count + 1);
  for (uint32_t i = 0; i < m->services.count && m->shard_cells; i++) {
    const struct shards_config *c = service_shards(model_service(m, i));
    if (!shards_are_on(c)) continue;
    d->shard_s[i] = arena_new_array(arena, double, (size_t)c->count),
    d->shard_primary_s[i] = arena_new_array(arena, double, (size_t)c->count);
    d->shard_writes[i] = arena_new_array(arena, double, (size_t)c->count);
  }
}

const struct part part_shards = {.name = "shards",
                                 .enters = shard_compile,
                                 .sums = shards_sums,
                                 .computes = shards_computes,
                                 .link = link_shards,
                                 .keys.service = &shards_keys_record,
                                 .build = shards_build,
                                 .serves = shards_process_up,
                                 .stopped = shards_process_died,
                                 .hangs = shards_hang,
                                 .audit = audit_shards};
