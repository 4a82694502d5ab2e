/* Enough: how many replications a question is given, when it is looked at what they show, and when no more are run.
 *
 * The plan of a question is a first number of replications, looks from there on at geometrically spaced numbers, and a budget.
 * Looking after every replication would stop at the first lucky moment (Anscombe 1953; Glynn and Whitt 1992); at each look half as
 * many again are run, so that the number overshoots by at most half. Looking often is luck's chance too: at a look before the end
 * of the budget a claim is decided only when an interval as much wider as stopping_caution says lies on one side (O'Brien and
 * Fleming 1979; sim/stats/stopping.h).
 *
 * At a look everything that is not known well enough asks for what it needs, foreseen by the square-root law of the half-width. The
 * foresight is itself a guess. What is undecided gets at most the budget, and nothing when four times the budget would not decide
 * it either; a precision that is pursued comes as near as the budget allows. What cannot be foreseen gets nothing. The most that
 * anything gets is what is run for, look by look.
 *
 * A precision is reached sooner where the spread happens to look small (Law 2015, 9.4.1). So the first look asks for half as much
 * again, and ten replications are added behind the look that reached it, which had no say in when to stop. Normal values of which
 * 24 would do cover 0.936 without both and 0.946 with them, skewed ones (0.7) 0.924 and 0.939.
 *
 *     struct enough plan = enough_plan(first, budget, pursued);
 *     enough_settle(&plan, first, &work);      ... work.ask calls enough_ask, work.extend runs */
#ifndef ENOUGH_H
#define ENOUGH_H
#include "sim/stats/stopping.h"
#include "sim/study/study.h"

enum { ENOUGH_LEAST = STOPPING_FIRST_LOOK }; /* replications of which a spread can be judged */

struct enough {
  uint32_t first, budget; /* replications; budget >= first */
  double precision;       /* relative half-width that is pursued; 0: only decisions are wanted */
  uint32_t wanted;        /* of this look: the most replications that anything needs and is given; 0: nothing needs more */
};

/* The budget of a question: what was `given`; 0: ten times `first`, a hundred times where a precision is pursued, a million at
 * most. */
uint32_t enough_budget(uint32_t first, int64_t given, bool pursued);
struct enough enough_plan(uint32_t first, int64_t given, bool pursued);
/* How much wider an interval must be for a decision at a look with this many replications. */
double enough_caution(const struct enough *, uint32_t done);
/* The precision to ask for at a look with this many. */
double enough_precision(const struct enough *, uint32_t done);
/* Something needs this many replications in all (UINT32_MAX: cannot be foreseen); `pursued` as above. */
void enough_ask(struct enough *, uint32_t needs, bool pursued);
/* The next look. */
uint32_t enough_next(const struct enough *, uint32_t done);
/* The next number of replications of a question that is looked at only as it asks for (sim/questions/capacity.h): what the last
 * look foresees with a little more, but neither a creep nor a leap. */
uint32_t enough_towards(double foreseen, uint32_t done);

struct enough_work {
  void (*ask)(void *context, struct enough *, uint32_t done);     /* calls enough_ask for all that is not known well enough */
  bool (*extend)(void *context, uint32_t until, uint32_t wanted); /* false when interrupted */
  void *context;
};
/* Looks and runs on until nothing is wanted or the budget is spent. The replications there are then; 0 when interrupted. */
uint32_t enough_settle(struct enough *, uint32_t done, const struct enough_work *);
/* Some more behind the look at which the precision was reached. */
uint32_t enough_beyond(const struct enough *, uint32_t done);

/* Tells the options' listener how much the plan is foreseen to take, when that is more than what is done first. `requests`: of one
 * replication. */
void enough_foresee(const struct enough *, const struct study_options *, uint32_t done, double requests);

/* Pieces that the years of faults of a scenario are run in; 0: it has none. */
uint32_t enough_pieces(const struct model *);

#endif
