/* An engineer on call: no machine decides which side is right, and there is no vote. The page leaves when the primary is gone. */
#include "models/replication/failovers.h"

static sim_time detect(const struct failover_config *c, struct failover_moment at, bool host) {
  (void)host;
  return person_takes(&c->own, PERSON_ACKNOWLEDGES, at);
}

static sim_time decide(const struct failover_config *c, struct failover_moment at) {
  return person_takes(&c->own, PERSON_DIAGNOSES, at);
}

static sim_time promote(const struct failover_config *c, struct failover_moment at) {
  return person_takes(&c->own, PERSON_ACTS, at);
}

static const struct field keys[] = {PERSON_KEYS(failover_config, own.), {0}};
const struct failover_kind failover_person = {
    .member = {.word = "person", .doc = "An engineer on call promotes a replica: acknowledges, diagnoses and acts.", .keys = keys},
    .detect = detect,
    .decide = decide,
    .promote = promote};
