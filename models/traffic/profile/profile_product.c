/* Product: rate(t) = profile(t) shape(t). Scale: rate(t) = by profile(t). And the integral of a product of two functions. */
#include "models/traffic/profile/profile_kinds.h"
#include "sim/engine/arena.h"
#include <math.h>

/* --- the integral ---------------------------------------------------------------------------------------------------------- */

struct integral {
  struct profile_function f, g;
  double whole; /* an estimate, for what may be neglected */
};

enum { HALVINGS = 24, PIECES = 16 };

static double over(const struct integral *i, sim_time from, sim_time to, int halvings) {
  struct profile_function f = i->f, g = i->g;
  double length_s = profile_seconds(from, to),
         value = f.kind->expected(f.self, from, to) * g.kind->expected(g.self, from, to) / length_s;
  double f_range = f.kind->bound(f.self, from, to) - f.kind->floor(f.self, from, to);
  double g_range = g.kind->bound(g.self, from, to) - g.kind->floor(g.self, from, to), error = length_s * f_range * g_range / 4;
  if (error <= 1e-5 * value || error <= 1e-9 * i->whole || halvings == 0 || to - from < 2) return value;
  sim_time middle = from + (to - from) / 2;
  return over(i, from, middle, halvings - 1) + over(i, middle, to, halvings - 1);
}

double profile_integral_of_product(struct profile_function f, struct profile_function g, sim_time from, sim_time to) {
  if (to <= from) return 0;
  struct integral i = {f, g, 0};
  i.whole = f.kind->expected(f.self, from, to) * g.kind->expected(g.self, from, to) / profile_seconds(from, to);
  return over(&i, from, to, HALVINGS);
}

/* --- product --------------------------------------------------------------------------------------------------------------- */

struct product_profile {
  struct choice of, by;
};

static double product_rate(const void *self, sim_time t) {
  const struct product_profile *p = self;
  return profile_rate(&p->of, t) * profile_rate(&p->by, t);
}
static double product_bound(const void *self, sim_time from, sim_time to) {
  const struct product_profile *p = self;
  return profile_bound(&p->of, from, to) * profile_bound(&p->by, from, to);
}
static double product_floor(const void *self, sim_time from, sim_time to) {
  const struct product_profile *p = self;
  return profile_floor(&p->of, from, to) * profile_floor(&p->by, from, to);
}
static double product_expected(const void *self, sim_time from, sim_time to) {
  const struct product_profile *p = self;
  return profile_integral_of_product(profile_function(&p->of), profile_function(&p->by), from, to);
}
static const char *product_prepare(void *self, struct arena *arena, sim_time start_of_day) {
  struct product_profile *p = self;
  const char *wrong = profile_prepare(&p->of, arena, start_of_day);
  return wrong ? wrong : profile_prepare(&p->by, arena, start_of_day);
}
static const struct choice *product_part(const void *self, uint32_t i) {
  return profile_only(&((const struct product_profile *)self)->of, i);
}
static const struct field product_fields[] = {
    KEY("of", CHOICE, product_profile, of, .choices = &profile_choices, .doc = "The rate that is shaped."),
    KEY("by", CHOICE, product_profile, by, .choices = &shape_choices, .doc = "The shape, of mean 1."),
    {0}};
static const struct record product_record = {.name = "product profile",
                                             .size = sizeof(struct product_profile),
                                             .fields = product_fields,
                                             .doc =
                                                 "A profile times a shape, such as a ramp over weeks times the hours of the day."};
static const struct profile_kind product_kind = {product_rate,     product_bound,   product_floor,
                                                 product_expected, product_prepare, product_part};
const struct alternative profile_product = {"product", false, &product_record, &product_kind};

/* --- scale ----------------------------------------------------------------------------------------------------------------- */

struct scale_profile {
  struct choice of;
  double by;
};

static double scale_rate(const void *self, sim_time t) {
  const struct scale_profile *s = self;
  return s->by * profile_rate(&s->of, t);
}
static double scale_bound(const void *self, sim_time from, sim_time to) {
  const struct scale_profile *s = self;
  return s->by * profile_bound(&s->of, from, to);
}
static double scale_floor(const void *self, sim_time from, sim_time to) {
  const struct scale_profile *s = self;
  return s->by * profile_floor(&s->of, from, to);
}
static double scale_expected(const void *self, sim_time from, sim_time to) {
  const struct scale_profile *s = self;
  return s->by * profile_expected(&s->of, from, to);
}
static const char *scale_prepare(void *self, struct arena *arena, sim_time start_of_day) {
  return profile_prepare(&((struct scale_profile *)self)->of, arena, start_of_day);
}
static const struct choice *scale_part(const void *self, uint32_t i) {
  return profile_only(&((const struct scale_profile *)self)->of, i);
}
static const struct field scale_fields[] = {KEY("of", CHOICE, scale_profile, of, .choices = &profile_choices, .doc = "The rate."),
                                            KEY("by", NUMBER, scale_profile, by, RANGE(0, 1e9), .doc = "The factor."),
                                            {0}};
static const struct record scale_record = {.name = "scale profile",
                                           .size = sizeof(struct scale_profile),
                                           .fields = scale_fields,
                                           .doc = "A profile times a number: ten times the fans."};
static const struct profile_kind scale_kind = {scale_rate, scale_bound, scale_floor, scale_expected, scale_prepare, scale_part};
const struct alternative profile_scale = {"scale", false, &scale_record, &scale_kind};

struct choice profile_scaled(struct choice of, double by, struct arena *arena) {
  struct scale_profile *s = arena_alloc(arena, sizeof *s);
  *s = (struct scale_profile){of, by};
  return (struct choice){&profile_scale, s};
}
