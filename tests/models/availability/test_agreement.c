/* For databases, caches, poolers, queues, processes and forks: the same single fault, played with requests and without, fails
 * the same share of them. */
#include "models/platform/nodes.h"
#include "tests/model_fixture.h"
#include "models/availability/outage.h"
#include "models/core/world.h"

enum { RATE = 200, SECONDS = 60, STRIKES_AT = 20 };

struct fault {
  const char *service; /* whose process crashes, or null: a machine is lost */
  uint32_t number;     /* of the replica; of the machine */
};

/* One scenario: endpoints p and, where there is one, q, both asked as often. */
struct row {
  const char *name, *endpoints, *services, *nodes, *more;
  const char *platform;
  struct fault fault;
};

#define APP      "'a': { 'kind': 'app', 'place': 'x', 'backlog': 'unlimited' }"
#define POOLS    "'a': { 'kind': 'app', 'place': 'x', 'backlog': 'unlimited', 'pools': { 'd': { 'max': 50, 'lifetime': '5ms' } } }"
#define HERE     "'x': { 'cpu': 64 }, 'y': { 'cpu': 64, 'count': 4 }"
#define READ(on) "{ 'query': 'd', 'reads': 1, 'demand': '1us', 'on': '" on "' }"
#define WRITE    "{ 'query': 'd', 'writes': 1, 'demand': '1us' }"
#define P(steps) "'p': { 'entry': 'a', 'steps': [ " steps " ] }"
#define PQ(p, q) P(p) ", 'q': { 'entry': 'a', 'steps': [ " q " ] }"
#define DB(more)                                                                                                                   \
  "'d': { 'kind': 'database', 'place': 'y', 'start': '5s', 'connect_timeout': '1ms', 'backlog': 'unlimited'" more " }"
#define KIND(k) .platform = k
#define CACHE(more)                                                                                                                \
  "'c': { 'kind': 'cache', 'place': 'y', 'start': '5s', 'connect_timeout': '1ms', 'backlog': 'unlimited'" more " }"

