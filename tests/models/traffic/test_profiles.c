/* Every kind of profile: its integral, its bounds, and the arrivals that are drawn from it, against its rate and against figures
 * worked out by hand; what business figures give; and every fault with its words. */
#include "models/traffic/profile/profile_users.h"
#include "models/core/parts.h"
#include "models/traffic/source.h"
#include "tests/model_fixture.h"
#include "tests/samples.h"

#define DAYTIME "[1,1,1,1,1,2,4,6,8,9,10,12,14,12,10,9,8,8,10,12,9,6,3,2]"

struct profile_case {
  const char *name, *rate, *window;
  double window_s, total; /* total: arrivals due, by hand; 0: not worked out */
  double waste;           /* candidates of the thinning per arrival, at most */
};

/* By hand: ramp 100 s at 2/s, then 300 s at a mean of 6/s, then 10/s. Hours: the shape adds up to 159, so 12:00 has 24 x 14 / 159 of
 * the mean. Sale: 0.25 x 6000 poll every 5 s while they come over 300 s: 300 x 1500 / 5 / 2 = 45 000 questions; then the 6000 but
 * for what the tails leave for later. Users: 10 000 x 2 x 12 a day. Growth: 730 h at 0.01/s, then as much at 10% more. */
static const struct profile_case profiles[] = {
    {"constant", "'3/s'", "1000s", 1000, 3000, 1},
    {"ramp", "{ 'ramp': { 'from': '2/s', 'to': '10/s', 'over': '300s', 'at': '100s' } }", "1000s", 1000, 200 + 1800 + 6000, 1.001},
    {"ramp down", "{ 'ramp': { 'from': '10/s', 'to': '0/s', 'over': '1000s' } }", "1000s", 1000, 5000, 1.001},
    {"day", "{ 'day': { 'mean': '0.1/s', 'peak': 1.7, 'at': '20:00' } }", "1d", 86400, 8640, 1.002},
    {"narrow day", "{ 'day': { 'mean': '0.1/s', 'peak': 30, 'at': '20:00' } }", "1d", 86400, 8640, 1.03},
    {"wave", "{ 'wave': { 'mean': '5/s', 'amplitude': '5/s', 'period': '500s' } }", "1000s", 1000, 5000, 1.01},
    {"hours", "{ 'hours': { 'mean': '0.1/s', 'shape': " DAYTIME " } }", "1d", 86400, 8640, 1.001},
    {"hours in lines", "{ 'hours': { 'mean': '0.1/s', 'shape': " DAYTIME ", 'between': 'lines' } }", "1d", 86400, 8640, 1.001},
    {"series", "{ 'series': { 'rates': ['1/s', '8/s', '0/s', '4/s'], 'interval': '100s' } }", "500s", 500, 1300, 1.001},
    {"series in lines", "{ 'series': { 'rates': ['1/s', '8/s', '0/s'], 'interval': '100s', 'between': 'lines', 'repeat': true } }",
     "600s", 600, 1800, 1.01},
    {"sale of today", "{ 'on_sale': { 'at': '100s', 'peak': '40/s', 'half_life': '60s' } }", "1000s", 1000, 0, 1.02},
    {"sale",
     "{ 'on_sale': { 'at': '600s', 'fans': 6000, 'half_life': '60s', 'ramp': '15s', 'waiting': '25%', 'early': '300s', 'poll': "
     "'5s', 'second': { 'share': '20%', 'after': '10m', 'ramp': '30s', 'half_life': '40s' } } }",
     "2400s", 2400, 45000 + 6000, 1.02},
    {"sale without polling",
     "{ 'on_sale': { 'at': '600s', 'fans': 6000, 'half_life': '60s', 'ramp': '15s', 'waiting': '25%', 'early': "
     "'300s' } }",
     "2400s", 2400, 6000, 1.02},
    {"spike",
     "{ 'steps': [ { 'from': '0s', 'rate': '1/s' }, { 'from': '30s', 'rate': '300/s' }, { 'from': '31s', 'rate': '1/s' } ] }",
     "60s", 60, 359, 1.03},
    {"sum", "{ 'sum': [ '2/s', { 'ramp': { 'to': '4/s', 'over': '1000s' } } ] }", "1000s", 1000, 4000, 1.001},
    {"scale", "{ 'scale': { 'of': { 'ramp': { 'to': '4/s', 'over': '1000s' } }, 'by': 3 } }", "1000s", 1000, 6000, 1.001},
    {"product", "{ 'product': { 'of': { 'ramp': { 'to': '0.2/s', 'over': '2d' } }, 'by': { 'hours': { 'shape': " DAYTIME " } } } }",
     "2d", 172800, 0, 1.001},
    {"smooth product", "{ 'product': { 'of': { 'ramp': { 'to': '0.2/s', 'over': '2d' } }, 'by': { 'day': { 'peak': 2.5 } } } }",
     "2d", 172800, 0, 1.01},
    {"growth", "{ 'growth': { 'of': '0.01/s', 'monthly': '10%' } }", "60d", 5184000, 26280 + 1.1 * (51840 - 26280), 1.001},
    {"smooth growth", "{ 'growth': { 'of': { 'day': { 'mean': '0.01/s' } }, 'monthly': '100%', 'step': 'smooth', 'after': 2 } }",
     "60d", 5184000, 0, 1.06},
    {"users",
     "{ 'users': { 'registered': 100000, 'active': '10%', 'sessions': 2, 'requests': 12, 'shape': { 'day': { 'peak': 2.5, 'at': "
     "'20:00' } } } }",
     "1d", 86400, 240000, 1.01},
};
enum { CASES = sizeof profiles / sizeof *profiles };

