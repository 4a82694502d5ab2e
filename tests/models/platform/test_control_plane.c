/* The loss of a control plane: what runs goes on, nothing is moved or scaled, endpoints stay as they are, kubelets restart in place;
 * when it is back, what was pending happens. */
#include "models/availability/outage.h"
#include "models/core/world.h"
#include "models/platform/nodes.h"
#include "tests/model_fixture.h"

/* Two nodes with a group each, a replica on each. A start takes 2 s. */
#define CLUSTER                                                                                                                    \
  "{ 'aguanta': 1, 'name': 'control', 'traffic': { 'x': { 'kind': 'open', 'rate': '10/s', 'timeout': '500ms', 'mix': { 'p': 1 } "  \
  "%s } }, 'endpoints': { "                                                                                                        \
  "'p': { 'entry': 'a', 'steps': [ { 'cpu': '1us' } ] } }, 'services': { 'a': { 'kind': 'app', 'replicas': %s, 'start': '2s', "    \
  "'balance': 'random' } }, "                                                                                                      \
  "'platform': { 'kind': 'kubernetes', %s }, 'faults': { %s }, 'run': { 'window': '3000s', 'warmup': '0s', 'windows': 1, "         \
  "'years': 1, 'years_per_replication': 1 } }"
#define TWO        "'nodes': { 'n0': { 'cpu': 4 }, 'n1': { 'cpu': 4 } }"
#define PLANE      "'plane': { 'kind': 'control-plane', 'at': '100s', 'repair': '1000s' }"
#define NODE(when) "'node': { 'kind': 'node', 'nodes': 'n0', 'at': '" when "', 'repair': '1d' }"

static struct world *quiet_world(const struct fixture *f, uint64_t seed) {
  struct world *w = world_new(&f->scenario->model, seed, 0, WORLD_AVAILABILITY);
  w->horizon = w->measured_until = SIM_DAY;
  return w;
}

static void until(struct world *w, double s) { calendar_run(w->calendar, (sim_time)(s * 1e9)); }

/* Crashed at 200 s: the kubelet looks every second and starts it again at once. It never leaves the rotation. */
static void test_kubelets_restart(void) {
  struct fixture f = fixture_of(CLUSTER, "", "2", TWO, PLANE ", 'crash': { 'kind': 'crash', 'service': 'a', 'at': '200s' }");
  struct world *w = quiet_world(&f, 1);
  until(w, 200.5);
  test_check(w->services[0].up == 1 && w->services[0].in_rotation == 2, "%u up, %u in rotation", w->services[0].up,
             w->services[0].in_rotation);
  until(w, 203.1);
  test_check(w->services[0].up == 2 && w->services[0].in_rotation == 2, "%u up, %u in rotation after the restart",
             w->services[0].up, w->services[0].in_rotation);
  world_free(w);
  fixture_close(&f);
}

/* Lost at 200 s: its pod stays in rotation. The control plane is back at 1100 s: unknown at 1150 to 1155 s, out of rotation a second
 * later, replaced after 300 s more, at 1450 to 1455 s, with 2 s of start up by 1457 s. */
static void test_node_lost_meanwhile(void) {
  struct fixture f = fixture_of(CLUSTER, "", "2", TWO, PLANE ", " NODE("200s"));
  for (uint64_t seed = 1; seed <= 8; seed++) {
    struct world *w = quiet_world(&f, seed);
    const struct container *c = &w->containers[0];
    until(w, 1150.9);
    test_check(c->in_rotation && c->node == 0, "seed %d: seen before it could be", (int)seed);
    until(w, 1156.1);
    test_check(!c->in_rotation && c->node == 0, "seed %d: still in rotation", (int)seed);
    until(w, 1449.9);
    test_check(c->node == 0, "seed %d: evicted too early", (int)seed);
    until(w, 1457.1);
    test_check(c->node == 1 && c->state == CONTAINER_UP, "seed %d: not replaced", (int)seed);
    world_free(w);
  }
  fixture_close(&f);
}

/* Lost at 30 s and unknown at 70 to 85 s, before the control plane is lost: out of rotation. Its toleration begins anew at 1100 s. */
static void test_node_lost_before(void) {
  struct fixture f = fixture_of(CLUSTER, "", "2", TWO, PLANE ", " NODE("30s"));
  struct world *w = quiet_world(&f, 1);
  const struct container *c = &w->containers[0];
  until(w, 99);
  test_check(!c->in_rotation, "unknown by 86 s");
  until(w, 1399.9);
  test_check(c->node == 0, "evicted while its toleration lasts");
  until(w, 1402.1);
  test_check(c->node == 1 && c->state == CONTAINER_UP, "not replaced");
  world_free(w);
  fixture_close(&f);
}

