/* Triggers over months of growth: the month against arithmetic, those that can never fire, units. */
#include "sim/questions/growth_outlook.h"
#include "sim/report/growth_report.h"
#include "tests/model_fixture.h"

struct asked {
  struct arena *arena;
  struct text scenario;
  struct outlook_results *results;
};

static struct scenario *scenario_in(void *context, struct arena *arena, double month) {
  const struct scenario_override after = {"growth", "growth.after", arena_format(arena, "%.10g", month)};
  struct diagnostics *faults = diagnostics_new(arena);
  struct scenario *s = scenario_read_text(arena, faults, "outlook", ((const struct asked *)context)->scenario.bytes, &after, 1);
  test_check(s != NULL, "%s", diagnostics_render(faults, arena));
  return s;
}

/* One core, 10 ms each. From 11 to 14 o'clock 35/s, 10/s by day, 1/s from 0 to 8: 10.125/s in the mean, 35% busy at noon. */
#define HOURS                                                                                                                      \
  "['1/s','1/s','1/s','1/s','1/s','1/s','1/s','1/s','10/s','10/s','10/s','35/s','35/s','35/s','10/s','10/s','10/s','10/s','10/s'," \
  "'10/s','10/s','10/s','10/s','10/s']"
#define SITE(service, claims, triggers)                                                                                            \
  "{ 'aguanta': 1, 'name': 'site', 'traffic': { 't': { 'kind': 'open', 'rate': { 'hours': { 'rates': " HOURS " } },"               \
  " 'mix': { 'w': 1 } } }, 'endpoints': { 'w': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '10ms' } } ] } },"             \
  " 'services': { 'a': { 'kind': 'app', 'backlog': 'unlimited' " service " } }, "                                                  \
  " 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } },"                                                             \
  " 'growth': { 'monthly': 0.05, 'months': 20 }, 'triggers': { " triggers " },"                                                    \
  " 'run': { 'start': '12:00', 'warmup': '10s', 'window': '4min', 'windows': 4, 'replications': 5 }, 'claims': [ " claims " ] }"

/* One thread and no backlog, 35/s at first; 500 USD an hour down. */
#define LOSS(triggers)                                                                                                             \
  "{ 'aguanta': 1, 'name': 'site', 'traffic': { 't': { 'kind': 'open', 'rate': '35/s', 'mix': { 'w': 1 } } },"                     \
  " 'endpoints': { 'w': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '10ms' } } ] } },"                                    \
  " 'services': { 'a': { 'kind': 'app', 'threads': 1, 'backlog': 0 } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': " \
  "1 } } },"                                                                                                                       \
  " 'prices': 'tests/cli/money/items.prices.json', 'bill': { 'hour_down': 'hour-down' },"                                          \
  " 'growth': { 'monthly': 0.05, 'months': 20 }, 'triggers': { " triggers " },"                                                    \
  " 'run': { 'warmup': '10s', 'window': '4min', 'windows': 4, 'replications': 5 } }"

static struct asked ask(const char *scenario) {
  struct asked a = {.arena = arena_new()};
  put(&a.scenario, "%s", scenario);
  const char *wrong;
  struct outlook_options o = {.study = {.jobs = 2}, .scenario = scenario_in, .context = &a};
  a.results = outlook_run(a.arena, &o, &wrong);
  return a;
}

static void forget(struct asked *a) {
  outlook_free(a->results);
  arena_free(a->arena);
}

/* By hand, with ln 1.05 = 0.048790. 65% for half an hour: 65/35, month 12.69. 20% for eight hours: by day 10/s is kept up, so
 * 2 times, month 14.21. p95 above 100 ms: 100 - 10 ln 20 = 70.04/s, 2.0012 times, month 14.22. Half a core of a container: 50/35,
 * month 7.31. A rule that takes the nodes' CPU in percent: 60/35, month 11.05. */
