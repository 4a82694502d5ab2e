/* Locality: which replicas callers are drawn to by where they are, and when calls spill over. */
#include "models/service/locality.h"
#include "models/availability/outage.h"
#include "models/core/world.h"
#include "models/platform/nodes.h"
#include "tests/model_fixture.h"

/* Entry a and what it calls, b: replicas in us-a (containers 0, 2), us-b (1) and eu (3), each alone on its node; sources 0 in us and
 * 1 in eu. There and back between the regions takes 80 ms; other ways take no time. */
#define MESH                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'mesh', 'run': { 'warmup': '1s', 'window': '1000s' },"                                                  \
  "  'traffic': { 'us': { 'kind': 'open', 'region': 'us', 'rate': '0.001/day', 'mix': { 'p': 1 } },"                               \
  "               'eu': { 'kind': 'open', 'region': 'eu', 'rate': '0.001/day', 'mix': { 'p': 1 } } },"                             \
  "  'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'call': 'b', 'steps': [ { 'delay': '10s' } ] } ] } },"                       \
  "  'services': { 'a': { 'kind': 'app', 'place': [ 'x', 'y' ], 'replicas': 4%s }, "                                               \
  "                'b': { 'kind': 'app', 'place': [ 'u', 'v' ], 'replicas': 4, 'start': '100s'%s } },"                             \
  "  'platform': { 'kind': '%s', 'regions': { 'us': { 'zones': [ 'us-a', 'us-b' ] }, 'eu': {} },"                                  \
  "    'network': { 'between_nodes': '0s', 'between_zones': '0s', 'round_trip': { 'us-eu': '80ms' } },"                            \
  "    'nodes': { 'x': { 'cpu': 4, 'count': 3, 'region': 'us' }, 'y': { 'cpu': 4, 'region': 'eu' },"                               \
  "               'u': { 'cpu': 4, 'count': 3, 'region': 'us' }, 'v': { 'cpu': 4, 'region': 'eu' } } } }"

enum { US, EU };

static struct world *warm_world(const struct fixture *f) {
  struct world *w = world_new(&f->scenario->model, 1, 0, WORLD_TRAFFIC);
  w->horizon = w->measured_until;
  world_warm_up(w);
  return w;
}

static void finish(struct world *w, const char *name) {
  world_measure_until(w, w->measured_until);
  world_close(w);
  world_audit(w, fixture_broken, (void *)(uintptr_t)name);
  world_free(w);
}

/* Sends n requests a second apart from now on. */
static void send(struct world *w, uint32_t source, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) {
    request_send(w, source, 0, (uint64_t)world_now(w) + i, NONE);
    world_measure_until(w, world_now(w) + SIM_S);
  }
}

/* Requests inside replica k of service 1, "b". */
static uint32_t inside(const struct world *w, uint32_t k) { return w->containers[w->services[1].first + k].in_flight; }

static void are_inside(const struct world *w, uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  test_check(inside(w, 0) == a && inside(w, 1) == b && inside(w, 2) == c && inside(w, 3) == d, "inside are %u, %u, %u, %u",
             inside(w, 0), inside(w, 1), inside(w, 2), inside(w, 3));
}

/* The default: four requests from eu stay there and take 10 s; six from us take turns over its three. When eu's only replica is
 * gone its calls fail: the others are another cluster's. */
static void test_cluster(void) {
  struct fixture f = fixture_of(MESH, "", "", "static");
  if (!f.scenario) return;
  struct world *w = warm_world(&f);
  send(w, EU, 4), send(w, US, 6);
  are_inside(w, 2, 2, 2, 4);
  world_measure_until(w, 50 * SIM_S);
  test_check(fabs(fixture_mean_s(w, 0) - 10) < 1e-9, "%g s", fixture_mean_s(w, 0));
  node_fails(w, &w->nodes[7], DISK_KEPT);
  send(w, EU, 2), send(w, US, 1);
  test_check(fixture_ends(w, 0).by[OUTCOME_NO_BACKEND] == 2, "%g find none", (double)fixture_ends(w, 0).by[OUTCOME_NO_BACKEND]);
  finish(w, "cluster");
  fixture_close(&f);
}

