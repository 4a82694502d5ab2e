/* A roll-out at work: what all strategies have in common. */
#include "models/availability/outage.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/platform/lifecycle.h"
#include "models/platform/placement.h"
#include "models/release/rollout.h"
#include "models/release/strategies.h"
#include <assert.h>
#include <string.h>

static struct service *service_of(const struct rollout *r) { return &r->world->services[r->service]; }

const struct update_config *rollout_update(const struct rollout *r) { return service_update(service_config(service_of(r))); }

/* --- replicas ---------------------------------------------------------------------------------------------------------------- */

static sim_time available_at(const struct rollout *r, const struct container *c) {
  if (!container_offers(c) || c->leaving) return SIM_NEVER;
  if (r->world->orchestrator->updates != UPDATES_BY_PODS) return c->in_rotation ? 0 : SIM_NEVER;
  if (!c->ready) return SIM_NEVER;
  sim_time wait = rollout_update(r)->min_ready;
  return c->ready_changed_at < SIM_NEVER - 1 - wait ? c->ready_changed_at + wait : SIM_NEVER;
}

bool rollout_available(const struct rollout *r, const struct container *c) { return available_at(r, c) <= world_now(r->world); }

static void count(struct census *n, const struct rollout *r, const struct container *c) {
  if (c->state == CONTAINER_UNUSED) return;
  if (c->leaving && !c->returns) {
    n->going++;
    return;
  }
  sim_time at = available_at(r, c);
  bool available = at <= world_now(r->world);
  if (!available && at < n->next) n->next = at;
  *(c->build == r->build ? &n->fresh : &n->old) += 1;
  *(c->build == r->build ? &n->fresh_ready : &n->old_ready) += available;
}

struct census rollout_census(const struct rollout *r) {
  const struct service *s = service_of(r);
  struct census n = {.next = SIM_NEVER};
  for (uint32_t i = 0; i < s->capacity; i++) count(&n, r, &r->world->containers[s->first + i]);
  return n;
}

struct container *rollout_next_old(const struct rollout *r, uint32_t from) {
  const struct service *s = service_of(r);
  for (uint32_t i = from; i < s->capacity; i++) {
    struct container *c = &r->world->containers[s->first + i];
    if (c->state != CONTAINER_UNUSED && c->build != r->build && !c->leaving) return c;
  }
  return NULL;
}

/* --- acting ------------------------------------------------------------------------------------------------------------------ */

/* It has just taken one that was available. */
static void note_low(struct rollout *r) {
  struct census n = rollout_census(r);
  int64_t by_themselves = rollout_update(r)->kind->strict ? 0 : n.old - n.old_ready;
  int64_t missing = r->allowed_low - (n.fresh_ready + n.old_ready + by_themselves);
  if (missing > r->worst_low) r->worst_low = missing;
}

static void note_high(struct rollout *r) {
  struct census n = rollout_census(r);
  int64_t more = n.fresh + n.old - r->allowed_high;
  if (more > r->worst_high) r->worst_high = more;
}

bool rollout_begins_one(struct rollout *r) {
  struct service *s = service_of(r);
  for (uint32_t i = 0; i < s->capacity; i++) {
    struct container *c = &r->world->containers[s->first + i];
    if (c->state != CONTAINER_UNUSED) continue;
    r->moved_at = world_now(r->world);
    r->world->orchestrator->begin(r->world, c);
    note_high(r);
    return true;
  }
  return false;
}

void rollout_ends(struct rollout *r, struct container *c) {
  bool counted = rollout_available(r, c);
  r->moved_at = world_now(r->world);
  r->world->orchestrator->end(r->world, c, &rollout_update(r)->farewell);
  if (counted) note_low(r);
}

void rollout_renews(struct rollout *r, struct container *c) {
  bool counted = rollout_available(r, c);
  r->moved_at = world_now(r->world);
  r->world->orchestrator->renew(r->world, c, &rollout_update(r)->farewell);
  if (counted) note_low(r);
}

/* --- waiting ----------------------------------------------------------------------------------------------------------------- */

static void arm(struct rollout *r) {
  sim_time deadline = rollout_update(r)->deadline, at = r->waits_until;
  if (!r->stuck && deadline < SIM_NEVER - 1 - r->moved_at && r->moved_at + deadline < at) at = r->moved_at + deadline;
  if (at == SIM_NEVER)
    calendar_clear(r->world->calendar, r->timer);
  else if (calendar_time_of(r->world->calendar, r->timer) != at)
    calendar_set(r->world->calendar, r->timer, at);
}

void rollout_waits(struct rollout *r, sim_time until) { r->waits_until = until; }

