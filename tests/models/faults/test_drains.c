/* Node upgrades: one machine after the other, drained first. */
#include "models/platform/nodes.h"
#include "tests/command.h"
#include "tests/model_fixture.h"

/* Work of 5 min on each machine, from 1 min on. */
#define UPGRADED                                                                                                                   \
  "{ 'aguanta': 1, 'name': 'upgraded', 'traffic': { 't': { 'kind': 'open', 'rate': '%s', 'mix': { 'p': 1 } } },"                   \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '1ms' } ] } },"                                                         \
  "'services': { 'a': { 'kind': 'app', 'replicas': 2, 'start': '8s' %s } },"                                                       \
  "'platform': { 'kind': '%s', 'nodes': { 'n': { 'count': %d, 'cpu': 4 %s } } },"                                                  \
  "'faults': { 'up': { 'kind': 'maintenance', 'nodes': 'n', 'drains': true, 'lasts': '5min', 'at': '1min' } },"                    \
  "'run': { 'warmup': '0s', 'window': '%s', 'replications': 1 } }"
#define PROBED ", 'probes': { 'readiness': { 'delay': '10s', 'every': '5s' } }"

static uint32_t cordoned(const struct world *w) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < w->node_count; i++) count += w->nodes[i].membership == NODE_LEAVING;
  return count;
}

struct round {
  double took_s, lost, machines;
};

/* Two nodes with a replica each: the first drain brings both together. */
static struct round upgrade(const char *service, const char *kind, const char *group, uint64_t seed) {
  struct round r = {NAN, NAN, NAN};
  struct fixture f = fixture_of(UPGRADED, "50/s", service, kind, 2, group, "15min");
  if (!f.scenario) return r;
  struct world *w = world_new(&f.scenario->model, seed, 0, WORLD_TRAFFIC);
  world_warm_up(w);
  for (sim_time t = SIM_S; t < 15 * SIM_MINUTE; t += 7 * SIM_S) {
    world_measure_until(w, t);
    test_check(cordoned(w) <= 1, "%u machines at once", cordoned(w));
  }
  test_check(cordoned(w) == 0 && w->nodes[0].up && w->nodes[1].up, "not done");
  test_check(!w->nodes[0].away_time && !w->nodes[1].away_time, "a machine that is worked on is paid for");
  world_close(w);
  world_audit(w, fixture_broken, (void *)(uintptr_t) "upgraded");
  r.took_s = fixture_metered(w, "up", "took"), r.machines = fixture_metered(w, "up", "machines");
  r.lost = (double)w->observation.ended[OUTCOME_NO_BACKEND];
  world_free(w), fixture_close(&f);
  return r;
}

/* By hand: endpoints know after 1 s, when the pod is gone. With a budget of one: 1 s + 300 s, then the first of two goes at 0, its
 * successor is ready at 1 + 10 to 15 s, the drain asks at 15 or 20 s, and is done 1 s later: 617 to 622 s in all, nothing lost.
 * Without: 2 x 301 s, and from 1 s until the first of two is ready (10 to 15 s) and known (1 s) nothing is served: 50/s x 10 to 16 s.
 * Swarm puts the task elsewhere at once: 2 x 300 s; while two tasks start for 8 s nothing answers; when the first drain is of one
 * task the other one answers: 400 requests, Poisson 20, and up to 2 s more until the network knows. */
