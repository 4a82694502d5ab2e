/* Migrations of a database: their length from size and rates, in runs with requests and in years. */
#include "models/availability/outage.h"
#include "models/faults/fault.h"
#include "tests/model_fixture.h"

/* 20/s read and 10/s write; the move begins at 10 s. */
#define MOVED                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'moved', 'traffic': { 't': { 'kind': 'open', 'rate': '30/s', 'mix': { 'r': 2, 'w': 1 } } },"            \
  "'endpoints': { 'r': { 'entry': 'a', 'steps': [ { 'query': 'd', 'reads': 1, 'demand': '1ms' } ] },"                              \
  "'w': { 'entry': 'a', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '1ms' } ] } },"                                          \
  "'services': { 'a': { 'kind': 'app' }, 'd': { 'kind': 'database' %s } },"                                                        \
  "'faults': { 'move': { 'kind': 'migration', 'service': 'd', 'cut_over': '30s', %s } },"                                          \
  "'platform': { 'kind': '%s', 'nodes': { 'n': { 'cpu': 4 } } },"                                                                  \
  "'run': { 'warmup': '0s', 'window': '%s', %s 'replications': 1 } }"
/* 10 GB: 100 s, 50 s and 200 s; verified for a minute. */
#define RATES  "'data': '10GB', 'dump': '100MB/s', 'transfer': '1.6Gbit/s', 'restore': '50MB/s', "
#define MINUTE "'verify': '1min', "

enum { PHASE_COUNT = 6 };

/* By hand. all: 100 + 50 + 200 + 60 + 30 = 440 s, of which all that is asked is lost: 8,800 reads and 4,400 writes. Read only: the
 * reads are lost in the cut-over alone: 30 s, and of all requests (2 x 30 + 440) / 3 = 166.7 s. With the new one following the old
 * one 30 s. In a pipe the slowest is that of the 200 s: 290 s. To read 10 GB again at 100 MB/s takes 100 s more: 540 s. */
static const struct row {
  const char *name, *fault, *database;
  double took_s, rto_s, reads_s, writes_s, phase_s[PHASE_COUNT]; /* from the dump on */
} rows[] = {
    {"all", RATES MINUTE, "", 440, 440, 440, 440, {100, 50, 200, 60, 30, 0}},
    {"read only", RATES MINUTE "'stops': 'writes', ", "", 440, 440, 30, 440, {100, 50, 200, 60, 30, 0}},
    {"following", RATES MINUTE "'stops': 'cut-over', ", "", 440, 30, 30, 30, {0, 0, 0, 0, 30, 0}},
    {"following, and slower", RATES MINUTE "'stops': 'cut-over', 'slower': 2, ", "", 440, 30, 30, 30, {0, 0, 0, 0, 30, 0}},
    {"piped", RATES MINUTE "'piped': true, ", "", 290, 290, 290, 290, {0, 0, 200, 60, 30, 0}},
    {"read again", RATES MINUTE "'verify_rate': '100MB/s', ", "", 540, 540, 540, 540, {100, 50, 200, 160, 30, 0}},
    {"its own data",
     "'dump': '100MB/s', 'restore': '100MB/s', ",
     ", 'database': { 'data': '5GB', 'buffer_pool': '5GB' }",
     130,
     130,
     130,
     130,
     {50, 0, 50, 0, 30, 0}},
    {"as is usual", "'data': '1GB', ", "", 70, 70, 70, 70, {20, 0, 20, 0, 30, 0}},
    {"SQLite",
     RATES MINUTE "'stops': 'writes', ",
     ", 'database': { 'engine': 'sqlite' }",
     440,
     440,
     30,
     440,
     {100, 50, 200, 60, 30, 0}},
};
static const char *const platforms[] = {"static", "compose", "swarm", "kubernetes"};

static struct fixture moved(const struct row *r, const char *platform, const char *run) {
  char fault[400];
  snprintf(fault, sizeof fault, "%s 'at': '10s'", r->fault);
  return fixture_of(MOVED, r->database, fault, platform, "10min", run);
}

static double lost(const struct world *w, uint32_t endpoint) {
  struct ends e = fixture_ends(w, endpoint);
  return (double)(e.by[OUTCOME_NO_BACKEND] + e.by[OUTCOME_ERROR]);
}

static void check_lost(const char *name, const char *what, double lost, double wanted) {
  test_check(fabs(lost - wanted) < 4 * sqrt(wanted), "%s: %g %s lost, not %g", name, lost, what, wanted);
}

static void test_with_requests(void) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = moved(&rows[i], platforms[i % 4], "");
    if (!f.scenario) continue;
    struct world *w = fixture_run(&f, 1, rows[i].name);
    check_lost(rows[i].name, "reads", lost(w, 0), 20 * rows[i].reads_s);
    check_lost(rows[i].name, "writes", lost(w, 1), 10 * rows[i].writes_s);
    test_check(fabs(fixture_metered(w, "move", "took") - rows[i].took_s) < 1e-3 && fixture_metered(w, "move", "tries") == 1,
               "%s: took %g s", rows[i].name, fixture_metered(w, "move", "took"));
    world_free(w), fixture_close(&f);
  }
}

