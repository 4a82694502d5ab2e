/* The operations that every program has: to enter a service, be accepted, compute and leave it, and to end. */
#include "models/machine/waking.h"
#include "models/request/operation.h"
#include "models/core/part.h"
#include "models/core/model.h"
#include "models/request/request.h"
#include "models/request/walk.h"

/* --- enter, accept, leave ---------------------------------------------------------------------------------------------------- */

void enter_holds(struct walk *w, const struct instruction *in, double weight) {
  if (w->depth) walk_hops(w, w->frames[w->depth - 1], in->service, in->route, weight);
  w->frames[w->depth++] = in->service, w->route = in->route, w->enter = in;
}

/* Behind the leave of the call whose enter has just been read; p->stop when it is not plain that each way leads there. */
static uint32_t behind_call(const struct passage *p) {
  const struct instruction *all = p->program->instructions;
  uint32_t open = 1, end = p->at;
  while (end < p->stop && open) {
    if (all[end].operation->ends) return p->stop;
    open += all[end].operation->enters, open -= all[end].operation == &operation_leave;
    end++;
  }
  for (uint32_t i = p->at; i < end; i++)
    if (all[i].target > end) return p->stop;
  return end;
}

static double call_arrives(struct passage *p, const struct instruction *in) {
  struct arrival to[ARRIVALS_MOST];
  uint32_t count = p->arrives(p->context, in, p->sites[p->depth], to), end = behind_call(p);
  double served = 0, on = 0;
  for (uint32_t i = 0; i < count; i++) {
    struct passage there = *p;
    there.sites[++there.depth] = to[i].at;
    served += to[i].share, on += to[i].share * passage_share(&there, p->program, p->at, end);
  }
  uint32_t stop = p->stop;
  p->at = end;
  if (!in->target || !(served < 1)) return on;
  p->at = stop;
  return on * passage_share(p, p->program, end, stop) + (1 - served) * passage_share(p, p->program, in->target, stop);
}

double enter_through(struct passage *p, const struct instruction *in) {
  if (!p->serving) return 1;
  if (p->arrives) return call_arrives(p, in);
  double served = p->serving(p->context, in, in->route);
  if (!in->target || !(served < 1)) return served;
  double on = passage_share(p, p->program, p->at, p->stop), around = passage_share(p, p->program, in->target, p->stop);
  p->at = p->stop;
  return served * on + (1 - served) * around; /* an unreachable cache is a miss */
}

static void leave_holds(struct walk *w, const struct instruction *in, double weight) {
  enum route route = w->enter && w->enter->service == in->service ? w->enter->route : ROUTE_ANY;
  w->depth--, w->route = ROUTE_ANY;
  if (w->depth) walk_hops(w, w->frames[w->depth - 1], in->service, route, weight);
}

const struct operation operation_enter = {
    .name = "enter", .run = request_enter, .hold = enter_holds, .through = enter_through, .enters = true, .calls = true};
const struct operation operation_accept = {.name = "accept", .run = request_accept, .accepts = true};
const struct operation operation_leave = {.name = "leave", .run = request_leave, .hold = leave_holds, .leaves = true};

/* --- compute ----------------------------------------------------------------------------------------------------------------- */

/* Reads on replicas leave the primary alone. */
static void add_to_route(const struct walk *w, int32_t service, double weighted_s) {
  const struct demand_sums *d = w->sums;
  if (w->route == ROUTE_PRIMARY) d->primary_s[service] += weighted_s;
  if (w->route == ROUTE_REPLICAS) d->replica_s[service] += weighted_s;
  parts_computes(w, service, weighted_s);
}

void compute_asks(const struct walk *w, const struct instruction *in, double weight) {
  const struct demand_sums *d = w->sums;
  double mean_s = (in->demand.mean + waking_of_each(model_service(d->model, (uint32_t)in->service))) * 1e-9;
  d->cpu_s[in->service] += weight * mean_s;
  if (in->on_workers) d->workers_s[in->service] += weight * mean_s;
  add_to_route(w, in->service, weight * mean_s);
  walk_passes(w, weight * mean_s / d->speed[in->service]);
}

const struct operation operation_compute = {.name = "compute", .run = request_compute, .ask = compute_asks, .computes = true};
const struct operation operation_compute_aside = {
    .name = "compute aside", .run = request_compute_aside, .ask = compute_asks, .computes = true};

/* --- end --------------------------------------------------------------------------------------------------------------------- */

const struct operation operation_end = {.name = "end", .run = request_end, .ends = true};
const struct operation operation_end_attempt = {.name = "end of an attempt", .run = request_end_attempt, .ends = true};
