/* Guarded calls: retries to the nanosecond, attempts counted, what a caller that gives up leaves behind, breakers and budgets at
 * work, and guards that never act. */
#include "models/guard/call.h"
#include "tests/command.h"
#include "tests/model_fixture.h"

/* One user asks after 10 s of thinking and no second time. */
#define ONCE                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'once', 'traffic': { 'u': { 'kind': 'closed', 'population': %d, 'think': '10s', 'mix': { 'p': 1 } } }," \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ %s, { 'delay': '100s' } ] } }, 'services': { 'a': { 'kind': 'app' }, "           \
  "'b': { 'kind': 'app'%s }, 'c': { 'kind': 'app' }, 'e': { 'kind': 'external'%s } },"                                             \
  "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 8 } } }, 'run': { 'warmup': '0s', 'window': '%s', 'windows': 1 } }"

static uint64_t attempts(const struct world *w, uint32_t site) {
  return world_calls(w)->sites[site].calls + world_calls(w)->sites[site].retries;
}

static void test_trace(void) {
  /* backoff-trace of the reference table: every attempt is given up after 50 ms. */
  static const int64_t starts_ms[] = {0, 150, 400, 850, 1700, 2750, 3800};
  struct fixture f = fixture_of(ONCE, 1,
                                "{ 'call': 'e', 'timeout': '50ms', 'retry': { 'attempts': 7, 'backoff': '100ms', 'cap': '1s', "
                                "'jitter': 'none' } }",
                                "", ", 'latency': '1h'", "20s");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  world_warm_up(w);
  for (uint32_t k = 0; k < 7; k++) {
    world_measure_until(w, 10 * SIM_S + starts_ms[k] * SIM_MS);
    test_check(attempts(w, 0) == k, "attempt %u begins too early", k + 1);
    world_measure_until(w, 10 * SIM_S + starts_ms[k] * SIM_MS + 1);
    test_check(attempts(w, 0) == k + 1, "attempt %u begins too late", k + 1);
  }
  world_measure_until(w, 13850 * SIM_MS); /* what happens before it */
  test_check(w->observation.ended[OUTCOME_CALL_TIMEOUT] == 0, "gives up too early");
  world_measure_until(w, 13850 * SIM_MS + 1);
  test_check(w->observation.ended[OUTCOME_CALL_TIMEOUT] == 1, "gives up too late");
  world_free(w), fixture_close(&f);
}

static void test_layers(void) {
  /* retry-layers-3: three layers with three attempts each above something that always fails. */
#define THRICE "'retry': { 'attempts': 3, 'backoff': '1ms' }"
  struct fixture f = fixture_of(
      ONCE, 1, "{ 'call': 'b', " THRICE ", 'steps': [ { 'call': 'c', " THRICE ", 'steps': [ { 'call': 'e', " THRICE " } ] } ] }",
      "", ", 'failure': 1", "20s");
  struct world *w = fixture_run(&f, 1, "layers");
  uint64_t bottom = 0;
  for (uint32_t i = 0; i < 3; i++)
    if (world_calls(w)->sites[i].guard->config->call == (int32_t)fixture_service(&f, "e")) bottom = attempts(w, i);
  test_check(bottom == 27, "%llu attempts at the bottom", (unsigned long long)bottom);
  test_check(w->observation.ended[OUTCOME_EXTERNAL] == 1, "the request failed %llu times",
             (unsigned long long)w->observation.ended[OUTCOME_EXTERNAL]);
  world_free(w), fixture_close(&f);
}

static void test_given_up(void) {
  /* Three callers at 10 s, 1 s of work each, given up after 1.5 s: one is answered; the work of the others is done until 13 s,
   * unless it is cancelled: then the second ends with its computation at 12 s, the third leaves the queue. */
  static const struct {
    const char *call;
    double work_s;
    uint64_t wasted;
  } cases[] = {{"{ 'call': 'b', 'timeout': '1500ms', 'steps': [ { 'cpu': '1s' } ] }", 3, 2},
               {"{ 'call': 'b', 'timeout': '1500ms', 'cancel': true, 'steps': [ { 'cpu': '1s' } ] }", 2, 0}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct fixture f = fixture_of(ONCE, 3, cases[i].call, "", "", "20s");
    struct world *w = fixture_run(&f, 1, cases[i].call);
    const struct container *b = &w->containers[w->services[fixture_service(&f, "b")].first];
    test_check(w->observation.ended[OUTCOME_CALL_TIMEOUT] == 2 && world_calls(w)->sites[0].ended[OUTCOME_COMPLETED] == 1,
               "%s: %llu given up", cases[i].call, (unsigned long long)w->observation.ended[OUTCOME_CALL_TIMEOUT]);
    test_check(fabs(b->used_ns - cases[i].work_s * 1e9) < 1, "%s: %.9g s of work", cases[i].call, b->used_ns * 1e-9);
    test_check(world_calls(w)->sites[0].wasted == cases[i].wasted, "%s: %llu wasted", cases[i].call,
               (unsigned long long)world_calls(w)->sites[0].wasted);
    test_check(!b->in_flight && pool_live(&w->requests) == 1, "%s: %u in flight, %u live", cases[i].call, b->in_flight,
               pool_live(&w->requests));
    world_free(w), fixture_close(&f);
  }
}

