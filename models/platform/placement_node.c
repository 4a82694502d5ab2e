/* Which node a replica gets, at a moment: room, the spread, and the order among those that remain. */
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/network/regions.h"
#include "models/platform/placement.h"
#include "models/platform/placement_inner.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <stdlib.h>

bool placement_acts(const struct world *w, const struct service_config *s) {
  for (uint32_t i = 0; i < w->model->platform.nodes.count && w->orchestrator->acts; i++)
    if (placement_has_group(s, i) && !w->orchestrator->acts(w, model_nodes(w->model, i)->region)) return false;
  return true;
}

/* --- room --------------------------------------------------------------------------------------------------------------------- */

bool placement_allows(const struct world *w, const struct node *n, const struct container *c) {
  const struct service_config *s = container_config(c);
  (void)w;
  if (n->membership != NODE_MEMBER || !placement_has_group(s, n->group_index)) return false;
  int32_t zone = service_placement(s)->zone;
  return (zone < 0 || n->zone == zone) && (c->home < 0 || n->region == c->home);
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

int64_t placement_room(const struct node *n, const struct service_config *s) {
  const struct resource_amounts *r = &s->resources.requests;
  const struct allocatable all = placement_allocatable(n->group);
  int64_t room = PLACEMENT_ENOUGH, pods = nodes_offer(n->group)->pods;
  if (pods != INT64_MAX) room = least(room, pods - n->container_count);
  if (all.cpu != INT64_MAX && n->cpu_requested + r->cpu > all.cpu) return 0;
  if (n->memory_requested + r->memory > all.memory) return 0;
  if (all.cpu != INT64_MAX && r->cpu) room = least(room, (all.cpu - n->cpu_requested) / r->cpu);
  if (r->memory) room = least(room, (all.memory - n->memory_requested) / r->memory);
  return room > 0 ? room : 0;
}

/* --- the spread --------------------------------------------------------------------------------------------------------------- */

static struct domain_counts *counts_of(const struct world *w) { return world_part(w, PART_placement); }

static const struct spread_config *spread_of(const struct container *c) { return &service_placement(container_config(c))->spread; }

void placement_open(struct world *w) {
  struct domain_counts *d = counts_of(w);
  d->room = w->model->node_count > ZONES_MOST ? w->model->node_count : ZONES_MOST;
  d->replicas = arena_new_array(w->arena, uint32_t, d->room);
  d->seen = arena_new_array(w->arena, uint32_t, d->room);
  d->worst = arena_new_array(w->arena, int64_t, w->model->services.count + 1);
}

void placement_joins(struct world *w, const struct node *n) {
  struct domain_counts *d = counts_of(w);
  if (n->index < d->room) return;
  d->room = 2 * n->index;
  d->replicas = arena_new_array(w->arena, uint32_t, d->room);
  d->seen = arena_new_array(w->arena, uint32_t, d->room);
  d->number = 0;
}

static uint32_t domain_of(const struct node *n, int32_t over) {
  return over == SPREAD_NODE ? n->index : (uint32_t)(over == SPREAD_ZONE ? n->zone : n->region);
}

/* Domains that have a node for the replica, each at first without replicas. */
static void find_domains(const struct world *w, const struct container *c, struct domain_counts *d) {
  d->number++;
  for (const struct node *n = world_next_node(w, NULL); n; n = world_next_node(w, n)) {
    if (!placement_allows(w, n, c)) continue;
    uint32_t domain = domain_of(n, spread_of(c)->over);
    assert(domain < d->room);
    d->seen[domain] = d->number, d->replicas[domain] = 0;
  }
}

/* Replicas that are being taken away do not count (Kubernetes 87621), nor do those of other regions. */
static void count_replicas(const struct world *w, const struct container *c, struct domain_counts *d) {
  const struct service *s = &w->services[c->service];
  for (uint32_t i = 0; i < s->capacity; i++) {
    const struct container *other = &w->containers[s->first + i];
    if (other->node == NONE || other->leaving || other->home != c->home) continue;
    uint32_t domain = domain_of(&w->nodes[other->node], spread_of(c)->over);
    if (d->seen[domain] == d->number) d->replicas[domain]++;
  }
  d->fewest = UINT32_MAX;
  for (uint32_t i = 0; i < d->room; i++)
    if (d->seen[i] == d->number && d->replicas[i] < d->fewest) d->fewest = d->replicas[i];
}

static struct domain_counts *count(const struct world *w, const struct container *c) {
  struct domain_counts *d = counts_of(w);
  find_domains(w, c, d);
  count_replicas(w, c, d);
  return d;
}

/* By how much the node's domain would be above what is allowed. */
static int64_t excess(const struct domain_counts *d, const struct node *n, const struct container *c) {
  uint32_t domain = domain_of(n, spread_of(c)->over);
  assert(d->seen[domain] == d->number && d->fewest != UINT32_MAX);
  int64_t above = (int64_t)d->replicas[domain] + 1 - d->fewest - spread_of(c)->skew;
  return above > 0 ? above : 0;
}

void placement_done(const struct world *w, const struct container *c) {
  if (!spread_of(c)->hard) return;
  const struct domain_counts *d = count(w, c);
  int64_t above = (int64_t)d->replicas[domain_of(&w->nodes[c->node], spread_of(c)->over)] - d->fewest;
  if (above > d->worst[c->service]) d->worst[c->service] = above;
}

int64_t placement_worst_skew(const struct world *w, uint32_t service) { return counts_of(w)->worst[service]; }

static const char *domain_name(const struct world *w, uint32_t domain, int32_t over, struct arena *arena) {
  const struct regions *all = &w->model->platform.regions;
  if (over == SPREAD_NODE) return arena_format(arena, "%s %u", w->nodes[domain].group->name, w->nodes[domain].number + 1);
  if (over == SPREAD_REGION) return regions_at(all, domain)->name;
  const struct region_config *r = regions_at(all, regions_of_zone(all, domain));
  return r->zones.count ? ((const struct zone_config *)r->zones.items)[domain - r->first_zone].name : r->name;
}

const char *placement_domains(const struct world *w, const struct container *c, struct arena *arena) {
  enum { SHOWN = 12 };
  const struct domain_counts *d = count(w, c);
  const char *text = "";
  uint32_t listed = 0;
  for (uint32_t i = 0; i < d->room; i++) {
    if (d->seen[i] != d->number) continue;
    if (listed++ < SHOWN)
      text = arena_format(arena, "%s%s%s has %u", text, listed > 1 ? ", " : "", domain_name(w, i, spread_of(c)->over, arena),
                          d->replicas[i]);
  }
  return listed > SHOWN ? arena_format(arena, "%s, ...", text) : text;
}

/* --- the choice --------------------------------------------------------------------------------------------------------------- */

static uint32_t replicas_on(const struct world *w, const struct node *n, uint32_t service) {
  uint32_t replicas = 0;
  for (uint32_t i = 0; i < n->container_count; i++) replicas += w->containers[n->containers[i]].service == service;
  return replicas;
}

/* What a node is judged by, in this order. */
struct rank {
  int64_t excess;
  uint32_t replicas;
  double allocated;
};

static struct rank rank_of(const struct world *w, const struct node *n, const struct container *c, const struct domain_counts *d) {
  struct allocatable all = placement_allocatable(n->group);
  return (struct rank){.excess = d ? excess(d, n, c) : 0,
                       .replicas = replicas_on(w, n, c->service),
                       .allocated =
                           (double)n->cpu_requested / (double)all.cpu + (double)n->memory_requested / ((double)all.memory + 1)};
}

static bool better(const struct rank *a, const struct rank *b) {
  if (a->excess != b->excess) return a->excess < b->excess;
  if (a->replicas != b->replicas) return a->replicas < b->replicas;
  return a->allocated < b->allocated;
}

/* Nodes that take replicas, apart from the spread. */
static bool takes(const struct world *w, const struct node *n, const struct container *c) {
  if (w->orchestrator->acts && !w->orchestrator->acts(w, n->region)) return false;
  return !n->detected && placement_allows(w, n, c) && placement_room(n, container_config(c)) > 0 && parts_admit(w, c, n);
}

uint32_t placement_choose(const struct world *w, const struct container *c) {
  const struct domain_counts *d = spread_of(c)->skew ? count(w, c) : NULL;
  uint32_t best = NONE;
  struct rank best_rank = {0};
  for (const struct node *n = world_next_node(w, NULL); n; n = world_next_node(w, n)) {
    if (!takes(w, n, c)) continue;
    struct rank rank = rank_of(w, n, c, d);
    if ((rank.excess && spread_of(c)->hard) || (best != NONE && !better(&rank, &best_rank))) continue;
    best = n->index, best_rank = rank;
  }
  return best;
}

bool placement_only_spread_forbids(const struct world *w, const struct container *c) {
  if (!spread_of(c)->skew || !spread_of(c)->hard || placement_choose(w, c) != NONE) return false;
  for (const struct node *n = world_next_node(w, NULL); n; n = world_next_node(w, n))
    if (takes(w, n, c)) return true;
  return false;
}

const char *placement_pods_note(const struct world *w, const struct service *s, struct arena *arena) {
  const struct container *waits = NULL;
  int64_t most = 0;
  for (uint32_t i = 0; i < s->capacity; i++)
    if (w->containers[s->first + i].state == CONTAINER_PENDING) waits = &w->containers[s->first + i];
  for (const struct node *n = world_next_node(w, NULL); n && waits; n = world_next_node(w, n)) {
    int64_t pods = nodes_offer(n->group)->pods;
    if (placement_allows(w, n, waits) && n->container_count >= pods && pods > most) most = pods;
  }
  return most ? arena_format(arena, ", and a node takes %lld at most (\"pods\")", (long long)most) : "";
}

/* --- more replicas ------------------------------------------------------------------------------------------------------------ */

/* Each domain may grow to `skew` more than the one that is full first. */
static int64_t room_in_spread(const struct world *w, const struct container *c) {
  const struct domain_counts *d = count(w, c);
  int64_t *most = allocate_zeroed(d->room, sizeof *most), first_full = PLACEMENT_ENOUGH, room = 0;
  for (uint32_t i = 0; i < d->room; i++) most[i] = d->seen[i] == d->number ? d->replicas[i] : 0;
  for (const struct node *n = world_next_node(w, NULL); n; n = world_next_node(w, n))
    if (placement_allows(w, n, c)) most[domain_of(n, spread_of(c)->over)] += placement_room(n, container_config(c));
  for (uint32_t i = 0; i < d->room; i++)
    if (d->seen[i] == d->number) first_full = least(first_full, most[i]);
  for (uint32_t i = 0; i < d->room; i++) {
    if (d->seen[i] != d->number) continue;
    int64_t up_to = least(most[i], first_full + spread_of(c)->skew);
    if (up_to > d->replicas[i]) room += up_to - d->replicas[i];
  }
  free(most);
  return room;
}

/* For replicas of the region of this one. */
static int64_t room_like(const struct world *w, const struct container *c) {
  int64_t room = 0;
  if (spread_of(c)->skew && spread_of(c)->hard) return room_in_spread(w, c);
  for (const struct node *n = world_next_node(w, NULL); n && room < PLACEMENT_ENOUGH; n = world_next_node(w, n))
    if (placement_allows(w, n, c)) room += placement_room(n, container_config(c));
  return room;
}

int64_t placement_room_for(const struct world *w, uint32_t service) {
  const struct service *s = &w->services[service];
  int64_t room = 0;
  for (uint32_t i = 0; i < s->capacity; i++) {
    const struct container *c = &w->containers[s->first + i];
    bool first = true;
    for (uint32_t k = 0; k < i; k++) first &= w->containers[s->first + k].home != c->home;
    if (first) room += room_like(w, c);
  }
  return least(room, PLACEMENT_ENOUGH);
}
