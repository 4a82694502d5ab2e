/* {"limit": "login"}: asks a limit and ends, limited, when it refuses. {"limit": "reports", "steps": [...]}: with a limit of kind
 * concurrency, holds a permit while the nested steps run. */
#include "models/core/model.h"
#include "models/guard/limiter.h"
#include "models/request/program.h"
#include "models/steps/steps.h"

struct limit_step {
  int32_t limit;
  struct config_list steps;
};

/* Without numbers of draws: with and without limits the others draw the same. */
static struct instruction *emit(struct compiler *c, const struct operation *operation, const struct limit_step *s) {
  struct instruction *in = compile_emit_quietly(c, operation);
  in->limit = (uint16_t)s->limit;
  return in;
}

static void compile_permit(struct compiler *c, const struct limit_config *limit, const struct limit_step *s) {
  if (!s->steps.count)
    compile_error(c, "the limit \"%s\" is of kind %s: give its step the \"steps\" during which a permit is held", limit->name,
                  limit->kind->member.word);
  if (c->permits++ == PROGRAM_PERMITS) compile_error(c, "permits are nested more than %d deep", PROGRAM_PERMITS);
  if (c->error) return;
  struct instruction *in = emit(c, &operation_permit, s);
  if (limit->queue) in->cell = compile_cell(c, compile_service(c), TIME_PERMIT);
  compile_steps(c, &s->steps);
  emit(c, &operation_permit_back, s);
  c->permits--;
}

void compile_limit(struct compiler *c, int32_t limit) { emit(c, &operation_limit, &(struct limit_step){.limit = limit}); }

static void compile(struct compiler *c, const void *config) {
  const struct limit_step *s = config;
  const struct limit_config *limit = model_limit(c->model, (uint32_t)s->limit);
  if (limit->scope == LIMIT_REPLICA && compile_service(c) < 0)
    compile_error(c, "the limit \"%s\" counts by replica, and no service is here: give the endpoint an \"entry\"", limit->name);
  if (limit->kind->permits) {
    compile_permit(c, limit, s);
    return;
  }
  if (s->steps.count)
    compile_error(c, "the limit \"%s\" holds nothing that steps could keep: put them after the step", limit->name);
  emit(c, &operation_limit, s);
}

static const struct field fields[] = {KEY("limit", REFERENCE, limit_step, limit, .target = "limits", .doc = "The limit."),
                                      KEY("steps", CHOICES, limit_step, steps, OPTIONAL, .choices = &step_choices,
                                          .doc = "Limits with permits: what is done while one is held."),
                                      {0}};
static const struct record record = {.name = "limit step",
                                     .size = sizeof(struct limit_step),
                                     .fields = fields,
                                     .doc = "Passes a limit, or ends the request as limited."};
static const struct step_kind kind = {compile};
const struct alternative step_limit = {"limit", true, &record, &kind};
