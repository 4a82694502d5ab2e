#include "models/availability/course.h"
#include "models/availability/levels.h"
#include "models/availability/outage.h"
#include "models/core/world.h"
#include "models/faults/fault.h"
#include "sim/engine/arena.h"
#include <math.h>

/* REQUESTS: of all bins together, unless they would be shorter than SHORTEST_S or longer than LONGEST_S; never more than MOST. */
enum { REQUESTS = 12000, MOST = 200000, SHORTEST_S = 10, LONGEST_S = 3600, SCALING_S = 60 };

sim_time course_horizon(const struct levels *l, uint32_t level, uint32_t shorter) {
  double rate = fmax(l->per_second[level], 1e-9);
  double s = fmin(fmax((double)REQUESTS / shorter / rate, SHORTEST_S), LONGEST_S);
  return (sim_time)(fmin(s, fmax(MOST / rate, 1)) * 1e9);
}

sim_time course_longest(const struct levels *l, uint32_t level) { return course_horizon(l, level, 1); }

static bool scales(const struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (model_service(m, i)->autoscale.max > 0) return true;
  return false;
}

/* All well before anything happens: caches fill, autoscalers find their size. */
sim_time course_warm_up(const struct model *m, const struct levels *l, uint32_t level, uint32_t shorter) {
  sim_time horizon = course_horizon(l, level, shorter), given = m->run.warmup > 0 && m->run.warmup < SIM_DAY ? m->run.warmup : 0;
  sim_time wanted = scales(m) && given < SCALING_S * SIM_S ? SCALING_S * SIM_S : given;
  sim_time most = (sim_time)(MOST / fmax(l->per_second[level], 1e-9) * 1e9);
  if (wanted > most) wanted = most;
  return wanted > horizon / 4 ? wanted : horizon / 4;
}

struct stage {
  struct world *world;
  const struct course_plan *plan;
  const struct stance *well; /* as the world begins */
};

/* Stage 0: as it was before; stage 1: as it is now. */
static void changes(void *stage, uint32_t number) {
  struct stage *s = stage;
  const struct course_plan *p = s->plan;
  const struct stance *was = number && p->before ? p->before : s->well;
  stance_impose(s->world, was, number ? p->now : p->before);
}

/* All well, with as many replicas as there are then of services whose size follows the load. */
static const struct stance *well_of(const struct course_plan *p, const struct world *w, struct arena *arena) {
  const struct stance *then = p->before ? p->before : p->now;
  if (!scales(p->model) || then == p->nominal) return p->nominal;
  struct stance *well = arena_alloc(arena, sizeof *well);
  *well = *p->nominal;
  well->node_count = then->node_count;
  well->nodes = arena_new_array(arena, struct stance_node, well->node_count + 1);
  for (uint32_t i = 0; i < well->node_count; i++) well->nodes[i] = (struct stance_node){.up = true, .group = then->nodes[i].group};
  well->containers = arena_new_array(arena, struct stance_container, well->container_count + 1);
  for (uint32_t i = 0; i < well->container_count; i++) {
    const struct stance_container *c = &then->containers[i];
    bool sized = container_config(&w->containers[i])->autoscale.max > 0;
    well->containers[i] = sized ? *c : p->nominal->containers[i];
    if (sized && c->node != NONE)
      well->containers[i] = (struct stance_container){c->node, CONTAINER_UP, .in_rotation = true, .ready = true};
  }
  return well;
}

static void begins(void *stage, uint32_t unused) {
  (void)unused;
  const struct stage *s = stage;
  stance_impose(s->world, s->plan->nominal, s->well);
}

static struct model bare_model(const struct course_plan *p, const struct silence *silence, struct arena *arena) {
  struct model m = levels_model(p->levels, p->model, p->level, silence, arena);
  m.parts[PART_carrying] = NULL;
  m.parts[PART_faults] = arena_new_array(arena, struct config_list, 1);
  m.run.probes.count = m.run.phases.count = 0;
  m.run.imposed = true;
  m.records_use = m.records_waits = false;
  return m;
}

