#include "sim/study/long_run.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include <stdlib.h>
#include <string.h>

struct long_run {
  struct model model; /* without an end */
  struct world *world;
  sim_time length; /* of a batch */
  struct view *batches[LONG_RUN_BATCHES];
  uint32_t count;
  double *borders;    /* what the gauges read where batches begin and end: [border * gauges + gauge] */
  struct view *whole; /* up to the end of the last batch */
};

struct long_run *long_run_new(const struct model *m, uint64_t seed, const struct world_watch *watch) {
  struct long_run *r = allocate_zeroed(1, sizeof *r);
  r->model = *m;
  r->length = m->run.window;
  r->model.run.window = 100 * SIM_YEAR;
  r->model.run.windows = 1;
  r->world = world_new(&r->model, seed, 0, WORLD_TRAFFIC);
  if (watch) world_follow(r->world, watch);
  r->whole = view_new(&r->model, true);
  world_warm_up(r->world);
  r->borders = allocate_zeroed((size_t)(LONG_RUN_BATCHES + 1) * model_gauges(&r->model) + 1, sizeof *r->borders);
  gauges_now(r->world, r->borders);
  return r;
}

void long_run_free(struct long_run *r) {
  if (!r) return;
  for (uint32_t i = 0; i < r->count; i++) view_free(r->batches[i]);
  view_free(r->whole);
  free(r->borders);
  if (r->world) world_free(r->world);
  free(r);
}

static struct view *read_now(const struct long_run *r) {
  struct view *v = view_new(&r->model, true);
  view_read(v, r->world);
  return v;
}

/* One that was interrupted is not whole, and what is left of the run is of no use. */
static void one_batch(struct long_run *r) {
  world_measure_until(r->world, world_now(r->world) + r->length);
  if (r->world->abandoned) return;
  struct view *batch = read_now(r), *whole = read_now(r);
  if (r->whole->replications) view_subtract(batch, r->whole, &r->model);
  batch->replications = 1;
  view_free(r->whole);
  r->whole = whole;
  r->batches[r->count++] = batch;
  gauges_now(r->world, r->borders + (size_t)r->count * model_gauges(&r->model));
  r->whole->replications = r->count;
}

uint32_t long_run_extend(struct long_run *r, uint32_t batches) {
  while (r->count < batches && r->count < LONG_RUN_BATCHES && !r->world->abandoned && !r->world->overflowed) one_batch(r);
  return r->count;
}

struct view *long_run_pair(const struct long_run *r, uint32_t i) {
  struct view *pair = view_new(&r->model, true);
  view_merge(pair, r->batches[2 * i], &r->model);
  view_follow(pair, r->batches[2 * i + 1], &r->model);
  return pair;
}

void long_run_join(struct long_run *r) {
  for (uint32_t i = 0; i < r->count / 2; i++) {
    struct view *pair = long_run_pair(r, i);
    view_free(r->batches[2 * i]), view_free(r->batches[2 * i + 1]);
    r->batches[i] = pair;
  }
  size_t gauges = model_gauges(&r->model);
  for (uint32_t i = 1; i <= r->count / 2; i++)
    memcpy(r->borders + i * gauges, r->borders + 2 * i * gauges, gauges * sizeof *r->borders);
  r->count /= 2;
  r->length *= 2;
  r->whole->replications = r->count;
}

struct growth_sums *long_run_growth(const struct long_run *r, struct arena *arena) {
  uint32_t gauges = model_gauges(&r->model);
  struct growth_sums *sums = arena_new_array(arena, struct growth_sums, gauges + 1);
  for (uint32_t g = 0; g < gauges; g++) {
    double levels[GROWTH_STEPS + 1];
    for (uint32_t k = 0; k <= GROWTH_STEPS; k++) levels[k] = r->borders[(size_t)(r->count * k / GROWTH_STEPS) * gauges + g];
    growth_add(&sums[g], levels);
  }
  return sums;
}

double long_run_progress(const struct long_run *r, sim_time simulated) {
  sim_time from = r->world->measured_from;
  return simulated > from ? (double)(simulated - from) / (double)r->length : 0;
}

uint32_t long_run_count(const struct long_run *r) { return r->count; }
const struct view *long_run_batch(const struct long_run *r, uint32_t batch) { return r->batches[batch]; }
const struct view *long_run_whole(const struct long_run *r) { return r->whole; }

void long_run_close(struct long_run *r) {
  if (!r->world) return;
  world_close(r->world);
  if (!r->world->abandoned) view_audit(r->whole, r->world);
  world_free(r->world);
  r->world = NULL;
}
