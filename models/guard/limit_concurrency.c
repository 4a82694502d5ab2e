/* Concurrency: at most `limit` requests inside the nested steps at once, each holding a permit; up to `queue` more wait in order
 * of arrival, `wait` long at most. A bulkhead (M. Nygard, Release It!, 2nd ed. 2018, 4.5): a part of the system gets no more of
 * the rest than its share, however slow it has become. Without a queue and with Poisson arrivals Erlang's loss system, with one
 * M/G/c/K. Taking and giving back are instructions (limiter.c); here is only when an account is spent. */
#include "models/guard/limiter.h"

static bool spent(const struct limit *l, const struct limit_account *a, sim_time now) {
  (void)l, (void)now;
  return !a->permits.in_use && !a->permits.queue.count;
}

const struct limit_kind limit_concurrency = {NULL, spent, NULL};
