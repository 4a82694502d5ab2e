/* Relations between runs that must hold whatever the numbers are (docs/validation.md, metamorphic relations), and arrivals against
 * the integral of their rate. */
#include "tests/model_fixture.h"
#include "models/traffic/source.h"
#include "models/traffic/profile/profile.h"

/* --- exact: the same bytes ------------------------------------------------------------------------------------------------------- */

/* A busy little system with a place to hang everything on: source, service a, pool of a, the network, faults. */
#define SYSTEM                                                                                                                     \
  "{ 'aguanta': 1, 'name': 'system', 'traffic': { 'x': { 'kind': 'open', 'rate': '200/s', 'mix': { 'p': 3, 'q': 1 }%s }, 'u': { "  \
  "'kind': 'closed', 'population': 20, 'think': { 'exponential': '300ms' }, 'mix': { 'p': 1 } } },"                                \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '3ms' } }, { 'query': 'd', 'reads': 1, 'writes': 1, "  \
  "'demand': { 'lognormal': { 'mean': '2ms', 'cv': 1 } } } ] }, 'q': { 'entry': 'a', 'steps': [ { 'external': 'e' }, { 'cpu': "    \
  "'5ms' } ] } },"                                                                                                                 \
  "'services': { 'a': { 'kind': 'app', 'replicas': 2%s }, 'd': { 'kind': 'database' }, 'e': { 'kind': 'external', 'latency': { "   \
  "'exponential': '20ms' }%s } },"                                                                                                 \
  "'platform': { 'kind': '%s', 'nodes': { 'n': { 'count': 2, 'cpu': 3%s } } }%s, 'run': { 'warmup': '2s', 'window': '30s', "       \
  "'windows': 1 } }"

struct pair {
  const char *name, *source, *service, *external, *platform, *node, *rest;
};

static const struct pair identities[] = {
    {"a backlog that is never full", "", ", 'backlog': 1000000", "", "static", "", ""},
    {"a backlog without limit", "", ", 'backlog': 'unlimited'", "", "static", "", ""},
    {"a failure probability of zero", "", "", ", 'failure': '0%'", "static", "", ""},
    {"a CPU limit that is never reached", "", ", 'resources': { 'limits': { 'cpu': '1' } }", "", "static", "", ""},
    {"a CPU limit without limit", "", ", 'resources': { 'limits': { 'cpu': 'unlimited' } }", "", "static", "", ""},
    {"a patience without limit", ", 'timeout': 'never'", "", "", "static", "", ""},
    {"a pool without limit", "", ", 'pools': { 'd': { 'max': 'unlimited' } }", "", "static", "", ""},
    {"a pool that is never empty", "", ", 'pools': { 'd': { 'max': 5000, 'wait': '1ms' } }", "", "static", "", ""},
    {"a patience that is never tried", ", 'timeout': '1h'", "", "", "static", "", ""},
    {"a weight without contention", "", ", 'weight': 7", "", "static", "", ""},
    {"a price-less speed", "", "", "", "static", ", 'speed': 1.0", ""},
    {"a fault that does not come", "", "", "", "static", "",
     ", 'faults': { 'x': { 'kind': 'node', 'nodes': 'n', 'mtbf': '285y', 'repair': '1h' }, 'y': { 'kind': 'crash', 'service': 'a', "
     "'at': '33s' } }"},
    {"compose", "", "", "", "compose", "", ""},
    {"swarm", "", "", "", "swarm", "", ""},
    {"kubernetes", "", "", "", "kubernetes", "", ""},
};

static struct world *run_pair(const struct pair *p, struct fixture *f) {
  *f = fixture_of(SYSTEM, p->source, p->service, p->external, p->platform, p->node, p->rest);
  return fixture_run(f, 11, p->name);
}

