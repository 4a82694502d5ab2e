/* Fork and join: hand schedules to the nanosecond, what fails and what is wasted, and a fork of one that changes nothing. */
#include "models/steps/parallel.h"
#include "models/guard/call.h"
#include "tests/model_fixture.h"

/* One user who asks at 10 s; b has one thread, d two, e fails, slow answers after a second. */
#define ONCE                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'once', 'traffic': { 'u': { 'kind': 'closed', 'population': 1, 'think': '10s', 'mix': { 'p': 1 } } },"  \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ %s ] } }, 'services': { 'a': { 'kind': 'app' }, 'b': { 'kind': 'app' },"         \
  "'d': { 'kind': 'app', 'threads': 2 }, 'e': { 'kind': 'external', 'latency': '2ms', 'failure': 1 }, 'slow': { 'kind': "          \
  "'external', 'latency': '1s' } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 8 } } },"                             \
  "'run': { 'warmup': '0s', 'window': '15s', 'windows': 1 } }"
#define B        "{ 'steps': [ { 'call': 'b', 'steps': [ { 'cpu': '4ms' } ] } ] }"
#define D        "{ 'steps': [ { 'call': 'd', 'steps': [ { 'cpu': '4ms' } ] } ] }"
#define WAIT(ms) "{ 'steps': [ { 'delay': '" #ms "ms' } ] }"

static const struct {
  const char *name, *steps;
  enum outcome outcome;
  double ms;   /* latency */
  double work; /* ms of CPU on b */
} traces[] = {
    {"all", "{ 'parallel': [ " WAIT(3) ", " WAIT(5) " ] }", OUTCOME_COMPLETED, 5, 0},
    {"the first", "{ 'parallel': [ " WAIT(3) ", " WAIT(5) " ], 'need': 1 }", OUTCOME_COMPLETED, 3, 0},
    {"two of three", "{ 'parallel': [ " WAIT(9) ", " WAIT(5) ", " WAIT(7) " ], 'need': 2 }", OUTCOME_COMPLETED, 7, 0},
    {"no time", "{ 'parallel': [ { 'steps': [] }, " WAIT(5) " ], 'need': 1 }, { 'delay': '1ms' }", OUTCOME_COMPLETED, 1, 0},
    {"one thread", "{ 'parallel': [ " B ", " B ", " B " ] }", OUTCOME_COMPLETED, 12, 12},
    {"two threads", "{ 'parallel': [ " D ", " D ", " D " ] }", OUTCOME_COMPLETED, 8, 0},
    {"copies", "{ 'parallel': [ { 'copies': 3, 'steps': [ { 'call': 'b', 'steps': [ { 'cpu': '4ms' } ] } ] } ] }",
     OUTCOME_COMPLETED, 12, 12},
    {"wasted", "{ 'parallel': [ " B ", " B ", " B " ], 'need': 1 }", OUTCOME_COMPLETED, 4, 12},
    {"cancelled", "{ 'parallel': [ " B ", " B ", " B " ], 'need': 1, 'cancel': true }", OUTCOME_COMPLETED, 4, 8}, /* one computes */
    {"on the loop", "{ 'parallel': [ { 'steps': [ { 'cpu': '4ms' } ] }, { 'steps': [ { 'cpu': '3ms' } ] } ] }", OUTCOME_COMPLETED,
     7, 0},
    {"fails", "{ 'parallel': [ { 'steps': [ { 'external': 'e' } ] }, " WAIT(5) " ] }", OUTCOME_EXTERNAL, 2, 0},
    {"may fail", "{ 'parallel': [ { 'steps': [ { 'external': 'e' } ] }, " WAIT(5) " ], 'need': 1 }", OUTCOME_COMPLETED, 5, 0},
    {"two fail",
     "{ 'parallel': [ { 'steps': [ { 'external': 'e' } ] }, { 'steps': [ { 'delay': '5ms' }, { 'external': 'e' } ] }, " WAIT(
         50) " ], 'need': 2 }",
     OUTCOME_EXTERNAL, 7, 0},
    {"nested", "{ 'parallel': [ { 'steps': [ { 'parallel': [ " WAIT(3) ", " WAIT(5) " ] }, { 'delay': '4ms' } ] }, " WAIT(8) " ] }",
     OUTCOME_COMPLETED, 9, 0},
    {"guarded inside",
     "{ 'parallel': [ { 'steps': [ { 'call': 'e', 'retry': { 'attempts': 3, 'backoff': '10ms', 'jitter': 'none' }, 'fallback': [ { "
     "'delay': '1ms' } ] } ] }, " WAIT(8) " ] }",
     OUTCOME_COMPLETED, 37, 0}, /* 2 + 10 + 2 + 20 + 2 + 1 */
    {"inside a guard",
     "{ 'call': 'd', 'timeout': '6ms', 'cancel': true, 'fallback': [ { 'delay': '1ms' } ], 'steps': [ { 'parallel': [ " B ", " B
     ", " B " ] } ] }",
     OUTCOME_COMPLETED, 7, 8}, /* given up at 6 ms: the third leaves the queue of b */
    {"slow", "{ 'parallel': [ { 'steps': [ { 'call': 'slow', 'timeout': '20ms' } ] }, " B " ] }", OUTCOME_CALL_TIMEOUT, 20, 4},
};

