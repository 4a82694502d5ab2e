/* The book of outages: lives of a constant length begin at different points, what overlaps is counted once and adds up to the downtime,
 * and there is no most number of outages at a time. */
#include "models/faults/fault.h"
#include "models/availability/outage.h"
#include "tests/command.h"
#include "tests/model_fixture.h"

/* Replicas that crash and take a while to start, on machines that break too: replicas, start, faults. */
#define BREAKING                                                                                                                   \
  "{ 'aguanta': 1, 'name': 'b', 'traffic': { 'p': { 'kind': 'open', 'rate': '10/s', 'mix': { 'x': 2, 'y': 1 } } }, 'endpoints': "  \
  "{ "                                                                                                                             \
  "'x': { 'entry': 'a', 'steps': [ { 'cpu': '1ms' } ] }, 'y': { 'entry': 'a', 'steps': [ { 'call': 'b', 'steps': [ { 'cpu': "      \
  "'1ms' } ] } ] } }, 'services': { 'a': { 'kind': 'app', 'replicas': %d, 'start': '%s' }, 'b': { 'kind': 'app', 'replicas': 2 } " \
  "}, "                                                                                                                            \
  "'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 64, 'memory': '900Gi' } } }, 'faults': { %s }, "                      \
  "'run': { 'warmup': '0s', 'window': '10s', 'years': 1 } }"
#define CRASH "'crash': { 'kind': 'crash', 'service': 'a', 'uptime': '10h' }"
#define NODE  "'node': { 'kind': 'node', 'nodes': 'n', 'mtbf': '50h', 'repair': '8h' }"

/* The first crash of each of 400 replicas: uniform over ten hours. */
static void test_phases(void) {
  enum { REPLICAS = 400 };
  struct fixture f = fixture_of(BREAKING, REPLICAS, "1s", CRASH);
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_AVAILABILITY);
  double sum_h = 0, square = 0, most_h = 0;
  test_check(world_faults(w)->count == REPLICAS, "%u faults", world_faults(w)->count);
  for (uint32_t i = 0; i < world_faults(w)->count; i++) {
    double at_h = sim_seconds(calendar_time_of(w->calendar, world_faults(w)->processes[i]->slot)) / 3600;
    sum_h += at_h / REPLICAS, square += at_h * at_h / REPLICAS, most_h = fmax(most_h, at_h);
  }
  /* Mean 5 h and variance 100 / 12, within four standard errors. */
  test_check(fabs(sum_h - 5) < 4 * 2.887 / 20 && fabs(square - 100. / 3) < 4 * 29.81 / 20 && most_h <= 10,
             "first crashes: mean %.3f h, mean square %.3f, latest %.3f", sum_h, square, most_h);
  world_free(w), fixture_close(&f);
}

static const struct {
  const char *name;
  int replicas;
  const char *start, *faults;
} books[] = {
    {"three replicas", 3, "2h", CRASH},
    {"and their machines", 3, "2h", CRASH ", " NODE},
    /* Up for ten hours, down for thirty: three in four are down, hundreds of outages at a time. */
    {"hundreds at a time", 300, "30h", CRASH},
};

/* What each fault took is what was not served, once. */
static void test_lost_is_downtime(void) {
  for (size_t i = 0; i < sizeof books / sizeof *books; i++) {
    struct fixture f = fixture_of(BREAKING, books[i].replicas, books[i].start, books[i].faults);
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_AVAILABILITY);
    w->measured_until = w->horizon = 90 * SIM_DAY;
    world_run(w);
    double lost_h = 0, down_h = 90 * 24 - world_outages(w)->total_served_ns * 1e-9 / 3600;
    for (uint32_t k = 0; k < world_outages(w)->class_count; k++) lost_h += world_outages(w)->classes[k].lost_ns * 1e-9 / 3600;
    test_check(down_h > 10 && fabs(lost_h / down_h - 1) < 1e-6, "%s: the faults took %.4f h, not served were %.4f h", books[i].name,
               lost_h, down_h);
    test_check(i < 2 || world_outages(w)->open_room > 64, "%s: never more than %u outages at a time", books[i].name,
               world_outages(w)->open_room);
    world_free(w), fixture_close(&f);
  }
}

/* --- what has no effect, or no end, is said ---------------------------------------------------------------------------------------- */

static void test_warnings(void) {
  static const char *const said[] = {
      "tests/cli/idle_law.json:6:30: warning: services.node: \"scalability\" has no effect: each "
      "process computes for one request at a "
      "time [scalability-idle]\n",
      "tests/cli/idle_law.json:7:33: warning: services.db: \"scalability\" has no effect: it counts "
      "open connections, and no pool leads "
      "there [scalability-idle]\n",
      "tests/cli/idle_law.json:11:65: warning: queues.reports: a job takes 12 s on average when nothing is in its way, and after 5 "
      "s its queue gives it out again: about 3 deliveries of each, the more the longer it waits; give a longer \"visibility\", or "
      "\"renewed\" [redelivered]\n"};
  struct child c = AGUANTA("validate", "tests/cli/idle_law.json");
  for (size_t i = 0; i < sizeof said / sizeof *said; i++)
    test_check(c.status == 0 && c.err && strstr(c.err, said[i]), "exit status %d, %s\ndoes not say %s", c.status, c.err, said[i]);
  child_free(&c);
  c = AGUANTA("validate", "tests/cli/idle_law.json", "--set", "services.node.threads=2", "--set", "queues.reports.visibility=13s",
              "--set", "services.db.scalability.counts=active");
  test_check(c.status == 0 && !c.err_length, "with an effect: exit status %d, %s", c.status, c.err);
  child_free(&c);
}

/* 100 jobs a second of 12 ms each, given out again after 5 ms. */
static void test_redelivered_is_noted(void) {
  struct child c = AGUANTA("run", "tests/cli/idle_law.json", "--set", "queues.reports.steps.0.cpu=12ms", "--set",
                           "queues.reports.visibility=5ms", "--reps", "2");
  test_check(c.out && strstr(c.out, "redelivered: reports published ") && strstr(c.out, "not done 0.005 s after they were taken"),
             "exit status %d, %s%s", c.status, c.out, c.err);
  child_free(&c);
  c = AGUANTA("run", "tests/cli/idle_law.json", "--set", "queues.reports.steps.0.cpu=1ms", "--reps", "2");
  test_check(c.out && !strstr(c.out, "redelivered:"), "exit status %d, %s", c.status, c.out);
  child_free(&c);
}

static const struct test_case cases[] = {{"phases of constant lives", test_phases},
                                         {"lost is downtime", test_lost_is_downtime},
                                         {"warnings", test_warnings},
                                         {"redelivered is noted", test_redelivered_is_noted},
                                         {NULL, NULL}};
const struct test_suite suite_outages = {"outages", cases};
