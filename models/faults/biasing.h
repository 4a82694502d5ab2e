/* Biasing: years of faults in which a second failure is made likelier, and what follows counts for as much less.
 *
 * Where machines stand in for each other, an outage takes a second failure before the first is repaired. Plain years see few of
 * them or none: a pair that is away for 2 h every 4000 h is down together once in 450 years. In a biased run every exponential life
 * that is up is shortened while something is broken: its hazard l becomes
 *
 *     l' = max(l, 1 / (2 n D))      n lives, D the mean outage of the fault that struck first
 *
 * so that about a third of first failures are followed by a second one, whichever life it is (balanced failure biasing). The world
 * carries the likelihood ratio L of what has happened since: a failure multiplies it by l / l', and every life that stays up by
 * exp((l' - l) t). What is integrated over time is integrated with L, and the share of time lost is
 *
 *     integral of L (1 - served)  /  integral of L
 *
 * Lives are as stated again when the exponent has come to BIAS_MOST, which bounds L, and when all is as it was at the start. Then L
 * is 1 again: lives that are exponential do not know how old they are, so a run is a row of independent cycles.
 *
 * It is used where nothing but states and exponential lives decides what comes next (bias_possible): no law by the hour, the
 * calendar or the last repair, no person, no crew, and no orchestrator that moves what a lost machine ran, since replicas
 * that stay where they were moved to are a memory that L would have to carry on.
 *
 *     if (bias_possible(model)) model.run.biased = true;      before worlds are made
 *     double weighed_ns = bias_passed(world);                 since it was asked last: the integral of L
 *
 * Sources: Shahabuddin (1994), Management Science 40(3), balanced failure biasing; Goyal et al. (1992), IEEE Transactions on
 * Computers 41(1), measure and hazard of exponential lives; Heidelberger (1995), ACM TOMACS 5(1), regenerative ratio. */
#ifndef BIASING_H
#define BIASING_H
#include <stdbool.h>

struct fault_process;
struct model;
struct world;

#define BIAS_MOST 1.5

bool bias_possible(const struct model *);

/* The lives exist. Does nothing in a world that is not biased. */
void bias_open(struct world *);
/* Mean of the process's next life, in ns. */
double bias_life(const struct fault_process *);
/* The event of the process comes: it strikes. Its life begins. */
void bias_strikes(struct fault_process *);
void bias_lives(struct fault_process *);
/* All changes of an instant are done. served: requests are served as at the start. */
void bias_follows(struct world *, bool served);
double bias_passed(struct world *);

#endif
