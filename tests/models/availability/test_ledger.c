/* What is lost by year and month, and when the system goes down, from drills at known hours: every figure is worked by hand. And what
 * recovery times are spent on. */
#include "models/availability/outage.h"
#include "models/faults/fault.h"
#include "tests/model_fixture.h"

/* Endpoint x is three quarters of the requests and stands on machine m, y a quarter on machine n. A service is back the moment its
 * machine is. */
#define TWO                                                                                                                        \
  "{ 'aguanta': 1, 'name': 'two', 'traffic': { 't': { 'kind': 'open', 'rate': '1/s', 'mix': { 'x': 3, 'y': 1 } } }, 'endpoints': " \
  "{ 'x': { 'entry': 'a', 'steps': [ { 'cpu': '1ms' } ] }, 'y': { 'entry': 'b', 'steps': [ { 'cpu': '1ms' } ] } }, 'services': "   \
  "{ 'a': { 'kind': 'app', 'start': '0s', 'place': 'm' }, 'b': { 'kind': 'app', 'start': '0s', 'place': 'n' } }, 'platform': { "   \
  "'kind': 'static', 'nodes': { 'm': { 'cpu': 1 }, 'n': { 'cpu': 1 } } }, 'faults': { %s }, 'run': { 'warmup': '0s', 'window': "   \
  "'1s', 'years': %d, 'years_per_replication': %d }, 'claims': [ %s ] }"
#define DRILL(name, nodes, at, more) "'" name "': { 'kind': 'node', 'nodes': '" nodes "', 'at': '" at "', 'repair': '2h'" more " }"

static bool is(const struct durations *d, uint64_t count, double first, double second) {
  return d->count == count && (count < 1 || fabs(d->s[0] - first) < 1e-6) && (count < 2 || fabs(d->s[1] - second) < 1e-6);
}

/* A month is 730 h. `late` takes x from 729 h to 731 h: 0.75 h of the mix in each of two months. `planned` takes y from 728 h to
 * 730 h: 0.5 h in the first. `eve` takes x from 8759 h to 8761 h, an hour in each of two years. */
static void test_months_and_years(void) {
  struct fixture f = fixture_of(
      TWO,
      DRILL("late", "m", "729h", "") ", " DRILL("planned", "n", "728h", ", 'planned': true") ", " DRILL("eve", "m", "8759h", ""), 2,
      2, "");
  const struct model *m = &f.scenario->model;
  struct world *w = world_new(m, 1, 0, WORLD_AVAILABILITY);
  world_run(w);
  const struct ledger *l = &world_outages(w)->ledger;
  const struct ledger_row *all = &l->rows[LEDGER_ALL], *planned = &l->rows[LEDGER_PLANNED], *rest = &l->rows[LEDGER_UNPLANNED];
  const struct ledger_row *x = &l->rows[ledger_endpoint_row(m, 0)], *y = &l->rows[ledger_endpoint_row(m, 1)];
  const struct ledger_row *late = &l->rows[ledger_fault_row(0)], *eve = &l->rows[ledger_fault_row(2)];
  /* Months 0, 1, 11 and 12 lose 0.75 + 0.5, 0.75, 0.75 and 0.75 h; year 0 all but the last. */
  test_check(is(&all->months, 4, 1.25 * 3600, 0.75 * 3600) && is(&all->years, 2, 2.75 * 3600, 0.75 * 3600),
             "all: %llu months, %llu years", (unsigned long long)all->months.count, (unsigned long long)all->years.count);
  test_check(is(&planned->months, 1, 1800, 0) && is(&planned->years, 1, 1800, 0), "planned: %g s", planned->lost_s);
  test_check(is(&rest->months, 4, 2700, 2700) && is(&rest->years, 2, 2.25 * 3600, 2700), "unplanned: %g s", rest->lost_s);
  test_check(is(&late->months, 2, 2700, 2700) && is(&late->years, 1, 5400, 0), "late: %g s", late->lost_s);
  test_check(is(&eve->months, 2, 2700, 2700) && is(&eve->years, 2, 2700, 2700), "eve: %g s", eve->lost_s);
  test_check(is(&x->years, 2, 3 * 3600, 3600) && is(&y->years, 1, 7200, 0), "endpoints: %g and %g s", x->lost_s, y->lost_s);
  test_check(fabs(all->lost_s - planned->lost_s - rest->lost_s) < 1e-6, "%g s are not %g and %g s", all->lost_s, planned->lost_s,
             rest->lost_s);
  world_free(w), fixture_close(&f);
}