static void check_phases(const struct row *r, const char *platform, const struct outage_log *log) {
  for (int k = 0; k < OUTAGE_PHASES; k++) {
    double wanted = k < PHASE_DUMP ? 0 : r->phase_s[k - PHASE_DUMP];
    test_check(fabs(log->phase_ns[k] * 1e-9 - wanted) < 1e-6, "%s, %s: %s %g s", r->name, platform, outage_phase_names[k],
               log->phase_ns[k] * 1e-9);
  }
}

/* The same without requests, to the nanosecond, on each platform; all of it is planned. */
static void test_in_years(void) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (size_t p = 0; p < 4; p++) {
      const struct row *r = &rows[i];
      struct fixture f = moved(r, platforms[p], "'years': 1,");
      if (!f.scenario) continue;
      struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_AVAILABILITY);
      world_outages(w)->audited = true;
      world_run(w);
      world_audit(w, fixture_broken, (void *)(uintptr_t)r->name);
      const struct outage_book *b = world_outages(w);
      const struct outage_log *log = &b->classes[0];
      double all_s = (2 * r->reads_s + r->writes_s) / 3;
      test_check(log->faults == 1 && log->rto.count == 1 && fabs(log->rto.s[0] - r->rto_s) < 1e-6, "%s: rto %g s", r->name,
                 log->rto.count ? log->rto.s[0] : 0);
      test_check(fabs(log->lost_ns * 1e-9 - all_s) < 1e-6, "%s: %g s lost", r->name, log->lost_ns * 1e-9);
      test_check(fabs(b->ledger.rows[LEDGER_PLANNED].lost_s - all_s) < 1e-6 && !(b->ledger.rows[LEDGER_UNPLANNED].lost_s > 0),
                 "%s: %g s planned", r->name, b->ledger.rows[LEDGER_PLANNED].lost_s);
      check_phases(r, platforms[p], log);
      test_check(!b->mismatches, "%s: %lu mismatches", r->name, (unsigned long)b->mismatches);
      world_free(w), fixture_close(&f);
    }
}

/* Every 10 days, 36.5 times a year, half of the verifications fail: a success is 440 s, a failure 100 + 50 + 200 + 60 + 20 = 430 s, and
 * there are as many of these. In 40 years 1,460 successes; the failures before one are geometric of mean 1 and variance 2: sd 54. */
static void test_failing(void) {
  struct fixture f = fixture_of(MOVED, "", RATES MINUTE "'every': '10d', 'fails': 0.5, 'rollback': '20s', 'retry': '1h'",
                                "kubernetes", "10min", "'years': 40, 'years_per_replication': 40,");
  if (!f.scenario) return;
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_AVAILABILITY);
  world_run(w);
  const struct outage_log *log = &world_outages(w)->classes[0];
  double good = 0, bad = 0;
  for (uint64_t i = 0; i < log->rto.count; i++) {
    good += fabs(log->rto.s[i] - 440) < 1e-6, bad += fabs(log->rto.s[i] - 430) < 1e-6;
  }
  test_check(good + bad == (double)log->rto.count && good + bad >= (double)log->faults - 1 && fabs(good - 1460) <= 1,
             "%g good, %g bad of %g", good, bad, (double)log->rto.count);
  test_check(fabs(bad - 1460) < 4 * 54, "%g failed", bad);
  test_check(fabs(log->phase_ns[PHASE_ROLLBACK] * 1e-9 - 20 * bad) < 1e-3, "%g s of roll-back",
             log->phase_ns[PHASE_ROLLBACK] * 1e-9);
  world_free(w), fixture_close(&f);
}

/* With requests: the first verification fails or does not by the seed. Then it serves again after 430 s, and for 2 min. */
static void test_failing_with_requests(void) {
  uint32_t failed = 0;
  for (uint64_t seed = 1; seed <= 6; seed++) {
    struct fixture f =
        fixture_of(MOVED, "", RATES MINUTE "'at': '10s', 'fails': 0.5, 'rollback': '20s', 'retry': '2min'", "compose", "590s", "");
    if (!f.scenario) return;
    struct world *w = fixture_run(&f, seed, "failing");
    double bad = fixture_metered(w, "move", "failed");
    failed += bad > 0;
    /* Until 440 s of 10 to 450 s; or 10 to 440 s and 560 to 590 s. */
    check_lost("failing", "writes", lost(w, 1), bad > 0 ? 4300 + 300 : 4400);
    test_check(fixture_metered(w, "move", "tries") == 1 + bad, "%g tries", fixture_metered(w, "move", "tries"));
    world_free(w), fixture_close(&f);
  }
  test_check(failed > 0 && failed < 6, "%u of 6 failed", failed);
}

