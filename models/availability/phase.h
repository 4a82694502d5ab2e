/* Phases: what an outage waits for, at each instant one thing.
 *
 *     detection   nobody knows: a dead process is still called, a lost node not yet missed, a check not yet failed often enough
 *     decision    it is known, and not what to do: a person acknowledges and diagnoses, managers lack a quorum, votes are missing
 *     reaction    it is done: a wait before a restart, an eviction, a place looked for, a replica promoted, endpoints told
 *     start       a process starts, with the restore of its data
 *     warm-up     it serves, and is not called yet: readiness, endpoints, health checks that must pass
 *     dns         clients follow to another region
 *     repair      the machine, link or service that broke is waited for itself

 *     dump, transfer, restore, verify, cut-over, rollback      a migration is there (models/faults/migration.h), instead of repair
 *
 * The phase is read off the state of the world after each change, so no part keeps a clock of its own: of all that is amiss the
 * earliest stage counts. A service with failover is in the stage of its failover, not of its processes; a region that DNS leads
 * away from is in that of its checks. What is amiss elsewhere and harmless counts too: a crash of a spare replica in the middle of
 * a long outage is a second of detection.
 *
 * Invariant: the phases of an outage add up to its recovery time, to the nanosecond. */
#ifndef PHASE_H
#define PHASE_H
#include <stdint.h>

struct world;

enum outage_phase {
  PHASE_DETECTION,
  PHASE_DECISION,
  PHASE_REACTION,
  PHASE_START,
  PHASE_WARM_UP,
  PHASE_DNS,
  PHASE_REPAIR,
  PHASE_DUMP,
  PHASE_TRANSFER,
  PHASE_RESTORE,
  PHASE_VERIFY,
  PHASE_CUT_OVER,
  PHASE_ROLLBACK,
  OUTAGE_PHASES
};
extern const char *const outage_phase_names[];

/* Of the world as it is now. */
enum outage_phase phase_of_world(const struct world *);
/* Of a repair that the world waits for: where people and crews are with what this fault broke, or where a migration is; REPAIR: no
 * person is needed. */
enum outage_phase phase_of_repair(const struct world *, uint32_t fault);

#endif
