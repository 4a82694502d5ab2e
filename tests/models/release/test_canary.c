/* Routes by weight: canaries, what they see and miss, blue and green. */
#include "models/availability/outage.h"
#include "models/release/strategies.h"
#include "tests/model_fixture.h"

#define WEIGHED                                                                                                                    \
  "{ 'aguanta': 1, 'name': 'weighed', 'traffic': { 't': { 'kind': 'open', 'rate': '139/s', 'mix': { 'p': 1 } } },"                 \
  "'endpoints': { 'p': { 'entry': 'api', 'steps': [ { 'cpu': '1ms' } ] } },"                                                       \
  "'services': { 'api': { 'kind': 'app', 'replicas': 6, 'start': '5s', 'update': { %s 'pre_stop': '2s' } } },"                     \
  "'releases': { 'weekly': { 'services': 'api', %s } },"                                                                           \
  "'platform': { 'kind': '%s', 'nodes': { 'n': { 'count': 3, 'cpu': 8 } } },"                                                      \
  "'run': { 'warmup': '0s', 'window': '4h', 'years': 20, 'replications': 1 } }"
#define CANARY                                                                                                                     \
  "'stages': [ { 'weight': '5%', 'for': '2h' }, { 'weight': '25%', 'for': '30min' }, { 'weight': '50%', 'for': '30min' } ], "      \
  "'abort_errors': '1%',"

static double meter_of(const struct world *w, const char *name) {
  for (uint32_t i = 0; i < w->model->meter_count; i++)
    if (!strcmp(w->model->meters[i].name, name)) {
      double sum = 0;
      for (uint32_t k = 0; k < w->observation.window_count; k++) sum += w->observation.meters[i].course.sums[k];
      return sum;
    }
  abort();
}

struct outcome_of {
  double hit, back, falsely, missed, lost, of_fresh;
  bool done;
};

/* The release is at 10 s. */
static struct outcome_of play(const char *update, const char *release, double until_s, uint64_t seed) {
  struct outcome_of n = {0};
  struct fixture f = fixture_of(WEIGHED, update, release, "kubernetes");
  if (!f.scenario) return n;
  struct world *w = world_new(&f.scenario->model, seed, 0, WORLD_TRAFFIC);
  world_warm_up(w);
  world_measure_until(w, (sim_time)(until_s * 1e9));
  n.hit = meter_of(w, "hit"), n.back = meter_of(w, "rolled_back"), n.falsely = meter_of(w, "false_aborts");
  n.missed = meter_of(w, "missed"), n.lost = meter_of(w, "lost_in_updates"), n.done = !world_releases(w)->active;
  world_close(w);
  world_audit(w, fixture_broken, (void *)(uintptr_t)update);
  world_free(w);
  fixture_close(&f);
  return n;
}

/* 3% of the calls fail. All of them for 15 min: 139 x 900 x 3% = 3,753 failures (blue-green at once, detected after 15 min; sd 61; the
 * roll-back is a switch). A canary of 5% for the 5 min to the first judgement: 139 x 300 x 5% x 3% = 63, sd 8: over 8 seeds 2.8. Nothing
 * is lost by either: the route sends nothing to what has closed. */
static void test_hit(void) {
  const char *bad = "'at': '10s', 'bad': { 'probability': 1, 'errors': '3%' }, 'rollback': '0s', 'detect': '15min'";
  double hit = 0;
  for (uint64_t seed = 1; seed <= 8; seed++) {
    struct outcome_of n = play(CANARY, bad, 360, seed);
    test_check(n.back == 1 && n.falsely == 0 && n.missed == 0 && n.done && n.lost == 0, "canary: %g back, %g falsely, %g lost",
               n.back, n.falsely, n.lost);
    hit += n.hit / 8;
  }
  test_check(fabs(hit - 63) < 10, "canary: %g hit", hit);
  struct outcome_of n = play("'kind': 'blue-green', 'keep': '1h',", bad, 1000, 1);
  double on_s = 910 - (10 + 1 + 5); /* from the switch, up to 10 s of readiness later */
  test_check(n.hit > 139 * (on_s - 12) * 0.03 - 240 && n.hit < 139 * on_s * 0.03 + 240, "blue-green: %g hit", n.hit);
  test_check(n.back == 1 && n.done && n.lost == 0, "blue-green: %g back, %g lost", n.back, n.lost);
}

/* 5% of 139/s for 5 min are 2,085 calls. With 1.5% of errors a window has Poisson(31.3) of them, and more than 1% are 21: in 97.9% of
 * the windows. Of 60 first ones 58.7, sd 1.1. With 0.02% of errors (of a good release) 0.4 are expected: never 21. */
