/* The warm-up by a pilot: ten replications from an empty system, followed at a thousand instants; sim/stats/warmup.h says what is
 * read from them. A pilot in which no end is seen goes on to twice its length, every other instant being forgotten.
 *
 * Followed are the number inside, the number at each service and every level that is metered (sessions on their way, clients who
 * back off, a line before the site); the longest warm-up counts. The number inside alone would not do: where users never think it
 * is always their number, a thousand quick servers hide one slow one, and people who think are not inside.
 *
 * What is found counts only when it is at most a quarter of the pilot, which then is 20 relaxation times long. A short pilot does
 * not see the memory that is longer than itself: of pilots of M/M/1 from empty that are 4 relaxation times long, 18% find half of
 * themselves enough, a third of what it takes, and none a quarter; of those that are 8 long 55% and 4%.
 *
 * The pilot has customers of its own: chosen to suit the replications themselves, the warm-up would make their means look closer
 * than they are. */
#include "sim/stats/warmup.h"
#include "models/database/connection_config.h"
#include "models/traffic/offered.h"
#include "sim/engine/arena.h"
#include "sim/study/study_inner.h"
#include "sim/engine/allocate.h"
#include <stdlib.h>

enum { PILOT_REPLICATIONS = 10, PILOT_POINTS = 1000, PILOT_DOUBLINGS = 5, PILOT_SHARE = 4, PILOT_SEED = 0x70696c6f74 };

struct pilot {
  struct model model;
  const struct world_watch *watch;
  struct world *worlds[PILOT_REPLICATIONS];
  uint32_t series; /* the number inside; then by service; then by meter of a level */
  double *numbers; /* [(series * PILOT_REPLICATIONS + replication) * PILOT_POINTS + point] */
  sim_time step;
};

static double *numbers_of(const struct pilot *p, uint32_t series, uint32_t replication) {
  return p->numbers + ((size_t)series * PILOT_REPLICATIONS + replication) * PILOT_POINTS;
}

static double number_at(const struct world *w, const struct service *s) {
  uint32_t sum = 0;
  for (uint32_t i = s->first; i < s->first + s->capacity; i++)
    sum += w->containers[i].in_flight + runtime_at_door(&w->containers[i]);
  return sum;
}

/* Points from `first` on of one replication. False: overflowed, or interrupted. */
static bool follow(struct pilot *p, uint32_t replication, uint32_t first) {
  struct world *w = p->worlds[replication];
  for (uint32_t i = first; i < PILOT_POINTS && !w->abandoned; i++) {
    world_measure_until(w, (i + 1) * p->step);
    *(numbers_of(p, 0, replication) + i) = w->observation.inside;
    uint32_t series = 1;
    for (uint32_t k = 0; k < p->model.services.count; k++)
      *(numbers_of(p, series++, replication) + i) = number_at(w, &w->services[k]);
    for (uint32_t k = 0; k < p->model.meter_count; k++)
      if (p->model.meters[k].kind == METER_LEVEL)
        *(numbers_of(p, series++, replication) + i) = (double)level_value(&w->observation.meters[k].level);
  }
  return !w->overflowed && !w->abandoned;
}

static bool follow_all(struct pilot *p, uint32_t first) {
  bool good = true;
  for (uint32_t i = 0; i < PILOT_REPLICATIONS && good; i++) good = follow(p, i, first);
  return good;
}

/* Twice as long: the instants so far become the first half. */
static bool twice(struct pilot *p) {
  for (uint32_t row = 0; row < p->series * PILOT_REPLICATIONS; row++)
    for (uint32_t i = 0; i < PILOT_POINTS / 2; i++) p->numbers[row * PILOT_POINTS + i] = p->numbers[row * PILOT_POINTS + 2 * i + 1];
  p->step *= 2;
  return follow_all(p, PILOT_POINTS / 2);
}

static uint32_t levels_of(const struct model *m) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < m->meter_count; i++) count += m->meters[i].kind == METER_LEVEL;
  return count;
}

