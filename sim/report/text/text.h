/* The terminal report of `aguanta run`: what was simulated, what the claims came to, and why.
 *
 * Written for a planner: verdicts first, then where the time goes, what fills up next, what fails, what is lost in a year,
 * what it costs, and what the answer hangs on. The last line is the verdict. Only the verdict words are coloured. Lines keep
 * within options.width (100 when 0) unless a single word is longer. */
#ifndef TEXT_H
#define TEXT_H
#include "sim/measure/results.h"
#include <stdio.h>

struct report_options {
  bool color;
  bool verbose; /* also: notes of claims, all rows of the breakdown, every assumption, price sources */
  bool quiet;   /* only the claims that did not pass, and the verdict */
  int width;
};

void report_text(FILE *, const struct results *, const struct report_options *);

#endif
