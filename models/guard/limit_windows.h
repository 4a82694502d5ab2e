/* Windows of the clock: window n lasts from n times its length to (n + 1) times, counted from the midnight before time zero. */
#ifndef LIMIT_WINDOWS_H
#define LIMIT_WINDOWS_H
#include "models/guard/limiter.h"

static inline int64_t window_number(const struct limit *l, sim_time now) {
  return (int64_t)(((uint64_t)now + (uint64_t)l->clock) / (uint64_t)l->config->window);
}

/* Brings the account's counters to the window of `now`; returns how much of that window is over. */
static inline sim_time windows_turn(const struct limit *l, struct limit_account *a, sim_time now) {
  int64_t number = window_number(l, now), passed = number - a->windows.number;
  if (passed) {
    a->windows.before = passed == 1 ? a->windows.now : 0;
    a->windows.now = 0;
    a->windows.number = number;
  }
  return (sim_time)(((uint64_t)now + (uint64_t)l->clock) % (uint64_t)l->config->window);
}

#endif
