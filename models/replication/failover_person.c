/* An engineer on call: no machine decides which side is right, and there is no vote. The page leaves when the primary is gone. */
#include "models/replication/failovers.h"

static sim_time detect(const struct failover_config *c, struct stream *draws, bool host) {
  (void)host;
  return distribution_sample_time(&c->own.acknowledge, draws);
}

static sim_time decide(const struct failover_config *c, struct stream *draws) {
  return distribution_sample_time(&c->own.diagnose, draws);
}

static sim_time promote(const struct failover_config *c, struct stream *draws) { return person_acts(&c->own, draws); }

static const struct field keys[] = {
    KEY("acknowledge", DISTRIBUTION, failover_config, own.acknowledge,
        .fallback = "{\"uniform\": {\"low\": \"5min\", \"high\": \"15min\"}}",
        .doc = "From the death of the primary, when the page leaves, until an engineer looks.",
        .source = "an estimate of a small team by day; at night 1 to 8 h"),
    KEY("diagnose", DISTRIBUTION, failover_config, own.diagnose,
        .fallback = "{\"uniform\": {\"low\": \"10min\", \"high\": \"30min\"}}", .doc = "From then until it is clear what to do.",
        .source = "an estimate"),
    KEY("act", DISTRIBUTION, failover_config, own.act, .fallback = "{\"uniform\": {\"low\": \"2min\", \"high\": \"10min\"}}",
        .doc = "From then until the replica takes writes.", .source = "an estimate: what a rollback takes"),
    {0}};
const struct failover_kind failover_person = {
    .member = {.word = "person", .doc = "An engineer on call promotes a replica: acknowledges, diagnoses and acts.", .keys = keys},
    .detect = detect,
    .decide = decide,
    .promote = promote};
