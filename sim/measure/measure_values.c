/* Measures of times: percentiles and the like of latencies, waits and meters; attributed times. */
#include "sim/engine/arena.h"
#include "sim/measure/measure_values.h"
#include "sim/measure/reach.h"
#include <math.h>

/* --- the histogram --------------------------------------------------------------------------------------------------------- */

/* Of the windows that are looked at, merged. */
static double over_windows(const struct measure *m, const struct model *model, const struct view *v, bool waits,
                           statistic_of with) {
  struct arena *arena = arena_new();
  struct histogram sum;
  histogram_open(&sum, arena);
  struct reach reach = reach_of(&m->window, model, &v->observation);
  for (uint32_t e = 0; e < v->endpoint_count; e++)
    for (uint32_t i = 0; i < reach.windows && (m->subject == SUBJECT_ALL || e == m->index); i++) {
      const struct endpoint_observation *o = view_observed(v, e, m->region);
      if (reach_covers(&reach, i)) histogram_merge(&sum, waits ? &o->waits[i] : &o->windows[i].latency);
    }
  double value = with(m, &sum);
  arena_free(arena);
  return value;
}

double over_latencies(const struct measure *m, const struct model *model, const struct view *v, statistic_of with) {
  if (m->subject == SUBJECT_SERVICE) return with(m, &v->observation.services[m->index].latency);
  if (m->window.kind != WINDOW_WHOLE) return over_windows(m, model, v, false, with);
  return with(m, &v->latency[measure_view_row(m, v)]);
}

double over_waits(const struct measure *m, const struct model *model, const struct view *v, statistic_of with) {
  return v->observation.records_waits ? over_windows(m, model, v, true, with) : NAN;
}

double over_meter_times(const struct measure *m, const struct model *model, const struct view *v, statistic_of with) {
  (void)model;
  return v->observation.meter_count ? with(m, v->observation.meters[m->index].time) : NAN;
}

/* --- what is taken of it ----------------------------------------------------------------------------------------------------- */

/* A time that never ends counts as SIM_NEVER, and the buckets near it hold nothing else. */
static double seconds_of(double ns) { return ns < 0.99 * (double)SIM_NEVER ? sim_seconds_of(ns) : INFINITY; }

double statistic_percentile(const struct measure *m, const struct histogram *h) { return seconds_of(histogram_quantile(h, m->p)); }

double statistic_mean(const struct measure *m, const struct histogram *h) {
  (void)m;
  return histogram_max(h) == SIM_NEVER ? INFINITY : sim_seconds_of(histogram_mean(h));
}

double statistic_max(const struct measure *m, const struct histogram *h) {
  (void)m;
  return seconds_of((double)histogram_max(h));
}

double statistic_sd(const struct measure *m, const struct histogram *h) {
  (void)m;
  return sim_seconds_of(histogram_sd(h));
}

double statistic_share(const struct measure *m, const struct histogram *h) {
  double at_most = histogram_share_at_most(h, m->threshold);
  return m->above ? 1 - at_most : at_most;
}

struct histogram_range range_of_percentile(const struct measure *m, const struct histogram *h) {
  struct histogram_range ns = histogram_quantile_range(h, m->p);
  return (struct histogram_range){sim_seconds_of(ns.low), sim_seconds_of(ns.high)};
}

struct histogram_range range_of_share(const struct measure *m, const struct histogram *h) {
  struct histogram_range at_most = histogram_share_range(h, m->threshold);
  return m->above ? (struct histogram_range){1 - at_most.high, 1 - at_most.low} : at_most;
}

/* --- attributed times -------------------------------------------------------------------------------------------------------- */

double value_attributed(const struct measure *m, const struct model *model, const struct view *v) {
  double ns = 0, completed = 0;
  for (uint32_t e = 0; e < v->endpoint_count; e++) {
    if (m->subject == SUBJECT_ENDPOINT && e != m->index) continue;
    const struct program *p = &model->programs[e];
    for (uint32_t b = 0; b < SLOW_BINS; b++) {
      const struct slow_bin *bin = slow_bin_at(view_observed(v, e, m->region), b);
      completed += bin ? (double)bin->count : 0;
      for (uint32_t i = 0; bin && bin->count && i < p->cell_count; i++)
        ns += p->cells[i].kind == m->time_kind ? bin->cell_ns[i] : 0;
    }
  }
  return completed ? sim_seconds_of(ns / completed) : NAN;
}
