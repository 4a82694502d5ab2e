/* States of routing: what is looked up is what the walk finds, for every kind of answer and any order of faults; replicas that are
 * alike make one state; a change that nobody has marked is found by the audit. */
#include "models/availability/carrying.h"
#include "models/availability/outage.h"
#include "models/availability/state.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/faults/fault.h"
#include "tests/model_fixture.h"

/* --- random faults ------------------------------------------------------------------------------------------------------------- */

#define HEAD "{ 'aguanta': 1, 'name': 's', 'run': { 'warmup': '0s', 'window': '300s', 'years': 1 }, "
#define ONE  "'traffic': { 't': { 'kind': 'open', 'rate': '3/s', 'timeout': '4s', 'mix': { 'p': 2, 'q': 1 } } }, "
#define BOTH "'traffic': { 't': { 'kind': 'open', 'region': { 'us': 2, 'eu': 1 }, 'rate': '3/s', 'mix': { 'p': 2, 'q': 1 } } }, "
#define CALLS                                                                                                                      \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'call': 'b', 'steps': [ %s ] } ] }, 'q': { 'entry': 'a', 'steps': [] } }, "
#define NEAR(b)                                                                                                                    \
  "'services': { 'a': { 'kind': 'app', 'place': [ 'x', 'y' ], 'replicas': { 'us': 3, 'eu': 2 } }, 'b': { 'kind': 'app', "          \
  "'replicas': 7" b " } "
#define ALONE                                                                                                                      \
  "'services': { 'a': { 'kind': 'app', 'replicas': 3, 'place': [ 'x', 'y' ] }, 'b': { 'kind': 'app', 'replicas': 5, 'place': [ "   \
  "'x', 'y' ]"
#define ZONES  "'regions': { 'us': { 'zones': [ 'us-a', 'us-b' ] }, 'eu': {} }, 'network': { 'round_trip': { 'us-eu': '75ms' } }, "
#define WIDE   "'nodes': { 'x': { 'cpu': 64, 'count': 4, 'region': 'us' }, 'y': { 'cpu': 64, 'count': 3, 'region': 'eu' } } }, "
#define NODES  "'nodes': { 'x': { 'cpu': 64, 'count': 3 }, 'y': { 'cpu': 64, 'speed': 0.7, 'count': 2 } } }, "
#define LOST   "'n': { 'kind': 'node', 'nodes': 'x', 'mtbf': '30h', 'repair': '40m' }, "
#define LOST_Y "'m': { 'kind': 'node', 'nodes': 'y', 'mtbf': '20h', 'repair': '2h' }, "
#define HANGS  "'h': { 'kind': 'hang', 'service': 'b', 'mtbf': '25h', 'repair': '10m' }, "
#define CRASHES                                                                                                                    \
  HANGS "'c': { 'kind': 'crash', 'service': 'b', 'mtbf': '9h' }, 'd': { 'kind': 'crash', 'service': 'a', 'mtbf': '11h' }"
#define PLACES                                                                                                                     \
  "'r': { 'kind': 'region', 'region': 'us', 'mtbf': '90h', 'repair': '3h' }, "                                                     \
  "'z': { 'kind': 'zone', 'zone': 'us-b', 'mtbf': '70h', 'repair': '2h' }, "                                                       \
  "'l': { 'kind': 'link', 'between': [ 'us', 'eu' ], 'mtbf': '50h', 'repair': '20m' }, "
#define QUERIES "{ 'query': 'd', 'reads': 1, 'demand': '1us', 'on': 'any' }, { 'query': 'd', 'writes': 1, 'demand': '1us' }"
#define DB      ", 'd': { 'kind': 'database', 'place': 'y', 'start': '3m'"
#define DOWN    ", 'e': { 'kind': 'crash', 'service': 'd', 'mtbf': '8h' }"

