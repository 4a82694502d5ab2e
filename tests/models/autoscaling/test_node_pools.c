/* Nodes that come while pods find no room, go when they are not needed, or are taken back: values worked by hand. */
#include "models/autoscaling/node_autoscaler.h"
#include "models/autoscaling/node_pool.h"
#include "models/core/audit.h"
#include "models/core/part.h"
#include "models/platform/nodes.h"
#include "tests/model_fixture.h"

/* Service a has as many replicas as the metric says, each of 1 core and 1 GiB. */
#define GROWS                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'g', 'traffic': { 'x': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, 'endpoints': { 'p': { "  \
  "'entry': 'a', 'steps': [ { 'delay': '1ms' } ] } }, 'metrics': { 'm': { 'values': [ %s ] } }, 'services': { 'a': { 'kind': "     \
  "'app', 'start': '1s', 'resources': { 'requests': { 'cpu': 1, 'memory': '1Gi' } }, 'autoscale': { 'min': 1, 'max': 400, "        \
  "'behavior': { 'scale_up': { 'policies': { 'percent': 100000, 'period': '15s' } }, 'scale_down': { 'window': '0s' } }, "         \
  "'metrics': [ { 'external': 'm', 'average': 1 } ] } %s } }, %s 'platform': { 'kind': 'kubernetes', 'kubernetes': { "             \
  "'readiness_period': '1s', 'autoscaler_sync': '1s', 'downscale_window': '1s' }, 'nodes': { %s } }, 'run': { 'warmup': '0s', "    \
  "'window': '3h', 'windows': 1 } }"

static struct world *grows(struct fixture *f, uint64_t seed, const char *values, const char *keys, const char *root,
                           const char *nodes) {
  *f = fixture_of(GROWS, values, keys, root, nodes);
  return f->scenario ? world_new(&f->scenario->model, seed, 0, WORLD_TRAFFIC) : NULL;
}

static uint32_t members(const struct world *w, uint32_t group) { return pool_members(&world_pools(w)->each[group]); }

static sim_time first_time(struct world *w, sim_time from, sim_time until, sim_time step,
                           bool (*there)(const struct world *, uint32_t), uint32_t number) {
  for (sim_time at = from; at <= until; at += step) {
    calendar_run(w->calendar, at);
    if (there(w, number)) return at;
  }
  return SIM_NEVER;
}

static bool serve(const struct world *w, uint32_t up) { return w->services[0].up >= up; }
static bool at_most(const struct world *w, uint32_t nodes) { return members(w, 0) <= nodes; }

static void close_world(struct world *w, struct fixture *f, const char *name) {
  part_numbered(PART_node_pools)->audit(&(struct audit){w, fixture_broken, (void *)(uintptr_t)name});
  world_free(w), fixture_close(f);
}

/* 340 pods at 100 s, of 4 cores a node: 85 nodes. From the wish (a sync: 0 to 1 s) a scan (0 to 10, or 0 to 1 s), the provision
 * time and 1 s of start. Measured: 5:48, 1:23 and 1:18. */
static void test_presets(void) {
  static const struct {
    const char *preset;
    double measured_s, scan_s;
  } rows[] = {{"aks-cluster-autoscaler", 348, 10}, {"aks-node-auto-provisioning", 83, 1}, {"karpenter", 78, 1}};
  for (int i = 0; i < 3; i++) {
    struct fixture f;
    char root[100];
    snprintf(root, sizeof root, "'node_autoscaler': { 'preset': '%s' },", rows[i].preset);
    struct world *w = grows(&f, 1, "{ 'at': '0s', 'value': 1 }, { 'at': '100s', 'value': 340 }", "", root,
                            "'n': { 'count': 1, 'cpu': 4, 'memory': '16Gi', 'autoscale': { 'min': 1, 'max': 100 } }");
    double took = sim_seconds(first_time(w, 100 * SIM_S, 600 * SIM_S, 100 * SIM_MS, serve, 340)) - 100;
    test_check(fabs(took - rows[i].measured_s) <= rows[i].scan_s / 2 + 1.5, "%s: %.1f s, measured %.0f s", rows[i].preset, took,
               rows[i].measured_s);
    test_check(members(w, 0) == 85, "%s: %u nodes, by hand 85", rows[i].preset, members(w, 0));
    close_world(w, &f, rows[i].preset);
  }
}

