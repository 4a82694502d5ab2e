/* Clients who give up and tell: at 10 s two ask, at 11 s they are gone. Who stands in a queue leaves it then, who is served or waits for
 * something that happens ends with that, and nothing is left of either. */
#include "tests/model_fixture.h"
#include "models/database/connection_pool.h"
#include "models/database/lock.h"
#include "models/database/database.h"
#include "models/guard/limiter.h"
#include "models/cache/rebuild.h"

#define APP      "'a': { 'kind': 'app', 'threads': 'unlimited' }"
#define DATABASE "'d': { 'kind': 'database' }"
#define READ     "{ 'query': 'd', 'reads': 1, 'demand': '5s' }"
#define WRITE    "{ 'query': 'd', 'writes': 1, 'demand': '1ms' }"
#define CALL(b)  "{ 'call': '" b "', 'steps': [ { 'cpu': '5s' } ] }"

static const struct {
  const char *name, *steps, *services, *more;
  uint32_t inside; /* requests, children included, after 11 s; after 20 s there are none */
} rows[] = {
    {"a thread", CALL("b"), APP ", 'b': { 'kind': 'app' }", "", 1},
    {"at the door", CALL("b"), APP ", 'b': { 'kind': 'app', 'runtime': 'threads', 'threads': 1 }", "", 1},
    {"at the door of a process", CALL("b"), APP ", 'b': { 'kind': 'app', 'runtime': 'gil', 'threads': 1, 'processes': 1 }", "", 1},
    {"workers", "{ 'cpu': '5s', 'on': 'workers' }", "'a': { 'kind': 'app', 'workers': 1 }", "", 1},
    {"a pool", READ, "'a': { 'kind': 'app', 'pools': { 'd': { 'max': 1 } } }, " DATABASE, "", 1},
    {"a pool kept in detail", READ, "'a': { 'kind': 'app', 'pools': { 'd': { 'max': 1, 'min': 1 } } }, " DATABASE, "", 1},
    {"a pooler", READ,
     "'a': { 'kind': 'app', 'pools': { 'd': { 'max': 5 } } }, " DATABASE
     ", 'b': { 'kind': 'proxy', 'pooler': { 'database': 'd', 'mode': 'transaction', 'pool_size': 1 } }",
     "", 1},
    {"a transaction's connection", "{ 'transaction': 'd', 'steps': [ " WRITE ", { 'delay': '5s' }, " WRITE " ] }",
     "'a': { 'kind': 'app', 'pools': { 'd': { 'max': 1 } } }, " DATABASE, "", 1},
    {"a lock",
     "{ 'transaction': 'd', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '1ms', 'locks': { 'row': 'r' } }, { 'delay': '5s' } "
     "] }",
     APP ", " DATABASE, "", 1},
    {"a file", "{ 'transaction': 'd', 'steps': [ " WRITE ", { 'delay': '5s' } ] }",
     APP ", 'd': { 'kind': 'database', 'database': { 'engine': 'sqlite', 'busy_timeout': '1min' } }", "", 1},
    {"a permit", "{ 'limit': 'l', 'steps': [ { 'delay': '5s' } ] }", APP,
     "'limits': { 'l': { 'kind': 'concurrency', 'limit': 1, 'queue': 9 } }, ", 1},
    {"a disk", "{ 'query': 'd', 'reads': 1, 'demand': '1ms', 'pages': 1 }",
     APP ", 'd': { 'kind': 'database', 'database': { 'buffer_hit': 0 } }", "", 1},
    {"a rebuild", "{ 'cached': 'a', 'key': 'k', 'stampede': 'coalesce', 'miss': [ { 'delay': '5s' } ] }",
     "'a': { 'kind': 'app', 'cache': { 'entries': 9 } }", "", 1},
    {"a rebuild's lock", "{ 'cached': 'c', 'key': 'k', 'stampede': 'lock', 'miss': [ { 'delay': '5s' } ] }",
     APP ", 'c': { 'kind': 'cache', 'cache': { 'entries': 9 } }", "", 1},
    {"a log", WRITE, APP ", 'd': { 'kind': 'database', 'database': { 'commit': { 'latency': '4s', 'group': false } } }", "", 2},
    {"acknowledgements", WRITE,
     APP ", 'd': { 'kind': 'database', 'replicas': 2, 'replication': { 'mode': 'synchronous', 'ship': '5s' } }", "", 2},
    {"a service outside", "{ 'external': 'e' }", APP ", 'e': { 'kind': 'external', 'latency': '5s' }", "", 2},
    {"a delay", "{ 'delay': '5s' }", APP, "", 2},
    {"jobs", "{ 'publish': 'q', 'wait': true }", APP ", 'c': { 'kind': 'cache' }, 'w': { 'kind': 'app', 'threads': 1 }",
     "'queues': { 'q': { 'at': 'c', 'workers': 'w', 'steps': [ { 'delay': '4s' } ] } }, ", 2 + 1},
    {"a quota", "{ 'cpu': '50ms' }",
     "'a': { 'kind': 'app', 'threads': 2, 'resources': { 'limits': { 'cpu': '10m', 'throttle': 'quota' } } }", "", 2},
    {"a pause", "{ 'cpu': '100ms' }", "'a': { 'kind': 'app', 'threads': 1, 'gc': { 'every': '10.05s', 'pause': '5s' } }", "", 1},
    {"a guarded call",
     "{ 'call': 'b', 'retry': { 'attempts': 3, 'backoff': '1s' }, 'timeout': '8s', 'steps': [ { 'cpu': '5s' } ] }",
     APP ", 'b': { 'kind': 'app' }", "", 2},
    {"branches", "{ 'parallel': [ { 'copies': 3, 'steps': [ " CALL("b") " ] } ] }", APP ", 'b': { 'kind': 'app' }", "", 1},
    {"all shards", "{ 'query': 'd', 'reads': 1, 'demand': '5s', 'shards': 'all' }",
     "'a': { 'kind': 'app', 'pools': { 'd': { 'max': 2 } } }, 'd': { 'kind': 'database', 'replicas': 3, 'shards': { 'count': 3, "
     "'by': 'k' } }",
     "", 2},
    {"between attempts", "{ 'call': 'e', 'retry': { 'attempts': 2, 'backoff': '6s', 'jitter': 'none' } }",
     APP ", 'e': { 'kind': 'external', 'latency': '1ms', 'failure': 1 }", "", 2},
};

