/* Budgets: what a drain may take, and when it goes on. */
#include "models/platform/budget.h"
#include "models/platform/nodes.h"
#include "tests/model_fixture.h"

/* Four replicas of one core on three nodes of two: 2, 1, 1. Start 100 ms, readiness within 10 s. */
#define DRAINED                                                                                                                    \
  "{ 'aguanta': 1, 'name': 'drained', 'traffic': { 't': { 'kind': 'open', 'rate': '20/s', 'mix': { 'p': 1 } } },"                  \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '1ms' } ] } },"                                                         \
  "'services': { 'a': { 'kind': 'app', 'replicas': 4, 'start': '100ms', 'resources': { 'requests': { 'cpu': 1 } } %s } },"         \
  "'platform': { 'kind': '%s', 'nodes': { 'n': { 'count': 3, 'cpu': 2 } } }, 'run': { 'warmup': '10s', 'window': '90s' } }"

static uint32_t ready_in(const struct world *w) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < w->services[0].capacity; i++) {
    const struct container *c = &w->containers[w->services[0].first + i];
    count += container_serves(c) && c->ready && !c->leaving;
  }
  return count;
}

/* The fewest that are ready, looked at each half second of a minute, and when node 0 is empty. */
static uint32_t drain(const char *budget, double *empty_s) {
  struct fixture f = fixture_of(DRAINED, budget, "kubernetes");
  if (!f.scenario) return 0;
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  world_warm_up(w);
  world_measure_until(w, 20 * SIM_S);
  uint32_t fewest = ready_in(w);
  test_check(fewest == 4 && w->nodes[0].container_count == 2, "%u ready, %u on node 0", fewest, w->nodes[0].container_count);
  node_leave(w, &w->nodes[0]);
  *empty_s = INFINITY;
  for (sim_time t = 0; t <= 60 * SIM_S; t += SIM_S / 2) {
    world_measure_until(w, 20 * SIM_S + t + 1);
    if (ready_in(w) < fewest) fewest = ready_in(w);
    if (!w->nodes[0].container_count && isinf(*empty_s)) *empty_s = sim_seconds(t);
  }
  test_check(ready_in(w) == 4, "%u ready in the end", ready_in(w));
  world_close(w);
  world_audit(w, fixture_broken, (void *)(uintptr_t)budget);
  world_free(w);
  fixture_close(&f);
  return fewest;
}

/* Without a budget both pods go at once: 2 are left, and the node is empty after the second until the endpoints know. With one that
 * allows for one of four the second goes when the first is ready elsewhere: not before 1 s (drained) + 0.1 s (start), asked each 5 s: 5
 * s at the earliest; readiness takes up to 10 s, so that the last question comes at 15 s, and the pod is away 1 s later. 60% of four
 * rounds up to 3, 30% to 2. */
static void test_drain(void) {
  static const struct {
    const char *budget;
    uint32_t fewest;
    double from_s, to_s;
  } rows[] = {{"", 2, 0.5, 2},
              {", 'budget': { 'unavailable': 1 }", 3, 6, 17},
              {", 'budget': { 'min_available': 3 }", 3, 6, 17},
              {", 'budget': { 'min_available': '60%' }", 3, 6, 17},
              {", 'budget': { 'unavailable': '30%' }", 2, 0.5, 2}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    double empty_s = 0;
    uint32_t fewest = drain(rows[i].budget, &empty_s);
    test_check(fewest == rows[i].fewest, "%s: %u ready, not %u", rows[i].budget, fewest, rows[i].fewest);
    test_check(empty_s >= rows[i].from_s && empty_s <= rows[i].to_s, "%s: empty after %g s", rows[i].budget, empty_s);
  }
}

/* Every replica on one node, nowhere else to go, and one must stay: the drain waits for ever, and the budget holds. */
static void test_nowhere(void) {
  struct fixture f =
      fixture_of("{ 'aguanta': 1, 'name': 'stuck', 'traffic': { 't': { 'kind': 'open', 'rate': '20/s', 'mix': { 'p': 1 } } },"
                 "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '1ms' } ] } },"
                 "'services': { 'a': { 'kind': 'app', 'replicas': 2, 'budget': { 'min_available': 1 } } },"
                 "'platform': { 'kind': 'kubernetes', 'nodes': { 'n': { 'count': 1, 'cpu': 2 } } }, 'run': { 'warmup': '10s', "
                 "'window': '90s' } }");
  if (!f.scenario) return;
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  world_warm_up(w);
  node_leave(w, &w->nodes[0]);
  world_measure_until(w, 90 * SIM_S);
  test_check(ready_in(w) == 1 && w->nodes[0].container_count == 1, "%u ready", ready_in(w));
  world_close(w);
  world_audit(w, fixture_broken, (void *)(uintptr_t) "stuck");
  world_free(w);
  fixture_close(&f);
}

static void test_bad_input(void) {
  static const struct {
    const char *budget, *kind, *says;
  } rows[] = {{", 'budget': { 'min_available': '100%' }", "kubernetes", "leaves none of its 4 replicas to a drain"},
              {", 'budget': { 'unavailable': 0 }", "kubernetes", "leaves none of its 4 replicas to a drain"},
              {", 'budget': { 'min_available': 4 }", "kubernetes", "leaves none of its 4 replicas to a drain"},
              {", 'budget': { 'min_available': 2, 'unavailable': 1 }", "kubernetes", "needs one of"},
              {", 'budget': {}", "kubernetes", "needs one of"},
              {", 'budget': { 'unavailable': 1 }", "swarm", "budgets are Kubernetes'"},
              {", 'budget': { 'unavailable': '1.5' }", "kubernetes", "must be a number or a share such as 2 or \"25%\""},
              {", 'budget': { 'unavailable': '130%' }", "kubernetes", "must be a number or a share such as 2 or \"25%\""}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text t = {.length = 0};
    put(&t, DRAINED, rows[i].budget, rows[i].kind);
    struct fixture f = fixture_try(&t);
    test_check(f.refused && strstr(f.refused, rows[i].says), "%s on %s: %s", rows[i].budget, rows[i].kind,
               f.refused ? f.refused : "accepted");
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {
    {"drain", test_drain}, {"nowhere to go", test_nowhere}, {"bad input", test_bad_input}, {0}};
const struct test_suite suite_budgets = {"budgets", cases};
