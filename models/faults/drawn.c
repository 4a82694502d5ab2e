/* A strike that takes several targets at once, drawn among those that are there, without replacement: `count` of them, or the
 * `share` of them rounded up. One that is broken already may be drawn again, which changes nothing. */
#include "models/availability/outage.h"
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/faults/lives_inner.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>
#include <string.h>

struct fault_pool {
  struct fault_process **members;
  uint32_t count, room;
};

struct fault_pool *pool_new(struct world *w) {
  return arena_new_array(w->arena, struct fault_pool, 1);
}

void pool_add(struct fault_pool *p, struct world *w, struct fault_process *member) {
  if (p->count == p->room) {
    struct fault_process **more = arena_new_array(w->arena, struct fault_process *, p->room = p->room ? 2 * p->room : 16);
    if (p->count) memcpy(more, p->members, p->count * sizeof *more);
    p->members = more;
  }
  p->members[p->count++] = member;
}

static void swap(struct fault_pool *p, uint32_t i, uint32_t k) {
  struct fault_process *f = p->members[i];
  p->members[i] = p->members[k], p->members[k] = f;
}

/* Those that a strike would break come first; returns how many they are. */
static uint32_t standing(struct fault_pool *p, const struct fault_config *f, const struct world *w) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < p->count; i++)
    if (!f->kind->stands || f->kind->stands(w, p->members[i]->target)) swap(p, i, n++);
  return n;
}

/* 10% of 30 are 3, although the product in binary is a little more. */
uint32_t pool_takes(const struct fault_config *f, uint32_t n) {
  double wanted = f->count ? (double)f->count : ceil(f->share * n - 1e-9);
  return wanted < n ? (uint32_t)wanted : n;
}

void pool_strikes(struct fault_process *f) {
  struct fault_pool *p = f->pool;
  uint32_t n = standing(p, f->config, f->world), take = pool_takes(f->config, n);
  for (uint32_t i = 0; i < take; i++) swap(p, i, i + stream_below(&f->draws, n - i));
  if (take) outage_fault(f->world, f->fault);
  for (uint32_t i = 0; i < take; i++)
    if (!p->members[i]->broken) fault_breaks(p->members[i], false);
}

void pool_check(struct linker *l, const struct fault_config *f, const char *path) {
  double targets = f->kind->count(l->model, f);
  if (f->count && f->share > 0) link_error(l, path, "share", "\"share\" next to \"count\": a fault has one of them");
  if ((double)f->count > targets)
    link_error(l, path, "count", "takes %lld targets at once, and there are %.0f", (long long)f->count, targets);
  if (f->again) link_error(l, path, "again", "\"again\" is of a target with a life of its own: not with \"count\" or \"share\"");
}
