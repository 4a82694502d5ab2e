/* Chance: any of the candidates, all alike or by weight. Drawn from the request's own stream. */
#ifndef CHANCE_H
#define CHANCE_H
#include "models/core/world.h"
#include "models/service/balancer/balancer.h"

static inline uint32_t pick_by_chance(const struct pick *p) {
  if (p->count == 1) return p->candidates[0];
  struct stream draws = stream_at(p->r->key, p->draw);
  return p->candidates[stream_below(&draws, p->count)];
}

/* The sums of the whole rotation are kept. */
static inline bool chance_among_all(const struct pick *p) { return !p->ejector && p->candidates == p->s->rotation; }

static inline void chance_sum_weights(const struct pick *p) {
  double sum = 0;
  for (uint32_t i = 0; i < p->count; i++) p->b->up_to[i] = sum += p->b->weight[p->candidates[i] - p->s->first];
  p->b->summed = chance_among_all(p);
}

/* By the sums of the weights up to each candidate; the first whose sum is more than the draw. */
static inline uint32_t pick_by_weighted_chance(const struct pick *p) {
  if (!p->b->summed || !chance_among_all(p)) chance_sum_weights(p);
  const double *up_to = p->b->up_to;
  struct stream draws = stream_at(p->r->key, p->draw);
  double drawn = stream_uniform(&draws) * up_to[p->count - 1];
  uint32_t low = 0, high = p->count - 1;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (up_to[middle] > drawn)
      high = middle;
    else
      low = middle + 1;
  }
  return p->candidates[low];
}

#endif
