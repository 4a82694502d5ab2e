/* Our elementary functions against the C library's long double ones (64-bit mantissa), in units of the last place. */
#include "sim/engine/real.h"
#include "sim/engine/stream.h"
#include "tests/suite.h"
#include <math.h>

enum { DRAWS = 200000 };

/* Distance of x from the exact value in ulps of the exact value. */
static double ulps(double x, long double exact) {
  int exponent;
  frexpl(exact, &exponent);
  if (exponent < -1021) exponent = -1021; /* subnormal */
  return (double)fabsl(((long double)x - exact) / ldexpl(1, exponent - 53));
}

static double between(struct stream *s, double low, double high) { return low + (high - low) * stream_uniform(s); }

static void test_log(void) {
  struct stream s = stream_open(1);
  double worst = 0, at = 0;
  for (int i = 0; i < 3 * DRAWS; i++) {
    double x = i % 3 == 0 ? between(&s, 0.5, 2) : i % 3 == 1 ? stream_uniform(&s) : exp2(between(&s, -1070, 1023));
    double error = ulps(real_log(x), logl((long double)x));
    if (error > worst) worst = error, at = x;
  }
  test_check(worst < 1, "log is %.3f ulp off at %a", worst, at);
  test_check(real_log(1) == 0 && real_log(0) == -INFINITY && isnan(real_log(-1)) && real_log(INFINITY) == INFINITY,
             "log at its ends");
}

static void test_exp(void) {
  struct stream s = stream_open(2);
  double worst = 0, at = 0;
  for (int i = 0; i < 3 * DRAWS; i++) {
    double x = i % 3 == 0 ? between(&s, -1, 1) : i % 3 == 1 ? between(&s, -40, 40) : between(&s, -708, 709);
    double error = ulps(real_exp(x), expl((long double)x));
    if (error > worst) worst = error, at = x;
  }
  test_check(worst < 1, "exp is %.3f ulp off at %a", worst, at);
  test_check(real_exp(0) == 1 && real_exp(710) == INFINITY && real_exp(-746) == 0 && isnan(real_exp(NAN)), "exp at its ends");
  test_check(real_exp(-740) > 0 && ulps(real_exp(-740), expl(-740.0L)) <= 1, "exp(-740) is %a", real_exp(-740));
}

static void test_exp_slope(void) {
  struct stream s = stream_open(3);
  double worst = 0, at = 0;
  for (int i = 0; i < DRAWS; i++) {
    double x = i % 2 ? between(&s, -3, 3) : between(&s, -1, 1) * exp2(between(&s, -60, 0));
    long double exact = expm1l((long double)x) / (long double)x;
    double error = (double)fabsl((long double)real_exp_slope(x) / exact - 1);
    if (error > worst) worst = error, at = x;
  }
  test_check(worst < 1e-15, "(e^x - 1)/x is off by %.3g at %a", worst, at);
  test_check(real_exp_slope(0) == 1, "(e^x - 1)/x at 0");
}

static void test_pow(void) {
  struct stream s = stream_open(4);
  double worst = 0, at_x = 0, at_y = 0;
  for (int i = 0; i < 3 * DRAWS; i++) {
    double x = i % 3 == 0 ? between(&s, 0.5, 2) : exp2(between(&s, -200, 200));
    double y = i % 3 == 1 ? between(&s, -3, 3) : between(&s, -700, 700) / fmax(fabs(log(x)), 1e-3);
    long double exact = powl((long double)x, (long double)y);
    if (exact < 1e-307L || exact > 1e308L) continue;
    double error = (double)fabsl((long double)real_pow(x, y) / exact - 1) / (2.5e-16 + 1e-17 * fabs(y * log(x)));
    if (error > worst) worst = error, at_x = x, at_y = y;
  }
  test_check(worst < 1, "pow is off by %.3g times the bound at %a, %a", worst, at_x, at_y);
  test_check(real_pow(0, 2) == 0 && real_pow(0, 0) == 1 && real_pow(0, -1) == INFINITY && real_pow(3, 0) == 1, "pow of 0");
  test_check(real_pow(10, 400) == INFINITY && real_pow(10, -400) == 0 && real_pow(0.1, 400) == 0, "pow out of range");
  test_check(real_pow(2, 10) == 1024 && real_pow(9, 0.5) == 3, "pow of whole numbers: %a, %a", real_pow(2, 10), real_pow(9, 0.5));
}

static void test_sin(void) {
  struct stream s = stream_open(5);
  const long double turn = 6.283185307179586476925286766559005768L;
  double worst = 0, at = 0;
  for (int i = 0; i < 2 * DRAWS; i++) {
    double x = i % 2 ? between(&s, -0.5, 0.5) : between(&s, -0.5, 0.5) * exp2(between(&s, -40, 0));
    /* reduced near its zeros in the middle, where the reference itself would cancel */
    long double exact = fabs(x) > 0.25 ? sinl(turn * ((x > 0 ? 0.5L : -0.5L) - (long double)x)) : sinl(turn * (long double)x);
    double error = ulps(real_sin(x), exact);
    if (error > worst) worst = error, at = x;
  }
  test_check(worst < 2, "sin is %.3f ulp off at %a", worst, at);
  test_check(real_sin(0.25) == 1 && real_sin(0.75) == -1 && real_sin(-0.25) == -1 && real_sin(0.5) == 0 && real_sin(7) == 0,
             "sin at quarters");
  test_check(real_sin(0x1p60) == 0 && isnan(real_sin(INFINITY)), "sin far out");
  test_check(real_sin(1000.125) == real_sin(0.125) && real_sin(-1000.125) == -real_sin(0.125), "sin repeats exactly");
}

static void test_gamma(void) {
  struct stream s = stream_open(6);
  double worst = 0, at = 0;
  for (int i = 0; i < DRAWS / 10; i++) {
    double x = i % 2 ? between(&s, 0.001, 5) : between(&s, 5, 170);
    double error = (double)fabsl((long double)real_gamma(x) / tgammal((long double)x) - 1);
    if (error > worst) worst = error, at = x;
  }
  test_check(worst < 1e-14, "gamma is off by %.3g at %a", worst, at);
  test_check(fabs(real_gamma(5) - 24) < 1e-12 && fabs(real_gamma(0.5) - 1.7724538509055160273) < 1e-14, "gamma(5), gamma(1/2)");
}

static const struct test_case cases[] = {{"log", test_log},
                                         {"exp", test_exp},
                                         {"exp_slope", test_exp_slope},
                                         {"pow", test_pow},
                                         {"sin", test_sin},
                                         {"gamma", test_gamma},
                                         {0}};
const struct test_suite suite_real = {"real", cases};
