/* Node upgrades: a fault of kind maintenance with `drains` goes through the machines of its groups, one after the other.
 *
 *     cordon, evict --budgets allow it, the last pod has gone--> down for `lasts` --> uncordoned, up --> the next machine
 *
 * The drain is that of nodes.h, which the node autoscaler uses too: budgets are asked, and again after 5 s, for as long as it
 * takes. Machines that have left the cluster are passed over, those that join behind the one in work are not. A strike while the
 * last round is under way is left out. What a round takes from anybody counts as this fault's, as planned (outage_holds).
 *
 * A drain that has not emptied its machine within an hour is counted as stuck and goes on waiting: GKE would then use force.
 *
 * Invariant: at most one machine of a fault is cordoned at a time. */
#ifndef ROLLING_DRAIN_H
#define ROLLING_DRAIN_H

#include <stdbool.h>
#include <stdint.h>

struct fault_config;
struct linker;
struct model;
struct world;

/* Declares its meters, or reports what makes no sense and returns false. */
bool rolling_drain_link(struct linker *, struct fault_config *, const char *path);

/* Hooks of struct fault_kind; the target is the fault, by its number. */
bool rolling_drain_stands(const struct world *, uint32_t fault);
void rolling_drain_strike(struct world *, const struct fault_config *, uint32_t fault);
double rolling_drain_s(const struct model *, const struct fault_config *);

#endif
