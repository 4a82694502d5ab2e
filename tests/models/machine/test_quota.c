/* CPU quotas: stops by the formula, what is counted and booked, deaths in the midst of a stop, the cap on what is used, and that
 * a quota that does not bind is none. Schedules to the nanosecond are in test_model_cpu. */
#include "models/core/meter.h"
#include "sim/measure/resource.h"
#include "tests/model_fixture.h"

static const struct meter_observation *meter(const struct world *w, const char *name) {
  for (uint32_t i = 0; i < w->model->meter_count; i++)
    if (!strcmp(w->model->meters[i].name, name)) return &w->observation.meters[i];
  abort();
}

static uint64_t counted(const struct world *w, const char *name) { return meter(w, name)->course.counts[0]; }

/* Time of completed requests of endpoint 0 that was booked as of the kind, ns. */
static int64_t booked(const struct world *w, enum time_kind kind) {
  int64_t sum = 0;
  for (uint32_t b = 0; b < SLOW_BINS; b++)
    for (uint32_t i = 0; i < w->model->programs[0].cell_count; i++)
      if (w->model->programs[0].cells[i].kind == kind) sum += (int64_t)fixture_slow_ns(w, 0, b, i);
  return sum;
}

/* People who ask together at 10 s and 10 s after each answer. */
#define LONELY                                                                                                                     \
  "{ 'aguanta': 1, 'name': 'quota', 'traffic': { 'u': { 'kind': 'closed', 'population': %d, 'think': '10s', 'mix': { 'p': 1 } } "  \
  "}, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '%dms' } ] } }, 'services': { 'a': { 'kind': 'app', 'start': '1s'"   \
  " %s, 'resources': { 'limits': { 'cpu': '%dm', 'period': '%dms' } } } }, 'platform': { 'kind': '%s', 'nodes': { 'n': { 'cpu': 8" \
  " } } } %s, 'run': { 'warmup': '0s', 'window': '%ds', 'windows': 1 } }"

/* --- one thread ---------------------------------------------------------------------------------------------------------------- */

/* ceil(c / (P L)) - 1 stops of (1 - L) P for c of work under a limit of L < 1 with periods of P. */
static void test_formula(void) {
  static const int limits[] = {50, 100, 250, 500, 750, 900}, periods[] = {5, 20, 100}, works[] = {1, 49, 50, 51, 100, 300, 333};
  for (size_t l = 0; l < 6; l++)
    for (size_t p = 0; p < 3; p++)
      for (size_t c = 0; c < 7; c++) {
        struct fixture f = fixture_of(LONELY, 1, works[c], "", limits[l], periods[p], "static", "", 19);
        struct world *w = fixture_run(&f, 1, "formula");
        int64_t quota = (int64_t)limits[l] * periods[p] * 1000, work = works[c] * SIM_MS; /* ns */
        int64_t stops = (work + quota - 1) / quota - 1, each = periods[p] * SIM_MS - quota;
        const struct meter_observation *m = meter(w, "throttled_time");
        test_check((int64_t)w->observation.sojourn_ns == work + stops * each, "%d ms at %dm of %d ms: %.9f s, by hand %.9f s",
                   works[c], limits[l], periods[p], (double)w->observation.sojourn_ns * 1e-9, (double)(work + stops * each) * 1e-9);
        test_check((int64_t)m->time->count == stops && (!stops || histogram_max(m->time) == each) &&
                       counted(w, "throttled_periods") == (uint64_t)stops,
                   "%d ms at %dm of %d ms: %llu stops, by hand %lld", works[c], limits[l], periods[p],
                   (unsigned long long)m->time->count, (long long)stops);
        test_check(booked(w, TIME_THROTTLED) == stops * each && booked(w, TIME_SERVICE) == work && !booked(w, TIME_QUEUE),
                   "%d ms at %dm of %d ms: %.9f s booked as throttled", works[c], limits[l], periods[p],
                   (double)booked(w, TIME_THROTTLED) * 1e-9);
        world_free(w);
        fixture_close(&f);
      }
}

