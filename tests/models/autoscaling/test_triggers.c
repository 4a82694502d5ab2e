/* Capacity that is added by hand: values worked by hand. */
#include "models/autoscaling/trigger.h"
#include "models/platform/nodes.h"
#include "tests/model_fixture.h"

/* One worker of 2 cores, two replicas of one thread each, a load of CPU time in steps. */
#define HAND                                                                                                                       \
  "{ 'aguanta': 1, 'name': 't', 'traffic': { 'x': { 'kind': 'open', 'rate': { 'steps': [ %s ] }, 'mix': { 'p': 1 } } }, "          \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '10ms' } ] } }, 'services': { 'a': { 'kind': 'app', 'replicas': 2, "    \
  "'start': '10s', 'resources': { 'requests': { 'cpu': %s }, 'limits': { 'cpu': %s } } } }, %s 'platform': { 'kind': '%s', "       \
  "'nodes': { 'vps': { "                                                                                                           \
  "'count': 1, 'cpu': 2, 'memory': '8Gi' } } }, 'triggers': { 'more': { %s } }, 'run': { 'warmup': '0s', 'window': '4h', "         \
  "'windows': 1 } }"

static double at_s(struct world *w, bool (*there)(const struct world *), double until_s) {
  for (sim_time at = 0; at <= (sim_time)(until_s * 1e9); at += SIM_S) {
    calendar_run(w->calendar, at);
    if (there(w)) return sim_seconds(at);
  }
  return INFINITY;
}

static bool two_nodes(const struct world *w) {
  uint32_t members = 0;
  for (uint32_t i = 0; i < w->node_count; i++) members += w->nodes[i].membership == NODE_MEMBER;
  return members >= 2;
}
static bool three_up(const struct world *w) { return w->services[0].in_rotation >= 3; }

/* From 600 s on 180/s of 10 ms are 1.8 of 2 cores: 90% above 80%. The looks are each minute; the first whose whole minute was
 * busy is at 660 s, so that it has been above for 300 s at 960 s, and 5 min later the worker is there: 1260 s. At 60% never.
 * With people by day 10 min to acknowledge and 20 min to find out: 3060 s. Half an hour of load is not enough for an hour. */
static void test_worker(void) {
  static const struct {
    const char *rate, *keys, *root;
    double at;
  } rows[] = {
      {"180/s", "'nodes': 'vps', 'utilization': '80%', 'for': '5min', 'add_nodes': 'vps', 'up_to': 2", "", 1260},
      {"120/s", "'nodes': 'vps', 'utilization': '80%', 'for': '5min', 'add_nodes': 'vps', 'up_to': 2", "", INFINITY},
      {"180/s", "'nodes': 'vps', 'utilization': '80%', 'for': '5min', 'add_nodes': 'vps', 'up_to': 2",
       "'people': { 'acknowledge': '10min', 'diagnose': '20min', 'act': '1h' },", 3060},
      {"180/s",
       "'nodes': 'vps', 'utilization': '80%', 'for': '5min', 'add_nodes': 'vps', 'up_to': 2, 'by': 'machine', 'takes': '1min'",
       "'people': { 'acknowledge': '10min', 'diagnose': '20min', 'act': '1h' },", 1020},
      {"180/s", "'nodes': 'vps', 'utilization': '80%', 'for': '3h', 'add_nodes': 'vps', 'up_to': 2", "", INFINITY},
      {"180/s", "'service': 'a', 'cpu': '800m', 'for': '5min', 'add_nodes': 'vps', 'up_to': 2", "", 1260},
      {"180/s", "'metric': 'm', 'value': 150, 'for': '5min', 'add_nodes': 'vps', 'up_to': 2",
       "'metrics': { 'm': { 'rate': 'a' } },", 1260},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char steps[200];
    snprintf(steps, sizeof steps,
             "{ 'from': '0s', 'rate': '20/s' }, { 'from': '600s', 'rate': '%s' }, { 'from': '9000s', 'rate': '20/s' }",
             rows[i].rate);
    struct fixture f = fixture_of(HAND, steps, "'100m'", "'unlimited'", rows[i].root, "swarm", rows[i].keys);
    if (!f.scenario) continue;
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
    double at = at_s(w, two_nodes, 14000);
    test_check(at == rows[i].at || (at > rows[i].at && at <= rows[i].at + 1),
               "row %zu: the worker is there at %.0f s, by hand %.0f s", i, at, rows[i].at);
    /* Nothing moves to it: Swarm does not rebalance. */
    if (!isinf(at)) test_check(w->nodes[1].container_count == 0 && w->nodes[0].container_count == 2, "something moved");
    world_free(w), fixture_close(&f);
  }
}

