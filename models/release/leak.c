/* Leaks in years: a version that keeps memory of each request is killed when its limit is passed, and starts again.
 *
 * In a run with requests models/machine/memory.h counts bytes. In years no request is played: how many a replica has answered since
 * its process began follows from what is offered by hour (levels.h), the calls of its service in a request, and the share of them
 * that it gets by what is in rotation and by the route's weights, all of which is brought up to date at each change. It is killed
 * at
 *
 *     (limit - processes x base) / leak      requests, give or take the square root of that, as arrivals are Poisson
 *
 * The limit is limits.memory, or without one its part of what the machine has left when all that is on it is at rest. What open
 * connections and requests inside take is not known here. Only versions of releases: a service that leaks as the scenario states it
 * is not killed in years. */
#include "models/availability/levels.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/platform/lifecycle.h"
#include "models/release/release.h"
#include "sim/engine/arena.h"
#include "sim/engine/real.h"
#include <math.h>

struct leak {
  struct world *world;
  uint32_t container;
  bool runs;
  double left;    /* requests until it is killed */
  double per_s;   /* that it gets at the mean load */
  sim_time since; /* both are of this time */
  struct stream draws;
  slot_id slot;
};

struct leaks {
  struct levels *levels; /* what is offered; null: nothing leaks */
  struct leak *of;       /* by container */
  uint32_t *running, count;
};

static struct leaks *leaks_of(const struct world *w) { return world_part(w, PART_leaks); }
static const struct levels *levels_now(const struct world *w) { return leaks_of(w)->levels; }

static bool leaks(const struct container *c) {
  const struct memory_config *m = &container_config(c)->memory;
  return c->build && m->base && m->leak > 0;
}

/* --- how many until then ----------------------------------------------------------------------------------------------------- */

static double at_rest(const struct container *c) {
  const struct service_config *s = container_config(c);
  return (double)s->memory.base * (double)s->processes.count;
}

/* What the machine has left, divided among those on it that leak without a limit. */
static double part_of_node(const struct world *w, const struct container *c) {
  const struct node *n = &w->nodes[c->node];
  double left = (double)n->group->memory, sharing = 0;
  for (uint32_t i = 0; i < n->container_count; i++) {
    const struct container *other = &w->containers[n->containers[i]];
    left -= container_config(other)->memory.base ? at_rest(other) : 0;
    sharing += leaks(other) && !container_config(other)->resources.limits.memory;
  }
  return fmax(left, 0) / fmax(sharing, 1);
}

static double normal(struct stream *draws) {
  double sum = -6; /* of twelve uniform ones: mean 0, variance 1 */
  for (int i = 0; i < 12; i++) sum += stream_uniform(draws);
  return sum;
}

static double requests_until(struct leak *k, const struct container *c) {
  const struct service_config *s = container_config(c);
  double room = s->resources.limits.memory ? (double)s->resources.limits.memory - at_rest(c) : part_of_node(k->world, c);
  double count = fmax(room, 0) / (double)s->memory.leak;
  return fmax(count + sqrt(count) * normal(&k->draws), 0);
}

/* --- how fast ---------------------------------------------------------------------------------------------------------------- */

static double share_of(const struct world *w, const struct service *s, const struct container *c) {
  if (!c->in_rotation) return 0;
  if (!s->split) return 1. / s->in_rotation;
  double side[2] = {0, 0};
  for (uint32_t i = 0; i < s->in_rotation; i++) side[w->containers[s->rotation[i]].build == s->split->build]++;
  if (!(side[0] > 0) || !(side[1] > 0)) return 1. / s->in_rotation;
  return c->build == s->split->build ? s->split->share / side[1] : (1 - s->split->share) / side[0];
}

static double rate_of(const struct world *w, const struct container *c) {
  const struct service *s = world_service_of(w, c);
  return levels_now(w)->mean * service_update(service_config(s))->calls * share_of(w, s, c);
}

