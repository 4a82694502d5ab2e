/* Collections by allocation: by hand, as they are reckoned with, and whatever happens. */
#include "models/request/walk.h"
#include "tests/model_fixture.h"

/* Users who ask at 10 s of a process that was started anew at 4.6 s, so that nothing is allocated: models/machine/gc.h. The service,
 * then the steps. */
#define USERS                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'users', 'traffic': { 'u': { 'kind': 'closed', 'population': %d, 'think': '10s', 'mix': { 'p': 1 } } "  \
  "}, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ %s ] } }, 'services': { 'a': { 'kind': 'app', 'start': '1s', 'gc': { %s }%s " \
  "} "                                                                                                                             \
  "}, 'faults': { 'x': { 'kind': 'crash', 'service': 'a', 'at': '3500ms' } },"                                                     \
  " 'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': %s } } },"                                                           \
  " 'run': { 'warmup': '0s', 'window': '19500ms', 'replications': 1, 'windows': 1 } }"

#define CPU "{ 'cpu': '1s' }"
#define GC  "'allocation': '4MB', 'young': '8MB', 'minor': '500ms'"

static const struct by_hand {
  const char *name;
  int users;
  const char *steps, *gc, *service, *cpu;
  double mean_s, collections, collection_s;
} hands[] = {
    /* Accepted at once: 16 MB. The first computes until 1 s; before the second and the third the loop collects for half a second: 2.5
     * and 4 s; the fourth 5 s. */
    {"a loop", 4, CPU, GC, "", "16", 3.125, 2, 0.5},
    /* The second collection takes 2 s: 1, 2.5, 5.5 and 6.5 s. */
    {"a major one", 4, CPU, GC ", 'major': { 'every': 2, 'pause': '2s' }", "", "16", 3.875, 2, 1.25},
    /* Four fifths of a core: collections take 0.625 s, steps 1.25: 1.25, 3.125, 5 and 6.25 s. */
    {"it uses the core", 4, CPU, GC, "", "0.8", 3.90625, 2, 0.625},
    /* With the second there are 8 MB: both are set aside until 0.5 s and end at 1.5 s; so do the next two: 3 s. */
    {"it stops all threads", 4, CPU, GC, ", 'runtime': 'threads', 'threads': 2", "16", 2.25, 2, 0.5},
    /* Each of two processes has two of them: 8 MB when its second begins, at 1 s: 1 and 2.5 s. */
    {"each process for itself", 4, CPU, GC, ", 'processes': { 'count': 2, 'deal': 'round-robin' }", "16", 1.75, 2, 0.5},
    /* What a step allocates: the loop collects before each: 1.5 and 3 s. */
    {"by a step", 2, "{ 'cpu': '1s', 'allocates': '8MB' }", "'young': '8MB', 'minor': '500ms'", "", "16", 2.25, 2, 0.5},
    /* A pause from 0.6 to 1.6 s, the first until 2 s, a collection, the second until 3.5 s. */
    {"pauses by time, too", 2, CPU, GC ", 'every': '6s', 'pause': '1s'", "", "16", 2.75, 1, 0.5},
    /* The pause comes at 1.1 s, in a collection that lasts until 1.5: it begins then. The second until 3.5 s. */
    {"one after the other", 2, CPU, GC ", 'every': '6500ms', 'pause': '1s'", "", "16", 2.25, 1, 0.5},
    {"not enough", 1, CPU, GC, "", "16", 1, 0, NAN},
    {"nothing is allocated", 2, CPU, "'allocation': '0B', 'minor': '500ms'", "", "16", 1.5, 0, NAN},
};

static void test_by_hand(void) {
  for (size_t i = 0; i < sizeof hands / sizeof *hands; i++) {
    const struct by_hand *h = &hands[i];
    struct fixture f = fixture_of(USERS, h->users, h->steps, h->gc, h->service, h->cpu);
    struct world *w = fixture_run(&f, 1, h->name);
    double mean_s = fixture_mean_s(w, 0), collections = fixture_metered(w, "a", "collections"),
           time_s = fixture_metered(w, "a", "collection_time");
    test_check(fixture_ends(w, 0).by[OUTCOME_COMPLETED] == (uint64_t)h->users, "%s: not all have an answer", h->name);
    test_check(fabs(mean_s - h->mean_s) < 1e-6, "%s: mean %.9f s, by hand %.9f", h->name, mean_s, h->mean_s);
    test_check(collections == h->collections, "%s: %g collections", h->name, collections);
    test_check(isnan(h->collection_s) ? isnan(time_s) : fabs(time_s / h->collection_s - 1) < 0.01, "%s: of %.9f s", h->name,
               time_s);
    world_free(w);
    fixture_close(&f);
  }
}

/* 1 ms of its own; a collection of 2 ms each 16 requests, of 8 ms each 64: (3 x 2 + 8) / 4 / 16 = 0.21875 ms. And 4 MB of a step: a
 * quarter of a collection of 3.5 ms. */
