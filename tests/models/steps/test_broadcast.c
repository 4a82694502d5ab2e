/* Messages to all replicas: times by hand, the dead, and what the sender waits for. */
#include "tests/model_fixture.h"

/* One user publishes at 10 s, to `s` of three replicas; hops of 1 ms between nodes. */
#define ONCE                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'once', 'traffic': { 'u': { 'kind': 'closed', 'population': 1, 'think': '10s', 'mix': { 'p': 1 } } },"  \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'broadcast': 'r', 'to': 's', 'listeners': %d, 'demand': '20us' } ] } },"       \
  "'services': { 'a': { 'kind': 'app', 'place': 'x' }, 'r': { 'kind': 'cache', 'place': 'x' }, 's': { 'kind': 'app', 'replicas': " \
  "3, "                                                                                                                            \
  "'place': 'y'%s } }, 'platform': { 'kind': 'static', 'network': { 'between_nodes': '%s' }, 'nodes': { 'x': { 'cpu': 4 }, 'y': "  \
  "{ "                                                                                                                             \
  "'cpu': 4, 'count': 3 } } }, %s 'run': { 'warmup': '0s', 'window': '15s', 'windows': 1 } }"

static const struct meter_observation *meter(const struct world *w, const char *name) {
  for (uint32_t i = 0; i < w->model->meter_count; i++)
    if (!strcmp(w->model->meters[i].name, name)) return &w->observation.meters[i];
  test_check(false, "no meter %s", name);
  return &w->observation.meters[0];
}

static double counted(const struct world *w, const char *name) {
  double sum = 0;
  for (uint32_t i = 0; i < meter(w, name)->course.windows; i++) sum += meter(w, name)->course.sums[i];
  return sum;
}

static const struct {
  const char *name, *hop, *faults;
  int listeners;
  double least_us, most_us; /* from the publication until a replica has sent it on */
  double delivered, missed;
} traces[] = {
    {"nobody listens", "0s", "", 0, 0, 0, 3, 0},
    {"34, 33 and 33", "0s", "", 100, 660, 680, 3, 0},
    {"a hop from the cache", "1ms", "", 100, 1660, 1680, 3, 0},
    {"who is out of rotation", "0s", "'faults': { 'f': { 'kind': 'crash', 'service': 's', 'at': '9s' } },", 100, 1000, 1000, 2, 0},
};

/* Publishing takes 10 us, and that is all that its sender waits for. */
static void test_by_hand(void) {
  for (size_t i = 0; i < sizeof traces / sizeof *traces; i++) {
    struct fixture f = fixture_of(ONCE, traces[i].listeners, "", traces[i].hop, traces[i].faults);
    if (!f.scenario) continue;
    struct world *w = fixture_run(&f, 1, traces[i].name);
    const struct histogram *h = meter(w, "delivery")->time;
    test_check(w->observation.sojourn_ns == 10 * SIM_US, "%s: the sender waits %.9g us", traces[i].name,
               (double)w->observation.sojourn_ns * 1e-3);
    test_check(counted(w, "delivered") == traces[i].delivered && counted(w, "missed") == traces[i].missed,
               "%s: %g delivered, %g missed", traces[i].name, counted(w, "delivered"), counted(w, "missed"));
    test_check((double)histogram_min(h) == traces[i].least_us * 1e3 && (double)histogram_max(h) == traces[i].most_us * 1e3,
               "%s: from %.9g to %.9g us", traces[i].name, (double)histogram_min(h) * 1e-3, (double)histogram_max(h) * 1e-3);
    test_check(pool_live(&w->requests) == 0, "%s: %u requests live", traces[i].name, pool_live(&w->requests));
    world_free(w), fixture_close(&f);
  }
}

/* Every second message, 500 listeners of 10 us each: 100 a second are a quarter of a core. */
static void test_demand(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'd', 'traffic': { 'u': { 'kind': 'open', 'rate': '100/s', 'mix': { 'p': 1, 'q': 1 } } },"
      "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'broadcast': 'r', 'to': 's', 'listeners': 500, 'demand': { 'exponential': "
      "'10us' } } ] }, 'q': { 'entry': 'a', 'steps': [ { 'cpu': '10us' } ] } }, 'services': { 'a': { 'kind': 'app' }, 'r': { "
      "'kind': "
      "'cache' }, 's': { 'kind': 'app', 'replicas': 4 } }, 'platform': { 'kind': 'static', 'nodes': { 'x': { 'cpu': 8 } } }, "
      "'run': { "
      "'warmup': '1s', 'window': '400s', 'windows': 1 } }");
  struct demand_sums d = demand_sums_new(&f.scenario->model, (double[]){1, 1, 1}, f.arena);
  program_demand(&f.scenario->model.programs[0], 1, &d);
  uint32_t s = fixture_service(&f, "s");
  test_check(fabs(d.cpu_s[s] - 5e-3) < 1e-12, "%.9g s a broadcast", d.cpu_s[s]);
  struct world *w = fixture_run(&f, 1, "demand");
  double used = 0;
  for (uint32_t k = 0; k < 4; k++) used += w->containers[w->services[s].first + k].used_measured;
  test_check(fabs(used / 400e9 - 0.25) < 0.01, "%.4g cores", used / 400e9);
  world_free(w), fixture_close(&f);
}

static const struct test_case cases[] = {{"by hand", test_by_hand}, {"demand", test_demand}, {NULL, NULL}};
const struct test_suite suite_broadcast = {"broadcast", cases};
