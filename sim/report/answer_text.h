/* An answer on the terminal. */
#ifndef ANSWER_TEXT_H
#define ANSWER_TEXT_H
#include "sim/report/answer.h"
#include "sim/report/report_options.h"

/* Nothing for a check and a sweep, which are shown file by file and point by point while they run. */
void report_answer_text(FILE *, const struct answer *, const struct report_options *);

#endif
