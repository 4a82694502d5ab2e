/* Years in which second failures are made likelier, against exact answers that plain years do not reach. */
#include "models/faults/biasing.h"
#include "sim/engine/arena.h"
#include "models/availability/outage.h"
#include "models/core/world.h"
#include "sim/measure/results.h"
#include "sim/study/study.h"
#include "tests/model_fixture.h"
#include <math.h>
#include <stdlib.h>

#define UNITS                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'units', 'run': { 'window': '1s', 'warmup': '0s', 'replications': 1, 'windows': 1, 'years': %d,"        \
  "  'years_per_replication': 50, 'seed': '%d' },"                                                                                 \
  "  'traffic': { 'web': { 'kind': 'open', 'rate': '1/h', 'mix': { 'job': 1 } } },"                                                \
  "  'endpoints': { 'job': { 'entry': 'server', 'steps': [ { 'cpu': '1ms' } ] } },"                                                \
  "  'services': { 'server': { 'kind': 'app', 'start': '0s', 'replicas': %d, 'quorum': %d } },"                                    \
  "  'platform': { 'kind': 'static', 'nodes': { 'box': { 'count': %d, 'cpu': 1 } } },"                                             \
  "  'faults': { 'outage': { 'kind': 'node', 'nodes': 'box', %s } } }"

struct seen {
  double lost, low, high, years;
  bool biased;
};

static struct seen answer(int years, int seed, int units, int needed, const char *fault) {
  struct fixture f = fixture_of(UNITS, years, seed, units, needed, units, fault);
  struct seen seen = {NAN, NAN, NAN, 0, false};
  if (!f.scenario) return seen;
  struct results *r = study_run(f.arena, f.scenario, &(struct study_options){.jobs = 1});
  const struct availability_result *a = &r->availability;
  seen = (struct seen){1 - a->availability.value, 1 - a->availability.high, 1 - a->availability.low, a->biased_years,
                       a->biased_years > 0};
  fixture_close(&f);
  return seen;
}

/* By hand, each unit has a crew of its own and is away u = r / (m + r) of the time, so that k of n are away with a probability that
 * is binomial. The pair of 4000 h and 2 h: (2/4002)^2 = 2.4975e-7. Three of which one is enough: (2/4002)^3 = 1.248e-10. Three
 * of which two are needed: 3 u^2 (1 - u) + u^3 = 7.4888e-7. Repairs of constant 2 h have the same mean, and so the same answer. */
static void test_exact(void) {
  static const struct {
    int units, needed;
    const char *fault;
    double exact;
  } cases[] = {{2, 1, "'mtbf': '4000h', 'repair': { 'exponential': '2h' }", 2.4975e-7},
               {3, 1, "'mtbf': '4000h', 'repair': { 'exponential': '2h' }", 1.2481e-10},
               {3, 2, "'mtbf': '4000h', 'repair': { 'exponential': '2h' }", 7.4888e-7},
               {2, 1, "'mtbf': '4000h', 'repair': '2h'", 2.4975e-7}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct seen s = answer(500, 1, cases[i].units, cases[i].needed, cases[i].fault);
    double half = 0.5 * (s.high - s.low);
    CU_ASSERT(s.biased);
    CU_ASSERT(half <= 0.1 * s.lost);
    CU_ASSERT(fabs(s.lost - cases[i].exact) <= 1.7 * half); /* 3.3 standard errors */
  }
}

/* The interval covers as often as it says. Here 60 seeds: at least 51 of 60 with 95% each, but for one time in 1,000. */
static void test_coverage(void) {
  int n = getenv("AGUANTA_LONG") ? 1000 : 60, covered = 0;
  for (int i = 0; i < n; i++) {
    struct seen s = answer(500, 100 + i, 2, 1, "'mtbf': '4000h', 'repair': { 'exponential': '2h' }");
    covered += s.low <= 2.4975e-7 && s.high >= 2.4975e-7;
  }
  CU_ASSERT(covered >= (n == 60 ? 51 : 930));
  CU_ASSERT(n == 60 || covered <= 970);
}

