/* Elementary functions. Each reduces its argument exactly, sums a Taylor series (fixed order, smallest terms first) and
 * puts the result together so that only the last addition rounds visibly. */
#include "sim/engine/real.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

/* ln 2 as a sum: 33 bits, so that whole multiples are exact, and the rest. */
#define LN2_HI 0x1.62e42fef00000p-1
#define LN2_LO 0x1.473de6af278edp-34

static double from_bits(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static uint64_t to_bits(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

/* An unevaluated sum of two doubles, |low| at most half an ulp of high. */
struct pair {
  double high, low;
};

/* a + b exactly, for |a| >= |b| or a = 0 (Dekker 1971). */
static struct pair sum_of(double a, double b) {
  double high = a + b;
  return (struct pair){high, b - (high - a)};
}

/* a * b exactly, by splitting into halves of 26 bits (Veltkamp, Dekker 1971). */
static struct pair product_of(double a, double b) {
  double ca = 134217729.0 * a, cb = 134217729.0 * b;
  double ah = ca - (ca - a), al = a - ah, bh = cb - (cb - b), bl = b - bh;
  double high = a * b;
  return (struct pair){high, al * bl - (((high - ah * bh) - al * bh) - ah * bl)};
}

/* x = 2^exponent * (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), for finite positive x. */
static double reduce_log(double x, double *exponent) {
  int64_t adjust = 0;
  if (x < 0x1p-1022) {
    x *= 0x1p54;
    adjust = 54;
  }
  uint64_t bits = to_bits(x);
  int64_t e = (int64_t)(bits - 0x3fe6a09e667f3bcdu) >> 52;
  *exponent = (double)(e - adjust);
  return from_bits(bits - ((uint64_t)e << 52)) - 1;
}

/* 2 atanh(s) = 2 s + s * tail(s^2), |s| <= 0.1716. */
static double atanh_tail(double z) {
  double p = 2.0 / 23;
  p = p * z + 2.0 / 21;
  p = p * z + 2.0 / 19;
  p = p * z + 2.0 / 17;
  p = p * z + 2.0 / 15;
  p = p * z + 2.0 / 13;
  p = p * z + 2.0 / 11;
  p = p * z + 2.0 / 9;
  p = p * z + 2.0 / 7;
  p = p * z + 2.0 / 5;
  p = p * z + 2.0 / 3;
  return p * z;
}

double real_log(double x) {
  if (!(x > 0)) return x == 0 ? -INFINITY : NAN;
  if (x == INFINITY) return x;
  double k, f = reduce_log(x, &k), s = f / (2 + f), half = 0.5 * f * f;
  /* log(1 + f) = f - f^2/2 + s (f^2/2 + tail) */
  return k * LN2_HI - ((half - (s * (half + atanh_tail(s * s)) + k * LN2_LO)) - f);
}

/* log x to about 2^-62, for finite positive x. */
static struct pair log_pair(double x) {
  double k, f = reduce_log(x, &k), d = 2 + f, d_low = f - (d - 2), s = f / d;
  struct pair back = product_of(s, d);
  double s_low = (((f - back.high) - back.low) - s * d_low) / d;
  double small = 2 * s_low + s * atanh_tail(s * s);
  struct pair log_f = sum_of(2 * s, small);
  if (k == 0) return log_f;
  struct pair all = sum_of(k * LN2_HI, log_f.high);
  return sum_of(all.high, all.low + (log_f.low + k * LN2_LO));
}

/* 2^k * x, with one rounding at the bottom of the range. */
static double scale(double x, int64_t k) {
  if (k > 1000) return x * 0x1p1000 * from_bits((uint64_t)(k - 1000 + 1023) << 52);
  if (k < -1000) return x * from_bits((uint64_t)(k + 1000 + 1023) << 52) * 0x1p-1000;
  return x * from_bits((uint64_t)(k + 1023) << 52);
}

/* (e^r - 1 - r) / r^2 for |r| <= 0.35. */
static double exp_tail(double r) {
  double r2 = r * r, r4 = r2 * r2, r8 = r4 * r4;
  double p0 = 0.5 + r * (1.0 / 6), p2 = 1.0 / 24 + r * (1.0 / 120), p4 = 1.0 / 720 + r * (1.0 / 5040);
  double p6 = 1.0 / 40320 + r * (1.0 / 362880), p8 = 1.0 / 3628800 + r * (1.0 / 39916800);
  double p10 = 1.0 / 479001600 + r * (1.0 / 6227020800), p12 = 1.0 / 87178291200;
  return (p0 + r2 * p2) + r4 * (p4 + r2 * p6) + r8 * ((p8 + r2 * p10) + r4 * p12);
}

/* e^(x + low) for a small low. */
static double exp_sum(double x, double low) {
  if (!(x < 709.8)) return x != x ? x : INFINITY;
  if (x < -745.2) return 0;
  int64_t k = (int64_t)(x * 0x1.71547652b82fep0 + (x < 0 ? -0.5 : 0.5));
  double high = x - (double)k * LN2_HI, rest = (double)k * LN2_LO - low, r = high - rest;
  double r_low = (high - r) - rest; /* what the subtraction lost */
  return scale(1 + (r + (r_low + r * r * exp_tail(r))), k);
}

double real_exp(double x) { return exp_sum(x, 0); }

double real_exp_slope(double x) {
  if (x > 0.35 || x < -0.35) return (real_exp(x) - 1) / x;
  return 1 + x * exp_tail(x);
}

double real_pow(double x, double y) {
  if (y == 0 || x == 1) return 1;
  if (!(x >= 0) || y != y) return NAN;
  if (x == 0) return y > 0 ? 0 : INFINITY;
  if (x == INFINITY) return y > 0 ? INFINITY : 0;
  struct pair log_x = log_pair(x);
  if (!(fabs(y) * fabs(log_x.high) < 800)) return (y > 0) == (log_x.high > 0) ? INFINITY : 0;
  struct pair power = product_of(y, log_x.high);
  return exp_sum(power.high, power.low + y * log_x.low);
}

/* sin t for |t| <= pi/4, t given as a sum. */
static double sin_near(double t, double low) {
  double z = t * t, p = 1.0 / 355687428096000;
  p = p * z - 1.0 / 1307674368000;
  p = p * z + 1.0 / 6227020800;
  p = p * z - 1.0 / 39916800;
  p = p * z + 1.0 / 362880;
  p = p * z - 1.0 / 5040;
  p = p * z + 1.0 / 120;
  p = p * z - 1.0 / 6;
  return t + (low + t * z * p);
}

/* cos t for |t| <= pi/4. */
static double cos_near(double t, double low) {
  double z = t * t, p = -1.0 / 6402373705728000;
  p = p * z + 1.0 / 20922789888000;
  p = p * z - 1.0 / 87178291200;
  p = p * z + 1.0 / 479001600;
  p = p * z - 1.0 / 3628800;
  p = p * z + 1.0 / 40320;
  p = p * z - 1.0 / 720;
  p = p * z + 1.0 / 24;
  double half = 0.5 * z, most = 1 - half;
  return most + (((1 - most) - half) + (z * z * p - t * low));
}

double real_sin(double x) {
  if (!(x > -0x1p52 && x < 0x1p52)) return x - x == 0 ? 0 : NAN; /* whole turns, or no number */
  x -= (double)(int64_t)x;                                       /* exact, in (-1, 1) */
  int64_t quarter = (int64_t)(4 * x + (x < 0 ? -0.5 : 0.5));
  double r = x - 0.25 * (double)quarter; /* exact, in [-1/8, 1/8] */
  struct pair t = product_of(r, 0x1.921fb54442d18p2);
  t.low += r * 0x1.1a62633145c07p-52; /* the rest of 2 pi */
  double value = quarter & 1 ? cos_near(t.high, t.low) : sin_near(t.high, t.low);
  return quarter & 2 ? -value : value;
}

double real_gamma(double x) {
  if (!(x > 0 && x <= 170)) return x > 170 ? INFINITY : NAN;
  double divisor = 1;
  for (; x < 20; x += 1) divisor *= x;
  /* Stirling's series (Abramowitz and Stegun 6.1.40); the power is halved to stay in range */
  double z = 1 / (x * x), p = -691.0 / 360360;
  p = p * z + 1.0 / 1188;
  p = p * z - 1.0 / 1680;
  p = p * z + 1.0 / 1260;
  p = p * z - 1.0 / 360;
  p = p * z + 1.0 / 12;
  double root = real_pow(x, 0.5 * (x - 0.5));
  return 0x1.40d931ff62706p1 * root * (root * real_exp(-x)) * real_exp(p / x) / divisor;
}
