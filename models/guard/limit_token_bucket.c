/* Token bucket: a bucket of `burst` tokens is refilled continuously at limit / window; a request takes one token or is refused.
 *
 * Done as the generic cell rate algorithm (ITU-T I.371, 2004, annex A; the virtual scheduling form): instead of tokens the
 * account keeps the instant at which the bucket would be full again. One token takes T = window / limit to come back, so a
 * request passes when that instant is no more than (burst - 1) T ahead, and moves it by T from where it is or from now. All in
 * units of a nanosecond divided by the limit, where T is the whole number `window`: nothing is rounded. A request that finds
 * exactly one token takes it. With Poisson arrivals this is M/D/1/K: work of T each, room for `burst`. */
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

const struct limit_kind limit_token_bucket = {admits, spent, NULL};