static void test_times_add_up(void) {
  /* Given up after 20 ms, 100 ms of pause, given up again, then the fallback: 20 + 100 + 20 + 7 ms. */
  struct fixture f =
      fixture_of("{ 'aguanta': 1, 'name': 'sum', 'traffic': { 'x': { 'kind': 'open', 'rate': '10/s', 'mix': { 'p': 1 } } }, "
                 "'endpoints': { 'p': { 'steps': [ { 'call': 'e', 'timeout': '20ms', 'retry': { 'attempts': 2, "
                 "'backoff': '100ms', 'jitter': 'none' }, 'fallback': [ { 'delay': '7ms' } ] } ] } }, 'services': { 'e': { "
                 "'kind': 'external', 'latency': '1s' }, 'a': { 'kind': 'app' } }, 'platform': { 'kind': 'static', "
                 "'nodes': { 'n': { 'cpu': 1 } } }, 'run': { 'warmup': '0s', 'window': '20s', 'windows': 1 } }");
  struct world *w = fixture_run(&f, 1, "sum");
  const struct histogram *h = fixture_latency(w, 0);
  test_check(h->count > 100 && histogram_min(h) == 147 * SIM_MS && histogram_max(h) == 147 * SIM_MS, "%.9g to %.9g ms",
             (double)histogram_min(h) * 1e-6, (double)histogram_max(h) * 1e-6);
  test_check(world_calls(w)->sites[0].wasted > 150, "%llu answers to nobody", (unsigned long long)world_calls(w)->sites[0].wasted);
  world_free(w), fixture_close(&f);
}

static void test_budget(void) {
  /* Every call fails and would be tried three times: the budget gives 5, then one for every ten calls. */
  struct fixture f =
      fixture_of("{ 'aguanta': 1, 'name': 'budget', 'traffic': { 'x': { 'kind': 'open', 'rate': '100/s', 'mix': { 'p': 1 } } }, "
                 "'endpoints': { 'p': { 'steps': [ { 'call': 'e', 'retry': { 'attempts': 3, 'backoff': '1ms', 'budget': { "
                 "'ratio': 0.1, 'floor': '0/s', 'burst': 5 } } } ] } }, 'services': { 'e': { 'kind': 'external', "
                 "'failure': 1 }, 'a': { 'kind': 'app' } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, "
                 "'run': { 'warmup': '0s', 'window': '60s', 'windows': 1 } }");
  struct world *w = fixture_run(&f, 1, "budget");
  uint64_t calls = world_calls(w)->sites[0].calls, retries = world_calls(w)->sites[0].retries;
  test_check(calls > 5000 && retries >= calls / 10 && retries <= 5 + calls / 10, "%llu retries of %llu calls",
             (unsigned long long)retries, (unsigned long long)calls);
  world_free(w), fixture_close(&f);
}

static void test_breaker(void) {
  /* A call every 10 s fails at once. Two failures open for 25 s; one probe fails and opens anew: of the calls at 10, 20, ... s
   * those at 10 and 20 s, then 50, 80, 110 s go through, the others are broken off. */
  struct fixture f =
      fixture_of("{ 'aguanta': 1, 'name': 'breaker', 'traffic': { 'u': { 'kind': 'closed', 'population': 1, 'think': '9s', "
                 "'mix': { 'p': 1 } } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'delay': '1s' }, { 'call': 'e', "
                 "'breaker': { 'calls': 2, 'open': '25s', 'probes': 1 } } ] } }, 'services': { 'a': { 'kind': 'app' }, "
                 "'e': { 'kind': 'external', 'failure': 1 } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } "
                 "}, 'run': { 'warmup': '0s', 'window': '115s', 'windows': 1 } }");
  struct world *w = fixture_run(&f, 1, "breaker");
  const struct observation *o = &w->observation;
  test_check(o->ended[OUTCOME_EXTERNAL] == 5 && o->ended[OUTCOME_BREAKER] == 6, "%llu failed, %llu broken off",
             (unsigned long long)o->ended[OUTCOME_EXTERNAL], (unsigned long long)o->ended[OUTCOME_BREAKER]);
  world_free(w), fixture_close(&f);
}

