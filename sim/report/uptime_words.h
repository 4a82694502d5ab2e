/* What is said of outages and of the error budget in words, a line each: the same in every form for people. */
#ifndef UPTIME_WORDS_H
#define UPTIME_WORDS_H
#include "sim/measure/results.h"
#include <stdio.h>

struct uptime_writer {
  FILE *file;
  int width;
  void (*line)(void *writer, const char *word, const char *text);
};

/* "warm-up" of "warm_up". */
const char *uptime_phase_word(const char *phase);
void uptime_words(const struct availability_result *, struct uptime_writer *);

#endif
