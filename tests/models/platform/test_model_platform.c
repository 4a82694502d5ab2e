/* The orchestrators' timings against operational-facts.md 2.3, 3 and 9.1, watched in worlds without requests; the same faults
 * with requests; the autoscaler in the loop. */
#include "sim/measure/view.h"
#include "models/autoscaling/autoscaler.h"
#include "models/availability/outage.h"
#include "models/core/world.h"
#include "models/platform/nodes.h"
#include "tests/model_fixture.h"

enum { SEEDS = 24 };

/* Three groups of one node, so that a drill can name its victim; the service's replicas spread over them. */
#define CLUSTER                                                                                                                    \
  "{ 'aguanta': 1, 'name': 'cluster', 'traffic': { 'x': { 'kind': 'open', 'rate': '%s/s', 'mix': { 'p': 1 } } }, 'endpoints': { "  \
  "'p': { 'entry': 'a', 'steps': [ "                                                                                               \
  "{ 'cpu': '1us' } ] } }, 'services': { 'a': { 'kind': 'app', 'replicas': %d, 'start': '2s', 'connect_timeout': '1s', "           \
  "'balance': '%s' } }, 'platform': { 'kind': '%s', 'nodes': { 'n0': { 'cpu': 4 }, 'n1': { "                                       \
  "'cpu': 4 }, 'n2': { 'cpu': 4 } } }, 'faults': { 'x': { %s, 'at': '100s' } }, 'run': { 'warmup': '0s', 'window': '%s', "         \
  "'windows': 1, 'years': 1, 'years_per_replication': 1 } }"
#define CRASH      "'kind': 'crash', 'service': 'a'"
#define NODE(back) "'kind': 'node', 'nodes': 'n0', 'repair': '" back "'"

static struct world *quiet_world(const struct fixture *f, uint64_t seed, sim_time horizon) {
  struct world *w = world_new(&f->scenario->model, seed, 0, WORLD_AVAILABILITY);
  w->horizon = w->measured_until = horizon;
  return w;
}

/* When what happens to the first replica, in seconds after the fault; never: infinity. */
struct moments {
  double out, up, in, served; /* out of rotation, serving again, in rotation again, all requests served again */
};

static struct moments watch(const struct fixture *f, uint64_t seed, double horizon_s) {
  struct world *w = quiet_world(f, seed, (sim_time)(horizon_s * 1e9));
  struct moments m = {INFINITY, INFINITY, INFINITY, INFINITY};
  const struct container *c = &w->containers[0];
  calendar_run(w->calendar, 100 * SIM_S);
  for (sim_time t = 100 * SIM_S; t < w->horizon; t += 5 * SIM_MS) {
    calendar_run(w->calendar, t + 1); /* what happens at t has happened */
    double after = sim_seconds(t) - 100;
    if (!c->in_rotation && isinf(m.out)) m.out = after;
    if (c->state == CONTAINER_UP && isinf(m.up)) m.up = after;
    if (c->state == CONTAINER_UP && c->in_rotation && isinf(m.in)) m.in = after;
    if (outage_serving(w, 0) > 1 - 1e-9 && isinf(m.served)) m.served = after;
  }
  world_free(w);
  return m;
}

struct range {
  double low, high;
};

#define NOT                                                                                                                        \
  { INFINITY, INFINITY }
