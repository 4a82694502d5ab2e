/* Volumes: where the data of a replica are, and what a lost node takes with it.
 *
 *     none      in the file system of the container: they live and die with it
 *     local     on a disk of the node: they stay there, whatever moves
 *     network   elsewhere: attached to one node at a time, and to another one once they are detached there
 *
 * What follows for a replica whose node is lost depends on its orchestrator (struct data_policy, models/platform/platform.h):
 *
 *                 never moved        moved at once             moved after an eviction
 *     none        waits              elsewhere, empty          elsewhere, empty
 *     local       waits              elsewhere, empty;         waits: a local volume has node affinity
 *                                    waits if it is pinned
 *     network     -                  elsewhere after `detach`  elsewhere after `detach`; of a StatefulSet: waits
 *
 * A pod of a StatefulSet on a lost node is not replaced, whatever its volume, before it is known to be gone: when the node is
 * back, or when a person deletes it by force (`deleted` after the loss, but not before the node is known to be lost). A network
 * volume that was attached to a node that is lost is detached by force after `detach`; while its old node works it moves at
 * once. A detach that has begun takes its whole time, also where the old node is back before its end.
 *
 * A network volume is in one zone, that of the node on which its replica began: where no node of that zone has room the replica
 * waits.
 *
 * A replica that is empty has lost what it held since it last served. A replica that starts for the first time has lost nothing.
 * Whether a lost machine comes back with its disk says the fault (struct node, `disk`); where it says nothing the disk is lost
 * for a service with a backup, and kept otherwise. A replica that has moved never finds its old local volume again, though that
 * may still be on the node that it left: what is there is out of date.
 *
 * Kubernetes: a container is new after each restart, and with it its file system; Docker restarts the same one, Swarm replaces it.
 * Sources: kubernetes 62061 and longhorn 5345 (maxWaitForUnmountDuration 6 min), kubernetes 53059 (6 to 10 minutes in the field);
 * kubernetes.io, StatefulSet and Force Delete StatefulSet Pods; swarmkit 2373 (local volumes do not move).
 *
 *     "pg": { "kind": "database", "volume": { "kind": "network", "owner": "statefulset", "deleted": "30min" } }
 *
 * Invariant: a replica with a pinned or bound local volume is on that node or pending. */
#ifndef VOLUME_H
#define VOLUME_H
#include "models/core/parts.h"
#include "models/service/service.h"
#include "sim/engine/distribution.h"
#include "sim/engine/sim_time.h"
#include <stdbool.h>

struct audit;
struct container;
struct linker;
struct model;
struct world;

enum volume_kind { VOLUME_AUTO, VOLUME_NONE, VOLUME_LOCAL, VOLUME_NETWORK };
enum volume_owner { OWNER_AUTO, OWNER_DEPLOYMENT, OWNER_STATEFULSET };

struct volume_config {
  int32_t kind, owner;
  struct distribution detach;  /* no kind: the default */
  struct distribution deleted; /* no kind: no one deletes it */
  bool pinned;
  /* Derived. */
  bool given;               /* the scenario says what it is */
  bool matters;             /* it is asked what becomes of its data */
  bool lost_if_mute;        /* a fault that does not say so takes the disk along */
  uint32_t waited, emptied; /* meters, where given */
};

extern const struct record volume_keys_record;
static inline struct volume_config *service_volume(const struct service_config *s) { return service_part(s, PART_volumes); }

/* Resolves what is left open, and reports what cannot be. */
void volumes_link(struct linker *);
/* Null, or what is assumed of the service's data for want of "volume", and why. Where nothing is moved nothing is assumed. */
const char *volume_assumed(const struct model *, const struct service_config *, const char **source);
/* Its data are on the disk of a node. */
bool volume_is_on_node(const struct model *, const struct service_config *);
/* A replica is never moved from the node that it began on. */
bool volume_binds(const struct model *, const struct service_config *);

/* The process, which starts or has last started, finds nothing of what it held. */
bool volume_is_empty(const struct world *, const struct container *);
/* That its data outlived the last stop of its process is said, or follows from what is said: it is no guess. */
bool volume_is_known(const struct world *, const struct container *);
/* It can be on this node only. */
bool volume_is_bound(const struct world *, const struct container *, uint32_t *node);
void audit_volumes(const struct audit *);

#endif
