/* A calendar: every so long from a random moment on, or on certain days at a time of day (models/core/wall_clock.h).
 *
 * Each of its events strikes with a probability, independent of the others: how many are let pass is geometric. Events while the
 * target is broken let it be. */
#include "models/core/wall_clock.h"
#include "models/core/world.h"
#include "models/faults/law.h"
#include "sim/engine/real.h"
#include <math.h>

static const int month_ends[] = {31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
enum { DAYS = 365 };

static bool is_given(const struct calendar_rule *r) { return r->period_ns || r->weekdays || r->day; }
static bool selected(const struct fault_config *f) { return is_given(&f->every); }

/* --- days -------------------------------------------------------------------------------------------------------------------- */

struct date {
  uint32_t month, day, last; /* from 1; last: of the month */
};

static struct date date_of(int64_t day) {
  int in_year = (int)(day % DAYS);
  uint32_t month = 0;
  while (in_year >= month_ends[month]) month++;
  int before = month ? month_ends[month - 1] : 0;
  return (struct date){month + 1, (uint32_t)(in_year - before + 1), (uint32_t)(month_ends[month] - before)};
}

static bool is_day(const struct model *m, const struct calendar_rule *r, int64_t day) {
  if (r->weekdays && !(r->weekdays >> wall_weekday(m, day) & 1)) return false;
  if (r->weekdays && !r->ordinal) return true;
  struct date d = date_of(day);
  if (r->weekdays) return r->ordinal == CALENDAR_LAST ? d.day + 7 > d.last : (d.day - 1) / 7 + 1 == r->ordinal;
  return d.day == r->day && (!r->month || d.month == r->month);
}

/* The first event behind this wall time. */
static sim_time event_behind(const struct model *m, const struct calendar_rule *r, sim_time wall) {
  int64_t day = wall / SIM_DAY;
  if (day * SIM_DAY + r->clock_ns <= wall) day++;
  while (!is_day(m, r, day)) day++;
  return day * SIM_DAY + r->clock_ns;
}

/* --- strikes ----------------------------------------------------------------------------------------------------------------- */

static double passed_over(struct fault_process *f) {
  double p = f->config->probability;
  return p < 1 ? floor(real_log(stream_uniform(&f->draws)) / real_log(1 - p)) : 0;
}

/* Every period from f->phase on. */
static sim_time by_period(struct fault_process *f, double pass) {
  sim_time period = f->config->every.period_ns, now = world_now(f->world);
  sim_time event = f->phase + (now - f->phase + period) / period * period; /* behind now */
  if (f->phase > now) event = f->phase;
  double delay = (double)(event - now) + pass * (double)period;
  return delay < 9e18 ? event - now + (sim_time)pass * period : SIM_NEVER;
}

static sim_time by_days(struct fault_process *f, double pass) {
  const struct model *m = f->world->model;
  sim_time now = world_now(f->world), wall = wall_time(m, now), end = wall_time(m, f->world->horizon);
  do wall = event_behind(m, &f->config->every, wall);
  while (pass-- > 0 && wall <= end);
  return wall - wall_time(m, now);
}

static sim_time next(struct fault_process *f) {
  if (!(f->config->probability > 0)) return SIM_NEVER;
  double pass = passed_over(f);
  return f->config->every.period_ns ? by_period(f, pass) : by_days(f, pass);
}

static sim_time first(struct fault_process *f) {
  f->phase = (sim_time)(stream_uniform(&f->draws) * (double)f->config->every.period_ns);
  return next(f);
}

/* How many days of a year it has, over the weekdays that a year may begin with. */
static double events_a_year(const struct calendar_rule *r) {
  if (r->weekdays && !r->ordinal) return DAYS / 7. * __builtin_popcount(r->weekdays);
  if (r->ordinal == 5) return DAYS / 7. - 48;
  if (r->weekdays) return 12;
  double days = 0;
  for (int64_t day = 0; day < DAYS; day++) days += date_of(day).day == r->day && (!r->month || date_of(day).month == r->month);
  return days;
}

static double mean(const struct fault_config *f) {
  const struct calendar_rule *r = &f->every;
  double apart = r->period_ns ? (double)r->period_ns : (double)SIM_YEAR / events_a_year(r);
  return f->probability > 0 ? apart / f->probability : INFINITY;
}

const struct strike_law law_calendar = {
    .key = "every", .by_clock = true, .selected = selected, .first = first, .next = next, .mean = mean};