static struct fixture open_rate(const char *rate, const char *window, int windows) {
  return fixture_of("{ 'aguanta': 1, 'name': 'arrivals', 'traffic': { 'x': { 'kind': 'open', 'rate': %s, 'mix': { 'p': 1 } } }, "
                    "'endpoints': { 'p': { 'steps': [ { 'delay': '1us' } ] } },"
                    "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, 'run': { 'start': '18:00', 'warmup': '0s', "
                    "'window': '%s', 'windows': %d } }",
                    rate, window, windows);
}

static const struct choice *rate_of(const struct fixture *f) { return &model_source(&f->scenario->model, 0)->rate; }

/* --- the functions against each other ---------------------------------------------------------------------------------------- */

/* Midpoints: second order where it is smooth, a cell's worth at a jump. */
static double integral_of(const struct choice *p, sim_time from, sim_time to, int cells) {
  double sum = 0, width = (double)(to - from) / cells;
  for (int i = 0; i < cells; i++) sum += profile_rate(p, from + (sim_time)((i + 0.5) * width));
  return sum * width * 1e-9;
}

static void check_integrals(const struct profile_case *c, const struct choice *p) {
  sim_time window = (sim_time)(c->window_s * 1e9);
  double told = profile_expected(p, 0, window), due = integral_of(p, 0, window, 400000);
  double cell = profile_bound(p, 0, window) * c->window_s / 400000; /* a jump may fall anywhere in a cell */
  test_check(fabs(told - due) < 2e-5 * due + cell, "%s: %.6f arrivals expected, the integral is %.6f", c->name, told, due);
  if (c->total)
    test_check(fabs(told - c->total) < 2e-4 * c->total, "%s: %.4f arrivals expected, by hand %.4f", c->name, told, c->total);
  struct stream draws = stream_open(7);
  double parts = 0;
  for (int i = 0; i < 40; i++) {
    sim_time a = i * (window / 40), b = i == 39 ? window : (i + 1) * (window / 40);
    parts += profile_expected(p, a, b);
    a = (sim_time)(stream_uniform(&draws) * (double)window), b = a + (sim_time)(stream_uniform(&draws) * (double)(window - a));
    double part = profile_expected(p, a, b), most = profile_bound(p, a, b) * (double)(b - a) * 1e-9,
           by_hand = integral_of(p, a, b, 50000);
    test_check(fabs(part - by_hand) <= 2e-5 * by_hand + 4e-5 * most + 1e-12 * told,
               "%s: %.6f from %.3f to %.3f s, the integral is %.6f", c->name, part, (double)a * 1e-9, (double)b * 1e-9, by_hand);
  }
  test_check(fabs(parts - told) < 2e-5 * told, "%s: the parts add up to %.6f, the whole is %.6f", c->name, parts, told);
}

