/* The kinds of distribution, one file each, for the table in distribution.c; and what several of them share.
 *
 * A kind is a const descriptor: parameters, solver, sampler. A solver first checks what was given and answers with a text
 * for the user or fills the distribution. Nothing outside of the distribution_*.c files includes this. */
#ifndef DISTRIBUTION_KINDS_H
#define DISTRIBUTION_KINDS_H
#include "sim/engine/distribution.h"

extern const struct distribution_kind distribution_kind_constant;
extern const struct distribution_kind distribution_kind_exponential;
extern const struct distribution_kind distribution_kind_uniform;
extern const struct distribution_kind distribution_kind_lognormal;
extern const struct distribution_kind distribution_kind_erlang;
extern const struct distribution_kind distribution_kind_gamma;
extern const struct distribution_kind distribution_kind_hyperexponential;
extern const struct distribution_kind distribution_kind_weibull;
extern const struct distribution_kind distribution_kind_bounded_pareto;
extern const struct distribution_kind distribution_kind_discrete;
extern const struct distribution_kind distribution_kind_sum;

/* Gamma variate with scale 1 and shape at least 1 (Marsaglia and Tsang 2000, "A simple method"). */
double distribution_gamma_draw(double shape, struct stream *stream);

#endif
