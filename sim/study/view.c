#include "sim/study/view.h"
#include "models/audit.h"
#include "sim/engine/arena.h"
#include <stdlib.h>
#include <string.h>

struct view *view_new(const struct model *m, bool traffic) {
  struct arena *arena = arena_new();
  struct view *v = arena_alloc(arena, sizeof *v);
  v->arena = arena;
  v->services = arena_new_array(arena, struct service_view, m->services.count + 1);
  v->node_used_s = arena_new_array(arena, double, m->platform.nodes.count + 1);
  v->node_available_s = arena_new_array(arena, double, m->platform.nodes.count + 1);
  v->probes = arena_new_array(arena, double, m->run.probes.count + 1);
  v->faults = arena_new_array(arena, struct fault_view, m->faults.count + 1);
  v->served_s = arena_new_array(arena, double, m->endpoints.count + 1);
  struct observation_plan plan = model_observation_plan(m, traffic);
  observation_open(&v->observation, arena, &plan);
  v->latency = arena_new_array(arena, struct histogram, plan.endpoints + 1);
  v->ended = arena_new_array(arena, uint64_t, (plan.endpoints + 1) * OUTCOMES);
  v->arrived = arena_new_array(arena, uint64_t, plan.endpoints + 1);
  v->endpoint_count = plan.endpoints;
  return v;
}

void view_free(struct view *v) {
  if (!v) return;
  for (uint32_t i = 0; i < v->violation_count; i++) free(v->violations[i]);
  free(v->violations);
  arena_free(v->arena);
}

static void add_violation(void *view, const char *message) {
  struct view *v = view;
  for (uint32_t i = 0; i < v->violation_count; i++)
    if (!strcmp(v->violations[i], message)) return;
  if (v->violation_count >= 20) return;
  v->violations = realloc(v->violations, (v->violation_count + 1) * sizeof *v->violations);
  v->violations[v->violation_count++] = strdup(message);
}

static void add_rtos(struct arena *arena, struct fault_view *f, const double *rto_s, uint64_t count) {
  if (!count) return;
  if (f->outages + count > f->room) {
    f->room = (uint32_t)(2 * (f->outages + count));
    double *room = arena_new_array(arena, double, f->room);
    if (f->outages) memcpy(room, f->rto_s, f->outages * sizeof *room);
    f->rto_s = room;
  }
  memcpy(f->rto_s + f->outages, rto_s, count * sizeof *rto_s);
  f->outages += count;
}

static void read_services(struct view *v, const struct world *w) {
  for (uint32_t i = 0; i < w->model->services.count; i++) {
    const struct service *s = &w->services[i];
    struct service_view *out = &v->services[i];
    for (uint32_t k = 0; k < s->capacity; k++) {
      const struct container *c = &w->containers[s->first + k];
      out->used_s += c->used_measured * 1e-9;
      if (!k) out->primary_s += c->used_measured * 1e-9;
      out->busy_s += c->busy_measured * 1e-9;
      for (uint32_t p = 0; p < s->config->pools.count; p++) out->pool_used_s += c->pools[p].used_measured * 1e-9;
      /* A container's node may have changed; the CPU it used counts for the node group that it is on at the end. */
      if (c->node_measured != NOBODY) v->node_used_s[w->nodes[c->node_measured].group_index] += c->used_measured * 1e-9;
    }
    out->replica_s += s->replicas_measured * 1e-9;
    out->replicas_max = (double)s->replicas_most;
    out->thread_s += s->thread_ns * 1e-9, out->core_s += s->core_ns * 1e-9;
  }
}

static void read_outages(struct view *v, const struct world *w) {
  const struct outage_book *b = &w->outages;
  for (uint32_t i = 0; i < b->class_count; i++) {
    v->faults[i].faults += b->classes[i].faults;
    v->faults[i].lost_s += b->classes[i].lost_ns / 1e9;
    add_rtos(v->arena, &v->faults[i], b->classes[i].rto_s, b->classes[i].outages);
  }
  for (uint32_t i = 0; i < b->endpoint_count; i++) v->served_s[i] += b->served_ns[i] / 1e9;
  v->total_served_s += b->total_served_ns / 1e9;
}

