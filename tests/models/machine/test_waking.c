/* Waking: who pays, when, and what for, in traces worked by hand; deaths and pauses in the midst of it; that accounts balance. */
#include "sim/measure/resource.h"
#include "tests/model_fixture.h"

/* Time of completed requests of endpoint 0 that was booked as of the kind, ms. */
static double booked(const struct world *w, enum time_kind kind) {
  double sum = 0;
  for (uint32_t b = 0; b < SLOW_BINS; b++)
    for (uint32_t i = 0; i < w->model->programs[0].cell_count; i++)
      if (w->model->programs[0].cells[i].kind == kind) sum += (double)fixture_slow_ns(w, 0, b, i);
  return sum * 1e-6;
}

/* People who ask together at 10 s and 10 s after each answer, for 19 s. */
#define LONELY                                                                                                                     \
  "{ 'aguanta': 1, 'name': 'waking', 'traffic': { 'u': { 'kind': 'closed', 'population': %d, 'think': '10s', 'mix': { 'p': 1 } } " \
  "}, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ %s ] } }, 'services': { 'a': { 'kind': 'app', 'start': '1s' %s }, "           \
  "'b': { 'kind': 'app', 'start': '1s' } }, 'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': %d %s } } } %s, "            \
  "'run': { 'warmup': '0s', 'window': '%ds', 'windows': 1 } }"

#define WAKE ", 'wake': { 'cpu': '1ms', 'latency': '2ms' }"

static const struct trace {
  const char *name;
  int users;
  const char *steps, *service;
  int cores;
  const char *node;
  double inside, waking, service_ms, queue; /* ms, of all requests together */
} traces[] = {
    /* 2 ms of latency, 1 of CPU, 4 of work. */
    {"one", 1, "{ 'cpu': '4ms' }", WAKE, 8, "", 7, 3, 4, 0},
    /* The thread is awake when the second computation follows. */
    {"at once", 1, "{ 'cpu': '1ms' }, { 'cpu': '3ms' }", WAKE, 8, "", 7, 3, 4, 0},
    /* It sleeps in between: (2 + 1 + 1) + 5 + (2 + 1 + 3). */
    {"twice", 1, "{ 'cpu': '1ms' }, { 'delay': '5ms' }, { 'cpu': '3ms' }", WAKE, 8, "", 15, 6, 4, 0},
    /* The second waits for the loop from 10 s to 17 ms later, and runs at once: 7 + 11. */
    {"loop of two", 2, "{ 'cpu': '4ms' }", WAKE, 8, "", 18, 3, 8, 7},
    /* Each has a thread that sleeps: 7 + 7. */
    {"threads", 2, "{ 'cpu': '4ms' }", WAKE ", 'runtime': 'threads', 'threads': 2", 8, "", 14, 6, 8, 0},
    /* One thread goes from hand to hand: 7 + (7 + 4). */
    {"hand to hand", 2, "{ 'cpu': '4ms' }", WAKE ", 'runtime': 'threads', 'threads': 1", 8, "", 18, 3, 8, 7},
    /* The second waits for the lock in its sleep: 7 + (7 + 1 + 4). */
    {"global lock", 2, "{ 'cpu': '4ms' }", WAKE ", 'runtime': 'gil'", 8, "", 19, 4, 8, 7},
    /* The core: 3 ms of latency, 1 of CPU, 4 of work. */
    {"core", 1, "{ 'cpu': '4ms' }", "", 1, ", 'idle': { 'latency': '3ms', 'cpu': '1ms' }", 8, 4, 4, 0},
    /* Both wait for the one core for 3 ms, then 5 and 4 ms share it: the second ends after 8, the first after 9: 12 + 11. */
    {"one core of two", 2, "{ 'cpu': '4ms' }", ", 'runtime': 'threads', 'threads': 2", 1,
     ", 'idle': { 'latency': '3ms', 'cpu': '1ms' }", 23, 7, 8, 8},
    /* Each its own core. */
    {"two cores", 2, "{ 'cpu': '4ms' }", ", 'runtime': 'threads', 'threads': 2", 2, ", 'idle': { 'latency': '3ms', 'cpu': '1ms' }",
     16, 8, 8, 0},
    /* The core that a computed on is warm for b: 3 + 2 + 4 + 2. */
    {"warm", 1, "{ 'cpu': '2ms' }, { 'call': 'b', 'steps': [ { 'cpu': '4ms' } ] }, { 'cpu': '2ms' }", "", 1,
     ", 'idle': { 'latency': '3ms' }", 11, 3, 8, 0},
    /* Process and core: 3 + 2, then 1 + 1 of CPU. */
    {"both", 1, "{ 'cpu': '4ms' }", WAKE, 1, ", 'idle': { 'latency': '3ms', 'cpu': '1ms' }", 11, 7, 4, 0},
    /* On a core of half the speed CPU takes twice as long, latency does not: 2 + 2 + 8. */
    {"slow core", 1, "{ 'cpu': '4ms' }", WAKE, 8, ", 'speed': 0.5", 12, 4, 8, 0},
    /* Workers pay no latency: 1 + 4. */
    {"workers", 1, "{ 'cpu': '4ms', 'on': 'workers' }", WAKE, 8, "", 5, 1, 4, 0},
    /* 30 ms of waking and 40 of work under 50 ms in 100: a stop of 50 ms. */
    {"quota", 1, "{ 'cpu': '40ms' }", ", 'wake': { 'cpu': '30ms' }, 'resources': { 'limits': { 'cpu': '500m' } }", 8, "", 120, 30,
     40, 0},
    /* One branch computes from 2 to 52 ms, when the quota is used up until 102 ms; the other one wakes from 51 to 53 ms, is stopped
     * for the 49 ms that are left, and computes for 20: 51 + 2 + 49 + 20. */
    {"stopped while it wakes", 1,
     "{ 'parallel': [ { 'steps': [ { 'cpu': '60ms' } ] }, { 'steps': [ { 'delay': '51ms' }, { 'cpu': '20ms' } ] } ] }",
     ", 'runtime': 'threads', 'threads': 2, 'wake': { 'latency': '2ms' }, 'resources': { 'limits': { 'cpu': '500m' } }", 8, "", 122,
     2, 20, 0},
};

