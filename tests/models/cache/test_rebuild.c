/* Cures of the stampede (models/cache/rebuild.h): who rebuilds, who waits, what happens when a rebuild fails or its process dies. And commands of a cache. */
#include "models/request/operation.h"
#include "tests/model_fixture.h"

/* Of the scenario: traffic, stampede, miss steps, more services, faults, run. */
#define SCENARIO                                                                                                                   \
  "{ 'aguanta': 1, 'name': 'c', 'traffic': { 's': { 'kind': 'open', %s, 'mix': { 'p': 1 } } }, 'keys': { 'k': 1 }, "               \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cached': '%s', 'key': 'k', 'stampede': %s, 'demand': '10us', "                \
  "'miss': [ %s ] } ] } }, 'services': { 'a': { 'kind': 'app', 'replicas': 2, 'backlog': 'unlimited', 'start': '1s', 'cache': { "  \
  "'ttl': '60s' } }, "                                                                                                             \
  "'c': { 'kind': 'cache', 'start': '1s', 'backlog': 'unlimited', 'cache': { 'ttl': '60s' } }%s }, 'faults': { %s }, "             \
  "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 8 } } }, 'run': { %s } }"

static const struct meter_observation *meter(const struct world *w, const char *thing, const char *name) {
  const struct model *m = w->model;
  for (uint32_t i = 0; i < m->meter_count; i++)
    if (!strcmp(m->meters[i].thing, thing) && !strcmp(m->meters[i].name, name)) return &w->observation.meters[i];
  test_check(false, "no meter %s.%s", thing, name);
  return &w->observation.meters[0];
}

static double counted(const struct world *w, const char *thing, const char *name) {
  const struct series *course = &meter(w, thing, name)->course;
  double sum = 0;
  for (uint32_t i = 0; i < course->windows; i++) sum += course->sums[i];
  return sum;
}

/* Ten at once, one key, 200 ms of rebuild: once, then a silence. Two replicas in turn, five requests each. */
static void test_ten_at_once(void) {
  static const struct {
    const char *cached, *stampede;
    double rebuilds, waits, mean_us; /* mean latency, by hand */
  } rows[] = {
      /* the n-th look-up ends after 10 n us; fills are in the same order: 10 n + 200 ms + 10 us */
      {"c", "'none'", 10, 0, 200065},
      /* the first of each replica rebuild: after 10 and 20 us; fills end at 200,020 and 200,030; the others end with theirs */
      {"c", "'coalesce'", 2, 8, 200025},
      /* the first rebuilds: 200,020; nine look again, one after the other: 200,020 + 10 n */
      {"c", "'lock'", 1, 9, 200065},
      /* ten look-ups, then ten commands for the lock: the first has it after 107 us; 200 ms, fill, and the command that gives it back:
       * 200,124; nine look again */
      {"c", "{ 'cure': 'lock', 'command': '7us' }", 1, 9, 200169},
      {"c", "{ 'cure': 'lock', 'command': '0s' }", 1, 9, 200065},
      {"c", "'stale'", 10, 0, 200065},
      {"c", "'early'", 10, 0, 200065},
      {"a", "'none'", 10, 0, 200000},
      {"a", "'coalesce'", 2, 8, 200000}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(SCENARIO, "'rate': '0.005/s', 'batch': 10", rows[i].cached, rows[i].stampede,
                                  "{ 'delay': '200ms' }", "", "", "'window': '4000s', 'warmup': '0s'");
    struct world *w = fixture_run(&f, 1, rows[i].stampede);
    double batches = (double)w->observation.arrived / 10;
    double misses = counted(w, rows[i].cached, "misses"), rebuilds = counted(w, rows[i].cached, "rebuilds");
    bool waits = rows[i].waits > 0;
    test_check(batches > 1, "%g batches", batches);
    /* an expiry is not always between two batches: as many rounds as there were misses */
    double rounds = misses / 10;
    test_check(rebuilds == rounds * rows[i].rebuilds, "%s in %s: %g rebuilds after %g misses", rows[i].stampede, rows[i].cached,
               rebuilds, misses);
    if (waits)
      test_check((double)meter(w, rows[i].cached, "rebuild_wait")->time->count == rounds * rows[i].waits, "%s: %g waits, not %g",
                 rows[i].stampede, (double)meter(w, rows[i].cached, "rebuild_wait")->time->count, rounds * rows[i].waits);
    if (rounds == batches)
      test_check(fabs(histogram_mean(fixture_latency(w, 0)) - rows[i].mean_us * 1e3) < 1, "%s in %s: %.9g us, not %.9g",
                 rows[i].stampede, rows[i].cached, histogram_mean(fixture_latency(w, 0)) * 1e-3, rows[i].mean_us);
    world_free(w), fixture_close(&f);
  }
}

