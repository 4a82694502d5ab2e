/* Where replicas are placed: groups, selectors, taints, what a node can take, spreads, regions, managers that work. */
#include "models/core/world.h"
#include "models/platform/nodes.h"
#include "models/platform/placement.h"
#include "tests/model_fixture.h"

/* `services` next to an endpoint whose entry is "a". */
#define SCENARIO                                                                                                                   \
  "{ 'aguanta': 1, 'name': 'placement', 'traffic': { 'x': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } %s } }, "             \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '1us' } ] } }, 'services': { %s }, 'platform': { 'kind': '%s', %s }, "  \
  "'run': { 'warmup': '0s', 'window': '1s', 'windows': 1, 'years': 1, 'years_per_replication': 1 } %s }"
#define PLACES                                                                                                                     \
  "'regions': { 'us': { 'zones': ['us-a', 'us-b'] }, 'eu': { 'at': 'eu-west-1', 'zones': ['eu-a', 'eu-b', 'eu-c'] } }, "           \
  "'network': { 'round_trip': { 'us-eu': '80ms' } }, "

static const char *region_of(const char *nodes) { return strstr(nodes, "'regions'") ? ", 'region': 'us'" : ""; }

static struct fixture scenario(const char *services, const char *kind, const char *nodes, const char *more) {
  return fixture_of(SCENARIO, region_of(nodes), services, kind, nodes, more);
}

static struct fixture refused(const char *services, const char *kind, const char *nodes) {
  struct text t = {.length = 0};
  put(&t, SCENARIO, region_of(nodes), services, kind, nodes, "");
  return fixture_try(&t);
}

static struct world *quiet_world(const struct fixture *f, sim_time horizon) {
  struct world *w = world_new(&f->scenario->model, 1, 0, WORLD_AVAILABILITY);
  w->horizon = w->measured_until = horizon;
  return w;
}

/* Replicas of a service on the nodes of a group, and how many wait. */
static uint32_t on_group(const struct world *w, uint32_t service, uint32_t group) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < w->services[service].capacity; i++) {
    const struct container *c = &w->containers[w->services[service].first + i];
    count += c->node != NONE && w->nodes[c->node].group_index == group;
  }
  return count;
}

static uint32_t pending(const struct world *w) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < w->container_count; i++) count += w->containers[i].state == CONTAINER_PENDING;
  return count;
}

/* --- which groups ------------------------------------------------------------------------------------------------------------- */

static const struct {
  const char *name, *services, *kind, *nodes;
  uint32_t on[4]; /* of service "a", by group */
} places[] = {
    {"a list of groups",
     "'a': { 'kind': 'app', 'replicas': 4, 'place': ['g1', 'g2'] }",
     "kubernetes",
     "'nodes': { 'g0': { 'cpu': 4 }, 'g1': { 'cpu': 4 }, 'g2': { 'cpu': 4 } }",
     {0, 2, 2}},
    {"what another is placed on",
     "'a': { 'kind': 'app', 'replicas': 4 }, 'b': { 'kind': 'app', 'place': ['g1', 'g2'] }",
     "kubernetes",
     "'nodes': { 'g0': { 'cpu': 4 }, 'g1': { 'cpu': 4 }, 'g2': { 'cpu': 4 } }",
     {4, 0, 0}},
    {"a label",
     "'a': { 'kind': 'app', 'replicas': 4, 'node_selector': { 'disk': 'ssd' } }",
     "kubernetes",
     "'nodes': { 'g0': { 'cpu': 4 }, 'g1': { 'cpu': 4, 'labels': { 'disk': 'ssd' } }, 'g2': { 'cpu': 4, 'labels': { 'disk': 'hdd' "
     "} } }",
     {0, 4, 0}},
    {"a taint",
     "'a': { 'kind': 'app', 'replicas': 4 }",
     "kubernetes",
     "'nodes': { 'g0': { 'cpu': 4 }, 'g1': { 'cpu': 4, 'taints': ['gpu'] } }",
     {4, 0}},
    {"one of two taints",
     "'a': { 'kind': 'app', 'replicas': 4, 'tolerates': ['gpu'] }",
     "kubernetes",
     "'nodes': { 'g0': { 'cpu': 4 }, 'g1': { 'cpu': 4, 'taints': ['gpu'] }, 'g2': { 'cpu': 4, 'taints': ['gpu', 'spot'] } }",
     {2, 2, 0}},
    {"a region",
     "'a': { 'kind': 'app', 'replicas': 4, 'node_selector': { 'region': 'eu' } }",
     "kubernetes",
     PLACES "'nodes': { 'g0': { 'cpu': 4, 'region': 'us' }, 'g1': { 'cpu': 4, 'region': 'eu' } }",
     {0, 4}},
    /* Of three nodes dealt over eu-a, eu-b and eu-c one is in eu-b. */
    {"a zone",
     "'a': { 'kind': 'app', 'replicas': 4, 'node_selector': { 'zone': 'eu-b' } }",
     "kubernetes",
     PLACES "'nodes': { 'g0': { 'cpu': 4, 'region': 'us' }, 'g1': { 'count': 3, 'cpu': 4, 'region': 'eu' } }",
     {0, 4}},
    {"replicas by region",
     "'a': { 'kind': 'app', 'replicas': { 'eu': 3, 'us': 1 } }",
     "kubernetes",
     PLACES "'nodes': { 'g0': { 'cpu': 4, 'region': 'us' }, 'g1': { 'count': 3, 'cpu': 4, 'region': 'eu' } }",
     {1, 3}},
    {"a drained manager",
     "'a': { 'kind': 'app', 'replicas': 4 }",
     "swarm",
     "'nodes': { 'm': { 'cpu': 4, 'role': 'manager' }, 'w': { 'cpu': 4 } }",
     {0, 4}},
    {"a manager that works",
     "'a': { 'kind': 'app', 'replicas': 4 }",
     "swarm",
     "'nodes': { 'm': { 'cpu': 4, 'role': ['manager', 'worker'] }, 'w': { 'cpu': 4, 'role': 'worker' } }",
     {2, 2}},
    {"placed on a drained manager",
     "'a': { 'kind': 'app', 'replicas': 4, 'place': 'm' }",
     "swarm",
     "'nodes': { 'm': { 'cpu': 4, 'role': 'manager' }, 'w': { 'cpu': 4 } }",
     {4, 0}}};

