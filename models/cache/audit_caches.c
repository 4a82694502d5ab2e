#include "models/core/audit.h"
#include "models/cache/cache.h"
#include "models/core/world.h"

static void audit_content(const struct audit *a, const struct service *s, const struct container *c,
                          const struct cache_store *content) {
  const char *wrong = cache_store_wrong(content);
  if (wrong) audit_broken(a, "cache: container %u of %s: %s", c->id, service_config(s)->name, wrong);
  if (content->count && !s->shards && !container_lives(c))
    audit_broken(a, "cache: container %u of %s holds %u items and is not there", c->id, service_config(s)->name, content->count);
}

/* Every store whole; a process that is not there holds nothing; the levels that meters show are the sums. */
void audit_caches(const struct audit *a) {
  const struct world *w = a->world;
  for (uint32_t i = 0; i < w->model->services.count; i++) {
    const struct service *s = &w->services[i];
    const struct cache_config *config = service_cache(service_config(s));
    int64_t held = 0, bytes = 0, cold = 0;
    for (uint32_t k = s->first; config->keyed && k < s->first + s->capacity; k++) {
      const struct container *c = &w->containers[k];
      for (uint32_t n = 0; n < config->stores; n++) {
        const struct cache_store *content = cache_content(c, n);
        audit_content(a, s, c, content);
        held += content->count, bytes += content->bytes, cold += cache_is_cold(c, n);
      }
    }
    const struct meter_observation *m = w->observation.meters;
    if (!config->keyed) continue;
    if (level_value(&m[config->held].level) != held || (config->sized && level_value(&m[config->bytes].level) != bytes))
      audit_broken(a, "cache: %s holds %lld items of %lld bytes, %lld items are counted", service_config(s)->name, (long long)held,
                   (long long)bytes, (long long)level_value(&m[config->held].level));
    if (warmth_wanted(&config->warm) && level_value(&m[config->warm.cold].level) != cold)
      audit_broken(a, "cache: %lld stores of %s are cold, another number is counted", (long long)cold, service_config(s)->name);
  }
}
