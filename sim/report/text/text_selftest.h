/* The table of `aguanta selftest`: case, exact, simulated with its interval, z; the last line is the verdict. */
#ifndef TEXT_SELFTEST_H
#define TEXT_SELFTEST_H
#include "sim/questions/selftest_results.h"
#include <stdio.h>

void report_selftest(FILE *, const struct selftest_results *);

#endif
