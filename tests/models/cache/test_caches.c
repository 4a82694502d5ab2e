/* Caches in the whole program: L1 and L2, invalidation, crashes, sizes, what is known before a run, hit rates against theory. The
 * exact values of King and Che stand in tests/oracle (cache-*); what a store does by itself in test_cache_store.c. */
#include "models/request/operation.h"
#include "models/cache/cache.h"
#include "models/keys/keyspace.h"
#include "sim/measure/measure.h"
#include "sim/measure/view.h"
#include "tests/model_fixture.h"

/* Of the scenario: traffic rate, keys, steps, services, faults, run. */
#define SCENARIO                                                                                                                   \
  "{ 'aguanta': 1, 'name': 'c', 'traffic': { 's': { 'kind': 'open', 'rate': '%s', 'mix': { 'p': 1 } } }, 'keys': { 'k': %s }, "    \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ %s ] } }, 'services': { %s }, 'faults': { %s }, "                                \
  "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 8 } } }, 'run': { %s } }"

static uint32_t meter_named(const struct model *m, const char *thing, const char *name) {
  for (uint32_t i = 0; i < m->meter_count; i++)
    if (!strcmp(m->meters[i].thing, thing) && !strcmp(m->meters[i].name, name)) return i;
  test_check(false, "no meter %s.%s", thing, name);
  return 0;
}

static double counted(const struct world *w, const char *thing, const char *name) {
  const struct series *course = &w->observation.meters[meter_named(w->model, thing, name)].course;
  double sum = 0;
  for (uint32_t i = 0; i < course->windows; i++) sum += course->sums[i];
  return sum;
}

static int64_t level(const struct world *w, const char *thing, const char *name) {
  return level_value(&w->observation.meters[meter_named(w->model, thing, name)].level);
}

static double hit_rate(const struct world *w, const char *thing) {
  double hits = counted(w, thing, "hits");
  return hits / (hits + counted(w, thing, "misses"));
}

/* --- layers ------------------------------------------------------------------------------------------------------------------- */

/* One item, two replicas in turn: L1 of each is filled once, from L2 the second time. 1 ms is a miss step, commands take 10 us. */
static void test_layers(void) {
  struct fixture f = fixture_of(SCENARIO, "10/s", "1", "{ 'cached': 'c', 'key': 'k', 'l1': true, 'miss': [ { 'delay': '1ms' } ] }",
                                "'a': { 'kind': 'app', 'replicas': 2, 'cache': { 'ttl': '1h' } }, 'c': { 'kind': 'cache' }", "",
                                "'window': '100s', 'warmup': '0s'");
  struct world *w = fixture_run(&f, 1, "layers");
  test_check(counted(w, "a", "misses") == 2 && counted(w, "c", "misses") == 1 && counted(w, "c", "hits") == 1,
             "L1 missed %g times, L2 %g and hit %g", counted(w, "a", "misses"), counted(w, "c", "misses"), counted(w, "c", "hits"));
  test_check(level(w, "a", "entries") == 2 && level(w, "c", "entries") == 1, "%d and %d entries", (int)level(w, "a", "entries"),
             (int)level(w, "c", "entries"));
  /* 10 us + 1 ms + 10 us, and 10 us: all else took no time and asked Redis nothing */
  const struct histogram *h = fixture_latency(w, 0);
  test_check(fabs(histogram_mean(h) * (double)h->count - 1030e3) < 1, "%.9g ns in all", histogram_mean(h) * (double)h->count);
  world_free(w), fixture_close(&f);
}

/* The ttl of L1 is its own: 5 of L1's fills come from one of L2. Requests every 10 ms or so. */
static void test_ttls_of_layers(void) {
  struct fixture f =
      fixture_of(SCENARIO, "100/s", "1",
                 "{ 'cached': 'c', 'key': 'k', 'l1': true, 'ttl': '30s', 'demand': '0s', 'miss': [ { 'delay': '1ns' } ] }",
                 "'a': { 'kind': 'app', 'cache': { 'ttl': '5s' } }, 'c': { 'kind': 'cache', 'cache': { 'ttl': '1s' } }", "",
                 "'window': '3000s', 'warmup': '0s'");
  struct world *w = fixture_run(&f, 1, "ttls");
  double cycle = 5 + 0.01; /* a ttl, then until the next request */
  test_check(fabs(counted(w, "a", "misses") - 3000 / cycle) < 3, "L1 missed %g times, not %g", counted(w, "a", "misses"),
             3000 / cycle);
  test_check(fabs(counted(w, "c", "misses") - 3000 / (6 * cycle)) < 3, "L2 missed %g times, not %g", counted(w, "c", "misses"),
             3000 / (6 * cycle));
  world_free(w), fixture_close(&f);
}

