#include "sim/report/answer_text.h"
#include "sim/report/calibration_report.h"
#include "sim/report/capacity_report.h"
#include "sim/report/compare_report.h"
#include "sim/report/costs_report.h"
#include "sim/report/drill_report.h"
#include "sim/report/growth_report.h"
#include "sim/report/sensitivity_report.h"
#include "sim/report/text/text.h"
#include "sim/report/text/text_selftest.h"

static void write_run(FILE *file, const struct answer *a, const struct report_options *o) { report_text(file, a->run, o); }

static void write_selftest(FILE *file, const struct answer *a, const struct report_options *o) {
  (void)o;
  report_selftest(file, a->selftest);
}

static void (*const writers[ANSWER_KINDS])(FILE *, const struct answer *,
                                           const struct report_options *) = {[ANSWER_RUN] = write_run,
                                                                             [ANSWER_COMPARE] = report_compare_text,
                                                                             [ANSWER_CAPACITY] = report_capacity_text,
                                                                             [ANSWER_SENSITIVITY] = report_sensitivity_text,
                                                                             [ANSWER_SELFTEST] = write_selftest,
                                                                             [ANSWER_DRILL] = report_drill_text,
                                                                             [ANSWER_GROWTH] = report_growth_text,
                                                                             [ANSWER_COSTS] = report_costs_text,
                                                                             [ANSWER_CALIBRATION] = report_calibration_text};

void report_answer_text(FILE *file, const struct answer *a, const struct report_options *o) {
  if (writers[a->kind]) writers[a->kind](file, a, o);
}
