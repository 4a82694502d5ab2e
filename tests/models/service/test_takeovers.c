/* Active and standby replicas without data: who is called after a loss, and from when on. */
#include "models/availability/outage.h"
#include "models/availability/phase.h"
#include "models/core/world.h"
#include "models/service/takeover.h"
#include "tests/model_fixture.h"

#define PAIR                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'pair', 'run': { 'window': '%s', 'warmup': '0s', 'years': 1 },"                                         \
  "  'traffic': { 't': { 'kind': 'open', 'rate': '200/s', 'mix': { 'p': 1 } } },"                                                  \
  "  'endpoints': { 'p': { 'entry': 's', 'steps': [ { 'cpu': '1us' } ] } },"                                                       \
  "  'services': { 's': { 'kind': 'app', 'replicas': %d, 'start': '3s', 'connect_timeout': '1ms', 'threads': 64, "                 \
  "     'failover': { %s } } },"                                                                                                   \
  "  'faults': { %s },"                                                                                                            \
  "  'platform': { 'kind': '%s', 'nodes': { 'n': { 'cpu': 1, 'count': 3 } } } }"

#define TIMES    "'detect': '10s', 'promote': '5s'"
#define LOSS(at) "'l" at "': { 'kind': 'node', 'nodes': 'n', 'count': 1, 'at': '" at "s', 'repair': '1d' }"
#define ALL      "'all': { 'kind': 'node', 'nodes': 'n', 'count': 3, 'at': '60s', 'repair': '140s' }"
#define CRASH    "'c': { 'kind': 'crash', 'service': 's', 'at': '60s' }"
#define HANG(for) "'h': { 'kind': 'hang', 'service': 's', 'at': '60s', 'repair': '" for "' }"

enum { INSTANTS = 4, SECONDS = 120 };

/* Shares that are served at instants, in seconds; and of two minutes, how many are lost. Static platform: a process is started again at
 * once, as its supervisor does (3 s); the machine of the first replica is the first one. */
static const struct row {
  const char *name, *platform;
  int replicas;
  const char *failover, *faults;
  double at_s[INSTANTS], served[INSTANTS], lost_s;
} rows[] = {
    /* 10 s to notice, 5 s to take over. */
    {"a process, which waits for its lease", "compose", 2, TIMES, CRASH, {59.9, 60.1, 74.9, 75.1}, {1, 0, 0, 1}, 15},
    /* Compose starts it again after 0.1 s, and it takes 3 s. */
    {"a process, behind a virtual address",
     "compose",
     2,
     TIMES ", 'resumes': true",
     CRASH,
     {60.1, 63, 63.2, 100},
     {0, 0, 1, 1},
     3.1},
    {"a hang that ends in time", "compose", 2, TIMES, HANG("12s"), {60.1, 71.9, 72.1, 100}, {0, 0, 1, 1}, 12},
    {"a hang that does not", "compose", 2, TIMES, HANG("30s"), {60.1, 74.9, 75.1, 100}, {0, 0, 1, 1}, 15},
    /* For 3.1 s half of the calls go to the dead one; then it is there, waits, and the other has all calls. */
    {"two active ones, each for itself",
     "compose",
     3,
     TIMES ", 'active': 2",
     CRASH,
     {59.9, 60.1, 63, 63.2},
     {1, 0.5, 0.5, 1},
     1.55},
    {"two active ones, together",
     "compose",
     3,
     TIMES ", 'active': 2, 'together': true",
     CRASH,
     {59.9, 60.1, 74.9, 75.1},
     {1, 0, 0, 1},
     15},
    /* The survivor goes on alone; the one that has started again meanwhile takes part at once. */
    {"a duplex", "compose", 2, TIMES ", 'active': 2, 'together': true", CRASH, {59.9, 60.1, 74.9, 75.1}, {1, 0, 0, 1}, 15},
    /* Lost at 60 s, back at 200 s and 3 s to start: the first that serves is active. */
    {"all are lost", "static", 2, TIMES, ALL, {60.1, 199, 202.9, 203.1}, {0, 0, 0, 1}, 60},
    {"no phase but detection", "compose", 2, "'detect': '10s'", CRASH, {59.9, 60.1, 69.9, 70.1}, {1, 0, 0, 1}, 10},
};

static struct fixture opened(const struct row *r, const char *window) {
  return fixture_of(PAIR, window, r->replicas, r->failover, r->faults, r->platform);
}

