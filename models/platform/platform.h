/* The platform: node groups, the network between them, and the orchestrator that keeps services running.
 *
 * An orchestrator is policy over the same nodes, containers and rotations: one descriptor a file, listed in registry.c. It
 * acts through events with its real delays; nothing about a request or a CPU is in it. */
#ifndef PLATFORM_H
#define PLATFORM_H
#include "models/machine/disk.h"
#include "models/network/network.h"
#include "sim/describe/field.h"
#include "sim/engine/sim_time.h"
#include <stdbool.h>

struct world;
struct node;
struct container;

enum node_role { ROLE_ANY, ROLE_MANAGER };

struct node_group {
  const char *name;
  int64_t count;
  int64_t cpu;    /* millicores; INT64_MAX: unlimited */
  int64_t memory; /* bytes */
  double speed;
  double smt; /* what the second thread of a core adds, in cores; 1: cpu counts cores */
  int32_t role;
  const char *price; /* id in the price list, or null */
  struct disk_config disk;
  bool dedicated; /* derived: some service is placed on it, so others stay away */
};

struct compose_config {
  sim_time restart_delay, restart_cap, restart_reset;
};

struct swarm_config {
  sim_time heartbeat;
  int64_t missed;
  sim_time restart_delay, status_delay;
};

struct kubernetes_config {
  sim_time lease_renewal, monitor_grace, monitor_period, eviction;
  sim_time readiness_period, endpoint_delay;
  sim_time relist, restart_base, restart_cap, restart_reset;
  sim_time termination_grace;
  sim_time metrics_resolution, autoscaler_sync;
};

struct platform_config {
  int32_t kind;             /* index into orchestrators */
  struct config_list nodes; /* struct node_group */
  struct network_config network;
  struct compose_config compose;
  struct swarm_config swarm;
  struct kubernetes_config kubernetes;
};

extern const struct record platform_record;

struct orchestrator {
  const char *name;
  void (*start)(struct world *);                            /* when the world begins; may be null */
  void (*process_up)(struct world *, struct container *);   /* the process serves */
  void (*process_died)(struct world *, struct container *); /* its machine lives */
  void (*life)(struct world *, struct container *);         /* the wait that it set has ended: see life_stage */
  void (*node_died)(struct world *, struct node *);         /* with all that ran on it */
  void (*node_returned)(struct world *, struct node *);     /* empty of processes */
  void (*detected)(struct world *, struct node *);          /* the wait that it set on the node has ended */
};

extern const struct orchestrator orchestrator_static, orchestrator_compose, orchestrator_swarm, orchestrator_kubernetes;
extern const struct orchestrator *const orchestrators[]; /* the order of orchestrator_words */
extern const char *const orchestrator_words[];

#endif
