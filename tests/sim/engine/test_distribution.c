/* Every kind of distribution: solved parameters against closed forms and published values, draws against their law,
 * refusals with their exact texts. */
#include "sim/engine/arena.h"
#include "sim/engine/distribution.h"
#include "tests/samples.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

enum { MOST_VALUES = 64 };

/* Solves a kind from text such as "mean=10 cv=2" or "values=1,2,10 weights=5,3,2". */
static const char *solve(struct distribution *d, const char *kind_name, const char *text, struct arena *arena) {
  const struct distribution_kind *kind = distribution_kind_named(kind_name);
  struct parameter_values values = {0};
  double lists[DISTRIBUTION_PARAMETERS][MOST_VALUES];
  while (*text) {
    size_t length = strcspn(text, "=");
    int i = 0;
    while (strncmp(kind->parameters[i].name, text, length) || kind->parameters[i].name[length]) i++;
    do {
      char *end;
      lists[i][values.count[i]++] = strtod(text + length + 1, &end);
      length = (size_t)(end - text);
    } while (text[length] == ',');
    values.given[i] = true;
    values.scalar[i] = lists[i][0];
    values.list[i] = lists[i];
    text += length + (text[length] == ' ');
  }
  *d = (struct distribution){.kind = kind};
  return kind->solve(d, &values, arena);
}

static void test_table(void) {
  uint32_t count = 0;
  for (const struct distribution_kind *const *k = distribution_kinds; *k; k++, count++) {
    uint32_t shorthands = 0, parameters = 0;
    for (int i = 0; i < DISTRIBUTION_PARAMETERS && (*k)->parameters[i].name; i++, parameters++)
      shorthands += (*k)->parameters[i].shorthand;
    test_check(distribution_kind_named((*k)->name) == *k && (*k)->doc && (*k)->solve && (*k)->sample, "kind %s", (*k)->name);
    test_check(shorthands <= 1 && parameters >= 1 && parameters < DISTRIBUTION_PARAMETERS, "parameters of %s", (*k)->name);
  }
  test_check(count == 12, "%u kinds", count);
  test_check(!distribution_kind_named("zipf"), "an unknown kind is found");
}

/* Mean and scv from closed forms or the oracle (dist-lognormal-10ms-scv2, dist-weibull-0p7, dist-boundedpareto). */
static void test_moments(void) {
  static const struct {
    const char *kind;
    const char *given;
    double mean, scv;
  } table[] = {
      {"constant", "value=7", 7, 0},
      {"exponential", "mean=7", 7, 1},
      {"uniform", "low=2 high=8", 5, 3.0 / 25},
      {"lognormal", "mean=10 cv=1.4142135623730951", 10, 2},
      {"lognormal", "median=5.773502692 cv=1.4142135623730951", 10, 2},
      {"lognormal", "median=5.773502692 p95=32.37308815", 10, 2},
      {"lognormal", "median=5.773502692 p99=66.13073829", 10, 2},
      {"lognormal", "p95=32.37308815 p99=66.13073829", 10, 2},
      {"lognormal", "mean=10 median=5.773502692", 10, 2},
      {"lognormal", "mean=10 p99=66.13073829", 10, 2},
      {"lognormal", "mean=10 p95=32.37308815", 10, 2},
      {"lognormal", "cv=1.4142135623730951 p95=32.37308815", 10, 2},
      {"lognormal", "mean=10 cv=0", 10, 0},
      {"erlang", "shape=4 mean=10", 10, 0.25},
      {"gamma", "shape=2.5 mean=10", 10, 0.4},
      {"gamma", "cv=2 mean=10", 10, 4},
      {"hyperexponential", "mean=10 cv=2", 10, 4},
      {"hyperexponential", "p=0.9 mean1=1 mean2=11", 2, 2 * (0.9 + 12.1) / 4 - 1},
      {"hyperexponential", "p=0.1 mean1=0 mean2=1000", 900, 2 * 0.9 / 0.81 - 1},
      {"weibull", "shape=0.7 mean=1", 1, 2.138685632},
      {"weibull", "shape=1 mean=3", 3, 1},
      {"bounded_pareto", "alpha=1.5 low=0.001 high=1", 0.002905223541, 9.187123503e-05 / (0.002905223541 * 0.002905223541) - 1},
      {"bounded_pareto", "alpha=1 low=1 high=2.718281828459045", M_E / (M_E - 1), (M_E - 1) * (M_E - 1) / M_E - 1},
      {"bounded_pareto", "alpha=1 low=1 high=2.718281828459045 mean=7", 7, (M_E - 1) * (M_E - 1) / M_E - 1},
      {"discrete", "values=1,2,10 weights=5,3,2", 3.1, (0.5 + 1.2 + 20 - 9.61) / 9.61},
      {"discrete", "values=1,2,10", 13.0 / 3, (105.0 / 3 - 169.0 / 9) / (169.0 / 9)},
  };
  struct arena *arena = arena_new();
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    struct distribution d;
    const char *wrong = solve(&d, table[i].kind, table[i].given, arena);
    test_check(!wrong && fabs(d.mean / table[i].mean - 1) < 1e-8 && fabs(d.scv - table[i].scv) < 1e-7 * (1 + table[i].scv),
               "row %zu, %s: %s mean %.12g scv %.12g", i, table[i].kind, wrong ? wrong : "", d.mean, d.scv);
  }
  test_check(distribution_constant(4).mean == 4 && distribution_exponential(4).mean == 4 && distribution_exponential(4).scv == 1,
             "the two helpers");
  arena_free(arena);
}

