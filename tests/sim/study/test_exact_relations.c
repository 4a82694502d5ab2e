/* Metamorphic relations that hold to the nanosecond (docs/validation.md): all times scaled, a class split in two, a cache that never
 * hits. Those that hold bit for bit for a neutral setting, and those that hold in law, are in test_model_relations. */
#include "tests/model_fixture.h"

/* --- all times scaled ------------------------------------------------------------------------------------------------------------- */

/* Random, but of whole milliseconds: thinking and work are drawn from lists, so that nothing is rounded. */
static struct fixture scaled(int k) {
  return fixture_of(
      "{ 'aguanta': 1, 'name': 'scaled', 'traffic': { 'u': { 'kind': 'closed', 'population': 40, 'think': { 'discrete': [ '%dms', "
      "'%dms', '%dms' ] }, 'timeout': '%dms', 'mix': { 'p': 2, 'q': 1 } } },"
      "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'discrete': [ '%dms', '%dms', '%dms' ] } }, { 'query': 'd', "
      "'reads': 2, 'writes': 1, 'demand': { 'discrete': [ '%dms', '%dms' ] } } ] }, 'q': { 'entry': 'a', 'steps': [ { 'external': "
      "'e' }, { 'delay': '%dms' }, { 'cpu': '%dms' } ] } },"
      "'services': { 'a': { 'kind': 'app', 'replicas': 2, 'backlog': 6, 'pools': { 'd': { 'max': 3, 'wait': '%dms' } } }, 'd': { "
      "'kind': 'database', 'replicas': 2, 'threads': 2, 'place': 'm' }, 'e': { 'kind': 'external', 'latency': '%dms', 'failure': "
      "'5%%' } },"
      "'platform': { 'kind': 'static', 'network': { 'between_nodes': '%dms' }, 'nodes': { 'n': { 'count': 2, 'cpu': 'unlimited' }, "
      "'m': { 'count': 2, 'cpu': 'unlimited' } } }, 'run': { 'warmup': '%dms', 'window': '%dms', 'windows': 1 } }",
      101 * k, 211 * k, 307 * k, 90 * k, 3 * k, 7 * k, 13 * k, 2 * k, 11 * k, 5 * k, 4 * k, 20 * k, 17 * k, k, 2000 * k,
      100000 * k);
}

static void check_times(const char *what, int k, const struct histogram *x, const struct histogram *y) {
  test_check(x->count > 1000 && y->count == x->count, "%s, times %d: %llu and %llu", what, k, (unsigned long long)x->count,
             (unsigned long long)y->count);
  test_check(y->sum == x->sum * (unsigned)k, "%s: times %d the sum grows %.15g times", what, k, (double)y->sum / (double)x->sum);
  test_check(histogram_min(y) == k * histogram_min(x) && histogram_max(y) == k * histogram_max(x), "%s, times %d: extremes", what,
             k);
}

static void test_scaled_exactly(void) {
  static const int scales[] = {2, 3, 8, 1000};
  struct fixture f = scaled(1);
  struct world *a = fixture_run(&f, 5, "once");
  const struct observation *x = &a->observation;
  for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
    int k = scales[i];
    struct fixture g = scaled(k);
    struct world *b = fixture_run(&g, 5, "scaled");
    const struct observation *y = &b->observation;
    test_check(x->ended[OUTCOME_TIMEOUT] > 20 && x->ended[OUTCOME_EXTERNAL] > 20 && !memcmp(x->ended, y->ended, sizeof x->ended) &&
                   x->wasted == y->wasted,
               "times %d: %llu and %llu timed out", k, (unsigned long long)x->ended[OUTCOME_TIMEOUT],
               (unsigned long long)y->ended[OUTCOME_TIMEOUT]);
    for (uint32_t e = 0; e < 2; e++)
      check_times(e ? "q" : "p", k, &x->endpoints[e].windows[0].latency, &y->endpoints[e].windows[0].latency);
    for (uint32_t s = 0; s < 2; s++) check_times(s ? "d" : "a", k, &x->services[s].latency, &y->services[s].latency);
    test_check(y->sojourn_ns == x->sojourn_ns * (unsigned)k, "times %d: time inside", k);
    world_free(b), fixture_close(&g);
  }
  world_free(a), fixture_close(&f);
}

/* --- one program under two descriptions --------------------------------------------------------------------------------------- */

#define WORK "{ 'cpu': { 'exponential': '5ms' } }, "
#define MISS "{ 'query': 'd', 'reads': 2, 'writes': 1, 'demand': '2ms' }"