/* Two computations of 60 ms on one thread at 500m. The first runs 50 ms, stands until 100 and ends at 110; the second runs from
 * there to 150, stands until 200 and ends at 220. The second has waited 110 ms, of which the container stood for 50; then 50 more.
 * In the ticks at 100, 200, 300 the timer finds use, at 400 none and stops: four periods, two of them throttled. */
static void test_books(void) {
  for (int held = 0; held < 2; held++) {
    struct fixture f = fixture_of(LONELY, 2, 60, held ? ", 'runtime': 'threads'" : "", 500, 100, "static", "", 19);
    f.scenario->model.records_waits = true;
    struct world *w = fixture_run(&f, 1, "books");
    test_check(w->observation.sojourn_ns == 330000000, "%.9f s inside", (double)w->observation.sojourn_ns * 1e-9);
    test_check(booked(w, TIME_THROTTLED) == 150000000 && booked(w, TIME_QUEUE) == 60000000 && booked(w, TIME_SERVICE) == 120000000,
               "throttled %lld, queue %lld ns", (long long)booked(w, TIME_THROTTLED), (long long)booked(w, TIME_QUEUE));
    test_check(histogram_mean(&w->observation.endpoints[0].waits[0]) == 105e6, "waited %.0f ns",
               histogram_mean(&w->observation.endpoints[0].waits[0]));
    test_check(counted(w, "periods") == 4 && counted(w, "throttled_periods") == 2, "%llu periods, %llu throttled",
               (unsigned long long)counted(w, "periods"), (unsigned long long)counted(w, "throttled_periods"));
    world_free(w);
    fixture_close(&f);
  }
}

/* --- deaths -------------------------------------------------------------------------------------------------------------------- */

/* The computation of 300 ms began at 10 s; the process dies at 10.07 s in its first stop. Its user asks again at 20.07 s, of a new
 * process with a full quota: 550 ms. */
static void test_death(void) {
  static const char *const faults[] = {", 'faults': { 'x': { 'kind': 'crash', 'service': 'a', 'at': '10070ms' } }",
                                       ", 'faults': { 'x': { 'kind': 'node', 'nodes': 'n', 'at': '10070ms', 'repair': '1s' } }"};
  for (int i = 0; i < 2; i++) {
    struct fixture f = fixture_of(LONELY, 1, 300, "", 500, 100, "compose", faults[i], 29);
    struct world *w = fixture_run(&f, 1, "death");
    test_check(w->observation.ended[OUTCOME_CRASHED] == 1 && w->observation.ended[OUTCOME_COMPLETED] == 1 &&
                   histogram_max(fixture_latency(w, 0)) == 550000000,
               "%llu crashed, the other took %.9f s", (unsigned long long)w->observation.ended[OUTCOME_CRASHED],
               (double)histogram_max(fixture_latency(w, 0)) * 1e-9);
    test_check(meter(w, "throttled_time")->time->count == 6 && histogram_min(meter(w, "throttled_time")->time) == 20000000,
               "%llu stops, the shortest of %lld ns", (unsigned long long)meter(w, "throttled_time")->time->count,
               (long long)histogram_min(meter(w, "throttled_time")->time));
    world_free(w);
    fixture_close(&f);
  }
}

static void test_no_timers_without_traffic(void) {
  struct fixture f = fixture_of(LONELY, 1, 300, "", 500, 100, "static", "", 19);
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_AVAILABILITY);
  test_check(!w->containers[0].quota, "a quota where nothing computes");
  world_free(w);
  fixture_close(&f);
}

/* --- what is used --------------------------------------------------------------------------------------------------------------- */

/* Always more to do than the limit: exactly the quota of every period, whatever the number of threads and the rounding of its ends;
 * so the autoscaler, which reads this, sees no more than the limit. */
