/* How an answer is shown on a terminal. */
#ifndef REPORT_OPTIONS_H
#define REPORT_OPTIONS_H
#include <stdbool.h>
#include <stdio.h>

struct report_options {
  bool color;
  bool verbose; /* also: notes of claims, all rows of the breakdown, every assumption, price sources */
  bool quiet;   /* only the claims that did not pass, and the verdict */
  int width;
};

#endif