/* Away from 200 to 300 s: its kubelet knows no pods until the control plane tells it, at 1100 s. */
static void test_machine_back_meanwhile(void) {
  struct fixture f =
      fixture_of(CLUSTER, "", "2", TWO, PLANE ", 'node': { 'kind': 'node', 'nodes': 'n0', 'at': '200s', 'repair': '100s' }");
  struct world *w = quiet_world(&f, 1);
  const struct container *c = &w->containers[0];
  until(w, 1099.9);
  test_check(c->state == CONTAINER_DOWN && c->node == 0 && c->in_rotation, "started without a control plane");
  until(w, 1102.1);
  test_check(c->state == CONTAINER_UP && c->node == 0, "not started");
  until(w, 1114);
  test_check(c->in_rotation && c->ready, "not in rotation");
  world_free(w);
  fixture_close(&f);
}

/* What has been asked for before, a second pod to be drained, is not done meanwhile, and is done afterwards. */
static void test_drained(void) {
  struct fixture f = fixture_of(CLUSTER, "", "2, 'autoscale': { 'min': 1, 'max': 4 }", TWO, PLANE);
  struct world *w = quiet_world(&f, 1);
  until(w, 99.5);
  w->services[0].desired = 1;
  w->orchestrator->resize(w, 0); /* leaves the rotation at 100.5 s, which nobody is told */
  until(w, 1099);
  test_check(w->services[0].in_rotation == 2, "%u in rotation", w->services[0].in_rotation);
  until(w, 1102);
  test_check(w->services[0].in_rotation == 1 && w->services[0].up == 1, "%u in rotation, %u up", w->services[0].in_rotation,
             w->services[0].up);
  world_free(w);
  fixture_close(&f);
}

#define PLACES                                                                                                                     \
  "'regions': { 'us': {}, 'eu': {} }, 'network': { 'round_trip': { 'us-eu': '80ms' } }, "                                          \
  "'nodes': { 'n0': { 'cpu': 4, 'count': 2, 'region': 'us' }, 'n1': { 'cpu': 4, 'count': 2, 'region': 'eu' } }"

/* Of the two regions one has no control plane: a node that is lost there is seen later than one in the other. */
static void test_regions(void) {
  for (int lost = 0; lost < 2; lost++) {
    char faults[300];
    snprintf(
        faults, sizeof faults,
        "'plane': { 'kind': 'control-plane', 'region': 'us', 'at': '100s', 'repair': '1000s' }, 'node': { 'kind': 'node', 'nodes': "
        "'n%d', 'at': '200s', 'repair': '1d' }",
        lost);
    struct fixture f = fixture_of(CLUSTER, ", 'region': 'us'", "{ 'us': 2, 'eu': 2 }", PLACES, faults);
    struct world *w = quiet_world(&f, 1);
    until(w, 260);
    test_check(w->services[0].in_rotation == (lost ? 3u : 4u), "region %d: %u in rotation", lost, w->services[0].in_rotation);
    until(w, 600);
    test_check(w->services[0].up == (lost ? 4u : 3u), "region %d: %u up", lost, w->services[0].up);
    until(w, 1500);
    test_check(w->services[0].up == 4 && w->services[0].in_rotation == 4, "region %d: %u up in the end", lost, w->services[0].up);
    world_free(w);
    fixture_close(&f);
  }
}

/* No pod is added or taken away by the autoscaler while there is no control plane: the load wants four from the start. */
static void test_autoscaler(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'scale', 'traffic': { 'x': { 'kind': 'open', 'rate': '20/s', 'mix': { 'p': 1 } } }, 'endpoints': { "
      "'p': { 'entry': 'a', 'steps': [ { 'cpu': '10ms' } ] } }, 'services': { 'a': { 'kind': 'app', 'replicas': 1, 'start': '2s', "
      "'resources': { 'requests': { 'cpu': '100m' } }, 'autoscale': { 'min': 1, 'max': 4, 'cpu': '50%%' } } }, 'platform': { "
      "'kind': "
      "'kubernetes', 'nodes': { 'n0': { 'cpu': 4 } } }, 'faults': { 'plane': { 'kind': 'control-plane', 'at': '1s', 'repair': "
      "'299s' } }, "
      "'run': { 'window': '600s', 'warmup': '0s' } }");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  world_warm_up(w);
  world_measure_until(w, 299 * SIM_S);
  test_check(w->services[0].desired == 1, "%d wanted without a control plane", (int)w->services[0].desired);
  world_measure_until(w, 400 * SIM_S);
  test_check(w->services[0].desired == 4, "%d wanted with it", (int)w->services[0].desired);
  world_free(w);
  fixture_close(&f);
}

