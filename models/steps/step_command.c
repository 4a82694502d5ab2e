/* {"command": "redis"}: one trip to a cache and a command there, on its one thread: whatever comes next waits until it is done. An
 * O(N) command is long by its items, a pipeline by its commands; neither lets anybody in between. */
#include "models/core/model.h"
#include "models/request/request.h"
#include "models/steps/steps.h"

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
  if (cache->kind != SERVICE_CACHE) compile_error(c, "\"%s\" is not of kind cache", cache->name);
  double own = s->demand.mean, items = (double)s->items * (double)s->per_item;
  bool only_items = own <= 0;
  struct distribution demand = only_items ? distribution_constant(items) : s->demand;
  double factor = (double)s->count * (only_items ? 1 : (own + items) / own);
  compile_enter(c, s->command, ROUTE_ANY);
  struct instruction *cpu = compile_cpu(c, &demand);
  if (cpu && factor != 1) cpu->scale = factor, cpu->demand.mean *= factor;
  compile_leave(c);
}

static const struct field fields[] = {
    KEY("command", REFERENCE, command_step, command, .target = "services", .doc = "A service of kind cache."),
    KEY("demand", DISTRIBUTION, command_step, demand, DEFAULT("10us"), .doc = "CPU time of one command, without that of its items.",
        .source = "Redis: 8 to 12 us per simple command"),
    KEY("items", INTEGER, command_step, items, DEFAULT(0), RANGE(0, 1e9),
        .doc = "Items that an O(N) command goes through: LRANGE, HGETALL, KEYS."),
    KEY("per_item", DURATION, command_step, per_item, DEFAULT("300ns"), RANGE(0, 9e15),
        .doc = "CPU time of an item; what it is depends on the command.",
        .source = "KEYS 200 to 500 ns a key, measured at 1 and 10 million keys; LRANGE of 300 items 21,000/s: 159 ns an item"),
    KEY("count", INTEGER, command_step, count, DEFAULT(1), RANGE(1, 1e6),
        .doc = "Number of such commands in one trip: a pipeline. Each then costs less: give its \"demand\".",
        .source = "Redis, pipelines of 16: 310,000 to 860,000 commands/s, 1.2 to 3.2 us each"),
    {0}};
static const struct record record = {.name = "command step",
                                     .size = sizeof(struct command_step),
                                     .fields = fields,
                                     .doc = "A command of a cache; a cache that cannot be reached fails it."};
static const struct step_kind kind = {compile};
const struct alternative step_command = {"command", true, &record, &kind};
