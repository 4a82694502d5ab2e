/* Drills whose recovery is known by hand: a restart on one machine, a machine of a swarm, a cache that comes back cold. */
#include "sim/questions/drill.h"
#include "models/availability/outage.h"
#include "models/core/world.h"
#include "models/faults/drill.h"
#include "models/faults/fault.h"
#include "tests/model_fixture.h"

static struct scenario *not_again(void *context, struct arena *arena, const char *clock) {
  (void)context, (void)arena;
  test_check(false, "the run is to begin at %s", clock);
  return NULL;
}

struct drilled {
  struct arena *arena;
  struct drill_results *results;
  const char *wrong;
};

static struct drilled drill_of(const struct fixture *f, const struct drill_options *options) {
  struct drilled d = {.arena = arena_new()};
  struct drill_options o = *options;
  o.starting = not_again;
  if (!o.study.replications) o.study.replications = 5;
  d.results = drill_run(d.arena, f->scenario, &o, &d.wrong);
  return d;
}

static void drilled_close(struct drilled *d, struct fixture *f) {
  arena_free(d->arena);
  fixture_close(f);
}

static const struct drill_cell *cell(const struct drill_results *r, uint32_t fault, uint32_t requirement) {
  return &r->faults[fault].cells[requirement];
}

static void near(const char *what, double x, double expected, double by) {
  test_check(fabs(x - expected) <= by, "%s: %g, not %g +- %g", what, x, expected, by);
}

/* --- the door ----------------------------------------------------------------------------------------------------------------- */

#define ONE_MACHINE                                                                                                                \
  "{ 'aguanta': 1, 'name': 'one', 'traffic': { 't': { 'kind': 'open', 'rate': '1000/s', 'mix': { 'p': 1 } } },"                    \
  "  'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '100us' } ] } },"                                                     \
  "  'services': { 'a': { 'kind': 'app', 'replicas': %d, 'start': '3s' } },"                                                       \
  "  'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 8 } } },"                                                           \
  "  'faults': { 'crash': { 'kind': 'crash', 'service': 'a', 'mtbf': '%s' } },"                                                    \
  "  'claims': [ %s ], 'run': { 'warmup': '2s', 'window': '60s', 'years': %d } }"

/* A minute of a fault whose mtbf is two seconds; drilled, it strikes once. */
static void test_door(void) {
  struct fixture f = fixture_of(ONE_MACHINE, 1, "2s", "", 1);
  if (!f.scenario) return;
  const int32_t faults[] = {0, -1};
  for (int i = 0; i < 2; i++) {
    struct model m = f.scenario->model;
    model_drill(&m, f.arena, faults[i], 10 * SIM_S);
    struct world *w = world_new(&m, 1, 0, WORLD_TRAFFIC);
    world_run(w);
    uint64_t struck = world_outages(w)->classes[0].faults;
    test_check(struck == (faults[i] < 0 ? 0 : 1), "struck %llu times", (unsigned long long)struck);
    world_free(w);
  }
  test_check(model_fault_at(&f.scenario->model, 0)->mtbf == 2 * SIM_S, "the scenario's own is as it was");
  fixture_close(&f);
}

/* --- one machine -------------------------------------------------------------------------------------------------------------- */

/* Compose starts a process again after 0.1 s, and it takes 3 s: 3.1 s in which every request is refused. By hand: windows of
 * 10 / 1% = 1,000 requests, 1 s, ten steps of 0.1 s; 3.1 s again, to a step. 3,100 requests are lost, Poisson: the mean of five
 * within 4 sqrt(3100 / 5) = 100 of them. */
static void test_restart(void) {
  struct fixture f = fixture_of(ONE_MACHINE, 1, "1y", "'error_rate(all) < 1%', 'p95(p.latency) < 100ms'", 1000);
  if (!f.scenario) return;
  struct drilled d = drill_of(&f, &(struct drill_options){.watch = "12s"});
  if (!d.results) return (void)test_check(false, "%s", d.wrong);
  const struct drill_cell *errors = cell(d.results, 0, 0), *latency = cell(d.results, 0, 1);
  const struct drill_fault *fault = d.results->faults;
  near("served again after", fault->served_again.value, 3.1, 1e-6);
  near("errors: again after", errors->recovery.value, 3.1, 0.11);
  test_check(errors->broken == 5 && errors->back == 5 && errors->verdict == VERDICT_FAIL, "%u broken, %u back, verdict %d",
             errors->broken, errors->back, (int)errors->verdict);
  near("the worst second", errors->worst.value, 1, 1e-9);
  test_check(errors->before.value == 0 && errors->after.value == 0 && errors->before_verdict == VERDICT_PASS, "%g before, %g after",
             errors->before.value, errors->after.value);
  test_check(latency->broken == 5, "nothing is answered, and p95 is broken in %u", latency->broken);
  near("p95: again after", latency->recovery.value, 3.1, 0.21);
  near("requests lost", fault->failed.value, 3100, 100);
  near("seconds lost", fault->failed_s.value, 3.1, 0.3);
  drilled_close(&d, &f);
}