static const struct {
  const char *name, *platform, *fault;
  int replicas;
  struct range out, up, in, served;
} timings[] = {
    {"crash", "static", CRASH, 3, {0, 0}, {2, 2}, {2, 2}, {0, 0}},
    {"crash", "compose", CRASH, 1, NOT, {2.1, 2.1}, {2.1, 2.1}, {2.1, 2.1}},
    {"crash of one in three", "compose", CRASH, 3, NOT, {2.1, 2.1}, {2.1, 2.1}, {2.1, 2.1}},
    {"crash", "swarm", CRASH, 1, {0.1, 0.1}, {7.1, 7.1}, {7.1, 7.1}, {7.1, 7.1}},
    {"crash of one in three", "swarm", CRASH, 3, {0.1, 0.1}, {7.1, 7.1}, {7.1, 7.1}, {0.1, 0.1}},
    {"crash", "kubernetes", CRASH, 1, {1, 2}, {2, 3}, {3, 14}, {3, 14}},
    {"crash of one in three", "kubernetes", CRASH, 3, {1, 2}, {2, 3}, {3, 14}, {1, 2}},
    {"node for a minute", "static", NODE("60s"), 3, {0, 0}, {62, 62}, {62, 62}, {0, 0}},
    {"node for a minute", "compose", NODE("60s"), 3, NOT, {62, 62}, {62, 62}, {62, 62}},
    /* down three periods of 4.5 to 5.5 s after the last heartbeat, which came up to a period before the fault */
    {"node", "swarm", NODE("1h"), 3, {9, 16.5}, {11, 18.5}, {11, 18.5}, {9, 16.5}},
    {"the only replica's node", "swarm", NODE("1h"), 1, {9, 16.5}, {11, 18.5}, {11, 18.5}, {11, 18.5}},
    /* unknown 50 s after the last lease (up to 10 s before) at a check (every 5 s), 1 s to the endpoints; 300 s to eviction */
    {"node", "kubernetes", NODE("1h"), 3, {41, 56}, {342, 357}, {343, 368}, {41, 56}},
    {"the only replica's node", "kubernetes", NODE("1h"), 1, {41, 56}, {342, 357}, {343, 368}, {343, 368}},
    /* back before anybody noticed: the task has ended and is replaced; the pod is restarted in place */
    {"node for 5 s", "swarm", NODE("5s"), 3, {5.1, 5.1}, {12.1, 12.1}, {12.1, 12.1}, {5.1, 5.1}},
    {"node for 20 s", "kubernetes", NODE("20s"), 3, {21, 21}, {22, 22}, {23, 33}, {21, 21}},
};

static void in_range(const char *name, const char *platform, const char *what, double seen, struct range r) {
  test_check(seen >= r.low - 1e-9 && seen <= r.high + 0.006, "%s on %s: %s after %.3f s, expected %.1f to %.1f", name, platform,
             what, seen, r.low, r.high);
}

static void test_timings(void) {
  for (size_t i = 0; i < sizeof timings / sizeof *timings; i++) {
    struct fixture f = fixture_of(CLUSTER, "1", timings[i].replicas, "round-robin", timings[i].platform, timings[i].fault, "1000s");
    double first = INFINITY, last = 0;
    for (uint64_t seed = 1; seed <= (timings[i].in.high == timings[i].in.low ? 2 : SEEDS); seed++) {
      struct moments m = watch(&f, seed, timings[i].in.high > 100 ? 480 : 180);
      in_range(timings[i].name, timings[i].platform, "out of rotation", m.out, timings[i].out);
      in_range(timings[i].name, timings[i].platform, "up", m.up, timings[i].up);
      in_range(timings[i].name, timings[i].platform, "in rotation", m.in, timings[i].in);
      in_range(timings[i].name, timings[i].platform, "all served", m.served, timings[i].served);
      first = fmin(first, m.in), last = fmax(last, m.in);
    }
    double width = timings[i].in.high - timings[i].in.low;
    test_check(last - first >= 0.4 * width, "%s on %s: in rotation again after %.2f to %.2f s, of %.1f to %.1f", timings[i].name,
               timings[i].platform, first, last, timings[i].in.low, timings[i].in.high);
    fixture_close(&f);
  }
}

/* --- back-off ------------------------------------------------------------------------------------------------------------------ */

struct restart {
  double serves_s; /* before it crashes */
  double wait_s;   /* until its process is started */
};

