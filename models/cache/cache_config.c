#include "models/cache/cache.h"
#include "models/keys/keyspace.h"
#include "models/cache/rebuild.h"
#include "models/core/meter.h"
#include "models/core/model.h"
#include "sim/engine/arena.h"

/* --- who keeps what --------------------------------------------------------------------------------------------------------- */

static bool bounded(const struct cache_config *c) { return c->entries != INT64_MAX || c->size != INT64_MAX; }

static void declare(struct model *m, struct service_config *s) {
  struct cache_config *c = service_cache(s);
  c->hits = meter_declare(m, s->name, "hits", METER_COUNT, "Look-ups that found their item.");
  c->misses = meter_declare(m, s->name, "misses", METER_COUNT, "Look-ups that did not.");
  c->held = meter_declare(m, s->name, "entries", METER_LEVEL, "Items held, by all replicas and processes together.");
  if (c->sized) c->bytes = meter_declare(m, s->name, "bytes", METER_LEVEL, "Their values.");
  if (bounded(c)) c->evictions = meter_declare(m, s->name, "evictions", METER_COUNT, "Items evicted to make room.");
  if (c->expires) c->expirations = meter_declare(m, s->name, "expirations", METER_COUNT, "Items whose ttl expired.");
  if (bounded(c) || c->expires)
    c->refused = meter_declare(m, s->name, "refused", METER_COUNT, "Fills for which there was no room.");
  if (c->drops) c->invalidations = meter_declare(m, s->name, "invalidations", METER_COUNT, "Items dropped by a write.");
  if (c->rebuilt) c->rebuilds = meter_declare(m, s->name, "rebuilds", METER_COUNT, "Rebuilds of items that were begun.");
  if (c->waited)
    c->rebuild_waits = meter_declare(m, s->name, "rebuild_wait", METER_TIME, "Waits for the rebuild of another request.");
  if (c->wait_expires)
    c->rebuild_timeouts = meter_declare(m, s->name, "rebuild_timeouts", METER_COUNT, "Of these, those that were given up.");
  if (c->stale)
    c->stale_served = meter_declare(m, s->name, "stale_served", METER_COUNT, "Look-ups that found an item past its ttl.");
  if (warmth_wanted(&c->warm)) warmth_declare(m, &c->warm, s->name);
  if (c->refreshed_early)
    c->early = meter_declare(m, s->name, "early", METER_COUNT, "Look-ups that found their item and rebuilt it before its end.");
}

const char *cache_error(const struct model *m, const struct service_config *s) {
  const struct cache_config *c = service_cache(s);
  if (!c->keyed) return NULL;
  if (s->kind != SERVICE_CACHE && c->fills && !bounded(c) && !c->expires)
    return "the memory of its processes would grow for ever: give it \"entries\", a \"size\" or a \"ttl\"";
  if (c->size != INT64_MAX && c->fills && !c->sized)
    return "has a \"size\", but no \"cached\" step says how many \"bytes\" a value has";
  if (c->samples && c->policy != CACHE_LRU) return "only lru uses \"samples\"";
  for (uint32_t i = 0; i < model_keyspaces(m)->count; i++)
    if (c->policy == CACHE_PERFECT_LFU && model_keyspace(m, i)->of > KEYSPACE_TABLE)
      return arena_format(m->arena, "perfect-lfu counts every item, and \"%s\" has more than %d", model_keyspace(m, i)->name,
                          KEYSPACE_TABLE);
  return NULL;
}

static void note_cure(struct cache_config *c, const struct stampede_config *s) {
  int32_t cure = s->cure;
  bool waits = cure == CURE_COALESCE || cure == CURE_LOCK;
  c->rebuilt = true, c->waited |= waits, c->wait_expires |= waits && s->wait != SIM_NEVER, c->locked |= cure == CURE_LOCK;
  c->stale |= cure == CURE_STALE, c->refreshed_early |= cure == CURE_EARLY;
}

