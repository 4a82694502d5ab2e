/* Failovers that may fail: a share of the losses of a primary is covered, the others take another time. */
#include "models/availability/outage.h"
#include "models/core/world.h"
#include "models/replication/replication.h"
#include "tests/model_fixture.h"

#define PAIR                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'pair', 'run': { 'window': '1s', 'warmup': '1s', 'years': 1 },"                                         \
  "  'traffic': { 't': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } },"                                                    \
  "  'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '1ms' } ] } },"                         \
  "  'services': { 'a': { 'kind': 'app', 'place': 'front' },"                                                                      \
  "    'd': { 'kind': 'database', 'place': 'back', 'replicas': 2, 'start': '0s',"                                                  \
  "      'replication': { 'ship': '1ms', 'failover': { 'by': '%s' %s } } } },"                                                     \
  "  'faults': { 'f': { 'kind': 'node', 'nodes': 'back', 'at': '60s', 'repair': '1d' } },"                                         \
  "  'platform': { 'kind': 'static', 'nodes': { 'front': { 'cpu': 1 }, 'back': { 'cpu': 1, 'count': 2 } } } }"

enum { LOSSES = 800 };

/* Of 800 losses of the primary, one a replication: how many are served again after this time. */
static void served_after(const struct fixture *f, const double *after_s, double *served, int count) {
  for (int i = 0; i < count; i++) served[i] = 0;
  for (uint32_t r = 0; r < LOSSES; r++) {
    struct world *w = world_new(&f->scenario->model, 3, r, WORLD_AVAILABILITY);
    world_warm_up(w);
    for (int i = 0; i < count; i++) {
      world_measure_until(w, 60 * SIM_S + (sim_time)(after_s[i] * 1e9));
      served[i] += outage_serving(w, 0) / LOSSES;
    }
    world_free(w);
  }
}

/* Covered losses take 20 + 10 s, the others 10 min, whoever promotes: 90% are served after 31 s, none before 29 s, all after 601 s. The
 * deviation of the share of 800 is 1.06%. */
static void test_coverage(void) {
  static const char *const phases[][2] = {
      {"manager", ", 'detect': '20s', 'promote': '10s'"},
      {"managed", ", 'detect': '20s', 'promote': '10s'"},
      {"person", ", 'acknowledge': '10s', 'diagnose': '10s', 'act': '10s'"},
  };
  static const double after_s[] = {29, 31, 599, 601};
  for (size_t i = 0; i < sizeof phases / sizeof *phases; i++) {
    struct text more = {.length = 0};
    put(&more, "%s, 'coverage': '90%%', 'uncovered': '10min'", phases[i][1]);
    struct fixture f = fixture_of(PAIR, phases[i][0], more.bytes);
    if (!f.scenario) continue;
    double served[4];
    served_after(&f, after_s, served, 4);
    test_check(served[0] < 1e-9, "%s: %g are served after 29 s", phases[i][0], served[0]);
    test_check(fabs(served[1] - 0.9) < 4 * 0.0106, "%s: %g are served after 31 s", phases[i][0], served[1]);
    test_check(fabs(served[2] - served[1]) < 1e-9, "%s: %g are served after 599 s", phases[i][0], served[2]);
    test_check(served[3] > 1 - 1e-9, "%s: %g are served after 601 s", phases[i][0], served[3]);
    fixture_close(&f);
  }
}

static void refuses(const char *keys, const char *why) {
  struct text t = {.length = 0};
  put(&t, PAIR, "manager", keys);
  struct fixture f = fixture_try(&t);
  test_check(!f.scenario && strstr(f.refused, why), "%s: %s", keys, f.scenario ? "is taken" : f.refused);
  fixture_close(&f);
}

static void test_refused(void) {
  refuses(", 'coverage': '90%'", "some losses are not covered: say in \"uncovered\" how long these take");
  refuses(", 'uncovered': '10min'", "does nothing here: \"coverage\" is 100%");
  refuses(", 'coverage': '110%', 'uncovered': '1s'", "\"coverage\" must be");
}

static const struct test_case cases[] = {{"a share is covered", test_coverage}, {"refused", test_refused}, {0}};
const struct test_suite suite_failover_coverage = {"failover_coverage", cases};
