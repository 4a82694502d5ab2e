/* What the living can carry, in years of faults: against values worked by hand, and against the same single fault with requests. */
#include "models/availability/carrying.h"
#include "models/availability/outage.h"
#include "models/availability/strain.h"
#include "models/core/world.h"
#include "models/platform/nodes.h"
#include "models/service/affliction.h"
#include "sim/study/study.h"
#include "tests/model_fixture.h"

static void one_by_one(void *context, void (*task)(void *of, uint32_t i), void *of, uint32_t count) {
  (void)context;
  for (uint32_t i = 0; i < count; i++) task(of, i);
}

/* --- the same fault with requests and without ------------------------------------------------------------------------------------ */

enum { SECONDS = 240, STRIKES_AT = 30, SEEDS = 4 };

/* An availability run may never be better than the requests by more than the joint interval. It may be worse by that and half a second of the
 * four minutes: courses are taken in steps of time. */
#define STEPS 0.0025

struct row {
  const char *name, *platform, *services, *endpoints, *mix, *nodes;
  double rate;
  const char *crashes; /* service whose first process dies; null: the machine of the first replica of */
  const char *loses;
  const char *hangs;  /* its first process, for good */
  const char *ails;   /* from then on it takes twice as long */
  const char *faults; /* these instead, each at its time */
};

#define ALONE NULL, NULL, NULL, NULL,
/* Two replicas 80% busy; with one left 160% are asked of it. */
#define HALF                                                                                                                       \
  "'api': { 'kind': 'app', 'replicas': 2, 'start': '20s' }",                                                                       \
      "'p': { 'entry': 'api', 'steps': [ { 'cpu': { 'exponential': "                                                               \
      "'10ms' } } ] }",                                                                                                            \
      "'p': 1", "'n': { 'count': 2, 'cpu': 1 }", 160
/* q asks nobody else; but the four threads that p takes hang for a second at a machine that is gone. */
#define HANG                                                                                                                       \
  "'a': { 'kind': 'app', 'runtime': 'threads', 'threads': 4, 'place': 'x' }, 'm': { 'kind': 'app', 'replicas': 2, 'place': 'y', "  \
  "'start': '20s', 'connect_timeout': '1s', 'backlog': 'unlimited' }",                                                             \
      "'p': { 'entry': 'a', 'steps': [ { 'call': 'm', 'steps': [ { 'cpu': '1ms' } ] } ] }, 'q': { 'entry': 'a', 'steps': [ { "     \
      "'cpu': '1ms' } ] }",                                                                                                        \
      "'p': 1, 'q': 1", "'x': { 'cpu': 4 }, 'y': { 'count': 2, 'cpu': 4 }", 40

/* The four threads that p takes wait for a far region. Of a slow link, 150 ms more each way, 20/s x 300 ms = 6 threads are asked. */
#define FAR                                                                                                                        \
  "'a': { 'kind': 'app', 'runtime': 'threads', 'threads': 4, 'place': 'x' }, 'm': { 'kind': 'app', 'place': 'y', 'start': '20s', " \
  "'backlog': 'unlimited' }",                                                                                                      \
      "'p': { 'entry': 'a', 'steps': [ { 'call': 'm', 'steps': [ { 'cpu': '1ms' } ] } ] }, 'q': { 'entry': 'a', 'steps': [ { "     \
      "'cpu': '1ms' } ] }",                                                                                                        \
      "'p': 1, 'q': 1",                                                                                                            \
      "'x': { 'cpu': 4, 'region': 'us' }, 'y': { 'cpu': 4, 'region': 'eu' } }, 'regions': { 'us': { 'at': 'us-east-1' }, 'eu': { " \
      "'at': 'eu-west-1' } }, 'network': { 'between_nodes': '0s', 'between_zones': '0s', 'round_trip': { 'us-eu': '1ms' } ",       \
      40
#define SLOW_LINK ALONE "'f': { 'kind': 'slow-link', 'between': [ 'us', 'eu' ], 'delay': '150ms', 'at': '30s', 'repair': '60s' }"
/* Clients keep an address for up to 20 s: 10 + 40 s of 240 are lost; those that are left ask less. */
#define NAMES ALONE "'f': { 'kind': 'dns', 'ttl': '20s', 'at': '30s', 'repair': '60s' }"
/* The machine that is lost meanwhile stays in rotation until the control plane is back; after that one replica has all. */
#define PLANE                                                                                                                      \
  ALONE "'f': { 'kind': 'control-plane', 'at': '30s', 'repair': '80s' }, 'g': { 'kind': 'node', 'nodes': 'n', 'at': '40s', "       \
        "'repair': '1h' }"
