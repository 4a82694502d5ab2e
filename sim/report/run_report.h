/* The result of a run for programs and documents: one writer a format; export.h chooses among them by a file's extension. */
#ifndef RUN_REPORT_H
#define RUN_REPORT_H
#include "sim/measure/results.h"
#include <stdio.h>

/* The result as an interface, versioned ("aguanta_result": 1): base units, unknown is null, the same bytes for the same
 * scenario and seed. Documented in docs/results.md; read back by sim/report/result_file.h. */
void report_json_write(FILE *, const struct results *);
char *report_json(const struct results *, size_t *length); /* the caller frees */

/* One tidy table of claims and metrics, RFC 4180. */
void report_csv_write(FILE *, const struct results *);

/* A page for planning documents. */
void report_markdown_write(FILE *, const struct results *);

#endif
