/* Audience: in which regions the clients of each endpoint are, and which region's entry they are sent to now.
 *
 * Sources count by the mean rate at which they ask for the endpoint. Where a client is sent is a matter of models/dns/dns.h.
 *
 *     double *clients = audience_new(model, arena);                                      once
 *     double share = audience_share(world, endpoint, edge, DNS_CLIENTS);                 of the endpoint's requests
 *
 * Invariant: over all edges the shares sum to 1, but for clients that find no address (models/service/affliction.h). */
#ifndef AUDIENCE_H
#define AUDIENCE_H
#include "models/dns/dns.h"

struct arena;

/* Share of each endpoint's clients by region, one endpoint behind the other; null: there are no places. */
double *audience_new(const struct model *, struct arena *);
double audience_share(const struct world *, uint32_t endpoint, uint32_t edge, enum dns_who);

#endif
