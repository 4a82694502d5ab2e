/* {"command": "redis"}: one trip to a cache and a command there, on its one thread: whatever comes next waits until it is done. An
 * O(N) command is long by its items, a pipeline by its commands; neither lets anybody in between. */
#include "models/core/model.h"
#include "models/request/request.h"
#include "models/request/steps.h"

struct command_step {
  int32_t command;
  struct distribution demand;
  int64_t items, count;
  sim_time per_item;
};

/* What the thread is taken for, in one piece: everything is in proportion to the demand of a command. */
static void compile(struct compiler *c, const void *config) {
  const struct command_step *s = config;
  const struct service_config *cache = model_service(c->model, (uint32_t)s->command);
  if (cache->kind != SERVICE_CACHE) compile_fault(c, "\"%s\" is not of kind cache", cache->name);
  double own = s->demand.mean, items = (double)s->items * (double)s->per_item;
  bool only_items = own <= 0;
  struct distribution demand = only_items ? distribution_constant(items) : s->demand;
  double factor = (double)s->count * (only_items ? 1 : (own + items) / own);
  compile_enter(c, s->command, ROUTE_ANY);
  struct instruction *cpu = compile_cpu(c, &demand);
  if (cpu && factor != 1) cpu->scale = factor, cpu->demand.mean *= factor;
  compile_leave(c);
}

#define AT(member) offsetof(struct command_step, member)
static const struct field fields[] = {
    {.name = "command", .kind = FIELD_REFERENCE, .offset = AT(command), .target = "services", .doc = "A service of kind cache."},
    {.name = "demand",
     .kind = FIELD_DISTRIBUTION,
     .offset = AT(demand),
     .fallback = "\"10us\"",
     .doc = "CPU time of one command, its items apart.",
     .source = "Redis: 8 to 12 us per simple command"},
    {.name = "items",
     .kind = FIELD_INTEGER,
     .offset = AT(items),
     .fallback = "0",
     .low = 0,
     .high = 1e9,
     .doc = "That an O(N) command goes through: LRANGE, HGETALL, KEYS."},
    {.name = "per_item",
     .kind = FIELD_DURATION,
     .offset = AT(per_item),
     .fallback = "\"300ns\"",
     .low = 0,
     .high = 9e15,
     .doc = "CPU time of an item; what it is depends on the command.",
     .source = "KEYS 200 to 500 ns a key, measured at 1 and 10 million keys; LRANGE of 300 items 21,000/s: 159 ns an item"},
    {.name = "count",
     .kind = FIELD_INTEGER,
     .offset = AT(count),
     .fallback = "1",
     .low = 1,
     .high = 1e6,
     .doc = "Such commands in one trip: a pipeline. What one costs is then less: give its \"demand\".",
     .source = "Redis, pipelines of 16: 310,000 to 860,000 commands/s, 1.2 to 3.2 us each"},
    {0}};
#undef AT
static const struct record record = {.name = "command step",
                                     .size = sizeof(struct command_step),
                                     .fields = fields,
                                     .doc = "A command of a cache; a cache that cannot be reached fails it."};
static const struct step_kind kind = {compile};
const struct alternative step_command = {"command", true, &record, &kind};
