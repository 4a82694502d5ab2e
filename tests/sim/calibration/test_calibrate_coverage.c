/* Are the intervals right? Synthetic runs with known demands are calibrated, and it is counted how often the truth lies within what is
 * stated: 95% of the time, over 1,000 runs between 93.6 and 96.4% (the 95% range of a binomial count).
 *
 * A run measures two services on one core, each asked by two endpoints, at four loads from 0.1 to 0.85 of what the core can do, three
 * windows of 30 s at each in random order, a minute apart. Every window has requests by Poisson, demands that vary (cv 1.2), a clock
 * of 10 ms, a mix of its own, what wakes (nothing in a third of the runs) and a background; and the speed of the machine drifts: an
 * Ornstein-Uhlenbeck process of deviation 2% that forgets in a minute, which is 5 to 8% between the fastest and the slowest window. */
#include "sim/calibration/calibration.h"
#include "sim/engine/arena.h"
#include "sim/engine/stream.h"
#include "tests/suite.h"
#include <stdlib.h>
#include <string.h>

/* The lag at which neighbours count as alike (sim/stats/regression.c) was chosen on the runs of this seed; others are a test of it. */
enum { CHOSEN_ON = 19 };

enum { SERVICES = 2, ENDPOINTS = 2, LOADS = 4, REPEATS = 3, WINDOWS = LOADS * REPEATS };
static const double WINDOW_S = 30, APART_S = 90, FORGETS_S = 60, DRIFT = 0.02, CV = 1.2, TICK_S = 0.01;

static const char scenario_text[] =
    "{\"aguanta\": 1, \"name\": \"synthetic\", \"traffic\": {\"web\": {\"kind\": \"open\", \"rate\": \"100/s\", \"mix\": {\"a\": "
    "1, \"b\": 1}}},"
    "\"endpoints\": {\"a\": {\"entry\": \"one\", \"steps\": [{\"cpu\": \"1ms\"}, {\"call\": \"two\", \"steps\": [{\"cpu\": "
    "\"1ms\"}]}]},"
    "\"b\": {\"entry\": \"one\", \"steps\": [{\"cpu\": \"1ms\"}, {\"call\": \"two\", \"steps\": [{\"cpu\": \"1ms\"}]}]}},"
    "\"services\": {\"one\": {\"kind\": \"app\"}, \"two\": {\"kind\": \"app\"}},"
    "\"platform\": {\"kind\": \"static\", \"nodes\": {\"box\": {\"cpu\": 1}}},"
    "\"run\": {\"warmup\": \"1s\", \"window\": \"5s\", \"replications\": 2, \"seed\": \"s\"}}";

static const char *const services[] = {"one", "two"}, *const endpoints[] = {"a", "b"};
static const char *const paths[SERVICES][ENDPOINTS] = {{"endpoints.a.steps.0.cpu", "endpoints.b.steps.0.cpu"},
                                                       {"endpoints.a.steps.1.steps.0.cpu", "endpoints.b.steps.1.steps.0.cpu"}};

struct truth {
  double demand_s[SERVICES][ENDPOINTS], waking_s[SERVICES], background[SERVICES];
};

static double between(struct stream *s, double low, double high) { return low + (high - low) * stream_uniform(s); }

static struct truth draw_truth(struct stream *s) {
  struct truth t;
  bool wakes = stream_uniform(s) > 1 / 3.;
  for (int k = 0; k < SERVICES; k++) {
    for (int e = 0; e < ENDPOINTS; e++) t.demand_s[k][e] = between(s, 0.2e-3, 2e-3);
    t.waking_s[k] = wakes ? between(s, 0, 0.3e-3) : 0;
    t.background[k] = between(s, 0, 0.01);
  }
  return t;
}

static double poisson(struct stream *s, double mean) { return round(fmax(0, mean + sqrt(mean) * stream_normal(s))); }

static void measure(struct stream *s, const struct truth *t, double load, double speed, struct measured_window *w) {
  double share = between(s, 0.3, 0.7), n[ENDPOINTS], work[SERVICES] = {0}, each = 0, use = load;
  for (int k = 0; k < SERVICES; k++) each += share * t->demand_s[k][0] + (1 - share) * t->demand_s[k][1];
  *w = (struct measured_window){.from = "synthetic", .seconds = WINDOW_S, .users = NAN, .busy = NAN, .hit_rate = NAN};
  w->latency = (struct measured_latency){.n = NAN, .mean = NAN, .sd = NAN};
  for (int e = 0; e < ENDPOINTS; e++) {
    n[e] = poisson(s, load / each * WINDOW_S * (e ? 1 - share : share));
    measured_add(&w->asked, endpoints[e], n[e]);
    w->requests += n[e];
    for (int k = 0; k < SERVICES; k++) work[k] += t->demand_s[k][e] * n[e] * (1 + CV * stream_normal(s) / sqrt(n[e]));
  }
  double cpu[SERVICES];
  for (int round = 0; round < 30; round++) {
    double sum = 0;
    for (int k = 0; k < SERVICES; k++)
      sum += cpu[k] = speed * (work[k] + t->waking_s[k] * w->requests * (1 - use) + t->background[k] * WINDOW_S);
    use = fmin(1, sum / WINDOW_S);
  }
  for (int k = 0; k < SERVICES; k++) measured_add(&w->cpu, services[k], cpu[k] + between(s, -TICK_S, TICK_S));
}

