/* One address that all regions announce: a client reaches the nearest of them. When a region is taken out, routes converge to the
 * next one for all clients after one time. A content delivery network that chooses the origin itself works alike: clients resolve
 * its name only, so that its own check is all that a failover waits for, and "convergence" is 0. */
#include "models/dns/policies.h"

static uint32_t answer(const struct model *m, uint32_t region, uint64_t regions, double chance) {
  (void)chance;
  return dns_nearest(m, region, regions);
}

static const struct field keys[] = {
    KEY("convergence", DURATION, dns_config, convergence, DEFAULT("10s"), RANGE(0, FIELD_YEAR),
        .doc = "From the change of a region's health until all clients reach another one; 0s: a CDN that chooses the origin.",
        .source = "seconds, an estimate", .elsewhere = "only with anycast do routes converge"),
    {0}};
const struct dns_policy dns_policy_anycast = {
    .member = {.word = "anycast", .doc = "One address for all: clients reach the nearest healthy region.", .keys = keys},
    .at_once = true,
    .answer = answer};
