/* Faults of places: regions and zones that are lost with their nodes, links between regions that are cut. */
#include "models/core/world.h"
#include "models/faults/fault.h"
#include "models/network/network.h"
#include "models/platform/nodes.h"
#include "tests/model_fixture.h"

/* A calls b over the ocean, where it takes 10 s; hardly anything happens on its own. */
#define OCEAN                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'ocean', 'run': { 'warmup': '1s', 'window': '2000s' },"                                                 \
  "  'traffic': { 't': { 'kind': 'open', 'region': 'us', 'rate': '0.001/day', 'mix': { 'p': 1 } } },"                              \
  "  'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'call': 'b', 'steps': [ { 'delay': '10s' } ] } ] } },"                       \
  "  'services': { 'a': { 'kind': 'app', 'place': 'x' }, 'b': { 'kind': 'app', 'place': 'y', 'connect_timeout': '5s' } },"         \
  "  'faults': { %s },"                                                                                                            \
  "  'platform': { 'kind': 'static', 'regions': { 'us': { 'zones': [ 'us-a', 'us-b' ] }, 'eu': {} },"                              \
  "    'network': { 'round_trip': { 'us-eu': '80ms' } },"                                                                          \
  "    'nodes': { 'x': { 'cpu': 4, 'count': 3, 'region': 'us' }, 'y': { 'cpu': 4, 'region': 'eu' } } } }"

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

static void send(struct world *w, sim_time at) {
  world_measure_until(w, at);
  request_send(w, 0, 0, (uint64_t)at, NONE);
}

/* By hand: repetitions after 0.2, 0.2 + 0.4, ... s; the tenth after 0.2 (2^10 - 1) = 204.6 s; then every 120 s; the last wait ends
 * after 204.6 + 6 x 120 = 924.6 s. */
static void test_repetitions(void) {
  static const struct {
    double waited_s, again_s;
  } rows[] = {{0, 0.2}, {0.2, 0.2}, {0.21, 0.6}, {51, 51}, {51.1, 102.2}, {200, 204.6}, {205, 324.6}, {900, 924.6}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    sim_time again = network_sent_again((sim_time)(rows[i].waited_s * 1e9 + 0.5));
    test_check(again == (sim_time)(rows[i].again_s * 1e9 + 0.5), "after %g s: %g s", rows[i].waited_s, sim_seconds(again));
  }
}

static void test_counted(void) {
  struct fixture f = fixture_of(OCEAN, "");
  if (!f.scenario) return;
  struct world *w = warm_world(&f);
  network_cut(w, 0, 1), network_cut(w, 1, 0);
  test_check(!network_reachable(w, 0, 1) && !network_reachable(w, 1, 0) && network_reachable(w, 1, 1), "not cut");
  test_check(network_reachable(w, -1, 1) && !network_nodes_reach(w, 0, 3) && network_nodes_reach(w, 0, 1), "nodes");
  network_heal(w, 0, 1);
  test_check(!network_reachable(w, 0, 1), "two cuts, one healed");
  network_heal(w, 0, 1);
  test_check(network_reachable(w, 0, 1) && network_nodes_reach(w, 0, 3), "still cut");
  finish(w, "counted");
  fixture_close(&f);
}

/* The link is cut from 100 s to 160 s. By hand, a way of 0.04 s and 10 s of work:
 *   sent at 80.0:  answered at 90.04, arrives 10.08 s after it was sent
 *   sent at 95.0:  answered at 105.04, repeated 54.96 s and more later: after 102.2 s, so it takes 0.04 + 10 + 102.2 + 0.04 = 112.28
 *   sent at 99.5:  answered at 109.54, 50.46 s before the link is back: repeated after 51 s, 61.08 s in all
 *   sent at 99.99: on its way, arrives; 49.97 s: the same 61.08 s
 *   sent at 120:   unreachable after 5 s
 *   sent at 170:   10.08 s */