static void test_rounds(void) {
  static const struct {
    const char *service, *kind;
    double from_s, to_s, lost_from, lost_to;
  } rows[] = {{PROBED ", 'budget': { 'min_available': 1 }", "kubernetes", 616.9, 623, 0, 0},
              {PROBED, "kubernetes", 601.9, 604.1, 430, 870},
              {"", "swarm", 600, 600.1, 320, 580}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (uint64_t seed = 1; seed <= 2; seed++) {
      struct round r = upgrade(rows[i].service, rows[i].kind, "", seed);
      test_check(r.machines == 2, "%s: %g machines", rows[i].kind, r.machines);
      test_check(r.took_s >= rows[i].from_s && r.took_s <= rows[i].to_s, "%s%s: %g s", rows[i].kind, rows[i].service, r.took_s);
      test_check(r.lost >= rows[i].lost_from && r.lost <= rows[i].lost_to, "%s%s: %g lost", rows[i].kind, rows[i].service, r.lost);
    }
}

/* A group that may grow: the pods fit the other machine, so that none is asked for, and none is too many. */
static void test_pool(void) {
  struct round r = upgrade(PROBED ", 'resources': { 'requests': { 'cpu': 1 } }, 'budget': { 'unavailable': 1 }", "kubernetes",
                           ", 'autoscale': { 'min': 2, 'max': 3 }", 1);
  test_check(r.machines == 2 && r.lost == 0 && r.took_s <= 623, "%g machines, %g lost, %g s", r.machines, r.lost, r.took_s);
}

/* One machine and nowhere else to go: one pod goes, the other one stays; the machine is never empty, and that is counted after 1 h. */
static void test_stuck(void) {
  struct fixture f = fixture_of(UPGRADED, "1/s", ", 'budget': { 'min_available': 1 }", "kubernetes", 1, "", "70min");
  if (!f.scenario) return;
  struct world *w = fixture_run(&f, 1, "stuck");
  test_check(fixture_metered(w, "up", "machines") == 0 && fixture_metered(w, "up", "stuck") == 1, "%g machines, %g stuck",
             fixture_metered(w, "up", "machines"), fixture_metered(w, "up", "stuck"));
  test_check(w->nodes[0].up && w->nodes[0].container_count == 1, "%u pods", w->nodes[0].container_count);
  world_free(w), fixture_close(&f);
}

/* ... which is said before. */
static void test_warning(void) {
  struct child c = AGUANTA("validate", "tests/cli/stuck_drain.json");
  test_check(c.status == 0 &&
                 strstr(c.err, "tests/cli/stuck_drain.json:7:77: warning: faults.up: the budget of \"a\" keeps 1 "
                               "of its replicas ready, and without one machine of \"n\" there is room for 0: the drain "
                               "waits for ever"),
             "exit status %d, %s", c.status, c.err);
  child_free(&c);
}

static void test_bad_input(void) {
  static const struct {
    const char *kind, *fault, *says;
  } rows[] = {{"compose", "'nodes': 'n'", "a platform of kind compose has nowhere else to put what is on a machine"},
              {"static", "'nodes': 'n'", "a platform of kind static has nowhere else to put what is on a machine"},
              {"kubernetes", "'service': 'a'", "drains machines: needs \"nodes\""},
              {"kubernetes", "'nodes': 'n', 'count': 1", "takes one machine after the other: no \"count\" or \"share\""},
              {"kubernetes", "'nodes': 'n', 'detect': '1min'", "no \"detect\""}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text t = {.length = 0};
    put(&t,
        "{ 'aguanta': 1, 'name': 'bad', 'traffic': { 't': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, 'endpoints': { "
        "'p': { 'entry': 'a', 'steps': [ { 'cpu': '1ms' } ] } }, 'services': { 'a': { 'kind': 'app' } }, 'platform': { 'kind': "
        "'%s', 'nodes': { 'n': { 'cpu': 4 } } }, 'faults': { 'up': { 'kind': 'maintenance', %s, 'drains': true, 'lasts': '5min', "
        "'at': '1min' } }, 'run': { 'window': '10min' } }",
        rows[i].kind, rows[i].fault);
    struct fixture f = fixture_try(&t);
    test_check(f.refused && strstr(f.refused, rows[i].says), "%s: %s", rows[i].fault, f.refused ? f.refused : "accepted");
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"rounds", test_rounds},   {"pool", test_pool},           {"stuck", test_stuck},
                                         {"warning", test_warning}, {"bad input", test_bad_input}, {0}};
const struct test_suite suite_drains = {"drains", cases};
