/* Databases over regions: where the primary is, what commits and reads take, votes, cut links and two primaries. Between us and eu
 * it is 75 ms there and back, and 0.5 ms between two nodes of a zone; a query computes for 1 ms. */
#include "tests/model_fixture.h"
#include "models/availability/outage.h"
#include "models/replication/replication.h"
#include "sim/measure/resource.h"

#define PLACES                                                                                                                     \
  "'platform': { 'kind': 'compose', 'regions': { 'us': {}, 'eu': {} }, 'network': { 'round_trip': { 'us-eu': '75ms' } }, "         \
  "'nodes': { 'app-us': { 'cpu': 4, 'region': 'us' }, 'app-eu': { 'cpu': 4, 'region': 'eu' }, 'db-us': { 'cpu': 4, 'region': "     \
  "'us' }, 'db-eu': { 'cpu': 4, 'region': 'eu' } } }"

/* --- ways -------------------------------------------------------------------------------------------------------------------- */

#define QUERIES                                                                                                                    \
  "{ 'aguanta': 1, 'name': 'q', 'traffic': { 'p': { 'kind': 'open', 'rate': '0.1/s', 'region': 'us', 'mix': { "                    \
  "'wu': 1, 'ru': 1 } }, 'q': { 'kind': 'open', 'rate': '0.1/s', 'region': 'eu', 'mix': { 'we': 1, 're': 1 } } "                   \
  "}, 'endpoints': { 'wu': { 'entry': 'us', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '1ms' } ] }, 'we': "                 \
  "{ 'entry': 'eu', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '1ms' } ] }, 'ru': { 'entry': 'us', "                        \
  "'steps': [ { 'query': 'd', 'reads': 1, 'demand': '1ms' } ] }, 're': { 'entry': 'eu', 'steps': [ { 'query': "                    \
  "'d', 'reads': 1, 'demand': '1ms' } ] } }, 'services': { 'us': { 'kind': 'app', 'place': 'app-us' }, 'eu': { "                   \
  "'kind': 'app', 'place': 'app-eu' }, 'd': { 'kind': 'database', 'place': [ 'db-us', 'db-eu' ], 'replicas': { "                   \
  "'us': 1, 'eu': 1 }, 'replication': { 'workers': 1%s } } }, 'run': { 'warmup': '0s', 'window': '1000s', "                        \
  "'windows': 1 }, " PLACES " }"

static const struct {
  const char *name, *replication;
  double ms[4]; /* writes from us and from eu, reads from us and from eu */
} ways[] = {
    {"asynchronous", ", 'primary': 'us', 'reads': 'local'", {1.5, 76, 1.5, 1.5}},
    {"the primary in eu", ", 'primary': 'eu', 'reads': 'local'", {76, 1.5, 1.5, 1.5}},
    /* There, and the answer back: 75 ms more. */
    {"semi-synchronous", ", 'primary': 'us', 'reads': 'local', 'mode': 'semi-synchronous'", {76.5, 151, 1.5, 1.5}},
    /* The log of the other is on disk after 0.1 ms. */
    {"synchronous", ", 'primary': 'us', 'reads': 'local', 'mode': 'synchronous'", {76.6, 151.1, 1.5, 1.5}},
    /* Applying it takes 1 ms. */
    {"applied", ", 'primary': 'us', 'reads': 'local', 'mode': 'synchronous-apply', 'apply': '1ms'", {77.5, 152, 1.5, 1.5}},
    {"as given", ", 'primary': 'us', 'reads': 'local', 'mode': 'semi-synchronous', 'ship': '100ms'", {139, 213.5, 1.5, 1.5}},
};

static void test_ways(void) {
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    struct fixture f = fixture_of(QUERIES, ways[i].replication);
    if (!f.scenario) continue;
    struct world *w = fixture_run(&f, 1, ways[i].name);
    for (uint32_t e = 0; e < 4; e++) {
      double ms = histogram_quantile(fixture_latency(w, e), 0.5) * 1e-6;
      test_check(fabs(ms / ways[i].ms[e] - 1) < 0.01, "%s: endpoint %u takes %.2f ms, by hand %g", ways[i].name, e, ms,
                 ways[i].ms[e]);
    }
    const struct service_config *d = model_service(w->model, fixture_service(&f, "d"));
    double commit_ms = 1e3 * replication_commit_s(w->model, d), more = ways[i].ms[0] - (service_replication(d)->primary ? 76 : 1.5);
    test_check(fabs(commit_ms - more) < 0.01, "%s: a commit waits for %.2f ms in the mean, by hand %g", ways[i].name, commit_ms,
               more);
    world_free(w), fixture_close(&f);
  }
}

