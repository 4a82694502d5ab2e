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

/* --- the level ------------------------------------------------------------------------------------------------------------- */

/* What those below the level leave. */
static inline int64_t level_free(const struct node *n) { return n->millicores - (n->demand - n->level.demand); }

/* Whether it would use more than its share when the containers with this weight share what is free. */
static inline bool wants_more(const struct container *c, int64_t free, int64_t weight) {
  return (__int128)c->demand * weight > (__int128)c->weight * free;
}

static inline void set_place(const struct world *w, struct node *n, struct container *c) {
  c->spread = (double)c->running * c->unit;
  n->level.places[c->level_place].due = n->level.reached + (share_next_due(w, c) - c->virtual_time) * c->spread;
}

static void level_put(struct world *w, struct node *n, struct container *c) {
  assert(c->level_place == NOBODY && n->level.count < n->container_count);
  struct water_level *l = &n->level;
  container_advance(w, c, world_now(w));
  c->level_place = l->count++;
  c->level_seen = l->reached;
  l->places[c->level_place].container = c->id;
  l->demand += c->demand, l->weight += c->weight;
  set_place(w, n, c);
  if (calendar_time_of(w->calendar, c->slot) != SIM_NEVER) calendar_clear(w->calendar, c->slot);
}

static void level_take(struct world *w, struct node *n, struct container *c) {
  assert(c->level_place < n->level.count);
  struct water_level *l = &n->level;
  container_advance(w, c, world_now(w));
  l->demand -= c->demand, l->weight -= c->weight;
  l->places[c->level_place] = l->places[--l->count];
  w->containers[l->places[c->level_place].container].level_place = c->level_place;
  c->level_place = NOBODY;
  set_own_rate(n, c);
  share_set_slot(w, c);
}

/* Who gets less than it could use now that the level has fallen. With those at the level alone, everybody else served in full,
 * the level is at most what it will be: so who stays below that stays, and the others are candidates. */
static void find_candidates(struct world *w, struct node *n) {
  int64_t free = level_free(n), weight = n->level.weight, below = n->demand - n->level.demand;
  for (uint32_t i = 0; below && i < n->container_count; i++) {
    struct container *c = &w->containers[n->containers[i]];
    if (c->level_place != NOBODY) continue;
    below -= c->demand;
    if (c->demand && wants_more(c, free, weight)) level_put(w, n, c);
  }
}

/* Takes from the level who gets all that it could use; each raises it for the rest. When all demands fit nobody stays. */
static void dismiss_satisfied(struct world *w, struct node *n) {
  for (bool again = true; again;) {
    again = false;
    for (uint32_t i = n->level.count; i--;) {
      struct container *c = &w->containers[n->level.places[i].container];
      if (wants_more(c, level_free(n), n->level.weight)) continue;
      level_take(w, n, c);
      again = true;
    }
  }
}

/* The clock starts over before its steps become coarse: at 2^40 ns of a container of weight 1 with a core. */
static void rebase(struct world *w, struct water_level *l) {
  for (uint32_t i = 0; i < l->count; i++) {
    l->places[i].due -= l->reached;
    w->containers[l->places[i].container].level_seen -= l->reached;
  }
  l->reached = 0;
}

static inline void set_level_slot(struct world *w, struct water_level *l) {
  calendar_set(w->calendar, l->slot, l->at + share_whole((l->places[l->first].due - l->reached) / l->rate));
}

static void find_first(struct world *w, struct water_level *l) {
  assert(l->count);
  double first = l->places[0].due;
  uint32_t at = 0;
  for (uint32_t i = 1; i < l->count; i++) {
    bool earlier = l->places[i].due < first;
    first = earlier ? l->places[i].due : first;
    at = earlier ? i : at;
  }
  l->first = at;
  set_level_slot(w, l);
}

/* The level has been found anew. */
static void set_level(struct world *w, struct node *n) {
  struct water_level *l = &n->level;
  if (!l->count) {
    l->reached = l->rate = 0;
    if (calendar_time_of(w->calendar, l->slot) != SIM_NEVER) calendar_clear(w->calendar, l->slot);
    return;
  }
  assert(l->weight > 0 && l->demand > 0);
  l->rate = (double)level_free(n) / MILLI / (double)l->weight * n->pace;
  if (__builtin_expect(l->reached > 1, 0)) rebase(w, l);
  find_first(w, l);
}

/* The level stands, and only the next event of this one has moved. */
static void move_place(struct world *w, struct node *n, struct container *c) {
  struct water_level *l = &n->level;
  if (__builtin_expect(l->reached > 1, 0)) rebase(w, l);
  set_place(w, n, c);
  if (l->first == c->level_place)
    find_first(w, l);
  else if (l->places[c->level_place].due < l->places[l->first].due) {
    l->first = c->level_place;
    set_level_slot(w, l);
  }
}

