/* Common random numbers (Law 2015, 11.2): two architectures meet the same customers, so their difference is known far better than
 * either of them. Eight nodes, random split against join the shortest queue: the variance of the paired difference of mean
 * latencies is to be at least five times smaller than the sum of their variances, wherever that can be. */
#include "tests/model_fixture.h"

enum { PAIRS = 100 };

/* Mean latency of each replication: customers of the seed, this balancer. */
static void mean_latencies(const char *balance, const char *rate, uint64_t seed, double *out) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'split', 'traffic': { 'x': { 'kind': 'open', 'rate': %s, 'mix': { 'p': 1 } } }, "
      "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '100ms' } } ] } },"
      "'services': { 'a': { 'kind': 'app', 'replicas': 8, 'backlog': 'unlimited', 'balance': '%s' } }, 'platform': { 'kind': "
      "'static', 'nodes': { 'n': { 'count': 8, 'cpu': 1 } } }, 'run': { 'warmup': '10s', 'window': '60s', 'windows': 1 } }",
      rate, balance);
  for (uint32_t i = 0; i < PAIRS; i++) {
    struct world *w = world_new(&f.scenario->model, seed, i, WORLD_TRAFFIC);
    world_run(w);
    out[i] = fixture_mean_s(w, 0);
    world_free(w);
  }
  fixture_close(&f);
}

static double variance(const double *x) {
  double sum = 0, squares = 0;
  for (int i = 0; i < PAIRS; i++) sum += x[i];
  for (int i = 0; i < PAIRS; i++) squares += (x[i] - sum / PAIRS) * (x[i] - sum / PAIRS);
  return squares / (PAIRS - 1);
}

static const struct {
  const char *name, *rate; /* all eight together can do 80/s */
  double least;            /* ratio of variances */
} loads[] = {
    {"light", "'8/s'", 5},
    {"overloaded", "'96/s'", 5},
    {"a crowd for ten seconds",
     "{ 'steps': [ { 'from': '0s', 'rate': '40/s' }, { 'from': '20s', 'rate': '160/s' }, { 'from': '30s', 'rate': '40/s' } ] }", 5},
    {"an on-sale", "{ 'on_sale': { 'at': '15s', 'peak': '400/s', 'half_life': '5s' } }", 5},
    {"steady at 0.8", "'64/s'", 0}};

/* With standard deviations a and b no pairing can do better than (a^2 + b^2) / (a - b)^2. At a steady 0.8 the random split
 * varies eight times as much as its rival, and that limit is 1.3: five is for loads whose ups and downs both feel. */
static void test_paired_difference(void) {
  for (size_t k = 0; k < sizeof loads / sizeof *loads; k++) {
    double a[PAIRS], b[PAIRS], other[PAIRS], paired[PAIRS], apart[PAIRS];
    mean_latencies("random", loads[k].rate, 1, a);
    mean_latencies("least-connections", loads[k].rate, 1, b);
    mean_latencies("least-connections", loads[k].rate, 2, other);
    for (int i = 0; i < PAIRS; i++) paired[i] = a[i] - b[i], apart[i] = a[i] - other[i];
    double sum = variance(a) + variance(b), limit = sum / pow(sqrt(variance(a)) - sqrt(variance(b)), 2);
    double least = loads[k].least ? loads[k].least : 0.85 * limit;
    test_check(sum / variance(paired) >= least, "%s: the variance falls %.2f times, not %.2f; no pairing does better than %.2f",
               loads[k].name, sum / variance(paired), least, limit);
    double alone = (variance(a) + variance(other)) / variance(apart);
    test_check(alone > 0.6 && alone < 1.6, "%s: with other customers the variance falls %.2f times", loads[k].name, alone);
  }
}

static const struct test_case cases[] = {{"paired_difference", test_paired_difference}, {0}};
const struct test_suite suite_common_numbers = {"common_numbers", cases};
