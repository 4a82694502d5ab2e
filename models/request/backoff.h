/* Back-off: when to try again what has failed, and how often at most.
 *
 * The pause after the k-th failed attempt starts from a ceiling that grows by a factor up to a cap, and is drawn below it by one
 * of the kinds of jitter of Brooker (2015), "Exponential Backoff And Jitter", AWS Architecture Blog:
 *
 *     ceiling(k) = min(cap, backoff * factor^(k-1))
 *     none           ceiling(k)
 *     full           uniform on [0, ceiling(k))
 *     equal          ceiling(k)/2 + uniform on [0, ceiling(k)/2)
 *     exponential    exponential of mean ceiling(k), without an upper end: what theory of retrial queues takes for granted
 *     decorrelated   pause(k) = min(cap, uniform on [backoff, 3 * pause(k-1))), pause(0) = backoff; the factor is not used
 *
 * The draw of pause k comes from stream_at(key, k): the key is that of the request that tries, so no pauses shift another's.
 *
 * A budget bounds retries as a share of requests, whatever each of them would like (Finagle's RetryBudget, 2016): a token bucket
 * that starts full, gets `ratio` of a token with every request (first attempts only) and `floor` tokens a second, holds at most
 * `burst`, and pays one token for each retry. Over any time t with n requests at most burst + ratio * n + floor * t retries
 * begin. gRPC's throttling of retries is close to it: it earns by successes and pays by failures.
 *
 *     struct retry_budget budget;
 *     budget_init(&budget, &config->budget, now);            ... when the client starts
 *     budget_deposit(&budget, &config->budget, now);         ... at every first attempt
 *     if (retry_wanted(config, attempts, outcome) && budget_spend(&budget, &config->budget, now))
 *       ... next attempt after backoff_pause(&config->pause, attempts, key) */
#ifndef BACKOFF_H
#define BACKOFF_H
#include "models/request/request.h"
#include "sim/describe/field.h"
#include "sim/engine/sim_time.h"

enum jitter { JITTER_FULL, JITTER_EQUAL, JITTER_NONE, JITTER_DECORRELATED, JITTER_EXPONENTIAL };

struct backoff_config {
  int64_t attempts; /* in all, the first included; INT64_MAX: no limit */
  sim_time backoff, cap;
  double factor;
  int32_t jitter; /* enum jitter */
};

struct budget_config {
  double ratio, floor; /* tokens a request; tokens a second */
  int64_t burst;       /* 0: there is no budget */
};

/* The keys of `retry`, of a source as of a call. A retry that is absent has no attempts. */
struct retry_config {
  struct backoff_config pause;
  struct config_list on; /* struct retry_outcome */
  struct budget_config budget;
};

extern const struct record retry_record; /* for a FIELD_RECORD that is optional: absent means attempts 0, no retries */

/* So many attempts with next to no pause between them that they would stop the clock. */
bool backoff_stops_clock(const struct backoff_config *);
/* The pause between attempt `failed` (from 1) and the next. */
sim_time backoff_pause(const struct backoff_config *, uint64_t failed, uint64_t key);

/* Another attempt is wanted after `attempts` of them, the last of which ended so; whether it is affordable is the budget's.
 * OUTCOME_CALL_TIMEOUT is a "timeout" too. */
bool retry_wanted(const struct retry_config *, uint64_t attempts, enum outcome);
/* Neither a limit nor a budget: what fails for good is tried for ever. */
bool retry_unbounded(const struct retry_config *);

struct retry_budget {
  int64_t tokens; /* in billionths */
  sim_time at;
};
void budget_init(struct retry_budget *, const struct budget_config *, sim_time now);
void budget_deposit(struct retry_budget *, const struct budget_config *, sim_time now);
/* Takes a token; false when none is there. Without a budget always true. */
bool budget_spend(struct retry_budget *, const struct budget_config *, sim_time now);

#endif