/* --- guards that never act ------------------------------------------------------------------------------------------------- */

#define SYSTEM                                                                                                                     \
  "{ 'aguanta': 1, 'name': 'system', 'traffic': { 'x': { 'kind': 'open', 'rate': '200/s', 'mix': { 'p': 1 }, 'timeout': '60ms' } " \
  "},"                                                                                                                             \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '3ms' } }, { 'call': 'b', 'steps': [ { 'query': 'd', " \
  "'reads': 1, 'demand': { 'exponential': '4ms' } }, { 'call': 'e'%s } ]%s }, { 'cpu': { 'exponential': '1ms' } } ] } },"          \
  "'services': { 'a': { 'kind': 'app', 'replicas': 2 }, 'b': { 'kind': 'app', 'runtime': 'threads', 'threads': 40%s }, 'd': { "    \
  "'kind': 'database' }, 'e': { 'kind': 'external', 'latency': { 'exponential': '20ms' }, 'failure': '3%%' } },"                   \
  "'platform': { 'kind': 'static', 'nodes': { 'n': { 'count': 2, 'cpu': 3 } } }, 'run': { 'warmup': '2s', 'window': '30s', "       \
  "'windows': 1 } }"

static const struct {
  const char *name, *external, *call, *service;
} neutral[] = {
    {"one attempt", ", 'retry': { 'attempts': 1, 'backoff': '1s' }", ", 'retry': { 'attempts': 1, 'backoff': '1s' }", ""},
    {"retry on nothing", ", 'retry': { 'attempts': 9, 'backoff': '0s', 'on': [] }", "", ""},
    {"retry on what does not come", "", ", 'retry': { 'attempts': 9, 'backoff': '0s', 'on': [ 'crashed' ] }", ""},
    {"a breaker that never opens", ", 'breaker': { 'failures': '99%', 'minimum': 100 }", ", 'breaker': { 'over': '1s' }", ""},
    {"a time-out that is never reached", ", 'timeout': '1h'", ", 'timeout': '1h', 'cancel': true", ""},
    {"a time-out without limit", ", 'timeout': 'never'", ", 'timeout': 'never'", ""},
    {"a deadline without limit", "", "", ", 'queue_deadline': 'never'"},
    {"a deadline that is never reached", "", "", ", 'queue_deadline': '1h'"},
    {"a target that is never reached", "", "", ", 'codel': { 'target': '1h' }"},
    {"one priority", "", "", ", 'discipline': 'priority'"}};

static struct world *run_neutral(struct fixture *f, const char *name, const char *external, const char *call, const char *service) {
  *f = fixture_of(SYSTEM, external, call, service);
  return fixture_run(f, 3, name);
}

static void test_neutral(void) {
  struct fixture plain;
  struct world *a = run_neutral(&plain, "plain", "", "", "");
  const struct endpoint_window *x = &a->observation.endpoints[0].windows[0];
  test_check(x->ended[OUTCOME_TIMEOUT] > 100 && x->ended[OUTCOME_EXTERNAL] > 100, "too little happens");
  for (size_t i = 0; i < sizeof neutral / sizeof *neutral; i++) {
    struct fixture f;
    struct world *b = run_neutral(&f, neutral[i].name, neutral[i].external, neutral[i].call, neutral[i].service);
    const struct endpoint_window *y = &b->observation.endpoints[0].windows[0];
    test_check(fixture_same_window(x, y) && a->observation.sojourn_ns == b->observation.sojourn_ns &&
                   a->observation.wasted == b->observation.wasted,
               "%s: %llu requests with a mean of %.9f ms, else %llu with %.9f ms", neutral[i].name, (unsigned long long)y->arrived,
               histogram_mean(&y->latency) * 1e-6, (unsigned long long)x->arrived, histogram_mean(&x->latency) * 1e-6);
    world_free(b), fixture_close(&f);
  }
  world_free(a), fixture_close(&plain);
}

/* --- without requests ------------------------------------------------------------------------------------------------------- */

