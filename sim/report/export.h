/* `--export FILE`: the format comes from the file's extension, or from --format when the file is `-` (stdout). */
#ifndef EXPORT_H
#define EXPORT_H
#include "sim/study/compare_results.h"

/* path: a file, or "-". format: null to take the extension; needed for "-". On failure *error is a message that the caller
 * frees: an unknown format (with those that are known), or why the file could not be written. */
bool report_export(const struct results *, const char *path, const char *format, char **error);
/* The same of a comparison. */
bool report_compare_export(const struct compare_results *, const char *path, const char *format, char **error);
/* The same check before hours of work: is there a format for this? */
bool report_export_known(const char *path, const char *format, char **error);

#endif
