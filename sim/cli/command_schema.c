#include "sim/cli/session.h"
#include "sim/engine/arena.h"
#include "sim/json/safe_text.h"
#include "sim/language/schema.h"
#include <string.h>

static enum exit_code run(const struct options *o) {
  const char *form = o->file_count ? o->files[0] : "json";
  if (strcmp(form, "json") && strcmp(form, "markdown")) {
    safe_print(stderr, "aguanta schema: unknown form \"%s\"; forms are: json, markdown\n", form);
    return EXIT_USAGE;
  }
  struct arena *arena = arena_new();
  fputs(!strcmp(form, "json") ? schema_print(arena, &scenario_record) : reference_print(arena, &scenario_record), stdout);
  arena_free(arena);
  return EXIT_HOLDS;
}

const struct command command_schema = {.name = "schema",
                                       .arguments = "[json|markdown]",
                                       .doc = "the scenario language as JSON Schema, or its reference as Markdown",
                                       .most_files = 1,
                                       .words = true,
                                       .run = run};
