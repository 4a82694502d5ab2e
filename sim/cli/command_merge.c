#include "sim/cli/session.h"
#include "sim/cli/session_sweep.h"
#include "sim/engine/arena.h"
#include "sim/json/safe_text.h"
#include "sim/report/text/text_sweep.h"
#include <stdlib.h>
#include <string.h>

enum { LISTED = 20 };

static bool stores_are_there(const struct options *o) {
  for (uint32_t i = 1; i < o->file_count; i++) {
    char *error = NULL;
    if (point_store_there(o->files[i], &error)) continue;
    safe_print(stderr, "aguanta merge: %s\n", error);
    free(error);
    return false;
  }
  return true;
}

static void list_missing(const struct options *o, const struct sweep_results *r, uint64_t missing) {
  safe_print(stderr, "aguanta merge: %llu of %llu points are missing:\n", (unsigned long long)missing,
             (unsigned long long)sweep_results_points(r));
  report_sweep_missing(stderr, r, LISTED);
  if (missing > LISTED) fprintf(stderr, "  and %llu more\n", (unsigned long long)(missing - LISTED));
  if (o->export_count) fprintf(stderr, "nothing was written\n");
}

static enum exit_code merge(struct arena *arena, const struct options *o, struct sweep_results *r) {
  bool agree = sweep_results_find(r);
  sweep_results_report_strangers(r);
  uint64_t missing = sweep_results_missing(r);
  if (missing) list_missing(o, r, missing);
  if (!agree) return EXIT_ERROR;
  if (missing) return EXIT_INCOMPLETE;
  if (!o->quiet && !session_exports_to_stdout(o)) {
    struct sweep_table *table = sweep_table_new(arena, r);
    sweep_table_header(stdout, table);
    sweep_table_rows(stdout, table, true);
  }
  struct answer answer = answer_of_sweep(r);
  enum exit_code code = session_code(&answer, o->statements);
  return session_export(o, &answer) ? code : exit_code_worse(code, EXIT_ERROR);
}

static enum exit_code run(const struct options *o) {
  if (o->file_count < 2) {
    safe_print(stderr, "aguanta merge: needs the sweep's file and at least one store\nSee 'aguanta help merge'.\n");
    return EXIT_USAGE;
  }
  for (uint32_t i = 1; i < o->file_count; i++)
    if (!strcmp(o->files[i], "/dev/stdin")) {
      safe_print(stderr, "aguanta merge: a store is a folder: \"-\" can be the sweep's file only\n");
      return EXIT_USAGE;
    }
  if (!stores_are_there(o)) return EXIT_USAGE;
  struct arena *arena = arena_new();
  struct sweep_request request;
  struct sweep_plan plan;
  enum exit_code code = session_sweep_plan(arena, o, o->files[0], &request, &plan);
  if (code == EXIT_HOLDS) {
    struct sweep_results *results = sweep_results_new(&plan, o->files + 1, o->file_count - 1);
    code = merge(arena, o, results);
    sweep_results_free(results);
  }
  arena_free(arena);
  return code;
}

const struct command command_merge = {.name = "merge",
                                      .arguments = "STUDY | FILE STORE...",
                                      .doc = "the answer of a sweep from the stores of its shards",
                                      .options = TAKES_SCENARIO | TAKES_STOPPING | TAKES(SEED) | TAKES(VARY) | TAKES(REPS) |
                                                 TAKES(ADD_REPS) | TAKES(EXPORT) | TAKES(FORMAT) | TAKES(STATEMENTS),
                                      .most_files = OPTIONS_MANY,
                                      .answer = ANSWER_SWEEP,
                                      .run = run};
