/* The verdicts of a result, summed up: requirements, statements of documents and info each on their own.
 *
 * Requirements of severity must decide the verdict of the run. A should that fails is a warning, one without a decision is open;
 * neither changes the verdict. A statement is a document's figure: contradicted means that the document is wrong, not that the
 * system fails. Info is only counted.
 *
 *     struct verdict_sum sum = verdicts_of(results);
 *     if (sum.requirements.overall == VERDICT_FAIL) ...
 *     printf("verdict: %s\n", verdicts_line(results).text);       PASS (7 pass, 1 warning)
 */
#ifndef VERDICTS_H
#define VERDICTS_H
#include "sim/measure/results.h"

struct requirement_sum {
  uint32_t count, pass, fail, undecided, no_data; /* pass: with those of severity should */
  uint32_t warnings, open;                        /* of severity should: failed; undecided or without data */
  enum verdict overall;                           /* the worst must: FAIL, UNDECIDED, NO DATA, PASS; NONE without a must */
};

struct statement_sum {
  uint32_t count, confirmed, better, contradicted, undecided, no_data;
  enum verdict overall; /* the worst: CONTRADICTED, UNDECIDED, NO DATA, BETTER, CONFIRMED; NONE without any */
};

struct verdict_sum {
  struct requirement_sum requirements;
  struct statement_sum statements;
  uint32_t info;
};

struct verdict_line {
  char text[160];
};

struct verdict_sum verdicts_of(const struct results *);
/* The worst of the counts of requirements: for callers that count limits of their own. */
void verdicts_add(struct requirement_sum *, const struct requirement_sum *more);
enum verdict verdicts_worst(const struct requirement_sum *);
/* "FAIL (3 pass, 1 fail, 1 undecided)", of the requirements; broken invariants come first as ERROR, then INTERRUPTED. */
struct verdict_line verdicts_line(const struct results *);
/* "CONTRADICTED (5 confirmed, 2 better than stated, 1 contradicted)", of the statements; empty without any. */
struct verdict_line verdicts_statements(const struct results *);
struct verdict_line verdicts_statement_words(const struct statement_sum *);
/* Both on one line: "PASS (7 pass); statements: CONTRADICTED (...)". */
struct verdict_line verdicts_both(const struct results *);

/* "requirement", "statement", "info" */
const char *verdict_kind_word(enum claim_kind);
/* The verdict of a claim for people: WARN for a should that failed; empty for info. */
const char *verdict_claim_word(const struct claim_result *);
/* Needs a look: neither passed, nor confirmed, nor better than stated, nor only shown. */
bool verdict_is_open(const struct claim_result *);
/* The claim's source, and whether it is only a should: "P-11, should"; may be empty. */
struct verdict_line verdict_claim_tag(const struct claim_result *);

/* The claims of a kind in the order of the scenario, requirements of severity must before those of severity should. Call with
 * *at = 0 first; null at the end. */
const struct claim_result *verdict_next(const struct results *, enum claim_kind, uint32_t *at);

#endif
