/* A sweep for programs: a row or a line a point that has an answer, by number.
 *
 * What a result says in a sweep is rendered once, without the point that it belongs to, so that it can be kept and put behind any
 * point: the rows of its CSV, and its line of NDJSON from "scenario" to the end. */
#ifndef SWEEP_REPORT_H
#define SWEEP_REPORT_H
#include "sim/report/answer.h"
#include "sim/sweep/sweep_results.h"
#include <stdio.h>

void report_csv_rows(FILE *, const struct results *);
void report_ndjson_rest(FILE *, const struct results *);

/* The rows behind number, hash and values of the point. */
void report_sweep_csv(FILE *, const struct answer *);
/* The point as one line of JSON: {"point", "hash", "set", "scenario", "replications", "claims", "metrics", ...}. */
void report_sweep_ndjson(FILE *, const struct answer *);

#endif
