#include "models/core/world.h"
#include "models/core/part.h"
#include "models/platform/lifecycle.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <stdlib.h>

/* LARGE_WORLD: requests from which on it pays to ask for large pages. */
enum { LARGE_WORLD = 50000 };

static void build_delays(struct world *w) {
  const struct model *m = w->model;
  w->sleepers = timer_heap_new(w->calendar, request_wakes, w);
  w->soon = lane_new(w->calendar, 0, request_wakes, w);
  w->unreachable = arena_new_array(w->arena, struct lane *, m->services.count + 1);
  for (uint32_t i = 0; i < m->services.count; i++)
    w->unreachable[i] = lane_new(w->calendar, model_service(m, i)->connect_timeout, request_unreachable, w);
}

static void advance_all(struct world *w) {
  sim_time now = world_now(w);
  for (uint32_t i = 0; i < w->container_count; i++) container_advance(w, &w->containers[i], now);
  parts_measure(w, EDGE_ADVANCE);
}

/* The warm-up is over: what has been integrated so far is set aside. */
static void begin_measuring(struct world *w) {
  assert(world_now(w) <= w->measured_from || w->overflowed || w->abandoned);
  advance_all(w);
  for (uint32_t i = 0; i < w->container_count; i++) {
    struct container *c = &w->containers[i];
    c->used_at_mark = c->used_on_arrival = c->used_ns, c->busy_at_mark = c->busy_ns;
  }
  for (uint32_t i = 0; i < w->node_count; i++) w->nodes[i].used_by_departed = 0;
  for (uint32_t i = 0; i < w->model->services.count; i++) level_restart(&w->services[i].replicas, world_now(w));
  meters_begin(w);
  use_begin(w);
  parts_measure(w, EDGE_BEGIN);
}

/* The measured time is over. */
static void end_measuring(struct world *w) {
  advance_all(w);
  for (uint32_t i = 0; i < w->container_count; i++) {
    struct container *c = &w->containers[i];
    c->used_measured = c->used_ns - c->used_at_mark, c->busy_measured = c->busy_ns - c->busy_at_mark;
    c->used_there_measured = c->used_ns - c->used_on_arrival;
    c->node_measured = c->node;
  }
  for (uint32_t i = 0; i < w->node_count; i++) w->nodes[i].used_by_departed_measured = w->nodes[i].used_by_departed;
  for (uint32_t i = 0; i < w->model->services.count; i++) {
    struct service *s = &w->services[i];
    service_replicas_until(w, s, world_now(w));
    s->replicas_measured = level_integral(&s->replicas, world_now(w)), s->replicas_most = level_max(&s->replicas);
  }
  meters_end(w);
  parts_measure(w, EDGE_END);
}

static void probe(void *world, uint32_t index) {
  struct world *w = world;
  w->probes[index] = w->observation.inside;
}

static void start_probes(struct world *w) {
  const struct model *m = w->model;
  w->probes = arena_new_array(w->arena, uint32_t, m->run.probes.count + 1);
  const struct probe_config *probes = m->run.probes.items;
  for (uint32_t i = 0; i < m->run.probes.count; i++)
    if (probes[i].at <= w->horizon) calendar_set(w->calendar, calendar_slot(w->calendar, probe, w, i), probes[i].at);
}

struct observation_plan model_observation_plan(const struct model *m, bool traffic) {
  if (!traffic) return (struct observation_plan){.windows = 1, .measured_until = 1};
  return (struct observation_plan){.endpoints = m->endpoints.count,
                                   .services = m->services.count,
                                   .regions = model_regions(m),
                                   .windows = (uint32_t)m->run.windows,
                                   .measured_from = m->run.warmup,
                                   .measured_until = m->run.warmup + m->run.window,
                                   .waits = m->records_waits,
                                   .programs = m->programs,
                                   .use = m->records_use,
                                   .node_groups = m->platform.nodes.count,
                                   .meters = m->meters,
                                   .meter_count = m->meter_count};
}

static uint32_t most_cells(const struct model *m) {
  uint32_t most = 0;
  for (uint32_t i = 0; i < m->program_count; i++) most = m->programs[i].cell_count > most ? m->programs[i].cell_count : most;
  return most;
}