static bool open_pilot(struct pilot *p, const struct model *m, const struct world_watch *watch, sim_time length) {
  *p = (struct pilot){
      .model = *m, .watch = watch, .step = length / PILOT_POINTS + 1, .series = 1 + m->services.count + levels_of(m)};
  p->model.run.warmup = 0;
  p->model.run.windows = 1;
  p->model.run.window = (p->step << PILOT_DOUBLINGS) * PILOT_POINTS;
  p->numbers = allocate_zeroed((size_t)p->series * PILOT_REPLICATIONS * PILOT_POINTS, sizeof *p->numbers);
  for (uint32_t i = 0; i < PILOT_REPLICATIONS; i++) {
    p->worlds[i] = world_new(&p->model, stream_mix(m->run.seed ^ PILOT_SEED), i, WORLD_TRAFFIC);
    world_follow(p->worlds[i], p->watch);
    world_warm_up(p->worlds[i]);
  }
  return follow_all(p, 0);
}

static void close_pilot(struct pilot *p) {
  for (uint32_t i = 0; i < PILOT_REPLICATIONS; i++) world_free(p->worlds[i]);
  free(p->numbers);
}

/* Whether all that is followed has settled by a quarter of the pilot; then the latest such point and the longest relaxation
 * time. */
static bool settled(const struct pilot *p, sim_time *drop, sim_time *relaxation) {
  *drop = *relaxation = 0;
  for (uint32_t k = 0; k < p->series; k++) {
    struct warmup found = warmup_find(numbers_of(p, k, 0), PILOT_REPLICATIONS, PILOT_POINTS);
    if (found.status != WARMUP_FOUND || found.drop > PILOT_POINTS / PILOT_SHARE) return false;
    sim_time mine = found.drop * p->step, memory = (sim_time)(found.relaxation * (double)p->step);
    if (mine > *drop) *drop = mine;
    if (memory > *relaxation) *relaxation = memory;
  }
  return true;
}

/* What is loaded beyond its capacity settles soon, when something bounds its queues, or never. */
static bool unbounded(const struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (model_service(m, i)->backlog == INT64_MAX || service_connections(model_service(m, i))->pools.count) return true;
  return false;
}

static bool overloaded(const struct model *m) { return model_offered_rate(m) >= measure_saturation(m); }

/* From a quarter of the window on; no shorter than a thousand instants can be kept apart, no longer than time lasts. */
static sim_time first_length(const struct model *m) {
  sim_time quarter = m->run.window / 4;
  return quarter < SIM_MS ? SIM_MS : quarter > SIM_YEAR ? SIM_YEAR : quarter;
}

bool warm_up_possible(const struct model *m, sim_time warmup) {
  if (!m->run.find_warmup) return warmup == m->run.warmup;
  sim_time longest = ((first_length(m) / PILOT_POINTS + 1) << PILOT_DOUBLINGS) * (PILOT_POINTS / PILOT_SHARE);
  return warmup >= 0 && (warmup <= longest || warmup == m->run.window / 10);
}

void warm_up_find(struct study *s) {
  struct evidence *ev = &s->evidence;
  struct run_config *run = &ev->model.run;
  if (!run->find_warmup) return;
  bool hopeless = overloaded(&ev->model) && unbounded(&ev->model);
  run->find_warmup = false;
  run->warmup = run->window / 10;
  ev->warmup = hopeless ? WARMUP_IS_GIVEN : WARMUP_IS_MISSING;
  struct pilot p;
  sim_time drop = 0, relaxation = 0;
  bool good = open_pilot(&p, &ev->model, &s->watch, first_length(&ev->model)), abandoned = false;
  for (int left = hopeless ? 1 : PILOT_DOUBLINGS; good && !settled(&p, &drop, &relaxation); left--) good = left > 0 && twice(&p);
  ev->looked_at = p.step * PILOT_POINTS;
  for (uint32_t i = 0; i < PILOT_REPLICATIONS; i++) abandoned |= p.worlds[i]->abandoned;
  close_pilot(&p);
  if (abandoned) ev->warmup = WARMUP_IS_GIVEN; /* nothing was found out about it */
  if (!good) return;
  ev->warmup = WARMUP_IS_FOUND;
  ev->relaxation = relaxation;
  run->warmup = drop;
}
