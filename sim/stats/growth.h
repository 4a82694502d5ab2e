/* Growth: whether a level that is seen at evenly spaced instants of several replications grows without end, or only varies.
 *
 * Looked at is a stretch from a border to the end of the run. Its first half adds a, its second half b. What grows for as long as
 * it is watched has a = b. A system that settles from an empty start has a > b: M/M/1 in the hardest case, at load 1, grows as the
 * square root of time, and b = 0.41 a. So
 *
 *   grows    b > 0,
 *   straight b - a / 2 > 0,
 *   lasts    the last quarter of the stretch adds at least half of what is its part of b: no limit has been reached.
 *
 * The first two are tested against two standard errors. The first is that of a sum of independent steps, pooled over the steps and
 * replications of the stretch: for a level that returns to its mean it is too large, never too small, and one replication has it.
 * The second is that of the replications' own values (from two on), which also sees bursts that are longer than a step.
 *
 *   struct growth_sums sums = {0};
 *   growth_add(&sums, levels);                               ... of each replication: GROWTH_STEPS + 1 values
 *   struct growth g = growth_of(&sums, replications, GROWTH_WHOLE);
 *   if (growth_proven(&g, 1e-4, 0.01)) ... it grows by g.per_step a step
 *
 * Sums are plain numbers that may be added, saved and loaded. */
#ifndef GROWTH_H
#define GROWTH_H
#include <stdbool.h>

enum { GROWTH_STEPS = 24 };
/* From the beginning, from a quarter on, from half on, and the last quarter. */
enum growth_stretch { GROWTH_WHOLE, GROWTH_FROM_QUARTER, GROWTH_FROM_HALF, GROWTH_LAST, GROWTH_STRETCHES };

struct growth_sums {
  double level[GROWTH_STEPS + 1];  /* sums over replications */
  double square[GROWTH_STEPS];     /* of steps */
  double second[GROWTH_STRETCHES]; /* squares of b */
  double bend[GROWTH_STRETCHES];   /* squares of b - a / 2 */
  double alone[GROWTH_STRETCHES];  /* replications that grow beyond doubt by themselves */
};

struct growth {
  double first, second;             /* a and b, means over the replications */
  double last;                      /* what the last quarter of the stretch adds */
  double per_step;                  /* b by its steps */
  double pooled_second, own_second; /* standard errors of b; own: NaN for one replication */
  double pooled_bend, own_bend;     /* and of b - a / 2 */
  double pooled_freedom, own_freedom;
};

/* The border at which the stretch begins. */
int growth_from(enum growth_stretch);
void growth_add(struct growth_sums *, const double *levels);
struct growth growth_of(const struct growth_sums *, double replications, enum growth_stretch);
/* It grows, at these probabilities of being wrong by the pooled error and by the replications' own. */
bool growth_seen(const struct growth *, double pooled, double own);
/* And is straight by the same measure, and lasts. */
bool growth_proven(const struct growth *, double pooled, double own);
/* It bends less than what settles, and lasts, as far as the means show. */
bool growth_straight(const struct growth *);

#endif