static void level_due(void *world, uint32_t node) {
  struct world *w = world;
  const struct water_level *l = &w->nodes[node].level;
  container_computed(w, l->places[l->first].container);
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
    if (c->level_place != NOBODY) {
      set_place(w, n, c);
      continue;
    }
    set_own_rate(n, c);
    share_set_slot(w, c);
  }
  return true;
}

/* --- sharing ----------------------------------------------------------------------------------------------------------------- */

/* The changed container joins or leaves those at the level, and others with it. */
static void settle(struct world *w, struct node *n, struct container *c, bool more) {
  const struct water_level *l = &n->level;
  if (c->level_place != NOBODY)
    level_take(w, n, c);
  else if (n->demand > n->millicores && (!l->count || wants_more(c, level_free(n) + c->demand, l->weight + c->weight)))
    level_put(w, n, c);
  else {
    set_own_rate(n, c);
    share_set_slot(w, c);
  }
  if (more && n->demand > n->millicores) find_candidates(w, n);
  dismiss_satisfied(w, n);
}

static void share_level(struct world *w, struct node *n, struct container *c, int64_t before) {
  struct water_level *l = &n->level;
  l->reached = level_reached(l, world_now(w)), l->at = world_now(w);
  bool other_pace = n->unshared != n->millicores && set_pace(w, n, c);
  if (c->level_place != NOBODY) l->demand += c->demand - before;
  if (c->level_place == NOBODY || !wants_more(c, level_free(n), l->weight))
    settle(w, n, c, c->demand > before);
  else if (!other_pace) {
    move_place(w, n, c);
    return;
  } else
    set_place(w, n, c);
  set_level(w, n);
}

void node_share_contended(struct world *w, struct node *n, struct container *c, int64_t before) {
  share_level(w, n, c, before);
  n->free_until = n->level.count || n->pace != 1 ? -1 : n->unshared;
}

void node_share(struct world *w, struct node *n, struct container *c) { share_cores(w, n, c); }

double node_rate(const struct world *w, const struct container *c) {
  return c->level_place == NOBODY ? c->rate : w->nodes[c->node].level.rate / c->spread;
}

/* --- who is on it ------------------------------------------------------------------------------------------------------------ */

void node_build(struct world *w, struct node *n) {
  n->millicores = n->group->cpu;
  n->cores = n->millicores == INT64_MAX ? INFINITY : (double)n->millicores / MILLI;
  n->unshared = n->group->smt < 1 && n->millicores != INT64_MAX ? n->millicores / 2 : n->millicores;
  n->free_until = n->unshared;
  n->pace = 1;
  n->level.slot = calendar_slot(w->calendar, level_due, w, n->index);
}

void node_add(struct world *w, struct node *n, struct container *c) {
  assert(c->node == n->index && n->membership == NODE_MEMBER && c->level_place == NOBODY);
  if (n->container_count == n->container_room) {
    n->container_room = n->container_room ? 2 * n->container_room : 8;
    uint32_t *containers = arena_new_array(w->arena, uint32_t, n->container_room);
    struct level_place *places = arena_new_array(w->arena, struct level_place, n->container_room);
    if (n->container_count) memcpy(containers, n->containers, n->container_count * sizeof *containers);
    if (n->level.count) memcpy(places, n->level.places, n->level.count * sizeof *places);
    n->containers = containers, n->level.places = places;
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
  const struct water_level *l = &n->level;
  int64_t demand = 0, level_demand = 0, level_weight = 0, free = level_free(n);
  uint32_t count = 0;
  for (uint32_t i = 0; i < n->container_count; i++) {
    const struct container *c = &w->containers[n->containers[i]];
    demand += c->demand;
    if (c->demand != share_demand(c)) return "a container's demand is not that of its threads";
    if (c->level_place == NOBODY) {
      if (l->count && wants_more(c, free, l->weight)) return "a container gets less than its demand and is not at the level";
      continue;
    }
    count++, level_demand += c->demand, level_weight += c->weight;
    if (c->level_place >= l->count || l->places[c->level_place].container != c->id) return "a container's place is another's";
    if (!wants_more(c, free, l->weight)) return "a container gets its demand and is at the level";
  }
  if (n->membership == NODE_AWAY && n->container_count) return "it is away and has containers";
  if (demand != n->demand) return "the demands do not add up";
  if (count != l->count || level_demand != l->demand || level_weight != l->weight) return "the level's sums do not add up";
  return (l->count > 0) == (n->demand > n->millicores) ? NULL : "there is a level where all demands fit, or none where they do not";
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
