/* What tools have measured, of whatever kind its bytes are taken for: alone, beside a good file, and against a scenario. */
#include "sim/calibration/calibration.h"
#include "tests/fuzz/fuzz.h"

static void look(const uint8_t *bytes, size_t length, const char *other) {
  struct arena *arena = arena_new();
  struct diagnostics *faults = diagnostics_new(arena);
  int file;
  const char *path = fuzz_file(arena, bytes, length, &file), *const froms[] = {path, other};
  struct measured *m = measured_read(arena, faults, froms, other ? 2 : 1, NULL, 0);
  const struct scenario *s = m ? scenario_read(arena, faults, "tests/calibrate/app.json", NULL, 0) : NULL;
  struct calibration_options options = {.predict = false};
  const struct calibration_results *r = s ? calibrate(arena, faults, s, m, &options) : NULL;
  if (r) calibration_child(arena, s, r, "build/fuzz/child.json");
  diagnostics_render(faults, arena);
  close(file);
  arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  look(bytes, length, NULL);
  look(bytes, length, "tests/calibrate/wrk-8.txt");
  return 0;
}