static const struct {
  const char *platform, *start;
  struct restart restarts[14];
} back_offs[] = {
    {"compose",
     "0s",
     {{99, 0.1},
      {1, 0.2},
      {1, 0.4},
      {1, 0.8},
      {1, 1.6},
      {1, 3.2},
      {1, 6.4},
      {1, 12.8},
      {1, 25.6},
      {1, 51.2},
      {1, 60},
      {9.9, 60},
      {10, 0.1}}},
    {"kubernetes",
     "0s",
     {{700, 0.001}, {1, 10}, {1, 20}, {1, 40}, {1, 80}, {1, 160}, {1, 300}, {1, 300}, {599, 300}, {600, 0.001}, {1, 10}}},
    {"swarm", "0s", {{99, 5}, {1, 5}, {1, 5}, {1, 5}}},
    /* a run is from the start of the process: 5 s of starting and 6 s of serving are 11 s */
    {"compose", "5s", {{99, 0.1}, {1, 0.2}, {4, 0.4}, {6, 0.1}}},
};

/* Crashes the first container and tells how long its orchestrator waits, once it knows, before it starts a process. */
static double wait_after_crash(struct world *w, struct container *c) {
  lifecycle_crash(w, c);
  sim_time from = world_now(w);
  if (c->life_stage == LIFE_OUT_OF_ROTATION) {
    from = calendar_time_of(w->calendar, c->life);
    calendar_run(w->calendar, from + 1);
  }
  return c->life_stage == LIFE_RESTART ? sim_seconds(calendar_time_of(w->calendar, c->life) - from) : 0;
}

static void test_back_off(void) {
  for (size_t i = 0; i < sizeof back_offs / sizeof *back_offs; i++) {
    struct fixture f = fixture_of("{ 'aguanta': 1, 'name': 'back-off', 'traffic': { 'x': { 'kind': 'open', 'rate': '1/s', 'mix': { "
                                  "'p': 1 } } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '1us' } ] } },"
                                  "'services': { 'a': { 'kind': 'app', 'start': '%s' } }, 'platform': { 'kind': '%s', 'nodes': { "
                                  "'n': { 'cpu': 4 } } }, 'run': { 'window': '1h' } }",
                                  back_offs[i].start, back_offs[i].platform);
    struct world *w = quiet_world(&f, 1, SIM_DAY);
    struct container *c = &w->containers[0];
    c->started_at = 0;
    for (const struct restart *r = back_offs[i].restarts; r->wait_s > 0; r++) {
      while (c->state != CONTAINER_UP) calendar_run(w->calendar, world_now(w) + SIM_MS);
      calendar_run(w->calendar, world_now(w) + (sim_time)(r->serves_s * 1e9));
      double wait = wait_after_crash(w, c);
      test_check(fabs(wait - r->wait_s) < 0.0011, "%s, start %s: restart %d after %.3f s, expected %.3f", back_offs[i].platform,
                 back_offs[i].start, (int)(r - back_offs[i].restarts) + 1, wait, r->wait_s);
    }
    world_free(w);
    fixture_close(&f);
  }
}

/* --- placement ------------------------------------------------------------------------------------------------------------------ */

#define PLACING                                                                                                                    \
  "{ 'aguanta': 1, 'name': 'placing', 'traffic': { 'x': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, 'endpoints': { "   \
  "'p': { 'entry': 'a', 'steps': [ { 'cpu': '1us' } ] } },"                                                                        \
  "'services': { 'a': { 'kind': 'app', 'replicas': %d, 'resources': { 'requests': { 'cpu': '500m' } } } }, 'platform': { 'kind': " \
  "'%s', 'nodes': { %s } }, 'faults': { %s }, 'run': { 'window': '1h' } }"

static uint32_t serving_on(const struct world *w, uint32_t node) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < w->nodes[node].container_count; i++)
    count += w->containers[w->nodes[node].containers[i]].state == CONTAINER_UP;
  return count;
}