/* 12 pods, 4 a node: 3 nodes, 2 more than there are, asked for at the first scan after 60 s (10 s at most), there 60 s later.
 * From 1000 s on 2 are wanted. The two pods of the 12 that stay are the oldest, which are on the first node; the other nodes are
 * empty and go together 600 s later, and a scan: 1600 to 1611 s. */
static void test_up_and_down(void) {
  struct fixture f;
  struct world *w =
      grows(&f, 3, "{ 'at': '0s', 'value': 2 }, { 'at': '60s', 'value': 12 }, { 'at': '1000s', 'value': 2 }", "", "",
            "'n': { 'count': 1, 'cpu': 4, 'memory': '16Gi', 'autoscale': { 'min': 1, 'max': 10, 'provision': '60s' } }");
  double up = sim_seconds(first_time(w, 60 * SIM_S, 300 * SIM_S, 100 * SIM_MS, serve, 12));
  test_check(up >= 121 && up <= 132.1, "12 serve at %.1f s", up);
  calendar_run(w->calendar, 990 * SIM_S);
  test_check(members(w, 0) == 3, "%u nodes at 990 s", members(w, 0));
  double down = sim_seconds(first_time(w, 1000 * SIM_S, 2000 * SIM_S, 100 * SIM_MS, at_most, 1));
  test_check(down >= 1600 && down <= 1612, "one node at %.1f s", down);
  const struct node *away = &w->nodes[1];
  test_check(away->membership == NODE_AWAY && w->services[0].up == 2, "membership %d, %u up", (int)away->membership,
             w->services[0].up);
  close_world(w, &f, "up and down");
}

/* At most 4 nodes of 4: 16 pods of 30; 14 wait. Half of what a node has is requested: needed; with one pod of 4 it is not, and
 * its pod moves. With a delay after add of 2 h it stays. */
static void test_limits(void) {
  struct fixture f;
  struct world *w = grows(&f, 1, "{ 'at': '0s', 'value': 1 }, { 'at': '60s', 'value': 30 }", "", "",
                          "'n': { 'count': 1, 'cpu': 4, 'memory': '16Gi', 'autoscale': { 'max': 4, 'provision': '60s' } }");
  calendar_run(w->calendar, SIM_HOUR);
  uint32_t waits = 0;
  for (uint32_t i = 0; i < w->container_count; i++) waits += w->containers[i].state == CONTAINER_PENDING;
  test_check(members(w, 0) == 4 && w->services[0].up == 16 && waits == 14, "%u nodes, %u up, %u wait", members(w, 0),
             w->services[0].up, waits);
  uint32_t meter = ((const struct node_autoscaler_keys *)model_part(w->model, PART_node_pools))->waiting[0];
  test_check(level_value(&w->observation.meters[meter].level) == 14, "the meter has %lld",
             (long long)level_value(&w->observation.meters[meter].level));
  close_world(w, &f, "limits");
}

/* Two nodes with one pod of b each (1 of 4 cores: 25%): one goes after 600 s and its pod starts on the other. With 2 of 4 cores
 * (50%) both are needed. With min 2 both stay. A budget that leaves one of two is asked. */
