#include "models/cache/cache.h"
#include "models/cache/copies.h"
#include "models/core/link.h"
#include "models/replication/shard.h"
#include "models/core/part.h"
#include "models/request/walk.h"
#include "models/request/operation.h"
#include "models/keys/keyspace.h"
#include "models/cache/persistence.h"
#include "models/cache/rebuild.h"
#include "models/core/meter.h"
#include "models/core/world.h"
#include "models/volume/volume.h"
#include "sim/engine/arena.h"
#include <assert.h>

/* The content of one process; of a container all stand in a row. */
struct cache {
  struct cache_store store;
  struct warmth warmth;
  struct world *world;
  struct persistence persistence;
  const struct persistence_config *persists; /* null: nothing is on disk */
  bool copied;                               /* it is the primary of others, or a copy (models/cache/copies.h) */
};

/* Of a world. */
struct caches {
  slot_id *snapshots; /* by container */
};

const struct cache_store *cache_content(const struct container *c, uint32_t n) { return &c->cache[n].store; }
bool cache_is_cold(const struct container *c, uint32_t n) { return c->cache[n].warmth.state == WARMTH_COLD; }

static uint32_t stores_of(const struct container *c) { return c->cache->store.config->stores; }

/* --- the books ------------------------------------------------------------------------------------------------------------- */

/* What of a store is shown by meters. */
struct shown {
  uint32_t count;
  int64_t bytes;
  uint64_t evicted, expired;
};

static struct shown shown(const struct cache_store *s) { return (struct shown){s->count, s->bytes, s->evicted, s->expired}; }

static void changed(struct world *w, const struct cache_store *s, struct shown before) {
  assert(s->evicted >= before.evicted && s->expired >= before.expired);
  const struct cache_config *c = s->config;
  if (s->count != before.count) meter_change(w, c->held, (int64_t)s->count - before.count);
  if (s->bytes != before.bytes) meter_change(w, c->bytes, s->bytes - before.bytes);
  for (uint64_t i = before.evicted; i < s->evicted; i++) meter_count(w, c->evictions);
  for (uint64_t i = before.expired; i < s->expired; i++) meter_count(w, c->expirations);
}

/* Handler of a store's timers. */
static void due(void *cache, uint32_t entry) {
  struct cache *c = cache;
  struct shown before = shown(&c->store);
  cache_store_due(&c->store, entry, world_now(c->world));
  changed(c->world, &c->store, before);
}

void cache_lost(struct world *w, struct container *c) {
  for (uint32_t i = 0; i < stores_of(c); i++) {
    struct shown before = shown(&c->cache[i].store);
    const struct persistence_config *persists = c->cache[i].persists;
    if (persists) persistence_dies(&c->cache[i].persistence, persists, &c->cache[i].store, world_now(w));
    cache_store_clear(&c->cache[i].store);
    changed(w, &c->cache[i].store, before);
    const struct warmth_config *warm = &c->cache[i].store.config->warm;
    if (warmth_wanted(warm)) warmth_lost(w, &c->cache[i].warmth, warm);
  }
}

/* --- instructions ------------------------------------------------------------------------------------------------------------ */

/* Of the process that has the request. */
static struct cache *of_process(struct world *w, const struct request *r) {
  const struct frame *f = &r->frames[r->depth - 1];
  const struct container *c = &w->containers[f->container];
  return &c->cache[f->process < stores_of(c) ? f->process : 0];
}

static bool cache_look(struct world *w, struct request *r, const struct instruction *in) {
  struct cache *c = of_process(w, r);
  struct cache_store *s = &c->store;
  uint64_t expired = s->expired;
  struct shown before = shown(s);
  uint32_t item = keyspace_item(w, r, (uint32_t)in->keyspace);
  request_rebuilds(w, r)->found = cache_store_find(s, (uint32_t)in->keyspace, item, world_now(w), in->ttl);
  if (__builtin_expect(s->expired != expired, 0)) changed(w, s, before);
  meter_count(w, request_rebuilds(w, r)->found ? s->config->hits : s->config->misses);
  if (__builtin_expect(warmth_wanted(&s->config->warm), 0))
    warmth_looked(w, &c->warmth, &s->config->warm, request_rebuilds(w, r)->found);
  if (__builtin_expect(in->stampede != NULL, 0)) rebuild_looked(w, r, in, s, item);
  return true;
}
const struct operation operation_look = {.name = "look", .run = cache_look};

static bool cache_found(struct world *w, struct request *r, const struct instruction *in) {
  (void)w;
  if (request_rebuilds(w, r)->found) r->pc = in->target;
  return true;
}
const struct operation operation_found = {
    .name = "found", .run = cache_found, .onward = rebuild_walks_lookup, .through = passage_looks_up, .jumps = true};

static uint32_t bytes_of(const struct world *w, const struct instruction *in, uint32_t item) {
  if (!in->demand.kind) return 0;
  uint64_t entity = stream_mix(model_keyspace(w->model, (uint32_t)in->keyspace)->entity + item);
  struct stream draws = stream_open(stream_key(w->seed, w->replication, PURPOSE_SIZE, entity));
  double bytes = distribution_sample(&in->demand, &draws) + 0.5;
  return bytes < UINT32_MAX ? (uint32_t)bytes : UINT32_MAX;
}

