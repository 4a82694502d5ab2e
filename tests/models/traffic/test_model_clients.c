/* Clients that give up, and servers that turn them away: what a time-out leaves behind, the exact bound of a backlog, the
 * order and the conservation of pool waits, dead processes and dead machines, and memory over a long run. */
#include "tests/model_fixture.h"
#include "models/database/connection_pool.h"
#include "models/faults/fault.h"

/* Ten users ask at 10 s (and, were they answered, every 10 s), one event loop, a second of work each. */
#define CROWD                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'crowd', 'traffic': { 'u': { 'kind': 'closed', 'population': %d, 'think': '10s', 'mix': { 'p': 1 }%s "  \
  "} },"                                                                                                                           \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '1s' } ] } }, 'services': { 'a': { 'kind': 'app'%s } },"                \
  "'platform': { 'kind': '%s', 'nodes': { 'n': { 'cpu': 8 } } }%s, 'run': { 'warmup': '0s', 'window': '%s', 'windows': 1 } }"

static void test_time_out_leaves_work(void) {
  /* Those served at 11, 12 and 13 s are answered; the other seven give up at 13.5 s; their work goes on until 20 s. */
  struct fixture f = fixture_of(CROWD, 10, ", 'timeout': '3500ms'", "", "static", "", "20500ms");
  struct world *w = fixture_run(&f, 1, "time-out");
  const struct observation *o = &w->observation;
  test_check(o->arrived == 10 && o->ended[OUTCOME_COMPLETED] == 3 && o->ended[OUTCOME_TIMEOUT] == 7,
             "%llu arrived, %llu completed, %llu timed out", (unsigned long long)o->arrived,
             (unsigned long long)o->ended[OUTCOME_COMPLETED], (unsigned long long)o->ended[OUTCOME_TIMEOUT]);
  test_check(o->wasted == 7, "%llu wasted", (unsigned long long)o->wasted);
  test_check(o->inside == 0 && pool_live(&w->requests) == 0, "%u inside, %u in the pool", o->inside, pool_live(&w->requests));
  test_check(fabs(w->containers[0].used_ns - 10e9) < 1, "%.9g s of work", w->containers[0].used_ns * 1e-9);
  world_free(w);
  fixture_close(&f);
}

static void test_time_out_at_the_same_instant(void) {
  /* The answer comes in the very instant of the time-out: one of the two, and nothing is lost. */
  struct fixture f = fixture_of(CROWD, 1, ", 'timeout': '1s'", "", "static", "", "35s");
  struct world *w = fixture_run(&f, 1, "same instant");
  const struct observation *o = &w->observation;
  test_check(o->arrived == 3 && o->ended[OUTCOME_COMPLETED] + o->ended[OUTCOME_TIMEOUT] == 3, "%llu arrived, %llu and %llu",
             (unsigned long long)o->arrived, (unsigned long long)o->ended[OUTCOME_COMPLETED],
             (unsigned long long)o->ended[OUTCOME_TIMEOUT]);
  test_check(pool_live(&w->requests) == 0, "%u live", pool_live(&w->requests));
  world_free(w);
  fixture_close(&f);
}

static void test_overload_wastes(void) {
  /* Load 1.5 and impatient clients: the server is always busy and hardly ever in time. */
  struct fixture f = fixture_of("{ 'aguanta': 1, 'name': 'overload', 'traffic': { 'x': { 'kind': 'open', 'rate': '150/s', 'mix': { "
                                "'p': 1 }, 'timeout': '1s' } },"
                                "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '10ms' } } ] } }, "
                                "'services': { 'a': { 'kind': 'app', 'backlog': 'unlimited' } },"
                                "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, 'run': { 'warmup': '20s', "
                                "'window': '100s', 'windows': 1 } }");
  struct world *w = fixture_run(&f, 1, "overload");
  struct ends e = fixture_ends(w, 0);
  double busy = (w->containers[0].used_ns - w->containers[0].used_at_mark) / 100e9,
         goodput = (double)e.by[OUTCOME_COMPLETED] / 100 * 0.01;
  test_check(busy > 0.999, "utilisation %.4f", busy);
  test_check(goodput < 0.05 && w->observation.wasted > 9000, "goodput %.4f of a core, %llu wasted", goodput,
             (unsigned long long)w->observation.wasted);
  world_free(w);
  fixture_close(&f);
}

