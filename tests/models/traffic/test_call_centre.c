/* A published simulation, reproduced: the call centre of SSJ's tutorial (L'Ecuyer, Meliani and Vaucher 2002), with all that its
 * report prints of 10,000 days. scenarios/theory/call-centre.json is that centre.
 *
 * SSJ divides waits, good calls and lost calls of each day by the 1660 calls that are expected, not by those that came, and
 * counts a caller who hung up with the time that he waited, as a good call when that is below 20 s; so do we here. */
#include "tests/model_fixture.h"

enum { ARRIVED, WAIT, GOOD, LOST, FIGURES };
static const double expected_calls = 1660;

/* What was printed, with the half of its last digit. */
static const struct {
  const char *name;
  double mean, mean_rounding, variance, variance_rounding;
} printed[FIGURES] = {{"arrivals a day", 1660.366, 0.0005, 8764.756, 0.0005},
                      {"mean wait, s", 4.713, 0.0005, 3.987, 0.0005},
                      {"share below 20 s", 0.925, 0.0005, 1.6e-3, 0.05e-3},
                      {"share lost", 0.020, 0.0005, 4.6e-5, 0.05e-5}};
static const double printed_days = 10000;

static void read_day(const struct world *w, double *figures) {
  struct ends ends = fixture_ends(w, 0);
  double wait_s = 0, good = 0;
  for (uint32_t i = 0; i < w->observation.window_count; i++) {
    const struct histogram *h = &w->observation.endpoints[0].waits[i];
    wait_s += histogram_mean(h) * 1e-9 * (double)h->count;
    good += histogram_share_at_most(h, 20 * SIM_S - 1) * (double)h->count;
  }
  test_check(ends.arrived == ends.ended, "%llu callers, %llu ends", (unsigned long long)ends.arrived,
             (unsigned long long)ends.ended);
  figures[ARRIVED] = (double)ends.arrived, figures[WAIT] = wait_s / expected_calls, figures[GOOD] = good / expected_calls,
  figures[LOST] = (double)ends.by[OUTCOME_PATIENCE] / expected_calls;
}

struct moments {
  double mean, variance, fourth; /* central */
};

static struct moments moments_of(const double *x, int n) {
  struct moments m = {0};
  for (int i = 0; i < n; i++) m.mean += x[i] / n;
  for (int i = 0; i < n; i++) {
    double square = (x[i] - m.mean) * (x[i] - m.mean);
    m.variance += square / (n - 1), m.fourth += square * square / n;
  }
  return m;
}

/* Whether both came from one law as far as 3.5 standard errors tell: theirs have an error like ours. Says so when `tell`. */
static unsigned refused(double *const *figures, int days, bool tell) {
  unsigned count = 0;
  for (int k = 0; k < FIGURES; k++) {
    struct moments m = moments_of(figures[k], days);
    double both = 1.0 / days + 1 / printed_days, mean_error = sqrt(m.variance * both),
           variance_error = sqrt((m.fourth - m.variance * m.variance) * both);
    bool mean = fabs(m.mean - printed[k].mean) <= 3.5 * mean_error + printed[k].mean_rounding,
         variance = fabs(m.variance - printed[k].variance) <= 3.5 * variance_error + printed[k].variance_rounding;
    count += !mean + !variance;
    if (tell)
      test_check(mean && variance, "%s over %d days: mean %.5g, printed %.5g, error %.2g; variance %.5g, printed %.5g, error %.2g",
                 printed[k].name, days, m.mean, printed[k].mean, mean_error, m.variance, printed[k].variance, variance_error);
  }
  return count;
}

static unsigned run_days(int days, const struct scenario_override *change) {
  struct arena *arena = arena_new();
  struct diagnostics *faults = diagnostics_new(arena);
  struct scenario *s = scenario_read(arena, faults, "scenarios/theory/call-centre.json", change, change ? 1 : 0);
  unsigned count = 0;
  if (test_check(s != NULL, "%s", diagnostics_render(faults, arena))) {
    double *figures[FIGURES], day[FIGURES];
    for (int k = 0; k < FIGURES; k++) figures[k] = arena_new_array(arena, double, (uint32_t)days);
    for (int i = 0; i < days; i++) {
      struct world *w = world_new(&s->model, s->model.run.seed, (uint32_t)i, WORLD_TRAFFIC);
      world_run(w);
      world_audit(w, fixture_broken, (void *)(uintptr_t) "call centre");
      read_day(w, day);
      for (int k = 0; k < FIGURES; k++) figures[k][i] = day[k];
      world_free(w);
    }
    count = refused(figures, days, !change);
  }
  arena_free(arena);
  return count;
}

static void test_published(void) { run_days(getenv("AGUANTA_LONG") ? 10000 : 500, NULL); }

/* Another centre is not taken for this one. */
static void test_controls(void) {
  static const struct scenario_override changes[] = {
      {.option = "--set", .path = "services.agents.shifts.2.threads", .value = "6"},
      {.option = "--set", .path = "traffic.callers.busyness_cv", .value = "0"},
      {.option = "--set", .path = "traffic.callers.patience.hyperexponential.p", .value = "0"},
      {.option = "--set", .path = "endpoints.call.steps.0.cpu.exponential", .value = "104s"}};
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
    test_check(run_days(500, &changes[i]) > 0, "%s = %s passes for the published centre", changes[i].path, changes[i].value);
}

static const struct test_case cases[] = {{"published", test_published}, {"controls", test_controls}, {NULL, NULL}};
const struct test_suite suite_call_centre = {"call_centre", cases};
