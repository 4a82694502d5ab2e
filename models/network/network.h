/* The network between nodes: how long one way takes, and the requests that are under way.
 *
 * Inside a node no time passes. Between two nodes of a zone one way takes `between_nodes`, between two zones of a region
 * `between_zones`, between two regions half their round trip; in a scenario without regions every two nodes are `between_nodes`
 * apart. This is the only place that knows it: what moves between replicas asks for the way from one node to another, what only
 * plans asks for that between two groups of nodes, and both get the same delay for the same pair. Requests that are under way wait
 * in lanes of their own, one a delay.
 *
 *     sim_time there = network_way(world, from->node, to->node);
 *     struct lane *way = network_lane(world_network(world), from->node, to->node);
 *     if (way) lane_push(way, request->id);          // request_wakes at the other end; null: it is there
 */
#ifndef NETWORK_H
#define NETWORK_H
#include "models/core/parts.h"
#include "sim/describe/field.h"
#include "sim/engine/sim_time.h"
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

struct lane;
struct model;
struct record;
struct world;

struct network_config {
  sim_time between_nodes;        /* one way, within a zone */
  sim_time between_zones;        /* one way, within a region */
  struct config_list round_trip; /* struct round_trip_config (models/network/regions.h) */
};

extern const struct record network_record;

/* The place of what is on none of the nodes that it could share: it is another node for every other. */
enum { NETWORK_ELSEWHERE = UINT32_MAX };

/* The ways of one world that take time. */
struct network {
  struct lane *between_nodes; /* without places: between any two nodes; null: no time */
  /* With places: */
  uint32_t zones;        /* 0: there are none */
  uint32_t *zone_of;     /* by node */
  struct lane **between; /* by two zones; null: no time */
};

/* Null when no way takes time. */
static inline const struct network *world_network(const struct world *w) { return world_part(w, PART_network); }

/* One way from node to node. */
sim_time network_way(const struct world *, uint32_t from, uint32_t to);
/* One way between two different nodes of these groups, in the mean over their zones; -1: over all groups. */
sim_time network_way_apart(const struct model *, int32_t from, int32_t to);

/* Where requests wait that are on the way from node to node, or null when the way takes no time. */
static inline struct lane *network_lane(const struct network *n, uint32_t from, uint32_t to) {
  if (!n || from == to) return NULL;
  if (__builtin_expect(!n->zones || from == NETWORK_ELSEWHERE || to == NETWORK_ELSEWHERE, 1)) return n->between_nodes;
  return n->between[n->zone_of[from] * n->zones + n->zone_of[to]];
}

#endif
