/* Selection: which of k systems has the smallest mean, with a stated chance of being right.
 *
 * Taking the smallest of k noisy means is a winner's curse. Both procedures here stop only when the choice is right with the
 * given probability, provided that the best beats every other by at least the indifference zone; when several are closer than
 * that, one of those is chosen. For the largest mean feed the negatives.
 *
 * Up to about 20 systems: KN++ (Kim and Nelson 2001 and 2006; Goldsman, Kim, Marshall and Nelson 2002). Every survivor gives one
 * observation a stage, the mean of a replication, and all may share their random numbers: only differences are used, and the
 * constants are those that hold under any dependence. With d the indifference zone and S^2 the variance of a pair's difference
 * from n observations,
 *
 *   eta = ((2 (1 - confidence) / (k - 1))^(-2 / (n - 1)) - 1) / 2,   h^2 = 2 eta (n - 1),
 *
 * system i goes at stage r when its mean is above another's by more than W = max(0, d / (2 r) (h^2 S^2 / d^2 - r)): a triangle that
 * closes at r = h^2 S^2 / d^2. Variances and constants are taken after the first stage and again whenever the number of
 * observations has doubled, which is what the ++ adds: KN would keep those of the first stage. With a first stage of 10 or 20 and
 * all others exactly one zone behind, 0.948 to 0.97 were right for 2 to 20 systems.
 *
 * Beyond 20 systems: OCBA (Chen, Lin, Yucesan and Chick 2000). Replications go where they decide most, in the ratios N_i / N_j =
 * (s_i / g_i)^2 / (s_j / g_j)^2 among the others and N_b = s_b sqrt(sum N_i^2 / s_i^2) for the apparent best b. The gap g_i is the
 * distance of the means plus the indifference zone, so that the tie it is indifferent to is not pursued. The chance of being right
 * is a posterior one (Branke, Chick and Schmidt 2007, PGS with Slepian's inequality): the product over the others of T((distance +
 * indifference zone) / standard error), Student's T with Welch's degrees of freedom. Dependence between systems is not used; where
 * common random numbers make it positive, the true chance is higher. But a posterior chance holds on average over problems, and
 * looking often spends some of it: stopped at 0.95, with a tenth more replications between looks, the best of 100 that is just one
 * zone ahead of all others is found in 80% of the cases, of 5 in 79%. So the question is confirmed only when the posterior chance
 * of error is a fifth of what is asked: measured 0.965 to 1 for 25 and 100 systems, 0.92 for 5, where KN++ belongs.
 *
 *   struct selection s;
 *   selection_init(&s, arena, 8, 0.005, 0.95, 10);
 *   while (!selection_done(&s)) { simulate(survivors of s, x); selection_feed(&s, x); }
 *   uint32_t cheapest = selection_best(&s);
 */
#ifndef SELECTION_H
#define SELECTION_H
#include "sim/stats/tally.h"
#include <stdbool.h>
#include <stdint.h>

struct arena;

struct selection {
  uint32_t systems, first_stage;
  uint32_t stages;      /* observations of each survivor */
  uint32_t survivors;   /* number of systems that are still in */
  uint32_t next_update; /* stage at which variances are taken again */
  double indifference, confidence;
  double h2;
  bool settled;        /* triangles of all survivors are closed */
  bool *survives;      /* per system */
  bool *beaten;        /* per system: went, or goes at this stage */
  struct tally *pairs; /* of x_i - x_l, i < l, row by row */
  double *variances;   /* of the same, as of the last update */
};

/* Constants of KN++ for k >= 2 systems and n >= 2 observations. */
double selection_eta(uint32_t systems, uint32_t observations, double confidence);
double selection_h2(uint32_t systems, uint32_t observations, double confidence);

/* At least 1 system, a positive indifference zone, a first stage of at least 2, better 10 or more. Memory is the arena's:
 * 48 bytes a pair. */
void selection_init(struct selection *selection, struct arena *arena, uint32_t systems, double indifference, double confidence,
                    uint32_t first_stage);
/* One stage: x[i] is the observation of system i; only those of survivors are read. */
void selection_feed(struct selection *selection, const double *x);
bool selection_done(const struct selection *selection);
/* The survivor with the smallest mean so far; the first of equal ones. Known to be the best only when done. */
uint32_t selection_best(const struct selection *selection);
/* Stages, from the first, after which it is done for sure unless variances grow; 0 before the first stage is full. */
uint32_t selection_most_stages(const struct selection *selection);

/* OCBA. Each tally has at least 2 values. */
uint32_t selection_smallest(const struct tally *systems, uint32_t count);
/* Spreads `more` replications: extra[i] to system i, summing to `more`. */
void selection_allocate(const struct tally *systems, uint32_t count, double indifference, uint32_t more, uint32_t *extra);
/* Posterior probability that the apparent best is within the indifference zone of the best. */
double selection_probability(const struct tally *systems, uint32_t count, double indifference);
/* Whether that is enough to stop, looks having been frequent. */
bool selection_confirmed(const struct tally *systems, uint32_t count, double indifference, double confidence);

#endif
