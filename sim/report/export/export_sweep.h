/* `sweep --export FILE`: a row or a line a point that has an answer, by number. */
#ifndef EXPORT_SWEEP_H
#define EXPORT_SWEEP_H
#include "sim/sweep/sweep_results.h"

/* path and format as in report_export. */
bool export_sweep_known(const char *path, const char *format);
/* Writes the file, whole or not at all. On failure *error is a message that the caller frees, or null where it was reported. */
bool export_sweep(struct sweep_results *, const char *path, const char *format, char **error);

#endif
