/* The answer to whatever was asked: of one type, so that one table of formats writes it, and one place gives it an exit code.
 *
 * An answer points into the arena of what was asked. Its verdict is that of the requirements; `statements` that of the documents'
 * statements, which count only where the asker wants them to.
 *
 *     struct answer a = answer_of_run(results);
 *     char *error = NULL;
 *     if (!export_answer(&a, "web.json", NULL, &error)) ... error ...
 */
#ifndef ANSWER_H
#define ANSWER_H
#include <stdbool.h>
#include <stdint.h>

struct results;
struct compare_results;
struct capacity_result;
struct sensitivity_results;
struct sweep_results;
struct selftest_results;
struct check_results;
struct drill_results;
struct outlook_results;
struct costs_results;
struct calibration_results;

enum answer_kind {
  ANSWER_NONE,
  ANSWER_RUN,
  ANSWER_CHECK,
  ANSWER_COMPARE,
  ANSWER_CAPACITY,
  ANSWER_SENSITIVITY,
  ANSWER_SWEEP,
  ANSWER_SELFTEST,
  ANSWER_DRILL,
  ANSWER_GROWTH,
  ANSWER_COSTS,
  ANSWER_CALIBRATION,
  ANSWER_KINDS
};

enum answer_verdict { ANSWER_HOLDS, ANSWER_UNDECIDED, ANSWER_FAILED }; /* the worst last */

struct answer {
  enum answer_kind kind;
  bool interrupted;
  bool broken; /* an invariant is: our fault, and no answer */
  enum answer_verdict verdict, statements;
  bool statements_count;     /* the asker wants them to decide, too: what fails says so */
  uint64_t requests, events; /* that were simulated; 0 when not counted */
  union {
    const struct results *run;
    const struct check_results *check;
    const struct compare_results *compare;
    const struct capacity_result *capacity;
    const struct sensitivity_results *sensitivity;
    struct sweep_results *sweep; /* rows are read from a store while it is written */
    const struct selftest_results *selftest;
    const struct drill_results *drill;
    const struct outlook_results *growth;
    const struct costs_results *costs;
    const struct calibration_results *calibration;
  };
};

struct answer answer_of_run(const struct results *);
struct answer answer_of_check(const struct check_results *); /* each row has its own verdict */
struct answer answer_of_compare(const struct compare_results *);
struct answer answer_of_capacity(const struct capacity_result *);
struct answer answer_of_sensitivity(const struct sensitivity_results *);
struct answer answer_of_sweep(struct sweep_results *); /* the worst of its points */
struct answer answer_of_selftest(const struct selftest_results *);
struct answer answer_of_drill(const struct drill_results *); /* the worst of each requirement under each fault */

struct answer answer_of_growth(const struct outlook_results *); /* fails when a requirement breaks within its months */
/* Fails where some number of users is shown to be too many for each architecture. */
struct answer answer_of_costs(const struct costs_results *);
struct answer answer_of_calibration(const struct calibration_results *); /* judges nothing */

/* Whether all of it could be written: false when rows of a sweep were lost meanwhile. */
bool answer_whole(const struct answer *);

#endif
