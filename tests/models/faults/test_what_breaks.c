/* Each kind of fault as one drill, played with requests and without: both fail the share that is worked out by hand. */
#include "models/availability/outage.h"
#include "models/core/world.h"
#include "models/faults/fault.h"
#include "tests/model_fixture.h"

enum { RATE = 200, SECONDS = 60 };

/* Endpoints p and q, asked as often; seconds of the minute for which their requests are lost. */
struct row {
  const char *name, *endpoints, *services, *faults;
  double lost_s[2];
  const char *more;     /* further keys of the root, or null */
  const char *platform; /* null: compose on x and y */
  double rpo_s;         /* most that the first fault may lose of a database's writes; INFINITY: all are lost; 0: it takes no data */
  double near_s;        /* how far the run with requests may be away, beyond chance */
};

#define APP "'a': { 'kind': 'app', 'place': 'x', 'threads': 64, 'backlog': 'unlimited' }"
#define M   "'m': { 'kind': 'app', 'place': 'y', 'threads': 64, 'backlog': 'unlimited', 'balance': 'random', 'replicas': 2 }"
#define E   "'e': { 'kind': 'external', 'latency': '1ms' }"
#define DB(more)                                                                                                                   \
  "'d': { 'kind': 'database', 'place': 'y', 'start': '5s', 'connect_timeout': '1ms', 'backlog': 'unlimited'" more " }"
#define CACHE(more)                                                                                                                \
  "'c': { 'kind': 'cache', 'place': 'y', 'start': '5s', 'connect_timeout': '1ms', 'backlog': 'unlimited'" more " }"
#define CALL(s)      "{ 'call': '" s "', 'steps': [ { 'cpu': '1us' } ] }"
#define READ         "{ 'query': 'd', 'reads': 1, 'demand': '1us' }"
#define WRITE        "{ 'query': 'd', 'writes': 1, 'demand': '1us' }"
#define PQ(p, q)     "'p': { 'entry': 'a', 'steps': [ " p " ] }, 'q': { 'entry': 'a', 'steps': [ " q " ] }"
#define AT(at, more) "'at': '" at "', 'repair': '10s'" more

#define PLACED(y_in)                                                                                                               \
  "{ 'kind': 'compose', 'network': { 'between_nodes': '0s', 'between_zones': '0s', 'round_trip': { 'us-eu': '1us' } }, "           \
  "'regions': { 'us': { 'at': 'us-east-1' }, 'eu': { 'at': 'eu-west-1' } }, "                                                      \
  "'nodes': { 'x': { 'cpu': 64, 'region': 'us' }, 'y': { 'cpu': 64, 'region': '" y_in "', 'count': 4 } } }"
#define REGIONS       PLACED("us")
#define REGIONS_APART PLACED("eu")