/* When so many seconds at the mean load have passed from now on. */
static sim_time reached(const struct levels *l, sim_time now, double mean_s) {
  double days = floor(mean_s / 86400);
  if (!(mean_s < 1e9)) return SIM_NEVER;
  sim_time at = now + (sim_time)days * SIM_DAY;
  double left = (mean_s - days * 86400) * 1e9;
  for (uint32_t hour = 0; hour <= HOURS; hour++) {
    sim_time next = levels_next(l, at);
    if (next == SIM_NEVER) break;
    double passes = levels_between(l, at, next);
    if (passes >= left) return at + (sim_time)(left / passes * (double)(next - at));
    left -= passes, at = next;
  }
  return at + (sim_time)left;
}

static void arm(struct leak *k) {
  struct world *w = k->world;
  sim_time now = world_now(w), at = k->per_s > 0 ? reached(levels_now(w), now, k->left / k->per_s) : SIM_NEVER;
  if (at == SIM_NEVER)
    calendar_clear(w->calendar, k->slot);
  else
    calendar_set(w->calendar, k->slot, at);
}

static void follow(struct leak *k) {
  struct world *w = k->world;
  double per_s = rate_of(w, &w->containers[k->container]);
  if (per_s == k->per_s) return;
  sim_time now = world_now(w);
  k->left = fmax(k->left - k->per_s * levels_between(levels_now(w), k->since, now) * 1e-9, 0);
  k->since = now, k->per_s = per_s;
  arm(k);
}

/* --- hooks ------------------------------------------------------------------------------------------------------------------- */

static void leaks_follow(struct world *w) {
  const struct leaks *all = leaks_of(w);
  for (uint32_t i = 0; i < all->count; i++) follow(&all->of[all->running[i]]);
}

static void leaks_serve(struct world *w, struct container *c, bool warm) {
  struct leaks *all = leaks_of(w);
  if (!all->levels || warm || !leaks(c) || all->of[c->id].runs) return;
  struct leak *k = &all->of[c->id];
  all->running[all->count++] = c->id;
  k->runs = true, k->left = requests_until(k, c), k->per_s = 0, k->since = world_now(w);
  follow(k);
}

static void leaks_die(struct world *w, struct container *c) {
  struct leaks *all = leaks_of(w);
  if (!all->levels || !all->of[c->id].runs) return;
  all->of[c->id].runs = false;
  calendar_clear(w->calendar, all->of[c->id].slot);
  for (uint32_t i = 0; i < all->count; i++)
    if (all->running[i] == c->id) all->running[i--] = all->running[--all->count];
}

/* Out of memory. One that is on its way out goes anyway. */
static void runs_out(void *leak, uint32_t unused) {
  (void)unused;
  struct leak *k = leak;
  struct container *c = &k->world->containers[k->container];
  if (container_offers(c)) lifecycle_crash(k->world, c);
}

static bool some_leaks(const struct model *m) {
  for (uint32_t i = 0; i < model_releases(m)->count; i++) {
    const struct release_config *r = model_release(m, i);
    for (uint32_t k = 0; k < r->services.count; k++)
      if (r->good[k]->memory.leak > 0 || (r->bad && r->bad_ones[k]->memory.leak > 0)) return true;
  }
  return false;
}

static void leaks_open(struct world *w) {
  if (w->mode != WORLD_AVAILABILITY) return;
  struct leaks *all = leaks_of(w);
  all->levels = arena_alloc(w->arena, sizeof *all->levels);
  *all->levels = levels_of(w->model);
  all->of = arena_new_array(w->arena, struct leak, w->model->container_count + 1);
  all->running = arena_new_array(w->arena, uint32_t, w->model->container_count + 1);
  for (uint32_t i = 0; i < w->model->container_count; i++) {
    struct leak *k = &all->of[i];
    *k = (struct leak){.world = w, .container = i};
    k->draws = stream_open(stream_key(w->seed, w->replication, PURPOSE_LEAK, i));
    k->slot = calendar_slot(w->calendar, runs_out, k, 0);
  }
}

const struct part part_leaks = {.name = "leaks",
                                .used = some_leaks,
                                .room.world = sizeof(struct leaks),
                                .open = leaks_open,
                                .serves = leaks_serve,
                                .dies = leaks_die,
                                .changed = leaks_follow};