static void test_swarm_does_not_move_back(void) {
  struct fixture f = fixture_of(PLACING, 4, "swarm", "'n': { 'count': 2, 'cpu': 4 }",
                                "'x': { 'kind': 'node', 'nodes': 'n', 'at': '100s', 'repair': '60s' }");
  struct world *w = quiet_world(&f, 1, SIM_HOUR);
  calendar_run(w->calendar, 99 * SIM_S);
  test_check(serving_on(w, 0) == 2 && serving_on(w, 1) == 2, "spread: %u and %u", serving_on(w, 0), serving_on(w, 1));
  calendar_run(w->calendar, 1000 * SIM_S);
  test_check(serving_on(w, 0) == 0 && serving_on(w, 1) == 4 && w->nodes[0].up, "after the node is back: %u and %u",
             serving_on(w, 0), serving_on(w, 1));
  world_free(w);
  fixture_close(&f);
}

static void test_pending_pods(void) {
  /* Two nodes with room for two each: the evicted wait for their node. */
  static const char *const platforms[] = {"kubernetes", "swarm"};
  for (size_t i = 0; i < 2; i++) {
    struct fixture f = fixture_of(PLACING, 4, platforms[i], "'n': { 'count': 2, 'cpu': 1 }",
                                  "'x': { 'kind': 'node', 'nodes': 'n', 'at': '100s', 'repair': '900s' }");
    struct world *w = quiet_world(&f, 1, SIM_HOUR);
    calendar_run(w->calendar, 999 * SIM_S);
    uint32_t pending = 0;
    for (uint32_t c = 0; c < w->container_count; c++) pending += w->containers[c].state == CONTAINER_PENDING;
    test_check(pending == 2 && serving_on(w, 1) == 2, "%s: %u pending, %u serve", platforms[i], pending, serving_on(w, 1));
    calendar_run(w->calendar, 1015 * SIM_S);
    test_check(serving_on(w, 0) == 2 && serving_on(w, 1) == 2 && w->services[0].in_rotation == 4,
               "%s: after the node is back %u and %u serve, %u in rotation", platforms[i], serving_on(w, 0), serving_on(w, 1),
               w->services[0].in_rotation);
    world_free(w);
    fixture_close(&f);
  }
}

static void test_swarm_quorum(void) {
  /* Of three managers two are lost at 50 s, the first of them for 500 s: nothing is replaced meanwhile. */
  struct fixture f =
      fixture_of(PLACING, 2, "swarm",
                 "'n': { 'count': 2, 'cpu': 4 }, 'm0': { 'cpu': 1, 'role': 'manager' }, 'm1': { 'cpu': 1, 'role': 'manager' }, "
                 "'m2': { 'cpu': 1, 'role': 'manager' }",
                 "'x': { 'kind': 'node', 'nodes': 'n', 'at': '100s', 'repair': '1h' }, 'y': { 'kind': 'node', 'nodes': 'm0', 'at': "
                 "'50s', 'repair': '500s' }, 'z': { 'kind': 'node', 'nodes': 'm2', 'at': '50s', 'repair': '1h' }");
  struct world *w = quiet_world(&f, 1, SIM_HOUR);
  calendar_run(w->calendar, 549 * SIM_S);
  test_check(serving_on(w, 1) == 1 && w->services[0].up == 1, "without a quorum %u serve", w->services[0].up);
  /* At 550 s there is a quorum again: 10 to 20 s until it has a leader, which waits 27 to 33 s for the node that it has not
   * heard of; then 2 s of start. */
  calendar_run(w->calendar, 586 * SIM_S);
  test_check(serving_on(w, 1) == 1, "before the leader can know %u serve", serving_on(w, 1));
  calendar_run(w->calendar, 605100 * SIM_MS);
  test_check(serving_on(w, 1) == 2 && w->services[0].in_rotation == 2, "with a quorum again %u serve", serving_on(w, 1));
  world_free(w);
  fixture_close(&f);
}

