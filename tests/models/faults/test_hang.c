/* Processes that hang: what is inside stays, what comes waits, nothing is lost, and routing does not know. */
#include "models/availability/outage.h"
#include "models/platform/nodes.h"
#include "tests/model_fixture.h"

/* One client that asks once a second: 100 ms of CPU, 900 ms of thought. */
#define ONE                                                                                                                        \
  "{ 'aguanta': 1, 'name': 'one', 'traffic': { 'u': { 'kind': 'closed', 'population': 1, 'think': '900ms', %s 'mix': { 'p': 1 } "  \
  "} }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ %s ] } }, 'services': { 'a': { 'kind': 'app', 'runtime': '%s', "            \
  "'replicas': 1, 'start': '2s' }, 'b': { 'kind': 'app', 'start': '2s' } }, 'platform': { 'kind': '%s', 'nodes': { 'n': { "        \
  "'cpu': 4 } } }, 'faults': { 'x': { 'kind': 'hang', 'service': 'a', 'at': '10s', 'repair': '%s' } }, 'run': { 'warmup': '0s', "  \
  "'window': '100s', 'windows': 1 } }"

static double longest(const struct world *w) { return histogram_max(fixture_latency(w, 0)) * 1e-9; }

/* A world that has come to an instant, and the rest of its run. */
static struct world *begin(const struct fixture *f, uint64_t seed, double at_s) {
  struct world *w = world_new(&f->scenario->model, seed, 0, WORLD_TRAFFIC);
  world_warm_up(w);
  calendar_run(w->calendar, (sim_time)(at_s * 1e9));
  return w;
}

static void finish(struct world *w, const char *name) {
  world_measure_until(w, w->measured_until);
  world_close(w);
  world_audit(w, fixture_broken, (void *)(uintptr_t)name);
}

static uint64_t ended(const struct world *w, enum outcome outcome) { return w->observation.ended[outcome]; }

/* The client's first question falls into its first second of thought, and the hang at 10 s into a cycle of 1 s. Whatever it does then,
 * computing or thinking, its process goes on at 15 s: one question takes up to 5 s longer, and 100 s hold 5 questions less, one more
 * or less at the borders. Every way to wait for something: a computation, a delay, another service. A delay of 50 ms that falls into
 * the hang is over when the process goes on. */
static void test_goes_on(void) {
  static const char *const steps[] = {"{ 'cpu': '100ms' }", "{ 'cpu': '50ms' }, { 'delay': '50ms' }",
                                      "{ 'cpu': '50ms' }, { 'call': 'b', 'steps': [ { 'cpu': '50ms' } ] }", "{ 'delay': '100ms' }"};
  static const char *const runtimes[] = {"event-loop", "threads", "gil"};
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
    for (size_t k = 0; k < sizeof runtimes / sizeof *runtimes; k++) {
      struct fixture f = fixture_of(ONE, "", steps[i], runtimes[k], "static", "5s");
      struct world *w = fixture_run(&f, 1 + k, steps[i]);
      uint64_t done = ended(w, OUTCOME_COMPLETED);
      test_check(done >= 94 && done <= 96, "%s, %s: %llu questions", steps[i], runtimes[k], (unsigned long long)done);
      test_check(longest(w) > 4.0 && longest(w) < 5.11, "%s, %s: the longest took %g s", steps[i], runtimes[k], longest(w));
      world_free(w);
      fixture_close(&f);
    }
}

/* Clients that give up after a second: the first of them after 1 s, and so on while it hangs; with 900 ms of thought one in 1.9 s:
 * in 20 s 10 or 11. All of their requests are still inside when it goes on, are served then, and are wasted. */
static void test_timeouts(void) {
  struct fixture f = fixture_of(ONE, "'timeout': '1s',", "{ 'cpu': '100ms' }", "event-loop", "static", "20s");
  struct world *w = begin(&f, 1, 29);
  uint32_t inside = pool_live(&w->requests);
  finish(w, "time-outs");
  uint64_t late = ended(w, OUTCOME_TIMEOUT);
  test_check(late >= 10 && late <= 12, "%llu gave up", (unsigned long long)late);
  test_check(inside >= late - 1 && inside <= late + 1, "%u are inside, %llu gave up", inside, (unsigned long long)late);
  test_check(w->observation.wasted >= late - 1, "%llu were served for nobody", (unsigned long long)w->observation.wasted);
  world_free(w);
  fixture_close(&f);
}

