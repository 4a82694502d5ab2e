/* {"delay": "50ms"}: time passes; nothing is used. */
#include "models/request/program.h"
#include "models/request/walk.h"
#include "models/request/operation.h"
#include "models/steps/steps.h"
#include "models/core/world.h"

struct delay_step {
  struct distribution delay;
};

static bool sleep_on(struct world *w, struct request *r, const struct instruction *in) {
  sim_time delay = distribution_time_at(&in->demand, r->key, in->draw);
  if (!delay) return true;
  request_parks(r, in->cell, world_now(w));
  timer_heap_push(w->sleepers, world_after(w, delay), r->id);
  return false;
}
static const struct operation operation_sleep_on = {.name = "delay", .run = sleep_on, .ask = walk_waits, .leaves = true};

void compile_delay(struct compiler *c, const struct distribution *delay, uint16_t cell) {
  struct instruction *in = compile_emit(c, &operation_sleep_on);
  in->demand = *delay;
  in->cell = cell;
}

static void compile(struct compiler *c, const void *config) {
  compile_delay(c, &((const struct delay_step *)config)->delay, compile_cell(c, compile_service(c), TIME_DELAY));
}

static const struct field fields[] = {KEY("delay", DISTRIBUTION, delay_step, delay, .doc = "How long."), {0}};
static const struct record record = {
    .name = "delay step", .size = sizeof(struct delay_step), .fields = fields, .doc = "Waits without using anything."};
static const struct step_kind kind = {compile};
const struct alternative step_delay = {"delay", true, &record, &kind};
