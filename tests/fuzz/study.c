/* A study file over BASE: its axes, ranges and conditions, and the values of its first points. */
#include "sim/sweep/condition.h"
#include "sim/sweep/study_file.h"
#include "tests/fuzz/fuzz.h"
#include <sys/stat.h>

enum { POINTS = 20 };

/* A study names its scenario relative to itself, so it needs a place in the tree. */
static const char *const path = "build/fuzz/study-input.json";

static void look(struct arena *arena, struct diagnostics *faults) {
  struct study_file study;
  const struct sweep_value *values[SWEEP_COLUMNS];
  if (!study_file_is(path) || !study_file_read(arena, faults, path, &study) || !study_file_close(faults, &study)) return;
  for (uint64_t n = 0; n < study.sweep->points && n < POINTS; n++) sweep_values(study.sweep, n, values);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  struct arena *arena = arena_new();
  struct diagnostics *faults = diagnostics_new(arena);
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(bytes, 1, length, file) != length || fclose(file)) abort();
  look(arena, faults);
  diagnostics_render(faults, arena);
  arena_free(arena);
  return 0;
}