static void test_backlog_bound(void) {
  static const struct {
    const char *service;
    int users, served; /* of those that ask at once */
  } bounds[] = {{", 'backlog': 0", 10, 1},
                {", 'backlog': 1", 10, 2},
                {", 'backlog': 4", 10, 5},
                {", 'backlog': 9", 10, 10},
                {", 'backlog': 'unlimited'", 10, 10},
                {", 'backlog': 3, 'threads': 2", 10, 5},
                {", 'backlog': 3, 'threads': 2, 'runtime': 'threads'", 10, 5},
                {", 'backlog': 0, 'threads': 3, 'runtime': 'threads'", 10, 3},
                {", 'backlog': 2, 'replicas': 2", 10, 6},
                {"", 600, 512}};
  for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
    struct fixture f = fixture_of(CROWD, bounds[i].users, "", bounds[i].service, "static", "", "19900ms");
    struct world *w = fixture_run(&f, 1, bounds[i].service);
    uint64_t rejected = w->observation.ended[OUTCOME_REJECTED];
    test_check(rejected == (uint64_t)(bounds[i].users - bounds[i].served), "{%s}: %llu of %d rejected, by hand %d",
               bounds[i].service, (unsigned long long)rejected, bounds[i].users, bounds[i].users - bounds[i].served);
    world_free(w);
    fixture_close(&f);
  }
}

/* "New requests that may wait": those that were let in at once, waited for somebody else and came back are not new. */
static void test_backlog_counts_new_requests(void) {
  struct fixture f =
      fixture_of("{ 'aguanta': 1, 'name': 'returning', 'traffic': { 'u': { 'kind': 'closed', 'population': 5, 'think': '10s', "
                 "'mix': { 'p': 1 } }, 'v': { 'kind': 'closed', 'population': 2, 'think': '11500ms', 'mix': { 'q': 1 } } },"
                 "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'delay': '1s' }, { 'cpu': '1s' } ] }, 'q': { 'entry': 'a', "
                 "'steps': [ { 'cpu': '1s' } ] } },"
                 "'services': { 'a': { 'kind': 'app', 'backlog': 2 } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 8 "
                 "} } }, 'run': { 'warmup': '0s', 'window': '19s', 'windows': 1 } }");
  struct world *w = fixture_run(&f, 1, "returning");
  /* At 11.5 s one of the five computes and four wait, none of them new: both newcomers fit a backlog of two. */
  test_check(w->observation.ended[OUTCOME_REJECTED] == 0, "%llu rejected although fewer than two new requests wait",
             (unsigned long long)w->observation.ended[OUTCOME_REJECTED]);
  world_free(w);
  fixture_close(&f);
}

static struct fixture pool_scenario(int users, const char *pool, const char *window) {
  return fixture_of("{ 'aguanta': 1, 'name': 'pool', 'traffic': { 'u': { 'kind': 'closed', 'population': %d, 'think': '10s', "
                    "'mix': { 'p': 1 } } },"
                    "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'query': 'd', 'reads': 1, 'demand': '1s' } ] } },"
                    "'services': { 'a': { 'kind': 'app', 'pools': { 'd': { %s } } }, 'd': { 'kind': 'database' } },"
                    "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 400 } } }, 'run': { 'warmup': '0s', 'window': '%s', "
                    "'windows': 1 } }",
                    users, pool, window);
}