/* The same restart, with claims that allow more than its 3.1 s and less. Equal recoveries leave no doubt. */
static void test_allowed(void) {
  static const struct {
    const char *claim;
    enum verdict verdict;
  } rows[] = {{"rto(crash) < 4s", VERDICT_PASS},
              {"rto(crash) < 4s for 95%", VERDICT_PASS},
              {"rto(crash) < 2s", VERDICT_FAIL},
              {"rto(crash) < 2s for 95%", VERDICT_FAIL}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char claims[200];
    snprintf(claims, sizeof claims, "'error_rate(all) < 1%%', '%s'", rows[i].claim);
    struct fixture f = fixture_of(ONE_MACHINE, 1, "1y", claims, 1000);
    if (!f.scenario) return;
    struct drilled d = drill_of(&f, &(struct drill_options){.watch = "8s", .study = {.replications = 3}});
    const struct drill_cell *errors = cell(d.results, 0, 0);
    test_check(errors->verdict == rows[i].verdict && errors->allowed, "%s: verdict %d", rows[i].claim, (int)errors->verdict);
    drilled_close(&d, &f);
  }
}

/* --- not back ----------------------------------------------------------------------------------------------------------------- */

#define MACHINES                                                                                                                   \
  "{ 'aguanta': 1, 'name': 'machines', 'traffic': { 't': { 'kind': 'open', 'rate': '600/s', 'mix': { 'p': 1 }, 'timeout': '1s' } " \
  "},"                                                                                                                             \
  "  'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '100us' } ] } },"                                                     \
  "  'services': { 'a': { 'kind': 'app', 'replicas': %d, 'start': '0s', 'connect_timeout': '1ms' } },"                             \
  "  'platform': { 'kind': '%s', 'nodes': { 'n': { 'cpu': 8, 'count': %d } } },"                                                   \
  "  'faults': { 'loss': { 'kind': 'node', 'nodes': 'n', 'mtbf': '1y', 'repair': '%s' } },"                                        \
  "  'claims': [ 'error_rate(all) < 1%%' %s ], 'run': { 'warmup': '2s', 'window': '60s', 'years': 1000 } }"

/* The only machine is gone for a day: nothing is answered for as long as is watched. A claim that allows two days is not decided by
 * half a minute, one that allows ten seconds fails. */
static void test_not_back(void) {
  static const struct {
    const char *claim;
    enum verdict verdict;
  } rows[] = {{"", VERDICT_FAIL}, {", 'rto(loss) < 2d'", VERDICT_UNDECIDED}, {", 'rto(loss) < 10s'", VERDICT_FAIL}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(MACHINES, 1, "static", 1, "1d", rows[i].claim);
    if (!f.scenario) return;
    struct drilled d = drill_of(&f, &(struct drill_options){.watch = "30s", .study = {.replications = 2}});
    const struct drill_cell *errors = cell(d.results, 0, 0);
    test_check(errors->broken == 2 && errors->back == 0 && isnan(errors->recovery.value), "%u of %u back", errors->back,
               errors->broken);
    test_check(errors->verdict == rows[i].verdict, "%s: verdict %d", rows[i].claim, (int)errors->verdict);
    test_check(d.results->faults[0].outages == 2 && d.results->faults[0].served == 0 && d.results->faults[0].note_count == 1,
               "%u served again of %u", d.results->faults[0].served, d.results->faults[0].outages);
    drilled_close(&d, &f);
  }
}

/* --- orchestrators ------------------------------------------------------------------------------------------------------------ */

/* Three machines, a replica on each. By hand: a swarm knows of a lost machine after 9.0 to 16.5 s, and starts the replica elsewhere
 * at once: until then a third of the calls fails after a millisecond. Kubernetes takes the pod out after 40 to 55 s. */
