#include "models/traffic/profile.h"
#include "sim/engine/arena.h"
#include "sim/engine/real.h"
#include <assert.h>
#include <math.h>

static const struct profile_kind *kind_of(const struct choice *p) { return p->kind->behaviour; }

double profile_rate(const struct choice *p, sim_time t) { return kind_of(p)->rate(p->value, t); }

double profile_bound(const struct choice *p, sim_time from, sim_time to) { return kind_of(p)->bound(p->value, from, to); }

double profile_floor(const struct choice *p, sim_time from, sim_time to) { return kind_of(p)->floor(p->value, from, to); }

const char *profile_prepare(struct choice *p, sim_time start_of_day) {
  return kind_of(p)->prepare ? kind_of(p)->prepare(p->value, start_of_day) : NULL;
}

double profile_expected(const struct choice *p, sim_time from, sim_time to) { return kind_of(p)->expected(p->value, from, to); }

static double seconds_between(sim_time from, sim_time to) { return (double)(to - from) * 1e-9; }

/* --- constant ------------------------------------------------------------------------------------------------------------ */

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
  return ((const struct constant_profile *)self)->rate * seconds_between(from, to);
}
static const struct field constant_fields[] = {{.name = "rate",
                                                .kind = FIELD_RATE,
                                                .offset = offsetof(struct constant_profile, rate),
                                                .low = 0,
                                                .high = 1e9,
                                                .doc = "Requests per unit of time, the same at all times."},
                                               {0}};
static const struct record constant_record = {"constant profile", sizeof(struct constant_profile), constant_fields,
                                              "The same rate at all times.", "rate"};
static const struct profile_kind constant_kind = {constant_rate, constant_between, constant_between, constant_expected, NULL};
static const struct alternative constant_alternative = {"constant", false, &constant_record, &constant_kind};

struct choice profile_constant(double rate, struct arena *arena) {
  struct constant_profile *p = arena_alloc(arena, sizeof *p);
  p->rate = rate;
  return (struct choice){&constant_alternative, p};
}

/* --- day: one peak a day ------------------------------------------------------------------------------------------------- */

/* rate(t) = mean * c * cos(pi (t - at) / 24 h)^(2n): a raised cosine. Up to a peak of twice the mean it is the sinusoid
 * mean * (1 + a cos), a = peak - 1; above that a power n of the raised cosine, which joins it at peak = 2 and stays positive. */