static const struct {
  const char *name, *traffic, *steps, *services, *platform, *places, *faults, *more;
} rows[] = {
    {"compose", ONE, "", ALONE " } }, ", "compose", NODES, LOST CRASHES, ""},
    {"kubernetes", ONE, "", ALONE " } }, ", "kubernetes", NODES, LOST LOST_Y CRASHES, ""},
    {"swarm", ONE, "", ALONE " } }, ", "swarm", NODES, LOST LOST_Y CRASHES, ""},
    {"a quorum of four", ONE, "", ALONE ", 'quorum': 4 } }, ", "static", NODES, LOST CRASHES, ""},
    {"weights of groups", ONE, "", ALONE ", 'balance': { 'policy': 'weighted' } } }, ", "kubernetes", NODES, LOST LOST_Y CRASHES,
     ""},
    {"a cache that may be missed", ONE, "{ 'cached': 'k', 'hit': '80%', 'miss': [ { 'delay': '1ms' } ] }",
     ALONE " }, 'k': { 'kind': 'cache', 'place': 'x' } }, ", "kubernetes", NODES,
     LOST CRASHES ", 'k': { 'kind': 'crash', 'service': 'k', 'mtbf': '5h' }", ""},
    {"a database alone", ONE, QUERIES, ALONE " }" DB " } }, ", "kubernetes", NODES, LOST LOST_Y CRASHES DOWN, ""},
    {"replicas", ONE, QUERIES,
     ALONE " }" DB ", 'replicas': 3, 'replication': { 'failover': { 'detect': '3s', 'promote': '20s' } } } }, ", "kubernetes",
     NODES, LOST LOST_Y CRASHES DOWN, ""},
    {"synchronous replicas", ONE, QUERIES,
     ALONE " }" DB ", 'replicas': 3, 'replication': { 'mode': 'synchronous', 'acks': 2, 'failover': { 'by': 'patroni' } } } }, ",
     "compose", NODES, LOST LOST_Y CRASHES DOWN, ""},
    {"old addresses", ONE, QUERIES,
     ALONE ", 'pools': { 'd': { 'max': 9, 'socket_timeout': '40s', 'address_ttl': '2m' } } }" DB
           ", 'replicas': 2, 'replication': { 'failover': { 'detect': '3s', 'promote': '20s' } } } }, ",
     "compose", NODES, LOST LOST_Y CRASHES DOWN, ""},
    {"shards", ONE, "{ 'query': 'd', 'reads': 1, 'demand': '1us' }, { 'query': 'd', 'writes': 1, 'demand': '1us' }",
     ALONE " }" DB ", 'replicas': 6, 'shards': { 'count': 3, 'by': 'k', 'failover': '20s' } } }, ", "compose", NODES,
     LOST LOST_Y CRASHES DOWN, ", 'keys': { 'k': { 'of': 1000, 'zipf': 0.9 } }"},
    {"jobs", ONE, "{ 'publish': 'j', 'wait': true }",
     ALONE " }, 'w': { 'kind': 'app', 'replicas': 2, 'place': 'x' }, 'k': { 'kind': 'queue', 'place': 'x' } }, ", "swarm", NODES,
     LOST CRASHES ", 'w': { 'kind': 'crash', 'service': 'w', 'mtbf': '5h' }",
     ", 'queues': { 'j': { 'at': 'k', 'workers': 'w', 'steps': [ { 'cpu': '1ms' } ] } }"},
    {"regions, clusters", BOTH, "", NEAR(", 'place': [ 'x', 'y' ]") "}, ", "kubernetes", ZONES WIDE, PLACES LOST CRASHES,
     ", 'dns': { 'check': {}, 'policy': 'geo', 'stragglers': { 'share': '3%', 'for': '1h' } }"},
    {"regions, a mesh", BOTH, "", NEAR(", 'locality': 'region', 'place': [ 'x', 'y' ]") "}, ", "static", ZONES WIDE,
     PLACES LOST CRASHES, ""},
    {"regions, zones", BOTH, "", NEAR(", 'locality': 'zone', 'place': [ 'x', 'y' ]") "}, ", "kubernetes", ZONES WIDE,
     PLACES LOST CRASHES, ", 'dns': { 'check': {}, 'policy': 'anycast' }"},
    {"regions, anywhere", BOTH, "", NEAR(", 'locality': 'none', 'place': [ 'x', 'y' ]") "}, ", "static", ZONES WIDE,
     PLACES LOST LOST_Y CRASHES, ", 'dns': { 'check': {}, 'policy': 'weight', 'weights': { 'us': 3, 'eu': 1 } }"},
    {"a database over regions", BOTH, QUERIES,
     NEAR(", 'place': [ 'x', 'y' ]") ", 'd': { 'kind': 'database', 'place': [ 'x', 'y' ], 'replicas': { 'us': 2, 'eu': 1 }, "
                                     "'replication': { 'primary': 'us', 'reads': 'local', "
                                     "'failover': { 'by': 'patroni', 'votes': { 'us': 1, 'eu': 1, 'third': 1 }, 'witnesses': [ "
                                     "'third' ] } } } }, ",
     "static", ZONES WIDE, PLACES LOST CRASHES DOWN, ", 'dns': { 'check': {}, 'policy': 'geo' }"},
};