static void test_traces(void) {
  for (size_t i = 0; i < sizeof traces / sizeof *traces; i++) {
    struct fixture f = fixture_of(ONCE, traces[i].steps);
    struct world *w = fixture_run(&f, 1, traces[i].name);
    const struct observation *o = &w->observation;
    const struct container *b = &w->containers[w->services[fixture_service(&f, "b")].first];
    test_check(o->ended[traces[i].outcome] == 1, "%s: ended otherwise", traces[i].name);
    test_check(fabs((double)o->sojourn_ns - traces[i].ms * 1e6) < 0.5, "%s: %.9g ms", traces[i].name, (double)o->sojourn_ns * 1e-6);
    test_check(fabs(b->used_ns - traces[i].work * 1e6) < 0.5, "%s: %.9g ms of work on b", traces[i].name, b->used_ns * 1e-6);
    test_check(pool_live(&w->requests) == 0, "%s: %u requests live", traces[i].name, pool_live(&w->requests));
    world_free(w), fixture_close(&f);
  }
}

/* Against all outcomes of n branches, one by one. */
static void test_success(void) {
  const struct branch branches[] = {{.copies = 2}, {.copies = 1}, {.copies = 3}};
  const double success[] = {0.9, 0.3, 0.55}, each[] = {0.9, 0.9, 0.3, 0.55, 0.55, 0.55};
  for (uint32_t need = 1; need <= 6; need++) {
    double expected = 0;
    for (uint32_t set = 0; set < 64; set++) {
      double p = 1;
      for (uint32_t k = 0; k < 6; k++) p *= set >> k & 1 ? each[k] : 1 - each[k];
      if ((uint32_t)__builtin_popcount(set) >= need) expected += p;
    }
    double p = fork_success(&(struct fork){.branches = branches, .count = 3, .children = 6, .needed = need}, success);
    test_check(fabs(p - expected) < 1e-12, "%u of 6: %.12g, not %.12g", need, p, expected);
  }
}

#define LOAD                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'load', 'traffic': { 'u': { 'kind': 'open', 'rate': '50/s', 'timeout': '2s', 'mix': { 'p': 1 } } },"    \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '2ms' } }, %s, { 'cpu': { 'exponential': '1ms' } } ] " \
  "} },"                                                                                                                           \
  "'services': { 'a': { 'kind': 'app', 'replicas': 2%s }, 'b': { 'kind': 'app', 'replicas': 2, 'balance': 'random' },"             \
  "'e': { 'kind': 'external', 'latency': { 'exponential': '5ms' }, 'failure': 0.1 } },"                                            \
  "'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 3 } } },"                                                             \
  "'faults': { 'f': { 'kind': 'crash', 'service': 'a', 'mtbf': '20s' }, 'g': { 'kind': 'crash', 'service': 'b', 'mtbf': '20s' } "  \
  "},"                                                                                                                             \
  "'run': { 'warmup': '0s', 'window': '200s', 'windows': 1, 'replications': 2 } }"

/* A fork of one branch is the sequence of its steps. */
static void test_one_is_none(void) {
  const char *steps = "{ 'call': 'b', 'steps': [ { 'cpu': { 'exponential': '9ms' } } ] }, { 'external': 'e' }";
  static struct text forked;
  forked.length = 0;
  put(&forked, "{ 'parallel': [ { 'steps': [ %s ] } ] }", steps);
  struct fixture plain = fixture_of(LOAD, steps, ""), fork = fixture_of(LOAD, forked.bytes, "");
  struct world *a = fixture_run(&plain, 7, "plain"), *b = fixture_run(&fork, 7, "fork");
  test_check(a->observation.arrived > 9000 && a->observation.arrived == b->observation.arrived &&
                 a->observation.sojourn_ns == b->observation.sojourn_ns,
             "%.9g s and %.9g s in all", (double)a->observation.sojourn_ns * 1e-9, (double)b->observation.sojourn_ns * 1e-9);
  for (int i = 0; i < OUTCOMES; i++)
    test_check(a->observation.ended[i] == b->observation.ended[i], "%s: %llu and %llu", outcome_names[i],
               (unsigned long long)a->observation.ended[i], (unsigned long long)b->observation.ended[i]);
  world_free(a), fixture_close(&plain);
  world_free(b), fixture_close(&fork);
}

/* Crashes of the caller's and of the called replicas in the midst of forks: everything is accounted for (the audit is a check of
 * every run), and nothing is left when the traffic is over. */