/* The same ten, who wait for 50 ms of the 200. */
static void test_tired(void) {
  static const struct {
    const char *stampede;
    double rebuilds, waits, gave_up, failed, mean_us; /* mean latency of those who were answered */
  } rows[] = {
      /* the n-th begins after 50,000 + 10 n, has it 200,000 later and fills in turn: 250,010 + 10 n; the first after 200,020 */
      {"{ 'cure': 'lock', 'wait': '50ms' }", 10, 9, 9, 0, (200020 + 9 * 250070) / 10.},
      {"{ 'cure': 'lock', 'wait': '50ms', 'then': 'fail' }", 1, 9, 9, 9, 200020},
      {"{ 'cure': 'lock', 'wait': '250ms', 'then': 'fail' }", 1, 9, 0, 0, 200065},
      /* two begin at once, after 10 and 20 us; the third of ten is the next */
      {"{ 'cure': 'coalesce', 'wait': '50ms' }", 10, 8, 8, 0, (200020 + 200030 + 8 * 250075) / 10.},
      {"{ 'cure': 'coalesce', 'wait': '50ms', 'then': 'fail' }", 2, 8, 8, 8, 200025},
      {"{ 'cure': 'coalesce', 'wait': '250ms' }", 2, 8, 0, 0, 200025}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(SCENARIO, "'rate': '0.005/s', 'batch': 10", "c", rows[i].stampede, "{ 'delay': '200ms' }", "", "",
                                  "'window': '4000s', 'warmup': '0s'");
    struct world *w = fixture_run(&f, 1, rows[i].stampede);
    double rounds = counted(w, "c", "rebuilds") / rows[i].rebuilds, failed = (double)w->observation.ended[OUTCOME_LOCK_TIMEOUT],
           waits = (double)meter(w, "c", "rebuild_wait")->time->count;
    test_check(rounds > 1 && rounds == floor(rounds) && waits == rounds * rows[i].waits, "%s: %g rounds, %g waits",
               rows[i].stampede, rounds, waits);
    test_check(counted(w, "c", "rebuild_timeouts") == rounds * rows[i].gave_up && failed == rounds * rows[i].failed,
               "%s: in %g rounds %g were tired, %g failed", rows[i].stampede, rounds, counted(w, "c", "rebuild_timeouts"), failed);
    bool all_cold = rounds == (double)w->observation.arrived / 10;
    if (all_cold && rows[i].mean_us > 0)
      test_check(fabs(histogram_mean(fixture_latency(w, 0)) - rows[i].mean_us * 1e3) < 1, "%s: %.9g us, not %.9g", rows[i].stampede,
                 histogram_mean(fixture_latency(w, 0)) * 1e-3, rows[i].mean_us);
    world_free(w), fixture_close(&f);
  }
}

/* One holds the lock for 200 ms, one waits for it without end, one is tired after 50 ms and rebuilds in 10: it holds no lock, but those
 * who wait find what it has filled in. They come a millisecond apart: waits of 61 and 50 ms. */
