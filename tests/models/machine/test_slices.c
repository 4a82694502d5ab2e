/* Scheduler slices: schedules worked by hand, that they become the fluid as slices get short, and that accounts balance through
 * quotas, deaths, pauses and shifts. */
#include "tests/model_fixture.h"

/* Up to three services, a client each, who asks at 10 s, or a millisecond later, and 10 s after the answer; for 19 s. */
#define SCHEDULE                                                                                                                   \
  "{ 'aguanta': 1, 'name': 'slices', 'traffic': { %s }, 'endpoints': { 'a': { 'entry': 'a', 'steps': [ %s ] }, "                   \
  "'b': { 'entry': 'b', 'steps': [ { 'cpu': '%s' } ] }, 'c': { 'entry': 'c', 'steps': [ { 'cpu': '6ms' } ] } }, "                  \
  "'services': { 'a': { 'kind': 'app', 'start': '1s' %s }, 'b': { 'kind': 'app', 'start': '1s' }, "                                \
  "'c': { 'kind': 'app', 'start': '1s' } }, 'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': %d, 'scheduler': { "         \
  "'kind': 'slices', %s } } } }, 'run': { 'warmup': '0s', 'window': '19s', 'windows': 1 } }"

#define ASKS(of, think, people)                                                                                                    \
  "'" of "': { 'kind': 'closed', 'population': " people ", 'think': '" think "', 'mix': { '" of "': 1 } }"
#define A_AND_B ASKS("a", "10s", "1") ", " ASKS("b", "10s", "1")

static const struct schedule {
  const char *name, *traffic, *a, *b, *service;
  int cores;
  const char *scheduler;
  double latency[3]; /* ms, the longest of each endpoint */
} schedules[] = {
    /* a to 3, b to 6, a to 9 (both have had 3), b to its end at 10, a to 14. The fluid ends b at 8. */
    {"turns", A_AND_B, "{ 'cpu': '10ms' }", "4ms", "", 1, "'slice': '3ms'", {14, 10}},
    /* Weight 2: a to 2 (counts 1), b to 4 (2), a to 6 (2), b to 8 (4), a to its end at 10, b to 12. */
    {"weights", A_AND_B, "{ 'cpu': '6ms' }", "6ms", ", 'weight': 2", 1, "'slice': '2ms'", {10, 12}},
    /* b wakes at 1, waits for the end of the slice at 3. */
    {"parity",
     ASKS("a", "10s", "1") ", " ASKS("b", "10001ms", "1"),
     "{ 'cpu': '100ms' }",
     "1ms",
     "",
     1,
     "'slice': '3ms'",
     {101, 3}},
    /* a is ahead by 1 ms, more than half of one. */
    {"wake-up",
     ASKS("a", "10s", "1") ", " ASKS("b", "10001ms", "1"),
     "{ 'cpu': '100ms' }",
     "1ms",
     "",
     1,
     "'slice': '3ms', 'wakeup': '0.5ms'",
     {101, 1}},
    /* It is not ahead by more than 1 ms. */
    {"granularity",
     ASKS("a", "10s", "1") ", " ASKS("b", "10001ms", "1"),
     "{ 'cpu': '100ms' }",
     "1ms",
     "",
     1,
     "'slice': '3ms', 'wakeup': '1ms'",
     {101, 3}},
    /* Two cores: a and b to 3; then c, which has had least, and a, as b goes behind it: to 6, where a ends; b and c to 9. */
    {"two cores", A_AND_B ", " ASKS("c", "10s", "1"), "{ 'cpu': '6ms' }", "6ms", "", 2, "'slice': '3ms'", {6, 9, 9}},
    /* Threads of one container: the first to 3, the second to 6, then 7 and 8. */
    {"threads", ASKS("a", "10s", "2"), "{ 'cpu': '4ms' }", "1ms", ", 'runtime': 'threads', 'threads': 2", 1, "'slice': '3ms'", {8}},
    /* The loop goes on with its second step on its core until its slice is over at 3; b to 6, a to 7, b to 8. */
    {"keeps its core", A_AND_B, "{ 'cpu': '2ms' }, { 'cpu': '2ms' }", "4ms", "", 1, "'slice': '3ms'", {7, 8}},
    /* A loop takes the next request and keeps its core: it blocks at 4, both are done; b from 4 on, as no slice is over. */
    {"loop", ASKS("a", "10s", "2") ", " ASKS("b", "10s", "1"), "{ 'cpu': '2ms' }", "4ms", "", 1, "'slice': '5ms'", {4, 8}},
    /* 80 ms under 50 in 100: a stop of 50. */
    {"quota",
     ASKS("a", "10s", "1"),
     "{ 'cpu': '80ms' }",
     "4ms",
     ", 'resources': { 'limits': { 'cpu': '500m' } }",
     1,
     "'slice': '3ms'",
     {130}},
};

static void test_schedules(void) {
  for (size_t i = 0; i < sizeof schedules / sizeof *schedules; i++) {
    const struct schedule *s = &schedules[i];
    struct fixture f = fixture_of(SCHEDULE, s->traffic, s->a, s->b, s->service, s->cores, s->scheduler);
    struct world *w = fixture_run(&f, 1, s->name);
    for (uint32_t e = 0; e < 3; e++) {
      double longest = (double)histogram_max(fixture_latency(w, e)) * 1e-6;
      test_check(!s->latency[e] || fabs(longest - s->latency[e]) < 1e-6, "%s: %c took %.6f ms, by hand %g", s->name, "abc"[e],
                 longest, s -> latency[e]);
    }
    world_free(w);
    fixture_close(&f);
  }
}