static void test_refusals(void) {
  static const char lognormal_needs[] =
      "needs exactly two of \"mean\", \"cv\", \"median\", \"p90\", \"p95\", \"p99\", such as \"mean\" and \"cv\", or "
      "\"median\" and \"p99\"";
  static const struct {
    const char *kind;
    const char *given;
    const char *wrong;
  } table[] = {
      {"constant", "value=-1", "\"value\" must not be negative"},
      {"exponential", "mean=0", "\"mean\" must be positive"},
      {"exponential", "mean=nan", "\"mean\" must be positive"},
      {"uniform", "low=2", "needs \"low\" and \"high\""},
      {"uniform", "low=2 high=2", "\"high\" must be above \"low\""},
      {"lognormal", "mean=10", lognormal_needs},
      {"lognormal", "mean=10 cv=1 p99=20", lognormal_needs},
      {"lognormal", "mean=10 cv=-1", "\"cv\" must not be negative"},
      {"lognormal", "mean=0 cv=1", "every value must be positive"},
      {"lognormal", "median=10 p99=9", "percentiles must not fall: median <= p90 <= p95 <= p99"},
      {"lognormal", "mean=9 median=10", "the \"mean\" of a lognormal is not below its \"median\""},
      {"lognormal", "mean=10 p95=9", "the percentile must not be below \"mean\"; give \"median\" with it instead"},
      {"lognormal", "mean=10 p99=1000",
       "no lognormal has a percentile that far above its \"mean\"; give \"median\" with it instead"},
      {"erlang", "shape=2.5 mean=1", "\"shape\" must be a whole number from 1 on"},
      {"gamma", "shape=2 cv=1 mean=1", "needs \"mean\" and one of \"shape\", \"cv\""},
      {"gamma", "cv=0 mean=1", "\"cv\" must be positive; use \"constant\" for no variation"},
      {"hyperexponential", "mean=1 cv=1", "\"cv\" must be above 1; use \"exponential\" for 1, \"erlang\" or \"gamma\" below"},
      {"hyperexponential", "mean=1 p=0.5", "needs \"mean\" and \"cv\", or \"p\", \"mean1\" and \"mean2\""},
      {"hyperexponential", "p=0.1 mean1=-1 mean2=2", "\"mean1\" and \"mean2\" must not be negative"},
      {"hyperexponential", "p=1 mean1=0 mean2=2", "\"mean1\" or \"mean2\" must be positive"},
      {"weibull", "mean=1", "needs \"shape\" and \"mean\""},
      {"bounded_pareto", "alpha=1 low=0 high=1", "\"low\" must be positive"},
      {"discrete", "weights=5,3,2", "needs \"values\", and \"weights\" unless all are equally likely"},
      {"discrete", "values=1,2,10 weights=5,3", "\"values\" and \"weights\" must have the same length"},
      {"discrete", "values=1,-2,3", "\"values\" must not be negative"},
      {"discrete", "values=1,2,10 weights=0,0,0", "\"weights\" must not all be zero"},
  };
  struct arena *arena = arena_new();
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    struct distribution d;
    const char *wrong = solve(&d, table[i].kind, table[i].given, arena);
    test_check(wrong && !strcmp(wrong, table[i].wrong), "row %zu, %s says: %s", i, table[i].kind, wrong ? wrong : "nothing");
  }
  arena_free(arena);
}