/* --- writes ---------------------------------------------------------------------------------------------------------------------- */

/* Reads and writes of one item in equal parts: a read hits when no write came since the last read. Of many items alike too. */
static void test_invalidation(void) {
  static const char *const keys[] = {"1", "20"};
  for (int i = 0; i < 2; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'c', 'traffic': { 's': { 'kind': 'open', 'rate': '400/s', 'mix': { 'read': 3, 'write': 1 } } }, "
        "'keys': { 'k': %s }, 'endpoints': { 'read': { 'entry': 'a', 'steps': [ { 'cached': 'c', 'key': 'k', 'demand': '0s' } ] }, "
        "'write': { 'entry': 'a', 'steps': [ { 'invalidate': 'c', 'key': 'k', 'demand': '0s' } ] } }, "
        "'services': { 'a': { 'kind': 'app' }, 'c': { 'kind': 'cache' } }, "
        "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 8 } } }, 'run': { 'window': '300s', 'warmup': '1s' } }",
        keys[i]);
    struct world *w = fixture_run(&f, 3, "invalidation");
    double expected = 0.75, n = 90000, seen = hit_rate(w, "c");
    test_check(fabs(seen - expected) < 4 * sqrt(expected * (1 - expected) / n), "%s items: %.4f hits, not %.4f", keys[i], seen,
               expected);
    /* a write drops what is there: that the last one was a read */
    test_check(fabs(counted(w, "c", "invalidations") - 22500) < 4 * sqrt(30000 * 0.75), "%g dropped",
               counted(w, "c", "invalidations"));
    world_free(w), fixture_close(&f);
  }
}

/* --- the process goes ------------------------------------------------------------------------------------------------------------ */

/* Crashes empty the content; while the cache is away all is a miss, and afterwards it fills again. */
static void test_crash(void) {
  struct fixture f = fixture_of(
      SCENARIO, "200/s", "50", "{ 'cached': 'c', 'key': 'k', 'l1': true, 'miss': [ { 'delay': { 'exponential': '20ms' } } ] }",
      "'a': { 'kind': 'app', 'replicas': 3, 'start': '100ms', 'cache': { 'entries': 7, 'ttl': '1s' } }, "
      "'c': { 'kind': 'cache', 'start': '500ms' }",
      "'x': { 'kind': 'crash', 'service': 'c', 'at': '5s' }, 'y': { 'kind': 'crash', 'service': 'a', 'mtbf': "
      "'2s' }",
      "'window': '20s', 'warmup': '0s', 'windows': 20");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  world_warm_up(w);
  world_measure_until(w, 5 * SIM_S - 1);
  test_check(level(w, "c", "entries") == 50, "%d entries before the crash", (int)level(w, "c", "entries"));
  world_measure_until(w, 5 * SIM_S + SIM_MS);
  test_check(level(w, "c", "entries") == 0, "%d entries after the crash", (int)level(w, "c", "entries"));
  world_measure_until(w, 20 * SIM_S);
  test_check(level(w, "c", "entries") == 50, "%d entries in the end", (int)level(w, "c", "entries"));
  world_close(w);
  world_audit(w, fixture_broken, (void *)(uintptr_t) "crash");
  const struct cache_store *s = cache_content(&w->containers[w->services[fixture_service(&f, "c")].first], 0);
  test_check(s->lost == 50 && s->filled == 100, "%d lost, %d filled", (int)s->lost, (int)s->filled);
  world_free(w), fixture_close(&f);
}

/* --- cold and warm --------------------------------------------------------------------------------------------------------------- */

static const struct histogram *warm_ups(const struct world *w, const char *thing) {
  return w->observation.meters[meter_named(w->model, thing, "warm_up")].time;
}

