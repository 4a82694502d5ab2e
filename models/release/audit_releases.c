/* Audit of roll-outs: what they may take by their own doing, and that nothing is left half done. */
#include "models/core/audit.h"
#include "models/core/world.h"
#include "models/release/release.h"

static uint32_t of_other_builds(const struct world *w, const struct service *s) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < s->capacity; i++) {
    const struct container *c = &w->containers[s->first + i];
    count += c->state != CONTAINER_UNUSED && !c->leaving && c->build != s->build;
  }
  return count;
}

void audit_releases(const struct audit *a) {
  const struct world *w = a->world;
  for (uint32_t i = 0; i < w->model->services.count; i++) {
    const struct rollout *r = &world_releases(w)->of[i];
    const char *name = service_config(&w->services[i])->name;
    if (r->worst_low > 0) audit_broken(a, "roll-out of %s: left %lld ready replicas too few", name, (long long)r->worst_low);
    if (r->worst_high > 0) audit_broken(a, "roll-out of %s: made %lld replicas too many", name, (long long)r->worst_high);
    bool parted = service_update(service_config(&w->services[i]))->partition > 0;
    uint32_t others = r->active || parted ? 0 : of_other_builds(w, &w->services[i]);
    if (others) audit_broken(a, "roll-out of %s: is done, and %u replicas are of another build", name, others);
  }
}
