/* In turn: all alike, or by weight. Between two calls of one request others have moved the turn: its further calls fall anywhere. */
#include "models/service/balancer/balancer.h"
#include "models/core/world.h"

static uint32_t pick_round_robin(const struct pick *p) {
  uint32_t i = p->s->cursor < p->count ? p->s->cursor : 0;
  p->s->cursor = i + 1;
  return p->candidates[i];
}
const struct balancer balancer_round_robin = {"round-robin", pick_round_robin, &balancer_random};

static uint32_t pick_weighted(const struct pick *p) {
  const double *weight = p->b->weight;
  double *current = p->b->current, sum = 0;
  uint32_t best = p->candidates[0] - p->s->first;
  for (uint32_t i = 0; i < p->count; i++) {
    uint32_t k = p->candidates[i] - p->s->first;
    current[k] += weight[k], sum += weight[k];
    if (current[k] > current[best]) best = k;
  }
  current[best] -= sum;
  return p->s->first + best;
}
const struct balancer balancer_weighted = {"weighted", pick_weighted, &balancer_weighted_random};
