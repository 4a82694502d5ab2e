/* Elementary functions of our own, so that results do not depend on the C library or on the compiler's options.
 *
 * Only IEEE addition, multiplication, division and square root in a fixed order (no contraction: -ffp-contract=off), hence
 * the same bits everywhere. Stated errors are bounds over the tested range against long double; see tests/sim/engine/test_real.c.
 * They are for sampling and for the closed forms behind it, not for vectors of numbers.
 *
 *   double sigma = sqrt(real_log(1 + cv * cv));
 *   double value = real_exp(mu + sigma * stream_normal(&draws));
 */
#ifndef REAL_H
#define REAL_H

/* Natural logarithm, below 1 ulp; -infinity at 0, NaN below. */
double real_log(double x);

/* e^x, below 1 ulp for normal results; 0 and infinity outside of the range. */
double real_exp(double x);

/* (e^x - 1) / x without cancellation, relative error below 1e-15 (1 at x = 0). */
double real_exp_slope(double x);

/* x^y for x >= 0, relative error below 2.5e-16 + 1e-17 |y log x|; 0^y is 0 for positive y, 1 for y = 0, infinity for negative y. */
double real_pow(double x, double y);

/* sin(2 pi x), x in turns, below 2 ulp; exactly 0, 1 or -1 at multiples of a quarter. */
double real_sin(double x);

/* The gamma function for 0 < x <= 170, relative error below 1e-14. */
double real_gamma(double x);

#endif
