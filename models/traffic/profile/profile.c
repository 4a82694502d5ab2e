#include "models/traffic/profile/profile.h"
#include "models/traffic/profile/profile_kinds.h"

static const struct profile_kind *kind_of(const struct choice *p) { return p->kind->behaviour; }

double profile_rate(const struct choice *p, sim_time t) { return kind_of(p)->rate(p->value, t); }

double profile_bound(const struct choice *p, sim_time from, sim_time to) { return kind_of(p)->bound(p->value, from, to); }

double profile_floor(const struct choice *p, sim_time from, sim_time to) { return kind_of(p)->floor(p->value, from, to); }

double profile_expected(const struct choice *p, sim_time from, sim_time to) { return kind_of(p)->expected(p->value, from, to); }

bool profile_is_constant(const struct choice *p) { return p->kind == &profile_constant; }

const struct choice *profile_part(const struct choice *p, uint32_t i) {
  return kind_of(p)->part ? kind_of(p)->part(p->value, i) : NULL;
}

const char *profile_prepare(struct choice *p, struct arena *arena, sim_time start_of_day) {
  return kind_of(p)->prepare ? kind_of(p)->prepare(p->value, arena, start_of_day) : NULL;
}

#define PROFILE_ADDRESS(name) &profile_##name,
static const struct alternative *const profile_alternatives[] = {PROFILES(PROFILE_ADDRESS) NULL};

const struct choice_set profile_choices = {.name = "profile",
                                           .doc = "Requests per second as a function of time.",
                                           .kinds = profile_alternatives,
                                           .shorthand_key = "constant"};
