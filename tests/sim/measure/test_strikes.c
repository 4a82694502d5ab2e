/* Until requirements hold again after strikes at a given time, in traffic runs: recoveries known by hand. */
#include "sim/report/answer.h"
#include "sim/report/text/text.h"
#include "tests/model_fixture.h"
#include <math.h>

#define CRASHES                                                                                                                    \
  "{ 'aguanta': 1, 'name': 'one', 'traffic': { 't': { 'kind': 'open', 'rate': '1000/s', 'mix': { 'p': 1 } } },"                    \
  "  'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '100us' } ] } },"                                                     \
  "  'services': { 'a': { 'kind': 'app', 'start': '3s' } },"                                                                       \
  "  'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 8 } } }, 'faults': { %s }, 'claims': [ %s ],"                       \
  "  'run': { 'warmup': '2s', 'window': '40s', 'windows': %d, 'replications': 3 } }"

static const struct results *results_of(struct fixture *f) {
  return study_run(f->arena, f->scenario, &(struct study_options){.jobs = 2});
}

static void near(const char *what, double x, double expected, double by) {
  test_check(fabs(x - expected) <= by, "%s: %g, not %g +- %g", what, x, expected, by);
}

/* Compose starts a process again 0.1 s after its crash, and it takes 3 s: refused for 3.1 s. At 12.03 s, between two steps of
 * 0.1 s: served again at 15.13 s, so the last step with failures ends at 15.2 s, 3.17 s after the strike. The machine is lost at
 * 36 s for 100 s: until the end at 42 s, 6 s, nothing is served. 10 / 1% = 1,000 requests are a window of 1 s (for a percentile
 * of 99% 10,000: 10 s, and 24 s are watched until 36 s: two fit; 6 s have no room for them). */
static void test_by_hand(void) {
  struct fixture f = fixture_of(CRASHES,
                                "'crash': { 'kind': 'crash', 'service': 'a', 'at': '12030ms' },"
                                "'gone': { 'kind': 'node', 'nodes': 'n', 'at': [ '36s', '50s' ], 'repair': '100s' }",
                                "'error_rate(all) < 1%', 'p99(p.latency) < 100ms', 'mean(p.latency) < 10ms'", 400);
  if (!f.scenario) return;
  const struct results *r = results_of(&f);
  const struct strike_result *s = r->strikes;
  test_check(r->strike_count == 7, "%u rows", r->strike_count);
  if (r->strike_count != 7) return fixture_close(&f);
  for (int i = 0; i < 3; i++) {
    test_check(s[i].judged == 3 && s[i].broken == 3 && s[i].back == 3 && !s[i].broken_before, "%s: %u, %u, %u", s[i].expression,
               s[i].judged, s[i].broken, s[i].back);
    near(s[i].expression, s[i].recovery.value, 3.17, i == 2 ? 0.1001 : 1e-6);
    near("watched", s[i].watched_s, 36 - 12.03, 1e-9);
  }
  near("window", s[0].needs_s, 1, 0.05);
  test_check(s[3].broken == 3 && s[3].back == 0 && isnan(s[3].recovery.value), "lost for good: %u back", s[3].back);
  test_check(!s[4].judged && s[4].reason && strstr(s[4].reason, "too few requests"), "p99: %s", s[4].reason ? s[4].reason : "-");
  test_check(!s[6].expression && s[6].reason && strstr(s[6].reason, "behind the end"), "%s", s[6].reason ? s[6].reason : "-");
  fixture_close(&f);
}

/* Requirements that no strike breaks hold; a scenario without such faults or without such requirements has no rows, and says nothing. */
static void test_none(void) {
  static const struct {
    const char *faults, *claims;
    uint32_t rows;
  } cases[] = {{"'c': { 'kind': 'crash', 'service': 'a', 'at': '12s' }", "'error_rate(p) < 50%'", 1},
               {"'c': { 'kind': 'crash', 'service': 'a', 'mtbf': '1y' }", "'error_rate(p) < 50%'", 0},
               {"'c': { 'kind': 'crash', 'service': 'a', 'at': '12s' }", "'utilization(a.cpu) < 50%'", 0}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct fixture f = fixture_of(CRASHES, cases[i].faults, cases[i].claims, 4);
    if (!f.scenario) continue;
    const struct results *r = results_of(&f);
    test_check(r->strike_count == cases[i].rows, "%zu: %u rows", i, r->strike_count);
    if (r->strike_count) test_check(r->strikes[0].judged == 3 && !r->strikes[0].broken, "a window of 10 s: 31%% fail, 50%% may");
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    report_text(file, r, &(struct report_options){.width = 100});
    fclose(file);
    test_check(!strstr(text, "UNTIL REQUIREMENTS") == !cases[i].rows, "%zu: %s", i, text);
    free(text);
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"by hand", test_by_hand}, {"none", test_none}, {NULL, NULL}};
const struct test_suite suite_strikes = {"strikes", cases};