struct day_profile {
  double mean, peak;
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

static const char *day_prepare(void *self, sim_time start_of_day) {
  struct day_profile *d = self;
  d->offset = d->at - start_of_day;
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

/* Simpson's rule on cells of at most 20 minutes: the shape is smooth, the error below 1e-9 of the mean. */
static double day_expected(const void *self, sim_time from, sim_time to) {
  const struct day_profile *d = self;
  int64_t cells = (to - from) / (20 * SIM_MINUTE) + 1;
  double sum = 0, width = (double)(to - from) / (double)cells;
  if (cells > 1000 * 72) return d->mean * seconds_between(from, to); /* years: whole days decide */
  for (int64_t i = 0; i < cells; i++) {
    sim_time a = from + (sim_time)((double)i * width), b = from + (sim_time)((double)(i + 1) * width);
    sum += (day_rate(d, a) + 4 * day_rate(d, a + (b - a) / 2) + day_rate(d, b)) / 6;
  }
  return sum * width * 1e-9;
}

static const struct field day_fields[] = {{.name = "mean",
                                           .kind = FIELD_RATE,
                                           .offset = offsetof(struct day_profile, mean),
                                           .low = 0,
                                           .high = 1e9,
                                           .doc = "Requests per unit of time, averaged over the day."},
                                          {.name = "peak",
                                           .kind = FIELD_NUMBER,
                                           .offset = offsetof(struct day_profile, peak),
                                           .fallback = "2",
                                           .low = 1,
                                           .high = 50,
                                           .doc = "Rate at the busiest moment, as a multiple of the mean.",
                                           .source = "one country's audience: 2 to 3, an estimate"},
                                          {.name = "at",
                                           .kind = FIELD_CLOCK,
                                           .offset = offsetof(struct day_profile, at),
                                           .fallback = "\"20:00\"",
                                           .doc = "Time of day of the peak; the run begins at `run.start`."},
                                          {0}};
static const struct record day_record = {"day profile", sizeof(struct day_profile), day_fields,
                                         "A day with one peak: a sinusoid up to twice the mean, a narrower raised cosine above.",
                                         NULL};
static const struct profile_kind day_kind = {day_rate, day_bound, day_floor, day_expected, day_prepare};
static const struct alternative day_alternative = {"day", false, &day_record, &day_kind};

/* --- wave: a sinusoid of any period --------------------------------------------------------------------------------------- */

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
  return w->mean * seconds_between(from, to) + w->amplitude * period_s / 6.2831853071795865 * swing;
}
static const char *wave_prepare(void *self, sim_time start_of_day) {
  (void)start_of_day;
  const struct wave_profile *w = self;
  return w->amplitude > w->mean ? "the rate would be negative: \"amplitude\" must be at most \"mean\"" : NULL;
}
static const struct field wave_fields[] = {{.name = "mean",
                                            .kind = FIELD_RATE,
                                            .offset = offsetof(struct wave_profile, mean),
                                            .low = 0,
                                            .high = 1e9,
                                            .doc = "Rate averaged over a period."},
                                           {.name = "amplitude",
                                            .kind = FIELD_RATE,
                                            .offset = offsetof(struct wave_profile, amplitude),
                                            .low = 0,
                                            .high = 1e9,
                                            .doc = "Rate(t) = mean + amplitude sin(2 pi t / period)."},
                                           {.name = "period",
                                            .kind = FIELD_DURATION,
                                            .offset = offsetof(struct wave_profile, period),
                                            .low = 1,
                                            .high = 9e18,
                                            .doc = "Time from one peak to the next."},
                                           {0}};
static const struct record wave_record = {"wave profile", sizeof(struct wave_profile), wave_fields, "A sinusoid of any period.",
                                          NULL};
static const struct profile_kind wave_kind = {wave_rate, wave_bound, wave_floor, wave_expected, wave_prepare};
static const struct alternative wave_alternative = {"wave", false, &wave_record, &wave_kind};

/* --- on_sale: everyone at the published second --------------------------------------------------------------------------- */

struct on_sale_profile {
  sim_time at, half_life;
  double fans, peak; /* either is given; the other follows: fans = peak * half_life / ln 2 */
};

static double on_sale_rate(const void *self, sim_time t) {
  const struct on_sale_profile *s = self;
  if (t < s->at) return 0;
  return s->peak * real_exp(-0.69314718055994531 * (double)(t - s->at) / (double)s->half_life);
}
static double on_sale_bound(const void *self, sim_time from, sim_time to) {
  const struct on_sale_profile *s = self;
  return to <= s->at ? 0 : on_sale_rate(s, from > s->at ? from : s->at);
}
static double on_sale_floor(const void *self, sim_time from, sim_time to) {
  return from < ((const struct on_sale_profile *)self)->at ? 0 : on_sale_rate(self, to);
}
static double on_sale_expected(const void *self, sim_time from, sim_time to) {
  const struct on_sale_profile *s = self;
  if (to <= s->at) return 0;
  double life_s = (double)s->half_life * 1e-9 / 0.69314718055994531;
  return (on_sale_rate(s, from > s->at ? from : s->at) - on_sale_rate(s, to)) * life_s;
}
static const char *on_sale_prepare(void *self, sim_time start_of_day) {
  (void)start_of_day;
  struct on_sale_profile *s = self;
  if ((s->fans > 0) == (s->peak > 0)) return "needs either \"fans\" or \"peak\"";
  double mean_life_s = (double)s->half_life * 1e-9 / 0.69314718055994531;
  if (s->fans > 0)
    s->peak = s->fans / mean_life_s;
  else
    s->fans = s->peak * mean_life_s;
  return NULL;
}
static const struct field on_sale_fields[] = {{.name = "at",
                                               .kind = FIELD_DURATION,
                                               .offset = offsetof(struct on_sale_profile, at),
                                               .low = 0,
                                               .high = 9e18,
                                               .doc = "When the sale opens, from the start of the run."},
                                              {.name = "fans",
                                               .kind = FIELD_NUMBER,
                                               .offset = offsetof(struct on_sale_profile, fans),
                                               .optional = true,
                                               .low = 1,
                                               .high = 1e10,
                                               .doc = "Requests that the sale brings in all; gives the peak."},
                                              {.name = "peak",
                                               .kind = FIELD_RATE,
                                               .offset = offsetof(struct on_sale_profile, peak),
                                               .optional = true,
                                               .low = 0,
                                               .high = 1e9,
                                               .doc = "Rate in the first instant; gives the number of fans."},
                                              {.name = "half_life",
                                               .kind = FIELD_DURATION,
                                               .offset = offsetof(struct on_sale_profile, half_life),
                                               .fallback = "\"5m\"",
                                               .low = 1,
                                               .high = 9e18,
                                               .doc = "Time in which the rate falls to its half.",
                                               .source = "5 to 10 minutes, an estimate; no published curve was found"},
                                              {0}};
static const struct record on_sale_record = {"on_sale profile", sizeof(struct on_sale_profile), on_sale_fields,
                                             "Nothing before the sale opens, the peak at once, then exponential decay.", NULL};
static const struct profile_kind on_sale_kind = {on_sale_rate, on_sale_bound, on_sale_floor, on_sale_expected, on_sale_prepare};
static const struct alternative on_sale_alternative = {"on_sale", false, &on_sale_record, &on_sale_kind};

/* --- steps: piecewise constant -------------------------------------------------------------------------------------------- */

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
    if (b > a) sum += s[i].rate * seconds_between(a, b);
  }
  return sum;
}
static const char *steps_prepare(void *self, sim_time start_of_day) {
  (void)start_of_day;
  const struct config_list *list = &((const struct steps_profile *)self)->steps;
  const struct rate_step *s = list->items;
  if (!list->count) return "needs at least one step";
  for (uint32_t i = 1; i < list->count; i++)
    if (s[i].from <= s[i - 1].from) return "the steps must be in order of \"from\"";
  return NULL;
}
static const struct field rate_step_fields[] = {
    {.name = "from",
     .kind = FIELD_DURATION,
     .offset = offsetof(struct rate_step, from),
     .low = 0,
     .high = 9e18,
     .doc = "Since the start of the run."},
    {.name = "rate", .kind = FIELD_RATE, .offset = offsetof(struct rate_step, rate), .low = 0, .high = 1e9, .doc = "From then on."},
    {0}};
