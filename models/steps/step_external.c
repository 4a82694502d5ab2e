/* {"external": "payments"}: waits for a service that is not ours: a latency, a failure probability, no resource of ours. */
#include "models/request/draws.h"
#include "models/guard/limit.h"
#include "models/service/service.h"
#include "models/core/model.h"
#include "models/request/walk.h"
#include "models/request/operation.h"
#include "models/request/program.h"
#include "models/steps/steps.h"
#include "models/core/world.h"

struct external_step {
  int32_t external;
};

static bool fails(const struct request *r, const struct instruction *in) {
  if (in->probability <= 0) return false;
  struct stream draws = stream_at(r->key, (uint64_t)DRAW_ANSWER + in->draw);
  return stream_uniform(&draws) < in->probability;
}

static bool answered(struct world *w, struct request *r, const struct instruction *in) {
  if (!fails(r, in)) return true;
  request_fail(w, r, OUTCOME_EXTERNAL);
  return false;
}

/* Only what is asked of outside fails: our own services are what `serving` is about. */
static double answered_through(struct passage *p, const struct instruction *in) { return p->serving ? 1 : 1 - in->probability; }

static double answered_onward(struct walk *w, const struct instruction *in, double weight) {
  (void)w;
  return weight * (1 - in->probability);
}
static const struct operation operation_answered = {
    .name = "answered", .run = answered, .onward = answered_onward, .through = answered_through, .answers = true};

static bool ask(struct world *w, struct request *r, const struct instruction *in) {
  sim_time latency = distribution_time_at(&in->demand, r->key, in->draw);
  const struct service *s = &w->services[in->service];
  if (s->slower != 1) latency = distribution_as_time((double)latency * s->slower);
  if (!latency) return true;
  request_parks(r, in->cell, world_now(w));
  timer_heap_push(w->sleepers, world_after(w, latency), r->id);
  return false;
}
static const struct operation operation_ask = {.name = "ask", .run = ask, .ask = walk_waits, .leaves = true};

void compile_external(struct compiler *c, int32_t service) {
  const struct service_config *config = model_service(c->model, (uint32_t)service);
  if (config->kind != SERVICE_EXTERNAL) {
    compile_error(c, "\"%s\" is not of kind external: use \"call\"", config->name);
    return;
  }
  if (service_limit(config) >= 0) compile_limit(c, service_limit(config));
  struct instruction *in = compile_emit(c, &operation_ask);
  in->service = service;
  in->demand = config->latency;
  in->cell = compile_cell(c, service, TIME_EXTERNAL);
  in = compile_emit(c, &operation_answered);
  in->service = service;
  in->probability = config->failure;
}

static void compile(struct compiler *c, const void *config) {
  compile_external(c, ((const struct external_step *)config)->external);
}

static const struct field fields[] = {
    KEY("external", REFERENCE, external_step, external, .target = "services", .doc = "A service of kind external."), {0}};
static const struct record record = {
    .name = "external step", .size = sizeof(struct external_step), .fields = fields, .doc = "Waits for an external service."};
static const struct step_kind kind = {compile};
const struct alternative step_external = {"external", true, &record, &kind};