static const struct row rows[] = {
    {"replicas by role, the primary dies",
     PQ(READ("menu"), WRITE),
     APP ", " DB(", 'replicas': 3, 'replication': { 'roles': [ 'menu' ], 'failover': { 'detect': '3s', 'promote': '2s' } }"),
     HERE,
     "",
     "compose",
     {"d", 0}},
    {"replicas by role, the one of the role dies",
     PQ(READ("menu"), READ("replicas")),
     APP ", " DB(", 'replicas': 3, 'replication': { 'roles': [ 'menu' ], 'failover': { 'detect': '3s', 'promote': '2s' } }"),
     HERE,
     "",
     "compose",
     {"d", 1}},
    {"replicas by role, another dies",
     PQ(READ("menu"), READ("any")),
     APP ", " DB(", 'replicas': 3, 'replication': { 'roles': [ 'menu' ], 'failover': { 'detect': '3s', 'promote': '2s' } }"),
     HERE,
     "",
     "compose",
     {"d", 2}},
    {"kubernetes: replicas by role, the primary's machine dies",
     PQ(READ("menu"), WRITE),
     APP ", " DB(", 'replicas': 3, 'replication': { 'roles': [ 'menu' ], 'failover': { 'detect': '3s', 'promote': '2s' } }"),
     HERE,
     "",
     "kubernetes",
     {NULL, 1}},
    {"swarm: any, replica machine dies",
     PQ(READ("any"), READ("replicas")),
     APP ", " DB(", 'replicas': 3, 'replication': { 'roles': [ 'menu' ], 'failover': { 'detect': '3s', 'promote': '2s' } }"),
     HERE,
     "",
     "swarm",
     {NULL, 2}},
    {"swarm: a network volume, the machine dies",
     PQ(READ("any"), WRITE),
     APP ", " DB(", 'volume': { 'kind': 'network', 'detach': '5s' }"),
     HERE,
     "",
     "swarm",
     {NULL, 1}},
    {"synchronous, one of two replicas dies",
     PQ(READ("any"), WRITE),
     APP ", " DB(", 'replicas': 2, 'replication': { 'mode': 'synchronous', 'failover': { 'detect': '3s', 'promote': '2s' } }"),
     HERE,
     "",
     "compose",
     {"d", 1}},
    {"synchronous-apply, one of two replicas dies",
     PQ(READ("any"), WRITE),
     APP
     ", " DB(", 'replicas': 2, 'replication': { 'mode': 'synchronous-apply', 'failover': { 'detect': '3s', 'promote': '2s' } }"),
     HERE,
     "",
     "compose",
     {"d", 1}},
    {"transaction, primary",
     PQ("{ 'transaction': 'd', 'steps': [ " READ("any") ", { 'delay': '5ms' }, " WRITE " ] }", READ("any")),
     POOLS ", " DB(", 'replicas': 3, 'replication': { }"),
     HERE,
     "",
     "compose",
     {"d", 0}},
    {"connections with setup, a replica dies",
     PQ(READ("primary"), WRITE),
     POOLS ", " DB(", 'replicas': 3, 'connections': { 'max': 100, 'setup': '10us' }, 'replication': { }"),
     HERE,
     "",
     "compose",
     {"d", 2}},
    {"connections with setup, no replication, a replica dies",
     PQ(READ("primary"), READ("any")),
     POOLS ", " DB(", 'replicas': 3, 'connections': { 'max': 100, 'setup': '10us' }"),
     HERE,
     "",
     "compose",
     {"d", 2}},
    {"sharded database",
     PQ(READ("any"), WRITE),
     APP ", " DB(", 'replicas': 4, 'shards': { 'count': 2, 'by': 'k', 'failover': '4s' }"),
     HERE,
     "",
     "compose",
     {"d", 0}},
    {"sharded database, replica",
     PQ(READ("any"), WRITE),
     APP ", " DB(", 'replicas': 4, 'shards': { 'count': 2, 'by': 'k', 'failover': '4s' }"),
     HERE,
     "",
     "compose",
     {"d", 3}},
    {"sharded database, all",
     PQ("{ 'query': 'd', 'reads': 1, 'demand': '1us', 'shards': 'all' }", READ("any") ", " WRITE),
     APP ", " DB(", 'replicas': 4, 'shards': { 'count': 4, 'by': 'k' }"),
     HERE,
     "",
     "compose",
     {"d", 2}},
    {"sharded cache",
     PQ("{ 'cached': 'c', 'key': 'k', 'demand': '1us', 'miss': [ " READ("any") " ] }", "{ 'command': 'c', 'demand': '1us' }"),
     APP ", " DB("") ", " CACHE(", 'replicas': 4, 'shards': { 'count': 4, 'by': 'k' }"),
     HERE,
     "",
     "compose",
     {"c", 1}},
    {"sharded cache, full coverage",
     PQ("{ 'cached': 'c', 'key': 'k', 'demand': '1us', 'miss': [ " READ("any") " ] }", "{ 'command': 'c', 'demand': '1us' }"),
     APP ", " DB("") ", " CACHE(", 'replicas': 4, 'shards': { 'count': 4, 'by': 'k', 'full_coverage': true, 'detect': '1s' }"),
     HERE,
     "",
     "compose",
     {"c", 1}},
    {"sharded cache, database down",
     PQ("{ 'cached': 'c', 'hit': '70%', 'demand': '1us', 'miss': [ " READ("any") " ] }", "{ 'command': 'c', 'demand': '1us' }"),
     APP ", " DB("") ", " CACHE(", 'replicas': 4, 'shards': { 'count': 4, 'by': 'k' }"),
     HERE,
     "",
     "compose",
     {"d", 0}},
    {"cache down, fallback",
     PQ("{ 'cached': 'c', 'hit': '70%', 'demand': '1us', 'miss': [ " READ("any") " ] }", "{ 'command': 'c', 'demand': '1us' }"),
     APP ", " DB("") ", " CACHE(""),
     HERE,
     "",
     "compose",
     {"c", 0}},
    {"cache with lock",
     PQ("{ 'cached': 'c', 'key': 'k', 'ttl': '50ms', 'demand': '1us', 'stampede': 'lock', 'miss': [ " READ("any") " ] }",
        "{ 'command': 'c', 'demand': '1us' }"),
     APP ", " DB("") ", " CACHE(""),
     HERE,
     "",
     "compose",
     {"c", 0}},
    {"pooler dies",
     PQ(READ("any"), "{ 'transaction': 'd', 'steps': [ " READ("any") ", " WRITE " ] }"),
     POOLS ", " DB("") ", 'b': { 'kind': 'proxy', 'place': 'y', 'start': '5s', 'connect_timeout': '1ms', 'backlog': 'unlimited', "
                       "'pooler': { 'database': 'd', 'demand': '1us', 'login': '10us' } }",
     HERE,
     "",
     "compose",
     {"b", 0}},
    {"pooler's database dies",
     PQ(READ("any"), "{ 'transaction': 'd', 'steps': [ " READ("any") ", " WRITE " ] }"),
     POOLS ", " DB("") ", 'b': { 'kind': 'proxy', 'place': 'y', 'start': '5s', 'connect_timeout': '1ms', 'backlog': 'unlimited', "
                       "'pooler': { 'database': 'd', 'demand': '1us', 'login': '10us' } }",
     HERE,
     "",
     "compose",
     {"d", 0}},
    {"pooler's database with replicas, one dies",
     PQ(READ("any"), "{ 'transaction': 'd', 'steps': [ " READ("any") ", " WRITE " ] }"),
     POOLS ", " DB(
         ", 'replicas': 3, 'connections': { 'max': 100, 'setup': '10us' }") ", 'b': { 'kind': 'proxy', 'place': 'y', 'start': "
                                                                            "'5s', 'connect_timeout': '1ms', 'backlog': "
                                                                            "'unlimited', 'pooler': { 'database': 'd', 'demand': "
                                                                            "'1us', 'login': '10us', 'lifetime': '5ms' } }",
     HERE,
     "",
     "compose",
     {"d", 1}},
    {"jobs, broker dies",
     PQ("{ 'publish': 'j' }", "{ 'publish': 'j', 'wait': true }"),
     APP ", " CACHE("") ", 'w': { 'kind': 'app', 'place': 'y', 'replicas': 3, 'start': '5s' }",
     HERE,
     "'queues': { 'j': { 'at': 'c', 'workers': 'w', 'concurrency': 50, 'demand': '1us', 'steps': [ { 'cpu': '1us' } ] } }, ",
     "compose",
     {"c", 0}},
    {"jobs, a worker dies",
     PQ("{ 'publish': 'j' }", "{ 'publish': 'j', 'wait': true }"),
     APP ", " CACHE("") ", 'w': { 'kind': 'app', 'place': 'y', 'replicas': 3, 'start': '5s' }",
     HERE,
     "'queues': { 'j': { 'at': 'c', 'workers': 'w', 'concurrency': 50, 'demand': '1us', 'steps': [ { 'cpu': '1us' } ] } }, ",
     "compose",
     {"w", 0}},
    {"jobs, the only worker dies",
     PQ("{ 'publish': 'j' }", "{ 'publish': 'j', 'wait': true }"),
     APP ", " CACHE("") ", 'w': { 'kind': 'app', 'place': 'y', 'start': '9s' }",
     HERE,
     "'queues': { 'j': { 'at': 'c', 'workers': 'w', 'concurrency': 50, 'demand': '1us', 'steps': [ { 'cpu': '1us' } ] } }, ",
     "compose",
     {"w", 0}},
    {"jobs, their database dies, retried",
     PQ("{ 'publish': 'j' }", "{ 'publish': 'j', 'wait': true }"),
     APP ", " CACHE("") ", " DB(", 'replicas': 2, 'balance': 'random'") ", 'w': { 'kind': 'app', 'place': 'y', 'start': '9s' }",
     HERE,
     "'queues': { 'j': { 'at': 'c', 'workers': 'w', 'concurrency': 50, 'demand': '1us', 'steps': [ " READ(
         "any") " ], 'retry': { 'attempts': 3, 'backoff': '1ms' } } }, ",
     "compose",
     {"d", 0}},
    {"processes",
     PQ("{ 'call': 'm', 'steps': [ { 'cpu': '1us' } ] }",
        "{ 'call': 'm', 'steps': [ { 'cpu': '1us' } ], 'retry': { 'attempts': 2, 'backoff': '0s' } }"),
     APP ", 'm': { 'kind': 'app', 'place': 'y', 'replicas': 3, 'runtime': 'gil', 'processes': { 'count': 4, 'deal': 'idle' }, "
         "'start': '5s', 'balance': 'random' }",
     HERE,
     "",
     "compose",
     {"m", 1}},
    {"a fork, 2 of 3, random",
     PQ("{ 'parallel': [ { 'copies': 3, 'steps': [ { 'call': 'm', 'steps': [ { 'cpu': '1us' } ] } ] } ], 'need': 2 }",
        "{ 'parallel': [ { 'copies': 2, 'steps': [ { 'call': 'm', 'steps': [ { 'cpu': '1us' } ] } ] } ], 'cancel': true }"),
     APP ", 'm': { 'kind': 'app', 'place': 'y', 'replicas': 3, 'start': '5s', 'balance': 'random' }",
     HERE,
     "",
     "compose",
     {"m", 1}},
    {"a fork of two branches, in turn",
     PQ("{ 'parallel': [ { 'steps': [ { 'call': 'm', 'steps': [ { 'cpu': '1us' } ] } ] }, { 'steps': [ { 'call': 'm', 'steps': [ { "
        "'cpu': '1us' } ] } ] } ] }",
        "{ 'cpu': '1us' }"),
     APP ", 'm': { 'kind': 'app', 'place': 'y', 'replicas': 2, 'start': '5s' }",
     HERE,
     "",
     "compose",
     {"m", 1}},
    {"retries",
     PQ("{ 'call': 'm', 'steps': [ { 'cpu': '1us' } ], 'retry': { 'attempts': 2, 'backoff': '0s' } }",
        "{ 'call': 'm', 'steps': [ { 'cpu': '1us' } ], 'retry': { 'attempts': 2, 'backoff': '50ms' }, 'fallback': [ { 'call': 'm', "
        "'steps': [ { 'cpu': '1us' } ] } ] }"),
     APP ", 'm': { 'kind': 'app', 'place': 'y', 'replicas': 2, 'start': '5s', 'balance': 'random' }",
     HERE,
     "",
     "compose",
     {"m", 1}},
};