static const struct row rows[] = {
    /* 10 s x (1 - 0.7^2) = 5.1 s; with a second attempt 10 s x 0.3^2 = 0.9 s. */
    {"a release with 30% of errors, called twice and with a retry",
     PQ(CALL("m") ", " CALL("m"), "{ 'call': 'm', 'steps': [ { 'cpu': '1us' } ], 'retry': { 'attempts': 2, 'backoff': '0s' } }"),
     APP ", " M, "'f': { 'kind': 'release', 'service': 'm', 'errors': '30%', " AT("20s", "") " }", .lost_s = {5.1, 0.9}},
    {"a release that fails all", PQ(CALL("m"), "{ 'cpu': '1us' }"), APP ", " M,
     "'f': { 'kind': 'release', 'service': 'm', " AT("20s", "") " }", .lost_s = {10, 0}},
    {"a release that is slower only", PQ(CALL("m"), "{ 'cpu': '1us' }"), APP ", " M,
     "'f': { 'kind': 'release', 'service': 'm', 'slower': 3, " AT("20s", "") " }", .lost_s = {0, 0}},
    /* From 20 to 30 s 40%, from 25 to 35 s 50%: 5 x 0.4 + 5 x (1 - 0.6 x 0.5) + 5 x 0.5 = 2 + 3.5 + 2.5 = 8 s. */
    {"two that overlap", PQ(CALL("m"), "{ 'cpu': '1us' }"), APP ", " M,
     "'f': { 'kind': 'release', 'service': 'm', 'errors': 0.4, " AT(
         "20s", "") " }, "
                    "'g': { 'kind': 'release', 'service': 'm', 'errors': 0.5, " AT("25s", "") " }",
     .lost_s = {8, 0}},
    {"a dependency, with and without a fallback", PQ("{ 'external': 'e' }", "{ 'call': 'e', 'fallback': [ { 'cpu': '1us' } ] }"),
     APP ", " E, "'f': { 'kind': 'dependency', 'service': 'e', " AT("20s", "") " }", .lost_s = {10, 0}},
    {"a quarter of the calls of a dependency, asked once and twice",
     PQ("{ 'external': 'e' }", "{ 'external': 'e' }, { 'external': 'e' }"), APP ", " E,
     "'f': { 'kind': 'dependency', 'service': 'e', 'errors': '25%', " AT("20s", "") " }", .lost_s = {2.5, 4.375}},
    {"the certificate of the entry", PQ(CALL("m"), "{ 'cpu': '1us' }"), APP ", " M,
     "'f': { 'kind': 'certificate', " AT("20s", "") " }", .lost_s = {10, 10}},
    {"the certificate of a cache: a look-up is a miss, a command fails",
     PQ("{ 'cached': 'c', 'hit': '70%', 'demand': '1us', 'miss': [ " READ " ] }", "{ 'command': 'c', 'demand': '1us' }"),
     APP ", " DB("") ", " CACHE(""), "'f': { 'kind': 'certificate', 'service': 'c', " AT("20s", "") " }", .lost_s = {0, 10}},
    {"a full disk: reads go on", PQ(READ, WRITE), APP ", " DB(""),
     "'f': { 'kind': 'disk-full', 'service': 'd', " AT("20s", "") " }", .lost_s = {0, 10}},
    {"a full disk: transactions that read and that write",
     PQ("{ 'transaction': 'd', 'steps': [ " READ " ] }", "{ 'transaction': 'd', 'steps': [ " READ ", " WRITE " ] }"),
     APP ", " DB(""), "'f': { 'kind': 'disk-full', 'service': 'd', " AT("20s", "") " }", .lost_s = {0, 10}},
    {"a full disk under SQLite", PQ(READ, WRITE), APP ", 'd': { 'kind': 'database', 'database': { 'engine': 'sqlite' } }",
     "'f': { 'kind': 'disk-full', 'service': 'd', " AT("20s", "") " }", .lost_s = {0, 10}},
    {"a full disk of a broker", PQ("{ 'publish': 'j' }", "{ 'command': 'c', 'demand': '1us' }"),
     APP ", " CACHE("") ", 'w': { 'kind': 'app', 'place': 'y' }", "'f': { 'kind': 'disk-full', 'service': 'c', " AT("20s", "") " }",
     .lost_s = {10, 0},
     .more =
         "'queues': { 'j': { 'at': 'c', 'workers': 'w', 'concurrency': 50, 'demand': '1us', 'steps': [ { 'cpu': '1us' } ] } }, "},
    /* With places the passage follows each site. */
    {"a release in two regions", PQ(CALL("m") ", " CALL("m"), CALL("m")), APP ", " M,
     "'f': { 'kind': 'release', 'service': 'm', 'errors': '30%', " AT("20s", "") " }", .lost_s = {5.1, 3},
     .platform =
         "{ 'kind': 'compose', 'network': { 'between_nodes': '0s', 'between_zones': '0s', 'round_trip': { 'us-eu': '1us' } }, "
         "'regions': { 'us': { 'at': 'us-east-1' }, 'eu': { 'at': 'eu-west-1' } }, "
         "'nodes': { 'x': { 'cpu': 64, 'region': 'us' }, 'y': { 'cpu': 64, 'region': 'us', 'count': 4 } } }"},
    /* Compose starts a process again after 0.1 s, which takes 5 s. */
    {"out of memory", PQ(CALL("m"), "{ 'cpu': '1us' }"), APP ", 'm': { 'kind': 'app', 'place': 'y', 'start': '5s' }",
     "'f': { 'kind': 'oom', 'service': 'm', 'at': '20s' }", .lost_s = {5.1, 0}},
    {"by another word", PQ(CALL("m"), "{ 'cpu': '1us' }"), APP ", 'm': { 'kind': 'app', 'place': 'y', 'start': '5s' }",
     "'f': { 'kind': 'pod-kill', 'service': 'm', 'at': '20s' }", .lost_s = {5.1, 0}},
    {"the primary's process dies, and there is no other", PQ(READ, WRITE), APP ", " DB(""),
     "'f': { 'kind': 'database', 'service': 'd', 'at': '20s' }", .lost_s = {5.1, 5.1}},
    /* 3 s to notice it and 2 s to promote another. The old primary is back 5.1 s after its death: for 0.1 s it is one of two replicas, and
     * dead. */
    {"the primary's process dies, and another takes over",
     PQ(WRITE, "{ 'query': 'd', 'reads': 1, 'demand': '1us', 'on': 'replicas' }"),
     APP ", " DB(", 'replicas': 3, 'replication': { 'failover': { 'detect': '3s', 'promote': '2s' } }"),
     "'f': { 'kind': 'database', 'service': 'd', 'at': '20s' }", .lost_s = {5, 0.05}},
    {"the primary's machine is lost: 10 s and the start", PQ(READ, WRITE), APP ", " DB(""),
     "'f': { 'kind': 'database', 'service': 'd', 'loses': 'machine', " AT("20s", "") " }", .lost_s = {15, 15}},
    /* A third of the reads for 5.1 s. */
    {"a replica dies", PQ(READ, WRITE), APP ", " DB(", 'replicas': 3"), "'f': { 'kind': 'replica', 'service': 'd', 'at': '20s' }",
     .lost_s = {1.7, 0}},
    {"a cache is started again empty",
     PQ("{ 'cached': 'c', 'hit': '70%', 'demand': '1us', 'miss': [ " READ " ] }", "{ 'command': 'c', 'demand': '1us' }"),
     APP ", " DB("") ", " CACHE(""), "'f': { 'kind': 'cache-loss', 'service': 'c', 'restarts': true, 'at': '20s' }",
     .lost_s = {0, 5.1}},
    {"a cache is flushed",
     PQ("{ 'cached': 'c', 'key': 'k', 'demand': '1us', 'miss': [ " READ " ] }", "{ 'command': 'c', 'demand': '1us' }"),
     APP ", " DB("") ", " CACHE(""), "'f': { 'kind': 'cache-loss', 'service': 'c', 'at': '20s' }", .lost_s = {0, 0},
     .more = "'keys': { 'k': { 'of': 50 } }, "},
    {"data are deleted, and restored in 8 s", PQ(READ, WRITE), APP ", " DB(", 'backup': { 'every': '1h', 'restore': '8s' }"),
     "'f': { 'kind': 'operator', 'service': 'd', 'at': '20s' }", .lost_s = {8, 8}, .rpo_s = 3600},
    {"data are deleted, and there is no backup", PQ(READ, WRITE), APP ", " DB(""),
     "'f': { 'kind': 'operator', 'service': 'd', " AT("20s", "") " }", .lost_s = {10, 10}, .rpo_s = INFINITY},
    {"data of SQLite are deleted", PQ(READ, WRITE), APP ", 'd': { 'kind': 'database', 'database': { 'engine': 'sqlite' } }",
     "'f': { 'kind': 'operator', 'service': 'd', " AT("20s", "") " }", .lost_s = {10, 10}, .rpo_s = INFINITY},
    {"maintenance of 40% of a service", PQ(CALL("m"), "{ 'cpu': '1us' }"), APP ", " M,
     "'f': { 'kind': 'maintenance', 'service': 'm', 'errors': '40%', 'at': '20s', 'lasts': '10s' }", .lost_s = {4, 0}},
    {"maintenance of the entry", PQ(CALL("m"), "{ 'cpu': '1us' }"), APP ", " M,
     "'f': { 'kind': 'maintenance', 'at': '20s', 'lasts': '10s' }", .lost_s = {10, 10}},
    {"maintenance of a machine: 10 s and the start", PQ(CALL("m"), "{ 'cpu': '1us' }"),
     "'a': { 'kind': 'app', 'place': 'x', 'threads': 64, 'backlog': 'unlimited', 'start': '2s' }, " M,
     "'f': { 'kind': 'maintenance', 'nodes': 'x', 'at': '20s', 'lasts': '10s' }", .lost_s = {12, 12}},
    /* Of addresses kept for 4 s half are still known in the mean of the first 4 s: 2 + 6 s. */
    {"names are not resolved", PQ(CALL("m"), "{ 'cpu': '1us' }"), APP ", " M,
     "'f': { 'kind': 'dns', 'ttl': '4s', " AT("20s", "") " }", .lost_s = {8, 8}},
    {"names are not resolved in a region", PQ(CALL("m"), "{ 'cpu': '1us' }"), APP ", " M,
     "'f': { 'kind': 'dns', 'region': 'us', 'ttl': '4s', " AT("20s", "") " }, 'g': { 'kind': 'dns', 'region': 'eu', " AT("20s",
                                                                                                                         "") " }",
     .lost_s = {8, 8}, .platform = REGIONS},
    /* 10 s, 5 s of start; and 8 s where a backup is left. */
    {"a building with the backups", PQ(READ, "{ 'cpu': '1us' }"), APP ", " DB(", 'backup': { 'every': '1h', 'restore': '8s' }"),
     "'f': { 'kind': 'building', 'region': 'eu', " AT("20s", "") " }", .lost_s = {15, 0}, .platform = REGIONS_APART,
     .rpo_s = INFINITY},
    {"a building, and the backups are elsewhere", PQ(READ, "{ 'cpu': '1us' }"),
     APP ", " DB(", 'backup': { 'every': '1h', 'restore': '8s' }"),
     "'f': { 'kind': 'building', 'region': 'eu', 'backups': 'elsewhere', " AT("20s", "") " }", .lost_s = {23, 0},
     .platform = REGIONS_APART, .rpo_s = 3600},
};

