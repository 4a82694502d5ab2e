#include "models/service/balancer/balancers.h"
#include "models/core/model.h"

const char *balancer_link(struct model *m, struct service_config *s, const char **key) {
  struct balance_config *b = &s->balance;
  const char *wrong = b->policy->link ? b->policy->link(m, s, key) : NULL;
  if (wrong) return wrong;
  if (b->eject.failures)
    b->ejections = meter_declare(m, s->name, "ejections", METER_COUNT, "Times that a caller left a replica alone for a while.");
  if (b->per == PER_CONNECTION) {
    b->opened = meter_declare(m, s->name, "connections_opened", METER_COUNT, "Connections that calling replicas opened to it.");
    b->idle = meter_declare(m, s->name, "idle_replicas", METER_LEVEL, "Replicas in rotation that have no request.");
  }
  return NULL;
}

#define BALANCER_MEMBER(name) &balancer_##name.member,
static const struct member *const members[] = {BALANCERS(BALANCER_MEMBER) NULL};
static const struct family family = {.members = members};
static const char *const per_words[] = {"request", "connection", NULL};

static const struct field fields[] = {
    KEY("policy", MEMBER, balance_config, policy, DEFAULT("round-robin"), .family = &family, .doc = "How the replica is chosen."),
    KEY("per", WORD, balance_config, per, DEFAULT("request"), .words = per_words,
        .doc = "request: for each call of another service; connection: once for each connection that a calling replica keeps "
               "(\"keepalive\").",
        .source = "an ingress, nginx or a service mesh: request; kube-proxy and the Swarm mesh: connection"),
    KEY("slow_start", DURATION, balance_config, slow_start, DEFAULT("0s"), RANGE(0, FIELD_YEAR),
        .doc = "For this long after a replica has come into rotation its weight grows from 0 to that of the others.",
        .source = "nginx slow_start, AWS target groups: off by default"),
    KEY("keepalive", RECORD, balance_config, keepalive, .record = &keepalive_record,
        .doc = "Per connection: the connections that calling replicas keep."),
    KEY("eject", RECORD, balance_config, eject, OPTIONAL, .record = &ejection_record,
        .doc = "Sends no requests for a while to replicas to which calls have failed; absent: always sends them."),
    {0}};
const struct record balance_record = {.name = "balance",
                                      .size = sizeof(struct balance_config),
                                      .fields = fields,
                                      .doc = "Which replica in rotation gets the next request.",
                                      .shorthand = "policy"};
