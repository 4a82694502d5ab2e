/* Take-over: of the replicas of a service only some are active, and the others stand by until one of these is gone.
 *
 * A virtual address (VRRP, keepalived), a lease on being the leader (Kubernetes, etcd), a cluster manager (Pacemaker). A replica
 * that stands by has nothing that it must catch up with: it keeps no data, or all of them mount the same. Data that follow with a
 * lag are a database's (models/replication/failover.h).
 *
 *     active --dies or hangs--> missing --detect--> noticed --promote--> one that stands by and serves is active in its place
 *       ^                          |        (or, with 1 - coverage, `uncovered` in place of both)
 *       +-- serves again before ---+        if `resumes`, or if it only hung
 *
 * Callers go on calling the missing one until it is replaced. Where none stands by, the next one that serves is active at once. A
 * process that has been replaced, or that may not resume, stands by when it serves again; none moves back. With `together` none
 * serves while one of the active ones is missing: they work as one, and go on without it once `detect` and `promote` are over (a
 * duplex, a group that agrees on its members).
 *
 * Assumptions: whoever is active is known to callers at once; what a replaced one still has inside it finishes; machines that
 * cannot see each other do not both become active.
 *
 * Invariant, audited: in rotation is only who is active; active are at most `active`, those that are missing included, and fewer
 * only where no other one serves.
 *
 *     "gate": { "kind": "proxy", "replicas": 2, "failover": { "detect": "3s", "coverage": "95%", "uncovered": "10min" } } */
#ifndef TAKEOVER_H
#define TAKEOVER_H
#include "models/core/parts.h"
#include "models/service/service.h"
#include "sim/engine/calendar.h"
#include "sim/engine/distribution.h"
#include "sim/engine/stream.h"
#include <stdbool.h>
#include <stdint.h>

struct container;
struct world;

struct takeover_config {
  int64_t active; /* 0: all replicas are */
  struct distribution detect, promote, uncovered;
  double coverage;
  bool resumes, together;
  uint32_t takeovers; /* meter */
};

extern const struct record takeover_keys_record;
static inline struct takeover_config *service_takeover(const struct service_config *s) { return service_part(s, PART_takeovers); }

/* Of a replica. */
enum takeover_stage { TAKEOVER_NONE, TAKEOVER_DETECTING, TAKEOVER_PROMOTING };
struct standby_replica {
  bool active;
  enum takeover_stage stage; /* it is missing */
  bool uncovered;
  slot_id slot;
};

struct takeovers {
  struct standby_replica *of; /* by container; null: no service has any */
  struct stream *draws;       /* by service */
  bool frozen;
};
static inline struct takeovers *world_takeovers(const struct world *w) { return world_part(w, PART_takeovers); }

/* NONE: none of the service's is missing; else the earliest. */
enum takeover_stage takeover_stage_of(const struct world *, uint32_t service);
/* From now on whoever puts the replicas in order says which are active. */
void takeover_freeze(struct world *);

#endif