/* A machine that is dead but not yet known to be is chosen for a replacement: no process may come up on it. */
static void test_nothing_starts_on_a_dead_machine(void) {
  static const struct {
    const char *platform, *second;
    double settled_s;
  } losses[] = {{"swarm", "109s", 150}, {"kubernetes", "435s", 900}};
  for (size_t i = 0; i < 2; i++) {
    char faults[300];
    snprintf(faults, sizeof faults,
             "'x': { 'kind': 'node', 'nodes': 'n0', 'at': '100s', 'repair': '1h' }, 'y': { 'kind': 'node', 'nodes': 'n1', 'at': "
             "'%s', 'repair': '1h' }",
             losses[i].second);
    struct fixture f =
        fixture_of(PLACING, 1, losses[i].platform, "'n0': { 'cpu': 4 }, 'n1': { 'cpu': 4 }, 'n2': { 'cpu': 4 }", faults);
    struct world *w = quiet_world(&f, 1, SIM_HOUR);
    uint32_t ghosts = 0;
    for (sim_time t = 0; t < (sim_time)(losses[i].settled_s * 1e9); t += 100 * SIM_MS) {
      calendar_run(w->calendar, t);
      for (uint32_t n = 0; n < w->node_count; n++) ghosts += !w->nodes[n].up && serving_on(w, n);
    }
    test_check(ghosts == 0, "%s: for %.1f s a process serves on a dead machine", losses[i].platform, ghosts * 0.1);
    test_check(w->services[0].up == 1 && serving_on(w, 2) == 1,
               "%s: in the end %u are counted as serving, %u on the machine that lives", losses[i].platform, w->services[0].up,
               serving_on(w, 2));
    world_free(w);
    fixture_close(&f);
  }
}

/* Pods that are being taken away when their machine dies are gone: they do not come back as wanted ones. */
static void test_drained_pods_stay_away(void) {
  struct fixture f =
      fixture_of("{ 'aguanta': 1, 'name': 'drain', 'traffic': { 'x': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, "
                 "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '1us' } ] } },"
                 "'services': { 'a': { 'kind': 'app', 'replicas': 4, 'autoscale': { 'min': 1, 'max': 8 } } }, 'platform': { "
                 "'kind': 'kubernetes', 'nodes': { 'n': { 'count': 2, 'cpu': 4 } } }, 'run': { 'window': '1h' } }");
  struct world *w = quiet_world(&f, 1, SIM_HOUR);
  calendar_run(w->calendar, 50 * SIM_S);
  w->services[0].desired = 1;
  w->orchestrator->resize(w, 0);
  calendar_run(w->calendar, 50500 * SIM_MS); /* they leave rotation at 51 s */
  for (uint32_t i = 0; i < 2; i++) node_fails(w, &w->nodes[i], DISK_UNSTATED);
  calendar_run(w->calendar, 70 * SIM_S);
  for (uint32_t i = 0; i < 2; i++) node_returns(w, &w->nodes[i]);
  calendar_run(w->calendar, 1000 * SIM_S);
  test_check(w->services[0].up == 1, "%u pods serve, 1 is wanted", w->services[0].up);
  world_free(w);
  fixture_close(&f);
}

/* --- the same fault with requests and without ----------------------------------------------------------------------------- */

static void test_traffic_agrees_with_availability(void) {
  static const struct {
    const char *platform, *fault, *balance, *window;
  } faults[] = {{"static", CRASH, "random", "300s"},          {"compose", CRASH, "round-robin", "300s"},
                {"swarm", CRASH, "random", "300s"},           {"kubernetes", CRASH, "random", "300s"},
                {"swarm", NODE("1h"), "random", "300s"},      {"swarm", NODE("1h"), "round-robin", "300s"},
                {"kubernetes", NODE("1h"), "random", "600s"}, {"kubernetes", NODE("1h"), "round-robin", "600s"},
                {"compose", NODE("60s"), "random", "300s"}};
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
    struct fixture f = fixture_of(CLUSTER, "500", 3, faults[i].balance, faults[i].platform, faults[i].fault, faults[i].window);
    double due = 0;
    uint64_t failed = 0;
    for (uint64_t seed = 1; seed <= 3; seed++) {
      struct world *loud = fixture_run(&f, seed, faults[i].platform), *quiet = quiet_world(&f, seed, f.scenario->model.run.window);
      world_run(quiet);
      struct ends e = fixture_ends(loud, 0);
      failed += e.ended - e.by[OUTCOME_COMPLETED];
      due += 500 * (sim_seconds(quiet->horizon) - world_outages(quiet)->total_served_ns * 1e-9);
      world_free(loud), world_free(quiet);
    }
    test_check(fabs((double)failed - due) <= 4 * sqrt(due) + 3,
               "%s, %s, %s: %llu of the requests fail, %.1f by the availability run", faults[i].platform, faults[i].fault,
               faults[i].balance, (unsigned long long)failed, due);
    fixture_close(&f);
  }
}

