/* `check A B... --export FILE`: the results of several scenarios in one file.
 *
 * JSON has them in a list, each with its file and exit code; CSV has the rows of all, with the file in a column before the
 * others; Markdown has one document after the other. A scenario that could not be read is in the JSON only, without a result.
 *
 *     struct export_several *all = export_several_open("c.json", NULL);
 *     for (...) export_several_add(all, file, code, results);      results: null when it could not be read
 *     export_several_close(all, &error);
 */
#ifndef EXPORT_SEVERAL_H
#define EXPORT_SEVERAL_H
#include "sim/measure/results.h"
#include <stdbool.h>

struct export_several;

/* path and format as in report_export; the format must be known (report_export_known). Both must outlive it. */
struct export_several *export_several_open(const char *path, const char *format);
void export_several_add(struct export_several *, const char *file, int exit_code, const struct results *);
/* Writes the file and frees all. On failure *error is a message that the caller frees. */
bool export_several_close(struct export_several *, char **error);

#endif
