/* Sessions: a journey of fixed steps to the nanosecond, visits against the absorbing chain, what failures do, and time that goes on. */
#include "tests/model_fixture.h"
#include "models/traffic/source.h"
#include "models/traffic/client.h"
#include "models/traffic/journey.h"
#include "models/traffic/page.h"

static struct fixture journey(const char *rate, const char *source, const char *places, const char *rest, const char *window) {
  return fixture_of(
      "{ 'aguanta': 1, 'name': 'journey', 'traffic': { 's': { 'kind': 'session', 'rate': '%s', 'journey': [ %s ]%s } }, "
      "'endpoints': { 'a': { 'entry': 'w', 'steps': [ { 'cpu': '1s' } ] }, 'b': { 'entry': 'w', 'steps': [ { 'delay': "
      "'500ms' } ] }, 'c': { 'entry': 'w', 'steps': [ { 'delay': '250ms' } ] }, 'x': { 'entry': 'w', 'steps': [ { "
      "'external': 'e' } ] } }, 'services': { 'w': { 'kind': 'app', 'threads': 100000, 'runtime': 'threads', 'backlog': "
      "'unlimited'%s }, 'e': { 'kind': 'external', 'latency': '1ms', 'failure': '50%%' } }, 'platform': { 'kind': "
      "'static', 'nodes': { 'n': { 'cpu': 'unlimited' } } }, 'run': { 'warmup': '0s', 'window': '%s', 'windows': 1 } }",
      rate, places, source, rest, window);
}

static const struct session_meters *meters(const struct world *w) { return &world_sources(w)->each[0].config->session_meters; }
static uint64_t counted(const struct world *w, uint32_t meter) { return w->observation.meters[meter].course.counts[0]; }
static int64_t active(const struct world *w) { return level_value(&w->observation.meters[meters(w)->active].level); }

static void test_fixed_steps(void) {
  struct fixture f = journey(
      "5/s", "", "{ 'ask': 'a', 'think': '2s' }, { 'ask': 'b', 'think': '1s' }, { 'ask': 'c', 'think': '1h' }", "", "1000s");
  struct world *w = fixture_run(&f, 1, "fixed");
  const struct histogram *length = w->observation.meters[meters(w)->length].time;
  uint64_t begun = world_sources(w)->each[0].arrivals.count;
  /* 1 + 2 + 0.5 + 1 + 0.25 s: nobody thinks after the last place. */
  test_check(length->count > 4500 && histogram_mean(length) == 4750e6 && histogram_max(length) == 4750 * SIM_MS &&
                 histogram_min(length) == 4750 * SIM_MS,
             "%llu sessions, mean %.9f s, longest %.9f s", (unsigned long long)length->count, histogram_mean(length) * 1e-9,
             sim_seconds(histogram_max(length)));
  test_check(begun == counted(w, meters(w)->finished) + (uint64_t)active(w) && !counted(w, meters(w)->left),
             "%llu begun, %llu finished, %lld on their way", (unsigned long long)begun,
             (unsigned long long)counted(w, meters(w)->finished), (long long)active(w));
  double mean = w->observation.meters[meters(w)->active].course.sums[0] / 1000e9;
  test_check(fabs(mean / (5 * 4.75) - 1) < 0.05, "%.3f active on average, by Little's law 23.75", mean);
  world_free(w);
  fixture_close(&f);
}

/* --- the chain --------------------------------------------------------------------------------------------------------------------- */

#define WALK                                                                                                                       \
  "{ 'ask': 'b', 'name': 'home', 'next': { 'list': 6, 'detail': 3, 'leave': 1 } }, { 'ask': 'c', 'name': 'list', 'next': { "       \
  "'list': 2, "                                                                                                                    \
  "'detail': 5, 'home': 1, 'leave': 2 } }, { 'ask': 'b', 'name': 'detail', 'think': '10ms' }, { 'ask': 'x', 'name': 'hold', "      \
  "'failed': 'go-on', 'next': { 'home': 0.5, 'pay': 1.5 } }, { 'ask': 'c', 'name': 'pay' }"

