/* Carrying: which share of the requests that find a serving path the living can carry, in years that no request is played in.
 *
 * States of a platform (stance.h) whose strain (strain.h) is below STRAIN_SAFE at the load of the hour (levels.h) carry
 * everything. For the others there is a book: the answers of short traffic runs of those states (course.h), made before the years
 * are played and only read meanwhile. What of them is new is found by playing the first years twice: once to see which states there
 * are and how long they last (`collects`), and, when some of them are strained, again with their courses.
 *
 * An entry of the book is of a state at a level. Where a strained state has ended less than CARRY_MOST ago it is of what that one
 * has left behind too, by how long it lasted: what has gathered is worked off, and what has just lost its replicas is not at once
 * worse. A share that the run cannot tell from that of routing is that of routing: nothing changes, to the last bit, in years
 * without overload. Failures that there are with all well and no strain are not of the state.
 *
 * There are at most as many runs as fit RUNS_MOST and ASKED_MOST, in the order of how long their states last. A strained state that
 * is not in the book has the worst course of those of its kind (the same machines, links, shares and strain, and other numbers of
 * replicas), and is not served if there is none. What a strained state has left behind, where that is not in the book, is as bad as
 * that state was, for as long again. These times and those of the runs are kept, for the answer.
 *
 *     struct carrying *c = carrying_new(model);                        null: nothing strikes
 *     model.parts[PART_carrying] = c;                                  ... then play the first years
 *     if (carrying_found(c)) carrying_solve(c, in_parallel, context);  ... then play all
 *     carrying_free(c);
 *
 * Invariants: which entries there are, what is run and what it gives depend on the scenario and its seed only: sums are of whole
 * numbers, and of equal states the first of the earliest years stands for all. */
#ifndef CARRYING_H
#define CARRYING_H
#include "models/availability/arrangement.h"
#include "models/availability/course.h"
#include "models/availability/levels.h"
#include "models/availability/strain.h"
#include "models/core/parts.h"
#include "sim/engine/sim_time.h"
#include <stdbool.h>

struct carrying;
struct carrying_entry;
struct model;
struct work;
struct world;

/* What has been found lately, by key. */
struct strain_known {
  uint64_t key;
  double strain;
};
enum { STRAINS_KNOWN = 4096 };

/* What a world keeps. */
struct carriage {
  struct arrangement arrangement;
  bool begun, unsafe;
  uint64_t kind;                   /* of the state */
  uint64_t nominal, state, before; /* sums; before: of the strained state that has left something behind, or 0 */
  uint32_t level, sequence;
  double strain;
  sim_time since, left_at, lasted;            /* since: of the state at this level; left_at, lasted: of `before` */
  sim_time off_at;                            /* all that has gathered is worked off, if that takes as long as it took to gather */
  const struct carrying_entry *entry, *alone; /* alone: of the state whatever was before it */
  const struct carrying_entry *behind;        /* what was left behind has no run: it is as bad as it was then; null: not met */
  sim_time behind_until;                      /* as long again as that had lasted; 0: nothing of the kind */
  struct carrying_entry *seen, *seen_alone;   /* while collecting */
  sim_time entry_from;                        /* its course begins; SIM_NEVER: it is past */
  sim_time accounted;
  double simulated_ns, assumed_ns; /* time in strained states: by a run, and counted as not served */
  uint32_t slot;
  double *each;                 /* by service, for strain */
  struct strain_known *strains; /* STRAINS_KNOWN */
};

/* Of the book, for the answer. */
struct carrying_summary {
  uint32_t states, runs; /* strained ones that were seen, at a level each; traffic runs that were made */
  bool timed;            /* the mean of a course of its own was taken */
};

typedef void carrying_in_parallel(void *context, void (*task)(void *of, uint32_t i), void *of, uint32_t count);

struct carrying *carrying_new(const struct model *);
void carrying_free(struct carrying *); /* null is allowed */
bool carrying_found(const struct carrying *);
/* So many visits of strained states have been seen that one of a kind not seen yet is less than 0.15% of them, with a confidence of
 * 95% (the rule of three). */
bool carrying_seen_enough(const struct carrying *);
void carrying_solve(struct carrying *, carrying_in_parallel *, void *context);
struct carrying_summary carrying_summary(const struct carrying *);

/* There is a book: it is to be asked after every change. */
bool carrying_follows(const struct world *);
/* Before the marks of changed containers are taken away. */
void carrying_follow(struct world *);
/* What is kept of the arrangement and of strain is what counting from nothing gives: for the suite of states. */
bool carrying_audit(struct world *);
/* Of the shares that routing serves in this state (state.h), by endpoint, what the living carry. Asks to be called again by way of
 * parts_changed. */
void carrying_look(struct world *, double *serving, double *apart);
/* Requests offered a second until now, for what follows them (levels_followed), and when that changes next. There is a book. */
double carrying_offered(const struct world *);
sim_time carrying_offered_until(const struct world *);
/* What they ask of the services; null where no size follows it. */
const struct work *carrying_work(const struct world *);
/* What is offered between the two, over the mean. */
double carrying_weight(const struct world *, sim_time from, sim_time until);

static inline struct carriage *world_carriage(const struct world *w) { return world_part(w, PART_carrying); }

#endif