/* The same as a mesh: the two go over the ocean, 10.08 s, one each to the first two replicas of us. */
static void test_spill_over(void) {
  struct fixture f = fixture_of(MESH, "", ", 'locality': 'region'", "static");
  if (!f.scenario) return;
  struct world *w = warm_world(&f);
  node_fails(w, &w->nodes[7], DISK_KEPT);
  send(w, EU, 2);
  are_inside(w, 1, 1, 0, 0);
  world_measure_until(w, 50 * SIM_S);
  test_check(fabs(fixture_mean_s(w, 0) - 10.08) < 1e-9, "%g s", fixture_mean_s(w, 0));
  node_returns(w, &w->nodes[7]);
  world_measure_until(w, 200 * SIM_S);
  send(w, EU, 2);
  are_inside(w, 0, 0, 0, 2);
  finish(w, "spill-over");
  fixture_close(&f);
}

/* Full with 2: of nine from eu within 9 s two stay, six go to us in turn, and the ninth finds all full and stays. */
static void test_full(void) {
  struct fixture f = fixture_of(MESH, "", ", 'locality': { 'prefer': 'region', 'full': 2 }", "static");
  if (!f.scenario) return;
  struct world *w = warm_world(&f);
  send(w, EU, 2);
  are_inside(w, 0, 0, 0, 2);
  send(w, EU, 1);
  are_inside(w, 1, 0, 0, 2);
  send(w, EU, 5);
  are_inside(w, 2, 2, 2, 2);
  send(w, EU, 1);
  are_inside(w, 2, 2, 2, 3);
  finish(w, "full");
  fixture_close(&f);
}

/* a's replicas of us-a, us-b, us-a take the requests of us in turn; each calls b in its own zone. Without b in us-b its calls go to
 * the rest of us, in turn. */
static void test_zones(void) {
  struct fixture f = fixture_of(MESH, "", ", 'locality': 'zone'", "static");
  if (!f.scenario) return;
  struct world *w = warm_world(&f);
  test_check(w->nodes[4].zone == 0 && w->nodes[5].zone == 1 && w->nodes[6].zone == 0 && w->nodes[7].zone == 2, "zones");
  send(w, US, 6);
  are_inside(w, 2, 2, 2, 0);
  world_measure_until(w, 100 * SIM_S);
  node_fails(w, &w->nodes[5], DISK_KEPT);
  send(w, US, 6); /* a0, a1, a2, a0, a1, a2: b0, b0 (rest of us), b2, b0 and so on by turns that are counted apart */
  test_check(inside(w, 0) + inside(w, 2) == 6 && !inside(w, 3), "%u and %u in us-a", inside(w, 0), inside(w, 2));
  finish(w, "zones");
  fixture_close(&f);
}

/* The entry as part of a mesh: eu's balancer hands its requests to us, 0.08 s, whose replicas call the b of us. */
static void test_entry(void) {
  struct fixture f = fixture_of(MESH, ", 'locality': 'region'", "", "static");
  if (!f.scenario) return;
  struct world *w = warm_world(&f);
  node_fails(w, &w->nodes[3], DISK_KEPT);
  send(w, EU, 3);
  are_inside(w, 1, 1, 1, 0);
  world_measure_until(w, 50 * SIM_S);
  test_check(fabs(fixture_mean_s(w, 0) - 10.08) < 1e-9, "%g s", fixture_mean_s(w, 0));
  finish(w, "entry");
  fixture_close(&f);
}

/* Compose leaves a dead replica in rotation. The first call of eu is refused, which ejects b3 for 10 s; the next two go to us. */
static void test_ejection(void) {
  struct fixture f = fixture_of(MESH, "", ", 'locality': 'region', 'balance': { 'eject': 1 }", "compose");
  if (!f.scenario) return;
  struct world *w = warm_world(&f);
  lifecycle_crash(w, &w->containers[7]);
  send(w, EU, 3);
  test_check(fixture_ends(w, 0).by[OUTCOME_REFUSED] == 1, "%g refused", (double)fixture_ends(w, 0).by[OUTCOME_REFUSED]);
  are_inside(w, 1, 1, 0, 0);
  finish(w, "ejection");
  fixture_close(&f);
}

/* Anything else: turns over all four, whoever asks. */
static void test_none(void) {
  struct fixture f = fixture_of(MESH, "", ", 'locality': 'none'", "static");
  if (!f.scenario) return;
  struct world *w = warm_world(&f);
  send(w, EU, 4), send(w, US, 4);
  are_inside(w, 2, 2, 2, 2);
  finish(w, "none");
  fixture_close(&f);
}