static void test_crashes(void) {
  static const char *const forks[] = {
      "{ 'parallel': [ { 'copies': 3, 'steps': [ { 'call': 'b', 'steps': [ { 'cpu': { 'exponential': '4ms' } } ] } ] }, { 'steps': "
      "[ { "
      "'external': 'e' } ] } ], 'need': 3 }",
      "{ 'parallel': [ { 'copies': 2, 'steps': [ { 'call': 'b', 'timeout': '10ms', 'retry': { 'attempts': 2, 'backoff': '1ms' }, "
      "'cancel': true, 'steps': [ { 'cpu': { 'exponential': '4ms' } } ] } ] } ], 'need': 1, 'cancel': true }",
      "{ 'parallel': [ { 'copies': 4, 'steps': [ { 'parallel': [ { 'copies': 2, 'steps': [ { 'call': 'b', 'steps': [ { 'cpu': "
      "{ 'exponential': '1ms' } } ] } ] } ] } ] } ], 'need': 2, 'cancel': true }"};
  for (size_t i = 0; i < sizeof forks / sizeof *forks; i++)
    for (int holds = 0; holds < 2; holds++) {
      struct fixture f = fixture_of(LOAD, forks[i], holds ? ", 'runtime': 'threads', 'threads': 3" : "");
      struct world *w = fixture_run(&f, 3, forks[i]);
      const uint64_t *ended = w->observation.ended;
      test_check(ended[OUTCOME_CRASHED] > 0 && ended[OUTCOME_COMPLETED] > 5000, "%zu: %llu crashed, %llu completed", i,
                 (unsigned long long)ended[OUTCOME_CRASHED], (unsigned long long)ended[OUTCOME_COMPLETED]);
      world_free(w), fixture_close(&f);
    }
}

/* A caller's node is lost while branches are inside: one that fails cancels its siblings, some of which wait in the dead process or
 * compute at a living one for a call that began there. */
static void test_siblings_of_the_dead(void) {
  static const char *const scenarios[] = {
      "{ 'aguanta': 1, 'name': 'queued', 'traffic': { 's': { 'kind': 'closed', 'population': 20, 'think': '127ms', 'mix': { 'p': 1 "
      "} } "
      "}, 'endpoints': { 'p': { 'steps': [ { 'parallel': [ { 'copies': 2, 'steps': [ { 'call': 'a', 'steps': [ { 'call': 'a', "
      "'breaker': {}, 'steps': [ { 'cpu': { 'exponential': '6ms' } } ] } ] } ] } ], 'cancel': true } ] } }, 'services': { 'a': { "
      "'kind': 'app' } }, 'platform': { 'kind': 'static', 'nodes': { 'g': { 'cpu': 4 } } }, 'faults': { 'n': { 'kind': 'node', "
      "'nodes': 'g', 'mtbf': '2s', 'repair': { 'exponential': '200ms' } } }, 'run': { 'warmup': '0s', 'window': '40s' } }",
      "{ 'aguanta': 1, 'name': 'computing', 'traffic': { 's': { 'kind': 'closed', 'population': 40, 'think': '1ms', 'mix': { 'p': "
      "1 } } "
      "}, 'endpoints': { 'p': { 'steps': [ { 'parallel': [ { 'copies': 2, 'steps': [ { 'call': 'a', 'breaker': {}, 'steps': [ { "
      "'call': 'b', 'steps': [ { 'cpu': { 'exponential': '6ms' } } ] } ] }, { 'call': 'a', 'steps': [ { 'call': 'a', 'breaker': "
      "{}, "
      "'steps': [ { 'cpu': '3ms' }, { 'call': 'b', 'steps': [ { 'cpu': '5ms' } ] } ] } ] } ] } ], 'cancel': true } ] } }, "
      "'services': "
      "{ 'a': { 'kind': 'app', 'place': 'g' }, 'b': { 'kind': 'app', 'place': 'h', 'threads': 2 } }, 'platform': { 'kind': "
      "'static', "
      "'nodes': { 'g': { 'cpu': 2 }, 'h': { 'cpu': 2 } } }, 'faults': { 'n': { 'kind': 'node', 'nodes': 'g', 'mtbf': '2s', "
      "'repair': { "
      "'exponential': '200ms' } } }, 'run': { 'warmup': '0s', 'window': '40s' } }"};
  for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
    struct fixture f = fixture_of("%s", scenarios[i]);
    struct world *w = fixture_run(&f, 5, scenarios[i]);
    test_check(w->observation.ended[OUTCOME_CRASHED] > 20, "%zu: only %llu crashed", i,
               (unsigned long long)w->observation.ended[OUTCOME_CRASHED]);
    world_free(w), fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"siblings_of_the_dead", test_siblings_of_the_dead},
                                         {"traces", test_traces},
                                         {"success", test_success},
                                         {"one_is_none", test_one_is_none},
                                         {"crashes", test_crashes},
                                         {NULL, NULL}};
const struct test_suite suite_parallel = {"parallel", cases};
