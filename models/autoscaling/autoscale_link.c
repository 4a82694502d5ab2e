/* What the scenario says of autoscalers: the controller that it amounts to, and what does not fit together. */
#include "models/autoscaling/autoscaler.h"
#include "models/core/link.h"
#include "models/core/wall_clock.h"
#include "models/core/world.h"
#include "models/jobs/job_queue.h"
#include "models/platform/platform.h"
#include "sim/engine/arena.h"
#include <math.h>

/* --- the controller ----------------------------------------------------------------------------------------------------------- */

static void apply_rules(const struct scale_rules *given, struct hpa_rules *rules, double *tolerance) {
  const struct scale_policy *p = given->policies.items;
  if (given->window >= 0) rules->window = given->window;
  if (given->tolerance >= 0) *tolerance = given->tolerance;
  rules->select = (enum hpa_select)given->select;
  if (given->policies.count) rules->count = 0;
  for (uint32_t i = 0; i < given->policies.count && i < HPA_POLICIES_MAX; i++)
    rules->policies[rules->count++] = (struct hpa_policy){p[i].pods ? HPA_POLICY_PODS : HPA_POLICY_PERCENT,
                                                          (int32_t)(p[i].pods ? p[i].pods : p[i].percent), p[i].period};
}

struct hpa_config autoscale_controller(const struct service_config *s, const struct scaling_flags *flags) {
  const struct autoscale_config *a = &s->autoscale;
  struct hpa_config c = hpa_config_default();
  c.min = (int32_t)a->min, c.max = (int32_t)a->max;
  c.sync_period = flags->sync, c.downscale_window = flags->downscale;
  c.params = (struct hpa_params){flags->tolerance, flags->tolerance, flags->initialization, flags->readiness};
  c.has_behavior = a->behavior.given;
  c.behavior.down.window = flags->downscale;
  if (!c.has_behavior) return c;
  apply_rules(&a->behavior.up, &c.behavior.up, &c.params.tolerance_up);
  apply_rules(&a->behavior.down, &c.behavior.down, &c.params.tolerance_down);
  return c;
}

int64_t autoscale_min_at(const struct model *m, const struct autoscale_config *a, sim_time at) {
  const struct scale_schedule *s = a->schedule.items;
  int64_t min = a->min;
  for (uint32_t i = 0; i < a->schedule.count; i++) {
    sim_time since = wall_time(m, at) - s[i].at;
    if (since < 0 && s[i].every != SIM_DAY) continue;
    if (since < 0) since += s[i].every; /* it began yesterday */
    if (since % s[i].every < s[i].lasts && s[i].min > min) min = s[i].min;
  }
  return min;
}

sim_time autoscale_min_until(const struct model *m, const struct autoscale_config *a, sim_time at) {
  const struct scale_schedule *s = a->schedule.items;
  sim_time next = SIM_NEVER;
  for (uint32_t i = 0; i < a->schedule.count; i++) {
    sim_time since = (wall_time(m, at) - s[i].at) % s[i].every;
    if (since < 0) since += s[i].every;
    sim_time edge = at + (since < s[i].lasts ? s[i].lasts : s[i].every) - since;
    if (edge < next) next = edge;
  }
  return next;
}

double autoscale_cpu_target(const struct autoscale_config *a) {
  const struct metric_config *c = a->metrics.items;
  double lowest = a->cpu > 0 ? a->cpu : INFINITY;
  for (uint32_t i = 0; i < a->metrics.count; i++)
    if (c[i].cpu > 0 && c[i].cpu < lowest) lowest = c[i].cpu;
  return isinf(lowest) ? NAN : lowest;
}

bool autoscale_counts_jobs(const struct model *m, const struct autoscale_config *a) {
  const struct metric_config *c = a->metrics.items;
  for (uint32_t i = 0; i < a->metrics.count; i++) {
    const struct emitted_config *e = watched_of(m, &c[i]).emitted;
    if (e && emitted_kind(e) == EMITS_JOBS) return true;
  }
  return a->queue >= 0;
}

/* --- checks ------------------------------------------------------------------------------------------------------------------- */

/* Points at the member of the configuration, which is closer than the service. */
#define BLAME(l, member, ...) ((l)->at = (member), link_error(l, __VA_ARGS__), (l)->at = NULL)

static void check_emitted(struct linker *l, const struct service_config *s, const struct metric_config *c, const char *path) {
  const struct emitted_config *e = watched_of(l->model, c).emitted;
  int32_t service = (int32_t)(s - (const struct service_config *)l->model->services.items);
  if (c->pods >= 0 && !(c->average > 0)) BLAME(l, &c->pods, path, "pods", "needs \"average\": the target of each pod");
  if (c->pods >= 0 && c->value > 0)
    BLAME(l, &c->value, path, "value", "a metric of pods has no target of the whole: give \"average\"");
  if (c->pods < 0 && (c->value > 0) == (c->average > 0))
    BLAME(l, c->object >= 0 ? &c->object : &c->external, path, c->object >= 0 ? "object" : "external",
          "needs one target: \"value\" of the whole, or \"average\" for each pod");
  if (c->pods >= 0 && emitted_kind(e) != EMITS_VALUES && emitted_by(e) != service)
    BLAME(l, &c->pods, path, "pods", "\"%s\" is not emitted by the pods of %s: use \"external\"", e->name, s->name);
}

