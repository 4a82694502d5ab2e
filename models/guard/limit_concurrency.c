/* Concurrency: at most `limit` requests inside the nested steps at once, each holding a permit; up to `queue` more wait in order
 * of arrival, `wait` long at most. A bulkhead (M. Nygard, Release It!, 2nd ed. 2018, 4.5): a part of the system gets no more of
 * the rest than its share, however slow it has become. Without a queue and with Poisson arrivals Erlang's loss system, with one
 * M/G/c/K. Taking and giving back are instructions (limiter.c); here is only when an account is spent. */
#include "models/guard/limiter.h"
#include "models/guard/limits.h"

static bool spent(const struct limit *l, const struct limit_account *a, sim_time now) {
  (void)l, (void)now;
  return !a->permits.in_use && !a->permits.queue.count;
}

static const char *wrong(const struct limit *l, const struct limit_account *a) {
  uint64_t most = (uint64_t)l->config->limit;
  if (a->permits.in_use > most) return "more permits are in use than there are";
  if (a->permits.queue.count && a->permits.in_use < most) return "a request waits for a permit that is free";
  return a->permits.queue.count > (uint64_t)l->config->queue ? "more wait than the queue has room for" : NULL;
}

static const char *link(struct limit_config *c, const char **key) {
  if (c->limit < 1) return *key = "limit", "lets nothing through: give a \"limit\" of at least 1";
  if (c->wait != SIM_NEVER && !c->queue) return *key = "wait", "no request waits without a \"queue\"";
  return NULL;
}

static const struct field keys[] = {KEY("queue", LIMIT, limit_config, queue, DEFAULT(0), RANGE(0, FIELD_UNLIMITED),
                                        .doc = "Requests that may wait for a permit, in order of arrival; one more is refused.",
                                        .elsewhere = "belongs to concurrency: no request waits for a limit over time"),
                                    KEY("wait", DURATION, limit_config, wait, DEFAULT("never"), RANGE(0, FIELD_YEAR),
                                        .doc = "How long a request waits for a permit before it is refused; never: without limit.",
                                        .elsewhere = "belongs to concurrency: no request waits for a limit over time"),
                                    {0}};
const struct limit_kind limit_concurrency = {.member = {.word = "concurrency",
                                                        .doc = "Requests inside the step's nested steps at once.",
                                                        .keys = keys,
                                                        .instead = "concurrency counts requests inside"},
                                             .permits = true,
                                             .link = link,
                                             .spent = spent,
                                             .wrong = wrong};