/* A replica that comes with it does: on the new node, which has none, after 10 s of start. */
static void test_replica(void) {
  static const char *const platforms[] = {"swarm", "kubernetes"};
  for (int i = 0; i < 2; i++) {
    struct fixture f =
        fixture_of(HAND, "{ 'from': '0s', 'rate': '180/s' }", "'1'", "'unlimited'", "", platforms[i],
                   "'nodes': 'vps', 'utilization': '80%', 'for': '5min', 'add_nodes': 'vps', 'add_replicas': 'a', 'up_to': 3");
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
    double at = at_s(w, three_up, 3000);
    /* 60 s to the first look, 300 s more, 300 s to act, 10 s to start; Kubernetes: a probe within 10 s and 1 s of endpoints. */
    test_check(at >= 670 && at <= 682, "%s: three replicas at %.0f s, by hand 670 s", platforms[i], at);
    test_check(w->nodes[1].container_count == 1, "%s: %u containers on the new node", platforms[i], w->nodes[1].container_count);
    calendar_run(w->calendar, 4 * SIM_HOUR - SIM_S);
    test_check(w->services[0].desired == 3, "%s: %d replicas wanted", platforms[i], w->services[0].desired);
    world_free(w), fixture_close(&f);
  }
}

/* A day of which 90% have 95% of the CPU, and the night of 10% has a tenth: the mean is 86%, above the limit, and what is asked
 * for never holds for a whole day. */
static void test_night(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 't', 'traffic': { 'x': { 'kind': 'open', 'rate': { 'steps': [ { 'from': '0s', 'rate': '19/s' }, { "
      "'from': "
      "'21h', 'rate': '1.9/s' }, { 'from': '24h', 'rate': '19/s' }, { 'from': '45h', 'rate': '1.9/s' }, { 'from': '48h', 'rate': "
      "'19/s' } ] }, 'mix': { 'p': 1 } } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '50ms' } ] } }, 'services': { "
      "'a': { "
      "'kind': 'app' } }, 'platform': { 'kind': 'swarm', 'nodes': { 'vps': { 'cpu': 1 } } }, 'triggers': { 'day': { 'nodes': "
      "'vps', "
      "'utilization': '70%%', 'every': '1h', 'for': '22h', 'add_nodes': 'vps', 'up_to': 2 }, 'hours': { 'nodes': 'vps', "
      "'utilization': '70%%', 'every': '1h', 'for': '19h', 'add_nodes': 'vps', 'up_to': 2 } }, 'run': { 'warmup': '0s', 'window': "
      "'60h', 'windows': 1 } }");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  calendar_run(w->calendar, 60 * SIM_HOUR - SIM_S);
  test_check(world_triggers(w)->each[0].times == 0 && world_triggers(w)->each[1].times == 1, "%llu and %llu times",
             (unsigned long long)world_triggers(w)->each[0].times, (unsigned long long)world_triggers(w)->each[1].times);
  world_free(w), fixture_close(&f);
}

static void test_refused(void) {
  static const struct {
    const char *keys, *message;
  } rows[] = {
      {"'nodes': 'vps', 'utilization': '80%', 'up_to': 2", "adds nothing"},
      {"'nodes': 'vps', 'add_nodes': 'vps', 'up_to': 2", "needs one limit"},
      {"'nodes': 'vps', 'cpu': '1', 'utilization': '80%', 'add_nodes': 'vps', 'up_to': 2", "needs one limit"},
      {"'service': 'a', 'utilization': '80%', 'add_nodes': 'vps', 'up_to': 2", "needs one limit"},
      {"'service': 'a', 'memory': '1Gi', 'add_nodes': 'vps', 'up_to': 2", "no memory that is modelled"},
      {"'nodes': 'vps', 'utilization': '80%', 'add_nodes': 'vps', 'up_to': 1", "no more than there are nodes"},
      {"'nodes': 'vps', 'utilization': '80%', 'add_replicas': 'a', 'up_to': 2", "no more than there are replicas"},
      {"'utilization': '80%', 'add_nodes': 'vps', 'up_to': 2", "needs one of the keys"},
      {"'metric': 'm', 'value': 1, 'add_nodes': 'vps', 'up_to': 2", "\"m\""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text t = {.length = 0};
    put(&t, HAND, "{ 'from': '0s', 'rate': '20/s' }", "'100m'", "1", "", "swarm", rows[i].keys);
    struct fixture f = fixture_try(&t);
    test_check(!f.scenario && strstr(f.refused, rows[i].message), "%s: %s", rows[i].keys, f.refused ? f.refused : "accepted");
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {
    {"worker", test_worker}, {"replica", test_replica}, {"night", test_night}, {"refused", test_refused}, {NULL, NULL}};
const struct test_suite suite_triggers = {"triggers", cases};
