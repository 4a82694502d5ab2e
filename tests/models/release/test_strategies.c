/* The other strategies: Compose, Swarm, Recreate, StatefulSets; how long, how many, what is lost. */
#include "models/availability/outage.h"
#include "models/release/strategies.h"
#include "tests/model_fixture.h"

#define BROUGHT_OUT                                                                                                                \
  "{ 'aguanta': 1, 'name': 'out', 'traffic': { 't': { 'kind': 'open', 'rate': '20/s', 'mix': { 'p': 1 } } },"                      \
  "'endpoints': { 'p': { 'entry': 'api', 'steps': [ { 'cpu': '5ms' } ] } },"                                                       \
  "'services': { 'api': { 'kind': 'app', 'replicas': %d, 'start': '8s', 'update': { %s } } },"                                     \
  "'releases': { 'weekly': { 'services': 'api', %s } },"                                                                           \
  "'platform': { 'kind': '%s', 'nodes': { 'n': { 'count': 3, 'cpu': 8 } } },"                                                      \
  "'run': { 'warmup': '0s', 'window': '40min', 'years': 20, 'replications': 1 } }"

struct seen {
  uint32_t most, least;            /* replicas that are there; that serve and are in rotation */
  double last_old_s, took_s, lost; /* after the release: no replica is old; it is done */
  uint32_t order_broken;           /* a lower number was new before a higher one */
  struct ends ends;
};

static double meter_of(const struct world *w, const char *name) {
  for (uint32_t i = 0; i < w->model->meter_count; i++)
    if (!strcmp(w->model->meters[i].name, name)) {
      double sum = 0;
      for (uint32_t k = 0; k < w->observation.window_count; k++) sum += w->observation.meters[i].course.sums[k];
      return sum;
    }
  abort();
}

static void look(const struct world *w, struct seen *n, double at_s) {
  const struct service *s = &w->services[0];
  uint32_t there = 0, serve = 0, old = 0;
  bool before = false;
  for (uint32_t i = s->capacity; i-- > 0;) {
    const struct container *c = &w->containers[s->first + i];
    there += c->state != CONTAINER_UNUSED && !(c->leaving && !c->returns);
    serve += container_serves(c) && c->in_rotation && !c->leaving;
    bool is_old = c->state != CONTAINER_UNUSED && (c->build != s->build || (c->leaving && c->returns));
    bool runs_new = !is_old && c->state != CONTAINER_UNUSED && container_serves(c) && c->in_rotation;
    if (is_old && !c->leaving) before = true;
    if (runs_new && before) n->order_broken++;
    old += !runs_new && c->state != CONTAINER_UNUSED;
  }
  if (there > n->most) n->most = there;
  if (serve < n->least) n->least = serve;
  if (!old && isinf(n->last_old_s)) n->last_old_s = at_s;
  if (!world_releases(w)->active && isinf(n->took_s)) n->took_s = at_s;
}

/* The release is at 1 min; looked at ten times a second. */
static struct seen play(const char *kind, int replicas, const char *update, double until_s) {
  struct seen n = {0, UINT32_MAX, INFINITY, INFINITY, 0, 0, {0}};
  struct fixture f = fixture_of(BROUGHT_OUT, replicas, update, "'at': '1min'", kind);
  if (!f.scenario) return n;
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  world_warm_up(w);
  world_measure_until(w, SIM_MINUTE);
  for (int i = 0; i < until_s * 10; i++) {
    world_measure_until(w, SIM_MINUTE + i * SIM_S / 10 + 1);
    if (i) look(w, &n, i / 10.);
  }
  n.lost = meter_of(w, "lost_in_updates");
  n.ends = fixture_ends(w, 0);
  world_close(w);
  world_audit(w, fixture_broken, (void *)(uintptr_t)update);
  world_free(w);
  fixture_close(&f);
  return n;
}

static bool near(double value, double wanted, double by) { return fabs(value - wanted) <= by; }

/* Swarm, six tasks that take 10 s to stop and 8 s to start. stop-first, one at a time: 6 x 18 s = 108 s, 5 s of monitor: 113 s; five
 * serve meanwhile. Two at a time: 54 s, 59 s. With a delay of 10 s, which is as long as the monitor or longer: 6 x 28 s + 11 s = 179 s;
 * the last task runs after 168 - 10 s. start-first: rounds of 8 s, and the old one stops while the next starts: 48 s to the last new
 * task, 53 s; none is missing, and one more is there. */