/* --- laws --- */

static double draw(const void *d, struct stream *s) { return distribution_sample(d, s); }

static double cdf_uniform(double x, const void *p) {
  (void)p;
  return gsl_cdf_flat_P(x, 2, 8);
}
static double cdf_exponential(double x, const void *p) { return gsl_cdf_exponential_P(x, ((const struct distribution *)p)->mean); }
static double cdf_gamma(double x, const void *p) {
  const struct distribution *d = p;
  return gsl_cdf_gamma_P(x, 1 / d->scv, d->mean * d->scv);
}
/* mu and sigma of the oracle, not of the solver */
static double cdf_lognormal(double x, const void *p) {
  (void)p;
  return gsl_cdf_lognormal_P(x, 1.753278949, 1.048147074);
}
static double cdf_weibull(double x, const void *p) {
  (void)p;
  return gsl_cdf_weibull_P(x, 0.7899995499, 0.7);
}
static double cdf_bounded_pareto(double x, const void *p) {
  (void)p;
  return (1 - pow(0.001 / x, 1.5)) / (1 - pow(0.001, 1.5));
}
static double cdf_hyperexponential(double x, const void *p) {
  (void)p;
  return 0.9 * gsl_cdf_exponential_P(x, 1) + 0.1 * gsl_cdf_exponential_P(x, 11);
}

static void test_laws(void) {
  static const struct {
    const char *kind;
    const char *given;
    cumulative *cdf;
  } table[] = {
      {"uniform", "low=2 high=8", cdf_uniform},
      {"exponential", "mean=7", cdf_exponential},
      {"lognormal", "mean=10 cv=1.4142135623730951", cdf_lognormal},
      {"erlang", "shape=3 mean=7", cdf_gamma},
      {"erlang", "shape=20 mean=7", cdf_gamma},
      {"gamma", "shape=2.5 mean=7", cdf_gamma},
      {"gamma", "shape=0.4 mean=7", cdf_gamma},
      {"hyperexponential", "p=0.9 mean1=1 mean2=11", cdf_hyperexponential},
      {"weibull", "shape=0.7 mean=1", cdf_weibull},
      {"bounded_pareto", "alpha=1.5 low=0.001 high=1", cdf_bounded_pareto},
  };
  struct arena *arena = arena_new();
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    struct distribution d;
    const char *wrong = solve(&d, table[i].kind, table[i].given, arena);
    if (!test_check(!wrong, "%s: %s", table[i].kind, wrong ? wrong : "")) continue;
    samples_check(table[i].kind, draw, table[i].cdf, &d, d.mean, d.scv * d.mean * d.mean);
  }
  arena_free(arena);
}

/* {"sum": ["2s", uniform 0 to 6 s, exponential 3 s]}, and three exponentials, which are an Erlang. */
static void test_sums(void) {
  struct arena *arena = arena_new();
  struct distribution uniform, all = {.kind = distribution_kind_named("sum")}, erlang = {.kind = all.kind};
  solve(&uniform, "uniform", "low=0 high=6", arena);
  struct distribution parts[] = {distribution_constant(2), uniform, distribution_exponential(3)};
  struct distribution thirds[] = {distribution_exponential(7. / 3), distribution_exponential(7. / 3),
                                  distribution_exponential(7. / 3)};
  struct parameter_values given = {.given = {true}, .parts = {parts}, .count = {3}},
                          same = {.given = {true}, .parts = {thirds}, .count = {3}};
  test_check(!all.kind->solve(&all, &given, arena) && all.mean == 8 && fabs(all.scv - (3. + 9) / 64) < 1e-12,
             "mean %.12g scv %.12g", all.mean, all.scv);
  test_check(!erlang.kind->solve(&erlang, &same, arena), "three exponentials");
  samples_check("sum", draw, cdf_gamma, &erlang, 7, 49. / 3);
  struct distribution none = {.kind = all.kind};
  const char *wrong = none.kind->solve(&none, &(struct parameter_values){.given = {true}}, arena);
  test_check(wrong && !strcmp(wrong, "needs a list of durations or distributions"), "an empty list says: %s",
             wrong ? wrong : "nothing");
  arena_free(arena);
}

