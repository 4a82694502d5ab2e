/* How load arrives: bursts against the theory of their counts, batches, traces to the nanosecond, and users in millions. */
#include "tests/model_fixture.h"
#include "models/traffic/offered.h"
#include "sim/engine/ziggurat.h"
#include "models/traffic/trace.h"
#include "models/traffic/users.h"
#include "models/traffic/source.h"
#include <malloc.h>

/* Arrivals alone: requests that ask for next to nothing. */
#define ARRIVALS                                                                                                                   \
  "{ 'aguanta': 1, 'name': 'arrivals', 'traffic': { 'x': { 'kind': 'open', 'mix': { 'p': 1 }, %s } }, 'endpoints': { 'p': { "      \
  "'steps': [ { 'delay': '1us' } ] } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, 'run': { 'warmup': "     \
  "'0s', 'window': '%ds', 'windows': 1 } }"

/* --- dispersion of counts -------------------------------------------------------------------------------------------------- */

enum { BINS = 200000 };

/* Arrivals in each of so many spans of the run. */
static uint32_t *counts_of(const struct fixture *f, double span_s, uint32_t spans) {
  uint32_t *counts = malloc(spans * sizeof *counts);
  struct world *w = world_new(&f->scenario->model, 5, 0, WORLD_TRAFFIC);
  for (uint32_t i = 0; i < spans; i++) {
    uint64_t before = w->observation.arrived;
    calendar_run(w->calendar, (sim_time)((i + 1) * span_s * 1e9));
    counts[i] = (uint32_t)(w->observation.arrived - before);
  }
  world_free(w);
  return counts;
}

/* Variance over mean of the sums of so many counts that follow each other. */
static double index_of(const uint32_t *counts, uint32_t n, uint32_t together, double *mean) {
  double sum = 0, square = 0;
  uint32_t groups = n / together;
  for (int pass = 0; pass < 2; pass++)
    for (uint32_t g = 0; g < groups; g++) {
      double x = 0;
      for (uint32_t i = 0; i < together; i++) x += counts[g * together + i];
      if (pass)
        square += (x - sum / groups) * (x - sum / groups);
      else
        sum += x;
    }
  *mean = sum / groups;
  return square / (groups - 1) / *mean;
}

/* Burstiness by which the index at a long span grows, and on which time: 1 + more (1 - (1 - exp(-2 t / T)) / (2 t / T)). */
static double index_in_theory(double limit, double spell_s, double t_s) {
  double x = 2 * t_s / spell_s;
  return 1 + (limit - 1) * (1 - (1 - exp(-x)) / x);
}

static void test_dispersion(void) {
  static const struct {
    const char *keys;
    double limit, spell_s;
  } rows[] = {
      {"'rate': '10/s', 'dispersion': { 'index': 50, 'time': '10s' }", 50, 10},
      {"'rate': '10/s', 'dispersion': { 'index': 5, 'time': '4s' }", 5, 4},
      {"'rate': '10/s'", 1, 1},
      /* Two states of 3 and 0.4 requests a unit of 0.3 s: I = 19.7778 (the oracle's mmpp-m-1-burst), switching at 0.12 in all. */
      {"'burst': { 'mmpp': { 'rates': { 'a': { 'rate': '30/s', 'dwell': '1s' }, 'b': { 'rate': '4/s', 'dwell': '5s' } } } }",
       19.77777778, 2 / 1.2},
  };
  static const uint32_t together[] = {1, 10, 100};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(ARRIVALS, rows[i].keys, 2 * BINS);
    double span_s = 2, mean, rate = model_offered_rate(&f.scenario->model);
    uint32_t *counts = counts_of(&f, span_s, BINS);
    for (size_t k = 0; k < 3; k++) {
      double seen = index_of(counts, BINS, together[k], &mean), t = span_s * together[k];
      double theory = index_in_theory(rows[i].limit, rows[i].spell_s, t), room = 4.5 * sqrt(2.5 * together[k] / BINS);
      test_check(fabs(seen / theory - 1) < room, "row %zu: index over %g s is %.4g, in theory %.4g", i, t, seen, theory);
      test_check(fabs(mean / (rate * t) - 1) < 4 * sqrt(rows[i].limit / (rate * span_s * BINS)), "row %zu: %.5g a span, told %.5g",
                 i, mean, rate * t);
    }
    free(counts);
    fixture_close(&f);
  }
}