static double half_of_b(void *b, const struct instruction *in, enum route route) {
  (void)route;
  return in->service == *(int32_t *)b ? 0.5 : 1;
}

static void test_arithmetic(void) {
  /* A tenth of the attempts fail in the end: 1.111 attempts of 2 ms at b; 0.0001 of the calls go on to c, for 3 ms. Where half of
   * the calls to b find a replica that serves, four attempts find one but for a sixteenth of them, and the fallback serves these. */
  struct fixture f =
      fixture_of(ONCE, 1,
                 "{ 'call': 'b', 'retry': { 'attempts': 4, 'backoff': '1ms' }, 'steps': [ { 'cpu': '2ms' }, { 'call': 'e' } "
                 "], 'fallback': [ { 'call': 'c', 'steps': [ { 'cpu': '3ms' } ] } ] }",
                 "", ", 'failure': '10%'", "20s");
  const struct model *m = &f.scenario->model;
  double speed[] = {1, 1, 1, 1};
  struct demand_sums d = demand_sums_new(m, speed, f.arena);
  const double *cpu_s = d.cpu_s;
  program_demand(&m->programs[0], 1, &d);
  uint32_t b = fixture_service(&f, "b"), c = fixture_service(&f, "c");
  test_check(fabs(cpu_s[b] - 1.111 * 2e-3) < 1e-12 && fabs(cpu_s[c] - 0.0001 * 3e-3) < 1e-12, "%.9g s of b, %.9g s of c", cpu_s[b],
             cpu_s[c]);
  int32_t dead = (int32_t)b;
  test_check(fabs(program_serving(&m->programs[0], half_of_b, &dead) - 1) < 1e-12, "the fallback does not serve");
  dead = (int32_t)c;
  test_check(program_serving(&m->programs[0], half_of_b, &dead) == 1, "a fallback that nobody needs");
  fixture_close(&f);
  f = fixture_of(ONCE, 1, "{ 'call': 'b', 'retry': { 'attempts': 4, 'backoff': '1ms' } }", "", "", "20s");
  dead = (int32_t)fixture_service(&f, "b");
  test_check(fabs(program_serving(&f.scenario->model.programs[0], half_of_b, &dead) - 15.0 / 16) < 1e-12, "four attempts");
  fixture_close(&f);
}

/* --- what users see -------------------------------------------------------------------------------------------------------- */

static void test_unbounded_is_a_warning(void) {
  struct child c = AGUANTA("validate", "tests/cli/unbounded.json");
  test_check(
      c.status == 0 && c.err &&
          strstr(c.err,
                 "tests/cli/unbounded.json:5:5: warning: endpoints.page: the call of \"pay\" is retried without limit or budget: "
                 "what fails permanently is retried for ever; give \"attempts\" or a \"budget\" [retry-unbounded]\n"),
      "exit status %d, %s", c.status, c.err);
  child_free(&c);
  c = AGUANTA("validate", "tests/cli/unbounded.json", "--set", "endpoints.page.steps.0.retry.budget.ratio=10%");
  test_check(c.status == 0 && !c.err_length, "with a budget: exit status %d, %s", c.status, c.err);
  child_free(&c);
}

/* A minute of a slow service: without a breaker pages wait for the threads that wait for it, with one they do not. */
static void test_scenarios(void) {
  static const struct {
    const char *file;
    int status;
  } stories[] = {{"scenarios/traffic/slow-payments.json", 99}, {"scenarios/traffic/breaker.json", 0}};
  for (size_t i = 0; i < sizeof stories / sizeof *stories; i++) {
    struct child c = AGUANTA("check", stories[i].file, "--reps", "3");
    test_check(c.status == stories[i].status, "%s: exit status %d\n%s%s", stories[i].file, c.status, c.out, c.err);
    child_free(&c);
  }
}

static const struct test_case cases[] = {{"the trace of a back-off", test_trace},
                                         {"layers of retries multiply", test_layers},
                                         {"what is given up goes on, unless cancelled", test_given_up},
                                         {"times add up", test_times_add_up},
                                         {"a budget bounds retries", test_budget},
                                         {"a breaker opens, probes and opens", test_breaker},
                                         {"guards that never act change nothing", test_neutral},
                                         {"demand and availability know attempts", test_arithmetic},
                                         {"retries without a bound are a warning", test_unbounded_is_a_warning},
                                         {"a breaker saves the shop", test_scenarios},
                                         {0}};
const struct test_suite suite_calls = {"calls", cases};
