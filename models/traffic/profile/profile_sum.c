/* Sum: rate(t) = sum of the rates. */
#include "models/traffic/profile/profile_kinds.h"

struct sum_profile {
  struct config_list terms; /* of struct choice */
};

static double sum_over(const void *self, double (*of)(const struct choice *, sim_time, sim_time), sim_time from, sim_time to) {
  const struct config_list *list = &((const struct sum_profile *)self)->terms;
  const struct choice *terms = list->items;
  double sum = 0;
  for (uint32_t i = 0; i < list->count; i++) sum += of(&terms[i], from, to);
  return sum;
}
static double rate_between(const struct choice *p, sim_time from, sim_time to) {
  (void)to;
  return profile_rate(p, from);
}
static double sum_rate(const void *self, sim_time t) { return sum_over(self, rate_between, t, t); }
static double sum_bound(const void *self, sim_time from, sim_time to) { return sum_over(self, profile_bound, from, to); }
static double sum_floor(const void *self, sim_time from, sim_time to) { return sum_over(self, profile_floor, from, to); }
static double sum_expected(const void *self, sim_time from, sim_time to) { return sum_over(self, profile_expected, from, to); }
static const char *sum_prepare(void *self, struct arena *arena, sim_time start_of_day) {
  struct config_list *list = &((struct sum_profile *)self)->terms;
  struct choice *terms = list->items;
  for (uint32_t i = 0; i < list->count; i++) {
    const char *error = profile_prepare(&terms[i], arena, start_of_day);
    if (error) return error;
  }
  return list->count ? NULL : "needs at least one profile";
}
static const struct choice *sum_part(const void *self, uint32_t i) {
  const struct config_list *list = &((const struct sum_profile *)self)->terms;
  return i < list->count ? (const struct choice *)list->items + i : NULL;
}
static const struct field sum_fields[] = {
    KEY("of", CHOICES, sum_profile, terms, .choices = &profile_choices, .doc = "Profiles whose rates add up."), {0}};
static const struct record sum_record = {.name = "sum profile",
                                         .size = sizeof(struct sum_profile),
                                         .fields = sum_fields,
                                         .doc = "Several profiles at once.",
                                         .shorthand = "of"};
static const struct profile_kind sum_kind = {sum_rate, sum_bound, sum_floor, sum_expected, sum_prepare, sum_part};
const struct alternative profile_sum = {"sum", false, &sum_record, &sum_kind};