static void check_resource(struct linker *l, const struct service_config *s, const struct metric_config *c, const char *path) {
  bool memory = c->memory > 0 || c->memory_average;
  if (c->value > 0 || c->average > 0)
    BLAME(l, c->value > 0 ? &c->value : &c->average, path, c->value > 0 ? "value" : "average",
          "is of \"pods\", \"object\" and \"external\"; the target stands with the metric");
  if (memory && !s->memory.base)
    BLAME(l, c->memory > 0 ? (const void *)&c->memory : &c->memory_average, path, c->memory > 0 ? "memory" : "memory_average",
          "is not emitted: the memory of %s is not modelled; give the service \"memory\"", s->name);
  if (c->memory > 0 && !s->resources.requests.memory)
    BLAME(l, &c->memory, path, "memory", "is a share of resources.requests.memory, which is 0");
}

static void check_metrics(struct linker *l, const struct service_config *s, const char *path) {
  const struct metric_config *c = s->autoscale.metrics.items;
  if (s->autoscale.metrics.count > AUTOSCALE_METRICS) link_error(l, path, "metrics", "are at most %d", AUTOSCALE_METRICS);
  for (uint32_t i = 0; i < s->autoscale.metrics.count; i++) {
    const char *at = arena_format(l->arena, "%s.metrics[%u]", path, i);
    if (c[i].pods >= 0 || c[i].object >= 0 || c[i].external >= 0)
      check_emitted(l, s, &c[i], at);
    else
      check_resource(l, s, &c[i], at);
  }
}

static void check_rules(struct linker *l, const struct scale_rules *r, const char *path) {
  if (r->policies.count > HPA_POLICIES_MAX) link_error(l, path, "policies", "are at most %d", HPA_POLICIES_MAX);
}

static void check_behavior(struct linker *l, const struct service_config *s, const char *path) {
  const struct autoscale_config *a = &s->autoscale;
  const struct scaling_flags *flags = l->model->platform.kind->scaling(l->model->platform.settings);
  check_rules(l, &a->behavior.up, arena_format(l->arena, "%s.behavior.scale_up", path));
  check_rules(l, &a->behavior.down, arena_format(l->arena, "%s.behavior.scale_down", path));
  struct hpa_config c = autoscale_controller(s, flags);
  if (!hpa_config_fits(&c))
    link_error(l, path, a->behavior.given ? "behavior" : NULL,
               "a window or period is more than %d syncs of the autoscaler (platform.kubernetes.autoscaler_sync) long: it would "
               "have to remember too much",
               HPA_LOG_MAX - 2);
}

static void check_schedule(struct linker *l, const struct autoscale_config *a, const char *path) {
  const struct scale_schedule *s = a->schedule.items;
  for (uint32_t i = 0; i < a->schedule.count; i++) {
    const char *at = arena_format(l->arena, "%s.schedule[%u]", path, i);
    if (s[i].min > a->max) BLAME(l, &s[i].min, at, "min", "is %lld, and \"max\" is %lld", (long long)s[i].min, (long long)a->max);
    if (s[i].lasts > s[i].every) BLAME(l, &s[i].lasts, at, "for", "is longer than from one beginning to the next (\"every\")");
  }
}

void autoscale_check(struct linker *l, struct service_config *s, const char *path) {
  const struct model *m = l->model;
  struct autoscale_config *a = &s->autoscale;
  int32_t service = (int32_t)(s - (const struct service_config *)m->services.items);
  const char *at = arena_format(l->arena, "%s.autoscale", path);
  if (!a->metrics.count && a->queue < 0 && !(a->cpu > 0)) a->cpu = 0.8;
  if (!a->max) return;
  if (a->max < a->min) BLAME(l, &a->max, path, NULL, "autoscale: \"max\" is less than \"min\"");
  if (!m->platform.kind->resize)
    link_error(l, path, NULL, "autoscale needs a platform of kind %s", orchestrators_that_scale(l->arena));
  if (a->queue >= 0 && model_queue(m, (uint32_t)a->queue)->workers != service)
    link_error(l, path, "autoscale", "scales on \"%s\", whose jobs are done by others", model_queue(m, (uint32_t)a->queue)->name);
  check_metrics(l, s, at);
  check_schedule(l, a, at);
  if (m->platform.kind->scaling) check_behavior(l, s, at);
}
