/* For zsh: _arguments with the specifications of each command's options. */
#include "sim/cli/completion.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include <stdlib.h>

#define QUOTE "'\\''"

/* What follows: ":N: " is anything, ":FILE:_files" files, ":WHEN:(auto always never)" words. */
static void put_argument(FILE *file, struct arena *arena, const struct command *c, const struct option *o) {
  const char *words = completion_values(arena, c, o);
  if (o->form == OPTION_FLAG) return;
  completion_quote(file, arena_format(arena, ":%s:", o->argument), "", QUOTE);
  if (words)
    completion_quote(file, arena_format(arena, "(%s)", words), "", QUOTE);
  else
    fputs(completion_file(o) ? "_files" : "' '", file);
}

/* '*' before what may be given again; without it the option excludes itself and its letter. */
static void put_option(FILE *file, struct arena *arena, const struct command *c, const struct option *o, bool letter) {
  const char *value = o->form == OPTION_FLAG ? "" : letter ? "+" : "=";
  char *names = o->names ? o->names(c) : NULL;
  fputs(" \\\n      ", file);
  if (o->form == OPTION_LIST)
    fputs("'*'", file);
  else if (o->letter)
    fprintf(file, "'(-%c --%s)'", o->letter, o->name);
  if (letter)
    fprintf(file, "'-%c%s'", o->letter, value);
  else
    fprintf(file, "'--%s%s'", o->name, value);
  completion_quote(file, "[", "", QUOTE);
  completion_quote(file, arena_format(arena, "%s%s%s", o->doc, names ? " " : "", names ? names : ""), "[]:\\", QUOTE);
  completion_quote(file, "]", "", QUOTE);
  put_argument(file, arena, c, o);
  free(names);
}

static void put_command(FILE *file, struct arena *arena, const struct command *c) {
  const char *words = completion_words(arena, c);
  fprintf(file, "    %s)\n      _arguments", c->name);
  for (const struct option *o = options_table; o < options_table + OPTION_COUNT; o++) {
    if (!command_takes(c, o)) continue;
    put_option(file, arena, c, o, false);
    if (o->letter) put_option(file, arena, c, o, true);
  }
  if (words) fprintf(file, " \\\n      '1:word:(%s)'", words);
  if (!c->words) fputs(" \\\n      '*:file:_files'", file);
  fputs(" ;;\n", file);
}

static void write(FILE *file) {
  struct arena *arena = arena_new();
  fputs("#compdef aguanta\n# Completion of aguanta for zsh; made by `aguanta completion zsh`.\n_aguanta() {\n  local -a commands\n"
        "  commands=(\n",
        file);
  for (const struct command *const *c = commands; *c; c++) {
    fputs("    ", file);
    completion_quote(file, arena_format(arena, "%s:%s", (*c)->name, (*c)->doc), "", QUOTE);
    fputc('\n', file);
  }
  fputs(
      "    'help:what a command does and its options')\n  if (( CURRENT == 2 )); then\n    _describe command commands\n    return\n"
      "  fi\n  local command=$words[2]\n  shift words\n  (( CURRENT-- ))\n  case $command in\n",
      file);
  for (const struct command *const *c = commands; *c; c++) put_command(file, arena, *c);
  fputs("    help) _describe command commands ;;\n  esac\n}\n"
        "if [ \"$funcstack[1]\" = _aguanta ]; then\n  _aguanta \"$@\"\nelse\n  compdef _aguanta aguanta\nfi\n",
        file);
  arena_free(arena);
}

const struct shell shell_zsh = {.name = "zsh", .write = write};
