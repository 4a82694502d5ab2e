/* Health checks from outside: which regions of an entry are answered.
 *
 * Every region is checked each `every`, at a phase of its own, drawn once. A check passes when a replica of the entry that is in
 * rotation there serves; it fails at once when the load balancer of the region answers that there is none, and after `timeout` when
 * no machine of the region works. After `failures` in a row the region is announced unhealthy, after `successes` in a row healthy
 * again. With 30 s and three failures that is 60 to 90 s after a loss, 75 s in the mean.
 *
 * Only what changes is an event: while a region passes, or fails, the checks in between are counted, not simulated, so that a year
 * without a fault costs nothing.
 *
 *     checks_start(world, record);         the regions in record->possible
 *     checks_look(world, record);          some process or rotation has changed: dns_announce follows, when it is due
 *
 * Invariant: a check is due to be announced only while the outcome of checks differs from the announced health. */
#ifndef CHECK_H
#define CHECK_H
#include "models/dns/dns.h"

void checks_start(struct world *, struct dns_record *);
void checks_look(struct world *, struct dns_record *);

#endif