static void test_identities(void) {
  struct fixture plain;
  struct world *a = run_pair(&(struct pair){"plain", "", "", "", "static", "", ""}, &plain);
  for (size_t i = 0; i < sizeof identities / sizeof *identities; i++) {
    struct fixture f;
    struct world *b = run_pair(&identities[i], &f);
    for (uint32_t e = 0; e < 2; e++) {
      const struct endpoint_window *x = &a->observation.endpoints[e].windows[0], *y = &b->observation.endpoints[e].windows[0];
      test_check(x->arrived > 1000 && fixture_same_window(x, y), "%s: %llu requests with a mean of %.9f ms, else %llu with %.9f ms",
                 identities[i].name, (unsigned long long)y->arrived, histogram_mean(&y->latency) * 1e-6,
                 (unsigned long long)x->arrived, histogram_mean(&x->latency) * 1e-6);
    }
    test_check(a->observation.sojourn_ns == b->observation.sojourn_ns, "%s: other times inside", identities[i].name);
    world_free(b);
    fixture_close(&f);
  }
  struct world *other = world_new(&plain.scenario->model, 12, 0, WORLD_TRAFFIC),
               *next = world_new(&plain.scenario->model, 11, 1, WORLD_TRAFFIC);
  world_run(other), world_run(next);
  test_check(other->observation.sojourn_ns != a->observation.sojourn_ns &&
                 next->observation.sojourn_ns != a->observation.sojourn_ns,
             "another seed or replication is the same run");
  world_free(other), world_free(next), world_free(a);
  fixture_close(&plain);
}

/* --- all times scaled -------------------------------------------------------------------------------------------------------------- */

/* Every time of the scenario is a multiple of ms x scale, every rate is divided by it. Random: random demands on contended
 * cores; else constant demands and faults. Shared cores, constant demands and users in step do not scale exactly: ends are
 * rounded up to a nanosecond, which decides who is first among equals. */
static struct fixture scaled(int k, bool random) {
  char demand[3][80], faults[400];
  for (int i = 0; i < 3; i++)
    snprintf(demand[i], sizeof demand[i], random ? "{ 'exponential': '%dms' }" : "'%dms'", (3 + 2 * i) * k);
  snprintf(faults, sizeof faults,
           "'x': { 'kind': 'node', 'nodes': 'n', 'mtbf': '%ds', 'repair': { 'exponential': '%ds' } }, 'y': { 'kind': 'crash', "
           "'service': 'a', 'mtbf': '%ds' }",
           7 * k, 2 * k, 5 * k);
  return fixture_of(
      "{ 'aguanta': 1, 'name': 'scaled', 'traffic': { %s 'u': { 'kind': 'closed', 'population': 30, 'think': '%dms', 'timeout': "
      "'%dms', 'mix': { 'p': 1 } } },"
      "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': %s }, { 'call': 'b', 'steps': [ { 'cpu': %s } ] }, { 'cpu': %s } ] "
      "} },"
      "'services': { 'a': { 'kind': 'app', 'replicas': 3, 'start': '%dms', 'connect_timeout': '%dms' }, 'b': { 'kind': 'app', "
      "'replicas': 2, 'runtime': 'threads', 'threads': 4, 'backlog': 5, 'start': '%dms', 'connect_timeout': '%dms' } },"
      "'platform': { 'kind': 'swarm', 'network': { 'between_nodes': '%dms' }, 'swarm': { 'heartbeat': '%ds', 'restart_delay': "
      "'%dms', 'status_delay': '%dms' }, 'nodes': { 'n': { 'count': 3, 'cpu': '%s' } } },"
      "'faults': { %s }, 'run': { 'warmup': '0s', 'window': '%dms', 'windows': 1 } }",
      random ? (k == 1 ? "'x': { 'kind': 'open', 'rate': '128/s', 'mix': { 'p': 1 } },"
                       : "'x': { 'kind': 'open', 'rate': '16/s', 'mix': { 'p': 1 } },")
             : "",
      200 * k, 90 * k, demand[0], demand[1], demand[2], 700 * k, 50 * k, 700 * k, 50 * k, k, k, 300 * k, 100 * k,
      random ? "1" : "unlimited", random ? "'y': { 'kind': 'crash', 'service': 'a', 'at': '1000h' }" : faults, 40960 * k);
}