static bool near(double a, double b) { return fabs(a - b) < 1e-6; }

static void test_traces(void) {
  for (size_t i = 0; i < sizeof traces / sizeof *traces; i++) {
    const struct trace *t = &traces[i];
    struct fixture f = fixture_of(LONELY, t->users, t->steps, t->service, t->cores, t->node, "", 19);
    struct world *w = fixture_run(&f, 1, t->name);
    test_check(near((double)w->observation.sojourn_ns * 1e-6, t->inside), "%s: %.6f ms inside, by hand %g", t->name,
               (double)w->observation.sojourn_ns * 1e-6, t->inside);
    test_check(near(booked(w, TIME_WAKING), t->waking) && near(booked(w, TIME_SERVICE), t->service_ms) &&
                   near(booked(w, TIME_QUEUE), t->queue),
               "%s: waking %.6f, service %.6f, queue %.6f ms", t->name, booked(w, TIME_WAKING), booked(w, TIME_SERVICE),
               booked(w, TIME_QUEUE));
    world_free(w);
    fixture_close(&f);
  }
}

/* The process dies in the latency, which ends at 10.002 s: the request is lost, the next at 20.001 s wakes a new process: 7 ms. */
static void test_death(void) {
  struct fixture f = fixture_of(LONELY, 1, "{ 'cpu': '4ms' }", WAKE, 8, "",
                                ", 'faults': { 'x': { 'kind': 'crash', 'service': 'a', 'at': '10001ms' } }", 29);
  struct world *w = fixture_run(&f, 1, "death");
  test_check(w->observation.ended[OUTCOME_CRASHED] == 1 && w->observation.ended[OUTCOME_COMPLETED] == 1 &&
                 histogram_max(fixture_latency(w, 0)) == 7000000,
             "%llu crashed, the other took %.9f s", (unsigned long long)w->observation.ended[OUTCOME_CRASHED],
             (double)histogram_max(fixture_latency(w, 0)) * 1e-9);
  world_free(w);
  fixture_close(&f);
}

/* It hangs in the latency for a second, from 10.001 s: what began to wake goes on then, and has 1 + 4 ms to do: 1.006 s. */
static void test_hang(void) {
  struct fixture f = fixture_of(LONELY, 1, "{ 'cpu': '4ms' }", WAKE, 8, "",
                                ", 'faults': { 'x': { 'kind': 'hang', 'service': 'a', 'at': '10001ms', 'repair': '1s' } }", 19);
  struct world *w = fixture_run(&f, 1, "hang");
  test_check(near((double)w->observation.sojourn_ns * 1e-6, 1006), "%.6f ms", (double)w->observation.sojourn_ns * 1e-6);
  world_free(w);
  fixture_close(&f);
}