static struct fixture opened(const struct row *r) {
  bool two = strstr(r->endpoints, "'q'") != NULL;
  return fixture_of("{ 'aguanta': 1, 'name': 'agreement', 'traffic': { 'x': { 'kind': 'open', 'rate': '%d/s', 'timeout': '50ms', "
                    "'mix': { 'p': 1%s } } }, "
                    "'keys': { 'k': { 'of': 50 } }, 'endpoints': { %s }, %s 'services': { %s }, 'platform': { 'kind': '%s', "
                    "'network': { 'between_nodes': '0s' }, "
                    "'nodes': { %s } }, 'run': { 'warmup': '0s', 'window': '%ds', 'windows': 1, 'years': 1 } }",
                    two ? 2 * RATE : RATE, two ? ", 'q': 1" : "", r->endpoints, r->more, r->services, r->platform, r->nodes,
                    SECONDS);
}

static void strike(void *world, uint32_t unused) {
  (void)unused;
  struct world *w = ((struct world **)world)[0];
  const struct fault *f = ((const struct fault **)world)[1];
  if (!f->service) {
    node_fails(w, &w->nodes[f->number], DISK_UNSTATED);
    return;
  }
  for (uint32_t i = 0; i < w->model->services.count; i++)
    if (!strcmp(service_config(&w->services[i])->name, f->service))
      lifecycle_crash(w, &w->containers[w->services[i].first + f->number]);
}

