/* Long reads on a replica: they hold up its replay, and are cancelled when that lasts too long (PostgreSQL, hot standby).
 *
 * Some writes take away what a read may still want to see: old versions of rows that are cleaned up, a table that is altered. Each
 * write of the log is such a one with probability `conflicts`. When replay comes to it, it waits for the reads that are in progress
 * on the replica at that instant; a read that begins later sees what is there and is in no one's way. Nothing behind that write
 * is taken meanwhile. At `max_standby_streaming_delay` after the replica received it the reads that are still there are cancelled
 * (recovery_conflict), and replay goes on: so a replica that is behind already gives them less, down to nothing, until it has
 * caught up.
 *
 *     received ----- waits for older reads ----- the last of them ends: applied
 *        |                                       |
 *        +------ max_standby_streaming_delay ----+ cancels them: applied
 *
 * A read is in progress from when the replica has accepted it until its answer leaves; its client may be gone. A cancelled one
 * stops where it waits or computes and what it has done is lost; only a page that is being read from disk is read to its end.
 * (PostgreSQL 16 manual,
 * 26.4.2 Handling Query Conflicts; src/backend/storage/ipc/standby.c.) A MySQL replica has no such conflicts: the key is absent,
 * and then nothing here costs anything.
 *
 * Invariants, audited: a replica's list holds the reads in progress there and no others, in the order of their numbers; a replica
 * whose replay waits has a read in it that is as old as that wait. */
#ifndef STANDBY_H
#define STANDBY_H
#include "models/core/parts.h"
#include "sim/engine/pool.h"
#include "sim/engine/calendar.h"
#include <stdbool.h>

struct container;
struct instruction;
struct replica;
struct replication;
struct request;
struct world;

/* Of a replica. */
struct standby {
  uint32_t first, last; /* its reads in progress, the oldest first; or NONE */
  uint64_t begun;       /* reads so far */
  bool waits;           /* replay, for reads with numbers up to `before` */
  uint64_t before;
  uint64_t passed; /* the last position for which it has waited, or 0 */
  sim_time since;
  slot_id slot;          /* replay goes on, or the patience with reads is over */
  sim_time *received_at; /* by position, as the log */
};

/* A read in progress on a replica. */
struct standby_read {
  uint32_t request, container, next, previous;
  uint64_t number; /* of the replica's, from 1 */
  bool used;
};

void standby_build(struct replication *, struct replica *);

/* A read begins on a replica, in the topmost frame; ends, an instruction: READ_END. */
void standby_read_begins(struct world *, struct replica *, struct request *);
extern const struct operation operation_read_end;
/* The request fails. */
void standby_forget(struct world *, struct request *);

/* Replay has come to the position: true when it stands still there. */
bool standby_holds_up(struct replication *, struct replica *, uint64_t position);
/* Nothing is replayed there any more. */
void standby_clear(struct replication *, struct replica *);

/* Null, or what is wrong with the replica; adds its reads in progress to the count. */
const char *standby_wrong(const struct replication *, const struct replica *, uint32_t *reads);

struct standbys {
  struct pool reads; /* struct standby_read */
};
static inline struct standbys *world_standbys(const struct world *w) { return world_part(w, PART_standbys); }
/* Of each request. */
struct standby_of_request {
  uint32_t standby_read; /* struct standby_read, or NONE */
};
static inline struct standby_of_request *request_standby(const struct world *w, const struct request *r) {
  return request_part(w, r, PART_standbys);
}

#endif