static void test_tired_tells(void) {
  static const char *const sites[] = {"'lock', 'miss': [ { 'delay': '200ms' } ]", "'lock', 'miss': [ { 'delay': '200ms' } ]",
                                      "{ 'cure': 'lock', 'wait': '50ms' }, 'miss': [ { 'delay': '10ms' } ]"};
  char branches[600];
  for (int i = 0, length = 0; i < 3; i++)
    length += snprintf(branches + length, sizeof branches - (size_t)length,
                       "%s{ 'steps': [ { 'delay': '%dms' }, { 'cached': 'c', 'key': 'k', 'demand': '0s', 'stampede': %s } ] }",
                       i ? ", " : "", i, sites[i]);
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'c', 'traffic': { 's': { 'kind': 'open', 'rate': '0.01/s', 'mix': { 'p': 1 } } }, 'keys': { 'k': 1 "
      "}, "
      "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'parallel': [ %s ] } ] } }, 'services': { 'a': { 'kind': 'app' }, "
      "'c': { 'kind': 'cache', 'cache': { 'ttl': '1s' } } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 8 } } }, "
      "'run': { 'window': '2000s', 'warmup': '0s' } }",
      branches);
  struct world *w = fixture_run(&f, 1, "tells");
  const struct histogram *h = meter(w, "c", "rebuild_wait")->time;
  test_check(h->count > 10 && fabs(histogram_mean(h) * 1e-6 - 55.5) < 0.1, "%g ms of waiting", histogram_mean(h) * 1e-6);
  world_free(w), fixture_close(&f);
}

/* A refresh in the background fills the L1 of its process too. L1 is good for 10 s, Redis for 30, a rebuild takes 5, ten requests a
 * second: what is found stale at t is stale in L1 until t + 5 and then new there until t + 15; it is looked for at 15.1, 25.2 and
 * 35.3, when it is stale again. (Without the fill at 10.1, 20.2, 30.3 and 40.4.) */
static void test_refresh_fills_l1(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'c', 'traffic': { 's': { 'kind': 'open', 'rate': '10/s', 'mix': { 'p': 1 } } }, 'keys': { 'k': 1 }, "
      "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cached': 'c', 'key': 'k', 'l1': true, 'stampede': { 'cure': 'stale', "
      "'stale': '60s' }, 'miss': [ { 'delay': '5s' } ] } ] } }, 'services': { 'a': { 'kind': 'app', 'cache': { 'ttl': '10s' } }, "
      "'c': { 'kind': 'cache', 'cache': { 'ttl': '30s' } } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 8 } } }, "
      "'run': { 'window': '3530s', 'warmup': '30s' } }");
  struct world *w = fixture_run(&f, 1, "refresh");
  test_check(fabs(counted(w, "c", "rebuilds") - 100) <= 2, "%g refreshes, not 100", counted(w, "c", "rebuilds"));
  test_check(fabs(counted(w, "a", "misses") - 300) <= 6, "L1 missed %g times, not 300", counted(w, "a", "misses"));
  world_free(w), fixture_close(&f);
}

/* After an expiry 1 + 500/s x 200 ms rebuild; a cure leaves one for all, or one for each of two processes. Of 3,600 s a cycle takes
 * 60.2 s and a bit. */
static void test_theory(void) {
  static const struct {
    const char *stampede;
    double low, high; /* rebuilds in a cycle of 60.2 s */
  } rows[] = {
      {"'none'", 98, 104}, {"'coalesce'", 1.99, 2.01}, {"'lock'", 0.99, 1.01}, {"{ 'cure': 'stale', 'stale': '10s' }", 0.99, 1.02}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(SCENARIO, "'rate': '500/s'", "c", rows[i].stampede, "{ 'delay': '200ms' }", "", "",
                                  "'window': '3612s', 'warmup': '30s'");
    struct world *w = fixture_run(&f, 1, rows[i].stampede);
    double each = counted(w, "c", "rebuilds") / 60;
    test_check(each > rows[i].low && each < rows[i].high, "%s: %.4g rebuilds after an expiry", rows[i].stampede, each);
    if (i == 3) {
      double stale = counted(w, "c", "stale_served") / 60; /* those of the 200 ms, and the one that finds it */
      test_check(fabs(stale - 101) < 4 * sqrt(100.0 / 60), "%.4g served stale", stale);
      test_check(histogram_quantile(fixture_latency(w, 0), 0.99999) < 1e6, "somebody waited for a refresh");
    }
    world_free(w), fixture_close(&f);
  }
}

