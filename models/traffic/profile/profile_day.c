/* Day: one peak a day. */
#include "models/traffic/profile/profile_kinds.h"
#include "sim/engine/arena.h"
#include "sim/engine/real.h"

/* rate(t) = mean * c * cos(pi (t - at) / 24 h)^(2n): a raised cosine. Up to a peak of twice the mean it is the sinusoid
 * mean * (1 + a cos), a = peak - 1; above that a power n of the raised cosine, which joins it at peak = 2 and stays positive. */
struct day_profile {
  double mean, peak;
  double peak_rate; /* 0: "peak" says it */
  sim_time at;
  sim_time offset;   /* from the start of the run to the peak */
  double power, top; /* n and the rate at the peak; power 0: the sinusoid */
};

/* Mean of cos(x/2)^(2n) over a period, by the trapezoid rule, which converges exponentially on periodic functions. */
static double mean_of_power(double n) {
  enum { POINTS = 2048 };
  double sum = 0;
  for (int i = 0; i < POINTS; i++) {
    double raised = 0.5 * (1 + real_sin((i + 0.5) / POINTS + 0.25));
    sum += raised > 0 ? real_exp(n * real_log(raised)) : 0;
  }
  return sum / POINTS;
}

/* What is known is the peak itself, more often than its ratio to the mean. */
static const char *settle_peak(struct day_profile *d, struct arena *arena) {
  enum { USUAL = 2, MOST = 50 };
  if (!(d->mean > 0) && !(d->peak_rate > 0)) return "needs a \"mean\" or a \"peak_rate\" above 0/s";
  if (!(d->mean > 0)) { /* the peak alone is known */
    d->mean = d->peak_rate / (d->peak > 0 ? d->peak : USUAL);
    d->peak_rate = 0;
    if (!(d->peak > 0)) d->peak = USUAL;
    return NULL;
  }
  if (d->peak_rate > 0 && d->peak > 0) return "has \"peak\" and \"peak_rate\": give one of them";
  if (d->peak_rate > 0 && !(d->peak_rate >= d->mean && d->peak_rate <= MOST * d->mean))
    return arena_format(arena, "has a \"peak_rate\" that must be from its mean to %d times its mean", MOST);
  if (!(d->peak > 0)) d->peak = d->peak_rate > 0 ? d->peak_rate / d->mean : USUAL;
  d->peak_rate = 0;
  return NULL;
}

static const char *day_prepare(void *self, struct arena *arena, sim_time start_of_day) {
  struct day_profile *d = self;
  d->offset = d->at - start_of_day;
  const char *wrong = settle_peak(d, arena);
  if (wrong) return wrong;
  d->top = d->mean * d->peak;
  d->power = 0;
  if (d->peak <= 2) return NULL;
  double low = 1, high = 2000; /* peak over mean grows with the power, as about the square root of pi n */
  for (int i = 0; i < 80; i++) {
    double middle = 0.5 * (low + high);
    if (1 / mean_of_power(middle) < d->peak)
      low = middle;
    else
      high = middle;
  }
  d->power = 0.5 * (low + high);
  return NULL;
}

static double day_shape(const struct day_profile *d, double turns) {
  double cosine = real_sin(turns + 0.25);
  if (d->power == 0) return d->mean * (1 + (d->peak - 1) * cosine);
  double raised = 0.5 * (1 + cosine);
  return raised > 0 ? d->top * real_exp(d->power * real_log(raised)) : 0;
}

static double day_rate(const void *self, sim_time t) {
  const struct day_profile *d = self;
  return day_shape(d, (double)((t - d->offset) % SIM_DAY) / (double)SIM_DAY);
}

/* Whether the instant `at` (repeated every day) lies in [from, to). */
static bool day_contains(sim_time from, sim_time to, sim_time at) {
  sim_time first = at + (from - at) / SIM_DAY * SIM_DAY;
  while (first < from) first += SIM_DAY;
  while (first - SIM_DAY >= from) first -= SIM_DAY;
  return first < to;
}

