/* A connection a request: set-ups, what is open, and what dies, by hand to the nanosecond; and what the walk makes of it. */
#include "models/core/load_sheet.h"
#include "models/database/connection_config.h"
#include "models/database/connections.h"
#include "models/database/lock.h"
#include "tests/model_fixture.h"

/* Users who ask together at 10 s, a database half a millisecond away. A new connection: three round trips of 1 ms, one more for which the
 * server computes 3 ms, and 2 ms: 9 ms. */
#define SHOP                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'own', 'traffic': { 'u': { 'kind': 'closed', 'population': %d, 'think': '10s', 'mix': { 'p': 1 } } }, " \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ %s ] } }, 'services': { 'a': { 'kind': 'app', 'place': 'x', 'threads': 64, "     \
  "'connect': '%s' }, 'd': { 'kind': 'database', 'place': 'y', 'start': '1s', 'connections': { %s 'setup': '3ms', 'handshake': "   \
  "'2ms' } }, 'o': { 'kind': 'database', 'place': 'y' } }, 'platform': { 'kind': 'static', 'network': { 'between_nodes': '500us' " \
  "}, 'nodes': { 'x': { 'cpu': 64 }, 'y': { 'cpu': 'unlimited' } } } %s, 'run': { 'warmup': '0s', 'window': '19s', 'windows': 1 "  \
  "} }"
#define QUERY        "{ 'query': 'd', 'reads': 1, 'demand': '1ms' }"
#define TWO          "{ 'query': 'd', 'reads': 2, 'demand': '1ms' }"
#define TRANSACT     "{ 'transaction': 'd', 'steps': [ " TWO " ] }"
#define CRASH(of, t) ", 'faults': { 'f': { 'kind': 'crash', 'service': '" of "', 'at': '" t "' } }"

struct trace {
  const char *name;
  int users;
  const char *steps, *connect, *connections, *faults;
  uint64_t completed;
  enum outcome other;
  uint64_t others;
  int64_t sojourn_us; /* of all, together */
  uint64_t opened;
};

static const struct trace traces[] = {
    {"free", 10, TWO, "free", "", "", 10, OUTCOME_CRASHED, 0, 10 * 4000, 0},
    {"one each, for both queries", 10, TWO, "request", "", "", 10, OUTCOME_CRASHED, 0, 10 * (9000 + 4000), 10},
    {"trips that are given", 10, TWO, "request", "'trips': 2, ", "", 10, OUTCOME_CRASHED, 0, 10 * (7000 + 4000), 10},
    {"in two steps", 10, QUERY ", { 'cpu': '1ms' }, " QUERY, "request", "", "", 10, OUTCOME_CRASHED, 0, 10 * (9000 + 5000), 10},
    /* Two statements and the commit. */
    {"in a transaction", 10, TRANSACT, "request", "", "", 10, OUTCOME_CRASHED, 0, 10 * (9000 + 5000), 10},
    {"before and in a transaction", 10, QUERY "," TRANSACT "," QUERY, "request", "", "", 10, OUTCOME_CRASHED, 0, 10 * (9000 + 9000),
     10},
    /* One to each database; that to the other one takes four round trips. */
    {"two databases", 10, QUERY ", { 'query': 'o', 'reads': 1, 'demand': '1ms' }, " QUERY, "request", "", "", 10, OUTCOME_CRASHED,
     0, 10 * (9000 + 4000 + 6000), 10},
    {"too many", 10, TWO, "request", "'max': 4, ", "", 4, OUTCOME_TOO_MANY_CONNECTIONS, 6, 4 * 13000, 4},
    /* Between the queries, at 11 to 16 ms. */
    {"the database dies", 10, QUERY ", { 'delay': '5ms' }, " QUERY, "request", "", CRASH("d", "10012ms"), 0, OUTCOME_CRASHED, 10,
     10 * 16000, 10},
    {"the caller dies", 10, QUERY ", { 'delay': '5ms' }, " QUERY, "request", "", CRASH("a", "10012ms"), 0, OUTCOME_CRASHED, 10,
     10 * 12000, 10},
    /* Branches have one each, and the request one before them. */
    {"in branches", 10, QUERY ", { 'parallel': [ { 'steps': [ " TWO " ] }, { 'steps': [ " TWO " ] } ] }", "request", "", "", 10,
     OUTCOME_CRASHED, 0, 10 * (9000 + 2000 + 9000 + 4000), 30},
};