static void test_cap(void) {
  static const int threads[] = {1, 3, 7}, limits[] = {300, 700, 900};
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < 3; k++) {
      struct text t = {.length = 0};
      put(&t,
          "{ 'aguanta': 1, 'name': 'cap', 'traffic': { 'u': { 'kind': 'closed', 'population': 9, 'think': '0s', 'mix': { 'p': 1 } "
          "} }, "
          "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '11ms' } } ] } }, 'services': { 'a': { 'kind': "
          "'app', 'threads': %d, 'resources': { 'limits': { 'cpu': '%dm' } } } }, 'platform': { 'kind': 'static', 'nodes': { 'n': "
          "{ "
          "'cpu': %d } } }, 'run': { 'warmup': '0s', 'window': '20s', 'windows': 1 } }",
          threads[i], limits[k], k == 1 ? 2 : 16);
      struct fixture f = fixture_open(&t);
      struct world *w = fixture_run(&f, 3, "cap");
      double used = w->containers[0].used_ns, due = 20e6 * limits[k];
      test_check(used <= due + 10 && used >= due - 10 * threads[i], "%d threads at %dm used %.0f ns of %.0f", threads[i], limits[k],
                 used, due);
      test_check(counted(w, "throttled_periods") + 1 >= counted(w, "periods"), "not all throttled");
      world_free(w);
      fixture_close(&f);
    }
}

/* --- none ------------------------------------------------------------------------------------------------------------------------ */

/* Three services on a full node, with limits that their threads cannot reach: the same histograms as without. */
static void test_loose_quota_is_none(void) {
  static const char *const limits[] = {
      "", ", 'resources': { 'limits': { 'cpu': '3' } }", ", 'resources': { 'limits': { 'cpu': '3', 'period': '7ms' } }",
      ", 'resources': { 'limits': { 'cpu': '3', 'throttle': 'fluid' } }", ", 'resources': { 'limits': { 'cpu': 'unlimited' } }"};
  struct arena *arena = arena_new();
  const struct histogram *plain[3];
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'loose', 'traffic': { 'x': { 'kind': 'open', 'rate': '300/s', 'mix': { 'p': 1, 'q': 1, 'r': 1 } } "
        "}, "
        "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '5ms' } } ] }, 'q': { 'entry': 'b', 'steps': [ { "
        "'cpu': { 'exponential': '7ms' } } ] }, 'r': { 'entry': 'c', 'steps': [ { 'cpu': '3ms' } ] } }, 'services': { 'a': { "
        "'kind': "
        "'app', 'threads': 3, 'weight': 0.3 %s }, 'b': { 'kind': 'app', 'threads': 3, 'weight': 1.7 %s }, 'c': { 'kind': 'app' %s "
        "} }, "
        "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': '1700m' } } }, 'run': { 'warmup': '0s', 'window': '60s', "
        "'windows': "
        "1 } }",
        limits[i], limits[i], limits[i]);
    struct world *w = fixture_run(&f, 5, "loose");
    for (uint32_t e = 0; e < 3; e++) {
      const struct histogram *h = fixture_latency(w, e);
      if (!i) plain[e] = fixture_latency_in(arena, w, e);
      test_check(h->count > 5000 && fixture_same_values(h, plain[e]), "%s: endpoint %u has a mean of %.12g, without of %.12g",
                 limits[i], e, histogram_mean(h), histogram_mean(plain[e]));
    }
    world_free(w);
    fixture_close(&f);
  }
  arena_free(arena);
}

