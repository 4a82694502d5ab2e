/* The lives of fault processes: they strike, are repaired, and strike again. */
#include "models/availability/outage.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/faults/biasing.h"
#include "models/faults/lives_inner.h"
#include "models/faults/law.h"
#include "models/platform/nodes.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <string.h>

void fault_arm(struct fault_process *f, sim_time at) {
  struct world *w = f->world;
  if (at <= w->horizon) calendar_set(w->calendar, f->slot, at);
  parts_staged(w);
}

static void arm_in(struct fault_process *f, sim_time delay) {
  sim_time now = world_now(f->world);
  if (delay < SIM_NEVER - now) fault_arm(f, now + delay);
}

void fault_breaks(struct fault_process *f, bool counted) {
  const struct fault_kind *kind = f->config->kind;
  assert(!f->broken && kind->strike);
  world_faults(f->world)->struck = f;
  if (counted && (!kind->stands || kind->stands(f->world, f->target))) outage_fault(f->world, f->fault);
  kind->strike(f->world, f->config, f->target);
  if (!kind->repair) return;
  f->broken = true;
  repair_asked(f);
}

void fault_lives(struct fault_process *f) { arm_in(f, f->config->law->next(f)); }

/* --- replicas that do not exist ---------------------------------------------------------------------------------------------- */

/* A life goes on while its target does not exist, and its strikes do nothing: they are drawn when the target serves, if it ever
 * does. Most of a hundred replicas that an autoscaler may add are not there for most of the years. */
static bool sleeps(const struct fault_process *f) {
  const struct fault_kind *kind = f->config->kind;
  return f->lives && !f->pool && kind->exists && !kind->repair && !f->config->law->by_clock && !world_faults(f->world)->bias &&
         !kind->exists(f->world, f->target);
}

static void sleep_on(struct fault_process *f) {
  struct faults *all = world_faults(f->world);
  if (!all->asleep) all->asleep = arena_new_array(f->world->arena, struct fault_process *, f->world->container_count);
  f->struck_last = world_now(f->world);
  f->next_asleep = all->asleep[f->target];
  all->asleep[f->target] = f;
}

static void wake(struct fault_process *f) {
  sim_time at = f->struck_last, now = world_now(f->world);
  while (at <= now) {
    sim_time life = f->config->law->next(f);
    if (life >= SIM_NEVER - at) return;
    at += life;
  }
  fault_arm(f, at);
}

void faults_wake(struct world *w, struct container *c, bool warm) {
  (void)warm;
  struct faults *all = world_faults(w);
  struct fault_process *f = all->asleep ? all->asleep[c->id] : NULL;
  if (!f) return;
  for (all->asleep[c->id] = NULL; f; f = f->next_asleep) wake(f);
}

/* --- strikes ------------------------------------------------------------------------------------------------------------------ */

static void strikes(struct fault_process *f) {
  if (f->pool)
    pool_strikes(f);
  else
    fault_breaks(f, true);
}

/* Handler of the process's slot. */
static void continues(void *process, uint32_t argument) {
  (void)argument;
  struct fault_process *f = process;
  if (sleeps(f)) {
    sleep_on(f);
    return;
  }
  if (!f->broken) {
    if (world_faults(f->world)->bias) bias_strikes(f);
    strikes(f);
  } else if (repair_goes_on(f)) {
    f->broken = false;
    world_faults(f->world)->mended = f;
    f->config->kind->repair(f->world, f->target);
  }
  if (f->broken || !f->lives) return;
  fault_lives(f);
  if (world_faults(f->world)->bias) bias_lives(f);
}

/* --- processes --------------------------------------------------------------------------------------------------------------- */

static struct fault_process *new_process(struct world *w) {
  struct faults *all = world_faults(w);
  if (all->count == all->room) {
    struct fault_process **more = arena_new_array(w->arena, struct fault_process *, all->room = all->room ? 2 * all->room : 16);
    if (all->count) memcpy(more, all->processes, all->count * sizeof *more);
    all->processes = more;
  }
  return all->processes[all->count++] = arena_new_array(w->arena, struct fault_process, 1);
}