/* Three states; their shares of time by hand: visits 1, 1, 3/4, hence 1, 2, 9/4 of 21/4 s, and a mean factor of 61/21. */
#define THREE                                                                                                                      \
  "'rate': '10/s', 'burst': { 'mmpp': { 'states': { 'none': { 'factor': 0, 'dwell': '1s', 'next': { 'some': 1 } }, 'some': { "     \
  "'factor': 2, 'dwell': '2s', 'next': { 'none': 1, 'many': 3 } }, 'many': { 'factor': 5, 'dwell': '3s', 'next': { 'none': 1 } } " \
  "} } }"

static void test_stationary_from_the_start(void) {
  enum { RUNS = 4000 };
  struct fixture f = fixture_of(ARRIVALS, THREE, 1);
  double told = model_offered_rate(&f.scenario->model), mean = 610.0 / 21, x[RUNS];
  uint32_t quiet = 0;
  test_check(fabs(told - mean) < 1e-9, "%.12g/s is told, by hand %.12g", told, mean);
  for (uint32_t run = 0; run < RUNS; run++) {
    struct world *w = world_new(&f.scenario->model, 2, run, WORLD_TRAFFIC);
    calendar_run(w->calendar, 10 * SIM_MS);
    quiet += w->observation.arrived == 0;
    calendar_run(w->calendar, SIM_S);
    x[run] = (double)w->observation.arrived;
    world_free(w);
  }
  struct mean_of seen = mean_of(x, RUNS);
  test_check(fabs(seen.mean - mean) < 2 * seen.half, "%.3f +- %.3f arrive in the first second, by hand %.3f", seen.mean, seen.half,
             mean);
  double share = quiet / (double)RUNS, due = (4 + 8 * exp(-0.2) + 9 * exp(-0.5)) / 21;
  test_check(fabs(share - due) < 4 * sqrt(due * (1 - due) / RUNS), "%.4f begin with 10 ms of silence, by hand %.4f", share, due);
  fixture_close(&f);
}

/* Bursts on a wave: over whole periods what the profile times the mean factor expects. */
static void test_bursts_on_a_profile(void) {
  struct fixture f =
      fixture_of(ARRIVALS,
                 "'rate': { 'wave': { 'mean': '50/s', 'amplitude': '50/s', 'period': '100s' } }, 'burst': { 'mmpp': { "
                 "'states': { 'a': { 'factor': 3, 'dwell': '300ms' }, 'b': { 'factor': 0.5, 'dwell': '700ms' } } } }",
                 20000);
  uint32_t *counts = counts_of(&f, 25, 800);
  double quarters[4] = {0};
  for (int i = 0; i < 800; i++) quarters[i % 4] += counts[i];
  /* Of a period, a quarter at its top has 25 +- 50/pi of the mean, and the factor is 1.25 in the mean. Index of counts below 20. */
  for (int q = 0; q < 4; q++) {
    double due = 200 * 1.25 * 5000 * (q < 2 ? 0.25 + 0.5 / M_PI : 0.25 - 0.5 / M_PI);
    test_check(fabs(quarters[q] - due) < 4 * sqrt(20 * due), "quarter %d: %.0f arrivals, expected %.0f", q, quarters[q], due);
  }
  test_check(fabs(model_offered_rate(&f.scenario->model) - 62.5) < 1e-6, "%g/s told", model_offered_rate(&f.scenario->model));
  free(counts);
  fixture_close(&f);
}

/* --- batches -------------------------------------------------------------------------------------------------------------- */