static void test_scaled_times(void) {
  for (int random = 0; random < 2; random++) {
    struct fixture f = scaled(1, random), g = scaled(8, random);
    struct world *a = fixture_run(&f, 3, "times"), *b = fixture_run(&g, 3, "eight times");
    const struct observation *x = &a->observation, *y = &b->observation;
    test_check(x->arrived > 2000 && x->arrived == y->arrived && !memcmp(x->ended, y->ended, sizeof x->ended) &&
                   x->wasted == y->wasted,
               "%llu and %llu arrived, %llu and %llu completed, %llu and %llu timed out", (unsigned long long)x->arrived,
               (unsigned long long)y->arrived, (unsigned long long)x->ended[0], (unsigned long long)y->ended[0],
               (unsigned long long)x->ended[1], (unsigned long long)y->ended[1]);
    /* Each time is rounded to a nanosecond: that is all that may differ. */
    double ratio = (double)y->sojourn_ns / (double)x->sojourn_ns;
    test_check(fabs(ratio - 8) < 1e-5, "random %d: times grow %.12f times", random, ratio);
    if (!random)
      test_check(x->ended[OUTCOME_TIMEOUT] > 10 &&
                     x->ended[OUTCOME_REFUSED] + x->ended[OUTCOME_UNREACHABLE] + x->ended[OUTCOME_CRASHED] > 10,
                 "%llu time-outs", (unsigned long long)x->ended[OUTCOME_TIMEOUT]);
    world_free(a), world_free(b);
    fixture_close(&f), fixture_close(&g);
  }
}

/* --- one server less ------------------------------------------------------------------------------------------------------------------ */

static void test_one_server_less(void) {
  for (int runtime = 0; runtime < 2; runtime++) {
    struct arena *arena = arena_new();
    struct histogram *slower = NULL;
    for (int threads = 4; threads <= 8; threads++) {
      struct fixture f = fixture_of(
          "{ 'aguanta': 1, 'name': 'servers', 'traffic': { 'x': { 'kind': 'open', 'rate': '35/s', 'mix': { 'p': 1 } } }, "
          "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '100ms' } } ] } },"
          "'services': { 'a': { 'kind': 'app', 'threads': %d, 'runtime': '%s', 'backlog': 'unlimited' } }, 'platform': { 'kind': "
          "'static', 'nodes': { 'n': { 'cpu': 'unlimited' } } }, 'run': { 'warmup': '0s', 'window': '600s', 'windows': 1 } }",
          threads, runtime ? "threads" : "event-loop");
      struct world *w = fixture_run(&f, 2, "servers");
      struct histogram *h = fixture_latency_in(arena, w, 0);
      for (int p = 1; slower && p < 100; p++)
        test_check(histogram_quantile(h, p / 100.0) <= histogram_quantile(slower, p / 100.0),
                   "p%d with %d servers is %.9g ms, with one less %.9g ms", p, threads, histogram_quantile(h, p / 100.0) * 1e-6,
                   histogram_quantile(slower, p / 100.0) * 1e-6);
      if (slower) test_check(histogram_mean(h) < histogram_mean(slower), "mean with %d servers", threads);
      slower = h;
      world_free(w);
      fixture_close(&f);
    }
    arena_free(arena);
  }
}

/* --- the same law ------------------------------------------------------------------------------------------------------------------------ */

struct law {
  const char *name, *traffic, *endpoints;
  double more_s; /* latency that it adds by arithmetic */
};

#define MISS  "{ 'query': 'd', 'reads': 1, 'demand': { 'exponential': '4ms' } }"
#define PLAIN "'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '5ms' } }, " MISS " ] }"
#define ONE   "'x': { 'kind': 'open', 'rate': '120/s', 'mix': { 'p': 1 } }"

