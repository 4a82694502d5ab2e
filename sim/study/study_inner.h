/* The inside of a study: how its evidence is run up. Private to sim/study. */
#ifndef STUDY_INNER_H
#define STUDY_INNER_H
#include "sim/measure/evidence.h"
#include "sim/study/long_run.h"
#include "sim/study/study.h"

enum { PIECES_LEAST = 10 }; /* of the availability run */

struct carrying;

struct study {
  struct evidence evidence;
  const struct scenario *scenario;
  struct study_options options;
  struct long_run *long_run; /* null: replications */
  bool prepared, interrupted;
  struct carrying *carrying; /* what the living can carry in years of faults; null: none are played */
  bool carried;              /* it is known */
  struct world_watch watch;  /* of the pilot and the long run */
  uint32_t batches;          /* of the long run until it is looked at again; 0: not begun */
  uint32_t foreseen;         /* replications, for the progress */
};

/* study.c: the long run twice as long, its batches joined. False when interrupted. */
bool study_lengthen(struct study *);

/* settle.c: the replications that are run before anything is looked at. */
uint32_t settle_first(const struct study *);

/* warm_up.c: finds the warm-up of the model, by a pilot from an empty system. */
void warm_up_find(struct study *);
/* Whether the scenario says this warm-up, or a pilot may have found it: what is read from a file may say anything. */
bool warm_up_possible(const struct model *, sim_time warmup);

#endif
