/* Steps: a rate that jumps at given times; nothing before the first. */
#include "models/traffic/profile/profile_kinds.h"

struct rate_step {
  sim_time from;
  double rate;
};
struct steps_profile {
  struct config_list steps;
};

static double steps_rate(const void *self, sim_time t) {
  const struct config_list *list = &((const struct steps_profile *)self)->steps;
  const struct rate_step *s = list->items;
  double rate = 0;
  for (uint32_t i = 0; i < list->count && s[i].from <= t; i++) rate = s[i].rate;
  return rate;
}
static double steps_extreme(const void *self, sim_time from, sim_time to, bool high) {
  const struct config_list *list = &((const struct steps_profile *)self)->steps;
  const struct rate_step *s = list->items;
  double found = steps_rate(self, from);
  for (uint32_t i = 0; i < list->count && s[i].from < to; i++)
    if (s[i].from >= from && (high ? s[i].rate > found : s[i].rate < found)) found = s[i].rate;
  return found;
}
static double steps_bound(const void *self, sim_time from, sim_time to) { return steps_extreme(self, from, to, true); }
static double steps_floor(const void *self, sim_time from, sim_time to) { return steps_extreme(self, from, to, false); }
static double steps_expected(const void *self, sim_time from, sim_time to) {
  const struct config_list *list = &((const struct steps_profile *)self)->steps;
  const struct rate_step *s = list->items;
  double sum = 0;
  for (uint32_t i = 0; i < list->count; i++) {
    sim_time a = s[i].from > from ? s[i].from : from, b = i + 1 < list->count && s[i + 1].from < to ? s[i + 1].from : to;
    if (b > a) sum += s[i].rate * profile_seconds(a, b);
  }
  return sum;
}
static const char *steps_prepare(void *self, struct arena *arena, sim_time start_of_day) {
  (void)arena, (void)start_of_day;
  const struct config_list *list = &((const struct steps_profile *)self)->steps;
  const struct rate_step *s = list->items;
  if (!list->count) return "needs at least one step";
  for (uint32_t i = 1; i < list->count; i++)
    if (s[i].from <= s[i - 1].from) return "the steps must be in order of \"from\"";
  return NULL;
}
static const struct field rate_step_fields[] = {
    KEY("from", DURATION, rate_step, from, RANGE(0, FIELD_LONGEST), .doc = "Time since the start of the run."),
    KEY("rate", RATE, rate_step, rate, RANGE(0, 1e9), .doc = "Rate from then on."),
    {0}};
static const struct record rate_step_record = {
    .name = "rate step", .size = sizeof(struct rate_step), .fields = rate_step_fields, .doc = "A rate from a time on."};
static const struct field steps_fields[] = {KEY("steps", LIST, steps_profile, steps, .record = &rate_step_record,
                                                .doc = "Rates in order of time; nothing arrives before the first."),
                                            {0}};
static const struct record steps_record = {.name = "steps profile",
                                           .size = sizeof(struct steps_profile),
                                           .fields = steps_fields,
                                           .doc = "A rate that jumps at given times.",
                                           .shorthand = "steps"};
static const struct profile_kind steps_kind = {steps_rate, steps_bound, steps_floor, steps_expected, steps_prepare, NULL};
const struct alternative profile_steps = {"steps", false, &steps_record, &steps_kind};
