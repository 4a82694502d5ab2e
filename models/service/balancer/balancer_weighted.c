/* In turn by weight, spread evenly: each gains its weight, the first of the highest goes and loses the sum of all (smooth weighted
 * round robin, as nginx). Between two calls of one request others have moved the turn: its further calls fall anywhere. */
#include "models/service/balancer/balancers.h"
#include "models/service/balancer/chance.h"
#include "models/service/balancer/weights.h"

static uint32_t pick(const struct pick *p) {
  const double *weight = p->b->weight;
  double *current = p->b->current, sum = 0;
  uint32_t best = p->candidates[0] - p->s->first;
  for (uint32_t i = 0; i < p->count; i++) {
    uint32_t k = p->candidates[i] - p->s->first;
    current[k] += weight[k];
    sum += weight[k];
    if (current[k] > current[best]) best = k;
  }
  current[best] -= sum;
  return p->s->first + best;
}

static const struct field keys[] = {WEIGHTS_KEY, {0}};
const struct balancer balancer_weighted = {.member = {.word = "weighted", .doc = "In turn by weight, spread evenly.", .keys = keys},
                                           .pick = pick,
                                           .again = pick_by_weighted_chance,
                                           .by_weight = true,
                                           .link = weights_link};
