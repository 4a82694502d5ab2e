/* Steps whose demand a trace tells: {"cpu": "2ms", "recorded": "demand_us"} (trace.h). */
#include "models/traffic/recorded.h"
#include "models/core/link.h"
#include "models/core/model.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/request/operation.h"
#include "models/request/request.h"
#include "models/request/walk.h"
#include "models/traffic/offered.h"
#include "models/traffic/source.h"
#include "sim/engine/arena.h"

static bool compute_recorded(struct world *w, struct request *r, const struct instruction *in) {
  struct instruction mine = *in;
  sim_time demand;
  const struct source *s = w->origins[r->source].source;
  if (s && trace_demand(s, r->subject, (uint32_t)(in->nth - 1), &demand)) mine.demand = distribution_constant((double)demand);
  return in->on_workers ? request_compute_aside(w, r, &mine) : request_compute(w, r, &mine);
}

static const struct operation operation_compute_recorded = {
    .name = "compute what is recorded", .run = compute_recorded, .ask = compute_asks, .computes = true};

void compile_recorded(struct instruction *cpu, uint32_t column) {
  compile_becomes(cpu, &operation_compute_recorded);
  cpu->nth = (uint16_t)(column + 1);
}

/* The mean of what is asked: of all that is sent, where every source has it recorded. False: no trace has the column. */
static bool take_mean(const struct model *m, struct instruction *in, uint32_t endpoint) {
  double sum = 0, weight = 0;
  bool any = false, all = true;
  for (uint32_t i = 0; i < model_sources(m)->count; i++) {
    const struct trace_config *t = &model_source(m, i)->trace;
    double mean = t->count ? trace_mean_demand(t, (uint32_t)(in->nth - 1), (int32_t)endpoint) : -1;
    any |= mean >= 0;
    if (t->count) sum += mean * t->count, weight += t->count;
    all &= mean >= 0;
  }
  if (any && all && weight > 0) in->demand.mean = sum / weight;
  return any;
}

void recorded_link(struct linker *l) {
  struct model *m = l->model;
  for (uint32_t e = 0; e < m->endpoints.count; e++)
    for (uint32_t i = 0; i < m->programs[e].count; i++) {
      struct instruction *in = &m->programs[e].instructions[i];
      if (in->operation != &operation_compute_recorded || take_mean(m, in, e)) continue;
      link_error(l, arena_format(l->arena, "endpoints.%s", model_endpoint(m, e)->name), "steps", "no trace has a column \"%s\"",
                 trace_demand_words[in->nth]);
      return;
    }
}
