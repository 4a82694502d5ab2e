#include "models/machine/gc.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include <assert.h>

static const struct gc_config *config_of(const struct process *p) {
  return &container_config(&p->world->containers[p->container])->gc;
}

/* The next pause. */
static void turn_after(struct process *p) {
  assert(!p->paused);
  calendar_set(p->world->calendar, p->gc, world_after(p->world, distribution_sample_time(&config_of(p)->every, &p->gc_draws)));
}

static void gc_turns(void *process, uint32_t unused) {
  struct process *p = process;
  struct container *c = &p->world->containers[p->container];
  (void)unused;
  sim_time pause = p->paused ? 0 : distribution_sample_time(&config_of(p)->pause, &p->gc_draws);
  if (pause) {
    p->paused = true;
    container_park(p->world, c, p);
    calendar_set(p->world->calendar, p->gc, world_after(p->world, pause));
    return;
  }
  if (p->paused) { /* else it takes no time, and nothing of it is seen */
    p->paused = false;
    container_unpark(p->world, c, p);
  }
  turn_after(p);
}

double gc_running_share(const struct service_config *s) {
  double every = s->gc.every.mean, pause = s->gc.pause.mean;
  assert(!s->gc.every.kind || every + pause > 0);
  return s->gc.every.kind ? every / (every + pause) : 1;
}

/* --- life -------------------------------------------------------------------------------------------------------------------- */

static void gc_build(struct world *w, struct service *s) {
  for (uint32_t k = 0; k < s->capacity; k++) {
    struct container *c = &w->containers[s->first + k];
    const struct service_config *config = container_config(c);
    if (!config->gc.every.kind) continue;
    uint64_t key = stream_key(w->seed, w->replication, PURPOSE_GC, stream_entity(config->name, k));
    for (uint32_t i = 0; i < c->processes->count; i++) {
      struct process *p = &c->processes->each[i];
      p->gc = calendar_slot(w->calendar, gc_turns, p, 0);
      p->gc_draws = stream_at(key, i);
    }
  }
}

static void gc_serves(struct world *w, struct container *c, bool warm) {
  (void)w, (void)warm;
  for (uint32_t i = 0; container_config(c)->gc.every.kind && i < c->processes->count; i++) turn_after(&c->processes->each[i]);
}

static void gc_dies(struct world *w, struct container *c) {
  for (uint32_t i = 0; container_config(c)->gc.every.kind && i < c->processes->count; i++)
    calendar_clear(w->calendar, c->processes->each[i].gc);
}

const struct part part_gc = {
    .name = "garbage collection", .requests = true, .build = gc_build, .serves = gc_serves, .dies = gc_dies};
