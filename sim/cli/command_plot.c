#include "sim/cli/session.h"
#include "sim/report/plot/plot.h"
#include "sim/json/safe_text.h"
#include <stdlib.h>

static void list_kinds(void) {
  safe_print(stderr, "Kinds are:\n");
  for (const struct plot_kind *k = plot_kinds(); k->name; k++) safe_print(stderr, "  %-10s %s\n", k->name, k->doc);
}

enum exit_code command_plot(const struct options *o) {
  if (!session_file_count(o, "plot", 1, OPTIONS_MANY)) return EXIT_USAGE;
  if (!o->kind || !o->output) {
    safe_print(stderr, "aguanta plot: needs --kind KIND and -o FILE\n");
    list_kinds();
    return EXIT_USAGE;
  }
  char *error = NULL;
  struct plot_options options = {.endpoints = o->endpoints, .endpoint_count = o->endpoint_count, .title = o->title};
  static const enum exit_code codes[] = {
      [PLOT_DRAWN] = EXIT_HOLDS, [PLOT_FAILED] = EXIT_ERROR, [PLOT_MISUSED] = EXIT_USAGE, [PLOT_NO_RESULT] = EXIT_INVALID};
  enum plot_outcome outcome = plot_run(o->kind, o->files, o->file_count, o->output, &options, &error);
  if (error) safe_print(stderr, "aguanta plot: %s\n", error);
  free(error);
  return codes[outcome];
}
