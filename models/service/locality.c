#include "models/service/locality.h"
#include "models/platform/nodes.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/network/request_place.h"
#include "models/service/balancer/balancer.h"
#include "models/service/nearby.h"
#include "sim/engine/arena.h"
#include <assert.h>

static struct locality_config *service_locality(const struct service_config *s) { return service_part(s, PART_locality); }

enum preference service_preference(const struct service_config *s) { return (enum preference)service_locality(s)->prefer; }
bool service_spills(const struct service_config *s) { return service_locality(s)->full != INT64_MAX; }

struct localities {
  uint64_t *placed; /* by service: mask of the regions with replicas at the start */
  uint32_t **rest;  /* by service: scratch, of those that a call may spill over to */
  uint32_t *cursor; /* whose turn it is there */
};

/* --- places ------------------------------------------------------------------------------------------------------------------ */

struct site container_site(const struct world *w, const struct container *c) {
  if (c->node == NONE) return SITE_ANY;
  return (struct site){w->nodes[c->node].region, w->nodes[c->node].zone};
}

struct site request_stands(const struct world *w, const struct request *r) {
  if (!r->depth) return (struct site){request_place(w, r)->edge, -1};
  return container_site(w, &w->containers[r->frames[r->depth - 1].container]);
}

static bool is_near(struct site there, struct site from, bool zone) {
  return zone ? from.zone >= 0 && there.zone == from.zone : from.region >= 0 && there.region == from.region;
}

uint32_t locality_nearest(const struct world *w, struct site from, bool zone, uint32_t *containers, uint32_t count) {
  for (;; zone = false) {
    uint32_t near = 0;
    for (uint32_t i = 0; i < count; i++) {
      uint32_t id = containers[i];
      if (!is_near(container_site(w, &w->containers[id]), from, zone)) continue;
      for (uint32_t k = i; k > near; k--) containers[k] = containers[k - 1];
      containers[near++] = id;
    }
    if (near) return near;
    if (!zone) return count;
  }
}

/* --- lists by place ---------------------------------------------------------------------------------------------------------- */

static int32_t zone_of(const void *world, uint32_t container) {
  const struct world *w = world;
  return container_site(w, &w->containers[container]).zone;
}

/* Those in rotation of one place. From the nearest on: the zone, the region. */
enum { LEVELS = 2 };
struct near_level {
  const uint32_t *list;
  uint32_t count, *cursor;
};
static const struct near_level nothing = {NULL, 0, NULL};

static struct near_level level_of(struct nearby *n, int32_t place) {
  if (place < 0) return nothing;
  struct near_level l = {.cursor = &n->cursor[place]};
  l.list = nearby_in(n, (uint32_t)place, &l.count);
  return l;
}

static struct near_level zone_level(const struct world *w, const struct service *s, struct site from) {
  if (!s->zones) return nothing;
  if (s->zones->stale) nearby_sort(s->zones, s->rotation, s->in_rotation, zone_of, w);
  return level_of(s->zones, from.zone);
}

static struct near_level region_level(const struct world *w, struct service *s, struct site from) {
  uint32_t count;
  balancer_nearby(w, s, 0, &count); /* brings the lists up to date */
  return level_of(s->nearby, from.region);
}

/* The caller's region has replicas of its own: a cluster's calls stay there. */
static bool has_cluster(const struct world *w, const struct service *s, struct site from) {
  const struct localities *all = world_part(w, PART_locality);
  return service_preference(service_config(s)) == PREFER_CLUSTER && from.region >= 0 && all->placed[s->index] >> from.region & 1;
}

const uint32_t *locality_candidates(const struct world *w, struct service *s, struct site from, uint32_t *count) {
  struct near_level l = nothing;
  bool prefers = world_part(w, PART_locality) && service_preference(service_config(s)) != PREFER_NONE;
  if (prefers) l = zone_level(w, s, from);
  if (prefers && !l.count) l = region_level(w, s, from);
  bool stays = prefers && (l.count || has_cluster(w, s, from));
  *count = stays ? l.count : s->in_rotation;
  return stays ? l.list : s->rotation;
}

