#include "models/request/backoff.h"
#include "sim/engine/stream.h"
#include <assert.h>
#include <math.h>

struct retry_outcome {
  int32_t outcome; /* enum outcome, less one: "completed" is not among the words */
};

static const char *const jitter_words[] = {"full", "equal", "none", "decorrelated", "exponential", NULL};

static const struct field outcome_fields[] = {
    KEY("outcome", WORD, retry_outcome, outcome, .words = outcome_names + 1, .doc = "How an attempt ended."), {0}};
static const struct record outcome_record = {.name = "outcome",
                                             .size = sizeof(struct retry_outcome),
                                             .fields = outcome_fields,
                                             .doc = "A way to fail.",
                                             .shorthand = "outcome"};

static const struct field budget_fields[] = {
    KEY("ratio", RATIO, budget_config, ratio, DEFAULT("20%"), RANGE(0, 100),
        .doc = "Retries that every request adds to the budget.", .source = "Finagle RetryBudget: 20%"),
    KEY("floor", RATE, budget_config, floor, DEFAULT("10/s"), RANGE(0, 1e9),
        .doc = "Retries that time adds, however few requests there are.", .source = "Finagle RetryBudget: 10 a second"),
    KEY("burst", INTEGER, budget_config, burst, DEFAULT(100), RANGE(1, 1e9),
        .doc = "Retries that may be saved up; the budget starts with them.",
        .source = "Finagle RetryBudget: 10 a second, kept for 10 s"),
    {0}};
static const struct record budget_record = {.name = "budget",
                                            .size = sizeof(struct budget_config),
                                            .fields = budget_fields,
                                            .doc = "Bounds retries as a share of requests: a token bucket."};

static const struct field retry_fields[] = {
    KEY("attempts", LIMIT, retry_config, pause.attempts, DEFAULT(3), RANGE(1, FIELD_UNLIMITED),
        .doc = "Most attempts, the first included; 1: no retries.", .source = "AWS SDKs, standard mode: 3"),
    KEY("backoff", DURATION, retry_config, pause.backoff, RANGE(0, FIELD_YEAR),
        .doc = "Ceiling of the pause after the first failure."),
    KEY("factor", NUMBER, retry_config, pause.factor, DEFAULT(2), RANGE(1, 100),
        .doc = "Factor by which the ceiling grows with every further failure."),
    KEY("cap", DURATION, retry_config, pause.cap, DEFAULT("20s"), RANGE(0, FIELD_YEAR), .doc = "Longest pause.",
        .source = "AWS SDKs, standard mode: 20 s"),
    KEY("jitter", WORD, retry_config, pause.jitter, DEFAULT("full"), .words = jitter_words,
        .doc = "How the pause is drawn: full: anything below the ceiling; equal: its upper half; none: the ceiling; decorrelated: "
               "up to three times the pause before; exponential: with the ceiling as its mean.",
        .source = "Brooker (2015), Exponential Backoff And Jitter"),
    KEY("on", LIST, retry_config, on,
        .fallback = "[\"timeout\", \"rejected\", \"pool_timeout\", \"refused\", \"unreachable\", \"no_backend\", \"crashed\", "
                    "\"external\", \"shed\", \"error\"]",
        .record = &outcome_record, .doc = "Which outcomes of an attempt are retried."),
    KEY("budget", RECORD, retry_config, budget, OPTIONAL, .record = &budget_record,
        .doc = "Bounds the retries of all requests together; absent: no common bound."),
    {0}};
const struct record retry_record = {
    .name = "retry", .size = sizeof(struct retry_config), .fields = retry_fields, .doc = "Retries what has failed."};

bool backoff_stops_clock(const struct backoff_config *c) { return c->attempts > 1000 && (c->backoff < SIM_MS || c->cap < SIM_MS); }

/* --- pauses -------------------------------------------------------------------------------------------------------------- */

