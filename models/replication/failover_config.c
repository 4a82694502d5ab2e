#include "models/replication/failovers.h"

bool failover_counts_phases(const struct failover_config *c) { return c->by != &failover_manager || failover_has_person(c); }

const char *failover_wrong(const struct failover_config *c, const char **key) {
  *key = "coverage";
  if (c->coverage < 1 && !c->uncovered.kind) return "some losses are not covered: say in \"uncovered\" how long these take";
  *key = "uncovered";
  if (c->uncovered.kind && !(c->coverage < 1)) return "does nothing here: \"coverage\" is 100%";
  return c->by->link ? c->by->link(c, key) : NULL;
}

sim_time failover_between(struct stream *draws, sim_time from, sim_time until) {
  return from + (sim_time)(stream_uniform(draws) * (double)(until - from) + 0.5);
}

sim_time person_decides(const struct person_config *p, struct stream *draws) {
  sim_time acknowledged = distribution_sample_time(&p->acknowledge, draws), known = distribution_sample_time(&p->diagnose, draws);
  return known < SIM_NEVER - acknowledged ? acknowledged + known : SIM_NEVER;
}

sim_time person_acts(const struct person_config *p, struct stream *draws) { return distribution_sample_time(&p->act, draws); }

#define FAILOVER_MEMBER(name) &failover_##name.member,
static const struct member *const members[] = {FAILOVERS(FAILOVER_MEMBER) NULL};
static const struct family family = {.members = members};

static const struct field person_fields[] = {
    KEY("acknowledge", DISTRIBUTION, person_config, acknowledge,
        .fallback = "{\"uniform\": {\"low\": \"5min\", \"high\": \"15min\"}}", .doc = "From the page until an engineer looks.",
        .source = "an estimate of a small team by day; at night 1 to 8 h"),
    KEY("diagnose", DISTRIBUTION, person_config, diagnose, .fallback = "{\"uniform\": {\"low\": \"10min\", \"high\": \"30min\"}}",
        .doc = "From then until it is clear what to do.", .source = "an estimate"),
    KEY("act", DISTRIBUTION, person_config, act, .fallback = "{\"uniform\": {\"low\": \"2min\", \"high\": \"10min\"}}",
        .doc = "From then until the replica takes writes.", .source = "an estimate: what a rollback takes"),
    {0}};
const struct record person_record = {
    .name = "person", .size = sizeof(struct person_config), .fields = person_fields, .doc = "An engineer on call."};

static const struct field witness_fields[] = {KEY("name", TEXT, witness_config, name, .doc = "What \"votes\" says."), {0}};
static const struct record witness_record = {.name = "witness",
                                             .size = sizeof(struct witness_config),
                                             .fields = witness_fields,
                                             .doc = "A place that votes and has no nodes.",
                                             .shorthand = "name"};

static const struct field fields[] = {
    KEY("by", MEMBER, failover_config, by, DEFAULT("manager"), .family = &family, .doc = "Who promotes a replica."),
    KEY("resync", DISTRIBUTION, failover_config, resync, OPTIONAL,
        .doc = "How much longer the old primary takes to start as a replica: a rewind, or a copy of the data. Absent: no longer."),
    KEY("max_lag", DURATION, failover_config, max_lag, DEFAULT("never"), RANGE(0, FIELD_YEAR),
        .doc = "A replica that would lose writes older than this is not promoted; never: the one that has received most is.",
        .source = "Patroni's maximum_lag_on_failover is in bytes (1 MB)"),
    KEY("votes", WEIGHTS, failover_config, votes, OPTIONAL,
        .doc = "Votes by region or witness: {\"us\": 1, \"eu\": 1, \"third\": 1}. A machine promotes a replica, and lets a primary "
               "take "
               "writes, only in a region that sees more than half of them. Absent: one for each region that has a replica; where "
               "there are no regions all are seen.",
        .source = "etcd, Consul, ZooKeeper: a majority"),
    KEY("witnesses", LIST, failover_config, witnesses, OPTIONAL, .record = &witness_record,
        .doc = "Names in \"votes\" that are no regions: places without nodes, which every region sees at all times."),
    KEY("coverage", RATIO, failover_config, coverage, DEFAULT(1),
        .doc =
            "Probability that the loss of a primary is handled as said here. The others take \"uncovered\": a failover that fails, "
            "and is put right."),
    KEY("uncovered", DISTRIBUTION, failover_config, uncovered, OPTIONAL,
        .doc = "How long a loss that is not covered takes, from the death of the primary until a replica may take over."),
    KEY("split_brain", FLAG, failover_config, split_brain, DEFAULT(false),
        .doc = "Whether a machine promotes without asking for votes: then a cut link between regions makes two primaries, and what "
               "the old one takes meanwhile is thrown away when the link is back."),
    {0}};
const struct record failover_record = {.name = "failover",
                                       .size = sizeof(struct failover_config),
                                       .fields = fields,
                                       .doc = "A replica takes over when the primary is gone.",
                                       .shorthand = "by"};