static struct fixture opened(const struct row *r, const char *faults) {
  const char *platform = r->platform ? r->platform
                                     : "{ 'kind': 'compose', 'network': { 'between_nodes': '0s' }, "
                                       "'nodes': { 'x': { 'cpu': 64 }, 'y': { 'cpu': 64, 'count': 4 } } }";
  return fixture_of(
      "{ 'aguanta': 1, 'name': 'what breaks', 'traffic': { 't': { 'kind': 'open', %s'rate': '%d/s', "
      "'timeout': '50ms', 'mix': { 'p': 1, 'q': 1 } } }, 'endpoints': { %s }, %s 'services': { %s }, 'faults': { %s }, "
      "'platform': %s, 'run': { 'warmup': '0s', 'window': '%ds', 'windows': 1, 'years': 1 } }",
      r->platform && strstr(r->platform, "regions") ? "'region': 'us', " : "", 2 * RATE, r->endpoints, r->more ? r->more : "",
      r->services, faults, platform, SECONDS);
}

static struct world *played(const struct fixture *f, const char *name, enum world_mode mode, uint64_t seed) {
  struct world *w = world_new(&f->scenario->model, seed, 0, mode);
  w->horizon = w->measured_until = SECONDS * SIM_S;
  world_run(w);
  world_audit(w, fixture_broken, (void *)(uintptr_t)name);
  return w;
}