/* The first two overlap: one outage of all from 728 h to 731 h, and one for each endpoint. */
static void test_overlap_is_one_outage(void) {
  struct fixture f = fixture_of(
      TWO,
      DRILL("late", "m", "729h", "") ", " DRILL("planned", "n", "728h", ", 'planned': true") ", " DRILL("eve", "m", "8759h", ""), 2,
      2, "");
  const struct model *m = &f.scenario->model;
  struct world *w = world_new(m, 1, 0, WORLD_AVAILABILITY);
  world_run(w);
  const struct ledger *l = &world_outages(w)->ledger;
  static const struct {
    uint64_t outages;
    double down_h, first_h;
  } lives[] = {{2, 5, 728}, {2, 4, 729}, {1, 2, 728}};
  for (uint32_t i = 0; i < 3; i++)
    test_check(l->lives[i].outages == lives[i].outages && fabs(l->lives[i].down_s / 3600 - lives[i].down_h) < 1e-9 &&
                   fabs(sim_seconds(l->lives[i].first) / 3600 - lives[i].first_h) < 1e-9,
               "life %u: %llu outages, %.3f h, first at %.3f h", i, (unsigned long long)l->lives[i].outages,
               l->lives[i].down_s / 3600, sim_seconds(l->lives[i].first) / 3600);
  /* Both begin in year 0, in months 0 and 11. */
  test_check(is(&l->rows[ledger_outage_row(m, -1)].years, 1, 2, 0) && is(&l->rows[ledger_outage_row(m, -1)].months, 2, 1, 1),
             "numbers of outages by year and month");
  world_free(w), fixture_close(&f);
}

/* --- claims ------------------------------------------------------------------------------------------------------------------- */

/* Each of 100 years is the same: x is lost for two hours from day 100 on, planned y for two from day 200 on. */
static const struct {
  const char *claim;
  enum verdict verdict;
  double value; /* by hand */
} claims[] = {
    {"downtime(year) < 3h for 95%", VERDICT_PASS, 7200},
    {"downtime(year) < 1h for 95%", VERDICT_FAIL, 7200},
    {"downtime(year) < 2.1h", VERDICT_PASS, 7200},
    {"downtime(month) < 11min", VERDICT_PASS, 600},                /* 2 h / 12 */
    {"downtime(month) < 1s for 80%", VERDICT_PASS, 0},             /* ten of twelve months */
    {"downtime(month) < 1s for 90%", VERDICT_FAIL, 1800},          /* 30 min, then 90 min */
    {"downtime(month) in 0s..1h for 80%", VERDICT_PASS, 11. / 12}, /* a share */
    {"availability(year) >= 99.9% for 95%", VERDICT_PASS, 1 - 2. / 8760},
    {"availability(month) >= 99.9%", VERDICT_PASS, 1 - 2. / 8760},
    {"downtime(year{fault=crash}) in 89min..91min", VERDICT_PASS, 5400},
    {"downtime(year{planned=true}) < 31min for 95%", VERDICT_PASS, 1800},
    {"downtime(year{planned=false}) < 1h", VERDICT_FAIL, 5400},
    {"downtime(year{endpoint=y}) < 2.1h for 95%", VERDICT_PASS, 7200},
    {"downtime(y) < 2.1h", VERDICT_PASS, 7200},
    {"outages(year) < 3 for 95%", VERDICT_PASS, 2},
    {"outages(year{endpoint=x}) < 1", VERDICT_FAIL, 1},
    {"mtbf(all) > 180d", VERDICT_PASS, 182.5 * 86400},
    {"mtbf(x) < 360d", VERDICT_FAIL, 365 * 86400.},
    {"time_to_first_outage(all) > 99d", VERDICT_PASS, 100 * 86400.},
    {"time_to_first_outage(y) > 201d", VERDICT_FAIL, 200 * 86400.},
};
enum { CLAIMS = sizeof claims / sizeof *claims };
#define EVERY_YEAR DRILL("crash", "m", "100d", "") ", " DRILL("patch", "n", "200d", ", 'planned': true")

static void test_claims(void) {
  struct text list = {0};
  for (int i = 0; i < CLAIMS; i++) put(&list, "%s'%s'", i ? ", " : "", claims[i].claim);
  struct fixture f = fixture_of(TWO, EVERY_YEAR, 100, 1, list.bytes);
  const struct results *r = study_run(f.arena, f.scenario, &(struct study_options){.jobs = 2});
  for (uint32_t i = 0; i < CLAIMS; i++) {
    const struct claim_result *c = &r->claims[i];
    test_check(c->verdict == claims[i].verdict && fabs(c->estimate.value - claims[i].value) < 1e-6 * (1 + claims[i].value),
               "%s: verdict %d, %.9g [%g, %g]", c->expression, c->verdict, c->estimate.value, c->estimate.low, c->estimate.high);
  }
  fixture_close(&f);
}

