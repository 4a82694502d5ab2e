#include "sim/cli/completion.h"
#include "sim/json/safe_text.h"
#include <string.h>

static enum exit_code run(const struct options *o) {
  for (const struct shell *const *s = shells; *s; s++)
    if (!strcmp((*s)->name, o->files[0])) return (*s)->write(stdout), EXIT_HOLDS;
  safe_print(stderr, "aguanta completion: unknown shell \"%s\"; there are:", o->files[0]);
  for (const struct shell *const *s = shells; *s; s++) safe_print(stderr, " %s", (*s)->name);
  fputc('\n', stderr);
  return EXIT_USAGE;
}

static void help(FILE *f) {
  fprintf(f,
          "\nbash  eval \"$(aguanta completion bash)\" in ~/.bashrc\n"
          "zsh   aguanta completion zsh > _aguanta in a folder of $fpath, or eval \"$(aguanta completion zsh)\" behind compinit\n"
          "fish  aguanta completion fish > ~/.config/fish/completions/aguanta.fish\n"
          "`make install` puts all three where the shells look for them.\n");
}

const struct command command_completion = {.name = "completion",
                                           .arguments = "bash|zsh|fish",
                                           .doc = "a script that completes commands and options in a shell",
                                           .least_files = 1,
                                           .most_files = 1,
                                           .words = true,
                                           .help = help,
                                           .run = run};