static void test_months(void) {
  static const struct {
    const char *trigger;
    double month;
  } rows[] = {
      {"'nodes': 'n', 'utilization': '65%', 'for': '30min', 'move': 'a second machine'", 12.69},
      {"'when': 'utilization(n.cpu) > 20%', 'for': '8h', 'move': 'a second machine'", 14.21},
      {"'when': 'p95(w.latency) > 100ms', 'for': '30min', 'move': 'look at the queries'", 14.22},
      {"'rule': 'rate(container_cpu_usage_seconds_total{name=\\'a\\'}[5m]) > 0.5', 'for': '10min', 'move': 'one more'", 7.31},
      {"'rule': '100 - avg(rate(node_cpu_seconds_total{mode=\\'idle\\'}[5m])) * 100 > 60', 'for': '5min', 'move': 'one more'",
       11.05}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char scenario[4000];
    snprintf(scenario, sizeof scenario, SITE("", "", "'x': { %s }"), rows[i].trigger);
    struct asked a = ask(scenario);
    if (!a.results) continue;
    const struct outlook_trigger *t = a.results->triggers;
    test_check(t->course == OUTLOOK_BREAKS && t->when.low <= rows[i].month && rows[i].month <= t->when.high,
               "%s: month %.3f [%.3f, %.3f], not %.2f: %s", rows[i].trigger, t->when.month, t->when.low, t->when.high,
               rows[i].month, t->reason ? t->reason : "");
    forget(&a);
  }
}

/* A mean of 80% over a day whose peak is 3.457 times its mean: when the peak is full the mean is 28.9%. For 3 days the night
 * decides:
 * a tenth of the mean, 2.9%. A container whose limit is half a core uses at most that: never 0.7. */
