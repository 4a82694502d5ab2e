/* {"cached": "redis", "key": "events", "miss": [...]}: looks for the request's item in a cache; on a miss runs the nested steps and
 * fills it. With "hit" instead of "key" the share of hits is given and nothing is kept. A cache that cannot be reached is a miss,
 * and is then not filled. Where "cached" names the service that asks, its processes look into their own memory.
 *
 * {"invalidate": "redis", "key": "events"}: drops the item, after a write. */
#include "models/cache/cache.h"
#include "models/cache/copies.h"
#include "models/cache/rebuild.h"
#include "models/core/model.h"
#include "models/request/program.h"
#include "models/request/request.h"
#include "models/steps/steps.h"
#include "models/core/world.h"
#include "models/request/operation.h"
#include "models/request/walk.h"
#include <math.h>
#include <string.h>

struct cached_step {
  int32_t cached;
  double hit;
  struct distribution demand;
  struct config_list miss;
  bool fill;
  int32_t key; /* keyspace, or -1 */
  bool l1;
  sim_time ttl; /* 0: that of the cache */
  int64_t bytes;
  double bytes_cv;
  struct stampede_config stampede;
};

/* The key was given: its defaults are not zero. */
static const struct stampede_config *cure_of(const struct cached_step *s) { return s->stampede.expiry ? &s->stampede : NULL; }

struct invalidate_step {
  int32_t invalidate, key;
  struct distribution demand;
  bool l1;
};

static bool look_up(struct world *w, struct request *r, const struct instruction *in) {
  (void)w;
  struct stream draws = stream_at(r->key, in->draw);
  if (stream_uniform(&draws) < in->probability) r->pc = in->target;
  return true;
}
static const struct operation by_chance = {
    .name = "look up", .run = look_up, .onward = walk_looks_up, .through = passage_looks_up, .jumps = true};

/* On the replica of the open frame. */
static struct instruction *compile_content(struct compiler *c, int32_t key, const struct operation *operation) {
  struct instruction *in = compile_emit_quietly(c, operation);
  in->service = compile_service(c);
  in->keyspace = (int16_t)key;
  in->ttl = service_cache(model_service(c->model, (uint32_t)in->service))->ttl;
  return in;
}

/* A command that writes goes to the primary of copies, where the scenario says so. */
static void write_at_primary(const struct compiler *c, struct instruction *enter) {
  if (copies_write_at_primary(model_service(c->model, (uint32_t)enter->service))) enter->route = ROUTE_PRIMARY;
}

/* One command of the cache. what: it does there with the item, or null. */
static struct instruction *compile_command(struct compiler *c, int32_t cache, const struct distribution *demand, int32_t key,
                                           const struct operation *what, struct instruction **content) {
  c->shard_keys = key;
  struct instruction *enter = compile_enter(c, cache, ROUTE_ANY);
  c->shard_keys = -1;
  compile_cpu(c, demand);
  if (what) *content = compile_content(c, key, what);
  compile_leave(c);
  return enter;
}

static uint16_t here(const struct compiler *c) { return (uint16_t)c->program->count; }

static void give_bytes(struct compiler *c, const struct cached_step *s, struct instruction *fill) {
  if (!s->bytes) return;
  fill->demand = distribution_constant((double)s->bytes);
  if (!s->bytes_cv) return;
  const struct distribution_kind *kind = distribution_kind_named("lognormal");
  struct parameter_values p = {0};
  for (int i = 0; kind->parameters[i].name; i++) {
    bool mean = !strcmp(kind->parameters[i].name, "mean"), cv = !strcmp(kind->parameters[i].name, "cv");
    if (mean || cv) p.given[i] = true, p.scalar[i] = mean ? (double)s->bytes : s->bytes_cv;
  }
  struct distribution d = {.kind = kind};
  const char *wrong = kind->solve(&d, &p, c->arena);
  if (wrong) compile_error(c, "\"bytes_cv\": %s", wrong);
  fill->demand = d;
}

/* A look into the process's own memory draws nothing: with one that is empty all else is as without. */
static struct instruction *compile_l1(struct compiler *c, const struct cached_step *s) {
  compile_content(c, s->key, &operation_look);
  struct instruction *found = compile_emit(c, &operation_found);
  c->draws--;
  found->service = compile_service(c), found->keyspace = (int16_t)s->key;
  return found;
}

