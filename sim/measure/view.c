#include "sim/measure/view.h"
#include "models/availability/carrying.h"
#include "models/database/connection_pool.h"
#include "models/faults/fault.h"
#include "models/core/audit.h"
#include "sim/engine/arena.h"
#include "sim/engine/allocate.h"
#include <stdlib.h>
#include <string.h>

/* All but the observation, which is the caller's to fill. */
static struct view *view_in(struct arena *arena, const struct model *m, bool traffic) {
  struct view *v = arena_alloc(arena, sizeof *v);
  v->arena = arena;
  v->services = arena_new_array(arena, struct service_view, m->services.count + 1);
  v->node_used_s = arena_new_array(arena, double, m->platform.nodes.count + 1);
  v->node_available_s = arena_new_array(arena, double, m->platform.nodes.count + 1);
  v->node_gained_s = arena_new_array(arena, double, m->platform.nodes.count + 1);
  v->probes = arena_new_array(arena, double, m->run.probes.count + 1);
  v->faults = arena_new_array(arena, struct fault_view, model_faults(m)->count + 1);
  v->growth = arena_new_array(arena, struct growth_sums, (traffic ? model_gauges(m) : 0) + 1);
  v->served_s = arena_new_array(arena, double, m->endpoints.count + 1);
  v->ledger = traffic ? NULL : arena_new_array(arena, struct ledger_view, ledger_rows(m));
  v->lives = traffic ? NULL : arena_new_array(arena, struct life_view, m->endpoints.count + 1);
  v->endpoint_count = traffic ? m->endpoints.count : 0;
  v->row_count = traffic ? (v->endpoint_count + 1) * (1 + model_regions(m)) : 1;
  v->latency = arena_new_array(arena, struct histogram, v->row_count);
  for (uint32_t i = 0; i < v->row_count; i++) histogram_open(&v->latency[i], arena);
  v->ended = arena_new_array(arena, uint64_t, (size_t)v->row_count * OUTCOMES);
  v->arrived = arena_new_array(arena, uint64_t, v->row_count);
  return v;
}

struct view *view_new(const struct model *m, bool traffic) {
  struct arena *arena = arena_new();
  struct view *v = view_in(arena, m, traffic);
  struct observation_plan plan = model_observation_plan(m, traffic);
  observation_open(&v->observation, arena, &plan);
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
  v->violations = allocate_resized(v->violations, (v->violation_count + 1), sizeof *v->violations);
  v->violations[v->violation_count++] = allocate_text(message);
}

static void append(struct arena *arena, struct durations *d, const struct durations *more) {
  if (!more->count) return;
  if (d->count + more->count > d->room) {
    d->room = 2 * (d->count + more->count);
    double *room = arena_new_array(arena, double, d->room);
    if (d->count) memcpy(room, d->s, d->count * sizeof *room);
    d->s = room;
  }
  memcpy(d->s + d->count, more->s, more->count * sizeof *more->s);
  d->count += more->count;
}

static void read_services(struct view *v, const struct world *w) {
  for (uint32_t i = 0; i < w->model->services.count; i++) {
    const struct service *s = &w->services[i];
    struct service_view *out = &v->services[i];
    for (uint32_t k = 0; k < s->capacity; k++) {
      const struct container *c = &w->containers[s->first + k];
      out->used_s += sim_seconds_of(c->used_measured);
      if (c->id == s->primary) out->primary_s += sim_seconds_of(c->used_measured);
      out->busy_s += sim_seconds_of(c->busy_measured);
      for (uint32_t p = 0; p < c->pool_count; p++) out->pool_used_s += sim_seconds_of(c->pools[p].used_measured);
      if (c->node_measured != NONE)
        v->node_used_s[w->nodes[c->node_measured].group_index] += sim_seconds_of(c->used_there_measured);
    }
    out->replica_s += sim_seconds_of(s->replicas_measured);
    out->replicas_max = (double)s->replicas_most;
    out->thread_s += sim_seconds_of(s->thread_ns);
    out->core_s += sim_seconds_of(s->core_ns);
  }
}

