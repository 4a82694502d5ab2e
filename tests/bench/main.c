/* Times the works below in interleaved rounds, so that a slow minute of the machine hits all alike, and reports medians:
 * `bench [rounds [file [word]]]`; with a word only the floor and the works that have it in their names. The first work is the floor that
 * the others are compared with. */
#include "sim/engine/pages.h"
#include "tests/bench/bench.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct bench_work bench_floor, bench_raw_single, bench_raw_web, bench_scenario, bench_worlds, bench_one_thread,
    bench_two_threads, bench_contended, bench_few, bench_many, bench_few_least, bench_many_least, bench_cache_tenth, bench_keys,
    bench_cache_large, bench_node, bench_station, bench_short, bench_years, bench_years_two, bench_proxied, bench_turns;

static const struct bench_work *const works[] = {
    &bench_floor,       &bench_raw_single,  &bench_raw_web,     &bench_scenario, &bench_worlds,    &bench_one_thread,
    &bench_two_threads, &bench_contended,   &bench_few,         &bench_many,     &bench_few_least, &bench_many_least,
    &bench_keys,        &bench_cache_tenth, &bench_cache_large, &bench_node,     &bench_station,   &bench_short,
    &bench_years,       &bench_years_two,   &bench_proxied,     &bench_turns};

enum {
  SCENARIO = 3,
  WORLDS,
  ONE_THREAD,
  TWO_THREADS,
  CONTENDED,
  FEW,
  MANY,
  FEW_LEAST,
  MANY_LEAST,
  NODE = 15,
  STATION,
  SHORT,
  YEARS,
  YEARS_TWO,
  PROXIED,
  TURNS
};
enum { WORKS = sizeof works / sizeof *works, MOST_ROUNDS = 99 };

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *x, int n) {
  qsort(x, (size_t)n, sizeof *x, by_value);
  return n % 2 ? x[n / 2] : 0.5 * (x[n / 2 - 1] + x[n / 2]);
}

/* Of two works, round by round. */
static double median_ratio(const double *x, const double *y, int n) {
  double ratios[MOST_ROUNDS];
  for (int i = 0; i < n; i++) ratios[i] = x[i] / y[i];
  return median(ratios, n);
}

static bool wanted(int work, const char *word) { return !work || !word || strstr(works[work]->name, word); }

/* Fills ns[work][round]; returns whether every answer was right. */
static bool time_all(double ns[WORKS][MOST_ROUNDS], int rounds, const char *word) {
  for (int round = 0; round < rounds; round++)
    for (int i = 0; i < WORKS; i++) {
      if (!wanted(i, word)) continue;
      double seconds = works[i]->run(works[i]->n);
      if (seconds < 0) {
        fprintf(stderr, "%s: wrong answer\n", works[i]->name);
        return false;
      }
      ns[i][round] = seconds / (double)works[i]->n * 1e9;
    }
  return true;
}

int main(int argc, char **argv) {
  pages_keep_freed();
  double ns[WORKS][MOST_ROUNDS], medians[WORKS];
  int rounds = argc > 1 ? atoi(argv[1]) : 7;
  const char *path = argc > 2 ? argv[2] : "build/bench.json", *word = argc > 3 ? argv[3] : NULL;
  if (rounds < 1 || rounds > MOST_ROUNDS || !time_all(ns, rounds, word)) return 1;
  FILE *file = fopen(path, "w");
  if (!file) {
    perror(path);
    return 1;
  }
  double turns = median_ratio(ns[TURNS], ns[PROXIED], rounds); /* medians put the rounds in order */
  printf("%-32s %12s %12s %8s\n", "work", "ns/request", "requests/s", "x floor");
  for (int i = 0; i < WORKS; i++) {
    if (!wanted(i, word)) continue;
    medians[i] = median(ns[i], rounds);
    double ratio = medians[i] / medians[0];
    printf("%-32s %12.1f %12.3g %8.2f\n", works[i]->name, medians[i], 1e9 / medians[i], ratio);
    fprintf(file, "%s{\"work\": \"%s\", \"ns_per_request\": %.3f, \"requests_per_s\": %.0f, \"floor_ratio\": %.3f}",
            i ? ",\n " : "[", works[i]->name, medians[i], 1e9 / medians[i], ratio);
  }
  fprintf(file, "]\n");
  if (wanted(PROXIED, word) && wanted(TURNS, word))
    printf("\nturns of the loop and connections between services cost %.0f%% a request\n", 100 * (turns - 1));
  if (word) return fclose(file) ? 1 : 0;
  printf("\nstatistics take %.1f%% of a run; two threads are %.2f times as fast as one\n",
         100 * (1 - medians[WORLDS] / medians[SCENARIO]), medians[ONE_THREAD] / medians[TWO_THREADS]);
  printf("1,000 replicas cost %.2f times what 10 do, %.2f times by least connections\n", medians[MANY] / medians[FEW],
         medians[MANY_LEAST] / medians[FEW_LEAST]);
  printf("a replication costs %.0f us whatever is in it, %.0f times a step of the floor\n", medians[SHORT] * 1e-3,
         medians[SHORT] / medians[0]);
  printf("a second plays %.0f years of faults under Kubernetes, %.0f of two regions\n", 1e9 / medians[YEARS],
         1e9 / medians[YEARS_TWO]);
  printf("a computation on a node with room costs %.2f times what it does at a FIFO station\n", medians[NODE] / medians[STATION]);
  return fclose(file) ? 1 : 0;
}