/* What the first fault took of a database's writes. */
static void check_rpo(const struct row *r, const struct world *w, const char *how) {
  const struct durations *rpo = &world_outages(w)->classes[0].rpo;
  if (!(r->rpo_s > 0)) return;
  test_check(rpo->count == 1 && (isinf(r->rpo_s) ? isinf(rpo->s[0]) : rpo->s[0] > 0 && rpo->s[0] <= r->rpo_s),
             "%s, %s: RPO %g s of %llu, not %g", r->name, how, rpo->count ? rpo->s[0] : -1, (unsigned long long)rpo->count,
             r->rpo_s);
}

static void test_kind(const struct row *r) {
  struct fixture f = opened(r, r->faults);
  if (!f.scenario) return;
  struct world *loud = played(&f, r->name, WORLD_TRAFFIC, 1), *quiet = played(&f, r->name, WORLD_AVAILABILITY, 1);
  for (uint32_t e = 0; e < 2; e++) {
    struct ends ends = fixture_ends(loud, e);
    double lost_s = SECONDS - world_outages(quiet)->served_ns[e] * 1e-9,
           failed_s = (double)(ends.arrived - ends.by[OUTCOME_COMPLETED]) / RATE;
    test_check(fabs(lost_s - r->lost_s[e]) < 1e-6, "%s, endpoint %u: %.9g s are lost in years, not %g", r->name, e, lost_s,
               r->lost_s[e]);
    test_check(fabs(failed_s - r->lost_s[e]) <= 4 * sqrt(r->lost_s[e] / RATE) + r->near_s,
               "%s, endpoint %u: %.4g s of requests are lost, not %g", r->name, e, failed_s, r->lost_s[e]);
  }
  check_rpo(r, loud, "with requests"), check_rpo(r, quiet, "in years");
  world_free(loud), world_free(quiet);
  fixture_close(&f);
}

