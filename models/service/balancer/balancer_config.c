#include "models/service/balancer/balancer.h"
#include "models/service/hash_ring.h"
#include "models/core/model.h"
#include "sim/engine/arena.h"

enum { RING_PLACES = 4000000 };

static bool is_weighted(const struct balance_config *b) {
  return b->policy == BALANCE_WEIGHTED || b->policy == BALANCE_WEIGHTED_RANDOM;
}

static bool is_least(const struct balance_config *b) {
  return b->policy == BALANCE_LEAST_CONNECTIONS || b->policy == BALANCE_LEAST_TIME;
}

static const char *wrong_key(const struct balance_config *b, const char **key) {
  if (b->power_of && !is_least(b))
    return *key = "power_of", "\"power_of\" draws the replicas that policy least-connections or least-time looks at";
  if (b->stale && !is_least(b))
    return *key = "stale", "\"stale\" is for policies that look at numbers: least-connections and least-time";
  if (b->stale && b->stale < SIM_US) return *key = "stale", "updates less than 1us apart would stop the clock: leave it out";
  if (b->weights.count && !is_weighted(b)) return *key = "weights", "\"weights\" are for policies weighted and weighted-random";
  if (b->policy != BALANCE_HASH && b->keys >= 0) return *key = "keys", "\"keys\" are for policy hash";
  if (b->policy != BALANCE_HASH && b->bound > 0) return *key = "bound", "\"bound\" is for policy hash";
  if (b->bound > 0 && b->bound < 1) return *key = "bound", "less than 1 times the mean load would leave no room for all";
  for (uint32_t i = 0; i < b->weights.count; i++)
    if (b->weights.weight[i] <= 0)
      return *key = "weights", "a weight must be more than 0: \"place\" keeps a service away from nodes";
  return NULL;
}

static double *weights_of_groups(const struct model *m, const struct balance_config *b) {
  double *weight = arena_new_array(m->arena, double, m->platform.nodes.count + 1);
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) weight[i] = b->weights.count ? 1 : model_nodes(m, i)->speed;
  for (uint32_t i = 0; i < b->weights.count; i++) weight[b->weights.reference[i]] = b->weights.weight[i];
  return weight;
}

const char *balancer_link(struct model *m, struct service_config *s, const char **key) {
  struct balance_config *b = &s->balance;
  if (b->power_of && b->policy == BALANCE_ROUND_ROBIN) b->policy = BALANCE_LEAST_CONNECTIONS;
  const char *wrong = wrong_key(b, key);
  if (wrong) return wrong;
  if (b->policy == BALANCE_HASH) {
    if ((double)service_capacity(s) * (double)b->points > RING_PLACES)
      return *key = "points", arena_format(m->arena, "%u replicas with so many points each: a ring has at most %d places",
                                           service_capacity(s), RING_PLACES);
    b->ring = hash_ring_new(m->arena, s->name, service_capacity(s), (uint32_t)b->points);
  }
  if (is_weighted(b)) b->group_weight = weights_of_groups(m, b);
  if (b->eject.failures)
    b->ejections = meter_declare(m, s->name, "ejections", METER_COUNT, "Times that a caller left a replica alone for a while.");
  if (b->per == PER_CONNECTION) {
    b->opened = meter_declare(m, s->name, "connections_opened", METER_COUNT, "Connections that calling replicas opened to it.");
    b->idle = meter_declare(m, s->name, "idle_replicas", METER_LEVEL, "Replicas in rotation that have no request.");
  }
  return NULL;
}

/* In the order of enum balance_policy. */
static const char *const policy_words[] = {
    "round-robin", "random", "least-connections", "weighted", "weighted-random", "least-time", "hash", NULL};
static const char *const per_words[] = {"request", "connection", NULL};

#define AT(member) offsetof(struct balance_config, member)
static const struct field fields[] = {
    {.name = "policy",
     .kind = FIELD_WORD,
     .offset = AT(policy),
     .words = policy_words,
     .fallback = "\"round-robin\"",
     .doc = "How the replica is chosen; with \"power_of\" and nothing else: least-connections."},
    {.name = "per",
     .kind = FIELD_WORD,
     .offset = AT(per),
     .words = per_words,
     .fallback = "\"request\"",
     .doc = "request: for each call of another service; connection: once for each connection that a calling replica keeps "
            "(\"keepalive\").",
     .source = "an ingress, nginx or a service mesh: request; kube-proxy and the Swarm mesh: connection"},
    {.name = "power_of",
     .kind = FIELD_INTEGER,
     .offset = AT(power_of),
     .optional = true,
     .low = 1,
     .high = POWER_MOST,
     .doc = "Replicas drawn at random of which the policy takes the best; absent: it looks at all.",
     .source = "Envoy LEAST_REQUEST and nginx random two: 2"},
    {.name = "distinct",
     .kind = FIELD_FLAG,
     .offset = AT(distinct),
     .fallback = "true",
     .doc = "Whether the drawn replicas are all different; with more than there are: all of them.",
     .source = "nginx random two: different; Envoy: with replacement"},
    {.name = "weights",
     .kind = FIELD_WEIGHTS,
     .offset = AT(weights),
     .target = "platform.nodes",
     .optional = true,
     .doc =
         "Weighted policies: weight of a replica by the node group that it runs on, 1 for groups that are not named; absent: the "
         "speed of its node."},
    {.name = "decay",
     .kind = FIELD_DURATION,
     .offset = AT(decay),
     .fallback = "\"10s\"",
     .low = 1000000,
     .high = 3.1536e16,
     .doc = "least-time: how fast a response time is forgotten: its weight falls to 1/e in this time.",
     .source = "Finagle and Linkerd peak EWMA 10 s"},
    {.name = "stale",
     .kind = FIELD_DURATION,
     .offset = AT(stale),
     .fallback = "\"0s\"",
     .low = 0,
     .high = 3.1536e16,
     .doc = "Time between two updates of what the balancer knows of loads and response times; 0s: it always knows."},
    {.name = "keys",
     .kind = FIELD_REFERENCE,
     .offset = AT(keys),
     .target = "keys",
     .optional = true,
     .doc = "hash: what the requests are about decides; absent: who sends them."},
    {.name = "points",
     .kind = FIELD_INTEGER,
     .offset = AT(points),
     .fallback = "100",
     .low = 1,
     .high = 100000,
     .doc = "hash: places of each replica on the ring; the more, the more even.",
     .source = "libketama 100 to 200; nginx consistent hash 160"},
    {.name = "bound",
     .kind = FIELD_NUMBER,
     .offset = AT(bound),
     .optional = true,
     .low = 0,
     .high = 1e6,
     .doc = "hash: times the mean load that a replica takes before items go on to the next; absent: any load.",
     .source = "Mirrokni, Thorup and Zadimoghaddam 2018; HAProxy hash-balance-factor 1.25 to 2"},
    {.name = "keepalive",
     .kind = FIELD_RECORD,
     .offset = AT(keepalive),
     .record = &keepalive_record,
     .doc = "Per connection: what calling replicas keep."},
    {.name = "eject",
     .kind = FIELD_RECORD,
     .offset = AT(eject),
     .record = &ejection_record,
     .optional = true,
     .doc = "Leaves replicas alone to which calls have failed; absent: never."},
    {0}};
#undef AT
const struct record balance_record = {"balance", sizeof(struct balance_config), fields,
                                      "Which replica in rotation gets the next request.", "policy"};
