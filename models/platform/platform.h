/* The platform: node groups, the network between them, and the orchestrator that keeps services running.
 *
 * An orchestrator is policy over the same nodes, containers and rotations: one descriptor a file, with its own keys. It
 * acts through events with its real delays; nothing about a request or a CPU is in it. */
#ifndef PLATFORM_H
#define PLATFORM_H
#include "models/core/parts.h"
#include "models/network/network.h"
#include "models/network/regions.h"
#include "sim/describe/field.h"
#include "sim/engine/sim_time.h"
#include <stdbool.h>

struct arena;
struct scaling_flags;
struct farewell;
struct orchestrator;
struct probing;
struct world;
struct node;
struct container;

/* Bits of a node group's role. */
enum node_role { NODE_OF_ANY_ROLE = 1, NODE_MANAGES = 2, NODE_WORKS = 4 };

struct node_group {
  const char *name;
  void *parts[PARTS_MOST]; /* what parts keep of it: nodes_part */
  int64_t count;
  int64_t cpu;    /* millicores; INT64_MAX: unlimited */
  int64_t memory; /* bytes */
  double speed;
  double smt;                      /* what the second thread of a core adds, in cores; 1: cpu counts cores */
  uint32_t role;                   /* enum node_role */
  int32_t region;                  /* or -1: the scenario has no regions */
  const char *zone;                /* of the region, or null: its nodes are dealt over all of them */
  const char *price;               /* id in the price list, or null */
  bool dedicated;                  /* derived: some service is placed on it, so others stay away */
  uint32_t first_zone, zone_count; /* derived: zones that its nodes are dealt over, by numbers over all regions */
};

struct platform_config {
  const struct orchestrator *kind;
  const void *settings; /* of the orchestrator: its own struct, or null */
  struct regions regions;
  struct config_list nodes; /* struct node_group */
  struct network_config network;
};

extern const struct record platform_record;

/* The zone of the group's node with this number, over all regions; -1: there are no places. */
static inline int32_t node_group_zone(const struct node_group *g, uint32_t number) {
  return g->region < 0 ? -1 : (int32_t)(g->first_zone + number % g->zone_count);
}

/* It runs what no service is placed on it for. */
static inline bool node_group_works(const struct node_group *g) { return !(g->role & NODE_MANAGES) || (g->role & NODE_WORKS); }

/* Each region has its own; without regions there is one. */
static inline uint32_t platform_control_planes(const struct platform_config *p) {
  return p->regions.list.count ? p->regions.list.count : 1;
}

static inline void *nodes_part(const struct node_group *g, enum part_number part) { return g->parts[part]; }

/* What an orchestrator does with what has data; models/volume says what follows. */
struct data_policy {
  bool new_containers; /* a restart is a new container, with a new file system */
  bool node_affinity;  /* a local volume binds what uses it to its node */
  bool constraints;    /* a service can be pinned to the node that it is on */
  bool stateful_sets;  /* pods have an owner, and some owners never have two of a name: one on a lost node is not replaced */
};

/* How it brings a new version out: what the strategies of models/release go by. */
enum update_style {
  UPDATES_IN_PLACE,  /* a process is stopped and started again, one after the other */
  UPDATES_WITH_GAPS, /* all are stopped and started again */
  UPDATES_BY_TASKS,  /* Docker Swarm */
  UPDATES_BY_PODS    /* Kubernetes */
};

/* A member of the family in orchestrator/orchestrators.h: policy, and the record of its delays as its one key. */
struct orchestrator {
  struct member member;
  size_t room;                                              /* bytes that it keeps in a world, zero at first */
  void (*start)(struct world *);                            /* when the world begins; may be null */
  void (*process_up)(struct world *, struct container *);   /* the process serves */
  void (*process_died)(struct world *, struct container *); /* its machine lives */
  void (*life)(struct world *, struct container *);         /* the wait that it set has ended: see life_stage; null: it sets none */
  void (*node_died)(struct world *, struct node *);         /* with all that ran on it; may be null */
  void (*node_returned)(struct world *, struct node *);     /* empty of processes */
  void (*detected)(struct world *, struct node *);          /* the wait that it set on the node has ended; null: it sets none */
  void (*evict)(struct world *, struct container *);        /* its node leaves; null: it stops there for good */
  /* For roll-outs (models/release). begin: a replica that was not wanted is, in the version of its service; null: it cannot have
   * more than are wanted. end: it goes, with a farewell that is its service's. renew: it goes, and another one in the version of
   * its service follows in its stead. */
  enum update_style updates;
  void (*begin)(struct world *, struct container *);
  void (*end)(struct world *, struct container *, const struct farewell *);
  void (*renew)(struct world *, struct container *, const struct farewell *);
  /* Brings a service to its desired size, for its autoscaler; null: services keep their size. */
  void (*resize)(struct world *, uint32_t service);
  const struct scaling_flags *(*scaling)(const void *settings); /* of its autoscalers; null: it has none */
  /* From the death of a process to its return into rotation, in the mean, without the start itself; null: no time. */
  sim_time (*recovery)(const void *settings);
  /* The control plane with this number is lost, or back: each region has its own (platform_control_planes). Losses from several
   * faults add up. Null: it has none that could be lost; `instead` says what a fault of it is then. */
  void (*control)(struct world *, uint32_t plane, bool back);
  const char *instead;
  /* What runs in the region (-1: there are none) is placed, moved and scaled now; null: always. */
  bool (*acts)(const struct world *, int32_t region);
  const struct probing *probing; /* what it does with the probes of a service (models/service/probe.h); null: nothing */
  bool budgets;                  /* drains ask them (models/platform/budget.h) */
  bool relocates;                /* starts elsewhere what was on a lost node */
  struct data_policy data;
  bool managers; /* it runs on nodes of the scenario: those with the role of managers */
  int64_t pods;  /* most replicas on one node unless its group says otherwise; 0: no limit */
};

/* The words of those with an autoscaler. */
const char *orchestrators_that_scale(struct arena *);
/* The words of those that run on manager nodes. */
const char *orchestrators_with_managers(struct arena *);

#endif
