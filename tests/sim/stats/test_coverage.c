/* Intervals hold the exact value as often as they say: a smoke test of `make coverage` with 200 macro-replications of the cheap
 * rows, and the harness itself. Of 200 intervals that are each right with 0.95, under 0.90 happen once in 500 times. */
#include "tests/coverage/coverage.h"
#include "tests/suite.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SMOKE = 200 };
static const double least = 0.90, most_refused = 0.05;

static const struct coverage_row *find(const char *name) {
  for (uint32_t i = 0; i < coverage_row_count; i++)
    if (!strcmp(coverage_rows[i].name, name)) return &coverage_rows[i];
  return NULL;
}

static void check_row(const struct coverage_row *row, const struct coverage_result *r) {
  for (uint32_t i = 0; i < COVERAGE_MEASURES && row->measures[i].text; i++) {
    const struct coverage_measure *m = &row->measures[i];
    uint32_t refused = r->measures[i].refused;
    test_check(row->refuses || refused <= most_refused * r->macros, "%s: %s: %u of %u refused", row->name, m->text, refused,
               r->macros);
    test_check(m->known || coverage_share(r, i) >= least || r->macros - refused < 30, "%s: %s: covered %.3f", row->name, m->text,
               coverage_share(r, i));
  }
}

static void test_smoke(void) {
  bool all = getenv("AGUANTA_LONG");
  uint32_t seen = 0;
  for (uint32_t i = 0; i < coverage_row_count; i++) {
    const struct coverage_row *row = &coverage_rows[i];
    if (!row->smoke || !coverage_present(row) || !(all || seen < 1)) continue;
    struct coverage_result *r = coverage_run(row, all ? SMOKE : 20, 2);
    if (!test_check(r != NULL, "%s cannot be run", row->name)) continue;
    if (all) check_row(row, r);
    test_check(r->replications > 0, "%s: nothing was run", row->name);
    seen++, free(r);
  }
}

/* The count is the same for any number of threads. */
static void test_threads(void) {
  const struct coverage_row *row = find("crowd-10");
  if (!test_check(row != NULL, "no such row")) return;
  struct coverage_result *one = coverage_run(row, 30, 1), *two = coverage_run(row, 30, 2);
  test_check(!memcmp(one, two, sizeof *one), "one thread and two differ");
  free(one), free(two);
}

/* A row whose exact value is half as much again must show: the harness can fail. */
static void test_wrong_value(void) {
  struct coverage_row wrong = *find("unit-10");
  wrong.measures[0] = (struct coverage_measure){"rto(outage)", 1.5 * 14400, NULL};
  wrong.measures[1] = (struct coverage_measure){NULL, 0, NULL};
  struct coverage_result *r = coverage_run(&wrong, 100, 1);
  test_check(coverage_share(r, 0) < 0.5, "a value 50%% off is covered %.2f of the times", coverage_share(r, 0));
  free(r);
}

/* A window of one relaxation time is refused, not answered wrongly: no more than a few runs give a number at all. */
static void test_short_window(void) {
  struct coverage_result *r = coverage_run(find("short-80-1"), 40, 2);
  test_check(r->measures[0].refused >= 34, "only %u of 40 refused", r->measures[0].refused);
  test_check(r->measures[1].refused >= 34, "utilization: only %u of 40 refused", r->measures[1].refused);
  free(r);
}

/* Users who never think: the number inside is always ten, and the warm-up must be found all the same. */
static void test_closed_warm_up(void) {
  struct coverage_result *r = coverage_run(find("central"), 20, 2);
  test_check(r->warmup_s > 1, "a warm-up of %g s", r->warmup_s);
  test_check(fabs(r->measures[1].bias) < 0.01, "the rate is %+.2f%% wrong", 100 * r->measures[1].bias);
  free(r);
}

/* A thousand servers: the slowest of the last requests count too. */
static void test_thousand(void) {
  struct coverage_result *r = coverage_run(find("thousand-50"), 3, 2);
  test_check(r->warmup_s > 4 && r->warmup_s < 50, "a warm-up of %g service times", r->warmup_s);
  for (uint32_t i = 0; i < 3; i++)
    test_check(fabs(r->measures[i].bias) < 0.004, "measure %u is %+.2f%% wrong", i, 100 * r->measures[i].bias);
  free(r);
}

static const struct test_case cases[] = {{"smoke", test_smoke},
                                         {"threads", test_threads},
                                         {"wrong_value", test_wrong_value},
                                         {"short_window", test_short_window},
                                         {"closed_warm_up", test_closed_warm_up},
                                         {"thousand", test_thousand},
                                         {0}};
const struct test_suite suite_coverage = {"coverage", cases};