/* The same by walking all the probability at once until nothing is left of it. */
static void walk(double visits[4]) {
  static const double turn[5][5] = {
      {0, 0.6, 0.3, 0, 0}, {0.1, 0.2, 0.5, 0, 0}, {0, 0, 0, 1, 0}, {0.25, 0, 0, 0, 0.75}, {0, 0, 0, 0, 0}};
  static const int endpoint[5] = {1, 2, 1, 3, 2};
  double at[5] = {1};
  for (int step = 0; step < 5000; step++) {
    double next[5] = {0};
    for (int i = 0; i < 5; i++) visits[endpoint[i]] += at[i];
    for (int i = 0; i < 5; i++)
      for (int k = 0; k < 5; k++) next[k] += at[i] * turn[i][k];
    memcpy(at, next, sizeof at);
  }
}

static void test_chain(void) {
  double expected[4] = {0}, seen[4][20];
  walk(expected);
  struct fixture f = journey("40/s", "", WALK, "", "200s");
  const double *told = model_source(&f.scenario->model, 0)->visits;
  for (uint32_t i = 0; i < 20; i++) {
    struct world *w = world_new(&f.scenario->model, 5, i, WORLD_TRAFFIC);
    w->horizon = w->measured_until;
    world_run(w);
    for (uint32_t e = 0; e < 4; e++) seen[e][i] = (double)fixture_ends(w, e).ended / (double)counted(w, meters(w)->finished);
    test_check(counted(w, meters(w)->left) == 0 && counted(w, meters(w)->finished) > 7000, "%llu left",
               (unsigned long long)counted(w, meters(w)->left));
    world_free(w);
  }
  for (uint32_t e = 0; e < 4; e++) {
    struct mean_of m = mean_of(seen[e], 20);
    test_check(fabs(told[e] - expected[e]) < 1e-9, "endpoint %u: %.12f visits told, %.12f by walking", e, told[e], expected[e]);
    /* Sessions that are under way at the end ask a little more often than they are finished: 8000 of them, some 10 s long. */
    test_check(fabs(m.mean - expected[e]) <= 1.5 * m.half + 0.003 * expected[e],
               "endpoint %u: %.4f +- %.4f visits, by the chain %.4f", e, m.mean, m.half, expected[e]);
  }
  fixture_close(&f);
}

/* --- failures -------------------------------------------------------------------------------------------------------------------------- */

static void test_failed(void) {
  /* Every second answer of x is a failure. */
  static const struct {
    const char *word;
    double x, c, left; /* visits, and sessions that end for a failure, each per session */
  } cases[] = {{"leave", 1, 0.5, 0.5}, {"again", 2, 1, 0}, {"go-on", 1, 1, 0}};
  for (size_t i = 0; i < 3; i++) {
    char places[200];
    snprintf(places, sizeof places, "{ 'ask': 'b' }, { 'ask': 'x', 'failed': '%s', 'think': '20ms' }, { 'ask': 'c' }",
             cases[i].word);
    struct fixture f = journey("50/s", "", places, "", "400s");
    struct world *w = fixture_run(&f, 2, cases[i].word);
    double sessions = (double)(counted(w, meters(w)->finished) + counted(w, meters(w)->left)), room = 4 * 1.5 / sqrt(sessions);
    double x = (double)fixture_ends(w, 3).ended / sessions, c = (double)fixture_ends(w, 2).ended / sessions,
           left = (double)counted(w, meters(w)->left) / sessions;
    test_check(sessions > 19000 && fabs(x - cases[i].x) < room && fabs(c - cases[i].c) < room && fabs(left - cases[i].left) < room,
               "failed: %s: %.4f visits of x, %.4f of c, %.4f left", cases[i].word, x, c, left);
    if (!strcmp(cases[i].word, "leave")) /* whoever leaves does not think first */
      test_check(histogram_min(w->observation.meters[meters(w)->length].time) == 501 * SIM_MS, "the shortest took %.9f s",
                 sim_seconds(histogram_min(w->observation.meters[meters(w)->length].time)));
    world_free(w);
    fixture_close(&f);
  }
}

/* Retries belong to an errand: the journey hears only of its end. */
static void test_retries_inside(void) {
  struct fixture f =
      journey("50/s", ", 'retry': { 'attempts': 3, 'backoff': '10ms' }", "{ 'ask': 'x' }, { 'ask': 'c' }", "", "400s");
  struct world *w = fixture_run(&f, 2, "retries in a journey");
  const struct client_meters *t = &world_sources(w)->each[0].config->meters;
  double sessions = (double)(counted(w, meters(w)->finished) + counted(w, meters(w)->left));
  double attempts = (double)counted(w, t->attempts) / sessions, left = (double)counted(w, meters(w)->left) / sessions;
  /* 1 + 1/2 + 1/4 attempts of x and 7/8 of c; an eighth leaves. */
  test_check(fabs(attempts - 2.625) < 0.04 && fabs(left - 0.125) < 4 * sqrt(0.11 / sessions), "%.4f attempts, %.4f left", attempts,
             left);
  world_free(w);
  fixture_close(&f);
}