static void check_bounds(const struct profile_case *c, const struct choice *p) {
  sim_time window = (sim_time)(c->window_s * 1e9);
  struct stream draws = stream_open(8);
  double worst = 0;
  for (int i = 0; i < 4000; i++) {
    sim_time a = (sim_time)(stream_uniform(&draws) * (double)window);
    sim_time b = a + 1 + (sim_time)(pow(stream_uniform(&draws), 4) * (double)(window - a));
    double high = profile_bound(p, a, b), low = profile_floor(p, a, b);
    for (int k = 0; k < 20; k++) {
      double rate = profile_rate(p, a + (sim_time)(stream_uniform(&draws) * (double)(b - a)));
      worst = fmax(worst, fmax(rate - high * (1 + 1e-12), low * (1 - 1e-12) - rate));
      if (rate < 0) worst = INFINITY;
    }
  }
  test_check(worst <= 0, "%s: the rate leaves its bounds by %g", c->name, worst);
}

/* As the arrivals do it: cells of 1/4096 of the run. */
static void check_waste(const struct profile_case *c, const struct choice *p) {
  sim_time window = (sim_time)(c->window_s * 1e9), width = (window + 4095) / 4096;
  double candidates = 0, told = profile_expected(p, 0, window);
  for (sim_time at = 0; at < window; at += width) {
    sim_time end = at + width < window ? at + width : window;
    candidates += profile_bound(p, at, end) * (double)(end - at) * 1e-9;
  }
  test_check(candidates < c->waste * told * (1 + 1e-9), "%s: %.4f candidates an arrival", c->name, candidates / told);
}

static void test_functions(void) {
  for (size_t i = 0; i < CASES; i++) {
    struct fixture f = open_rate(profiles[i].rate, profiles[i].window, 1);
    if (f.scenario)
      check_integrals(&profiles[i], rate_of(&f)), check_bounds(&profiles[i], rate_of(&f)), check_waste(&profiles[i], rate_of(&f));
    fixture_close(&f);
  }
}

