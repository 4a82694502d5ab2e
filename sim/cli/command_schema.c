#include "models/money/price.h"
#include "sim/cli/session.h"
#include "sim/engine/arena.h"
#include "sim/json/safe_text.h"
#include "sim/language/schema.h"
#include <string.h>

static enum exit_code run(const struct options *o) {
  const char *form = o->file_count ? o->files[0] : "json";
  bool presets = !strcmp(form, "presets");
  if (strcmp(form, "json") && strcmp(form, "markdown") && !presets) {
    safe_print(stderr, "aguanta schema: unknown form \"%s\"; forms are: json, markdown, presets\n", form);
    return EXIT_USAGE;
  }
  struct arena *arena = arena_new();
  fputs(presets                 ? presets_print(arena)
        : !strcmp(form, "json") ? schema_print(arena, &scenario_record, &price_list_record)
                                : reference_print(arena, &scenario_record),
        stdout);
  arena_free(arena);
  return EXIT_HOLDS;
}

const struct command command_schema = {
    .name = "schema",
    .arguments = "[json|markdown|presets]",
    .doc = "the languages of files as JSON Schema, the reference of scenarios as Markdown, or the tables of docs/presets.md",
    .most_files = 1,
    .words = true,
    .run = run};
