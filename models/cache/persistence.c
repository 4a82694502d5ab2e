#include "models/cache/persistence.h"
#include "models/cache/cache.h"
#include "models/cache/cache_order.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/volume/volume.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include <math.h>
#include <stdlib.h>

/* --- what is saved ----------------------------------------------------------------------------------------------------------- */

static struct saved_item *one_more(struct saved_item **list, uint32_t *count, uint32_t *room) {
  if (*count == *room) {
    *room = *room ? 2 * *room : 64;
    *list = allocate_resized(*list, *room, sizeof **list);
  }
  return &(*list)[(*count)++];
}

static void save(struct persistence *p, const struct cache_store *s, uint32_t entry) {
  const struct cache_entry *e = &s->entries[entry];
  if (e->keyspace == CACHE_FREE) return;
  struct saved_item item = {.expires = SIM_NEVER, .item = e->item, .keyspace = e->keyspace};
  if (s->has_terms) {
    const struct cache_terms *t = &s->terms[entry];
    item.expires = t->expires, item.delta = t->delta, item.bytes = t->bytes;
  }
  *one_more(&p->saved, &p->count, &p->room) = item;
  p->bytes += item.bytes;
}

/* A list of entries is followed from its oldest one; else any order will do. */
void persistence_save(struct persistence *p, const struct cache_store *s) {
  p->count = 0, p->bytes = 0;
  if (s->oldest != CACHE_NONE)
    for (uint32_t i = s->oldest; i != CACHE_NONE; i = s->entries[i].newer) save(p, s, i);
  else
    for (uint32_t i = 0; i < s->high; i++) save(p, s, i);
}

static int64_t stretch_at(const struct persistence *p, const struct persistence_config *c, sim_time now) {
  return (now + p->phase) / c->append;
}

void persistence_filled(struct persistence *p, const struct persistence_config *c, sim_time now, uint32_t keyspace, uint32_t item) {
  if (!c->append) return;
  if (p->stretch != stretch_at(p, c, now)) p->stretch = stretch_at(p, c, now), p->late_count = 0;
  *one_more(&p->late, &p->late_count, &p->late_room) = (struct saved_item){.item = item, .keyspace = (uint16_t)keyspace};
}

void persistence_dies(struct persistence *p, const struct persistence_config *c, struct cache_store *s, sim_time now) {
  if (!c->append || !s->count) return;
  if (p->stretch == stretch_at(p, c, now))
    for (uint32_t i = 0; i < p->late_count; i++) cache_store_drop(s, p->late[i].keyspace, p->late[i].item);
  p->late_count = 0;
  persistence_save(p, s);
}

void persistence_load(const struct persistence *p, struct cache_store *s, sim_time now, struct stream *draws) {
  for (uint32_t i = 0; i < p->count; i++) {
    const struct saved_item *item = &p->saved[i];
    if (item->expires <= now) continue;
    sim_time ttl = item->expires == SIM_NEVER ? SIM_NEVER : item->expires - now;
    if (!cache_store_put(s, item->keyspace, item->item, item->bytes, now, ttl, draws)) continue;
    struct cache_terms *terms = cache_store_terms(s, item->keyspace, item->item);
    if (terms) terms->delta = item->delta;
  }
}

void persistence_forget(struct persistence *p) { p->count = p->late_count = 0, p->bytes = 0; }

void persistence_close(struct persistence *p) { free(p->saved), free(p->late); }

/* --- the part: how long it takes --------------------------------------------------------------------------------------------- */

/* What its store holds, or will load, in items and bytes. */
static void content(const struct world *w, const struct container *c, double *items, double *bytes) {
  const struct cache_config *config = service_cache(container_config(c));
  *items = config->expected_items, *bytes = config->expected_bytes;
  if (w->mode == WORLD_TRAFFIC) cache_saved(c, items, bytes);
}

static sim_time persistence_recovers(struct world *w, const struct container *c) {
  const struct persistence_config *p = service_persistence(container_config(c));
  if (!persistence_is_on(p) || volume_is_empty(w, c)) return 0;
  double items, bytes;
  content(w, c, &items, &bytes);
  double s = bytes > 0 ? bytes / (double)p->load : items / (double)p->load_entries;
  return distribution_as_time(1e9 * s * (p->append ? 2 : 1));
}

/* Where its container is new after each restart, its file is gone. */
static void link_service(struct linker *l, struct service_config *s, const char *path) {
  const struct persistence_config *p = service_persistence(s);
  if (!persistence_is_on(p)) return;
  service_volume(s)->matters = true;
  if (s->kind != SERVICE_CACHE) link_error(l, path, "persistence", "is not of kind cache: what a process keeps dies with it");
}

static void check(struct linker *l) {
  for (uint32_t i = 0; i < l->model->services.count; i++) {
    const struct service_config *s = model_service(l->model, i);
    if (!persistence_is_on(service_persistence(s))) continue;
    const char *path = arena_format(l->arena, "services.%s", s->name);
    if (s->kind == SERVICE_CACHE && !service_cache(s)->keyed)
      link_error(l, path, "persistence", "no \"cached\" step looks in it by \"key\": with \"hit\" given nothing is kept");
    if (service_volume(s)->kind == VOLUME_NONE && l->model->platform.kind->data.new_containers)
      link_warn(l, path, "persistence", "persistence-lost",
                "its file is lost with each container, and a restart is a new container: give it a \"volume\"");
  }
}

static void link_persistence(struct linker *l, enum link_stage stage) {
  if (stage == LINK_RUN) check(l);
}

static bool used(const struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (persistence_is_on(service_persistence(model_service(m, i)))) return true;
  return false;
}

const struct part part_persistence = {.name = "persistence",
                                      .keys.service = &persistence_keys_record,
                                      .used = used,
                                      .service = link_service,
                                      .link = link_persistence,
                                      .recovers = persistence_recovers};

/* --- its keys ----------------------------------------------------------------------------------------------------------------- */

static const struct field fields[] = {
    KEY("snapshot", DURATION, persistence_config, snapshot, OPTIONAL, .one_of = true, RANGE(1e9, FIELD_YEAR),
        .doc = "Time from one snapshot to the next (RDB): what was filled since the last one is missing after a restart."),
    KEY("append", DURATION, persistence_config, append, OPTIONAL, .one_of = true, RANGE(1e6, FIELD_YEAR),
        .doc =
            "Period in which a log of all writes reaches the disk (AOF): what was filled since is missing after a restart. Redis' "
            "everysec is \"1s\"."),
    KEY("load", BYTES, persistence_config, load, DEFAULT("50MB"), RANGE(1, 1e15),
        .doc = "Bytes of values that it loads in a second before it serves, half as many from a log.",
        .source = "antirez: 10 to 20 s per gigabyte, twice that from a log"),
    KEY("load_entries", INTEGER, persistence_config, load_entries, DEFAULT(1000000), RANGE(1, 1e12),
        .doc = "Items that it loads in a second where no step says how many bytes they have, half as many from a log.",
        .source = "Redis 2.0 to 2.8: about 1,000,000 small keys a second (lethain.com, redis 1719)"),
    {0}};
static const struct record record = {.name = "persistence",
                                     .size = sizeof(struct persistence_config),
                                     .fields = fields,
                                     .doc = "What of a cache is on disk, and is there again after a restart."};
static const struct field keys[] = {ONLY_KEY("persistence", RECORD, OPTIONAL, .record = &record,
                                             .doc = "Cache: what of its content outlives a restart; absent: it begins empty."),
                                    {0}};
const struct record persistence_keys_record = {
    .name = "persistence of a service", .size = sizeof(struct persistence_config), .fields = keys};
