#include "models/availability/work.h"
#include "models/availability/state.h"
#include "models/core/load_sheet.h"
#include "models/core/model.h"
#include "models/jobs/job_queue.h"
#include "models/request/operation.h"
#include "sim/engine/arena.h"

struct work {
  uint32_t endpoints;
  double **cores, **calls; /* by endpoint and service: of a request of the whole mix, its part in seconds; in calls */
  double *clock;           /* by service: cores that jobs of the clock keep busy */
};

static double *in_cores(const struct model *m, const struct load_sheet *l, struct arena *arena) {
  double *cores = arena_new_array(arena, double, m->services.count + 1);
  for (uint32_t i = 0; i < m->services.count; i++)
    if (l->hosts[i].speed > 0) cores[i] = l->sums->cpu_s[i] / l->hosts[i].speed;
  return cores;
}

static double *replicas_of(const struct model *m, struct arena *arena) {
  double *replicas = arena_new_array(arena, double, m->services.count + 1);
  for (uint32_t i = 0; i < m->services.count; i++) {
    const struct service_config *s = model_service(m, i);
    replicas[i] = (double)(s->active ? s->active : s->replicas);
  }
  return replicas;
}

static double *calls_of(const struct model *m, uint32_t endpoint, struct arena *arena) {
  const struct program *p = &m->programs[endpoint];
  struct demand_sums d = load_demand(m, arena);
  double *calls = arena_new_array(arena, double, m->services.count + 1);
  d.runs = arena_new_array(arena, double, p->count + 1);
  program_demand(p, m->endpoint_share[endpoint], &d);
  for (uint32_t i = 0; i < p->count; i++)
    if (p->instructions[i].operation->enters) calls[p->instructions[i].service] += d.runs[i];
  return calls;
}

struct work *work_new(const struct model *m, struct arena *arena) {
  struct work *k = arena_alloc(arena, sizeof *k);
  struct load_region only = {.region = -1, .replicas = replicas_of(m, arena)};
  *k = (struct work){.endpoints = m->endpoints.count};
  k->cores = arena_new_array(arena, double *, k->endpoints + 1);
  k->calls = arena_new_array(arena, double *, k->endpoints + 1);
  for (uint32_t e = 0; e < k->endpoints; e++) {
    double *shares = arena_new_array(arena, double, k->endpoints + 1);
    shares[e] = m->endpoint_share[e], only.shares = shares;
    struct load_sheet alone = load_sheet_in(m, &only, ASKING_TRAFFIC, arena);
    k->cores[e] = in_cores(m, &alone, arena);
    k->calls[e] = calls_of(m, e, arena);
  }
  if (!job_queues_scheduled(m)) return k;
  struct load_sheet clock = load_sheet_of(m, only.replicas, ASKING_CLOCK, arena);
  k->clock = in_cores(m, &clock, arena);
  return k;
}

static double sum(const struct work *k, double **each, uint32_t service, double per_second, const struct served *served) {
  double all = 0;
  for (uint32_t e = 0; e < k->endpoints; e++) all += per_second * each[e][service] * (served ? served[e].all : 1);
  return all;
}

double work_cores(const struct work *k, uint32_t service, double per_second, const struct served *served) {
  return sum(k, k->cores, service, per_second, served) + (k->clock ? k->clock[service] : 0);
}

double work_calls(const struct work *k, uint32_t service, double per_second, const struct served *served) {
  return sum(k, k->calls, service, per_second, served);
}