bool rollout_has_new(struct rollout *r, int64_t wanted) {
  struct census n = rollout_census(r);
  while (n.fresh < wanted && rollout_begins_one(r)) n = rollout_census(r);
  if (n.fresh_ready < wanted) rollout_waits(r, n.next);
  return n.fresh_ready >= wanted;
}

static void check_deadline(struct rollout *r) {
  sim_time deadline = rollout_update(r)->deadline;
  if (r->stuck || deadline >= SIM_NEVER - 1 - r->moved_at || world_now(r->world) < r->moved_at + deadline) return;
  r->stuck = true;
  meter_count(r->world, r->release->stuck_meter);
}

/* Whatever its strategy has to do now. While its control plane is lost nothing is done. */
static void look_at(struct rollout *r) {
  if (!r->active || !placement_acts(r->world, service_config(service_of(r)))) return;
  check_deadline(r);
  r->waits_until = SIM_NEVER;
  rollout_update(r)->kind->look(r);
  if (r->active) arm(r);
}

/* Hook: a process ends; of the build that goes out, and not because it was told to, it has failed. */
void rollout_stops(struct world *w, struct container *c, bool served) {
  (void)served;
  struct rollout *r = &world_releases(w)->of[c->service];
  if (!r->active || r->build != c->build || c->leaving) return;
  r->failures++;
  releases_look(w);
}

/* Handler of its timer. */
static void goes_on(void *rollout, uint32_t argument) {
  (void)argument;
  look_at(rollout);
}

/* Handler: something has changed. */
static void look(void *world, uint32_t argument) {
  (void)argument;
  struct world *w = world;
  for (uint32_t i = 0; i < w->model->services.count; i++) look_at(&world_releases(w)->of[i]);
}

void releases_look(struct world *w) {
  struct releases *all = world_releases(w);
  if (!all || !all->active) return;
  if (calendar_time_of(w->calendar, all->slot) != world_now(w)) calendar_set(w->calendar, all->slot, world_now(w));
}

bool release_sizes(const struct world *w, uint32_t service) {
  const struct releases *all = world_releases(w);
  if (!all || !all->active || !all->of[service].active) return false;
  const struct rollout *r = &all->of[service];
  if (rollout_update(r)->kind->sizes) releases_look((struct world *)(uintptr_t)w);
  return rollout_update(r)->kind->sizes;
}

/* --- begin and end ----------------------------------------------------------------------------------------------------------- */

static void starts(struct rollout *r) {
  struct service *s = service_of(r);
  s->current = r->to, s->build = r->build;
  if (!r->active) world_releases(r->world)->active++;
  r->active = true, r->stuck = false;
  r->moved_at = world_now(r->world), r->waits_until = SIM_NEVER;
  r->stage = r->failures = r->cursor = 0, r->chosen = NONE, r->seen = 0;
  if (r->since) memset(r->since, 0, s->capacity * sizeof *r->since);
  const struct strategy *kind = rollout_update(r)->kind;
  if (kind->begin) kind->begin(r);
  releases_look(r->world);
}

void rollout_begins(struct rollout *r, const struct release_config *release, const struct service_config *to, bool bad) {
  assert(!r->active);
  struct service *s = service_of(r);
  r->release = release, r->bad = bad, r->back = false;
  r->from = s->current, r->from_build = s->build;
  r->to = to, r->build = ++r->builds;
  r->begun = world_now(r->world);
  starts(r);
}

void rollout_back(struct rollout *r) {
  assert(!r->back);
  const struct service_config *to = r->from;
  uint32_t build = r->from_build;
  r->from = r->to, r->from_build = r->build;
  r->to = to, r->build = build, r->back = true;
  meter_count(r->world, r->release->back_meter);
  starts(r);
}

void rollout_done(struct rollout *r) {
  assert(r->active);
  struct world *w = r->world;
  r->active = false, r->waits_until = SIM_NEVER;
  world_releases(w)->active--;
  calendar_clear(w->calendar, r->timer);
  meter_time(w, r->release->took_meter, world_now(w) - r->begun);
  if (r->back) r->bad = false;
  release_ended(w, r->release);
}

void rollouts_open(struct world *w) {
  struct releases *all = world_releases(w);
  all->slot = calendar_slot(w->calendar, look, w, 0);
  for (uint32_t i = 0; i < w->model->services.count; i++) {
    struct rollout *r = &all->of[i];
    *r = (struct rollout){.world = w, .service = i, .chosen = NONE, .waits_until = SIM_NEVER, .allowed_high = INT64_MAX};
    r->timer = calendar_slot(w->calendar, goes_on, r, 0);
  }
}
