#include "sim/measure/measure.h"
#include "sim/measure/measure_use.h"
#include "sim/measure/reach.h"
#include <math.h>

double measure_seconds(const struct measure *m, const struct model *model, const struct view *v) {
  if (m->window.kind == WINDOW_WHOLE) return v->seconds;
  struct reach reach = reach_of(&m->window, model, &v->observation);
  return (double)reach_count(&reach) * sim_seconds(v->observation.window_length) * v->replications;
}

double measure_mean_level(const struct series *level, const struct measure *m, const struct model *model, const struct view *v) {
  double ns = 0;
  struct reach reach = reach_of(&m->window, model, &v->observation);
  for (uint32_t i = 0; i < level->windows; i++)
    if (m->window.kind == WINDOW_WHOLE || reach_covers(&reach, i)) ns += level->sums[i];
  return sim_seconds_of(ns) / measure_seconds(m, model, v);
}

static double statistic(const struct measure *m, const struct histogram *h) {
  return h->count ? measure_row(m)->statistic(m, h) : NAN;
}

double measure_value(const struct measure *m, const struct model *model, const struct view *v) {
  const struct measure_row *row = measure_row(m);
  if (row->over) return row->over(m, model, v, statistic);
  return row->value ? row->value(m, model, v) : NAN;
}

static double values_in(const struct measure *m, const struct histogram *h) {
  (void)m;
  return (double)h->count;
}

uint64_t measure_count(const struct measure *m, const struct model *model, const struct view *v) {
  const struct measure_row *row = measure_row(m);
  if (row->over) return whole_count(row->over(m, model, v, values_in));
  return row->count ? row->count(m, model, v) : v->replications;
}

static double least_in(const struct measure *m, const struct histogram *h) {
  return h->count ? measure_row(m)->range(m, h).low : NAN;
}
static double greatest_in(const struct measure *m, const struct histogram *h) {
  return h->count ? measure_row(m)->range(m, h).high : NAN;
}

struct histogram_range measure_range(const struct measure *m, const struct model *model, const struct view *v) {
  const struct measure_row *row = measure_row(m);
  if (!row->range) return (struct histogram_range){NAN, NAN};
  return (struct histogram_range){row->over(m, model, v, least_in), row->over(m, model, v, greatest_in)};
}

const struct durations *measure_durations(const struct measure *m, const struct view *v) { return measure_row(m)->each(m, v); }

double measure_saturation(const struct model *model) {
  struct measure all = {.subject = SUBJECT_ALL, .cause = -1, .region = -1};
  return value_saturation(&all, model, NULL);
}

/* More of what is good, such as answers, is bad of those that ended by one cause, or are above a limit. */
int measure_good_side(const struct measure *m) {
  int good = measure_row(m)->good;
  return good > 0 && (m->cause >= 0 || m->above) ? -good : good;
}

bool measure_is_exact(const struct measure *m, const struct model *model) {
  const struct measure_row *row = measure_row(m);
  return row->exact && row->exact(model);
}
