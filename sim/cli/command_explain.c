#include "sim/cli/installed.h"
#include "sim/cli/session.h"
#include "sim/engine/arena.h"
#include "sim/language/schema.h"
#include <string.h>

/* A path, or a word to search for, which may be several. */
static enum exit_code run(const struct options *o) {
  struct arena *arena = arena_new();
  struct diagnostics *diagnostics = diagnostics_new(arena);
  const char *words = "";
  for (uint32_t i = 0; i < o->file_count; i++) words = arena_format(arena, "%s%s%s", words, i ? " " : "", o->files[i]);
  const char *text = explain_print(arena, &scenario_record, words, diagnostics);
  if (!text && !strchr(words, '.')) text = explain_search(arena, &scenario_record, words);
  bool whole;
  const char *preset = explain_presets(arena, words, text == NULL, &whole);
  if (preset && whole) fputs(installed_text(arena, preset), stdout), fputs(text ? "\n" : "", stdout);
  if (text || !preset) fputs(text ? installed_text(arena, text) : diagnostics_render(diagnostics, arena), text ? stdout : stderr);
  if (preset && !whole) fputs(installed_text(arena, preset), stdout);
  arena_free(arena);
  return text || preset ? EXIT_HOLDS : EXIT_USAGE;
}

const struct command command_explain = {.name = "explain",
                                        .arguments = "[PATH | WORD]",
                                        .doc = "what a key of the scenario language means, or which keys a word is about",
                                        .most_files = 8,
                                        .words = true,
                                        .run = run};
