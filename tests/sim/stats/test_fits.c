/* Least squares with relative errors and laws of samples, against closed forms and published tables. */
#include "sim/engine/arena.h"
#include "sim/stats/law_fit.h"
#include "sim/stats/regression.h"
#include "tests/suite.h"
#include <math.h>

static bool near(double x, double y, double part) { return fabs(x - y) <= part * fabs(y); }

/* One column: y = b x with weights 1 / fitted^2 is the mean of the ratios, b = mean of y / x. Ratios of 0.9, 1, 1.1 and 1.2: b = 1.05.
 * Relative errors -1/7, -1/21, 1/21 and 1/7, their squares 20/441; with 3 degrees of freedom a spread of sqrt(20/1323) = 0.122952.
 * The half-width is t(0.975; 3) = 3.182446 times 1.05 x 0.122952 / sqrt(4) = 0.205427. */
static void one_column(void) {
  static const double x[] = {1, 10, 100, 1000}, y[] = {0.9, 10, 110, 1200};
  struct arena *arena = arena_new();
  struct regression r;
  regression_relative(arena, y, x, 4, 1, &r);
  test_check(r.identified[0] && near(r.value[0], 1.05, 1e-9), "%.9g", r.value[0]);
  test_check(near(r.spread, sqrt(20. / 1323), 1e-9) && r.freedom == 3 && r.lag == 0, "%.9g of %g", r.spread, r.freedom);
  test_check(near(r.half[0], 0.205427, 1e-5), "%.9g", r.half[0]);
  arena_free(arena);
}

/* Two columns and as many points: y = 2 x1 + 3 x2 exactly, and no interval. Columns in proportion: neither is identified. */
static void two_columns(void) {
  static const double x[] = {1, 1, 1, 4}, y[] = {5, 14}, same[] = {1, 2, 2, 4, 3, 6}, z[] = {5, 10, 15.3};
  struct arena *arena = arena_new();
  struct regression r;
  regression_relative(arena, y, x, 2, 2, &r);
  test_check(near(r.value[0], 2, 1e-9) && near(r.value[1], 3, 1e-9), "%.9g %.9g", r.value[0], r.value[1]);
  test_check(r.freedom == 0 && isnan(r.half[0]) && isnan(r.spread), "%g left over, half %g", r.freedom, r.half[0]);
  regression_relative(arena, z, same, 3, 2, &r);
  test_check(r.rank == 1 && !r.identified[0] && !r.identified[1], "rank %u", r.rank);
  arena_free(arena);
}

/* Twelve points whose errors are six of +10% and then six of -10%: the products of neighbours are ten of +1 and one of -1, so that the
 * lag is 9/12 = 0.75, more than 1.5 / sqrt(12) = 0.43. They are worth (1 - 0.75) / (1 + 0.75) = 1/7: freedom 11/7, at least 1. Errors
 * that alternate are no reason to widen. */
static void neighbours(void) {
  double x[12], y[12];
  struct arena *arena = arena_new();
  struct regression r;
  for (int i = 0; i < 12; i++) x[i] = 1, y[i] = i < 6 ? 1.1 : 0.9;
  regression_relative(arena, y, x, 12, 1, &r);
  test_check(near(r.lag, 0.75, 1e-9) && near(r.freedom, 11 / 7., 1e-9), "lag %g, freedom %g", r.lag, r.freedom);
  for (int i = 0; i < 12; i++) y[i] = i % 2 ? 1.1 : 0.9;
  regression_relative(arena, y, x, 12, 1, &r);
  test_check(r.lag == 0 && r.freedom == 11, "lag %g, freedom %g", r.lag, r.freedom);
  arena_free(arena);
}

/* --- laws ---------------------------------------------------------------------------------------------------------------------- */

/* 1, e and e^2: logs 0, 1, 2 with mean 1 and deviation sqrt(2/3), so that the mean is exp(1 + 1/3) and cv = sqrt(exp(2/3) - 1). The
 * exponential's mean is (1 + e + e^2) / 3. For gamma and Weibull the likelihood equations themselves: log a - digamma(a) by the
 * difference quotient of lgamma, and sum x^k log x / sum x^k - 1/k = mean of the logs. */
static void by_likelihood(void) {
  const double x[] = {1, exp(1), exp(2)}, mean = (1 + exp(1) + exp(2)) / 3;
  struct law_fit f = law_fit_one(LAW_LOGNORMAL, x, 3);
  test_check(near(f.mean, exp(4 / 3.), 1e-12) && near(f.cv, sqrt(exp(2 / 3.) - 1), 1e-12), "%g %g", f.mean, f.cv);
  f = law_fit_one(LAW_EXPONENTIAL, x, 3);
  test_check(near(f.mean, mean, 1e-12) && f.cv == 1, "%g %g", f.mean, f.cv);
  test_check(near(f.criterion, 2 + 2 * 3 * (log(mean) + 1), 1e-12), "Akaike %g", f.criterion);
  f = law_fit_one(LAW_GAMMA, x, 3);
  double slope = (lgamma(f.a + 1e-4) - lgamma(f.a - 1e-4)) / 2e-4;
  test_check(near(log(f.a) - slope, log(mean) - 1, 1e-6) && near(f.a * f.b, mean, 1e-12), "shape %g scale %g", f.a, f.b);
  f = law_fit_one(LAW_WEIBULL, x, 3);
  double sum = 0, logs = 0;
  for (int i = 0; i < 3; i++) sum += pow(x[i], f.a), logs += pow(x[i], f.a) * i;
  test_check(near(logs / sum - 1 / f.a, 1, 1e-6) && near(f.b, pow(sum / 3, 1 / f.a), 1e-9), "shape %g scale %g", f.a, f.b);
}

