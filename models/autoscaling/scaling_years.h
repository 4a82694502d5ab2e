/* An autoscaler in years without requests: what it would read there, and when it need not look.
 *
 * The controller is the same (hpa.h). What metrics-server would have read is worked out: CPU is that of the requests of the hour
 * (models/availability/work.h), divided among the replicas that calls are sent to, and at most what a replica can use; memory is
 * that of its processes at rest; answers a second are those of the hour. So it sees means: no queue, no retry, no leak, and
 * nothing of requests that fail. Numbers that only a run has (jobs that wait, requests inside) are not known: services that look at
 * them keep the size that the scenario says, and the answer says so.
 *
 * A controller rests while nothing can change what it decides: its replicas are up and counted, it has what it asks for, and the
 * load of the hour, the schedule and the platform are as they were. Whatever changes wakes it, and it goes on at its own next sync.
 * Invariant: a controller that never rests decides alike. */
#ifndef SCALING_YEARS_H
#define SCALING_YEARS_H
#include "sim/engine/sim_time.h"
#include <stdbool.h>

struct autoscaler;
struct model;
struct service_config;
struct world;

/* All that the service's autoscaler looks at is known without requests. */
bool scaling_known(const struct model *, const struct service_config *);
/* Cores that each replica may use without that more are asked for; 0: not known. */
double scaling_enough(const struct autoscaler *);
/* In place of a scrape. What has changed since the last one shows at the next: metrics are means of the window. */
void scaling_reads(struct autoscaler *);
/* After a sync: true: it rests, and neither scrapes nor syncs until it is woken. */
bool scaling_may_rest(struct autoscaler *);
/* Something of the platform has changed; something that the clock says (handler). */
void scaling_wakes(struct world *);
void scaling_wakes_one(void *autoscaler, uint32_t unused);

#endif
