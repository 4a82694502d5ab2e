/* What sweep, merge and validate share: a sweep as the options ask for it. */
#ifndef SESSION_SWEEP_H
#define SESSION_SWEEP_H
#include "sim/cli/options.h"
#include "sim/sweep/sweep_plan.h"

/* Reads the sweep of a file. EXIT_HOLDS, or the exit code after messages. The request lives as long as the plan. */
enum exit_code session_sweep_plan(struct arena *, const struct options *, const char *file, struct sweep_request *,
                                  struct sweep_plan *);
enum exit_code session_sweep_code(enum sweep_outcome);

#endif
