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
 * Bursts multiply the rate by the factor of a state (burst.h): a cell ends where the state does, so thinning stays exact. With
 * batches (batch.h) what arrives is a batch, at the rate over the mean size. Both draw from streams of their own: without them
 * nobody's draws are others.
 *
 * For each request there is one call: source_send(source, n, NONE), n counting from 0. Owned by the source. */
#ifndef ARRIVALS_H
#define ARRIVALS_H
#include "models/traffic/burst.h"
#include "sim/engine/calendar.h"
#include <stdbool.h>

struct arena;
struct linker;
struct source;
struct source_config;

struct arrivals {
  uint64_t count;      /* requests so far: n of the next */
  struct stream draws; /* of gaps and of thinning */
  slot_id slot;        /* the next arrival */
  double base;         /* arrivals per request of the profile in this replication: 1, times the busyness, over the batch's mean */
  double factor;       /* the same times the burst's factor, in the current cell */
  double bound;        /* of the rate of arrivals, in the current cell */
  bool flat;           /* the rate is the bound throughout the cell: no thinning needed */
  bool batches;        /* not each alone */
  bool constant;       /* all cells are alike */
  sim_time cell_end, cell_width;
  struct modulation burst; /* without a chain: none */
  struct stream batch_draws;
};

/* The source has its world and its config. */
void arrivals_start(struct source *);

/* Arrivals in [from, to) to be expected. */
double arrivals_expected(const struct source_config *, sim_time from, sim_time to);
/* The rate is always the same; every hour of the second day offers what the same hour of the first does. */
bool arrivals_are_constant(const struct source_config *);
bool arrivals_are_daily(const struct source_config *);

/* While linking: the rate, bursts, from which it may come, and batches. called: how messages call the source. */
void arrivals_link(struct linker *, struct source_config *, const char *path, const char *called);
/* Once the measured time [from, to) is known. */
const char *arrivals_link_dispersion(struct source_config *, sim_time from, sim_time to, struct arena *);

#endif
