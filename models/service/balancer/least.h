/* The replica with the least to do, of all or of a few drawn at random: what balancers share that compare numbers of the replicas.
 *
 * `power_of` d: d replicas drawn at random are looked at, distinct or not, instead of all (Mitzenmacher 2001); the first drawn wins
 * ties, so that these are broken at random. With d = 1 that is random, bit for bit. Among all, ties go to the first after the last
 * choice, as nginx's least_conn falls back to round robin.
 *
 * `stale`: numbers and means are those at the last of the updates that come so long apart, for all callers alike: the bulletin
 * board of Mitzenmacher (2000, "How useful is old information?"). */
#ifndef LEAST_H
#define LEAST_H
#include "models/core/world.h"
#include "models/service/balancer/balancer.h"
#include <math.h>

#define LEAST_KEYS                                                                                                                 \
  KEY("power_of", INTEGER, balance_config, power_of, OPTIONAL, RANGE(1, POWER_MOST),                                               \
      .doc = "Replicas drawn at random of which the policy takes the best; absent: it looks at all.",                              \
      .source = "Envoy LEAST_REQUEST and nginx random two: 2",                                                                     \
      .elsewhere = "\"power_of\" draws the replicas that policy least-connections or least-time looks at"),                        \
      KEY("distinct", FLAG, balance_config, distinct, DEFAULT(true),                                                               \
          .doc = "Whether the drawn replicas are all different; with more than there are: all of them.",                           \
          .source = "nginx random two: different; Envoy: with replacement"),                                                       \
      KEY("stale", DURATION, balance_config, stale, DEFAULT("0s"), RANGE(0, FIELD_YEAR),                                           \
          .doc = "Time between two updates of what the balancer knows of loads and response times; 0s: it always knows.",          \
          .elsewhere = "\"stale\" is for policies that look at numbers: least-connections and least-time")

/* The `link` of such a balancer. */
static inline const char *least_link(struct model *m, struct service_config *s, const char **key) {
  (void)m;
  if (s->balance.stale && s->balance.stale < SIM_US)
    return *key = "stale", "updates less than 1us apart would stop the clock: leave it out";
  return NULL;
}

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
static inline uint32_t draw_distinct(struct stream *draws, uint32_t count, uint32_t *gone, uint32_t drawn) {
  uint32_t i = stream_below(draws, count - drawn), k = 0;
  for (; k < drawn && gone[k] <= i; k++) i++;
  for (uint32_t j = drawn; j > k; j--) gone[j] = gone[j - 1];
  gone[k] = i;
  return i;
}

static inline __attribute__((always_inline)) uint32_t least_of_some(const struct pick *p, score *score_of) {
  const struct balance_config *config = &service_config(p->s)->balance;
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
  return service_config(p->s)->balance.power_of ? least_of_some(p, score_of) : least_of_all(p, score_of, lowest);
}

#endif