static void test_cancelled(void) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'cancel', 'traffic': { 'u': { 'kind': 'closed', 'population': 2, 'think': '10s', 'timeout': '1s', "
        "'cancel': true, 'mix': { 'p': 1 } } }, 'keys': { 'k': 1 }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ %s ] } }, %s "
        "'services': { %s }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 16, 'disk': { 'latency': '5s' } } } }, "
        "'run': "
        "{ 'warmup': '0s', 'window': '20s', 'windows': 1 } }",
        rows[i].steps, rows[i].more, rows[i].services);
    if (!f.scenario) continue;
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
    calendar_run(w->calendar, 11 * SIM_S + SIM_MS);
    uint32_t inside = pool_live(&w->requests);
    test_check(inside == rows[i].inside, "%s: %u inside after they have gone, by hand %u", rows[i].name, inside, rows[i].inside);
    calendar_run(w->calendar, 20900 * SIM_MS);
    test_check(!pool_live(&w->requests) && !pool_live(&world_databases(w)->transactions) && !pool_live(&world_limits(w)->permits) &&
                   !pool_live(&world_locks(w)->holds) && !pool_live(&world_rebuilds(w)->marks),
               "%s: left in the end are %u requests, %u transactions, %u permits, %u locks and %u rebuilds", rows[i].name,
               pool_live(&w->requests), pool_live(&world_databases(w)->transactions), pool_live(&world_limits(w)->permits),
               pool_live(&world_locks(w)->holds), pool_live(&world_rebuilds(w)->marks));
    for (uint32_t c = 0; c < w->container_count; c++) {
      uint32_t in_use = 0;
      for (uint32_t k = 0; k < w->containers[c].pool_count; k++) in_use += w->containers[c].pools[k].in_use;
      test_check(!in_use && !w->containers[c].in_flight && !w->containers[c].held, "%s: container %u keeps something", rows[i].name,
                 c);
    }
    test_check(w->observation.ended[OUTCOME_TIMEOUT] == 2, "%s: %llu timed out", rows[i].name,
               (unsigned long long)w->observation.ended[OUTCOME_TIMEOUT]);
    w->horizon = w->measured_until = 20900 * SIM_MS;
    world_measure_until(w, w->measured_until);
    world_close(w);
    world_audit(w, fixture_broken, (void *)(uintptr_t)rows[i].name);
    world_free(w), fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"cancelled", test_cancelled}, {0}};
const struct test_suite suite_cancel = {"cancel", cases};
