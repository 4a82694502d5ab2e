#include "models/compute/node.h"
#include "models/world.h"
#include <assert.h>
#include <math.h>

/* When the first computation ends at the present rate; the slot is cleared when nothing computes. */
static void schedule_end(struct world *w, struct container *c) {
  if (!c->running || !c->rate) {
    calendar_clear(w->calendar, c->slot);
    return;
  }
  double left = c->jobs[0].finish - c->virtual_time;
  if (c->rate != 1) left /= c->rate;
  sim_time whole = left > 0 ? (sim_time)left : 0;
  whole += (double)whole < left; /* up: a computation never takes less than its work */
  calendar_set(w->calendar, c->slot, c->virtual_at + whole);
}

static void set_rate(struct world *w, struct container *c, double rate, sim_time now) {
  if (rate == c->rate) return;
  container_advance(c, now);
  c->rate = rate;
  schedule_end(w, c);
}

/* The water level at which the shares min(d_i, weight_i x level) fill the cores: raised container by container. */
static double water_level(const struct world *w, const struct node *n) {
  double free = n->cores, weight = 0, level = 0;
  for (uint32_t i = 0; i < n->container_count; i++) {
    const struct container *c = &w->containers[n->containers[i]];
    if (c->demand > 0) weight += c->weight;
  }
  for (;;) { /* at most once per container: each pass satisfies at least one more */
    double next = INFINITY, satisfied_weight = 0, rise = free / weight;
    for (uint32_t i = 0; i < n->container_count; i++) {
      const struct container *c = &w->containers[n->containers[i]];
      double need = c->demand / c->weight;
      if (c->demand > 0 && need > level && need < next) next = need;
    }
    if (next >= level + rise) return level + rise;
    for (uint32_t i = 0; i < n->container_count; i++) {
      const struct container *c = &w->containers[n->containers[i]];
      if (c->demand > 0 && c->demand / c->weight == next) satisfied_weight += c->weight;
    }
    free -= (next - level) * weight;
    weight -= satisfied_weight;
    level = next;
    if (weight <= 1e-12) return INFINITY; /* the demands fit after all, within rounding */
  }
}

static void share_all(struct world *w, struct node *n, sim_time now) {
  double level = n->contended ? water_level(w, n) : INFINITY;
  for (uint32_t i = 0; i < n->container_count; i++) {
    struct container *c = &w->containers[n->containers[i]];
    if (!c->running || c->stalls) continue;
    double share = c->weight * level;
    if (!(share < c->demand)) share = c->demand;
    set_rate(w, c, share == c->running ? 1.0 : share / c->running, now);
  }
}

void node_share(struct world *w, struct node *n, struct container *changed) {
  sim_time now = world_now(w);
  double demand = changed->running < changed->limit ? changed->running : changed->limit;
  if (__builtin_expect(changed->stalls, 0)) demand = 0;
  n->demand += demand - changed->demand;
  changed->demand = demand;
  bool was_contended = n->contended;
  n->contended = n->demand > n->cores * (1 + 1e-12);
  if (!was_contended && !n->contended) {
    changed->rate = demand == changed->running ? 1.0 : demand / changed->running;
    schedule_end(w, changed);
    return;
  }
  changed->rate = -1; /* no rate yet: share_all sets it and moves its end */
  share_all(w, n, now);
  if (changed->stalls) changed->rate = 0;
  if (!changed->running || changed->stalls) schedule_end(w, changed);
}

void node_add(struct node *n, uint32_t container) { n->containers[n->container_count++] = container; }

void node_remove(struct node *n, uint32_t container) {
  for (uint32_t i = 0; i < n->container_count; i++)
    if (n->containers[i] == container) {
      n->containers[i] = n->containers[--n->container_count];
      return;
    }
  assert(!"the container is not on the node");
}