const uint32_t *locality_of_entry(const struct world *w, struct service *s, uint32_t region, uint32_t *count) {
  *count = 0;
  if (!nodes_live_in(w, (int32_t)region)) return NULL;
  if (!s->routing) return balancer_nearby(w, s, region, count);
  return locality_candidates(w, s, (struct site){(int32_t)region, -1}, count);
}

/* --- choosing ---------------------------------------------------------------------------------------------------------------- */

/* What keeps a caller from a replica. */
struct obstacles {
  const struct service *service;
  const struct ejector *ejector; /* null: it has ejected none */
  int64_t full;
  sim_time now;
};

static inline bool takes(const struct obstacles *o, uint32_t container) {
  uint32_t k = container - o->service->first;
  if (o->full != INT64_MAX && o->service->balancing->load[k] >= (uint64_t)o->full) return false;
  return !o->ejector || !ejector_holds(o->ejector, k, o->now);
}

/* Ends at the first: only where all are busy are all looked at. */
static inline bool some_take(const struct obstacles *o, const struct near_level *l) {
  if (o->full == INT64_MAX && !o->ejector) return l->count > 0;
  for (uint32_t i = 0; i < l->count; i++)
    if (takes(o, l->list[i])) return true;
  return false;
}

/* Nothing near takes the call: what does, elsewhere. */
static struct near_level elsewhere(const struct world *w, const struct service *s, const struct obstacles *o) {
  struct localities *all = world_part(w, PART_locality);
  struct near_level l = {all->rest[s->index], 0, &all->cursor[s->index]};
  for (uint32_t i = 0; i < s->in_rotation; i++)
    if (takes(o, s->rotation[i])) all->rest[s->index][l.count++] = s->rotation[i];
  return l;
}

static uint32_t pick_of(struct world *w, struct service *s, const struct instruction *in, const struct request *r,
                        const struct near_level *l) {
  if (l->count == 1 && !s->balancing) return l->list[0];
  return balancer_pick_among(w, s, in, r, l->list, l->count, l->cursor);
}

static uint32_t pick_in_mesh(struct world *w, struct service *s, const struct instruction *in, const struct request *r,
                             struct site from) {
  uint32_t caller = r->depth ? r->frames[r->depth - 1].container : NONE;
  struct obstacles o = {s, balancer_ejector(w, s, caller), service_locality(service_config(s))->full, world_now(w)};
  struct near_level levels[LEVELS] = {zone_level(w, s, from), region_level(w, s, from)};
  for (int i = 0; i < LEVELS; i++)
    if (some_take(&o, &levels[i])) return pick_of(w, s, in, r, &levels[i]);
  struct near_level rest = elsewhere(w, s, &o);
  if (rest.count) return pick_of(w, s, in, r, &rest);
  for (int i = 0; i < LEVELS; i++)
    if (levels[i].count) return pick_of(w, s, in, r, &levels[i]);
  return balancer_pick(w, s, in, r);
}

/* NONE: the caller's cluster has none. */
static uint32_t pick_in_cluster(struct world *w, struct service *s, const struct instruction *in, const struct request *r,
                                struct site from) {
  struct near_level l = region_level(w, s, from);
  if (l.count) return pick_of(w, s, in, r, &l);
  return has_cluster(w, s, from) ? NONE : balancer_pick(w, s, in, r);
}

static uint32_t pick_near(struct world *w, struct service *s, const struct instruction *in, const struct request *r) {
  if (in->route == ROUTE_PRIMARY) return s->primary;
  struct site from = request_stands(w, r);
  bool cluster = service_preference(service_config(s)) == PREFER_CLUSTER;
  return cluster ? pick_in_cluster(w, s, in, r, from) : pick_in_mesh(w, s, in, r, from);
}

static const struct routing routing_near = {.divided = true, .pick = pick_near};

/* --- the life of a world ----------------------------------------------------------------------------------------------------- */

static uint64_t regions_of(const struct world *w, const struct service *s) {
  uint64_t mask = 0;
  for (uint32_t i = 0; i < s->in_rotation; i++) mask |= UINT64_C(1) << container_region(w, &w->containers[s->rotation[i]]);
  return mask;
}

