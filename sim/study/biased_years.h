/* Years in which outages are likelier, for answers that plain years do not give: beyond four nines or so an outage takes several
 * failures at once, and what plain years have seen of it is a matter of luck.
 *
 * They are run where plain years leave the share of time lost uncertain by more than BIASED_DOUBT, and where they are right
 * (models/faults/biasing.h), until it is known to that, or until as many faults have been played as BIASED_FAULTS. */
#ifndef BIASED_YEARS_H
#define BIASED_YEARS_H
#include "models/core/model.h"
#include <stdbool.h>

struct study;

#define BIASED_DOUBT 0.1
enum { BIASED_FAULTS = 6000000 };

/* When plain years have been run. False when interrupted. */
bool biased_years_run(struct study *);
/* As they are played. */
struct model biased_model(const struct study *);

#endif