static const struct record rate_step_record = {"rate step", sizeof(struct rate_step), rate_step_fields, "A rate from a time on.",
                                               NULL};
static const struct field steps_fields[] = {{.name = "steps",
                                             .kind = FIELD_LIST,
                                             .offset = offsetof(struct steps_profile, steps),
                                             .record = &rate_step_record,
                                             .doc = "Rates in order of time; nothing arrives before the first."},
                                            {0}};
static const struct record steps_record = {"steps profile", sizeof(struct steps_profile), steps_fields,
                                           "A rate that jumps at given times.", "steps"};
static const struct profile_kind steps_kind = {steps_rate, steps_bound, steps_floor, steps_expected, steps_prepare};
static const struct alternative steps_alternative = {"steps", false, &steps_record, &steps_kind};

/* --- sum ------------------------------------------------------------------------------------------------------------------ */

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
static const char *sum_prepare(void *self, sim_time start_of_day) {
  struct config_list *list = &((struct sum_profile *)self)->terms;
  struct choice *terms = list->items;
  for (uint32_t i = 0; i < list->count; i++) {
    const char *fault = profile_prepare(&terms[i], start_of_day);
    if (fault) return fault;
  }
  return list->count ? NULL : "needs at least one profile";
}
static const struct field sum_fields[] = {{.name = "of",
                                           .kind = FIELD_CHOICES,
                                           .offset = offsetof(struct sum_profile, terms),
                                           .choices = &profile_choices,
                                           .doc = "Profiles whose rates add up."},
                                          {0}};
static const struct record sum_record = {"sum profile", sizeof(struct sum_profile), sum_fields, "Several profiles at once.", "of"};
static const struct profile_kind sum_kind = {sum_rate, sum_bound, sum_floor, sum_expected, sum_prepare};
static const struct alternative sum_alternative = {"sum", false, &sum_record, &sum_kind};

static const struct alternative *const profile_alternatives[] = {
    &constant_alternative, &day_alternative, &wave_alternative, &on_sale_alternative, &steps_alternative, &sum_alternative, NULL};

const struct choice_set profile_choices = {"profile", "Requests per second as a function of time.", profile_alternatives,
                                           "constant"};