static void test_reckoned(void) {
  static const struct {
    const char *steps;
    double cpu_s;
  } rows[] = {{"{ 'cpu': '1ms' }", 0.00121875}, {"{ 'cpu': '1ms', 'allocates': '4Mi' }", 0.00209375}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f =
        fixture_of(USERS, 1, rows[i].steps,
                   "'allocation': '1Mi', 'minor': { 'exponential': '2ms' }, 'major': { 'every': 4, 'pause': '8ms' }", "", "4");
    double speed[2] = {1, 1};
    struct demand_sums d = demand_sums_new(&f.scenario->model, speed, f.arena);
    program_demand(&f.scenario->model.programs[0], 1, &d);
    test_check(fabs(d.cpu_s[0] - rows[i].cpu_s) < 1e-12, "%s: %.9g s of CPU", rows[i].steps, d.cpu_s[0]);
    fixture_close(&f);
  }
}

/* 200 requests a second of 2 ms and a collection of 10 ms each 8 of them: 3.25 ms a request, 65% of a core. */
static void test_use(void) {
  struct fixture f = fixture_of("{ 'aguanta': 1, 'name': 'use', 'traffic': { 'u': { 'kind': 'open', 'rate': '200/s', 'mix': { 'p': "
                                "1 } } }, 'endpoints': { 'p': { "
                                "'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '2ms' } } ] } }, 'services': { 'a': { 'kind': "
                                "'app', 'backlog': 'unlimited', "
                                "'gc': { 'allocation': '2Mi', 'minor': { 'exponential': '10ms' } } } }, 'platform': { 'kind': "
                                "'static', 'nodes': { 'n': { 'cpu': 4 } "
                                "} }, 'run': { 'warmup': '0s', 'window': '500s', 'windows': 1 } }");
  struct world *w = fixture_run(&f, 4, "use");
  double used = w->containers[0].used_ns / (double)w->horizon;
  test_check(fabs(used - 0.65) < 0.012, "used %.4f of a core, by hand 0.65", used);
  world_free(w);
  fixture_close(&f);
}

/* Crashes, time-outs that cancel, pauses by time, quotas, workers, other services on the same core: the books are right. */
static void test_whatever_happens(void) {
  static const char *const services[] = {"",
                                         ", 'runtime': 'threads', 'threads': 3, 'backlog': 20",
                                         ", 'runtime': 'gil', 'threads': 4",
                                         ", 'processes': { 'count': 2, 'deal': 'idle' }",
                                         ", 'resources': { 'limits': { 'cpu': '700m' } }",
                                         ", 'warm_up': { 'factor': 2, 'requests': 100 }",
                                         ", 'accept': 'one'"};
  for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'soak', 'traffic': { 'u': { 'kind': 'open', 'rate': '90/s', 'timeout': '200ms', 'cancel': true, "
        "'mix': { "
        "'p': 1 } } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '6ms' } }, { 'call': 'b', 'steps': "
        "[ { "
        "'cpu': '3ms' } ] }, { 'cpu': '1ms', 'allocates': '3MB' }, { 'answer': true }, { 'cpu': '1ms' } ] } },"
        " 'services': { 'a': { 'kind': 'app', 'start': '1s', 'replicas': 2, 'gc': { 'allocation': '2MB', 'minor': { 'exponential': "
        "'9ms' }, 'major': { 'every': 7, 'pause': '60ms' }, 'every': { 'exponential': '500ms' }, 'pause': '30ms' }%s }, 'b': { "
        "'kind': "
        "'app' } }, 'faults': { 'c': { 'kind': 'crash', 'service': 'a', 'mtbf': '3s' }, 'h': { 'kind': 'hang', 'service': 'a', "
        "'mtbf': "
        "'9s', 'repair': '300ms' } },"
        " 'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 1 } } },"
        " 'run': { 'warmup': '0s', 'window': '60s', 'replications': 1, 'windows': 1 } }",
        services[i]);
    struct world *w = fixture_run(&f, 3, services[i]);
    test_check(fixture_ends(w, 0).by[OUTCOME_COMPLETED] > 500, "%s: %llu completed", services[i],
               (unsigned long long)fixture_ends(w, 0).by[OUTCOME_COMPLETED]);
    test_check(fixture_metered(w, "a", "collections") > 50, "%s: %g collections", services[i],
               fixture_metered(w, "a", "collections"));
    world_free(w);
    fixture_close(&f);
  }
}

static void test_refused(void) {
  static const struct {
    const char *gc, *steps, *text;
  } rows[] = {{"'allocation': '1MB'", CPU, "how long does a collection take? Give \"minor\""},
              {"'every': '1s'", CPU, "pauses by time need both \"every\" and \"pause\""},
              {"'every': '0s', 'pause': '0s'", CPU, "time would never go on"},
              {"'every': '1s', 'pause': '1ms'", "{ 'cpu': '1s', 'allocates': '1MB' }", "\"a\" does not collect by allocation"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text t = {.length = 0};
    put(&t, USERS, 1, rows[i].steps, rows[i].gc, "", "4");
    struct fixture f = fixture_try(&t);
    test_check(f.refused && strstr(f.refused, rows[i].text), "%s: %s", rows[i].gc, f.refused ? f.refused : "accepted");
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"by hand", test_by_hand}, {"reckoned", test_reckoned},
                                         {"use", test_use},         {"whatever happens", test_whatever_happens},
                                         {"refused", test_refused}, {NULL, NULL}};
const struct test_suite suite_gc = {"gc", cases};
