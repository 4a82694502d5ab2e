/* Triggers over months: in which each fires, by the shape of the day.
 *
 * A trigger needs its figure above the limit at each look for a time. Let L be the load at each look (mean over `every`), and S the
 * highest load that is kept up for the time: the largest over all beginnings of the least L within it. Beyond a day that is the
 * quietest look of the day. The figure follows the load: in month m, with a factor f(m), it is above its limit throughout S where
 * it would be above in the busiest time of a month with the factor f(m) S / P, P being the load of the window in which the figure
 * is measured. So if the figure in the busiest time passes the limit at the factor f*, the trigger fires at f* P / S.
 *
 * The load repeats itself by the day or the week, or else is that of the measured time. Where that factor is more than what fills
 * the first resource in the busiest time, users go without before the trigger fires: it never does while they are served. */
#include "models/autoscaling/trigger.h"
#include "models/core/part.h"
#include "models/traffic/offered.h"
#include "sim/engine/arena.h"
#include "sim/measure/measure_row.h"
#include "sim/questions/growth_inner.h"
#include <math.h>
#include <string.h>

enum { LOOKS_MOST = 20160, BEYOND = 10 }; /* two weeks of minutes; months that a percentage goes on: times those asked for */
static const sim_time shortest = 15 * SIM_MINUTE, longest = SIM_HOUR;
static const double month_s = 730 * 3600.0;

/* --- the shape of the load ---------------------------------------------------------------------------------------------------- */

static bool repeats(const struct model *m, sim_time period) {
  enum { CELLS = 168 };
  sim_time width = period / CELLS;
  for (int i = 0; i < CELLS; i++) {
    double a = model_offered(m, i * width, (i + 1) * width), b = model_offered(m, period + i * width, period + (i + 1) * width);
    if (fabs(a - b) > 1e-6 * (a + b)) return false;
  }
  return true;
}

/* The load at each look, a second, from `from` on. */
struct looks {
  double *load;
  uint32_t count;
  sim_time width;
  bool round; /* behind the last comes the first */
};

static struct looks looks_of(struct arena *arena, const struct model *m, sim_time every) {
  sim_time period = repeats(m, SIM_DAY) ? SIM_DAY : repeats(m, 7 * SIM_DAY) ? 7 * SIM_DAY : 0;
  sim_time from = period ? 0 : m->run.warmup, length = period ? period : m->run.window;
  struct looks l = {.width = every > length ? length : every, .round = period > 0};
  if (length / l.width > LOOKS_MOST) l.width = length / LOOKS_MOST;
  l.count = (uint32_t)(length / l.width);
  l.load = arena_new_array(arena, double, l.count + 1);
  for (uint32_t i = 0; i < l.count; i++)
    l.load[i] = model_offered(m, from + i * l.width, from + (i + 1) * l.width) / sim_seconds(l.width);
  return l;
}

/* The highest load that every look keeps for the time. */
static double kept_up(const struct looks *l, sim_time lasts) {
  double looks = ceil((double)lasts / (double)l->width) + 1, best = 0;
  uint32_t n = looks < l->count ? (uint32_t)looks : l->count, last = l->round ? l->count : l->count - n + 1;
  for (uint32_t i = 0; i < last; i++) {
    double least = INFINITY;
    for (uint32_t k = 0; k < n && least > best; k++) least = fmin(least, l->load[(i + k) % l->count]);
    best = fmax(best, least);
  }
  return best;
}

/* --- the figure --------------------------------------------------------------------------------------------------------------- */

static double most_in(const struct model *m, sim_time length) {
  double most = 0;
  sim_time step = m->run.window / m->run.windows;
  for (sim_time at = 0; at + length <= m->run.window; at += step)
    most = fmax(most, model_offered(m, m->run.warmup + at, m->run.warmup + at + length) / sim_seconds(length));
  return most;
}