static void read_ledger(struct view *v, const struct ledger *l) {
  for (uint32_t i = 0; i < l->row_count; i++) {
    v->ledger[i].lost_s += l->rows[i].lost_s;
    append(v->arena, &v->ledger[i].months, &l->rows[i].months);
    append(v->arena, &v->ledger[i].years, &l->rows[i].years);
  }
  for (uint32_t i = 0; i < l->life_count; i++) {
    const struct ledger_life *one = &l->lives[i];
    bool any = one->first != SIM_NEVER;
    double first_s = any ? sim_seconds(one->first) : v->seconds;
    v->lives[i].outages += one->outages;
    v->lives[i].down_s += one->down_s;
    v->lives[i].until_first_s += first_s;
    if (any) append(v->arena, &v->lives[i].firsts, &(struct durations){1, 1, &first_s});
  }
}

static void read_outages(struct view *v, const struct world *w) {
  const struct outage_book *b = world_outages(w);
  for (uint32_t i = 0; i < b->class_count; i++) {
    v->faults[i].faults += b->classes[i].faults;
    v->faults[i].lost_s += b->classes[i].lost_ns / 1e9;
    for (int k = 0; k < OUTAGE_PHASES; k++) v->faults[i].phase_s[k] += b->classes[i].phase_ns[k] / 1e9;
    append(v->arena, &v->faults[i].rto, &b->classes[i].rto);
    append(v->arena, &v->faults[i].rpo, &b->classes[i].rpo);
  }
  for (uint32_t i = 0; i < b->endpoint_count; i++) v->served_s[i] += b->served_ns[i] / 1e9;
  v->total_served_s += b->total_served_ns / 1e9;
  if (v->ledger) read_ledger(v, &b->ledger);
  v->strained_s += world_carriage(w)->simulated_ns / 1e9, v->assumed_s += world_carriage(w)->assumed_ns / 1e9;
}

static void read_row(struct view *v, uint32_t endpoint, int32_t region) {
  const struct observation *o = &v->observation;
  uint32_t row = view_row(v, endpoint, region), all = view_row(v, v->endpoint_count, region);
  if (!observation_touched(o, observation_row(o, endpoint, region))) return;
  for (uint32_t i = 0; i < o->window_count; i++) {
    const struct endpoint_window *window = &view_observed(v, endpoint, region)->windows[i];
    if (window->latency.count) histogram_merge(&v->latency[row], &window->latency);
    v->arrived[row] += window->arrived;
    v->arrived[all] += window->arrived;
    for (uint32_t k = 0; k < OUTCOMES; k++) {
      v->ended[row * OUTCOMES + k] += window->ended[k];
      v->ended[all * OUTCOMES + k] += window->ended[k];
    }
  }
}

/* Whole-window sums. */
static void read_totals(struct view *v) {
  int32_t regions = (int32_t)(v->row_count / (v->endpoint_count + 1)) - 1;
  for (int32_t region = -1; region < regions; region++) {
    for (uint32_t e = 0; e < v->endpoint_count; e++) read_row(v, e, region);
    for (uint32_t e = 0; e < v->endpoint_count; e++)
      histogram_merge(&v->latency[view_row(v, v->endpoint_count, region)], &v->latency[view_row(v, e, region)]);
  }
}

_Static_assert((int)GAUGE_STEPS == (int)GROWTH_STEPS, "gauges are read where growth is judged");

static void read_gauges(struct view *v, const struct world *w) {
  uint32_t count = model_gauges(w->model);
  if (!world_gauges(w)->levels || world_gauges(w)->border < GAUGE_STEPS || w->overflowed) return;
  for (uint32_t i = 0; i < count; i++) {
    double levels[GAUGE_STEPS + 1];
    for (uint32_t k = 0; k <= GAUGE_STEPS; k++) levels[k] = world_gauges(w)->levels[(size_t)k * count + i];
    growth_add(&v->growth[i], levels);
  }
}

/* Of a node that was there all the time nothing is gained or lost, to the last bit. */
static void read_nodes(struct view *v, const struct world *w) {
  for (uint32_t i = 0; i < w->node_count; i++) {
    const struct node *n = &w->nodes[i];
    bool planned = n->number < (uint64_t)n->group->count;
    v->node_used_s[n->group_index] += sim_seconds_of(n->used_by_departed_measured);
    double away_s = sim_seconds(n->away_measured), there_s = v->seconds - away_s;
    if (there_s > 0) v->node_available_s[n->group_index] += n->cores * there_s;
    v->node_gained_s[n->group_index] += planned ? -away_s : there_s;
  }
}

