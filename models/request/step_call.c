/* {"call": "backend", "steps": [...]}: calls another service, which executes the nested steps, and waits for its answer. An
 * external service answers after its latency, or fails. */
#include "models/model.h"
#include "models/request/program.h"
#include "models/request/request.h"
#include "models/request/steps.h"

struct call_step {
  int32_t call;
  struct config_list steps;
};

static void compile(struct compiler *c, const void *config) {
  const struct call_step *s = config;
  if (model_service(c->model, (uint32_t)s->call)->kind == SERVICE_EXTERNAL) {
    if (s->steps.count) compile_fault(c, "an external service runs no steps of ours");
    compile_external(c, s->call);
    return;
  }
  compile_enter(c, s->call, ROUTE_ANY);
  compile_steps(c, &s->steps);
  compile_leave(c);
}

static const struct field fields[] = {{.name = "call",
                                       .kind = FIELD_REFERENCE,
                                       .offset = offsetof(struct call_step, call),
                                       .target = "services",
                                       .doc = "The service."},
                                      {.name = "steps",
                                       .kind = FIELD_CHOICES,
                                       .offset = offsetof(struct call_step, steps),
                                       .choices = &step_choices,
                                       .optional = true,
                                       .doc = "What the called replica does, in order."},
                                      {0}};
static const struct record record = {"call step", sizeof(struct call_step), fields,
                                     "Calls another service and waits for its answer.", NULL};
static const struct step_kind kind = {compile};
const struct alternative step_call = {"call", true, &record, &kind};
