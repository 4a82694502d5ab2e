#include "sim/cli/installed.h"
#include "sim/cli/session.h"
#include "sim/engine/arena.h"
#include "sim/language/schema.h"
#include "sim/language/terms.h"
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { TERMS_MOST = 200 };

/* Of the terminal, or as COLUMNS says. */
static uint32_t width_of_output(void) {
  const char *said = getenv("COLUMNS");
  struct winsize size;
  long width = said ? strtol(said, NULL, 10) : 0;
  if (width <= 0 && isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size)) width = size.ws_col;
  return width <= 0 ? 100 : width < 60 ? 60 : width > 200 ? 200 : (uint32_t)width;
}

static const char *arguments_of(struct arena *arena, const struct command *c) {
  return *c->arguments ? arena_format(arena, "aguanta %s %s", c->name, c->arguments) : arena_format(arena, "aguanta %s", c->name);
}

/* Exit codes, commands and options: what the language knows nothing of. */
static const struct term *own_terms(struct arena *arena) {
  struct term *terms = arena_new_array(arena, struct term, TERMS_MOST + 1);
  uint32_t count = 0;
  for (const struct exit_code_row *row = exit_codes; row->meaning; row++)
    terms[count++] = (struct term){.words = arena_format(arena, "%d|exit code %d|exit %d", row->code, row->code, row->code),
                                   .kind = "exit code",
                                   .text = row->meaning,
                                   .title = arena_format(arena, "exit code %d", row->code),
                                   .example = "aguanta run web.yaml; echo $?"};
  for (const struct command *const *c = commands; *c && count < TERMS_MOST; c++)
    terms[count++] = (struct term){.words = (*c)->name,
                                   .kind = "command",
                                   .text = (*c)->doc,
                                   .title = arguments_of(arena, *c),
                                   .example = arena_format(arena, "aguanta help %s", (*c)->name)};
  for (int i = 0; i < OPTION_COUNT && count < TERMS_MOST; i++) {
    const struct option *o = &options_table[i];
    const char *argument = o->argument ? arena_format(arena, " %s", o->argument) : "";
    terms[count++] = (struct term){.words = arena_format(arena, "%s|--%s", o->name, o->name),
                                   .kind = "option",
                                   .text = o->doc,
                                   .title = arena_format(arena, "--%s%s", o->name, argument),
                                   .example = ""};
  }
  return terms;
}

/* A path, or a word to search for, which may be several. */
static enum exit_code run(const struct options *o) {
  struct arena *arena = arena_new();
  struct diagnostics *diagnostics = diagnostics_new(arena);
  const struct explain_view view = {.width = width_of_output(), .all = o->verbose, .more = own_terms(arena)};
  const char *words = "";
  for (uint32_t i = 0; i < o->file_count; i++) words = arena_format(arena, "%s%s%s", words, i ? " " : "", o->files[i]);
  const char *text = explain(arena, &scenario_record, words, &view, diagnostics);
  const char *wrong = text ? "" : diagnostics_render(diagnostics, arena);
  if (text) fputs(installed_text(arena, text), stdout);
  if (!strncmp(wrong, "error: ", 7)) wrong = arena_format(arena, "aguanta explain: %s", wrong + 7);
  fputs(wrong, stderr);
  arena_free(arena);
  return text ? EXIT_HOLDS : EXIT_USAGE;
}

const struct command command_explain = {.name = "explain",
                                        .arguments = "[PATH | WORD]",
                                        .doc = "what a key of the scenario language means, or which keys a word is about",
                                        .options = TAKES(VERBOSE),
                                        .most_files = 8,
                                        .words = true,
                                        .run = run};