/* Figures at one instant, by hand. The runs begin at 18:00; on a Monday where a week is told. */
static const struct {
  const char *rate;
  double at_s, value;
} instants[] = {
    {"{ 'hours': { 'mean': '1/s', 'shape': " DAYTIME " } }", 0, 24.0 * 10 / 159},
    {"{ 'hours': { 'mean': '1/s', 'shape': " DAYTIME " } }", 18 * 3600 + 1, 24.0 * 14 / 159},
    {"{ 'hours': { 'mean': '1/s', 'shape': " DAYTIME ", 'between': 'lines' } }", 18.5 * 3600, 24.0 * 14 / 159},
    {"{ 'hours': { 'mean': '1/s', 'shape': " DAYTIME ", 'between': 'lines' } }", 18 * 3600, 24.0 * 13 / 159},
    {"{ 'hours': { 'mean': '1/s', 'shape': " DAYTIME ", 'between': 'lines' } }", 6 * 3600, 24.0 * 1.5 / 159}, /* midnight */
    {"{ 'ramp': { 'from': '2/s', 'to': '10/s', 'over': '300s', 'at': '100s' } }", 175, 4},
    {"{ 'growth': { 'of': '1/s', 'monthly': '10%', 'after': 12 } }", 0, 3.138428376721},
    {"{ 'growth': { 'of': '1/s', 'monthly': '21%', 'after': 0.5, 'step': 'smooth' } }", 0, 1.1},
    {"{ 'series': { 'rates': ['1/s', '8/s'], 'interval': '100s' } }", 200, 0},
    {"{ 'series': { 'rates': ['1/s', '8/s'], 'interval': '100s', 'between': 'lines' } }", 25, 2.75},
    {"{ 'on_sale': { 'at': '600s', 'fans': 6000, 'waiting': '25%', 'early': '300s', 'poll': '5s' } }", 450, 150},
    {"{ 'on_sale': { 'at': '600s', 'fans': 6000, 'waiting': '25%', 'early': '300s' } }", 450, 5},
    {"{ 'on_sale': { 'at': '600s', 'peak': '80/s', 'half_life': '60s', 'ramp': '20s' } }", 605, 20},
    {"{ 'on_sale': { 'at': '600s', 'peak': '80/s', 'half_life': '60s', 'ramp': '20s' } }", 680, 40},
    {"{ 'users': { 'concurrent': 300, 'session': '5m', 'sessions': 2, 'requests': 12, 'shape': 'flat' } }", 7, 12},
};

static void test_instants(void) {
  for (size_t i = 0; i < sizeof instants / sizeof *instants; i++) {
    struct fixture f = open_rate(instants[i].rate, "1h", 1);
    double seen = f.scenario ? profile_rate(rate_of(&f), (sim_time)(instants[i].at_s * 1e9)) : -1;
    test_check(fabs(seen - instants[i].value) < 1e-9, "%s at %g s: %.12g, by hand %.12g", instants[i].rate, instants[i].at_s, seen,
               instants[i].value);
    fixture_close(&f);
  }
}

/* 168 hours, each hour's rate its number: the run begins on a Wednesday at 18:00, which is hour 66 of the week. */
static void test_week(void) {
  struct text rate = {.length = 0};
  put(&rate, "{ 'week': { 'run_begins': 'wednesday', 'rates': [");
  for (int hour = 0; hour < 168; hour++) put(&rate, "%s'%d/h'", hour ? ", " : "", hour);
  put(&rate, "] } }");
  struct fixture f = open_rate(rate.bytes, "1w", 1);
  for (int hour = 0; f.scenario && hour < 400; hour += 7) {
    double seen = 3600 * profile_rate(rate_of(&f), hour * SIM_HOUR + SIM_MINUTE);
    test_check(fabs(seen - (66 + hour) % 168) < 1e-9, "hour %d of the run: %g an hour", hour, seen);
  }
  double due = f.scenario ? profile_expected(rate_of(&f), 0, 7 * SIM_DAY) : 0;
  test_check(fabs(due - 168.0 * 167 / 2) < 1e-6, "%.6f a week, by hand 14028", due);
  fixture_close(&f);
}

/* --- a file ----------------------------------------------------------------------------------------------------------------- */

static struct fixture open_series(const char *csv, const char *keys) {
  char path[] = "/tmp/series-test-XXXXXX";
  int file = mkstemp(path);
  if (file < 0 || write(file, csv, strlen(csv)) < 0) abort();
  close(file);
  struct text t = {.length = 0};
  put(&t,
      "{ 'aguanta': 1, 'name': 'arrivals', 'traffic': { 'x': { 'kind': 'open', 'rate': { 'series': { 'file': '%s'%s } }, 'mix': { "
      "'p': 1 "
      "} } }, 'endpoints': { 'p': { 'steps': [ { 'delay': '1us' } ] } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': "
      "1 } } "
      "}, 'run': { 'window': '1000s' } }",
      path, keys);
  struct fixture f = fixture_try(&t);
  unlink(path);
  return f;
}

