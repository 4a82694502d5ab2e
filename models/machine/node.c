#include "models/machine/node.h"
#include "models/core/part.h"
#include "models/machine/sharing.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>
#include <string.h>

/* --- ends of computations ------------------------------------------------------------------------------------------------ */

static void set_own_rate(const struct node *n, struct container *c) {
  c->rate = share_own_rate(c);
  if (n->pace != 1) c->rate *= n->pace;
}

/* --- the fair share -------------------------------------------------------------------------------------------------------- */

/* What the containers below the fair share leave. */
static inline int64_t fair_share_cores(const struct node *n) { return n->millicores - (n->demand - n->fair_share.demand); }

/* Whether it would use more than its share when the containers with this weight share what is free. */
static inline bool exceeds_share(const struct container *c, int64_t free, int64_t weight) {
  return (__int128)c->demand * weight > (__int128)c->weight * free;
}

static inline void set_place(const struct world *w, struct node *n, struct container *c) {
  c->spread = (double)c->running * c->unit;
  n->fair_share.entries[c->fair_share_entry].due = n->fair_share.reached + (share_next_due(w, c) - c->virtual_time) * c->spread;
}

static void fair_share_put(struct world *w, struct node *n, struct container *c) {
  struct fair_share *f = &n->fair_share;
  container_advance(w, c, world_now(w));
  c->fair_share_entry = f->count++;
  c->fair_share_seen = f->reached;
  f->entries[c->fair_share_entry].container = c->id;
  f->demand += c->demand, f->weight += c->weight;
  set_place(w, n, c);
  if (calendar_time_of(w->calendar, c->slot) != SIM_NEVER) calendar_clear(w->calendar, c->slot);
}

static void fair_share_take(struct world *w, struct node *n, struct container *c) {
  struct fair_share *f = &n->fair_share;
  container_advance(w, c, world_now(w));
  f->demand -= c->demand, f->weight -= c->weight;
  f->entries[c->fair_share_entry] = f->entries[--f->count];
  w->containers[f->entries[c->fair_share_entry].container].fair_share_entry = c->fair_share_entry;
  c->fair_share_entry = NONE;
  set_own_rate(n, c);
  share_set_slot(w, c);
}

/* Adds the containers that get less than they could use now that the fair share has fallen. With those at the fair share alone,
 * all others served in full, the fair share is at most what it will be: so a container that stays below that stays, and the others
 * are candidates. */
static void find_candidates(struct world *w, struct node *n) {
  int64_t free = fair_share_cores(n), weight = n->fair_share.weight, below = n->demand - n->fair_share.demand;
  for (uint32_t i = 0; below && i < n->container_count; i++) {
    struct container *c = &w->containers[n->containers[i]];
    if (c->fair_share_entry != NONE) continue;
    below -= c->demand;
    if (c->demand && exceeds_share(c, free, weight)) fair_share_put(w, n, c);
  }
}

/* Takes from the fair share the containers that get all that they could use; each raises it for the rest. When all demands fit
 * none stays. */
static void dismiss_satisfied(struct world *w, struct node *n) {
  for (bool again = true; again;) {
    again = false;
    for (uint32_t i = n->fair_share.count; i--;) {
      struct container *c = &w->containers[n->fair_share.entries[i].container];
      if (exceeds_share(c, fair_share_cores(n), n->fair_share.weight)) continue;
      fair_share_take(w, n, c);
      again = true;
    }
  }
}

/* The clock starts over before its steps become coarse: at 2^40 ns of a container of weight 1 with a core. */
static void rebase(struct world *w, struct fair_share *f) {
  for (uint32_t i = 0; i < f->count; i++) {
    f->entries[i].due -= f->reached;
    w->containers[f->entries[i].container].fair_share_seen -= f->reached;
  }
  f->reached = 0;
}

static inline void set_fair_share_slot(struct world *w, struct fair_share *f) {
  calendar_set(w->calendar, f->slot, f->at + share_whole((f->entries[f->first].due - f->reached) / f->rate));
}

static void find_first(struct world *w, struct fair_share *f) {
  double first = f->entries[0].due;
  uint32_t at = 0;
  for (uint32_t i = 1; i < f->count; i++) {
    bool earlier = f->entries[i].due < first;
    first = earlier ? f->entries[i].due : first;
    at = earlier ? i : at;
  }
  f->first = at;
  set_fair_share_slot(w, f);
}

