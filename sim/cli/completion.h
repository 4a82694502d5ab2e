/* Completion of the command line, as a script a shell: made of the tables of commands and options, so that it cannot fall behind.
 *
 *     eval "$(aguanta completion bash)"
 *
 * A shell is one file, completion_NAME.c, and one line of shells.h. What an option takes is a file, one of a few words, or
 * anything. */
#ifndef COMPLETION_H
#define COMPLETION_H
#include "sim/cli/options.h"

struct arena;

struct shell {
  const char *name;
  void (*write)(FILE *);
};
extern const struct shell *const shells[]; /* ends with null */

/* The words between blanks that may follow the option; null: any, or a file. */
const char *completion_values(struct arena *, const struct command *, const struct option *);
/* Whether what follows the option is a file or a folder. */
bool completion_file(const struct option *);
/* The words between blanks that the command takes first, such as "compose k8s log"; null: none. */
const char *completion_words(struct arena *, const struct command *);
/* The text between single quotes; a quote in it becomes `quote`, as the shell has it; a backslash stands before each of
 * `escaped`. */
void completion_quote(FILE *, const char *text, const char *escaped, const char *quote);

#endif
