#include "models/availability/levels.h"
#include "models/core/model.h"
#include "models/traffic/offered.h"
#include "models/traffic/profile/profile.h"
#include "models/traffic/source.h"
#include "sim/engine/arena.h"
#include <math.h>
#include <string.h>

static const double alike = 0.97; /* hours that offer at least this much of a level belong to it */

/* When the rates of a level are taken. */
struct span {
  sim_time from, to;
};

static struct span span_of(const struct levels *l, const struct model *m, uint32_t hour) {
  if (l->daily) return (struct span){hour * SIM_HOUR, (hour + 1) * SIM_HOUR};
  return (struct span){m->run.warmup, m->run.warmup + m->run.window};
}

static double rate_in(const struct source_config *s, struct span t) {
  if (s->kind->rate_at_most) return s->kind->rate_at_most(s);
  return source_expected(s, t.from, t.to) / sim_seconds(t.to - t.from);
}

static double offered_in(const struct model *m, struct span t) {
  double sum = 0;
  for (uint32_t i = 0; i < model_sources(m)->count; i++)
    sum += rate_in(model_source(m, i), t) * model_visits(m, model_source(m, i));
  return sum;
}

static struct span whole(const struct levels *l, const struct model *m) {
  return l->daily ? (struct span){0, SIM_DAY} : span_of(l, m, 0);
}

/* No source sends more than at the level, and all together almost as much. */
static bool belongs(const struct levels *l, const struct model *m, uint32_t hour, uint32_t level) {
  struct span here = span_of(l, m, hour), there = span_of(l, m, l->hour[level]);
  for (uint32_t i = 0; i < model_sources(m)->count; i++)
    if (rate_in(model_source(m, i), here) > rate_in(model_source(m, i), there) * (1 + 1e-9)) return false;
  return offered_in(m, here) >= alike * offered_in(m, there);
}

static double most_of(const struct levels *l, const struct model *m, uint32_t hour) {
  double most = 0;
  for (uint32_t i = 0; i < model_sources(m)->count; i++) {
    double mean = rate_in(model_source(m, i), whole(l, m));
    if (mean > 0) most = fmax(most, rate_in(model_source(m, i), span_of(l, m, hour)) / mean);
  }
  return most;
}

static void add_level(struct levels *l, const struct model *m, uint32_t hour) {
  l->hour[l->count] = hour;
  l->most[l->count] = most_of(l, m, hour);
  l->per_second[l->count] = offered_in(m, span_of(l, m, hour));
  l->count++;
}

/* From the greatest hour on, so that the level of an hour is never below it. */
static void find_levels(struct levels *l, const struct model *m, const double *offered) {
  bool done[HOURS] = {false};
  for (uint32_t n = 0; n < HOURS; n++) {
    uint32_t hour = HOURS, level = 0;
    for (uint32_t h = 0; h < HOURS; h++)
      if (!done[h] && (hour == HOURS || offered[h] > offered[hour])) hour = h;
    while (level < l->count && !belongs(l, m, hour, level)) level++;
    if (level == l->count) add_level(l, m, hour);
    l->of_hour[hour] = level, done[hour] = true;
  }
}

/* Within a minute of its beginning rates change by less than a quarter of what the hours differ by. */
static bool ramps(const struct model *m, const double *offered, uint32_t hour) {
  sim_time begins = hour * SIM_HOUR, ends = hour ? begins : SIM_DAY;
  double before = offered_in(m, (struct span){ends - 60 * SIM_S, ends}),
         after = offered_in(m, (struct span){begins, begins + 60 * SIM_S});
  return fabs(after - before) <= fabs(offered[hour] - offered[(hour + HOURS - 1) % HOURS]) / 4;
}

struct levels levels_of(const struct model *m) {
  struct levels l = {.daily = sources_steadiness(m) == DAILY, .timed = sources_steadiness(m) == TIMED};
  l.mean = offered_in(m, whole(&l, m));
  if (!l.daily) {
    add_level(&l, m, 0);
    return l;
  }
  double offered[HOURS], mean = l.mean;
  for (uint32_t h = 0; h < HOURS; h++) offered[h] = offered_in(m, span_of(&l, m, h));
  for (uint32_t h = 0; h < HOURS; h++) l.weight[h] = mean > 0 ? offered[h] / mean : 1;
  for (uint32_t h = 0; h < HOURS; h++) l.up_to[h + 1] = l.up_to[h] + l.weight[h];
  for (uint32_t h = 0; h < HOURS; h++) l.ramps[h] = ramps(m, offered, h);
  find_levels(&l, m, offered);
  return l;
}

