/* A line of JSON a point. */
#include "sim/report/export.h"
#include "sim/report/sweep_report.h"

const struct export_format export_ndjson = {.name = "ndjson", .write = {[ANSWER_SWEEP] = report_sweep_ndjson}};
