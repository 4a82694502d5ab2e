/* Each client is sent to the nearest region that is healthy. By round trip between regions: what providers call latency-based. */
#include "models/dns/policies.h"

static uint32_t answer(const struct model *m, uint32_t region, uint64_t regions, double chance) {
  (void)chance;
  return dns_nearest(m, region, regions);
}

static const struct field keys[] = {DNS_RESOLVED_KEYS, {0}};
const struct dns_policy dns_policy_geo = {
    .member = {.word = "geo", .doc = "The nearest healthy region by round trip.", .keys = keys}, .answer = answer};
