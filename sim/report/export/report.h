/* The machine and document formats of a result, each one writer; export.h chooses among them by a file's extension. */
#ifndef REPORT_H
#define REPORT_H
#include "sim/measure/results.h"
#include "sim/sweep/sweep_results.h"
#include <stdio.h>

/* The result as an interface, versioned ("aguanta_result": 1): base units, unknown is null, the same bytes for the same
 * scenario and seed. Documented in docs/results.md; read back by sim/report/plot/result_file.h. */
void report_json_write(FILE *, const struct results *);
char *report_json(const struct results *, size_t *length); /* the caller frees */

/* One tidy table of claims and metrics, RFC 4180. */
void report_csv_write(FILE *, const struct results *);
/* The rows of one of several files, whose name stands in a column before the others; `header`: their names come first. */
void report_csv_of_file(FILE *, const char *name, const struct results *, bool header);

/* What a result says in a sweep, without the point that it belongs to, so that it can be kept and put behind any point:
 * the rows of its CSV, and its line of NDJSON from "scenario" to the end. */
void report_csv_rows(FILE *, const struct results *);
void report_ndjson_rest(FILE *, const struct results *);

/* The rows behind number, hash and values of the point. */
void report_sweep_csv_header(FILE *, const struct sweep_point *);
void report_sweep_csv(FILE *, const struct sweep_point *, const char *rows, size_t length);
/* The point as one line of JSON: {"point", "hash", "set", "scenario", "replications", "claims", "metrics", ...}. */
void report_sweep_ndjson(FILE *, const struct sweep_point *, const char *rest, size_t length);

/* A page for planning documents. */
void report_markdown_write(FILE *, const struct results *);

#endif
