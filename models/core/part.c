#include "models/core/part.h"
#include "models/core/audit.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <string.h>

#define PART_DECLARE(name) extern const struct part part_##name;
PARTS(PART_DECLARE)
#undef PART_DECLARE

static const struct part *const parts[] = {
#define PART_ROW(name) &part_##name,
    PARTS(PART_ROW)
#undef PART_ROW
};
const struct record *const *const parts_service_keys[] = {
#define PART_ROW(name) &part_##name.keys.service,
    PARTS(PART_ROW)
#undef PART_ROW
        NULL};
const struct record *const *const parts_root_keys[] = {
#define PART_ROW(name) &part_##name.keys.root,
    PARTS(PART_ROW)
#undef PART_ROW
        NULL};
const struct record *const *const parts_endpoint_keys[] = {
#define PART_ROW(name) &part_##name.keys.endpoint,
    PARTS(PART_ROW)
#undef PART_ROW
        NULL};
const struct record *const *const parts_nodes_keys[] = {
#define PART_ROW(name) &part_##name.keys.nodes,
    PARTS(PART_ROW)
#undef PART_ROW
        NULL};
enum { PART_COUNT = sizeof parts / sizeof *parts };
static_assert((int)PART_COUNT <= (int)PARTS_MOST, "a request has one bit for each part");

const struct part *part_numbered(uint32_t number) { return number < PART_COUNT ? parts[number] : NULL; }

/* A run without requests lacks the parts that only these need. */
static bool present(const struct world *w, const struct part *p) {
  return (!p->requests || w->mode == WORLD_TRAFFIC) && (!p->used || p->used(w->model));
}

/* Calls a hook of the parts in the mask, in the order of the list. */
#define EACH(mask, hook, ...)                                                                                                      \
  for (uint64_t left = (mask); left; left &= left - 1) {                                                                           \
    const struct part *part = parts[__builtin_ctzll(left)];                                                                        \
    if (part->hook) part->hook(__VA_ARGS__);                                                                                       \
  }

/* --- linking ----------------------------------------------------------------------------------------------------------------- */

static const uint64_t ALL = UINT64_MAX >> (64 - PART_COUNT);

void parts_link(struct linker *l, enum link_stage stage) { EACH(ALL, link, l, stage); }

void parts_link_service(struct linker *l, struct service_config *s, const char *path) { EACH(ALL, service, l, s, path); }

enum steadiness parts_steadiness(const struct model *m) {
  enum steadiness worst = STEADY;
  for (uint32_t i = 0; i < PART_COUNT; i++) {
    enum steadiness s = parts[i]->steadiness ? parts[i]->steadiness(m) : STEADY;
    if (s > worst) worst = s;
  }
  return worst;
}

void parts_calls(struct compiler *c, int32_t service) { EACH(ALL, calls, c, service); }

void parts_enters(struct compiler *c, struct instruction *in) { EACH(ALL, enters, c, in); }

void parts_leaves(struct compiler *c) { EACH(ALL, leaves, c); }
void parts_accepts(struct compiler *c, struct instruction *in) { EACH(ALL, accepts, c, in); }

void parts_left(struct compiler *c, struct instruction *in) { EACH(ALL, left, c, in); }

void parts_accepted(struct compiler *c) { EACH(ALL, accepted, c); }

void parts_behind(struct compiler *c, const struct endpoint_config *e) { EACH(ALL, behind, c, e); }

void parts_sums(struct demand_sums *d, struct arena *arena) { EACH(ALL, sums, d, arena); }

void parts_computes(const struct walk *w, int32_t service, double weighted_s) { EACH(ALL, computes, w, service, weighted_s); }

/* --- the life of a world ----------------------------------------------------------------------------------------------------- */

static uint32_t aligned(uint32_t size) { return (size + 7) & ~UINT32_C(7); }

/* The room in requests of all parts: how much it is, and what is in it at first. */
static void deal_requests(struct world *w) {
  uint32_t first = aligned((uint32_t)sizeof(struct request) + w->cells * (uint32_t)sizeof(int64_t)), end = first;
  for (uint32_t i = 0; i < PART_COUNT; i++) {
    if (!(w->parts.present >> i & 1) || !parts[i]->room.request) continue;
    w->parts.in_request[i] = (uint16_t)end;
    end += aligned((uint32_t)parts[i]->room.request);
  }
  assert(end <= UINT16_MAX);
  w->request_room = (struct request_room){first, end - first, arena_alloc(w->arena, end - first + 1)};
  for (uint32_t i = 0; i < PART_COUNT; i++)
    if (w->parts.in_request[i] && parts[i]->request)
      memcpy((char *)w->request_room.image + w->parts.in_request[i] - first, parts[i]->request, parts[i]->room.request);
}

static void follow_processes(struct world_parts *all, const struct part *p, uint64_t bit) {
  if (p->begins) all->begins |= bit;
  if (p->serves) all->serves |= bit;
  if (p->stops) all->stops |= bit;
  if (p->stopped) all->stopped |= bit;
  if (p->placed) all->placed |= bit;
  if (p->dies) all->dies |= bit;
  if (p->died) all->died |= bit;
  if (p->fetches) all->fetches |= bit;
  if (p->recovers) all->recovers |= bit;
}