static void test_pool_waits(void) {
  static const struct {
    const char *pool;
    uint64_t completed, gave_up; /* of ten at 10 s, seen at 19 s */
    double last_s;               /* latency of the last answer */
  } pools[] = {{"'max': 2", 10, 0, 5},
               {"'max': 2, 'wait': '2500ms'", 6, 4, 3}, /* served at 10, 11 and 12; the rest gives up at 12.5 */
               {"'max': 3, 'wait': '0s'", 3, 7, 1},
               {"'max': 10, 'wait': '0s'", 10, 0, 1},
               {"'max': 'unlimited'", 10, 0, 1}};
  for (size_t i = 0; i < sizeof pools / sizeof *pools; i++) {
    struct fixture f = pool_scenario(10, pools[i].pool, "19s");
    struct world *w = fixture_run(&f, 1, pools[i].pool);
    struct ends e = fixture_ends(w, 0);
    double last = (double)histogram_max(fixture_latency(w, 0)) * 1e-9;
    test_check(e.by[OUTCOME_COMPLETED] == pools[i].completed && e.by[OUTCOME_POOL_TIMEOUT] == pools[i].gave_up &&
                   last == pools[i].last_s,
               "{%s}: %llu completed, %llu gave up, the last after %.9g s", pools[i].pool,
               (unsigned long long)e.by[OUTCOME_COMPLETED], (unsigned long long)e.by[OUTCOME_POOL_TIMEOUT], last);
    test_check(w->containers[0].pools[0].in_use == 0 && w->containers[0].pools[0].line.queue.count == 0,
               "{%s}: %u connections left", pools[i].pool, w->containers[0].pools[0].in_use);
    world_free(w);
    fixture_close(&f);
  }
}

/* --- dead processes and machines ------------------------------------------------------------------------------------------------- */

static const struct {
  const char *name, *fault;
  enum outcome outcome;
  double after_s; /* latency of the failure */
} deaths[] = {
    {"process", "'x': { 'kind': 'crash', 'service': 'a', 'at': '5s' }", OUTCOME_REFUSED, 0},
    {"machine", "'x': { 'kind': 'node', 'nodes': 'n', 'at': '5s', 'repair': '1h' }", OUTCOME_UNREACHABLE, 1.5},
    {"process that works", "'x': { 'kind': 'crash', 'service': 'a', 'at': '10.25s' }", OUTCOME_CRASHED, 0.25},
    {"machine that works", "'x': { 'kind': 'node', 'nodes': 'n', 'at': '10250ms', 'repair': '1h' }", OUTCOME_CRASHED, 0.25}};

static void test_deaths(void) {
  for (size_t i = 0; i < sizeof deaths / sizeof *deaths; i++) {
    char faults[200];
    snprintf(faults, sizeof faults, ", 'faults': { %s }", deaths[i].fault);
    struct fixture f = fixture_of(CROWD, 3, "", ", 'restart': 'no', 'connect_timeout': '1500ms'", "compose", faults, "19s");
    struct world *w = fixture_run(&f, 1, deaths[i].name);
    const struct observation *o = &w->observation;
    test_check(o->ended[deaths[i].outcome] == 3, "dead %s: %llu of 3 end as %s", deaths[i].name,
               (unsigned long long)o->ended[deaths[i].outcome], outcome_names[deaths[i].outcome]);
    test_check((double)o->sojourn_ns == 3e9 * deaths[i].after_s, "dead %s: clients learn it after %.9g s", deaths[i].name,
               (double)o->sojourn_ns / 3e9);
    world_free(w);
    fixture_close(&f);
  }
}

/* A process dies while it waits for its database: its client learns it at once, the query runs to its end. */
static void test_work_elsewhere_goes_on(void) {
  struct fixture f = fixture_of("{ 'aguanta': 1, 'name': 'elsewhere', 'traffic': { 'u': { 'kind': 'closed', 'population': 4, "
                                "'think': '10s', 'mix': { 'p': 1 } } },"
                                "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'query': 'd', 'reads': 2, 'demand': '1s' } ] } },"
                                "'services': { 'a': { 'kind': 'app', 'restart': 'no', 'pools': { 'd': { 'max': 2 } } }, 'd': { "
                                "'kind': 'database' } }, 'faults': { 'x': { 'kind': 'crash', 'service': 'a', 'at': '10.5s' } },"
                                "'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 400 } } }, 'run': { 'warmup': '0s', "
                                "'window': '19s', 'windows': 1 } }");
  struct world *w = fixture_run(&f, 1, "elsewhere");
  test_check(w->observation.ended[OUTCOME_CRASHED] == 4 && (double)w->observation.sojourn_ns == 2e9, "%llu crashed, %.9g s",
             (unsigned long long)w->observation.ended[OUTCOME_CRASHED], (double)w->observation.sojourn_ns * 1e-9);
  test_check(w->containers[1].done_ns == 2 * SIM_S, "the database worked %.9g s", (double)w->containers[1].done_ns * 1e-9);
  test_check(pool_live(&w->requests) == 0, "%u requests live", pool_live(&w->requests));
  world_free(w);
  fixture_close(&f);
}

