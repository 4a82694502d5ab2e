/* Constant: rate(t) = r. */
#include "models/traffic/profile/profile_kinds.h"
#include "sim/engine/arena.h"

struct constant_profile {
  double rate;
};

static double constant_rate(const void *self, sim_time t) {
  (void)t;
  return ((const struct constant_profile *)self)->rate;
}
static double constant_between(const void *self, sim_time from, sim_time to) {
  (void)from, (void)to;
  return ((const struct constant_profile *)self)->rate;
}
static double constant_expected(const void *self, sim_time from, sim_time to) {
  return ((const struct constant_profile *)self)->rate * profile_seconds(from, to);
}
static const struct field constant_fields[] = {
    KEY("rate", RATE, constant_profile, rate, RANGE(0, 1e9), .doc = "Requests per unit of time, the same at all times."), {0}};
static const struct record constant_record = {.name = "constant profile",
                                              .size = sizeof(struct constant_profile),
                                              .fields = constant_fields,
                                              .doc = "The same rate at all times.",
                                              .shorthand = "rate"};
static const struct profile_kind constant_kind = {constant_rate, constant_between, constant_between, constant_expected, NULL, NULL};
const struct alternative profile_constant = {"constant", false, &constant_record, &constant_kind};

struct choice profile_of_rate(double rate, struct arena *arena) {
  struct constant_profile *p = arena_alloc(arena, sizeof *p);
  p->rate = rate;
  return (struct choice){&profile_constant, p};
}
