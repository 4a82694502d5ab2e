/* For bash: one function. `--kind=latency` reaches it as three words. */
#include "sim/cli/completion.h"
#include "sim/engine/arena.h"

static void put_commands(FILE *file) {
  for (const struct command *const *c = commands; *c; c++) fprintf(file, "%s ", (*c)->name);
  fputs("help", file);
}

static void put_options(FILE *file, const struct command *c) {
  for (const struct option *o = options_table; o < options_table + OPTION_COUNT; o++)
    if (command_takes(c, o)) fprintf(file, "%s--%s", o == options_table ? "" : " ", o->name);
}

/* What follows an option: words, files (bash's own), or nothing that could be guessed. */
static void put_value(FILE *file, struct arena *arena, const struct command *c, const struct option *o) {
  const char *words = completion_values(arena, c, o);
  fprintf(file, "    %s:--%s", c->name, o->name);
  if (o->letter) fprintf(file, " | %s:-%c", c->name, o->letter);
  if (words)
    fprintf(file, ") choice=\"%s\" ;;\n", words);
  else if (completion_file(o))
    fputs(") return ;;\n", file);
  else
    fputs(") compopt +o default 2>/dev/null; return ;;\n", file);
}

static void put_values(FILE *file, struct arena *arena) {
  for (const struct command *const *c = commands; *c; c++)
    for (const struct option *o = options_table; o < options_table + OPTION_COUNT; o++)
      if (command_takes(*c, o) && o->form != OPTION_FLAG) put_value(file, arena, *c, o);
}

static void put_words(FILE *file, struct arena *arena) {
  for (const struct command *const *c = commands; *c; c++) {
    const char *words = completion_words(arena, *c);
    fprintf(file, "    %s) options=\"", (*c)->name);
    put_options(file, *c);
    fprintf(file, "\" words=\"%s\" ;;\n", words ? words : "");
  }
}

static void write(FILE *file) {
  struct arena *arena = arena_new();
  fputs("# Completion of aguanta for bash; made by `aguanta completion bash`.\n_aguanta() {\n"
        "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]} choice= options= words=\n"
        "  COMPREPLY=()\n  if [ \"$COMP_CWORD\" -le 1 ]; then\n    COMPREPLY=($(compgen -W \"",
        file);
  put_commands(file);
  fputs(" --help --version\" -- \"$cur\"))\n    return\n  fi\n"
        "  if [ \"$cur\" = = ]; then\n    cur=\n  elif [ \"$prev\" = = ]; then\n    prev=${COMP_WORDS[COMP_CWORD-2]}\n  fi\n"
        "  case $command:$prev in\n",
        file);
  put_values(file, arena);
  fputs("    help:help) choice=\"", file);
  put_commands(file);
  fputs("\" ;;\n  esac\n  if [ -n \"$choice\" ]; then\n    COMPREPLY=($(compgen -W \"$choice\" -- \"$cur\"))\n    return\n  fi\n"
        "  case $command in\n",
        file);
  put_words(file, arena);
  fputs("  esac\n  case $cur in\n    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$cur\")) ;;\n"
        "    *) [ \"$COMP_CWORD\" -gt 2 ] || COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")) ;;\n  esac\n}\n"
        "complete -o default -F _aguanta aguanta\n",
        file);
  arena_free(arena);
}

const struct shell shell_bash = {.name = "bash", .write = write};
