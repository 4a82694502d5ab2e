#include "models/availability/stance.h"
#include "models/core/world.h"
#include "models/network/network.h"
#include "models/platform/lifecycle.h"
#include "models/platform/nodes.h"
#include "models/platform/platform.h"
#include "models/release/split.h"
#include "models/service/affliction.h"
#include "models/service/takeover.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>

/* --- taking it ---------------------------------------------------------------------------------------------------------------- */

static uint8_t state_of(const struct container *c) {
  if (container_serves(c)) return CONTAINER_UP;
  return c->state == CONTAINER_STARTING || c->state == CONTAINER_CLOSING ? CONTAINER_DOWN : (uint8_t)c->state;
}

static struct stance_service service_of(const struct world *w, uint32_t service) {
  struct ailing ailing = affliction_shares(w, service);
  struct stance_service s = {.calls = ailing.calls, .writes = ailing.writes, .slower = w->services[service].slower};
  const struct version_split *split = w->services[service].split;
  if (split) s.split = true, s.build = split->build, s.share = split->share;
  return s;
}

/* Of two regions, the first that is named first. */
static struct slow_link slow_between(const struct world *w, uint32_t a, uint32_t b) {
  const struct network *n = world_network(w);
  return n && n->slow && n->slow->now ? n->slow->links[a * model_regions(w->model) + b] : (struct slow_link){1, 0};
}

struct stance *stance_of(const struct world *w, struct arena *arena) {
  struct stance *s = arena_alloc(arena, sizeof *s);
  s->node_count = w->node_count, s->container_count = w->container_count, s->regions = model_regions(w->model);
  s->nodes = arena_new_array(arena, struct stance_node, s->node_count + 1);
  s->containers = arena_new_array(arena, struct stance_container, s->container_count + 1);
  s->cut = arena_new_array(arena, bool, (size_t)s->regions * s->regions + 1);
  s->service_count = w->model->services.count;
  s->services = arena_new_array(arena, struct stance_service, s->service_count + 1);
  for (uint32_t i = 0; i < s->service_count; i++) s->services[i] = service_of(w, i);
  for (uint32_t i = 0; i < s->node_count; i++)
    s->nodes[i] = (struct stance_node){w->nodes[i].up, w->nodes[i].detected, w->nodes[i].group_index};
  for (uint32_t i = 0; i < s->container_count; i++) {
    const struct container *c = &w->containers[i];
    s->containers[i] = (struct stance_container){
        c->node, state_of(c), c->in_rotation, c->unhealthy, c->withheld, c->ready, c->build ? container_config(c) : NULL, c->build};
  }
  s->slow = arena_new_array(arena, struct slow_link, (size_t)s->regions * s->regions + 1);
  for (uint32_t a = 0; a < s->regions; a++)
    for (uint32_t b = a + 1; b < s->regions; b++) s->slow[a * s->regions + b] = slow_between(w, a, b);
  for (uint32_t a = 0; a < s->regions; a++)
    for (uint32_t b = 0; b < s->regions; b++) s->cut[a * s->regions + b] = !network_reachable(w, (int32_t)a, (int32_t)b);
  return s;
}

/* --- its sum ------------------------------------------------------------------------------------------------------------------ */

uint64_t stance_mix(uint64_t sum, uint64_t word) {
  sum ^= word + 0x9e3779b97f4a7c15 + (sum << 6) + (sum >> 2);
  sum = (sum ^ (sum >> 30)) * 0xbf58476d1ce4e5b9;
  sum = (sum ^ (sum >> 27)) * 0x94d049bb133111eb;
  return sum ^ (sum >> 31);
}

static bool alike(const struct service *s) { return !s->shards && !s->replication; }

static uint64_t colour_of_node(const struct node *n) {
  uint64_t sum = stance_mix(n->group_index, (uint64_t)(n->zone + 1));
  return stance_mix(sum, (uint64_t)n->up << 1 | (n->membership == NODE_AWAY));
}

static uint64_t in_steps(double share) { return (uint64_t)(share * 64 + 0.5); }