static void test_groups(void) {
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    struct fixture f = scenario(places[i].services, places[i].kind, places[i].nodes, "");
    struct world *w = quiet_world(&f, SIM_S);
    for (uint32_t g = 0; g < f.scenario->model.platform.nodes.count; g++)
      test_check(on_group(w, 0, g) == places[i].on[g], "%s: %u replicas on group %u, not %u", places[i].name, on_group(w, 0, g), g,
                 places[i].on[g]);
    world_free(w);
    fixture_close(&f);
  }
}

/* By hand: 3 of 5 nodes are in zones that come first; of 7 nodes over 3 zones there are 3, 2 and 2. */
static void test_nodes_of_a_zone(void) {
  static const char *const zones[] = {"eu-a", "eu-b", "eu-c"};
  static const int64_t nodes[] = {3, 2, 2};
  for (int i = 0; i < 3; i++) {
    char service[200];
    snprintf(service, sizeof service, "'a': { 'kind': 'app', 'node_selector': { 'zone': '%s' } }", zones[i]);
    struct fixture f = scenario(service, "kubernetes", PLACES "'nodes': { 'g': { 'count': 7, 'cpu': 4, 'region': 'eu' } }", "");
    const struct model *m = &f.scenario->model;
    test_check(placement_nodes(m, model_service(m, 0), 0) == nodes[i], "%s has %lld nodes", zones[i],
               (long long)placement_nodes(m, model_service(m, 0), 0));
    fixture_close(&f);
  }
}

/* --- what a node can take ------------------------------------------------------------------------------------------------------ */

/* Replicas that find a node, of ten that ask for half a core and 1 GiB each. */
static const struct {
  const char *name, *kind, *node;
  int64_t fit;
} rooms[] = {{"by cpu", "kubernetes", "'cpu': 2, 'memory': '64Gi'", 4},
             {"by cpu less what is reserved", "kubernetes", "'cpu': 2, 'memory': '64Gi', 'reserved': { 'cpu': '300m' }", 3},
             {"by memory", "kubernetes", "'cpu': 64, 'memory': '6Gi'", 6},
             {"by memory less what is reserved", "kubernetes", "'cpu': 64, 'memory': '6Gi', 'reserved': { 'memory': '1.5Gi' }", 4},
             {"by pods", "kubernetes", "'cpu': 64, 'memory': '64Gi', 'pods': 5", 5},
             {"by pods, anywhere", "static", "'cpu': 64, 'memory': '64Gi', 'pods': 7", 7}};

