/* Sharing the cores of a node, inlined for callers on the path of every request: as long as the demands fit, a start or an end of a
 * computation moves one slot of the calendar and some sums, and costs no more than at a station that serves first come first served
 * (`make bench`). The slower path continues in node.c and container.c.
 *
 *     share_advance(w, c, world_now(w));
 *     ... one computation more or less ...
 *     share_cores(w, &w->nodes[c->node], c); */
#ifndef SHARING_H
#define SHARING_H
#include "models/core/world.h"

/* Rounded up: a computation never takes less than its work. */
static inline sim_time share_whole(double left) {
  sim_time t = left > 0 ? (sim_time)left : 0;
  return t + ((double)t < left);
}

static inline int64_t share_demand(const struct container *c) {
  if (__builtin_expect(c->stalls, 0)) return 0;
  int64_t threads = (int64_t)c->running * MILLI;
  return threads < c->limit ? threads : c->limit;
}

/* The rate of a container that gets what it demands. */
static inline double share_own_rate(const struct container *c) {
  int64_t all = (int64_t)c->running * MILLI;
  return c->demand == all ? 1.0 : (double)c->demand / (double)all;
}

/* When the container's next event is due, in its virtual time: its first computation ends, or its quota. */
static inline double share_next_due(const struct world *w, const struct container *c) {
  double end = c->computations[0].finish;
  return __builtin_expect(c->quota != NULL, 0) ? quota_due(c, end, world_now(w)) : end;
}

static inline void share_set_slot(struct world *w, struct container *c) {
  if (!c->running || !c->rate) {
    calendar_clear(w->calendar, c->slot);
    return;
  }
  double left = share_next_due(w, c) - c->virtual_time;
  if (c->rate != 1) left /= c->rate;
  calendar_set(w->calendar, c->slot, c->virtual_at + share_whole(left));
}

/* The number of the container's runnable threads, or when its next event is due, has changed, and the container was advanced to
 * now before that: shares the cores of the node again and moves the ends of computations. */
static inline void share_cores(struct world *w, struct node *n, struct container *c) {
  int64_t before = c->demand;
  c->demand = share_demand(c);
  n->demand += c->demand - before;
  if (__builtin_expect(n->demand > n->free_until, 0)) {
    node_share_contended(w, n, c, before);
    return;
  }
  c->rate = share_own_rate(c);
  share_set_slot(w, c);
}

/* Brings virtual time and the accounts to now. */
static inline void share_advance(const struct world *w, struct container *c, sim_time now) {
  if (!c->running && !c->held && c->fair_share_entry == NONE) {
    c->virtual_at = now;
    return;
  }
  if (c->fair_share_entry != NONE || c->rate != 1 || c->metered) {
    container_advance(w, c, now);
    return;
  }
  double passed = (double)(now - c->virtual_at);
  if (c->running) {
    c->virtual_time += passed;
    c->used_ns += passed * c->running;
  }
  c->busy_ns += passed * (c->holds ? c->held : c->running - c->aside);
  c->virtual_at = now;
}

#endif