static const struct {
  const char *csv, *keys;
  double at_s, rate, total;
} series[] = {
    {"rate_per_s\n1\n8\n0\n4\n", ", 'interval': '100s'", 150, 8, 1300},
    {"count\n100\n800\n", ", 'interval': '100s'", 150, 8, 900},
    {"at_s,rate_per_s\n50,2\n150,3\n200,5\n", "", 160, 3, 200 + 150 + 250},
    {"at_s,rate_per_s\n50,2\n150,3\n200,5\n", ", 'interval': '10s'", 205, 5, 200 + 150 + 50},
    {"at_s,count\n0,30\n10,30\n", ", 'interval': '90s', 'repeat': true", 110, 1.0 / 3, 600},
    {"at_s,rate_per_s\n0,0\n100,10\n", ", 'between': 'lines'", 25, 2.5, 500 + 1000},
};

static void test_series(void) {
  for (size_t i = 0; i < sizeof series / sizeof *series; i++) {
    struct fixture f = open_series(series[i].csv, series[i].keys);
    if (!test_check(f.scenario != NULL, "%s", f.refused)) continue;
    double rate = profile_rate(rate_of(&f), (sim_time)(series[i].at_s * 1e9)),
           total = profile_expected(rate_of(&f), 0, 1000 * SIM_S);
    test_check(fabs(rate - series[i].rate) < 1e-9 && fabs(total - series[i].total) < 1e-6, "%s: %g at %g s, %g in all",
               series[i].csv, rate, series[i].at_s, total);
    fixture_close(&f);
  }
}

/* The same name, other contents: another scenario. */
static void test_hash(void) {
  uint64_t hash[2];
  for (int i = 0; i < 2; i++) {
    FILE *file = fopen("/tmp/aguanta-profiles-hash.csv", "w");
    fprintf(file, "rate_per_s\n%d\n", i + 1);
    fclose(file);
    struct fixture f = open_rate("{ 'series': { 'file': '/tmp/aguanta-profiles-hash.csv', 'interval': '1h' } }", "1h", 1);
    hash[i] = f.scenario ? f.scenario->hash : 0;
    fixture_close(&f);
  }
  unlink("/tmp/aguanta-profiles-hash.csv");
  test_check(hash[0] != hash[1], "both have the hash %llx", (unsigned long long)hash[0]);
}

/* --- arrivals --------------------------------------------------------------------------------------------------------------- */

/* Counts by window against the integral, chi-square from both sides: arrivals that are too even fail too. */
static void test_counts(void) {
  enum { WINDOWS = 48 };
  for (size_t i = 0; i < CASES; i++) {
    struct fixture f = open_rate(profiles[i].rate, profiles[i].window, WINDOWS);
    if (!f.scenario) continue;
    double square = 0, freedom = 0, all = 0, due = 0;
    struct world *w = fixture_run(&f, 3, profiles[i].name);
    sim_time width = (w->measured_until + WINDOWS - 1) / WINDOWS;
    for (int k = 0; k < WINDOWS; k++) {
      sim_time end = (k + 1) * width < w->measured_until ? (k + 1) * width : w->measured_until;
      double expected = profile_expected(rate_of(&f), k * width, end),
             count = (double)w->observation.endpoints[0].windows[k].arrived;
      all += count, due += expected;
      if (expected < 1e-9) test_check(count == 0, "%s: %.0f arrivals in window %d at rate 0", profiles[i].name, count, k);
      if (expected < 0.9) continue;
      square += (count - expected) * (count - expected) / expected, freedom++;
    }
    test_check(fabs(all - due) < 4 * sqrt(due), "%s: %.0f arrivals, %.1f expected", profiles[i].name, all, due);
    test_check(fabs(square - freedom) < 4.5 * sqrt(3.2 * freedom), "%s: chi-square %.1f with %.0f degrees of freedom",
               profiles[i].name, square, freedom);
    world_free(w);
    fixture_close(&f);
  }
}

