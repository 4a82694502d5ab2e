/* Consecutive computation on one replica is one turn: however a scenario cuts a computation into steps, requests take the same time, to
 * the nanosecond, as with one step of the sum. And what leaves the thread, if only for a moment, queues again. */
#include "tests/model_fixture.h"

/* The steps, then the service, then what else there is. */
#define OPEN                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'open', 'traffic': { 'u': { 'kind': 'open', 'rate': '80/s', 'timeout': '900ms', 'mix': { 'p': 1 } } }," \
  " 'keys': { 'k': { 'of': 1000000000 } }, 'limits': { 'l': { 'kind': 'token-bucket', 'rate': '100000/s' } },"                     \
  " 'endpoints': { 'p': { 'entry': 'a', 'steps': [ %s, { 'delay': '5ms' } ] } },"                                                  \
  " 'services': { 'a': { 'kind': 'app', 'start': '1s', 'cache': { 'entries': 10 }%s },"                                            \
  " 'f': { 'kind': 'database', 'database': { 'engine': 'sqlite' } }, 'x': { 'kind': 'external', 'latency': '1ms' } },"             \
  " 'faults': { 'c': { 'kind': 'crash', 'service': 'a', 'mtbf': '20s' } },"                                                        \
  " 'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 4 } } },"                                                            \
  " 'run': { 'warmup': '0s', 'window': '60s', 'replications': 1, 'windows': 1 } }"

#define MS(n)       "{ 'cpu': '" #n "ms' }"
#define WORKERS(n)  "{ 'cpu': '" #n "ms', 'on': 'workers' }"
#define CUT         MS(2) ", " MS(3) ", " MS(5)
#define HIT         "{ 'cached': 'a', 'key': 'k' }"
#define BRANCH(...) "{ 'steps': [ " __VA_ARGS__ " ] }"

static const struct {
  const char *name, *cut, *whole, *service;
} twins[] = {
    {"a loop", CUT, MS(10), ""},
    {"a loop with two threads", CUT ", " MS(10), MS(20), ", 'threads': 2"},
    {"processes", CUT ", " MS(10), MS(20), ", 'processes': { 'count': 2, 'deal': 'round-robin' }"},
    {"threads", CUT, MS(10), ", 'runtime': 'threads', 'threads': 1"},
    {"a global lock", CUT, MS(10), ", 'runtime': 'gil', 'threads': 20"},
    {"workers", WORKERS(2) ", " WORKERS(8), WORKERS(10), ", 'workers': 1"},
    {"a quota", CUT, MS(10), ", 'resources': { 'limits': { 'cpu': '900m' } }"},
    {"pauses", CUT, MS(10), ", 'gc': { 'every': { 'exponential': '500ms' }, 'pause': '20ms' }"},
    {"by rank", CUT, MS(10), ", 'discipline': 'priority'"},
    {"a look into its own memory", MS(4) ", " HIT ", " MS(6), MS(10), ""},
    {"a miss there", MS(2) ", { 'cached': 'a', 'key': 'k', 'miss': [ " MS(3) " ] }, " MS(5), MS(10), ""},
    {"a limit", MS(4) ", { 'limit': 'l' }, " MS(6), MS(10), ""},
    {"no work at all", MS(4) ", " MS(0) ", { 'delay': '0s' }", MS(4), ""},
    {"a branch", MS(2) ", { 'parallel': [ " BRANCH(MS(3)) " ] }, " MS(5), MS(10), ""},
    {"branches", MS(1) ", { 'parallel': [ " BRANCH(MS(2)) ", " BRANCH(MS(3) ", " MS(1)) " ] }, " MS(3), MS(10), ""},
    {"empty branches", MS(4) ", { 'parallel': [ " BRANCH() ", " BRANCH(HIT) " ] }, " MS(6), MS(10), ""},
    {"copies", MS(1) ", { 'parallel': [ { 'copies': 4, 'steps': [ " MS(2) " ] } ] }, " MS(1), MS(10), ""},
    {"nested", MS(1) ", { 'parallel': [ " BRANCH("{ 'parallel': [ " BRANCH(MS(2)) ", " BRANCH(MS(3)) " ] }") " ] }, " MS(4), MS(10),
     ""},
    {"branches under a lock", MS(1) ", { 'parallel': [ " BRANCH(MS(2)) ", " BRANCH(MS(3)) " ] }, " MS(4), MS(10),
     ", 'runtime': 'gil', 'threads': 20"},
};

static void test_cut_is_whole(void) {
  for (size_t i = 0; i < sizeof twins / sizeof *twins; i++) {
    struct fixture f = fixture_of(OPEN, twins[i].cut, twins[i].service), g = fixture_of(OPEN, twins[i].whole, twins[i].service);
    struct world *a = fixture_run(&f, 7, twins[i].name), *b = fixture_run(&g, 7, twins[i].name);
    const struct histogram *x = fixture_latency(a, 0), *y = fixture_latency(b, 0);
    test_check(x->count > 1000 && fixture_same_values(x, y), "%s: mean %.12g, as one step %.12g", twins[i].name, histogram_mean(x),
               histogram_mean(y));
    test_check(!memcmp(a->observation.ended, b->observation.ended, sizeof a->observation.ended), "%s: other ends", twins[i].name);
    world_free(a), world_free(b);
    fixture_close(&f), fixture_close(&g);
  }
}

