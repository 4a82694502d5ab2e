/* `check A B...`: the results of several scenarios together.
 *
 * JSON has them in a list, each with its file and exit code; CSV has the rows of all, with the file in a column before the
 * others; Markdown has one document after the other. A scenario that could not be read is in the JSON only, without a result, and
 * so are the Markdown pages that were checked: what differs, and the sums of their claims. */
#ifndef CHECK_REPORT_H
#define CHECK_REPORT_H
#include "sim/report/answer.h"
#include "sim/report/verdicts.h"
#include <stdio.h>

struct check_row {
  const char *file;
  int exit_code;
  const struct results *results; /* null: it could not be read */
};

/* Something that a page does not say as it is simulated. */
struct check_difference {
  uint32_t line, column;
  const char *kind, *text; /* kind: "stale", "document", "no data" */
};

struct check_page {
  const char *file;
  int exit_code;
  bool judged; /* else nothing of the following: it is not in order, or was interrupted */
  uint32_t ids, listed, claims, scenarios, compared, empty;
  struct requirement_sum requirements;
  struct statement_sum statements;
  const char *finding; /* what it says first is to be done; "" without that */
  uint32_t difference_count;
  const struct check_difference *differences;
};

struct check_results {
  uint32_t count;
  const struct check_row *rows;
  uint32_t page_count;
  const struct check_page *pages;
};

void report_check_json(FILE *, const struct answer *);
void report_check_csv(FILE *, const struct answer *);
void report_check_markdown(FILE *, const struct answer *);

/* On the terminal the claims of one file, requirements first; info has no verdict, so it is not printed. `quiet`: only what is
 * open. */
void report_check_file(FILE *, const struct results *, const char *file, bool quiet);
/* The statements of all files, for the line above the last. */
void check_add_statements(struct statement_sum *all, const struct statement_sum *one);

#endif