/* All but the observation itself. */
static void read_world(struct view *v, const struct world *w) {
  v->replications = 1;
  v->seconds = sim_seconds(w->measured_until - w->measured_from);
  v->events = calendar_events(w->calendar);
  if (w->mode == WORLD_TRAFFIC) {
    read_totals(v);
    read_gauges(v, w);
    for (uint32_t i = 0; i < w->model->run.probes.count; i++) v->probes[i] = w->probes[i];
  }
  read_services(v, w);
  read_nodes(v, w);
  if (w->model->run.biased) v->seconds = world_outages(w)->weighed_ns * 1e-9;
  read_outages(v, w);
  v->overflowed = w->overflowed;
}

void view_read(struct view *v, const struct world *w) {
  if (w->mode == WORLD_TRAFFIC) observation_merge(&v->observation, &w->observation);
  read_world(v, w);
}

struct view *view_take(struct world *w) {
  struct view *v = view_in(world_give_observation(w), w->model, w->mode == WORLD_TRAFFIC);
  v->observation = w->observation;
  read_world(v, w);
  return v;
}

void view_audit(struct view *v, const struct world *w) {
  if (!w->overflowed) world_audit(w, add_violation, v);
}

/* --- the walk ----------------------------------------------------------------------------------------------------------------- */

#define NUMBERS(a, b, count) visitor->numbers(visitor->context, a, b, count)
#define COUNTS(a, b, count)  visitor->counts(visitor->context, a, b, count)

static void visit_level(struct series *a, const struct series *b, const struct view_visitor *visitor) {
  NUMBERS(a->sums, b->sums, a->windows);
  COUNTS(a->counts, b->counts, a->windows);
}

static void visit_meter(struct meter_observation *a, const struct meter_observation *b, const struct view_visitor *visitor) {
  visit_level(&a->course, &b->course, visitor);
  visitor->largest(visitor->context, &a->most, &b->most);
  visitor->largest(visitor->context, &a->least_negated, &b->least_negated);
  if (a->time) visitor->histogram(visitor->context, a->time, b->time);
}

static bool any_bin(const struct endpoint_observation *e, uint32_t first, uint32_t until) {
  for (uint32_t i = first; e->slow && i < until; i++)
    if (e->slow[i] && e->slow[i]->count) return true;
  return false;
}

/* Most bins are empty, and so are most groups of them. */
static void visit_slow(struct observation *o, struct endpoint_observation *a, const struct endpoint_observation *b,
                       const struct view_visitor *visitor) {
  enum { GROUP = 16 };
  for (uint32_t g = 0; g < SLOW_BINS; g += GROUP) {
    if (!visitor->present(visitor->context, any_bin(b, g, g + GROUP))) continue;
    for (uint32_t i = g; i < g + GROUP; i++) {
      if (!visitor->present(visitor->context, any_bin(b, i, i + 1))) continue;
      struct slow_bin *mine = slow_bin_of(o, a, i);
      const struct slow_bin *theirs = slow_bin_at(b, i);
      COUNTS(&mine->count, &theirs->count, 1);
      NUMBERS(mine->cell_ns, theirs->cell_ns, a->cells);
    }
  }
}

static void visit_endpoint(struct observation *o, uint32_t endpoint, const struct endpoint_observation *b,
                           const struct view_visitor *visitor) {
  observation_touch(o, endpoint);
  struct endpoint_observation *a = &o->endpoints[endpoint];
  visitor->levels(visitor->context, &a->inside_from, &b->inside_from);
  visitor->levels(visitor->context, &a->inside_until, &b->inside_until);
  for (uint32_t i = 0; i < o->window_count; i++) {
    COUNTS(&a->windows[i].arrived, &b->windows[i].arrived, 1);
    COUNTS(a->windows[i].ended, b->windows[i].ended, OUTCOMES);
    COUNTS(&a->windows[i].repeated, &b->windows[i].repeated, 1);
    COUNTS(&a->windows[i].timed_out, &b->windows[i].timed_out, 1);
    visitor->histogram(visitor->context, &a->windows[i].latency, &b->windows[i].latency);
    if (a->waits) visitor->histogram(visitor->context, &a->waits[i], &b->waits[i]);
  }
  visit_slow(o, a, b, visitor);
}

