#include "models/core/gauge.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>
#include <string.h>

static uint32_t queues_before(const struct model *m, uint32_t meter) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < meter; i++) count += m->meters[i].queue;
  return count;
}

uint32_t model_gauges(const struct model *m) {
  return m->endpoints.count + m->services.count + m->platform.nodes.count + queues_before(m, m->meter_count);
}

struct gauge model_gauge(const struct model *m, uint32_t number) {
  assert(number < model_gauges(m));
  if (number < m->endpoints.count) return (struct gauge){GAUGE_ENDPOINT, number};
  number -= m->endpoints.count;
  if (number < m->services.count) return (struct gauge){GAUGE_SERVICE, number};
  number -= m->services.count;
  if (number < m->platform.nodes.count) return (struct gauge){GAUGE_NODES, number};
  number -= m->platform.nodes.count;
  uint32_t meter = 0;
  while (!m->meters[meter].queue || number--) meter++;
  return (struct gauge){GAUGE_METER, meter};
}

/* It stands in a line, or for what others have to finish first. */
static bool stands_in_line(const struct request *r) { return r->live && r->depth && r->waiting && r->waiting->line; }

static void count_waiting(const struct world *w, double *services) {
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    const struct request *r = world_request(w, id);
    if (stands_in_line(r)) services[w->containers[r->frames[r->depth - 1].container].service]++;
  }
}

/* Computations beyond the limit of their container, and beyond the cores of their node. */
static void count_slowed(const struct world *w, double *services, double *groups) {
  for (uint32_t i = 0; i < w->container_count; i++) {
    const struct container *c = &w->containers[i];
    double cores = c->quota                ? c->quota->amount / (double)c->quota->period
                   : c->limit == INT64_MAX ? INFINITY
                                           : (double)c->limit / 1000;
    services[c->service] += fmax(0, c->running - cores);
  }
  for (const struct node *n = world_next_node(w, NULL); n; n = world_next_node(w, n)) {
    if (n->millicores != INT64_MAX) groups[n->group_index] += fmax(0, (double)(n->demand - n->millicores) / 1000);
    for (uint32_t i = 0; n->slices && i < n->container_count; i++)
      groups[n->group_index] += w->containers[n->containers[i]].off_core->count;
  }
}

void gauges_now(const struct world *w, double *levels) {
  const struct model *m = w->model;
  memset(levels, 0, model_gauges(m) * sizeof *levels);
  for (uint32_t i = 0; i < m->endpoints.count; i++) levels[i] = (double)w->observation.endpoints[i].inside_until;
  double *services = levels + m->endpoints.count, *groups = services + m->services.count;
  count_waiting(w, services);
  count_slowed(w, services, groups);
  double *meters = groups + m->platform.nodes.count;
  for (uint32_t i = 0; i < m->meter_count; i++)
    if (m->meters[i].queue) *meters++ = (double)level_value(&w->observation.meters[i].level);
}

/* Border k of the parts. */
static sim_time border(const struct world *w, uint32_t k) {
  sim_time step = (w->observation.measured_until - w->measured_from) / GAUGE_STEPS;
  return w->measured_from + step * k;
}

static void read_at(struct world *w, uint32_t k) { gauges_now(w, world_gauges(w)->levels + (size_t)k * model_gauges(w->model)); }

static void reads(void *world, uint32_t unused) {
  (void)unused;
  struct world *w = world;
  read_at(w, world_gauges(w)->border++);
  if (world_gauges(w)->border < GAUGE_STEPS) calendar_set(w->calendar, world_gauges(w)->slot, border(w, world_gauges(w)->border));
}

static void gauges_start(struct world *w) {
  if (border(w, 1) == border(w, 0)) return; /* a window of a few nanoseconds */
  world_gauges(w)->slot = calendar_slot(w->calendar, reads, w, 0);
  world_gauges(w)->levels = arena_new_array(w->arena, double, (size_t)(GAUGE_STEPS + 1) * model_gauges(w->model));
}

static void gauges_begin(struct world *w) {
  if (!world_gauges(w)->levels) return;
  read_at(w, 0);
  world_gauges(w)->border = 1;
  calendar_set(w->calendar, world_gauges(w)->slot, border(w, 1));
}

static void gauges_end(struct world *w) {
  if (world_gauges(w)->levels && world_gauges(w)->border == GAUGE_STEPS) read_at(w, GAUGE_STEPS);
}

static void gauges_measure(struct world *w, enum world_edge edge) {
  if (edge == EDGE_BEGIN) gauges_begin(w);
  if (edge == EDGE_LAST) gauges_end(w);
}

const struct part part_gauges = {
    .name = "gauges", .requests = true, .room.world = sizeof(struct gauges), .start = gauges_start, .measure = gauges_measure};
