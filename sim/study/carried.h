/* What the living can carry (models/availability/carrying.h), found before the years of faults are played: the first of them are
 * played to see which states there are, and where some are strained, again with the book.
 *
 * The same pieces are looked at whatever is asked for later, so results do not depend on the order of questions. Private to
 * sim/study. */
#ifndef CARRIED_H
#define CARRIED_H
#include "sim/study/study_inner.h"

/* Once the model is as it will be run. */
void carried_open(struct study *);
void carried_close(struct study *);
/* Before the first years are played for good. False when interrupted. */
bool carried_find(struct study *);

#endif