void caches_link(struct model *m) {
  struct service_config *services = m->services.items;
  for (uint32_t e = 0; e < m->program_count; e++)
    for (uint32_t i = 0; i < m->programs[e].count; i++) {
      const struct instruction *in = &m->programs[e].instructions[i];
      if (in->stampede) note_cure(service_cache(&services[in->service]), in->stampede);
      bool fills = in->operation == &operation_fill, drops = in->operation == &operation_drop;
      if (!fills && !drops && in->operation != &operation_look && in->operation != &operation_rebuild_lock) continue;
      struct cache_config *c = service_cache(&services[in->service]);
      c->keyed = true, c->fills |= fills, c->drops |= drops;
      c->sized |= in->demand.kind != NULL, c->expires |= fills && in->ttl != SIM_NEVER;
    }
  for (uint32_t i = 0; i < m->services.count; i++) {
    struct cache_config *c = service_cache(&services[i]);
    if (!c->keyed) continue;
    if (!c->size) c->size = INT64_MAX;
    c->stores = services[i].kind == SERVICE_CACHE ? 1 : runtime_processes(&services[i]);
    declare(m, &services[i]);
  }
}

/* --- keys of a scenario ------------------------------------------------------------------------------------------------------ */

static const char *const policy_words[] = {"lru", "lfu", "perfect-lfu", "fifo", "random", "noeviction", NULL};
static const char *const from_words[] = {"fill", "access", NULL};

static const struct field fields[] = {
    KEY("policy", WORD, cache_config, policy, DEFAULT("lru"), .words = policy_words,
        .doc = "What is evicted when it is full: the item least recently used, the one least used since it came (lfu) or ever "
               "(perfect-lfu: a new item asked for less often than that is not kept), the first in, any, or none: then nothing is "
               "added.",
        .source = "Redis as delivered has noeviction; as a cache it is run with allkeys-lru"),
    KEY("samples", INTEGER, cache_config, samples, DEFAULT(0), RANGE(0, 64),
        .doc = "lru: of this many items picked at random the least recently used is evicted; 0: of all items.",
        .source = "Redis maxmemory-samples 5; 0 is the textbook's LRU"),
    KEY("entries", LIMIT, cache_config, entries, DEFAULT("unlimited"), RANGE(0, FIELD_UNLIMITED),
        .doc = "Most items held: by a replica of kind cache, by each process of other services."),
    KEY("size", BYTES, cache_config, size, OPTIONAL, RANGE(1, FIELD_UNLIMITED),
        .doc = "Most bytes of values held, likewise; absent: no limit."),
    KEY("ttl", DURATION, cache_config, ttl, DEFAULT("never"), RANGE(1, FIELD_UNLIMITED),
        .doc = "Time after which an item expires; a step may have its own."),
    KEY("ttl_from", WORD, cache_config, ttl_from, DEFAULT("fill"), .words = from_words,
        .doc = "What the ttl counts from: the fill, or the last look-up that found the item."),
    KEY("warm", RECORD, cache_config, warm, OPTIONAL, .record = &warmth_record,
        .doc = "Share of hits from which content that began empty counts as warm; absent: warming is not measured."),
    KEY("jitter", RATIO, cache_config, jitter, DEFAULT(0), RANGE(0, 1),
        .doc = "The ttl of each fill is drawn within this share around it, so that items filled together do not expire together."),
    {0}};
const struct record cache_record = {.name = "cache",
                                    .size = sizeof(struct cache_config),
                                    .fields = fields,
                                    .doc = "What a process keeps in its memory, and what is evicted when it is full."};

static const struct field keys[] = {
    ONLY_KEY("cache", RECORD, .record = &cache_record,
             .doc = "What each process keeps in its memory for \"cached\" steps with a \"key\": the content of a service of kind "
                    "cache, or what a process has looked up before (L1)."),
    {0}};
const struct record cache_keys_record = {.name = "cache of a service", .size = sizeof(struct cache_config), .fields = keys};
