/* Why figures of the latency table are dashes: one line a reason, whatever the number of endpoints. Private to sim/report. */
#ifndef MISSING_WORDS_H
#define MISSING_WORDS_H
#include "sim/measure/results.h"
#include <stdio.h>

enum { LATENCY_COLUMNS = 6 };
extern const char *const latency_columns[LATENCY_COLUMNS]; /* "mean", "p50" ... "p99.9" */

/* The latency of an endpoint in one column; null when it was not measured. */
const struct metric *latency_metric(const struct results *, const struct latency_row *, const char *column);

/* Calls `with` on each line, such as "p99 and p99.9 of buy: too short: ...". */
void missing_words(const struct results *, void (*with)(void *context, const char *line), void *context);

#endif
