/* Keys of triggers, and what does not fit together. */
#include "models/autoscaling/emitted.h"
#include "models/autoscaling/trigger.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include <math.h>

static bool has_memory(const struct model *m, const struct trigger_config *t) {
  if (t->service >= 0) return model_service(m, (uint32_t)t->service)->memory.base > 0;
  for (uint32_t i = 0; i < m->services.count; i++)
    if (model_service(m, i)->memory.base) return true;
  return false;
}

static const char *wrong_figure(struct linker *l, const struct trigger_config *t, const char **key) {
  const struct model *m = l->model;
  if (t->when || t->rule) {
    *key = t->when ? "when" : "rule", l->at = t->when ? &t->when : &t->rule;
    bool more = t->utilization > 0 || t->filled > 0 || t->cpu || t->memory || t->value > 0;
    return more              ? "has its limit itself"
           : trigger_acts(t) ? "is followed over months only: say what it calls for in \"move\", and add nothing"
                             : NULL;
  }
  bool of_nodes = t->utilization > 0 || t->filled > 0, of_service = t->cpu || t->memory;
  *key = t->nodes >= 0 ? "nodes" : t->service >= 0 ? "service" : "metric";
  l->at = t->nodes >= 0 ? &t->nodes : t->service >= 0 ? &t->service : &t->metric;
  if (t->nodes >= 0 && (!(t->utilization > 0) == !(t->filled > 0) || of_service || t->value > 0))
    return "needs one limit: \"utilization\" of their CPU, or \"filled\" of their memory";
  if (t->service >= 0 && (!t->cpu == !t->memory || of_nodes || t->value > 0))
    return "needs one limit: \"cpu\" or \"memory\" of each replica";
  if (t->metric >= 0 && (!(t->value > 0) || of_nodes || of_service)) return "needs one limit: \"value\"";
  if (t->nodes >= 0 && model_nodes(m, (uint32_t)t->nodes)->cpu == INT64_MAX && t->utilization > 0)
    return "have unlimited CPU, of which no share is in use";
  if ((t->filled > 0 || t->memory) && !has_memory(m, t)) return "has no memory that is modelled: give its services \"memory\"";
  return NULL;
}

static const char *wrong_action(struct linker *l, const struct trigger_config *t, const char **key) {
  const struct model *m = l->model;
  l->at = &t->up_to;
  if (!trigger_acts(t) && t->move) return NULL;
  if (!trigger_acts(t))
    return *key = NULL, "adds nothing: give \"add_nodes\" or \"add_replicas\", or say what it calls for in \"move\"";
  if (!t->up_to) return *key = NULL, "needs the key \"up_to\"";
  if (t->add_nodes >= 0 && model_nodes(m, (uint32_t)t->add_nodes)->count >= t->up_to)
    return *key = "up_to", "is no more than there are nodes";
  if (t->add_replicas < 0) return NULL;
  const struct service_config *s = model_service(m, (uint32_t)t->add_replicas);
  *key = "add_replicas", l->at = &t->add_replicas;
  if (!service_runs(s)) return "names an external service";
  if (s->autoscale.max) return "names a service with an autoscaler, which would take the replica away: raise its \"min\"";
  if (s->replicas_by_region.count) return "names a service whose replicas are given by region";
  l->at = &t->up_to;
  if (s->replicas >= t->up_to) return *key = "up_to", "is no more than there are replicas";
  return NULL;
}

/* A container cannot use more than its limit. */
static void warn_never(struct linker *l, const struct trigger_config *t, const char *path) {
  const struct service_config *s = t->service >= 0 ? model_service(l->model, (uint32_t)t->service) : NULL;
  if (s && t->cpu && s->resources.limits.cpu != INT64_MAX && t->cpu >= s->resources.limits.cpu)
    link_warn(l, path, "cpu", "trigger-never", "is never passed: the limit of a replica is %lldm of CPU",
              (long long)s->resources.limits.cpu);
  if (s && t->memory && s->resources.limits.memory && t->memory >= s->resources.limits.memory)
    link_warn(l, path, "memory", "trigger-never", "is never passed: a replica is killed at its limit");
  if (t->lasts > l->model->run.window && trigger_acts(t))
    link_warn(l, path, "for", "trigger-never", "is longer than what is measured: it may not fire in this run");
}

static void link_trigger(struct linker *l, struct trigger_config *t) {
  const char *path = arena_format(l->arena, "triggers.%s", t->name), *key = NULL, *wrong = wrong_figure(l, t, &key);
  if (wrong) link_error(l, path, key, "%s", wrong);
  wrong = wrong_action(l, t, &key);
  if (wrong) link_error(l, path, key, "%s", wrong);
  l->at = NULL;
  if (!trigger_acts(t)) return;
  t->fired =
      meter_declare(l->model, t->name, "fired", METER_COUNT, "Times that the figure had been above its limit for long enough.");
  t->acted = meter_declare(l->model, t->name, "acted", METER_COUNT, "Times that something was added.");
  if (t->add_replicas >= 0) {
    struct service_config *s = (struct service_config *)l->model->services.items + t->add_replicas;
    if (t->up_to > s->by_hand) s->by_hand = t->up_to;
  }
}

