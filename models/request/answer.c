/* Work after the answer: {"answer": true} among the steps of a replica (models/steps/step_answer.c). Whoever called has its answer
 * there; what is left of the steps is done on the same replica while nobody waits for it.
 *
 *     ENTER ACCEPT ... ANSWER rest ... REST_DONE LEAVE        the caller goes on at the LEAVE, the rest at the instruction behind
 *
 * The rest is a request of its own, a child whose caller has left: it draws as the caller would, has taken over its place on the
 * replica (it is what is in flight there, and holds the thread where threads are held), and gives the place back when it is done.
 * It begins first, so that an event loop does it in the turn in which it has answered. What fails in it fails nobody; the meter
 * `failed_after_answer` of the service counts it. A replica that dies takes it along.
 *
 *     of a replica that has answered: the caller's frame is no longer accepted, that of the rest is        an invariant, audited
 * (models/service/audit_replicas.c) */
#include "models/core/meter.h"
#include "models/core/model.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/request/child.h"
#include "models/request/operation.h"
#include "models/request/walk.h"
#include "models/service/service.h"

struct answers_config {
  bool used;
  uint32_t failed; /* meter */
};

static struct answers_config *service_answers(const struct service_config *s) { return service_part(s, PART_answers); }

/* --- running --------------------------------------------------------------------------------------------------------------- */

static struct request *leave_rest(struct world *w, struct request *r) {
  struct request *rest = child_new(w, r, r->key, r->pc);
  if (!rest) return NULL;
  child_abandon(w, rest, false);
  rest->impatient = false;
  rest->frames[0].accepted = true, r->frames[r->depth - 1].accepted = false;
  request_holds(rest, PART_answers);
  return rest;
}

static bool answers(struct world *w, struct request *r, const struct instruction *in) {
  struct request *rest = leave_rest(w, r);
  request_parks(r, in->cell, world_now(w));
  if (!rest) return false;
  const struct instruction *all = w->model->programs[r->endpoint].instructions, *leave = &all[in->target];
  r->waiting = NULL;
  for (; leave->operation != &operation_leave; leave++) leave->run(w, r, leave); /* what it lets go of before */
  r->pc = (uint16_t)(leave - all + 1);
  if (leave->run(w, r, leave)) {
    request_parks(r, in->cell, world_now(w));
    request_wake_soon(w, r);
  }
  request_resume(w, rest);
  return false;
}

static bool rest_done(struct world *w, struct request *rest, const struct instruction *in) {
  (void)in;
  request_forget(w, rest); /* and gives its place back */
  return false;
}

static void rest_fails(struct world *w, struct request *rest) {
  meter_count(w, service_answers(container_config(&w->containers[rest->frames[0].container]))->failed);
}

static void rest_forgets(struct world *w, struct request *rest) {
  const struct frame *f = &rest->frames[0];
  struct container *c = &w->containers[f->container];
  if (f->accepted && c->generation == f->generation) container_leave(w, c, f->process);
}

/* --- walking ----------------------------------------------------------------------------------------------------------------- */

/* What is left is asked for, and its time passes for the replica itself. */
static double answer_onward(struct walk *w, const struct instruction *in, double weight) {
  double unseen_s = 0;
  struct walk rest = walk_beside(w, &unseen_s);
  rest.base = w->depth - 1, rest.route = w->route, rest.enter = w->enter;
  walk_on(rest, w->at, in->target, weight);
  w->at = in->target;
  return weight;
}

static double answer_through(struct passage *p, const struct instruction *in) {
  p->at = in->target;
  return 1;
}

static uint8_t no_turns(const uint8_t *computes, const struct instruction *in, uint32_t at) {
  (void)computes, (void)in, (void)at;
  return 0;
}

const struct operation operation_answer = {.name = "answer", .run = answers, .onward = answer_onward, .through = answer_through};
const struct operation operation_rest_done = {.name = "end of the rest", .run = rest_done, .turns = no_turns};

/* --- compiling --------------------------------------------------------------------------------------------------------------- */

void compile_answer(struct compiler *c) {
  int32_t service = compile_service(c);
  if (service < 0)
    compile_error(c, "nobody is there to answer: give the endpoint an \"entry\" or put the \"answer\" inside a \"call\"");
  else if (c->lists[c->depth] != 1)
    compile_error(c, "an \"answer\" stands among the steps of an endpoint or of a \"call\", not inside of another step");
  else if (c->answered[c->depth])
    compile_error(c, "\"%s\" has answered already", model_service(c->model, (uint32_t)service)->name);
  if (c->error) return;
  struct service_config *s = (struct service_config *)c->model->services.items + service;
  if (!service_answers(s)->used)
    service_answers(s)->failed = meter_declare((struct model *)c->model, s->name, "failed_after_answer", METER_COUNT,
                                               "Requests of which something failed after their answer: nobody is told.");
  service_answers(s)->used = true;
  c->answered[c->depth] = (uint16_t)(c->program->count + 1);
  compile_emit_quietly(c, &operation_answer)->cell = compile_cell(c, service, TIME_NETWORK);
}

static const struct field no_keys[] = {{0}};
static const struct record answers_record = {
    .name = "answers of a service", .size = sizeof(struct answers_config), .fields = no_keys};
const struct part part_answers = {
    .name = "answers", .requests = true, .keys.service = &answers_record, .release = rest_fails, .forget = rest_forgets};
