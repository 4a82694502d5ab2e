/* recreate: all replicas go, and others come: an outage of stop and start.
 *
 * `docker compose up -d` stops each container of the service and starts a new one in its stead. A Kubernetes Deployment with
 * strategy Recreate waits until all old pods are gone before it makes new ones; of a service with data each pod follows its own. */
#include "models/core/world.h"
#include "models/release/strategies.h"

enum { ENDS_OLD, WAITS, MAKES_NEW };

static bool by_pods(const struct rollout *r) {
  const struct service_config *s = service_config(&r->world->services[r->service]);
  bool has_data = s->kind == SERVICE_DATABASE || s->kind == SERVICE_QUEUE || s->kind == SERVICE_CACHE;
  return r->world->orchestrator->updates == UPDATES_BY_PODS && !has_data && !s->replicas_by_region.count;
}

static void ends_all(struct rollout *r) {
  bool pods = by_pods(r);
  for (struct container *c; (c = rollout_next_old(r, 0)) != NULL;) {
    if (pods)
      rollout_ends(r, c);
    else
      rollout_renews(r, c);
  }
}

static void look(struct rollout *r) {
  int64_t desired = r->world->services[r->service].desired;
  r->allowed_low = 0, r->allowed_high = desired;
  if (r->stage == ENDS_OLD) {
    r->stage = WAITS;
    ends_all(r);
  }
  struct census n = rollout_census(r);
  if (by_pods(r) && !n.going && !n.old)
    for (; n.fresh < desired && rollout_begins_one(r);) n = rollout_census(r);
  if (n.old) ends_all(r); /* made meanwhile in their stead */
  n = rollout_census(r);
  if (!n.old && n.fresh == desired && n.fresh_ready == desired)
    rollout_done(r);
  else
    rollout_waits(r, n.next);
}

const struct strategy strategy_recreate = {
    .member = {.word = "recreate", .doc = "All replicas go, then others come: an outage. Compose's up -d, Kubernetes' Recreate."},
    .suits = 1 << UPDATES_BY_PODS | 1 << UPDATES_WITH_GAPS | 1 << UPDATES_IN_PLACE,
    .usual = 1 << UPDATES_WITH_GAPS,
    .sizes = true,
    .look = look};