#define MANY                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'many', 'traffic': { 'u': { 'kind': 'open', 'rate': '%d/s', 'mix': { 'p': 1 } } }, 'endpoints': { "     \
  "'p': "                                                                                                                          \
  "{ 'entry': 'a', 'steps': [ { 'cpu': '1ms' } ] } }, 'services': { 'a': { 'kind': 'app', 'replicas': %d, 'start': '2s', "         \
  "'backlog': %d %s } }, 'platform': { 'kind': '%s', 'nodes': { 'n': { 'cpu': 4 } } }, 'faults': { 'x': { 'kind': 'hang', "        \
  "'service': 'a', %s, 'repair': '%s' } }, 'run': { 'warmup': '0s', 'window': '%s', 'windows': 1 %s } }"

/* 100 requests a second for 10 s at a process with room for 20: those 20, and perhaps one that is at work, wait; the other 980 of
 * 1,000 are rejected, with a standard deviation of 32. */
static void test_backlog(void) {
  struct fixture f = fixture_of(MANY, 100, 1, 20, "", "static", "'at': '10s'", "10s", "30s", "");
  struct world *w = begin(&f, 3, 19);
  uint32_t inside = pool_live(&w->requests);
  finish(w, "backlog");
  double rejected = (double)ended(w, OUTCOME_REJECTED);
  test_check(inside >= 20 && inside <= 21, "%u are inside", inside);
  test_check(fabs(rejected - 980) < 4 * 32, "%g were rejected", rejected);
  test_check(longest(w) > 9.5 && longest(w) < 10.1, "the longest took %g s", longest(w));
  world_free(w);
  fixture_close(&f);
}

/* The process that hangs is killed at 12 s: the requests inside fail, none waits for ever. */
static void test_killed(void) {
  struct fixture f = fixture_of(MANY, 100, 1, 500, "", "static", "'at': '10s'", "1h", "30s", "");
  struct world *w = begin(&f, 3, 12);
  struct container *c = &w->containers[0];
  test_check(c->state == CONTAINER_HUNG && c->in_rotation && !world_service_of(w, c)->up, "it does not hang");
  uint32_t inside = pool_live(&w->requests);
  lifecycle_crash(w, c);
  test_check(inside > 150 && !pool_live(&w->requests), "%u were inside, %u are", inside, pool_live(&w->requests));
  calendar_run(w->calendar, 15 * SIM_S);
  test_check(c->state == CONTAINER_UP && !c->held_up.count && !c->stalls && !w->impaired, "it is not whole again");
  finish(w, "killed");
  test_check(ended(w, OUTCOME_CRASHED) == inside, "%llu have failed", (unsigned long long)ended(w, OUTCOME_CRASHED));
  world_free(w);
  fixture_close(&f);
}

/* Its machine is lost: it is dead, and up again when the machine is. */
static void test_machine_lost(void) {
  struct fixture f = fixture_of(MANY, 100, 1, 500, "", "compose", "'at': '10s'", "1h", "30s", "");
  struct world *w = begin(&f, 3, 12);
  node_fails(w, &w->nodes[0], DISK_UNSTATED);
  test_check(w->containers[0].state == CONTAINER_DOWN && !w->impaired, "it still hangs");
  node_returns(w, &w->nodes[0]);
  calendar_run(w->calendar, 15 * SIM_S);
  test_check(w->containers[0].state == CONTAINER_UP, "it has not started");
  world_free(w);
  fixture_close(&f);
}

/* In years one of two replicas that hangs fails half of the calls: it hangs for 1 h of every 1,000 h, each on its own, so of the
 * calls 1 - 1/1001 are served. 400 years hold 7,000 hangs of exponential length: the share of time has a relative standard error of
 * sqrt(2 / 7000) = 1.7%. */
static void test_years(void) {
  struct fixture f = fixture_of(MANY, 1, 2, 500, "", "static", "'mtbf': '1000h'", "1h", "30s", ", 'years': 400");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_AVAILABILITY);
  world_run(w);
  double lost = 1 - world_outages(w)->total_served_ns / (double)w->measured_until;
  test_check(fabs(lost * 1001 - 1) < 4 * 0.017, "%g of the calls are lost; by hand 1/1001", lost);
  test_check(world_outages(w)->classes[0].faults > 0, "no hang was counted");
  world_free(w);
  fixture_close(&f);
}

/* In rotation for its balancer until its checks have failed: 30 s and two failures, 5 s time-out: 35 to 65 s after the hang, in both
 * kinds of run at the same instant. Under Compose nothing else ends it. */
