#include "models/service/affliction.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/request/draws.h"
#include "models/request/operation.h"
#include "models/request/walk.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <string.h>

struct active {
  uint32_t by;
  struct affliction is;
};

struct afflictions {
  struct active *active; /* in the order of `by`, then of services: however they began, products are the same to the last bit */
  uint32_t count, room;
  struct ailing *of; /* by service */
};

static struct afflictions *afflictions_of(const struct world *w) { return world_part(w, PART_afflictions); }

/* --- which there are --------------------------------------------------------------------------------------------------------- */

/* The speed of a container counts for computations that begin. */
static void slow(struct world *w, struct service *s, double slower) {
  s->slower = slower;
  for (uint32_t i = 0; i < s->capacity; i++) {
    struct container *c = &w->containers[s->first + i];
    if (c->node != NONE) c->speed = container_speed(w, c);
  }
}

static void changes(struct world *w, uint32_t service) {
  struct afflictions *all = afflictions_of(w);
  struct ailing *of = &all->of[service];
  double slower = 1;
  *of = (struct ailing){1, 1};
  for (uint32_t i = 0; i < all->count; i++) {
    const struct affliction *a = &all->active[i].is;
    if (a->service != service) continue;
    *(a->writes ? &of->writes : &of->calls) *= 1 - a->fails;
    slower *= a->slower;
  }
  if (slower != w->services[service].slower) slow(w, &w->services[service], slower);
  parts_changed(w);
}

static void make_room(struct world *w, struct afflictions *all) {
  uint32_t room = all->room ? 2 * all->room : 8;
  struct active *more = arena_new_array(w->arena, struct active, room);
  if (all->count) memcpy(more, all->active, all->count * sizeof *more);
  all->active = more, all->room = room;
}

static bool before(const struct active *a, uint32_t by, uint32_t service) {
  return a->by < by || (a->by == by && a->is.service < service);
}

void affliction_begins(struct world *w, uint32_t by, const struct affliction *is) {
  struct afflictions *all = afflictions_of(w);
  assert(all && is->fails >= 0 && is->fails <= 1 && is->slower > 0 && service_config(&w->services[is->service])->may_ail);
  if (all->count == all->room) make_room(w, all);
  uint32_t at = all->count++;
  for (; at && !before(&all->active[at - 1], by, is->service); at--) all->active[at] = all->active[at - 1];
  all->active[at] = (struct active){by, *is};
  changes(w, is->service);
}

void affliction_ends(struct world *w, uint32_t by, uint32_t service) {
  struct afflictions *all = afflictions_of(w);
  uint32_t at = 0;
  while (before(&all->active[at], by, service)) at++;
  assert(at < all->count && all->active[at].by == by && all->active[at].is.service == service);
  for (all->count--; at < all->count; at++) all->active[at] = all->active[at + 1];
  changes(w, service);
}

struct ailing affliction_shares(const struct world *w, uint32_t service) {
  const struct afflictions *all = afflictions_of(w);
  return all ? all->of[service] : (struct ailing){1, 1};
}

void affliction_unresolved(struct world *w, int32_t region, double share) {
  uint32_t regions = model_regions(w->model) ? model_regions(w->model) : 1;
  if (!w->unresolved) w->unresolved = arena_new_array(w->arena, double, regions);
  assert(share >= 0 && share <= 1 && region < (int32_t)regions);
  for (uint32_t i = 0; i < regions; i++)
    if (region < 0 || (uint32_t)region == i) w->unresolved[i] = share;
  parts_changed(w);
}

/* --- at the door ------------------------------------------------------------------------------------------------------------- */

double affliction_spares(const struct world *w, const struct instruction *in) {
  const struct ailing *of = &afflictions_of(w)->of[in->service];
  assert(in->door != DOOR_NONE);
  return in->door == DOOR_WRITE ? of->calls * of->writes : of->calls;
}