/* One item: the first look-up of each store misses, all others hit. Ten at once, and ten at once a while later: of the first ten nine
 * hit. Two processes in each of two replicas, then one of the two crashes and both of its processes begin anew. */
static void test_warm_by_hand(void) {
  static const struct {
    const char *warm;
    double each, cold; /* beginnings that got warm; stores that are cold in the end */
  } rows[] = {{"{ 'hits': '90%', 'of': 10 }", 6, 0}, {"{ 'hits': '91%', 'of': 10 }", 6, 0}, {"{ 'hits': 1, 'of': 100000 }", 0, 4}};
  double first = 0;
  for (int i = 0; i < 3; i++) {
    char services[300];
    snprintf(services, sizeof services,
             "'a': { 'kind': 'app', 'replicas': 2, 'processes': 2, 'start': '1s', 'cache': { 'entries': 9, 'warm': %s } }",
             rows[i].warm);
    struct fixture f = fixture_of(SCENARIO, "100/s", "1", "{ 'cached': 'a', 'key': 'k', 'miss': [ ] }", services,
                                  "'x': { 'kind': 'crash', 'service': 'a', 'at': '50s' }", "'window': '100s', 'warmup': '0s'");
    struct world *w = fixture_run(&f, 1, rows[i].warm);
    const struct histogram *h = warm_ups(w, "a");
    test_check((double)h->count == rows[i].each, "%s: %g warm-ups", rows[i].warm, (double)h->count);
    test_check((double)level(w, "a", "cold") == rows[i].cold, "%s: %d cold", rows[i].warm, (int)level(w, "a", "cold"));
    /* nine gaps between look-ups at a quarter of 100/s, or nineteen */
    if (i == 0) first = histogram_mean(h);
    if (i == 1) test_check(fabs(histogram_mean(h) - 0.76e9) < 0.3e9 && first < histogram_mean(h), "%g ns", histogram_mean(h));
    world_free(w), fixture_close(&f);
  }
}

/* Without ttl and limit the n-th block hits 1 - sum p exp(-lambda p t) in the mean over its time, of `of` look-ups a binomial number:
 * so the mean of the end of the first block with as many as are wanted is known. */
static double predicted_warm_up(double rate, uint32_t items, double hits, double of) {
  double sum = 0, yet = 1, mean = 0;
  for (uint32_t k = 1; k <= items; k++) sum += pow(k, -0.9);
  for (int block = 1; yet > 1e-6; block++) {
    double share = 0;
    for (uint32_t k = 1; k <= items; k++) {
      double p = pow(k, -0.9) / sum, a = rate * p * (block - 1) * of / rate, b = rate * p * block * of / rate;
      share += p * (1 - (exp(-a) - exp(-b)) / (b - a));
    }
    double passes = 0.5 * erfc((hits - 0.5 / of - share) / sqrt(2 * share * (1 - share) / of));
    mean += yet * passes * block * of / rate, yet *= 1 - passes;
  }
  return mean;
}

static void test_warm_by_theory(void) {
  static const struct {
    const char *hits;
    double wanted, of;
  } rows[] = {{"70%", 0.7, 200}, {"85%", 0.85, 500}};
  for (int i = 0; i < 2; i++) {
    char services[200];
    snprintf(services, sizeof services,
             "'a': { 'kind': 'app' }, 'c': { 'kind': 'cache', 'cache': { 'warm': { 'hits': '%s', 'of': %g } } }", rows[i].hits,
             rows[i].of);
    struct fixture f = fixture_of(SCENARIO, "1000/s", "{ 'of': 5000, 'zipf': 0.9 }",
                                  "{ 'cached': 'c', 'key': 'k', 'demand': '0s' }", services, "", "'window': '40s', 'warmup': '0s'");
    double took[40];
    for (int seed = 0; seed < 40; seed++) {
      struct world *w = fixture_run(&f, (uint64_t)seed, rows[i].hits);
      test_check(warm_ups(w, "c")->count == 1, "%s, seed %d: %d warm-ups", rows[i].hits, seed, (int)warm_ups(w, "c")->count);
      took[seed] = histogram_mean(warm_ups(w, "c")) * 1e-9;
      world_free(w);
    }
    struct mean_of m = mean_of(took, 40);
    double predicted = predicted_warm_up(1000, 5000, rows[i].wanted, rows[i].of);
    test_check(fabs(m.mean - predicted) < 2 * m.half && m.half < 0.1 * predicted, "%s: warm after %.3f s +- %.3f, not %.3f",
               rows[i].hits, m.mean, m.half, predicted);
    fixture_close(&f);
  }
}

