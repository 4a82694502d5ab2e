#include "models/core/audit.h"
#include "models/replication/shard.h"
#include "models/core/world.h"

/* The primary of each shard is one of its replicas, and what does not serve is counted. */
void audit_shards(const struct audit *a) {
  const struct world *w = a->world;
  for (uint32_t i = 0; i < w->model->services.count; i++) {
    const struct service *s = &w->services[i];
    uint32_t uncovered = 0, alarmed = 0;
    for (uint32_t k = 0; s->shards && k < s->shards->count; k++) {
      const struct shard *d = &s->shards->of[k];
      const struct container *c = &w->containers[d->primary];
      bool down = !container_serves(c);
      if (c->service != i || shard_of_container(w, c->id) != k)
        audit_broken(a, "shards: container %u is primary of shard %u of %s", d->primary, k, service_config(s)->name);
      if (d->down != down)
        audit_broken(a, "shards: the primary of shard %u of %s is %s", k, service_config(s)->name, down ? "down" : "up");
      uncovered += down, alarmed += d->alarmed;
    }
    if (s->shards && (uncovered != s->shards->uncovered || alarmed != s->shards->alarmed))
      audit_broken(a, "shards: %u of %s are uncovered, %u counted", uncovered, service_config(s)->name, s->shards->uncovered);
  }
}
