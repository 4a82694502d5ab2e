/* Whether commits find enough replicas, and what each replica holds where there are no requests that would show it.
 *
 * A commit that is not asynchronous needs `acks` replicas. While fewer follow, synchronous commits wait until the lost replicas are
 * dropped, `drop_after` their loss: clients with less patience are not served meanwhile. Then commits are asynchronous (degraded)
 * until enough replicas follow again; what was dropped is not promoted. Where `drop_after` is never, writes are not served.
 * Semi-synchronous ones wait for `ack_wait`, without success; clients with less patience than that are not served meanwhile. From
 * then on commits are asynchronous (degraded) until enough replicas follow again, and with the primary dies what was written since.
 *
 * With requests all this happens in the log (replication.c). Without, writes are Poisson at the mean rate of the scenario, and of
 * the log only the instants are known that matter:
 *
 *     too few follow          a commit waits in vain         degraded            the primary dies
 *     lost_at ---- X - D ---- unacknowledged --- ack_wait ------|--------------- failed_at
 *
 * X is exponential, D the delay of shipping: what was on its way to the last replica has not arrived. In general a replica holds
 * what was committed until it left (`holds_until`; the primary's death, if it is there), less what was on its way. Clients were
 * told of what was committed until the quorum was lost, or, where no commit waits, until the primary died. Lost is what lies
 * between; the RPO is the age of the first write in there, if there is one. A replica that is back has caught up at once. */
#ifndef QUORUM_H
#define QUORUM_H
#include "sim/engine/calendar.h"
#include "sim/engine/stream.h"
#include <stdbool.h>

struct replica;
struct replication;

struct quorum {
  bool lost; /* while the primary serves: fewer than `acks` follow */
  sim_time lost_at;
  /* Without requests: */
  sim_time unacknowledged; /* when the first commit came that waits without a quorum; SIM_NEVER: none has */
  bool without_quorum;     /* a write waits, and no quorum can acknowledge it */
  slot_id slot;
  struct stream draws;
};

void quorum_build(struct replication *);
/* A replica follows, or does not follow any more. */
void quorum_changed(struct replication *);
/* A replica follows or does not; one that is missing has been away since then. */
void quorum_changed_since(struct replication *, sim_time since);
void quorum_primary_died(struct replication *);
/* The primary takes writes again; promoted: it is another one. */
void quorum_primary_is_back(struct replication *, bool promoted);

/* Fewer replicas follow than a commit waits for. */
bool quorum_lacks(const struct replication *);
/* Share of the endpoint's requests whose commits return in time. */
double quorum_serves(const struct replication *, uint32_t endpoint);
/* Without requests: what the primary's death costs if this replica is promoted. first: the gap to the first write, as drawn. */
sim_time quorum_loss(struct replication *, const struct replica *, double first);
/* Without requests: when the first write was confirmed that a replica has not received which the primary does not reach. */
sim_time quorum_first_lost(struct replication *, const struct replica *, double first);

#endif