/* The second one comes 90 s after the first, which takes 440 s. */
static void test_left_out(void) {
  struct fixture f = fixture_of(MOVED, "", RATES MINUTE "'at': [ '10s', '100s' ]", "swarm", "10min", "");
  if (!f.scenario) return;
  struct world *w = fixture_run(&f, 1, "left out");
  test_check(fixture_metered(w, "move", "left_out") == 1 && fixture_metered(w, "move", "tries") == 1, "%g left out, %g tries",
             fixture_metered(w, "move", "left_out"), fixture_metered(w, "move", "tries"));
  world_free(w), fixture_close(&f);
}

#define REGIONS "'kind': 'static', 'regions': { 'us': { 'at': 'us-east-1' }, 'eu': { 'at': 'eu-west-1' } }"

static void test_bad_input(void) {
  static const struct {
    const char *database, *fault, *says;
  } bad[] = {
      {"", "'service': 'd', 'at': '1min'",
       "faults.move: needs \"data\", how much is moved: \"d\" does not say how much it holds (database.data)"},
      {"", "'service': 'd', 'data': '1GB', 'dump': '0MB/s', 'at': '1min'", "\"dump\" must be"},
      {"", "'service': 'd', 'data': '1GB', 'restore': '0bit/s', 'at': '1min'", "\"restore\" must be"},
      {"", "'service': 'd', 'data': '1GB', 'restore': '30MB', 'at': '1min'", "\"restore\" has no unit of bandwidth"},
      {"", "'service': 'd', 'data': '0GB', 'at': '1min'", "\"data\" must be"},
      {"", "'service': 'd', 'data': '1GB', 'stops': 'reads', 'at': '1min'", "\"stops\""},
      {"", "'service': 'd', 'data': '1GB', 'fails': 0.1, 'at': '1min'",
       "faults.move: is of a verification: give \"verify\" or \"verify_rate\""},
      {"", "'service': 'd', 'data': '1GB', 'fails': 1, 'verify': '1min', 'at': '1min'", "no try would ever succeed"},
      {"", "'service': 'd', 'data': '1GB', 'by': 'person', 'at': '1min'", "takes its own course, and is not repaired: no \"by\""},
      {"", "'service': 'd', 'data': '1GB'", "never happens"},
      {"", "'service': 'a', 'data': '1GB', 'at': '1min'", "\"a\" is not of kind database: it keeps no data to move"},
      {"", "'data': '1GB', 'at': '1min'", "needs a \"service\": the database whose data are moved"},
      {"", "'service': 'd', 'data': '1GB', 'lasts': '5min', 'at': '1min'", "\"lasts\""},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct text t = {.length = 0};
    put(&t,
        "{ 'aguanta': 1, 'name': 'bad', 'traffic': { 't': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, 'endpoints': { "
        "'p': "
        "{ 'entry': 'a', 'steps': [ { 'query': 'd', 'reads': 1, 'demand': '1ms' } ] } }, 'services': { 'a': { 'kind': 'app' }, "
        "'d': { "
        "'kind': 'database' %s } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 4 } } }, 'faults': { 'move': { "
        "'kind': "
        "'migration', %s } }, 'run': { 'window': '10min' } }",
        bad[i].database, bad[i].fault);
    struct fixture f = fixture_try(&t);
    test_check(f.refused && strstr(f.refused, bad[i].says), "%s: %s", bad[i].fault, f.refused ? f.refused : "accepted");
    fixture_close(&f);
  }
}

/* How the data reach each region is not modelled. */
static void test_regions(void) {
  struct text t = {.length = 0};
  put(&t,
      "{ 'aguanta': 1, 'name': 'bad', 'traffic': { 't': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, "
      "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'query': 'd', 'reads': 1, 'demand': '1ms' } ] } }, 'services': { 'a': { "
      "'kind': 'app', 'place': 'u' }, 'd': { 'kind': 'database', 'replicas': { 'us': 1, 'eu': 1 }, 'replication': { 'primary': "
      "'us' "
      "} } }, 'platform': { " REGIONS ", 'nodes': { 'u': { 'cpu': 4, 'region': 'us' }, 'e': { 'cpu': 4, 'region': 'eu' } } }, "
      "'faults': { 'move': { 'kind': 'migration', 'service': 'd', 'data': '1GB', 'at': '1min' } }, 'run': { 'window': '10min' } }");
  struct fixture f = fixture_try(&t);
  test_check(f.refused && strstr(f.refused, "\"d\" has replicas in several regions"), "%s", f.refused ? f.refused : "accepted");
  fixture_close(&f);
}

static const struct test_case cases[] = {{"with requests", test_with_requests},
                                         {"in years", test_in_years},
                                         {"failing", test_failing},
                                         {"failing with requests", test_failing_with_requests},
                                         {"left out", test_left_out},
                                         {"bad input", test_bad_input},
                                         {"regions", test_regions},
                                         {0}};
const struct test_suite suite_migrations = {"migrations", cases};