static void test_calls_over_a_cut(void) {
  struct fixture f = fixture_of(OCEAN, "'cut': { 'kind': 'link', 'between': [ 'us', 'eu' ], 'at': '100s', 'repair': '60s' }");
  if (!f.scenario) return;
  struct world *w = warm_world(&f);
  static const double sent_s[] = {80, 95, 99.5, 99.99, 120, 170};
  for (size_t i = 0; i < sizeof sent_s / sizeof *sent_s; i++) send(w, (sim_time)(sent_s[i] * 1e9 + 0.5));
  world_measure_until(w, 1000 * SIM_S);
  struct ends e = fixture_ends(w, 0);
  const struct histogram *h = fixture_latency(w, 0);
  test_check(e.by[OUTCOME_COMPLETED] == 5 && e.by[OUTCOME_UNREACHABLE] == 1, "%g answered, %g unreachable",
             (double)e.by[OUTCOME_COMPLETED], (double)e.by[OUTCOME_UNREACHABLE]);
  double sum_s = 2 * 10.08 + 112.28 + 2 * 61.08;
  test_check(fabs(histogram_mean(h) * 5e-9 - sum_s) < 1e-6, "%.9g s, not %.9g", histogram_mean(h) * 5e-9, sum_s);
  finish(w, "over a cut");
  fixture_close(&f);
}

/* A link that stays cut: TCP gives up 924.6 s after the first answer. A caller that dies waits for nothing. */
static void test_tcp_gives_up(void) {
  struct fixture f = fixture_of(OCEAN, "'cut': { 'kind': 'link', 'between': [ 'eu', 'us' ], 'at': '100s', 'repair': '10h' }");
  if (!f.scenario) return;
  struct world *w = warm_world(&f);
  send(w, 95 * SIM_S);
  world_measure_until(w, (sim_time)((105.04 + 924.5) * 1e9));
  test_check(fixture_ends(w, 0).ended == 0, "it has given up");
  world_measure_until(w, (sim_time)((105.04 + 924.7) * 1e9));
  test_check(fixture_ends(w, 0).by[OUTCOME_UNREACHABLE] == 1, "it has not given up");
  finish(w, "gives up");
  w = warm_world(&f);
  send(w, 95 * SIM_S);
  world_measure_until(w, 200 * SIM_S);
  lifecycle_crash(w, &w->containers[0]);
  test_check(fixture_ends(w, 0).by[OUTCOME_CRASHED] == 1, "its caller is dead");
  finish(w, "caller dies");
  fixture_close(&f);
}

/* Both zones of us and eu: three nodes and one. Two faults of the same node add up, and so do those of its zone and its region. */
static void test_overlaps(void) {
  struct fixture f = fixture_of(OCEAN, "'out': { 'kind': 'region', 'region': 'us', 'at': '100s', 'repair': '100s' },"
                                       "'z': { 'kind': 'zone', 'zone': 'us-a', 'at': '150s', 'repair': '100s' }");
  if (!f.scenario) return;
  struct world *w = warm_world(&f);
  world_measure_until(w, 110 * SIM_S);
  test_check(!w->nodes[0].up && !w->nodes[1].up && !w->nodes[2].up && w->nodes[3].up, "us is lost");
  node_fails(w, &w->nodes[1], DISK_KEPT);
  world_measure_until(w, 210 * SIM_S);
  test_check(!w->nodes[0].up && !w->nodes[1].up && !w->nodes[2].up, "node 1 is lost on its own, 0 and 2 with their zone");
  node_returns(w, &w->nodes[1]);
  test_check(w->nodes[1].up, "node 1 is in us-b");
  world_measure_until(w, 260 * SIM_S);
  test_check(w->nodes[0].up && w->nodes[2].up, "all are back");
  finish(w, "overlaps");
  fixture_close(&f);
}

/* A machine that joins a lost region is down, gets nothing, and comes up with the region. */
static void test_joins_a_lost_place(void) {
  struct fixture f = fixture_of(OCEAN, "'out': { 'kind': 'region', 'region': 'us', 'at': '100s', 'repair': '100s' }");
  if (!f.scenario) return;
  struct world *w = warm_world(&f);
  world_measure_until(w, 110 * SIM_S);
  struct node *n = node_join(w, 0);
  test_check(!n->up && n->detected && n->membership == NODE_MEMBER, "it runs in a region that is lost");
  uint32_t index = n->index;
  world_measure_until(w, 201 * SIM_S);
  test_check(w->nodes[index].up && !w->nodes[index].detected && w->nodes[0].up, "it is still down");
  finish(w, "joins");
  fixture_close(&f);
}

static const struct test_case cases[] = {{"repetitions", test_repetitions},
                                         {"cuts are counted", test_counted},
                                         {"calls over a cut", test_calls_over_a_cut},
                                         {"TCP gives up", test_tcp_gives_up},
                                         {"overlaps", test_overlaps},
                                         {"joins a lost place", test_joins_a_lost_place},
                                         {0}};
const struct test_suite suite_place_faults = {"place_faults", cases};