static void test_swarm(void) {
  static const struct {
    const char *update;
    double last_s, took_s;
    uint32_t least, most;
  } rows[] = {{"'stop': '10s'", 108, 113, 5, 6},
              {"'stop': '10s', 'parallelism': 2", 54, 59, 4, 6},
              {"'stop': '10s', 'delay': '10s', 'parallelism': 1", 158, 179, 5, 6},
              {"'stop': '10s', 'parallelism': 0", 18, 23, 0, 6},
              {"'kind': 'tasks', 'stop': '10s', 'order': 'start-first'", 48, 53, 6, 7}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct seen n = play("swarm", 6, rows[i].update, 200);
    double last_s = strstr(rows[i].update, "start-first") ? n.last_old_s - 10 : n.last_old_s; /* the last old one stops after it */
    test_check(near(last_s, rows[i].last_s, 0.5), "%s: %g s to the last task, not %g", rows[i].update, last_s, rows[i].last_s);
    test_check(near(n.took_s, rows[i].took_s, 0.5), "%s: %g s, not %g", rows[i].update, n.took_s, rows[i].took_s);
    test_check(n.least == rows[i].least && n.most == rows[i].most, "%s: %u to %u", rows[i].update, n.least, n.most);
    test_check((n.lost > 0) == (n.ends.by[OUTCOME_REFUSED] > 0), "%s: %g lost", rows[i].update, n.lost);
  }
}

/* Compose: all are stopped and started: down for 4 s + 8 s; 12 s x 20/s = 240 requests, sd 15. A process that ignores the signal serves
 * for its grace of 10 s, and is away for 8 s. Kubernetes' Recreate: a second until the endpoints know, while it stops for 4 s; then new
 * pods: 1 s, 8 s, up to 10 s until the first probe and 1 s more; nobody is refused but in the first second. */
static void test_recreate(void) {
  struct seen n = play("compose", 2, "'stop': '4s'", 60);
  test_check(n.least == 0 && near(n.last_old_s, 12, 0.3) && near(n.took_s, 12, 0.3), "compose: %g s, %g s", n.last_old_s, n.took_s);
  test_check(near(n.lost, 240, 60) && n.lost == n.ends.by[OUTCOME_REFUSED], "compose: %g lost", n.lost);
  n = play("compose", 2, "'on_stop': 'ignore'", 60);
  test_check(near(n.took_s, 18, 0.3) && near(n.lost, 160, 50), "ignored: %g s, %g lost", n.took_s, n.lost);
  n = play("kubernetes", 3, "'kind': 'recreate', 'stop': '4s'", 90);
  test_check(n.least == 0 && n.took_s > 13 && n.took_s < 24, "kubernetes: %g s", n.took_s);
  test_check(near(n.lost, 20, 18) && n.ends.by[OUTCOME_NO_BACKEND] > 200, "kubernetes: %g lost, %lu found none", n.lost,
             (unsigned long)n.ends.by[OUTCOME_NO_BACKEND]);
}

/* One after the other, the highest number first. Static: 3 x (4 s + 8 s) = 36 s, two serve, nobody is refused, since routing follows at
 * once. StatefulSet: a round is 4 s + 1 s + 8 s + 0 to 10 s, and since the next one
 * goes when the last is ready, a second before the endpoints know, only one is sent to meanwhile. partition 2 of three: only the last one. */
static void test_ordered(void) {
  struct seen n = play("static", 3, "'stop': '4s'", 60);
  test_check(near(n.took_s, 36, 0.5) && n.least == 2 && n.most == 3 && !n.order_broken && !n.lost, "static: %g s, %u serve",
             n.took_s, n.least);
  n = play("kubernetes", 3, "'kind': 'ordered', 'stop': '4s'", 120);
  test_check(n.took_s > 39 && n.took_s < 70 && n.least == 1 && n.most == 3 && !n.order_broken, "ordered: %g s, %u serve", n.took_s,
             n.least);
  n = play("kubernetes", 3, "'partition': 2, 'stop': '4s'", 120);
  test_check(n.took_s > 13 && n.took_s < 24 && isinf(n.last_old_s), "partition: %g s", n.took_s);
}

/* --- bad ones ---------------------------------------------------------------------------------------------------------------- */

struct fate {
  uint32_t serve, fresh;
  double stuck, back;
};

