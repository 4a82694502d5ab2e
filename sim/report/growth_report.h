/* The answer of `aguanta growth`: for the terminal, for programs, for documents. One writer each; export.h chooses among all but
 * the terminal's by the extension of a file. */
#ifndef GROWTH_REPORT_H
#define GROWTH_REPORT_H
#include "sim/questions/growth_results.h"
#include "sim/report/answer.h"
#include "sim/report/format.h"
#include "sim/report/report_options.h"

/* The sentence last. */
void report_growth_text(FILE *, const struct answer *, const struct report_options *);
/* "aguanta_growth": 1; documented in docs/growth.md. */
void report_growth_json(FILE *, const struct answer *);
/* One row a month and requirement, resource and bill. */
void report_growth_csv(FILE *, const struct answer *);
void report_growth_markdown(FILE *, const struct answer *);

struct growth_words_text {
  char text[700];
};
/* "at 6% a month this server holds 14 months; order the second one in month 12" */
struct growth_words_text growth_sentence(const struct outlook_results *);
/* "14.4 [13.7, 14.9]", "today", "-" */
struct growth_words_text growth_when(const struct outlook_when *);
/* "12.9 [12.7, 13.0]", "never", "not in time" */
struct growth_words_text growth_trigger_when(const struct outlook_trigger *);
/* "calls for: add a worker VPS, in 5 min" */
struct growth_words_text growth_trigger_move(const struct outlook_trigger *);
/* "too late by 3.1 months: p95(...) < 300ms breaks before; while it is made 120 requests fail"; empty where it does not fire */
struct growth_words_text growth_trigger_worth(const struct outlook_results *, const struct outlook_trigger *);
/* "10,000 users today, 40,489 in month 24" */
struct growth_words_text growth_users_words(const struct outlook_results *);
/* "breaks", "holds", "fails today", "begins to hold", "undecided" */
const char *growth_course_word(enum outlook_course);
/* Whether people see it: settling only when it does not hold. */
bool growth_shows(const struct outlook_requirement *);
enum answer_verdict growth_verdict(const struct outlook_results *);

#endif
