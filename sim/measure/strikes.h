/* Strikes at a given time in a traffic run, and when each requirement of an endpoint holds again after them (recovery.h).
 *
 * One cell a strike and requirement. It is watched until the next strike at a given time of any fault, or the end of the run, over
 * short windows made of the parts of the timeline (run.windows). There is no run without the fault to compare with, so every window
 * that breaks the requirement is the strike's doing, and the answer says where it was broken just before the strike, too. Of each
 * replication a few numbers are kept, which a stored state keeps as well.
 *
 *     strikes_open(ev);                      ... before anything has run
 *     strikes_make_room(ev, 10);
 *     strikes_take(ev, i, view);             ... of replication i, for each
 *     findings_strikes(ev, results); */
#ifndef STRIKES_H
#define STRIKES_H
#include "sim/measure/evidence.h"

void strikes_open(struct evidence *);
void strikes_make_room(struct evidence *, uint32_t n);
/* What is kept of its replications, for a stored state. */
double **strike_samples(const struct evidence *, uint32_t strike);
void strikes_take(struct evidence *, uint32_t replication, const struct view *);
void findings_strikes(const struct evidence *, struct results *);

#endif
