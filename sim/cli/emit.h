/* sweep --emit: prints a script that has a scheduler run the shards of a sweep, with the options that were given here. */
#ifndef EMIT_H
#define EMIT_H
#include "sim/cli/options.h"
#include "sim/sweep/sweep_plan.h"

/* Nothing contradicts --emit, and there is such a scheduler; false after a message. */
bool emit_fits(const struct options *);
enum exit_code emit_task(const struct options *, const struct sweep_plan *, const struct sweep_results *, const char *store);

#endif