/* Behind all parts that have routing of their own. */
static void locality_start(struct world *w) {
  struct localities *all = world_part(w, PART_locality);
  uint32_t n = w->model->services.count;
  all->placed = arena_new_array(w->arena, uint64_t, n + 1);
  all->rest = arena_new_array(w->arena, uint32_t *, n + 1);
  all->cursor = arena_new_array(w->arena, uint32_t, n + 1);
  for (uint32_t i = 0; i < n; i++) {
    struct service *s = &w->services[i];
    enum preference prefer = service_preference(service_config(s));
    all->placed[i] = regions_of(w, s);
    if (prefer == PREFER_NONE || s->routing || !s->capacity) continue;
    if (prefer == PREFER_ZONE) s->zones = nearby_new(w->arena, s->capacity, w->model->platform.regions.zone_count);
    if (prefer != PREFER_CLUSTER) all->rest[i] = arena_new_array(w->arena, uint32_t, s->capacity + 1);
    s->routing = &routing_near;
  }
}

static bool has_places(const struct model *m) { return model_regions(m) > 0; }

/* --- its keys ---------------------------------------------------------------------------------------------------------------- */

static void link_service(struct linker *l, struct service_config *s, const char *path) {
  struct locality_config *c = service_locality(s);
  bool given = c->prefer > PREFER_NONE || c->full != INT64_MAX;
  if (given && !model_regions(l->model))
    link_error(l, path, "locality", "needs \"regions\" of the platform: without places every replica is as near as any other");
  else if (given && !service_runs(s))
    link_error(l, path, "locality", "the replicas of this service are not modelled: none is nearer than another");
  else if (c->prefer < PREFER_REGION && c->full != INT64_MAX)
    link_error(l, path, "locality", "\"full\" says when calls spill over, which they do with \"prefer\" region or zone only");
  if (c->prefer == PREFER_AUTO) c->prefer = model_regions(l->model) ? PREFER_CLUSTER : PREFER_NONE;
  s->balance.counts = c->full != INT64_MAX;
}

static void link_placed(struct linker *l, enum link_stage stage) {
  if (stage != LINK_PLACED || !model_regions(l->model)) return;
  for (uint32_t i = 0; i < l->model->services.count; i++) {
    const struct service *s = &l->trial->services[i];
    enum preference prefer = service_preference(service_config(s));
    if ((prefer == PREFER_REGION || prefer == PREFER_ZONE) && s->routing && s->routing != &routing_near)
      link_error(l, arena_format(l->arena, "services.%s", service_config(s)->name), "locality",
                 "its calls are routed by what they read and write: \"replication\" and \"shards\" say where they go");
  }
}

static const char *const words[] = {"auto", "none", "cluster", "region", "zone", NULL};

static const struct field fields[] = {
    KEY("prefer", WORD, locality_config, prefer, DEFAULT("auto"), .words = words,
        .doc = "cluster: those of its own region only, if the service has some there; region: those of its own region, then all; "
               "zone: those of its own zone, then of its region, then all; none: all alike. auto: cluster where the scenario has "
               "regions."),
    KEY("full", LIMIT, locality_config, full, DEFAULT("unlimited"), RANGE(1, FIELD_UNLIMITED),
        .doc = "Unanswered requests with which a replica is full: a call spills over when all near are."),
    {0}};
static const struct record locality_record = {.name = "locality",
                                              .size = sizeof(struct locality_config),
                                              .fields = fields,
                                              .doc = "Which replicas a caller is drawn to by where they are.",
                                              .shorthand = "prefer"};

static const struct field keys[] = {ONLY_KEY("locality", RECORD, .record = &locality_record,
                                             .doc = "Which replicas a caller is drawn to by where they are; a word is \"prefer\"."),
                                    {0}};
static const struct record keys_record = {.name = "locality of a service", .size = sizeof(struct locality_config), .fields = keys};

const struct part part_locality = {.name = "locality",
                                   .used = has_places,
                                   .keys.service = &keys_record,
                                   .room.world = sizeof(struct localities),
                                   .link = link_placed,
                                   .service = link_service,
                                   .start = locality_start};
