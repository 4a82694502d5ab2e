/* Which law a sample of durations follows: fits by maximum likelihood, and how well they fit.
 *
 * The distance is Kolmogorov and Smirnov's, the square Anderson and Darling's, which looks harder at the tails. Since parameters
 * are estimated from the same sample, tables for known ones do not hold: the p-value comes from a parametric bootstrap (Stute,
 * Gonzalez Manteiga and Presedo Quindimil 1993), in which each drawn sample is fitted again. At most LAW_TESTED values are tested,
 * as any law is rejected by a million values.
 *
 *     struct law_fit fits[LAWS];
 *     law_fit_all(arena, sample, n, fits);         sample in the order in which it was taken
 *     fits[LAW_GAMMA].p ... law_quantile(&fits[LAW_GAMMA], 0.99)
 */
#ifndef LAW_FIT_H
#define LAW_FIT_H
#include "sim/engine/stream.h"
#include <stdint.h>

struct arena;

enum law { LAW_EXPONENTIAL, LAW_LOGNORMAL, LAW_GAMMA, LAW_WEIBULL, LAWS };
enum { LAW_TESTED = 500, LAW_BOOTSTRAPS = 199 };

struct law_fit {
  enum law law;
  double mean, cv;
  double a, b;      /* gamma, Weibull: shape and scale; lognormal: mean and deviation of the logarithm; exponential: scale in b */
  double criterion; /* Akaike's; less is better */
  double distance, square, p;
  double cv_low, cv_high; /* 95%, of the whole sample */
};

extern const char *const law_names[LAWS];

/* All values must be more than 0; n > 10. */
void law_fit_all(struct arena *, const double *sample, uint32_t n, struct law_fit fits[LAWS]);
struct law_fit law_fit_one(enum law, const double *sample, uint32_t n);
double law_below(const struct law_fit *, double x);
double law_quantile(const struct law_fit *, double p);
double law_draw(const struct law_fit *, struct stream *);

#endif
