/* "-" as the name of an input: standard input, up to a limit. */
#ifndef INPUT_H
#define INPUT_H
#include "sim/cli/options.h"

/* A file named "-" is read to its end, once, and from then on called /dev/stdin, which every command may read as often as it
 * likes. False after a message, with the exit code. */
bool input_take(struct options *, const struct command *, enum exit_code *);

#endif
