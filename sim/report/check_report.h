/* `check A B...`: the results of several scenarios together.
 *
 * JSON has them in a list, each with its file and exit code; CSV has the rows of all, with the file in a column before the
 * others; Markdown has one document after the other. A scenario that could not be read is in the JSON only, without a result. */
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

struct check_results {
  uint32_t count;
  const struct check_row *rows;
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
