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
 *
 * A cut: the link between two regions carries nothing while both live.
 * Cuts are counted: a link carries again when as many have healed as have happened. A region that is lost is unreachable
 * because its nodes are; that is no cut. Clients reach each region by ways of their own, which no cut takes.
 *
 * What is under way when the link is cut arrives. Of what is sent afterwards, a call is a new connection for all that the model
 * knows: it runs into the connect_timeout of the service and is unreachable. An answer belongs to a connection that is there, and
 * TCP sends it again: after 200 ms, then in intervals that double up to 120 s, 15 times, until it gives up 924.6 s after the first
 * (RFC 6298; Linux tcp_retries2 = 15). So the answer comes with the first repetition after the link is back, one way later, or the
 * call is unreachable after 924.6 s; meanwhile its caller holds what it holds, and its own time-outs run. A link that is cut again
 * between its return and that repetition lets it through.
 *
 *     network_cut(world, us, eu);                                  parts learn of it (struct part, severed)
 *     if (!network_reachable(world, us, eu)) ...                    for what is sent between regions
 *     if (network_has_cuts(n) && !network_nodes_reach(world, from->node, to->node)) ...       on a hot path
 *     network_heal(world, us, eu);
 *
 * A slow link: each way between two regions takes longer; what is under way is not held up. */
#ifndef NETWORK_H
#define NETWORK_H
#include "models/core/parts.h"
#include "models/request/queue.h"
#include "sim/describe/field.h"
#include "sim/engine/sim_time.h"
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lane;
struct request;
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

/* Of the link between two regions: how often it is cut now, and the requests whose answers are sent again and again. */
struct severed {
  uint32_t cuts;
  struct line answers;
};

struct cuts {
  uint32_t regions, now; /* now: of all links, 0 most of the time */
  struct severed *links; /* by two regions */
};

/* Of the link between two regions: each way takes `times` as long, and `delay` longer. */
struct slow_link {
  double times;
  sim_time delay;
};

struct slowness {
  uint32_t *reasons;       /* by two regions: faults that slow the link */
  struct slow_link *links; /* by two regions: all of them together */
  struct lane **plain;     /* `between` while nothing is slow */
  struct lane **made;      /* lanes of slow ways; kept for the next time */
  sim_time *delays;        /* theirs */
  uint32_t made_count, room;
  uint32_t now; /* links that are slow */
};

/* The ways of one world that take time. */
struct network {
  struct lane *between_nodes; /* without places: between any two nodes; null: no time */
  /* With places: */
  uint32_t zones;        /* 0: there are none */
  uint32_t *zone_of;     /* by node */
  struct lane **between; /* by two zones; null: no time */
  struct cuts *cuts;     /* of links between regions */
  struct slowness *slow; /* of links between regions; null: none has been slow yet */
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

/* Likewise from a zone. */
static inline struct lane *network_lane_from(const struct network *n, uint32_t zone, uint32_t to) {
  return n && n->zones ? n->between[zone * n->zones + n->zone_of[to]] : NULL;
}

/* The link between two different regions is cut once more; one cut of it has healed. */
void network_cut(struct world *, uint32_t region, uint32_t other);
void network_heal(struct world *, uint32_t region, uint32_t other);
/* What is sent from now on takes longer, until the same is taken back; several multiply and add up. */
void network_slows(struct world *, uint32_t region, uint32_t other, struct slow_link);
void network_recovers(struct world *, uint32_t region, uint32_t other, struct slow_link);
/* Whether what is sent from one region arrives in the other; a region always reaches itself, and -1, no place, reaches all. */
bool network_reachable(const struct world *, int32_t region, int32_t other);
/* Whether what is sent from one node arrives at the other, if both live. */
bool network_nodes_reach(const struct world *, uint32_t from, uint32_t to);
/* The request waits for an answer from the other region that a cut holds up: request_wakes when it is there. */
void network_holds_up(struct world *, struct request *, int32_t from, int32_t to, uint16_t cell);

/* From the first sending of something that TCP sends again until the repetition that comes next after `waited`. */
sim_time network_sent_again(sim_time waited);

static inline bool network_has_cuts(const struct network *n) {
  return n && __builtin_expect(n->cuts != NULL, 0) && __builtin_expect(n->cuts->now != 0, 0);
}

#endif
