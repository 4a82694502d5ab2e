/* Runtimes: loops and workers, processes, a global lock, warm-up and pauses, by hand and against what they must equal. */
#include "tests/model_fixture.h"

/* Users who ask at 10 s, then again 10 s after each answer. The first is the endpoint's steps, then the service, then the run. */
#define USERS                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'users', 'traffic': { 'u': { 'kind': 'closed', 'population': %d, 'think': '10s', 'mix': { 'p': 1 } } "  \
  "},"                                                                                                                             \
  " 'endpoints': { 'p': { 'entry': 'a', 'steps': [ %s ] } }, 'services': { 'a': { 'kind': 'app', 'start': '1s'%s } },"             \
  " 'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 16 } } }, %s"                                                        \
  " 'run': { 'warmup': '0s', 'window': '%s', 'replications': 1, 'windows': 1 } }"

struct by_hand {
  const char *name;
  int users;
  const char *steps, *service, *faults;
  double mean_s; /* latency of those that complete */
  uint64_t completed, rejected;
};

#define CRASH "'faults': { 'x': { 'kind': 'crash', 'service': 'a', 'at': '3500ms' } },"

static const struct by_hand hands[] = {
    /* One after the other on the loop: 1 to 8 s. */
    {"loop", 8, "{ 'cpu': '1s' }", "", "", 4.5, 8, 0},
    /* Four at a time beside it: 4 x 1 s, 4 x 2 s, 2 x 3 s. */
    {"workers", 10, "{ 'cpu': '1s', 'on': 'workers' }", "", "", 1.8, 10, 0},
    {"two workers", 10, "{ 'cpu': '1s', 'on': 'workers' }", ", 'workers': 2", "", 3, 10, 0},
    /* The loop is free: nobody waits to be accepted, however long the line for the workers is. */
    {"workers have no backlog", 10, "{ 'cpu': '1s', 'on': 'workers' }", ", 'backlog': 0", "", 1.8, 10, 0},
    {"a loop has", 10, "{ 'cpu': '1s' }, { 'delay': '1s' }", ", 'backlog': 2", "", 3, 3, 7},
    /* Loop, worker, loop: the loop takes them at 0.1, 0.2 ... 1 s, workers end at 1.1 .. 1.4, 2.1 .. 2.4, 3.1, 3.2 s. */
    {"there and back", 10, "{ 'cpu': '100ms' }, { 'cpu': '1s', 'on': 'workers' }", "", "", 2.03, 10, 0},
    /* Five each: 1 to 5 s. */
    {"processes", 10, "{ 'cpu': '1s' }", ", 'processes': { 'count': 2, 'deal': 'round-robin' }", "", 3, 10, 0},
    {"idle ones first", 4, "{ 'cpu': '1s' }", ", 'processes': { 'count': 4, 'deal': 'idle' }", "", 1, 4, 0},
    {"no third", 3, "{ 'cpu': '1s' }", ", 'processes': { 'count': 2, 'deal': 'round-robin' }", "", 4. / 3, 3, 0},
    /* Each computes for one and has one waiting. */
    {"backlog of each", 10, "{ 'cpu': '1s' }", ", 'backlog': 1, 'processes': { 'count': 2, 'deal': 'round-robin' }", "", 1.5, 4, 6},
    {"threads of each", 10, "{ 'cpu': '1s' }, { 'delay': '1s' }",
     ", 'runtime': 'threads', 'backlog': 1, 'processes': { 'count': 2, 'deal': 'round-robin' }", "", 3, 4, 6},
    {"workers of each", 16, "{ 'cpu': '1s', 'on': 'workers' }", ", 'processes': { 'count': 2, 'deal': 'round-robin' }", "", 1.5, 16,
     0},
    /* Seats for three, but one computes at a time: the k-th is done computing at k s and leaves a second later. */
    {"gil", 7, "{ 'cpu': '1s' }, { 'delay': '1s' }", ", 'runtime': 'gil', 'threads': 3", "", 5, 7, 0},
    {"threads", 10, "{ 'cpu': '1s' }, { 'delay': '1s' }", ", 'runtime': 'threads', 'threads': 3", "", 4.4, 10, 0},
    {"gil's seats", 4, "{ 'cpu': '1s' }, { 'delay': '1s' }", ", 'runtime': 'gil', 'threads': 1", "", 5, 4, 0},
    {"gil's default", 50, "{ 'cpu': '100ms' }, { 'delay': '5s' }", ", 'runtime': 'gil', 'backlog': 0", "", 7.05, 40, 10},
    {"gil's backlog", 10, "{ 'cpu': '1s' }, { 'delay': '1s' }", ", 'runtime': 'gil', 'threads': 3, 'backlog': 2", "", 4, 5, 5},
    {"two locks", 10, "{ 'cpu': '1s' }", ", 'runtime': 'gil', 'threads': 3, 'processes': { 'count': 2, 'deal': 'round-robin' }", "",
     3, 10, 0},
    /* Runs until 3, 7, 11, 15 s and pauses a second each time: 10 to 11 and 12 to 12.5 s, then to 14 s. */
    {"pauses", 2, "{ 'cpu': '1500ms' }", ", 'gc': { 'every': '3s', 'pause': '1s' }", "", 3.25, 2, 0},
    {"of workers too", 2, "{ 'cpu': '1500ms', 'on': 'workers' }", ", 'gc': { 'every': '3s', 'pause': '1s' }", "", 2.5, 2, 0},
    {"of each process", 2, "{ 'cpu': '1500ms' }",
     ", 'processes': { 'count': 2, 'deal': 'round-robin' }, 'gc': { 'every': '3s', 'pause': '1s' }", "", 2.5, 2, 0},
    {"one who comes in a pause", 1, "{ 'cpu': '500ms' }", ", 'gc': { 'every': '9s', 'pause': '2s' }", "", 1.5, 1, 0},
    /* All but the first wait for what they would take from the backlog: there is room for none. */
    {"rejected in a pause", 2, "{ 'cpu': '500ms' }", ", 'backlog': 1, 'gc': { 'every': '9s', 'pause': '2s' }", "", 1.5, 1, 1},
    /* The process dies in its pause; the new one serves from 4.6 s on and pauses at 7.6 and 11.6 s. */
    {"a death ends a pause", 2, "{ 'cpu': '1500ms' }", ", 'gc': { 'every': '3s', 'pause': '1s' }", CRASH, 2.75, 2, 0},
    /* Three times the work for the first request of the new process, 2.5 for the second. */
    {"cold", 1, "{ 'cpu': '1s' }", ", 'warm_up': { 'factor': 3, 'requests': 4 }", CRASH, 3, 1, 0},
    {"warm", 1, "{ 'cpu': '1s' }", ", 'warm_up': { 'factor': 3, 'requests': 4 }", "", 1, 1, 0},
    {"each process is cold", 2, "{ 'cpu': '1s' }",
     ", 'processes': { 'count': 2, 'deal': 'round-robin' }, 'warm_up': { 'factor': 3, 'requests': 4 }", CRASH, 3, 2, 0},
    /* Up since 4.6 s, asked at 10 s: 5.4 s of 10.8 are over, 1 + 2 x 1/2; of 5 s all. */
    {"half of its time", 1, "{ 'cpu': '1s' }", ", 'warm_up': { 'factor': 3, 'for': '10800ms' }", CRASH, 2, 1, 0},
    {"its time is over", 1, "{ 'cpu': '1s' }", ", 'warm_up': { 'factor': 3, 'for': '5s' }", CRASH, 1, 1, 0},
    {"warm from the start", 1, "{ 'cpu': '1s' }", ", 'warm_up': { 'factor': 3, 'for': '1h' }", "", 1, 1, 0},
    /* The colder one decides: none of 4 calls is answered; half of the time against one of 4. */
    {"by calls and time", 1, "{ 'cpu': '1s' }", ", 'warm_up': { 'factor': 3, 'for': '10800ms', 'requests': 4 }", CRASH, 3, 1, 0},
    {"time of each process", 2, "{ 'cpu': '1s' }",
     ", 'processes': { 'count': 2, 'deal': 'round-robin' }, 'warm_up': { 'factor': 3, 'for': '10800ms' }", CRASH, 2, 2, 0},
    /* The second begins when the first is answered, not after it: both take three times as long. */
    {"two at once", 2, "{ 'cpu': '1s' }", ", 'warm_up': { 'factor': 3, 'requests': 4 }", CRASH, 4.5, 2, 0}};