static void test_nearest(void) {
  struct fixture f = fixture_of(MESH, "", "", "static");
  if (!f.scenario) return;
  struct world *w = warm_world(&f);
  uint32_t list[] = {7, 6, 5, 4}, n = locality_nearest(w, (struct site){0, 1}, true, list, 4);
  test_check(n == 1 && list[0] == 5 && list[1] == 7 && list[2] == 6 && list[3] == 4, "zone us-b: %u, first %u", n, list[0]);
  n = locality_nearest(w, (struct site){0, 1}, false, list, 4);
  test_check(n == 3 && list[0] == 5 && list[1] == 6 && list[2] == 4 && list[3] == 7, "us: %u, first %u", n, list[0]);
  test_check(locality_nearest(w, SITE_ANY, true, list, 4) == 4, "anywhere");
  finish(w, "nearest");
  fixture_close(&f);
}

/* b is called from any region alike, and the link is cut for 100 s of 200. By hand: of four replicas three are in us, so a call from us
 * gets through with 3/4, one from eu with 1/4; half of the requests come from each: 1/2 are lost. With a second call of the same kind
 * both must get through, (3/4)^2 and (1/4)^2: 1 - (9/16 + 1/16) / 2 = 11/16 are lost. So they are when b calls c: what got through
 * from us is in us. With requests the same share of those is lost that are sent meanwhile. */
static void test_agreement(void) {
  static const struct {
    const char *steps;
    double lost;
  } rows[] = {{"{ 'call': 'b', 'steps': [] }", 1. / 2},
              {"{ 'call': 'b', 'steps': [] }, { 'call': 'c', 'steps': [] }", 11. / 16},
              {"{ 'call': 'b', 'steps': [ { 'call': 'c', 'steps': [] } ] }", 11. / 16}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'cut', 'run': { 'warmup': '1s', 'window': '200s' },"
        "  'traffic': { 'x': { 'kind': 'open', 'region': { 'us': 1, 'eu': 1 }, 'rate': '200/s', 'mix': { 'p': 1 } } },"
        "  'endpoints': { 'p': { 'entry': 'a', 'steps': [ %s ] } },"
        "  'services': { 'a': { 'kind': 'app', 'place': [ 'x', 'y' ], 'replicas': 4, 'backlog': 'unlimited' },"
        "    'b': { 'kind': 'app', 'place': [ 'x', 'y' ], 'replicas': 4, 'locality': 'none', 'connect_timeout': '1ms',"
        "           'balance': { 'policy': 'random' } },"
        "    'c': { 'kind': 'app', 'place': [ 'x', 'y' ], 'replicas': 4, 'locality': 'none', 'connect_timeout': '1ms',"
        "           'balance': { 'policy': 'random' } } },"
        "  'faults': { 'cut': { 'kind': 'link', 'between': [ 'us', 'eu' ], 'at': '51s', 'repair': '100s' } },"
        "  'platform': { 'kind': 'static', 'regions': { 'us': {}, 'eu': {} }, 'network': { 'round_trip': { 'us-eu': '2ms' } },"
        "    'nodes': { 'x': { 'cpu': 9, 'count': 3, 'region': 'us' }, 'y': { 'cpu': 9, 'region': 'eu' } } } }",
        rows[i].steps);
    if (!f.scenario) return;
    struct world *w = warm_world(&f);
    test_check(fabs(outage_serving(w, 0) - 1) < 1e-12, "before it %g are served", outage_serving(w, 0));
    world_measure_until(w, 100 * SIM_S);
    test_check(fabs(1 - outage_serving(w, 0) - rows[i].lost) < 1e-12, "%zu: lost are %.12g, by hand %.12g", i,
               1 - outage_serving(w, 0), rows[i].lost);
    world_measure_until(w, w->measured_until);
    struct ends e = fixture_ends(w, 0);
    double n = (double)e.ended / 2, lost = (double)e.by[OUTCOME_UNREACHABLE] / n;
    test_check(fabs(lost - rows[i].lost) < 4 / sqrt(n), "%zu: lost are %g of %g", i, lost, n);
    finish(w, "agreement");
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"cluster", test_cluster},     {"spill-over", test_spill_over},
                                         {"full", test_full},           {"zones", test_zones},
                                         {"entry", test_entry},         {"ejection", test_ejection},
                                         {"none", test_none},           {"nearest", test_nearest},
                                         {"agreement", test_agreement}, {0}};
const struct test_suite suite_locality = {"locality", cases};
