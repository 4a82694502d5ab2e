#include "models/release/split.h"
#include "models/availability/levels.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/release/strategies.h"
#include "models/request/draws.h"
#include "models/service/balancer/balancer.h"
#include "models/traffic/offered.h"
#include "sim/engine/arena.h"
#include "sim/engine/real.h"
#include <math.h>

static struct service *service_of(const struct rollout *r) { return &r->world->services[r->service]; }

/* --- routing ----------------------------------------------------------------------------------------------------------------- */

static void sort(const struct world *w, const struct service *s) {
  struct version_split *d = s->split;
  d->count[0] = d->count[1] = 0;
  for (uint32_t i = 0; i < s->in_rotation; i++) {
    bool fresh = w->containers[s->rotation[i]].build == d->build;
    d->side[fresh][d->count[fresh]++] = s->rotation[i];
  }
  d->stale = false;
}

static bool to_new(const struct version_split *d, const struct instruction *in, const struct request *r) {
  if (!d->count[0] || !d->count[1]) return d->count[1] > 0;
  struct stream draws = stream_at(r->key, draw_in_band(BAND_VERSION, in->draw, 1));
  return stream_uniform(&draws) < d->share;
}

static uint32_t pick(struct world *w, struct service *s, const struct instruction *in, const struct request *r) {
  struct version_split *d = s->split;
  if (d->stale) sort(w, s);
  bool fresh = to_new(d, in, r);
  d->calls += fresh;
  return balancer_pick_among(w, s, in, r, d->side[fresh], d->count[fresh], &d->cursor[fresh]);
}
static const struct routing routing_by_version = {.divided = true, .pick = pick};

static void changed(struct world *w, const struct service *s) {
  for (uint32_t i = 0; i < s->capacity; i++) world_touch(w, &w->containers[s->first + i]);
  parts_changed(w);
}

static void install(struct world *w, struct service *s, uint32_t build, double share, sim_time limit) {
  struct version_split *d = arena_new_array(w->arena, struct version_split, 1);
  if (s->split) *d = *s->split;
  if (!d->side[0])
    for (int i = 0; i < 2; i++) d->side[i] = arena_new_array(w->arena, uint32_t, s->capacity + 1);
  d->build = build, d->share = share, d->stale = true, d->limit = limit;
  d->calls = d->failures = d->answers = d->slow = 0;
  s->split = d, s->routing = &routing_by_version;
  changed(w, s);
}

static void remove_split(struct world *w, struct service *s) {
  s->split = NULL, s->routing = NULL;
  changed(w, s);
}

void split_begins(struct rollout *r) {
  install(r->world, service_of(r), r->build, 0, rollout_update(r)->abort_latency);
  r->split = true;
}

void split_imposed(struct world *w, uint32_t service, uint32_t build, double share) {
  install(w, &w->services[service], build, share, SIM_NEVER);
}

void split_lifted(struct world *w, uint32_t service) { remove_split(w, &w->services[service]); }

void split_set(struct rollout *r, double share) {
  struct service *s = service_of(r);
  if (s->split->share == share) return; /* looks come again when something changes */
  s->split->share = share;
  s->split->calls = s->split->failures = s->split->answers = s->split->slow = 0;
  r->judged_at = world_now(r->world);
  changed(r->world, s);
}

void split_ends(struct rollout *r) {
  if (!r->split) return;
  r->split = false;
  remove_split(r->world, service_of(r));
}

void split_retires_old(struct rollout *r, enum split_side side) {
  const struct version_split *d = service_of(r)->split;
  if (r->split && d->share != (double)side) split_set(r, (double)side);
  for (struct container *c; (c = rollout_next_old(r, 0)) != NULL;) rollout_ends(r, c);
  struct census n = rollout_census(r);
  if (n.old || n.going) return;
  split_ends(r);
  rollout_done(r);
}

/* --- judging ----------------------------------------------------------------------------------------------------------------- */

/* A Poisson number: by inversion where few are expected, else as a normal one. */
static double some(struct stream *draws, double mean) {
  if (mean > 200) {
    double sum = -6; /* of twelve uniform ones: mean 0, variance 1 */
    for (int i = 0; i < 12; i++) sum += stream_uniform(draws);
    return fmax(0, floor(mean + sqrt(mean) * sum + 0.5));
  }
  double left = real_exp(-mean), drawn = stream_uniform(draws), count = 0;
  for (double term = left; drawn > term && count < 1000; count++) drawn -= term, term *= mean / (count + 1);
  return count;
}

/* In years: what would have been seen. Whether answers are slow is not known there. */
static void imagine(struct rollout *r) {
  struct world *w = r->world;
  struct version_split *d = service_of(r)->split;
  const struct levels *l = world_releases(w)->levels;
  struct stream *draws = &world_releases(w)->each[r->release - model_release(w->model, 0)].draws;
  double seconds = sim_seconds(world_now(w) - r->judged_at);
  double calls = l->per_second[levels_at(l, world_now(w))] * rollout_update(r)->calls * d->share * seconds;
  d->calls = (uint64_t)some(draws, calls);
  d->failures = (uint64_t)fmin(some(draws, calls * r->to->traits.errors), (double)d->calls);
}

bool split_condemns(struct rollout *r) {
  const struct update_config *u = rollout_update(r);
  struct version_split *d = service_of(r)->split;
  if (r->world->mode == WORLD_AVAILABILITY) imagine(r);
  bool fails = !isnan(u->abort_errors) && (double)d->failures > u->abort_errors * (double)d->calls;
  bool slow = (double)d->slow > (1 - u->percentile) * (double)d->answers;
  d->calls = d->failures = d->answers = d->slow = 0;
  r->judged_at = world_now(r->world);
  return fails || slow;
}

void splits_open(struct world *w) {
  if (w->mode != WORLD_AVAILABILITY) return;
  struct levels *l = arena_alloc(w->arena, sizeof *l);
  *l = levels_of(w->model);
  world_releases(w)->levels = l;
}

/* --- linking ----------------------------------------------------------------------------------------------------------------- */

const char *split_wrong(const struct model *m, const struct service_config *s) {
  if (model_regions(m)) return "a route by weight does not know regions: leave \"regions\" out, or bring it out in another way";
  if (s->balance.per == PER_CONNECTION)
    return "needs a route by weight, and \"balance\" chooses once for each connection: a share of the connections is not one of "
           "the calls";
  if (s->balance.policy->by_item)
    return "needs a route by weight, and \"balance\" sends each key to a replica of its own: a share of the keys is not one of the "
           "calls";
  return NULL;
}