static sim_time ttl_of(const struct cache_config *c, sim_time ttl, struct stream *draws) {
  if (ttl == SIM_NEVER || !c->jitter) return ttl;
  double factor = 1 + c->jitter * (2 * stream_uniform(draws) - 1);
  return (double)ttl * factor < 9e18 ? (sim_time)((double)ttl * factor + 0.5) : SIM_NEVER;
}

/* What its copies are to do too. */
static __attribute__((noinline)) void written(struct world *w, const struct request *r, struct cache *c,
                                              const struct saved_item *item, bool dropped) {
  struct saved_item copied = *item;
  const struct cache_terms *terms = dropped ? NULL : cache_store_terms(&c->store, item->keyspace, item->item);
  if (terms) copied.expires = terms->expires, copied.bytes = terms->bytes, copied.delta = terms->delta;
  copies_written(w, &w->containers[r->frames[r->depth - 1].container], &copied, dropped);
}

/* A copy takes no writes. */
static bool takes_writes(struct world *w, const struct request *r, const struct cache *c) {
  return !c->copied || copies_takes(w, &w->containers[r->frames[r->depth - 1].container]);
}

static bool cache_fill(struct world *w, struct request *r, const struct instruction *in) {
  struct cache *c = of_process(w, r);
  if (!takes_writes(w, r, c)) return true;
  struct cache_store *s = &c->store;
  struct shown before = shown(s);
  uint32_t item = keyspace_item(w, r, (uint32_t)in->keyspace), bytes = bytes_of(w, in, item);
  uint64_t entity = (uint64_t)in->draw << 32 | (uint32_t)in->service;
  struct stream draws = stream_open(stream_key(r->key, PURPOSE_CACHE, (uint64_t)in->keyspace, entity));
  sim_time ttl = ttl_of(s->config, in->ttl, &draws);
  bool lingers = in->stampede && in->stampede->cure == CURE_STALE && ttl != SIM_NEVER;
  if (lingers) ttl += in->stampede->stale;
  if (!cache_store_put(s, (uint32_t)in->keyspace, item, bytes, world_now(w), ttl, &draws)) meter_count(w, s->config->refused);
  if (__builtin_expect(c->persists != NULL, 0))
    persistence_filled(&c->persistence, c->persists, world_now(w), (uint32_t)in->keyspace, item);
  if (in->stampede) rebuild_filled(w, r, s, in, item);
  struct saved_item filled = {.expires = SIM_NEVER, .keyspace = (uint16_t)in->keyspace, .item = item};
  if (__builtin_expect(c->copied, 0)) written(w, r, c, &filled, false);
  changed(w, s, before);
  return true;
}
const struct operation operation_fill = {.name = "fill", .run = cache_fill};

static bool cache_drop(struct world *w, struct request *r, const struct instruction *in) {
  struct cache *c = of_process(w, r);
  struct cache_store *s = &c->store;
  if (!takes_writes(w, r, c)) return true;
  struct shown before = shown(s);
  uint32_t item = keyspace_item(w, r, (uint32_t)in->keyspace);
  if (cache_store_drop(s, (uint32_t)in->keyspace, item)) meter_count(w, s->config->invalidations);
  struct saved_item dropped = {.keyspace = (uint16_t)in->keyspace, .item = item};
  if (__builtin_expect(c->copied, 0)) written(w, r, c, &dropped, true);
  changed(w, s, before);
  return true;
}
const struct operation operation_drop = {.name = "drop", .run = cache_drop};

/* --- copies ------------------------------------------------------------------------------------------------------------------ */

void cache_receive(struct world *w, struct container *to, const struct saved_item *item, bool dropped, struct stream *draws) {
  struct cache_store *s = &to->cache->store;
  struct shown before = shown(s);
  struct persistence one = {.saved = (struct saved_item *)(uintptr_t)item, .count = 1};
  cache_store_drop(s, item->keyspace, item->item);
  if (!dropped) persistence_load(&one, s, world_now(w), draws);
  changed(w, s, before);
}

void cache_receive_all(struct world *w, struct container *to, const struct container *from, struct stream *draws) {
  struct cache_store *s = &to->cache->store;
  struct shown before = shown(s);
  struct persistence all = {0};
  persistence_save(&all, &from->cache->store);
  cache_store_clear(s);
  persistence_load(&all, s, world_now(w), draws);
  persistence_close(&all);
  changed(w, s, before);
}

/* --- on disk ---------------------------------------------------------------------------------------------------------------- */

void cache_saved(const struct container *c, double *items, double *bytes) {
  *items = *bytes = 0;
  for (uint32_t i = 0; c->cache && i < stores_of(c); i++)
    *items += c->cache[i].persistence.count, *bytes += (double)c->cache[i].persistence.bytes;
}

static struct stream snapshot_draws(const struct world *w, const struct container *c) {
  const struct service *s = &w->services[c->service];
  uint64_t entity = stream_entity(service_config(s)->name, c->id - s->first);
  return stream_open(stream_key(w->seed, w->replication, PURPOSE_SNAPSHOT, entity));
}