/* The fair share has been computed again. */
static void set_level(struct world *w, struct node *n) {
  struct fair_share *f = &n->fair_share;
  if (!f->count) {
    f->reached = f->rate = 0;
    if (calendar_time_of(w->calendar, f->slot) != SIM_NEVER) calendar_clear(w->calendar, f->slot);
    return;
  }
  f->rate = (double)fair_share_cores(n) / MILLI / (double)f->weight * n->pace;
  if (__builtin_expect(f->reached > 1, 0)) rebase(w, f);
  find_first(w, f);
}

/* The fair share stays as it is, and only the next event of this one has moved. */
static void move_place(struct world *w, struct node *n, struct container *c) {
  struct fair_share *f = &n->fair_share;
  if (__builtin_expect(f->reached > 1, 0)) rebase(w, f);
  set_place(w, n, c);
  if (f->first == c->fair_share_entry)
    find_first(w, f);
  else if (f->entries[c->fair_share_entry].due < f->entries[f->first].due) {
    f->first = c->fair_share_entry;
    set_fair_share_slot(w, f);
  }
}

static void fair_share_due(void *world, uint32_t node) {
  struct world *w = world;
  const struct fair_share *f = &w->nodes[node].fair_share;
  container_computed(w, f->entries[f->first].container);
}

/* --- hyper-threads ----------------------------------------------------------------------------------------------------------- */

static double pace_of(const struct node *n) {
  double busy = n->demand < n->millicores ? (double)n->demand : (double)n->millicores, cores = 0.5 * (double)n->millicores;
  return busy <= cores ? 1 : (cores + n->group->smt * (busy - cores)) / busy;
}

/* All that run were as fast as the old pace let them until now. Returns whether it has changed. */
static bool set_pace(struct world *w, struct node *n, const struct container *changed) {
  double pace = pace_of(n);
  if (pace == n->pace) return false;
  for (uint32_t i = 0; i < n->container_count; i++) container_advance(w, &w->containers[n->containers[i]], world_now(w));
  n->pace = pace;
  for (uint32_t i = 0; i < n->container_count; i++) {
    struct container *c = &w->containers[n->containers[i]];
    container_set_pace(c, pace);
    if (c == changed || !c->demand) continue;
    if (c->fair_share_entry != NONE) {
      set_place(w, n, c);
      continue;
    }
    set_own_rate(n, c);
    share_set_slot(w, c);
  }
  return true;
}

/* --- sharing ----------------------------------------------------------------------------------------------------------------- */

/* The changed container joins or leaves those at the fair share, and others with it. */
static void settle(struct world *w, struct node *n, struct container *c, bool more) {
  const struct fair_share *f = &n->fair_share;
  if (c->fair_share_entry != NONE)
    fair_share_take(w, n, c);
  else if (n->demand > n->millicores && (!f->count || exceeds_share(c, fair_share_cores(n) + c->demand, f->weight + c->weight)))
    fair_share_put(w, n, c);
  else {
    set_own_rate(n, c);
    share_set_slot(w, c);
  }
  if (more && n->demand > n->millicores) find_candidates(w, n);
  dismiss_satisfied(w, n);
}

static void share_level(struct world *w, struct node *n, struct container *c, int64_t before) {
  struct fair_share *f = &n->fair_share;
  f->reached = fair_share_reached(f, world_now(w)), f->at = world_now(w);
  bool other_pace = n->unshared != n->millicores && set_pace(w, n, c);
  if (c->fair_share_entry != NONE) f->demand += c->demand - before;
  if (c->fair_share_entry == NONE || !exceeds_share(c, fair_share_cores(n), f->weight))
    settle(w, n, c, c->demand > before);
  else if (!other_pace) {
    move_place(w, n, c);
    return;
  } else
    set_place(w, n, c);
  set_level(w, n);
}

void node_share_contended(struct world *w, struct node *n, struct container *c, int64_t before) {
  if (n->slices) {
    slices_share(w, n, c);
    return;
  }
  share_level(w, n, c, before);
  n->free_until = n->fair_share.count || n->pace != 1 ? -1 : n->unshared;
}

