/* Fixed window: at most `limit` requests in each window of the clock; the counter starts anew with the window (INCR and EXPIRE in
 * Redis). Cheap, and fair over whole windows only: the last instant of one window and the first of the next let twice the limit
 * through. With Poisson arrivals of mean m a window E[min(Poisson(m), limit)] pass. */
#include "models/guard/limit_over_time.h"
#include "models/guard/limiter.h"
#include "models/guard/limit_windows.h"

static bool admits(struct limit *l, struct limit_account *a, sim_time now) {
  windows_turn(l, a, now);
  if (a->windows.now >= (uint64_t)l->config->limit) return false;
  a->windows.now++;
  return true;
}

static bool spent(const struct limit *l, const struct limit_account *a, sim_time now) {
  return window_number(l, now) > a->windows.number;
}

static const char *wrong(const struct limit *l, const struct limit_account *a) {
  return a->windows.now > (uint64_t)l->config->limit ? "a window let more than the limit through" : NULL;
}

static const struct field keys[] = {OVER_TIME_KEYS, {0}};
const struct limit_kind limit_fixed_window = {
    .member = {.word = "fixed-window", .doc = "Requests in each window of the clock.", .keys = keys},
    .link = limit_over_time_link,
    .admits = admits,
    .spent = spent,
    .wrong = wrong};