/* --- nothing there ------------------------------------------------------------------------------------------------------------ */

/* A cache that has no room is one that never hits, to the nanosecond, though all draw. */
static void test_no_room(void) {
  static const char *const ways[] = {"'hit': 0", "'key': 'k'", "'key': 'k', 'l1': true",
                                     "'key': 'k', 'bytes': '1kB', 'bytes_cv': 1"};
  unsigned __int128 sojourn = 0;
  for (int i = 0; i < 4; i++) {
    char steps[400];
    snprintf(
        steps, sizeof steps,
        "{ 'cached': 'c', %s, 'demand': { 'exponential': '100us' }, 'miss': [ { 'cpu': { 'exponential': '1ms' } }, { 'delay': { "
        "'exponential': '1ms' } } ] }, { 'cpu': { 'exponential': '2ms' } }",
        ways[i]);
    struct fixture f =
        fixture_of(SCENARIO, "400/s", "{ 'of': 100, 'zipf': 1 }", steps,
                   "'a': { 'kind': 'app', 'threads': 4, 'cache': { 'entries': 0 } }, 'c': { 'kind': 'cache', 'cache': { "
                   "'entries': 0 } }",
                   "", "'window': '20s', 'warmup': '0s'");
    struct world *w = fixture_run(&f, 7, ways[i]);
    if (!i) sojourn = w->observation.sojourn_ns;
    test_check(w->observation.sojourn_ns == sojourn, "%s: other times inside than without room", ways[i]);
    world_free(w), fixture_close(&f);
  }
}

/* --- sizes ------------------------------------------------------------------------------------------------------------------------ */

/* Room for a tenth of all bytes; an item always has the same size, so what is held adds up, and larger means nothing for who goes. */
static void test_sizes(void) {
  struct fixture f = fixture_of(
      SCENARIO, "2000/s", "1000", "{ 'cached': 'c', 'key': 'k', 'bytes': '4kB', 'bytes_cv': 1, 'demand': '0s' }",
      "'a': { 'kind': 'app' }, 'c': { 'kind': 'cache', 'cache': { 'size': '400kB' } }", "", "'window': '50s', 'warmup': '2s'");
  struct world *w = fixture_run(&f, 1, "sizes");
  const struct meter_observation *bytes = &w->observation.meters[meter_named(w->model, "c", "bytes")];
  test_check(bytes->most <= 400e3 && bytes->most > 380e3, "at most %g bytes", bytes->most);
  /* all alike: an item is there for as long as others of its bytes take to push it out: C / N of them, whatever its size */
  test_check(fabs(hit_rate(w, "c") - 0.1) < 0.01, "%.4f hits", hit_rate(w, "c"));
  world_free(w), fixture_close(&f);
}

/* --- theory ---------------------------------------------------------------------------------------------------------------------- */

/* TTL 60 s from the fill, Zipf 0.8, 20,000 objects: operational facts, and Jung, Berger and Balakrishnan's formula. */
static void test_ttl_gets_better_with_load(void) {
  static const struct { double rate, published; } rows[] = {{10, 0.22}, {100, 0.48}, {1000, 0.81}};
  for (int i = 0; i < 3; i++) {
    char rate[20], run[60];
    snprintf(rate, sizeof rate, "%g/s", rows[i].rate);
    snprintf(run, sizeof run, "'window': '%gs', 'warmup': '240s'", rows[i].rate > 500 ? 360 : 12e4 / rows[i].rate);
    struct fixture f = fixture_of(SCENARIO, rate, "{ 'of': 20000, 'zipf': 0.8 }", "{ 'cached': 'a', 'key': 'k' }",
                                  "'a': { 'kind': 'app', 'cache': { 'ttl': '60s' } }", "", run);
    struct world *w = fixture_run(&f, 1, rate);
    double exact = 0, sum = 0;
    for (uint32_t k = 1; k <= 20000; k++) sum += pow(k, -0.8);
    for (uint32_t k = 1; k <= 20000; k++) {
      double p = pow(k, -0.8) / sum, x = rows[i].rate * p * 60;
      exact += p * x / (1 + x);
    }
    test_check(fabs(exact - rows[i].published) < 0.005, "%s: the formula gives %.4f", rate, exact);
    test_check(fabs(hit_rate(w, "a") - exact) < 0.007, "%s: %.4f hits, not %.4f", rate, hit_rate(w, "a"), exact);
    world_free(w), fixture_close(&f);
  }
}

