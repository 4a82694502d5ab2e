/* Sliding-window counter: two counters for windows of the clock, this one's and the last one's. The number in the last `window`
 * is estimated as if the requests of the last window had come evenly: with a share e of this window gone,
 *
 *     estimate = last (1 - e) + this
 *
 * and a request passes while the estimate of those before it is less than the limit (J. Desgats, How we built rate limiting
 * capable of scaling to millions of domains, Cloudflare 2017). The comparison is of whole numbers, times the window in ns:
 * nothing is rounded. An approximation of the log with two numbers a client: a burst at the end of a window is forgotten too
 * soon, one at its beginning too late. With `counts` attempts the counters count the refused too. */
#include "models/guard/limit_over_time.h"
#include "models/guard/limiter.h"
#include "models/guard/limit_windows.h"

static bool admits(struct limit *l, struct limit_account *a, sim_time now) {
  const struct limit_config *c = l->config;
  sim_time gone = windows_turn(l, a, now);
  __int128 estimate = (__int128)a->windows.before * (c->window - gone) + (__int128)a->windows.now * c->window;
  bool passes = estimate < (__int128)c->limit * c->window;
  if (passes || c->counts) a->windows.now += a->windows.now < UINT32_MAX;
  return passes;
}

static bool spent(const struct limit *l, const struct limit_account *a, sim_time now) {
  return window_number(l, now) > a->windows.number + 1;
}

static const struct field keys[] = {OVER_TIME_KEYS, COUNTS_KEY, {0}};
const struct limit_kind limit_sliding_counter = {
    .member = {.word = "sliding-counter",
               .doc = "Requests in the last window, estimated from the counts of two windows of the clock.",
               .keys = keys},
    .link = limit_over_time_link,
    .admits = admits,
    .spent = spent};
