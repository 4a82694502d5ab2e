/* Pools after a failover: connections to a machine that has vanished, an old address. By hand: the host of the primary is
 * lost at 30 s, another replica is the primary at 35 s. A connect time-out is 1 s, and all ten connections are open from the start.
 *
 *     nothing said           callers ask the new primary from 35 s on                                    35
 *     socket_timeout 20 s    all ten are dead, in use or taken at once; the first is given up after 20 s  50
 *     socket_timeout 2 s     given up at 32; attempts to connect until 35, of 1 s each                    35 to 36
 *     and address_ttl 8 s    looked up at 32, the old one, and kept until 40; attempts as above           40 to 41
 *     address_ttl never      nobody asks again                                                            never
 *     crash, socket_timeout  a process that dies resets its connections                                   35 */
#include "tests/model_fixture.h"
#include "models/availability/outage.h"
#include "models/database/connections.h"

#define RUN                                                                                                                        \
  "{ 'aguanta': 1, 'name': 'r', 'traffic': { 'p': { 'kind': 'open', 'rate': '200/s', 'timeout': '100ms', 'mix': { 'w': 1 } } }, "  \
  "'endpoints': { 'w': { 'entry': 'a', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '20us' } ] } }, 'services': { 'a': { "    \
  "'kind': 'app', 'place': 'a', 'pools': { 'd': { 'max': 10, 'min': 10%s } } }, 'd': { 'kind': 'database', 'place': 'd', "         \
  "'replicas': 2, "                                                                                                                \
  "'connect_timeout': '1s', 'start': '1h', 'replication': { 'failover': { 'detect': '4s', 'promote': '1s' } } } }, 'platform': { " \
  "'kind': 'compose', 'nodes': { 'a': { 'cpu': 2 }, 'd': { 'count': 2, 'cpu': 2 } } }, 'faults': { 'f': { %s, 'at': '30s' } }, "   \
  "'run': { 'warmup': '0s', 'window': '100s', 'windows': 1000 %s } }"
#define HOST  "'kind': 'node', 'nodes': 'd', 'repair': '1h'"
#define CRASH "'kind': 'crash', 'service': 'd'"

static const struct {
  const char *name, *pool, *fault;
  double first_s, last_s; /* the first good query */
  double years_s, most_s; /* of the outage without requests: at least and at most, since the loss */
} rows[] = {
    {"nothing said", "", HOST, 35, 35, 5, 5},
    {"dead connections", ", 'socket_timeout': '20s'", HOST, 50, 50, 20, 20},
    {"given up before", ", 'socket_timeout': '2s'", HOST, 35, 36, 5, 5},
    {"an old address", ", 'socket_timeout': '2s', 'address_ttl': '8s'", HOST, 40, 41, 5, 13},
    {"cached for ever", ", 'socket_timeout': '2s', 'address_ttl': 'never'", HOST, 1e9, 1e9, 1e9, 1e9},
    {"crash", ", 'socket_timeout': '20s'", CRASH, 35, 35, 5, 5},
};

/* The beginning of the first tenth of a second after the loss in which a request arrived that was answered within 100 ms. */
static double first_good(const struct world *w) {
  for (uint32_t i = 302; i < w->observation.window_count; i++)
    if (w->observation.endpoints[0].windows[i].ended[OUTCOME_COMPLETED]) return i * 0.1;
  return 1e9;
}

static double outage(const struct world *w) {
  const struct durations *d = &world_outages(w)->classes[0].rto;
  return d->count ? d->s[0] : 1e9;
}

static void test_first_good(void) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(RUN, rows[i].pool, rows[i].fault, "");
    if (!f.scenario) continue;
    struct world *w = fixture_run(&f, 1, rows[i].name);
    double s = first_good(w);
    test_check(s > rows[i].first_s - 0.31 && s < rows[i].last_s + 0.31, "%s: the first good query at %.1f s, by hand %g to %g",
               rows[i].name, s, rows[i].first_s, rows[i].last_s);
    world_free(w), fixture_close(&f);
  }
}

/* Without requests an address is as old as it happens to be. */
static void test_years(void) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(RUN, rows[i].pool, rows[i].fault, ", 'years': 1");
    if (!f.scenario) continue;
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_AVAILABILITY);
    w->measured_until = w->horizon = 1800 * SIM_S;
    world_run(w);
    double s = outage(w);
    test_check(s >= rows[i].years_s && s <= rows[i].most_s, "%s: the outage takes %.2f s, by hand %g to %g", rows[i].name, s,
               rows[i].years_s, rows[i].most_s);
    world_free(w), fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"first good query", test_first_good}, {"years", test_years}, {0}};
const struct test_suite suite_stale = {"stale", cases};
