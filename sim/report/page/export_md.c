/* Markdown for planning documents. */
#include "sim/report/capacity_report.h"
#include "sim/report/check_report.h"
#include "sim/report/compare_report.h"
#include "sim/report/costs_report.h"
#include "sim/report/drill_report.h"
#include "sim/report/growth_report.h"
#include "sim/report/export.h"
#include "sim/report/run_report.h"
#include "sim/report/sensitivity_report.h"

static void write_run(FILE *file, const struct answer *a) { report_markdown_write(file, a->run); }

const struct export_format export_md = {.name = "md",
                                        .write = {[ANSWER_RUN] = write_run,
                                                  [ANSWER_CHECK] = report_check_markdown,
                                                  [ANSWER_COMPARE] = report_compare_markdown,
                                                  [ANSWER_CAPACITY] = report_capacity_markdown,
                                                  [ANSWER_SENSITIVITY] = report_sensitivity_markdown,
                                                  [ANSWER_DRILL] = report_drill_markdown,
                                                  [ANSWER_GROWTH] = report_growth_markdown,
                                                  [ANSWER_COSTS] = report_costs_markdown}};
