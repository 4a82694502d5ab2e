/* Nodes that join and leave while requests run: placement, eviction in each orchestrator's way, accounts, the bill. */
#include "models/platform/nodes.h"
#include "models/platform/placement.h"
#include "models/money/bill.h"
#include "sim/measure/measure.h"
#include "tests/model_fixture.h"

/* Four replicas that fill two nodes: one core each of two. The database reads from the disk of its node, memory is modelled. */
#define CLUSTER                                                                                                                    \
  "{ 'aguanta': 1, 'name': 'cluster', 'traffic': { 't': { 'kind': 'closed', 'population': 6, 'think': '5ms', 'mix': { 'p': 1 } } " \
  "},"                                                                                                                             \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '1ms' }, { 'query': 'd', 'reads': 1, 'demand': '0.2ms', 'pages': 2 } "  \
  "] } },"                                                                                                                         \
  "'services': { 'a': { 'kind': 'app', 'replicas': 4, 'start': '100ms', 'memory': { 'base': '100Mi' }, 'pools': { 'd': {} }, "     \
  "'resources': { 'requests': { 'cpu': '1' } } }, 'd': { 'kind': 'database', 'place': 'db', 'database': { 'buffer_hit': 0.5 }, "   \
  "'memory': { 'base': '200Mi' } } }, 'platform': { 'kind': '%s', 'nodes': { 'n': { 'count': 2, 'cpu': 2 }, 'db': { 'cpu': 4, "    \
  "'disk': { 'latency': '1ms' } } } }, 'faults': { 'loss': { 'kind': 'node', 'nodes': 'n', 'mtbf': '%s', 'repair': '3s' } }, "     \
  "'run': "                                                                                                                        \
  "{ 'warmup': '10s', 'window': '50s' } }"

static uint32_t count_on(const struct world *w, uint32_t node) { return w->nodes[node].container_count; }

static uint32_t in_state(const struct world *w, uint32_t service, enum container_state state) {
  const struct service *s = &w->services[service];
  uint32_t count = 0;
  for (uint32_t k = 0; k < s->capacity; k++) count += w->containers[s->first + k].state == state;
  return count;
}

static struct world *warm_world(const struct fixture *f) {
  struct world *w = world_new(&f->scenario->model, 1, 0, WORLD_TRAFFIC);
  world_warm_up(w);
  return w;
}

static void finish(struct world *w, const char *name) {
  world_close(w);
  world_audit(w, fixture_broken, (void *)(uintptr_t)name);
  world_free(w);
}

/* Node 0 leaves at 20 s, its two replicas find no room; at 40 s a machine joins, and they run there. The measured time is from 10 s to
 * 60 s: node 0 is paid for until its pods have gone, the new one for 20 s. */
static void test_out_and_in(void) {
  static const struct {
    const char *kind;
    uint32_t moved; /* replicas on the new machine */
    double gone_s;  /* when node 0 is empty, at the latest */
  } rows[] = {{"kubernetes", 2, 23}, {"swarm", 2, 20}, {"static", 0, 20}, {"compose", 0, 20}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(CLUSTER, rows[i].kind, "100d");
    if (!f.scenario) return;
    struct world *w = warm_world(&f);
    world_measure_until(w, 20 * SIM_S);
    test_check(count_on(w, 0) == 2 && count_on(w, 1) == 2, "%s: %u and %u", rows[i].kind, count_on(w, 0), count_on(w, 1));
    node_leave(w, &w->nodes[0]);
    world_measure_until(w, 40 * SIM_S);
    test_check(w->nodes[0].membership == NODE_AWAY && !count_on(w, 0) && count_on(w, 1) == 2, "%s: node 0 is not empty",
               rows[i].kind);
    test_check(in_state(w, 0, CONTAINER_PENDING) == 2 && in_state(w, 0, CONTAINER_UP) == 2, "%s: %u pending", rows[i].kind,
               in_state(w, 0, CONTAINER_PENDING));
    uint32_t index = node_join(w, 0)->index;
    test_check(index == 0 && w->node_count == 3, "%s: node %u of %u, not the one that left", rows[i].kind, index, w->node_count);
    world_measure_until(w, 60 * SIM_S);
    test_check(count_on(w, index) == rows[i].moved && in_state(w, 0, CONTAINER_UP) == 2 + rows[i].moved, "%s: %u on the new node",
               rows[i].kind, count_on(w, index));
    test_check(w->services[0].in_rotation >= 2 + rows[i].moved, "%s: %u in rotation", rows[i].kind, w->services[0].in_rotation);
    double away_s = sim_seconds(w->nodes[0].away_measured);
    test_check(away_s <= 20 && away_s >= 40 - rows[i].gone_s, "%s: away for %g s", rows[i].kind, away_s);
    finish(w, rows[i].kind);
    fixture_close(&f);
  }
}

