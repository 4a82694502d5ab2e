/* Wave: rate(t) = m + a sin(2 pi t / period). */
#include "models/traffic/profile/profile_kinds.h"
#include "sim/engine/real.h"

struct wave_profile {
  double mean, amplitude;
  sim_time period;
};

static double wave_rate(const void *self, sim_time t) {
  const struct wave_profile *w = self;
  return w->mean + w->amplitude * real_sin((double)(t % w->period) / (double)w->period);
}
static double wave_bound(const void *self, sim_time from, sim_time to) {
  const struct wave_profile *w = self;
  /* Lipschitz: the rate changes by at most 2 pi amplitude (to - from) / period. */
  double slack = 6.2831853071795865 * w->amplitude * (double)(to - from) / (double)w->period;
  double high = wave_rate(w, from) + slack, top = w->mean + w->amplitude;
  return high < top ? high : top;
}
static double wave_floor(const void *self, sim_time from, sim_time to) {
  const struct wave_profile *w = self;
  double slack = 6.2831853071795865 * w->amplitude * (double)(to - from) / (double)w->period;
  double low = wave_rate(w, from) - slack, bottom = w->mean - w->amplitude;
  return low > bottom ? low : bottom;
}
static double wave_expected(const void *self, sim_time from, sim_time to) {
  const struct wave_profile *w = self;
  double period_s = (double)w->period * 1e-9, turns_from = (double)(from % w->period) / (double)w->period,
         turns_to = (double)(to % w->period) / (double)w->period;
  double swing = real_sin(turns_from + 0.25) - real_sin(turns_to + 0.25); /* cosines */
  return w->mean * profile_seconds(from, to) + w->amplitude * period_s / 6.2831853071795865 * swing;
}
static const char *wave_prepare(void *self, struct arena *arena, sim_time start_of_day) {
  (void)arena, (void)start_of_day;
  const struct wave_profile *w = self;
  return w->amplitude > w->mean ? "the rate would be negative: \"amplitude\" must be at most \"mean\"" : NULL;
}
static const struct field wave_fields[] = {
    KEY("mean", RATE, wave_profile, mean, RANGE(0, 1e9), .doc = "Rate averaged over a period."),
    KEY("amplitude", RATE, wave_profile, amplitude, RANGE(0, 1e9), .doc = "Rate(t) = mean + amplitude sin(2 pi t / period)."),
    KEY("period", DURATION, wave_profile, period, RANGE(1, FIELD_LONGEST), .doc = "Time from one peak to the next."),
    {0}};
static const struct record wave_record = {
    .name = "wave profile", .size = sizeof(struct wave_profile), .fields = wave_fields, .doc = "A sinusoid of any period."};
static const struct profile_kind wave_kind = {wave_rate, wave_bound, wave_floor, wave_expected, wave_prepare, NULL};
const struct alternative profile_wave = {"wave", false, &wave_record, &wave_kind};
