/* A study of one scenario: its replications, what was measured in them, and the verdicts. */
#ifndef STUDY_H
#define STUDY_H
#include "sim/scenario/scenario.h"
#include "sim/study/results.h"
#include <signal.h>

struct study_options {
  uint32_t replications;                    /* 0: as the scenario says */
  uint32_t jobs;                            /* threads; 0: one */
  const volatile sig_atomic_t *interrupted; /* may be null */
  /* Called now and then with what has been done so far, of the whole; may be null. */
  void (*progress)(void *context, uint32_t done, uint32_t of);
  void *context;
};

/* The results live in the arena. */
struct results *study_run(struct arena *, const struct scenario *, const struct study_options *);

#endif