static void test_by_hand(void) {
  for (size_t i = 0; i < sizeof hands / sizeof *hands; i++) {
    const struct by_hand *h = &hands[i];
    struct fixture f = fixture_of(USERS, h->users, h->steps, h->service, h->faults, "19500ms");
    struct world *w = fixture_run(&f, 1, h->name);
    struct ends e = fixture_ends(w, 0);
    double mean_s = fixture_mean_s(w, 0);
    test_check(e.by[OUTCOME_COMPLETED] == h->completed && e.by[OUTCOME_REJECTED] == h->rejected,
               "%s: %llu completed, %llu rejected", h->name, (unsigned long long)e.by[OUTCOME_COMPLETED],
               (unsigned long long)e.by[OUTCOME_REJECTED]);
    test_check(fabs(mean_s - h->mean_s) < 1e-9, "%s: mean %.9f s, by hand %.9f", h->name, mean_s, h->mean_s);
    world_free(w);
    fixture_close(&f);
  }
}

/* k answered: 3, 2.5, 2, 1.5, 1 and 1 s, asked 10 s after each other. */
static void test_warm_up_falls(void) {
  struct fixture f = fixture_of(USERS, 1, "{ 'cpu': '1s' }", ", 'warm_up': { 'factor': 3, 'requests': 4 }", CRASH, "72s");
  struct world *w = fixture_run(&f, 1, "warm-up");
  test_check(fixture_ends(w, 0).by[OUTCOME_COMPLETED] == 6, "%llu completed",
             (unsigned long long)fixture_ends(w, 0).by[OUTCOME_COMPLETED]);
  test_check(fabs(fixture_mean_s(w, 0) - 11. / 6) < 1e-9, "mean %.9f s", fixture_mean_s(w, 0));
  test_check(!w->containers[0].cold, "still cold");
  world_free(w);
  fixture_close(&f);
}