static void test_traces(void) {
  for (size_t i = 0; i < sizeof traces / sizeof *traces; i++) {
    const struct trace *t = &traces[i];
    struct fixture f = fixture_of(SHOP, t->users, t->steps, t->connect, t->connections, t->faults);
    if (!f.scenario) continue;
    struct world *w = fixture_run(&f, 1, t->name);
    const struct observation *o = &w->observation;
    test_check(o->ended[OUTCOME_COMPLETED] == t->completed && o->ended[t->other] == t->others &&
                   o->sojourn_ns == (uint64_t)(t->sojourn_us * SIM_US),
               "%s: %llu completed, %llu %s, %.6f s inside; by hand %llu, %llu, %.6f s", t->name,
               (unsigned long long)o->ended[OUTCOME_COMPLETED], (unsigned long long)o->ended[t->other], outcome_names[t->other],
               (double)o->sojourn_ns * 1e-9, (unsigned long long)t->completed, (unsigned long long)t->others,
               (double)t->sojourn_us * 1e-6);
    const struct service_config *d = model_service(&f.scenario->model, fixture_service(&f, "d"));
    const struct connections_config *c = &service_connections(d)->server;
    uint64_t opened = c->metered ? (uint64_t)o->meters[c->meters[CONNECTIONS_OPENED]].course.sums[0] : 0;
    test_check(opened == t->opened && !pool_live(&world_connections(w)->all),
               "%s: %llu connections opened, by hand %llu; %u are left", t->name, (unsigned long long)opened,
               (unsigned long long)t->opened, pool_live(&world_connections(w)->all));
    world_free(w);
    fixture_close(&f);
  }
}

/* The run ends between their two queries: each has its connection, which the audit knows. */
static void test_between_queries(void) {
  struct fixture f = fixture_of(SHOP, 10, QUERY ", { 'delay': '30s' }, " QUERY, "request", "", "");
  struct world *w = fixture_run(&f, 1, "between queries");
  test_check(pool_live(&world_connections(w)->all) == 10, "%u connections are open", pool_live(&world_connections(w)->all));
  world_free(w);
  fixture_close(&f);
}

/* CPU of the database a request: the set-up once, and its queries; once more for what each of two branches opens. */
static void test_demand(void) {
  static const struct {
    const char *steps, *connect;
    double cpu_ms;
  } cases[] = {{TWO, "free", 2},
               {TWO, "request", 5},
               {QUERY "," TRANSACT "," QUERY, "request", 7},
               {QUERY ", { 'parallel': [ { 'steps': [ " TWO " ] }, { 'steps': [ " TWO " ] } ] }", "request", 3 + 1 + 2 * 5}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct fixture f = fixture_of(SHOP, 1, cases[i].steps, cases[i].connect, "", "");
    struct arena *arena = arena_new();
    struct demand_sums d = load_demand(&f.scenario->model, arena);
    program_demand(&f.scenario->model.programs[0], 1, &d);
    double cpu = d.cpu_s[fixture_service(&f, "d")] * 1e3;
    test_check(fabs(cpu - cases[i].cpu_ms) < 1e-9, "case %zu: %.9g ms, by hand %g", i, cpu, cases[i].cpu_ms);
    arena_free(arena);
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {
    {"traces", test_traces}, {"between queries", test_between_queries}, {"demand", test_demand}, {NULL, NULL}};
const struct test_suite suite_own_connections = {"own_connections", cases};
