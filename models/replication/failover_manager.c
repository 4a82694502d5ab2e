/* A program that watches the primary, of whatever make: what it does is said by two times. */
#include "models/replication/failovers.h"

static sim_time detect(const struct failover_config *c, struct failover_moment at, bool host) {
  (void)host;
  return distribution_sample_time(&c->detect, at.draws);
}

static sim_time promote(const struct failover_config *c, struct failover_moment at) {
  return distribution_sample_time(&c->promote, at.draws);
}

static const struct field keys[] = {
    KEY("detect", DISTRIBUTION, failover_config, detect,
        .fallback = "{\"sum\": [{\"uniform\": {\"low\": \"20s\", \"high\": \"30s\"}}, {\"uniform\": {\"low\": \"0s\", \"high\": "
                    "\"10s\"}}]}",
        .doc = "From the death of the primary until another replica may be promoted; if it is back before, it stays primary.",
        .source = "Patroni, ttl 30 s and loop_wait 10 s: the leader's key expires 20 to 30 s after its last renewal, a replica "
                  "notices within 10 s"),
    KEY("promote", DISTRIBUTION, failover_config, promote, .fallback = "{\"uniform\": {\"low\": \"0s\", \"high\": \"2s\"}}",
        .doc = "From then until the promoted replica takes writes; it applies all that it has received first.",
        .source = "Patroni, model of a passive failure: lock and promotion 0 to 2 s"),
    PERSON_KEY,
    {0}};
const struct failover_kind failover_manager = {
    .member = {.word = "manager", .doc = "A program: after \"detect\" and \"promote\", whatever was lost.", .keys = keys},
    .automatic = true,
    .detect = detect,
    .promote = promote};