/* u = Lambda(t): the gaps of the transformed times of a Poisson process are exponential of mean 1. Gaps are tested, not times, so that
 * clumping shows as well as a wrong rate. */
static void check_gaps(const char *name, const char *rate, const char *window) {
  struct fixture f = open_rate(rate, window, 1);
  if (!f.scenario) return;
  const struct choice *p = rate_of(&f);
  struct world *w = world_new(&f.scenario->model, 5, 0, WORLD_TRAFFIC);
  enum { MOST = 1000000 };
  double *u = malloc(MOST * sizeof *u), gaps = 0;
  uint32_t n = 0;
  for (sim_time at, before = 0; n < MOST; before = at) {
    at = calendar_time_of(w->calendar, world_sources(w)->each[0].arrivals.slot);
    if (at >= w->measured_until) break;
    double gap = profile_expected(p, before, at);
    gaps += gap, u[n++] = 1 - exp(-gap);
    calendar_run(w->calendar, at + 1);
  }
  test_check(n > 950000, "%s: only %u arrivals", name, n);
  test_check(fabs(gaps / n - 1) < 4 / sqrt(n), "%s: transformed gaps have the mean %.5f", name, gaps / n);
  samples_check_uniform(name, u, n);
  free(u);
  world_free(w);
  fixture_close(&f);
}

static void test_gaps_of_wave(void) {
  check_gaps("wave", "{ 'wave': { 'mean': '100/s', 'amplitude': '60/s', 'period': '1d' } }", "1d");
}

static void test_gaps_of_sale(void) {
  check_gaps("sale",
             "{ 'on_sale': { 'at': '5m', 'fans': 1000000, 'waiting': '25%', 'early': '4m', 'ramp': '15s', 'half_life': '5m', "
             "'second': { 'share': '10%', 'after': '20m' } } }",
             "3h");
}

/* The hours of the reference case, and the index of dispersion over replications: variance over mean is 1 for Poisson counts. */
static void test_hourly_counts(void) {
  static const double mean[] = {388113.2114, 442423.7652, 491117.2756, 530875.3604, 558988.5717, 573541.0408,
                                573541.0408, 558988.5717, 530875.3604, 491117.2756, 442423.7652, 388113.2114,
                                331886.7886, 277576.2348, 228882.7244, 189124.6396, 161011.4283, 146458.9592,
                                146458.9592, 161011.4283, 189124.6396, 228882.7244, 277576.2348, 331886.7886};
  struct fixture f = open_rate("{ 'wave': { 'mean': '100/s', 'amplitude': '60/s', 'period': '1d' } }", "1d", 24);
  for (int hour = 0; hour < 24; hour++) {
    double told = profile_expected(rate_of(&f), hour * SIM_HOUR, (hour + 1) * SIM_HOUR);
    test_check(fabs(told - mean[hour]) < 1e-3, "hour %d: %.4f due, %.4f told", hour, mean[hour], told);
  }
  struct world *w = fixture_run(&f, 11, "hours");
  for (int hour = 0; hour < 24; hour++) {
    double count = (double)w->observation.endpoints[0].windows[hour].arrived;
    test_check(fabs(count - mean[hour]) < 4 * sqrt(mean[hour]), "hour %d: %.0f arrivals, %.1f due", hour, count, mean[hour]);
  }
  world_free(w);
  fixture_close(&f);
}

static void test_dispersion(void) {
  enum { REPLICATIONS = 400, WINDOWS = 12 };
  struct fixture f = open_rate("{ 'wave': { 'mean': '5/s', 'amplitude': '3/s', 'period': '120s' } }", "120s", WINDOWS);
  double sum[WINDOWS] = {0}, square[WINDOWS] = {0}, index = 0;
  for (uint32_t r = 0; r < REPLICATIONS; r++) {
    struct world *w = world_new(&f.scenario->model, 21, r, WORLD_TRAFFIC);
    world_run(w);
    for (int k = 0; k < WINDOWS; k++) {
      double count = (double)w->observation.endpoints[0].windows[k].arrived;
      sum[k] += count, square[k] += count * count;
    }
    world_free(w);
  }
  for (int k = 0; k < WINDOWS; k++)
    index += (square[k] - sum[k] * sum[k] / REPLICATIONS) / (REPLICATIONS - 1) / (sum[k] / REPLICATIONS) / WINDOWS;
  test_check(fabs(index - 1) < 4 * sqrt(2.0 / REPLICATIONS / WINDOWS), "index of dispersion %.4f", index);
  fixture_close(&f);
}

