#include "models/machine/runtime.h"
#include "models/machine/scalability.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/request/line.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <stdlib.h>

/* --- what it is -------------------------------------------------------------------------------------------------------------- */

uint32_t runtime_processes(const struct service_config *s) { return (uint32_t)s->processes.count; }

double runtime_loops(const struct service_config *s, double threads) {
  if (s->runtime == RUNTIME_GIL && threads > 1) threads = 1;
  return threads * (double)s->processes.count;
}

double runtime_workers(const struct service_config *s) {
  return s->uses_workers ? (double)s->workers * (double)s->processes.count : 0;
}

void runtime_link(struct model *m) {
  struct service_config *services = m->services.items;
  for (uint32_t e = 0; e < m->program_count; e++) {
    const struct program *p = &m->programs[e];
    for (uint32_t i = 0; i < p->count; i++)
      if (p->instructions[i].on_workers) services[p->instructions[i].service].uses_workers = true;
  }
}

/* --- building ---------------------------------------------------------------------------------------------------------------- */

static void build_queue(const struct world *w, struct request_queue *q, const struct service_config *s) {
  if (s->discipline == DISCIPLINE_PRIORITY) q->last = arena_new_array(w->arena, uint32_t, w->model->ranks + 1);
  queue_clear(w, q);
}

static void build_crew(const struct world *w, struct crew *k, const struct service_config *s) {
  build_queue(w, &k->runnable, s);
  build_queue(w, &k->door, s);
}

static void build_process(struct world *w, struct container *c, uint32_t number) {
  const struct service_config *s = container_config(c);
  struct process *p = &c->processes->each[number];
  p->world = w, p->container = c->id, p->number = number;
  build_crew(w, &p->crew, s);
  build_crew(w, &p->workers, s);
  p->workers.aside = 1, p->workers.threads = s->workers;
}

static bool warms_up(const struct service_config *s) { return s->warm_up.requests || s->warm_up.lasts; }

static bool is_plain(const struct service_config *s) {
  return s->processes.count == 1 && !s->uses_workers && !warms_up(s) && !s->gc.every.kind && !s->gc.minor.kind;
}

void runtime_build(struct world *w, struct container *c) {
  const struct service_config *s = container_config(c);
  build_crew(w, &c->own, s);
  if (!is_plain(s)) {
    c->processes = arena_new_array(w->arena, struct processes, 1);
    c->processes->count = runtime_processes(s);
    c->processes->each = arena_new_array(w->arena, struct process, c->processes->count);
    for (uint32_t i = 0; i < c->processes->count; i++) build_process(w, c, i);
  }
  runtime_staff(c, s->runtime == RUNTIME_GIL, s->threads);
}

static void runtime_stop(struct world *w) {
  for (uint32_t i = 0; i < w->container_count; i++)
    if (w->containers[i].processes) free(w->containers[i].processes->parked);
}

static void staff(struct crew *k, bool one_computes, bool paused, int64_t threads) {
  assert(threads >= 0);
  k->seats = threads;
  k->threads = paused ? 0 : one_computes && threads > 1 ? 1 : threads;
}

void runtime_staff(struct container *c, bool one_computes, int64_t threads) {
  staff(&c->own, one_computes, false, threads);
  for (uint32_t i = 0; c->processes && i < c->processes->count; i++)
    staff(&c->processes->each[i].crew, one_computes, c->processes->each[i].paused, threads);
}

/* --- life -------------------------------------------------------------------------------------------------------------------- */

static void runtime_serves(struct world *w, struct container *c, bool warm) {
  const struct service_config *s = container_config(c);
  if (!c->processes) return;
  for (uint32_t i = 0; i < c->processes->count; i++) { c->processes->each[i].answered = warm ? (uint64_t)s->warm_up.requests : 0; }
  c->cold = warm || !s->warm_up.requests ? 0 : c->processes->count;
  c->processes->serves_since = world_now(w);
  c->processes->young = !warm && s->warm_up.lasts > 0;
  c->cold += c->processes->young;
}

static void forget(struct world *w, struct crew *k) {
  k->running = k->held = k->fresh_waiting = 0;
  queue_clear(w, &k->runnable);
  queue_clear(w, &k->door);
}

void runtime_dies(struct world *w, struct container *c) {
  const struct service_config *s = container_config(c);
  forget(w, &c->own);
  c->cold = c->aside = 0;
  if (!c->processes) return;
  for (uint32_t i = 0; i < c->processes->count; i++) {
    struct process *p = &c->processes->each[i];
    p->paused = p->collects = p->pause_due = false;
    forget(w, &p->crew);
    forget(w, &p->workers);
    p->workers.threads = s->workers;
  }
  c->processes->parked_count = 0;
  runtime_staff(c, s->runtime == RUNTIME_GIL, c->own.seats);
}

uint32_t runtime_at_door(const struct container *c) {
  uint32_t sum = c->own.door.count;
  for (uint32_t i = 0; c->processes && i < c->processes->count; i++) sum += c->processes->each[i].crew.door.count;
  return sum;
}

/* --- requests ---------------------------------------------------------------------------------------------------------------- */

