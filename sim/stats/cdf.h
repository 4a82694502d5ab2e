/* Distribution functions and quantiles that intervals and tests rest on: the first door to GSL (the other is regression.c).
 *
 * Every function is defined for every argument that a caller can form, and its value is a number within [0, 1] or within the
 * support: where GSL has a domain, an iteration that may not end or a limit of accuracy, an asymptotic expansion takes its place
 * (Temme 1979 and 1992; DLMF 8.12 and 8.18), and GSL's handler, which ends the program, is off. A NaN gives a NaN. Quantiles are
 * found by bisection to the last bit: those of GSL do not always end.
 *
 *     double t = cdf_student_quantile(0.975, 9);        2.262
 *     double low = cdf_beta_quantile(0.025, 3, 98);     Clopper and Pearson's bound for 3 of 100
 */
#ifndef CDF_H
#define CDF_H
#include <stdint.h>

/* The standard normal law. */
double cdf_normal_above(double z); /* P(Z > z) */
double cdf_normal_quantile(double p);

/* Student's t; `freedom` need not be whole. */
double cdf_student(double t, double freedom);       /* P(T <= t) */
double cdf_student_above(double t, double freedom); /* P(T > t) */
double cdf_student_quantile(double p, double freedom);

/* The beta law; a, b > 0. */
double cdf_beta(double x, double a, double b);
double cdf_beta_quantile(double p, double a, double b);

/* P(B <= k) of n trials with probability p. */
double cdf_binomial(uint32_t k, double p, uint32_t n);

/* The gamma law with scale 1; shape > 0. */
double cdf_gamma(double x, double shape);
double cdf_gamma_quantile(double p, double shape);

#endif