/* --- the same customers ------------------------------------------------------------------------------------------------------------ */

/* Requests stop at 30 s, all is served by 100 s. One call of each kind, so that work is by service. */
#define CUSTOMERS                                                                                                                  \
  "{ 'aguanta': 1, 'name': 'customers', 'traffic': { 'x': { 'kind': 'open', 'rate': { 'steps': [ { 'from': '0s', 'rate': '80/s' "  \
  "}, { 'from': '30s', 'rate': '0/s' } ] }, 'mix': { 'p': 3, 'q': 1 } } },"                                                        \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '4ms' } }, { 'query': 'd', 'reads': 2, 'demand': { "   \
  "'lognormal': { 'mean': '3ms', 'cv': 2 } } } ] },"                                                                               \
  "'q': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '20ms' } } ] } },"                                                    \
  "'services': { 'a': { 'kind': 'app', 'replicas': %d, 'backlog': 'unlimited', 'balance': '%s' }, 'd': { 'kind': 'database', "     \
  "'threads': %d } },"                                                                                                             \
  "'platform': { 'kind': '%s', 'nodes': { 'n': { 'count': %d, 'cpu': %d } } }, 'run': { 'warmup': '0s', 'window': '100s', "        \
  "'windows': 10 } }"

static void test_same_customers(void) {
  static const struct {
    int replicas;
    const char *balance;
    int threads;
    const char *platform;
    int nodes, cpu;
  } clusters[] = {{1, "round-robin", 1, "compose", 1, 4},
                  {3, "random", 50, "kubernetes", 3, 2},
                  {2, "least-connections", 2, "swarm", 2, 1},
                  {2, "round-robin", 2, "static", 1, 1}};
  struct ends first[2];
  int64_t work[2] = {0, 0};
  for (size_t i = 0; i < sizeof clusters / sizeof *clusters; i++) {
    struct fixture f = fixture_of(CUSTOMERS, clusters[i].replicas, clusters[i].balance, clusters[i].threads, clusters[i].platform,
                                  clusters[i].nodes, clusters[i].cpu);
    struct world *w = fixture_run(&f, 5, clusters[i].platform);
    int64_t done[2] = {0, 0};
    for (uint32_t c = 0; c < w->container_count; c++) done[w->containers[c].service] += w->containers[c].done_ns;
    for (uint32_t e = 0; e < 2; e++) {
      struct ends ends = fixture_ends(w, e);
      if (i == 0) first[e] = ends, work[e] = done[e];
      test_check(ends.arrived == first[e].arrived && ends.by[OUTCOME_COMPLETED] == ends.arrived && ends.arrived > 300,
                 "%s: %llu arrivals, %llu served", clusters[i].platform, (unsigned long long)ends.arrived,
                 (unsigned long long)ends.by[OUTCOME_COMPLETED]);
      test_check(done[e] == work[e], "%s: %lld ns of work, on compose %lld", clusters[i].platform, (long long)done[e],
                 (long long)work[e]);
    }
    world_free(w);
    fixture_close(&f);
  }
}