/* Of what does not get through, each affliction takes its share of what those before it have left. */
static enum outcome takes(const struct world *w, const struct request *r, const struct instruction *in) {
  const struct afflictions *all = afflictions_of(w);
  struct stream draws = stream_at(r->key, draw_of_part(PART_afflictions, 0, in->draw, 0));
  double left = 1, drawn = stream_uniform(&draws);
  for (uint32_t i = 0; i < all->count; i++) {
    const struct affliction *a = &all->active[i].is;
    if (a->service != (uint32_t)in->service || (a->writes && in->door != DOOR_WRITE)) continue;
    if (drawn < left * a->fails) return a->outcome;
    drawn -= left * a->fails, left -= left * a->fails;
  }
  return OUTCOME_COMPLETED;
}

/* In place of an instruction with a door. */
static bool passes_door(struct world *w, struct request *r, const struct instruction *in) {
  enum outcome outcome = affliction_spares(w, in) < 1 ? takes(w, r, in) : OUTCOME_COMPLETED;
  if (outcome == OUTCOME_COMPLETED) return in->operation->run(w, r, in);
  if (in->operation->enters && in->target) { /* a cache that is away is a miss */
    r->pc = in->target;
    return true;
  }
  request_fail(w, r, outcome);
  return false;
}

static bool goes_on(struct world *w, struct request *r, const struct instruction *in) {
  (void)w, (void)r, (void)in;
  return true;
}
static const struct operation operation_door = {.name = "door", .run = goes_on};

/* --- doors ------------------------------------------------------------------------------------------------------------------- */

void compile_door(struct compiler *c, int32_t service, bool write) {
  if (!model_service(c->model, (uint32_t)service)->may_ail) return;
  struct instruction *in = compile_emit_quietly(c, &operation_door);
  in->service = service, in->write = write;
}

/* Of an ENTER: something inside, up to its leave, writes there: a statement, a commit, a job that is published. */
static bool writes_inside(const struct program *p, uint32_t enter) {
  uint32_t open = 1;
  for (uint32_t i = enter + 1; i < p->end && open; i++) {
    const struct instruction *in = &p->instructions[i];
    open += in->operation->enters, open -= in->operation == &operation_leave;
    if (open == 1 && (in->write || in->publishing)) return true;
  }
  return false;
}

static enum door door_of(const struct model *m, const struct program *p, uint32_t at) {
  const struct instruction *in = &p->instructions[at];
  if (in->service < 0 || !model_service(m, (uint32_t)in->service)->may_ail) return DOOR_NONE;
  if (in->operation == &operation_door) return in->write ? DOOR_WRITE : DOOR_CALL;
  if (in->operation->enters) return writes_inside(p, at) ? DOOR_WRITE : DOOR_CALL;
  return in->operation->answers ? DOOR_CALL : DOOR_NONE;
}

/* What stands behind a program, such as the set-up of a connection, belongs to calls that pass a door in any case. */
static void mark_doors(struct model *m) {
  for (uint32_t k = 0; k < m->program_count; k++) {
    struct program *p = &m->programs[k];
    for (uint32_t i = 0; i < p->end; i++) {
      struct instruction *in = &p->instructions[i];
      in->door = (uint8_t)door_of(m, p, i);
      if (in->door) in->run = passes_door;
    }
  }
}

/* --- a part ------------------------------------------------------------------------------------------------------------------ */

static bool used(const struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (model_service(m, i)->may_ail) return true;
  return false;
}

static void link_afflictions(struct linker *l, enum link_stage stage) {
  if (stage == LINK_COMPILED && used(l->model)) mark_doors(l->model);
}

static void open_afflictions(struct world *w) {
  struct afflictions *all = afflictions_of(w);
  all->of = arena_new_array(w->arena, struct ailing, w->model->services.count + 1);
  for (uint32_t i = 0; i < w->model->services.count; i++) all->of[i] = (struct ailing){1, 1};
}

const struct part part_afflictions = {.name = "afflictions",
                                      .used = used,
                                      .room.world = sizeof(struct afflictions),
                                      .link = link_afflictions,
                                      .open = open_afflictions};
