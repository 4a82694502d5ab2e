#include "models/core/audit.h"
#include "models/core/world.h"
#include "models/machine/accept.h"

static void audit_process(const struct audit *a, struct container *c, uint32_t process, uint32_t *queued) {
  struct crew *k = container_crew(c, process);
  *queued += k->door.count;
  if (k->door.count > (uint64_t)c->backlog + 1)
    audit_broken(a, "accept: %u connections wait at process %u of container %u, of at most %lld", k->door.count, process, c->id,
                 (long long)c->backlog + 1);
  if (k->running < k->threads && loop_is_ready(c, k))
    audit_broken(a, "accept: the loop of process %u of container %u stands still though something is ready", process, c->id);
}

void audit_accept(const struct audit *a) {
  const struct world *w = a->world;
  for (uint32_t i = 0; i < w->container_count; i++) {
    struct container *c = &w->containers[i];
    if (!c->loops) continue;
    uint32_t queued = 0;
    for (uint32_t k = 0; k < c->loops->count; k++) audit_process(a, c, k, &queued);
    if (queued != c->loops->queued)
      audit_broken(a, "accept: container %u counts %u connections that wait, and %u do", i, c->loops->queued, queued);
  }
}
