/* A comparison for people and for programs: text, JSON ("aguanta_compare": 1), CSV, Markdown. Documented in docs/compare.md. */
#ifndef COMPARE_REPORT_H
#define COMPARE_REPORT_H
#include "sim/report/answer.h"
#include "sim/report/format.h"
#include "sim/report/report_options.h"
#include "sim/report/verdicts.h"
#include "sim/questions/compare_results.h"
#include <stdio.h>

void report_compare_text(FILE *, const struct answer *, const struct report_options *);
void report_compare_json(FILE *, const struct answer *);
void report_compare_csv(FILE *, const struct answer *);
void report_compare_markdown(FILE *, const struct answer *);

/* The words of all of them. */
struct compare_words {
  char text[300];
};

/* "p99(web.latency)" */
struct compare_words compare_name(const struct compare_row *);
/* "12 ms slower (8 to 16)", "no difference shown, at most 3 ms either way", "the same in all 30 replications". Never "equal": what
 * was not seen may be there. */
struct compare_words compare_words(const struct compare_row *, const char *currency);
/* "-12 ms", "+234.00 EUR", "+0.2 points": of a difference that is shown. */
struct compare_words compare_signed(const struct compare_row *, const char *currency);
/* "+6.6%"; empty when there is no difference to speak of. */
struct shown compare_relative(const struct compare_row *);
/* What a limit was held against: "+3.2% [2.1, 4.3]". */
struct compare_words compare_judged(const struct compare_limit_result *, const char *currency);
/* The verdict of all limits together. */
struct requirement_sum compare_verdicts(const struct compare_results *);
/* The last line: the verdict of the limits, the best, or what was found. */
void compare_last_line(const struct compare_results *, char *text, size_t size);
/* What to call a system: its file. */
const char *compare_file(const struct compare_results *, uint32_t system);

#endif
