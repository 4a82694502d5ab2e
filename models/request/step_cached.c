/* {"cached": "redis", "hit": "85%", "miss": [...]}: looks in a cache; on a miss runs the nested steps and fills it. A cache
 * that cannot be reached is a miss, and is then not filled. */
#include "models/model.h"
#include "models/request/program.h"
#include "models/request/request.h"
#include "models/request/steps.h"
#include "models/world.h"

struct cached_step {
  int32_t cached;
  double hit;
  struct distribution demand;
  struct config_list miss;
  bool fill;
};

static bool look_up(struct world *w, struct request *r, const struct instruction *in) {
  (void)w;
  struct stream draws = stream_at(r->key, in->draw);
  if (stream_uniform(&draws) < in->probability) r->pc = in->target;
  return true;
}

static struct instruction *compile_command(struct compiler *c, const struct cached_step *s) {
  struct instruction *enter = compile_enter(c, s->cached, ROUTE_ANY);
  compile_cpu(c, &s->demand);
  compile_leave(c);
  return enter;
}

static void compile(struct compiler *c, const void *config) {
  const struct cached_step *s = config;
  const struct service_config *cache = model_service(c->model, (uint32_t)s->cached);
  if (cache->kind != SERVICE_CACHE) compile_fault(c, "\"%s\" is not of kind cache", cache->name);
  if (compile_service(c) < 0) compile_fault(c, "a \"cached\" step needs a service that asks: put it inside a \"call\"");
  if (c->fault) return;
  struct instruction *read = compile_command(c, s);
  struct instruction *lookup = compile_emit(c, OPERATION_LOOKUP, look_up);
  lookup->service = s->cached;
  lookup->probability = s->hit;
  read->target = (uint16_t)c->program->count;
  compile_steps(c, &s->miss);
  struct instruction *fill = s->fill ? compile_command(c, s) : NULL;
  lookup->target = (uint16_t)c->program->count;
  if (fill) fill->target = (uint16_t)c->program->count;
}

#define AT(member) offsetof(struct cached_step, member)
static const struct field fields[] = {
    {.name = "cached", .kind = FIELD_REFERENCE, .offset = AT(cached), .target = "services", .doc = "A service of kind cache."},
    {.name = "hit",
     .kind = FIELD_RATIO,
     .offset = AT(hit),
     .low = 0,
     .high = 1,
     .doc = "Share of look-ups that find what they look for."},
    {.name = "demand",
     .kind = FIELD_DISTRIBUTION,
     .offset = AT(demand),
     .fallback = "\"10us\"",
     .doc = "CPU time of one command of the cache.",
     .source = "Redis: 8 to 12 us per simple command"},
    {.name = "miss",
     .kind = FIELD_CHOICES,
     .offset = AT(miss),
     .choices = &step_choices,
     .optional = true,
     .doc = "What is done on a miss."},
    {.name = "fill",
     .kind = FIELD_FLAG,
     .offset = AT(fill),
     .fallback = "true",
     .doc = "Whether a miss ends with writing to the cache: one more command."},
    {0}};
static const struct record record = {"cached step", sizeof(struct cached_step), fields, "Looks in a cache first.", NULL};
static const struct step_kind kind = {compile};
const struct alternative step_cached = {"cached", true, &record, &kind};