static uint32_t hour_at(sim_time now) { return (uint32_t)(now / SIM_HOUR % HOURS); }

uint32_t levels_at(const struct levels *l, sim_time now) { return l->daily ? l->of_hour[hour_at(now)] : 0; }

sim_time levels_next(const struct levels *l, sim_time now) { return l->count > 1 ? (now / SIM_HOUR + 1) * SIM_HOUR : SIM_NEVER; }

uint32_t levels_followed(const struct levels *l, sim_time now, sim_time ahead) {
  uint32_t here = levels_at(l, now), there = levels_at(l, now + ahead);
  return l->daily && l->ramps[hour_at(now + ahead)] && l->per_second[there] > l->per_second[here] ? there : here;
}

sim_time levels_followed_until(const struct levels *l, sim_time now, sim_time ahead) {
  if (l->count < 2) return SIM_NEVER;
  uint32_t level = levels_followed(l, now, ahead);
  for (uint32_t i = 0; i <= 2 * HOURS; i++) {
    sim_time hour = now - now % SIM_HOUR + SIM_HOUR;
    now = now < hour - ahead ? hour - ahead : hour;
    if (levels_followed(l, now, ahead) != level) return now;
  }
  return SIM_NEVER;
}

/* Since the start. */
static double weighted(const struct levels *l, sim_time until) {
  uint32_t hour = hour_at(until);
  double days = (double)(until / SIM_DAY), within = (double)(until % SIM_HOUR);
  return days * l->up_to[HOURS] * (double)SIM_HOUR + l->up_to[hour] * (double)SIM_HOUR + l->weight[hour] * within;
}

double levels_between(const struct levels *l, sim_time from, sim_time until) {
  if (!l->daily) return (double)(until - from);
  if (from / SIM_HOUR == until / SIM_HOUR) return l->weight[hour_at(from)] * (double)(until - from);
  return weighted(l, until) - weighted(l, from);
}

/* --- at a level -------------------------------------------------------------------------------------------------------------- */

struct level_profile {
  double rate;
  struct silence silence;
};

static double level_rate(const void *self, sim_time t) {
  const struct level_profile *p = self;
  return t >= p->silence.from && t < p->silence.until ? 0 : p->rate;
}

static double level_bound(const void *self, sim_time from, sim_time to) {
  const struct level_profile *p = self;
  return from >= p->silence.from && to <= p->silence.until ? 0 : p->rate;
}

static double level_floor(const void *self, sim_time from, sim_time to) {
  const struct level_profile *p = self;
  return from < p->silence.until && to > p->silence.from ? 0 : p->rate;
}

static double level_expected(const void *self, sim_time from, sim_time to) {
  const struct level_profile *p = self;
  sim_time a = from > p->silence.from ? from : p->silence.from, b = to < p->silence.until ? to : p->silence.until;
  return p->rate * sim_seconds(to - from - (b > a ? b - a : 0));
}

static const struct profile_kind level_kind = {level_rate, level_bound, level_floor, level_expected, NULL, NULL};
static const struct alternative level_profile = {"level", false, NULL, &level_kind};

static struct choice profile_at_level(double rate, const struct silence *silence, struct arena *arena) {
  if (silence->until <= silence->from) return profile_of_rate(rate, arena);
  struct level_profile *p = arena_alloc(arena, sizeof *p);
  *p = (struct level_profile){rate, *silence};
  return (struct choice){&level_profile, p};
}

struct model levels_model(const struct levels *l, const struct model *of, uint32_t level, const struct silence *silence,
                          struct arena *arena) {
  struct model m = *of;
  struct config_list *sources = arena_new_array(arena, struct config_list, 1);
  *sources = *model_sources(of);
  struct source_config *each = arena_new_array(arena, struct source_config, sources->count + 1);
  if (sources->count) memcpy(each, sources->items, sources->count * sizeof *each);
  struct span t = span_of(l, of, l->hour[level]);
  for (uint32_t i = 0; i < sources->count; i++) {
    each[i].busyness_cv = 0;
    if (!each[i].rate.kind) continue;
    each[i].rate = profile_at_level(profile_expected(&each[i].rate, t.from, t.to) / sim_seconds(t.to - t.from), silence, arena);
  }
  sources->items = each;
  m.parts[PART_sources] = sources;
  if (l->daily) m.run.start = (m.run.start + l->hour[level] * SIM_HOUR) % SIM_DAY;
  return m;
}