static void test_batches(void) {
  static const struct {
    const char *batch;
    double mean, index; /* E[B^2] / E[B] */
  } rows[] = {{"5", 5, 5},
              {"1", 1, 1},
              {"{ 'geometric': 4 }", 4, 7},
              {"{ 'geometric': { 'mean': 1 } }", 1, 1},
              {"{ 'uniform': { 'low': 2, 'high': 6 } }", 4, 4.5}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char keys[200];
    snprintf(keys, sizeof keys, "'rate': '10/s', 'batch': %s", rows[i].batch);
    struct fixture f = fixture_of(ARRIVALS, keys, BINS);
    double mean;
    uint32_t *counts = counts_of(&f, 4, BINS / 4);
    double seen = index_of(counts, BINS / 4, 1, &mean);
    test_check(fabs(mean / 40 - 1) < 4 * sqrt(rows[i].index / (10.0 * BINS)), "%s: %.4f in 4 s", rows[i].batch, mean);
    test_check(fabs(seen / rows[i].index - 1) < 4.5 * sqrt(3.0 * 4 / BINS), "%s: index %.4f, in theory %.4f", rows[i].batch, seen,
               rows[i].index);
    free(counts);
    fixture_close(&f);
  }
}

/* An index that is asked for holds with batches too. */
static void test_dispersion_of_batches(void) {
  struct fixture f = fixture_of(ARRIVALS, "'rate': '10/s', 'batch': 4, 'dispersion': { 'index': 20, 'time': '5s' }", 2 * BINS);
  double mean, seen;
  uint32_t *counts = counts_of(&f, 200, BINS / 100);
  seen = index_of(counts, BINS / 100, 1, &mean);
  double theory = 4 + 16 * (1 - 1 / 80.0);
  test_check(fabs(seen / theory - 1) < 4.5 * sqrt(250.0 / BINS), "index over 200 s is %.4g, in theory %.4g", seen, theory);
  free(counts);
  fixture_close(&f);
}