/* Two services and a cache on the way, by random choice: the walk over the program weighs what the requests meet. */
static void test_programs_agree_too(void) {
  static const char *const platforms[] = {"swarm", "kubernetes", "compose"};
  for (size_t i = 0; i < 3; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'walk', 'traffic': { 'x': { 'kind': 'open', 'rate': '400/s', 'mix': { 'p': 3, 'q': 1 } } },"
        "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '1us' }, { 'cached': 'c', 'hit': '60%%', 'demand': '1us', 'miss': "
        "[ { 'query': 'd', 'reads': 2, 'writes': 1, 'demand': '1us' } ] } ] }, 'q': { 'entry': 'a', 'steps': [ { 'call': 'b', "
        "'steps': [ { 'cpu': '1us' } ] } ] } },"
        "'services': { 'a': { 'kind': 'app', 'replicas': 3, 'balance': 'random', 'connect_timeout': '10ms' }, 'b': { 'kind': "
        "'app', "
        "'replicas': 2, 'balance': 'random', 'connect_timeout': '10ms' }, 'c': { 'kind': 'cache', 'replicas': 3, 'balance': "
        "'random', 'connect_timeout': '10ms' }, 'd': { 'kind': 'database', 'replicas': 3, 'balance': 'random', 'connect_timeout': "
        "'10ms' } },"
        "'platform': { 'kind': '%s', 'network': { 'between_nodes': '0s' }, 'nodes': { 'n0': { 'cpu': 4 }, 'n1': { 'cpu': 4 }, "
        "'n2': { 'cpu': 4 } } }, 'faults': { 'x': { 'kind': 'node', 'nodes': 'n0', 'at': '100s', 'repair': '90s' } },"
        "'run': { 'warmup': '0s', 'window': '300s', 'windows': 1 } }",
        platforms[i]);
    struct world *loud = fixture_run(&f, 1, platforms[i]), *quiet = quiet_world(&f, 1, 300 * SIM_S);
    world_run(quiet);
    static const double rate[] = {300, 100};
    for (uint32_t e = 0; e < 2; e++) {
      struct ends ends = fixture_ends(loud, e);
      double due = rate[e] * (300 - world_outages(quiet)->served_ns[e] * 1e-9),
             failed = (double)(ends.ended - ends.by[OUTCOME_COMPLETED]);
      test_check(fabs(failed - due) <= 4 * sqrt(due) + 5, "%s, endpoint %u: %.0f fail, %.1f by the availability run", platforms[i],
                 e, failed, due);
    }
    world_free(loud), world_free(quiet);
    fixture_close(&f);
  }
}

/* Two reads of a database of two replicas, in turn, one of them dead: each request meets both. */
static void test_calls_in_turn(void) {
  struct fixture f =
      fixture_of("{ 'aguanta': 1, 'name': 'turns', 'traffic': { 'x': { 'kind': 'open', 'rate': '400/s', 'mix': { 'p': 1 } } }, "
                 "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'query': 'd', 'reads': 2, 'demand': '1us' } ] } },"
                 "'services': { 'a': { 'kind': 'app' }, 'd': { 'kind': 'database', 'replicas': 2, 'restart': 'no' } }, 'platform': "
                 "{ 'kind': 'compose', 'nodes': { 'n': { 'cpu': 4 } } },"
                 "'faults': { 'x': { 'kind': 'crash', 'service': 'd', 'at': '100s' } }, 'run': { 'warmup': '0s', 'window': '200s', "
                 "'windows': 1 } }");
  struct world *loud = fixture_run(&f, 1, "turns"), *quiet = quiet_world(&f, 1, 200 * SIM_S);
  world_run(quiet);
  struct ends e = fixture_ends(loud, 0);
  double due = 400 * (200 - world_outages(quiet)->total_served_ns * 1e-9), failed = (double)(e.ended - e.by[OUTCOME_COMPLETED]);
  test_check(fabs(failed - due) <= 4 * sqrt(due), "%.0f of the requests fail, %.1f by the availability run", failed, due);
  world_free(loud), world_free(quiet);
  fixture_close(&f);
}