static struct fixture row_open(size_t i) {
  static _Thread_local struct text t;
  t.length = 0;
  put(&t, HEAD "%s", rows[i].traffic);
  put(&t, CALLS, rows[i].steps);
  put(&t, "%s 'platform': { 'kind': '%s', %s 'faults': { %s }%s }", rows[i].services, rows[i].platform, rows[i].places,
      rows[i].faults, rows[i].more);
  return fixture_open(&t);
}

static void test_as_walked(void) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = row_open(i);
    if (!f.scenario) continue;
    struct model m = f.scenario->model; /* with a book, so that strain and the arrangement are audited too */
    struct carrying *book = m.parts[PART_carrying] = carrying_new(&m);
    struct world *w = world_new(&m, 7, 0, WORLD_AVAILABILITY);
    struct outage_book *b = world_outages(w);
    b->audited = true;
    w->measured_until = w->horizon = 60 * SIM_DAY;
    world_run(w);
    test_check(!b->mismatches && b->audits > 500, "%s: %llu of %llu states are not what the walk finds", rows[i].name,
               (unsigned long long)b->mismatches, (unsigned long long)b->audits);
    world_free(w), carrying_free(book), fixture_close(&f);
  }
}

/* With requests the same book is kept. */
static void test_as_walked_with_requests(void) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = row_open(i);
    if (!f.scenario) continue;
    struct world *w = world_new(&f.scenario->model, 7, 0, WORLD_TRAFFIC);
    struct outage_book *b = world_outages(w);
    b->audited = true;
    world_warm_up(w);
    /* Every container of b and d in turn, and machines. */
    for (uint32_t k = 0; k < w->container_count; k++) {
      lifecycle_crash(w, &w->containers[k]);
      world_measure_until(w, world_now(w) + 10 * SIM_S);
    }
    test_check(!b->mismatches && b->audits > 5, "%s: %llu of %llu states are not what the walk finds", rows[i].name,
               (unsigned long long)b->mismatches, (unsigned long long)b->audits);
    world_free(w), fixture_close(&f);
  }
}

/* --- which states there are ---------------------------------------------------------------------------------------------------- */

/* One after the other of five alike replicas crashes under Kubernetes. By hand four states,
 * whichever it is: all five serve; one in rotation does not; four are in rotation and serve; a fifth serves and is not in rotation
 * yet. */
static void test_alike(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 's', 'run': { 'warmup': '0s', 'window': '9000s' }, 'traffic': { 't': { 'kind': "
      "'open', 'rate': '1/day', 'mix': { 'p': 1 } } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [] } }, 'services': { "
      "'a': { 'kind': 'app', 'replicas': 5 }, 'unasked': { 'kind': 'app', 'replicas': 2 } }, "
      "'platform': { 'kind': 'kubernetes', 'nodes': { 'x': { 'cpu': 64 } } } }");
  if (!f.scenario) return;
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  w->horizon = w->measured_until;
  world_warm_up(w);
  for (uint32_t k = 0; k < w->container_count; k++) {
    lifecycle_crash(w, &w->containers[k]);
    world_measure_until(w, world_now(w) + 1000 * SIM_S);
  }
  test_check(world_outages(w)->states.count == 4, "%u states", world_outages(w)->states.count);
  world_free(w), fixture_close(&f);
}

/* A replica is gone from the rotation's count and nobody has marked it: the key is that of before. */
static void test_unmarked(void) {
  struct fixture f = row_open(0);
  if (!f.scenario) return;
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_AVAILABILITY);
  struct outage_book *b = world_outages(w);
  b->audited = true;
  world_warm_up(w);
  world_measure_until(w, 1);
  test_check(b->audits == 1 && !b->mismatches, "%llu audits, %llu of them wrong", (unsigned long long)b->audits,
             (unsigned long long)b->mismatches);
  w->containers[0].state = CONTAINER_DOWN;
  parts_changed(w);
  world_measure_until(w, 2);
  test_check(b->audits == 2 && b->mismatches == 1, "%llu audits, %llu of them wrong", (unsigned long long)b->audits,
             (unsigned long long)b->mismatches);
  world_free(w), fixture_close(&f);
}

static const struct test_case cases[] = {{"as walked", test_as_walked},
                                         {"as walked with requests", test_as_walked_with_requests},
                                         {"alike", test_alike},
                                         {"unmarked", test_unmarked},
                                         {NULL, NULL}};
const struct test_suite suite_states = {"states", cases};