/* Hits of one store that is asked for items k^-0.9 at the rate: ttl from the fill, or LRU of so many entries by Che. */
static double expected_hits(double rate, uint32_t of, double ttl, double entries) {
  double sum = 0, low = 0, high = 1e6, hits = 0;
  for (uint32_t k = 1; k <= of; k++) sum += pow(k, -0.9);
  for (int i = 0; ttl <= 0 && i < 60; i++) {
    double middle = (low + high) / 2, held = 0;
    for (uint32_t k = 1; k <= of; k++) held += 1 - exp(-rate * pow(k, -0.9) / sum * middle);
    *(held < entries ? &low : &high) = middle;
  }
  for (uint32_t k = 1; k <= of; k++) {
    double p = pow(k, -0.9) / sum, x = rate * p * ttl;
    hits += p * (ttl > 0 ? x / (1 + x) : 1 - exp(-rate * p * low));
  }
  return hits;
}

/* Each process has a store of its own: it sees its share of the requests, and has all the room for them. */
static void test_processes(void) {
  static const struct {
    const char *service, *cache;
    double stores, ttl, entries;
  } rows[] = {{"'replicas': 1", "'ttl': '20s'", 1, 20, 0},
              {"'replicas': 1, 'processes': 4", "'ttl': '20s'", 4, 20, 0},
              {"'replicas': 2, 'processes': { 'count': 2, 'deal': 'round-robin' }", "'ttl': '20s'", 4, 20, 0},
              {"'replicas': 1, 'processes': 4", "'entries': 250", 4, 0, 250},
              {"'kind': 'cache', 'processes': 4", "'ttl': '20s'", 1, 20, 0}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    bool shared = !strncmp(rows[i].service, "'kind'", 6);
    char services[300];
    snprintf(services, sizeof services,
             shared ? "'a': { 'kind': 'app' }, 'c': { %s, 'cache': { %s } }"
                    : "'a': { 'kind': 'app', %s, 'cache': { %s } }, 'c': { 'kind': 'cache' }",
             rows[i].service, rows[i].cache);
    const char *asked = shared ? "c" : "a",
               *step = shared ? "{ 'cached': 'c', 'key': 'k', 'demand': '0s' }" : "{ 'cached': 'a', 'key': 'k' }";
    struct fixture f =
        fixture_of(SCENARIO, "1000/s", "{ 'of': 5000, 'zipf': 0.9 }", step, services, "", "'window': '200s', 'warmup': '60s'");
    struct world *w = fixture_run(&f, 1, rows[i].service);
    double expected = expected_hits(1000 / rows[i].stores, 5000, rows[i].ttl, rows[i].entries), seen = hit_rate(w, asked);
    test_check(fabs(seen - expected) < 0.007, "%s, %s: %.4f hits, not %.4f", rows[i].service, rows[i].cache, seen, expected);
    if (rows[i].entries)
      test_check(level(w, asked, "entries") == (int64_t)(rows[i].stores * rows[i].entries), "%d entries",
                 (int)level(w, asked, "entries"));
    world_free(w), fixture_close(&f);
  }
}

/* What is known before a run, against the run: share of hits that the saturation table goes by. With two replicas a fill may go to
 * the one that has the item already, of which the estimate knows nothing. */
