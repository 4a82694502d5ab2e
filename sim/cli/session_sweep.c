#include "sim/cli/session_sweep.h"
#include "sim/cli/session.h"
#include <stdlib.h>

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

enum exit_code session_sweep_plan(struct arena *arena, const struct options *o, const char *file, struct sweep_request *q,
                                  struct sweep_plan *plan) {
  *q = (struct sweep_request){.command = o->command->name,
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
