/* Growth of users: the month in which each requirement breaks against arithmetic, months in between against runs of
 * these months. */
#include "sim/questions/growth_outlook.h"
#include "sim/report/growth_report.h"
#include "tests/model_fixture.h"

struct asked {
  struct arena *arena;
  const char *scenario;
  struct outlook_results *results;
  const char *wrong;
};

static struct scenario *read_month(struct arena *arena, const char *scenario, double month) {
  struct text t = {.length = 0};
  put(&t, "%s", scenario);
  const struct scenario_override after = {"growth", "growth.after", arena_format(arena, "%.10g", month)};
  struct diagnostics *faults = diagnostics_new(arena);
  struct scenario *s = scenario_read_text(arena, faults, "outlook", t.bytes, &after, 1);
  test_check(s != NULL, "%s", diagnostics_render(faults, arena));
  return s;
}

static struct scenario *scenario_in(void *context, struct arena *arena, double month) {
  return read_month(arena, ((const struct asked *)context)->scenario, month);
}

static struct asked ask(const char *scenario, uint32_t replications, uint32_t jobs) {
  struct asked a = {.arena = arena_new(), .scenario = scenario};
  struct outlook_options o = {.study = {.jobs = jobs, .replications = replications}, .scenario = scenario_in, .context = &a};
  a.results = outlook_run(a.arena, &o, &a.wrong);
  return a;
}

static void forget(struct asked *a) {
  outlook_free(a->results);
  arena_free(a->arena);
}

/* One core, exponential service of mean 10 ms at 40/s: mean 10 ms / (1 - rate / 100), p95 = ln 20 times the mean. */
#define MM1(traffic, growth, claims)                                                                                               \
  "{ 'aguanta': 1, 'name': 'mm1', 'traffic': { " traffic " },"                                                                     \
  "  'endpoints': { 'w': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '10ms' } } ] } },"                                   \
  "  'services': { 'a': { 'kind': 'app', 'backlog': 'unlimited' } },"                                                              \
  "  'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, 'growth': { " growth " },"                                  \
  "  'run': { 'warmup': '10s', 'window': '120s', 'windows': 6, 'replications': 6 }, 'claims': [ " claims " ] }"
#define STEADY "'t': { 'kind': 'open', 'rate': '40/s', 'mix': { 'w': 1 } }"

struct expected {
  const char *name, *scenario;
  uint32_t requirement;
  double month;
};

/* By hand: the mean is 50 ms at 80/s, twice as much: ln 2 / ln 1.05 = 14.21; p95 is 100 ms at 100 - 10 ln 20 = 70.04/s:
 * ln 1.7511 / ln 1.05 = 11.48. CPU is 65% busy at 65/s: ln 1.625 / ln 1.05 = 9.951. With a table to 120/s in
 * month 20 the mean breaks in month 10. */
static void test_arithmetic(void) {
  static const struct expected rows[] = {
      {"mean", MM1(STEADY, "'monthly': '5%', 'months': 24", "'mean(w.latency) < 50ms'"), 0, 14.21},
      {"percentile", MM1(STEADY, "'monthly': '5%', 'months': 24", "'p95(w.latency) < 100ms'"), 0, 11.48},
      {"utilization", MM1(STEADY, "'monthly': '5%', 'months': 24", "'utilization(n.cpu) < 65%'"), 0, 9.951},
      {"table", MM1(STEADY, "'users': { '0': 1000, '20': 3000 }", "'mean(w.latency) < 50ms'"), 0, 10},
      {"full", MM1(STEADY, "'monthly': '5%', 'months': 24", "'utilization(n.cpu) < 99%'"), 1, 18.78}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct asked a = ask(rows[i].scenario, 0, 2);
    if (!a.results) continue;
    const struct outlook_requirement *q = &a.results->requirements[rows[i].requirement];
    test_check(q->course == OUTLOOK_BREAKS && q->when.low <= rows[i].month && rows[i].month <= q->when.high,
               "%s: %s in month %.3f [%.3f, %.3f], not %.3f", rows[i].name, growth_course_word(q->course), q->when.month,
               q->when.low, q->when.high, rows[i].month);
    double half = rows[i].requirement ? 2 : 0.6; /* settling is seen, not interpolated */
    test_check(q->when.high - q->when.low <= 2 * half, "%s: [%.3f, %.3f]", rows[i].name, q->when.low, q->when.high);
    double full = a.results->full_at[0], by_hand = rows[i].requirement ? log(2.5) / log(1.05) : full;
    test_check(fabs(full - by_hand) < 0.01, "%s: full in month %.3f, not %.3f", rows[i].name, full, by_hand);
    forget(&a);
  }
}