/* To count rebuilds changes nothing, to the nanosecond; neither does a line in which nobody ever waits. */
static void test_counting_only(void) {
  static const char *const cures[] = {"", ", 'stampede': 'none'"};
  unsigned __int128 sojourn = 0;
  for (int i = 0; i < 2; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'c', 'traffic': { 's': { 'kind': 'open', 'rate': '400/s', 'mix': { 'p': 1 } } }, 'keys': { 'k': "
        "100 }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cached': 'c', 'key': 'k', 'l1': true, 'demand': { 'exponential': "
        "'100us' }%s, 'miss': [ { 'cpu': { 'exponential': '1ms' } } ] }, { 'cpu': { 'exponential': '1ms' } } ] } }, 'services': { "
        "'a': { 'kind': 'app', 'cache': { 'ttl': '100ms' } }, 'c': { 'kind': 'cache', 'cache': { 'ttl': '1s', 'jitter': 0.5 } } "
        "}, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 8 } } }, 'run': { 'window': '20s', 'warmup': '0s' } }",
        cures[i]);
    struct world *w = fixture_run(&f, 7, cures[i]);
    if (!i) sojourn = w->observation.sojourn_ns;
    test_check(w->observation.sojourn_ns == sojourn, "other times inside when rebuilds are counted");
    if (i) test_check(counted(w, "c", "rebuilds") == counted(w, "c", "misses"), "who misses rebuilds");
    world_free(w), fixture_close(&f);
  }
}

/* XFetch, beta 1, delta 0.2 s: at time s before its end each of 500 requests/s rebuilds with probability e^(-s / delta); the first one
 * comes when the integral 500 delta e^(-s/delta) is exponential: s = delta (ln 100 - ln E), in the mean delta (ln 100 + 0.5772) =
 * 1.036 s. Within the 200 ms that its rebuild takes the intensity grows e-fold: e - 1 = 1.718 more in the mean (E is 1 in the mean). */
static void test_early(void) {
  struct fixture f = fixture_of(SCENARIO, "'rate': '500/s'", "c", "'early'", "{ 'delay': '200ms' }", "", "",
                                "'window': '36000s', 'warmup': '30s'");
  struct world *w = fixture_run(&f, 1, "early");
  double cycles = 36000 / (60.2 - 1.036), each = counted(w, "c", "rebuilds") / cycles;
  test_check(fabs(each - 2.718) < 0.3, "%.4g rebuilds in a cycle", each);
  test_check(counted(w, "c", "misses") < 5, "%g found it expired", counted(w, "c", "misses"));
  world_free(w), fixture_close(&f);
}

/* An external service that fails always, and everybody's turn comes: as many rebuilds as requests, one after the other. */
static void test_failing_rebuild(void) {
  static const char *const cures[] = {"'coalesce'", "'lock'", "'stale'"};
  for (int i = 0; i < 3; i++) {
    struct fixture f =
        fixture_of(SCENARIO, "'rate': '0.01/s', 'batch': 10", "c", cures[i], "{ 'external': 'e' }",
                   ", 'e': { 'kind': 'external', 'latency': '200ms', 'failure': 1 }", "", "'window': '1000s', 'warmup': '0s'");
    struct world *w = fixture_run(&f, 1, cures[i]);
    double all = (double)w->observation.arrived;
    test_check(counted(w, "c", "rebuilds") == all && (double)w->observation.ended[OUTCOME_EXTERNAL] == all,
               "%s: %g rebuilds and %g failures of %g", cures[i], counted(w, "c", "rebuilds"),
               (double)w->observation.ended[OUTCOME_EXTERNAL], all);
    world_free(w), fixture_close(&f);
  }
}

/* Processes and the cache die at random while rebuilds are under way: the audit tells what is lost. */
static void test_crashes(void) {
  static const char *const cures[] = {"'none'",
                                      "'coalesce'",
                                      "'lock'",
                                      "{ 'cure': 'lock', 'expiry': '100ms' }",
                                      "{ 'cure': 'lock', 'command': '20us', 'wait': '50ms' }",
                                      "{ 'cure': 'lock', 'wait': '100ms', 'then': 'fail' }",
                                      "{ 'cure': 'coalesce', 'wait': '80ms' }",
                                      "{ 'cure': 'stale', 'stale': '2s' }",
                                      "{ 'cure': 'early', 'beta': 3 }"};
  for (int i = 0; i < 9; i++) {
    struct fixture f = fixture_of(SCENARIO, "'rate': '300/s', 'timeout': '150ms', 'cancel': true", "c", cures[i],
                                  "{ 'cpu': { 'exponential': '1ms' } }, { 'external': 'e' }",
                                  ", 'e': { 'kind': 'external', 'latency': { 'exponential': '200ms' }, 'failure': 0.3 }",
                                  "'x': { 'kind': 'crash', 'service': 'c', 'mtbf': '3s' }, 'y': { 'kind': 'crash', 'service': "
                                  "'a', 'mtbf': '2s' }",
                                  "'window': '60s', 'warmup': '0s'");
    for (uint64_t seed = 1; seed < 6; seed++) {
      struct world *w = fixture_run(&f, seed, cures[i]);
      test_check(counted(w, "c", "rebuilds") > 20, "%s: %g rebuilds", cures[i], counted(w, "c", "rebuilds"));
      world_free(w);
    }
    fixture_close(&f);
  }
}