/* number: of the stream that it draws from, within the fault. */
static struct fault_process *add(struct world *w, uint32_t fault, uint32_t target, uint64_t number) {
  const struct fault_config *k = model_fault_at(w->model, fault);
  struct fault_process *f = new_process(w);
  *f = (struct fault_process){.world = w, .config = k, .fault = fault, .target = target};
  f->draws = stream_open(stream_key(w->seed, w->replication, PURPOSE_FAULT, stream_entity(k->name, number)));
  f->slot = calendar_slot(w->calendar, continues, f, 0);
  return f;
}

static uint64_t number_of(const struct world *w, const struct fault_config *k, uint32_t target) {
  return (uint64_t)k->kind->number(w, k, target) << 1;
}

static void begins_life(struct fault_process *f) {
  f->lives = true;
  arm_in(f, f->config->law->first(f));
}

static void add_target(struct world *w, uint32_t fault, uint32_t target) {
  const struct fault_config *k = model_fault_at(w->model, fault);
  struct fault_pool *pool = world_faults(w)->pools[fault];
  if (!pool && !k->law) return;
  struct fault_process *f = add(w, fault, target, number_of(w, k, target));
  if (pool)
    pool_add(pool, w, f);
  else
    begins_life(f);
}

/* Each drill is a process of its own: one may begin before what the last one broke is repaired. */
static void add_drills(struct world *w, uint32_t fault, uint32_t target, uint64_t number) {
  const struct fault_config *k = model_fault_at(w->model, fault);
  for (uint32_t i = 0; i < k->at.count; i++) {
    struct fault_process *f = add(w, fault, target, number);
    f->pool = world_faults(w)->pools[fault];
    if (i) f->draws = stream_at(stream_bits(&f->draws), i);
    arm_in(f, ((const sim_time *)k->at.items)[i]);
  }
}

/* One life for all targets, and what it strikes is drawn. Its numbers are those that no target has. */
static void add_drawing(struct world *w, uint32_t fault) {
  const struct fault_config *k = model_fault_at(w->model, fault);
  add_drills(w, fault, NONE, UINT64_MAX);
  if (!k->law) return;
  struct fault_process *f = add(w, fault, NONE, UINT64_MAX - 1);
  f->pool = world_faults(w)->pools[fault];
  begins_life(f);
}

static void add_all(struct world *w, uint32_t fault) {
  const struct fault_config *k = model_fault_at(w->model, fault);
  bool draws = fault_draws(k);
  if (draws) world_faults(w)->pools[fault] = pool_new(w);
  for (uint32_t t = NONE, first = !draws; (t = k->kind->target_after(w, k, t)) != NONE; first = false) {
    add_target(w, fault, t);
    if (first) add_drills(w, fault, t, number_of(w, k, t) | 1);
  }
  if (draws) add_drawing(w, fault);
}

void faults_start(struct world *w) {
  world_faults(w)->kept = arena_new_array(w->arena, void *, model_faults(w->model)->count + 1);
  uint32_t zones = w->model->platform.regions.zone_count, count = model_faults(w->model)->count;
  if (zones) world_faults(w)->zone_losses = arena_new_array(w->arena, uint32_t, zones);
  world_faults(w)->pools = arena_new_array(w->arena, struct fault_pool *, count + 1);
  for (uint32_t i = 0; i < count; i++) add_all(w, i);
  bias_open(w);
}

/* A machine that is new is a target like the others of its group, and lost with its place. */
void faults_join(struct world *w, const struct node *n) {
  const uint32_t *losses = world_faults(w)->zone_losses;
  for (uint32_t k = 0; losses && k < losses[n->zone]; k++) node_fails(w, &w->nodes[n->index], DISK_UNSTATED);
  for (uint32_t i = 0; i < model_faults(w->model)->count; i++)
    if (!model_fault_at(w->model, i)->kind->goes_on && fault_takes_group(w->model, model_fault_at(w->model, i), n->group_index))
      add_target(w, i, n->index);
}