static void test_by_hand(void) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct row *r = &rows[i];
    struct fixture f = opened(r, "1s");
    if (!f.scenario) continue;
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_AVAILABILITY);
    world_warm_up(w);
    for (int k = 0; k < INSTANTS; k++) {
      world_measure_until(w, (sim_time)(r->at_s[k] * 1e9));
      double served = outage_serving(w, 0);
      test_check(fabs(served - r->served[k]) < 1e-9, "%s: %g are served at %g s, by hand %g", r->name, served, r->at_s[k],
                 r->served[k]);
    }
    world_free(w);
    fixture_close(&f);
  }
}

/* What fails of two minutes, at 200/s: by chance the seconds that are lost vary by sqrt(15 / 200) = 0.27 s. A request that a hung process
 * had taken in fails later or never, which changes nothing: none has a time-out, and it counts as not answered. */
static void test_with_requests(void) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = opened(&rows[i], "2m");
    if (!f.scenario || strstr(rows[i].name, "hang")) {
      if (f.scenario) fixture_close(&f);
      continue;
    }
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
    w->horizon = w->measured_until = SECONDS * SIM_S;
    world_run(w);
    struct ends ends = fixture_ends(w, 0);
    double lost_s = (double)(ends.arrived - ends.by[OUTCOME_COMPLETED]) / 200;
    test_check(fabs(lost_s - rows[i].lost_s) < 4 * 0.27, "%s: %.2f s are lost, by hand %.2f", rows[i].name, lost_s, rows[i].lost_s);
    world_free(w);
    fixture_close(&f);
  }
}

/* 90% take 10 + 5 s, the others 10 min: 800 losses, deviation 1.06%. */
static void test_coverage(void) {
  static const double at_s[] = {74, 76, 659, 661};
  enum { LOSSES = 800 };
  struct row r = {.platform = "static", .replicas = 2, .failover = TIMES ", 'coverage': '90%', 'uncovered': '10min'", .faults = ""};
  struct fixture f = fixture_of(PAIR, "1s", r.replicas, r.failover,
                                "'f': { 'kind': 'node', 'nodes': 'n', 'at': '60s', 'repair': '1d' }", r.platform);
  if (!f.scenario) return;
  double served[4] = {0};
  for (uint32_t n = 0; n < LOSSES; n++) {
    struct world *w = world_new(&f.scenario->model, 3, n, WORLD_AVAILABILITY);
    world_warm_up(w);
    for (int i = 0; i < 4; i++) {
      world_measure_until(w, (sim_time)(at_s[i] * 1e9));
      served[i] += outage_serving(w, 0) / LOSSES;
    }
    world_free(w);
  }
  test_check(served[0] < 1e-9 && fabs(served[1] - 0.9) < 4 * 0.0106, "%g and %g are served before and after 75 s", served[0],
             served[1]);
  test_check(fabs(served[2] - served[1]) < 1e-9 && served[3] > 1 - 1e-9, "%g and %g before and after 660 s", served[2], served[3]);
  fixture_close(&f);
}

/* What an outage waits for: 10 s of detection, then 5 s of reaction. */
static void test_phases(void) {
  struct fixture f = opened(&rows[0], "1s");
  if (!f.scenario) return;
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_AVAILABILITY);
  world_warm_up(w);
  world_measure_until(w, 65 * SIM_S);
  test_check(phase_of_world(w) == PHASE_DETECTION && takeover_stage_of(w, 0) == TAKEOVER_DETECTING, "not detecting at 65 s");
  world_measure_until(w, 72 * SIM_S);
  test_check(phase_of_world(w) == PHASE_REACTION, "not reacting at 72 s");
  world_free(w);
  fixture_close(&f);
}

static void refuses(int replicas, const char *keys, const char *more, const char *why) {
  struct text t = {.length = 0}, service = {.length = 0};
  put(&service, "%s }, %s", keys, more);
  service.bytes[strlen(service.bytes) - 1] = 0;
  put(&t, PAIR, "1s", replicas, *more ? service.bytes : keys, CRASH, "kubernetes");
  struct fixture f = fixture_try(&t);
  test_check(!f.scenario && strstr(f.refused, why), "%s %s: %s", keys, more, f.scenario ? "is taken" : f.refused);
  fixture_close(&f);
}

static void test_refused(void) {
  refuses(2, "'active': 3", "", "3 of 2 replicas: none is left that stands by");
  refuses(2, "'active': 2", "", "2 of 2 replicas: none is left that stands by");
  refuses(2, "'coverage': '90%'", "", "some losses are not covered: say in \"uncovered\" how long these take");
  refuses(2, "'uncovered': '10min'", "", "does nothing here: \"coverage\" is 100%");
}

static const struct test_case cases[] = {{"who is called", test_by_hand},
                                         {"with requests", test_with_requests},
                                         {"a share is covered", test_coverage},
                                         {"phases", test_phases},
                                         {"refused", test_refused},
                                         {0}};
const struct test_suite suite_takeovers = {"takeovers", cases};
