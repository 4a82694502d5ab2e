#include "models/service/balancer/balancers.h"
#include "models/service/balancer/chance.h"

const struct balancer balancer_random = {
    .member = {.word = "random", .doc = "Any, all equally likely."}, .pick = pick_by_chance, .knows_nothing = true};
