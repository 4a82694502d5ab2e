/* Tables and logs: a trace of arrivals, the log of a web server, and a series of rates, each the same bytes. */
#include "tests/fuzz/fuzz.h"

static const char *const sources[] = {
    "{ \"kind\": \"trace\", \"file\": \"%s\", \"speed\": 3 }",
    "{ \"kind\": \"trace\", \"log\": \"%s\", \"mix\": { \"page\": 1 } }",
    "{ \"kind\": \"trace\", \"log\": \"%s\", \"paths\": [ { \"prefix\": \"/\", \"endpoint\": \"page\" } ] }",
    "{ \"kind\": \"open\", \"rate\": { \"series\": { \"file\": \"%s\" } }, \"mix\": { \"page\": 1 } }",
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  struct arena *arena = arena_new();
  int file;
  const char *path = fuzz_file(arena, bytes, length, &file);
  for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
    struct diagnostics *faults = diagnostics_new(arena);
    const char *source = arena_format(arena, sources[i], path); /* NOLINT: the formats are ours */
    const char *text = arena_format(arena, "{ \"extends\": \"base.json\", \"traffic\": { \"fans\": %s } }", source);
    scenario_read_text(arena, faults, "tests/fuzz/table.json", text, NULL, 0);
    diagnostics_render(faults, arena);
  }
  close(file);
  arena_free(arena);
  return 0;
}
