/* rolling: a Kubernetes Deployment.
 *
 * Of n pods wanted at most n + surge are there, and at least n - unavailable stay available, that is ready for `min_ready`. Surge
 * rounds up and unavailable down; when both come out as 0, unavailable is 1. Each time something changes: new pods begin as far as
 * the surge allows; old pods that are not available go first, then as many of the others as there are more available than must be.
 * Pods on their way out are not counted, so that for a while there are more processes than n + surge. After `deadline` without
 * progress the roll-out is reported as stuck, and nothing else happens. (deployment controller: ResolveFenceposts,
 * NewRSNewReplicas, reconcileOldReplicaSets) */
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/release/strategies.h"
#include <math.h>

struct fenceposts {
  int64_t surge, unavailable;
};

static int64_t resolved(const struct amount *a, int64_t n, bool up) {
  if (a->form != AMOUNT_SHARE) return (int64_t)a->value;
  double exact = a->value * (double)n;
  return (int64_t)(up ? ceil(exact - 1e-9) : floor(exact + 1e-9));
}

static struct fenceposts fenceposts_of(const struct update_config *u, int64_t n) {
  struct fenceposts f = {resolved(&u->surge, n, true), resolved(&u->unavailable, n, false)};
  if (!f.surge && !f.unavailable) f.unavailable = 1;
  if (f.unavailable > n) f.unavailable = n;
  return f;
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* --- pods -------------------------------------------------------------------------------------------------------------------- */

/* Of the old ones (or the new ones, when there are too many) the first to go: not available before available, then the youngest. */
static struct container *victim(const struct rollout *r, bool fresh, bool available) {
  const struct service *s = &r->world->services[r->service];
  struct container *worst = NULL;
  for (uint32_t i = 0; i < s->capacity; i++) {
    struct container *c = &r->world->containers[s->first + i];
    if (c->state == CONTAINER_UNUSED || c->leaving || (c->build == r->build) != fresh || rollout_available(r, c) != available)
      continue;
    if (!worst || c->started_at >= worst->started_at) worst = c;
  }
  return worst;
}

/* Returns how many went. */
static int64_t takes_away(struct rollout *r, int64_t most, bool fresh, bool available) {
  int64_t gone = 0;
  struct container *c;
  while (gone < most && (c = victim(r, fresh, available)) != NULL) rollout_ends(r, c), gone++;
  return gone;
}

static void begins_new(struct rollout *r, const struct census *n, int64_t desired, int64_t surge) {
  int64_t room = least(desired + surge - (n->fresh + n->old), desired - n->fresh);
  while (room > 0 && rollout_begins_one(r)) room--;
}

static void ends_old(struct rollout *r, const struct fenceposts *f, int64_t desired) {
  struct census n = rollout_census(r);
  int64_t must = desired - f->unavailable, may_go = n.fresh + n.old - must - (n.fresh - n.fresh_ready);
  if (!n.old || may_go <= 0) return;
  takes_away(r, least(may_go, n.old - n.old_ready), false, false);
  n = rollout_census(r);
  takes_away(r, least(n.fresh_ready + n.old_ready - must, n.old), false, true);
}

static void look(struct rollout *r) {
  int64_t desired = r->world->services[r->service].desired;
  struct fenceposts f = fenceposts_of(rollout_update(r), desired);
  r->allowed_low = desired - f.unavailable, r->allowed_high = desired + f.surge;
  struct census n = rollout_census(r);
  if (n.fresh_ready > r->seen) r->moved_at = world_now(r->world);
  r->seen = (uint32_t)n.fresh_ready;
  if (n.fresh > desired) takes_away(r, n.fresh - desired, true, n.fresh_ready == n.fresh);
  begins_new(r, &n, desired, f.surge);
  ends_old(r, &f, desired);
  n = rollout_census(r);
  if (!n.old && n.fresh == desired && n.fresh_ready == desired)
    rollout_done(r);
  else
    rollout_waits(r, n.next);
}

/* --- linking ----------------------------------------------------------------------------------------------------------------- */

static void link(struct linker *l, const struct service_config *s, struct update_config *u, const char *path) {
  (void)s;
  if (!(u->surge.value > 0) && !(u->unavailable.value > 0))
    link_error(l, path, "surge", "\"surge\" and \"unavailable\" are both 0: no pod could ever be replaced; give one of them 1");
}

/* Those of the surge, and as many on their way out as there are. */
static uint32_t spare(const struct service_config *s, const struct update_config *u) {
  int64_t most = service_most_replicas(s) > s->replicas ? service_most_replicas(s) : s->replicas;
  return (uint32_t)(fenceposts_of(u, most).surge + most);
}

static const struct field keys[] = {
    KEY("surge", AMOUNT, update_config, surge, DEFAULT("25%"), RANGE(0, 5000),
        .doc = "rolling: pods above those that are wanted; a share rounds up.", .source = "Kubernetes maxSurge"),
    KEY("unavailable", AMOUNT, update_config, unavailable, DEFAULT("25%"), RANGE(0, 5000),
        .doc = "rolling: pods that may be missing; a share rounds down. When both come out as 0 it is 1.",
        .source = "Kubernetes maxUnavailable"),
    {0}};
const struct strategy strategy_rolling = {
    .member = {.word = "rolling",
               .doc = "A Kubernetes Deployment: new pods begin and old ones go, within \"surge\" and \"unavailable\".",
               .keys = keys,
               .implied_by = "surge"},
    .suits = 1 << UPDATES_BY_PODS,
    .usual = 1 << UPDATES_BY_PODS,
    .sizes = true,
    .strict = true,
    .link = link,
    .spare = spare,
    .look = look};
