/* The members of the family of DNS policies, in the order of their words. A new one: policy_NAME.c with `const struct dns_policy
 * dns_policy_NAME`, and a line here. */
#ifndef POLICIES_H
#define POLICIES_H
#include "models/dns/dns.h"

#define DNS_POLICIES(POLICY)                                                                                                       \
  POLICY(geo)                                                                                                                      \
  POLICY(weight)                                                                                                                   \
  POLICY(failover)                                                                                                                 \
  POLICY(anycast)

/* A policy: which of several regions a client is sent to. Members that may be null say so. */
struct dns_policy {
  struct member member;
  bool at_once;   /* all clients follow a change after `convergence`: no address is cached */
  bool by_chance; /* clients of one region get different answers */
  bool unchecked; /* makes sense without health checks */
  void (*link)(struct linker *, const struct dns_config *); /* null: there is nothing to check */
  uint64_t (*takes)(const struct dns_config *);             /* mask of the regions that it may answer with; null: all */
  /* The answer for a client in the region, out of the regions in the mask, which is not empty; chance: uniform on (0, 1). */
  uint32_t (*answer)(const struct model *, uint32_t region, uint64_t regions, double chance);
  /* by_chance: how likely that answer is the edge. */
  double (*likely)(const struct model *, uint64_t regions, uint32_t edge);
};

/* Keys of members whose clients resolve names. */
extern const struct record stragglers_record;
#define DNS_RESOLVED_KEYS                                                                                                          \
  KEY("ttl", DURATION, dns_config, ttl, DEFAULT("60s"), RANGE(1e9, FIELD_YEAR),                                                    \
      .doc = "Clients ask again when this has passed, each at a phase of its own: this long after a change all but the "           \
             "stragglers have moved.",                                                                                             \
      .source = "Route 53 advises 60 s or less for records with health checks", .elsewhere = "with anycast no address is cached"), \
      KEY("stragglers", RECORD, dns_config, stragglers, .record = &stragglers_record,                                              \
          .doc = "Clients that keep an old address beyond its TTL.", .elsewhere = "with anycast no address is cached")

#define DNS_POLICY_DECLARE(name) extern const struct dns_policy dns_policy_##name;
DNS_POLICIES(DNS_POLICY_DECLARE)
#undef DNS_POLICY_DECLARE

#endif
