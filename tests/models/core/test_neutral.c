/* Keys with values that do nothing: the run is, bit for bit, the one without them, crashes and all (docs/validation.md, metamorphic relations). Those
 * of pools, calls, runtimes and platforms beside what is here stand with their suites. */
#include "tests/model_fixture.h"
#include "models/jobs/job_queue.h"
#include "models/core/world.h"

/* Where a key may stand. */
enum place { SOURCE, ENDPOINT, LOOKUP, CALL, QUERY, APP, OTHER, DATABASE, POOL, CACHE, NODE, QUEUE, FILES, TOP, PLACES };

struct pair {
  const char *name;
  enum place place;
  const char *without, *with;
};

#define PAUSES      ", 'gc': { 'every': '1s', 'pause': "
#define REPLICAS    ", 'replicas': 3, 'replication': { 'ship': '2ms'"
#define BALANCED(x) ", 'replicas': 3, 'balance': " x
#define GROWN(x)    ", 'growth': { 'rows': 1e6, 'measured_at': 1e6" x " }"
#define POOLED      ", 'pools': { 'd': { 'max': 7"
#define POOLER(x)                                                                                                                  \
  ", 'z': { 'kind': 'proxy', 'threads': 'unlimited', 'pooler': { 'database': 'd', 'demand': '0s', 'max_clients': 'unlimited', "    \
  "'pool_size': 'unlimited', 'mode': '" x "' } }"

