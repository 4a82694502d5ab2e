#include "sim/cli/session.h"
#include "sim/report/plot/plot.h"
#include "sim/json/safe_text.h"
#include <stdlib.h>
#include <string.h>

/* Answers by the commands that write them: "result" is that of `run`. */
static void list_kinds(FILE *file) {
  for (const struct plot_kind *const *k = plot_kinds(); *k; k++) {
    const char *of = (*k)->of ? (*k)->of : "result";
    bool run = !strncmp(of, "result", 6);
    fprintf(file, "  %-13s %s%-*s %s\n", (*k)->name, run ? "run" : "", run ? 12 : 15, run ? of + 6 : of, (*k)->doc);
  }
}

static void help(FILE *file) {
  fprintf(file, "\nKinds, and the answers that they draw:\n");
  list_kinds(file);
}

static enum exit_code run(const struct options *o) {
  if (!o->kind || !o->output) {
    safe_print(stderr, "aguanta plot: needs --kind KIND and -o FILE\nKinds are:\n");
    list_kinds(stderr);
    return EXIT_USAGE;
  }
  char *error = NULL;
  struct plot_options options = {.endpoints = o->endpoints, .endpoint_count = o->endpoint_count, .title = o->title};
  if (o->theme && !theme_from_word(o->theme, &options.theme)) {
    safe_print(stderr, "aguanta plot: --theme %s: it is light, dark or auto\n", o->theme);
    return EXIT_USAGE;
  }
  static const enum exit_code codes[] = {
      [PLOT_DRAWN] = EXIT_HOLDS, [PLOT_FAILED] = EXIT_ERROR, [PLOT_MISUSED] = EXIT_USAGE, [PLOT_NO_RESULT] = EXIT_INVALID};
  enum plot_outcome outcome = plot_run(o->kind, o->files, o->file_count, o->output, &options, &error);
  if (error) safe_print(stderr, "aguanta plot: %s\n", error);
  free(error);
  return codes[outcome];
}

const struct command command_plot = {.name = "plot",
                                     .arguments = "RESULT.json... --kind KIND -o FILE",
                                     .doc = "draw a picture of one or several results",
                                     .options = TAKES(KIND) | TAKES(OUTPUT) | TAKES(ENDPOINT) | TAKES(TITLE) | TAKES(THEME),
                                     .least_files = 1,
                                     .most_files = OPTIONS_MANY,
                                     .help = help,
                                     .run = run};
