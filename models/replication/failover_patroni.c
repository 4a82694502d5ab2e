/* Patroni: the primary holds a key in a store (etcd) that expires `ttl` after its last renewal, one every `loop_wait`; the others
 * look as often.
 *
 *     host or network lost:  ttl - loop_wait to ttl until the key expires, up to loop_wait until a replica sees that
 *     process crashed:       up to loop_wait until its own agent sees that; it starts it again and keeps the key meanwhile, for
 *                            start_timeout; then gives the key up, and a replica sees that within loop_wait
 *
 * A primary that cannot renew its key demotes itself before that expires. (patroni/docs/dynamic_configuration.rst:
 * primary_start_timeout: "worst case failover time for primary failure is: loop_wait + primary_start_timeout + loop_wait".) */
#include "models/replication/failovers.h"

static sim_time lease(const struct failover_config *c, struct failover_moment at) {
  return failover_between(at.draws, c->ttl - c->loop_wait, c->ttl);
}

static sim_time notice(const struct failover_config *c, struct failover_moment at) {
  return failover_between(at.draws, 0, c->loop_wait);
}

static sim_time detect(const struct failover_config *c, struct failover_moment at, bool host) {
  sim_time gone = host ? lease(c, at) : failover_between(at.draws, 0, c->loop_wait) + c->start_timeout;
  return gone + notice(c, at);
}

static sim_time promote(const struct failover_config *c, struct failover_moment at) {
  return distribution_sample_time(&c->promote, at.draws);
}

static const char *link(const struct failover_config *c, const char **key) {
  *key = "ttl";
  return c->ttl < c->loop_wait ? "\"ttl\" is less than \"loop_wait\": the key would expire before it is renewed" : NULL;
}

static const struct field keys[] = {
    KEY("ttl", DURATION, failover_config, ttl, DEFAULT("30s"), RANGE(1e9, FIELD_YEAR),
        .doc = "The primary's key expires this long after its last renewal.", .source = "Patroni ttl 30 s"),
    KEY("loop_wait", DURATION, failover_config, loop_wait, DEFAULT("10s"), RANGE(1e9, FIELD_YEAR),
        .doc = "How often each replica looks, and the primary renews its key.", .source = "Patroni loop_wait 10 s"),
    KEY("start_timeout", DURATION, failover_config, start_timeout, DEFAULT("300s"), RANGE(0, FIELD_YEAR),
        .doc = "How long a primary that crashed on a living machine may take to start before another is promoted.",
        .source = "Patroni primary_start_timeout 300 s"),
    KEY("promote", DISTRIBUTION, failover_config, promote, .fallback = "{\"uniform\": {\"low\": \"0s\", \"high\": \"2s\"}}",
        .doc = "From then until the promoted replica takes writes; it applies all that it has received first.",
        .source = "Patroni, model of a passive failure: lock and promotion 0 to 2 s"),
    PERSON_KEY,
    {0}};
const struct failover_kind failover_patroni = {
    .member = {.word = "patroni",
               .doc = "Patroni: a key in a store expires; a crashed process is started again first.",
               .keys = keys},
    .automatic = true,
    .detect = detect,
    .promote = promote,
    .lease = lease,
    .notice = notice,
    .link = link};