static const struct pair pairs[] = {
    {"pauses of no time", APP, "", PAUSES "'0s' }"},
    {"pauses that do not come", APP, "", ", 'gc': { 'every': '1h', 'pause': '1s' }"},
    {"no warm-up", APP, "", ", 'warm_up': { 'factor': 1, 'requests': 100 }"},
    {"one process", APP, "", ", 'processes': { 'count': 1, 'deal': 'random' }"},
    {"one process, dealt by idleness", OTHER, "", ", 'processes': { 'count': 1, 'deal': 'idle' }"},
    {"workers that nobody asks", APP, "", ", 'workers': 3"},
    {"memory that nothing takes", APP, "",
     ", 'memory': { 'base': '1Mi', 'per_request': '0B', 'per_connection': '0B', 'leak': '0B' }"},
    {"memory that suffices", DATABASE, "", ", 'memory': { 'base': '1Mi', 'per_request': '1kB', 'per_connection': '1kB' }"},
    {"a deadline that is never reached", APP, "", ", 'queue_deadline': '1h'"},
    {"a target that is never missed", APP, "", ", 'codel': { 'target': '1h', 'interval': '1h' }"},
    {"ranks that are all alike", APP, "", ", 'discipline': 'priority'"},
    {"turns that nobody leaves", OTHER, BALANCED("'round-robin'"),
     BALANCED("{ 'policy': 'round-robin', 'eject': { 'failures': 1000000 } }")},
    {"a quota without limit", OTHER, "",
     ", 'resources': { 'limits': { 'cpu': 'unlimited', 'throttle': 'quota', 'period': '10ms' } }"},
    {"a law that costs nothing", DATABASE, "", ", 'scalability': { 'contention': 0, 'coherency': 0 }"},
    {"a law that costs nothing, of what is open", DATABASE, "",
     ", 'scalability': { 'contention': 0, 'coherency': 0, 'counts': 'open' }"},
    {"connections without limit", DATABASE, "", ", 'connections': { 'max': 'unlimited', 'setup': '0s', 'handshake': '0s' }"},
    {"all in memory", DATABASE, "", ", 'database': { 'buffer_hit': 1 }"},
    {"more memory than data", DATABASE, "", ", 'database': { 'buffer_pool': '2GB', 'data': '1GB' }"},
    {"commits of no time", DATABASE, "", ", 'database': { 'commit': { 'latency': '0s' } }"},
    {"hand-overs that cost nothing", DATABASE, "", ", 'database': { 'hand_over': { 'order': 'fifo', 'cpu': '0s' } }"},
    {"nobody waits for a lock", DATABASE, "", ", 'database': { 'hand_over': { 'order': 'barging', 'cpu': '1s' } }"},
    {"commits that compute nothing", DATABASE, "", ", 'database': { 'commit': { 'cpu': '0s' } }"},
    {"queries that do not wait", QUERY, "", ", 'wait': '0s'"},
    {"waits for locks", DATABASE, "", ", 'database': { 'lock_wait': 'never' }"},
    {"one shard", DATABASE, ", 'replicas': 2", ", 'replicas': 2, 'shards': { 'count': 1, 'by': 'k' }"},
    {"one shard of a cache", CACHE, "", ", 'shards': { 'count': 1, 'by': 'k', 'full_coverage': false }"},
    {"a lag that is never reached", DATABASE, REPLICAS " }", REPLICAS ", 'max_lag': '1h' }"},
    {"reads after writes at no time", DATABASE, REPLICAS " }", REPLICAS ", 'after_write': '0s' }"},
    {"nobody is promoted in time", DATABASE, REPLICAS " }", REPLICAS ", 'failover': { 'detect': '1h', 'promote': '1h' } }"},
    {"a backup that is not needed", DATABASE, REPLICAS " }", REPLICAS " }, 'backup': { 'every': '1h', 'restore': '1s' }"},
    {"a table that has not grown", QUERY, "", GROWN("")},
    {"growth without a slope", QUERY, "", ", 'growth': { 'rows': 8e6, 'measured_at': 1e6, 'slope': 0 }"},
    {"as many parts as growth", QUERY, "", ", 'growth': { 'rows': 8e6, 'measured_at': 1e6, 'partitions': 8, 'access': 'scan' }"},
    {"pages in memory", QUERY, "", ", 'pages': 100"},
    {"writes as dear as reads", QUERY, "", ", 'write_demand': { 'exponential': '2ms' }"},
    {"rows that nobody else wants", QUERY, "", ", 'locks': { 'table': 't', 'shared': true }"},
    {"a pool without limit", POOL, "", ", 'pools': { 'd': { 'max': 'unlimited', 'min': 2, 'idle': '1h', 'queue': 'unlimited' } }"},
    {"a pool in detail", POOL, POOLED " } }", POOLED ", 'queue': 1000000, 'order': 'fifo' } }"},
    {"a pooler by transaction", FILES, "", POOLER("transaction")},
    {"a pooler by session", FILES, "", POOLER("session")},
    {"a pooler by statement", FILES, "", POOLER("statement")},
    {"hyper-threads that are cores", NODE, "", ", 'smt': 1"},
    {"a disk that nobody reads", NODE, "", ", 'disk': { 'iops': 10 }"},
    {"items that do not scatter", CACHE, ", 'cache': { 'ttl': '1s' }", ", 'cache': { 'ttl': '1s', 'jitter': 0, 'policy': 'lfu' }"},
    {"room for all items", CACHE, "", ", 'cache': { 'entries': 1000000, 'policy': 'lru' }"},
    {"a cure that only counts", LOOKUP, "", ", 'stampede': 'none'"},
    {"an own memory without room", LOOKUP, "", ", 'l1': true"},
    {"a call that is never given up", CALL, "", ", 'timeout': '1h'"},
    {"a call that is tried once", CALL, "", ", 'retry': { 'attempts': 1, 'backoff': '1s' }"},
    {"a breaker that holds", CALL, "", ", 'breaker': { 'calls': 1000, 'minimum': 1000, 'failures': 1 }"},
    {"a queue without a bound", QUEUE, "", ", 'bound': 1000000, 'full': 'drop'"},
    {"jobs that are taken at once", QUEUE, "", ", 'latency': '0s'"},
    {"jobs that nobody takes twice", QUEUE, "", ", 'deliveries': 1000000"},
    {"a client with time", SOURCE, "", ", 'timeout': '1h', 'cancel': true"},
    {"a client who asks once", SOURCE, "", ", 'retry': { 'attempts': 1, 'backoff': '1s' }"},
    {"one at a time", SOURCE, "", ", 'batch': 1"},
    {"no burst", SOURCE, "", ", 'dispersion': { 'index': 1 }"},
    {"no way", SOURCE, "", ", 'connection': { 'round_trip': '0s', 'tls': 'none', 'requests': 1 }"},
    {"a line without limit", SOURCE, "", ", 'link': { 'down': 'unlimited', 'up': 'unlimited' }"},
    {"nothing at the edge", ENDPOINT, "", ", 'cdn': { 'hit': 0 }"},
    {"bytes over no line", ENDPOINT, "", ", 'request': '1kB', 'response': '1MB'"},
    {"a fault that does not come", TOP, "", ", 'g': { 'kind': 'crash', 'service': 'd', 'at': '1h' }"},
};