uint64_t stance_version(const struct world *w, const struct container *c) {
  const struct version_split *split = w->services[c->service].split;
  double slower = container_config(c)->traits.slower_by;
  if (!split && !(fabs(slower) > 0)) return 0;
  uint64_t sum = stance_mix(3, in_steps(1 + slower));
  return split ? stance_mix(sum, in_steps(split->share) << 1 | (c->build == split->build)) : sum;
}

static uint64_t colour_of(const struct world *w, const struct container *c) {
  const struct service *s = world_service_of(w, c);
  uint64_t sum = stance_mix(s->index, alike(s) ? 0 : c->id + 1);
  sum = stance_mix(sum, (uint64_t)state_of(c) << 2 | (uint64_t)c->in_rotation << 1 | c->unhealthy);
  sum = stance_mix(sum, s->primary == c->id && !alike(s));
  if (stance_version(w, c)) sum = stance_mix(sum, stance_version(w, c));
  return stance_mix(sum, c->node == NONE ? 0 : colour_of_node(&w->nodes[c->node]));
}

static uint64_t cuts_of(const struct world *w) {
  uint64_t sum = 0;
  for (uint32_t a = 0; a < model_regions(w->model); a++)
    for (uint32_t b = 0; b < a; b++) {
      struct slow_link slow = slow_between(w, b, a);
      sum = stance_mix(sum, network_reachable(w, (int32_t)a, (int32_t)b));
      if (slow.times > 1 || slow.delay) sum = stance_mix(stance_mix(sum, in_steps(slow.times)), (uint64_t)slow.delay);
    }
  return sum;
}

static uint64_t ailing_of(const struct world *w) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < w->model->services.count; i++) {
    struct stance_service s = service_of(w, i);
    if (s.calls < 1 || s.writes < 1 || s.slower > 1)
      sum = stance_mix(stance_mix(sum, i), stance_mix(in_steps(s.calls) << 32 | in_steps(s.writes), in_steps(s.slower)));
  }
  return sum;
}

uint64_t stance_of_container(const struct world *w, const struct container *c) {
  return c->state == CONTAINER_UNUSED ? 0 : stance_mix(2, colour_of(w, c));
}

uint64_t stance_of_rest(const struct world *w) {
  uint64_t all = stance_mix(cuts_of(w), ailing_of(w));
  for (uint32_t i = 0; i < w->node_count; i++) all += stance_mix(1, colour_of_node(&w->nodes[i]));
  return all;
}

uint64_t stance_sum(const struct world *w) {
  uint64_t all = stance_of_rest(w);
  for (uint32_t i = 0; i < w->container_count; i++) all += stance_of_container(w, &w->containers[i]);
  return all;
}

/* --- putting it upon another world ------------------------------------------------------------------------------------------- */

static void not_seen(struct world *w, struct node *n) { (void)w, (void)n; }

void stance_freeze(struct world *w) {
  struct orchestrator *frozen = arena_alloc(w->arena, sizeof *frozen);
  *frozen = *w->orchestrator;
  if (world_takeovers(w)) takeover_freeze(w);
  frozen->node_died = frozen->node_returned = frozen->detected = not_seen;
  w->orchestrator = frozen;
}

static void impose_slow(struct world *w, uint32_t a, uint32_t b, const struct slow_link *before, const struct slow_link *after) {
  if (before->times == after->times && before->delay == after->delay) return;
  if (before->times > 1 || before->delay) network_recovers(w, a, b, *before);
  if (after->times > 1 || after->delay) network_slows(w, a, b, *after);
}

static void impose_links(struct world *w, const struct stance *from, const struct stance *to) {
  for (uint32_t a = 0; a < to->regions; a++)
    for (uint32_t b = 0; b < a; b++) {
      bool before = from->cut[a * to->regions + b], after = to->cut[a * to->regions + b];
      if (after && !before) network_cut(w, a, b);
      if (before && !after) network_heal(w, a, b);
      impose_slow(w, a, b, &from->slow[b * to->regions + a], &to->slow[b * to->regions + a]);
    }
}

enum { BY_CALLS, BY_WRITES };

