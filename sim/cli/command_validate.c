#include "sim/cli/screen.h"
#include "sim/cli/session.h"
#include "sim/cli/session_sweep.h"
#include "sim/engine/arena.h"
#include "sim/json/safe_text.h"
#include "sim/report/format.h"
#include "sim/sweep/study_file.h"
#include <inttypes.h>

static uint32_t claims_of(const struct scenario *s, enum claim_kind kind) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < s->claims.count; i++) count += ((const struct claim *)s->claims.items)[i].kind == kind;
  return count;
}

/* ", 7 requirements, 1 statement" */
static void print_claims(FILE *file, const struct scenario *s) {
  static const char *const words[] = {[CLAIM_REQUIREMENT] = "requirement", [CLAIM_STATEMENT] = "statement", [CLAIM_INFO] = "info"};
  for (enum claim_kind kind = CLAIM_REQUIREMENT; kind <= CLAIM_INFO; kind++) {
    uint32_t count = claims_of(s, kind);
    if (count || kind == CLAIM_REQUIREMENT)
      fprintf(file, ", %s", format_counted(count, words[kind], kind == CLAIM_INFO ? "info" : NULL).text);
  }
}

static enum exit_code validate_scenario(struct arena *arena, const struct options *o, const char *file) {
  const struct scenario *s = session_read(arena, o, file, NULL, 0);
  if (!s) return EXIT_INVALID;
  if (o->hash) printf("%016" PRIx64 "  ", s->hash), safe_print(stdout, "%s\n", file);
  if (o->quiet || o->hash) return EXIT_HOLDS;
  struct screen screen;
  FILE *shown = screen_open(&screen, stdout);
  safe_print(shown, "%s: valid: %s, %s on %s", file, format_counted(s->model.endpoints.count, "endpoint", NULL).text,
             format_counted(s->model.services.count, "service", NULL).text, format_counted(s->model.node_count, "node", NULL).text);
  print_claims(shown, s);
  fputc('\n', shown);
  screen_close(&screen);
  return EXIT_HOLDS;
}

/* Every point of it. */
static enum exit_code validate_study(struct arena *arena, const struct options *o, const char *file) {
  struct sweep_request request;
  struct sweep_plan plan;
  enum exit_code code = session_sweep_plan(arena, o, file, &request, &plan);
  if (code == EXIT_HOLDS && !o->quiet && !o->hash)
    safe_print(stdout, "%s: valid: %s of %s\n", file, format_counted(plan.sweep->points, "point", NULL).text, plan.sweep->scenario);
  return code;
}

static enum exit_code run(const struct options *o) {
  enum exit_code code = EXIT_HOLDS;
  for (uint32_t i = 0; i < o->file_count; i++) {
    struct arena *arena = arena_new();
    bool study = study_file_is(o->files[i]);
    code = exit_code_worse(code, study ? validate_study(arena, o, o->files[i]) : validate_scenario(arena, o, o->files[i]));
    arena_free(arena);
  }
  return code;
}

const struct command command_validate = {.name = "validate",
                                         .arguments = "FILE...",
                                         .doc = "read and check scenario and study files without running them",
                                         .options = TAKES_SCENARIO | TAKES(HASH),
                                         .least_files = 1,
                                         .most_files = OPTIONS_MANY,
                                         .run = run};