/* --- what acts by itself ----------------------------------------------------------------------------------------------------- */

static double distance(const struct world *w, const double *routing) {
  double most = 0;
  for (uint32_t e = 0; e < w->model->endpoints.count; e++) most = fmax(most, fabs(outage_serving(w, e) - routing[e]));
  return most;
}

/* How long it takes until routing is as it should be, or nearest to that; `found`: what it is then. */
static sim_time adapts(const struct course_plan *p, double *found, struct arena *arena) {
  static const double near = 1. / 32;
  const sim_time from = 60 * SIM_S, longest = 2 * SIM_HOUR;
  struct model m = bare_model(p, &(struct silence){0, 0}, arena);
  struct world *w = world_new(&m, p->seed, 0, WORLD_AVAILABILITY);
  stance_freeze(w);
  calendar_run(w->calendar, from);
  if (p->now != p->nominal) stance_impose(w, p->nominal, p->now);
  sim_time best = 0, step = SIM_S;
  double least = INFINITY;
  for (sim_time t = 0; t <= longest && least > near; t += step) {
    calendar_run(w->calendar, from + t + 1);
    double d = distance(w, p->routing);
    step = t / 16 > SIM_S ? t / 16 : SIM_S;
    if (!(d < least)) continue;
    least = d, best = t;
    for (uint32_t e = 0; e < m.endpoints.count; e++) found[e] = outage_serving(w, e);
  }
  world_free(w);
  return best;
}

/* --- the run ----------------------------------------------------------------------------------------------------------------- */

static void read(struct course *c, const struct world *w, struct arena *arena) {
  uint32_t endpoints = w->model->endpoints.count;
  c->arrived = arena_new_array(arena, double, (size_t)c->bins *endpoints + 1);
  c->answered = arena_new_array(arena, double, (size_t)c->bins *endpoints + 1);
  for (uint32_t b = 0; b < c->bins; b++)
    for (uint32_t e = 0; e < endpoints; e++) {
      const struct endpoint_window *o = &w->observation.endpoints[e].windows[b];
      c->arrived[b * endpoints + e] = (double)o->arrived;
      for (int k = 0; k < OUTCOMES; k++)
        if (!outcome_failed((enum outcome)k)) c->answered[b * endpoints + e] += (double)o->ended[k];
    }
}

struct course *course_run(const struct course_plan *p, struct arena *arena) {
  struct arena *own = arena_new();
  struct course *c = arena_alloc(arena, sizeof *c);
  c->routing = arena_new_array(arena, double, p->model->endpoints.count + 1);
  sim_time horizon = course_horizon(p->levels, p->level, p->shorter),
           at = course_warm_up(p->model, p->levels, p->level, p->shorter);
  sim_time changed = at + (p->before ? p->lasted : 0), adapted = p->routing && !p->before ? adapts(p, c->routing, own) : 0;
  struct silence silence = {changed, adapted > horizon ? changed + adapted - horizon / 4 : changed};
  struct model m = bare_model(p, &silence, own);
  m.run.warmup = changed + adapted, m.run.window = horizon * p->times, m.run.windows = COURSE_BINS * p->times;
  m.requests = p->levels->per_second[p->level] * sim_seconds(m.run.warmup + m.run.window - (silence.until - silence.from));
  struct world *w = world_new(&m, p->seed, 0, WORLD_TRAFFIC);
  stance_freeze(w);
  struct stage stage = {w, p, well_of(p, w, own)};
  if (stage.well != p->nominal) calendar_set(w->calendar, calendar_slot(w->calendar, begins, &stage, 0), 0);
  if (p->before) calendar_set(w->calendar, calendar_slot(w->calendar, changes, &stage, 0), at);
  if (p->now != p->nominal || p->before) calendar_set(w->calendar, calendar_slot(w->calendar, changes, &stage, 1), changed);
  world_run(w);
  c->bins = COURSE_BINS * p->times, c->bin = horizon / COURSE_BINS, c->requests = m.requests;
  read(c, w, arena);
  world_free(w);
  arena_free(own);
  return c;
}