/* Up since 4.6 s, warm at 34.6 s. Asked at 10 s: 24.6/30 are to come, 1 + 2 x 0.82 = 2.64 s; ten seconds after that, at 22.64:
 * 11.96/30, 1.797333 s; at 34.437333: 0.162667/30, 1.010844 s; then 1 s. With 8 calls as well: 3 s, then at 23 s 7/8 of the calls
 * against 11.6/30: 2.75, at 35.75 s 6/8: 2.5, at 48.25 s 5/8: 2.25. */
static void test_warm_up_by_time(void) {
  static const struct {
    const char *warm_up;
    double mean_s;
    bool cold;
  } rows[] = {{"'for': '30s'", (2.64 + 1.797333333 + 1.010844444 + 1) / 4, false},
              {"'for': '30s', 'requests': 8", (3 + 2.75 + 2.5 + 2.25) / 4, true}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char service[100];
    snprintf(service, sizeof service, ", 'warm_up': { 'factor': 3, %s }", rows[i].warm_up);
    struct fixture f = fixture_of(USERS, 1, "{ 'cpu': '1s' }", service, CRASH, "55s");
    struct world *w = fixture_run(&f, 1, rows[i].warm_up);
    test_check(fixture_ends(w, 0).by[OUTCOME_COMPLETED] == 4, "%llu completed",
               (unsigned long long)fixture_ends(w, 0).by[OUTCOME_COMPLETED]);
    test_check(fabs(fixture_mean_s(w, 0) - rows[i].mean_s) < 1e-8, "%s: mean %.9f s, by hand %.9f", rows[i].warm_up,
               fixture_mean_s(w, 0), rows[i].mean_s);
    test_check((w->containers[0].cold > 0) == rows[i].cold, "%s: cold %u", rows[i].warm_up, w->containers[0].cold);
    world_free(w);
    fixture_close(&f);
  }
}