/* --- business figures -------------------------------------------------------------------------------------------------------- */

static void test_users(void) {
  struct fixture f =
      open_rate("{ 'users': { 'registered': 100000, 'active': '10%', 'sessions': 2, 'requests': 12, 'session': '5m', "
                "'shape': { 'day': { 'peak': 2.5 } } } }",
                "1d", 1);
  const struct users_profile *u = profile_users_of(rate_of(&f));
  test_check(u->daily == 10000 && fabs(u->mean - 240000.0 / 86400) < 1e-12 && fabs(u->peak_factor - 2.5) < 1e-9,
             "%g a day, %g/s, x %g", u->daily, u->mean, u->peak_factor);
  test_check(fabs(profile_rate(rate_of(&f), 2 * SIM_HOUR) - 6.944444444) < 1e-6, "at 20:00 %g/s",
             profile_rate(rate_of(&f), 2 * SIM_HOUR));
  fixture_close(&f);
  f = open_rate("{ 'users': { 'concurrent': 300, 'session': '5m', 'sessions': 2, 'shape': { 'day': { 'peak': 2.5 } } } }", "1d", 1);
  u = profile_users_of(rate_of(&f)); /* 1 session/s at the peak, 0.4/s in the mean, 34560 a day, of 17280 users */
  test_check(fabs(u->daily - 17280) < 1e-6 && fabs(u->mean - 0.4) < 1e-9, "%g a day, %g sessions/s", u->daily, u->mean);
  fixture_close(&f);
}

/* --- faults ----------------------------------------------------------------------------------------------------------------- */

static const char *const refused[][2] = {
    {"{ 'wave': { 'mean': '1/s', 'amplitude': '2/s', 'period': '1h' } }",
     "the rate would be negative: \"amplitude\" must be at most \"mean\""},
    {"{ 'sum': [ '1/s', { 'wave': { 'mean': '1/s', 'amplitude': '2/s', 'period': '1h' } } ] }", "the rate would be negative"},
    {"{ 'on_sale': { 'at': '1h', 'fans': 10, 'waiting': '60%', 'second': '40%' } }",
     "\"waiting\" and the second bump leave no requests for the surge: the rate would be negative or zero"},
    {"{ 'on_sale': { 'at': '1m', 'fans': 10, 'waiting': '60%' } }", "\"early\" reaches back before the start of the run"},
    {"{ 'on_sale': { 'at': '1m', 'fans': 10, 'poll': '5s' } }",
     "\"poll\" is what those do who wait: give \"waiting\", their share"},
    {"{ 'on_sale': { 'at': '1m' } }", "needs either \"fans\" or \"peak\""},
    {"{ 'hours': ['1/s', '2/s'] }", "\"rates\" needs 24 values, one an hour, not 2"},
    {"{ 'week': { 'mean': '1/s', 'shape': " DAYTIME " } }", "\"shape\" needs 168 values, one an hour, not 24"},
    {"{ 'hours': { 'shape': " DAYTIME " } }", "needs either \"rates\" or \"mean\" and \"shape\""},
    {"{ 'hours': { 'mean': '1/s', 'shape': [0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0] } }",
     "\"shape\" needs at least one value that is more than 0"},
    {"{ 'hours': { 'mean': '1/s', 'shape': [-1] } }", "\"weight\" must be from 0 to 1000000000000, not -1"},
    {"{ 'scale': { 'of': '1/s', 'by': -1 } }", "\"by\" must be from 0 to 1000000000, not -1"},
    {"{ 'series': { 'rates': ['1/s'] } }", "needs an \"interval\": how long each rate lasts"},
    {"{ 'series': { 'interval': '1h' } }", "needs either \"file\" or \"rates\""},
    {"{ 'users': { 'sessions': 2 } }", "needs one of \"registered\", \"daily\" and \"concurrent\""},
    {"{ 'users': { 'registered': 10 } }", "\"registered\" needs \"active\": the share of them that comes on a day"},
    {"{ 'users': { 'daily': 10, 'active': 0.1 } }", "\"active\" is a share of \"registered\", which is not given"},
    {"{ 'users': { 'concurrent': 10 } }", "\"concurrent\" needs \"session\": how long a session lasts"},
};