/* Turn and turn about: half of the reads cross the ocean. */
static void test_reads_anywhere(void) {
  struct fixture f = fixture_of(QUERIES, ", 'primary': 'us'");
  if (!f.scenario) return;
  struct world *w = fixture_run(&f, 1, "anywhere");
  for (uint32_t e = 2; e < 4; e++) {
    double ms = 1e3 * fixture_mean_s(w, e);
    test_check(ms > 30 && ms < 48, "endpoint %u takes %.2f ms, by hand 1.5 + 74.5 / 2", e, ms);
  }
  world_free(w), fixture_close(&f);
}

/* --- votes and cuts ---------------------------------------------------------------------------------------------------------- */

#define DRILL                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'v', 'traffic': { %s }, 'endpoints': { 'wu': { 'entry': 'us', 'steps': [ { 'query': "                   \
  "'d', 'writes': 1, 'demand': '20us' } ] }, 'we': { 'entry': 'eu', 'steps': [ { 'query': 'd', 'writes': 1, "                      \
  "'demand': '20us' } ] } }, 'services': { 'us': { 'kind': 'app', 'place': 'app-us' }, 'eu': { 'kind': 'app', "                    \
  "'place': 'app-eu' }, 'd': { 'kind': 'database', 'place': [ 'db-us', 'db-eu' ], 'replicas': { 'us': 1, 'eu': 1 "                 \
  "}, 'connect_timeout': '1s', 'start': '2s', 'replication': { 'workers': 1, 'primary': 'us', 'mode': '%s'%s, "                    \
  "'failover': { %s } } } }, 'faults': { 'f': { %s, 'at': '30s', 'repair': '60s' } }, 'run': { 'warmup': '0s', "                   \
  "'window': '120s', 'windows': 1%s }, " PLACES " }"
#define LOST    "'kind': 'region', 'region': 'us'"
#define CUT     "'kind': 'link', 'between': [ 'us', 'eu' ]"
#define TIMES   "'detect': '4s', 'promote': '1s'"
#define WITNESS ", 'votes': { 'us': 1, 'eu': 1, 'third': 1 }, 'witnesses': [ 'third' ]"
#define EU_MORE ", 'votes': { 'us': 1, 'eu': 2 }"
#define PERSON  "'acknowledge': '10s', 'diagnose': '10s', 'act': '5s'"
#define FROM(region, rate, endpoint)                                                                                               \
  "'" region "': { 'kind': 'open', 'rate': '" rate "/s', 'region': '" region "', 'timeout': '10s', 'mix': { '" endpoint "': 1 } }"
#define BOTH    FROM("us", "50", "wu") ", " FROM("eu", "50", "we")
#define ONLY_EU FROM("eu", "100", "we")
#define ONLY_US FROM("us", "100", "wu")

