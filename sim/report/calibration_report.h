/* Words of a calibration. */
#ifndef CALIBRATION_REPORT_H
#define CALIBRATION_REPORT_H
#include "sim/calibration/calibration_results.h"
#include "sim/report/answer.h"
#include "sim/report/report_options.h"
#include <stdio.h>

void report_calibration_text(FILE *, const struct answer *, const struct report_options *);
void report_calibration_json(FILE *, const struct answer *);
/* The last line: what was found, and what was not. To be freed. */
char *report_calibration_sentence(const struct calibration_results *);

#endif
