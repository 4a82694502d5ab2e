/* Zipf's law on 1 .. n: k has a probability in proportion to k to the power -s, for any n and s > 0.
 *
 * The most popular numbers have a column each in an alias table. The rest is cut into groups, each a few percent wider than the
 * one before, and a group has a column too: a number within it is drawn evenly and kept with probability (first / k)^s, which is
 * near 1 and above a known bound, so that the power is computed for one draw in a hundred. Together the law is the exact one (up to
 * 2^-32, see alias.h), a draw costs about two random numbers whatever n is, and the table stays in the processor's cache: an alias
 * table of a million columns costs a miss of 50 ns a draw, and a million powers to build.
 *
 * Masses of groups are sums by Euler and Maclaurin, two terms: relative error below 1e-12 for the groups here.
 *
 *     const struct zipf *law = zipf_new(arena, 1000000, 1.1);
 *     uint32_t k = zipf_draw(law, &draws);
 */
#ifndef ZIPF_H
#define ZIPF_H
#include "sim/engine/alias.h"

struct zipf_group {
  uint32_t first, width;
  uint32_t sure; /* of 2^32: what each number of the group is kept with at least */
};

struct zipf {
  uint32_t n;
  double s;
  double total;  /* sum of k^-s */
  uint32_t head; /* numbers with a column of their own: 1 .. head; then the groups */
  const struct alias_table *columns;
  const struct zipf_group *groups;
};

/* s 0 is allowed: all alike. */
const struct zipf *zipf_new(struct arena *, uint32_t n, double s);
double zipf_probability(const struct zipf *, uint32_t k);
/* A number of the group. */
uint32_t zipf_in_group(const struct zipf *, const struct zipf_group *, struct stream *);

static inline uint32_t zipf_draw(const struct zipf *z, struct stream *draws) {
  uint32_t column = alias_sample(z->columns, draws);
  if (column < z->head) return column + 1;
  return zipf_in_group(z, &z->groups[column - z->head], draws);
}

#endif
