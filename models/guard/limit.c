#include "models/guard/limit.h"
#include "models/core/meter.h"
#include "models/core/model.h"

static const char *const kind_words[] = {"token-bucket", "sliding-log", "sliding-counter", "fixed-window", "concurrency", NULL};
static const char *const per_words[] = {"all", "client", "class", "endpoint", NULL};
static const char *const scope_words[] = {"shared", "replica", NULL};
static const char *const counts_words[] = {"accepted", "attempts", NULL};

enum { LIMIT_MOST = 1000000000 };

#define AT(member) offsetof(struct limit_config, member)
static const struct field fields[] = {
    {.name = "kind",
     .kind = FIELD_WORD,
     .offset = AT(kind),
     .words = kind_words,
     .doc = "token-bucket, sliding-log, sliding-counter, fixed-window: requests over time; concurrency: requests inside the "
            "step's nested steps at once."},
    {.name = "rate",
     .kind = FIELD_QUOTA,
     .offset = AT(rate),
     .optional = true,
     .doc = "So many in so long, such as \"100/min\" or \"5/15min\": the same as \"limit\" and \"window\"."},
    {.name = "limit",
     .kind = FIELD_LIMIT,
     .offset = AT(limit),
     .optional = true,
     .low = 0,
     .high = 9.3e18,
     .doc = "Requests in the window, or inside at once; unlimited: all pass."},
    {.name = "window",
     .kind = FIELD_DURATION,
     .offset = AT(window),
     .optional = true,
     .low = 1,
     .high = 3.1536e16,
     .doc = "The time in which so many may pass."},
    {.name = "burst",
     .kind = FIELD_INTEGER,
     .offset = AT(burst),
     .optional = true,
     .low = 1,
     .high = LIMIT_MOST,
     .doc = "Token bucket: tokens that it holds when full, and so requests that may pass at once; absent: as many as the limit."},
    {.name = "per",
     .kind = FIELD_WORD,
     .offset = AT(per),
     .words = per_words,
     .fallback = "\"all\"",
     .doc = "What has an account of its own: all together, each client, each class (source of traffic) or each endpoint."},
    {.name = "scope",
     .kind = FIELD_WORD,
     .offset = AT(scope),
     .words = scope_words,
     .fallback = "\"shared\"",
     .doc = "shared: one account for the system, as in Redis; replica: each replica at which the step stands counts for itself, "
            "and forgets when it restarts."},
    {.name = "counts",
     .kind = FIELD_WORD,
     .offset = AT(counts),
     .words = counts_words,
     .fallback = "\"accepted\"",
     .doc = "Sliding windows: what uses up the limit; with attempts, who goes on asking stays out."},
    {.name = "queue",
     .kind = FIELD_LIMIT,
     .offset = AT(queue),
     .fallback = "0",
     .low = 0,
     .high = 9.3e18,
     .doc = "Concurrency: requests that may wait for a permit, in order of arrival; one more is refused."},
    {.name = "wait",
     .kind = FIELD_DURATION,
     .offset = AT(wait),
     .fallback = "\"never\"",
     .low = 0,
     .high = 3.1536e16,
     .doc = "Concurrency: how long a request waits for a permit before it is refused; never: without limit."},
    {0}};
#undef AT
const struct record limit_record = {"limit", sizeof(struct limit_config), fields, "What a \"limit\" step lets through.", NULL};

/* "rate" stands for limit and window; a limit of none needs no window. */
static const char *fold_rate(struct limit_config *c, const char **key) {
  bool given = c->rate.per_ns || c->rate.count;
  if (given && (c->limit || c->window)) return *key = "rate", "says what \"limit\" and \"window\" say too: keep one";
  if (given) c->limit = c->rate.count, c->window = c->rate.per_ns;
  if (given && (!c->limit || !c->window)) return *key = "rate", "lets nothing through: give at least one request in some time";
  return NULL;
}

static const char *check_rate(struct limit_config *c, const char **key) {
  if (c->limit < 1) return *key = "limit", "lets nothing through: give \"rate\", such as \"100/min\", or a \"limit\" of at least 1";
  if (c->limit == INT64_MAX) return NULL;
  if (c->limit > LIMIT_MOST) return *key = c->rate.count ? "rate" : "limit", "is more than 1e9 requests: say \"unlimited\"";
  if (!c->window) return *key = "window", "a \"limit\" needs the \"window\" in which it counts";
  return NULL;
}

static const char *check_concurrency(struct limit_config *c, const char **key) {
  if (c->rate.per_ns || c->rate.count) return *key = "rate", "belongs to limits over time: concurrency has a \"limit\"";
  if (c->window) return *key = "window", "belongs to limits over time: concurrency counts who is inside";
  if (c->limit < 1) return *key = "limit", "lets nothing through: give a \"limit\" of at least 1";
  if (c->wait != SIM_NEVER && !c->queue) return *key = "wait", "nobody waits without a \"queue\"";
  return NULL;
}

/* Keys that the kind does not know. */
static const char *check_foreign(const struct limit_config *c, const char **key) {
  bool windows = c->kind == LIMIT_SLIDING_LOG || c->kind == LIMIT_SLIDING_COUNTER;
  if (c->burst && c->kind != LIMIT_TOKEN_BUCKET) return *key = "burst", "belongs to a token-bucket";
  if (c->counts && !windows) return *key = "counts", "belongs to sliding-log and sliding-counter";
  if (c->kind == LIMIT_CONCURRENCY) return NULL;
  if (c->queue) return *key = "queue", "belongs to concurrency: nobody waits for a limit over time";
  if (c->wait != SIM_NEVER) return *key = "wait", "belongs to concurrency: nobody waits for a limit over time";
  return NULL;
}

const char *limit_link(struct model *m, struct limit_config *c, const char **key) {
  const char *wrong = check_foreign(c, key);
  if (!wrong && c->kind == LIMIT_CONCURRENCY)
    wrong = check_concurrency(c, key);
  else if (!wrong && !(wrong = fold_rate(c, key)))
    wrong = check_rate(c, key);
  if (wrong) return wrong;
  if (!c->burst) c->burst = c->limit;
  c->accepted = meter_declare(m, c->name, "accepted", METER_COUNT, "Requests that the limit let through.");
  c->limited = meter_declare(m, c->name, "limited", METER_COUNT, "Requests that the limit refused.");
  if (c->kind != LIMIT_CONCURRENCY) return NULL;
  c->in_use = meter_declare(m, c->name, "in_use", METER_LEVEL, "Permits in use.");
  c->waiting = meter_declare(m, c->name, "waiting", METER_LEVEL, "Requests that wait for a permit.");
  meter_is_queue(m, c->waiting);
  return NULL;
}