/* All look-ups miss at first; the database can do that. */
#define CACHED                                                                                                                     \
  "'a': { 'kind': 'app', 'place': 'x' }, 'c': { 'kind': 'cache', 'place': 'y' }, 'd': { 'kind': 'database', 'place': 'y' }",       \
      "'p': { 'entry': 'a', 'steps': [ { 'cached': 'c', 'key': 'k', 'demand': '10us', 'miss': [ { 'query': 'd', 'reads': 1, "      \
      "'demand': '1ms' } ] } ] }",                                                                                                 \
      "'p': 1", "'x': { 'cpu': 4 }, 'y': { 'cpu': 4 } }, 'network': { 'between_nodes': '100us' ", 100
#define COLD ALONE "'f': { 'kind': 'cache-loss', 'service': 'c', 'at': '30s' }"
/* The machine of the active one: callers hang there until another has taken over. */
#define PAIR                                                                                                                       \
  "'a': { 'kind': 'app', 'runtime': 'threads', 'threads': 4, 'place': 'x' }, 'm': { 'kind': 'app', 'replicas': 2, 'place': 'y', "  \
  "'start': '20s', 'connect_timeout': '1s', 'backlog': 'unlimited', 'failover': { 'detect': '25s' } }",                            \
      "'p': { 'entry': 'a', 'steps': [ { 'call': 'm', 'steps': [ { 'cpu': '1ms' } ] } ] }, 'q': { 'entry': 'a', 'steps': [ { "     \
      "'cpu': '1ms' } ] }",                                                                                                        \
      "'p': 1, 'q': 1", "'x': { 'cpu': 4 }, 'y': { 'count': 2, 'cpu': 4 }", 40

static const struct row rows[] = {
    {"static, half is left after a node", "static", HALF, NULL, "api", NULL, NULL, NULL},
    {"compose, half is left after a node", "compose", HALF, NULL, "api", NULL, NULL, NULL},
    {"swarm, half is left after a node", "swarm", HALF, NULL, "api", NULL, NULL, NULL},
    {"kubernetes, half is left after a node", "kubernetes", HALF, NULL, "api", NULL, NULL, NULL},
    {"static, half is left after a crash", "static", HALF, "api", NULL, NULL, NULL, NULL},
    {"compose, half is left after a crash", "compose", HALF, "api", NULL, NULL, NULL, NULL},
    {"swarm, half is left after a crash", "swarm", HALF, "api", NULL, NULL, NULL, NULL},
    {"kubernetes, half is left after a crash", "kubernetes", HALF, "api", NULL, NULL, NULL, NULL},
    {"static, a release that is slower", "static", HALF, NULL, NULL, NULL, "api", NULL},
    {"static, threads hang", "static", HANG, NULL, "m", NULL, NULL, NULL},
    {"compose, threads hang", "compose", HANG, NULL, "m", NULL, NULL, NULL},
    {"swarm, threads hang", "swarm", HANG, NULL, "m", NULL, NULL, NULL},
    {"kubernetes, threads hang", "kubernetes", HANG, NULL, "m", NULL, NULL, NULL},
    {"kubernetes, a crash where threads could hang", "kubernetes", HANG, "m", NULL, NULL, NULL, NULL},
    {"static, threads wait for a process that hangs", "static", HANG, NULL, NULL, "m", NULL, NULL},
    {"static, a slow link", "static", FAR, SLOW_LINK},
    {"compose, a slow link", "compose", FAR, SLOW_LINK},
    {"swarm, a slow link", "swarm", FAR, SLOW_LINK},
    {"kubernetes, a slow link", "kubernetes", FAR, SLOW_LINK},
    {"static, names are not resolved", "static", HALF, NAMES},
    {"compose, names are not resolved", "compose", HALF, NAMES},
    {"swarm, names are not resolved", "swarm", HALF, NAMES},
    {"kubernetes, names are not resolved", "kubernetes", HALF, NAMES},
    {"kubernetes, a machine while its control plane is lost", "kubernetes", HALF, PLANE},
    {"static, a cache is cold", "static", CACHED, COLD},
    {"kubernetes, a cache is cold", "kubernetes", CACHED, COLD},
    {"static, one that stands by takes over", "static", PAIR, NULL, "m", NULL, NULL, NULL},
    {"kubernetes, one that stands by takes over", "kubernetes", PAIR, NULL, "m", NULL, NULL, NULL},
};

static const char *fault_of(const struct row *r) {
  if (r->faults) return r->faults;
  if (r->ails) return "'kind': 'release', 'service': 'api', 'slower': 2";
  return strstr(r->nodes, "'y'") ? "'kind': 'node', 'nodes': 'y'" : "'kind': 'node', 'nodes': 'n'";
}

