#include "models/core/audit.h"
#include "models/guard/limit_over_time.h"
#include "models/replication/replication.h"
#include "models/replication/standby.h"
#include "models/core/world.h"
#include "sim/engine/allocate.h"
#include <stdlib.h>

/* Workers at work and commits that wait, as the living requests know them. */
static void count_replication(const struct world *w, const struct replication *p, uint32_t *workers, uint32_t *waiting) {
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    const struct request *r = world_request(w, id);
    if (!r->live || !r->depth) continue;
    uint32_t at = r->frames[r->depth - 1].container - p->first;
    const struct instruction *in = &w->model->programs[r->endpoint].instructions[r->pc - (r->pc > 0)];
    *waiting += r->waiting == &wait_acks && in->service == (int32_t)p->service->index && at < p->count;
    if (replication_is_on(p->config) && r->endpoint == p->config->apply_program && at < p->count) workers[at]++;
  }
}

static void audit_replica(const struct audit *a, const struct replication *p, const struct replica *r, uint32_t workers) {
  const char *name = service_config(p->service)->name;
  if (r->applied > r->taken || r->taken > r->received || r->received > p->head || r->acknowledged > r->received)
    audit_broken(a, "replica %u of %s: applied %llu, taken %llu, received %llu, acknowledged %llu of %llu", r->container, name,
                 (unsigned long long)r->applied, (unsigned long long)r->taken, (unsigned long long)r->received,
                 (unsigned long long)r->acknowledged, (unsigned long long)p->head);
  if (r->taken - r->applied - (uint64_t)__builtin_popcountll(r->done) != workers ||
      r->taken - r->applied > (uint64_t)p->config->workers)
    audit_broken(a, "replica %u of %s: %u workers are at work on %llu writes", r->container, name, workers,
                 (unsigned long long)(r->taken - r->applied));
}

static void audit_standby(const struct audit *a, const struct replication *p, const struct replica *r, uint32_t *reads) {
  const char *wrong = standby_wrong(p, r, reads);
  if (wrong) audit_broken(a, "replica %u of %s %s", r->container, service_config(p->service)->name, wrong);
}

static void audit_log(const struct audit *a, const struct replication *p, uint32_t *reads) {
  const char *name = service_config(p->service)->name;
  uint32_t *workers = allocate_zeroed(p->count + 1, sizeof *workers), waiting = 0;
  count_replication(a->world, p, workers, &waiting);
  for (uint32_t k = 0; k < p->count; k++) audit_standby(a, p, &p->replicas[k], reads);
  for (uint32_t k = 0; k < p->count; k++)
    if (p->first + k != *p->primary && !p->replicas[k].resync) audit_replica(a, p, &p->replicas[k], workers[k]);
  if (waiting != p->line.queue.count) audit_broken(a, "%s: %u commits wait, %u counted", name, waiting, p->line.queue.count);
  if (p->released > p->head)
    audit_broken(a, "%s: %llu writes were acknowledged, there are %llu", name, (unsigned long long)p->released,
                 (unsigned long long)p->head);
  free(workers);
}

void audit_replication(const struct audit *a) {
  const struct world *w = a->world;
  uint32_t reads = 0;
  for (uint32_t i = 0; i < w->model->services.count; i++)
    for (uint32_t k = 0; k < replications_of(&w->services[i]); k++) audit_log(a, &w->services[i].replication[k], &reads);
  if (reads != pool_live(&world_standbys(w)->reads))
    audit_broken(a, "replicas: %u reads in progress, %u are remembered", reads, pool_live(&world_standbys(w)->reads));
}