/* The p99 of a pod with 500m against one without, at a mean use of a fifth of a core: stops are what the limit adds. */
static void test_p99(void) {
  double p99[2], throttled[2];
  for (int limited = 0; limited < 2; limited++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'pod', 'traffic': { 'x': { 'kind': 'open', 'rate': '20/s', 'mix': { 'p': 1 } } }, 'endpoints': { "
        "'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '10ms' } } ] } }, 'services': { 'a': { 'kind': 'app', "
        "'resources': "
        "{ 'limits': { 'cpu': '%s' } } } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 4 } } }, 'run': { 'warmup': "
        "'0s', 'window': '1000s', 'windows': 1 } }",
        limited ? "500m" : "unlimited");
    struct world *w = fixture_run(&f, 5, "pod");
    p99[limited] = histogram_quantile(fixture_latency(w, 0), 0.99) * 1e-6;
    throttled[limited] = (double)booked(w, TIME_THROTTLED);
    world_free(w);
    fixture_close(&f);
  }
  /* M/M/1 without: -ln 0.01 / (100 - 20) = 57.6 ms */
  test_check(fabs(p99[0] - 57.6) < 3 && p99[1] > 1.2 * p99[0] && !throttled[0] && throttled[1] > 0, "p99 %.1f ms, limited %.1f ms",
             p99[0], p99[1]);
}

/* 10 ms of work each: 4 hardware threads do the work of 2 x 1.3 cores, at speed 2 of 5.2: full at 520/s; the pod of 500m at 100/s. */
static void test_saturation(void) {
  struct fixture f =
      fixture_of("{ 'aguanta': 1, 'name': 'full', 'traffic': { 'x': { 'kind': 'open', 'rate': '20/s', 'mix': { 'p': 1 } } }, "
                 "'endpoints': { 'p': { "
                 "'entry': 'a', 'steps': [ { 'cpu': '10ms' } ] } }, 'services': { 'a': { 'kind': 'app', 'resources': { 'limits': { "
                 "'cpu': '500m' } "
                 "} } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 4, 'smt': 0.3, 'speed': 2 } } } }");
  struct resource *resources;
  uint32_t count = resources_of(&f.scenario->model, f.arena, &resources), found = 0;
  for (uint32_t i = 0; i < count; i++) {
    double due = !strcmp(resources[i].name, "n CPU") ? 520 : !strcmp(resources[i].name, "a CPU limit") ? 100 : 0, at;
    if (!due) continue;
    found++, at = resource_saturates_at(&resources[i]);
    test_check(fabs(at - due) < 1e-9, "%s is full at %.9g/s, by hand %g/s", resources[i].name, at, due);
  }
  test_check(found == 2, "%u of two resources found", found);
  fixture_close(&f);
}

/* 1 ms of the database, which may use a whole node of 4 cores: one replica 4,000/s though there are two such nodes, two 8,000/s. */
static void test_fewer_than_nodes(void) {
  for (int replicas = 1; replicas <= 2; replicas++) {
    struct fixture f =
        fixture_of("{ 'aguanta': 1, 'name': 'fewer', 'traffic': { 'x': { 'kind': 'open', 'rate': '10/s', 'mix': { 'p': 1 "
                   "} } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '1ms' } ] } }, 'services': { 'a': { "
                   "'kind': 'app', 'runtime': 'threads', 'threads': 50, 'replicas': %d } }, 'platform': { 'kind': "
                   "'kubernetes', 'nodes': { 'n': { 'count': 2, 'cpu': 4 } } }, 'run': { 'warmup': '0s', 'window': '1s' } }",
                   replicas);
    if (!f.scenario) continue;
    struct resource *resources;
    uint32_t count = resources_of(&f.scenario->model, f.arena, &resources);
    double least = INFINITY;
    for (uint32_t i = 0; i < count; i++) least = fmin(least, resource_saturates_at(&resources[i]));
    test_check(fabs(least - 4000 * replicas) < 1e-6, "%d replicas are full at %g/s, by hand %d/s", replicas, least,
               4000 * replicas);
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"formula", test_formula},
                                         {"fewer replicas than nodes", test_fewer_than_nodes},
                                         {"books", test_books},
                                         {"death", test_death},
                                         {"no_timers_without_traffic", test_no_timers_without_traffic},
                                         {"cap", test_cap},
                                         {"loose_quota_is_none", test_loose_quota_is_none},
                                         {"p99", test_p99},
                                         {"saturation", test_saturation},
                                         {NULL, NULL}};
const struct test_suite suite_quota = {"quota", cases};
