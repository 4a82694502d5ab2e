/* What the fuzz targets of imports share: one file that an importer reads, and the scenario that comes of it as the command would
 * have it. What is made must be a text that is read again; that it is a scenario is not asked. */
#ifndef IMPORTED_H
#define IMPORTED_H
#include "sim/import/import.h"
#include "sim/json/yaml.h"
#include "tests/fuzz/fuzz.h"

typedef struct json_value *fuzz_importer(struct import *, const char *const *files, uint32_t count);

static inline void fuzz_made(struct arena *arena, const struct import *im, const struct json_value *scenario) {
  struct diagnostics *faults = diagnostics_new(arena);
  import_account(im, true);
  const char *text = yaml_print(arena, scenario, "From a file.");
  if (!json_read_text(arena, faults, "made.yaml", text, strlen(text)) || diagnostics_errors(faults)) {
    fprintf(stderr, "%s\n%s\n", text, diagnostics_render(faults, arena));
    abort();
  }
  scenario_read_text(arena, faults, "scenarios/made.yaml", text, NULL, 0);
  diagnostics_render(faults, arena);
}

static inline int fuzz_import(fuzz_importer *import, const uint8_t *bytes, size_t length) {
  struct arena *arena = arena_new();
  struct diagnostics *faults = diagnostics_new(arena);
  struct import *im = import_new(arena, faults);
  int file;
  const char *path = fuzz_file(arena, bytes, length, &file);
  const struct json_value *scenario = import(im, &path, 1);
  if (scenario && !diagnostics_errors(faults)) fuzz_made(arena, im, scenario);
  diagnostics_render(faults, arena);
  close(file);
  arena_free(arena);
  return 0;
}

#endif