/* A lock that expires before its rebuild is done goes to the next in line, at 150 ms; when the first is through, at 200 ms, all look. */
static void test_lock_expires(void) {
  struct fixture f = fixture_of(SCENARIO, "'rate': '0.01/s', 'batch': 10", "c", "{ 'cure': 'lock', 'expiry': '150ms' }",
                                "{ 'delay': '200ms' }", "", "", "'window': '1000s', 'warmup': '0s'");
  struct world *w = fixture_run(&f, 1, "expiry");
  double rounds = counted(w, "c", "misses") / 10;
  test_check(counted(w, "c", "rebuilds") == 2 * rounds, "%g rebuilds in %g rounds", counted(w, "c", "rebuilds"), rounds);
  world_free(w), fixture_close(&f);
}

/* --- commands ------------------------------------------------------------------------------------------------------------------- */

/* 300 and 600 keys at 300 ns each; LRANGE of 300 items at 159 ns: 21,000 a second; a pipeline of n takes n commands. Ten come at once and share one thread:
 * their latencies are 1 to 10 times the demand, 5.5 in the mean. */
static void test_commands(void) {
  static const struct {
    const char *step;
    double demand_ns;
  } rows[] = {{"'command': 'c'", 10e3},
              {"'command': 'c', 'demand': '0s', 'items': 300", 90e3},
              {"'command': 'c', 'demand': '0s', 'items': 600", 180e3},
              {"'command': 'c', 'demand': '0s', 'items': 300, 'per_item': '159ns'", 1e9 / 21e3},
              {"'command': 'c', 'items': 1000, 'per_item': '1us'", 1010e3},
              {"'command': 'c', 'demand': '2us', 'count': 16", 32e3},
              {"'command': 'c', 'demand': '2us', 'items': 3, 'per_item': '1us', 'count': 4", 20e3}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'c', 'traffic': { 's': { 'kind': 'open', 'rate': '1/s', 'batch': 10, 'mix': { 'p': 1 } } }, "
        "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { %s } ] } }, 'services': { 'a': { 'kind': 'app' }, 'c': { 'kind': 'cache' "
        "} }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 8 } } }, 'run': { 'window': '100s', 'warmup': '0s' } }",
        rows[i].step);
    struct world *w = fixture_run(&f, 1, rows[i].step);
    double mean = histogram_mean(fixture_latency(w, 0)), expected = 5.5 * rows[i].demand_ns;
    test_check(fabs(mean / expected - 1) < 0.003, "%s: %.6g ns, not %.6g", rows[i].step, mean, expected);
    double asked = 0;
    for (uint32_t k = 0; k < w->model->programs[0].count; k++)
      if (w->model->programs[0].instructions[k].operation == &operation_compute)
        asked += w->model->programs[0].instructions[k].demand.mean;
    test_check(fabs(asked / rows[i].demand_ns - 1) < 0.003, "%s: the saturation table knows %.6g ns", rows[i].step, asked);
    world_free(w), fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"ten_at_once", test_ten_at_once},
                                         {"tired", test_tired},
                                         {"tired_tells", test_tired_tells},
                                         {"refresh_fills_l1", test_refresh_fills_l1},
                                         {"theory", test_theory},
                                         {"counting_only", test_counting_only},
                                         {"early", test_early},
                                         {"failing_rebuild", test_failing_rebuild},
                                         {"crashes", test_crashes},
                                         {"lock_expires", test_lock_expires},
                                         {"commands", test_commands},
                                         {NULL, NULL}};
const struct test_suite suite_rebuild = {"rebuild", cases};
