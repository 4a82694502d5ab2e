/* The warm-up by a pilot: ten short replications from an empty system, in which the number inside is followed at a thousand
 * points; sim/stats/warmup.h says what is read from them. A pilot in which no end is seen is repeated twice as long. */
#include "sim/stats/warmup.h"
#include "sim/engine/arena.h"
#include "sim/study/study_inner.h"
#include <stdlib.h>

enum { PILOT_REPLICATIONS = 10, PILOT_POINTS = 1000 };

/* The number inside of one replication, by point. False: overflowed. */
static bool follow(const struct model *pilot, uint64_t seed, uint32_t replication, double *inside) {
  struct world *w = world_new(pilot, seed, replication, WORLD_TRAFFIC);
  world_warm_up(w);
  world_measure_until(w, pilot->run.window);
  world_close(w);
  for (uint32_t i = 0; i < w->observation.inside_over_time.windows; i++)
    inside[i] = series_level_mean(&w->observation.inside_over_time, i);
  bool good = !w->overflowed;
  world_free(w);
  return good;
}

/* A pilot of this length; drop and relaxation in ns. */
static enum warmup_status pilot(const struct study *s, sim_time length, sim_time *drop, sim_time *relaxation) {
  struct model m = s->model;
  m.run.warmup = 0, m.run.window = length / PILOT_POINTS * PILOT_POINTS, m.run.windows = 1, m.run.levels = PILOT_POINTS;
  double *inside = calloc(PILOT_REPLICATIONS * PILOT_POINTS, sizeof *inside);
  bool good = true;
  for (uint32_t i = 0; i < PILOT_REPLICATIONS && good; i++) good = follow(&m, m.run.seed, i, inside + i * PILOT_POINTS);
  struct warmup found = {.status = WARMUP_REFUSED_TRUNCATION};
  if (good) found = warmup_find(inside, PILOT_REPLICATIONS, PILOT_POINTS);
  free(inside);
  *drop = (sim_time)found.drop * (m.run.window / PILOT_POINTS);
  *relaxation = found.relaxation < 1e6 ? (sim_time)(found.relaxation * (double)(m.run.window / PILOT_POINTS)) : SIM_NEVER;
  return found.status;
}

/* What is loaded beyond its capacity settles soon, when something bounds its queues, or never. */
static bool overloaded(const struct model *m) {
  struct measure first = {.aggregate = AGGREGATE_SATURATION, .subject = SUBJECT_ALL, .quantity = QUANTITY_NONE};
  return model_offered_rate(m) >= measure_value(&first, m, NULL);
}

void warm_up_find(struct study *s) {
  if (!s->model.run.find_warmup) return;
  s->model.run.find_warmup = false;
  bool hopeless = overloaded(&s->model);
  sim_time window = s->model.run.window, length = window / 4 < SIM_MS ? SIM_MS : window / 4, drop, relaxation;
  for (int tries = hopeless ? 2 : 5; tries > 0; tries--, length *= 2) {
    s->looked_at = length;
    if (pilot(s, length, &drop, &relaxation) != WARMUP_FOUND) continue;
    s->warmup = WARMUP_IS_FOUND, s->relaxation = relaxation, s->model.run.warmup = drop;
    return;
  }
  s->warmup = hopeless ? WARMUP_IS_GIVEN : WARMUP_IS_MISSING, s->model.run.warmup = window / 10;
}