/* Where nothing is said of it: in the busiest time, of about the length that the trigger waits for. */
static sim_time choose_window(const struct model *m, const struct trigger_config *t, struct measure *of) {
  if (of->window.kind == WINDOW_PEAK) return of->window.to;
  bool can = of->window.kind == WINDOW_WHOLE && of->kind->windows & ASKED_OF(of->subject);
  sim_time bin = m->run.window / m->run.windows, wanted = t->lasts < shortest ? shortest : t->lasts > longest ? longest : t->lasts;
  sim_time length = (wanted + bin - 1) / bin * bin;
  if (!can || length >= m->run.window || m->run.windows < 2) return m->run.window;
  of->window = (struct window){.kind = WINDOW_PEAK, .to = length};
  return length;
}

static bool is_open(const struct model *m) {
  for (uint32_t i = 0; i < model_sources(m)->count; i++)
    if (model_source(m, i)->kind->closed) return false;
  return true;
}

static const char *words_of(struct outlook *o, sim_time time) {
  double days = (double)time / (double)SIM_DAY, hours = 24 * days, minutes = 60 * hours;
  if (days >= 1) return arena_format(o->arena, "%.4g d", days);
  if (hours >= 1) return arena_format(o->arena, "%.4g h", hours);
  return minutes >= 1 ? arena_format(o->arena, "%.4g min", minutes) : arena_format(o->arena, "%.4g s", 60 * minutes);
}

/* "CPU of vps > 65%, means of 1 d, for 3 d" */
static const char *condition(struct outlook *o, const struct trigger_config *t, const struct watch *w) {
  const char *means = w->every > SIM_MINUTE ? arena_format(o->arena, ", means of %s,", words_of(o, w->every)) : "";
  return t->lasts ? arena_format(o->arena, "%s%s for %s", w->text, means, words_of(o, t->lasts)) : w->text;
}

static const char *move_of(struct outlook *o, const struct trigger_config *t) {
  const struct model *m = &o->today->model;
  if (t->move) return t->move;
  if (t->add_nodes >= 0)
    return arena_format(o->arena, "add %lld x %s", (long long)t->count, model_nodes(m, (uint32_t)t->add_nodes)->name);
  return arena_format(o->arena, "add %lld x %s", (long long)t->count, model_service(m, (uint32_t)t->add_replicas)->name);
}

void outlook_watch(struct outlook *o) {
  const struct model *m = &o->today->model;
  const struct config_list *list = model_triggers(m);
  o->triggers = arena_new_array(o->arena, struct watched_trigger, list->count + 1);
  o->results->triggers = arena_new_array(o->arena, struct outlook_trigger, list->count + 1);
  for (uint32_t i = 0; i < list->count; i++) {
    const struct trigger_config *t = (const struct trigger_config *)list->items + i;
    struct watch *w = &o->today->watches[i];
    struct outlook_trigger *a = &o->results->triggers[i];
    *a = (struct outlook_trigger){.name = t->name,
                                  .condition = condition(o, t, w),
                                  .move = move_of(o, t),
                                  .level = NAN,
                                  .for_s = sim_seconds(t->lasts),
                                  .every_s = sim_seconds(w->every),
                                  .takes_s = t->takes.mean * 1e-9,
                                  .course = OUTLOOK_UNDECIDED,
                                  .when = {NAN, NAN, NAN, false},
                                  .at_full = NAN,
                                  .ahead = NAN,
                                  .unserved = NAN,
                                  .cost = NAN,
                                  .reason = w->known ? NULL : w->why};
    if (!w->known) continue;
    struct watched_trigger *x = &o->triggers[o->trigger_count++];
    *x = (struct watched_trigger){.config = t, .watch = w, .answer = a, .calm = w->calm};
    sim_time length = choose_window(m, t, &x->calm.measure);
    struct looks looks = looks_of(o->arena, m, w->every);
    double peak = length < m->run.window ? most_in(m, length) : model_offered_rate(m);
    a->level = is_open(m) && peak > 0 ? kept_up(&looks, t->lasts) / peak : 1;
    measure_request(&x->calm.measure, (struct model *)(uintptr_t)m);
  }
  o->results->trigger_count = list->count;
}

/* --- the month ---------------------------------------------------------------------------------------------------------------- */