static void compile_l1_fill(struct compiler *c, const struct cached_step *s, bool own) {
  struct instruction *fill = compile_content(c, s->key, &operation_fill);
  if (own && s->ttl) fill->ttl = s->ttl;
  give_bytes(c, s, fill);
}

static struct instruction *compile_rebuild(struct compiler *c, const struct cached_step *s, const struct operation *operation) {
  struct instruction *in = compile_emit_quietly(c, operation);
  in->service = s->cached, in->keyspace = (int16_t)s->key, in->stampede = cure_of(s);
  in->cell = compile_cell(c, s->cached, TIME_LOCK);
  return in;
}

/* Who misses asks for the lock; one who cannot ask has none. */
static void compile_lock_command(struct compiler *c, const struct cached_step *s) {
  struct instruction *content,
      *enter = compile_command(c, s->cached, &cure_of(s)->command, s->key, &operation_rebuild_lock, &content);
  content->stampede = cure_of(s);
  enter->target = here(c);
}

/* Who has it gives it back. */
static void compile_unlock_command(struct compiler *c, const struct cached_step *s) {
  struct instruction *holds = compile_rebuild(c, s, &operation_rebuild_unlock);
  struct instruction *enter = compile_command(c, s->cached, &cure_of(s)->command, s->key, NULL, NULL);
  holds->target = enter->target = here(c);
}

/* Who has to wait for a lock looks once more when it is gone, and rebuilds what is not there all the same. */
static void compile_second_look(struct compiler *c, const struct cached_step *s, struct instruction **found) {
  struct instruction *content;
  struct instruction *wait = compile_rebuild(c, s, &operation_rebuild_wait);
  struct instruction *enter = compile_command(c, s->cached, &s->demand, s->key, &operation_look, &content);
  if (s->ttl) content->ttl = s->ttl;
  *found = compile_emit(c, &operation_found);
  (*found)->service = s->cached, (*found)->keyspace = (int16_t)s->key;
  enter->target = wait->target = here(c);
}

static struct instruction *compile_fill(struct compiler *c, const struct cached_step *s) {
  struct instruction *fill, *content;
  bool keyed = s->key >= 0;
  fill = compile_command(c, s->cached, &s->demand, s->key, keyed ? &operation_fill : NULL, &content);
  write_at_primary(c, fill);
  if (!keyed) return fill;
  give_bytes(c, s, content);
  content->ttl = s->ttl ? s->ttl : content->ttl, content->stampede = cure_of(s);
  return fill;
}

/* What is done on a miss. Returns the command that fills, whose target is to be set, or null. */
static void compile_miss(struct compiler *c, const struct cached_step *s, bool own) {
  compile_steps(c, &s->miss);
  if (!s->fill) return;
  if (own) {
    compile_l1_fill(c, s, true);
    c->program->instructions[c->program->count - 1].stampede = cure_of(s);
  } else {
    struct instruction *fill = compile_fill(c, s);
    fill->target = here(c);
  }
}

/* The miss steps once more, for a child without a caller, in the process that found what is stale. */
static void compile_refresh(struct compiler *c, const struct cached_step *s, bool own, struct instruction *lookup) {
  lookup->refresh = here(c);
  c->guarded++;
  compile_rebuild(c, s, &operation_rebuild);
  compile_miss(c, s, own);
  if (s->l1) compile_l1_fill(c, s, false);
  compile_rebuild(c, s, &operation_refreshed);
  c->guarded--;
}

/* From the look-up on: rebuilds with their marks. Behind it stands what a hit goes on with. */
static void compile_cured(struct compiler *c, const struct cached_step *s, bool own, struct instruction *lookup) {
  const struct stampede_config *cure = cure_of(s);
  struct instruction *again = NULL, *wait = NULL;
  lookup->stampede = cure, lookup->cell = compile_cell(c, s->cached, TIME_LOCK);
  if (cure->cure == CURE_STALE) compile_becomes(lookup, &operation_refresh);
  if (rebuild_commands(cure)) compile_lock_command(c, s);
  if (cure->cure == CURE_LOCK) compile_second_look(c, s, &again);
  if (cure->cure == CURE_COALESCE) wait = compile_rebuild(c, s, &operation_rebuild_wait);
  compile_rebuild(c, s, &operation_rebuild);
  compile_miss(c, s, own);
  if (rebuild_commands(cure)) compile_unlock_command(c, s);
  struct instruction *end = compile_rebuild(c, s, &operation_rebuild_end);
  if (cure->cure == CURE_STALE) compile_refresh(c, s, own, lookup);
  lookup->target = end->target = here(c);
  if (again) again->target = here(c);
  if (wait) wait->target = here(c);
}

