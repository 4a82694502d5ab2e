/* Demand by requests in flight: by hand, and a closed queue against its Markov chain. */
#include "models/machine/scalability.h"
#include "models/request/walk.h"
#include "tests/model_fixture.h"

#define TABLE "'concurrency': [ { 'in_flight': 1, 'factor': 1 }, { 'in_flight': 3, 'factor': 2 } ]"

/* Users who ask at 10 s, all at once, and again after a time that they think. */
#define USERS                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'users', 'traffic': { 'u': { 'kind': 'closed', 'population': %d, 'think': %s, 'mix': { 'p': 1 } } "     \
  "}, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': %s } ] } }, 'services': { 'a': { 'kind': 'app', %s } },"             \
  " 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 16 } } },"                                                            \
  " 'run': { 'warmup': '0s', 'window': '%s', 'replications': 1, 'windows': 1 } }"

static const struct {
  const char *name, *service;
  int users;
  double mean_s;
} hands[] = {
    /* The first finds nobody: 1 s. The next begins when it has just been done, and has not left: four in flight, 2 s as with three; then
     * three: 2 s, and two: 1.5 s. So 1, 3, 5 and 6.5 s. */
    {"a loop", TABLE, 4, 3.875},
    {"alone", TABLE, 1, 1},
    /* Two at a time: both begin with one and two in flight: 1 and 1.5 s; at 1 s the third comes in from the door, two in flight: 1.5 s;
     * at 1.5 s the fourth, likewise: 1, 1.5, 2.5 and 3 s. */
    {"threads count who is in", TABLE ", 'runtime': 'threads', 'threads': 2", 4, 2},
    /* Before the first point as at it. */
    {"a first point", "'concurrency': [ { 'in_flight': 2, 'factor': 0.5 }, { 'in_flight': 4, 'factor': 1.5 } ]", 3, 4. / 3},
};

/* The last: one in flight 0.5 s, three 1 s, two 0.5 s: 0.5, 1.5 and 2 s. */
static void test_by_hand(void) {
  for (size_t i = 0; i < sizeof hands / sizeof *hands; i++) {
    struct fixture f = fixture_of(USERS, hands[i].users, "'10s'", "'1s'", hands[i].service, "19500ms");
    struct world *w = fixture_run(&f, 1, hands[i].name);
    double mean_s = fixture_mean_s(w, 0);
    test_check(fixture_ends(w, 0).by[OUTCOME_COMPLETED] == (uint64_t)hands[i].users, "%s: not all have an answer", hands[i].name);
    test_check(fabs(mean_s - hands[i].mean_s) < 1e-6, "%s: mean %.9f s, by hand %.9f", hands[i].name, mean_s, hands[i].mean_s);
    world_free(w);
    fixture_close(&f);
  }
}

static double factor(int n) { return n >= 3 ? 2 : 0.5 + 0.5 * n; }

/* Throughput of n users who think for a second in the mean, exponentially, at a loop whose work is exponential with the mean factor(k) /
 * 2 s, k being those in flight when it begins, the one before, if any, included: it has not left yet. States (m, k) of the Markov chain: m
 * are there, the work began with k. */
static double chain(int n) {
  enum { MOST = 5 };
  double p[MOST][MOST] = {{1}}, next[MOST][MOST];
  double step = 0.02, per_s = 0;
  for (int round = 0; round < 20000; round++) {
    memset(next, 0, sizeof next);
    per_s = 0;
    for (int m = 0; m <= n; m++)
      for (int k = 0; k <= n; k++) {
        if (!m && k) break;
        double comes = (n - m) * step, goes = m ? 2 / factor(k) * step : 0;
        next[m][k] += p[m][k] * (1 - comes - goes);
        if (m < n) next[m + 1][m ? k : 1] += p[m][k] * comes;
        if (m) next[m - 1][m > 1 ? m : 0] += p[m][k] * goes;
        per_s += p[m][k] * goes / step;
      }
    memcpy(p, next, sizeof p);
  }
  return per_s;
}

static void test_chain(void) {
  for (int n = 1; n <= 4; n++) {
    struct fixture f = fixture_of(USERS, n, "{ 'exponential': '1s' }", "{ 'exponential': '500ms' }", TABLE, "40000s");
    struct world *w = fixture_run(&f, 3, "chain");
    double per_s = (double)fixture_ends(w, 0).by[OUTCOME_COMPLETED] / 40000, exact = chain(n);
    test_check(fabs(per_s / exact - 1) < 0.015, "%d users: %.5f/s, by the chain %.5f", n, per_s, exact);
    world_free(w);
    fixture_close(&f);
  }
}

/* Two exponentials are 2/3 apart: one user has 1 / (1 + 1/2) answers a second, which the chain has to know, too. */
static void test_chain_of_one(void) { test_check(fabs(chain(1) - 2. / 3) < 1e-9, "%.12f", chain(1)); }

static void test_refused(void) {
  static const struct {
    const char *service, *text;
  } rows[] = {
      {TABLE ", 'threads': 2, 'scalability': { 'contention': 0.1 }", "keep one"},
      {"'concurrency': [ { 'in_flight': 3, 'factor': 1 }, { 'in_flight': 3, 'factor': 2 } ]", "has to rise: 3 comes after 3"},
      {"'concurrency': [ { 'in_flight': 0.5, 'factor': 1 } ]", "in_flight"},
      {"'concurrency': [ { 'in_flight': 1, 'factor': 0 } ]", "factor"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text t = {.length = 0};
    put(&t, USERS, 1, "'1s'", "'1s'", rows[i].service, "1s");
    struct fixture f = fixture_try(&t);
    test_check(f.refused && strstr(f.refused, rows[i].text), "%s: %s", rows[i].service, f.refused ? f.refused : "accepted");
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {
    {"by hand", test_by_hand}, {"chain", test_chain}, {"chain of one", test_chain_of_one}, {"refused", test_refused}, {NULL, NULL}};
const struct test_suite suite_concurrency = {"concurrency", cases};