static const struct law laws[] = {
    {"one source", ONE, PLAIN, 0},
    {"two sources merged",
     "'x': { 'kind': 'open', 'rate': '40/s', 'mix': { 'p': 1 } }, 'y': { 'kind': 'open', 'rate': '80/s', 'mix': { 'p': 1 } }",
     PLAIN, 0},
    {"a sum of rates",
     "'x': { 'kind': 'open', 'rate': { 'sum': [ { 'constant': '70/s' }, { 'steps': [ { 'from': '0s', 'rate': '50/s' } ] } ] }, "
     "'mix': { 'p': 1 } }",
     PLAIN, 0},
    {"a flat wave",
     "'x': { 'kind': 'open', 'rate': { 'wave': { 'mean': '120/s', 'amplitude': '0/s', 'period': '1s' } }, 'mix': { 'p': 1 } }",
     PLAIN, 0},
    {"a class split in two", "'x': { 'kind': 'open', 'rate': '120/s', 'mix': { 'p': 1, 'q': 2 } }",
     PLAIN ", 'q': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '5ms' } }, " MISS " ] }", 0},
    {"a cache that never hits", ONE,
     "'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '5ms' } }, { 'cached': 'c', 'hit': 0, 'demand': '10us', 'miss': "
     "[ " MISS " ] } ] }",
     20e-6},
    {"a cache that is not filled", ONE,
     "'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '5ms' } }, { 'cached': 'c', 'hit': 0, 'fill': false, 'demand': "
     "'10us', 'miss': [ " MISS " ] } ] }",
     10e-6},
    {"a constant delay", ONE,
     "'p': { 'entry': 'a', 'steps': [ { 'delay': '2ms' }, { 'cpu': { 'exponential': '5ms' } }, " MISS " ] }", 2e-3},
};

static struct mean_of law_mean(const struct law *l, double *requests) {
  double means[24];
  *requests = 0;
  struct fixture f =
      fixture_of("{ 'aguanta': 1, 'name': 'law', 'traffic': { %s }, 'endpoints': { %s }, 'services': { 'a': { 'kind': 'app' }, "
                 "'d': { 'kind': 'database', 'threads': 1 }, 'c': { 'kind': 'cache', 'threads': 8 } },"
                 "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 'unlimited' } } }, 'run': { 'warmup': '2s', 'window': "
                 "'60s', 'windows': 1 } }",
                 l->traffic, l->endpoints);
  for (uint32_t i = 0; i < 24; i++) {
    struct world *w = world_new(&f.scenario->model, 9, i, WORLD_TRAFFIC);
    world_run(w);
    double sum = 0, count = 0;
    for (uint32_t e = 0; e < w->observation.endpoint_count; e++) {
      const struct histogram *h = fixture_latency(w, e);
      sum += fixture_mean_s(w, e) * (double)h->count, count += (double)h->count;
    }
    means[i] = sum / count, *requests += count;
    world_free(w);
  }
  fixture_close(&f);
  return mean_of(means, 24);
}

static void test_laws(void) {
  double expected, requests;
  struct mean_of plain = law_mean(&laws[0], &expected);
  /* Two stations in a row, each M/M/1 (an event loop of its own): 5 / 0.4 + 4 / 0.52 ms. */
  test_check(fabs(plain.mean - (0.005 / 0.4 + 0.004 / 0.52)) < 2 * plain.half, "mean %.6f +- %.6f s, by Jackson's theorem %.6f s",
             plain.mean, plain.half, 0.005 / 0.4 + 0.004 / 0.52);
  for (size_t i = 1; i < sizeof laws / sizeof *laws; i++) {
    struct mean_of m = law_mean(&laws[i], &requests);
    double room = 1.6 * sqrt(m.half * m.half + plain.half * plain.half);
    test_check(fabs(m.mean - laws[i].more_s - plain.mean) < room, "%s: mean %.6f s less %.6f s, alone %.6f s, room %.6f s",
               laws[i].name, m.mean, laws[i].more_s, plain.mean, room);
    test_check(fabs(requests - expected) < 4 * sqrt(requests + expected), "%s: %.0f requests, alone %.0f", laws[i].name, requests,
               expected);
  }
}