/* The first month with the factor; NaN: there is none. */
static double month_of(const struct outlook *o, double factor) {
  double now = user_growth_factor(o->growth, 0), low = 0,
         high = !(o->growth->monthly > 0) ? o->results->months : BEYOND * o->results->months;
  if (!isfinite(factor) || factor * now > user_growth_factor(o->growth, high)) return NAN;
  if (factor <= 1) return 0;
  for (int i = 0; i < 60; i++) {
    double middle = 0.5 * (low + high);
    *(user_growth_factor(o->growth, middle) < factor * now ? &low : &high) = middle;
  }
  return high;
}

static double factor_at(const struct outlook *o, double month) {
  return user_growth_factor(o->growth, month) / user_growth_factor(o->growth, 0);
}

/* The factor at which the busiest time has as much as the first resource can do; infinite: unknown. */
static double full_factor(const struct outlook *o) {
  double load = o->runs[0]->answer.load;
  return load > 0 && o->results->who_count == o->results->source_count ? 1 / load : INFINITY;
}

/* The figure at the load that is kept up, when the first resource is full in the busiest time: of shares of CPU, which follow the
 * load in a straight line. */
static double figure_when_full(const struct outlook *o, const struct watched_trigger *x, uint32_t k) {
  double today = o->runs[0]->answer.values[k].estimate.value, factor = full_factor(o) * x->answer->level;
  bool line = x->calm.measure.kind->quantity == QUANTITY_CPU && isfinite(x->calm.high);
  return line && isfinite(factor) ? fmin(1, today * factor) : NAN;
}

static const char *share_words(const struct outlook *o, double share) {
  return share < 0.001 ? "less than 0.1%" : arena_format(o->arena, "%.3g%%", 100 * share);
}

static const char *shape_words(const struct outlook *o, const struct watched_trigger *x) {
  return arena_format(o->arena, "what is kept up for that long is %s of the load in the busiest time",
                      share_words(o, x->answer->level));
}

static void never(const struct outlook *o, struct watched_trigger *x, uint32_t k) {
  struct outlook_trigger *a = x->answer;
  a->course = OUTLOOK_HOLDS, a->never = true, a->when = (struct outlook_when){NAN, NAN, NAN, true};
  a->at_full = figure_when_full(o, x, k) * x->watch->scale;
  const char *unit = x->watch->unit;
  double scale = x->watch->scale, limit = x->calm.high;
  if (!isnan(a->at_full))
    a->reason =
        arena_format(o->arena, "never: when the first resource is full in the busiest time it is %s, below %s; %s",
                     unit ? a->at_full < 0.001 ? "next to nothing" : arena_format(o->arena, "%.2g %s", a->at_full, unit)
                          : share_words(o, a->at_full),
                     unit ? arena_format(o->arena, "%.4g %s", scale * limit, unit) : share_words(o, limit), shape_words(o, x));
  else if (a->level <= 0)
    a->reason = "never: for that long the load is nothing at some look";
  else
    a->reason =
        arena_format(o->arena, "never: it would take more than what can be served in the busiest time; %s", shape_words(o, x));
}

static bool bounded(struct outlook *o, struct watched_trigger *x) {
  struct outlook_trigger *a = x->answer;
  if (!(x->calm.high >= x->watch->most)) return false;
  a->course = OUTLOOK_HOLDS, a->never = true, a->when.resolved = true;
  a->reason = arena_format(o->arena, "never: %s", x->watch->most_why);
  return true;
}

static void fires(struct outlook *o, struct watched_trigger *x, const struct outlook_when *busiest, uint32_t k) {
  struct outlook_trigger *a = x->answer;
  double s = a->level;
  struct outlook_when w = {month_of(o, factor_at(o, busiest->month) / s), month_of(o, factor_at(o, busiest->low) / s),
                           month_of(o, factor_at(o, busiest->high) / s), busiest->resolved};
  if (!(factor_at(o, busiest->low) / s < 1.02 * full_factor(o))) {
    never(o, x, k);
    return;
  }
  a->when = w;
  a->course = w.month <= o->results->months ? OUTLOOK_BREAKS : OUTLOOK_HOLDS;
  if (a->course == OUTLOOK_HOLDS) a->reason = "not within the months that were asked for";
}

