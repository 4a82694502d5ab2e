/* All clients are sent to the first region of a list that is healthy: active and standby. */
#include "models/core/link.h"
#include "models/dns/policies.h"
#include <assert.h>

static int32_t region_at(const struct dns_config *d, uint32_t i) {
  return ((const struct dns_order_config *)d->order.items)[i].region;
}

static void link(struct linker *l, const struct dns_config *d) {
  if (!d->order.count) link_error(l, "dns", "order", "needs the regions in their order, the first that is healthy is answered");
  for (uint32_t i = 0; i < d->order.count; i++)
    for (uint32_t k = 0; k < i; k++)
      if (region_at(d, i) == region_at(d, k)) {
        link_error(l, "dns", "order", "has the region \"%s\" twice", model_region(l->model, (uint32_t)region_at(d, i))->name);
        return;
      }
}

static uint64_t takes(const struct dns_config *d) {
  uint64_t regions = 0;
  for (uint32_t i = 0; i < d->order.count; i++) regions |= UINT64_C(1) << region_at(d, i);
  return regions;
}

static uint32_t answer(const struct model *m, uint32_t region, uint64_t regions, double chance) {
  (void)region, (void)chance;
  const struct dns_config *d = model_dns(m);
  uint32_t i = 0;
  while (!(regions >> region_at(d, i) & 1)) i++;
  assert(i < d->order.count);
  return (uint32_t)region_at(d, i);
}

static const struct field order_fields[] = {
    KEY("region", REFERENCE, dns_order_config, region, .target = "platform.regions", .doc = "A region."), {0}};
static const struct record order_record = {.name = "region in the order",
                                           .size = sizeof(struct dns_order_config),
                                           .fields = order_fields,
                                           .doc = "A region that clients are sent to.",
                                           .shorthand = "region"};
static const struct field keys[] = {
    DNS_RESOLVED_KEYS,
    KEY("order", LIST, dns_config, order, .record = &order_record,
        .doc = "Regions: all clients are sent to the first that is healthy; to one that is not listed never."),
    {0}};
const struct dns_policy dns_policy_failover = {
    .member = {.word = "failover", .doc = "The first healthy region of a list, for all clients.", .keys = keys},
    .link = link,
    .takes = takes,
    .answer = answer};
