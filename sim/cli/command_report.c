#include "sim/cli/session.h"
#include "sim/json/safe_text.h"
#include "sim/report/page_report.h"
#include <stdlib.h>

static enum exit_code run(const struct options *o) {
  static const enum exit_code codes[] = {
      [PAGE_WRITTEN] = EXIT_HOLDS, [PAGE_FAILED] = EXIT_ERROR, [PAGE_MISUSED] = EXIT_USAGE, [PAGE_NO_RESULT] = EXIT_INVALID};
  char *error = NULL;
  if (!o->output) {
    safe_print(stderr, "aguanta report: needs -o FILE.html or -o FILE.md\n");
    return EXIT_USAGE;
  }
  enum page_outcome outcome = report_pages(o->files, o->file_count, o->output, o->title, &error);
  if (error) safe_print(stderr, "aguanta report: %s\n", error);
  free(error);
  return codes[outcome];
}

static void help(FILE *file) {
  fprintf(file, "\nThe answers of run, check, compare, capacity, sensitivity, drill and growth, as they were exported as JSON.\n"
                ".html is one page that needs nothing else; .md is for a pull request. -: HTML on stdout, -.md: Markdown.\n");
}

const struct command command_report = {.name = "report",
                                       .arguments = "RESULT.json... -o FILE",
                                       .doc = "one page of one or several answers, for people",
                                       .options = TAKES(OUTPUT) | TAKES(TITLE),
                                       .least_files = 1,
                                       .most_files = OPTIONS_MANY,
                                       .help = help,
                                       .run = run};
