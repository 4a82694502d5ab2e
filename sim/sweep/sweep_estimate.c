#include "sim/sweep/sweep_estimate.h"
#include "models/traffic/offered.h"
#include "models/faults/fault.h"
#include "sim/engine/arena.h"
#include "sim/scenario/unit_print.h"
#include "sim/study/study.h"
#include <math.h>
#include <time.h>

/* So many requests are measured: a tenth of a second or so. */
enum { PILOT_REQUESTS = 200000, PILOT_PIECES = 21 };
enum { SLICE_S = 10, SHARDS_MOST = 1000 }; /* Slurm's arrays end at 1000 unless its administrator says more */

static double fault_replications(const struct model *m) {
  if (!m->run.years || !model_faults(m)->count) return 0;
  return ceil((double)m->run.years / (double)m->run.years_per_replication);
}

/* The pilot's scenario: as many of the shortenings as it can bear, for claims may need the whole window. */
static struct scenario *read_pilot(const struct sweep_plan *p, struct arena *arena, uint64_t n, uint32_t fault_pieces) {
  struct scenario *whole = sweep_plan_scenario(p, arena, n, NULL, 0);
  if (!whole) return NULL;
  const struct run_config *run = &whole->model.run;
  double share = PILOT_REQUESTS / (model_requests(&whole->model) + 1);
  struct scenario_override all[3];
  uint32_t count = 0;
  if (run->years > fault_pieces * run->years_per_replication)
    all[count++] = (struct scenario_override){"pilot", "run.years",
                                              arena_format(arena, "%lld", (long long)(fault_pieces * run->years_per_replication))};
  if (share < 1) {
    all[count++] =
        (struct scenario_override){"pilot", "run.window", unit_print_duration(arena, (sim_time)((double)run->window * share) + 1)};
    all[count++] =
        (struct scenario_override){"pilot", "run.warmup", unit_print_duration(arena, (sim_time)((double)run->warmup * share))};
  }
  for (; count > 0; count = count > 1 ? 1 : 0) {
    struct diagnostics *unreported = sweep_plan_diagnostics(p, arena);
    struct scenario *s = sweep_plan_try(p, arena, unreported, n, all, count);
    if (s) return s;
  }
  return whole;
}

struct speed {
  double seconds_a_request, seconds_a_fault_replication;
};

static double cpu_clock(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* CPU time: what else this machine does says nothing about the one that will run the points. */
static double seconds_of(struct arena *arena, const struct scenario *s, uint32_t replications) {
  double started = cpu_clock();
  study_run(arena, s, &(struct study_options){.replications = replications, .jobs = 1});
  return cpu_clock() - started;
}

/* Two pilots that differ by some pieces of the availability run tell what such a piece takes; the rest goes to the requests. The
 * first is run twice: the smaller time is without the memory's first touch. */
static struct speed compare_pilots(struct arena *arena, const struct scenario *one, const struct scenario *two, uint32_t most) {
  double requests = fmax(1, model_requests(&one->model)), enough = ceil(PILOT_REQUESTS / requests);
  uint32_t replications = enough < most ? (uint32_t)enough : most;
  double cold = seconds_of(arena, one, replications), first = fmin(cold, seconds_of(arena, one, replications));
  double pieces = fault_replications(&one->model), more = fault_replications(&two->model) - pieces;
  double piece = more > 0 ? fmax(0, (seconds_of(arena, two, replications) - first) / more) : 0;
  if (piece * pieces > first) piece = 0.5 * first / pieces; /* noise */
  return (struct speed){(first - piece * pieces) / (replications * requests), piece};
}

static bool measure(const struct sweep_plan *p, uint64_t n, struct speed *out) {
  struct arena *arena = arena_new();
  struct scenario *one = read_pilot(p, arena, n, 1), *two = one ? read_pilot(p, arena, n, PILOT_PIECES) : NULL;
  if (two) *out = compare_pilots(arena, one, two, p->points[n].replications);
  arena_free(arena);
  return two != NULL;
}

static bool add_point(const struct sweep_plan *p, uint64_t n, const struct speed *speed, struct sweep_estimate *out) {
  struct arena *arena = arena_new();
  const struct scenario *s = sweep_plan_scenario(p, arena, n, NULL, 0);
  if (s) {
    double requests = model_requests(&s->model) * p->points[n].replications, pieces = fault_replications(&s->model);
    out->points++;
    out->requests += requests;
    out->years += pieces > 0 ? (double)s->model.run.years : 0;
    out->seconds += requests * speed->seconds_a_request + pieces * speed->seconds_a_fault_replication;
  }
  arena_free(arena);
  return s != NULL;
}

bool sweep_estimate(const struct sweep_plan *p, const struct sweep_results *r, struct sweep_estimate *out) {
  struct speed speed = {0, 0};
  *out = (struct sweep_estimate){0};
  bool good = true;
  for (uint64_t n = 0; n < p->sweep->points && good; n++) {
    if (!sweep_plan_mine(p, n) || sweep_results_has(r, n) || !sweep_plan_wanted(p, n)) continue;
    if (!out->points) {
      good = measure(p, n, &speed);
      out->pilot = n;
    }
    good = good && add_point(p, n, &speed, out);
  }
  return good;
}

uint32_t sweep_shards(const struct sweep_plan *p, double seconds) {
  uint64_t most = p->sweep->points < SHARDS_MOST ? p->sweep->points : SHARDS_MOST;
  double slices = seconds / SLICE_S;
  return slices < 1 ? 1 : slices > (double)most ? (uint32_t)most : (uint32_t)slices;
}
