/* Running only what is looked at: which part of the day, and that the hour alone says what the day does. */
#include "sim/questions/narrow.h"
#include "tests/model_fixture.h"

/* One core, 10 ms each: full at 100/s. 20/s by night, `before` from 8 to 11 o'clock, 60/s from 11 to 14. */
#define DAY(before, run, claims)                                                                                                   \
  "{ 'aguanta': 1, 'name': 'day', 'traffic': { 't': { 'kind': 'open', 'rate': { 'hours': { 'rates': ['20/s','20/s','20/s',"        \
  "'20/s','20/s','20/s','20/s','20/s','" before "','" before "','" before "','60/s','60/s','60/s','20/s','20/s','20/s','20/s',"    \
  "'20/s','20/s','20/s','20/s','20/s','20/s'] } }, 'mix': { 'w': 1 } } },"                                                         \
  " 'endpoints': { 'w': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '10ms' } } ] } }, 'services': { 'a': { 'kind': "      \
  "'app' } },"                                                                                                                     \
  " 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, 'claims': [ " claims " ], 'run': { " run " } }"
#define WHOLE_DAY "'warmup': '0s', 'window': '24h', 'windows': 48, 'replications': 2"
#define PEAK      "'p95(w.latency) over peak(1h) < 200ms'"

static bool requirement(const void *context, const struct claim *c) { return (void)context, c->kind == CLAIM_REQUIREMENT; }

/* The first hour of the three is the first peak: from 11:00, and ten minutes before. At 75/s before it more than 70% is in use
 * from 8:00 on: the lead grows in steps of ten minutes to 3 h 10 min. */
static void test_what(void) {
  static const struct {
    const char *name, *scenario, *values[4]; /* start, warm-up, window, windows; null: all of it */
  } rows[] = {{"peak", DAY("20/s", WHOLE_DAY, PEAK), {"10:50", "10m", "1h", "2"}},
              {"clock", DAY("20/s", WHOLE_DAY, "'mean(w.latency) over 12:00..13:30 < 1s'"), {"11:50", "10m", "1h30m", "3"}},
              {"both", DAY("20/s", WHOLE_DAY, PEAK ", 'mean(w.latency) over 12:00..13:30 < 1s'"), {"10:50", "10m", "2h30m", "5"}},
              {"what is shown too",
               DAY("20/s", WHOLE_DAY, PEAK ", { 'show': 'mean(w.latency) over 12:00..13:30' }"),
               {"10:50", "10m", "2h30m", "5"}},
              {"busy before", DAY("75/s", WHOLE_DAY, "'mean(w.latency) over 11:00..12:00 < 1s'"), {"07:50", "3h10m", "1h", "2"}},
              {"exact", DAY("20/s", WHOLE_DAY, PEAK ", 'saturation(all) > 90/s'"), {"10:50", "10m", "1h", "2"}},
              {"all of it", DAY("20/s", WHOLE_DAY, PEAK ", 'p95(w.latency) < 1s'"), {NULL}},
              {"a range", DAY("20/s", WHOLE_DAY, "'p95(w.latency) over 11h..12h < 1s'"), {NULL}},
              {"steady", DAY("20/s", WHOLE_DAY ", 'phases': { 'noon': { 'from': '12h', 'to': '13h' } }", PEAK), {NULL}},
              {"an hour already", DAY("20/s", "'start': '11:00', 'warmup': '10m', 'window': '2h', 'windows': 2", PEAK), {NULL}}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text t = {.length = 0};
    put(&t, "%s", rows[i].scenario);
    struct fixture f = fixture_open(&t);
    if (!f.scenario) continue;
    struct narrowed n = narrow(f.arena, f.scenario, requirement, NULL);
    test_check(n.count == (rows[i].values[0] ? 4u : 0u), "%s: %u overrides", rows[i].name, n.count);
    for (uint32_t k = 0; k < n.count && rows[i].values[0]; k++)
      test_check(!strcmp(n.overrides[k].value, rows[i].values[k]), "%s: %s is %s, not %s", rows[i].name, n.overrides[k].path,
                 n.overrides[k].value, rows[i].values[k]);
    fixture_close(&f);
  }
}

/* The hour on its own and in its day: p95 of M/M/1 at 60/s is 10 ms ln 20 / 0.4 = 74.9 ms. */
static void test_same(void) {
  struct text t = {.length = 0};
  put(&t, "%s", DAY("20/s", WHOLE_DAY, PEAK));
  struct fixture f = fixture_open(&t);
  if (!f.scenario) return;
  struct narrowed n = narrow(f.arena, f.scenario, requirement, NULL);
  struct diagnostics *faults = diagnostics_new(f.arena);
  struct scenario *hour = scenario_read_text(f.arena, faults, "hour", t.bytes, n.overrides, n.count);
  test_check(hour != NULL, "%s", diagnostics_render(faults, f.arena));
  struct study_options o = {.replications = 2, .jobs = 2};
  const struct results *day = study_run(f.arena, f.scenario, &o), *own = study_run(f.arena, hour, &o);
  double a = day->claims[0].estimate.value, b = own->claims[0].estimate.value;
  test_check(fabs(a - 0.0749) < 0.004 && fabs(b - 0.0749) < 0.004, "%.4f s in the day, %.4f s alone", a, b);
  test_check(own->requests * 8 < day->requests, "%llu and %llu requests", (unsigned long long)own->requests,
             (unsigned long long)day->requests);
  fixture_close(&f);
}

static const struct test_case cases[] = {{"what", test_what}, {"same", test_same}, {0}};
const struct test_suite suite_narrow = {"narrow", cases};
