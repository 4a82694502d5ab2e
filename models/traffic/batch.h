/* Batches: how many requests come together, as a page with its pictures, a bus of visitors or a client that saves up does.
 *
 * The rate of a source stays that of its requests: batches come at the rate over their mean size. With mean b and second moment
 * E[B^2], batches that are a Poisson process give the counts of requests an index of dispersion of E[B^2] / b. */
#ifndef BATCH_H
#define BATCH_H
#include "sim/describe/field.h"
#include "sim/engine/stream.h"

extern const struct choice_set batch_choices;

/* One batch: 1 or more. */
uint32_t batch_draw(const struct choice *, struct stream *);
/* Of a batch that is absent: 1, as if each came alone. */
double batch_mean(const struct choice *);
double batch_second_moment(const struct choice *);
/* Null, or what is wrong with it. */
const char *batch_error(const struct choice *);

#endif