/* At 5 min; the roll-back by people would be at 20 min. */
static struct fate fate_of(const char *kind, int replicas, const char *update, const char *bad) {
  char release[200];
  snprintf(release, sizeof release, "'at': '1min', 'detect': '15min', 'bad': { 'probability': 1, 'kind': '%s' }", bad);
  struct fixture f = fixture_of(BROUGHT_OUT, replicas, update, release, kind);
  struct fate n = {0};
  if (!f.scenario) return n;
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  world_warm_up(w);
  world_measure_until(w, 5 * SIM_MINUTE);
  const struct service *s = &w->services[0];
  for (uint32_t i = 0; i < s->capacity; i++) {
    const struct container *c = &w->containers[s->first + i];
    n.serve += container_serves(c) && c->in_rotation;
    n.fresh += c->state != CONTAINER_UNUSED && c->build == 1;
  }
  n.back = meter_of(w, "rolled_back");
  world_measure_until(w, 30 * SIM_MINUTE);
  test_check(s->in_rotation >= (uint32_t)replicas && s->build == 0 && !world_releases(w)->active, "%s %s: not taken back", kind,
             bad);
  world_close(w);
  world_audit(w, fixture_broken, (void *)(uintptr_t)update);
  world_free(w);
  fixture_close(&f);
  return n;
}

/* Swarm pauses at the first task that fails: five of six serve; with max_failure 50% at the fourth (3 are not more than half): but each
 * of the three waits for its predecessor to run, so that the second never begins: failures of one slot count as often as it restarts.
 * rollback: all six are old again. A StatefulSet and a Deployment stop at the first. Compose takes all. */
static void test_bad(void) {
  struct fate n = fate_of("swarm", 6, "", "never-starts");
  test_check(n.serve == 5 && n.fresh == 1 && n.back == 0, "pause: %u serve, %u new", n.serve, n.fresh);
  n = fate_of("swarm", 6, "'on_failure': 'rollback', 'parallelism': 1", "never-starts");
  test_check(n.serve == 6 && n.fresh == 0 && n.back == 1, "rollback: %u serve, %u new", n.serve, n.fresh);
  n = fate_of("swarm", 6, "'on_failure': 'continue', 'parallelism': 1", "never-starts");
  test_check(n.serve == 0 && n.fresh == 6, "continue: %u serve, %u new", n.serve, n.fresh);
  n = fate_of("compose", 2, "", "never-starts");
  test_check(n.serve == 0 && n.fresh == 2, "compose: %u serve, %u new", n.serve, n.fresh);
  n = fate_of("kubernetes", 4, "'kind': 'ordered'", "never-ready");
  test_check(n.serve == 3 && n.fresh == 1, "ordered: %u serve, %u new", n.serve, n.fresh);
}

/* --- years ------------------------------------------------------------------------------------------------------------------- */

static double lost_a_year_s(const char *kind, int replicas, const char *update) {
  struct fixture f = fixture_of(BROUGHT_OUT, replicas, update, "'every': 'Tuesday 10:00'", kind);
  if (!f.scenario) return NAN;
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_AVAILABILITY);
  world_outages(w)->audited = true;
  world_run(w);
  const struct outage_book *b = world_outages(w);
  double lost = (b->weighed_ns - b->total_served_ns) / b->weighed_ns * 365 * 86400;
  test_check(!b->mismatches, "%s: %lu mismatches", kind, (unsigned long)b->mismatches);
  world_audit(w, fixture_broken, (void *)(uintptr_t)kind);
  world_free(w);
  fixture_close(&f);
  return lost;
}

/* The row "deploy, 1 replica" of what a design costs, 52.14 times a year. Compose: stop + start: 4 + 8 = 12 s: 626 s = 10.4 min. Swarm the
 * same with stop-first, 12 s; none with start-first but for the 0.1 s in which the mesh still sends to what has closed, which a pre_stop
 * covers. Kubernetes none, once the pod waits for its endpoint. Six tasks stop-first lose no request but 0.1 s of a sixth each. */
static void test_years(void) {
  static const struct {
    const char *kind;
    int replicas;
    const char *update;
    double seconds;
  } rows[] = {{"compose", 1, "'stop': '4s'", 12},
              {"swarm", 1, "'stop': '4s'", 12},
              {"swarm", 1, "'stop': '4s', 'kind': 'tasks', 'order': 'start-first', 'pre_stop': '1s'", 0},
              {"kubernetes", 1, "'stop': '4s', 'pre_stop': '2s'", 0},
              {"swarm", 6, "'stop': '4s'", 0.1}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    double lost = lost_a_year_s(rows[i].kind, rows[i].replicas, rows[i].update);
    test_check(near(lost, rows[i].seconds * 365 / 7, 0.5), "%s %s: %g s a year", rows[i].kind, rows[i].update, lost);
  }
}

/* --- in the midst of faults -------------------------------------------------------------------------------------------------- */

/* Machines, processes and control planes fail while versions of all kinds come and go: every invariant holds, and years agree with
 * what a walk finds. */