static void test_balancer(void) {
  struct fixture f = fixture_of(MANY, 1, 2, 500, ", 'health_check': {}", "compose", "'at': '50s'", "1h", "20m", "");
  double sum = 0;
  for (uint64_t seed = 1; seed <= 40; seed++) {
    double out[2];
    for (int years = 0; years < 2; years++) {
      struct world *w = world_new(&f.scenario->model, seed, 0, years ? WORLD_AVAILABILITY : WORLD_TRAFFIC);
      out[years] = 50;
      while (out[years] < 200 && (out[years] < 50.01 || w->containers[0].in_rotation))
        calendar_run(w->calendar, (sim_time)((out[years] += 0.01) * 1e9));
      world_free(w);
    }
    sum += out[0] - 50;
    test_check(out[0] == out[1] && out[0] >= 85 && out[0] <= 115.02, "out at %g s and %g s", out[0], out[1]);
  }
  test_check(fabs(sum / 40 - 50) < 4 * 30 / sqrt(12 * 40.), "%g s in the mean; by hand 50 s", sum / 40);
  fixture_close(&f);
}

/* Two faults: the first hangs it at 10 s until 70 s; its liveness kills that process 21 to 31 s later, and another runs 2 s after that. The
 * second fault strikes at 60 s for a day: the repair of the first, at 70 s, is not of this process. Nothing kills it before 81 s. And one
 * that strikes what hangs already has nothing to repair. */
static void test_two_faults(void) {
  static const struct {
    const char *probes, *second_at;
    double hangs_at_s;
  } rows[] = {{", 'probes': { 'liveness': {} }", "60s", 75}, {"", "20s", 69}};
  for (int i = 0; i < 2; i++) {
    struct text more = {.length = 0};
    put(&more, "60s' }, 'y': { 'kind': 'hang', 'service': 'a', 'at': '%s', 'repair': '%s", rows[i].second_at, i ? "10s" : "1d");
    struct fixture f = fixture_of(MANY, 1, 1, 500, rows[i].probes, "static", "'at': '10s'", more.bytes, "100s", "");
    if (!f.scenario) continue;
    struct world *w = begin(&f, 1, rows[i].hangs_at_s);
    test_check(w->containers[0].state == CONTAINER_HUNG, "%d: it does not hang at %g s", i, rows[i].hangs_at_s);
    if (i) {
      calendar_run(w->calendar, 71 * SIM_S);
      test_check(w->containers[0].state == CONTAINER_UP, "it hangs at 71 s");
    }
    world_free(w);
    fixture_close(&f);
  }
}

/* Two users and one connection: each query takes 1 s, the other user waits for it, for 2 s at most. The process hangs from 10.5 to 20.5 s,
 * and so does its clock: the wait, over at 12 s, fails when the process goes on. */
static void test_clocks(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'one', 'traffic': { 'u': { 'kind': 'closed', 'population': 2, 'think': '0s', 'mix': { 'p': 1 } } }, "
      "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'query': 'd', 'reads': 1, 'demand': '1s' } ] } }, 'services': { 'a': { "
      "'kind': "
      "'app', 'pools': { 'd': { 'max': 1, 'wait': '2s' } } }, 'd': { 'kind': 'database' } }, 'platform': { 'kind': 'static', "
      "'nodes': "
      "{ 'n': { 'cpu': 4 } } }, 'faults': { 'x': { 'kind': 'hang', 'service': 'a', 'at': '10.5s', 'repair': '10s' } }, 'run': { "
      "'warmup': "
      "'0s', 'window': '30s', 'windows': 1 } }");
  if (!f.scenario) return;
  struct world *w = begin(&f, 1, 20.4);
  test_check(!ended(w, OUTCOME_POOL_TIMEOUT), "a wait has ended in a process that hangs");
  calendar_run(w->calendar, (sim_time)(20.6 * 1e9));
  test_check(ended(w, OUTCOME_POOL_TIMEOUT) == 1, "%llu waits have ended", (unsigned long long)ended(w, OUTCOME_POOL_TIMEOUT));
  finish(w, "clocks");
  world_free(w);
  fixture_close(&f);
}

static const struct test_case cases[] = {{"goes_on", test_goes_on},
                                         {"two faults", test_two_faults},
                                         {"clocks", test_clocks},
                                         {"timeouts", test_timeouts},
                                         {"backlog", test_backlog},
                                         {"killed", test_killed},
                                         {"machine_lost", test_machine_lost},
                                         {"years", test_years},
                                         {"balancer", test_balancer},
                                         {NULL, NULL}};
const struct test_suite suite_hang = {"hang", cases};
