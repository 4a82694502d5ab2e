/* Budgets: how many replicas of a service a drain leaves alone, as Kubernetes' PodDisruptionBudget.
 *
 * A budget is about voluntary disruptions only: the drain of a node that is upgraded or is not needed any more. Crashes, lost nodes
 * and roll-outs do not ask it. Of a service with n replicas wanted it says how many must be healthy, that is ready and not on their
 * way out:
 *
 *     "budget": { "min_available": 2 }      2; a share rounds up: "50%" of 5 is 3
 *     "budget": { "unavailable": 1 }        n - 1; a share rounds up too: "30%" of 5 is 2, so that 3 must be
 *
 * A replica may be evicted while more are healthy than must be. One that is not ready is no loss of the service: it may be evicted
 * when as many are healthy as must be, and one without a node always (unhealthyPodEvictionPolicy IfHealthyBudget). Who is refused
 * tries again (`kubectl drain` after 5 s).
 *
 *     if (budget_allows(w, c)) budget_spends(w, c), ... drain it ...
 *     else ... try again after BUDGET_RETRY ...
 *
 * Invariant (audit): no eviction left fewer healthy than must be. */
#ifndef BUDGET_H
#define BUDGET_H
#include "models/core/parts.h"
#include "sim/describe/field.h"
#include "sim/engine/sim_time.h"
#include <stdbool.h>
#include <stdint.h>

struct container;
struct service_config;
struct world;

#define BUDGET_RETRY (5 * SIM_S)

struct budget_config {
  struct amount min_available, unavailable; /* at most one is given */
  uint32_t refused;                         /* meter */
};
struct budget_keys {
  struct budget_config *config; /* null: none */
};

const struct budget_config *service_budget(const struct service_config *);
/* How many of `desired` must be healthy; 0: there is no budget. */
int64_t budget_must(const struct service_config *, int64_t desired);

/* The replica may be evicted now. Counts a refusal. */
bool budget_allows(struct world *, const struct container *);
/* It is evicted now, and counts as healthy no more: for the audit, before anything of it changes. */
void budget_spends(struct world *, const struct container *);

#endif