static const struct {
  const char *name, *mix, *endpoints;
} descriptions[] = {
    {"plain", "'p': 1", "'p': { 'entry': 'a', 'steps': [ " WORK MISS " ] }"},
    {"a class split in two", "'p': 1, 'q': 2",
     "'p': { 'entry': 'a', 'steps': [ " WORK MISS " ] }, 'q': { 'entry': 'a', 'steps': [ " WORK MISS " ] }"},
    {"a cache that never hits", "'p': 1",
     "'p': { 'entry': 'a', 'steps': [ " WORK "{ 'cached': 'c', 'hit': 0, 'demand': '0s', 'fill': false, 'miss': [ " MISS
     " ] } ] }"},
    {"a cache that never hits and is filled", "'p': 1",
     "'p': { 'entry': 'a', 'steps': [ " WORK "{ 'cached': 'c', 'hit': 0, 'demand': '0s', 'miss': [ " MISS " ] } ] }"},
    {"a cache by key without room", "'p': 1",
     "'p': { 'entry': 'a', 'steps': [ " WORK "{ 'cached': 'c', 'key': 'k', 'l1': true, 'demand': '0s', 'miss': [ " MISS " ] } ] }"},
    {"a memory without room", "'p': 1",
     "'p': { 'entry': 'a', 'steps': [ " WORK "{ 'cached': 'a', 'key': 'k', 'miss': [ " MISS
     " ] }, { 'invalidate': 'a', 'key': 'k' } ] }"},
    {"a cache that always hits", "'p': 1",
     "'p': { 'entry': 'a', 'steps': [ " WORK MISS
     ", { 'cached': 'c', 'hit': 1, 'demand': '0s', 'miss': [ { 'delay': '1h' } ] } ] }"},
};

static struct world *described(size_t i, struct fixture *f) {
  *f = fixture_of(
      "{ 'aguanta': 1, 'name': 'described', 'traffic': { 'x': { 'kind': 'open', 'rate': '250/s', 'mix': { %s } }, 'u': { "
      "'kind': 'closed', 'population': 30, 'think': { 'exponential': '200ms' }, 'timeout': '30ms', 'mix': { %s } } }, "
      "'endpoints': { %s }, 'services': { 'a': { 'kind': 'app', 'replicas': 3, 'backlog': 20, 'cache': { 'entries': 0 } }, 'd': { "
      "'kind': "
      "'database', 'threads': 3, 'backlog': 'unlimited' }, 'c': { 'kind': 'cache', 'threads': 'unlimited', 'cache': { 'entries': 0 "
      "} } }, 'keys': { 'k': 9 }, "
      "'platform': { 'kind': 'static', 'network': { 'between_nodes': '0s' }, 'nodes': { 'n': { 'count': 2, 'cpu': 8 } } "
      "}, 'run': { 'warmup': '2s', 'window': '30s', 'windows': 1 } }",
      descriptions[i].mix, descriptions[i].mix, descriptions[i].endpoints);
  return fixture_run(f, 21, descriptions[i].name);
}

static struct endpoint_window *all_endpoints(const struct world *w) {
  struct endpoint_window *all = arena_new_array(w->arena, struct endpoint_window, 1);
  histogram_open(&all->latency, w->arena);
  for (uint32_t e = 0; e < w->observation.endpoint_count; e++) {
    const struct endpoint_window *one = &w->observation.endpoints[e].windows[0];
    all->arrived += one->arrived;
    for (int k = 0; k < OUTCOMES; k++) all->ended[k] += one->ended[k];
    histogram_merge(&all->latency, &one->latency);
  }
  return all;
}

static void test_descriptions(void) {
  struct fixture plain;
  struct world *a = described(0, &plain);
  struct endpoint_window *x = all_endpoints(a);
  test_check(x->arrived > 8000 && x->ended[OUTCOME_TIMEOUT] > 100, "%llu arrived, %llu timed out", (unsigned long long)x->arrived,
             (unsigned long long)x->ended[OUTCOME_TIMEOUT]);
  for (size_t i = 1; i < sizeof descriptions / sizeof *descriptions; i++) {
    struct fixture f;
    struct world *b = described(i, &f);
    struct endpoint_window *y = all_endpoints(b);
    bool same = x->arrived == y->arrived && !memcmp(x->ended, y->ended, sizeof x->ended);
    test_check(same && fixture_same_values(&x->latency, &y->latency),
               "%s: %llu requests with a mean of %.9f ms, else %llu with %.9f ms", descriptions[i].name,
               (unsigned long long)y->arrived, histogram_mean(&y->latency) * 1e-6, (unsigned long long)x->arrived,
               histogram_mean(&x->latency) * 1e-6);
    test_check(a->observation.sojourn_ns == b->observation.sojourn_ns, "%s: other times inside", descriptions[i].name);
    world_free(b), fixture_close(&f);
  }
  world_free(a), fixture_close(&plain);
}

static const struct test_case cases[] = {{"scaled_exactly", test_scaled_exactly}, {"descriptions", test_descriptions}, {0}};
const struct test_suite suite_exact_relations = {"exact_relations", cases};