/* It is above its limit in the busiest time today: at less than today's load it has not been run. Shares of CPU follow the load in
 * a straight line. */
static void fires_below(struct outlook *o, struct watched_trigger *x, uint32_t k) {
  const struct estimate *today = &o->runs[0]->answer.values[k].estimate;
  struct outlook_trigger *a = x->answer;
  bool line = x->calm.measure.kind->quantity == QUANTITY_CPU && isfinite(x->calm.high);
  double limit = x->calm.high, s = a->level;
  if (s > 0.99) {
    a->course = OUTLOOK_BREAKS, a->when = (struct outlook_when){0, 0, 0, true};
  } else if (!line) {
    a->reason = "above its limit in the busiest time today, and not known at less load";
  } else if (!(limit / today->high / s < full_factor(o))) {
    never(o, x, k);
  } else {
    double month = month_of(o, limit / today->value / s);
    a->when = (struct outlook_when){month, month_of(o, limit / today->high / s), month_of(o, limit / today->low / s), true};
    a->course = month <= o->results->months ? OUTLOOK_BREAKS : OUTLOOK_HOLDS;
    if (a->course == OUTLOOK_HOLDS) a->reason = "not within the months that were asked for";
  }
}

/* The figure does not pass its limit in the busiest time of any month that was run. */
static void holds(struct outlook *o, struct watched_trigger *x, uint32_t k) {
  struct outlook_trigger *a = x->answer;
  double least = factor_at(o, o->runs[o->count - 1]->month) / a->level;
  a->course = OUTLOOK_HOLDS;
  if (!(a->level > 0) || least >= full_factor(o)) {
    never(o, x, k);
    return;
  }
  double month = month_of(o, least);
  a->reason = isnan(month) ? "not within the months that were asked for" : arena_format(o->arena, "not before month %.1f", month);
}

/* --- what it is worth --------------------------------------------------------------------------------------------------------- */

/* Of a metric at a month between runs. */
static double between(const struct outlook *o, double month, const char *name, const char *aggregate) {
  double before = NAN, at = NAN;
  for (uint32_t i = 0; i < o->count; i++) {
    const struct metric *m = results_metric(o->runs[i]->results, name, aggregate, NULL);
    double x = o->runs[i]->month, y = m ? m->estimate.value : NAN;
    if (x >= month) return isnan(before) ? y : before + (y - before) * (month - at) / (x - at);
    before = y, at = x;
  }
  return before;
}

static void value_of_waiting(struct outlook *o, struct watched_trigger *x) {
  struct outlook_trigger *a = x->answer;
  const struct outlook_results *r = o->results;
  double done = a->when.month + a->takes_s / month_s, failing = between(o, a->when.month, "all", "error_rate");
  a->unserved = failing * between(o, a->when.month, "all", "rate") / (1 - failing) * a->takes_s;
  a->cost = o->runs[0]->results->bill.hour_down * failing * a->takes_s / 3600;
  for (uint32_t i = 0; i < r->requirement_count; i++) {
    const struct outlook_requirement *q = &r->requirements[i];
    bool breaks = q->severity == SEVERITY_MUST && (q->course == OUTLOOK_BREAKS || q->course == OUTLOOK_BROKEN);
    if (breaks && (isnan(a->ahead) || q->when.month - done < a->ahead)) a->ahead = q->when.month - done, a->breaks = q->expression;
  }
  a->late = a->ahead < 0;
}

void outlook_fire(struct outlook *o) {
  for (uint32_t i = 0; i < o->trigger_count; i++) {
    struct watched_trigger *x = &o->triggers[i];
    uint32_t k = o->results->requirement_count + i;
    struct outlook_when busiest;
    enum outlook_course course = outlook_course_of(o, k, &busiest);
    if (bounded(o, x)) continue;
    if (course == OUTLOOK_BROKEN)
      fires_below(o, x, k);
    else if (course == OUTLOOK_BREAKS)
      fires(o, x, &busiest, k);
    else if (course == OUTLOOK_HOLDS)
      holds(o, x, k);
    else
      x->answer->reason = "too few replications to tell";
    if (x->answer->course == OUTLOOK_BREAKS) value_of_waiting(o, x);
  }
}
