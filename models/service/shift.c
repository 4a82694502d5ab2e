#include "models/service/shift.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include <assert.h>
#include <math.h>

/* Cores that one replica can use: of its node, within its limit, on its threads. */
static double usable_cores(const struct world *w, const struct service *s) {
  double node = 0, cores = runtime_loops(service_config(s), (double)s->threads) + runtime_workers(service_config(s));
  for (uint32_t k = 0; k < s->capacity; k++) {
    const struct container *c = &w->containers[s->first + k];
    if (c->node != NONE) node = fmax(node, w->nodes[c->node].cores);
    cores = fmin(cores, c->limit);
  }
  return fmin(cores, node);
}

void shift_account(const struct world *w, struct service *s) {
  if (!service_config(s)->shifts.count) return;
  double replicas = level_integral(&s->replicas, world_now(w)), passed = replicas - s->replicas_at_shift;
  assert(passed >= 0);
  s->thread_ns += passed * (double)s->threads * runtime_processes(service_config(s));
  s->core_ns += passed * usable_cores(w, s);
  s->replicas_at_shift = replicas;
}

static void restart(struct service *s) { s->thread_ns = s->core_ns = s->replicas_at_shift = 0; }

static void shift_begins(void *world, uint32_t index) {
  struct world *w = world;
  struct service *s = &w->services[index];
  const struct shift_config *shifts = service_config(s)->shifts.items;
  shift_account(w, s);
  assert(s->shift < service_config(s)->shifts.count && shifts[s->shift].at == world_now(w));
  s->threads = shifts[s->shift++].threads;
  for (uint32_t k = 0; k < s->capacity; k++) container_staff(w, &w->containers[s->first + k], s->threads);
  if (s->shift < service_config(s)->shifts.count) calendar_set(w->calendar, s->shift_slot, shifts[s->shift].at);
}

static void start(struct world *w, struct service *s) {
  s->threads = service_config(s)->threads;
  if (!service_config(s)->shifts.count) return;
  s->shift_slot = calendar_slot(w->calendar, shift_begins, w, s->index);
  calendar_set(w->calendar, s->shift_slot, ((const struct shift_config *)service_config(s)->shifts.items)[0].at);
}

double shift_mean_threads(const struct service_config *s, double most, sim_time from, sim_time to) {
  const struct shift_config *shifts = s->shifts.items;
  double threads = s->threads == INT64_MAX ? INFINITY : (double)s->threads, sum = 0;
  if (!s->shifts.count) return threads < most ? threads : most;
  sim_time at = from;
  for (uint32_t i = 0; i <= s->shifts.count && at < to; i++) {
    sim_time until = i < s->shifts.count && shifts[i].at < to ? shifts[i].at : to;
    if (until > at) {
      sum += (double)(until - at) * (threads < most ? threads : most);
      at = until;
    }
    if (i < s->shifts.count) threads = (double)shifts[i].threads;
  }
  assert(to > from);
  return sum / (double)(to - from);
}

static void shifts_start(struct world *w) {
  for (uint32_t i = 0; i < w->model->services.count; i++) start(w, &w->services[i]);
}

static void shifts_measure(struct world *w, enum world_edge edge) {
  for (uint32_t i = 0; i < w->model->services.count; i++) {
    if (edge == EDGE_BEGIN) restart(&w->services[i]);
    if (edge == EDGE_END) shift_account(w, &w->services[i]);
  }
}

static void check_shifts(struct linker *l, struct service_config *s, const char *path) {
  const struct shift_config *shifts = s->shifts.items;
  for (uint32_t i = 1; i < s->shifts.count; i++)
    if (shifts[i].at <= shifts[i - 1].at) link_error(l, path, "shifts", "the shifts must be in order of \"at\"");
  if (s->shifts.count && s->kind == SERVICE_EXTERNAL)
    link_error(l, path, "shifts", "the threads of an external service are not modelled");
}

static enum steadiness shifts_steadiness(const struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (model_service(m, i)->shifts.count) return TIMED;
  return STEADY;
}

static void shifts_use(const struct world *w, struct service *s, struct service_use *use) {
  shift_account(w, s);
  use->thread_s = s->thread_ns * 1e-9, use->core_s = s->core_ns * 1e-9;
}

const struct part part_shifts = {.name = "shifts",
                                 .use = shifts_use,
                                 .service = check_shifts,
                                 .steadiness = shifts_steadiness,
                                 .requests = true,
                                 .start = shifts_start,
                                 .measure = shifts_measure};
