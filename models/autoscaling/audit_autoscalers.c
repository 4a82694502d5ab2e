/* Audit of autoscalers: sizes within their limits. */
#include "models/autoscaling/autoscaler.h"
#include "models/core/audit.h"
#include "models/core/world.h"
#include "models/release/release.h"

/* While a roll-out of the service is under way its strategy says how many there are, and its own audit what it may. */
static bool sized_by_release(const struct world *w, uint32_t service) {
  const struct releases *all = world_releases(w);
  return all && all->active && all->of[service].active;
}

void audit_autoscalers(const struct audit *a) {
  const struct world *w = a->world;
  const struct autoscalers *all = world_autoscalers(w);
  for (uint32_t i = 0; i < all->count; i++) {
    const struct service *s = &w->services[all->each[i].service];
    const struct autoscale_config *c = &service_config(s)->autoscale;
    int64_t size = 0;
    for (uint32_t k = 0; k < s->capacity; k++) {
      const struct container *r = &w->containers[s->first + k];
      size += r->state != CONTAINER_UNUSED && r->state != CONTAINER_DRAINING && !r->leaving;
    }
    if (all->each[i].synced && (s->desired > c->max || s->desired < c->min))
      audit_broken(a, "autoscaler: %s wants %d replicas, outside of %lld to %lld", service_config(s)->name, s->desired,
                   (long long)c->min, (long long)c->max);
    if (size > s->desired && !sized_by_release(w, all->each[i].service))
      audit_broken(a, "autoscaler: %s has %lld replicas that are not being taken away, and wants %d", service_config(s)->name,
                   (long long)size, s->desired);
  }
}