static void test_noise(void) {
  double seen = 0;
  for (uint64_t seed = 1; seed <= 60; seed++)
    seen += play(CANARY, "'at': '10s', 'bad': { 'probability': 1, 'errors': '1.5%' }, 'detect': '3h'", 335, seed).back;
  test_check(seen >= 55, "seen in %g of 60 first windows", seen);
  struct outcome_of n = play(CANARY, "'at': '10s', 'errors': '0.02%'", 3 * 3600 + 120, 3);
  test_check(n.back == 0 && n.falsely == 0 && n.done, "good: %g back", n.back);
  n = play(CANARY, "'at': '10s', 'errors': '3%'", 360, 3);
  test_check(n.back == 1 && n.falsely == 1, "good, but not better: %g falsely", n.falsely);
  n = play("'stages': [ { 'weight': '20%', 'for': '1min' } ], 'abort_errors': '1%', 'judged': '30s',",
           "'at': '10s', 'bad': { 'probability': 1, 'errors': '0.1%' }, 'detect': '3h'", 240, 3);
  test_check(n.missed == 1 && n.back == 0 && n.done, "missed: %g", n.missed);
}

/* Computations of 1 ms that take 30: a canary that looks at the response time sees them, one that looks at errors does not. */
static void test_latency(void) {
  const char *slow = "'at': '10s', 'bad': { 'probability': 1, 'kind': 'slow', 'slower': 30 }, 'detect': '3h'";
  struct outcome_of n = play("'stages': [ { 'weight': '5%', 'for': '10min' } ], 'abort_latency': '20ms',", slow, 335, 1);
  test_check(n.back == 1 && n.done, "latency: %g back", n.back);
  n = play("'stages': [ { 'weight': '5%', 'for': '10min' } ], 'abort_errors': '1%',", slow, 335, 1);
  test_check(n.back == 0, "errors: %g back", n.back);
}

/* The share of the calls is the weight and not that of the pods: one new pod of seven gets 5%, two of eight 25%, three of nine 50%. All
 * of its calls fail, nobody looks. */
static void test_weights(void) {
  static const struct {
    const char *weight;
    double share;
  } rows[] = {{"5%", 0.05}, {"25%", 0.25}, {"50%", 0.5}};
  for (size_t i = 0; i < 3; i++) {
    char update[200];
    snprintf(update, sizeof update, "'stages': [ { 'weight': '%s', 'for': '1h' } ],", rows[i].weight);
    double before = play(update, "'at': '10s', 'errors': '100%'", 60, 1).hit,
           after = play(update, "'at': '10s', 'errors': '100%'", 160, 1).hit;
    double wanted = 13900 * rows[i].share, sd = sqrt(wanted);
    test_check(fabs(after - before - wanted) < 4 * sd, "%s: %g of 13,900", rows[i].weight, after - before);
  }
}

/* In years: each release is bad and seen in the first window (63 of 2,085, and 21 are enough): 5% x 3% x 300 s = 0.45 s, 52.14 times a
 * year: 23.5 s. A roll-out that is taken back after 15 min: as in rollouts.years. In traffic it is 63 / 139 = 0.45 s too. */
static void test_years(void) {
  struct fixture f =
      fixture_of(WEIGHED, CANARY, "'every': 'Tuesday 10:00', 'bad': { 'probability': 1, 'errors': '3%' }", "kubernetes");
  if (!f.scenario) return;
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_AVAILABILITY);
  world_outages(w)->audited = true;
  world_run(w);
  const struct outage_book *b = world_outages(w);
  double lost = (b->weighed_ns - b->total_served_ns) / b->weighed_ns * 365 * 86400;
  test_check(fabs(lost - 0.45 * 365 / 7) < 0.2, "%g s a year", lost);
  test_check(!b->mismatches, "%lu mismatches", (unsigned long)b->mismatches);
  world_audit(w, fixture_broken, (void *)(uintptr_t) "years");
  world_free(w);
  fixture_close(&f);
}

static void test_bad_input(void) {
  static const struct {
    const char *update, *kind, *says;
  } rows[] = {{"'stages': [ { 'weight': '25%', 'for': '1h' }, { 'weight': '5%', 'for': '1h' } ],", "kubernetes",
               "the weight falls from stage 1 to stage 2"},
              {"'kind': 'canary',", "kubernetes", "a canary needs \"stages\""},
              {"'stages': [ { 'weight': '5%', 'for': '1h' } ],", "compose", "does not bring versions out that way"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text t = {.length = 0};
    put(&t, WEIGHED, rows[i].update, "'at': '1min'", rows[i].kind);
    struct fixture f = fixture_try(&t);
    test_check(f.refused && strstr(f.refused, rows[i].says), "%s: %s", rows[i].update, f.refused ? f.refused : "accepted");
    fixture_close(&f);
  }
  struct text t = {.length = 0};
  put(&t, WEIGHED, CANARY, "'at': '1min'", "kubernetes");
  char *at = strstr(t.bytes, "\"start\"");
  memmove(at + 38, at, strlen(at) + 1), t.length += 38;
  memcpy(at, "\"balance\": { \"per\": \"connection\" },    ", 38);
  struct fixture f = fixture_try(&t);
  test_check(f.refused && strstr(f.refused, "needs a route by weight"), "%s", f.refused ? f.refused : "accepted");
  fixture_close(&f);
}

static const struct test_case cases[] = {{"hit", test_hit},
                                         {"noise", test_noise},
                                         {"latency", test_latency},
                                         {"weights", test_weights},
                                         {"years", test_years},
                                         {"bad input", test_bad_input},
                                         {0}};
const struct test_suite suite_canary = {"canary", cases};
