#include "models/request/walk.h"
#include "models/core/part.h"
#include "models/core/model.h"
#include "models/request/backoff.h"
#include "models/network/network.h"
#include "models/service/locality.h"
#include "models/platform/placement.h"
#include "models/request/operation.h"
#include "models/request/request.h"
#include "sim/engine/arena.h"
#include <assert.h>

/* --- time that passes -------------------------------------------------------------------------------------------------------- */

void walk_passes(const struct walk *w, double weighted_s) {
  const struct demand_sums *d = w->sums;
  if (w->passed_s) *w->passed_s += weighted_s;
  for (uint32_t i = w->base; i < w->depth; i++)
    if (model_service(d->model, (uint32_t)w->frames[i])->runtime != RUNTIME_EVENT_LOOP) d->held_s[w->frames[i]] += weighted_s;
  if (w->connected >= 0) d->connected_s[w->connected] += weighted_s;
  if (w->bound >= 0) d->connected_s[w->bound] += weighted_s;
  for (uint32_t i = 0; i < w->permit_count; i++) d->permit_s[w->permits[i]] += weighted_s;
  if (w->aside >= 0) d->connected_s[w->aside] += weighted_s;
  for (uint32_t i = 0; i < w->locked_count; i++) d->locked_s[w->locked[i].lock] += weighted_s;
  if (d->passed_s && !w->passed_s) *d->passed_s += weighted_s;
  for (uint32_t i = 0; part_numbered(i); i++)
    if (w->held[i]) part_numbered(i)->passes(w, weighted_s);
}

/* Calls of a database go where its own routing says, those of others where their locality does. */
static enum hop_to hops_to(const struct service_config *called, enum route route) {
  if (route == ROUTE_PRIMARY) return HOP_TO_PRIMARY;
  bool near = called->kind == SERVICE_DATABASE ? called->reads_near : service_preference(called) != PREFER_NONE;
  return near ? HOP_NEAR : HOP_ANYWHERE;
}

/* Between services that are placed so that they cannot meet. Without places: within a transaction, what is locked stays so. */
void walk_hops(const struct walk *w, int32_t caller, int32_t called, enum route route, double weight) {
  const struct demand_sums *d = w->sums;
  const struct service_config *a = model_service(d->model, (uint32_t)caller), *b = model_service(d->model, (uint32_t)called);
  double hop_s = weight * sim_seconds(placement_hop(d->model, a, b, hops_to(b, route), d->region));
  assert(hop_s >= 0);
  if (model_regions(d->model)) {
    walk_passes(w, hop_s);
    return;
  }
  if (w->aside >= 0) d->connected_s[w->aside] += hop_s;
  for (uint32_t i = 0; i < w->locked_count; i++) d->locked_s[w->locked[i].lock] += hop_s;
}

void walk_waits(const struct walk *w, const struct instruction *in, double weight) {
  walk_passes(w, weight * (in->demand.mean * 1e-9));
}

/* --- shares of requests ------------------------------------------------------------------------------------------------------ */

const struct passage passage_outside = {0};

/* By a door (models/service/affliction.h): what does not get through fails, or goes where the call of a service goes that is
 * away. */
static double passes_door(struct passage *p, const struct instruction *in) {
  double spared = p->serving ? p->serving(p->context, in, ROUTE_DOOR) : 1;
  struct passage around = *p;
  double on = in->operation->through ? in->operation->through(p, in) : 1;
  if (!in->operation->enters || !in->target || !(spared < 1)) return spared * on;
  on *= passage_share(p, p->program, p->at, p->stop);
  p->at = p->stop;
  return spared * on + (1 - spared) * passage_share(&around, p->program, in->target, p->stop);
}

static inline double passes(struct passage *p, const struct instruction *in) {
  if (__builtin_expect(in->door != DOOR_NONE, 0)) return passes_door(p, in);
  return in->operation->through ? in->operation->through(p, in) : 1;
}

double passage_share(const struct passage *how, const struct program *program, uint32_t at, uint32_t stop) {
  struct passage p = *how;
  p.program = program, p.at = at, p.stop = stop;
  double through = 1;
  while (p.at < p.stop && through > 0 && !program->instructions[p.at].operation->ends) {
    const struct instruction *in = &program->instructions[p.at++];
    through *= passes(&p, in);
    if (in->operation == &operation_leave && p.depth) p.depth--;
  }
  return through;
}