/* Users who ask at 10 s, all at once. */
#define USERS                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'users', 'traffic': { 'u': { 'kind': 'closed', 'population': %d, 'think': '10s', 'mix': { 'p': 1 } } "  \
  "}, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ %s ] } }, 'services': { 'a': { 'kind': 'app'%s },"                            \
  " 'x': { 'kind': 'external', 'latency': '500ms' } },"                                                                            \
  " 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 16 } } },"                                                            \
  " 'run': { 'warmup': '0s', 'window': '19500ms', 'replications': 1, 'windows': 1 } }"

static const struct {
  const char *name;
  int users;
  const char *steps, *service;
  double mean_s;
} hands[] = {
    /* One after the other: 2, 4, 6 s. Queueing between the steps would give 4, 5, 6. */
    {"one turn", 3, "{ 'cpu': '1s' }, { 'cpu': '1s' }", "", 4},
    /* The loop is free for half a second: 1, 2, 3 s; back at 1.5, 2.5, 3.5 behind those: 4, 5, 6 s. */
    {"an external call ends it", 3, "{ 'cpu': '1s' }, { 'external': 'x' }, { 'cpu': '1s' }", "", 5},
    {"a delay ends it", 3, "{ 'cpu': '1s' }, { 'delay': '1ns' }, { 'cpu': '1s' }", "", 5},
    /* Loop until 1, 2, 3 s; the only worker until 2, 3, 4 s; the loop again, behind the third: until 4, 5, 6 s. */
    {"from the loop to a worker and back", 3, "{ 'cpu': '1s' }, { 'cpu': '1s', 'on': 'workers' }, { 'cpu': '1s' }",
     ", 'workers': 1", 5},
    /* It asks itself as anybody else does: 1, 2, 3 s, then again 4, 5, 6 s. */
    {"a call of itself ends it", 3, "{ 'cpu': '1s' }, { 'call': 'a', 'steps': [ { 'cpu': '1s' } ] }", "", 5},
    /* 2 + 3 s for each: the caller goes on with the turn of the branch that ended last. */
    {"all branches", 2,
     "{ 'cpu': '1s' }, { 'parallel': [ { 'steps': [ { 'cpu': '1s' } ] }, { 'steps': [ { 'cpu': '1s' } ] } ] }, { "
     "'cpu': '1s' }",
     "", 6},
    /* The caller needs one: it goes on in that turn, before the second branch: 3 s; that branch until 4 s; so 3 and 7 s. */
    {"the first branch", 2,
     "{ 'cpu': '1s' }, { 'parallel': [ { 'steps': [ { 'cpu': '1s' } ] }, { 'steps': [ { 'cpu': '1s' } ] } ], "
     "'need': 1 }, { 'cpu': '1s' }",
     "", 5},
    /* The second branch waits elsewhere: both first parts 0 to 2 and 2 to 4 s; back at 1.5 s of each: its last part queues. */
    {"a branch that comes back", 2,
     "{ 'cpu': '1s' }, { 'parallel': [ { 'steps': [ { 'cpu': '1s' } ] }, { 'steps': [ { 'external': "
     "'x' }, { 'cpu': '1s' } ] } ] }",
     "", 5.5},
};

static void test_by_hand(void) {
  for (size_t i = 0; i < sizeof hands / sizeof *hands; i++) {
    struct fixture f = fixture_of(USERS, hands[i].users, hands[i].steps, hands[i].service);
    struct world *w = fixture_run(&f, 1, hands[i].name);
    double mean_s = fixture_mean_s(w, 0);
    test_check(fixture_ends(w, 0).by[OUTCOME_COMPLETED] == (uint64_t)hands[i].users, "%s: not all have an answer", hands[i].name);
    test_check(fabs(mean_s - hands[i].mean_s) < 1e-6, "%s: mean %.9f s, by hand %.9f", hands[i].name, mean_s, hands[i].mean_s);
    world_free(w);
    fixture_close(&f);
  }
}

/* bcrypt on the loop: 4 logins a second hash for 80 ms between two halves of a millisecond. Pollaczek and Khinchine 1930: one turn of
 * 81 ms, so a login waits 4 x 0.081^2 / 2 / (1 - 0.324) and computes for 81 ms. */
static void test_bcrypt(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'bcrypt', 'traffic': { 'u': { 'kind': 'open', 'rate': '4/s', 'mix': { 'p': 1 } } }, 'endpoints': { "
      "'p': { 'entry': 'a', 'steps': [ { 'cpu': '0.5ms' }, { 'cpu': '80ms' }, { 'cpu': '0.5ms' } ] } }, 'services': { 'a': { "
      "'kind': "
      "'app', 'backlog': 'unlimited' } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 4 } } }, 'run': { 'warmup': "
      "'10s', "
      "'window': '2000s', 'windows': 1 } }");
  double mean[12];
  for (int i = 0; i < 12; i++) {
    struct world *w = world_new(&f.scenario->model, 11, (uint32_t)i, WORLD_TRAFFIC);
    world_run(w);
    mean[i] = fixture_mean_s(w, 0);
    world_free(w);
  }
  double exact = 4 * 0.081 * 0.081 / 2 / (1 - 4 * 0.081) + 0.081;
  struct mean_of m = mean_of(mean, 12);
  test_check(fabs(m.mean - exact) < 2 * m.half && m.half < 0.02 * exact, "%.6f s +- %.6f, in theory %.6f", m.mean, m.half, exact);
  fixture_close(&f);
}

static const struct test_case cases[] = {
    {"cut is whole", test_cut_is_whole}, {"by hand", test_by_hand}, {"bcrypt", test_bcrypt}, {NULL, NULL}};
const struct test_suite suite_turns = {"turns", cases};