/* What is busy, in each way in which a computation may be stopped from outside. */
#define BUSY                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'slices', 'traffic': { 'u': { 'kind': 'open', 'rate': '700/s', 'mix': { 'p': 1 }, 'timeout': '30ms' } " \
  "}, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '1ms' } }, { 'query': 'd', 'reads': 2, 'demand': "  \
  "{ 'exponential': '0.4ms' } }, { 'cpu': '0.2ms' } ] } }, 'services': { 'a': { 'kind': 'app', 'start': '0s' %s, 'pools': { 'd': " \
  "8 } }, 'd': { 'kind': 'database', 'start': '0s', 'weight': 2 } }, 'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': "   \
  "2, "                                                                                                                            \
  "'scheduler': %s } } } %s, 'run': { 'warmup': '0s', 'window': '%ds', 'windows': 1 } }"
#define FAULTS                                                                                                                     \
  ", 'faults': { 'x': { 'kind': 'crash', 'service': 'a', 'every': '2s' }, 'h': { 'kind': 'hang', 'service': 'a', 'every': '3s', "  \
  "'repair': '100ms' }, 'n': { 'kind': 'node', 'nodes': 'n', 'at': '7s', 'repair': '1s' } }"

static void test_balance(void) {
  static const char *const kinds[] = {", 'threads': 2",
                                      ", 'processes': 3, 'wake': { 'cpu': '0.1ms', 'latency': '0.1ms' }",
                                      ", 'runtime': 'gil', 'threads': 8, 'processes': 2",
                                      ", 'runtime': 'threads', 'threads': 8",
                                      ", 'threads': 2, 'gc': { 'every': { 'exponential': '20ms' }, 'pause': '5ms' }",
                                      ", 'threads': 2, 'shifts': [ { 'at': '5s', 'threads': 0 }, { 'at': '6s', 'threads': 3 } ]",
                                      ", 'threads': 4, 'resources': { 'limits': { 'cpu': '900m', 'period': '20ms' } }"};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    struct fixture f = fixture_of(
        BUSY, kinds[i],
        i % 2 ? "{ 'kind': 'slices', 'slice': '1ms' }" : "{ 'kind': 'slices', 'slice': '0.3ms', 'wakeup': '0.1ms' }", FAULTS, 10);
    struct world *w = fixture_run(&f, i + 1, kinds[i]);
    test_check(w->observation.ended[OUTCOME_COMPLETED] > 1000, "%s: %llu answers", kinds[i],
               (unsigned long long)w->observation.ended[OUTCOME_COMPLETED]);
    world_free(w);
    fixture_close(&f);
  }
}

/* With a slice of 2 us, a hundredth of the shortest work, latencies are those of the fluid. */
static void test_becomes_the_fluid(void) {
  double mean[2];
  for (int sliced = 0; sliced < 2; sliced++) {
    struct fixture f = fixture_of(BUSY, ", 'threads': 4", sliced ? "{ 'kind': 'slices', 'slice': '2us' }" : "'fluid'", "", 5);
    struct world *w = fixture_run(&f, 1, "fluid");
    mean[sliced] = histogram_mean(fixture_latency(w, 0));
    world_free(w);
    fixture_close(&f);
  }
  test_check(fabs(mean[1] / mean[0] - 1) < 0.005, "%.6f ms with slices, %.6f without", mean[1] * 1e-6, mean[0] * 1e-6);
}

static void test_refused(void) {
  static const struct {
    const char *node, *service, *says;
  } bad[] = {
      {"'cpu': 2, 'smt': 0.3, 'scheduler': 'slices'", "", "with \"smt\" below 1"},
      {"'cpu': 1.5, 'scheduler': 'slices'", "", "whole cores"},
      {"'cpu': 2, 'scheduler': { 'slice': '1ms' }", "", "a fluid has no slices"},
      {"'cpu': 2, 'scheduler': 'slices'", ", 'resources': { 'limits': { 'cpu': 1, 'throttle': 'fluid' } }", "use \"quota\""}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct text t = {0};
    put(&t,
        "{ 'aguanta': 1, 'name': 'bad', 'traffic': { 'u': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, 'endpoints': { "
        "'p': { 'entry': 'a', 'steps': [ { 'cpu': '1ms' } ] } }, 'services': { 'a': { 'kind': 'app' %s } }, 'platform': { 'kind': "
        "'static', 'nodes': { 'n': { %s } } } }",
        bad[i].service, bad[i].node);
    struct fixture f = fixture_try(&t);
    test_check(!f.scenario && strstr(f.refused, bad[i].says), "%s: %s", bad[i].node, f.refused ? f.refused : "accepted");
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"schedules", test_schedules},
                                         {"balance", test_balance},
                                         {"becomes the fluid", test_becomes_the_fluid},
                                         {"refused", test_refused},
                                         {NULL, NULL}};
const struct test_suite suite_slices = {"slices", cases};
