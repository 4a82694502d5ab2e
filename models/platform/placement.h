/* Placement: which nodes may run the replicas of a service, and how the replicas spread over them.
 *
 * A service runs on the node groups that its `place` names, or else on all groups that no service is placed on. Of these its
 * `node_selector` keeps the groups whose labels, region and zone it names, and taints take away the groups that it does not
 * tolerate. A manager of a swarm that is not a worker too runs only what is placed there by name. A replica with a region of its
 * own (`replicas` by region) is placed on nodes of that region only. All this depends on the scenario alone.
 *
 * What a node can still take depends on the moment: requests fit what the group's nodes have less what is reserved
 * (allocatable), and the number of replicas is limited (`pods`). A spread is Kubernetes' topologySpreadConstraint with labels that
 * select the service's own pods: with the replica, its domain would hold at most `skew` more than the emptiest domain. Every domain
 * with a node that may run the service counts, also one whose nodes are lost (nodeTaintsPolicy: Ignore, the default); pods that
 * are being taken away do not. Replicas with regions spread within their region: each region is a cluster of its own.
 *
 *     if (placement_has_group(model, service, group)) ...                  may replicas be on its nodes at all?
 *     struct allocatable room = placement_allocatable(group);         of one node */
#ifndef PLACEMENT_H
#define PLACEMENT_H
#include "sim/describe/field.h"
#include "sim/engine/sim_time.h"
#include <stdbool.h>
#include <stdint.h>

struct arena;
struct container;
struct model;
struct node;
struct node_group;
struct service;
struct service_config;
struct world;

struct label_config {
  const char *name, *value;
};
struct taint_config {
  const char *name;
};

enum spread_over { SPREAD_NODE, SPREAD_ZONE, SPREAD_REGION };

struct spread_config {
  int32_t over;
  bool hard;
  int64_t skew; /* 0: no spread */
};

/* CPU and memory of one node: what is reserved, or what is left for replicas. */
struct allocatable {
  int64_t cpu;    /* millicores; INT64_MAX: unlimited */
  int64_t memory; /* bytes */
};

/* Keys of a service, and what follows from them. */
struct placement_config {
  struct config_list node_selector; /* struct label_config; region and zone are labels too */
  struct config_list tolerates;     /* struct taint_config */
  struct spread_config spread;
  bool *groups; /* derived, by node group: replicas may be on nodes of it */
  int32_t zone; /* derived: only on nodes of this zone; -1: of any */
};

/* Keys of a node group. */
struct offer_config {
  struct config_list labels; /* struct label_config */
  struct config_list taints; /* struct taint_config */
  struct allocatable reserved;
  int64_t pods; /* most replicas on one node; once linked never 0 */
};

struct placement_config *service_placement(const struct service_config *);
struct offer_config *nodes_offer(const struct node_group *);

/* Replicas may be on nodes of the group. */
bool placement_has_group(const struct service_config *, uint32_t group);
/* Nodes of the group that may run the service. */
int64_t placement_nodes(const struct model *, const struct service_config *, uint32_t group);
/* Every group that may run the first may run the second. */
bool placement_within(const struct model *, const struct service_config *, const struct service_config *);
/* One way between replicas of two services that are on different nodes, in the mean over the nodes that may run them. */
sim_time placement_way(const struct model *, const struct service_config *, const struct service_config *);
/* One way from the first to where calls of the second go, at least: what may be on one node is taken to be. */
enum hop_to { HOP_ANYWHERE, HOP_NEAR, HOP_TO_PRIMARY };
/* region: that of the caller, if it has nodes there; -1: anywhere. */
sim_time placement_hop(const struct model *, const struct service_config *, const struct service_config *, enum hop_to,
                       int32_t region);

/* Of one node, for replicas. */
struct allocatable placement_allocatable(const struct node_group *);
/* Replicas of the service that an empty node of the group takes; INT64_MAX: any number. */
int64_t placement_fits(const struct node_group *, const struct service_config *);

/* The control planes act of all places where the service may run: it can be scaled. */
bool placement_acts(const struct world *, const struct service_config *);
/* The node belongs to the cluster, is of those that may run the service, and of the replica's region. */
bool placement_allows(const struct world *, const struct node *, const struct container *);
/* More replicas of the service that the node has room for; at most PLACEMENT_ENOUGH. */
enum { PLACEMENT_ENOUGH = 1000000 };
int64_t placement_room(const struct node *, const struct service_config *);

/* The node for a replica: of those with room that the spread allows, in this order: the one that keeps to a soft spread best, the
 * one with the fewest replicas of the service, the one with the least share of its CPU and memory requested, the first. UINT32_MAX:
 * there is none. */
uint32_t placement_choose(const struct world *, const struct container *);
/* The replica has been placed: for the audit. */
void placement_done(const struct world *, const struct container *);
/* Of a service with a hard spread: most that a domain was above the emptiest one when a replica had been placed there. */
int64_t placement_worst_skew(const struct world *, uint32_t service);
/* A node that would take the replica if its service had no spread. */
bool placement_only_spread_forbids(const struct world *, const struct container *);
/* For messages: ", and a node takes 110 at most", where that keeps a replica of the service waiting; else "". */
const char *placement_pods_note(const struct world *, const struct service *, struct arena *);
/* What the spread of the replica's service finds: "us-a has 2 of its replicas, us-b has 1". */
const char *placement_domains(const struct world *, const struct container *, struct arena *);
/* More replicas of the service that would find a node, if no other service grew; at most PLACEMENT_ENOUGH. */
int64_t placement_room_for(const struct world *, uint32_t service);

#endif
