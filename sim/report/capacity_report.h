/* The answer of `aguanta capacity`: for the terminal, for programs, for documents. One writer each; export.h chooses among all but
 * the terminal's by the extension of a file. */
#ifndef CAPACITY_REPORT_H
#define CAPACITY_REPORT_H
#include "sim/report/answer.h"
#include "sim/report/report_options.h"
#include "sim/questions/capacity_results.h"

/* Verdict last. */
void report_capacity_text(FILE *, const struct answer *, const struct report_options *);
/* "aguanta_capacity": 1; documented in docs/capacity.md. */
void report_capacity_json(FILE *, const struct answer *);
/* One row a value and claim. */
void report_capacity_csv(FILE *, const struct answer *);
void report_capacity_markdown(FILE *, const struct answer *);

/* "breaks", "begins", "holds" ... */
const char *capacity_course_word(enum capacity_course);
/* The answer as one sentence: "142/s [141, 143] keeps all 5 must claims; first to break: ...". */
struct capacity_sentence {
  char text[700];
};
struct capacity_sentence capacity_sentence(const struct capacity_result *);
/* "142/s [141, 143]" */
struct shown capacity_root_text(const struct capacity_result *, const struct capacity_root *);
/* "142/s", "304,000 users" */
struct shown capacity_value_text(const struct capacity_result *, double);
/* An end of the range, from its text, with what it counts. */
struct shown capacity_end_text(const struct capacity_result *, const char *text);
/* "busy at 142/s, the largest value shown to hold; full at": what the columns of the resources are. */
struct capacity_sentence capacity_stands_text(const struct capacity_result *);
/* "upper limit of rate(all) in 1/s..2/s" */
struct capacity_sentence capacity_bound_text(const struct capacity_result *, uint32_t bound);
/* "not resolved" and the like, for a row: where the bound of this limit breaks. */
struct shown capacity_limit_text(const struct capacity_result *, const struct capacity_limit *);

#endif
