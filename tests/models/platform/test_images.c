/* Images that nodes pull, the share of new replicas, and how replicas are taken away: values worked by hand. */
#include "models/autoscaling/autoscaler.h"
#include "models/platform/image.h"
#include "models/platform/nodes.h"
#include "tests/model_fixture.h"

/* A 100 MB image at 400 Mbit/s = 50 MB/s is fetched in 2 s and unpacked at 100 MB/s in 1 s: 3 s; then the process starts for 1 s and
 * is ready within its readiness period (1 s) and 1 s. */
#define PULLED                                                                                                                     \
  "{ 'aguanta': 1, 'name': 'i', 'traffic': { 'x': { 'kind': 'open', 'rate': '%s', 'timeout': '1h', 'mix': { 'p': 1 } } }, "        \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'delay': '%s' } ] } }, 'metrics': { 'm': { 'values': [ %s ] } }, 'services': " \
  "{ "                                                                                                                             \
  "'a': { 'kind': 'app', 'replicas': %d, 'start': '1s' %s, 'autoscale': { 'min': 1, 'max': 50, 'metrics': [ { 'external': 'm', "   \
  "'average': 1 } ] } }, 'b': { 'kind': 'app', 'start': '1s', 'image': '200MB' } }, 'platform': { 'kind': 'kubernetes', "          \
  "'kubernetes': { 'readiness_period': '1s', 'downscale_window': '1s' %s }, 'nodes': { 'n': { 'count': %d, 'cpu': 8, 'memory': "   \
  "'64Gi' %s } } }, 'run': { 'warmup': '0s', 'window': '1h', 'windows': 1 } }"

static struct world *pulled(struct fixture *f, const char *rate, const char *delay, const char *values, int replicas,
                            const char *keys, const char *flags, int nodes, const char *pull) {
  *f = fixture_of(PULLED, rate, delay, values, replicas, keys, flags, nodes, pull);
  return world_new(&f->scenario->model, 1, 0, WORLD_TRAFFIC);
}

/* When the service first has this many processes that serve, in seconds. */
static double serves_at(struct world *w, uint32_t up, double from_s, double until_s) {
  for (sim_time at = (sim_time)(from_s * 1e9); at <= (sim_time)(until_s * 1e9); at += 10 * SIM_MS) {
    calendar_run(w->calendar, at);
    if (w->services[0].up >= up) return sim_seconds(at);
  }
  return INFINITY;
}

static double started_at(const struct world *w, uint32_t replica) { return sim_seconds(w->containers[replica].started_at); }

/* One replica on one of two nodes; a second is placed on the other node, which has no image: 3 s + 1 s. A third and fourth, one on each
 * node: no pull. */
static void test_pull(void) {
  static const struct {
    const char *image, *pull;
    double takes;
  } rows[] = {{", 'image': '100MB'", "", 4},
              {", 'image': '100MB'", ", 'pull': { 'rate': '80Mbit/s', 'unpack': 'unlimited' }", 11},
              {", 'image': { 'size': '100MB', 'cached': true }", "", 1},
              {"", "", 1}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f;
    struct world *w =
        pulled(&f, "1/s", "1ms", "{ 'at': '0s', 'value': 1 }, { 'at': '100s', 'value': 2 }, { 'at': '200s', 'value': 4 }", 1,
               rows[i].image, "", 2, rows[i].pull);
    double second = serves_at(w, 2, 100, 150) - started_at(w, 1), fourth = serves_at(w, 4, 200, 250) - started_at(w, 3);
    test_check(fabs(second - rows[i].takes) < 0.02, "row %zu: the second serves after %.2f s, by hand %g s", i, second,
               rows[i].takes);
    test_check(fabs(fourth - 1) < 0.02, "row %zu: the fourth serves after %.2f s, by hand 1 s", i, fourth);
    world_free(w), fixture_close(&f);
  }
}

/* A node that has just joined has nothing. b is asked for first, 200 MB: 6 s; then a: 6 + 3 s; a second replica of it waits for the
 * same pull. When it has left and another machine joins, it has nothing again. */
