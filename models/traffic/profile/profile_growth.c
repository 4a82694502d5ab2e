/* Growth: rate(t) = profile(t) (1 + g)^m(t), m(t) = after + t / month, or its whole part when growth comes in steps.
 *
 * A month has 730 hours, as on the bill. The factor's own integral is closed: month by month in steps, factor / ln(1 + g)
 * smooth. */
#include "models/traffic/profile/profile_kinds.h"
#include "sim/engine/real.h"
#include <math.h>

static const sim_time MONTH = 730 * SIM_HOUR;

struct growth_profile {
  struct choice of;
  double monthly, after;
  int32_t step;
  double log_growth; /* ln(1 + g) */
};

static const char *const step_words[] = {"month", "smooth", NULL};

static double months(const struct growth_profile *g, sim_time t) { return g->after + (double)t / (double)MONTH; }

static double factor_rate(const void *self, sim_time t) {
  const struct growth_profile *g = self;
  double m = months(g, t);
  return real_exp(g->log_growth * (g->step ? m : floor(m)));
}
/* It never falls; in steps the last instant before `to` counts. */
static double factor_bound(const void *self, sim_time from, sim_time to) { return factor_rate(self, profile_later(from, to - 1)); }
static double factor_floor(const void *self, sim_time from, sim_time to) { return (void)to, factor_rate(self, from); }

/* When the month begins that many months after the beginning of the run's count. */
static sim_time month_begins(const struct growth_profile *g, double month) {
  return (sim_time)ceil((month - g->after) * (double)MONTH);
}

static double factor_expected(const void *self, sim_time from, sim_time to) {
  const struct growth_profile *g = self;
  if (g->step) /* (e^cb - e^ca) / c, without cancellation */
    return factor_rate(g, from) * profile_seconds(from, to) *
           real_exp_slope(g->log_growth * profile_seconds(from, to) / profile_seconds(0, MONTH));
  double sum = 0;
  for (sim_time a = from, b; a < to; a = b) {
    b = profile_earlier(to, profile_later(a + 1, month_begins(g, floor(months(g, a)) + 1)));
    sum += factor_rate(g, a) * profile_seconds(a, b);
  }
  return sum;
}
static const struct profile_kind factor_kind = {factor_rate, factor_bound, factor_floor, factor_expected, NULL, NULL};

static double growth_rate(const void *self, sim_time t) {
  return profile_rate(&((const struct growth_profile *)self)->of, t) * factor_rate(self, t);
}
static double growth_bound(const void *self, sim_time from, sim_time to) {
  return profile_bound(&((const struct growth_profile *)self)->of, from, to) * factor_bound(self, from, to);
}
static double growth_floor(const void *self, sim_time from, sim_time to) {
  return profile_floor(&((const struct growth_profile *)self)->of, from, to) * factor_floor(self, from, to);
}
static double growth_expected(const void *self, sim_time from, sim_time to) {
  const struct growth_profile *g = self;
  return profile_integral_of_product(profile_function(&g->of), (struct profile_function){&factor_kind, g}, from, to);
}
static const char *growth_prepare(void *self, struct arena *arena, sim_time start_of_day) {
  struct growth_profile *g = self;
  g->log_growth = real_log(1 + g->monthly);
  return profile_prepare(&g->of, arena, start_of_day);
}
static const struct choice *growth_part(const void *self, uint32_t i) {
  return profile_only(&((const struct growth_profile *)self)->of, i);
}

static const struct field growth_fields[] = {
    KEY("of", CHOICE, growth_profile, of, .choices = &profile_choices, .doc = "The rate today."),
    KEY("monthly", RATIO, growth_profile, monthly, RANGE(0, 100), .doc = "Growth per month of 730 hours."),
    KEY("after", NUMBER, growth_profile, after, DEFAULT(0), RANGE(0, 1200), .doc = "Months that have passed when the run begins."),
    KEY("step", WORD, growth_profile, step, DEFAULT("month"), .words = step_words,
        .doc = "month: the rate jumps at the end of each month; smooth: it grows all the time."),
    {0}};
static const struct record growth_record = {.name = "growth profile",
                                            .size = sizeof(struct growth_profile),
                                            .fields = growth_fields,
                                            .doc = "A profile that grows by a share a month."};
static const struct profile_kind growth_kind = {growth_rate,     growth_bound,   growth_floor,
                                                growth_expected, growth_prepare, growth_part};
const struct alternative profile_growth = {"growth", false, &growth_record, &growth_kind};

double profile_monthly(const struct choice *p) {
  if (p->kind == &profile_growth) return ((const struct growth_profile *)p->value)->monthly;
  const struct choice *part;
  double monthly = NAN;
  for (uint32_t i = 0; isnan(monthly) && (part = profile_part(p, i)); i++) monthly = profile_monthly(part);
  return monthly;
}
