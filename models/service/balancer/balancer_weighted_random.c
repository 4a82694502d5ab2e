#include "models/service/balancer/balancers.h"
#include "models/service/balancer/chance.h"
#include "models/service/balancer/weights.h"

static const struct field keys[] = {WEIGHTS_KEY, {0}};
const struct balancer balancer_weighted_random = {
    .member = {.word = "weighted-random", .doc = "Any, with a probability in proportion to its weight.", .keys = keys},
    .pick = pick_by_weighted_chance,
    .by_weight = true,
    .link = weights_link};