/* Plain years are enough where outages are many: one unit is away 2/4002 of the time, and in 20,000 years 43,800 times. */
static void test_not_needed(void) {
  struct seen s = answer(20000, 3, 1, 1, "'mtbf': '4000h', 'repair': { 'exponential': '2h' }");
  CU_ASSERT(!s.biased);
  CU_ASSERT(s.low <= 2 / 4002. && 2 / 4002. <= s.high);
}

static bool possible(const char *fault, const char *kind) {
  struct fixture f = fixture_of("{ 'aguanta': 1, 'name': 'units', 'run': { 'window': '1s', 'warmup': '0s' }, 'people': {},"
                                "  'traffic': { 'web': { 'kind': 'open', 'rate': '1/h', 'mix': { 'job': 1 } } },"
                                "  'endpoints': { 'job': { 'entry': 'server', 'steps': [ { 'cpu': '1ms' } ] } },"
                                "  'services': { 'server': { 'kind': 'app', 'replicas': 2 } }, 'crews': { 'ops': 1 },"
                                "  'platform': { 'kind': '%s', 'nodes': { 'box': { 'count': 2, 'cpu': 1 } } },"
                                "  'faults': { 'f': { %s } } }",
                                kind, fault);
  bool answer = f.scenario && bias_possible(&f.scenario->model);
  fixture_close(&f);
  return answer;
}

/* Where something but the state and exponential lives decides what comes next, the ratio would have to remember it. */
static void test_refused(void) {
  CU_ASSERT(possible("'kind': 'node', 'nodes': 'box', 'mtbf': '30d', 'repair': '1h'", "static"));
  CU_ASSERT(possible("'kind': 'crash', 'service': 'server', 'mtbf': '30d'", "kubernetes"));
  CU_ASSERT_FALSE(possible("'kind': 'node', 'nodes': 'box', 'mtbf': '30d', 'repair': '1h'", "kubernetes"));
  CU_ASSERT_FALSE(possible("'kind': 'node', 'nodes': 'box', 'uptime': '30d', 'repair': '1h'", "static"));
  CU_ASSERT_FALSE(possible("'kind': 'node', 'nodes': 'box', 'mtbf': '30d', 'repair': '1h', 'crew': 'ops'", "static"));
  CU_ASSERT_FALSE(possible("'kind': 'node', 'nodes': 'box', 'mtbf': '30d', 'by': 'person'", "static"));
  CU_ASSERT_FALSE(possible("'kind': 'node', 'nodes': 'box', 'mtbf': '30d', 'repair': '1h', 'by_hour': { 'from': '08:00', 'to': "
                           "'18:00', 'times': 5 }",
                           "static"));
}

/* Where failures are not rare, biased years say what is exact too: a pair of 40 h and 2 h is away together (2/42)^2 of the time. In 200
 * years there are some 26,000 outages: 3% are four standard errors and more. */
static void test_not_rare(void) {
  struct fixture f = fixture_of(UNITS, 100, 3, 2, 1, 2, "'mtbf': '40h', 'repair': { 'exponential': '2h' }");
  if (!f.scenario) return;
  struct model biased = f.scenario->model;
  double weighed = 0, served = 0;
  biased.run.biased = true, biased.run.years_per_replication = 1;
  for (uint32_t i = 0; i < 200; i++) {
    struct world *w = world_new(&biased, 5, i, WORLD_AVAILABILITY);
    world_run(w);
    weighed += world_outages(w)->weighed_ns, served += world_outages(w)->served_ns[0];
    world_free(w);
  }
  CU_ASSERT_DOUBLE_EQUAL((weighed - served) / weighed / (4 / 1764.), 1, 0.03);
  fixture_close(&f);
}

static const struct test_case cases[] = {{"exact answers", test_exact},       {"coverage", test_coverage},
                                         {"not rare", test_not_rare},         {"not needed", test_not_needed},
                                         {"where it is right", test_refused}, {0}};
const struct test_suite suite_biased_years = {"biased_years", cases};
