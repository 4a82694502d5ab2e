/* Exit codes: one table for the program, its manual and its tests. Where several apply, the earlier row wins. */
#ifndef EXIT_CODE_H
#define EXIT_CODE_H

enum exit_code {
  EXIT_HOLDS = 0,
  EXIT_ERROR = 1,
  EXIT_USAGE = 2,
  EXIT_INVALID = 3,
  EXIT_INCOMPLETE = 4,
  EXIT_UNDECIDED = 98,
  EXIT_FAILED = 99,
  EXIT_INTERRUPTED = 130, /* by Ctrl-C */
  EXIT_TERMINATED = 143   /* by SIGTERM */
};

struct exit_code_row {
  enum exit_code code;
  const char *meaning, *with_statements; /* what it means with --statements; null: the same */
};
extern const struct exit_code_row exit_codes[]; /* ends with a null meaning */

/* The one that wins of two. */
enum exit_code exit_code_worse(enum exit_code, enum exit_code);

#endif