static void test_room(void) {
  for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
    char nodes[300], service[200];
    snprintf(nodes, sizeof nodes, "'nodes': { 'n': { %s } }", rooms[i].node);
    snprintf(service, sizeof service,
             "'a': { 'kind': 'app', 'replicas': %lld, 'resources': { 'requests': { 'cpu': '500m', 'memory': '1Gi' } } }",
             (long long)rooms[i].fit);
    struct fixture f = scenario(service, rooms[i].kind, nodes, "");
    struct world *w = quiet_world(&f, SIM_S);
    test_check(placement_room_for(w, 0) == 0, "%s: there is room for %lld more", rooms[i].name,
               (long long)placement_room_for(w, 0));
    world_free(w);
    fixture_close(&f);
  }
}

static void test_pods_by_default(void) {
  /* 110 on Kubernetes; more elsewhere. */
  static const char *const kinds[] = {"kubernetes", "swarm", "compose", "static"};
  for (int i = 0; i < 4; i++)
    for (int replicas = 110; replicas <= 111; replicas++) {
      char service[100];
      snprintf(service, sizeof service, "'a': { 'kind': 'app', 'replicas': %d }", replicas);
      struct fixture f = refused(service, kinds[i], "'nodes': { 'n': { 'cpu': 64, 'memory': '64Gi' } }");
      test_check((f.scenario != NULL) == (i > 0 || replicas == 110), "%d replicas on %s", replicas, kinds[i]);
      if (!f.scenario) test_check(strstr(f.refused, "only 110 of its 111 replicas") != NULL, "%s", f.refused);
      fixture_close(&f);
    }
}

/* --- spread ------------------------------------------------------------------------------------------------------------------- */

#define ZONED                                                                                                                      \
  "'nodes': { 'a': { 'cpu': %s, 'region': 'eu', 'zone': 'eu-a' }, 'b': { 'cpu': 4, 'region': 'eu', 'zone': 'eu-b' }, "             \
  "'c': { 'count': 2, 'cpu': 4, 'region': 'eu', 'zone': 'eu-c' } }"
static const struct {
  const char *name, *spread, *cpu;
  int replicas;
  uint32_t on[3]; /* by zone */
} spreads[] = {
    /* Six replicas over four nodes with the fewest first: 2, 2, 1, 1. */
    {"none", "", "4", 6, {2, 2, 2}},
    {"none, more", "", "4", 8, {2, 2, 4}},
    /* After 2, 2, 2 the seventh goes to zone c, whose nodes have one each, and the eighth to the first of the others. */
    {"hard over zones", ", 'spread': { 'over': 'zone', 'hard': true }", "4", 8, {3, 2, 3}},
    {"soft over zones", ", 'spread': 'zone'", "4", 9, {3, 3, 3}},
    /* Zone a has room for one: a soft spread goes on without it. */
    {"soft where it cannot hold", ", 'spread': { 'over': 'zone' }", "1", 9, {1, 4, 4}},
    /* A hard one may be one above the emptiest. */
    {"hard where it just holds", ", 'spread': { 'over': 'zone', 'hard': true }", "1", 5, {1, 2, 2}},
    {"a skew of two", ", 'spread': { 'over': 'zone', 'hard': true, 'skew': 2 }", "1", 7, {1, 3, 3}},
    {"over nodes", ", 'spread': { 'over': 'node', 'hard': true }", "1", 7, {1, 2, 4}}};

static void test_spread(void) {
  for (size_t i = 0; i < sizeof spreads / sizeof *spreads; i++) {
    char service[300], nodes[500];
    snprintf(service, sizeof service, "'a': { 'kind': 'app', 'replicas': %d, 'resources': { 'requests': { 'cpu': 1 } } %s }",
             spreads[i].replicas, spreads[i].spread);
    snprintf(nodes, sizeof nodes, PLACES ZONED, spreads[i].cpu);
    struct fixture f = scenario(service, "kubernetes", nodes, "");
    struct world *w = quiet_world(&f, SIM_S);
    for (uint32_t g = 0; g < 3; g++)
      test_check(on_group(w, 0, g) == spreads[i].on[g], "%s: %u in zone %u, not %u", spreads[i].name, on_group(w, 0, g), g,
                 spreads[i].on[g]);
    world_free(w);
    fixture_close(&f);
  }
}

/* One more than a hard spread lets in is refused where the spread stands. */
static void test_spread_refused(void) {
  char nodes[500];
  snprintf(nodes, sizeof nodes, PLACES ZONED, "1");
  struct fixture f = refused(
      "'a': { 'kind': 'app', 'replicas': 6, 'resources': { 'requests': { 'cpu': 1 } }, 'spread': { 'over': 'zone', 'hard': true } "
      "}",
      "kubernetes", nodes);
  test_check(!f.scenario && strstr(f.refused, "hard: only 5 of its 6 replicas can be placed: eu-a has 1, eu-b has 2, eu-c has 2"),
             "%s", f.refused ? f.refused : "accepted");
  fixture_close(&f);
}