static struct fixture opened(const struct row *r) {
  const char *keys = strstr(r->endpoints, "'key'") ? "'keys': { 'k': { 'of': 200 } }, " : "";
  return fixture_of("{ 'aguanta': 1, 'name': 'capacity', 'traffic': { 'x': { 'kind': 'open', 'rate': '%g/s', 'timeout': '1s', %s"
                    "'mix': { %s } } }, 'endpoints': { %s }, 'services': { %s }, 'platform': { 'kind': '%s', 'nodes': { %s } }, "
                    "%s'faults': { %s%s%s }, "
                    "'run': { 'warmup': '0s', 'window': '%ds', 'windows': 1, 'years': 1 } }",
                    r->rate, strstr(r->nodes, "'region'") ? "'region': 'us', " : "", r->mix, r->endpoints, r->services, r->platform,
                    r->nodes, keys, r->faults ? "" : "'f': { ", fault_of(r), r->faults ? "" : ", 'mtbf': '99y', 'repair': '1h' }",
                    SECONDS);
}

static void strike(void *context, uint32_t unused) {
  (void)unused;
  struct world *w = ((struct world **)context)[0];
  const struct row *r = ((const struct row **)context)[1];
  for (uint32_t i = 0; i < w->model->services.count; i++) {
    struct container *first = &w->containers[w->services[i].first];
    struct affliction slower = {.service = i, .slower = 2, .outcome = OUTCOME_ERROR};
    if (r->ails && !strcmp(service_config(&w->services[i])->name, r->ails)) affliction_begins(w, 0, &slower);
    if (r->crashes && !strcmp(service_config(&w->services[i])->name, r->crashes)) lifecycle_crash(w, first);
    if (r->hangs && !strcmp(service_config(&w->services[i])->name, r->hangs)) lifecycle_hang(w, first);
    if (r->loses && !strcmp(service_config(&w->services[i])->name, r->loses)) node_fails(w, &w->nodes[first->node], DISK_UNSTATED);
  }
}

static struct world *played(const struct model *m, const struct row *r, enum world_mode mode, uint64_t seed) {
  struct world *w = world_new(m, seed, 0, mode);
  const void *context[2] = {w, r};
  w->horizon = w->measured_until = SECONDS * SIM_S;
  if (!r->faults) calendar_set(w->calendar, calendar_slot(w->calendar, strike, context, 0), STRIKES_AT * SIM_S);
  world_run(w);
  return w;
}

/* Shares that fail of each endpoint, without requests: once to see the states, once with their courses. */
static void quiet(const struct model *m, const struct row *r, uint64_t seed, double *failed) {
  struct model copy = *m;
  copy.run.seed = seed; /* of the short runs */
  struct carrying *book = carrying_new(&copy);
  copy.parts[PART_carrying] = book;
  world_free(played(&copy, r, WORLD_AVAILABILITY, seed));
  carrying_solve(book, one_by_one, NULL);
  struct world *w = played(&copy, r, WORLD_AVAILABILITY, seed);
  for (uint32_t e = 0; e < m->endpoints.count; e++) failed[e] = 1 - world_outages(w)->served_ns[e] * 1e-9 / SECONDS;
  world_free(w);
  carrying_free(book);
}

static void loud(const struct model *m, const struct row *r, uint64_t seed, double *failed) {
  struct world *w = played(m, r, WORLD_TRAFFIC, seed);
  for (uint32_t e = 0; e < m->endpoints.count; e++) {
    struct ends ends = fixture_ends(w, e);
    failed[e] = (double)(ends.arrived - ends.by[OUTCOME_COMPLETED]) / (double)ends.arrived;
  }
  world_free(w);
}

static void test_agreement(void) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = opened(&rows[i]);
    if (!f.scenario) continue;
    double with[2][SEEDS], without[2][SEEDS];
    uint32_t endpoints = f.scenario->model.endpoints.count;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
      double a[2], b[2];
      loud(&f.scenario->model, &rows[i], seed + 1, a), quiet(&f.scenario->model, &rows[i], seed + 1, b);
      for (uint32_t e = 0; e < endpoints; e++) with[e][seed] = a[e], without[e][seed] = b[e];
    }
    for (uint32_t e = 0; e < endpoints; e++) {
      struct mean_of l = mean_of(with[e], SEEDS), q = mean_of(without[e], SEEDS);
      double joint = hypot(l.half, q.half), worse = q.mean - l.mean;
      test_check(worse >= -joint - 1e-9 && worse <= joint + STEPS,
                 "%s, endpoint %u: %.4f of the requests fail, %.4f by the availability run; joint interval %.4f", rows[i].name, e,
                 l.mean, q.mean, joint);
    }
    fixture_close(&f);
  }
}

/* --- by hand ---------------------------------------------------------------------------------------------------------------------- */

