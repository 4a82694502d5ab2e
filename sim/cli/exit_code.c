#include "sim/cli/exit_code.h"
#include <stddef.h>

const struct exit_code_row exit_codes[] = {
    {EXIT_USAGE, "wrong command line", NULL},
    {EXIT_INVALID, "invalid input file; nothing was written", NULL},
    {EXIT_INTERRUPTED, "interrupted by Ctrl-C; partial results are kept and marked", NULL},
    {EXIT_TERMINATED, "interrupted by SIGTERM, likewise", NULL},
    {EXIT_ERROR, "run-time error", NULL},
    {EXIT_INCOMPLETE, "sweep incomplete", NULL},
    {EXIT_FAILED, "ran, and a requirement failed", "ran, and a requirement failed or a statement is contradicted"},
    {EXIT_UNDECIDED, "ran, no requirement failed, one is undecided or without data",
     "ran, nothing failed or is contradicted, a requirement or statement is undecided or without data"},
    {EXIT_HOLDS, "ran, and every requirement holds", "ran, every requirement holds, and no statement is contradicted"},
    {0, NULL, NULL}};

enum exit_code exit_code_worse(enum exit_code a, enum exit_code b) {
  for (const struct exit_code_row *row = exit_codes; row->meaning; row++)
    if (row->code == a || row->code == b) return row->code;
  return EXIT_ERROR;
}
