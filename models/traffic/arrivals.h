/* Arrivals of an open source: when the next one comes, whatever happens to the answers.
 *
 * Arrivals at a rate that varies over time are drawn by thinning (Lewis and Shedler 1979, "Simulation of nonhomogeneous Poisson
 * processes by thinning"), cell by cell of the time axis: candidates come at the bound of the rate in the cell and each is kept
 * with probability rate / bound. A candidate beyond the cell's end is dropped and drawing starts anew there: the exponential has
 * no memory, so no spike, however narrow, is stepped over. Where the rate is constant over a cell every candidate is kept,
 * without a draw.
 * Days differ: with a busyness the whole rate of a replication is multiplied by one gamma factor of mean 1, as in Avramidis,
 * Deslauriers and L'Ecuyer (2004); expectations over replications stay those of the profile.
 *
 * For each arrival there is one call: source_send(source, n, NOBODY), n counting from 0. Owned by the source. */
#ifndef ARRIVALS_H
#define ARRIVALS_H
#include "sim/engine/calendar.h"
#include "sim/engine/stream.h"
#include <stdbool.h>

struct source;

struct arrivals {
  uint64_t count;      /* so far: n of the next */
  struct stream draws; /* of gaps and of thinning */
  slot_id slot;        /* the next arrival */
  double busyness;     /* the factor of the rate in this replication, 1 when days do not differ */
  double bound;        /* of the rate, in the current cell, busyness included */
  bool flat;           /* the rate is the bound throughout the cell: no thinning needed */
  sim_time cell_end;
};

/* The source has its world and its config. */
void arrivals_start(struct source *);

#endif
