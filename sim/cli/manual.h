/* The manual as pages for `man`, made of the tables of commands, options and exit codes: aguanta(1), and aguanta-COMMAND(1). */
#ifndef MANUAL_H
#define MANUAL_H
#include "sim/cli/options.h"

void manual_print(FILE *, const struct command *); /* of one command; null: of the program */

#endif
