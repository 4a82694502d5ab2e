/* A study of one scenario: as many replications as its question needs, what was measured in them, and the verdicts.
 *
 * study_run does it all. In parts, for questions over several scenarios:
 *
 *     struct study *s = study_open(arena, scenario, &options);
 *     study_extend(s, 10, 0);                     ... ten replications of the traffic
 *     study_evidence(s)->entries[entry].samples;   ... one value each
 *     study_settle(s);                            ... as many more as the options and the claims ask for
 *     struct results *r = study_results(s);
 *     study_close(s);
 *
 * Replication i has the same customers whatever else the scenario says, as long as seed, window and warm-up are the same: the
 * samples of two studies are pairs. All results are the same bytes for any number of threads and of calls. */
#ifndef STUDY_H
#define STUDY_H
#include "sim/measure/results.h"
#include "sim/scenario/scenario.h"
#include <stdatomic.h>
#include <stdio.h>

/* How much a study will take, reported once it can be foreseen and before the bulk of it is done. */
struct study_estimate {
  uint32_t done, replications, budget; /* replications: foreseen, at most the budget */
  double requests;                     /* of all of them */
  double precision;                    /* what is asked for; 0: only verdicts */
};

struct study_options {
  uint32_t replications;         /* exactly this many; 0: at least the scenario's, and what undecided claims and precision take */
  uint32_t budget;               /* at most this many; 0: the scenario's */
  double precision;              /* relative half-width wanted; 0: the scenario's */
  uint32_t jobs;                 /* threads; 0: one */
  const atomic_int *interrupted; /* may be null */
  /* Called now and then with the replications done so far, parts included, of what is foreseen; may be null. Never by two threads
   * at once. With `of` 0 it is not known how long it takes: the warm-up is being found. */
  void (*progress)(void *context, double done, uint32_t of);
  void (*foreseen)(void *context, const struct study_estimate *); /* may be null */
  void *context;
};

struct study;
struct evidence;

/* The study and its results live in the arena; what else it needs is freed by study_close. */
struct study *study_open(struct arena *, const struct scenario *, const struct study_options *);
void study_close(struct study *);

/* The warm-up that is simulated before the measured time, in ns: found now if it has to be. */
sim_time study_warmup(struct study *);
/* Instead of finding it: two systems are compared after the same warm-up. Before anything has run. */
void study_set_warmup(struct study *, sim_time);
/* Whether no end of the warm-up was found. It is accepted then: the measured time begins with an empty system, as if the scenario
 * said so. */
bool study_begins_empty(struct study *);

/* A further measure, before anything has run; name and aggregate as in struct metric. Returns the number of its entry. */
uint32_t study_add(struct study *, const struct measure *, const char *name, const char *aggregate);

/* Runs on until there are this many replications of the traffic, and of the faults. False when interrupted. */
bool study_extend(struct study *, uint32_t traffic, uint32_t faults);
/* Runs on as the options ask. False when interrupted. */
bool study_settle(struct study *);

uint32_t study_replications(const struct study *, bool over_faults);
/* What has been run so far: entries are the standard measures, then those that were added, then the claims'. */
const struct evidence *study_evidence(const struct study *);
/* Looks for what grows without end in it: evidence->growth. */
void study_find_growth(struct study *);

struct results *study_results(struct study *);

/* Everything so far as exact bits: loading it into a study of the same scenario and running on gives the bytes of a study that
 * was never interrupted. False: the file is of something else, of more than the options ask for, or cannot be read (written); a
 * study that could not load is to be closed. Batches of a long run are not saved. */
bool study_save(const struct study *, FILE *);
bool study_load(struct study *, FILE *);

/* All at once. */
struct results *study_run(struct arena *, const struct scenario *, const struct study_options *);

#endif