static void compile_from_lookup(struct compiler *c, const struct cached_step *s, bool own, struct instruction *lookup) {
  if (cure_of(s)) {
    compile_cured(c, s, own, lookup);
    return;
  }
  compile_miss(c, s, own);
  lookup->target = here(c);
}

static void compile_own(struct compiler *c, const struct cached_step *s) {
  uint32_t look = c->program->count;
  struct instruction *found = compile_l1(c, s);
  c->program->instructions[look].stampede = cure_of(s);
  compile_from_lookup(c, s, true, found);
}

static void compile_shared(struct compiler *c, const struct cached_step *s) {
  bool keyed = s->key >= 0;
  struct instruction *content = NULL, *l1 = s->l1 ? compile_l1(c, s) : NULL;
  struct instruction *read = compile_command(c, s->cached, &s->demand, s->key, keyed ? &operation_look : NULL, &content);
  if (content && s->ttl) content->ttl = s->ttl;
  if (content) content->stampede = cure_of(s);
  struct instruction *lookup = compile_emit(c, keyed ? &operation_found : &by_chance);
  lookup->service = s->cached;
  lookup->keyspace = (int16_t)s->key;
  lookup->probability = keyed ? 0 : s->hit;
  read->target = here(c);
  compile_from_lookup(c, s, false, lookup);
  if (!l1) return;
  compile_l1_fill(c, s, false);
  l1->target = here(c);
}

static void check_cure(struct compiler *c, const struct cached_step *s) {
  const struct stampede_config *cure = cure_of(s);
  if (!cure) return;
  const struct service_config *cache = model_service(c->model, (uint32_t)s->cached);
  bool times = cure->cure == CURE_STALE || cure->cure == CURE_EARLY;
  if (cache_copies_of(cache))
    compile_error(c, "\"stampede\" of a cache with \"copies\" is not modelled: a look-up and its fill are at different replicas");
  if (s->key < 0) compile_error(c, "\"stampede\" of a \"cached\" step needs a \"key\": without items no request waits for one");
  if (cure->cure == CURE_LOCK && s->cached == compile_service(c))
    compile_error(c, "a \"lock\" stands in a cache that several processes share; within one use \"coalesce\"");
  if (times && !s->ttl && service_cache(cache)->ttl == SIM_NEVER)
    compile_error(c, "a \"stampede\" cure that depends on the age of items needs a \"ttl\"");
  if (times && service_cache(cache)->ttl_from == TTL_FROM_ACCESS)
    compile_error(c, "a \"stampede\" cure that depends on the age of items needs a ttl that counts from the fill");
}

static void check(struct compiler *c, const struct cached_step *s) {
  const struct service_config *cache = model_service(c->model, (uint32_t)s->cached);
  if (compile_service(c) < 0) compile_error(c, "a \"cached\" step needs a service that asks: put it inside a \"call\"");
  bool own = s->cached == compile_service(c) && s->key >= 0;
  if (cache->kind != SERVICE_CACHE && !own)
    compile_error(c, "\"%s\" is not of kind cache%s", cache->name,
                  s->key >= 0 ? ", nor the service that asks, which may look into its own memory" : "");
  if (s->key < 0 && isnan(s->hit)) compile_error(c, "a \"cached\" step needs a \"key\": which item, or \"hit\": how much hits");
  if (s->key >= 0 && !isnan(s->hit))
    compile_error(c, "a \"cached\" step has either a \"key\" or \"hit\": with a key the run finds it");
  if (s->key < 0 && (s->l1 || s->ttl || s->bytes))
    compile_error(c, "\"l1\", \"ttl\" and \"bytes\" of a \"cached\" step need a \"key\": which item");
  if (own && s->l1) compile_error(c, "a process that looks into its own memory has no \"l1\" before it");
  check_cure(c, s);
  if (s->bytes_cv && !s->bytes) compile_error(c, "\"bytes_cv\" needs \"bytes\": the mean");
}

static void compile(struct compiler *c, const void *config) {
  const struct cached_step *s = config;
  check(c, s);
  if (c->error) return;
  if (s->cached == compile_service(c))
    compile_own(c, s);
  else
    compile_shared(c, s);
}

