/* Distribution functions and what rests on them, over the whole range that callers can reach: numbers within their bounds, monotone,
 * and right by a relation or an approximation that shares nothing with them. GSL alone ends the program on some of these. */
#include "sim/engine/stream.h"
#include "sim/stats/batch.h"
#include "sim/stats/cdf.h"
#include "sim/stats/compare.h"
#include "sim/stats/interval.h"
#include "sim/stats/selection.h"
#include "tests/command.h"
#include "tests/suite.h"
#include <math.h>
#include <stdlib.h>

/* A hundred thousand random arguments a function; what bisects takes fewer in a short run. */
static int many(void) { return 100000; }
static int some(void) { return getenv("AGUANTA_LONG") ? 100000 : 3000; }

/* Evenly over the orders of magnitude. */
static double magnitude(struct stream *s, double low, double high) { return low * exp(log(high / low) * stream_uniform(s)); }

static double normal_draw(struct stream *s) { return cdf_normal_quantile(stream_uniform(s)); }
static double normal_below(double z) { return 0.5 * erfc(-z * M_SQRT1_2); }

/* First thing that is wrong, and how many there were. */
struct wrong {
  unsigned count;
  double a, b, c, value;
};

static void note(struct wrong *w, bool ok, double a, double b, double c, double value) {
  if (ok) return;
  if (!w->count++) w->a = a, w->b = b, w->c = c, w->value = value;
}

static void verdict(const struct wrong *w, const char *what) {
  test_check(!w->count, "%s: %u wrong, the first of (%.17g, %.17g, %.17g): %.17g", what, w->count, w->a, w->b, w->c, w->value);
}

static bool is_share(double p) { return p >= 0 && p <= 1; }

/* --- functions -------------------------------------------------------------------------------------------------------------------- */

/* Wilson and Hilferty (1931): within 0.002 of the gamma law from a shape of 10 on. */
static void test_gamma(void) {
  struct stream s = stream_open(1);
  struct wrong range = {0}, order = {0}, value = {0};
  for (int i = 0; i < many(); i++) {
    double shape = magnitude(&s, 1e-3, 1e15), x = fmax(0, shape + 3 * normal_draw(&s) * sqrt(shape));
    if (i % 4 == 0) x = magnitude(&s, 1e-300, 1e300);
    double p = cdf_gamma(x, shape), more = cdf_gamma(x * (1 + 1e-6), shape);
    note(&range, is_share(p), x, shape, 0, p);
    note(&order, more >= p - 1e-9, x, shape, 0, more - p);
    double z = (cbrt(x / shape) - 1 + 1 / (9 * shape)) * 3 * sqrt(shape);
    if (shape >= 10) note(&value, fabs(p - normal_below(z)) < 0.002, x, shape, 0, p - normal_below(z));
  }
  verdict(&range, "a share"), verdict(&order, "rises"), verdict(&value, "Wilson and Hilferty");
}

/* Against its mirror image, and where both parameters are large against a normal law for the logit. */
static void test_beta(void) {
  struct stream s = stream_open(2);
  struct wrong range = {0}, order = {0}, mirror = {0}, value = {0};
  for (int i = 0; i < many(); i++) {
    double a = magnitude(&s, 0.01, 1e12), b = magnitude(&s, 0.01, 1e12), r = a + b;
    double x = a / r + 3 * normal_draw(&s) * sqrt(a / r * (b / r) / (r + 1));
    if (i % 4 == 0 || !(x > 0 && x < 1)) x = stream_uniform(&s);
    double p = cdf_beta(x, a, b), more = cdf_beta(x + (1 - x) * 1e-6, a, b);
    note(&range, is_share(p), x, a, b, p);
    note(&order, more >= p - 1e-5, x, a, b, more - p);
    if (x > 0.05 && x < 0.95) note(&mirror, fabs(p + cdf_beta(1 - x, b, a) - 1) < 1e-6, x, a, b, p);
    double mean = log(a / b) - 0.5 / a + 0.5 / b, spread = sqrt(1 / a + 1 / b);
    double off = p - normal_below((log(x) - log1p(-x) - mean) / spread);
    if (a > 1000 && b > 1000 && x > 1e-6 && x < 1 - 1e-6) note(&value, fabs(off) < 0.02, x, a, b, off);
  }
  verdict(&range, "a share"), verdict(&order, "rises"), verdict(&mirror, "mirrored"), verdict(&value, "normal logit");
}

