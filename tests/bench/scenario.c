/* The Compose scenario of the ticket platform through the whole program: attribution, histograms, pools, time-outs, faults,
 * audit, merging and the report's figures. Reading the file is not counted. The same replications without the study around them (no
 * views, no merging, no intervals) tell what the statistics cost; the same on the clock of the wall, by one thread and by two, what
 * a second core is worth. */
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include "sim/scenario/scenario.h"
#include "sim/study/study.h"
#include "tests/bench/bench.h"
#include <math.h>

enum { REPLICATIONS = 10, RATE = 150 };

static const struct scenario *compose(struct arena *arena, const char *path, uint64_t n) {
  const char *window = arena_format(arena, "run.window=%llus", (unsigned long long)(n / RATE / REPLICATIONS));
  const struct scenario_override sets[] = {{NULL, window, NULL},
                                           {NULL, "run.warmup=0s", NULL},
                                           {NULL, "run.years=0", NULL},
                                           {NULL, "claims=[]", NULL},
                                           {NULL, "traffic.fans.rate=150/s", NULL}};
  return scenario_read(arena, diagnostics_new(arena), path, sets, 5);
}

static double wall_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double study_of(const char *path, uint64_t n, uint32_t jobs, double (*now)(void)) {
  struct arena *arena = arena_new();
  const struct scenario *s = compose(arena, path, n);
  double seconds = -1;
  if (s) {
    double start = now();
    const struct results *r = study_run(arena, s, &(struct study_options){.replications = REPLICATIONS, .jobs = jobs});
    seconds = now() - start;
    if (r->violation_count || fabs((double)r->requests - (double)n) > 0.02 * (double)n) seconds = -1;
  }
  arena_free(arena);
  return seconds;
}

#define PLAIN "scenarios/platform/compose.json"
#define KEYS  "scenarios/platform/compose-keys.json"

/* n replications of a hundredth of a second: what a replication costs whatever is in it. */
static double short_replications(uint64_t n) {
  struct arena *arena = arena_new();
  const struct scenario *s = compose(arena, PLAIN, RATE * REPLICATIONS);
  double seconds = -1;
  if (s) {
    struct scenario brief = *s;
    brief.model.run.window = 10 * SIM_MS;
    double start = bench_cpu_seconds();
    const struct results *r = study_run(arena, &brief, &(struct study_options){.replications = (uint32_t)n, .jobs = 1});
    seconds = r->violation_count || r->replications != n ? -1 : bench_cpu_seconds() - start;
  }
  arena_free(arena);
  return seconds;
}

static double worlds(uint64_t n) {
  struct arena *arena = arena_new();
  const struct scenario *s = compose(arena, PLAIN, n);
  double start = bench_cpu_seconds(), arrived = 0;
  for (uint32_t i = 0; s && i < REPLICATIONS; i++) {
    struct world *w = world_new(&s->model, s->model.run.seed, i, WORLD_TRAFFIC);
    world_run(w);
    arrived += (double)w->observation.arrived;
    world_free(w);
  }
  double seconds = bench_cpu_seconds() - start;
  arena_free(arena);
  return arrived > 0.98 * (double)n ? seconds : -1;
}

static double run(uint64_t n) { return study_of(PLAIN, n, 1, bench_cpu_seconds); }
static double with_keys(uint64_t n) { return study_of(KEYS, n, 1, bench_cpu_seconds); }
static double one_thread(uint64_t n) { return study_of(PLAIN, n, 1, wall_seconds); }
static double two_threads(uint64_t n) { return study_of(PLAIN, n, 2, wall_seconds); }

const struct bench_work bench_scenario = {"compose scenario, all on", run, 1800000};
const struct bench_work bench_keys = {"compose, a million keys, locks", with_keys, 1800000};
const struct bench_work bench_worlds = {"the same without statistics", worlds, 1800000};
const struct bench_work bench_one_thread = {"the same, wall time, 1 thread", one_thread, 1800000};
const struct bench_work bench_two_threads = {"the same, wall time, 2 threads", two_threads, 1800000};
const struct bench_work bench_short = {"a replication of 10 ms", short_replications, 3000};
