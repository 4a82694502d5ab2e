/* The kinds of rate profile, a file each or a few related ones together, in the order of their words; and what several share. A new
 * one: profile_NAME.c with `const struct alternative profile_NAME`, and a line here.
 *
 * A kind is a record of keys and a const descriptor (struct profile_kind). Its prepare checks what was given, once, answers with
 * a sentence for the user, and works out what the other functions need. A shape is a profile of mean 1 without a dimension: the
 * same functions, fewer keys. Only the profile_*.c files include this. */
#ifndef PROFILE_KINDS_H
#define PROFILE_KINDS_H
#include "models/traffic/profile/profile.h"
#include "sim/engine/arena.h"

#define PROFILES(PROFILE)                                                                                                          \
  PROFILE(constant)                                                                                                                \
  PROFILE(day)                                                                                                                     \
  PROFILE(wave)                                                                                                                    \
  PROFILE(on_sale)                                                                                                                 \
  PROFILE(steps)                                                                                                                   \
  PROFILE(sum)                                                                                                                     \
  PROFILE(ramp)                                                                                                                    \
  PROFILE(hours)                                                                                                                   \
  PROFILE(week)                                                                                                                    \
  PROFILE(series)                                                                                                                  \
  PROFILE(growth)                                                                                                                  \
  PROFILE(users)                                                                                                                   \
  PROFILE(product)                                                                                                                 \
  PROFILE(scale)

#define SHAPES(SHAPE)                                                                                                              \
  SHAPE(flat)                                                                                                                      \
  SHAPE(day)                                                                                                                       \
  SHAPE(hours)                                                                                                                     \
  SHAPE(week)

#define PROFILE_DECLARE(name) extern const struct alternative profile_##name;
#define SHAPE_DECLARE(name)   extern const struct alternative shape_##name;
PROFILES(PROFILE_DECLARE)
SHAPES(SHAPE_DECLARE)
#undef PROFILE_DECLARE
#undef SHAPE_DECLARE

extern const struct choice_set shape_choices;

static inline double profile_seconds(sim_time from, sim_time to) { return (double)(to - from) * 1e-9; }
static inline sim_time profile_later(sim_time a, sim_time b) { return a > b ? a : b; }
static inline sim_time profile_earlier(sim_time a, sim_time b) { return a < b ? a : b; }

/* Profiles inside a kind that has one: part 0. */
static inline const struct choice *profile_only(const struct choice *inner, uint32_t i) { return i ? 0 : inner; }

/* A function of time: a profile, or something that only looks like one, such as the factor of growth. */
struct profile_function {
  const struct profile_kind *kind;
  const void *self;
};
static inline struct profile_function profile_function(const struct choice *p) {
  return (struct profile_function){p->kind->behaviour, p->value};
}

/* Integral of f(t) g(t) over [from, to) by bisection. Over an interval of length h the integrals of both are known and the product
 * of the means times h is taken, which errs by at most h (max f - min f) (max g - min g) / 4 (Gruess 1935). Halving stops where
 * this is below 1e-5 of the value or 1e-9 of the whole, after 24 times at the latest: the relative error of the sum is below
 * 1.5e-5, and 0 where one of the two is constant. The true error is far below the bound where both are smooth. */
double profile_integral_of_product(struct profile_function f, struct profile_function g, sim_time from, sim_time to);

#endif
