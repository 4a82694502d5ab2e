#include "sim/cli/manual.h"
#include "sim/json/diagnostic.h"
#include "sim/json/safe_text.h"
#include <string.h>

static enum exit_code run(const struct options *o) {
  if (!o->file_count) return manual_print(stdout, NULL), EXIT_HOLDS;
  for (const struct command *const *c = commands; *c; c++)
    if (!strcmp((*c)->name, o->files[0])) return manual_print(stdout, *c), EXIT_HOLDS;
  safe_print(stderr, "aguanta manual: no command \"%s\"\nSee 'aguanta help'.\n", o->files[0]);
  return EXIT_USAGE;
}

const struct command command_manual = {.name = "manual",
                                       .arguments = "[COMMAND]",
                                       .doc = "the manual page of the program or of a command: aguanta manual run | man -l -",
                                       .most_files = 1,
                                       .words = true,
                                       .run = run};