/* Refused at once, asking again without a thought: a millisecond passes each time. */
static void test_time_goes_on(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'dead', 'traffic': { 's': { 'kind': 'session', 'rate': '2/s', 'journey': [ { 'ask': 'p', 'failed': "
      "'again' } ] } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '1ms' } ] } }, 'services': { 'a': { 'kind': 'app', "
      "'restart': 'no' } }, 'faults': { 'x': { 'kind': 'crash', 'service': 'a', 'at': '0s' } }, 'platform': { 'kind': 'compose', "
      "'nodes': { 'n': { 'cpu': 1 } } }, 'run': { 'warmup': '0s', 'window': '10s', 'windows': 1 } }");
  struct world *w = fixture_run(&f, 1, "dead");
  double asked = (double)w->observation.arrived, client_s = w->observation.meters[meters(w)->active].course.sums[0] * 1e-9;
  test_check(asked > 5000 && fabs(asked / (1000 * client_s) - 1) < 0.01, "%.0f requests in %.3f s of sessions", asked, client_s);
  world_free(w);
  fixture_close(&f);
}

/* The same people whatever they meet: a slower site changes neither who comes nor where they turn. */
static void test_same_people(void) {
  uint64_t asked[2][4];
  for (int slow = 0; slow < 2; slow++) {
    struct fixture f =
        journey("10/s", slow ? ", 'hedge': '100ms', 'reload': '400ms'" : "", WALK, slow ? ", 'replicas': 2" : "", "100s");
    f.scenario->model.run.window = 1000 * SIM_S; /* nobody comes after 100 s: everybody gets to the end */
    struct world *w = world_new(&f.scenario->model, 8, 0, WORLD_TRAFFIC);
    world_warm_up(w);
    calendar_run(w->calendar, 100 * SIM_S);
    calendar_clear(w->calendar, world_sources(w)->each[0].arrivals.slot);
    calendar_run(w->calendar, 1000 * SIM_S);
    for (uint32_t e = 0; e < 4; e++) asked[slow][e] = fixture_ends(w, e).arrived;
    test_check(active(w) == 0, "%lld are still on their way", (long long)active(w));
    world_free(w);
    fixture_close(&f);
  }
  test_check(!memcmp(asked[0], asked[1], sizeof asked[0]) && asked[0][1] > 1500, "%llu and %llu requests for b",
             (unsigned long long)asked[0][1], (unsigned long long)asked[1][1]);
}

/* --- pages ---------------------------------------------------------------------------------------------------------------------- */

static const struct page_meters *page_meters(const struct world *w) { return &world_sources(w)->each[0].config->page_meters; }

/* b takes 500 ms and c 250 ms. Documents and files never wait for each other. */
static void test_pages(void) {
  static const struct {
    const char *place;
    double load_ms;
  } rows[] = {
      {"{ 'ask': 'c', 'files': [ 'b', { 'ask': 'c', 'count': 3 } ] }", 250 + 500},
      {"{ 'ask': 'c', 'files': [ 'b', { 'ask': 'c', 'count': 3 } ], 'at_once': 1 }", 250 + 500 + 3 * 250},
      /* From 250 ms on: b to 750; c to 500, to 750, and the third to 1,000. */
      {"{ 'ask': 'c', 'files': [ 'b', { 'ask': 'c', 'count': 3 } ], 'at_once': 2 }", 1000},
      {"{ 'ask': 'c', 'files': [ { 'ask': 'c', 'count': 3, 'stage': 2 }, 'b' ] }", 250 + 500 + 250},
      {"{ 'ask': 'c', 'files': [ { 'ask': 'c', 'count': 3, 'stage': 9 }, 'b', { 'ask': 'b', 'stage': 5 } ], 'at_once': 2 }",
       250 + 500 + 500 + 2 * 250},
      /* Thirteen at six at a time are three rounds; with HTTP/2 they are one. */
      {"{ 'ask': 'c', 'files': [ { 'ask': 'b', 'count': 13 } ] }", 250 + 3 * 500},
      {"{ 'ask': 'c', 'files': [ { 'ask': 'b', 'count': 13 } ], 'at_once': 'unlimited' }", 250 + 500},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = journey("2/s", "", rows[i].place, "", "200s");
    struct world *w = fixture_run(&f, 1, rows[i].place);
    const struct histogram *load = w->observation.meters[page_meters(w)->load].time;
    test_check(load->count > 300 && (double)histogram_max(load) == rows[i].load_ms * 1e6 &&
                   (double)histogram_min(load) == rows[i].load_ms * 1e6,
               "%s: %llu pages, %.9g to %.9g ms", rows[i].place, (unsigned long long)load->count,
               (double)histogram_min(load) * 1e-6, (double)histogram_max(load) * 1e-6);
    test_check(counted(w, page_meters(w)->broken) == 0 &&
                   histogram_max(w->observation.meters[meters(w)->length].time) >= histogram_max(load),
               "%s: pages are broken, or sessions end before them", rows[i].place);
    world_free(w);
    fixture_close(&f);
  }
}

/* Of two external calls each fails half of the time: a quarter of the pages is whole. What is asked for is counted by place. */
static void test_broken_pages(void) {
  struct fixture f =
      journey("50/s", "", "{ 'ask': 'c', 'files': [ { 'ask': 'x', 'count': 2 }, 'b' ], 'failed': 'go-on' }", "", "200s");
  const double *visits = model_source(&f.scenario->model, 0)->visits;
  test_check(visits[0] == 0 && visits[1] == 1 && visits[2] == 1 && visits[3] == 2, "visits %g %g %g %g", visits[0], visits[1],
             visits[2], visits[3]);
  struct world *w = fixture_run(&f, 1, "broken");
  double whole = (double)w->observation.meters[page_meters(w)->load].time->count,
         broken = (double)counted(w, page_meters(w)->broken);
  /* 10,000 pages: a quarter with a standard error of 0.43 points. */
  test_check(fabs(whole / (whole + broken) - 0.25) < 0.018, "%.0f whole, %.0f broken", whole, broken);
  test_check(counted(w, meters(w)->left) == 0, "sessions left");
  world_free(w);
  fixture_close(&f);
}

/* The client's line of 8 Mbit/s carries 1 MB a second: three files that are answered at once arrive after 1, 2 and 3 s; other
 * clients have lines of their own. Two Mbit are 0.25 s on the line up, one after the other. */
static void test_line_of_a_page(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'line', 'traffic': { 's': { 'kind': 'session', 'rate': '1/s', 'link': { 'down': '8Mbit/s', 'up': "
      "'8Mbit/s' }, 'journey': [ { 'ask': 'a', 'files': [ { 'ask': 'b', 'count': 3 } ] } ] } }, 'endpoints': { 'a': { 'entry': "
      "'w', "
      "'steps': [ { 'delay': '100ms' } ] }, 'b': { 'entry': 'w', 'request': '250KB', 'response': '1MB', 'steps': [ { 'delay': "
      "'200ms' } "
      "] } }, 'services': { 'w': { 'kind': 'app', 'threads': 100000, 'runtime': 'threads', 'backlog': 'unlimited' } }, 'platform': "
      "{ "
      "'kind': 'static', 'nodes': { 'n': { 'cpu': 'unlimited' } } }, 'run': { 'warmup': '0s', 'window': '300s', 'windows': 1 } }");
  struct world *w = fixture_run(&f, 1, "line");
  const struct histogram *load = w->observation.meters[page_meters(w)->load].time;
  /* Files arrive at 0.25, 0.5 and 0.75 s, are answered 0.2 s later, and come back one second each from 0.45 s on. */
  test_check(load->count > 200 && histogram_min(load) == 3550 * SIM_MS && histogram_max(load) == 3550 * SIM_MS, "%.9g to %.9g s",
             sim_seconds(histogram_min(load)), sim_seconds(histogram_max(load)));
  world_free(w);
  fixture_close(&f);
}

static const struct test_case cases[] = {{"fixed_steps", test_fixed_steps},
                                         {"chain", test_chain},
                                         {"failed", test_failed},
                                         {"retries_inside", test_retries_inside},
                                         {"time_goes_on", test_time_goes_on},
                                         {"same_people", test_same_people},
                                         {"pages", test_pages},
                                         {"broken_pages", test_broken_pages},
                                         {"line_of_a_page", test_line_of_a_page},
                                         {NULL, NULL}};
const struct test_suite suite_journeys = {"journeys", cases};
