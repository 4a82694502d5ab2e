/* {"call": "backend", "steps": [...]}: calls another service, which executes the nested steps, and waits for its answer. An
 * external service answers after its latency, or fails. What guards the call is in models/guard/call.h. */
#include "models/core/model.h"
#include "models/guard/call.h"
#include "models/request/program.h"
#include "models/request/request.h"
#include "models/steps/steps.h"

static void compile_plain(struct compiler *c, const struct call_config *s) {
  if (model_service(c->model, (uint32_t)s->call)->kind == SERVICE_EXTERNAL) {
    if (s->steps.count) compile_error(c, "an external service runs no steps");
    compile_external(c, s->call);
    return;
  }
  uint32_t first = c->program->count;
  compile_enter(c, s->call, ROUTE_ANY);
  compile_steps(c, &s->steps);
  compile_leave(c);
  compile_carries(c, first, false, s->request, s->response);
}

static void compile(struct compiler *c, const void *config) {
  const struct call_config *s = config;
  struct guard *guard = call_guarded(s) ? compile_try(c, s) : NULL;
  compile_plain(c, s);
  if (guard) compile_return(c, guard);
}

static const struct field fields[] = {
    KEY("call", REFERENCE, call_config, call, .target = "services", .doc = "The service."),
    KEY("steps", CHOICES, call_config, steps, OPTIONAL, .choices = &step_choices, .doc = "What the called replica does, in order."),
    KEY("request", BYTES, call_config, request, DEFAULT("0B"), RANGE(0, 1e15),
        .doc = "Sent to the called replica: takes the bandwidth of machines and replicas, and counts where ways have a price."),
    KEY("response", BYTES, call_config, response, DEFAULT("0B"), RANGE(0, 1e15), .doc = "Sent back, likewise."),
    KEY("retry", RECORD, call_config, retry, OPTIONAL, .record = &retry_record,
        .doc = "Retries a call that has failed; absent: it is not retried."),
    KEY("timeout", DURATION, call_config, timeout, DEFAULT("never"), RANGE(1, FIELD_YEAR),
        .doc = "Time after which the caller gives up an attempt; the called service goes on working."),
    KEY("cancel", FLAG, call_config, cancel, DEFAULT(false),
        .doc = "Whether the called service is notified when its caller gives up: it then ends the request at its next step."),
    KEY("breaker", RECORD, call_config, breaker, OPTIONAL, .record = &breaker_record,
        .doc = "Refuses calls while too many fail; absent: it refuses none."),
    KEY("fallback", CHOICES, call_config, fallback, OPTIONAL, .choices = &step_choices,
        .doc = "What the caller does when the call has failed for good, instead of failing itself."),
    {0}};
static const struct record record = {.name = "call step",
                                     .size = sizeof(struct call_config),
                                     .fields = fields,
                                     .doc = "Calls another service and waits for its answer."};
static const struct step_kind kind = {compile};
const struct alternative step_call = {"call", true, &record, &kind};