/* Zone a is lost with its two of six pods: the domain is still there, empty, so that a hard spread keeps both waiting; a soft one
 * does not, and each of the other zones has three. Kubernetes: nodeTaintsPolicy Ignore. Evicted after 50 + 5 + 300 s at most. */
static void test_spread_after_a_loss(void) {
  for (int hard = 0; hard < 2; hard++) {
    char service[300];
    snprintf(service, sizeof service, "'a': { 'kind': 'app', 'replicas': 6, 'spread': { 'over': 'zone', 'hard': %s } }",
             hard ? "true" : "false");
    struct fixture f =
        scenario(service, "kubernetes",
                 PLACES "'nodes': { 'a': { 'cpu': 4, 'region': 'eu', 'zone': 'eu-a' }, 'b': { 'cpu': 4, 'region': 'eu', "
                        "'zone': 'eu-b' }, 'c': { 'cpu': 4, 'region': 'eu', 'zone': 'eu-c' } }",
                 ", 'faults': { 'x': { 'kind': 'node', 'nodes': 'a', 'at': '100s', 'repair': '1000s' } }");
    struct world *w = quiet_world(&f, SIM_HOUR);
    calendar_run(w->calendar, 600 * SIM_S);
    test_check(pending(w) == (hard ? 2u : 0u), "hard %d: %u wait", hard, pending(w));
    test_check(on_group(w, 0, 1) == (hard ? 2u : 3u), "hard %d: %u in zone b", hard, on_group(w, 0, 1));
    calendar_run(w->calendar, 1300 * SIM_S);
    test_check(pending(w) == 0 && w->services[0].in_rotation == 6, "hard %d: %u wait in the end", hard, pending(w));
    world_free(w);
    fixture_close(&f);
  }
}

/* A replica of a lost region waits for it: it does not move to another region, which has room. */
static void test_replicas_stay_in_their_region(void) {
  static const char *const kinds[] = {"kubernetes", "swarm"};
  for (int i = 0; i < 2; i++) {
    struct fixture f =
        scenario("'a': { 'kind': 'app', 'replicas': { 'us': 2, 'eu': 3 } }", kinds[i],
                 PLACES "'nodes': { 'u': { 'cpu': 4, 'region': 'us' }, 'e': { 'count': 3, 'cpu': 4, 'region': 'eu' } }",
                 ", 'faults': { 'x': { 'kind': 'node', 'nodes': 'u', 'at': '100s', 'repair': '1000s' } }");
    struct world *w = quiet_world(&f, SIM_HOUR);
    calendar_run(w->calendar, 1000 * SIM_S);
    test_check(pending(w) == 2 && on_group(w, 0, 1) == 3, "%s: %u wait, %u in eu", kinds[i], pending(w), on_group(w, 0, 1));
    calendar_run(w->calendar, 1200 * SIM_S);
    test_check(on_group(w, 0, 0) == 2 && w->services[0].in_rotation == 5, "%s: %u back in us", kinds[i], on_group(w, 0, 0));
    world_free(w);
    fixture_close(&f);
  }
}

/* --- one region more or less by option ---------------------------------------------------------------------------------------- */

#define TWO_REGIONS PLACES "'nodes': { 'u': { 'cpu': 4, 'region': 'us' }, 'e': { 'cpu': 4, 'region': 'eu' } }"

/* A number for all, or a number for one region, in place of what the file says. */
static void test_set(void) {
  static const struct {
    const char *option;
    int64_t all;
    uint32_t us, eu;
  } rows[] = {{"services.a.replicas.eu=4", 6, 2, 4},
              {"services.a.replicas={\"eu\": 2}", 2, 0, 2},
              {"services.a.replicas=3", 3, 2, 1},
              {"services.a.replicas.us={\"value\": 1, \"source\": \"measured\", \"range\": [1, 3]}", 2, 1, 1}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text t = {.length = 0};
    put(&t, SCENARIO, ", 'region': 'us'", "'a': { 'kind': 'app', 'replicas': { 'us': 2, 'eu': 1 } }", "kubernetes", TWO_REGIONS,
        "");
    struct fixture f = {.arena = arena_new()};
    struct diagnostics *d = diagnostics_new(f.arena);
    struct scenario_override set = {.path = rows[i].option};
    f.scenario = scenario_read_text(f.arena, d, "set", t.bytes, &set, 1);
    if (test_check(f.scenario != NULL, "%s: %s", rows[i].option, diagnostics_render(d, f.arena))) {
      struct world *w = quiet_world(&f, SIM_S);
      test_check(model_service(&f.scenario->model, 0)->replicas == rows[i].all && on_group(w, 0, 0) == rows[i].us &&
                     on_group(w, 0, 1) == rows[i].eu,
                 "%s: %u in us, %u in eu", rows[i].option, on_group(w, 0, 0), on_group(w, 0, 1));
      world_free(w);
    }
    fixture_close(&f);
  }
}