/* --- the autoscaler ------------------------------------------------------------------------------------------------------------------ */

#define SCALED                                                                                                                     \
  "{ 'aguanta': 1, 'name': 'hpa', 'traffic': { 'x': { 'kind': 'open', 'rate': { 'steps': [ { 'from': '0s', 'rate': '0/s' }, { "    \
  "'from': '330s', 'rate': '950/s' }, { 'from': '900s', 'rate': '50/s' } ] }, 'mix': { 'p': 1 } } },"                              \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '10ms' } ] } },"                                                        \
  "'services': { 'a': { 'kind': 'app', 'replicas': 2, 'backlog': 4, 'resources': { 'requests': { 'cpu': '1' } }, 'autoscale': { "  \
  "'min': 2, 'max': %d, 'cpu': '60%%', 'behavior': %s } } },"                                                                      \
  "'platform': { 'kind': 'kubernetes', 'nodes': { 'n': { 'cpu': 'unlimited', 'memory': '64Gi' } } }, 'run': { 'warmup': '0s', "    \
  "'window': '2000s', 'windows': 1 } }"

static void test_capped_path(void) {
  static const struct {
    const char *behavior;
    int max;
  } scalers[] = {{"false", 30}, {"true", 30}, {"false", 10}};
  for (size_t i = 0; i < 3; i++)
    for (uint64_t seed = 1; seed <= 3; seed++) {
      struct fixture f = fixture_of(SCALED, scalers[i].max, scalers[i].behavior);
      struct world *w = world_new(&f.scenario->model, seed, 0, WORLD_TRAFFIC);
      int32_t size = 2, most = 2, at_850 = 0;
      double steady_s = 0, first_up_s = 0, first_down_s = 0;
      for (sim_time t = SIM_S; t <= 2000 * SIM_S; t += SIM_S) {
        calendar_run(w->calendar, t);
        int32_t now = w->services[0].desired;
        /* one sync: at most what a saturated measurement asks for, ceil(n * 100 / 60), and never beyond the limits */
        if (now > size)
          test_check(now <= (size * 100 + 59) / 60 + 1 && now <= scalers[i].max, "%.0f s: from %d to %d", sim_seconds(t), size,
                     now);
        if (now != size && now > 2 && !first_up_s) first_up_s = sim_seconds(t);
        if (now < size && sim_seconds(t) > 900 && !first_down_s) first_down_s = sim_seconds(t);
        if (now >= 15 && !steady_s) steady_s = sim_seconds(t);
        size = now, most = now > most ? now : most;
        if (t == 850 * SIM_S) at_850 = now;
      }
      test_check(first_up_s > 330 && first_up_s <= 330 + 50, "seed %d: the first step up at %.0f s", (int)seed, first_up_s);
      if (scalers[i].max > 20) {
        test_check(at_850 >= 15 && at_850 <= 17 && most <= 18, "seed %d: %d replicas in the end, %d at most", (int)seed, at_850,
                   most);
        test_check(steady_s >= 330 + 60 && steady_s <= 330 + 240, "seed %d: steady at %.0f s", (int)seed, steady_s);
      } else
        test_check(most == 10 && at_850 == 10, "seed %d: %d replicas", (int)seed, most);
      test_check(first_down_s >= 900 + 300 - 15 && first_down_s <= 900 + 300 + 60, "seed %d: the first step down at %.0f s",
                 (int)seed, first_down_s);
      test_check(size == 2 && w->services[0].up == 2, "seed %d: %d wanted and %u up at the end", (int)seed, size,
                 w->services[0].up);
      test_check(fixture_ends(w, 0).by[OUTCOME_CRASHED] == 0, "seed %d: %llu requests lost by scaling down", (int)seed,
                 (unsigned long long)fixture_ends(w, 0).by[OUTCOME_CRASHED]);
      world_free(w);
      fixture_close(&f);
    }
}