/* All at once, in each runtime: the audit of fixture_run finds that CPU used is work and waking, and that cells add up. */
#define BUSY                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'waking', 'traffic': { 'u': { 'kind': 'open', 'rate': '400/s', 'mix': { 'p': 1 }, 'timeout': '30ms' } " \
  "}, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '1ms' } }, { 'query': 'd', 'reads': 2, 'demand': "  \
  "{ 'exponential': '0.5ms' } }, { 'cpu': '0.2ms' } ] } }, 'services': { 'a': { 'kind': 'app', 'start': '0s', 'wake': { 'cpu': "   \
  "{ 'exponential': '0.2ms' }, 'latency': { 'exponential': '0.3ms' } } %s, 'pools': { 'd': 5 } }, 'd': { 'kind': 'database', "     \
  "'start': '0s', 'wake': { 'cpu': '0.1ms' } } }, 'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 2, 'idle': { "         \
  "'latency': { 'exponential': '0.2ms' }, 'cpu': '0.05ms' } } } }, 'faults': { 'x': { 'kind': 'crash', 'service': 'a', 'every': "  \
  "'2s' }, 'h': { 'kind': 'hang', 'service': 'a', 'every': '3s', 'repair': '100ms' } }, 'run': { 'warmup': '0s', 'window': "       \
  "'20s', "                                                                                                                        \
  "'windows': 1 } }"

static void test_balance(void) {
  static const char *const kinds[] = {"",
                                      ", 'processes': 3",
                                      ", 'runtime': 'gil', 'threads': 8",
                                      ", 'runtime': 'threads', 'threads': 4, 'processes': 2",
                                      ", 'gc': { 'every': { 'exponential': '20ms' }, 'pause': '5ms' }",
                                      ", 'shifts': [ { 'at': '5s', 'threads': 0 }, { 'at': '6s', 'threads': 2 } ]",
                                      ", 'resources': { 'limits': { 'cpu': '400m', 'period': '20ms' } }"};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    struct fixture f = fixture_of(BUSY, kinds[i]);
    struct world *w = fixture_run(&f, i + 1, kinds[i]);
    test_check(booked(w, TIME_WAKING) > 0, "nobody woke");
    world_free(w);
    fixture_close(&f);
  }
}

/* An external service has no process that sleeps. */
static void test_refused(void) {
  struct text t = {0};
  put(&t, LONELY, 1, "{ 'external': 'e' }", "}, 'e': { 'kind': 'external', 'latency': '1ms' " WAKE, 8, "", "", 19);
  struct fixture f = fixture_try(&t);
  test_check(!f.scenario && strstr(f.refused, "none of them wakes"), "%s", f.refused ? f.refused : "accepted");
  fixture_close(&f);
}

/* One core, 4 ms of work, 1 of waking: a loop that is full does not wake, 250/s; threads do for each request, 200/s. */
static void test_saturation(void) {
  static const char *const runtimes[] = {"event-loop", "threads"};
  for (int i = 0; i < 2; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'full', 'traffic': { 'x': { 'kind': 'open', 'rate': '10/s', 'mix': { 'p': 1 } } }, 'endpoints': { "
        "'p': { 'entry': 'a', 'steps': [ { 'cpu': '4ms' } ] } }, 'services': { 'a': { 'kind': 'app', 'runtime': '%s', 'threads': "
        "20, 'wake': { 'cpu': '1ms' } } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, 'run': { 'warmup': "
        "'0s', 'window': '1s' } }",
        runtimes[i]);
    struct resource *resources;
    uint32_t count = resources_of(&f.scenario->model, f.arena, &resources);
    double least = INFINITY;
    for (uint32_t k = 0; k < count; k++) least = fmin(least, resource_saturates_at(&resources[k]));
    test_check(fabs(least - (i ? 200 : 250)) < 1e-6, "%s: full at %g/s", runtimes[i], least);
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {
    {"traces", test_traces},   {"death", test_death},           {"hang", test_hang}, {"balance", test_balance},
    {"refused", test_refused}, {"saturation", test_saturation}, {NULL, NULL}};
const struct test_suite suite_waking = {"waking", cases};
