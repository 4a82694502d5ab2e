/* Claims on a share of the outages, "rto(host) > 60s for 95%": the verdict follows the operator, and the printed value is the
 * quantile, or the share, that was judged. Repair is uniform from 10 to 110 s and the service starts in 2 s, so that an outage lasts
 * 12 to 112 s and all quantiles are known by hand. */
#include "tests/model_fixture.h"

#define HOST                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'host', 'traffic': { 'w': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, 'endpoints': { 'p': " \
  "{ 'entry': 's', 'steps': [ { 'cpu': '1ms' } ] } }, 'services': { 's': { 'kind': 'app', 'start': '2s' } }, 'platform': { "       \
  "'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, 'faults': { 'host': { 'kind': 'node', 'nodes': 'n', 'mtbf': '30d', "        \
  "'repair': %s } }, 'run': { 'window': '1m', 'warmup': '1s', 'replications': 2, 'years': %d }, 'claims': [ %s ] }"
#define UNIFORM "{ 'uniform': { 'low': '10s', 'high': '110s' } }"

static const struct {
  const char *claim;
  enum verdict verdict;
  enum unit unit;
  double value; /* by hand */
  const char *judged;
} rows[] = {
    /* half of the outages are longer than 62 s, 95% are longer than 17 s, and 95% are shorter than 107 s */
    {"rto(host) > 60s for 95%", VERDICT_FAIL, UNIT_SECONDS, 17, "5% quantile of "},
    {"rto(host) >= 60s for 95%", VERDICT_FAIL, UNIT_SECONDS, 17, "5% quantile of "},
    {"rto(host) >= 15s for 95%", VERDICT_PASS, UNIT_SECONDS, 17, "5% quantile of "},
    {"rto(host) > 25s for 80%", VERDICT_PASS, UNIT_SECONDS, 32, "20% quantile of "},
    {"rto(host) < 60s for 95%", VERDICT_FAIL, UNIT_SECONDS, 107, "95% quantile of "},
    {"rto(host) <= 110s for 95%", VERDICT_PASS, UNIT_SECONDS, 107, "95% quantile of "},
    {"rto(host) in 30s..112s for 95%", VERDICT_FAIL, UNIT_RATIO, 0.82, "share of "},
    {"rto(host) in 30s..112s for 78%", VERDICT_PASS, UNIT_RATIO, 0.82, "share of "},
    {"rto(host) in 12s..113s for 95%", VERDICT_PASS, UNIT_RATIO, 1, "share of "},
    /* all of them: one beyond the limit is enough, and no number of others proves it */
    {"rto(host) < 100s for 100%", VERDICT_FAIL, UNIT_SECONDS, 112, "longest of "},
    {"rto(host) < 113s for 100%", VERDICT_UNDECIDED, UNIT_SECONDS, 112, "longest of "},
    {"rto(host) > 20s for 100%", VERDICT_FAIL, UNIT_SECONDS, 12, "shortest of "},
};
enum { ROWS = sizeof rows / sizeof *rows };

static void test_follows_the_operator(void) {
  struct text list = {0};
  for (int i = 0; i < ROWS; i++) put(&list, "%s'%s'", i ? ", " : "", rows[i].claim);
  struct fixture f = fixture_of(HOST, UNIFORM, 1000, list.bytes);
  const struct results *r = study_run(f.arena, f.scenario, &(struct study_options){.jobs = 2});
  for (uint32_t i = 0; i < r->claim_count && !r->claims[i].implicit; i++) {
    const struct claim_result *c = &r->claims[i];
    double near = rows[i].unit == UNIT_RATIO ? 0.02 : 2;
    test_check(c->verdict == rows[i].verdict && c->unit == rows[i].unit && fabs(c->estimate.value - rows[i].value) < near,
               "%s: verdict %d, %g in unit %d", c->expression, c->verdict, c->estimate.value, c->unit);
    test_check(c->judged && !strncmp(c->judged, rows[i].judged, strlen(rows[i].judged)), "%s: %s", c->expression,
               c->judged ? c->judged : "(says nothing)");
  }
  fixture_close(&f);
}

/* Too few outages to bound a quantile: undecided, whatever the few say, and the missing years are estimated. */
static void test_few_outages(void) {
  struct fixture f =
      fixture_of(HOST, "'60s'", 2, "'rto(host) < 90s for 95%', 'rto(host) > 30s for 95%', 'rto(host) in 30s..90s for 95%'");
  struct study_options o = {.jobs = 2, .replications = 2};
  const struct results *r = study_run(f.arena, f.scenario, &o);
  for (uint32_t i = 0; i < r->claim_count && !r->claims[i].implicit; i++)
    test_check(r->claims[i].estimate.n < 59 && r->claims[i].verdict == VERDICT_UNDECIDED && r->claims[i].reason &&
                   strstr(r->claims[i].reason, "more years of faults would decide"),
               "%s of %llu outages: verdict %d, %s", r->claims[i].expression, (unsigned long long)r->claims[i].estimate.n,
               r->claims[i].verdict, r->claims[i].reason ? r->claims[i].reason : "no reason");
  fixture_close(&f);
}

static void test_shares_of_nothing(void) {
  static const char *const wrong[] = {"rto(host) < 60s for 0%", "rto(host) < 60s for 101%", "rto(host) in 1s..2s for -5%"};
  for (int i = 0; i < 3; i++) {
    struct text t = {0}, list = {0};
    put(&list, "'%s'", wrong[i]);
    put(&t, HOST, UNIFORM, 1, list.bytes);
    struct fixture f = fixture_try(&t);
    test_check(!f.scenario && strstr(f.refused, "share"), "%s: %s", wrong[i], f.scenario ? "accepted" : f.refused);
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"follows_the_operator", test_follows_the_operator},
                                         {"few_outages", test_few_outages},
                                         {"shares_of_nothing", test_shares_of_nothing},
                                         {0}};
const struct test_suite suite_outage_claims = {"outage_claims", cases};
