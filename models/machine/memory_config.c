#include "models/machine/memory.h"
#include "models/core/link.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"

static const struct field fields[] = {
    KEY("base", BYTES, memory_config, base, RANGE(1, 1e15),
        .doc = "Memory of each process, at rest. Node 80 to 150 MB, Bun 40 to 100, a FastAPI worker 60 to 150."),
    KEY("per_connection", BYTES, memory_config, per_connection, DEFAULT("0B"), RANGE(0, 1e15),
        .doc = "Memory of each open connection, used or not: those of the pools of a replica, and at a database those to it. A "
               "server process of PostgreSQL takes 5 to 10 MB."),
    KEY("per_request", BYTES, memory_config, per_request, DEFAULT("0B"), RANGE(0, 1e15),
        .doc = "Memory of each request, from acceptance to answer."),
    KEY("leak", BYTES, memory_config, leak, DEFAULT("0B"), RANGE(0, 1e15),
        .doc = "Memory left behind by each answered request until the process ends."),
    {0}};
const struct record memory_record = {.name = "memory",
                                     .size = sizeof(struct memory_config),
                                     .fields = fields,
                                     .doc = "What one replica has resident.",
                                     .shorthand = "base"};

static void link_service(struct linker *l, struct service_config *s) {
  const char *path = arena_format(l->arena, "services.%s", s->name);
  int64_t base = s->memory.base * s->processes.count, limit = s->resources.limits.memory;
  if (s->kind == SERVICE_EXTERNAL) link_error(l, path, "memory", "the memory of an external service is not modelled");
  if (limit && base > limit)
    link_error(l, path, "memory",
               "its processes take %lld MiB at rest, more than resources.limits.memory: it would be killed at once",
               (long long)(base >> 20));
  s->memory.resident_meter = meter_declare(l->model, s->name, "memory", METER_LEVEL, "MiB that its largest replica has resident.");
  s->memory.killed_meter = meter_declare(l->model, s->name, "oom_kills", METER_COUNT, "Replicas killed because memory ran out.");
}

void memory_link(struct linker *l) {
  struct model *m = l->model;
  struct service_config *services = m->services.items;
  for (uint32_t i = 0; i < m->services.count; i++) {
    if (!services[i].memory.base) continue;
    m->has_memory = true;
    link_service(l, &services[i]);
  }
  for (uint32_t i = 0; m->has_memory && i < m->platform.nodes.count; i++) {
    uint32_t meter =
        meter_declare(m, model_nodes(m, i)->name, "node_memory", METER_LEVEL, "MiB in use on the fullest of its nodes.");
    if (!i) m->node_memory = meter;
  }
}

void memory_check_placement(struct linker *l, const struct world *w) {
  for (const struct node *n = world_next_node(w, NULL); n; n = world_next_node(w, n)) {
    int64_t sum = 0;
    for (uint32_t k = 0; k < n->container_count; k++) {
      const struct service_config *s = container_config(&w->containers[n->containers[k]]);
      sum += s->memory.base * s->processes.count;
    }
    if (sum <= n->group->memory) continue;
    link_error(l, arena_format(l->arena, "platform.nodes.%s", n->group->name), "memory",
               "what runs on one of them takes %lld MiB at rest, more than there is: something would be killed at once",
               (long long)(sum >> 20));
    return;
  }
}
