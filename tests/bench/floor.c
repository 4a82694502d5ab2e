/* The floor: M/M/1 at load 0.9 by Lindley's recursion, w' = max(0, w + s - a), no event set at all. Mean sojourn 10. */
#include "sim/engine/arena.h"
#include "sim/engine/stream.h"
#include "sim/stats/histogram.h"
#include "tests/bench/bench.h"
#include <math.h>
#include <stdlib.h>

static double run(uint64_t n) {
  struct arena *arena = arena_new();
  struct histogram *sojourn = arena_new_array(arena, struct histogram, 1);
  histogram_open(sojourn, arena);
  struct stream arrivals = stream_open(stream_key(1, 0, 0, 0)), service = stream_open(stream_key(1, 0, 1, 0));
  double start = bench_cpu_seconds(), wait = 0;
  for (uint64_t i = 0; i < n; i++) {
    double work = stream_exponential(&service) * 1e6, gap = stream_exponential(&arrivals) * (1e6 / 0.9);
    histogram_add(sojourn, (int64_t)(wait + work));
    double left = wait + (work - gap);
    wait = left > 0 ? left : 0;
  }
  double seconds = bench_cpu_seconds() - start, mean = histogram_mean(sojourn) * 1e-6;
  arena_free(arena);
  return fabs(mean - 10) < 1 ? seconds : -1;
}

const struct bench_work bench_floor = {"floor: M/M/1 by recursion", run, 4000000};
