/* Migrations: the data of a database are moved to a new one, planned, and the outage follows from their size.
 *
 *     "faults": { "move": { "kind": "migration", "service": "postgres", "data": "40GB", "dump": "100MB/s", "restore": "30MB/s",
 *                           "verify": "10min", "cut_over": "5min", "fails": "10%", "at": "1h" } }
 *
 *     dump --> transfer --> restore --> verify --data are right--> cut over --> done
 *                                          \--they are not--> roll back --> the old database serves; the next try after `retry`
 *
 * The first three take data / rate each, one after the other. With `piped` they overlap: the slowest rate is that of all three.
 * `stops` says what is not served meanwhile: all of the database, its writes, or nothing before the cut-over. During the cut-over
 * nothing is served in any case. A try is a strike of the fault: an outage of its own, planned, whose RTO is the time for which
 * something was not served and whose phases are those above. A strike that comes during a try, or before the next one, is left out.
 *
 * Rates are of the whole database: where shards or tables are copied side by side they are the sum. What breaks meanwhile breaks
 * beside it: a migration goes on by its clock.
 *
 * Invariant: the database ails by this fault from the beginning of a try to its end at most. */
#ifndef MIGRATION_H
#define MIGRATION_H
#include "sim/engine/distribution.h"
#include "sim/engine/sim_time.h"
#include <stdbool.h>
#include <stdint.h>

enum migration_stops { STOPS_ALL, STOPS_WRITES, STOPS_AT_CUT_OVER };

struct migration_config {
  int64_t data;                                 /* bytes; 0: what the database says of itself */
  int64_t dump, transfer, restore, verify_rate; /* bits/s; INT64_MAX: takes no time */
  bool piped;                                   /* dump, transfer and restore overlap */
  struct distribution verify, cut_over;         /* verify: in addition to data / verify_rate */
  struct distribution rollback;                 /* no kind: as cut_over */
  struct distribution retry;                    /* from a failed try to the next */
  int32_t stops;                                /* enum migration_stops */
  double fails;                                 /* probability that a verification does */
  uint32_t took, tries, failed, left_out;       /* meters */
};

#endif
