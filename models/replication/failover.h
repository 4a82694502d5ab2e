/* Failover: what happens when the primary of a database is gone, and what is lost by it.
 *
 *     serves --dies--> detecting --detect--> deciding --decide--> promoting --promote--> draining --has applied all--> serves
 *        ^                                       |                   |
 *        +-- the old primary is back before -----+-------------------+-- none to promote: waits for a replica, for votes, for a
 *                                                                        person or for the old primary
 *
 * Until then writes fail: callers go on asking the dead primary. Of the replicas that are up the one that has received most is
 * promoted, unless it is further behind than `max_lag`, or its region sees no majority (models/replication/votes.h). Lost are the
 * writes that were acknowledged and that it has not received. The old primary returns as a replica, after `resync`. How long each
 * phase takes depends on what promotes: models/replication/failover_config.h.
 *
 * Where links between regions are cut: models/replication/severance.h.
 *
 * What becomes of the data of a process that stops: models/volume. A replica that starts empty is copied: it takes `resync`
 * longer. A primary that starts empty
 *
 *     has a backup                      is restored: it takes `restore` longer, and all since the last backup is lost: between
 *                                       nothing and `every`
 *     has none, a replica has data      with failover it is no primary any more: it waits until one is promoted. Without, or if
 *                                       none is, it is copied from the replica that has received most, and what that lacks is lost
 *     has none, no replica has data     begins with nothing: all is lost, and the RPO has no bound (SIM_NEVER)
 *
 * RPO: age of the oldest lost write when the primary died, 0 if nothing was lost. Without requests there are no writes: then it is
 * drawn (models/replication/quorum.h). Writes are Poisson, at the mean rate of the scenario; those of the last ship delay D are
 * lost, the oldest came X ago: max(0, D - X), X exponential; longer ago where the replica had been away. The age of a backup is
 * uniform by a random phase, with requests and without. */
#ifndef FAILOVER_H
#define FAILOVER_H
#include "models/replication/failover_config.h"
#include "sim/describe/field.h"
#include "sim/engine/calendar.h"
#include "sim/engine/distribution.h"
#include "sim/engine/stream.h"
#include <stdbool.h>

struct container;
struct replication;
struct world;

struct backup_config {
  sim_time every; /* 0: there is none */
  struct distribution restore;
};

extern const struct record backup_record;

/* LEASE: the primary serves and sees no majority; then it steps down. Behind it: others look for a new one. WAITING: for a replica
 * that could be promoted; UNDECIDED: for votes, or for a person. */
enum failover_stage {
  FAILOVER_NONE,
  FAILOVER_LEASE,
  FAILOVER_DETECTING,
  FAILOVER_DECIDING,
  FAILOVER_UNDECIDED,
  FAILOVER_PROMOTING,
  FAILOVER_DRAINING,
  FAILOVER_WAITING
};

struct failover {
  const struct failover_config *config;
  const struct backup_config *backup;
  enum failover_stage stage;
  slot_id slot;
  struct stream draws;
  uint32_t candidate; /* DRAINING: number of the replica */
  bool down;          /* the primary is gone */
  bool disk_lost;     /* its data are gone */
  bool deferred;      /* it starts, and waits for another one to be promoted */
  bool fenced;        /* down: its process may serve, but it has stepped down and takes no writes */
  bool uncovered;     /* the failover has failed, and is being put right */
  bool by_person;     /* votes are not asked: a person has decided */
  sim_time failed_at, detected_at, decided_at;
  int32_t fault;         /* that took the primary, or -1 */
  sim_time loss;         /* by promoting the candidate */
  sim_time backup_phase; /* a backup is taken at this time, and one interval before and after it, and so on */
  bool backup_lost;      /* it went with the place that the primary was in */
  uint64_t backed_up;    /* position that the newest backup holds */
  slot_id backup_slot;
};

void failover_build(struct world *, struct replication *);
/* The primary of a region without a majority steps down after its lease, or need not any more; votes that were missing may be
 * seen. */
void failover_votes_changed(struct replication *);
/* The primary serves, and another replica is to be promoted all the same; not any more. */
void failover_ousts(struct replication *);
void failover_ousts_no_more(struct replication *);
/* A container of the service: its process serves, or has stopped; served: it did serve until now. */
void failover_process_up(struct replication *, struct container *);
/* Another replica, which has all that the primary had, is the primary now. */
void failover_superseded(struct replication *);
/* One that follows; perhaps it was waited for. */
void failover_replica_up(struct replication *);
void failover_process_stopped(struct world *, struct container *, bool served);
/* The replica has applied all that it received. */
void failover_drained(struct replication *, uint32_t replica);
/* What its process needs before it serves in addition to its start: a restore, a copy of the primary's data. */
sim_time failover_recovery(struct world *, const struct container *);

#endif
