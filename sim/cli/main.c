/* aguanta: finds the command, hands it the rest of the line. */
#include "sim/cli/input.h"
#include "sim/cli/installed.h"
#include "sim/cli/options.h"
#include "sim/cli/session.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include "sim/engine/pages.h"
#include "sim/json/diagnostic.h"
#include "sim/study/version.h"
#include "sim/json/safe_text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct command *find_command(const char *name) {
  for (const struct command *const *c = commands; *c; c++)
    if (!strcmp((*c)->name, name)) return *c;
  return NULL;
}

/* The nearest one, or all. */
static enum exit_code unknown_command(const char *word) {
  const char *names[32] = {"help"};
  size_t count = 1;
  for (const struct command *const *c = commands; *c && count < sizeof names / sizeof *names; c++) names[count++] = (*c)->name;
  const char *near = nearest_name(word, names, count);
  safe_print(stderr, "aguanta: unknown command \"%s\"", word);
  if (near) safe_print(stderr, "; did you mean \"%s\"?", near);
  for (size_t i = 0; !near && i < count; i++) safe_print(stderr, "%s%s", i ? ", " : "; there are: ", names[i]);
  safe_print(stderr, "\nSee 'aguanta help'.\n");
  return EXIT_USAGE;
}

/* With paths as they are on this machine. */
static void show_help(FILE *file, const struct command *c) {
  char *text = NULL;
  size_t length = 0;
  FILE *memory = allocate_stream(&text, &length);
  options_help(memory, c);
  fclose(memory);
  struct arena *arena = arena_new();
  fputs(installed_text(arena, text), file);
  arena_free(arena), free(text);
}

static enum exit_code help(int argc, char **argv) {
  bool one = argc > 2 && strcmp(argv[2], "help");
  const struct command *c = one ? find_command(argv[2]) : NULL;
  if (one && !c) return unknown_command(argv[2]);
  show_help(stdout, c);
  return EXIT_HOLDS;
}

static enum exit_code dispatch(int argc, char **argv) {
  if (argc < 2) {
    show_help(stderr, NULL);
    return EXIT_USAGE;
  }
  if (!strcmp(argv[1], "--version")) {
    printf("aguanta %s\n", AGUANTA_VERSION);
    return EXIT_HOLDS;
  }
  if (!strcmp(argv[1], "help") || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) return help(argc, argv);
  const struct command *c = find_command(argv[1]);
  if (!c) return unknown_command(argv[1]);
  struct options options;
  if (!options_parse(&options, c, argc - 2, argv + 2)) return EXIT_USAGE;
  if (options.help) {
    show_help(stdout, c);
    return EXIT_HOLDS;
  }
  enum exit_code code;
  if (!input_take(&options, c, &code)) return code;
  return session_check(&options) ? c->run(&options) : EXIT_USAGE;
}

/* A full disk behind stdout must not pass for an answer. */
int main(int argc, char **argv) {
  pages_keep_freed();
  session_begin();
  enum exit_code code = dispatch(argc, argv);
  if (fflush(stdout) || ferror(stdout)) {
    safe_print(stderr, "aguanta: cannot write to standard output: %s\n", strerror(errno));
    code = exit_code_worse(code, EXIT_ERROR);
  }
  return code;
}