/* Normal with many degrees of freedom, Cauchy with one; symmetric; the quantile is the inverse. */
static void test_student(void) {
  struct stream s = stream_open(3);
  struct wrong range = {0}, sum = {0}, value = {0}, inverse = {0};
  for (int i = 0; i < many(); i++) {
    double freedom = i % 8 ? magnitude(&s, 1, 1e18) : 1, t = normal_draw(&s) * magnitude(&s, 1e-6, i % 16 ? 10 : 1e300);
    double p = cdf_student(t, freedom), q = cdf_student_above(t, freedom);
    note(&range, is_share(p) && is_share(q), t, freedom, 0, p);
    note(&sum, fabs(p + q - 1) < 1e-9 && fabs(p - cdf_student_above(-t, freedom)) < 1e-9, t, freedom, 0, p + q - 1);
    double exact = freedom == 1 ? 0.5 + atan(t) / M_PI : normal_below(t);
    if (freedom == 1 || freedom > 1e5) note(&value, fabs(p - exact) < 1e-5, t, freedom, 0, p - exact);
    double share = i % 2 ? stream_uniform(&s) : 1 - magnitude(&s, 1e-12, 0.5), back = cdf_student_quantile(share, freedom);
    note(&inverse, isfinite(back) && fabs(cdf_student(back, freedom) - share) < 1e-7, share, freedom, 0, back);
  }
  verdict(&range, "shares"), verdict(&sum, "symmetric"), verdict(&value, "its limits"), verdict(&inverse, "the quantile");
}

static void test_normal(void) {
  struct stream s = stream_open(4);
  struct wrong value = {0}, inverse = {0};
  for (int i = 0; i < many(); i++) {
    double z = normal_draw(&s) * magnitude(&s, 1e-6, i % 2 ? 3 : 1e300), q = cdf_normal_above(z);
    note(&value, is_share(q) && fabs(q - normal_below(-z)) < 1e-12, z, 0, 0, q);
    double p = i % 2 ? stream_uniform(&s) : 1 - magnitude(&s, 1e-15, 0.5), back = cdf_normal_quantile(p);
    if (p > 0 && p < 1) note(&inverse, isfinite(back) && fabs(normal_below(back) - p) < 1e-9, p, 0, 0, back);
  }
  verdict(&value, "against erfc"), verdict(&inverse, "the quantile");
}

/* A sum by hand for few trials; the chance of k or fewer falls with the probability of each. */
static void test_binomial(void) {
  struct stream s = stream_open(5);
  struct wrong range = {0}, order = {0}, value = {0};
  for (int i = 0; i < many(); i++) {
    uint32_t n = i % 4 ? (uint32_t)magnitude(&s, 1, 4e9) : 1 + (uint32_t)(20 * stream_uniform(&s));
    double p = stream_uniform(&s), spread = sqrt(n * p * (1 - p)), at = n * p + 3 * spread * normal_draw(&s);
    uint32_t k = at < 0 ? 0 : at > n ? n : (uint32_t)at;
    double below = cdf_binomial(k, p, n), later = cdf_binomial(k, p + 0.01 * (1 - p), n);
    note(&range, is_share(below), k, p, n, below);
    note(&order, later <= below + 1e-5, k, p, n, later - below);
    double sum = 0;
    for (uint32_t j = 0; n <= 20 && j <= k; j++)
      sum += exp(lgamma(n + 1.) - lgamma(j + 1.) - lgamma(n - j + 1.) + j * log(p) + (n - j) * log1p(-p));
    if (n <= 20) note(&value, fabs(below - sum) < 1e-9, k, p, n, below - sum);
  }
  verdict(&range, "a share"), verdict(&order, "falls"), verdict(&value, "by hand");
}

/* --- quantiles and intervals ---------------------------------------------------------------------------------------------------- */

