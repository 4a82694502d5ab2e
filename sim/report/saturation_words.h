/* What a row of the table of resources is to the requests. Private to sim/report. */
#ifndef SATURATION_WORDS_H
#define SATURATION_WORDS_H
#include "sim/measure/results.h"

/* "full now", "the bottleneck", "next" ...; empty for the others. */
const char *saturation_word(const struct results *, uint32_t row);

#endif
