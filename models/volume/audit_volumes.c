#include "models/core/audit.h"
#include "models/core/world.h"
#include "models/volume/volume.h"

/* What is bound to a node is there or nowhere. */
void audit_volumes(const struct audit *a) {
  const struct world *w = a->world;
  for (uint32_t i = 0; i < w->container_count; i++) {
    const struct container *c = &w->containers[i];
    uint32_t node = NONE;
    if (volume_is_bound(w, c, &node) && c->node != NONE && c->node != node)
      audit_broken(a, "volumes: container %u is on node %u, and its volume on %u", i, c->node, node);
  }
}
