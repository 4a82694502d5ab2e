/* A piece of work to be timed: a model run for so many requests.
 *
 * Works are listed in tests/bench/main.c; each file here exports one or more. A work checks its own answer (a bench of a
 * wrong model is worth nothing) and returns the CPU seconds of the simulation alone.
 *
 *   static double run(uint64_t n) {
 *     double start = bench_cpu_seconds();
 *     ... n requests ...
 *     return bench_cpu_seconds() - start;
 *   }
 *   const struct bench_work bench_floor = {"floor", run, 10000000};
 */
#ifndef BENCH_H
#define BENCH_H
#include <stdint.h>
#include <time.h>

struct bench_work {
  const char *name;
  double (*run)(uint64_t n); /* CPU seconds, or a negative number when the answer is wrong */
  uint64_t n;                /* requests in one round */
};

static inline double bench_cpu_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#endif
