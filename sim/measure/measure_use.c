/* Measures of what is used and what runs: saturation, utilization, replicas, those inside. */
#include "models/service/computing.h"
#include "models/database/connection_config.h"
#include "sim/engine/arena.h"
#include "sim/measure/measure_use.h"
#include "sim/measure/reach.h"
#include "sim/measure/resource.h"
#include <math.h>

double value_saturation(const struct measure *m, const struct model *model, const struct view *v) {
  (void)v;
  struct arena *arena = arena_new();
  struct resource *r;
  uint32_t count = resources_of(model, arena, &r);
  double first = INFINITY;
  for (uint32_t i = 0; i < count; i++) {
    if (m->subject != SUBJECT_ALL && (r[i].subject != m->subject || r[i].index != m->index)) continue;
    if (resource_saturates_at(&r[i]) < first) first = resource_saturates_at(&r[i]);
  }
  arena_free(arena);
  return isinf(first) ? NAN : first;
}

/* --- utilization ------------------------------------------------------------------------------------------------------------ */

/* What a service used in the part that the measure looks at. */
static struct service_use use_of(const struct measure *m, const struct model *model, const struct view *v) {
  const struct service_view *whole = &v->services[m->index];
  struct service_use sum = {whole->used_s,      whole->busy_s,   whole->primary_s, whole->replica_s,
                            whole->pool_used_s, whole->thread_s, whole->core_s};
  if (m->window.kind == WINDOW_WHOLE) return sum;
  sum = (struct service_use){0};
  struct reach reach = reach_of(&m->window, model, &v->observation);
  for (uint32_t i = 0; v->observation.use && i < reach.windows; i++) {
    const struct service_use *u = &v->observation.use[m->index * v->observation.window_count + i];
    if (!reach_covers(&reach, i)) continue;
    sum.used_s += u->used_s;
    sum.busy_s += u->busy_s;
    sum.primary_s += u->primary_s;
    sum.replica_s += u->replica_s;
    sum.pool_used_s += u->pool_used_s;
    sum.thread_s += u->thread_s;
    sum.core_s += u->core_s;
  }
  return sum;
}

static double node_utilization(const struct measure *m, const struct model *model, const struct view *v) {
  double used_s = v->node_used_s[m->index], available_s = v->node_available_s[m->index];
  if (m->window.kind != WINDOW_WHOLE) {
    struct reach reach = reach_of(&m->window, model, &v->observation);
    used_s = 0;
    available_s *= v->seconds > 0 ? measure_seconds(m, model, v) / v->seconds : 0;
    for (uint32_t i = 0; v->observation.use && i < reach.windows; i++)
      if (reach_covers(&reach, i)) used_s += v->observation.nodes_used_s[m->index * v->observation.window_count + i];
  }
  return available_s > 0 ? used_s / available_s : NAN;
}

double value_node_or_service_cpu(const struct measure *m, const struct model *model, const struct view *v) {
  if (m->subject == SUBJECT_NODES) return node_utilization(m, model, v);
  const struct service_config *s = model_service(model, m->index);
  const struct service_use u = use_of(m, model, v);
  double core_s = s->shifts.count ? u.core_s : u.replica_s * computing_cores(model, s);
  return u.replica_s > 0 && core_s > 0 ? u.used_s / core_s : NAN;
}

double value_threads(const struct measure *m, const struct model *model, const struct view *v) {
  const struct service_config *s = model_service(model, m->index);
  const struct service_use u = use_of(m, model, v);
  double thread_s = s->shifts.count ? u.thread_s : u.replica_s * (double)s->threads * runtime_processes(s);
  return u.replica_s > 0 && thread_s > 0 ? u.busy_s / thread_s : NAN;
}

/* The first replica is there all the time. */
double value_primary(const struct measure *m, const struct model *model, const struct view *v) {
  double seconds = measure_seconds(m, model, v), cores = computing_cores(model, model_service(model, m->index));
  return seconds > 0 ? use_of(m, model, v).primary_s / (seconds * cores) : NAN;
}

double value_connections(const struct measure *m, const struct model *model, const struct view *v) {
  const struct service_config *s = model_service(model, m->index);
  const struct service_use u = use_of(m, model, v);
  const struct pool_config *pools = service_connections(s)->pools.items;
  double connections = 0;
  for (uint32_t i = 0; i < service_connections(s)->pools.count; i++)
    connections += (double)pools[i].max * (double)runtime_processes(s);
  return u.replica_s > 0 && connections > 0 ? u.pool_used_s / (u.replica_s * connections) : NAN;
}

/* --- levels ----------------------------------------------------------------------------------------------------------------- */

double value_mean_replicas(const struct measure *m, const struct model *model, const struct view *v) {
  if (m->window.kind == WINDOW_WHOLE) return v->services[m->index].replica_s / v->seconds;
  return measure_mean_level(&v->observation.services[m->index].replicas, m, model, v);
}

double value_max_replicas(const struct measure *m, const struct model *model, const struct view *v) {
  (void)model;
  return v->services[m->index].replicas_max;
}

double value_mean_inside(const struct measure *m, const struct model *model, const struct view *v) {
  return measure_mean_level(&v->observation.inside_over_time, m, model, v);
}
