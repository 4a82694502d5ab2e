#include "sim/cli/exit_code.h"
#include <stddef.h>

const struct exit_code_row exit_codes[] = {{EXIT_USAGE, "wrong command line"},
                                           {EXIT_INVALID, "invalid input file; nothing was written"},
                                           {EXIT_INTERRUPTED, "interrupted by Ctrl-C; partial results are kept and marked"},
                                           {EXIT_TERMINATED, "interrupted by SIGTERM, likewise"},
                                           {EXIT_ERROR, "run-time error"},
                                           {EXIT_INCOMPLETE, "sweep incomplete"},
                                           {EXIT_FAILED, "ran, and a claim failed"},
                                           {EXIT_UNDECIDED, "ran, no claim failed, one is undecided or without data"},
                                           {EXIT_HOLDS, "ran, and every claim holds"},
                                           {0, NULL}};

enum exit_code exit_code_worse(enum exit_code a, enum exit_code b) {
  for (const struct exit_code_row *row = exit_codes; row->meaning; row++)
    if (row->code == a || row->code == b) return row->code;
  return EXIT_ERROR;
}
