/* Claims and measures, one a line, of a scenario with something of everything. */
#include "tests/fuzz/fuzz.h"

static struct scenario *base(void) {
  static struct scenario *scenario; /* read once */
  struct arena *arena = scenario ? NULL : arena_new();
  struct diagnostics *faults = arena ? diagnostics_new(arena) : NULL;
  if (arena && !(scenario = scenario_read(arena, faults, BASE, NULL, 0))) fputs(diagnostics_render(faults, arena), stderr), abort();
  return scenario;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  struct scenario *s = base();
  struct arena *arena = arena_new();
  char *text = fuzz_text(arena, bytes, length);
  for (char *line = text, *end; line; line = end) {
    if ((end = strchr(line, '\n'))) *end++ = 0;
    struct claim claim = {.expression = line};
    struct measure measure;
    const char *rest;
    measure_parse(arena, &s->model, line, &measure, &rest);
    if (!claim_parse(arena, &s->model, &claim)) measure_request(&claim.measure, &s->model);
  }
  arena_free(arena);
  return 0;
}