static void test_quantiles(void) {
  struct stream s = stream_open(6);
  struct wrong gamma = {0}, beta = {0};
  for (int i = 0; i < some(); i++) {
    double p = i % 2 ? 0.001 + 0.998 * stream_uniform(&s) : magnitude(&s, 1e-9, 0.5), shape = magnitude(&s, 0.01, 1e15);
    double x = cdf_gamma_quantile(p, shape);
    note(&gamma, x >= 0 && isfinite(x) && (shape < 0.2 || fabs(cdf_gamma(x, shape) - p) < 1e-5), p, shape, 0, x);
    double a = magnitude(&s, 0.1, 1e9), b = magnitude(&s, 0.1, 1e9), y = cdf_beta_quantile(p, a, b);
    bool between = cdf_beta(fmin(y * (1 - 1e-12), nextafter(y, -1)), a, b) <= p + 1e-5 &&
                   cdf_beta(fmax(y + (1 - y) * 1e-9, nextafter(y, 2)), a, b) >= p - 1e-5;
    note(&beta, is_share(y) && between, p, a, b, y);
  }
  verdict(&gamma, "gamma"), verdict(&beta, "beta");
}

/* Of as many parts as come in any simulated time. The factors hold 1, narrow with the count, and become those of a normal law. */
static void test_intervals_of_sums(void) {
  struct stream s = stream_open(7);
  struct wrong compound = {0}, mean = {0};
  for (int i = 0; i < some(); i++) {
    double count = i % 2 ? 1 + floor(magnitude(&s, 1, 1e12)) : 1 + floor(100 * stream_uniform(&s));
    double scv = i % 3 ? magnitude(&s, 1e-9, fmax(1, count)) : 0.0009, half = 1.96 * sqrt((1 + scv) / count);
    struct interval x = interval_compound(count, scv, 0.95), y = interval_positive_mean(count, scv, 0.95);
    bool ordered = x.low >= 0 && x.low <= 1 && x.high >= 1 && isfinite(x.high);
    bool close = half > 0.01 || (fabs(x.high - 1 - half) < 0.05 * half && fabs(1 - x.low - half) < 0.05 * half);
    note(&compound, ordered && close, count, scv, half, x.high);
    half = 1.96 * sqrt(scv / count);
    ordered = y.low > 0 && y.low <= 1 && y.high >= 1 && isfinite(y.high);
    close = half > 0.01 || (fabs(y.high - 1 - half) < 0.05 * half && fabs(1 - y.low - half) < 0.05 * half);
    note(&mean, ordered && (close || half < 1e-9), count, scv, half, y.high);
  }
  verdict(&compound, "a compound sum"), verdict(&mean, "a positive mean");
}

static void test_intervals_of_shares(void) {
  struct stream s = stream_open(8);
  struct wrong exact = {0}, wilson = {0}, ranks = {0};
  for (int i = 0; i < some(); i++) {
    double trials = floor(magnitude(&s, 1, 1e13)), successes = fmin(trials, floor(magnitude(&s, 0.5, 2 * trials)));
    struct interval x = interval_clopper_pearson(successes, trials, 0.95);
    struct interval w = interval_wilson((uint64_t)successes, (uint64_t)trials, 0.95);
    double share = successes / trials, spread = sqrt(share * (1 - share) / trials);
    bool holds = x.low >= 0 && x.low <= share && x.high >= share && x.high <= 1;
    bool close =
        fmin(successes, trials - successes) < 1000 || (fabs(x.high - w.high) < 0.1 * spread && fabs(x.low - w.low) < 0.1 * spread);
    note(&exact, holds && close, successes, trials, share, x.high);
    note(&wilson, w.low >= 0 && w.low <= share && w.high >= share && w.high <= 1, successes, trials, share, w.high);
    uint32_t n = (uint32_t)magnitude(&s, 1, 4e9), lower, upper;
    double p = i % 2 ? 0.0001 + 0.9998 * stream_uniform(&s) : 0.95, half = 1.96 * sqrt(n * p * (1 - p));
    interval_quantile_ranks(n, p, 0.95, &lower, &upper);
    bool near = fabs(lower - (n * p - half)) < 2 + 0.05 * half && fabs(upper - (n * p + half)) < 3 + 0.05 * half;
    note(&ranks, lower < upper && upper - 1 <= n && (half < 20 || near), n, p, lower, upper);
  }
  verdict(&exact, "Clopper and Pearson"), verdict(&wilson, "Wilson"), verdict(&ranks, "ranks of a quantile");
}