/* The report: 120 min a year are 22.83% of 525.6 min. Four nines leave 52.56 min: with the 30 min of the patch 22.56 for the crash. */
static void test_report(void) {
  struct fixture f = fixture_of(TWO, EVERY_YEAR, 100, 1, "");
  const struct results *r = study_run(f.arena, f.scenario, &(struct study_options){.jobs = 2});
  const struct availability_result *a = &r->availability;
  test_check(a->part_count == 3 && fabs(a->parts[1].year.mean.value - 1800) < 1e-6 && fabs(a->parts[2].year.worst - 5400) < 1e-6 &&
                 a->parts[0].month.p50 == 0 && fabs(a->parts[0].month.worst - 5400) < 1e-6,
             "parts of the downtime");
  test_check(!a->budget.claimed && fabs(a->budget.used.value - 120 / 525.6) < 1e-9 && a->budget.year_kept.value == 1 &&
                 fabs(a->budget.month_kept.value - 11. / 12) < 1e-9,
             "budget: used %g, kept in %g and %g", a->budget.used.value, a->budget.year_kept.value, a->budget.month_kept.value);
  test_check(
      a->needs &&
          !strcmp(a->needs,
                  "four nines need at most 52.6 min a year, and it is 2 h: crash must take at most 22.6 min a year of its 1.5 h"),
      "%s", a->needs ? a->needs : "(nothing)");
  test_check(fabs(a->classes[0].downtime_share - 0.75) < 1e-9 && a->classes[1].planned, "shares by cause");
  fixture_close(&f);
}

/* Nothing seen is a bound: with no outage in 60 years the rate is below 3 in 60 years, and the MTBF above 20 years. */
static void test_nothing_seen(void) {
  static const char *const texts[] = {"'outages(year) < 0.06'", "'outages(year) < 0.04'", "'mtbf(all) > 19y'",
                                      "'mtbf(all) > 21y'",      "'mtbf(all) < 19y'",      "'time_to_first_outage(all) > 19y'"};
  static const enum verdict verdicts[] = {VERDICT_PASS,      VERDICT_UNDECIDED, VERDICT_PASS,
                                          VERDICT_UNDECIDED, VERDICT_FAIL,      VERDICT_PASS};
  struct text list = {0};
  for (int i = 0; i < 6; i++) put(&list, "%s%s", i ? ", " : "", texts[i]);
  struct fixture f =
      fixture_of(TWO, "'never': { 'kind': 'node', 'nodes': 'm', 'mtbf': '290y', 'repair': '1h' }", 60, 2, list.bytes);
  const struct results *r =
      f.scenario ? study_run(f.arena, f.scenario, &(struct study_options){.jobs = 2, .replications = 30}) : NULL;
  for (uint32_t i = 0; r && i < 6; i++)
    test_check(r->claims[i].verdict == verdicts[i], "%s: verdict %d, %g [%g, %g]", r->claims[i].expression, r->claims[i].verdict,
               r->claims[i].estimate.value, r->claims[i].estimate.low, r->claims[i].estimate.high);
  fixture_close(&f);
}

static void test_refused(void) {
  static const char *const rows[][2] = {
      {"'downtime(year{fault=nix}) < 1h'", "finds no fault"},
      {"'downtime(year{planned=maybe}) < 1h'", "it is true or false"},
      {"'availability(year{planned=true}) > 99%'", "which downtime has"},
      {"'downtime(year{endpoint=x,fault=crash}) < 1h'", "over all endpoints by the mix"},
      {"'downtime(year{planned=true,fault=crash}) < 1h'", "give one of them"},
      {"'downtime(year{zone=1}) < 1h'", "{endpoint=...}, {fault=...} and {planned=...}"},
      {"'mtbf(all) > 1d for 95%'", "can say"},
      {"'uptime(month) > 99%'", "did you mean \"availability(month) > 99%\""},
      {"'mttf(x) > 1d'", "did you mean \"time_to_first_outage(x) > 1d\""},
      {"'incidents(year) < 3'", "did you mean \"outages(year) < 3\""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text t = {0};
    put(&t, TWO, EVERY_YEAR, 10, 1, rows[i][0]);
    struct fixture f = fixture_try(&t);
    test_check(!f.scenario && strstr(f.refused, rows[i][1]), "%s: %s", rows[i][0], f.scenario ? "accepted" : f.refused);
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"months_and_years", test_months_and_years},
                                         {"overlap_is_one_outage", test_overlap_is_one_outage},
                                         {"claims", test_claims},
                                         {"report", test_report},
                                         {"nothing_seen", test_nothing_seen},
                                         {"refused", test_refused},
                                         {0}};
const struct test_suite suite_ledger = {"ledger", cases};
