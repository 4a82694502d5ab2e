#include "models/service/computing.h"
#include "models/core/load_sheet.h"
#include "models/core/model.h"
#include "models/machine/gc.h"
#include "models/service/shift.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>

/* Threads of one process; with shifts their mean, no instant counting more than `most`. */
static double threads_of(const struct model *m, const struct service_config *s, double most) {
  return shift_mean_threads(s, most, m->run.warmup, m->run.warmup + m->run.window);
}

static double cpu_limit(const struct service_config *s) {
  return s->resources.limits.cpu == INT64_MAX ? INFINITY : (double)s->resources.limits.cpu / 1000;
}

/* Limit and threads of one replica. */
static double own_cores(const struct model *m, const struct service_config *s) {
  double limit = cpu_limit(s), workers = runtime_workers(s), processes = runtime_processes(s);
  double cores = runtime_loops(s, threads_of(m, s, limit / processes)) + workers;
  return cores < limit ? cores : limit;
}

double computing_cores(const struct model *m, const struct service_config *s) {
  struct arena *arena = arena_new();
  double own = own_cores(m, s), node = hosts_of(m, s, arena).largest_node;
  arena_free(arena);
  return own < node ? own : node;
}

/* What computes its requests, where that is the bound: loops, or the threads of one that the global lock lets go on. */
static const char *computing_threads(const struct service_config *s, double loops) {
  if (s->runtime == RUNTIME_GIL) return "GIL";
  if (s->kind == SERVICE_APP && s->threads == 1) return loops > 1 ? "event loops" : "event loop";
  return loops > 1 ? "threads" : "thread";
}

/* Threads that requests hold; the limit on CPU; loops; workers beside them. */
static void add_service(struct load_sheet *l, const struct model *m, uint32_t i) {
  const struct service_config *s = model_service(m, i);
  const struct demand_sums *d = l->sums;
  const struct hosts *h = &l->hosts[i];
  double own = own_cores(m, s), threads = threads_of(m, s, INFINITY), loops = runtime_loops(s, threads),
         workers = runtime_workers(s);
  double running = gc_running_share(s), count = l->replicas[i];
  const char *all = load_times(l, s, count);
  bool by_limit = own < loops + workers;
  assert(own >= 0 && running >= 0 && running <= 1);
  struct load row = {.kind = LOAD_COMPUTING, .owner = LOAD_OF_SERVICE, .index = i};
  if (s->runtime != RUNTIME_EVENT_LOOP && s->threads != INT64_MAX) {
    row.name = arena_format(l->arena, "%s threads%s", s->name, all), row.part = "threads";
    row.demand_s = d->held_s[i], row.capacity = threads * runtime_processes(s) * count;
    load_add(l, &row);
  }
  if (by_limit && own < h->largest_node) { /* else the node is full first */
    row.name = arena_format(l->arena, "%s CPU limit%s", s->name, all), row.part = "cpu";
    row.demand_s = d->cpu_s[i] / h->speed, row.capacity = own * count;
    load_add(l, &row);
  }
  if (s->runtime != RUNTIME_THREADS && loops * running < h->largest_node && (!by_limit || loops * running < own)) {
    row.name = arena_format(l->arena, "%s %s%s", s->name, computing_threads(s, loops), all);
    row.part = s->runtime == RUNTIME_GIL ? "cpu" : "threads";
    row.demand_s = (d->cpu_s[i] - d->workers_s[i]) / h->speed, row.capacity = loops * running * count;
    load_add(l, &row);
  }
  row.name = arena_format(l->arena, "%s workers%s", s->name, all), row.part = NULL;
  row.demand_s = d->workers_s[i] / h->speed, row.capacity = workers * running * count;
  load_add(l, &row);
}

static void loads(const struct model *m, struct load_sheet *l) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (service_runs(model_service(m, i))) add_service(l, m, i);
}

const struct load_part runtime_load = {.loads = loads};