static void test_machine_of_three(const char *platform, double least_s, double most_s) {
  struct fixture f = fixture_of(MACHINES, 3, platform, 3, "1h", "");
  if (!f.scenario) return;
  struct drilled d = drill_of(&f, &(struct drill_options){.watch = "80s", .study = {.replications = 4}});
  const struct drill_cell *errors = cell(d.results, 0, 0);
  const double mean_s = errors->recovery.value;
  test_check(errors->broken == 4 && errors->back == 4, "%s: %u broken, %u back", platform, errors->broken, errors->back);
  test_check(mean_s > least_s && errors->longest_s < most_s + 0.2, "%s: %g s, the longest %g s", platform, mean_s,
             errors->longest_s);
  near("a third", errors->worst.value, 1 / 3., 0.05);
  near("requests lost", d.results->faults[0].failed.value, 200 * mean_s, 0.03 * 200 * mean_s);
  drilled_close(&d, &f);
}

static void test_swarm(void) { test_machine_of_three("swarm", 9, 16.5); }
static void test_kubernetes(void) { test_machine_of_three("kubernetes", 40, 55); }

/* --- cold --------------------------------------------------------------------------------------------------------------------- */

/* A cache of 200 items that comes back empty after 1.1 s. Misses take 200 ms, hits nothing, and each item is asked for 5 times a
 * second: every request is served, and p95 is above 100 ms until 95% hit again. */
#define COLD                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'cold', 'traffic': { 't': { 'kind': 'open', 'rate': '1000/s', 'mix': { 'p': 1 } } },"                   \
  "  'keys': { 'k': { 'of': 1000 } },"                                                                                             \
  "  'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cached': 'c', 'key': 'k', 'miss': [ { 'delay': '200ms' } ] } ] } },"        \
  "  'services': { 'a': { 'kind': 'app', 'backlog': 'unlimited', 'threads': 1000 }, 'c': { 'kind': 'cache', 'start': '1s' } },"    \
  "  'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 8 } } },"                                                           \
  "  'faults': { 'restart': { 'kind': 'crash', 'service': 'c', 'mtbf': '1y' } },"                                                  \
  "  'claims': [ 'error_rate(all) < 1%%', 'p95(p.latency) < 100ms' ], 'run': { 'warmup': '20s', 'window': '60s' } }"

/* By hand: an item is asked for once a second, so t seconds after the cache is back exp(-t) of the requests miss: 5% after 3 s, and
 * a window of 2,000 requests, 2 s, has fewer than 5% from u on with (exp(-u) - exp(-u-2)) / 2 = 5%: u = 2.16 s. A miss takes 0.2 s
 * more until its item is there and its request is answered. */
static void test_cold(void) {
  struct fixture f = fixture_of(COLD);
  if (!f.scenario) return;
  struct drilled d = drill_of(&f, &(struct drill_options){.watch = "15s", .study = {.replications = 4}});
  const struct drill_cell *errors = cell(d.results, 0, 0), *latency = cell(d.results, 0, 1);
  test_check(!errors->broken && errors->verdict == VERDICT_PASS, "errors are broken in %u", errors->broken);
  test_check(latency->broken == 4 && latency->back == 4, "p95 is broken in %u, back in %u", latency->broken, latency->back);
  test_check(latency->recovery.value > 1.1 + 2.16 && latency->recovery.value < 1.1 + 3 + 2, "again after %g s",
             latency->recovery.value);
  drilled_close(&d, &f);
}

/* --- threads ------------------------------------------------------------------------------------------------------------------ */

static void test_threads(void) {
  double recovery[2], failed[2];
  for (uint32_t i = 0; i < 2; i++) {
    struct fixture f = fixture_of(MACHINES, 3, "swarm", 3, "1h", "");
    if (!f.scenario) return;
    struct drilled d = drill_of(&f, &(struct drill_options){.watch = "30s", .study = {.replications = 3, .jobs = i + 1}});
    recovery[i] = cell(d.results, 0, 0)->recovery.value, failed[i] = d.results->faults[0].failed.value;
    drilled_close(&d, &f);
  }
  test_check(recovery[0] == recovery[1] && failed[0] == failed[1], "%g and %g s, %g and %g failed", recovery[0], recovery[1],
             failed[0], failed[1]);
}

static const struct test_case cases[] = {{"the door", test_door},     {"restart", test_restart}, {"allowed", test_allowed},
                                         {"not back", test_not_back}, {"swarm", test_swarm},     {"kubernetes", test_kubernetes},
                                         {"cold", test_cold},         {"threads", test_threads}, {0}};
const struct test_suite suite_drill = {"drill", cases};