static const struct {
  const char *name, *mix, *mode, *more, *failover, *fault;
  const char *primary; /* in the end */
  double failovers;
  double rto_s; /* 0: none */
  double lost;  /* writes confirmed and thrown away */
  double rpo_s, two_s;
} drills[] = {
    /* One of two votes is no majority, until the machines are back at 90 s: the promotion at 91 is before the start of the old primary
     * at 92. */
    {"a region lost, two votes", ONLY_EU, "asynchronous", "", TIMES, LOST, "eu", 1, 61, 3.75, 0.04, 0},
    {"a region lost, a third vote", ONLY_EU, "asynchronous", "", TIMES WITNESS, LOST, "eu", 1, 5, 3.75, 0.04, 0},
    {"a region lost, two votes and a person", ONLY_EU, "asynchronous", "", TIMES ", 'person': { " PERSON " }", LOST, "eu", 1, 25,
     3.75, 0.04, 0},
    {"a region lost, a person", ONLY_EU, "asynchronous", "", "'by': 'person', " PERSON, LOST, "eu", 1, 25, 3.75, 0.04, 0},
    {"the other region lost, a third vote", ONLY_US, "asynchronous", "", TIMES WITNESS, "'kind': 'region', 'region': 'eu'", "us", 0,
     0, 0, 0, 0},
    /* The primary steps down 4 s after the cut, nobody else may: until 90 s. Nothing of what it took is lost. */
    {"a link cut, two votes", BOTH, "asynchronous", "", TIMES, CUT, "us", 0, 60, 0, 0, 0},
    {"a link cut, a third vote", BOTH, "asynchronous", "", TIMES WITNESS, CUT, "us", 0, 60, 0, 0, 0},
    /* It steps down after 4 s: what us wrote meanwhile, 50/s, is lost, and what was on its way. */
    {"a link cut, more votes there", BOTH, "asynchronous", "", TIMES EU_MORE, CUT, "eu", 1, 60, 202, 4.02, 0},
    /* No standby is left out without the votes: nothing is confirmed in those 4 s. */
    {"a link cut, synchronous", BOTH, "synchronous", ", 'drop_after': '2s'", TIMES EU_MORE, CUT, "eu", 1, 60, 0, 0, 0},
    {"a link cut, a person", BOTH, "asynchronous", "", "'by': 'person', " PERSON, CUT, "us", 0, 60, 0, 0, 0},
    /* eu has a primary of its own from 35 to 90 s; what us took for 60 s is thrown away then. */
    {"a link cut, nobody asks", BOTH, "asynchronous", "", TIMES ", 'split_brain': true", CUT, "eu", 1, 5, 3002, 60, 55},
};

static double level_s(const struct world *w, uint32_t meter) {
  const struct series *s = &w->observation.meters[meter].course;
  return series_level_mean(s, 0) * 120;
}

static double events(const struct world *w, uint32_t meter) {
  return series_per_second(&w->observation.meters[meter].course, 0) * 120;
}

static void check_drill(size_t i, const struct fixture *f, const struct world *w, bool years) {
  const struct replication_config *c = service_replication(model_service(w->model, fixture_service(f, "d")));
  const char *name = drills[i].name;
  const struct container *primary = &w->containers[w->services[fixture_service(f, "d")].primary];
  const struct outage_log *log = &world_outages(w)->classes[0];
  const char *there = model_region(w->model, (uint32_t)container_region(w, primary))->name;
  test_check(!strcmp(there, drills[i].primary), "%s, %d: the primary is in %s", name, years, there);
  if (!(drills[i].rto_s > 0))
    test_check(!log->rto.count, "%s, %d: an outage", name, years);
  else
    test_check(log->rto.count == 1 && fabs(log->rto.s[0] - drills[i].rto_s) < 0.01, "%s, %d: %llu outages, %.2f s, by hand %g",
               name, years, (unsigned long long)log->rto.count, log->rto.count ? log->rto.s[0] : 0, drills[i].rto_s);
  double rpo = 0;
  for (uint64_t k = 0; k < log->rpo.count; k++) rpo = fmax(rpo, log->rpo.s[k]);
  test_check(fabs(rpo - drills[i].rpo_s) < 0.06, "%s, %d: an RPO of %.2f s, by hand %g", name, years, rpo, drills[i].rpo_s);
  if (years) return;
  double lost = events(w, c->lost_writes);
  test_check(fabs(lost - drills[i].lost) <= 5 * sqrt(drills[i].lost), "%s: %g writes lost, by hand %g", name, lost, drills[i].lost);
  double failovers = events(w, c->failovers);
  test_check(fabs(failovers - drills[i].failovers) < 1e-6, "%s: %g promotions", name, failovers);
  if (drills[i].two_s > 0)
    test_check(fabs(level_s(w, c->failover.two_primaries) - drills[i].two_s) < 0.01, "%s: two primaries for %.2f s, by hand %g",
               name, level_s(w, c->failover.two_primaries), drills[i].two_s);
}

