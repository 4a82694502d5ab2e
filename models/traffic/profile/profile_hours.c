/* Hours of a day (24 values) and of a week (168, from Monday 00:00), as rates or as a mean with a shape, which is scaled so that
 * its values have the mean 1. Between "steps": constant within the hour; "lines": straight from the middle of an hour to the middle
 * of the next, which keeps the mean of the period and goes through each value at half past. */
#include "models/traffic/profile/profile_curve.h"
#include "models/traffic/profile/profile_kinds.h"

struct hours_profile {
  double mean;
  struct config_list rates, shape; /* of double: one of the two */
  int32_t between;                 /* index into between_words */
  int32_t run_begins;              /* days from Monday to the day of the run's start */
  struct profile_curve curve;
};

static const char *const between_words[] = {"steps", "lines", NULL};
static const char *const day_words[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", NULL};

static double hours_rate(const void *self, sim_time t) {
  return profile_curve_rate(&((const struct hours_profile *)self)->curve, t);
}
static double hours_bound(const void *self, sim_time from, sim_time to) {
  return profile_curve_bound(&((const struct hours_profile *)self)->curve, from, to);
}
static double hours_floor(const void *self, sim_time from, sim_time to) {
  return profile_curve_floor(&((const struct hours_profile *)self)->curve, from, to);
}
static double hours_expected(const void *self, sim_time from, sim_time to) {
  return profile_curve_expected(&((const struct hours_profile *)self)->curve, from, to);
}

/* The shape as rates of the given mean; null when all of it is zero. */
static const double *scaled(const struct hours_profile *h, struct arena *arena, double mean) {
  const double *shape = h->shape.items;
  double *rates = arena_new_array(arena, double, h->shape.count), sum = 0;
  for (uint32_t i = 0; i < h->shape.count; i++) sum += shape[i];
  for (uint32_t i = 0; i < h->shape.count; i++) rates[i] = mean * shape[i] * (double)h->shape.count / sum;
  return sum > 0 ? rates : NULL;
}

static const char *lay_out(struct hours_profile *h, struct arena *arena, sim_time start_of_day, uint32_t hours, double mean) {
  const struct config_list *given = h->rates.count ? &h->rates : &h->shape;
  if (given->count != hours)
    return arena_format(arena, "\"%s\" needs %u values, one an hour, not %u", given == &h->rates ? "rates" : "shape", hours,
                        given->count);
  const double *rates = given == &h->rates ? given->items : scaled(h, arena, mean);
  if (!rates) return "\"shape\" needs at least one value that is more than 0";
  profile_curve_of_cycle(&h->curve, arena, hours, rates, SIM_HOUR, -start_of_day - h->run_begins * SIM_DAY, h->between == 1);
  return NULL;
}

static const char *prepare_rates(struct hours_profile *h, struct arena *arena, sim_time start_of_day, uint32_t hours) {
  bool relative = h->mean > 0 && h->shape.count, absolute = h->rates.count;
  if (absolute ? h->shape.count || h->mean > 0 : !relative) return "needs either \"rates\" or \"mean\" and \"shape\"";
  return lay_out(h, arena, start_of_day, hours, h->mean);
}
static const char *hours_prepare(void *self, struct arena *arena, sim_time start_of_day) {
  return prepare_rates(self, arena, start_of_day, 24);
}
static const char *week_prepare(void *self, struct arena *arena, sim_time start_of_day) {
  return prepare_rates(self, arena, start_of_day, 168);
}
static const char *shape_hours_prepare(void *self, struct arena *arena, sim_time start_of_day) {
  return lay_out(self, arena, start_of_day, 24, 1);
}
static const char *shape_week_prepare(void *self, struct arena *arena, sim_time start_of_day) {
  return lay_out(self, arena, start_of_day, 168, 1);
}

static const struct field rate_fields[] = {ONLY_KEY("rate", RATE, RANGE(0, 1e9), .doc = "Rate within the hour."), {0}};
static const struct record rate_record = {.name = "rate of an hour",
                                          .size = sizeof(double),
                                          .fields = rate_fields,
                                          .doc = "Written as the bare rate.",
                                          .shorthand = "rate"};
static const struct field weight_fields[] = {ONLY_KEY("weight", NUMBER, RANGE(0, 1e12), .doc = "Weight of the hour, in any unit."),
                                             {0}};
static const struct record weight_record = {.name = "weight of an hour",
                                            .size = sizeof(double),
                                            .fields = weight_fields,
                                            .doc = "Written as the bare number.",
                                            .shorthand = "weight"};

#define RATES(text) KEY("rates", LIST, hours_profile, rates, OPTIONAL, .record = &rate_record, .doc = text)
#define SHAPE(text) KEY("shape", LIST, hours_profile, shape, .record = &weight_record, .doc = text)
#define OPTIONAL_SHAPE                                                                                                             \
  KEY("shape", LIST, hours_profile, shape, OPTIONAL, .record = &weight_record,                                                     \
      .doc = "Instead of rates: how the hours compare; scaled to the mean.")
#define MEAN KEY("mean", RATE, hours_profile, mean, OPTIONAL, RANGE(0, 1e9), .doc = "With a shape: the mean rate.")
#define BETWEEN                                                                                                                    \
  KEY("between", WORD, hours_profile, between, DEFAULT("steps"), .words = between_words,                                           \
      .doc = "steps: constant within the hour; lines: straight from the middle of each hour to the middle of the next.")
#define RUN_BEGINS                                                                                                                 \
  KEY("run_begins", WORD, hours_profile, run_begins, DEFAULT("monday"), .words = day_words,                                        \
      .doc = "Day of the week on which the run begins, at `run.start`.")

static const struct field hours_fields[] = {RATES("24 rates, from 00:00."), MEAN, OPTIONAL_SHAPE, BETWEEN, {0}};
static const struct field week_fields[] = {RATES("168 rates, from Monday 00:00."), MEAN, OPTIONAL_SHAPE, BETWEEN, RUN_BEGINS, {0}};
static const struct field shape_hours_fields[] = {SHAPE("24 numbers, from 00:00; scaled to mean 1."), BETWEEN, {0}};
static const struct field shape_week_fields[] = {
    SHAPE("168 numbers, from Monday 00:00; scaled to mean 1."), BETWEEN, RUN_BEGINS, {0}};

static const struct record hours_record = {.name = "hours profile",
                                           .size = sizeof(struct hours_profile),
                                           .fields = hours_fields,
                                           .doc = "A day by its 24 hours.",
                                           .shorthand = "rates"};
static const struct record week_record = {.name = "week profile",
                                          .size = sizeof(struct hours_profile),
                                          .fields = week_fields,
                                          .doc = "A week by its 168 hours.",
                                          .shorthand = "rates"};
static const struct record shape_hours_record = {.name = "hours shape",
                                                 .size = sizeof(struct hours_profile),
                                                 .fields = shape_hours_fields,
                                                 .doc = "A day by its 24 hours.",
                                                 .shorthand = "shape"};
static const struct record shape_week_record = {.name = "week shape",
                                                .size = sizeof(struct hours_profile),
                                                .fields = shape_week_fields,
                                                .doc = "A week by its 168 hours.",
                                                .shorthand = "shape"};

static const struct profile_kind hours_kind = {hours_rate, hours_bound, hours_floor, hours_expected, hours_prepare, NULL};
static const struct profile_kind week_kind = {hours_rate, hours_bound, hours_floor, hours_expected, week_prepare, NULL};
static const struct profile_kind shape_hours_kind = {hours_rate,     hours_bound,         hours_floor,
                                                     hours_expected, shape_hours_prepare, NULL};
static const struct profile_kind shape_week_kind = {hours_rate, hours_bound, hours_floor, hours_expected, shape_week_prepare, NULL};

const struct alternative profile_hours = {"hours", false, &hours_record, &hours_kind};
const struct alternative profile_week = {"week", false, &week_record, &week_kind};
const struct alternative shape_hours = {"hours", false, &shape_hours_record, &shape_hours_kind};
const struct alternative shape_week = {"week", false, &shape_week_record, &shape_week_kind};
