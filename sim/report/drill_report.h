/* The answer of `aguanta drill`: for the terminal, for programs, for documents. One writer each; export.h chooses among all but the
 * terminal's by the extension of a file. */
#ifndef DRILL_REPORT_H
#define DRILL_REPORT_H
#include "sim/questions/drill_results.h"
#include "sim/report/answer.h"
#include "sim/report/format.h"
#include "sim/report/report_options.h"
#include "sim/report/verdicts.h"

/* Verdict last. */
void report_drill_text(FILE *, const struct answer *, const struct report_options *);
/* "aguanta_drill": 1; documented in docs/drill.md. */
void report_drill_json(FILE *, const struct answer *);
/* One row a fault and requirement. */
void report_drill_csv(FILE *, const struct answer *);
void report_drill_markdown(FILE *, const struct answer *);

/* Each requirement under each fault. */
struct requirement_sum drill_verdicts(const struct drill_results *);
/* "FAIL (7 pass, 2 fail)" */
struct drill_words {
  char text[600];
};
struct drill_words drill_verdict_words(const struct drill_results *);
/* "PASS"; "WARNING" where a requirement of severity should fails. */
const char *drill_cell_word(const struct drill_requirement *, const struct drill_cell *);
/* "held", "13.1 s [12.0, 14.2]", "not back", "back in 7 of 10" */
struct drill_words drill_recovery_words(const struct drill_results *, const struct drill_requirement *, const struct drill_cell *);
/* "served again after 12.7 s [11, 14]; 312 requests failed [290, 330], 3.1 s of traffic: 290 unreachable, 22 timeout" */
struct drill_words drill_fault_words(const struct drill_results *, const struct drill_fault *);
/* "crash of backend" */
struct drill_words drill_what_words(const struct drill_fault *);
/* "at 20:00, peak load, 130/s; ..." */
struct drill_words drill_when_words(const struct drill_results *);

#endif
