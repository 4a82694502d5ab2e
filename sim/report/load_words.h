/* The arithmetic from users to requests, line by line, so that each number can be checked by hand. Private to sim/report. */
#ifndef LOAD_WORDS_H
#define LOAD_WORDS_H
#include "sim/measure/results.h"

enum { LOAD_LINES = 6 };

struct load_words {
  uint32_t count;
  char lines[LOAD_LINES][200];
};

/* The chain of figures i; its last line, the rate in this run, only with the last figures of a source. */
struct load_words load_words(const struct results *, uint32_t i);

#endif