/* What others ask for stays, whatever makes this source burst. */
static void test_bursts_shift_nobody(void) {
  static const char *const keys[] = {"'rate': '40/s'", "'rate': '40/s', 'batch': 3",
                                     "'rate': '40/s', 'dispersion': { 'index': 30, 'time': '10s' }", THREE};
  int64_t work[4];
  for (size_t i = 0; i < 4; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'two', 'traffic': { 'x': { 'kind': 'open', 'mix': { 'p': 1 }, %s }, 'y': { 'kind': 'open', "
        "'rate': "
        "'50/s', 'mix': { 'q': 1 } } }, 'endpoints': { 'p': { 'steps': [ { 'delay': '1us' } ] }, 'q': { 'entry': 'a', 'steps': [ { "
        "'cpu': { 'exponential': '1ms' } } ] } }, 'services': { 'a': { 'kind': 'app' } }, 'platform': { 'kind': 'static', 'nodes': "
        "{ 'n': { 'cpu': 1 } } }, 'run': { 'warmup': '0s', 'window': '100s', 'windows': 1 } }",
        keys[i]);
    struct world *w = fixture_run(&f, 4, keys[i]);
    work[i] = w->containers[0].done_ns;
    test_check(work[i] > 0 && work[i] == work[0], "%s: %lld ns of others' work, else %lld", keys[i], (long long)work[i],
               (long long)work[0]);
    world_free(w);
    fixture_close(&f);
  }
}

/* --- traces --------------------------------------------------------------------------------------------------------------- */

static char trace_path[] = "/tmp/trace-test-XXXXXX";

static void write_trace(const char *text) {
  memcpy(strrchr(trace_path, '-'), "-XXXXXX", 8);
  int file = mkstemp(trace_path);
  if (file < 0 || write(file, text, strlen(text)) != (ssize_t)strlen(text)) abort();
  close(file);
}

/* One thread, 10 ms of work for each of the endpoints a to e. */
static struct fixture replayed(const char *trace, const char *key, const char *more, const char *window) {
  write_trace(trace);
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'trace', 'traffic': { 't': { 'kind': 'trace', '%s': '%s'%s } }, 'endpoints': { "
      "'a': { 'entry': 's', 'steps': [ { 'cpu': '10ms' } ] }, 'b': { 'entry': 's', 'steps': [ { 'cpu': '10ms' } ] }, "
      "'c': { 'entry': 's', 'steps': [ { 'cpu': '10ms' } ] }, 'd': { 'entry': 's', 'steps': [ { 'cpu': '10ms' } ] }, "
      "'e': { 'entry': 's', 'steps': [ { 'cpu': '10ms' } ] } }, 'services': { 's': { 'kind': 'app', 'backlog': 'unlimited' } }, "
      "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, 'run': { 'warmup': '0s', 'window': '%s', 'windows': 1 } }",
      key, trace_path, more, window);
  unlink(trace_path);
  return f;
}

static void expect_latencies(const struct world *w, const char *name, const int64_t *ns) {
  for (uint32_t e = 0; e < 5; e++) {
    const struct histogram *h = fixture_latency(w, e);
    test_check(h->count == 1 && histogram_max(h) == ns[e], "%s: endpoint %c: %llu requests of %lld ns, by hand %lld", name, 'a' + e,
               (unsigned long long)h->count, (long long)histogram_max(h), (long long)ns[e]);
  }
}

/* D/1 by hand: w' = max(0, w + 10 ms - gap). */
static void test_trace_by_hand(void) {
  static const int64_t ns[] = {10000000, 18000000, 27999999, 10000000, 19999999};
  struct fixture f = replayed("at_s,endpoint\n0.5,a\n0.502,b\n0.502000001,c\n1.000000001,d\n1.000000002,e\n", "file", "", "10s");
  struct world *w = fixture_run(&f, 1, "by hand");
  test_check(w->observation.arrived == 5 && fabs(model_offered_rate(&f.scenario->model) - 0.5) < 1e-12, "%g/s",
             model_offered_rate(&f.scenario->model));
  test_check(fabs(model_endpoint_share(&f.scenario->model, 3) - 0.2) < 1e-12, "share of d");
  expect_latencies(w, "by hand", ns);
  world_free(w);
  fixture_close(&f);
  /* Twice as fast: the gaps are 1 ms, 1 ns (0.5 rounded up), 248.999 ms, 0. */
  static const int64_t faster[] = {10000000, 19000000, 28999999, 10000000, 20000000};
  f = replayed("at_s,endpoint,client\n0.5,a,7\n0.502,b,8\n0.502000001,c,7\n1.000000001,d,7\n1.000000001,e,7\n", "file",
               ", 'speed': 2", "10s");
  w = fixture_run(&f, 1, "faster");
  expect_latencies(w, "faster", faster);
  world_free(w);
  fixture_close(&f);
}

#define LOG                                                                                                                        \
  "10.0.0.1 - - [31/Dec/2024:23:59:58 +0100] \"GET /a?x=1 HTTP/1.1\" 200 5 \"-\" \"browser [x]\"\n"                                \
  "10.0.0.2 - bob [31/Dec/2024:23:59:58 +0100] \"POST /b/7 HTTP/1.1\" 200 5\r\n"                                                   \
  "\n"                                                                                                                             \
  "10.0.0.1 - - [01/Jan/2025:00:00:00 +0100] \"GET /b/long/1 HTTP/2\" 500 5\n"                                                     \
  "10.0.0.3 - - [31/Dec/2024:23:00:02 +0000] \"GET /d\" 200 5\n"                                                                   \
  "10.0.0.1 - - [01/Jan/2025:02:30:02.005 +0330] \"GET / HTTP/1.1\" 200 5"
#define PATHS                                                                                                                      \
  ", 'paths': [ { 'prefix': '/', 'endpoint': 'e' }, { 'prefix': '/b/long', 'endpoint': 'c' }, { 'prefix': '/b', 'endpoint': 'b' "  \
  "}, "                                                                                                                            \
  "{ 'prefix': '/a', 'endpoint': 'a' }, { 'prefix': '/d', 'endpoint': 'd' } ]"

static void test_logs(void) {
  static const int64_t ns[] = {10000000, 20000000, 10000000, 10000000, 15000000};
  struct fixture f = replayed(LOG, "log", PATHS, "10s");
  struct world *w = fixture_run(&f, 1, "log");
  expect_latencies(w, "log", ns);
  static const sim_time at[] = {0, 0, 2 * SIM_S, 4 * SIM_S, 4 * SIM_S + 5 * SIM_MS};
  static const uint32_t client[] = {0, 1, 0, 2, 0};
  const struct trace_config *t = &model_source(&f.scenario->model, 0)->trace;
  for (uint32_t i = 0; i < t->count; i++)
    test_check(t->count == 5 && t->arrivals[i].at == at[i] && t->arrivals[i].client == client[i], "line %u: %lld ns, client %u", i,
               (long long)t->arrivals[i].at, t->arrivals[i].client);
  world_free(w);
  fixture_close(&f);
  f = replayed("2024-02-28T23:59:59.5Z /a me\n2024-02-29 00:00:00 /b/x,you\n2024-02-29T01:00:00.000000001+01:00 /b/long/\n"
               "2024-03-01T00:00:00Z /d me\n2024-03-01T00:00:00.001Z /x",
               "log", PATHS, "2d");
  static const int64_t iso[] = {10000000, 10000000, 19999999, 10000000, 19000000};
  w = fixture_run(&f, 1, "ISO times");
  expect_latencies(w, "ISO times", iso);
  test_check(model_source(&f.scenario->model, 0)->trace.arrivals[3].at == SIM_DAY + SIM_S / 2, "no 29 February");
  world_free(w);
  fixture_close(&f);
}

/* 1000 arrivals at each of 20 seconds: volumes, rounds, and seconds that are filled evenly. */
static void test_scale_repeat_spread(void) {
  static char text[400000];
  char *at = text + sprintf(text, "at_s\n");
  for (int i = 0; i < 20000; i++) at += sprintf(at, "%d\n", i / 1000);
  static const struct {
    const char *more, *window;
    double told, arrived, sd;
  } rows[] = {{"", "100s", 20000, 20000, 0},
              {", 'scale': 3", "100s", 60000, 60000, 0},
              {", 'scale': 0.25", "100s", 5000, 5000, 62},
              {", 'scale': 2.5", "100s", 50000, 50000, 71},
              {", 'repeat': '30s'", "100s", 70000, 70000, 0},
              {", 'repeat': '20s', 'spread': '1s'", "110s", 110000, 110000, 0},
              {", 'spread': '1s'", "3500ms", 4000, 3500, 16}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char more[200];
    snprintf(more, sizeof more, "%s, 'mix': { 'a': 3, 'b': 1 }", rows[i].more);
    struct fixture f = replayed(text, "file", more, rows[i].window);
    struct world *w = world_new(&f.scenario->model, 6, 0, WORLD_TRAFFIC);
    calendar_run(w->calendar, w->measured_until);
    double arrived = (double)w->observation.arrived, told = model_requests(&f.scenario->model);
    test_check(fabs(told - rows[i].told) < 1e-6, "row %zu: %.3f told, by hand %.0f", i, told, rows[i].told);
    test_check(fabs(arrived - rows[i].arrived) <= 4 * rows[i].sd, "row %zu: %.0f arrived, by hand %.0f", i, arrived,
               rows[i].arrived);
    world_free(w);
    fixture_close(&f);
  }
}

/* Evenly spread: counts in the tenths of a second are multinomial, and no two instants are the same. */
static void test_spread_is_even(void) {
  static char text[80000];
  char *at = text + sprintf(text, "at_s\n");
  for (int i = 0; i < 10000; i++) at += sprintf(at, "3\n");
  struct fixture f = replayed(text, "file", ", 'spread': '1s', 'mix': { 'a': 1 }", "10s");
  struct world *w = world_new(&f.scenario->model, 8, 0, WORLD_TRAFFIC);
  double square = 0;
  calendar_run(w->calendar, 3 * SIM_S);
  test_check(w->observation.arrived == 0, "%llu too early", (unsigned long long)w->observation.arrived);
  for (int k = 1; k <= 100; k++) {
    double before = (double)w->observation.arrived;
    calendar_run(w->calendar, 3 * SIM_S + k * 10 * SIM_MS);
    square += pow((double)w->observation.arrived - before - 100, 2) / 100;
  }
  test_check(w->observation.arrived == 10000 && fabs(square - 99) < 4 * sqrt(198), "%llu in the second, chi-square %.1f of 99",
             (unsigned long long)w->observation.arrived, square);
  world_free(w);
  fixture_close(&f);
}

/* --- users in millions ---------------------------------------------------------------------------------------------------- */

static struct fixture crowd(int population, const char *think, const char *window) {
  return fixture_of(
      "{ 'aguanta': 1, 'name': 'crowd', 'traffic': { 'u': { 'kind': 'closed', 'population': %d, 'think': %s, 'mix': { "
      "'p': 1 } } }, 'endpoints': { 'p': { 'steps': [ { 'delay': '50ms' } ] } }, 'platform': { 'kind': 'static', "
      "'nodes': { 'n': { 'cpu': 1 } } }, 'run': { 'warmup': '0s', 'window': '%s', 'windows': 1 } }",
      population, think, window);
}

/* Bytes that a world takes when it is built. */
static double world_bytes(int population, const char *think) {
  struct fixture f = crowd(population, think, "1s");
  struct mallinfo2 before = mallinfo2();
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  struct mallinfo2 after = mallinfo2();
  world_free(w);
  fixture_close(&f);
  return (double)(after.uordblks + after.hblkhd) - (double)(before.uordblks + before.hblkhd);
}

/* A user's bytes: who thinks (4), or its count of requests (4) and a lane's entry (24) or a heap's (32). The last two are kept in
 * arrays of 2^20 entries, and the heap of bytes is told to a page: room of 0.2. */
static void test_memory_of_a_million(void) {
  static const struct {
    const char *think;
    double bytes;
  } rows[] = {{"{ 'exponential': '100s' }", 4},
              {"'100s'", 4 + 24 * 1.048576},
              {"{ 'uniform': { 'low': '50s', 'high': '150s' } }", 4 + 32 * 1.048576}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    double bytes = (world_bytes(1000000, rows[i].think) - world_bytes(1, rows[i].think)) / 1e6;
#ifdef __SANITIZE_ADDRESS__
    test_check(bytes <= 0, "the sanitizer's heap tells %.2f bytes", bytes); /* it knows nothing of mallinfo */
#else
    test_check(fabs(bytes - rows[i].bytes) < 0.2, "%s: %.2f bytes a user, by hand %.2f", rows[i].think, bytes, rows[i].bytes);
#endif
  }
}

/* The accounts are audited; N / (Z + R) requests a second, R known. All begin thinking: the mean is reached at once but for those
 * on their way. */
static void test_a_million_users(void) {
  struct fixture f = crowd(1000000, "{ 'exponential': '100s' }", "20s");
  struct world *w = fixture_run(&f, 3, "a million");
  const struct users *u = &world_sources(w)->each[0].users;
  double due = 1e6 * 20 / 100.05;
  test_check(u->many && fabs((double)w->observation.arrived - due) < 4 * sqrt(due), "%llu requests, by hand %.0f",
             (unsigned long long)w->observation.arrived, due);
  test_check(u->thinking + u->asking == 1000000 && u->asking == w->observation.inside && u->asking > 300, "%u think, %u wait",
             u->thinking, u->asking);
  uint8_t *seen = calloc(1000000, 1);
  uint32_t twice = 0;
  for (uint32_t i = 0; i < u->thinking; i++) twice += seen[u->idle[i]]++;
  test_check(twice == 0, "%u users think twice", twice);
  free(seen);
  world_free(w);
  fixture_close(&f);
}

/* Variances too: the number who wait is binomial (N, R / (Z + R)) in single users and in the many alike, as all is delay. */
static void test_many_are_as_single(void) {
  static const int populations[] = {USERS_SINGLE, USERS_SINGLE + 1};
  for (size_t i = 0; i < 2; i++) {
    enum { READS = 2000 };
    struct fixture f = crowd(populations[i], "{ 'exponential': '450ms' }", "1h");
    struct world *w = world_new(&f.scenario->model, 3, 0, WORLD_TRAFFIC);
    double x[READS], sum = 0, square = 0, n = populations[i];
    calendar_run(w->calendar, 5 * SIM_S);
    for (int k = 0; k < READS; k++) {
      calendar_run(w->calendar, 5 * SIM_S + k * 100 * SIM_MS); /* twice the time of the answers */
      sum += x[k] = w->observation.inside;
    }
    for (int k = 0; k < READS; k++) square += pow(x[k] - sum / READS, 2) / (READS - 1);
    test_check(world_sources(w)->each[0].users.many == (i == 1), "%d users", populations[i]);
    test_check(fabs(sum / READS - n * 0.1) < 5 * sqrt(n * 0.09 / READS * 1.5), "%g users: %.2f wait, by hand %.2f", n, sum / READS,
               n * 0.1);
    test_check(fabs(square / (n * 0.09) - 1) < 5 * sqrt(2.5 / READS), "%g users: variance %.1f, by hand %.1f", n, square, n * 0.09);
    world_free(w);
    fixture_close(&f);
  }
}

/* Refusals come in the instant of their requests, other answers later; 100 of 120 a minute pass the limit. 20 users who think for
 * 10 s in the mean ask twice a second all the same, 72,000 times in ten hours, as each pause is drawn for itself. */
static void test_pauses_after_refusals(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'refused', 'traffic': { 'u': { 'kind': 'closed', 'population': 20, 'think': { 'exponential': '10s' "
      "}, "
      "'mix': { 'p': 1 } } }, 'limits': { 'one': { 'kind': 'fixed-window', 'rate': '100/min', 'per': 'all' } }, 'endpoints': { "
      "'p': { "
      "'entry': 'a', 'steps': [ { 'limit': 'one' }, { 'cpu': '1us' } ] } }, 'services': { 'a': { 'kind': 'app' } }, 'platform': { "
      "'kind': 'static', "
      "'nodes': { 'n': { 'cpu': 1 } } }, 'run': { 'warmup': '0s', 'window': '10h', 'windows': 1 } }");
  struct world *w = fixture_run(&f, 1, "refused");
  double asked = (double)w->observation.arrived;
  test_check(fabs(asked - 72000) < 4 * sqrt(72000), "%.0f requests, by hand 72,000", asked);
  world_free(w);
  fixture_close(&f);
}

static const struct test_case cases[] = {{"dispersion", test_dispersion},
                                         {"stationary_from_the_start", test_stationary_from_the_start},
                                         {"bursts_on_a_profile", test_bursts_on_a_profile},
                                         {"batches", test_batches},
                                         {"dispersion_of_batches", test_dispersion_of_batches},
                                         {"bursts_shift_nobody", test_bursts_shift_nobody},
                                         {"trace_by_hand", test_trace_by_hand},
                                         {"logs", test_logs},
                                         {"scale_repeat_spread", test_scale_repeat_spread},
                                         {"spread_is_even", test_spread_is_even},
                                         {"memory_of_a_million", test_memory_of_a_million},
                                         {"a_million_users", test_a_million_users},
                                         {"many_are_as_single", test_many_are_as_single},
                                         {"pauses_after_refusals", test_pauses_after_refusals},
                                         {NULL, NULL}};
const struct test_suite suite_traffic_arrivals = {"traffic_arrivals", cases};
