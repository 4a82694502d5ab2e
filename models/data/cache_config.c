#include "models/data/cache.h"
#include "models/data/keyspace.h"
#include "models/meter.h"
#include "models/model.h"
#include "sim/engine/arena.h"

/* --- who keeps what --------------------------------------------------------------------------------------------------------- */

struct use {
  bool fills, drops, sized;
};

static void declare(struct model *m, struct service_config *s, const struct use *u) {
  struct cache_config *c = &s->cache;
  bool bounded = c->entries != INT64_MAX || c->size != INT64_MAX;
  c->hits = meter_declare(m, s->name, "hits", METER_COUNT, "Look-ups that found their item.");
  c->misses = meter_declare(m, s->name, "misses", METER_COUNT, "Look-ups that did not.");
  c->held = meter_declare(m, s->name, "entries", METER_LEVEL, "Items held, by all replicas together.");
  c->sized = u->sized;
  if (c->sized) c->bytes = meter_declare(m, s->name, "bytes", METER_LEVEL, "Their values.");
  if (bounded) c->evictions = meter_declare(m, s->name, "evictions", METER_COUNT, "Items that went to make room.");
  if (c->expires) c->expirations = meter_declare(m, s->name, "expirations", METER_COUNT, "Items whose ttl ran out.");
  if (bounded || c->expires) c->refused = meter_declare(m, s->name, "refused", METER_COUNT, "Fills for which there was no room.");
  if (u->drops) c->invalidations = meter_declare(m, s->name, "invalidations", METER_COUNT, "Items dropped by a write.");
}

static const char *check(const struct model *m, const struct service_config *s, const struct use *u) {
  const struct cache_config *c = &s->cache;
  bool bounded = c->entries != INT64_MAX || c->size != INT64_MAX;
  if (s->kind == SERVICE_EXTERNAL) return "an external service has no memory of ours";
  if (s->kind != SERVICE_CACHE && u->fills && !bounded && !c->expires)
    return "the memory of its processes would grow for ever: give it \"entries\", a \"size\" or a \"ttl\"";
  if (c->size != INT64_MAX && u->fills && !u->sized)
    return "has a \"size\", but no \"cached\" step says how many \"bytes\" it keeps";
  if (c->samples && c->policy != CACHE_LRU) return "only lru goes by \"samples\"";
  for (uint32_t i = 0; i < m->keyspaces.count; i++)
    if (c->policy == CACHE_PERFECT_LFU && model_keyspace(m, i)->of > KEYSPACE_TABLE)
      return arena_format(m->arena, "perfect-lfu counts every item, and \"%s\" has more than %d", model_keyspace(m, i)->name,
                          KEYSPACE_TABLE);
  return NULL;
}

const char *caches_link(struct model *m, const char **name) {
  struct use *uses = arena_new_array(m->arena, struct use, m->services.count + 1);
  struct service_config *services = m->services.items;
  for (uint32_t e = 0; e < m->endpoints.count; e++)
    for (uint32_t i = 0; i < m->programs[e].count; i++) {
      const struct instruction *in = &m->programs[e].instructions[i];
      if (in->operation != OPERATION_CONTENT) continue;
      struct use *u = &uses[in->service];
      services[in->service].cache.keyed = true;
      u->fills |= in->run == cache_fill, u->drops |= in->run == cache_drop, u->sized |= in->demand.kind != NULL;
      services[in->service].cache.expires |= in->run == cache_fill && in->ttl != SIM_NEVER;
    }
  for (uint32_t i = 0; i < m->services.count; i++) {
    if (!services[i].cache.keyed) continue;
    if (!services[i].cache.size) services[i].cache.size = INT64_MAX;
    const char *wrong = check(m, &services[i], &uses[i]);
    *name = services[i].name;
    if (wrong) return wrong;
    declare(m, &services[i], &uses[i]);
  }
  return NULL;
}

/* --- keys of a scenario -------------------------------------------------------------------------------------------------------- */

static const char *const policy_words[] = {"lru", "lfu", "perfect-lfu", "fifo", "random", "noeviction", NULL};
static const char *const from_words[] = {"fill", "access", NULL};

#define AT(member) offsetof(struct cache_config, member)
static const struct field fields[] = {
    {.name = "policy",
     .kind = FIELD_WORD,
     .offset = AT(policy),
     .words = policy_words,
     .fallback = "\"lru\"",
     .doc =
         "Who goes when it is full: the least recently used, the least used since it came (lfu) or ever (perfect-lfu: a newcomer "
         "asked for less than that is not kept), the first in, any, or nobody: then nothing is added.",
     .source = "Redis as delivered has noeviction; as a cache it is run with allkeys-lru"},
    {.name = "samples",
     .kind = FIELD_INTEGER,
     .offset = AT(samples),
     .fallback = "0",
     .low = 0,
     .high = 64,
     .doc = "lru: the least recently used of so many picked by chance goes; 0: of all.",
     .source = "Redis maxmemory-samples 5; 0 is the textbook's LRU"},
    {.name = "entries",
     .kind = FIELD_LIMIT,
     .offset = AT(entries),
     .fallback = "\"unlimited\"",
     .low = 0,
     .high = 9.3e18,
     .doc = "Items that one replica holds at most."},
    {.name = "size",
     .kind = FIELD_BYTES,
     .offset = AT(size),
     .optional = true,
     .low = 1,
     .high = 9.3e18,
     .doc = "Bytes of values that one replica holds at most; absent: no limit."},
    {.name = "ttl",
     .kind = FIELD_DURATION,
     .offset = AT(ttl),
     .fallback = "\"never\"",
     .low = 1,
     .high = 9.3e18,
     .doc = "After which an item is gone; a step may have its own."},
    {.name = "ttl_from",
     .kind = FIELD_WORD,
     .offset = AT(ttl_from),
     .words = from_words,
     .fallback = "\"fill\"",
     .doc = "What the ttl counts from: the fill, or the last look-up that found the item."},
    {.name = "jitter",
     .kind = FIELD_RATIO,
     .offset = AT(jitter),
     .fallback = "0",
     .low = 0,
     .high = 1,
     .doc =
         "Of each fill the ttl is drawn within this share around itself, so that what was filled together does not go together."},
    {0}};
#undef AT
const struct record cache_record = {"cache", sizeof(struct cache_config), fields,
                                    "What a replica keeps in its memory, and who goes when it is full.", NULL};