#define TROUBLED                                                                                                                   \
  "{ 'aguanta': 1, 'name': 'troubled', 'traffic': { 't': { 'kind': 'open', 'rate': '20/s', 'timeout': '5s', 'mix': { 'p': 1 } } "  \
  "},"                                                                                                                             \
  "'endpoints': { 'p': { 'entry': 'api', 'steps': [ { 'cpu': '5ms' } ] } },"                                                       \
  "'services': { 'api': { 'kind': 'app', 'replicas': 4, 'start': '8s', 'connect_timeout': '1s', 'update': { %s 'stop': '2s' } } "  \
  "},"                                                                                                                             \
  "'releases': { 'weekly': { 'services': 'api', 'rate': '20/h', 'detect': '1min', 'rollback': '30s', 'bad': { 'probability': "     \
  "0.5, "                                                                                                                          \
  "'kind': '%s', 'errors': '20%%' } } },"                                                                                          \
  "'faults': { 'machine': { 'kind': 'node', 'nodes': 'n', 'mtbf': '6min', 'repair': { 'exponential': '50s' } }, 'crash': { "       \
  "'kind': 'crash', 'service': 'api', 'mtbf': '4min' }, 'hang': { 'kind': 'hang', 'service': 'api', 'mtbf': '5min', 'repair': "    \
  "'20s' } %s }, 'platform': { 'kind': '%s', 'nodes': { 'n': { 'count': 4, 'cpu': 4 } } },"                                        \
  "'run': { 'warmup': '0s', 'window': '30min', 'years': 1, 'replications': 1 } }"

static void play_troubled(const char *kind, const char *update, const char *bad, enum world_mode mode) {
  const char *plane = strcmp(kind, "kubernetes") ? "" : ", 'plane': { 'kind': 'control-plane', 'mtbf': '10min', 'repair': '90s' }";
  struct fixture f = fixture_of(TROUBLED, update, bad, plane, kind);
  if (!f.scenario) return;
  struct world *w = world_new(&f.scenario->model, 7, 0, mode);
  if (mode == WORLD_AVAILABILITY) {
    w->horizon = w->measured_until = SIM_DAY;
    world_outages(w)->audited = true;
  }
  world_run(w);
  if (mode == WORLD_AVAILABILITY) test_check(!world_outages(w)->mismatches, "%s %s %s: mismatches", kind, update, bad);
  world_audit(w, fixture_broken, (void *)(uintptr_t)update);
  world_free(w);
  fixture_close(&f);
}

static void test_troubled(void) {
  static const char *const rows[][2] = {{"kubernetes", "'surge': '25%',"},
                                        {"kubernetes", "'kind': 'ordered', 'pre_stop': '3s',"},
                                        {"kubernetes", "'kind': 'recreate',"},
                                        {"kubernetes", "'stages': [ { 'weight': '20%', 'for': '50s' } ], 'abort_errors': '5%',"},
                                        {"kubernetes", "'kind': 'blue-green', 'keep': '30s', 'switch_over': '20s',"},
                                        {"swarm", ""},
                                        {"swarm", "'parallelism': 2, 'order': 'start-first', 'on_failure': 'rollback',"},
                                        {"swarm", "'parallelism': 0, 'on_failure': 'continue',"},
                                        {"swarm", "'kind': 'blue-green', 'keep': '30s',"},
                                        {"compose", ""},
                                        {"static", ""},
                                        {"static", "'kind': 'recreate', 'on_stop': 'ignore',"}};
  static const char *const bads[] = {"errors", "never-starts", "never-ready"};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    play_troubled(rows[i][0], rows[i][1], bads[i % 3], WORLD_TRAFFIC);
    play_troubled(rows[i][0], rows[i][1], bads[(i + 1) % 3], WORLD_AVAILABILITY);
  }
}

static void test_bad_input(void) {
  static const struct {
    const char *update, *kind, *says;
  } rows[] = {{"'surge': 1", "swarm", "does not bring versions out that way; it knows: tasks"},
              {"'kind': 'tasks'", "kubernetes", "it knows: rolling, ordered, recreate"},
              {"'kind': 'ordered'", "compose", "it knows: recreate"},
              {"'kind': 'recreate', 'surge': 1", "kubernetes", "belongs to"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text t = {.length = 0};
    put(&t, BROUGHT_OUT, 3, rows[i].update, "'at': '1min'", rows[i].kind);
    struct fixture f = fixture_try(&t);
    test_check(f.refused && strstr(f.refused, rows[i].says), "%s: %s", rows[i].update, f.refused ? f.refused : "accepted");
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {
    {"swarm", test_swarm}, {"recreate", test_recreate}, {"ordered", test_ordered},     {"bad ones", test_bad},
    {"years", test_years}, {"troubled", test_troubled}, {"bad input", test_bad_input}, {0}};
const struct test_suite suite_strategies = {"strategies", cases};
