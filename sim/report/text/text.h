/* The terminal report of `aguanta run`: what was simulated, what the claims came to, and why.
 *
 * Written for a planner: verdicts first, then where the time goes, what fills up next, what fails, what is lost in a year,
 * what it costs, and what the answer depends on. The last line is the verdict. Only the verdict words are coloured. Lines keep
 * within options.width (100 when 0) unless a single word is longer. */
#ifndef TEXT_H
#define TEXT_H
#include "sim/measure/results.h"
#include "sim/report/report_options.h"
#include <stdio.h>

void report_text(FILE *, const struct results *, const struct report_options *);

#endif
