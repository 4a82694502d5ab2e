#include "models/machine/gc.h"
#include "models/core/audit.h"
#include "models/core/link.h"
#include "models/core/meter.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/request/operation.h"
#include "models/request/walk.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>
#include <string.h>

static const struct gc_config *config_of(const struct process *p) {
  return &container_config(&p->world->containers[p->container])->gc;
}

/* The next pause. */
static void turn_after(struct process *p) {
  assert(!p->paused || p->collects); /* whoever went on may have had to collect */
  calendar_set(p->world->calendar, p->gc, world_after(p->world, distribution_sample_time(&config_of(p)->every, &p->gc_draws)));
}

static void gc_turns(void *process, uint32_t unused) {
  struct process *p = process;
  struct container *c = &p->world->containers[p->container];
  (void)unused;
  p->pause_due = p->collects;
  if (p->pause_due) return; /* one thing after the other */
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

static void gc_check(struct linker *l, struct service_config *s, const char *path) {
  const struct gc_config *gc = &s->gc;
  if (!gc->every.kind != !gc->pause.kind)
    link_error(l, path, "gc", "pauses by time need both \"every\" and \"pause\"; collections by allocation take \"minor\"");
  else if (gc->every.kind && gc->every.mean + gc->pause.mean <= 0)
    link_error(l, path, "gc", "\"every\" and \"pause\" are both no time: time would never go on");
  if (!gc->minor.kind && (gc->allocation || gc->major.every))
    link_error(l, path, "gc", "how long does a collection take? Give \"minor\": V8 needs a millisecond or two");
}

/* --- by allocation ----------------------------------------------------------------------------------------------------------- */

/* Mean CPU time of a collection, in ns. */
static double mean_collection(const struct gc_config *gc) {
  double n = gc->major.every ? (double)gc->major.every : INFINITY;
  return gc->major.every ? ((n - 1) * gc->minor.mean + gc->major.pause.mean) / n : gc->minor.mean;
}

static struct process *process_of(const struct container *c, const struct request *r) {
  return &c->processes->each[r->frames[r->depth - 1].process];
}

static bool allocate(struct world *w, struct request *r, const struct instruction *in) {
  struct process *p = process_of(&w->containers[r->frames[r->depth - 1].container], r);
  p->allocated += (int64_t)in->scale, p->allocated_ever += (int64_t)in->scale;
  return true;
}

/* Its demand is its share of a collection. */
static const struct operation operation_allocate = {.name = "allocate", .run = allocate, .ask = compute_asks};

void gc_compile(struct compiler *c, int64_t bytes) {
  const struct service_config *s = model_service(c->model, (uint32_t)compile_service(c));
  if (!s->gc.minor.kind) {
    compile_error(c, "\"%s\" does not collect by allocation: give its \"gc\" a \"minor\", the CPU time of a collection", s->name);
    return;
  }
  struct instruction *in = compile_emit_quietly(c, &operation_allocate);
  in->service = compile_service(c);
  in->scale = (double)bytes;
  in->demand = distribution_constant((double)bytes / (double)s->gc.young * mean_collection(&s->gc));
}

static void gc_accepted(struct compiler *c) {
  const struct gc_config *gc = &model_service(c->model, (uint32_t)compile_service(c))->gc;
  if (gc->allocation && gc->minor.kind) gc_compile(c, gc->allocation);
}

static sim_time draw_collection(const struct container *c, struct process *p) {
  const struct gc_config *gc = config_of(p);
  bool major = gc->major.every && p->collections % (uint64_t)gc->major.every == 0;
  sim_time work = distribution_sample_time(major ? &gc->major.pause : &gc->minor, &p->gc_draws);
  return c->speed == 1 ? work : (sim_time)((double)work / c->speed + 0.5);
}

static void looks(struct world *w, struct container *c, const struct request *r) {
  struct process *p = process_of(c, r);
  const struct gc_config *gc = config_of(p);
  if (p->allocated < gc->young) return;
  p->allocated -= gc->young, p->collections++;
  meter_count(w, gc->collections);
  sim_time work = draw_collection(c, p);
  struct request *collection = work ? request_take(w) : NULL;
  if (!collection) return;
  collection->key = collection->subject = 0, collection->user = NONE, collection->client_gone = true, collection->impatient = false;
  collection->source = 0, collection->endpoint = (uint16_t)gc->program, collection->pc = 1;
  collection->arrived = collection->since = world_now(w), collection->work = work;
  collection->frames[0] = (struct frame){.container = c->id, .generation = c->generation, .process = (uint16_t)p->number};
  collection->depth = collection->base = 1; /* nobody has sent it there */
  memset(collection->cell, 0, 3 * sizeof *collection->cell);
  p->paused = p->collects = true;
  container_park(w, c, p);
  container_collect(w, c, &p->crew, collection);
}

static bool collected(struct world *w, struct request *r, const struct instruction *in) {
  struct container *c = &w->containers[r->frames[0].container];
  struct process *p = process_of(c, r);
  (void)in;
  meter_time(w, config_of(p)->collection_time, world_now(w) - r->arrived);
  p->paused = p->collects = false;
  request_forget(w, r);
  container_unpark(w, c, p);
  if (p->pause_due && !p->collects) gc_turns(p, 0);
  return false;
}
static const struct operation operation_collected = {.name = "end of a collection", .run = collected, .ends = true};

static void compile_collection(struct program *p, int32_t service, struct arena *arena) {
  p->instructions = arena_new_array(arena, struct instruction, 2);
  p->count = 2, p->cell_count = 3, p->end = 1, p->network_cell = -1, p->unheld = -1;
  p->cells[0] = (struct cell){service, TIME_QUEUE}, p->cells[1] = (struct cell){service, TIME_SERVICE};
  p->cells[2] = (struct cell){service, TIME_THROTTLED};
  p->instructions[0] = (struct instruction){.service = service, .second_cell = 1, .stopped_cell = 2};
  p->instructions[1] = (struct instruction){.service = service};
  compile_becomes(&p->instructions[0], &operation_compute);
  compile_becomes(&p->instructions[1], &operation_collected);
}

static void gc_link(struct linker *l, enum link_stage stage) {
  struct model *m = l->model;
  for (uint32_t i = 0; stage == LINK_PROGRAMS && i < m->services.count; i++) {
    struct service_config *s = (struct service_config *)m->services.items + i;
    if (!s->gc.minor.kind) continue;
    s->gc.collections = meter_declare(m, s->name, "collections", METER_COUNT, "Collections of garbage, by allocation.");
    s->gc.collection_time =
        meter_declare(m, s->name, "collection_time", METER_TIME, "From the beginning of a collection by allocation to its end.");
    s->gc.program = m->program_count++;
    compile_collection(&m->programs[s->gc.program], (int32_t)i, l->arena);
  }
}

/* --- life -------------------------------------------------------------------------------------------------------------------- */

static void gc_build(struct world *w, struct service *s) {
  for (uint32_t k = 0; k < s->capacity; k++) {
    struct container *c = &w->containers[s->first + k];
    const struct service_config *config = container_config(c);
    if (!config->gc.every.kind && !config->gc.minor.kind) continue;
    uint64_t key = stream_key(w->seed, w->replication, PURPOSE_GC, stream_entity(config->name, k));
    c->collects = config->gc.minor.kind ? looks : NULL;
    for (uint32_t i = 0; i < c->processes->count; i++) {
      struct process *p = &c->processes->each[i];
      p->gc = calendar_slot(w->calendar, gc_turns, p, 0);
      p->gc_draws = stream_at(key, i);
    }
  }
}

static void gc_serves(struct world *w, struct container *c, bool warm) {
  const struct gc_config *gc = &container_config(c)->gc;
  (void)w;
  for (uint32_t i = 0; gc->minor.kind && i < c->processes->count; i++) {
    struct process *p = &c->processes->each[i];
    p->collections = 0;
    p->allocated = p->allocated_ever = warm ? (int64_t)(stream_uniform(&p->gc_draws) * (double)gc->young) : 0;
  }
  for (uint32_t i = 0; container_config(c)->gc.every.kind && i < c->processes->count; i++) turn_after(&c->processes->each[i]);
}

static void gc_dies(struct world *w, struct container *c) {
  for (uint32_t i = 0; container_config(c)->gc.every.kind && i < c->processes->count; i++)
    calendar_clear(w->calendar, c->processes->each[i].gc);
}

/* Of each process that is there. */
static void gc_audit(const struct audit *a) {
  for (uint32_t i = 0; i < a->world->container_count; i++) {
    const struct container *c = &a->world->containers[i];
    int64_t young = container_config(c)->gc.young;
    for (uint32_t k = 0; c->collects && k < c->processes->count; k++) {
      const struct process *p = &c->processes->each[k];
      int64_t collected = (int64_t)p->collections * young;
      if (p->allocated_ever != collected + p->allocated)
        audit_broken(a, "process %u of container %u: %lld bytes allocated, %lld collected and %lld left", k, i,
                     (long long)p->allocated_ever, (long long)collected, (long long)p->allocated);
    }
  }
}

const struct part part_gc = {.name = "garbage collection",
                             .requests = true,
                             .link = gc_link,
                             .service = gc_check,
                             .accepted = gc_accepted,
                             .build = gc_build,
                             .serves = gc_serves,
                             .dies = gc_dies,
                             .audit = gc_audit};