/* Two values, or billions; equal ones, tiny ones, and ones whose squares are out of range. */
static void test_tests_of_means(void) {
  struct stream s = stream_open(9);
  struct wrong p_value = {0}, chosen = {0}, t = {0}, batch = {0};
  for (int i = 0; i < many(); i++) {
    double scale = magnitude(&s, 1e-150, 1e150), a[4], b[4];
    uint32_t n = 2 + (uint32_t)(2.999 * stream_uniform(&s));
    for (uint32_t k = 0; k < n; k++) a[k] = scale * normal_draw(&s), b[k] = i % 3 ? scale * normal_draw(&s) : a[k] * (1 + 1e-15);
    double p = compare_p_value(a, b, n);
    note(&p_value, is_share(p), n, scale, 0, p);
    struct tally both[2] = {{0}, {0}};
    for (uint32_t k = 0; k < n; k++) tally_add(&both[0], a[k]), tally_add(&both[1], b[k]);
    double sure = selection_probability(both, 2, 0);
    note(&chosen, is_share(sure), n, scale, 0, sure);
    uint64_t size = 2 + (uint64_t)magnitude(&s, 1, 1e18);
    struct interval x = interval_student_moments(size, 1, 1, 1 - magnitude(&s, 1e-6, 0.5));
    note(&t, x.low <= 1 && x.high >= 1 && isfinite(x.low) && isfinite(x.high), (double)size, 0, x.low, x.high);
    double limit = batch_correlation_limit(2 + (uint32_t)magnitude(&s, 1, 4e9));
    note(&batch, limit >= 0 && limit <= 1, 0, 0, 0, limit);
  }
  verdict(&p_value, "p-values"), verdict(&chosen, "chance of being best"), verdict(&t, "Student's interval");
  verdict(&batch, "limit of a correlation");
}

static void test_no_numbers(void) {
  test_check(isnan(cdf_gamma(NAN, 1)) && isnan(cdf_gamma(1, NAN)) && isnan(cdf_beta(NAN, 1, 1)) && isnan(cdf_beta(0.5, 1, NAN)) &&
                 isnan(cdf_student(NAN, 3)) && isnan(cdf_student_above(1, NAN)) && isnan(cdf_student_quantile(NAN, 3)),
             "a NaN gives a NaN");
  test_check(cdf_student_quantile(0, 5) == -INFINITY && cdf_student_quantile(1, 5) == INFINITY && cdf_student(INFINITY, 5) == 1 &&
                 cdf_student(-INFINITY, 5) == 0 && cdf_student_above(INFINITY, 5) == 0,
             "ends of Student's t");
  test_check(cdf_gamma(0, 5) == 0 && cdf_gamma(-1, 5) == 0 && cdf_gamma(INFINITY, 5) == 1 && cdf_beta(0, 2, 3) == 0 &&
                 cdf_beta(1, 2, 3) == 1,
             "ends of gamma and beta");
}

/* 12,400 outages of 55 to 65 s and a start: a shape of millions, where GSL ended the program. */
static void test_many_outages(void) {
  struct child c = AGUANTA("run", "tests/cli/many-outages.json", "-q", "--export", "-", "--format", "csv");
  test_check(c.status == 0 && strstr(c.out, "61.9"), "exit status %d: %s%s", c.status, c.out, c.err);
  child_free(&c);
}

static const struct test_case cases[] = {{"gamma", test_gamma},
                                         {"beta", test_beta},
                                         {"student", test_student},
                                         {"normal", test_normal},
                                         {"binomial", test_binomial},
                                         {"quantiles", test_quantiles},
                                         {"intervals_of_sums", test_intervals_of_sums},
                                         {"intervals_of_shares", test_intervals_of_shares},
                                         {"tests_of_means", test_tests_of_means},
                                         {"no_numbers", test_no_numbers},
                                         {"many_outages", test_many_outages},
                                         {0}};
const struct test_suite suite_cdf = {"cdf", cases};