/* By hand: 1 ms of computation, 3 ms for 10 s of 60 s: 1 + 2 / 6 ms in the mean. Over a link of 10 ms each way, for 10 s of 60 s of 15 ms
 * and 2 ms more: 20 + 14 / 6 ms. In years neither takes a request. */
static void test_slower(void) {
  static const struct {
    struct row row;
    double mean_ms;
  } slow[] = {{{.name = "slower",
                .endpoints = PQ("{ 'call': 'm', 'steps': [ { 'cpu': '1ms' } ] }", "{ 'cpu': '1us' }"),
                .services = APP ", 'm': { 'kind': 'app', 'place': 'y', 'threads': 64, 'backlog': 'unlimited' }",
                .faults = "'f': { 'kind': 'release', 'service': 'm', 'slower': 3, " AT("20s", "") " }"},
               1 + 2. / 6},
              {{.name = "slow link",
                .endpoints = PQ("{ 'call': 'm', 'steps': [ { 'cpu': '0s' } ] }", "{ 'cpu': '1us' }"),
                .services = APP ", " M,
                .faults = "'f': { 'kind': 'delay', 'between': [ 'us', 'eu' ], 'times': 1.5, 'delay': '2ms', " AT("20s", "") " }",
                .platform = "{ 'kind': 'compose', 'network': { 'between_nodes': '0s', 'round_trip': { 'us-eu': '20ms' } }, "
                            "'regions': { 'us': {}, 'eu': {} }, 'nodes': { 'x': { 'cpu': 64, 'region': 'us' }, "
                            "'y': { 'cpu': 64, 'region': 'eu', 'count': 4 } } }"},
               20 + 14. / 6}};
  for (size_t i = 0; i < sizeof slow / sizeof *slow; i++) {
    struct fixture f = opened(&slow[i].row, slow[i].row.faults);
    if (!f.scenario) continue;
    struct world *loud = played(&f, slow[i].row.name, WORLD_TRAFFIC, 1),
                 *quiet = played(&f, slow[i].row.name, WORLD_AVAILABILITY, 1);
    double mean_ms = fixture_mean_s(loud, 0) * 1e3, lost_s = SECONDS - world_outages(quiet)->served_ns[0] * 1e-9;
    test_check(fabs(mean_ms - slow[i].mean_ms) < 0.06 * slow[i].mean_ms, "%s: %.4g ms, not %.4g", slow[i].row.name, mean_ms,
               slow[i].mean_ms);
    test_check(fabs(lost_s) < 1e-9, "%s: %g s are lost in years", slow[i].row.name, lost_s);
    world_free(loud), world_free(quiet);
    fixture_close(&f);
  }
}

