/* A scenario file: strict reader, parents, binder, linker, claims, and what is said of its faults. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  struct arena *arena = arena_new();
  struct diagnostics *faults = diagnostics_new(arena);
  scenario_read_text(arena, faults, "scenarios/fuzz.jsonc", fuzz_text(arena, bytes, length), NULL, 0);
  diagnostics_render(faults, arena);
  arena_free(arena);
  return 0;
}
