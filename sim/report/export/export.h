/* `--export FILE`: the format comes from the file's extension, or from --format when the file is `-` (stdout). */
#ifndef EXPORT_H
#define EXPORT_H
#include "sim/measure/results.h"
#include <stdio.h>

/* The writers of one kind of answer. */
struct export_formats {
  void (*json)(FILE *, const void *), (*csv)(FILE *, const void *), (*markdown)(FILE *, const void *);
};

/* path: a file, or "-". format: null to take the extension; needed for "-". On failure *error is a message that the caller
 * frees: an unknown format (with those that are known), or why the file could not be written. */
bool report_export(const struct results *, const char *path, const char *format, char **error);
/* The same of another kind of answer. */
bool report_export_as(const struct export_formats *, const void *what, const char *path, const char *format, char **error);
/* Which one it is; the format must be known. */
enum export_format { EXPORT_JSON, EXPORT_CSV, EXPORT_MARKDOWN };
enum export_format report_export_format(const char *path, const char *format);
/* The same check before hours of work: is there a format for this? */
bool report_export_known(const char *path, const char *format, char **error);

#endif
