/* --step-summary: the answer for a pull request, behind what the steps of a GitHub Actions job have said before. Only when asked
 * for. */
#ifndef STEP_SUMMARY_H
#define STEP_SUMMARY_H
#include "sim/cli/options.h"

/* With the option there is a file to append to; false after a message. */
bool step_summary_fits(const struct options *);
/* Appends, if asked for; false after a message. */
bool step_summary_append(const struct options *, const struct answer *);

#endif
