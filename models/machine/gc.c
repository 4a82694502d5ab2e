#include "models/machine/gc.h"
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

void gc_turns(void *process, uint32_t unused) {
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

void gc_starts(struct world *w, struct process *p) {
  if (w->mode == WORLD_TRAFFIC && config_of(p)->every.kind) turn_after(p);
}

void gc_ends(struct world *w, struct process *p) {
  p->paused = false;
  if (config_of(p)->every.kind) calendar_clear(w->calendar, p->gc);
}

double gc_running_share(const struct service_config *s) {
  double every = s->gc.every.mean, pause = s->gc.pause.mean;
  assert(!s->gc.every.kind || every + pause > 0);
  return s->gc.every.kind ? every / (every + pause) : 1;
}
