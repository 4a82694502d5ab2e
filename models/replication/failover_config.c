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

/* The first check that finds it comes within `inter`: the proxy goes by a clock of its own. Those after it follow faster. */
sim_time failover_reached(const struct failover_config *c, struct stream *draws) {
  const struct primary_proxy *p = c->proxy;
  if (!p) return 0;
  return failover_between(draws, 0, p->inter) + (p->rise - 1) * (p->fastinter ? p->fastinter : p->inter);
}

/* Of a small team by day. */
static const sim_time from_min[PERSON_STEPS] = {5, 10, 2}, to_min[PERSON_STEPS] = {15, 30, 10};

static const struct distribution *given(const struct person_config *p, enum person_step step) {
  const struct distribution *const all[PERSON_STEPS] = {&p->acknowledge, &p->diagnose, &p->act};
  return all[step]->kind ? all[step] : NULL;
}

sim_time person_takes(const struct person_config *p, enum person_step step, struct failover_moment at) {
  if (given(p, step)) return distribution_sample_time(given(p, step), at.draws);
  if (people_are_there(at.model)) return people_take(at.model, step, at.now, at.draws);
  return failover_between(at.draws, from_min[step] * 60 * SIM_S, to_min[step] * 60 * SIM_S);
}

sim_time person_decides(const struct person_config *p, struct failover_moment at) {
  sim_time acknowledged = person_takes(p, PERSON_ACKNOWLEDGES, at);
  if (acknowledged >= SIM_NEVER - 1 - at.now) return SIM_NEVER;
  at.now += acknowledged;
  sim_time known = person_takes(p, PERSON_DIAGNOSES, at);
  return known < SIM_NEVER - acknowledged ? acknowledged + known : SIM_NEVER;
}

static bool leaves_to_people(const struct person_config *p) {
  return !given(p, PERSON_ACKNOWLEDGES) || !given(p, PERSON_DIAGNOSES) || !given(p, PERSON_ACTS);
}

bool failover_follows_the_clock(const struct failover_config *c, const struct model *m) {
  if (!failover_is_on(c) || !people_follow_the_clock(m)) return false;
  return (c->person && leaves_to_people(c->person)) || (c->by == &failover_person && leaves_to_people(&c->own));
}

#define FAILOVER_MEMBER(name) &failover_##name.member,
static const struct member *const members[] = {FAILOVERS(FAILOVER_MEMBER) NULL};
static const struct family family = {.members = members};

static const struct field person_fields[] = {PERSON_KEYS(person_config, ), {0}};
const struct record person_record = {
    .name = "person", .size = sizeof(struct person_config), .fields = person_fields, .doc = "An engineer on call."};

static const struct field proxy_fields[] = {
    KEY("inter", DURATION, primary_proxy, inter, DEFAULT("2s"), RANGE(1e6, 3600e9),
        .doc = "How often it checks a server that is not the primary.", .source = "HAProxy inter 2 s; downinter is the same"),
    KEY("fastinter", DURATION, primary_proxy, fastinter, OPTIONAL, RANGE(1e6, 3600e9),
        .doc = "Between the first good check and the last one needed; absent: as \"inter\".", .source = "HAProxy fastinter"),
    KEY("rise", INTEGER, primary_proxy, rise, DEFAULT(2), RANGE(1, 100), .doc = "Good checks in a row until it sends calls there.",
        .source = "HAProxy rise 2"),
    {0}};
static const struct record proxy_record = {.name = "proxy of a primary",
                                           .size = sizeof(struct primary_proxy),
                                           .fields = proxy_fields,
                                           .doc = "Finds the primary by health checks.",
                                           .shorthand = "inter"};

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
    KEY("proxy", RECORD, failover_config, proxy, OPTIONAL, .record = &proxy_record, .apart = true,
        .doc =
            "What callers go through, which learns who the primary is by checks of its own: from 0 to \"inter\" and (rise - 1) x "
            "\"fastinter\" longer after a promotion. Absent: callers know at once."),
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
