/* The machine and document formats of a result, each one writer; export.h chooses among them by a file's extension. */
#ifndef REPORT_H
#define REPORT_H
#include "sim/study/results.h"
#include <stdio.h>

/* The result as an interface, versioned ("aguanta_result": 1): base units, unknown is null, the same bytes for the same
 * scenario and seed. Documented in docs/results.md; read back by sim/report/result_file.h. */
void report_json_write(FILE *, const struct results *);
char *report_json(const struct results *, size_t *length); /* the caller frees */

/* One tidy table of claims and metrics, RFC 4180. */
void report_csv_write(FILE *, const struct results *);

/* One point of a sweep: what was set to what. */
struct sweep_point {
  uint32_t number, axes;
  const char *const *paths, *const *values;
};

/* The point's rows of the same table, behind its number and values; the header goes before point 0. */
void report_sweep_csv(FILE *, const struct results *, const struct sweep_point *);
/* The point as one line of JSON: {"point", "set", "claims", "metrics"}. */
void report_sweep_ndjson(FILE *, const struct results *, const struct sweep_point *);

/* A page for planning documents. */
void report_markdown_write(FILE *, const struct results *);

#endif