static void test_one_at_a_time(void) {
  struct fixture f;
  struct world *w = pulled(&f, "1/s", "1ms", "{ 'at': '0s', 'value': 1 }", 1, ", 'image': '100MB'", "", 1, "");
  calendar_run(w->calendar, SIM_S);
  struct node *n = node_join(w, 0);
  struct container *b = &w->containers[w->services[1].first], *a = &w->containers[0];
  uint32_t was = a->node;
  a->node = b->node = n->index;
  test_check(images_pull(w, b) == 6 * SIM_S && images_pull(w, a) == 9 * SIM_S && images_pull(w, a) == 9 * SIM_S,
             "not one at a time");
  calendar_run(w->calendar, 5 * SIM_S);
  test_check(images_pull(w, a) == 5 * SIM_S && images_pull(w, b) == 2 * SIM_S, "the pulls do not go on");
  calendar_run(w->calendar, 20 * SIM_S);
  test_check(images_pull(w, a) == 0 && images_pull(w, b) == 0, "the node has not kept them");
  node_leave(w, n);
  calendar_run(w->calendar, 30 * SIM_S);
  test_check(node_join(w, 0) == n && images_pull(w, a) == 3 * SIM_S, "a machine that joins is a new one");
  a->node = b->node = was;
  world_free(w), fixture_close(&f);
}

/* --- slow start ------------------------------------------------------------------------------------------------------------------- */

/* One replica with its whole share and one that came at t: over a slow start of 60 s the new one has weight x = age / 60, and of the
 * calls by turns or chance x / (1 + x): in the mean over the ramp 1 - ln 2 = 0.307. After the ramp
 * half. */
static void test_slow_start(void) {
  static const struct {
    const char *policy;
    double ramp, tolerance;
  } rows[] = {
      {"'round-robin'", 0.307, 0.02}, {"'random'", 0.307, 0.02}, {"'weighted-random'", 0.307, 0.02}, {"'weighted'", 0.307, 0.02}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f;
    char keys[200];
    snprintf(keys, sizeof keys, ", 'balance': { 'policy': %s, 'slow_start': '60s' }", rows[i].policy);
    struct world *w = pulled(&f, "400/s", "1ms", "{ 'at': '0s', 'value': 1 }, { 'at': '100s', 'value': 2 }", 1, keys, "", 2, "");
    sim_time came = 0;
    for (sim_time at = 100 * SIM_S; !came && at < 150 * SIM_S; at += 10 * SIM_MS) {
      calendar_run(w->calendar, at);
      if (w->services[0].in_rotation == 2) came = at;
    }
    uint64_t before = w->containers[0].answered;
    calendar_run(w->calendar, came + 60 * SIM_S);
    double ramp = (double)w->containers[1].answered / (double)(w->containers[1].answered + w->containers[0].answered - before);
    uint64_t old[2] = {w->containers[0].answered, w->containers[1].answered};
    calendar_run(w->calendar, came + 120 * SIM_S);
    double whole = (double)(w->containers[1].answered - old[1]) /
                   (double)(w->containers[0].answered + w->containers[1].answered - old[0] - old[1]);
    test_check(came && fabs(ramp - rows[i].ramp) < rows[i].tolerance, "%s: share %.4f in the ramp, by hand %.4f", rows[i].policy,
               ramp, rows[i].ramp);
    test_check(fabs(whole - 0.5) < 0.015, "%s: share %.4f after it", rows[i].policy, whole);
    world_free(w), fixture_close(&f);
  }
}

/* --- taking away -------------------------------------------------------------------------------------------------------------------- */

/* Requests of 10 s on four replicas, 4/s each, of which one stays. With a grace of 30 s none is lost. With a grace of 0 s the process
 * ends when the endpoints have gone round, 1 s later, and all 40 that are inside are lost: 120 of three. With 6 s those that began in the
 * 5 s from 4 s before until the endpoints changed: 60. */
static void test_scale_in(void) {
  static const struct {
    const char *grace;
    double lost;
  } rows[] = {{"30s", 0}, {"0s", 120}, {"6s", 60}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f;
    char flags[80];
    snprintf(flags, sizeof flags, ", 'termination_grace': '%s'", rows[i].grace);
    struct world *w = pulled(&f, "16/s", "10s", "{ 'at': '0s', 'value': 4 }, { 'at': '100s', 'value': 1 }", 4, "", flags, 4, "");
    calendar_run(w->calendar, 200 * SIM_S);
    double lost = (double)fixture_ends(w, 0).by[OUTCOME_CRASHED];
    test_check(fabs(lost - rows[i].lost) <= 2.5 * sqrt(rows[i].lost), "grace %s: %g requests lost, by hand %g", rows[i].grace, lost,
               rows[i].lost);
    test_check(w->services[0].desired == 1 && w->services[0].up == 1, "%d wanted, %u up", w->services[0].desired,
               w->services[0].up);
    world_free(w), fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"pull", test_pull},
                                         {"one_at_a_time", test_one_at_a_time},
                                         {"slow_start", test_slow_start},
                                         {"scale_in", test_scale_in},
                                         {NULL, NULL}};
const struct test_suite suite_images = {"images", cases};
