#include "models/core/audit.h"
#include "models/guard/limiter.h"
#include "models/core/world.h"
#include "sim/engine/allocate.h"
#include <stdlib.h>

/* Permits held and requests waiting, by limit, as the living requests know it. */
static void count_permits(const struct world *w, uint32_t *held, uint32_t *waiting) {
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    const struct request *r = world_request(w, id);
    if (!r->live) continue;
    for (uint32_t p = request_limits(w, r)->permits; p != NONE;
         p = ((const struct permit *)pool_at(&world_limits(w)->permits, p))->next)
      held[((const struct permit *)pool_at(&world_limits(w)->permits, p))->limit]++;
    if (r->waiting == &wait_permit) waiting[w->model->programs[r->endpoint].instructions[r->pc - 1].limit]++;
  }
}

void audit_limits(const struct audit *a) {
  const struct world *w = a->world;
  uint32_t n = model_limits(w->model)->count + 1, *held = allocate_zeroed(n, sizeof *held),
           *waiting = allocate_zeroed(n, sizeof *waiting), permits = 0;
  count_permits(w, held, waiting);
  for (uint32_t i = 0; i + 1 < n; i++) {
    const struct limit *l = &world_limits(w)->each[i];
    permits += held[i];
    if (l->in_use != held[i] || l->waiting != waiting[i])
      audit_broken(a, "limit %s: %u permits held and %u requests waiting, %u and %u counted", l->config->name, held[i], waiting[i],
                   l->in_use, l->waiting);
    if (l->asked != l->accepted + l->refused + l->abandoned + l->waiting)
      audit_broken(a, "limit %s: of %llu that asked %llu passed, %llu were refused, %llu gave up or lost their replica and %u wait",
                   l->config->name, (unsigned long long)l->asked, (unsigned long long)l->accepted, (unsigned long long)l->refused,
                   (unsigned long long)l->abandoned, l->waiting);
    const char *wrong = limit_accounts_wrong(l);
    if (wrong) audit_broken(a, "limit %s: %s", l->config->name, wrong);
  }
  if (permits != pool_live(&world_limits(w)->permits))
    audit_broken(a, "%u permits are held, %u entries live", permits, pool_live(&world_limits(w)->permits));
  free(held);
  free(waiting);
}
