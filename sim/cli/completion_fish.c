/* For fish: one line an option, with the command that it belongs to. */
#include "sim/cli/completion.h"
#include "sim/engine/arena.h"
#include <stdlib.h>

#define QUOTE "\\'"

static void put_text(FILE *file, const char *text) { completion_quote(file, text, "\\", QUOTE); }

static void put_option(FILE *file, struct arena *arena, const struct command *c, const struct option *o) {
  const char *words = completion_values(arena, c, o);
  char *names = o->names ? o->names(c) : NULL;
  fprintf(file, "complete -c aguanta -n '__fish_seen_subcommand_from %s' -l %s", c->name, o->name);
  if (o->letter) fprintf(file, " -s %c", o->letter);
  if (o->form != OPTION_FLAG) fputs(completion_file(o) ? " -r -F" : " -x", file);
  if (words) fprintf(file, " -a '%s'", words);
  fputs(" -d ", file);
  put_text(file, arena_format(arena, "%s%s%s", o->doc, names ? " " : "", names ? names : ""));
  fputc('\n', file);
  free(names);
}

static void put_command(FILE *file, struct arena *arena, const struct command *c) {
  const char *words = completion_words(arena, c);
  fprintf(file, "complete -c aguanta -n __fish_use_subcommand -a %s -d ", c->name);
  put_text(file, c->doc);
  fputc('\n', file);
  if (words)
    fprintf(file, "complete -c aguanta -n '__fish_seen_subcommand_from %s; and not __fish_seen_subcommand_from %s' -a '%s'\n",
            c->name, words, words);
  if (!c->words) fprintf(file, "complete -c aguanta -n '__fish_seen_subcommand_from %s' -F\n", c->name);
  for (const struct option *o = options_table; o < options_table + OPTION_COUNT; o++)
    if (command_takes(c, o)) put_option(file, arena, c, o);
}

static void write(FILE *file) {
  struct arena *arena = arena_new();
  fputs("# Completion of aguanta for fish; made by `aguanta completion fish`.\ncomplete -c aguanta -f\n"
        "complete -c aguanta -n __fish_use_subcommand -a help -d 'what a command does and its options'\n"
        "complete -c aguanta -n '__fish_seen_subcommand_from help' -a '",
        file);
  for (const struct command *const *c = commands; *c; c++) fprintf(file, "%s ", (*c)->name);
  fputs("'\n", file);
  for (const struct command *const *c = commands; *c; c++) put_command(file, arena, *c);
  arena_free(arena);
}

const struct shell shell_fish = {.name = "fish", .write = write};