double passage_looks_up(struct passage *p, const struct instruction *in) {
  if (!(in->probability > 0)) return 1;
  assert(in->target >= p->at && in->target <= p->stop);
  double found = passage_share(p, p->program, in->target, p->stop), rest = passage_share(p, p->program, p->at, p->stop);
  p->at = p->stop;
  return in->probability * found + (1 - in->probability) * rest;
}

double passage_skips(struct passage *p, const struct instruction *in) {
  p->at = in->target;
  return 1;
}

struct attempts passage_attempts(const struct passage *how, const struct retry_config *retry, double success) {
  assert(success >= 0 && success <= 1 + 1e-9);
  enum { ENOUGH = 1000 };
  int64_t most = retry_wanted(retry, 1, how->serving ? OUTCOME_REFUSED : OUTCOME_EXTERNAL) ? retry->pause.attempts : 1;
  struct attempts a = {0, 1};
  for (int64_t k = 0; k < most && k < ENOUGH && a.all_fail > 0; k++) a.expected += a.all_fail, a.all_fail *= 1 - success;
  return a;
}

double program_attempts(const struct program *p, const struct retry_config *retry) {
  return passage_attempts(&passage_outside, retry, passage_share(&passage_outside, p, 0, p->end)).expected;
}

double program_serving(const struct program *p, double (*serving)(void *context, const struct instruction *, enum route),
                       void *context) {
  return program_serving_by(p, &(struct passage){.serving = serving, .context = context});
}

double program_serving_by(const struct program *p, const struct passage *how) {
  double served = passage_share(how, p, 0, p->end);
  return p->edge_hit > 0 ? p->edge_hit + (1 - p->edge_hit) * served : served;
}

/* --- demand ------------------------------------------------------------------------------------------------------------------ */

double walk_looks_up(struct walk *w, const struct instruction *in, double weight) {
  w->elsewhere += walk_on(*w, in->target, w->stop, weight * in->probability);
  return weight * (1 - in->probability);
}

double walk_skips(struct walk *w, const struct instruction *in, double weight) {
  w->at = in->target;
  return weight;
}

struct walk walk_beside(const struct walk *w, double *passed_s) {
  struct walk beside = {.sums = w->sums,
                        .program = w->program,
                        .connected = -1,
                        .aside = -1,
                        .bound = -1,
                        .depth = w->depth,
                        .base = w->depth,
                        .passed_s = passed_s};
  for (uint32_t k = 0; k < w->depth; k++) beside.frames[k] = w->frames[k];
  return beside;
}

double walk_on(struct walk w, uint32_t at, uint32_t stop, double weight) {
  const struct instruction *first = w.program->instructions;
  assert(at <= stop && stop <= w.program->count && weight >= 0);
  w.at = at, w.stop = stop, w.elsewhere = 0;
  while (w.at < w.stop && weight > 0 && !first[w.at].operation->ends) {
    const struct instruction *in = &first[w.at++];
    const struct operation *o = in->operation;
    if (o->hold) o->hold(&w, in, weight);
    if (o->ask) o->ask(&w, in, weight);
    if (w.sums->runs) w.sums->runs[in - first] += weight;
    if (o->onward) weight = o->onward(&w, in, weight);
  }
  return w.elsewhere + weight;
}

struct demand_sums demand_sums_new(const struct model *m, const double *speed, struct arena *arena) {
  assert(speed);
  uint32_t n = m->services.count + 1;
  struct demand_sums d = {.model = m,
                          .region = -1,
                          .speed = speed,
                          .cpu_s = arena_new_array(arena, double, n),
                          .primary_s = arena_new_array(arena, double, n),
                          .held_s = arena_new_array(arena, double, n),
                          .connected_s = arena_new_array(arena, double, n),
                          .workers_s = arena_new_array(arena, double, n),
                          .disk_s = arena_new_array(arena, double, n),
                          .writes = arena_new_array(arena, double, n),
                          .applied_s = arena_new_array(arena, double, n),
                          .replica_s = arena_new_array(arena, double, n)};
  parts_sums(&d, arena);
  return d;
}

void program_demand(const struct program *p, double weight, const struct demand_sums *d) {
  walk_on((struct walk){.sums = d, .program = p, .connected = -1, .aside = -1, .bound = -1}, 0, p->end, weight * (1 - p->edge_hit));
}