static void test_drills(void) {
  for (size_t i = 0; i < sizeof drills / sizeof *drills; i++)
    for (int years = 0; years < 2; years++) {
      struct fixture f = fixture_of(DRILL, drills[i].mix, drills[i].mode, drills[i].more, drills[i].failover, drills[i].fault,
                                    years ? ", 'years': 1" : "");
      if (!f.scenario) continue;
      struct world *w = world_new(&f.scenario->model, 1, 0, years ? WORLD_AVAILABILITY : WORLD_TRAFFIC);
      if (years) w->measured_until = 120 * SIM_S;
      w->horizon = w->measured_until;
      world_run(w);
      if (!years) world_audit(w, fixture_broken, (void *)(uintptr_t)drills[i].name);
      check_drill(i, &f, w, years);
      world_free(w), fixture_close(&f);
    }
}

/* --- a pool over the ocean --------------------------------------------------------------------------------------------------- */

#define POOL                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'p', 'traffic': { 'p': { 'kind': 'open', 'rate': '250/s', 'region': 'eu', 'timeout': '5s', 'mix': { "   \
  "'w': 1 } } }, 'endpoints': { 'w': { 'entry': 'api', 'steps': [ { 'transaction': 'd', 'begin_trip': %s, 'steps': [ { 'query': "  \
  "'d', 'writes': %d, 'demand': '%s' } ] } ] } }, 'services': { 'api': { 'kind': 'app', 'place': 'app-eu', 'replicas': 3, "        \
  "'pools': { 'd': %s } }, 'd': { 'kind': 'database', 'place': [ 'db-us', 'db-eu' ], 'replicas': { 'us': 1, 'eu': 1 }, "           \
  "'connections': { 'trips': 4 }, 'replication': { 'primary': 'us' } } }, 'run': { 'warmup': '10s', 'window': '60s', 'windows': "  \
  "1 "                                                                                                                             \
  "}, " PLACES " }"

static const struct {
  const char *name, *begin_trip;
  int statements;
  const char *demand, *pool;
  double per_s; /* by hand */
} pools[] = {
    /* BEGIN, three statements of 5 ms and COMMIT: 5 x 75 + 15 = 390 ms; 3 x 10 / 0.39. */
    {"five trips", "true", 3, "5ms", "{ 'max': 10, 'wait': '1s' }", 76.923},
    /* One statement and COMMIT, whose work is next to nothing: 30 / 0.15. */
    {"two trips", "false", 1, "10us", "{ 'max': 10, 'wait': '1s' }", 199.99},
    /* A connection for each transaction: 4 trips to open it, which the plan does not count; 30 / 0.45. */
    {"opened each time", "false", 1, "10us", "{ 'max': 10, 'wait': '1s', 'idle': '1ms', 'lifetime': '100ms' }", 66.66},
};

static void test_pool(void) {
  for (size_t i = 0; i < sizeof pools / sizeof *pools; i++) {
    struct fixture f = fixture_of(POOL, pools[i].begin_trip, pools[i].statements, pools[i].demand, pools[i].pool);
    if (!f.scenario) continue;
    struct world *w = fixture_run(&f, 1, pools[i].name);
    double served = (double)w->observation.ended[OUTCOME_COMPLETED] / 70, first = INFINITY;
    test_check(fabs(served / pools[i].per_s - 1) < 0.05, "%s: %.1f/s, by hand %g", pools[i].name, served, pools[i].per_s);
    struct resource *r;
    uint32_t n = resources_of(&f.scenario->model, f.arena, &r);
    for (uint32_t k = 0; k < n; k++) first = fmin(first, resource_saturates_at(&r[k]));
    if (i < 2)
      test_check(fabs(first / pools[i].per_s - 1) < 1e-3, "%s: the table says %.2f/s, by hand %g", pools[i].name, first,
                 pools[i].per_s);
    world_free(w), fixture_close(&f);
  }
}

static const struct test_case cases[] = {
    {"pool over the ocean", test_pool}, {"ways", test_ways}, {"reads anywhere", test_reads_anywhere}, {"drills", test_drills}, {0}};
const struct test_suite suite_data_regions = {"data_regions", cases};
