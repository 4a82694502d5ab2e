/* Token bucket: a bucket of `burst` tokens is refilled continuously at limit / window; a request takes one token or is refused.
 *
 * Done as the generic cell rate algorithm (ITU-T I.371, 2004, annex A; the virtual scheduling form): instead of tokens the
 * account keeps the instant at which the bucket would be full again. One token takes T = window / limit to come back, so a
 * request passes when that instant is no more than (burst - 1) T ahead, and moves it by T from where it is or from now. All in
 * units of a nanosecond divided by the limit, where T is the whole number `window`: nothing is rounded. A request that finds
 * exactly one token takes it. With Poisson arrivals this is M/D/1/K: work of T each, room for `burst`. */
#include "models/guard/limit_over_time.h"
#include "models/guard/limiter.h"

static unsigned __int128 scaled(const struct limit *l, sim_time t) {
  return (unsigned __int128)(uint64_t)t * (uint64_t)l->config->limit;
}

static bool admits(struct limit *l, struct limit_account *a, sim_time now) {
  const struct limit_config *c = l->config;
  unsigned __int128 at = scaled(l, now), full = a->busy_until > at ? a->busy_until : at;
  if (full - at > (unsigned __int128)(uint64_t)(c->burst - 1) * (uint64_t)c->window) return false;
  a->busy_until = full + (uint64_t)c->window;
  return true;
}

static bool spent(const struct limit *l, const struct limit_account *a, sim_time now) { return a->busy_until <= scaled(l, now); }

static const char *link(struct limit_config *c, const char **key) {
  const char *wrong = limit_over_time_link(c, key);
  if (!c->burst) c->burst = c->limit;
  return wrong;
}

static const struct field keys[] = {
    OVER_TIME_KEYS,
    KEY("burst", INTEGER, limit_config, burst, OPTIONAL, RANGE(1, LIMIT_MOST),
        .doc = "Tokens that it holds when full, and so requests that may pass at once; absent: as many as the limit."),
    {0}};
const struct limit_kind limit_token_bucket = {
    .member = {.word = "token-bucket", .doc = "Requests over time: each takes a token, and tokens come back evenly.", .keys = keys},
    .link = link,
    .admits = admits,
    .spent = spent};