/* Rounded to a grid: the closed forms of an exponential of 40 on steps of 10, q = exp(-1/4): up 10 / (1 - q) = 45.20812, down q times
 * that = 35.20812, to the nearest sqrt(q) times = 39.89602 (by hand). A constant 7 on steps of 2: 8, 8 (ties go up), 6. Uniform from 0 to 6 on steps of 2: up to
 * 2, 4, 6, alike: mean 4, variance 8/3. Each against its draws, too. */
static void test_grids(void) {
  static const struct {
    const char *kind, *given, *to;
    double step, mean, variance, within;
  } table[] = {
      {"exponential", "mean=40", "up", 10, 45.208120, 0, 1e-6},
      {"exponential", "mean=40", "down", 10, 35.208120, 0, 1e-6},
      {"exponential", "mean=40", "nearest", 10, 39.896023, 0, 1e-6},
      {"constant", "value=7", "up", 2, 8, 0, 0},
      {"constant", "value=7", "nearest", 2, 8, 0, 0},
      {"constant", "value=7", "down", 2, 6, 0, 0},
      {"constant", "value=6", "up", 2, 6, 0, 0},
      {"uniform", "low=0 high=6", "up", 2, 4, 8. / 3, 0.01},
      {"uniform", "low=0 high=6", "nearest", 2, 3, 11. / 3, 0.01},
  };
  struct arena *arena = arena_new();
  const struct distribution_kind *kind = distribution_kind_named("grid");
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    struct distribution of, d = {.kind = kind};
    solve(&of, table[i].kind, table[i].given, arena);
    int to = 1;
    while (strcmp(kind->parameters[to].name, table[i].to)) to++;
    struct parameter_values given = {.given = {true}, .parts = {&of}, .count = {1}};
    given.given[to] = true, given.scalar[to] = table[i].step;
    const char *wrong = kind->solve(&d, &given, arena);
    test_check(!wrong && fabs(d.mean - table[i].mean) <= table[i].within * table[i].mean, "%s to steps of %g, %s: %s mean %.9g",
               table[i].kind, table[i].step, table[i].to, wrong ? wrong : "", d.mean);
    double variance = d.scv * d.mean * d.mean, sum = 0, square = 0;
    if (table[i].variance > 0) test_check(fabs(variance / table[i].variance - 1) < 0.02, "variance %g", variance);
    struct stream s = stream_open(70 + i);
    enum { DRAWS = 200000 };
    for (int k = 0; k < DRAWS; k++) {
      double x = distribution_sample(&d, &s), steps = x / table[i].step;
      if (fabs(steps - (double)(int64_t)(steps + 0.5)) > 1e-9) test_check(false, "%g is not on the grid", x);
      sum += x, square += x * x;
    }
    double mean = sum / DRAWS, spread = sqrt(variance / DRAWS) + 0.002 * (table[i].kind[0] == 'u');
    test_check(fabs(mean - d.mean) <= 4 * spread, "%s, %s: the draws have the mean %g, not %g", table[i].kind, table[i].to, mean,
               d.mean);
    test_check(fabs(square / DRAWS - mean * mean - variance) <= 0.03 * variance + 1e-9,
               "%s, %s: the draws have the variance %g, not %g", table[i].kind, table[i].to, square / DRAWS - mean * mean,
               variance);
  }
  arena_free(arena);
}

/* Shares below the oracle's quantiles, within the 99.99% interval (3.9 standard errors). */
static void test_quantiles(void) {
  static const struct {
    const char *kind;
    const char *given;
    double p[3], quantile[3];
  } table[] = {
      {"lognormal", "mean=10 cv=1.4142135623730951", {0.5, 0.95, 0.99}, {5.773502692, 32.37308815, 66.13073829}},
      {"weibull", "shape=0.7 mean=1", {0.5, 0.95, 0.99}, {0.4679879226, 3.787436957, 7.000364901}},
      {"bounded_pareto", "alpha=1.5 low=0.001 high=1", {0.5, 0.99, 0.999}, {0.001587367587, 0.02149949861, 0.09794785444}},
  };
  struct arena *arena = arena_new();
  uint32_t n = samples_count();
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    struct distribution d;
    solve(&d, table[i].kind, table[i].given, arena);
    struct stream s = stream_open(30 + i);
    uint32_t below[3] = {0};
    for (uint32_t k = 0; k < n; k++) {
      double x = distribution_sample(&d, &s);
      for (int q = 0; q < 3; q++) below[q] += x <= table[i].quantile[q];
    }
    for (int q = 0; q < 3; q++) {
      double p = table[i].p[q], se = sqrt(p * (1 - p) / n), off = ((double)below[q] / n - p) / se;
      test_check(fabs(off) < 3.9, "%s, share below the %g-quantile is %.3g standard errors off", table[i].kind, p, off);
    }
  }
  arena_free(arena);
}