/* Adding a component never shifts another's draws. */
static sim_time first_crash(const char *before, const char *service, const char *name) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'draws', 'traffic': { 'x': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, 'endpoints': { "
      "'p': { 'entry': 'b', 'steps': [ { 'cpu': '1ms' } ] } },"
      "'services': { %s'b': { 'kind': 'app' } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 8 } } }, 'faults': { "
      "%s'x': { 'kind': 'crash', 'service': 'b', 'mtbf': '1d' } }, 'run': { 'years': 10, 'years_per_replication': 10 } }",
      service, before);
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_AVAILABILITY);
  sim_time at = SIM_NEVER;
  for (uint32_t i = 0; i < world_faults(w)->count; i++)
    if (!strcmp(world_faults(w)->processes[i]->config->name, "x"))
      at = calendar_time_of(w->calendar, world_faults(w)->processes[i]->slot);
  test_check(at != SIM_NEVER, "%s: b never crashes", name);
  world_free(w);
  fixture_close(&f);
  return at;
}

static void test_other_components_shift_nothing(void) {
  sim_time alone = first_crash("", "", "alone");
  static const struct {
    const char *name, *fault, *service;
  } added[] = {{"a service before it", "", "'a': { 'kind': 'app' }, "},
               {"its neighbour's second replica", "", "'a': { 'kind': 'app', 'replicas': 2 }, "},
               {"another fault", "'w': { 'kind': 'node', 'nodes': 'n', 'mtbf': '1y', 'repair': '1h' }, ", ""}};
  for (size_t i = 0; i < sizeof added / sizeof *added; i++) {
    sim_time with = first_crash(added[i].fault, added[i].service, added[i].name);
    test_check(with == alone, "%s moves b's first crash from %.0f s to %.0f s", added[i].name, sim_seconds(alone),
               sim_seconds(with));
  }
}

/* --- memory ------------------------------------------------------------------------------------------------------------------------ */

static uint32_t high_water(const char *window, uint64_t *served) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'long', 'traffic': { 'x': { 'kind': 'open', 'rate': '700/s', 'mix': { 'p': 1 }, 'timeout': '2s' }, "
      "'u': { 'kind': 'closed', 'population': 20, 'think': { 'exponential': '100ms' }, 'mix': { 'p': 1 } } },"
      "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '1ms' } } ] } }, 'services': { 'a': { 'kind': "
      "'app', 'replicas': 2, 'backlog': 60 } },"
      "'faults': { 'x': { 'kind': 'crash', 'service': 'a', 'mtbf': '5s' } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { "
      "'cpu': 4 } } }, 'run': { 'warmup': '0s', 'window': '%s', 'windows': 1 } }",
      window);
  struct world *w = fixture_run(&f, 3, "long");
  *served = w->observation.arrived;
  uint32_t high = pool_high_water(&w->requests);
  test_check(pool_capacity(&w->requests) <= 1024 && calendar_events(w->calendar) > *served, "room for %u requests",
             pool_capacity(&w->requests));
  world_free(w);
  fixture_close(&f);
  return high;
}

static void test_memory_is_bounded(void) {
  uint64_t few, many;
  uint32_t a = high_water("60s", &few), b = high_water("3000s", &many);
  test_check(many > 40 * few && b <= 125 && a <= 125, "%u requests at most among %llu, %u among %llu", a, (unsigned long long)few,
             b, (unsigned long long)many);
}

static const struct test_case cases[] = {{"time_out_leaves_work", test_time_out_leaves_work},
                                         {"time_out_at_the_same_instant", test_time_out_at_the_same_instant},
                                         {"overload_wastes", test_overload_wastes},
                                         {"backlog_bound", test_backlog_bound},
                                         {"backlog_counts_new_requests", test_backlog_counts_new_requests},
                                         {"pool_waits", test_pool_waits},
                                         {"deaths", test_deaths},
                                         {"work_elsewhere_goes_on", test_work_elsewhere_goes_on},
                                         {"same_customers", test_same_customers},
                                         {"other_components_shift_nothing", test_other_components_shift_nothing},
                                         {"memory_is_bounded", test_memory_is_bounded},
                                         {NULL, NULL}};
const struct test_suite suite_model_clients = {"model_clients", cases};