static bool idle(const struct process *p) { return !p->paused && !p->crew.running && !p->crew.held && !p->crew.runnable.count; }

static uint32_t choose(struct world *w, struct container *c, const struct request *r) {
  struct processes *all = c->processes;
  int32_t deal = container_config(c)->processes.deal;
  if (deal == DEAL_ROUND_ROBIN) {
    uint32_t turn = all->cursor;
    all->cursor = turn + 1 < all->count ? turn + 1 : 0;
    return turn;
  }
  assert(all->count > 1);
  struct stream draws = stream_at(r->key, w->model->programs[r->endpoint].instructions[r->pc - 1].draw);
  uint32_t any = stream_below(&draws, all->count);
  for (uint32_t k = 0; deal == DEAL_IDLE && k < all->count; k++)
    if (idle(&all->each[(any + k) % all->count])) return (any + k) % all->count;
  return any;
}

struct crew *runtime_deal(struct world *w, struct container *c, struct request *r) {
  struct frame *f = &r->frames[r->depth - 1];
  if (c->processes->count == 1) return &c->processes->each[0].crew;
  if (f->pinned) return &c->processes->each[f->process].crew;
  if (r->dealt && r->depth == 1) return &c->processes->each[f->process].crew; /* who took the job does it */
  const struct origin *from = &w->origins[r->source];
  bool *dealt = NULL; /* its client's connection leads to one process */
  uint16_t *kept = r->depth == 1 && from->connected ? from->line->process(w, r, c->id, &dealt) : NULL;
  f->process = kept && *dealt ? *kept : (uint16_t)choose(w, c, r);
  if (kept) {
    *kept = f->process;
    *dealt = true;
  }
  return &c->processes->each[f->process].crew;
}

struct crew *runtime_crew(const struct world *w, const struct container *c, const struct request *r) {
  struct process *p = &c->processes->each[r->frames[r->depth - 1].process];
  assert(r->frames[r->depth - 1].process < c->processes->count);
  return w->model->programs[r->endpoint].instructions[r->pc - 1].on_workers ? &p->workers : &p->crew;
}

void runtime_answered(struct container *c, uint32_t process) {
  if (c->cold && ++c->processes->each[process].answered == (uint64_t)container_config(c)->warm_up.requests) c->cold--;
}

/* What is left of the time, as a share; the first who finds that it is over notes it. */
static double time_to_come(const struct world *w, struct container *c) {
  if (!c->processes->young) return 0;
  sim_time lasts = container_config(c)->warm_up.lasts, age = world_now(w) - c->processes->serves_since;
  if (age < lasts) return 1 - (double)age / (double)lasts;
  c->processes->young = false, c->cold--;
  return 0;
}

static double calls_to_come(const struct container *c, const struct request *r) {
  uint64_t wanted = (uint64_t)container_config(c)->warm_up.requests;
  uint64_t answered = c->processes->each[r->frames[r->depth - 1].process].answered;
  return answered >= wanted ? 0 : 1 - (double)answered / (double)wanted;
}

sim_time runtime_cold_work(const struct world *w, struct container *c, const struct request *r) {
  double by_time = time_to_come(w, c), by_calls = calls_to_come(c, r), to_come = by_time > by_calls ? by_time : by_calls;
  if (to_come <= 0) return r->work;
  return (sim_time)((double)r->work * (1 + (container_config(c)->warm_up.factor - 1) * to_come) + 0.5);
}

static void concurrency_check(struct linker *l, const struct service_config *s, const char *path) {
  const struct concurrency_point *p = s->concurrency.items;
  if (!s->concurrency.count) return;
  for (uint32_t i = 1; i < s->concurrency.count; i++)
    if (p[i].in_flight <= p[i - 1].in_flight)
      link_error(l, path, "concurrency", "\"in_flight\" has to rise: %g comes after %g", p[i].in_flight, p[i - 1].in_flight);
  if (s->scalability.contention > 0 || s->scalability.coherency > 0)
    link_error(l, path, "concurrency", "\"scalability\" and \"concurrency\" both say what requests cost each other: keep one");
  if (!service_runs(s)) link_error(l, path, "concurrency", "nothing computes here that requests in flight could slow down");
}

static void check_runtime(struct linker *l, struct service_config *s, const char *path) {
  concurrency_check(l, s, path);
  if (s->kind == SERVICE_EXTERNAL && (s->processes.count > 1 || s->gc.every.kind || s->gc.minor.kind || warms_up(s)))
    link_error(l, path, NULL, "the processes of an external service are not modelled");
  if (s->warm_up.factor > 0 && !warms_up(s))
    link_error(l, path, "warm_up", "until when? Give \"requests\" that it answers until it is warm, or \"for\", a time, or both");
}

static void link_compiled(struct linker *l, enum link_stage stage) {
  if (stage == LINK_COMPILED) runtime_link(l->model);
}

const struct part part_runtime = {.name = "runtime",
                                  .link = link_compiled,
                                  .service = check_runtime,
                                  .stop = runtime_stop,
                                  .serves = runtime_serves,
                                  .load = &runtime_load};
