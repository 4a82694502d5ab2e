#include "sim/cli/screen.h"
#include "sim/cli/session.h"
#include "sim/engine/arena.h"
#include "sim/import/import.h"
#include "sim/json/json_print.h"
#include "sim/json/safe_text.h"
#include "sim/json/yaml.h"
#include "sim/store/output.h"
#include <stdlib.h>
#include <string.h>

static const struct kind {
  const char *name;
  struct json_value *(*import)(struct import *, const char *const *files, uint32_t count);
  uint32_t most;
} kinds[] = {{"compose", import_compose, 50}, {"k8s", import_k8s, OPTIONS_MANY}, {"log", import_log, OPTIONS_MANY}, {0}};

static const struct kind *kind_named(const char *name) {
  for (const struct kind *k = kinds; k->name; k++)
    if (!strcmp(k->name, name)) return k;
  safe_print(stderr, "aguanta import: unknown kind \"%s\"; there are: compose, k8s, log\n", name);
  return NULL;
}

static bool ends_with(const char *text, const char *end) {
  size_t n = strlen(text), m = strlen(end);
  return n >= m && !strcmp(text + n - m, end);
}

static bool output_good(const struct options *o) {
  if (!o->output || !strcmp(o->output, "-")) return true;
  static const char *const endings[] = {".yaml", ".yml", ".json", ".jsonc"};
  for (int i = 0; i < 4; i++)
    if (ends_with(o->output, endings[i])) return true;
  safe_print(stderr, "aguanta import: -o writes a .yaml or .json, not %s\n", o->output);
  return false;
}

/* JSON where the name says so, else YAML, which has a head. */
static const char *printed(struct arena *arena, const struct options *o, const struct json_value *scenario, const char *kind) {
  const char *head =
      arena_format(arena,
                   "From aguanta import %s. What begins with \"assumed\" is in no such file: placeholders until they are "
                   "measured.\nNext: aguanta run, aguanta sensitivity; put in what you have measured.",
                   kind);
  if (o->output && (ends_with(o->output, ".json") || ends_with(o->output, ".jsonc")))
    return arena_format(arena, "%s\n", json_print(arena, scenario));
  return yaml_print(arena, scenario, head);
}

/* What was made has to be a scenario: what is not is said, at its lines. */
static bool runs(struct arena *arena, const char *text, const char *name) {
  struct diagnostics *d = diagnostics_new(arena);
  const struct scenario *s = scenario_read_text(arena, d, name, text, NULL, 0);
  if (s) return true;
  safe_print(stderr, "aguanta import: what was made is not a scenario yet:\n");
  screen_messages(diagnostics_render(d, arena));
  return false;
}

/* What --strict does not take: what is ignored, and what is assumed of something that is in the files. */
static uint32_t loose_ends(const struct import *im) {
  uint32_t count = import_notes(im, IMPORT_IGNORED);
  for (uint32_t i = 0; i < im->note_count; i++) count += im->notes[i].kind == IMPORT_ASSUMED && im->notes[i].at.source;
  return count;
}

static enum exit_code write_scenario(struct arena *arena, const struct options *o, const char *text) {
  char *error = NULL;
  if (!o->output || !strcmp(o->output, "-")) {
    fputs(text, stdout);
    return EXIT_HOLDS;
  }
  if (!output_write(o->output, text, strlen(text), &error)) {
    safe_print(stderr, "aguanta import: %s\n", error);
    free(error);
    return EXIT_ERROR;
  }
  const char *name = safe_text(arena, o->output);
  if (!o->quiet) screen_messages(arena_format(arena, "written: %s; next: aguanta run %s\n", name, name));
  return EXIT_HOLDS;
}

static enum exit_code import(struct arena *arena, const struct options *o, const struct kind *kind) {
  struct diagnostics *diagnostics = diagnostics_new(arena);
  const char *root = session_root(arena, o);
  if (root) diagnostics_confine(diagnostics, root);
  struct import *im = import_new(arena, diagnostics);
  im->profiles = o->profiles, im->profile_count = o->profile_count;
  const struct json_value *scenario = kind->import(im, o->files + 1, o->file_count - 1);
  if (!o->quiet) screen_messages(import_account(im, o->verbose));
  if (diagnostics_errors(diagnostics) && !o->quiet) fputs("refused\n", stderr);
  if (diagnostics_errors(diagnostics)) screen_messages(diagnostics_render(diagnostics, arena));
  if (!scenario || !session_outputs_apart(o, diagnostics)) return EXIT_INVALID;
  uint32_t loose = o->strict ? loose_ends(im) : 0;
  if (loose) safe_print(stderr, "aguanta import: --strict: %u lines of the files are ignored or assumed\n", loose);
  if (loose) return EXIT_INVALID;
  const char *text = printed(arena, o, scenario, kind->name);
  bool good = runs(arena, text, o->output && strcmp(o->output, "-") ? o->output : "imported.yaml");
  enum exit_code code = write_scenario(arena, o, text);
  return good ? code : exit_code_worse(code, EXIT_INVALID);
}

static enum exit_code run(const struct options *o) {
  const struct kind *kind = kind_named(o->files[0]);
  if (!kind || !output_good(o)) return EXIT_USAGE;
  if (o->file_count < 2 || o->file_count - 1 > kind->most) {
    safe_print(stderr, "aguanta import %s: needs 1 to %u files\n", kind->name, kind->most);
    return EXIT_USAGE;
  }
  struct arena *arena = arena_new();
  enum exit_code code = import(arena, o, kind);
  arena_free(arena);
  return code;
}

/* A log may be larger than what is kept of standard input. */
static bool streams(const struct options *o) { return o->file_count && !strcmp(o->files[0], "log"); }

static void help(FILE *file) {
  fprintf(file, "\ncompose FILE...  Compose files, merged in their order; .env next to the first\n"
                "k8s FILE...      manifests, or what kubectl get -o yaml or -o json prints; - for a pipe\n"
                "log FILE...      of nginx or Apache (combined), Traefik or Caddy (JSON): rates by hour, mix, sizes\n"
                "The scenario goes to stdout or -o FILE; what was used, assumed, ignored and refused to stderr, with lines.\n"
                "Traffic, demands and machines stand in no such file: they are assumed, with a range, and the scenario says so.\n");
}

const struct command command_import = {.name = "import",
                                       .arguments = "compose|k8s|log FILE...",
                                       .doc = "a scenario from files that there are already",
                                       .options = TAKES(OUTPUT) | TAKES(STRICT) | TAKES(PROFILE) | TAKES(ROOT) | TAKES(QUIET) |
                                                  TAKES(VERBOSE),
                                       .least_files = 1,
                                       .most_files = OPTIONS_MANY,
                                       .streams = streams,
                                       .help = help,
                                       .run = run};
