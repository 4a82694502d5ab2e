/* The replica with the least to do, of all or of a few drawn at random. */
#include "models/service/balancer/balancer.h"
#include "models/core/world.h"
#include "sim/engine/real.h"
#include <math.h>

typedef double score(const struct balancing *, uint32_t replica);

/* All of them; ties go to the first after the last choice. Nothing is less than `lowest`: the first of these ends the search, which
 * with many replicas it soon does. */
static inline __attribute__((always_inline)) uint32_t least_of_all(const struct pick *p, score *score_of, double lowest) {
  uint32_t first = p->s->first, at = p->s->cursor < p->count ? p->s->cursor : 0, best = at;
  double least = score_of(p->b, p->candidates[at] - first);
  for (uint32_t k = 1; k < p->count && least > lowest; k++) {
    at = at + 1 < p->count ? at + 1 : 0;
    double found = score_of(p->b, p->candidates[at] - first);
    if (found < least) least = found, best = at;
  }
  p->s->cursor = best + 1;
  return p->candidates[best];
}

/* The next of those that have not been drawn, all alike: a number among the rest, moved up over the smaller ones that are gone.
 * gone: in order, with the new one. */
static uint32_t draw_distinct(struct stream *draws, uint32_t count, uint32_t *gone, uint32_t drawn) {
  uint32_t i = stream_below(draws, count - drawn), k = 0;
  for (; k < drawn && gone[k] <= i; k++) i++;
  for (uint32_t j = drawn; j > k; j--) gone[j] = gone[j - 1];
  gone[k] = i;
  return i;
}

static inline __attribute__((always_inline)) uint32_t least_of_some(const struct pick *p, score *score_of) {
  const struct balance_config *config = &p->s->config->balance;
  if (p->count == 1) return p->candidates[0];
  uint32_t gone[POWER_MOST], first = p->s->first, best = 0, d = (uint32_t)config->power_of;
  if (config->distinct && d > p->count) d = p->count;
  struct stream draws = stream_at(p->r->key, p->draw);
  double least = INFINITY;
  for (uint32_t k = 0; k < d; k++) {
    uint32_t i = config->distinct ? draw_distinct(&draws, p->count, gone, k) : stream_below(&draws, p->count);
    double found = score_of(p->b, p->candidates[i] - first);
    if (found < least) least = found, best = i;
  }
  return p->candidates[best];
}

static inline __attribute__((always_inline)) uint32_t least(const struct pick *p, score *score_of, double lowest) {
  return p->s->config->balance.power_of ? least_of_some(p, score_of) : least_of_all(p, score_of, lowest);
}

static inline double unanswered(const struct balancing *b, uint32_t replica) { return b->seen_load[replica]; }

static uint32_t pick_least_connections(const struct pick *p) { return least(p, unanswered, 0); }
const struct balancer balancer_least_connections = {"least-connections", pick_least_connections, NULL};

#define UNKNOWN_IDLE (-1e15)
#define UNKNOWN_BUSY 1e15

/* Logarithm of mean x (unanswered + 1), as it would be at time zero: the fading is a common factor. Nothing known: idle ones before
 * and busy ones behind all others. */
static inline double expected_time(const struct balancing *b, uint32_t replica) {
  const struct response_estimate *e = &b->seen_time[replica];
  uint32_t load = b->seen_load[replica];
  if (e->at < 0) return load ? UNKNOWN_BUSY + load : UNKNOWN_IDLE;
  return e->lift + (load < BALANCING_LOGS ? b->log_of[load] : real_log(load + 1.0));
}

static uint32_t pick_least_time(const struct pick *p) { return least(p, expected_time, UNKNOWN_IDLE); }
const struct balancer balancer_least_time = {"least-time", pick_least_time, NULL};