static void visit_use(struct observation *a, const struct observation *b, const struct view_visitor *visitor) {
  for (uint32_t i = 0; i < a->service_count * a->window_count; i++) {
    NUMBERS(&a->use[i].used_s, &b->use[i].used_s, 1);
    NUMBERS(&a->use[i].busy_s, &b->use[i].busy_s, 1);
    NUMBERS(&a->use[i].primary_s, &b->use[i].primary_s, 1);
    NUMBERS(&a->use[i].replica_s, &b->use[i].replica_s, 1);
    NUMBERS(&a->use[i].pool_used_s, &b->use[i].pool_used_s, 1);
    NUMBERS(&a->use[i].thread_s, &b->use[i].thread_s, 1);
    NUMBERS(&a->use[i].core_s, &b->use[i].core_s, 1);
  }
  NUMBERS(a->nodes_used_s, b->nodes_used_s, (uint64_t)a->node_groups * a->window_count);
}

static void visit_observation(struct observation *a, const struct observation *b, const struct view_visitor *visitor) {
  for (uint32_t i = 0; i < a->row_count; i++)
    if (visitor->present(visitor->context, observation_touched(b, i))) visit_endpoint(a, i, &b->endpoints[i], visitor);
  for (uint32_t i = 0; i < a->service_count; i++) {
    COUNTS(&a->services[i].calls, &b->services[i].calls, 1);
    visitor->histogram(visitor->context, &a->services[i].latency, &b->services[i].latency);
    visit_level(&a->services[i].replicas, &b->services[i].replicas, visitor);
  }
  if (a->use) visit_use(a, b, visitor);
  for (uint32_t i = 0; i < a->meter_count; i++) visit_meter(&a->meters[i], &b->meters[i], visitor);
  COUNTS(&a->arrived, &b->arrived, 1);
  COUNTS(a->ended, b->ended, OUTCOMES);
  COUNTS(&a->wasted, &b->wasted, 1);
  visit_level(&a->inside_over_time, &b->inside_over_time, visitor);
}

static void visit_service(struct service_view *a, const struct service_view *b, const struct view_visitor *visitor) {
  NUMBERS(&a->used_s, &b->used_s, 1);
  NUMBERS(&a->busy_s, &b->busy_s, 1);
  NUMBERS(&a->primary_s, &b->primary_s, 1);
  NUMBERS(&a->replica_s, &b->replica_s, 1);
  NUMBERS(&a->pool_used_s, &b->pool_used_s, 1);
  NUMBERS(&a->thread_s, &b->thread_s, 1);
  NUMBERS(&a->core_s, &b->core_s, 1);
  visitor->largest(visitor->context, &a->replicas_max, &b->replicas_max);
}

static void visit_ledger(struct view *a, const struct view *b, const struct model *m, const struct view_visitor *visitor) {
  for (uint32_t i = 0; i < ledger_rows(m); i++) {
    NUMBERS(&a->ledger[i].lost_s, &b->ledger[i].lost_s, 1);
    visitor->durations(visitor->context, a, &a->ledger[i].months, &b->ledger[i].months);
    visitor->durations(visitor->context, a, &a->ledger[i].years, &b->ledger[i].years);
  }
  for (uint32_t i = 0; i <= m->endpoints.count; i++) {
    COUNTS(&a->lives[i].outages, &b->lives[i].outages, 1);
    NUMBERS(&a->lives[i].down_s, &b->lives[i].down_s, 1);
    NUMBERS(&a->lives[i].until_first_s, &b->lives[i].until_first_s, 1);
    visitor->durations(visitor->context, a, &a->lives[i].firsts, &b->lives[i].firsts);
  }
}

