/* JSON for programs, with a version of its own for each kind of answer. */
#include "sim/report/calibration_report.h"
#include "sim/report/capacity_report.h"
#include "sim/report/check_report.h"
#include "sim/report/compare_report.h"
#include "sim/report/costs_report.h"
#include "sim/report/drill_report.h"
#include "sim/report/growth_report.h"
#include "sim/report/export.h"
#include "sim/report/run_report.h"
#include "sim/report/sensitivity_report.h"

static void write_run(FILE *file, const struct answer *a) { report_json_write(file, a->run); }

const struct export_format export_json = {.name = "json",
                                          .write = {[ANSWER_RUN] = write_run,
                                                    [ANSWER_CHECK] = report_check_json,
                                                    [ANSWER_COMPARE] = report_compare_json,
                                                    [ANSWER_CAPACITY] = report_capacity_json,
                                                    [ANSWER_SENSITIVITY] = report_sensitivity_json,
                                                    [ANSWER_DRILL] = report_drill_json,
                                                    [ANSWER_GROWTH] = report_growth_json,
                                                    [ANSWER_COSTS] = report_costs_json,
                                                    [ANSWER_CALIBRATION] = report_calibration_json}};