static struct fixture opened(const struct pair *p, const char *text) {
  const char *at[PLACES];
  for (int i = 0; i < PLACES; i++) at[i] = i == (int)p->place ? text : "";
  bool pool = p->place == FILES; /* before a pooler a pool is demanded */
  return fixture_of(
      "{ 'aguanta': 1, 'name': 'neutral', 'keys': { 'k': { 'of': 200, 'zipf': 0.9 } }, 'traffic': { 'x': { 'kind': 'open', 'rate': "
      "'150/s', 'mix': { 'p': 1 }%s } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '3ms' } }, { "
      "'cached': 'c', 'key': 'k', 'miss': [ { 'query': 'd', 'reads': 2, 'writes': 1, 'demand': { 'exponential': '2ms' }%s } ]%s }, "
      "{ 'call': 'b', 'steps': [ { 'cpu': '1ms' } ]%s }, { 'publish': 'q' } ]%s } }, 'queues': { 'q': { 'at': 'r', 'workers': 'w', "
      "'steps': [ { 'cpu': { 'exponential': '10ms' } }, { 'query': 'd', 'reads': 1, 'demand': '1ms' } ], 'concurrency': 2, "
      "'on_crash': 'requeue'%s } }, 'services': { 'a': { 'kind': 'app', 'replicas': 2, 'start': '500ms', 'cache': { 'entries': 0 "
      "}%s%s }, 'b': { 'kind': 'app', 'start': '500ms'%s }, 'c': { 'kind': 'cache'%s }, 'd': { 'kind': 'database', 'start': "
      "'300ms'%s }, 'r': { 'kind': 'queue' }, 'w': { 'kind': 'app', 'threads': 2%s }%s }, 'platform': { 'kind': 'compose', "
      "'network': { 'between_nodes': '0s' }, 'nodes': { 'n': { 'cpu': 2%s } } }, 'faults': { 'f': { 'kind': 'crash', 'service': "
      "'a', 'mtbf': '9s' }, 'h': { 'kind': 'crash', 'service': 'd', 'mtbf': '15s' }%s }, 'run': { 'warmup': '1s', 'window': '30s', "
      "'windows': 1 } }",
      at[SOURCE], at[QUERY], at[LOOKUP], at[CALL], at[ENDPOINT], at[QUEUE], at[APP], pool ? POOLED "000 } }" : at[POOL], at[OTHER],
      at[CACHE], at[DATABASE], pool ? POOLED "000 } }" : "", at[FILES], at[NODE], at[TOP]);
}

static void test_neutral(void) {
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    const struct pair *p = &pairs[i];
    struct fixture f = opened(p, p->without), g = opened(p, p->with);
    if (f.scenario && g.scenario) {
      struct world *a = fixture_run(&f, 5, p->name), *b = fixture_run(&g, 5, p->name);
      const struct endpoint_window *x = &a->observation.endpoints[0].windows[0], *y = &b->observation.endpoints[0].windows[0];
      uint64_t done = world_jobs(a)->queues[0].done;
      test_check(x->ended[OUTCOME_REFUSED] > 50 && done > 1000, "%s: %llu refused, %llu jobs: nothing happens", p->name,
                 (unsigned long long)x->ended[OUTCOME_REFUSED], (unsigned long long)done);
      test_check(fixture_same_window(x, y) && a->observation.sojourn_ns == b->observation.sojourn_ns &&
                     done == world_jobs(b)->queues[0].done,
                 "%s: %llu completed with a mean of %.9f ms, and %llu jobs; without %llu, %.9f ms, %llu", p->name,
                 (unsigned long long)y->ended[OUTCOME_COMPLETED], histogram_mean(&y->latency) * 1e-6,
                 (unsigned long long)world_jobs(b)->queues[0].done, (unsigned long long)x->ended[OUTCOME_COMPLETED],
                 histogram_mean(&x->latency) * 1e-6, (unsigned long long)done);
      world_free(a), world_free(b);
    }
    fixture_close(&f), fixture_close(&g);
  }
}

static const struct test_case cases[] = {{"neutral", test_neutral}, {0}};
const struct test_suite suite_neutral = {"neutral", cases};