void view_visit(struct view *a, const struct view *b, const struct model *m, const struct view_visitor *visitor) {
  COUNTS(&a->replications, &b->replications, 1);
  COUNTS(&a->events, &b->events, 1);
  NUMBERS(&a->seconds, &b->seconds, 1);
  visit_observation(&a->observation, &b->observation, visitor);
  for (uint32_t e = 0; e < a->row_count; e++) visitor->histogram(visitor->context, &a->latency[e], &b->latency[e]);
  COUNTS(a->arrived, b->arrived, a->row_count);
  COUNTS(a->ended, b->ended, (uint64_t)a->row_count * OUTCOMES);
  for (uint32_t i = 0; i < m->services.count; i++) visit_service(&a->services[i], &b->services[i], visitor);
  NUMBERS(a->node_used_s, b->node_used_s, m->platform.nodes.count);
  NUMBERS(a->node_available_s, b->node_available_s, m->platform.nodes.count);
  NUMBERS(a->node_gained_s, b->node_gained_s, m->platform.nodes.count);
  NUMBERS(a->probes, b->probes, m->run.probes.count);
  if (a->endpoint_count)
    for (uint32_t i = 0; i < model_gauges(m); i++)
      NUMBERS((double *)&a->growth[i], (const double *)&b->growth[i], sizeof *a->growth / sizeof(double));
  for (uint32_t i = 0; i < model_faults(m)->count; i++) {
    COUNTS(&a->faults[i].faults, &b->faults[i].faults, 1);
    NUMBERS(&a->faults[i].lost_s, &b->faults[i].lost_s, 1);
    NUMBERS(a->faults[i].phase_s, b->faults[i].phase_s, OUTAGE_PHASES);
    visitor->durations(visitor->context, a, &a->faults[i].rto, &b->faults[i].rto);
    visitor->durations(visitor->context, a, &a->faults[i].rpo, &b->faults[i].rpo);
  }
  NUMBERS(a->served_s, b->served_s, m->endpoints.count);
  NUMBERS(&a->total_served_s, &b->total_served_s, 1);
  if (a->ledger) visit_ledger(a, b, m, visitor);
  NUMBERS(&a->strained_s, &b->strained_s, 1);
  NUMBERS(&a->assumed_s, &b->assumed_s, 1);
}

/* --- merging and subtracting -------------------------------------------------------------------------------------------------- */

static void add_numbers(void *context, double *a, const double *b, uint64_t count) {
  (void)context;
  for (uint64_t i = 0; i < count; i++) a[i] += b[i];
}

static void add_counts(void *context, uint64_t *a, const uint64_t *b, uint64_t count) {
  (void)context;
  for (uint64_t i = 0; i < count; i++) a[i] += b[i];
}

static void add_levels(void *context, uint64_t *a, const uint64_t *b) { add_counts(context, a, b, 1); }

static void keep_largest(void *context, double *a, const double *b) {
  (void)context;
  if (*b > *a) *a = *b;
}

static void add_histogram(void *context, struct histogram *a, const struct histogram *b) {
  (void)context;
  histogram_merge(a, b);
}

static void add_durations(void *context, struct view *a, struct durations *mine, const struct durations *theirs) {
  (void)context;
  append(a->arena, mine, theirs);
}

static bool as_there(void *context, bool here) {
  (void)context;
  return here;
}

void view_merge(struct view *into, const struct view *from, const struct model *m) {
  static const struct view_visitor merging = {add_numbers,   add_counts,    add_levels, keep_largest,
                                              add_histogram, add_durations, as_there,   NULL};
  view_visit(into, from, m, &merging);
  into->overflowed |= from->overflowed;
  for (uint32_t i = 0; i < from->violation_count; i++) add_violation(into, from->violations[i]);
}

static void take_numbers(void *context, double *a, const double *b, uint64_t count) {
  (void)context;
  for (uint64_t i = 0; i < count; i++) a[i] -= b[i];
}

static void take_counts(void *context, uint64_t *a, const uint64_t *b, uint64_t count) {
  (void)context;
  for (uint64_t i = 0; i < count; i++) a[i] -= b[i];
}

/* A level is what it is now. */
static void keep_levels(void *context, uint64_t *a, const uint64_t *b) { (void)context, (void)a, (void)b; }

static void take_histogram(void *context, struct histogram *a, const struct histogram *b) {
  (void)context;
  histogram_subtract(a, b);
}

static void take_durations(void *context, struct view *a, struct durations *mine, const struct durations *theirs) {
  (void)context, (void)a;
  mine->count -= theirs->count;
  mine->s += theirs->count;
}

void view_follow(struct view *into, const struct view *next, const struct model *m) {
  view_merge(into, next, m);
  into->replications -= next->replications;
  for (uint32_t i = 0; i < into->observation.row_count; i++) {
    struct endpoint_observation *a = &into->observation.endpoints[i];
    const struct endpoint_observation *b = &next->observation.endpoints[i];
    a->inside_from -= b->inside_from;
    a->inside_until = b->inside_until;
  }
}

void view_subtract(struct view *from, const struct view *earlier, const struct model *m) {
  static const struct view_visitor taking = {take_numbers,   take_counts,    keep_levels, keep_largest,
                                             take_histogram, take_durations, as_there,    NULL};
  view_visit(from, earlier, m, &taking);
}