void node_share(struct world *w, struct node *n, struct container *c) { share_cores(w, n, c); }

double node_rate(const struct world *w, const struct container *c) {
  return c->fair_share_entry == NONE ? c->rate : w->nodes[c->node].fair_share.rate / c->spread;
}

/* --- who is on it ------------------------------------------------------------------------------------------------------------ */

void node_build(struct world *w, struct node *n) {
  n->millicores = n->group->cpu;
  n->cores = n->millicores == INT64_MAX ? INFINITY : (double)n->millicores / MILLI;
  n->unshared = n->group->smt < 1 && n->millicores != INT64_MAX ? n->millicores / 2 : n->millicores;
  n->free_until = n->unshared;
  n->pace = 1;
  n->fair_share.slot = calendar_slot(w->calendar, fair_share_due, w, n->index);
}

void node_add(struct world *w, struct node *n, struct container *c) {
  assert(c->node == n->index && n->membership == NODE_MEMBER && c->fair_share_entry == NONE);
  if (n->container_count == n->container_room) {
    n->container_room = n->container_room ? 2 * n->container_room : 8;
    uint32_t *containers = arena_new_array(w->arena, uint32_t, n->container_room);
    struct fair_share_entry *entries = arena_new_array(w->arena, struct fair_share_entry, n->container_room);
    if (n->container_count) memcpy(containers, n->containers, n->container_count * sizeof *containers);
    if (n->fair_share.count) memcpy(entries, n->fair_share.entries, n->fair_share.count * sizeof *entries);
    n->containers = containers, n->fair_share.entries = entries;
  }
  n->containers[n->container_count++] = c->id;
  container_set_pace(c, n->pace);
}

void node_account(struct node *n, sim_time now) {
  assert(now >= n->changed_at);
  sim_time *account = n->membership == NODE_AWAY ? &n->away_time : n->up ? &n->up_time : &n->down_time;
  *account += now - n->changed_at;
  n->changed_at = now;
}

void node_remove(struct node *n, uint32_t container) {
  for (uint32_t i = 0; i < n->container_count; i++)
    if (n->containers[i] == container) {
      n->containers[i] = n->containers[--n->container_count];
      return;
    }
  assert(!"the container is not on the node");
}

const char *node_wrong(const struct world *w, const struct node *n) {
  const struct fair_share *f = &n->fair_share;
  int64_t demand = 0, sum_demand = 0, sum_weight = 0, free = fair_share_cores(n);
  uint32_t count = 0;
  for (uint32_t i = 0; i < n->container_count; i++) {
    const struct container *c = &w->containers[n->containers[i]];
    demand += c->demand;
    if (c->demand != share_demand(c)) return "a container's demand is not that of its threads";
    if (c->fair_share_entry == NONE) {
      if (f->count && exceeds_share(c, free, f->weight))
        return "a container gets less than its demand and is not at the fair share";
      continue;
    }
    count++, sum_demand += c->demand, sum_weight += c->weight;
    if (c->fair_share_entry >= f->count || f->entries[c->fair_share_entry].container != c->id)
      return "a container's entry is another's";
    if (!exceeds_share(c, free, f->weight)) return "a container gets its demand and is at the fair share";
  }
  if (n->membership == NODE_AWAY && n->container_count) return "it is away and has containers";
  if (demand != n->demand) return "the demands do not add up";
  if (count != f->count || sum_demand != f->demand || sum_weight != f->weight) return "the sums of the fair share do not add up";
  return (f->count > 0) == (n->demand > n->millicores) ? NULL
                                                       : "there is a fair share where all demands fit, or none where they do not";
}

static void measure(struct world *w, enum world_edge edge) {
  for (uint32_t i = 0; i < w->node_count; i++) {
    struct node *n = &w->nodes[i];
    if (edge == EDGE_ADVANCE) node_account(n, world_now(w));
    if (edge == EDGE_BEGIN) n->away_at_mark = n->away_time;
    if (edge == EDGE_END) n->away_measured = n->away_time - n->away_at_mark;
  }
}

const struct part part_nodes = {.name = "nodes", .measure = measure, .load = &cores_load};
