/* Health checks of a load balancer: when a dead replica leaves the rotation, when it is back, and that the orchestrator's word counts
 * too. Checks come every 10 s; two failed ones take a replica out, five passed ones bring it back. */
#include "models/service/health_check.h"
#include "tests/model_fixture.h"

#define TWO                                                                                                                        \
  "{ 'aguanta': 1, 'name': 'two', 'traffic': { 'u': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, 'endpoints': { 'p': "  \
  "{ "                                                                                                                             \
  "'entry': 'a', 'steps': [ { 'cpu': '1ms' } ] } }, 'services': { 'a': { 'kind': 'app', 'replicas': 2, 'start': '%s', "            \
  "'health_check': { 'every': '10s', 'timeout': '5s' } } }, 'platform': { 'kind': '%s', 'nodes': { 'n': { 'count': %d, 'cpu': 4 "  \
  "} } "                                                                                                                           \
  "}, 'faults': { 'x': { %s, 'at': '50s' } }, 'run': { 'warmup': '0s', 'window': '20m', 'windows': 1 } }"

/* The first instant after `from`, in steps of 10 ms, at which the replica is in rotation, or is not. */
static double when(struct world *w, const struct container *c, double from, bool in) {
  double at = from;
  for (; at < 1000; at += 0.01) {
    calendar_run(w->calendar, (sim_time)(at * 1e9));
    if (c->in_rotation == in) return at;
  }
  return NAN;
}

/* The first replica, just after the fault has struck it. */
static struct container *victim_of(struct world *w) {
  calendar_run(w->calendar, 50 * SIM_S + 1);
  test_check(!container_serves(&w->containers[0]), "the fault has struck another one");
  return &w->containers[0];
}

/* Under Compose nothing else takes it out. Over 40 phases: out 10 to 20 s after the crash, 15 s in the mean with a standard error of
 * 0.46 s; it serves again after 100 ms and 100 s, and is back 40 to 50 s later. */
static void test_crash(void) {
  struct fixture f = fixture_of(TWO, "100s", "compose", 1, "'kind': 'crash', 'service': 'a'");
  double sum = 0;
  for (uint64_t seed = 1; seed <= 40; seed++) {
    struct world *w = world_new(&f.scenario->model, seed, 0, WORLD_TRAFFIC);
    struct container *c = victim_of(w);
    double out = when(w, c, 50.01, false) - 50, back = when(w, c, 50 + out, true) - 150.1;
    sum += out;
    test_check(out >= 10 && out <= 20.01 && back >= 40 && back <= 50.01, "out after %g s, back after %g s", out, back);
    world_free(w);
  }
  test_check(fabs(sum / 40 - 15) < 4 * 0.46, "%g s in the mean; by hand 15 s", sum / 40);
  fixture_close(&f);
}

/* A machine that is lost does not answer: 5 s later. Kubernetes would take it out after 40 to 55 s and the way of the endpoints. */
static void test_lost_machine(void) {
  struct fixture f = fixture_of(TWO, "2s", "kubernetes", 2, "'kind': 'node', 'nodes': 'n', 'repair': '1h'");
  for (uint64_t seed = 1; seed <= 20; seed++) {
    struct world *w = world_new(&f.scenario->model, seed, 0, WORLD_TRAFFIC);
    double out = when(w, victim_of(w), 50.01, false) - 50;
    test_check(out >= 15 && out <= 25.01, "out after %g s", out);
    world_free(w);
  }
  fixture_close(&f);
}

/* A process that is back before the second check has never been away for its balancer. */
static void test_short_death(void) {
  struct fixture f = fixture_of(TWO, "5s", "compose", 1, "'kind': 'crash', 'service': 'a'");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  test_check(isnan(when(w, victim_of(w), 50.01, false)), "it has left the rotation");
  world_free(w);
  fixture_close(&f);
}

/* Without requests the same replica is out for as long. */
static void test_years_agree(void) {
  struct fixture f = fixture_of(TWO, "100s", "compose", 1, "'kind': 'crash', 'service': 'a'");
  for (uint64_t seed = 1; seed <= 5; seed++) {
    struct world *a = world_new(&f.scenario->model, seed, 0, WORLD_TRAFFIC),
                 *b = world_new(&f.scenario->model, seed, 0, WORLD_AVAILABILITY);
    double with = when(a, victim_of(a), 50.01, false), without = when(b, victim_of(b), 50.01, false);
    test_check(with == without, "out at %g s with requests, at %g s without", with, without);
    world_free(a), world_free(b);
  }
  fixture_close(&f);
}

static void test_bad(void) {
  struct text t = {0};
  put(&t, TWO, "2s", "compose", 1, "'kind': 'crash', 'service': 'a'");
  char *timeout = strstr(t.bytes, "\"5s\"");
  memcpy(timeout, "\"9m\"", 4);
  struct fixture f = fixture_try(&t);
  test_check(f.refused && strstr(f.refused, "a check must have failed before the next one begins"), "%s",
             f.refused ? f.refused : "");
  fixture_close(&f);
}

static const struct test_case cases[] = {{"crash", test_crash},
                                         {"lost_machine", test_lost_machine},
                                         {"short_death", test_short_death},
                                         {"years_agree", test_years_agree},
                                         {"bad", test_bad},
                                         {NULL, NULL}};
const struct test_suite suite_health_checks = {"health_checks", cases};