static void test_refused(void) {
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
    struct text t = {.length = 0};
    put(&t,
        "{ 'aguanta': 1, 'name': 'r', 'traffic': { 'x': { 'kind': 'open', 'rate': %s, 'mix': { 'p': 1 } } }, 'endpoints': { 'p': { "
        "'steps': [ { 'delay': '1us' } ] } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, 'run': { 'window': "
        "'1h' } }",
        refused[i][0]);
    struct fixture f = fixture_try(&t);
    test_check(f.refused && strstr(f.refused, refused[i][1]), "%s: %s instead of %s", refused[i][0],
               f.refused ? f.refused : "accepted", refused[i][1]);
    fixture_close(&f);
  }
}

static const struct {
  const char *csv, *keys, *message;
} bad_series[] = {
    {"", ", 'interval': '1h'", ": error: is empty: it needs a header line with the columns at_s, rate_per_s, count, and rows\n"},
    {"rate_per_s\n", ", 'interval': '1h'", ": error: has no rows below its header line\n"},
    {"at_s,rate_per_s\n10,1\n5,1\n", "", ":3:1: error: \"at_s\" must rise from row to row, but follows 10, not 5\n"},
    {"rate_per_s\n1\n-2\n", ", 'interval': '1h'", ":3:1: error: \"rate_per_s\" must be at least 0, not -2\n"},
    {"rate_per_s\n1\ntwo\n", ", 'interval': '1h'", ":3:1: error: \"rate_per_s\" must be a number such as 12.5, not \"two\"\n"},
    {"at_s\n1\n2\n", "", "the file needs either the column \"rate_per_s\" or \"count\""},
    {"rate_per_s\n1\n", "", "needs an \"interval\", or the column \"at_s\" in its file"},
    {"at_s,rate_per_s\n1,1\n", "", "one row alone needs an \"interval\": how long it lasts"},
    {"count\n1\n", ", 'interval': '1h', 'between': 'lines'", "counts of intervals have no lines between them: give \"rate_per_s\""},
};

static void test_bad_series(void) {
  for (size_t i = 0; i < sizeof bad_series / sizeof *bad_series; i++) {
    struct fixture f = open_series(bad_series[i].csv, bad_series[i].keys);
    test_check(f.refused && strstr(f.refused, bad_series[i].message), "%s: %s instead of %s", bad_series[i].csv,
               f.refused ? f.refused : "accepted", bad_series[i].message);
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"functions", test_functions},
                                         {"instants", test_instants},
                                         {"week", test_week},
                                         {"series", test_series},
                                         {"hash", test_hash},
                                         {"counts", test_counts},
                                         {"gaps_of_wave", test_gaps_of_wave},
                                         {"gaps_of_sale", test_gaps_of_sale},
                                         {"hourly_counts", test_hourly_counts},
                                         {"dispersion", test_dispersion},
                                         {"users", test_users},
                                         {"refused", test_refused},
                                         {"bad_series", test_bad_series},
                                         {0}};
const struct test_suite suite_profiles = {"profiles", cases};
