#include "models/guard/limit_over_time.h"

const char *const limit_counts_words[] = {"accepted", "attempts", NULL};

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

const char *limit_over_time_link(struct limit_config *c, const char **key) {
  const char *wrong = fold_rate(c, key);
  return wrong ? wrong : check_rate(c, key);
}
