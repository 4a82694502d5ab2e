/* What can be asked of a sweep without running it: --dry-run lists its points, --emit prints a job that runs its shards. */
#ifndef SWEEP_PREVIEW_H
#define SWEEP_PREVIEW_H
#include "sim/cli/sweep_answers.h"

/* Options that contradict --emit, or a format that there is not; false after a message. */
bool sweep_emit_fits(const struct options *);
enum exit_code sweep_dry_run(struct sweep_answers *);
enum exit_code sweep_emit(struct sweep_answers *);

#endif