/* Handler of a container's snapshots. */
static void takes_snapshot(void *world, uint32_t container) {
  struct world *w = world;
  struct container *c = &w->containers[container];
  for (uint32_t i = 0; container_serves(c) && i < stores_of(c); i++) persistence_save(&c->cache[i].persistence, &c->cache[i].store);
  struct caches *all = world_part(w, PART_caches);
  sim_time every = service_persistence(container_config(c))->snapshot;
  calendar_set(w->calendar, all->snapshots[container], world_after(w, every));
}

/* At a phase of its own, as those that are up at the start of the run have been so for long. */
static void start_persistence(struct world *w, struct container *c) {
  struct caches *all = world_part(w, PART_caches);
  const struct persistence_config *p = c->cache->persists;
  struct stream draws = snapshot_draws(w, c);
  sim_time phase = (sim_time)(stream_uniform(&draws) * (double)(p->snapshot ? p->snapshot : p->append));
  for (uint32_t i = 0; i < stores_of(c); i++) c->cache[i].persistence.phase = phase;
  if (!p->snapshot) return;
  all->snapshots[c->id] = calendar_slot(w->calendar, takes_snapshot, w, c->id);
  calendar_set(w->calendar, all->snapshots[c->id], phase);
}

/* The new process has loaded what is on its disk. */
static void caches_serve(struct world *w, struct container *c, bool warm) {
  struct caches *all = world_part(w, PART_caches);
  if (warm || !c->cache || !c->cache->persists) return;
  bool lost = volume_is_empty(w, c);
  struct stream draws = snapshot_draws(w, c);
  for (uint32_t i = 0; i < stores_of(c); i++) {
    struct cache *k = &c->cache[i];
    struct shown before = shown(&k->store);
    if (lost) persistence_forget(&k->persistence);
    if (!k->store.count) persistence_load(&k->persistence, &k->store, world_now(w), &draws);
    changed(w, &k->store, before);
  }
  sim_time every = c->cache->persists->snapshot;
  if (every) calendar_set(w->calendar, all->snapshots[c->id], world_after(w, every));
}

/* --- beginning and end ------------------------------------------------------------------------------------------------------- */

static void start(struct world *w, struct cache *c, const struct service_config *s, const uint32_t *of) {
  const struct cache_config *config = service_cache(s);
  c->world = w;
  c->copied = cache_copies_of(s) != NULL;
  c->persists = persistence_is_on(service_persistence(s)) ? service_persistence(s) : NULL;
  struct timer_heap *expiries = config->expires ? timer_heap_new(w->calendar, due, c) : NULL;
  cache_store_open(&c->store, config, of, model_keyspaces(w->model)->count, expiries);
}

static void caches_start(struct world *w) {
  struct caches *all = world_part(w, PART_caches);
  all->snapshots = arena_new_array(w->arena, slot_id, w->container_count + 1);
  uint32_t *of = arena_new_array(w->arena, uint32_t, model_keyspaces(w->model)->count + 1);
  for (uint32_t i = 0; i < model_keyspaces(w->model)->count; i++) of[i] = (uint32_t)model_keyspace(w->model, i)->of;
  for (uint32_t i = 0; i < w->container_count; i++) {
    struct container *c = &w->containers[i];
    const struct cache_config *config = service_cache(container_config(c));
    if (!config->keyed) continue;
    c->cache = arena_new_array(w->arena, struct cache, config->stores);
    for (uint32_t k = 0; k < config->stores; k++) start(w, &c->cache[k], container_config(c), of);
    if (c->cache->persists) start_persistence(w, c);
  }
}

static void caches_stop(struct world *w) {
  for (uint32_t i = 0; i < w->container_count; i++) {
    struct container *c = &w->containers[i];
    for (uint32_t k = 0; c->cache && k < stores_of(c); k++) {
      timer_heap_free(c->cache[k].store.expiries);
      cache_store_close(&c->cache[k].store);
      persistence_close(&c->cache[k].persistence);
    }
  }
}

static void caches_die(struct world *w, struct container *c) {
  if (c->cache && !shard_keeps_content(w, c)) cache_lost(w, c);
}

static void check_caches(struct linker *l) {
  caches_link(l->model);
  for (uint32_t i = 0; i < l->model->services.count; i++) {
    const struct service_config *s = model_service(l->model, i);
    const char *wrong = cache_error(l->model, s);
    if (wrong) link_error(l, arena_format(l->arena, "services.%s", s->name), "cache", "%s", wrong);
  }
}

static void link_caches(struct linker *l, enum link_stage stage) {
  if (stage == LINK_COMPILED) check_caches(l);
  if (stage == LINK_MEASURED) caches_estimate(l->model);
}

const struct part part_caches = {.name = "caches",
                                 .link = link_caches,
                                 .keys.service = &cache_keys_record,
                                 .requests = true,
                                 .start = caches_start,
                                 .stop = caches_stop,
                                 .room.world = sizeof(struct caches),
                                 .serves = caches_serve,
                                 .dies = caches_die,
                                 .audit = audit_caches};