static void test_moves(void) {
  static const struct {
    const char *cpu, *keys, *min;
    uint32_t nodes;
  } rows[] = {{"1", "", "1", 1},
              {"2", "", "1", 2},
              {"1", "", "2", 2},
              {"1", ", 'budget': { 'min_available': 1 }", "1", 1},
              {"1", ", 'spread': { 'over': 'node', 'hard': true, 'skew': 1 }", "1", 2}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'g', 'traffic': { 'x': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, 'endpoints': { "
        "'p': { "
        "'entry': 'b', 'steps': [ { 'delay': '1ms' } ] } }, 'services': { 'b': { 'kind': 'app', 'replicas': 2, 'start': '1s', "
        "'resources': { 'requests': { 'cpu': %s, 'memory': '1Gi' } } %s } }, 'platform': { 'kind': 'kubernetes', 'nodes': { 'n': { "
        "'count': 2, 'cpu': 4, 'memory': '16Gi', 'autoscale': { 'min': %s, 'max': 4 } } } }, 'run': { 'warmup': '0s', 'window': "
        "'1h', "
        "'windows': 1 } }",
        rows[i].cpu, rows[i].keys, rows[i].min);
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
    calendar_run(w->calendar, 590 * SIM_S);
    test_check(members(w, 0) == 2, "row %zu: %u nodes at 590 s", i, members(w, 0));
    calendar_run(w->calendar, 700 * SIM_S);
    test_check(members(w, 0) == rows[i].nodes && w->services[0].up == 2, "row %zu: %u nodes, %u up", i, members(w, 0),
               w->services[0].up);
    close_world(w, &f, "moves");
  }
}

/* Nine pods fill one node of each; three more of 1 core come. small: 1 core, 1 GiB, 10 a month: 3 nodes, nothing wasted, 10 a
 * pod. large: 8 cores and 8 GiB, 24 a month: one node, 5/8 wasted, 8 a pod. */
static void test_expanders(void) {
  static const struct {
    const char *expander;
    uint32_t small, large;
  } rows[] = {{"first", 3, 0}, {"least-waste", 3, 0}, {"price", 0, 1}};
  char path[] = "/tmp/prices-XXXXXX";
  int file = mkstemp(path);
  const char *prices =
      "{ \"title\": \"t\", \"items\": { \"s\": { \"price\": \"10 USD/month\", \"source\": \"x\", \"date\": \"2026-11-30\" }, "
      "\"l\": { \"price\": \"24 USD/month\", \"source\": \"x\", \"date\": \"2026-11-30\" } } }";
  test_check(file >= 0 && write(file, prices, strlen(prices)) == (ssize_t)strlen(prices), "no file");
  for (int i = 0; i < 3; i++) {
    struct fixture f;
    char root[200];
    snprintf(root, sizeof root, "'node_autoscaler': { 'expander': '%s' }, 'prices': '%s',", rows[i].expander, path);
    struct world *w =
        grows(&f, 1, "{ 'at': '0s', 'value': 9 }, { 'at': '60s', 'value': 12 }", ", 'replicas': 9", root,
              "'small': { 'cpu': 1, 'memory': '1Gi', 'price': 's', 'autoscale': { 'max': 10 } }, 'large': { 'cpu': 8, 'memory': "
              "'8Gi', 'price': 'l', 'autoscale': { 'max': 10 } }");
    if (!w) continue;
    calendar_run(w->calendar, 400 * SIM_S);
    test_check(members(w, 0) == 1 + rows[i].small && members(w, 1) == 1 + rows[i].large, "%s: %u small and %u large",
               rows[i].expander, members(w, 0) - 1, members(w, 1) - 1);
    close_world(w, &f, rows[i].expander);
  }
  close(file), unlink(path);
}

/* 10 spot machines of 1 h each, for 100 h. A machine is a member until its notice, 120 s before its end: 3600 e^(-120/3600) =
 * 3482 s in the mean; 200 s after the notice another one joins. So 10 x 360,000 / 3682 = 978 are taken (sd 31), and 10 x 3482 /
 * 3682 = 9.457 are members. */
static void test_spot(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'g', 'traffic': { 'x': { 'kind': 'open', 'rate': '1/min', 'mix': { 'p': 1 } } }, 'endpoints': { "
      "'p': { "
      "'entry': 'b', 'steps': [ { 'delay': '1ms' } ] } }, 'services': { 'b': { 'kind': 'app', 'replicas': 10, 'start': '1s', "
      "'resources': { 'requests': { 'cpu': 1, 'memory': '1Gi' } } } }, 'platform': { 'kind': 'kubernetes', 'nodes': { 'n': { "
      "'count': "
      "10, 'cpu': 4, 'memory': '16Gi', 'spot': { 'lasts': '1h', 'notice': '2min' }, 'autoscale': { 'min': 9, 'max': 10, "
      "'provision': "
      "'200s' } } } }, 'run': { 'warmup': '0s', 'window': '100h', 'windows': 1 }, 'node_autoscaler': { 'threshold': 0 } }");
  struct world *w = fixture_run(&f, 1, "spot");
  const struct pool_config *p = nodes_pool(model_nodes(w->model, 0));
  double taken = w->observation.meters[p->taken].course.sums[0],
         mean = w->observation.meters[p->nodes].course.sums[0] / (100 * 3600e9);
  test_check(fabs(taken - 978) < 100, "%g machines taken, by hand 978", taken);
  test_check(fabs(mean - 9.457) < 0.06, "%.3f members in the mean, by hand 9.457", mean);
  test_check(w->services[0].up == 10, "%u up", w->services[0].up);
  world_free(w), fixture_close(&f);
}

/* Machines that are taken back while faults hold them down, without a handler, and in years without requests: nothing is lost
 * for good. */
static void test_spot_and_faults(void) {
  static const char *const runs[] = {"'warmup': '0s', 'window': '50h', 'windows': 1", "'window': '1s', 'years': 1"};
  for (int i = 0; i < 4; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'g', 'traffic': { 'x': { 'kind': 'open', 'rate': '1/min', 'mix': { 'p': 1 } } }, 'endpoints': { "
        "'p': { "
        "'entry': 'b', 'steps': [ { 'delay': '1ms' } ] } }, 'services': { 'b': { 'kind': 'app', 'replicas': 4, 'start': '1s', "
        "'resources': { 'requests': { 'cpu': 1, 'memory': '1Gi' } } } }, 'platform': { 'kind': '%s', 'nodes': { 'n': { 'count': 5, "
        "'cpu': 2, 'memory': '16Gi', 'spot': { 'lasts': '%s', 'notice': '30s', 'handled': %s } } } }, 'faults': { 'loss': { "
        "'kind': "
        "'node', 'nodes': 'n', 'mtbf': '%s', 'repair': '10min' } }, 'run': { %s } }",
        i < 2 ? "kubernetes" : "swarm", i == 3 ? "2d" : "1h", i % 2 ? "false" : "true", i == 3 ? "2d" : "1h", runs[i == 3]);
    struct world *w = world_new(&f.scenario->model, 1, 0, i == 3 ? WORLD_AVAILABILITY : WORLD_TRAFFIC);
    w->horizon = w->measured_until;
    world_run(w);
    if (i < 3) world_audit(w, fixture_broken, (void *)(uintptr_t)f.scenario->model.platform.kind->member.word);
    uint32_t there = members(w, 0) + world_pools(w)->each[0].upcoming;
    test_check(there == 5, "run %d: %u machines are there or on their way", i, there);
    world_free(w), fixture_close(&f);
  }
}

static void test_refused(void) {
  static const struct {
    const char *root, *nodes, *message;
  } rows[] = {
      {"", "'n': { 'cpu': 4, 'autoscale': { 'min': 5, 'max': 4 } }", "\"max\" is less than \"min\""},
      {"", "'n': { 'cpu': 4, 'autoscale': { 'min': 1, 'max': 1 } }", "cannot grow or shrink"},
      {"", "'n': { 'count': 5, 'cpu': 4, 'autoscale': { 'min': 1, 'max': 4 } }", "begins outside of"},
      {"'node_autoscaler': { },", "'n': { 'cpu': 4 }", "no node group can grow"},
      {"'node_autoscaler': { 'expander': 'best' },", "'n': { 'cpu': 4, 'autoscale': { 'max': 4 } }", "least-waste"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text t = {.length = 0};
    put(&t, GROWS, "{ 'at': '0s', 'value': 1 }", "", rows[i].root, rows[i].nodes);
    struct fixture f = fixture_try(&t);
    test_check(!f.scenario && strstr(f.refused, rows[i].message), "%s: %s", rows[i].nodes, f.refused ? f.refused : "accepted");
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"presets", test_presets},
                                         {"up_and_down", test_up_and_down},
                                         {"limits", test_limits},
                                         {"moves", test_moves},
                                         {"expanders", test_expanders},
                                         {"spot", test_spot},
                                         {"spot_and_faults", test_spot_and_faults},
                                         {"refused", test_refused},
                                         {NULL, NULL}};
const struct test_suite suite_node_pools = {"node_pools", cases};
