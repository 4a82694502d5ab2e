/* One long run of stationary traffic, cut into batches: where the warm-up costs more than the measuring.
 *
 * The first `warmup` of the model is thrown away once; every `window` after it is a batch. Neighbouring batches are not quite
 * independent: before their spread is used their correlation is tested, and neighbours are joined while they have any (Law 2015,
 * 9.5.3; Fishman and Yarberry 1997). */
#ifndef LONG_RUN_H
#define LONG_RUN_H
#include "sim/measure/view.h"

enum { LONG_RUN_BATCHES = 80 }; /* most that are kept */

struct long_run;

/* The watch may be null, and outlives the run. */
struct long_run *long_run_new(const struct model *, uint64_t seed, const struct world_watch *);
void long_run_free(struct long_run *); /* null is allowed */

/* Runs on until there are this many batches, at most LONG_RUN_BATCHES. Returns how many there are: fewer when interrupted. */
uint32_t long_run_extend(struct long_run *, uint32_t batches);
/* Batches that have been simulated up to an instant of the run, as a number with a fraction. */
double long_run_progress(const struct long_run *, sim_time simulated);
/* Joins neighbours: half as many batches, twice as long. Their number is even. */
void long_run_join(struct long_run *);
uint32_t long_run_count(const struct long_run *);
const struct view *long_run_batch(const struct long_run *, uint32_t batch);
/* Batches 2 i and 2 i + 1 as one, to be freed with view_free. */
struct view *long_run_pair(const struct long_run *, uint32_t i);
/* What its gauges (models/core/gauge.h) read at the borders of the batches, as one replication: from as many borders as growth
 * takes. */
struct growth_sums *long_run_growth(const struct long_run *, struct arena *);
/* All of it. */
const struct view *long_run_whole(const struct long_run *);
/* Ends the run and checks its invariants: what is broken is noted in the whole. */
void long_run_close(struct long_run *);

#endif
