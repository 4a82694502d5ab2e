#include "models/core/meter.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>
#include <string.h>

uint32_t meter_declare(struct model *m, const char *thing, const char *name, enum meter_kind kind, const char *doc) {
  uint32_t room = m->meter_count;
  if (!(room & (room - 1))) { /* full at powers of two */
    struct meter_config *more = arena_new_array(m->arena, struct meter_config, room ? 2 * room : 1);
    if (room) memcpy(more, m->meters, room * sizeof *more);
    m->meters = more;
  }
  m->meters[room] = (struct meter_config){thing, name, kind, doc, false, false};
  return m->meter_count++;
}

void meter_is_queue(struct model *m, uint32_t meter) {
  assert(meter < m->meter_count && m->meters[meter].kind == METER_LEVEL);
  m->meters[meter].queue = true;
}

void meters_open(struct meter_observation *meters, const struct meter_config *config, uint32_t count, struct arena *arena,
                 sim_time length, uint32_t windows) {
  for (uint32_t i = 0; i < count; i++) {
    series_init(&meters[i].course, arena, length, windows);
    meters[i].most = meters[i].least_negated = -INFINITY;
    if (config[i].kind != METER_TIME) continue;
    meters[i].time = arena_new_array(arena, struct histogram, 1);
    histogram_open(meters[i].time, arena);
  }
}

static struct meter_observation *at(struct world *w, uint32_t meter) { return &w->observation.meters[meter]; }

/* Traffic worlds only: without requests nothing is metered. */
static bool metered(const struct world *w) { return w->observation.meter_count > 0; }

static bool measured(const struct world *w) { return world_now(w) >= w->measured_from && world_now(w) < w->measured_until; }

void meter_count(struct world *w, uint32_t meter) {
  if (metered(w)) series_add(&at(w, meter)->course, world_now(w) - w->measured_from, 1);
}

void meter_add(struct world *w, uint32_t meter, double amount) {
  if (metered(w)) series_add(&at(w, meter)->course, world_now(w) - w->measured_from, amount);
}

void meter_book(struct world *w, uint32_t meter, sim_time from, sim_time lasts) {
  if (metered(w)) series_level(&at(w, meter)->course, from - w->measured_from, from + lasts - w->measured_from, 1);
}

void meter_time(struct world *w, uint32_t meter, sim_time duration) {
  if (!metered(w) || !measured(w)) return;
  assert(duration >= 0 && at(w, meter)->time);
  series_add(&at(w, meter)->course, world_now(w) - w->measured_from, sim_seconds(duration));
  histogram_add(at(w, meter)->time, duration);
}

static inline void remember_extremes(struct meter_observation *o, double value) {
  if (value > o->most) o->most = value;
  if (-value > o->least_negated) o->least_negated = -value;
}

/* The course up to now: mostly within the window that was used last. */
static inline void follow(struct world *w, struct meter_observation *o) {
  struct series *s = &o->course;
  sim_time from = o->level.since - w->measured_from, to = world_now(w) - w->measured_from;
  if (from >= s->current_start && to < s->current_start + s->width && to < s->horizon && from < to) {
    s->sums[s->current] += (double)o->level.value * (double)(to - from);
    s->counts[s->current]++;
  } else
    series_level(s, from, to, (double)o->level.value);
}

void meter_set(struct world *w, uint32_t meter, int64_t level) {
  if (!metered(w)) return;
  struct meter_observation *o = at(w, meter);
  follow(w, o);
  level_set(&o->level, world_now(w), level);
  if (measured(w)) remember_extremes(o, (double)level);
}

void meter_change(struct world *w, uint32_t meter, int64_t change) {
  if (metered(w)) meter_set(w, meter, at(w, meter)->level.value + change);
}

void meter_touches(struct world *w, uint32_t meter, int64_t change) {
  if (!metered(w)) return;
  struct meter_observation *o = at(w, meter);
  int64_t level = o->level.value + change;
  if (level > o->level.max) o->level.max = level;
  if (!measured(w)) return;
  remember_extremes(o, (double)level);
  remember_extremes(o, (double)o->level.value);
}

void meters_begin(struct world *w) {
  for (uint32_t i = 0; i < w->observation.meter_count; i++)
    if (w->model->meters[i].kind == METER_LEVEL) remember_extremes(at(w, i), (double)at(w, i)->level.value);
}

void meters_end(struct world *w) {
  for (uint32_t i = 0; i < w->observation.meter_count; i++)
    if (w->model->meters[i].kind == METER_LEVEL) meter_set(w, i, at(w, i)->level.value);
}
