#include "models/availability/arrangement.h"
#include "models/availability/stance.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"

/* --- places ------------------------------------------------------------------------------------------------------------------- */

static uint32_t home_of(const struct arrangement *a, const struct container *c) {
  return c->node != NONE && c->in_rotation && container_serves(c) ? c->node * a->services + c->service : NONE;
}

/* In rotation without serving. */
enum { ASTRAY_NOT, ASTRAY_DEAD, ASTRAY_HUNG };

static uint8_t astray(const struct container *c) {
  if (!c->in_rotation || container_serves(c)) return ASTRAY_NOT;
  return c->state == CONTAINER_HUNG ? ASTRAY_HUNG : ASTRAY_DEAD;
}

/* service: of one that is not at home anywhere, or 0. */
static uint64_t place_of(uint32_t home, uint32_t node, uint8_t is_astray, uint32_t service) {
  uint64_t word = (home + UINT64_C(1)) << 32 | (uint32_t)(node + 1);
  return stream_mix(word) + (is_astray ? stream_mix(word + ((uint64_t)service << 2 | is_astray) * STREAM_GOLDEN) : 0);
}

static uint64_t of_version(uint64_t place, uint64_t version) { return version ? stream_mix(place ^ version) : 0; }

static void put(struct arrangement *a, const struct world *w, const struct container *c) {
  uint32_t id = c->id, home = home_of(a, c);
  uint64_t version = home == NONE ? 0 : stance_version(w, c);
  uint8_t now = astray(c), before = a->astray[id];
  if (!a->is_late[id]) a->is_late[id] = true, a->late[a->late_count++] = id;
  if (home == a->home[id] && c->node == a->node[id] && now == before && version == a->version[id]) return;
  uint64_t there = place_of(home, c->node, now, c->service), was = place_of(a->home[id], a->node[id], before, c->service);
  a->places += there + of_version(there, version) - was - of_version(was, a->version[id]);
  a->changed += version != 0, a->changed -= a->version[id] != 0;
  a->version[id] = version;
  a->hung += now == ASTRAY_HUNG, a->hung -= before == ASTRAY_HUNG;
  if (a->home[id] != NONE) a->crowd[a->home[id]]--;
  if (home != NONE) a->crowd[home]++;
  a->home[id] = home, a->node[id] = c->node, a->astray[id] = now;
}

static void make_room(struct arrangement *a, struct world *w) {
  uint32_t n = w->container_count + 1;
  a->services = w->model->services.count, a->machines = w->node_count;
  if (!a->term) {
    a->term = arena_new_array(w->arena, uint64_t, n);
    a->home = arena_new_array(w->arena, uint32_t, n), a->node = arena_new_array(w->arena, uint32_t, n);
    a->astray = arena_new_array(w->arena, uint8_t, n), a->version = arena_new_array(w->arena, uint64_t, n);
    a->late = arena_new_array(w->arena, uint32_t, n), a->is_late = arena_new_array(w->arena, bool, n);
  }
  a->crowd = arena_new_array(w->arena, uint32_t, (size_t)a->machines * a->services + 1);
  a->places = a->hung = a->changed = 0;
  for (uint32_t i = 0; i < w->container_count; i++) a->home[i] = a->node[i] = NONE, a->astray[i] = ASTRAY_NOT, a->version[i] = 0;
}

void arrangement_follow(struct arrangement *a, struct world *w) {
  bool all = !a->term || w->changed_otherwise;
  if (!a->term || a->machines != w->node_count) make_room(a, w), all = true;
  if (all) a->rest = stance_of_rest(w);
  for (uint32_t i = 0; all && i < w->container_count; i++) put(a, w, &w->containers[i]);
  for (uint32_t i = 0; !all && i < w->touched_count; i++) put(a, w, &w->containers[w->touched[i]]);
}

/* --- the stance --------------------------------------------------------------------------------------------------------------- */

uint64_t arrangement_sum(struct arrangement *a, const struct world *w) {
  for (uint32_t i = 0; i < a->late_count; i++) {
    uint32_t id = a->late[i];
    uint64_t term = stance_of_container(w, &w->containers[id]);
    a->terms += term - a->term[id];
    a->term[id] = term, a->is_late[id] = false;
  }
  a->late_count = 0;
  return a->terms + a->rest;
}

bool arrangement_audit(struct arrangement *a, const struct world *w) {
  uint32_t wrong = arrangement_sum(a, w) != stance_sum(w), hung = 0, changed = 0;
  for (uint32_t i = 0; i < w->container_count; i++) {
    const struct container *c = &w->containers[i];
    wrong += a->home[i] != home_of(a, c) || a->node[i] != c->node;
    hung += c->state == CONTAINER_HUNG && c->in_rotation;
    uint64_t version = a->home[i] == NONE ? 0 : stance_version(w, c);
    wrong += a->version[i] != version, changed += version != 0;
  }
  return !wrong && hung == a->hung && changed == a->changed;
}
