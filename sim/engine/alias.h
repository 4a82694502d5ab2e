/* A discrete law on 0 .. n - 1, drawn in constant time: the alias method (Walker 1977), the table built in linear time (Vose 1991).
 *
 * n columns of equal width; a column is shared by its own number and one other, its alias. A draw picks a column and then one of
 * the two: one random number, one cache line. Column boundaries are multiples of 2^-32, so a probability is off by less than
 * 2^-32 / n per column that it has a part in.
 *
 *     struct alias_table *t = alias_new(arena, weights, n);       weights: not negative, not all zero; need not sum to 1
 *     uint32_t k = alias_sample(t, &draws);
 */
#ifndef ALIAS_H
#define ALIAS_H
#include "sim/engine/stream.h"

struct arena;

struct alias_column {
  uint32_t own;   /* share of the column that is its own, times 2^32; the last of a full column is its alias, itself */
  uint32_t other; /* whose the rest is */
};

struct alias_table {
  uint32_t n;
  struct alias_column *columns;
};

struct alias_table *alias_new(struct arena *, const double *weights, uint32_t n);

static inline uint32_t alias_sample(const struct alias_table *t, struct stream *draws) {
  unsigned __int128 scaled = (unsigned __int128)stream_bits(draws) * t->n; /* whole part: the column; fraction: the place in it */
  uint32_t column = (uint32_t)(scaled >> 64), place = (uint32_t)(scaled >> 32);
  const struct alias_column *c = &t->columns[column];
  uint32_t own = -(uint32_t)(place < c->own); /* by mask: no branch could guess it */
  return (column & own) | (c->other & ~own);
}

#endif