struct world *world_new(const struct model *m, uint64_t seed, uint32_t replication, enum world_mode mode) {
  bool large = mode == WORLD_TRAFFIC && m->requests >= LARGE_WORLD;
  struct arena *arena = large ? arena_new_large() : arena_new();
  struct world *w = arena_alloc(arena, sizeof *w);
  w->model = m, w->arena = arena, w->seed = seed, w->replication = replication, w->mode = mode;
  w->calendar = calendar_new();
  if (mode == WORLD_AVAILABILITY) calendar_is_sparse(w->calendar);
  w->striking = -1;
  w->measured_from = mode == WORLD_TRAFFIC ? m->run.warmup : 0;
  w->measured_until = mode == WORLD_TRAFFIC ? m->run.warmup + m->run.window : m->run.years_per_replication * SIM_YEAR;
  w->horizon = w->measured_until;
  w->orchestrator = m->platform.kind;
  if (w->orchestrator->room) w->orchestrating = arena_alloc(arena, w->orchestrator->room);
  w->cells = most_cells(m);
  struct observation_plan plan = model_observation_plan(m, mode == WORLD_TRAFFIC);
  w->observed = large ? arena_new_large() : arena_new();
  observation_open(&w->observation, w->observed, &plan);
  build_delays(w);
  parts_open(w);
  pool_init(&w->requests, w->request_room.at + w->request_room.size);
  lifecycle_build(w);
  if (w->orchestrator->start) w->orchestrator->start(w);
  parts_start(w);
  if (mode == WORLD_TRAFFIC) start_probes(w);
  return w;
}

void world_follow(struct world *w, const struct world_watch *watch) {
  w->watch = watch;
  w->stride = SIM_MS;
}

/* The stride follows the events, so that there are some EVENTS_BETWEEN_LOOKS between two looks whatever the load: a few
 * milliseconds. */
static void look(struct world *w, uint64_t events) {
  enum { EVENTS_BETWEEN_LOOKS = 1 << 15 };
  if (events < EVENTS_BETWEEN_LOOKS / 2 && w->stride < SIM_NEVER / 4) w->stride *= 2;
  if (events > EVENTS_BETWEEN_LOOKS * 2 && w->stride > 1) w->stride /= 2;
  if (w->watch->interrupted && atomic_load_explicit(w->watch->interrupted, memory_order_relaxed)) w->abandoned = true;
  if (w->watch->moved) w->watch->moved(w->watch->context, world_now(w));
}

static void run_until(struct world *w, sim_time until) {
  while (w->watch && until - world_now(w) > w->stride && !w->overflowed && !w->abandoned) {
    uint64_t before = calendar_events(w->calendar);
    calendar_run(w->calendar, world_now(w) + w->stride);
    look(w, calendar_events(w->calendar) - before);
  }
  if (!w->overflowed && !w->abandoned) calendar_run(w->calendar, until);
}

void world_warm_up(struct world *w) {
  run_until(w, w->measured_from);
  begin_measuring(w);
}

void world_measure_until(struct world *w, sim_time until) {
  assert(until >= w->measured_from);
  w->measured_until = until;
  if (!w->overflowed && !w->abandoned) run_until(w, until);
  end_measuring(w);
}

/* As far as the last border between windows. */
static void measure_by_windows(struct world *w) {
  const struct observation *o = &w->observation;
  for (uint32_t i = 0; i + 1 < o->window_count && !w->overflowed && !w->abandoned; i++) {
    run_until(w, w->measured_from + (sim_time)(i + 1) * o->window_length);
    advance_all(w);
    use_mark(w, i);
  }
}

void world_run(struct world *w) {
  world_warm_up(w);
  bool use = w->observation.use;
  if (use) measure_by_windows(w);
  world_measure_until(w, w->measured_until);
  if (use) use_mark(w, w->observation.window_count - 1);
  parts_measure(w, EDGE_LAST);
  /* What ends now was inside up to the last instant. */
  if (!w->overflowed && !w->abandoned) calendar_run_through(w->calendar, w->measured_until);
  world_close(w);
}

void world_close(struct world *w) {
  sim_time now = w->horizon = world_now(w);
  advance_all(w);
  parts_measure(w, EDGE_CLOSE);
  observation_close(&w->observation, now);
}

void world_free(struct world *w) {
  parts_stop(w);
  for (uint32_t i = 0; i < w->container_count; i++) free(w->containers[i].computations);
  timer_heap_free(w->sleepers);
  timer_heap_free(w->patience);
  lane_free(w->soon);
  for (uint32_t i = 0; i < w->model->services.count; i++) lane_free(w->unreachable[i]);
  pool_release(&w->requests);
  calendar_free(w->calendar);
  arena_free(w->observed);
  arena_free(w->arena);
}

struct arena *world_give_observation(struct world *w) {
  struct arena *observed = w->observed;
  w->observed = NULL;
  return observed;
}