static struct measured *measure_all(struct arena *arena, struct stream *s, const struct truth *t) {
  struct measured *m = arena_alloc(arena, sizeof *m);
  double loads[WINDOWS], drift = DRIFT * stream_normal(s), keeps = exp(-APART_S / FORGETS_S);
  m->windows = arena_new_array(arena, struct measured_window, WINDOWS);
  m->window_count = WINDOWS;
  for (int i = 0; i < WINDOWS; i++) loads[i] = 0.1 + 0.25 * (i % LOADS);
  for (uint32_t i = WINDOWS - 1; i > 0; i--) {
    uint32_t k = stream_below(s, i + 1);
    double x = loads[i];
    loads[i] = loads[k], loads[k] = x;
  }
  for (int i = 0; i < WINDOWS; i++) {
    measure(s, t, loads[i], 1 + drift, &m->windows[i]);
    drift = keeps * drift + sqrt(1 - keeps * keeps) * DRIFT * stream_normal(s);
  }
  return m;
}

struct count {
  uint32_t stated, covered, below, above;
  double width;
};

static void count_run(const struct calibration_results *r, const struct truth *t, struct count *c) {
  for (uint32_t i = 0; i < r->value_count; i++)
    for (int k = 0; k < SERVICES; k++)
      for (int e = 0; e < ENDPOINTS; e++) {
        const struct estimate *x = &r->values[i].estimate;
        if (strcmp(r->values[i].path, paths[k][e]) != 0) continue;
        c->stated++, c->below += x->high<t->demand_s[k][e], c->above += x->low> t->demand_s[k][e];
        c->covered += x->low <= t->demand_s[k][e] && t->demand_s[k][e] <= x->high;
        c->width += 0.5 * (x->high - x->low) / t->demand_s[k][e];
      }
}

static struct count run_all(uint32_t runs, uint64_t seed) {
  struct count c = {0};
  struct arena *kept = arena_new();
  struct diagnostics *d = diagnostics_new(kept);
  struct scenario *scenario = scenario_read_text(kept, d, "synthetic", scenario_text, NULL, 0);
  test_check(scenario != NULL, "%s", diagnostics_render(d, kept));
  for (uint32_t i = 0; i < runs && scenario; i++) {
    struct arena *arena = arena_new();
    struct stream s = stream_at(stream_key(seed, 0, 0, 0), i);
    struct truth t = draw_truth(&s);
    struct measured *m = measure_all(arena, &s, &t);
    struct calibration_results *r = calibrate(arena, diagnostics_new(arena), scenario, m, &(struct calibration_options){0});
    if (r) count_run(r, &t, &c);
    arena_free(arena);
  }
  arena_free(kept);
  return c;
}

/* 100 runs of 4 demands that share their windows: no fewer than 91 and no more than 98.5%. */
static void smoke(void) {
  struct count c = run_all(100, CHOSEN_ON);
  double share = (double)c.covered / c.stated;
  test_check(c.stated >= 380, "only %u of 400 demands were stated", c.stated);
  test_check(share > 0.91 && share < 0.985, "%.2f%% of %u covered, %u below, %u above, half-width %.2f%%", 100 * share, c.stated,
             c.below, c.above, 100 * c.width / c.stated);
}

static void thousand_of(uint64_t seed) {
  if (!getenv("AGUANTA_LONG")) {
    CU_PASS("make check-long runs it");
    return;
  }
  struct count c = run_all(1000, seed);
  double share = (double)c.covered / c.stated;
  printf("    %u demands of 1,000 runs: %.2f%% within their intervals, %.2f%% above them, %.2f%% below, mean half-width %.1f%%\n",
         c.stated, 100 * share, 100.0 * c.below / c.stated, 100.0 * c.above / c.stated, 100 * c.width / c.stated);
  test_check(c.stated >= 3960, "only %u of 4,000 demands were stated", c.stated);
  test_check(share > 0.936 && share < 0.964, "%.2f%% of %u covered, %u below, %u above", 100 * share, c.stated, c.below, c.above);
}

static void thousand(void) { thousand_of(CHOSEN_ON); }
static void second_thousand(void) { thousand_of(20); }
static void third_thousand(void) { thousand_of(21); }

static const struct test_case cases[] = {{"smoke", smoke},
                                         {"thousand", thousand},
                                         {"second_thousand", second_thousand},
                                         {"third_thousand", third_thousand},
                                         {NULL, NULL}};
const struct test_suite suite_calibrate_coverage = {"calibrate_coverage", cases};