/* --- ways and machines for plans ---------------------------------------------------------------------------------------------- */

/* Two of three nodes of "a" are in us, "d" is in eu: a way takes 40 ms from us, and within eu, whose nodes are dealt over
 * three zones, 1/3 x 0.25 + 2/3 x 0.35 = 0.317 ms in the mean: 2/3 x 40 + 1/3 x 0.317 = 26.772 ms. What may meet on a node,
 * one of one region, takes no time: 26.667 ms. */
static void test_ways(void) {
  struct fixture f =
      scenario("'a': { 'kind': 'app', 'place': ['u', 'e'] }, 'd': { 'kind': 'database', 'place': 'e' }", "kubernetes",
               PLACES "'nodes': { 'u': { 'count': 2, 'cpu': 4, 'region': 'us' }, 'e': { 'cpu': 4, 'region': 'eu' } }", "");
  const struct model *m = &f.scenario->model;
  const struct service_config *a = model_service(m, 0), *d = model_service(m, 1);
  double way = (double)placement_way(m, a, d) * 1e-6, hop = (double)placement_hop(m, a, d, HOP_ANYWHERE, -1) * 1e-6;
  test_check(fabs(way - (2 * 40 + (0.25 + 2 * 0.35) / 3) / 3) < 1e-5, "a way of %.4f ms", way);
  test_check(fabs(hop - 80 / 3.) < 1e-5, "a hop of %.4f ms", hop);
  fixture_close(&f);
}

/* --- the audit ---------------------------------------------------------------------------------------------------------------- */

static void count_broken(void *count, const char *message) {
  (void)message;
  ++*(int *)count;
}

static int broken(const struct world *w) {
  int count = 0;
  world_audit(w, count_broken, &count);
  return count;
}

/* Each invariant, broken by hand in a world that keeps it. */
static void test_audit(void) {
  struct fixture f = scenario(
      "'a': { 'kind': 'app', 'replicas': { 'us': 2, 'eu': 3 }, 'spread': { 'over': 'zone', 'hard': true } }", "kubernetes",
      PLACES "'nodes': { 'u': { 'count': 2, 'cpu': 4, 'region': 'us' }, 'e': { 'count': 3, 'cpu': 4, 'region': 'eu' } }", "");
  struct world *w = quiet_world(&f, SIM_S);
  world_run(w);
  test_check(broken(w) == 0, "the audit reports %d", broken(w));
  w->nodes[0].cpu_requested++;
  test_check(broken(w) == 1, "requests in the books: %d", broken(w));
  w->nodes[0].cpu_requested--;
  nodes_offer(w->nodes[0].group)->pods = 0;
  test_check(broken(w) == 2, "more replicas than a node takes: %d", broken(w));
  nodes_offer(w->nodes[0].group)->pods = 110;
  w->containers[0].home = 1;
  test_check(broken(w) == 1, "another region: %d", broken(w));
  w->containers[0].home = 0;
  service_placement(model_service(w->model, 0))->groups[0] = false;
  test_check(broken(w) == 2, "a node that may not run it: %d", broken(w));
  service_placement(model_service(w->model, 0))->groups[0] = true;
  service_placement(model_service(w->model, 0))->spread.skew = 0;
  test_check(placement_worst_skew(w, 0) == 1 && broken(w) == 1, "a hard spread: %d", broken(w));
  world_free(w);
  fixture_close(&f);
}

static const struct test_case cases[] = {{"groups", test_groups},
                                         {"nodes of a zone", test_nodes_of_a_zone},
                                         {"room", test_room},
                                         {"pods by default", test_pods_by_default},
                                         {"spread", test_spread},
                                         {"spread refused", test_spread_refused},
                                         {"spread after a loss", test_spread_after_a_loss},
                                         {"replicas stay in their region", test_replicas_stay_in_their_region},
                                         {"set", test_set},
                                         {"ways", test_ways},
                                         {"audit", test_audit},
                                         {0}};
const struct test_suite suite_placement = {"placement", cases};
