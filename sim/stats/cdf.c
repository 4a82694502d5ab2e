/* Distribution functions: GSL where it is right, asymptotic expansions where it is not. */
#include "sim/stats/cdf.h"
#include <float.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdbool.h>

/* From here on GSL's series and continued fractions for beta and gamma run out of their steps. */
static const double LARGE = 1e5;

/* Before main, wherever this file is linked: GSL's default handler calls abort. Results are checked instead. */
__attribute__((constructor)) static void never_abort(void) { gsl_set_error_handler_off(); }

static double clamped(double p) { return p < 0 ? 0 : p > 1 ? 1 : p; }

/* Smallest x in [low, high] with law(x) >= p, to the last bit. */
static double bisect(double (*law)(double, double, double), double a, double b, double p, double low, double high) {
  for (;;) {
    double middle = 0.5 * (low + high);
    if (!(middle > low && middle < high)) return middle;
    if (law(middle, a, b) < p)
      low = middle;
    else
      high = middle;
  }
}

/* m - log(1 + m) without cancellation. */
static double excess(double m) {
  if (fabs(m) > 0.1) return m - log1p(m);
  double sum = 0, power = m;
  for (int k = 2; k < 20; k++) power *= -m, sum -= power / k;
  return sum;
}

/* --- normal and Student ------------------------------------------------------------------------------------------------------- */

double cdf_normal_above(double z) { return gsl_cdf_ugaussian_Q(z); }
double cdf_normal_quantile(double p) { return gsl_cdf_ugaussian_Pinv(clamped(p)); }

double cdf_student_above(double t, double freedom) {
  if (isnan(t) || isnan(freedom)) return NAN;
  if (isinf(t)) return t < 0;
  double p = freedom > 0x1p53 ? gsl_cdf_ugaussian_Q(t) : gsl_cdf_tdist_Q(t, freedom);
  return isnan(p) ? gsl_cdf_ugaussian_Q(t) : clamped(p);
}

double cdf_student(double t, double freedom) {
  if (isnan(t) || isnan(freedom)) return NAN;
  if (isinf(t)) return t > 0;
  double p = freedom > 0x1p53 ? gsl_cdf_ugaussian_P(t) : gsl_cdf_tdist_P(t, freedom);
  return isnan(p) ? gsl_cdf_ugaussian_P(t) : clamped(p);
}

static double student_below(double t, double freedom, double unused) {
  (void)unused;
  return cdf_student(t, freedom);
}

double cdf_student_quantile(double p, double freedom) {
  if (isnan(p) || isnan(freedom)) return NAN;
  if (!(p > 0)) return -INFINITY;
  if (!(p < 1)) return INFINITY;
  if (p < 0.5) return -cdf_student_quantile(1 - p, freedom);
  double t = freedom > 0x1p53 ? gsl_cdf_ugaussian_Pinv(p) : gsl_cdf_tdist_Pinv(p, freedom);
  return isfinite(t) ? t : bisect(student_below, freedom, 0, p, 0, DBL_MAX);
}

/* --- gamma -------------------------------------------------------------------------------------------------------------------- */

/* The uniform expansion in 1 / shape (DLMF 8.12.4 and 8.12.8), to its second term: for a large shape exact to the last digits. */
static double gamma_expansion(double x, double shape) {
  double m = (x - shape) / shape, half = excess(m), eta = copysign(sqrt(2 * half), m);
  if (shape * half > 800) return m > 0;
  double c0 = -1 / 3. + eta * (1 / 12. + eta * (-2 / 135. + eta * (1 / 864. + eta * (1 / 2835. - eta * (139 / 777600.)))));
  double c1 = -1 / 540. + eta * (-1 / 288. + eta * (25 / 12096.));
  double rest = exp(-shape * half) / sqrt(2 * M_PI * shape) * (c0 + c1 / shape);
  return clamped(0.5 * erfc(-eta * sqrt(0.5 * shape)) - rest);
}

double cdf_gamma(double x, double shape) {
  if (isnan(x) || isnan(shape)) return NAN;
  if (!(x > 0)) return 0;
  if (isinf(x)) return 1;
  if (shape >= LARGE) return gamma_expansion(x, shape);
  if (x > shape + 40 * sqrt(shape) + 800) return 1;
  double p = gsl_cdf_gamma_P(x, shape, 1);
  return isnan(p) ? gamma_expansion(x, shape) : clamped(p);
}

static double gamma_below(double x, double shape, double unused) {
  (void)unused;
  return cdf_gamma(x, shape);
}

/* For small shapes the first term of the series, x^a / Gamma(a + 1) = p, is exact to a relative x, which is below 1e-3 for a small
 * p. */
double cdf_gamma_quantile(double p, double shape) {
  if (shape < 0.2 && p < 0.5) return exp((log(p) + lgamma(shape + 1)) / shape);
  return bisect(gamma_below, shape, 0, p, 0, shape + 40 * sqrt(shape) + 100);
}

/* --- beta and binomial -------------------------------------------------------------------------------------------------------- */

/* The uniform expansion for two large parameters (DLMF 8.18.14), to its first term. */
static double beta_expansion(double x, double a, double b) {
  double r = a + b, x0 = a / r, y0 = b / r, off = x - x0;
  double half = x0 * excess(off / x0) + y0 * excess(-off / y0), eta = copysign(sqrt(2 * half), off), s = sqrt(x0 * y0);
  if (!(r * half < 800)) return off > 0;
  double c0 = fabs(eta) > 1e-7 ? 1 / eta - s / off : (1 - 2 * x0) / (3 * s);
  return clamped(0.5 * erfc(-eta * sqrt(0.5 * r)) + exp(-r * half) / sqrt(2 * M_PI * r) * c0);
}

/* With one parameter far larger than the other, -log(x) times a is nearly a gamma variable (DLMF 8.18.1 to 8.18.3). */
static double beta_by_gamma(double x, double a, double b) { return 1 - cdf_gamma(-log(x) * (a + 0.5 * (b - 1)), b); }

double cdf_beta(double x, double a, double b) {
  enum { SMALL = 100 };
  if (isnan(x) || isnan(a) || isnan(b)) return NAN;
  if (!(x > 0)) return 0;
  if (!(x < 1)) return 1;
  if (fmax(a, b) < LARGE) {
    double p = gsl_cdf_beta_P(x, a, b);
    if (!isnan(p)) return clamped(p);
  }
  if (b <= a && b < SMALL) return beta_by_gamma(x, a, b);
  if (a < b && a < SMALL) return cdf_gamma(-log1p(-x) * (b + 0.5 * (a - 1)), a);
  return beta_expansion(x, a, b);
}

double cdf_beta_quantile(double p, double a, double b) { return bisect(cdf_beta, a, b, p, 0, 1); }

double cdf_binomial(uint32_t k, double p, uint32_t n) {
  if (k >= n) return 1;
  return cdf_beta(1 - p, (double)n - k, (double)k + 1);
}
