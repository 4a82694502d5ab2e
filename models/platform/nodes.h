/* The nodes of a cluster: they fail and return, and their set may grow and shrink during a run.
 *
 *     struct node *n = node_join(w, group);     another machine of the group: empty, up, with room for what is pending
 *     node_leave(w, n);                         its containers are evicted; when the last has gone, it is away
 *
 * A node that leaves gets no new containers. The orchestrator evicts in its own way: Kubernetes asks the budget of its service
 * (budget.h), drains a pod and starts another one, Swarm replaces a task at once, static and Compose stop the replica and have
 * nowhere to put it. Until it is empty the node is there and paid for; afterwards it is away, and its machine may be the next that
 * joins. A machine that breaks while its node is away matters to nothing; one that joins a place that is lost is down until the
 * place is back. Fixed sets never pay for any of this: no node is away, and loops find each.
 *
 * Invariants: a node that is away has no containers; requests for resources fit the groups' machines as before. */
#ifndef NODES_H
#define NODES_H
#include "models/machine/node.h"
#include "sim/engine/calendar.h"
#include "sim/engine/sim_time.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct container;
struct world;

/* Those of the scenario. */
void nodes_build(struct world *);

/* The machine is lost with all that runs on it, and is back. Losses from several faults add up, and each may take its disk. */
void node_fails(struct world *, struct node *, enum disk_fate);
void node_returns(struct world *, struct node *);
/* The orchestrator's `detected` is called after the delay, in place of an earlier one. */
void node_wait(struct world *, struct node *, sim_time delay);

/* Some machine of the region works. */
bool nodes_live_in(const struct world *, int32_t region);

/* Pointers to nodes are void afterwards. */
struct node *node_join(struct world *, uint32_t group);
void node_leave(struct world *, struct node *);
/* It is cordoned and drained as one that leaves, and `emptied` is set off when the last container has gone. It stays in the
 * cluster, and is paid for: for work on it, until it is uncordoned. */
void node_drain(struct world *, struct node *, slot_id emptied);
void node_uncordon(struct world *, struct node *);
/* The last container of one that is leaving has been taken off it. */
void node_is_empty(struct world *, struct node *);

/* For a part's `joins`: its array of w->node_room elements, moved to a longer one if the nodes have needed more room. */
void *nodes_grown(struct world *, const struct node *joined, void *array, size_t size);

#endif
