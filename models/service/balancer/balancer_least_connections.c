#include "models/service/balancer/balancers.h"
#include "models/service/balancer/least.h"

static inline double unanswered(const struct balancing *b, uint32_t replica) { return b->seen_load[replica]; }

static uint32_t pick(const struct pick *p) { return least(p, unanswered, 0); }

static const struct field keys[] = {LEAST_KEYS, {0}};
const struct balancer balancer_least_connections = {
    .member = {.word = "least-connections",
               .doc = "The one with the fewest requests that it was sent and has not answered; ties go to the first after the last "
                      "choice. Where no other policy is named, \"power_of\" means this one.",
               .keys = keys,
               .implied_by = "power_of"},
    .pick = pick,
    .link = least_link};