/* A fault without any time has what is typical of its kind; one that has a time, or a drill, has that. */
static void test_typical(void) {
  struct row r = {.name = "typical", .endpoints = PQ(CALL("m"), CALL("m")), .services = APP ", " M, .platform = REGIONS};
  struct fixture f = opened(&r, "'a': { 'kind': 'region', 'region': 'us' }, 'b': { 'kind': 'crash', 'service': 'm' }, "
                                "'c': { 'kind': 'crash', 'service': 'm', 'at': '20s' }, "
                                "'d': { 'kind': 'node', 'nodes': 'x', 'mtbf': '5y', 'repair': '1h' }, "
                                "'e': { 'kind': 'building', 'region': 'us', 'repair': '30d' }");
  if (!f.scenario) return;
  const struct model *m = &f.scenario->model;
  static const char *const values[][2] = {{"5.77y", "median 1.88 h, 95% within 21.8 h"}, {"14d", NULL}, {NULL, NULL}, {NULL, NULL}};
  for (uint32_t i = 0; i < 4; i++)
    for (uint32_t k = 0; k < 2; k++) {
      const char *source, *value = fault_assumed(m, i, k, &source, f.arena);
      test_check(values[i][k] ? value && source && !strcmp(value, values[i][k]) : !value, "fault %u: %s is assumed", i,
                 value ? value : "nothing");
    }
  /* More years than a time holds. */
  test_check(fabs(model_fault_at(m, 4)->uptime.mean / (double)SIM_YEAR / 3161.6 - 1) < 1e-3, "a building is lost in %g years",
             model_fault_at(m, 4)->uptime.mean / (double)SIM_YEAR);
  /* Lognormal: sigma = ln(1308 / 113) / 1.6449 = 1.489, mean 113 min x exp(1.489^2 / 2) = 342 min. */
  test_check(fabs(model_fault_at(m, 0)->repair.mean / 60e9 - 342.4) < 1, "%g min", model_fault_at(m, 0)->repair.mean / 60e9);
  fixture_close(&f);
}

static void test_kinds(void) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) test_kind(&rows[i]);
}

/* A fault that never strikes changes nothing: neither when requests come nor how long each takes. */
static void test_never(void) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char never[2000];
    size_t n = 0;
    for (const char *c = rows[i].faults; *c && n + 8 < sizeof never; c++) {
      if (!strncmp(c, "'at': '", 7))
        n += (size_t)sprintf(never + n, "'at': '9"), c += 6; /* 920 s: after the run */
      else
        never[n++] = *c;
    }
    never[n] = 0;
    struct fixture f = opened(&rows[i], never), g = opened(&rows[i], "");
    if (!f.scenario || !g.scenario) continue;
    struct world *with = played(&f, rows[i].name, WORLD_TRAFFIC, 1), *without = played(&g, rows[i].name, WORLD_TRAFFIC, 1);
    for (uint32_t e = 0; e < 2; e++)
      test_check(fixture_ends(with, e).arrived > 10000 &&
                     fixture_same_window(&with->observation.endpoints[e].windows[0], &without->observation.endpoints[e].windows[0]),
                 "%s, endpoint %u: a fault that never strikes changes the run", rows[i].name, e);
    world_free(with), world_free(without);
    fixture_close(&f), fixture_close(&g);
  }
}

static const struct test_case cases[] = {
    {"with requests and in years", test_kinds}, {"slower", test_slower}, {"typical", test_typical}, {"never", test_never}, {0}};
const struct test_suite suite_what_breaks = {"what_breaks", cases};
