#include "models/core/audit.h"
#include "models/cache/rebuild.h"
#include "models/core/world.h"

/* Marks of rebuilds belong to living requests, and who waits for one stands in its line. */
void audit_rebuilds(const struct audit *a) {
  const struct world *w = a->world;
  uint64_t waiting = 0, in_lines = 0, owned = 0, orphans = 0, marks = 0;
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    const struct request *r = world_request(w, id);
    if (!r->live) continue;
    waiting += r->waiting == &wait_rebuild;
    for (uint32_t k = request_rebuilds(w, r)->rebuilds; k != NONE;
         k = ((const struct rebuild *)pool_at(&world_rebuilds(w)->marks, k))->older, owned++)
      if (((const struct rebuild *)pool_at(&world_rebuilds(w)->marks, k))->owner != id)
        audit_broken(a, "rebuilds: request %u lists what is not its own", id);
  }
  for (uint32_t id = 0; id < pool_capacity(&world_rebuilds(w)->marks); id++) {
    const struct rebuild *m = pool_at(&world_rebuilds(w)->marks, id);
    if (!m->used) continue;
    marks++, in_lines += m->line.queue.count, orphans += m->owner == NONE;
    if (m->owner == NONE && !m->timed) audit_broken(a, "rebuilds: mark %u has neither an owner nor an end", id);
  }
  if (waiting != in_lines || marks != owned + orphans || marks != pool_live(&world_rebuilds(w)->marks))
    audit_broken(a, "rebuilds: %llu requests wait, %llu stand in lines; of %llu marks %llu are owned, %llu orphans, %u live",
                 (unsigned long long)waiting, (unsigned long long)in_lines, (unsigned long long)marks, (unsigned long long)owned,
                 (unsigned long long)orphans, pool_live(&world_rebuilds(w)->marks));
}