static double day_bound(const void *self, sim_time from, sim_time to) {
  const struct day_profile *d = self;
  if (to - from >= SIM_DAY || day_contains(from, to, d->offset)) return d->top;
  double a = day_rate(d, from), b = day_rate(d, to);
  return (a > b ? a : b) * (1 + 1e-12);
}

static double day_floor(const void *self, sim_time from, sim_time to) {
  const struct day_profile *d = self;
  if (to - from >= SIM_DAY || day_contains(from, to, d->offset + SIM_DAY / 2)) return 0;
  double a = day_rate(d, from), b = day_rate(d, to);
  return (a < b ? a : b) * (1 - 1e-12);
}

/* Simpson's rule on cells of at most 20 minutes, shorter ones for peaks above 4 times the mean: the shape is smooth, and the error
 * over a day is below 1e-6 of the mean. */
static double day_expected(const void *self, sim_time from, sim_time to) {
  const struct day_profile *d = self;
  int64_t cells = (to - from) / ((d->peak > 4 ? 2 : 20) * SIM_MINUTE) + 1;
  double sum = 0, width = (double)(to - from) / (double)cells;
  if (to - from > 1000 * SIM_DAY) return d->mean * profile_seconds(from, to); /* years: whole days decide */
  for (int64_t i = 0; i < cells; i++) {
    sim_time a = from + (sim_time)((double)i * width), b = from + (sim_time)((double)(i + 1) * width);
    sum += (day_rate(d, a) + 4 * day_rate(d, a + (b - a) / 2) + day_rate(d, b)) / 6;
  }
  return sum * width * 1e-9;
}

#define DAY_PEAK                                                                                                                   \
  KEY("peak", NUMBER, day_profile, peak, DEFAULT(2), RANGE(1, 50),                                                                 \
      .doc = "Rate at the busiest moment, as a multiple of the mean.", .source = "one country's audience: 2 to 3, an estimate")
#define DAY_AT KEY("at", CLOCK, day_profile, at, DEFAULT("20:00"), .doc = "Time of day of the peak; the run begins at `run.start`.")
static const struct field day_fields[] = {
    KEY("mean", RATE, day_profile, mean, OPTIONAL, RANGE(0, 1e9),
        .doc = "Requests per unit of time, averaged over the day. Absent: \"peak_rate\" divided by \"peak\"."),
    KEY("peak", NUMBER, day_profile, peak, OPTIONAL, RANGE(1, 50),
        .doc = "Rate at the busiest moment, as a multiple of the mean (\"peak_rate\" takes the rate itself). Absent: 2; one "
               "country's audience has 2 to 3, an estimate."),
    KEY("peak_rate", RATE, day_profile, peak_rate, OPTIONAL, RANGE(0, 1e9), .open_range_low = true,
        .doc = "The rate at the busiest moment, instead of \"peak\" or of \"mean\"."),
    DAY_AT,
    {0}};
static const struct record day_record = {
    .name = "day profile",
    .size = sizeof(struct day_profile),
    .fields = day_fields,
    .doc = "A day with one peak: a sinusoid up to twice the mean, a narrower raised cosine above."};
static const struct profile_kind day_kind = {day_rate, day_bound, day_floor, day_expected, day_prepare, NULL};
const struct alternative profile_day = {"day", false, &day_record, &day_kind};

/* --- the same as a shape ------------------------------------------------------------------------------------------------- */

static const char *shape_prepare(void *self, struct arena *arena, sim_time start_of_day) {
  ((struct day_profile *)self)->mean = 1;
  return day_prepare(self, arena, start_of_day);
}
static const struct field shape_fields[] = {DAY_PEAK, DAY_AT, {0}};
static const struct record shape_record = {.name = "day shape",
                                           .size = sizeof(struct day_profile),
                                           .fields = shape_fields,
                                           .doc = "A day with one peak, as in the profile."};
static const struct profile_kind shape_kind = {day_rate, day_bound, day_floor, day_expected, shape_prepare, NULL};
const struct alternative shape_day = {"day", false, &shape_record, &shape_kind};
