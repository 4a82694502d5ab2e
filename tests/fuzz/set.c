/* --set, one assignment a line, onto a scenario with something of everything. */
#include "tests/fuzz/fuzz.h"

enum { LINES = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  struct arena *arena = arena_new();
  struct diagnostics *faults = diagnostics_new(arena);
  struct scenario_override sets[LINES] = {{0}};
  uint32_t count = 0;
  for (char *line = fuzz_text(arena, bytes, length), *end; line && count < LINES; line = end) {
    if ((end = strchr(line, '\n'))) *end++ = 0;
    sets[count++].path = line;
  }
  scenario_read(arena, faults, BASE, sets, count);
  diagnostics_render(faults, arena);
  arena_free(arena);
  return 0;
}