static double ceiling_after(const struct backoff_config *c, uint64_t failed) {
  assert(failed > 0);
  double ceiling = (double)c->backoff;
  if (c->factor > 1)
    for (uint64_t k = 1; k < failed && ceiling > 0 && ceiling < (double)c->cap; k++) ceiling *= c->factor;
  return ceiling < (double)c->cap ? ceiling : (double)c->cap;
}

static double uniform_at(uint64_t key, uint64_t n) {
  struct stream draws = stream_at(key, n);
  return stream_uniform(&draws);
}

/* Up to what a time can hold. */
static double exponential_at(double mean, uint64_t key, uint64_t n) {
  struct stream draws = stream_at(key, n);
  return fmin(stream_exponential(&draws) * mean, 9e18);
}

/* Each pause hangs on the one before: all of them again, so that none has to be remembered. */
static double decorrelated(const struct backoff_config *c, uint64_t failed, uint64_t key) {
  double base = (double)c->backoff, pause = base;
  for (uint64_t k = 1; k <= failed; k++) {
    pause = base + uniform_at(key, k) * (3 * pause - base);
    if (pause > (double)c->cap) pause = (double)c->cap;
  }
  return pause;
}

sim_time backoff_pause(const struct backoff_config *c, uint64_t failed, uint64_t key) {
  double ceiling = ceiling_after(c, failed);
  switch (c->jitter) {
  case JITTER_FULL:
    return (sim_time)(ceiling * uniform_at(key, failed));
  case JITTER_EQUAL:
    return (sim_time)(ceiling / 2 + ceiling / 2 * uniform_at(key, failed));
  case JITTER_EXPONENTIAL:
    return (sim_time)exponential_at(ceiling, key, failed);
  case JITTER_DECORRELATED:
    return (sim_time)decorrelated(c, failed, key);
  default:
    return (sim_time)(ceiling + 0.5);
  }
}

bool retry_wanted(const struct retry_config *c, uint64_t attempts, enum outcome outcome) {
  if (attempts >= (uint64_t)c->pause.attempts) return false;
  enum outcome alias = outcome == OUTCOME_CALL_TIMEOUT ? OUTCOME_TIMEOUT : outcome;
  const struct retry_outcome *on = c->on.items;
  for (uint32_t i = 0; i < c->on.count; i++)
    if (on[i].outcome + 1 == (int32_t)outcome || on[i].outcome + 1 == (int32_t)alias) return true;
  return false;
}

bool retry_unbounded(const struct retry_config *c) { return c->pause.attempts == INT64_MAX && !c->budget.burst && c->on.count; }

/* --- the budget ------------------------------------------------------------------------------------------------------------ */

enum { TOKEN = 1000000000 };

static void add(struct retry_budget *b, const struct budget_config *c, double billionths) {
  assert(b->tokens >= 0 && billionths >= 0);
  double most = (double)c->burst * TOKEN, tokens = (double)b->tokens + billionths;
  b->tokens = tokens < most ? b->tokens + (int64_t)billionths : (int64_t)most;
}

/* A rate of 1/s earns one billionth of a token in each nanosecond. */
static void earn(struct retry_budget *b, const struct budget_config *c, sim_time now) {
  assert(now >= b->at);
  add(b, c, c->floor * (double)(now - b->at));
  b->at = now;
}

void budget_init(struct retry_budget *b, const struct budget_config *c, sim_time now) {
  *b = (struct retry_budget){c->burst * TOKEN, now};
}

void budget_deposit(struct retry_budget *b, const struct budget_config *c, sim_time now) {
  if (!c->burst) return;
  earn(b, c, now);
  add(b, c, c->ratio * TOKEN + 0.5);
}

bool budget_spend(struct retry_budget *b, const struct budget_config *c, sim_time now) {
  if (!c->burst) return true;
  earn(b, c, now);
  if (b->tokens < TOKEN) return false;
  b->tokens -= TOKEN;
  return true;
}
