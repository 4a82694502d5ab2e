/* What `aguanta sensitivity` prints and writes: a tornado for each measure, and what to measure first.
 *
 * The JSON is an interface ("aguanta_sensitivity": 1), documented in docs/sensitivity.md; `aguanta plot --kind tornado` reads
 * it. */
#ifndef SENSITIVITY_REPORT_H
#define SENSITIVITY_REPORT_H
#include "sim/report/answer.h"
#include "sim/report/format.h"
#include "sim/report/report_options.h"
#include "sim/questions/sensitivity_results.h"

void report_sensitivity_text(FILE *, const struct answer *, const struct report_options *);
void report_sensitivity_json(FILE *, const struct answer *);
void report_sensitivity_csv(FILE *, const struct answer *);
void report_sensitivity_markdown(FILE *, const struct answer *);

/* Of a point: its value, with as many digits as keep it on its side of the limit; where it has none because something grows,
 * that. */
struct shown report_sensitivity_point(const struct sensitivity_results *, const struct sensitivity_target *,
                                      const struct sensitivity_point *);
/* "measure this first: PATH: ..." without a newline, also the title of the picture; the caller frees. */
char *report_sensitivity_first(const struct sensitivity_results *);
/* Of {"lognormal": {"mean": "1ms", "cv": 1}} only "mean 1ms": the ends of a range differ in it. */
struct shown report_sensitivity_brief(const char *value);

#endif
