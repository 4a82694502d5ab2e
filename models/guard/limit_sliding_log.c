/* Sliding-window log: a request passes when fewer than `limit` requests are in the log of the last `window`, up to and without
 * the instant one window ago. Exact for any course of arrivals, at the price of one entry per request of the window; a sorted
 * set of time stamps in Redis is the usual form.
 *
 * Only requests that passed are logged: with Poisson arrivals this is Erlang's loss system, each holding a place for one window
 * (Erlang 1917; any fixed holding time by Sevastyanov 1957). With `counts` attempts the refused are logged too, and who keeps
 * asking stays out; only the last `limit` attempts can matter, so no more are kept. */
#include "models/guard/limit_over_time.h"
#include "models/guard/limiter.h"

static struct log_entry *entry(const struct limit *l, uint32_t id) { return pool_at(&l->log, id); }

static void drop_first(struct limit *l, struct limit_account *a) {
  uint32_t first = a->log.first;
  a->log.first = entry(l, first)->next;
  a->log.count--;
  pool_give(&l->log, first);
}

static bool outside(const struct limit *l, uint32_t id, sim_time now) { return now - entry(l, id)->at >= l->config->window; }

static void append(struct limit *l, struct limit_account *a, sim_time now) {
  uint32_t id = pool_take(&l->log);
  *entry(l, id) = (struct log_entry){.at = now};
  if (a->log.count++)
    entry(l, a->log.last)->next = id;
  else
    a->log.first = id;
  a->log.last = id;
}

static bool admits(struct limit *l, struct limit_account *a, sim_time now) {
  while (a->log.count && outside(l, a->log.first, now)) drop_first(l, a);
  bool passes = a->log.count < (uint64_t)l->config->limit;
  if (!passes && !l->config->counts) return false;
  if (!passes) drop_first(l, a);
  append(l, a, now);
  return passes;
}

static bool spent(const struct limit *l, const struct limit_account *a, sim_time now) {
  return !a->log.count || outside(l, a->log.last, now);
}

static void forget(struct limit *l, struct limit_account *a) {
  while (a->log.count) drop_first(l, a);
}

static uint32_t logged(const struct limit_account *a) { return a->log.count; }

static const char *wrong(const struct limit *l, const struct limit_account *a) {
  return a->log.count > (uint64_t)l->config->limit ? "a log holds more than the limit" : NULL;
}

static const struct field keys[] = {OVER_TIME_KEYS, COUNTS_KEY, {0}};
const struct limit_kind limit_sliding_log = {
    .member = {.word = "sliding-log", .doc = "Requests in the last window, each remembered: exact.", .keys = keys},
    .link = limit_over_time_link,
    .admits = admits,
    .spent = spent,
    .forget = forget,
    .logged = logged,
    .wrong = wrong};