/* Months in between are those of their own runs, within both intervals; the load is exact: 40/s 1.05^m. */
static void test_months(void) {
  static const char scenario[] = MM1(STEADY, "'monthly': '5%', 'months': 16", "'mean(w.latency) < 80ms'");
  struct asked a = ask(scenario, 6, 2);
  uint32_t between = 0, outside = 0;
  for (uint32_t m = 0; a.results && m < a.results->month_count; m++) {
    const struct outlook_month *row = &a.results->table[m];
    double load = 40 * pow(1.05, m);
    test_check(fabs(row->load_per_s - load) < 1e-6 * load, "month %u: %.9g/s, not %.9g/s", m, row->load_per_s, load);
    struct study_options o = {.jobs = 2, .replications = 6};
    struct scenario *s = read_month(a.arena, scenario, m);
    s->model.run.method = METHOD_REPLICATIONS;
    const struct results *own = study_run(a.arena, s, &o);
    const struct estimate *x = &row->values[0].estimate, *y = &own->claims[0].estimate;
    if (row->replications && row->replications == own->replications)
      test_check(x->value == y->value, "month %u: %.9g, not %.9g", m, x->value, y->value);
    between += !row->replications;
    outside += x->low > y->high || y->low > x->high;
  }
  test_check(between >= 6 && outside == 0, "%u months between runs, %u outside", between, outside);
  forget(&a);
}

/* 130 ms at most is kept to 92.3/s, beyond month 16; a claim that fails today; one that begins to hold; nothing to say of users. */
static void test_courses(void) {
  struct asked a = ask(
      MM1(STEADY, "'monthly': '5%', 'months': 8", "'mean(w.latency) < 130ms', 'mean(w.latency) < 15ms', 'rate(w) > 48/s'"), 0, 2);
  static const enum outlook_course courses[] = {OUTLOOK_HOLDS, OUTLOOK_BROKEN, OUTLOOK_BEGINS};
  for (uint32_t i = 0; a.results && i < 3; i++)
    test_check(a.results->requirements[i].course == courses[i], "%s: %s", a.results->requirements[i].expression,
               growth_course_word(a.results->requirements[i].course));
  test_check(a.results && strstr(growth_sentence(a.results).text, "does not hold today: mean(w.latency) < 15ms"), "%s",
             growth_sentence(a.results).text);
  test_check(isnan(a.results->table[0].users), "%g users", a.results->table[0].users);
  forget(&a);
}

/* Eleven times as many a month: full in the month ln 2.5 / ln 11 = 0.38, and month 24 with 4e26/s is not read. */
static void test_steep(void) {
  struct asked a = ask(MM1(STEADY, "'monthly': '1000%', 'months': 24", "'utilization(n.cpu) < 80%'"), 0, 2);
  const struct outlook_requirement *q = a.results ? a.results->requirements : NULL;
  double by_hand = log(2) / log(11);
  test_check(q && q->course == OUTLOOK_BREAKS && q->when.low <= by_hand && by_hand <= q->when.high, "month %.3f [%.3f, %.3f]",
             q ? q->when.month : NAN, q ? q->when.low : NAN, q ? q->when.high : NAN);
  forget(&a);
}

/* In words: holds 14 months, and a month of lead before the interval's lower end of about 14. */
static void test_sentence(void) {
  struct asked a = ask(MM1(STEADY, "'monthly': '5%', 'months': 24, 'lead': '730h'", "'mean(w.latency) < 50ms'"), 0, 2);
  struct growth_words_text t = growth_sentence(a.results);
  test_check(strstr(t.text, "at 5% a month this server holds 14 months; order the second one in month 12; ") == t.text ||
                 strstr(t.text, "at 5% a month this server holds 14 months; order the second one in month 13; ") == t.text,
             "%s", t.text);
  forget(&a);
}

static const struct test_case cases[] = {{"arithmetic", test_arithmetic}, {"months", test_months},     {"courses", test_courses},
                                         {"steep", test_steep},           {"sentence", test_sentence}, {0}};
const struct test_suite suite_outlook = {"outlook", cases};