/* --- arrivals ------------------------------------------------------------------------------------------------------------------------------ */

/* Rates worked out here, not by the program's own functions. */
static double constant5(double t) { return t >= 0 ? 5 : 0; }
static double wave(double t) { return 5 + 4 * sin(2 * M_PI * t / 1000); }
static double sale(double t) { return t < 700 ? 0 : 40 * exp(-M_LN2 * (t - 700) / 300); }
static double fans(double t) { return t < 500 ? 0 : 9000 * M_LN2 / 200 * exp(-M_LN2 * (t - 500) / 200); }
static double spike(double t) { return t >= 43200 && t < 43201 ? 500 : 0.02; }
static double valley(double t) { return t >= 30 && t < 31 ? 300 : 1; }
static double day(double t) { return 0.1 * (1 + 0.7 * cos(2 * M_PI * (t - 7200) / 86400)); }
static double both(double t) { return wave(t) + sale(t); }
static double stairs(double t) { return t < 100 ? 0 : t < 1500 ? 2 : t < 1501 ? 0 : 6; }

static const struct {
  const char *name, *rate, *window;
  double window_s;
  int windows;
  double (*at)(double t);
} profiles[] = {
    {"constant", "'5/s'", "4000s", 4000, 400, constant5},
    {"wave", "{ 'wave': { 'mean': '5/s', 'amplitude': '4/s', 'period': '1000s' } }", "4000s", 4000, 80, wave},
    {"on sale, by its peak", "{ 'on_sale': { 'at': '700s', 'peak': '40/s', 'half_life': '300s' } }", "2000s", 2000, 40, sale},
    {"on sale, by its fans", "{ 'on_sale': { 'at': '500s', 'fans': 9000, 'half_life': '200s' } }", "2000s", 2000, 40, fans},
    {"a second's spike in a day",
     "{ 'steps': [ { 'from': '0s', 'rate': '0.02/s' }, { 'from': '12h', 'rate': '500/s' }, { 'from': '43201s', 'rate': '0.02/s' } "
     "] }",
     "1d", 86400, 96, spike},
    {"a second's spike in a minute",
     "{ 'steps': [ { 'from': '0s', 'rate': '1/s' }, { 'from': '30s', 'rate': '300/s' }, { 'from': '31s', 'rate': '1/s' } ] }",
     "60s", 60, 60, valley},
    {"day", "{ 'day': { 'mean': '0.1/s', 'peak': 1.7, 'at': '20:00' } }", "2d", 2 * 86400, 48, day},
    {"steps from zero",
     "{ 'steps': [ { 'from': '100s', 'rate': '2/s' }, { 'from': '1500s', 'rate': '0/s' }, { 'from': '1501s', 'rate': '6/s' } ] }",
     "3000s", 3000, 60, stairs},
    {"sum",
     "{ 'sum': [ { 'wave': { 'mean': '5/s', 'amplitude': '4/s', 'period': '1000s' } }, { 'on_sale': { 'at': '700s', 'peak': "
     "'40/s', 'half_life': '300s' } } ] }",
     "3000s", 3000, 60, both},
};

static struct fixture open_profile(size_t i, int windows) {
  return fixture_of("{ 'aguanta': 1, 'name': 'arrivals', 'traffic': { 'x': { 'kind': 'open', 'rate': %s, 'mix': { 'p': 1 } } }, "
                    "'endpoints': { 'p': { 'steps': [ { 'delay': '1us' } ] } },"
                    "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, 'run': { 'start': '18:00', 'warmup': '0s', "
                    "'window': '%s', 'windows': %d } }",
                    profiles[i].rate, profiles[i].window, windows);
}

static double integral(double (*at)(double), double from, double to) {
  enum { CELLS = 20000 };
  double sum = 0, width = (to - from) / CELLS;
  for (int i = 0; i < CELLS; i++) sum += at(from + (i + 0.5) * width);
  return sum * width;
}

