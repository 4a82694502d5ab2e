/* The program against theory, with nothing but itself at hand.
 *
 * Cases of tests/oracle are built into the program, the same bytes; here they run for a shorter time. A value of theory holds when
 * it is as near as chance allows, for all cases together: with k cases the bound of each is the quantile of Student's t at
 * 1 - 0.0005 / k, so that a program without faults fails one self-test in a thousand. An interval wider than 5% of the value
 * would hold anything, and fails too. Two further checks: published outputs of the random streams, and one case by one and by two
 * threads, which must be the same to the last bit. */
#ifndef SELFTEST_H
#define SELFTEST_H
#include "sim/questions/selftest_results.h"
#include "sim/study/study.h"

struct selftest_options {
  const char *seed; /* null: that of each case */
  uint32_t jobs;    /* threads; 0: one */
  const atomic_int *interrupted;
  void (*progress)(void *context, double done, uint32_t of); /* may be null */
  void *context;
};

/* The results live in the arena. */
struct selftest_results *selftest_run(struct arena *, const struct selftest_options *);

/* Fills z, bound and wrong of a row from exact and simulated; `samples` are behind the interval, `family` rows are judged. */
void selftest_judge(struct selftest_row *, uint32_t samples, uint32_t family);

#endif