static void impose_services(struct world *w, const struct stance *from, const struct stance *to) {
  for (uint32_t i = 0; i < to->service_count; i++) {
    const struct stance_service *a = &from->services[i], *b = &to->services[i];
    bool ailed = a->calls < 1 || a->slower > 1, ails = b->calls < 1 || b->slower > 1;
    if (ailed) affliction_ends(w, BY_CALLS, i);
    if (a->writes < 1) affliction_ends(w, BY_WRITES, i);
    struct affliction is = {.service = i, .fails = 1 - b->calls, .outcome = OUTCOME_ERROR, .slower = b->slower};
    if (ails) affliction_begins(w, BY_CALLS, &is);
    is.writes = true, is.fails = 1 - b->writes, is.slower = 1;
    if (b->writes < 1) affliction_begins(w, BY_WRITES, &is);
    if (a->split && !b->split) split_lifted(w, i);
    if (b->split) split_imposed(w, i, b->build, b->share);
  }
}

/* Machines that have joined since it began are there from now on. Those that have left stay, with nothing on them. */
static void impose_nodes(struct world *w, const struct stance *from, const struct stance *to) {
  for (uint32_t i = w->node_count; i < to->node_count; i++) node_join(w, to->nodes[i].group);
  assert(w->node_count >= to->node_count);
  for (uint32_t i = 0; i < to->node_count; i++) {
    struct node *n = &w->nodes[i];
    bool was_up = i >= from->node_count || from->nodes[i].up;
    if (was_up && !to->nodes[i].up) node_fails(w, n, DISK_KEPT);
    if (!was_up && to->nodes[i].up) node_returns(w, n);
    n->detected = to->nodes[i].detected;
  }
}

static bool same(const struct stance_container *a, const struct stance_container *b) {
  return a->node == b->node && a->state == b->state && a->in_rotation == b->in_rotation && a->unhealthy == b->unhealthy &&
         a->withheld == b->withheld && a->version == b->version && a->build == b->build;
}

/* What it was until now ends. Another version is another process. */
static void ends(struct world *w, struct container *c, const struct stance_container *to) {
  bool moves = c->node != to->node || c->build != to->build;
  bool hangs = to->state == CONTAINER_HUNG && !moves && c->state == CONTAINER_UP;
  if (hangs)
    lifecycle_hang(w, c);
  else if (moves || (to->state != CONTAINER_UP && to->state != CONTAINER_HUNG))
    lifecycle_stop(w, c, OUTCOME_CRASHED);
  calendar_clear(w->calendar, c->rotation_slot);
  if (!to->in_rotation) rotation_remove(w, c);
  if (moves && c->node != NONE) lifecycle_unplace(w, c);
  if (moves && c->node == NONE) c->state = to->node == NONE ? to->state : CONTAINER_DOWN;
  world_touch(w, c);
}

static void begins(struct world *w, struct container *c, const struct stance_container *to) {
  if (to->node != NONE && c->node == NONE) lifecycle_place_on(w, c, &w->nodes[to->node]);
  if (c->build != to->build && to->version) lifecycle_runs(w, c, to->version, to->build);
  if (c->build != to->build) lifecycle_runs_as_stated(w, c);
  if (to->state == CONTAINER_UP && c->state == CONTAINER_HUNG) lifecycle_go_on(w, c);
  if (to->state == CONTAINER_UP && !container_serves(c)) lifecycle_serves(w, c, false);
  if (to->state == CONTAINER_HUNG && c->state == CONTAINER_DOWN) lifecycle_serves(w, c, false), lifecycle_hang(w, c);
  c->unhealthy = to->unhealthy, c->withheld = to->withheld, c->ready = to->ready;
  world_touch(w, c);
  if (to->in_rotation && !c->in_rotation && c->state == CONTAINER_DOWN) c->early = true;
  if (to->in_rotation && container_rotates(c)) rotation_add(w, c);
}

void stance_impose(struct world *w, const struct stance *from, const struct stance *to) {
  impose_links(w, from, to);
  impose_nodes(w, from, to);
  impose_services(w, from, to);
  for (uint32_t i = 0; i < to->container_count; i++)
    if (!same(&from->containers[i], &to->containers[i])) ends(w, &w->containers[i], &to->containers[i]);
  for (uint32_t i = 0; i < to->container_count; i++)
    if (!same(&from->containers[i], &to->containers[i])) begins(w, &w->containers[i], &to->containers[i]);
}
