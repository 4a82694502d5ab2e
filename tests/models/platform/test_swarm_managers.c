/* The managers of a swarm: the loss of their leader, of their quorum, and managers that run tasks too. Against swarmkit's
 * dispatcher (heartbeats of 5 s +- 0.5 s, three missed; nodes unknown after a change of the leader get twice that) and raft's
 * election timeout of 10 to 20 s. */
#include "models/platform/nodes.h"
#include "tests/model_fixture.h"

enum { SEEDS = 90 };

#define SWARM                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'swarm', 'traffic': { 'x': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, 'endpoints': { "     \
  "'p': { 'entry': 'a', 'steps': [ { 'cpu': '1us' } ] } }, 'services': { 'a': { 'kind': 'app', 'replicas': %d, 'start': '2s' } "   \
  "}, "                                                                                                                            \
  "'platform': { 'kind': 'swarm', 'nodes': { %s } }, 'faults': { %s }, 'run': { 'window': '1s', 'warmup': '0s', 'windows': 1, "    \
  "'years': 1, 'years_per_replication': 1 } }"
#define LOST(name, group, at, back) "'" name "': { 'kind': 'node', 'nodes': '" group "', 'at': '" at "', 'repair': '" back "' }"

/* Seconds after `from_s` until no replica is on the node any more, or infinity. */
static double replaced_after(const struct fixture *f, uint64_t seed, uint32_t node, double from_s) {
  struct world *w = world_new(&f->scenario->model, seed, 0, WORLD_AVAILABILITY);
  w->horizon = w->measured_until = SIM_HOUR;
  double after = INFINITY;
  for (sim_time t = (sim_time)(from_s * 1e9); t < (sim_time)((from_s + 80) * 1e9) && isinf(after); t += 10 * SIM_MS) {
    calendar_run(w->calendar, t);
    if (!w->nodes[node].container_count) after = sim_seconds(t) - from_s;
  }
  world_free(w);
  return after;
}

/* Three managers that work; one of them is lost. Was it the leader, which one in three is: 10 to 20 s of election and six periods of
 * 4.5 to 5.5 s, 37 to 53 s and 45 s in the mean (variance 100/12 + 36/12 = 11.3). Else three periods less the time since the last
 * heartbeat: 9 to 16.5 s, 12.5 s in the mean (variance about (5^2 + 2.5^2)/12 = 2.6). */
static void test_leader(void) {
  struct fixture f =
      fixture_of(SWARM, 3,
                 "'m0': { 'cpu': 4, 'role': ['manager', 'worker'] }, 'm1': { 'cpu': 4, 'role': ['manager', 'worker'] }, "
                 "'m2': { 'cpu': 4, 'role': ['manager', 'worker'] }",
                 LOST("x", "m0", "100s", "1h"));
  int leaders = 0;
  double sums[2] = {0, 0};
  for (uint64_t seed = 1; seed <= SEEDS; seed++) {
    double after = replaced_after(&f, seed, 0, 100);
    bool led = after > 30;
    test_check(led ? after >= 37 && after <= 53.02 : after >= 9 && after <= 16.52, "seed %d: replaced after %.2f s", (int)seed,
               after);
    leaders += led, sums[led] += after;
  }
  /* Binomial: 30 +- 4.5. */
  test_check(leaders >= 16 && leaders <= 44, "%d of %d were the leader", leaders, SEEDS);
  test_check(fabs(sums[1] / leaders - 45) < 3.5 * sqrt(11.3 / leaders), "after the loss of the leader %.2f s", sums[1] / leaders);
  test_check(fabs(sums[0] / (SEEDS - leaders) - 12.5) < 3.5 * sqrt(2.6 / (SEEDS - leaders)), "of another %.2f s",
             sums[0] / (SEEDS - leaders));
  fixture_close(&f);
}

/* What was lost before the leader, and was not yet known to be, is unknown to the next one. Here the leader is the only manager:
 * nothing happens until it is back, at 300 s; 37 to 53 s later the worker's task is replaced. */
static void test_only_manager(void) {
  struct fixture f = fixture_of(SWARM, 2, "'m': { 'cpu': 4, 'role': 'manager' }, 'w0': { 'cpu': 4 }, 'w1': { 'cpu': 4 }",
                                LOST("x", "w0", "98s", "1h") ", " LOST("y", "m", "100s", "200s"));
  for (uint64_t seed = 1; seed <= 12; seed++) {
    double after = replaced_after(&f, seed, 1, 300);
    test_check(after >= 37 && after <= 53.02, "seed %d: replaced %.2f s after the manager's return", (int)seed, after);
  }
  fixture_close(&f);
}

/* A task that ends during an election is replaced after it, not before: 10 to 20 s after the loss, and 2 s of start. */
static void test_crash_during_an_election(void) {
  struct fixture f = fixture_of(SWARM, 1, "'m': { 'cpu': 4, 'role': 'manager' }, 'w0': { 'cpu': 4 }",
                                LOST("y", "m", "100s", "1s") ", 'c': { 'kind': 'crash', 'service': 'a', 'at': '100.5s' }");
  for (uint64_t seed = 1; seed <= 12; seed++) {
    struct world *w = world_new(&f.scenario->model, seed, 0, WORLD_AVAILABILITY);
    w->horizon = w->measured_until = SIM_HOUR;
    calendar_run(w->calendar, 112900 * SIM_MS);
    test_check(w->services[0].up == 0, "seed %d: replaced before there was a leader", (int)seed);
    calendar_run(w->calendar, 130 * SIM_S);
    test_check(w->services[0].up == 1, "seed %d: not replaced", (int)seed);
    world_free(w);
  }
  fixture_close(&f);
}

static const struct test_case cases[] = {
    {"leader", test_leader}, {"only manager", test_only_manager}, {"crash during an election", test_crash_during_an_election}, {0}};
const struct test_suite suite_swarm_managers = {"swarm_managers", cases};
