/* A provider's service such as Amazon RDS Multi-AZ: it looks from outside and has a name moved. */
#include "models/replication/failovers.h"

static sim_time detect(const struct failover_config *c, struct failover_moment at, bool host) {
  (void)host;
  return distribution_sample_time(&c->detect, at.draws);
}

static sim_time promote(const struct failover_config *c, struct failover_moment at) {
  return distribution_sample_time(&c->promote, at.draws);
}

static const struct field keys[] = {
    KEY("detect", DISTRIBUTION, failover_config, detect, .fallback = "{\"uniform\": {\"low\": \"55s\", \"high\": \"110s\"}}",
        .doc = "From the loss of the primary until the service fails over.",
        .source = "Amazon RDS Multi-AZ: typically 60 to 120 s in all (RDS user guide, second-hand)"),
    KEY("promote", DISTRIBUTION, failover_config, promote, .fallback = "{\"uniform\": {\"low\": \"5s\", \"high\": \"10s\"}}",
        .doc = "From then until the standby takes writes.", .source = "the rest of Amazon's 60 to 120 s"),
    PERSON_KEY,
    {0}};
const struct failover_kind failover_managed = {
    .member = {.word = "managed", .doc = "A provider's service, such as Amazon RDS Multi-AZ: 60 to 120 s in all.", .keys = keys},
    .automatic = true,
    .detect = detect,
    .promote = promote};
