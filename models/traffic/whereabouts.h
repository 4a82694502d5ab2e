/* Whereabouts: in which region the clients of a source are.
 *
 * A source is in one region, or its clients are in several by shares. A client that is known again (a user of a closed source, one
 * of an open source's `clients`, one that may ask twice) stays where it is; others are drawn for each request. What is drawn for a
 * client comes from a stream of its own, so that the same clients are at the same places whatever the cluster looks like.
 *
 *     "traffic": {"people": {"region": {"us": 2, "eu": 1}, ...}} */
#ifndef WHEREABOUTS_H
#define WHEREABOUTS_H
#include "sim/describe/field.h"
#include "sim/engine/stream.h"

struct linker;
struct model;
struct request;
struct source_config;
struct world;

/* Reports what is missing; derives the shares by region. */
void whereabouts_link(struct linker *, struct source_config *, const char *path);
/* The `stands` of an origin: the region of the request's client, and the region that it is sent to (models/dns/dns.h). */
void whereabouts_stand(struct world *, struct request *);
/* The region of a client of a source: of one that is known by a number, or of the one that sent the request with this key (user
 * NONE); -1 where there are no places. */
int32_t whereabouts_region(const struct world *, uint32_t source, uint32_t user, uint64_t key);
/* Share of the source's clients in a region; 1 where there are no places. */
double whereabouts_share(const struct model *, const struct source_config *, uint32_t region);
/* Once a world has been tried: of the source's requests for an endpoint, the share that enters in the region while all is well. */
void whereabouts_plan(struct linker *);
double whereabouts_planned(const struct model *, uint32_t source, uint32_t endpoint, uint32_t region);
/* Whether some of the clients in the region ask for the endpoint; -1: for any. */
bool whereabouts_asks(const struct model *, int32_t endpoint, uint32_t region);

#endif
