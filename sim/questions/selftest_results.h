/* What a self-test found: one row a case of theory, one a check that has no number. Filled by sim/questions, printed by
 * sim/report. */
#ifndef SELFTEST_RESULTS_H
#define SELFTEST_RESULTS_H
#include "sim/measure/results.h"

/* A measure whose value theory knows. */
struct selftest_row {
  const char *name, *measure, *source; /* source: who derived the exact value */
  enum unit unit;
  double exact, z, bound; /* z: standard errors between exact and simulated; |z| beyond the bound is no chance */
  struct estimate simulated;
  const char *wrong; /* null: holds */
};

struct selftest_check {
  const char *name, *what, *wrong; /* wrong: null: holds */
};

struct selftest_results {
  uint32_t row_count, check_count, failed;
  struct selftest_row *rows;
  struct selftest_check *checks;
  bool interrupted;
};

#endif
