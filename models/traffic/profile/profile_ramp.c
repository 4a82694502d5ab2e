/* Ramp: rate(t) = from before `at`, from + (to - from) (t - at) / over, and to afterwards. */
#include "models/traffic/profile/profile_kinds.h"

struct ramp_profile {
  double from, to;
  sim_time over, at;
};

static double ramp_rate(const void *self, sim_time t) {
  const struct ramp_profile *r = self;
  if (t <= r->at) return r->from;
  if (t >= r->at + r->over) return r->to;
  return r->from + (r->to - r->from) * ((double)(t - r->at) / (double)r->over);
}
static double ramp_bound(const void *self, sim_time from, sim_time to) {
  double a = ramp_rate(self, from), b = ramp_rate(self, to);
  return a > b ? a : b;
}
static double ramp_floor(const void *self, sim_time from, sim_time to) {
  double a = ramp_rate(self, from), b = ramp_rate(self, to);
  return a < b ? a : b;
}
static double ramp_expected(const void *self, sim_time from, sim_time to) {
  const struct ramp_profile *r = self;
  sim_time a = profile_later(from, profile_earlier(to, r->at)), b = profile_later(from, profile_earlier(to, r->at + r->over));
  return r->from * profile_seconds(from, a) + (ramp_rate(r, a) + ramp_rate(r, b)) / 2 * profile_seconds(a, b) +
         r->to * profile_seconds(b, to);
}

static const struct field ramp_fields[] = {
    KEY("from", RATE, ramp_profile, from, DEFAULT("0/s"), RANGE(0, 1e9), .doc = "Rate before it."),
    KEY("to", RATE, ramp_profile, to, RANGE(0, 1e9), .doc = "Rate after it."),
    KEY("over", DURATION, ramp_profile, over, RANGE(1, 4e18), .doc = "How long it takes."),
    KEY("at", DURATION, ramp_profile, at, DEFAULT("0s"), RANGE(0, 4e18), .doc = "When it begins, from the start of the run."),
    {0}};
static const struct record ramp_record = {.name = "ramp profile",
                                          .size = sizeof(struct ramp_profile),
                                          .fields = ramp_fields,
                                          .doc = "A straight line from one rate to another."};
static const struct profile_kind ramp_kind = {ramp_rate, ramp_bound, ramp_floor, ramp_expected, NULL, NULL};
const struct alternative profile_ramp = {"ramp", false, &ramp_record, &ramp_kind};