static void test_estimates(void) {
  static const struct {
    const char *name, *steps, *services, *service;
    double low, high; /* of estimate minus run */
    int processes;
  } rows[] = {{"lru", "{ 'cached': 'c', 'key': 'k', 'demand': '0s' }", "'c': { 'kind': 'cache', 'cache': { 'entries': 500 } }", "c",
               -0.01, 0.01, 1},
              {"fifo", "{ 'cached': 'c', 'key': 'k', 'demand': '0s' }",
               "'c': { 'kind': 'cache', 'cache': { 'entries': 500, 'policy': 'fifo' } }", "c", -0.01, 0.01, 1},
              {"perfect lfu", "{ 'cached': 'c', 'key': 'k', 'demand': '0s' }",
               "'c': { 'kind': 'cache', 'cache': { 'entries': 500, 'policy': 'perfect-lfu' } }", "c", -0.01, 0.04, 1},
              {"bytes", "{ 'cached': 'c', 'key': 'k', 'demand': '0s', 'bytes': '1kB' }",
               "'c': { 'kind': 'cache', 'cache': { 'size': '500kB' } }", "c", -0.01, 0.01, 1},
              {"ttl", "{ 'cached': 'c', 'key': 'k', 'demand': '0s' }", "'c': { 'kind': 'cache', 'cache': { 'ttl': '2s' } }", "c",
               -0.01, 0.01, 1},
              {"two replicas", "{ 'cached': 'c', 'key': 'k', 'demand': '0s' }",
               "'c': { 'kind': 'cache', 'replicas': 2, 'cache': { 'ttl': '2s' } }", "c", 0, 0.04, 1},
              {"behind L1", "{ 'cached': 'c', 'key': 'k', 'l1': true, 'demand': '0s' }",
               "'c': { 'kind': 'cache', 'cache': { 'ttl': '20s' } }", "c", -0.01, 0.01, 1},
              {"two layers by hand", "{ 'cached': 'a', 'key': 'k', 'miss': [ { 'cached': 'c', 'key': 'k', 'demand': '0s' } ] }",
               "'c': { 'kind': 'cache', 'cache': { 'ttl': '20s' } }", "c", -0.01, 0.01, 1},
              {"four processes", "{ 'cached': 'a', 'key': 'k' }", "'c': { 'kind': 'cache' }", "a", -0.01, 0.01, 4}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char services[400];
    snprintf(services, sizeof services, "'a': { 'kind': 'app', 'processes': %d, 'cache': { 'entries': 60, 'ttl': '2s' } }, %s",
             rows[i].processes, rows[i].services);
    struct fixture f = fixture_of(SCENARIO, "2000/s", "{ 'of': 5000, 'zipf': 0.9 }", rows[i].steps, services, "",
                                  "'window': '60s', 'warmup': '40s'");
    struct world *w = fixture_run(&f, 1, rows[i].name);
    const struct program *p = &w->model->programs[0];
    double estimate = NAN, seen = hit_rate(w, rows[i].service);
    for (uint32_t k = 0; k < p->count; k++)
      if (p->instructions[k].operation->jumps && p->instructions[k].service == (int32_t)fixture_service(&f, rows[i].service))
        estimate = p->instructions[k].probability;
    test_check(estimate - seen > rows[i].low && estimate - seen < rows[i].high, "%s: %.4f estimated, %.4f seen", rows[i].name,
               estimate, seen);
    world_free(w), fixture_close(&f);
  }
}

