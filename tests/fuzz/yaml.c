/* A scenario in YAML; the same bytes as another program's YAML, whose tree, printed, is read as the same tree again. */
#include "sim/json/json_print.h"
#include "sim/json/yaml.h"
#include "tests/fuzz/fuzz.h"

/* What a printed tree is read as: null when it could not be read. */
static const char *again(struct arena *arena, const struct json_value *tree) {
  struct diagnostics *faults = diagnostics_new(arena);
  const char *text = yaml_print(arena, tree, "a head");
  const struct json_value *read = json_read_text(arena, faults, "again.yaml", text, strlen(text));
  return read && !diagnostics_errors(faults) ? json_print(arena, read) : NULL;
}

static void scenario(const uint8_t *bytes, size_t length) {
  struct arena *arena = arena_new();
  struct diagnostics *faults = diagnostics_new(arena);
  scenario_read_text(arena, faults, "scenarios/fuzz.yaml", fuzz_text(arena, bytes, length), NULL, 0);
  diagnostics_render(faults, arena);
  arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  struct arena *arena = arena_new();
  struct diagnostics *faults = diagnostics_new(arena);
  const struct json_value *tree = json_read_text(arena, faults, "fuzz.yaml", fuzz_text(arena, bytes, length), length);
  if (tree && !diagnostics_errors(faults)) {
    const char *once = json_print(arena, tree), *twice = again(arena, tree);
    if (!twice || strcmp(once, twice)) {
      fprintf(stderr, "%s\nis read again as\n%s\n", once, twice ? twice : "nothing");
      abort();
    }
  }
  arena_free(arena);
  scenario(bytes, length);
  return 0;
}
