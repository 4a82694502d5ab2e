/* What a cut link between regions does to a replicated database.
 *
 * Replicas that the primary does not reach get no log and acknowledge nothing, as if they were lost, but serve reads, which grow
 * old. They are followed up when the link is back; one that has been copied from too long ago starts again.
 *
 * With votes (models/replication/votes.h): a primary whose region sees a majority goes on. One that sees none goes on for its lease
 * and then steps down; it serves reads, and its standbys are not left out of a synchronous pair meanwhile, as that would have to
 * be written where the votes are. A region with the majority then promotes a replica: what the old primary confirmed between the
 * cut and its stepping down is lost, unless commits are synchronous.
 *
 * Without asking for votes ("split_brain"): after the failover's time a replica on the other side is promoted while the old primary
 * goes on: there are two. A write goes to the new one, or, from a region that does not reach it, to the old one. When the link is
 * back the old primary is started again as a replica (`resync`): all that it confirmed and the new one has not received is lost,
 * and the RPO is the age of the oldest of these writes then. */
#ifndef SEVERANCE_H
#define SEVERANCE_H
#include "sim/engine/sim_time.h"
#include <stdbool.h>
#include <stdint.h>

struct instruction;
struct replication;
struct request;
struct service;
struct world;

struct severance {
  uint32_t ousted; /* the old primary while it takes writes next to the new one, or NONE */
  int32_t fault;   /* that cut the link, or -1 */
  sim_time since;  /* there are two primaries */
  sim_time first;  /* the oldest of the writes that will be lost; SIM_NEVER: none so far */
};

/* Some link was cut or is back, or a node has died or is back. */
void severance_changed(struct replication *);
/* The candidate is about to be promoted while the primary serves. `writes` were confirmed to clients that it has not received, the
 * oldest at `first`. */
void severance_begins(struct replication *, uint64_t writes, sim_time first);
/* The old primary has died, or steps down. */
void severance_ends(struct replication *);
/* A commit at the old primary, which will be lost. */
void severance_commits(struct replication *);
/* The primary that writes of the request go to. */
uint32_t severance_primary(const struct replication *, const struct request *);
/* Calls of a database while it has two primaries. */
extern const struct routing routing_by_side;

#endif