static struct world *played(const struct fixture *f, const struct row *r, enum world_mode mode, uint64_t seed) {
  struct world *w = world_new(&f->scenario->model, seed, 0, mode);
  const void *context[2] = {w, &r->fault};
  w->horizon = w->measured_until = SECONDS * SIM_S;
  slot_id slot = calendar_slot(w->calendar, strike, context, 0);
  calendar_set(w->calendar, slot, STRIKES_AT * SIM_S);
  world_run(w);
  world_audit(w, fixture_broken, (void *)(uintptr_t)r->name);
  return w;
}

static void test_agreement(void) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = opened(&rows[i]);
    if (!f.scenario) continue;
    enum { SEEDS = 2 };
    double due[2] = {0}, failed[2] = {0};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
      struct world *loud = played(&f, &rows[i], WORLD_TRAFFIC, seed), *quiet = played(&f, &rows[i], WORLD_AVAILABILITY, seed);
      for (uint32_t e = 0; e < f.scenario->model.endpoints.count; e++) {
        struct ends ends = fixture_ends(loud, e);
        due[e] += RATE * (SECONDS - world_outages(quiet)->served_ns[e] * 1e-9);
        failed[e] += (double)(ends.arrived - ends.by[OUTCOME_COMPLETED]);
      }
      world_free(loud), world_free(quiet);
    }
    for (uint32_t e = 0; e < f.scenario->model.endpoints.count; e++)
      test_check(fabs(failed[e] - due[e]) <= 4 * sqrt(fmax(due[e], 0)) + 25,
                 "%s, endpoint %u: %.0f of the requests fail, %.1f by the availability run", rows[i].name, e, failed[e], due[e]);
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"the same fault with requests and without", test_agreement}, {0}};
const struct test_suite suite_agreement = {"agreement", cases};