static void test_discrete(void) {
  struct arena *arena = arena_new();
  struct distribution d;
  enum { VALUES = 50, DRAWS = 500000 };
  double values[VALUES], weights[VALUES], total = 0, chi = 0;
  for (int i = 0; i < VALUES; i++) {
    values[i] = i;
    weights[i] = i == 17 ? 0 : 1 + i % 7 * i % 5 + (i == 30) * 300;
    total += weights[i];
  }
  const struct distribution_kind *kind = d.kind = distribution_kind_named("discrete");
  struct parameter_values given = {.given = {true, true}, .list = {values, weights}, .count = {VALUES, VALUES}};
  const char *wrong = kind->solve(&d, &given, arena);
  test_check(!wrong, "discrete: %s", wrong ? wrong : "");
  uint32_t counts[VALUES] = {0};
  struct stream s = stream_open(40);
  for (int i = 0; i < DRAWS; i++) counts[(int)distribution_sample(&d, &s)]++;
  for (int i = 0; i < VALUES; i++) {
    double expected = DRAWS * weights[i] / total;
    if (expected > 0) chi += (counts[i] - expected) * (counts[i] - expected) / expected;
  }
  test_check(counts[17] == 0, "a value of weight 0 came %u times", counts[17]);
  double p = gsl_cdf_chisq_Q(chi, VALUES - 2);
  test_check(p > 1e-4, "discrete: chi-square p = %g", p);
  arena_free(arena);
}

/* Times are rounded and not negative; a law scaled by a constant scales its draws exactly. */
static void test_times(void) {
  struct stream s = stream_open(50), again = s;
  struct distribution seven = distribution_constant(7.4), less = distribution_constant(-3), mean = distribution_exponential(1000);
  struct distribution scaled = distribution_exponential(8000);
  test_check(distribution_sample_time(&seven, &s) == 7 && distribution_sample_time(&less, &s) == 0, "rounding");
  bool equal = true;
  for (int i = 0; i < 1000; i++) equal &= 8 * distribution_sample(&mean, &s) == distribution_sample(&scaled, &again);
  test_check(equal, "scaling is not exact");
}

/* The same draws on every machine and at every optimisation: a hash of a few of each kind. Changes only with the samplers. */
static void test_golden(void) {
  static const struct {
    const char *kind;
    const char *given;
  } table[] = {
      {"uniform", "low=2 high=8"},
      {"exponential", "mean=7"},
      {"lognormal", "mean=10 p99=60"},
      {"gamma", "cv=1.5 mean=7"},
      {"hyperexponential", "mean=3 cv=2"},
      {"weibull", "shape=0.7 mean=1"},
      {"bounded_pareto", "alpha=1.1 low=1 high=1e6"},
  };
  struct arena *arena = arena_new();
  uint64_t hash = 0;
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    struct distribution d;
    solve(&d, table[i].kind, table[i].given, arena);
    struct stream s = stream_open(60);
    for (int k = 0; k < 100000; k++) {
      double x = distribution_sample(&d, &s);
      uint64_t bits;
      memcpy(&bits, &x, sizeof bits);
      hash = stream_mix(hash ^ bits) + 1;
    }
  }
  test_check(hash == 0xb7490b4091debd26, "the draws have the hash 0x%016lx", hash);
  arena_free(arena);
}

static const struct test_case cases[] = {{"table", test_table},
                                         {"moments", test_moments},
                                         {"refusals", test_refusals},
                                         {"laws", test_laws},
                                         {"sums", test_sums},
                                         {"grids", test_grids},
                                         {"quantiles", test_quantiles},
                                         {"discrete", test_discrete},
                                         {"times", test_times},
                                         {"golden", test_golden},
                                         {0}};
const struct test_suite suite_distribution = {"distribution", cases};
