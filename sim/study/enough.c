#include "sim/study/enough.h"
#include "models/faults/fault.h"
#include "models/core/model.h"
#include <assert.h>
#include <math.h>

enum { UNDECIDED_FACTOR = 10, PRECISION_FACTOR = 100, BUDGET_MOST = 1000000, HOPELESS = 4, BEYOND = 10 };
static const double first_caution = 1.5;
static const double reserve = 1.15, creep = 1.4, leap = 3;

uint32_t enough_budget(uint32_t first, int64_t given, bool pursued) {
  if (given) return (uint32_t)given;
  double most = (double)first * (pursued ? PRECISION_FACTOR : UNDECIDED_FACTOR);
  return most < BUDGET_MOST ? (uint32_t)most : BUDGET_MOST;
}

struct enough enough_plan(uint32_t first, int64_t given, bool pursued) {
  uint32_t budget = enough_budget(first, given, pursued);
  return (struct enough){.first = first, .budget = budget > first ? budget : first};
}

double enough_caution(const struct enough *e, uint32_t done) { return stopping_caution(done, e->budget); }

double enough_precision(const struct enough *e, uint32_t done) { return e->precision / (done == e->first ? first_caution : 1); }

void enough_ask(struct enough *e, uint32_t needs, bool pursued) {
  bool hopeful = needs != UINT32_MAX && (pursued || needs / HOPELESS <= e->budget);
  uint32_t given = needs <= e->budget ? needs : hopeful ? e->budget : 0;
  if (given > e->wanted) e->wanted = given;
}

uint32_t enough_next(const struct enough *e, uint32_t done) {
  assert(done < e->budget);
  uint32_t next = stopping_next_look(done);
  return next < e->budget ? next : e->budget;
}

uint32_t enough_towards(double foreseen, uint32_t done) {
  if (!done) return ENOUGH_LEAST;
  return (uint32_t)ceil(fmax(fmin(reserve * foreseen, leap * done), creep * done));
}

uint32_t enough_settle(struct enough *e, uint32_t done, const struct enough_work *work) {
  assert(done && e->budget >= e->first);
  while (done < e->budget) {
    e->wanted = 0;
    work->ask(work->context, e, done);
    if (e->wanted <= done) break;
    done = enough_next(e, done);
    if (!work->extend(work->context, done, e->wanted)) return 0;
  }
  return done;
}

uint32_t enough_beyond(const struct enough *e, uint32_t done) { return done + BEYOND < e->budget ? done + BEYOND : e->budget; }

void enough_foresee(const struct enough *e, const struct study_options *o, uint32_t done, double requests) {
  if (e->wanted <= e->first || !o->foreseen) return;
  struct study_estimate estimate = {
      .done = done, .replications = e->wanted, .budget = e->budget, .requests = requests * e->wanted, .precision = e->precision};
  o->foreseen(o->context, &estimate);
}

uint32_t enough_pieces(const struct model *m) {
  const struct run_config *run = &m->run;
  if (!run->years || !model_faults(m)->count) return 0;
  return (uint32_t)((run->years + run->years_per_replication - 1) / run->years_per_replication);
}