/* Of cures that go by age: what runs the miss steps, and what is done in the background. Early rebuilds are overestimated, by a little. */
static void test_estimates_of_cures(void) {
  static const struct {
    const char *name, *stampede, *steps;
    double low, high; /* of rebuilds a look-up, estimate minus run */
    bool stale;
  } rows[] = {
      {"none", "'none'", "{ 'delay': '1ns' }", -0.005, 0.005, false},
      {"stale", "{ 'cure': 'stale', 'stale': '3s' }", "{ 'delay': '1ms' }", -0.005, 0.005, true},
      {"stale for hardly any time", "{ 'cure': 'stale', 'stale': '50ms' }", "{ 'delay': '1ms' }", -0.005, 0.005, true},
      {"stale, nested", "{ 'cure': 'stale', 'stale': '3s' }", "{ 'cached': 'd', 'key': 'k', 'demand': '0s' }", -0.005, 0.005, true},
      {"early, at once", "'early'", "{ 'delay': '1us' }", -0.005, 0.005, false},
      {"early", "'early'", "{ 'delay': '100ms' }", 0, 0.02, false},
      {"very early", "{ 'cure': 'early', 'beta': 4 }", "{ 'delay': '50ms' }", 0, 0.02, false}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char step[300];
    snprintf(step, sizeof step, "{ 'cached': 'c', 'key': 'k', 'demand': '0s', 'stampede': %s, 'miss': [ %s ] }", rows[i].stampede,
             rows[i].steps);
    struct fixture f = fixture_of(
        SCENARIO, "2000/s", "{ 'of': 5000, 'zipf': 0.9 }", step,
        "'a': { 'kind': 'app', 'cache': { 'ttl': '1h' } }, 'c': { 'kind': 'cache', 'cache': { 'ttl': '2s' } }, 'd': { 'kind': "
        "'cache', 'cache': { 'ttl': '20s' } }",
        "", "'window': '60s', 'warmup': '40s'");
    struct world *w = fixture_run(&f, 1, rows[i].name);
    const struct program *p = &w->model->programs[0];
    const struct instruction *lookup = p->instructions;
    while (!lookup->operation->jumps) lookup++;
    double asked = counted(w, "c", "hits") + counted(w, "c", "misses"), rebuilds = counted(w, "c", "rebuilds") / asked;
    double estimate = 1 - lookup->probability + lookup->refreshes;
    test_check(estimate - rebuilds > rows[i].low && estimate - rebuilds < rows[i].high,
               "%s: %.4f rebuilds a look-up estimated, %.4f seen", rows[i].name, estimate, rebuilds);
    if (rows[i].stale)
      test_check(fabs(lookup->probability - hit_rate(w, "c")) < 0.005 && lookup->refreshes > 0,
                 "%s: %.4f hits estimated, %.4f seen", rows[i].name, lookup->probability, hit_rate(w, "c"));
    world_free(w), fixture_close(&f);
  }
}

/* hit_rate is taken of look-ups of all replications together, and over windows. */
static void test_measure(void) {
  struct fixture f =
      fixture_of(SCENARIO, "100/s", "500", "{ 'cached': 'c', 'key': 'k' }", "'a': { 'kind': 'app' }, 'c': { 'kind': 'cache' }", "",
                 "'window': '10s', 'warmup': '0s', 'windows': 10");
  const struct model *m = &f.scenario->model;
  struct view *all = view_new(m, true);
  double hits = 0, asked = 0, late_hits = 0, late = 0;
  for (uint32_t i = 0; i < 3; i++) {
    struct world *w = world_new(m, 1, i, WORLD_TRAFFIC);
    struct view *v = view_new(m, true);
    world_run(w);
    view_read(v, w);
    const struct series *h = &w->observation.meters[meter_named(m, "c", "hits")].course,
                        *n = &w->observation.meters[meter_named(m, "c", "misses")].course;
    for (uint32_t k = 0; k < 10; k++) hits += h->sums[k], asked += h->sums[k] + n->sums[k];
    late_hits += h->sums[9], late += h->sums[9] + n->sums[9];
    view_merge(all, v, m);
    view_free(v), world_free(w);
  }
  static const char *const texts[] = {"hit_rate(c)", "hit_rate(c) over 9s..10s"};
  for (int i = 0; i < 2; i++) {
    struct measure measure;
    const char *rest, *wrong = measure_parse(f.arena, m, texts[i], &measure, &rest);
    double expected = i ? late_hits / late : hits / asked;
    test_check(!wrong && fabs(measure_value(&measure, m, all) - expected) < 1e-12, "%s: %s", texts[i],
               wrong ? wrong : "another value");
    test_check(!wrong && measure_count(&measure, m, all) == (uint64_t)(i ? late : asked), "%s: another count", texts[i]);
  }
  view_free(all), fixture_close(&f);
}

static const struct test_case cases[] = {{"layers", test_layers},
                                         {"processes", test_processes},
                                         {"ttls_of_layers", test_ttls_of_layers},
                                         {"invalidation", test_invalidation},
                                         {"crash", test_crash},
                                         {"warm_by_hand", test_warm_by_hand},
                                         {"warm_by_theory", test_warm_by_theory},
                                         {"no_room", test_no_room},
                                         {"sizes", test_sizes},
                                         {"ttl_gets_better_with_load", test_ttl_gets_better_with_load},
                                         {"estimates", test_estimates},
                                         {"estimates_of_cures", test_estimates_of_cures},
                                         {"measure", test_measure},
                                         {NULL, NULL}};
const struct test_suite suite_caches = {"caches", cases};
