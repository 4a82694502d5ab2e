/* The kinds of distribution, one file each, in the order of their words; and what several of them share. A new one:
 * distribution_NAME.c with `const struct distribution_kind distribution_kind_NAME`, and a line here.
 *
 * A kind is a const descriptor: parameters, solver, sampler. A solver first checks what was given and answers with a text
 * for the user or fills the distribution. Nothing outside of the distribution_*.c files includes this. */
#ifndef DISTRIBUTION_KINDS_H
#define DISTRIBUTION_KINDS_H
#include "sim/engine/distribution.h"

#define DISTRIBUTIONS(DISTRIBUTION)                                                                                                \
  DISTRIBUTION(constant)                                                                                                           \
  DISTRIBUTION(exponential)                                                                                                        \
  DISTRIBUTION(uniform)                                                                                                            \
  DISTRIBUTION(lognormal)                                                                                                          \
  DISTRIBUTION(erlang)                                                                                                             \
  DISTRIBUTION(gamma)                                                                                                              \
  DISTRIBUTION(hyperexponential)                                                                                                   \
  DISTRIBUTION(weibull)                                                                                                            \
  DISTRIBUTION(bounded_pareto)                                                                                                     \
  DISTRIBUTION(discrete)                                                                                                           \
  DISTRIBUTION(sum)                                                                                                                \
  DISTRIBUTION(grid)

#define DISTRIBUTION_DECLARE(name) extern const struct distribution_kind distribution_kind_##name;
DISTRIBUTIONS(DISTRIBUTION_DECLARE)
#undef DISTRIBUTION_DECLARE

/* Gamma variate with scale 1 and shape at least 1 (Marsaglia and Tsang 2000, "A simple method"). */
double distribution_gamma_draw(double shape, struct stream *stream);

#endif
