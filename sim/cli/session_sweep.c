#include "sim/cli/session_sweep.h"
#include "sim/cli/session.h"
#include "sim/json/safe_text.h"
#include "sim/report/export/export_sweep.h"
#include <stdlib.h>
#include <string.h>

static bool outputs_apart(const void *context, const struct diagnostics *read) { return session_outputs_apart(context, read); }

enum exit_code session_sweep_code(enum sweep_outcome outcome) {
  switch (outcome) {
  case SWEEP_GOOD:
    return EXIT_HOLDS;
  case SWEEP_FAILED:
    return EXIT_ERROR;
  case SWEEP_INTERRUPTED:
    return session_interrupted();
  case SWEEP_INVALID:
    return EXIT_INVALID;
  default:
    return EXIT_USAGE;
  }
}

enum exit_code session_sweep_plan(struct arena *arena, const struct options *o, const char *command, const char *file,
                                  struct sweep_request *q, struct sweep_plan *plan) {
  *q = (struct sweep_request){.command = command,
                              .messages = stderr,
                              .file = file,
                              .varies = o->varies,
                              .vary_count = o->vary_count,
                              .where = o->where,
                              .shard = o->shard,
                              .root = session_root(arena, o),
                              .outputs_apart = outputs_apart,
                              .context = o};
  q->overrides = session_overrides(arena, o, 0, &q->override_count);
  if (!session_options(o, &q->study) || !session_memory(o, &q->memory)) return EXIT_USAGE;
  if (o->add_reps) q->more_replications = (uint32_t)strtoul(o->add_reps, NULL, 10);
  return session_sweep_code(sweep_plan_read(plan, arena, q));
}

enum exit_code session_sweep_answered(const struct options *o, const struct sweep_results *r) {
  enum exit_code code = EXIT_HOLDS;
  for (uint64_t n = 0; n < sweep_results_points(r); n++)
    if (sweep_results_has(r, n)) code = exit_code_worse(code, (enum exit_code)sweep_results_code(r, n, o->statements));
  return code;
}

bool session_sweep_exports_known(const struct options *o, const char *command) {
  for (uint32_t i = 0; i < o->export_count; i++) {
    if (export_sweep_known(o->exports[i], o->format)) continue;
    safe_print(stderr, "aguanta %s: no format for --export %s; formats are: .csv, .ndjson, or - with --format csv or ndjson\n",
               command, o->exports[i]);
    return false;
  }
  return true;
}

bool session_sweep_export(const struct options *o, struct sweep_results *r) {
  bool good = true;
  for (uint32_t i = 0; i < o->export_count; i++) {
    char *error = NULL;
    if (export_sweep(r, o->exports[i], o->format, &error)) continue;
    if (error && strcmp(o->exports[i], "-")) safe_print(stderr, "aguanta: %s\n", error);
    free(error);
    good = false;
  }
  return good;
}