/* Both ends of each law, and the median of those where it is known. */
static void quantiles(void) {
  static const struct law_fit laws[] = {{.law = LAW_EXPONENTIAL, .b = 2},
                                        {.law = LAW_LOGNORMAL, .a = 0.3, .b = 0.8},
                                        {.law = LAW_GAMMA, .a = 2.5, .b = 0.4},
                                        {.law = LAW_WEIBULL, .a = 0.7, .b = 3}};
  static const double medians[] = {1.386294361, 1.349858808, 0.870292038, 1.777170339};
  for (int i = 0; i < LAWS; i++) {
    test_check(near(law_quantile(&laws[i], 0.5), medians[i], 1e-6), "%s: %.9g", law_names[i], law_quantile(&laws[i], 0.5));
    for (double p = 0.001; p < 1; p += 0.0499)
      test_check(near(law_below(&laws[i], law_quantile(&laws[i], p)), p, 1e-6), "%s at %g", law_names[i], p);
    test_check(law_below(&laws[i], 0) == 0 && law_below(&laws[i], -1) == 0, "%s below nothing", law_names[i]);
  }
}

/* Stephens 1974 (and D'Agostino and Stephens 1986, table 4.14): for an exponential law whose mean is estimated, A2 (1 + 0.6 / n) is more
 * than 0.916, 1.062, 1.321, 1.591 and 1.959 with probability 15, 10, 5, 2.5 and 1%; for a normal one with both estimated (4.7),
 * A2 (1 + 0.75 / n + 2.25 / n^2) is more than 0.561, 0.631, 0.752, 0.873 and 1.035. The p of each sample must lie between those of the
 * columns that its A2 lies between, give or take the 199 bootstraps: 0.06 is two and a half standard errors at 15%. */
static void published(void) {
  static const double p[] = {0.15, 0.10, 0.05, 0.025, 0.01};
  static const struct {
    enum law law;
    double one, two, at[5];
  } tables[] = {{LAW_EXPONENTIAL, 0.6, 0, {0.916, 1.062, 1.321, 1.591, 1.959}},
                {LAW_LOGNORMAL, 0.75, 2.25, {0.561, 0.631, 0.752, 0.873, 1.035}}};
  enum { SAMPLES = 14, N = 60 };
  for (int t = 0; t < 2; t++) {
    struct law_fit truth = {.law = tables[t].law, .a = 0, .b = 1};
    uint32_t compared = 0, low = 0;
    for (uint32_t i = 0; i < SAMPLES; i++) {
      struct arena *arena = arena_new();
      struct stream s = stream_at(stream_key(74, (uint64_t)t, 0, 0), i);
      double x[N];
      /* Half of them are shifted a little, so that small p are met. */
      for (int k = 0; k < N; k++) x[k] = law_draw(&truth, &s) + (i % 2 ? 0.12 : 0);
      struct law_fit fits[LAWS];
      law_fit_all(arena, x, N, fits);
      const struct law_fit *f = &fits[tables[t].law];
      double a2 = f->square * (1 + tables[t].one / N + tables[t].two / N / N);
      for (int k = 0; k < 4; k++)
        if (a2 >= tables[t].at[k] && a2 < tables[t].at[k + 1]) {
          compared++;
          test_check(f->p < p[k] + 0.06 && f->p > p[k + 1] - 0.03, "%s: A2 %.3f is p %.3f to %.3f, not %.3f",
                     law_names[tables[t].law], a2, p[k + 1], p[k], f->p);
        }
      if (a2 >= tables[t].at[4]) low++, test_check(f->p < 0.04, "%s: A2 %.3f is p below 0.01, not %.3f", law_names[t], a2, f->p);
      if (a2 < 0.5 * tables[t].at[0]) test_check(f->p > 0.15, "%s: A2 %.3f is p above 0.15, not %.3f", law_names[t], a2, f->p);
      arena_free(arena);
    }
    test_check(compared >= 2 && low >= 1, "%s: only %u samples within the table, %u beyond", law_names[tables[t].law], compared,
               low);
  }
}

static const struct test_case cases[] = {{"one_column", one_column},
                                         {"two_columns", two_columns},
                                         {"neighbours", neighbours},
                                         {"by_likelihood", by_likelihood},
                                         {"quantiles", quantiles},
                                         {"published", published},
                                         {NULL, NULL}};
const struct test_suite suite_fits = {"fits", cases};