/* Two replicas of mean 10 ms, each on a machine that is away 1 day after 30: u = 1/31, both there (30/31)^2 = 0.936524, one of them
 * 2 x 30/31^2 = 0.062435, none 0.001041. With B places to wait and Poisson arrivals each replica is M/M/1/K, K = B + 1; with r
 * arrivals in a service time a share p = (1 - r) r^K / (1 - r^(K+1)) is turned away.
 *
 * nobody waits in vain   no limit that matters, clients go after 2 s. 160/s of 100/s: what is served has waited for 2 s or more
 *                        nearly always, 0.3% are answered (a traffic run): 0.936524 + 0.062435 x 0.003 = 0.93671
 * a short backlog        K = 51, r = 0.8: 2e-6; r = 1.6: p = 0.375: 0.936524 + 0.062435 x 0.625 = 0.97555
 * a very short one       K = 6, r = 0.8: p = 0.2 x 0.262144 / 0.790285 = 0.06634; r = 1.6: 0.6 x 16.7772 / 25.8435 = 0.38951:
 *                        0.936524 x 0.93366 + 0.062435 x 0.61049 = 0.91251
 * half a day at 40/s     40/s of 100/s: nothing is turned away. Of the requests 160 / 200 come by day:
 *                        0.936524 + 0.062435 x (0.2 + 0.8 x 0.625) = 0.98023
 * overload, all well     300/s of 200/s, K = 51: r = 1.5: p = 1/3; of 100/s: p = 2/3: 0.936524 x 0.66667 + 0.062435 x 0.33333 = 0.64516
 *
 * Years of failures differ: of 300 years the time with one of them varies by 1.2% (7,000 failures), and short runs by 0.5%. */
static const struct by_hand {
  const char *name, *rate, *backlog;
  double served;
} by_hand[] = {
    {"nobody waits in vain", "'160/s'", "511", 0.93671},
    {"a short backlog", "'160/s'", "50", 0.97555},
    {"a very short one", "'160/s'", "5", 0.91251},
    {"half a day at 40/s",
     "{ 'hours': { 'rates': [ '40/s','40/s','40/s','40/s','40/s','40/s','160/s','160/s','160/s','160/s','160/s','160/s','160/s',"
     "'160/s','160/s','160/s','160/s','160/s','40/s','40/s','40/s','40/s','40/s','40/s' ] } }",
     "50", 0.98023},
    {"overload, all well", "'300/s'", "50", 0.64516}};

static struct fixture opened_by_hand(const struct by_hand *h) {
  return fixture_of(
      "{ 'aguanta': 1, 'name': 'by-hand', 'traffic': { 'x': { 'kind': 'open', 'rate': %s, 'timeout': '2s', 'mix': { "
      "'w': 1 } } }, 'endpoints': { 'w': { 'entry': 'api', 'steps': [ { 'cpu': { 'exponential': '10ms' } } ] } }, "
      "'services': { 'api': { 'kind': 'app', 'replicas': 2, 'balance': 'random', 'backlog': %s } }, 'platform': { "
      "'kind': 'static', 'nodes': { 'n': { 'count': 2, 'cpu': 1 } } }, 'faults': { 'loss': { 'kind': 'node', 'nodes': "
      "'n', 'mtbf': '30d', 'repair': '24h' } }, 'run': { 'warmup': '0s', 'window': '2s', 'replications': 2, 'years': "
      "300, 'settles': false }, 'claims': [ 'rto(loss) < 1s for 99%%' ] }",
      h->rate, h->backlog);
}

static char *as_json(const struct results *r) {
  char *text;
  size_t length;
  FILE *file = open_memstream(&text, &length);
  report_json_write(file, r);
  fclose(file);
  return text;
}

static void test_by_hand(void) {
  for (size_t i = 0; i < sizeof by_hand / sizeof *by_hand; i++) {
    struct fixture f = opened_by_hand(&by_hand[i]);
    if (!f.scenario) continue;
    const struct results *r = study_run(f.arena, f.scenario, &(struct study_options){.jobs = 1, .replications = 2});
    const struct estimate *a = &r->availability.availability;
    test_check(fabs(a->value - by_hand[i].served) < 0.0025, "%s: %.5f of the requests are served, by hand %.5f", by_hand[i].name,
               a->value, by_hand[i].served);
    test_check(r->claims[0].verdict == VERDICT_FAIL || i == 4, "%s: the outage of a machine lasts for its repair", by_hand[i].name);
    if (i == 3) {
      char *one = as_json(r), *two = as_json(study_run(f.arena, f.scenario, &(struct study_options){.jobs = 2, .replications = 2}));
      test_check(!strcmp(one, two), "two threads give another answer");
      free(one), free(two);
    }
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"the same fault with requests and without, where capacity decides", test_agreement},
                                         {"values worked by hand", test_by_hand},
                                         {0}};
const struct test_suite suite_carrying = {"carrying", cases};
