/* The Compose scenario of the ticket platform through the whole program: attribution, histograms, pools, time-outs, faults,
 * audit, merging and the report's figures; one thread. Reading the file is not counted. */
#include "sim/engine/arena.h"
#include "sim/scenario/scenario.h"
#include "sim/study/study.h"
#include "tests/bench/bench.h"
#include <math.h>

enum { REPLICATIONS = 2, RATE = 150 };

static double run(uint64_t n) {
  struct arena *arena = arena_new();
  const char *window = arena_format(arena, "run.window=%llus", (unsigned long long)(n / RATE / REPLICATIONS));
  const struct scenario_override sets[] = {{NULL, window, NULL},
                                           {NULL, "run.warmup=0s", NULL},
                                           {NULL, "run.years=0", NULL},
                                           {NULL, "claims=[]", NULL},
                                           {NULL, "traffic.fans.rate=150/s", NULL}};
  const struct scenario *s = scenario_read(arena, diagnostics_new(arena), "scenarios/platform/compose.json", sets, 5);
  double seconds = -1;
  if (s) {
    double start = bench_cpu_seconds();
    const struct results *r = study_run(arena, s, &(struct study_options){.replications = REPLICATIONS, .jobs = 1});
    seconds = bench_cpu_seconds() - start;
    if (r->violation_count || fabs((double)r->requests - (double)n) > 0.02 * (double)n) seconds = -1;
  }
  arena_free(arena);
  return seconds;
}

const struct bench_work bench_scenario = {"compose scenario, all on", run, 600000};