void parts_open(struct world *w) {
  for (uint32_t i = 0; i < PART_COUNT; i++) {
    if (!present(w, parts[i])) continue;
    w->parts.present |= UINT64_C(1) << i;
    if (parts[i]->changed) w->parts.following |= UINT64_C(1) << i;
    if (parts[i]->staged) w->parts.staging |= UINT64_C(1) << i;
    if (parts[i]->admits || parts[i]->gives_up) w->parts.placing |= UINT64_C(1) << i;
    follow_processes(&w->parts, parts[i], UINT64_C(1) << i);
    if (parts[i]->forsaken) w->parts.forsaking |= UINT64_C(1) << i;
    if (parts[i]->child_begins || parts[i]->child_ends || parts[i]->child_left) w->parts.kin |= UINT64_C(1) << i;
    if (parts[i]->room.world) w->parts.room[i] = arena_alloc(w->arena, parts[i]->room.world);
  }
  deal_requests(w);
  EACH(w->parts.present, open, w);
}

void parts_build(struct world *w, struct service *s) { EACH(w->parts.present, build, w, s); }

void parts_start(struct world *w) { EACH(w->parts.present, start, w); }

void parts_measure(struct world *w, enum world_edge edge) { EACH(w->parts.present, measure, w, edge); }

void parts_use(const struct world *w, struct service *s, struct service_use *use) { EACH(w->parts.present, use, w, s, use); }

void parts_stop(struct world *w) {
  for (uint32_t i = PART_COUNT; i-- > 0;)
    if (w->parts.present >> i & 1 && parts[i]->stop) parts[i]->stop(w);
}

void parts_audit(const struct audit *a) { EACH(a->world->parts.present, audit, a); }

/* --- processes --------------------------------------------------------------------------------------------------------------- */

void parts_begins(struct world *w, struct container *c) { EACH(w->parts.begins, begins, w, c); }

void parts_serves(struct world *w, struct container *c, bool warm) { EACH(w->parts.serves, serves, w, c, warm); }

void parts_stops(struct world *w, struct container *c, bool served) { EACH(w->parts.stops, stops, w, c, served); }

void parts_placed(struct world *w, const struct container *c, bool stands) { EACH(w->parts.placed, placed, w, c, stands); }
void parts_stopped(struct world *w, struct container *c) { EACH(w->parts.stopped, stopped, w, c); }

void parts_dies(struct world *w, struct container *c) { EACH(w->parts.dies, dies, w, c); }

void parts_died(struct world *w, struct container *c) { EACH(w->parts.died, died, w, c); }

void parts_hangs(struct world *w, struct container *c, bool hung) { EACH(w->parts.present, hangs, w, c, hung); }

void parts_joins(struct world *w, const struct node *n) { EACH(w->parts.present, joins, w, n); }

sim_time parts_fetch(struct world *w, const struct container *c) {
  sim_time sum = 0;
  for (uint64_t left = w->parts.fetches; left; left &= left - 1) sum += parts[__builtin_ctzll(left)]->fetches(w, c);
  return sum;
}

sim_time parts_recover(struct world *w, const struct container *c) {
  sim_time sum = 0;
  for (uint64_t left = w->parts.recovers; left; left &= left - 1) sum += parts[__builtin_ctzll(left)]->recovers(w, c);
  return sum;
}

bool parts_admit(const struct world *w, const struct container *c, const struct node *n) {
  bool admitted = true;
  for (uint64_t left = w->parts.placing; left && admitted; left &= left - 1) {
    const struct part *part = parts[__builtin_ctzll(left)];
    admitted = !part->admits || part->admits(w, c, n);
  }
  return admitted;
}

sim_time parts_give_up(struct world *w, struct container *c) {
  sim_time latest = 0;
  for (uint64_t left = w->parts.placing; left; left &= left - 1) {
    const struct part *part = parts[__builtin_ctzll(left)];
    sim_time mine = part->gives_up ? part->gives_up(w, c) : 0;
    latest = mine > latest ? mine : latest;
  }
  return latest;
}

void parts_replica_changed(struct world *w, struct container *c) {
  world_touch(w, c);
  EACH(w->parts.following, changed, w);
}

void parts_changed(struct world *w) {
  w->changed_otherwise = true;
  EACH(w->parts.following, changed, w);
}

void parts_staged(struct world *w) { EACH(w->parts.staging, staged, w); }

void parts_severed(struct world *w, uint32_t region, uint32_t other, bool cut) {
  EACH(w->parts.present, severed, w, region, other, cut);
}

void parts_lost_data(struct world *w, int32_t fault, sim_time rpo) { EACH(w->parts.present, lost_data, w, fault, rpo); }

/* --- requests ---------------------------------------------------------------------------------------------------------------- */

void parts_child_begins(const struct world *w, struct request *child, const struct request *caller) {
  EACH(w->parts.kin, child_begins, w, child, caller);
}

void parts_child_ends(struct world *w, struct request *child, struct request *caller, bool failed) {
  EACH(w->parts.kin, child_ends, w, child, caller, failed);
}

void parts_child_left(struct world *w, struct request *child) { EACH(w->parts.kin, child_left, w, child); }

void parts_forsaken(struct world *w, struct request *r) { EACH(w->parts.forsaking, forsaken, w, r); }

void parts_fails(struct world *w, struct request *r, enum outcome outcome) { EACH(r->holds_of, fails, w, r, outcome); }

void parts_ends(struct world *w, struct request *r) { EACH(r->holds_of, ends, w, r); }

void parts_release(struct world *w, struct request *r) { EACH(r->holds_of, release, w, r); }

void parts_forget(struct world *w, struct request *r) { EACH(r->holds_of, forget, w, r); }

void parts_bereaved(struct world *w, struct request *r, const struct container *c, uint32_t dead_generation) {
  EACH(r->holds_of, bereaved, w, r, c, dead_generation);
}
