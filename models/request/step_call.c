/* {"call": "backend", "steps": [...]}: calls another service, which executes the nested steps, and waits for its answer. An
 * external service answers after its latency, or fails. What guards the call is in models/guard/call.h. */
#include "models/core/model.h"
#include "models/guard/call.h"
#include "models/request/program.h"
#include "models/request/request.h"
#include "models/request/steps.h"

#define AT(member) offsetof(struct call_config, member)

static void compile_plain(struct compiler *c, const struct call_config *s) {
  if (model_service(c->model, (uint32_t)s->call)->kind == SERVICE_EXTERNAL) {
    if (s->steps.count) compile_fault(c, "an external service runs no steps of ours");
    compile_external(c, s->call);
    return;
  }
  compile_enter(c, s->call, ROUTE_ANY);
  compile_steps(c, &s->steps);
  compile_leave(c);
}

static void compile(struct compiler *c, const void *config) {
  const struct call_config *s = config;
  struct guard *guard = call_guarded(s) ? compile_try(c, s) : NULL;
  compile_plain(c, s);
  if (guard) compile_return(c, guard);
}

static const struct field fields[] = {
    {.name = "call", .kind = FIELD_REFERENCE, .offset = AT(call), .target = "services", .doc = "The service."},
    {.name = "steps",
     .kind = FIELD_CHOICES,
     .offset = AT(steps),
     .choices = &step_choices,
     .optional = true,
     .doc = "What the called replica does, in order."},
    {.name = "retry",
     .kind = FIELD_RECORD,
     .offset = AT(retry),
     .record = &retry_record,
     .optional = true,
     .doc = "Calls again when the call has failed; absent: no."},
    {.name = "timeout",
     .kind = FIELD_DURATION,
     .offset = AT(timeout),
     .fallback = "\"never\"",
     .low = 1,
     .high = 3.1536e16,
     .doc = "When the caller gives an attempt up; the called service goes on working."},
    {.name = "cancel",
     .kind = FIELD_FLAG,
     .offset = AT(cancel),
     .fallback = "false",
     .doc = "Whether the called service is told when its caller gives up: it then ends the request at its next step."},
    {.name = "breaker",
     .kind = FIELD_RECORD,
     .offset = AT(breaker),
     .record = &breaker_record,
     .optional = true,
     .doc = "Refuses calls while too many fail; absent: none."},
    {.name = "fallback",
     .kind = FIELD_CHOICES,
     .offset = AT(fallback),
     .choices = &step_choices,
     .optional = true,
     .doc = "What the caller does when the call has failed for good, instead of failing itself."},
    {0}};
#undef AT
static const struct record record = {.name = "call step",
                                     .size = sizeof(struct call_config),
                                     .fields = fields,
                                     .doc = "Calls another service and waits for its answer."};
static const struct step_kind kind = {compile};
const struct alternative step_call = {"call", true, &record, &kind};