/* --- places, and years ------------------------------------------------------------------------------------------------------------ */

/* A node group that a service names has the replicas of that one and no others. */
static void test_places(void) {
  struct fixture f =
      fixture_of("{ 'aguanta': 1, 'name': 'places', 'traffic': { 'x': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, "
                 "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'call': 'b', 'steps': [ { 'cpu': '1us' } ] } ] } }, "
                 "'services': { 'a': { 'kind': 'app', 'replicas': 5 }, 'b': { 'kind': 'app', 'replicas': 3, 'place': 'own' } }, "
                 "'platform': { 'kind': 'kubernetes', 'nodes': { 'own': { 'count': 2, 'cpu': 8 }, 'other': { 'cpu': 8 } } }, "
                 "'run': { 'window': '1s' } }");
  struct world *w = quiet_world(&f, 1, SIM_S);
  for (uint32_t i = 0; i < w->container_count; i++) {
    const struct container *c = &w->containers[i];
    if (c->node != NONE)
      test_check(w->nodes[c->node].group_index == (c->service == 1 ? 0u : 1u), "a replica of service %u is in group %u",
                 (unsigned)c->service, w->nodes[c->node].group_index);
  }
  world_free(w);
  fixture_close(&f);
}

/* Years of faults have no load, so nothing is scaled: with an autoscaler and without, the same share of the requests is served. */
static void test_sizes_stay_in_years(void) {
  static const char *const scaling[] = {"", ", 'autoscale': { 'min': 1, 'max': 8 }"};
  double served[2];
  for (int i = 0; i < 2; i++) {
    struct fixture f =
        fixture_of("{ 'aguanta': 1, 'name': 'years', 'traffic': { 'x': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, "
                   "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '1us' } ] } }, 'services': { 'a': { 'kind': 'app', "
                   "'replicas': 2, 'start': '30s' %s } }, 'platform': { 'kind': 'kubernetes', 'nodes': { 'n': { 'count': 3, 'cpu': "
                   "8 } } }, 'faults': { 'loss': { 'kind': 'node', 'nodes': 'n', 'mtbf': '30d', 'repair': '2h' } }, 'run': { "
                   "'window': '1s', 'years': 50 } }",
                   scaling[i]);
    struct world *w = world_new(&f.scenario->model, 7, 0, WORLD_AVAILABILITY);
    world_run(w);
    struct view *v = view_new(&f.scenario->model, false);
    view_read(v, w);
    served[i] = v->total_served_s / v->seconds;
    view_free(v);
    world_free(w);
    fixture_close(&f);
  }
  test_check(served[0] < 1 && served[0] == served[1], "%.9f without an autoscaler, %.9f with one", served[0], served[1]);
}

static const struct test_case cases[] = {{"timings", test_timings},
                                         {"back_off", test_back_off},
                                         {"swarm_does_not_move_back", test_swarm_does_not_move_back},
                                         {"pending_pods", test_pending_pods},
                                         {"swarm_quorum", test_swarm_quorum},
                                         {"drained_pods_stay_away", test_drained_pods_stay_away},
                                         {"traffic_agrees_with_availability", test_traffic_agrees_with_availability},
                                         {"programs_agree_too", test_programs_agree_too},
                                         {"calls_in_turn", test_calls_in_turn},
                                         {"capped_path", test_capped_path},
                                         {"nothing_starts_on_a_dead_machine", test_nothing_starts_on_a_dead_machine},
                                         {"places", test_places},
                                         {"sizes_stay_in_years", test_sizes_stay_in_years},
                                         {NULL, NULL}};
const struct test_suite suite_model_platform = {"model_platform", cases};