/* The same customers: whom new pods serve, these serve slowly, and the autoscaler sees the more work. */
static void test_scaled_pods_are_cold(void) {
  double work[2], latency[2];
  for (int cold = 0; cold < 2; cold++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'hpa', 'traffic': { 'u': { 'kind': 'open', 'rate': { 'steps': [ { 'from': '0s', 'rate': '20/s' }, "
        "{ 'from': '60s', 'rate': '60/s' } ] }, 'mix': { 'p': 1 } } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': "
        "'10ms' } ] } }, 'services': { 'a': { 'kind': 'app', 'resources': { 'requests': { 'cpu': '500m' } }, 'autoscale': { 'max': "
        "4, "
        "'cpu': '50%%' }, 'warm_up': { 'factor': %d, 'requests': 1000 } } }, 'platform': { 'kind': 'kubernetes', 'nodes': { 'n': { "
        "'count': 4, 'cpu': 2 } } }, 'run': { 'warmup': '0s', 'window': '180s', 'windows': 1 } }",
        cold ? 3 : 1);
    struct world *w = fixture_run(&f, 5, "hpa");
    work[cold] = latency[cold] = 0;
    for (uint32_t i = 0; i < w->container_count; i++) work[cold] += w->containers[i].used_ns * 1e-9;
    latency[cold] = fixture_mean_s(w, 0);
    double warm_s = 0.01 * (double)w->observation.ended[OUTCOME_COMPLETED];
    test_check(w->services[0].desired > 1, "it was not scaled");
    if (!cold) test_check(fabs(work[0] - warm_s) < 0.03, "%.3f s of work, warm %.3f", work[0], warm_s);
    world_free(w);
    fixture_close(&f);
  }
  test_check(work[1] > 1.1 * work[0] && latency[1] > 1.1 * latency[0], "work %.3f and %.3f s, latency %.6f and %.6f s", work[0],
             work[1], latency[0], latency[1]);
}

/* --- what must be the same, bit for bit -------------------------------------------------------------------------------------- */

#define OPEN                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'open', 'traffic': { 'u': { 'kind': 'open', 'rate': '80/s', 'timeout': '300ms', 'mix': { 'p': 1 } } }," \
  " 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '10ms' }%s }, { 'delay': '5ms' } ] } },"              \
  " 'services': { 'a': { 'kind': 'app', 'start': '1s', 'resources': { 'limits': { 'memory': '1Gi' } }%s } },"                      \
  " 'faults': { 'x': { 'kind': 'crash', 'service': 'a', 'mtbf': '20s' } },"                                                        \
  " 'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 4 } } },"                                                            \
  " 'run': { 'warmup': '0s', 'window': '60s', 'replications': 1, 'windows': 1 } }"

static const struct {
  const char *step, *service, *other_step, *other_service;
} twins[] = {
    {"", "", "", ", 'processes': 1"},
    {"", "", ", 'on': 'thread'", ", 'warm_up': { 'factor': 1, 'requests': 100 }"},
    {"", "", "", ", 'gc': { 'every': '10000s', 'pause': '1s' }"},
    {"", "", "", ", 'gc': { 'every': { 'exponential': '1s' }, 'pause': '0s' }"},
    {"", "", "", ", 'memory': { 'base': '100Mi', 'per_request': '1Mi', 'leak': '1kB' }"},
    {"", ", 'backlog': 'unlimited'", "", ", 'runtime': 'gil', 'threads': 'unlimited', 'backlog': 'unlimited'"},
    {"", ", 'backlog': 'unlimited', 'threads': 2", ", 'on': 'workers'", ", 'workers': 2"},
    {"", ", 'runtime': 'threads', 'threads': 1", "", ", 'runtime': 'gil', 'threads': 1"},
};

static struct fixture twin(size_t i, bool other) {
  return fixture_of(OPEN, other ? twins[i].other_step : twins[i].step, other ? twins[i].other_service : twins[i].service);
}

static void test_twins(void) {
  for (size_t i = 0; i < sizeof twins / sizeof *twins; i++) {
    struct fixture f = twin(i, false), g = twin(i, true);
    struct world *a = fixture_run(&f, 7, "one"), *b = fixture_run(&g, 7, "other");
    const struct histogram *x = fixture_latency(a, 0), *y = fixture_latency(b, 0);
    test_check(x->count > 100 && fixture_same_values(x, y), "row %zu: mean %.12g and %.12g", i, histogram_mean(x),
               histogram_mean(y));
    test_check(!memcmp(a->observation.ended, b->observation.ended, sizeof a->observation.ended), "row %zu: other ends", i);
    world_free(a), world_free(b);
    fixture_close(&f), fixture_close(&g);
  }
}

/* --- connections ------------------------------------------------------------------------------------------------------------- */

/* A user who keeps a connection stays with the process at its other end, in whatever way that was chosen. */
static void test_connections_are_dealt(void) {
  static const char *const deals[] = {"random", "round-robin", "idle"};
  for (int i = 0; i < 3; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'kept', 'traffic': { 'u': { 'kind': 'closed', 'population': 1, 'think': '1s', 'connection': { "
        "'round_trip': '20ms', 'requests': 'unlimited', 'idle': 'never' }, 'mix': { 'p': 1 } } }, 'endpoints': { 'p': { 'entry': "
        "'a', 'steps': [ { 'cpu': '10ms' } ] } }, 'services': { 'a': { 'kind': 'app', 'processes': { 'count': 5, 'deal': '%s' }, "
        "'warm_up': { 'factor': 2, 'requests': 1000 } } }, 'faults': { 'x': { 'kind': 'crash', 'service': 'a', 'at': '1500ms' } "
        "}, 'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 8 } } }, 'run': { 'warmup': '0s', 'window': '60s' } }",
        deals[i]);
    struct world *w = fixture_run(&f, 3, deals[i]);
    uint32_t used = 0;
    for (uint32_t k = 0; k < 5; k++) used += w->containers[0].processes->each[k].answered > 0;
    test_check(used == 1, "%s: one connection, %u processes", deals[i], used);
    world_free(w);
    fixture_close(&f);
  }
}

/* --- what is full first ------------------------------------------------------------------------------------------------------ */

static const struct {
  const char *step, *service;
  double saturates_at;
} fulls[] = {{"", "", 100},
             {"", ", 'processes': 3", 300},
             {"", ", 'processes': 9", 400}, /* the node */
             {"", ", 'runtime': 'gil', 'threads': 40", 100},
             {"", ", 'runtime': 'gil', 'processes': 2", 200},
             {", 'on': 'workers'", ", 'workers': 2", 200},
             {", 'on': 'workers'", ", 'workers': 2, 'resources': { 'limits': { 'cpu': '1500m' } }", 150},
             {"", ", 'gc': { 'every': '950ms', 'pause': '50ms' }", 95},
             {"", ", 'runtime': 'threads', 'threads': 3, 'processes': 2", 400}}; /* 15 ms each on six threads, the node first */

static void test_saturation(void) {
  for (size_t i = 0; i < sizeof fulls / sizeof *fulls; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'full', 'traffic': { 'u': { 'kind': 'open', 'rate': '10/s', 'mix': { 'p': 1 } } }, 'endpoints': { "
        "'p': { 'entry': 'a', 'steps': [ { 'cpu': '10ms'%s }, { 'delay': '5ms' } ] } }, 'services': { 'a': { 'kind': 'app'%s } }, "
        "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 4 } } }, 'run': { 'warmup': '0s', 'window': '10s', "
        "'replications': 1 }, 'claims': [ 'saturation(all) > 1/s' ] }",
        fulls[i].step, fulls[i].service);
    struct results *r = study_run(f.arena, f.scenario, &(struct study_options){.jobs = 1});
    test_check(fabs(r->claims[0].estimate.value - fulls[i].saturates_at) < 1e-6, "row %zu: full at %.9g/s, by hand %.9g", i,
               r->claims[0].estimate.value, fulls[i].saturates_at);
    fixture_close(&f);
  }
}

/* --- theory ------------------------------------------------------------------------------------------------------------------ */

/* Of a gc scenario: mean latency over replications against the formula of gc.h. Two processes are two such servers. */
static void test_pauses_in_theory(void) {
  for (int processes = 1; processes <= 2; processes++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'gc', 'traffic': { 'u': { 'kind': 'open', 'rate': '%d/s', 'mix': { 'p': 1 } } }, 'endpoints': { "
        "'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '10ms' } } ] } }, 'services': { 'a': { 'kind': 'app', "
        "'backlog': 'unlimited', 'processes': %d, 'gc': { 'every': { 'exponential': '1s' }, 'pause': '50ms' } } }, 'platform': { "
        "'kind': 'static', 'nodes': { 'n': { 'cpu': 4 } } }, 'run': { 'warmup': '10s', 'window': '600s', 'windows': 1 } }",
        60 * processes, processes);
    double mean[12];
    for (int i = 0; i < 12; i++) {
      struct world *w = world_new(&f.scenario->model, 11, (uint32_t)i, WORLD_TRAFFIC);
      world_run(w);
      world_audit(w, fixture_broken, (void *)(uintptr_t) "gc");
      mean[i] = fixture_mean_s(w, 0);
      world_free(w);
    }
    double l = 60, s = 0.01, s2 = 2e-4, a = 1 + 0.05, p = 1 - 1 / a, r = 0.05 / 2;
    double met = (l * s * p * r + a * l * s2 / 2) / (1 - a * l * s), exact = a * (met + s) + p * r;
    struct mean_of m = mean_of(mean, 12);
    test_check(fabs(m.mean - exact) < 1.8 * m.half && m.half < 0.05 * exact, "%d processes: %.6f s +- %.6f, in theory %.6f",
               processes, m.mean, m.half, exact);
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"by hand", test_by_hand},
                                         {"warm-up falls in a line", test_warm_up_falls},
                                         {"warm-up by time", test_warm_up_by_time},
                                         {"scaled pods are cold", test_scaled_pods_are_cold},
                                         {"twins", test_twins},
                                         {"connections are dealt", test_connections_are_dealt},
                                         {"saturation", test_saturation},
                                         {"pauses in theory", test_pauses_in_theory},
                                         {NULL, NULL}};
const struct test_suite suite_runtime = {"runtime", cases};