/* Two more machines than the scenario has, of which one needs more room for nodes; both break as the others do. The bill counts them
 * for the time that they were there: 30 s and 10 s of 50 s. */
static void test_growth(void) {
  struct fixture f = fixture_of(CLUSTER, "kubernetes", "4s");
  if (!f.scenario) return;
  struct world *w = warm_world(&f);
  world_measure_until(w, 30 * SIM_S);
  struct node *first = node_join(w, 0);
  test_check(first->index == 3 && first->number == 2 && w->node_room == 6, "node %u, number %u", first->index, first->number);
  world_measure_until(w, 50 * SIM_S);
  struct node *second = node_join(w, 0);
  test_check(second->index == 4 && second->number == 3 && w->node_room == 6, "node %u, number %u", second->index, second->number);
  world_measure_until(w, 60 * SIM_S);
  struct view *v = view_new(w->model, true);
  view_read(v, w);
  struct bill_use use = measure_use(w->model, v, f.arena);
  test_check(fabs(use.nodes[0] - (2 + (30. + 10.) / 50)) < 1e-12 && use.nodes[1] == 1, "%.15g and %.15g nodes", use.nodes[0],
             use.nodes[1]);
  test_check(fabs(v->node_available_s[0] - 2 * (100 + 30 + 10)) < 1e-9, "%.12g core seconds", v->node_available_s[0]);
  view_free(v);
  for (uint32_t i = 0; i < w->node_count; i++)
    test_check(w->nodes[i].group_index == 1 || w->nodes[i].failures, "node %u never broke", i);
  finish(w, "growth");
  fixture_close(&f);
}

/* A machine breaks while its node is away, and that is nobody's business; while it is broken another one joins. */
static void test_broken_while_away(void) {
  struct fixture f = fixture_of(CLUSTER, "swarm", "100d");
  if (!f.scenario) return;
  struct world *w = warm_world(&f);
  node_leave(w, &w->nodes[1]);
  test_check(w->nodes[1].membership == NODE_AWAY, "Swarm replaces at once");
  node_fails(w, &w->nodes[1], DISK_UNSTATED);
  test_check(node_join(w, 0)->index == 3, "a broken machine has joined");
  world_measure_until(w, 20 * SIM_S);
  node_returns(w, &w->nodes[1]);
  test_check(w->nodes[1].membership == NODE_AWAY && !count_on(w, 1) && count_on(w, 3) == 2, "it came back with its machine");
  /* Lost while it leaves: a lost node is emptied when its loss is known. */
  node_fails(w, &w->nodes[3], DISK_UNSTATED);
  node_leave(w, &w->nodes[3]);
  test_check(node_join(w, 0)->index == 1, "the one that works is taken");
  world_measure_until(w, 60 * SIM_S);
  test_check(in_state(w, 0, CONTAINER_UP) == 4, "%u are up", in_state(w, 0, CONTAINER_UP));
  finish(w, "broken while away");
  fixture_close(&f);
}

/* The machine is lost while its pods drain: they are gone at once, and pods in their stead wait for room. */
static void test_lost_while_it_leaves(void) {
  struct fixture f = fixture_of(CLUSTER, "kubernetes", "100d");
  if (!f.scenario) return;
  struct world *w = warm_world(&f);
  node_leave(w, &w->nodes[0]);
  world_measure_until(w, 10 * SIM_S + SIM_MS);
  test_check(in_state(w, 0, CONTAINER_DRAINING) == 2 && w->nodes[0].membership == NODE_LEAVING, "it does not drain");
  test_check(placement_choose(w, &w->containers[w->services[0].first]) == NONE, "there is room on a node that leaves");
  node_fails(w, &w->nodes[0], DISK_UNSTATED);
  test_check(w->nodes[0].membership == NODE_AWAY && in_state(w, 0, CONTAINER_PENDING) == 2, "pods of a lost machine drain on");
  node_join(w, 0);
  world_measure_until(w, 60 * SIM_S);
  test_check(in_state(w, 0, CONTAINER_UP) == 4 && count_on(w, 3) == 2, "%u are up", in_state(w, 0, CONTAINER_UP));
  finish(w, "lost while it leaves");
  fixture_close(&f);
}

static const struct test_case cases[] = {{"out and in", test_out_and_in},
                                         {"growth", test_growth},
                                         {"broken while away", test_broken_while_away},
                                         {"lost while it leaves", test_lost_while_it_leaves},
                                         {0}};
const struct test_suite suite_nodes = {"nodes", cases};
