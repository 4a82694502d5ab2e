/* Locality: which replicas a caller is drawn to by where they are.
 *
 *     cluster   each region is a cluster of its own with a Service and a load balancer of its own: calls stay in the caller's
 *               region if the service had replicas there when the run began, in rotation now or not. A service that has none
 *               there is called wherever it is. The default where there are regions.
 *     region    one mesh over all regions: replicas of the caller's region first, and the rest when none of these takes the call
 *     zone      those of the caller's zone first, then those of its region, then the rest
 *     none      any replica alike
 *
 * With region and zone a call spills over when there is nothing near in rotation, when its caller has ejected all that is near
 * (ejection.h), or when each near replica has `full` or more unanswered requests and one elsewhere has fewer; where all are full it
 * stays near. The rest are all alike, however far they are. The balancer's policy chooses among those that are left, with turns of
 * their own for each place. The caller's place is that of its node; a client's is the region whose entry it was sent to. A
 * connection that a caller keeps (keepalive.h) stays until it ends.
 *
 * What is routed by more than a balancer, reads on replicas of a database and shards, has routing of its own and no locality.
 *
 * Modelled after the priorities of Istio's and Envoy's locality load balancing. Not modelled: Envoy's overprovisioning factor, by
 * which with its default of 1.4 a locality spills over before it is empty, once less than 1 / 1.4 = 71% of its endpoints are
 * healthy; and the hints of Kubernetes' topology-aware routing, which deal endpoints to zones by their share of CPUs.
 *
 *     uint32_t count;
 *     const uint32_t *near = locality_candidates(world, service, request_stands(world, request), &count);
 *
 * Others that route: count = locality_nearest(world, site, zone, candidates, count) leaves those of a list that are nearest. */
#ifndef LOCALITY_H
#define LOCALITY_H
#include "models/network/regions.h"
#include "sim/describe/field.h"
#include <stdbool.h>
#include <stdint.h>

struct container;
struct request;
struct service;
struct service_config;
struct world;

enum preference { PREFER_AUTO, PREFER_NONE, PREFER_CLUSTER, PREFER_REGION, PREFER_ZONE };

struct locality_config {
  int32_t prefer; /* enum preference; after linking not auto */
  int64_t full;   /* unanswered requests of a replica; INT64_MAX: it never is */
};

/* Of those in rotation: those that a caller there calls if none is full or ejected, whether they live or not; maybe none. The list
 * is good until the rotation changes. */
const uint32_t *locality_candidates(const struct world *, struct service *, struct site from, uint32_t *count);
/* Likewise for clients that were sent to the entry of a region: none where no machine of the region works, as its load balancer is
 * gone with them. With `none` too the load balancer has only the replicas of its region for targets. */
const uint32_t *locality_of_entry(const struct world *, struct service *, uint32_t region, uint32_t *count);
/* Of containers: those in the zone (if `zone`), or else in the region of the caller, or else all come first; returns how many, at
 * least one of count > 0. Their order among each other stays. */
uint32_t locality_nearest(const struct world *, struct site from, bool zone, uint32_t *containers, uint32_t count);

/* Where the container is, and where the caller of the call that the request is about to make is. */
struct site container_site(const struct world *, const struct container *);
struct site request_stands(const struct world *, const struct request *);

/* What the service prefers, once it is linked. */
enum preference service_preference(const struct service_config *);
/* Its callers go elsewhere when all replicas near them are full. */
bool service_spills(const struct service_config *);

#endif
