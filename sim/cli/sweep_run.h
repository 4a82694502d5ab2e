/* Runs the points of a sweep that have no answer yet, several at a time, and stores each as soon as it is there. */
#ifndef SWEEP_RUN_H
#define SWEEP_RUN_H
#include "sim/cli/sweep_answers.h"

struct sweep_work {
  uint64_t requests, events, points;
};

/* Prints rows of the table in order as they become known, unless `quiet`. The exit code: broken invariants, a store that cannot
 * be written, or an interruption; verdicts are those of the answers. */
enum exit_code sweep_run(struct sweep_answers *, bool quiet, struct sweep_work *done);

#endif
