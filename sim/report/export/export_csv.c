/* Tidy tables, RFC 4180. */
#include "sim/report/capacity_report.h"
#include "sim/report/check_report.h"
#include "sim/report/compare_report.h"
#include "sim/report/costs_report.h"
#include "sim/report/drill_report.h"
#include "sim/report/growth_report.h"
#include "sim/report/export.h"
#include "sim/report/run_report.h"
#include "sim/report/sensitivity_report.h"
#include "sim/report/sweep_report.h"

static void write_run(FILE *file, const struct answer *a) { report_csv_write(file, a->run); }

const struct export_format export_csv = {.name = "csv",
                                         .write = {[ANSWER_RUN] = write_run,
                                                   [ANSWER_CHECK] = report_check_csv,
                                                   [ANSWER_COMPARE] = report_compare_csv,
                                                   [ANSWER_CAPACITY] = report_capacity_csv,
                                                   [ANSWER_SENSITIVITY] = report_sensitivity_csv,
                                                   [ANSWER_DRILL] = report_drill_csv,
                                                   [ANSWER_GROWTH] = report_growth_csv,
                                                   [ANSWER_COSTS] = report_costs_csv,
                                                   [ANSWER_SWEEP] = report_sweep_csv}};