static void test_never(void) {
  static const struct {
    const char *service, *trigger;
    double at_full;
    const char *says;
  } rows[] = {
      {"", "'nodes': 'n', 'utilization': '80%', 'every': '1d', 'for': '7d', 'move': 'x'", 0.2893,
       "never: when the first resource is full"},
      {"", "'nodes': 'n', 'utilization': '85%', 'for': '3d', 'move': 'x'", 0.02857, "what is kept up for that long is 2.86%"},
      {", 'resources': { 'limits': { 'cpu': '500m' } }",
       "'rule': 'rate(container_cpu_usage_seconds_total{name=\\'a\\'}[5m]) > 0.7', 'for': '1min', 'move': 'x'", NAN,
       "never: the limit of a replica is 500m of CPU"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char scenario[4000];
    snprintf(scenario, sizeof scenario, SITE("%s", "", "'x': { %s }"), rows[i].service, rows[i].trigger);
    struct asked a = ask(scenario);
    if (!a.results) continue;
    const struct outlook_trigger *t = a.results->triggers;
    test_check(t->never && t->course == OUTLOOK_HOLDS && isnan(t->when.month), "%s: month %.3f", rows[i].trigger, t->when.month);
    test_check(t->reason && strstr(t->reason, rows[i].says), "%s: %s", rows[i].trigger, t->reason);
    test_check(isnan(rows[i].at_full) ? isnan(t->at_full) : fabs(t->at_full - rows[i].at_full) < 0.02 * rows[i].at_full, "%s: %.4f",
               rows[i].trigger, t->at_full);
    forget(&a);
  }
}

/* p95 is 60 ms at 100 - 10 ln 20 / 0.6 = 50.07/s: month 7.34. 40% is passed in month 2.74, 4.6 months before; 65% in month 12.69,
 * 5.4 months too late. */
static void test_late(void) {
  struct asked a = ask(SITE("", "'p95(w.latency) < 60ms'",
                            "'early': { 'nodes': 'n', 'utilization': '40%', 'for': '10min', 'move': 'x', 'takes': '1h' },"
                            "'late': { 'nodes': 'n', 'utilization': '65%', 'for': '10min', 'move': 'x' }"));
  const struct outlook_trigger *t = a.results->triggers;
  test_check(!t[0].late && fabs(t[0].ahead - 4.6) < 0.5, "%.3f months ahead", t[0].ahead);
  test_check(t[1].late && fabs(t[1].ahead + 5.35) < 0.5, "%.3f months ahead", t[1].ahead);
  test_check(t[1].breaks && !strcmp(t[1].breaks, "p95(w.latency) < 60ms"), "%s", t[1].breaks);
  forget(&a);
}

/* 100 MiB and 10 for each request that is inside, 1 / (1 - u) - 1 of them: 110 MiB at 50% busy, month 7.31. A limit of 100 MiB more kills a
 * replica before it can have 250. */
static void test_memory(void) {
#define MEMORY ", 'memory': { 'base': '100Mi', 'per_request': '10Mi' }"
  struct asked a = ask(SITE(MEMORY, "", "'x': { 'service': 'a', 'memory': '110Mi', 'for': '10min', 'move': 'more memory' }")),
               b = ask(SITE(MEMORY ", 'resources': { 'limits': { 'memory': '200Mi' } }", "",
                            "'x': { 'service': 'a', 'memory': '250Mi', 'for': '10min', 'move': 'more memory' }"));
  const struct outlook_trigger *t = a.results->triggers;
  test_check(t->course == OUTLOOK_BREAKS && t->when.low <= 7.31 && 7.31 <= t->when.high && t->when.high - t->when.low < 4,
             "month %.3f [%.3f, %.3f]: %s", t->when.month, t->when.low, t->when.high, t->reason ? t->reason : "");
  t = b.results->triggers;
  test_check(t->never && t->reason && strstr(t->reason, "a replica is killed at its limit of 200 MiB"), "%s",
             t->reason ? t->reason : "");
  forget(&a), forget(&b);
}

/* One thread that takes nothing while it is busy: of u erlang u / (1 + u) are refused (Erlang's loss formula). At 60%,
 * 60/s, 37.5%: in the hour that the move takes 60 x 0.375 x 3,600 = 81,000 requests fail, and of an hour down at 500 USD that is 187.5.
 * The trigger fires where 0.375 x 100% of one core are busy: at u / (1 + u) = 0.375, 60/s, month ln(60/35) / ln 1.05 = 11.05. */
static void test_waiting(void) {
  struct asked a = ask(LOSS("'x': { 'nodes': 'n', 'utilization': '37.5%', 'for': '1min', 'move': 'x', 'takes': '1h' }"));
  const struct outlook_trigger *t = a.results->triggers;
  test_check(t->course == OUTLOOK_BREAKS && fabs(t->when.month - 11.05) < 0.6, "month %.3f: %s", t->when.month,
             t->reason ? t->reason : "");
  test_check(fabs(t->unserved / 81000 - 1) < 0.05, "%.0f requests fail", t->unserved);
  test_check(fabs(t->cost / 187.5 - 1) < 0.03, "%.2f USD", t->cost);
  forget(&a);
}

/* Units of two kinds are not compared, and what acts in a run is as it was. */
static void test_bad(void) {
  static const struct {
    const char *trigger, *says[2];
  } rows[] = {{"'rule': 'rate(container_cpu_usage_seconds_total{name=\\'a\\'}[5m]) > 70%', 'move': 'x'", {"is in cores", "70%"}},
              {"'rule': 'rate(container_cpu_usage_seconds_total[5m]) > 0.7', 'move': 'x'", {"names no service", ""}},
              {"'rule': 'up == 0', 'move': 'x'", {"is none of those that are understood", ""}},
              {"'rule': 'sum(rate(x[5m])) > 3', 'move': 'x'", {"is none of those that are understood", ""}},
              {"'when': 'p95(w.latency) > 80%', 'move': 'x'", {"no unit of time", "80%"}},
              {"'when': 'utilization(n.cpu) > 0.7 cores', 'move': 'x'", {"must be a ratio", "0.7 cores"}},
              {"'when': 'utilization(n.cpu) > 70%'", {"adds nothing", "\"move\""}},
              {"'when': 'utilization(n.cpu) > 70%', 'add_nodes': 'n', 'up_to': 2", {"is followed over months only", ""}},
              {"'service': 'a', 'cpu': '70%', 'move': 'x'", {"\"cpu\"", "70%"}},
              {"'nodes': 'n', 'utilization': '700m', 'move': 'x'", {"\"utilization\"", "700m"}},
              {"'nodes': 'n', 'utilization': '70%', 'add_nodes': 'n'", {"needs the key \"up_to\"", ""}}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text t = {.length = 0};
    put(&t, SITE("", "", "'x': { %s }"), rows[i].trigger);
    struct fixture f = fixture_try(&t);
    test_check(!f.scenario && strstr(f.refused, rows[i].says[0]) && strstr(f.refused, rows[i].says[1]), "%s: %s", rows[i].trigger,
               f.scenario ? "accepted" : f.refused);
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"months", test_months},
                                         {"never", test_never},
                                         {"late", test_late},
                                         {"memory", test_memory},
                                         {"waiting", test_waiting},
                                         {"bad", test_bad},
                                         {0}};
const struct test_suite suite_outlook_triggers = {"outlook_triggers", cases};
