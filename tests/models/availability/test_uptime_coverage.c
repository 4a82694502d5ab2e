/* How often the intervals of years, outages and times between them hold the exact value. One machine, up 720 h and away 4 h in the
 * mean, one year from new: the distribution of its downtime is known (Takacs 1957; tests/oracle/avail-1unit-720-4). */
#include "tests/model_fixture.h"
#include <gsl/gsl_cdf.h>

static const struct {
  const char *claim;
  double exact;
  bool at_least; /* it may cover more often: an interval of few values that cannot be 95% */
} rows[] = {
    {"downtime(year) < 1h for 90%", 74.46251635 * 3600, true},
    {"downtime(year) in 0s..46.39448215h for 10%", 0.5, true},
    {"outages(year)", 12.09947804, false},
    {"mtbf(all)", 8760 / 12.09947804 * 3600, false},
    {"time_to_first_outage(all)", 720 * 3600., false},
    {"downtime(month)", 48.3758127 / 12 * 3600, false},
};
enum { ROWS = sizeof rows / sizeof *rows, YEARS = 60 };

#define UNIT                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'unit', 'traffic': { 'w': { 'kind': 'open', 'rate': '1/h', 'mix': { 'p': 1 } } }, 'endpoints': { 'p': " \
  "{ 'entry': 's', 'steps': [ { 'cpu': '1ms' } ] } }, 'services': { 's': { 'kind': 'app', 'start': '0s' } }, 'platform': { "       \
  "'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, 'faults': { 'f': { 'kind': 'node', 'nodes': 'n', 'mtbf': '720h', 'repair':" \
  " { 'exponential': '4h' } } }, 'run': { 'window': '1s', 'warmup': '0s', 'replications': 1, 'years': %d, "                        \
  "'years_per_replication': 1, 'windows': 1 }, 'claims': [ %s ] }"

/* Within the middle 99.9% of what chance does with 95%; above it only where it may. */
static bool plausible(unsigned covered, unsigned n, bool at_least) {
  bool often = gsl_cdf_binomial_P(covered, 0.95, n) >= 0.0005;
  return often && (at_least || covered == 0 || gsl_cdf_binomial_Q(covered - 1, 0.95, n) >= 0.0005);
}

static void test_intervals(void) {
  unsigned macros = getenv("AGUANTA_LONG") ? 2000 : 120, covered[ROWS] = {0};
  struct text list = {0};
  for (int i = 0; i < ROWS; i++) put(&list, "%s{ 'show': '%s' }", i ? ", " : "", rows[i].claim);
  struct fixture f = fixture_of(UNIT, YEARS, list.bytes);
  for (unsigned k = 0; f.scenario && k < macros; k++) {
    struct arena *arena = arena_new();
    f.scenario->model.run.seed = 1000 + k;
    const struct results *r = study_run(arena, f.scenario, &(struct study_options){.jobs = 1});
    for (int i = 0; i < ROWS; i++) {
      const struct estimate *x = &r->claims[i].estimate;
      covered[i] += x->low <= rows[i].exact && rows[i].exact <= x->high;
    }
    arena_free(arena);
  }
  for (int i = 0; i < ROWS; i++)
    test_check(plausible(covered[i], macros, rows[i].at_least), "%s: %u of %u intervals hold %g", rows[i].claim, covered[i], macros,
               rows[i].exact);
  fixture_close(&f);
}

static const struct test_case cases[] = {{"intervals", test_intervals}, {0}};
const struct test_suite suite_uptime_coverage = {"uptime_coverage", cases};
