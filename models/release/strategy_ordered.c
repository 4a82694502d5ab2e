/* ordered: a Kubernetes StatefulSet, or processes that are restarted one after the other.
 *
 * From the replica with the highest number down to `partition`, one at a time: it goes, comes back in the new version where its
 * data are, and the one before it follows when it is available. A replica that is not available holds all of them up, whatever its
 * version. (stateful_set_control.go: updateStatefulSet) */
#include "models/core/world.h"
#include "models/release/strategies.h"

/* The replica is on its way; the next one has to wait. */
static bool holds_up(const struct rollout *r, const struct container *c) { return c->leaving || !rollout_available(r, c); }

static void look(struct rollout *r) {
  const struct service *s = &r->world->services[r->service];
  const struct update_config *u = rollout_update(r);
  r->allowed_low = s->desired - 1;
  for (uint32_t i = s->capacity; i-- > u->partition;) {
    struct container *c = &r->world->containers[s->first + i];
    if (c->state == CONTAINER_UNUSED) continue;
    if (c->build != r->build && !c->leaving) {
      rollout_renews(r, c);
      return;
    }
    if (!holds_up(r, c)) continue;
    rollout_waits(r, rollout_census(r).next);
    return;
  }
  rollout_done(r);
}

static const struct field keys[] = {
    KEY("partition", INTEGER, update_config, partition, DEFAULT(0), RANGE(0, 5000),
        .doc = "ordered: replicas with a lower number than this stay as they are: a canary of a StatefulSet.",
        .source = "Kubernetes rollingUpdate.partition"),
    {0}};
const struct strategy strategy_ordered = {
    .member = {.word = "ordered",
               .doc = "One replica after the other, where it is, from the last to the first: a StatefulSet, or restarts by hand.",
               .keys = keys,
               .implied_by = "partition"},
    .suits = 1 << UPDATES_BY_PODS | 1 << UPDATES_IN_PLACE,
    .usual = 1 << UPDATES_IN_PLACE,
    .look = look};