/* A node lost at 200 s, both kinds of run. By hand half of the requests fail from then until its pod leaves the rotation at 1151 to
 * 1156 s; without the loss of the control plane until 241 to 256 s. Random draws of 10/s over 953 s: 4767 +- 49 of 30,000. */
static void test_both_kinds_of_run(void) {
  struct fixture f = fixture_of(CLUSTER, "", "2", TWO, PLANE ", " NODE("200s"));
  struct world *w = fixture_run(&f, 3, "control plane");
  struct ends e = fixture_ends(w, 0);
  double failed = (double)(e.ended - e.by[OUTCOME_COMPLETED]) / 10;
  test_check(fabs(failed - 953.5 / 2) < 2.5 + 4 * 4.9, "with requests %.1f s are lost, by hand 476.8", failed);
  world_free(w);
  w = quiet_world(&f, 3);
  w->horizon = w->measured_until = 3000 * SIM_S;
  world_run(w);
  double lost = 3000 - world_outages(w)->total_served_ns * 1e-9;
  test_check(lost >= 951 / 2. && lost <= 956 / 2., "without requests %.1f s are lost", lost);
  world_free(w);
  fixture_close(&f);
}

/* On its own it takes nothing from anyone, and drawn ones leave each control plane on its own. */
static void test_harmless(void) {
  struct fixture f = fixture_of(CLUSTER, ", 'region': 'us'", "{ 'us': 2, 'eu': 2 }", PLACES,
                                "'plane': { 'kind': 'control-plane', 'mtbf': '5d', 'repair': '5h' }");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_AVAILABILITY);
  world_run(w);
  world_audit(w, fixture_broken, (void *)(uintptr_t) "harmless");
  const struct outage_log *log = &world_outages(w)->classes[0];
  /* 2 planes x 365 / (5 + 5/24): 140 +- 11.8. */
  test_check(log->faults >= 100 && log->faults <= 180, "%llu losses in a year", (unsigned long long)log->faults);
  test_check(log->rto.count == 0 && log->lost_ns == 0, "%llu outages", (unsigned long long)log->rto.count);
  world_free(w);
  fixture_close(&f);
}

static void test_refused(void) {
  static const struct {
    const char *kind, *says;
  } rows[] = {{"swarm", "the control plane of a swarm is its managers"},
              {"compose", "a platform of kind compose has no control plane that could be lost"},
              {"static", "a platform of kind static has no control plane that could be lost"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text t = {.length = 0};
    put(&t,
        "{ 'aguanta': 1, 'name': 'x', 'traffic': { 'x': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, 'endpoints': { "
        "'p': { "
        "'entry': 'a', 'steps': [ { 'cpu': '1us' } ] } }, 'services': { 'a': { 'kind': 'app' } }, 'platform': { 'kind': '%s', "
        "'nodes': "
        "{ 'n': { 'cpu': 4 } } }, 'faults': { 'f': { 'kind': 'control-plane', 'at': '1s', 'repair': '1h' } }, 'run': { 'window': "
        "'1s' } }",
        rows[i].kind);
    struct fixture f = fixture_try(&t);
    test_check(!f.scenario && strstr(f.refused, rows[i].says), "%s: %s", rows[i].kind, f.refused ? f.refused : "accepted");
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"kubelets restart", test_kubelets_restart},
                                         {"node lost meanwhile", test_node_lost_meanwhile},
                                         {"node lost before", test_node_lost_before},
                                         {"machine back meanwhile", test_machine_back_meanwhile},
                                         {"drained", test_drained},
                                         {"regions", test_regions},
                                         {"autoscaler", test_autoscaler},
                                         {"both kinds of run", test_both_kinds_of_run},
                                         {"harmless", test_harmless},
                                         {"refused", test_refused},
                                         {0}};
const struct test_suite suite_control_plane = {"control_plane", cases};
