#include "models/platform/lifecycle.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include <assert.h>

/* Since the warm-up. */
static struct service_use used_so_far(struct world *w, struct service *s) {
  struct service_use u = {0};
  for (uint32_t k = 0; k < s->capacity; k++) {
    const struct container *c = &w->containers[s->first + k];
    double used_s = (c->used_ns - c->used_at_mark) * 1e-9;
    u.used_s += used_s;
    if (c->id == s->primary) u.primary_s += used_s;
    u.busy_s += (c->busy_ns - c->busy_at_mark) * 1e-9;
  }
  parts_use(w, s, &u);
  u.replica_s = level_integral(&s->replicas, world_now(w)) * 1e-9;
  return u;
}

void use_begin(struct world *w) {
  if (!w->observation.use) return;
  assert(!w->use_marks.services);
  w->use_marks.services = arena_new_array(w->arena, struct service_use, w->model->services.count + 1);
  w->use_marks.containers = arena_new_array(w->arena, double, w->container_count + 1);
}

static void mark_service(struct world *w, uint32_t i, unsigned window) {
  struct observation *o = &w->observation;
  assert(window < o->window_count);
  struct service_use *into = &o->use[i * o->window_count + window], *mark = &w->use_marks.services[i];
  struct service_use now = used_so_far(w, &w->services[i]);
  into->used_s += now.used_s - mark->used_s, into->busy_s += now.busy_s - mark->busy_s;
  into->primary_s += now.primary_s - mark->primary_s, into->replica_s += now.replica_s - mark->replica_s;
  into->pool_used_s += now.pool_used_s - mark->pool_used_s;
  into->thread_s += now.thread_s - mark->thread_s, into->core_s += now.core_s - mark->core_s;
  *mark = now;
}

/* What it used since the last border. */
static double used_since_border(struct world *w, const struct container *c) {
  double used_s = (c->used_ns - c->used_at_mark) * 1e-9, before_s = w->use_marks.containers[c->id];
  w->use_marks.containers[c->id] = used_s;
  return used_s - before_s;
}

void use_leaves(struct world *w, const struct container *c) {
  struct node *n = &w->nodes[c->node];
  n->used_by_departed += c->used_ns - c->used_on_arrival;
  if (w->use_marks.containers) n->used_in_window_s += used_since_border(w, c);
}

void use_mark(struct world *w, unsigned window) {
  struct observation *o = &w->observation;
  for (uint32_t i = 0; i < w->model->services.count; i++) mark_service(w, i, window);
  for (uint32_t i = 0; i < w->container_count; i++) {
    const struct container *c = &w->containers[i];
    if (c->node != NONE) o->nodes_used_s[w->nodes[c->node].group_index * o->window_count + window] += used_since_border(w, c);
  }
  for (uint32_t i = 0; i < w->node_count; i++) {
    struct node *n = &w->nodes[i];
    o->nodes_used_s[n->group_index * o->window_count + window] += n->used_in_window_s;
    n->used_in_window_s = 0;
  }
}