static void compile_invalidate(struct compiler *c, const void *config) {
  const struct invalidate_step *s = config;
  const struct service_config *cache = model_service(c->model, (uint32_t)s->invalidate);
  if (compile_service(c) < 0) compile_error(c, "an \"invalidate\" step needs a service that asks: put it inside a \"call\"");
  bool own = s->invalidate == compile_service(c);
  if (cache->kind != SERVICE_CACHE && !own)
    compile_error(c, "\"%s\" is not of kind cache, nor the service that asks, which may drop items of its own memory", cache->name);
  if (c->error) return;
  struct instruction *content;
  if (!own) {
    struct instruction *enter = compile_command(c, s->invalidate, &s->demand, s->key, &operation_drop, &content);
    write_at_primary(c, enter);
    enter->target = here(c);
  }
  if (own || s->l1) compile_content(c, s->key, &operation_drop);
}

#define DEMAND(step)                                                                                                               \
  KEY("demand", DISTRIBUTION, step, demand, DEFAULT("10us"), .doc = "CPU time of one command of the cache.",                       \
      .source = "Redis: 8 to 12 us per simple command")
static const struct field fields[] = {
    KEY("cached", REFERENCE, cached_step, cached, .target = "services",
        .doc = "A service of kind cache; with a \"key\" also the service that asks, which then looks into its own memory."),
    KEY("key", REFERENCE, cached_step, key, OPTIONAL, .target = "keys",
        .doc = "The keyspace whose item is looked for: what is there decides whether it is a hit."),
    KEY("hit", RATIO, cached_step, hit, OPTIONAL, RANGE(0, 1),
        .doc = "Instead of a key: share of look-ups that find what they look for."),
    DEMAND(cached_step),
    KEY("miss", CHOICES, cached_step, miss, OPTIONAL, .choices = &step_choices, .doc = "What is done on a miss."),
    KEY("fill", FLAG, cached_step, fill, DEFAULT(true), .doc = "Whether a miss ends with writing to the cache: one more command."),
    KEY("l1", FLAG, cached_step, l1, DEFAULT(false),
        .doc = "Whether the process that asks looks into its own memory first (\"cache\" of its service), and keeps there what it "
               "gets."),
    KEY("ttl", DURATION, cached_step, ttl, OPTIONAL, RANGE(1, FIELD_UNLIMITED),
        .doc = "Time after which the item expires in \"cached\"; absent: as its service says."),
    KEY("bytes", BYTES, cached_step, bytes, OPTIONAL, RANGE(1, 4e9),
        .doc = "Size of a value; absent: it takes none of the cache's \"size\"."),
    KEY("bytes_cv", NUMBER, cached_step, bytes_cv, DEFAULT(0), RANGE(0, 100),
        .doc = "Standard deviation of the items' sizes over their mean, lognormal; an item always has the same size."),
    KEY("stampede", RECORD, cached_step, stampede, OPTIONAL, .record = &stampede_record,
        .doc = "With a key: what keeps requests that miss an item from all rebuilding it at the same time; absent: nothing, and "
               "nothing is counted."),
    {0}};
static const struct record record = {
    .name = "cached step", .size = sizeof(struct cached_step), .fields = fields, .doc = "Looks in a cache first."};
static const struct step_kind kind = {compile};
const struct alternative step_cached = {"cached", true, &record, &kind};

static const struct field invalidate_fields[] = {
    KEY("invalidate", REFERENCE, invalidate_step, invalidate, .target = "services",
        .doc = "A service of kind cache, or the service that asks: its own memory."),
    KEY("key", REFERENCE, invalidate_step, key, .target = "keys", .doc = "The keyspace whose item is dropped."),
    DEMAND(invalidate_step),
    KEY("l1", FLAG, invalidate_step, l1, DEFAULT(false),
        .doc = "Whether the process that asks drops it from its own memory too; those of others keep theirs."),
    {0}};
static const struct record invalidate_record = {
    .name = "invalidate step",
    .size = sizeof(struct invalidate_step),
    .fields = invalidate_fields,
    .doc = "Drops an item from a cache: one command. A cache that cannot be reached keeps it."};
static const struct step_kind invalidate_kind = {compile_invalidate};
const struct alternative step_invalidate = {"invalidate", true, &invalidate_record, &invalidate_kind};
