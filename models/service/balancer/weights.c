#include "models/service/balancer/weights.h"
#include "models/core/model.h"
#include "sim/engine/arena.h"

static double *weights_of_groups(const struct model *m, const struct balance_config *b) {
  double *weight = arena_new_array(m->arena, double, m->platform.nodes.count + 1);
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) weight[i] = b->weights.count ? 1 : model_nodes(m, i)->speed;
  for (uint32_t i = 0; i < b->weights.count; i++) weight[b->weights.reference[i]] = b->weights.weight[i];
  return weight;
}

const char *weights_link(struct model *m, struct service_config *s, const char **key) {
  struct balance_config *b = &s->balance;
  for (uint32_t i = 0; i < b->weights.count; i++)
    if (b->weights.weight[i] <= 0)
      return *key = "weights", "a weight must be more than 0: \"place\" keeps a service away from nodes";
  b->group_weight = weights_of_groups(m, b);
  return NULL;
}