/* Whole-window sums, by endpoint and (last) over all of them. */
static void read_totals(struct view *v) {
  const struct observation *o = &v->observation;
  for (uint32_t e = 0; e < v->endpoint_count; e++)
    for (uint32_t i = 0; i < o->window_count; i++) {
      const struct endpoint_window *window = &o->endpoints[e].windows[i];
      if (!window->arrived) continue;
      if (window->latency.count) histogram_merge(&v->latency[e], &window->latency);
      v->arrived[e] += window->arrived, v->arrived[v->endpoint_count] += window->arrived;
      for (uint32_t k = 0; k < OUTCOMES; k++) {
        v->ended[e * OUTCOMES + k] += window->ended[k];
        v->ended[v->endpoint_count * OUTCOMES + k] += window->ended[k];
      }
    }
  for (uint32_t e = 0; e < v->endpoint_count; e++) histogram_merge(&v->latency[v->endpoint_count], &v->latency[e]);
}

void view_read(struct view *v, const struct world *w) {
  v->replications = 1;
  v->seconds = sim_seconds(w->measured_until - w->measured_from);
  v->events = calendar_events(w->calendar);
  if (w->mode == WORLD_TRAFFIC) {
    observation_merge(&v->observation, &w->observation);
    read_totals(v);
    for (uint32_t i = 0; i < w->model->run.probes.count; i++) v->probes[i] = w->probes[i];
  }
  read_services(v, w);
  for (uint32_t i = 0; i < w->node_count; i++) {
    const struct node *n = &w->nodes[i];
    v->node_available_s[n->group_index] += n->cores * v->seconds;
  }
  read_outages(v, w);
  v->overflowed = w->overflowed;
  if (!w->overflowed) world_audit(w, add_violation, v);
}

void view_merge(struct view *into, const struct view *from, const struct model *m) {
  into->replications += from->replications;
  into->seconds += from->seconds;
  into->events += from->events;
  into->overflowed |= from->overflowed;
  observation_merge(&into->observation, &from->observation);
  for (uint32_t e = 0; e <= from->endpoint_count; e++) {
    if (from->latency[e].count) histogram_merge(&into->latency[e], &from->latency[e]);
    into->arrived[e] += from->arrived[e];
    for (uint32_t k = 0; k < OUTCOMES; k++) into->ended[e * OUTCOMES + k] += from->ended[e * OUTCOMES + k];
  }
  for (uint32_t i = 0; i < m->services.count; i++) {
    struct service_view *a = &into->services[i];
    const struct service_view *b = &from->services[i];
    a->used_s += b->used_s, a->busy_s += b->busy_s, a->primary_s += b->primary_s, a->replica_s += b->replica_s,
        a->pool_used_s += b->pool_used_s, a->thread_s += b->thread_s, a->core_s += b->core_s;
    if (b->replicas_max > a->replicas_max) a->replicas_max = b->replicas_max;
  }
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) {
    into->node_used_s[i] += from->node_used_s[i];
    into->node_available_s[i] += from->node_available_s[i];
  }
  for (uint32_t i = 0; i < m->run.probes.count; i++) into->probes[i] += from->probes[i];
  for (uint32_t i = 0; i < m->faults.count; i++) {
    into->faults[i].faults += from->faults[i].faults;
    into->faults[i].lost_s += from->faults[i].lost_s;
    add_rtos(into->arena, &into->faults[i], from->faults[i].rto_s, from->faults[i].outages);
  }
  for (uint32_t i = 0; i < m->endpoints.count; i++) into->served_s[i] += from->served_s[i];
  into->total_served_s += from->total_served_s;
  for (uint32_t i = 0; i < from->violation_count; i++) add_violation(into, from->violations[i]);
}
