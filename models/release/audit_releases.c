/* Audit of roll-outs: what they may take by their own doing, and that nothing is left half done. */
#include "models/core/audit.h"
#include "models/core/world.h"
#include "models/release/release.h"
#include "models/release/strategies.h"

static uint32_t of_other_builds(const struct world *w, const struct service *s) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < s->capacity; i++) {
    const struct container *c = &w->containers[s->first + i];
    count += c->state != CONTAINER_UNUSED && !c->leaving && c->build != s->build;
  }
  return count;
}

/* How many replicas may be there, apart from those on their way out: by what its strategy has allowed at its last look (twice the
 * size with a canary or a second set, the surge, the tasks of a swarm that start first), else the size. */
static int64_t most_of(const struct rollout *r, const struct service *s) {
  return r->active && r->allowed_high != INT64_MAX ? r->allowed_high : s->desired;
}

/* Of a service whose size an autoscaler changes the bounds are those of the size at the last look. */
static void check_numbers(const struct audit *a, const struct rollout *r, const struct service *s) {
  const char *name = service_config(s)->name;
  if (service_config(s)->autoscale.max) return;
  struct census n = rollout_census(r);
  if (n.fresh + n.old > most_of(r, s))
    audit_broken(a, "roll-out of %s: %lld replicas are there, of at most %lld", name, (long long)(n.fresh + n.old),
                 (long long)most_of(r, s));
  if (r->active && n.fresh > s->desired)
    audit_broken(a, "roll-out of %s: %lld of the version that goes out, of at most %lld", name, (long long)n.fresh,
                 (long long)s->desired);
}

/* Calls are divided while a roll-out says so, and by a share. */
static void check_split(const struct audit *a, const struct rollout *r, const struct service *s) {
  const char *name = service_config(s)->name;
  if (r->split && (!r->active || !s->split)) audit_broken(a, "roll-out of %s: its calls are divided, and it is over", name);
  if (s->split && !(s->split->share >= 0 && s->split->share <= 1))
    audit_broken(a, "roll-out of %s: %g of its calls go to the new version", name, s->split->share);
}

void audit_releases(const struct audit *a) {
  const struct world *w = a->world;
  uint32_t active = 0;
  for (uint32_t i = 0; i < w->model->services.count; i++) {
    const struct rollout *r = &world_releases(w)->of[i];
    const char *name = service_config(&w->services[i])->name;
    if (r->worst_low > 0) audit_broken(a, "roll-out of %s: left %lld ready replicas too few", name, (long long)r->worst_low);
    if (r->worst_high > 0) audit_broken(a, "roll-out of %s: made %lld replicas too many", name, (long long)r->worst_high);
    bool parted = service_update(service_config(&w->services[i]))->partition > 0;
    uint32_t others = r->active || parted ? 0 : of_other_builds(w, &w->services[i]);
    if (others) audit_broken(a, "roll-out of %s: is done, and %u replicas are of another build", name, others);
    check_numbers(a, r, &w->services[i]);
    check_split(a, r, &w->services[i]);
    active += r->active;
  }
  if (active != world_releases(w)->active)
    audit_broken(a, "roll-outs: %u are under way, and %u are counted", active, world_releases(w)->active);
}
