#include "models/compute/balancer.h"
#include "models/world.h"

static uint32_t pick_round_robin(struct world *w, struct service *s, uint64_t key, uint64_t n) {
  (void)w, (void)key, (void)n;
  uint32_t i = s->cursor < s->in_rotation ? s->cursor : 0;
  s->cursor = i + 1;
  return i;
}

static uint32_t pick_random(struct world *w, struct service *s, uint64_t key, uint64_t n) {
  (void)w;
  if (s->in_rotation == 1) return 0;
  struct stream draws = stream_at(key, n);
  return stream_below(&draws, s->in_rotation);
}

/* Fewest requests in flight; ties go to the first after the last choice, as nginx's least_conn falls back to round robin. */
static uint32_t pick_least_connections(struct world *w, struct service *s, uint64_t key, uint64_t n) {
  (void)key, (void)n;
  uint32_t best = 0, fewest = UINT32_MAX, count = s->in_rotation, at = s->cursor < count ? s->cursor : 0;
  for (uint32_t k = 0; k < count; k++, at = at + 1 < count ? at + 1 : 0) {
    uint32_t load = w->containers[s->rotation[at]].in_flight;
    if (load < fewest) fewest = load, best = at;
    if (!load) break; /* none has fewer */
  }
  s->cursor = best + 1;
  return best;
}

const struct balancer balancers[] = {
    {"round-robin", pick_round_robin}, {"random", pick_random}, {"least-connections", pick_least_connections}};
const char *const balancer_words[] = {"round-robin", "random", "least-connections", NULL};