/* Counts by window against the integral of the rate: chi-square from both sides, so arrivals that are too even fail too. */
static void test_arrivals(void) {
  for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++) {
    struct fixture f = open_profile(i, profiles[i].windows);
    double square = 0, freedom = 0, all = 0, due = 0;
    for (uint64_t seed = 1; seed <= 4; seed++) {
      struct world *w = fixture_run(&f, seed, profiles[i].name);
      for (int k = 0; k < profiles[i].windows; k++) {
        double width = profiles[i].window_s / profiles[i].windows, expected = integral(profiles[i].at, k * width, (k + 1) * width);
        double count = (double)w->observation.endpoints[0].windows[k].arrived;
        all += count, due += expected;
        if (expected < 1e-9) test_check(count == 0, "%s: %.0f arrivals in window %d at rate 0", profiles[i].name, count, k);
        if (expected < 0.9) continue;
        square += (count - expected) * (count - expected) / expected, freedom++;
      }
      world_free(w);
    }
    test_check(fabs(all - due) < 4 * sqrt(due), "%s: %.0f arrivals, %.1f expected", profiles[i].name, all, due);
    /* variance of a term: 2 + 1 / expected */
    test_check(fabs(square - freedom) < 4.5 * sqrt(3.2 * freedom), "%s: chi-square %.1f with %.0f degrees of freedom",
               profiles[i].name, square, freedom);
    fixture_close(&f);
  }
}

/* What reports and the availability's weights take for the number of arrivals. */
static void test_expected_arrivals(void) {
  for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++) {
    struct fixture f = open_profile(i, 1);
    double told = profile_expected(&model_source(&f.scenario->model, 0)->rate, 0, (sim_time)(profiles[i].window_s * 1e9)), due = 0;
    for (int k = 0; k < profiles[i].windows; k++)
      due += integral(profiles[i].at, k * profiles[i].window_s / profiles[i].windows,
                      (k + 1) * profiles[i].window_s / profiles[i].windows);
    test_check(fabs(told / due - 1) < 0.02, "%s: the program expects %.1f arrivals, the integral of the rate is %.1f",
               profiles[i].name, told, due);
    fixture_close(&f);
  }
}

/* A narrow day: the mean is the mean, the top is at its hour and as high as was said. */
static void test_narrow_day(void) {
  static const double peaks[] = {2, 2.5, 4, 12};
  for (size_t i = 0; i < 4; i++) {
    struct fixture f =
        fixture_of("{ 'aguanta': 1, 'name': 'day', 'traffic': { 'x': { 'kind': 'open', 'rate': { 'day': { 'mean': '1/s', 'peak': "
                   "%.1f, 'at': '20:00' } }, 'mix': { 'p': 1 } } }, 'endpoints': { 'p': { 'steps': [ { 'delay': '1us' } ] } },"
                   "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, 'run': { 'start': '18:00', 'warmup': '0s', "
                   "'window': '1d', 'windows': 288 } }",
                   peaks[i]);
    struct world *w = fixture_run(&f, 1, "day");
    double top = 0;
    for (int k = 22; k < 26; k++) top += (double)w->observation.endpoints[0].windows[k].arrived; /* 19:50 to 20:10 */
    test_check(fabs((double)w->observation.arrived - 86400) < 4 * sqrt(86400), "peak %.1f: %llu arrivals in a day", peaks[i],
               (unsigned long long)w->observation.arrived);
    test_check(fabs(top / 1200 - peaks[i]) < 4 * sqrt(peaks[i] / 1200) + 0.02 * peaks[i], "peak %.1f: %.3f/s at 20:00", peaks[i],
               top / 1200);
    world_free(w);
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"identities", test_identities},
                                         {"scaled_times", test_scaled_times},
                                         {"one_server_less", test_one_server_less},
                                         {"laws", test_laws},
                                         {"arrivals", test_arrivals},
                                         {"expected_arrivals", test_expected_arrivals},
                                         {"narrow_day", test_narrow_day},
                                         {NULL, NULL}};
const struct test_suite suite_model_relations = {"model_relations", cases};