void triggers_link(struct linker *l, enum link_stage stage) {
  struct trigger_config *t = (struct trigger_config *)model_triggers(l->model)->items;
  for (uint32_t i = 0; i < model_triggers(l->model)->count; i++) {
    if (stage == LINK_FIRST) link_trigger(l, &t[i]);
    if (stage == LINK_LAST) warn_never(l, &t[i], arena_format(l->arena, "triggers.%s", t[i].name));
  }
}

static const char *const by_words[] = {"person", "machine", NULL};
static const struct field fields[] = {
    KEY("when", TEXT, trigger_config, when, OPTIONAL, .one_of = true,
        .doc = "What is measured and its limit as in a claim, such as \"p95(page.latency) > 300ms\": followed by `growth` only."),
    KEY("rule", TEXT, trigger_config, rule, OPTIONAL, .one_of = true,
        .doc = "A rule of Prometheus in its own unit, such as rate(container_cpu_usage_seconds_total{name=\"web\"}[5m]) > 0.7: "
               "followed "
               "by `growth` only."),
    KEY("nodes", REFERENCE, trigger_config, nodes, OPTIONAL, .target = "platform.nodes", .one_of = true,
        .doc = "Looks at this node group: \"utilization\" or \"filled\" is the limit."),
    KEY("service", REFERENCE, trigger_config, service, OPTIONAL, .target = "services", .one_of = true,
        .doc = "Looks at the replicas of this service, in the mean: \"cpu\" or \"memory\" is the limit."),
    KEY("metric", REFERENCE, trigger_config, metric, OPTIONAL, .target = "metrics", .one_of = true,
        .doc = "Looks at one of the scenario's metrics: \"value\" is the limit."),
    KEY("utilization", RATIO, trigger_config, utilization, OPTIONAL, RANGE(0.001, 1),
        .doc = "Share of the nodes' CPU that is in use."),
    KEY("filled", RATIO, trigger_config, filled, OPTIONAL, RANGE(0.001, 1), .doc = "Share of the nodes' memory that is resident."),
    KEY("cpu", CPU, trigger_config, cpu, OPTIONAL, RANGE(1, 1e9), .doc = "CPU that a replica uses."),
    KEY("memory", BYTES, trigger_config, memory, OPTIONAL, RANGE(1, 1e15), .doc = "Memory that a replica has resident."),
    KEY("value", NUMBER, trigger_config, value, OPTIONAL, RANGE(0.001, 1e12), .doc = "The metric."),
    KEY("for", DURATION, trigger_config, lasts, DEFAULT("5min"), RANGE(0, FIELD_LONGEST),
        .doc = "How long it has to be above the limit, at each look."),
    KEY("every", DURATION, trigger_config, every, DEFAULT("1min"), RANGE(1e9, FIELD_YEAR),
        .doc = "Between two looks; CPU and rates are means over it."),
    KEY("by", WORD, trigger_config, by, DEFAULT("person"), .words = by_words,
        .doc = "person: acknowledges and finds out what to do first, where the scenario describes \"people\"."),
    KEY("takes", DISTRIBUTION, trigger_config, takes, DEFAULT("5min"), .doc = "Until what is added is there.",
        .source = "a VPS joins a swarm in about 5 min, an estimate"),
    KEY("add_nodes", REFERENCE, trigger_config, add_nodes, OPTIONAL, .target = "platform.nodes",
        .doc = "Nodes of this group join; what runs stays where it is."),
    KEY("add_replicas", REFERENCE, trigger_config, add_replicas, OPTIONAL, .target = "services",
        .doc = "Replicas of this service start, after the nodes have joined."),
    KEY("count", INTEGER, trigger_config, count, DEFAULT(1), RANGE(1, 1000), .doc = "Of each, each time."),
    KEY("up_to", INTEGER, trigger_config, up_to, OPTIONAL, RANGE(1, 5000), .doc = "Of each, at most."),
    KEY("move", TEXT, trigger_config, move, OPTIONAL, .doc = "What it calls for, in words, where it adds nothing."),
    {0}};
static const struct record record = {.name = "trigger",
                                     .size = sizeof(struct trigger_config),
                                     .fields = fields,
                                     .doc = "Capacity that is added by hand when a figure has been too high for a time."};
static const struct field root_keys[] = {
    ONLY_KEY("triggers", MAP, OPTIONAL, .record = &record, .doc = "When somebody adds nodes or replicas by hand."), {0}};
const struct record trigger_root_record = {
    .name = "triggers of a scenario", .size = sizeof(struct config_list), .fields = root_keys};
