/* In turn. Between two calls of one request others have moved the turn: its further calls fall anywhere. */
#include "models/service/balancer/balancers.h"
#include "models/service/balancer/chance.h"

static uint32_t pick(const struct pick *p) {
  uint32_t i = p->s->cursor < p->count ? p->s->cursor : 0;
  p->s->cursor = i + 1;
  return p->candidates[i];
}

const struct balancer balancer_round_robin = {
    .member = {.word = "round-robin", .doc = "In turn."}, .pick = pick, .again = pick_by_chance, .knows_nothing = true};
